"""The critiques of a store: what was said of which claim, and whose voice is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.advice.cases import ask
from sysgraph.terms import PREFIXES, local_name

if TYPE_CHECKING:
    from sysgraph.store import Store

__all__ = ["SUPPORTS", "UNDERCUTS", "Critique", "Question", "Target", "load_critiques"]

UNDERCUTS, SUPPORTS = "undercuts", "supports"
_SYSG, _CASE = PREFIXES["sysg"], PREFIXES["case"]
_TEXTS = ("asked", "standpoint", "stance", "says", "why")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the twelve boundary questions: its slug, and what it asks, as a phrase."""

    id: str
    asks: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a critique is about: its IRI, and its name in words, which is empty where unknown."""

    iri: str
    label: str = ""

    @property
    def kind(self) -> str:
        """Return which kind of thing it is.

        >>> Target("https://w3id.org/sysgraph/risk/tokenism").kind
        'risk'
        >>> Target("https://w3id.org/sysgraph/case/wigan-deal/practice").kind
        'practice'
        """
        parts = self.iri.removeprefix(_SYSG).split("/")
        return parts[0] if len(parts) < 3 else parts[2]

    @property
    def case(self) -> str | None:
        """Return the id of the case that it is, or is part of; None for other things."""
        if not self.iri.startswith(_CASE):
            return None
        return self.iri.removeprefix(_CASE).partition("/")[0]


@dataclass(frozen=True, slots=True)
class Critique:
    """What somebody answered to a boundary question about one or more claims.

    ``asked`` is ``is`` or ``ought``; ``stance`` is ``undercuts``, ``supports`` or, where the
    critique does not say, empty. ``contributor`` is the name of whoever answers for it.
    """

    iri: str
    about: tuple[Target, ...]
    question: Question
    asked: str
    standpoint: str
    says: str
    stance: str = ""
    why: str = ""
    contributor: str = ""


def load_critiques(store: Store) -> list[Critique]:
    """Fetch all critiques of a store, in the order of their IRIs.

    They are found by the one property that only critiques have, so that the time goes by their
    number, and not by that of the cases.
    """
    # One pattern with everything unbound beside one with few matches: found by these few.
    pattern = "?critique sysg:asks ?asked . ?critique ?property ?value"
    said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in ask(store, "?critique ?property ?value", pattern, "?critique ?property ?value"):
        said[row["critique"]][row["property"]].add(row["value"])
    if not said:
        return []
    abouts = {about for facts in said.values() for about in facts[f"{_SYSG}isAbout"]}
    questions = {asked for facts in said.values() for asked in facts[f"{_SYSG}asks"]}
    labels = _texts(store, "rdfs:label|dcterms:title", {*abouts, *map(_owner, abouts)})
    asks = _texts(store, "skos:definition", questions)
    people = _texts(store, "dcterms:contributor/schema:name", {*said, *map(_owner, said)})
    return [_critique(iri, said[iri], labels, asks, people) for iri in sorted(said)]


def _owner(iri: str) -> str:
    """Return the case that an IRI is part of, or the IRI itself."""
    case = Target(iri).case
    return f"{_CASE}{case}" if case else iri


def _texts(store: Store, path: str, things: Iterable[str]) -> dict[str, str]:
    values = " ".join(f"<{iri}>" for iri in sorted(things))
    pattern = f"VALUES ?thing {{ {values} }} ?thing {path} ?text"
    return {
        row["thing"]: row["text"] for row in ask(store, "?thing ?text", pattern, "?thing ?text")
    }


def _critique(
    iri: str,
    facts: Mapping[str, set[str]],
    labels: Mapping[str, str],
    asks: Mapping[str, str],
    people: Mapping[str, str],
) -> Critique:
    question = min(facts[f"{_SYSG}asks"])
    # The shapes see to it that each of these stands once; the first by name if one was evaded.
    texts = {name: min(facts.get(f"{_SYSG}{name}", {""})) for name in _TEXTS}
    return Critique(
        iri,
        tuple(
            Target(about, labels.get(about) or labels.get(_owner(about), ""))
            for about in sorted(facts.get(f"{_SYSG}isAbout", ()))
        ),
        Question(local_name(question), asks.get(question, "")),
        contributor=people.get(iri) or people.get(_owner(iri), ""),
        **texts,
    )
