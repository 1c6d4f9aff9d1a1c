"""What a practice is by the definitions, what it is said to be, and what would make that true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sysgraph.advice.board import Facets
from sysgraph.advice.definitions import ENACTS, HAS_VALUE, Definitions, literal_text
from sysgraph.advice.enactment import Change, PracticeReport, Said, SaidBy, Verdict, View
from sysgraph.advice.frame import Frame
from sysgraph.explain import Explainer, Explanation, Ground, explain_case
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, local_name

if TYPE_CHECKING:
    from sysgraph.store import Store

__all__ = ["examine", "examine_case", "title_of"]

_OBSERVATION = f"<{NAMESPACE}hasObservation>"
_OBSERVES = f"<{NAMESPACE}observesValue>"
_WHY = f"<{NAMESPACE}why>"
_SUPPOSED = Ground("supposed, to see what would follow")


_PROPERTIES = {
    f"<{NAMESPACE}claimsType>": SaidBy.LEADERS,
    f"<{NAMESPACE}hasPrimaryType>": SaidBy.CONTRIBUTOR,
    f"<{NAMESPACE}hasSecondaryType>": SaidBy.CONTRIBUTOR_TOO,
}


def examine_case(
    case_id: str, store: Store, frame: Frame, definitions: Definitions | None = None
) -> PracticeReport:
    """Return what the practice of a stored case is, and is said to be.

    The case is taken from the store, the definitions from the shipped ontology. Takes some
    20 milliseconds and 10 more for each change; the definitions may be handed in to be shared.

    Raises:
        UnknownThing: there is no such case; carries the nearest ids.
    """
    explainer = explain_case(case_id, store)
    title = title_of(explainer) or case_id
    return examine(case_id, title, explainer, frame, definitions or Definitions.of(frame))


def title_of(explainer: Explainer) -> str:
    """Return the title of the case that an explainer explains, or nothing where it has none."""
    title = (f"<{explainer.iri}>", f"<{PREFIXES['dcterms']}title>")
    return next((literal_text(o) for s, p, o in explainer.stated if (s, p) == title), "")


def examine(
    case_id: str, title: str, explainer: Explainer, frame: Frame, definitions: Definitions
) -> PracticeReport:
    """Return what a practice is whose case an explainer explains, and is said to be."""
    facts = _Facts.gather(explainer.stated)
    practice = f"<{explainer.iri}/practice>"
    said = [
        Said(local_name(value.strip("<>")), _PROPERTIES[predicate])
        for predicate in _PROPERTIES
        for value in sorted(facts.of(practice, predicate))
    ]
    readings = sorted(facts.of(f"<{explainer.iri}>", f"<{NAMESPACE}hasReading>"), key=_number)
    trial = _Trial(explainer, facts, definitions, _slugs(frame))
    wanted = tuple(dict.fromkeys(one.type for one in said))
    views = tuple(trial.view(reading, wanted) for reading in readings)
    lines = {
        line: None
        for view in views
        for kind in wanted
        for line in definitions.line_between(kind, _rivals(kind, view))
    }
    why = " ".join(literal_text(value) for value in facts.of(practice, _WHY))
    return PracticeReport(case_id, title, tuple(said), why, views, definitions, tuple(lines))


def _rivals(kind: str, view: View) -> set[str]:
    """Return the types that a practice is of instead of one, or would be but for one fact."""
    hinges = [*view.verdicts[kind].hinges]
    hinges += [hinge for change in view.verdicts[kind].changes for hinge in change.hinges]
    return {*view.enacts, *(other for hinge in hinges for other in hinge.becomes)} - {kind}


def _number(reading: str) -> tuple[int, str]:
    return (len(reading), reading)


def _slugs(frame: Frame) -> dict[str, tuple[str, str]]:
    return {
        f"<{value.iri}>": (facet.id, value.id)
        for facet in frame.facets.values()
        for value in facet.values.values()
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a case states, by subject and predicate."""

    by: dict[tuple[str, str], list[str]]

    @staticmethod
    def gather(stated: Sequence[Triple]) -> _Facts:
        by: dict[tuple[str, str], list[str]] = {}
        for subject, predicate, value in stated:
            by.setdefault((subject, predicate), []).append(value)
        return _Facts(by)

    def of(self, subject: str, predicate: str) -> list[str]:
        return self.by.get((subject, predicate), [])


@dataclass(frozen=True, slots=True)
class _Trial:
    """One case under examination; ``slugs`` names facet and value of each value's IRI."""

    explainer: Explainer
    facts: _Facts
    definitions: Definitions
    slugs: Mapping[str, tuple[str, str]]
    iris: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.iris.update({slugs: iri for iri, slugs in self.slugs.items()})

    def view(self, reading: str, wanted: Sequence[str]) -> View:
        """Return what the practice is by one reading, and what would make the words true."""
        seen = list(self._seen(reading))
        facets = {facet: value for facet, value, _ in seen}
        known = [o for _, _, o in self.explainer.known(reading, ENACTS)]
        order = list(self.definitions.ways)
        kinds = sorted((local_name(o.strip("<>")) for o in known), key=order.index)
        proofs = {kind: self.explainer.explain(_enacts(reading, kind), 1) for kind in kinds}
        standpoint = self.facts.of(reading, f"<{NAMESPACE}standpoint>")
        return View(
            local_name(reading.strip("<>")),
            literal_text(standpoint[0]) if standpoint else "",
            facets,
            {facet: why for facet, _, why in seen if why},
            proofs,
            {kind: self._used(proof) for kind, proof in proofs.items()},
            {kind: self._verdict(reading, facets, kind, proofs.get(kind)) for kind in wanted},
        )

    def _seen(self, reading: str) -> Iterator[tuple[str, str, str]]:
        """Yield facet, value and reason of all that a reading sees."""
        for value in self.facts.of(reading, HAS_VALUE):
            yield (*self.slugs[value], "")
        for observation in self.facts.of(reading, _OBSERVATION):
            for value in self.facts.of(observation, _OBSERVES):
                why = " ".join(literal_text(text) for text in self.facts.of(observation, _WHY))
                yield (*self.slugs[value], why)

    def _used(self, explanation: Explanation) -> dict[str, str]:
        leaves = explanation.proofs.found[0].leaves()
        return dict(self.slugs[leaf[2]] for leaf in leaves if leaf[1] in (HAS_VALUE, _OBSERVES))

    def _verdict(
        self, reading: str, facets: Facets, kind: str, proof: Explanation | None
    ) -> Verdict:
        if proof is not None:
            return Verdict(kind, proof, tuple(self.definitions.hinges(facets, kind)), ())
        found = self.definitions.changes(facets, kind)
        return Verdict(kind, None, (), tuple(self._tried(reading, facets, kind, c) for c in found))

    def _tried(self, reading: str, facets: Facets, kind: str, to: Facets) -> Change:
        """Return a change with what follows of the changed case, reasoned over anew."""
        supposed = [(reading, HAS_VALUE, self.iris[pair]) for pair in to.items()]
        kept = [
            triple for triple in self.explainer.stated if not self._contests(triple, reading, to)
        ]
        changed = Explainer([*kept, *supposed], self.explainer.iri, self.explainer.origin)
        proof = changed.explain(_enacts(reading, kind), 1)
        grounds = {**proof.grounds, **{t: _SUPPOSED for t in supposed if t in proof.grounds}}
        order = list(self.definitions.ways)
        becomes = [local_name(o.strip("<>")) for _, _, o in changed.known(reading, ENACTS)]
        used = self._used(proof)
        after = {**facets, **to}
        return Change(
            to,
            {facet: facets.get(facet) for facet in to},
            {facet: value for facet, value in used.items() if facet not in to},
            tuple(sorted(becomes, key=order.index)),
            tuple(self.definitions.hinges(after, kind)),
            replace(proof, grounds=grounds),
        )

    def _contests(self, triple: Triple, reading: str, to: Facets) -> bool:
        """Tell whether a statement gives a reading the old value of a facet that is changed."""
        subject, predicate, value = triple
        if subject != reading or predicate not in (HAS_VALUE, _OBSERVATION):
            return False
        values = [value] if predicate == HAS_VALUE else self.facts.of(value, _OBSERVES)
        return any(self.slugs[one][0] in to for one in values)


def _enacts(reading: str, kind: str) -> Triple:
    return (reading, ENACTS, f"<{NAMESPACE}type/{kind}>")
