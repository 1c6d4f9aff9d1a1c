"""What a reviewer wants to know of a case at a glance, taken from its statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sysgraph.diff.things import text, tidy
from sysgraph.terms import NAMESPACE, PREFIXES, Triple

__all__ = ["THE_CASE", "CaseFacts", "facts_of"]

THE_CASE = "the case"
"""What a text is in that stands in no part of a case."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a case says. Texts are plain; type, judgements and confidence are N-Triples terms.

    ``seen_with`` is how sure each facet value of each reading is. ``readings`` holds the
    standpoint of each with its facet values, by what follows the namespace. ``prose`` has each
    text of the case's own, and ``quotable`` those of its citations, with the part they stand in.
    """

    name: str
    title: str
    summary: str
    place: str
    driver: str
    start: str
    type: str
    judgements: tuple[str, str]
    confidence: str
    seen_with: tuple[str, ...]
    readings: tuple[tuple[str, frozenset[str]], ...]
    is_checked: bool
    citations: frozenset[str]
    contributor: str
    contributor_id: str
    prose: tuple[tuple[str, str], ...]
    quotable: tuple[tuple[str, str], ...]

    @property
    def contributor_key(self) -> str:
        """Return what tells contributors apart: the ORCID, or the name in small letters."""
        return self.contributor_id or " ".join(self.contributor.casefold().split())


def facts_of(name: str, statements: Iterable[Triple]) -> CaseFacts:
    """Return what the statements of a case say of it, which goes by its id."""
    case = f"<{PREFIXES['case']}{name}>"
    said: dict[tuple[str, str], list[str]] = {}
    prose, quotable = [], []
    for subject, predicate, term in sorted(statements):
        value = tidy(term)
        said.setdefault((subject, predicate), []).append(value)
        part = subject.removeprefix(case[:-1]).strip("/>")
        if value.startswith('"') and part.startswith("citations"):
            where = part.replace("/", " ").replace("citations", "citation")
            quotable.append((where, text(value)))
        elif value.startswith('"') and not part.startswith(("codings", "contributor", "critiques")):
            prose.append((part.replace("/", ", ") or THE_CASE, text(value)))

    def ends(*path: str, start: str = case) -> list[str]:
        found = [start]
        for step in path:
            prefix, _, local = step.rpartition(":")
            predicate = f"<{PREFIXES[prefix or 'sysg']}{local}>"
            found = [value for one in found for value in said.get((one, predicate), ())]
        return found

    def first(*path: str, start: str = case) -> str:
        return text(next(iter(ends(*path, start=start)), ""))

    def reading(iri: str) -> tuple[str, frozenset[str]]:
        held = ends("hasFacetValue", start=iri) + ends("hasObservation", "observesValue", start=iri)
        values = frozenset(value.strip("<>").removeprefix(NAMESPACE) for value in held)
        return first("standpoint", start=iri), values

    return CaseFacts(
        name,
        title=first("dcterms:title") or name,
        summary=first("dcterms:abstract"),
        place=first("place"),
        driver=first("driver"),
        start=first("startYear"),
        type=first("hasPractice", "hasPrimaryType"),
        judgements=(
            first("hasLedOutcome", "hasJudgement"),
            first("hasWorkingOutcome", "hasJudgement"),
        ),
        confidence=first("hasConfidence"),
        seen_with=tuple(ends("hasReading", "hasObservation", "hasConfidence")),
        readings=tuple(
            reading(iri) for iri in sorted(ends("hasReading"), key=lambda iri: (len(iri), iri))
        ),
        is_checked=not {"true", "1"}.isdisjoint(
            map(text, ends("cito:citesAsEvidence", "pageRead"))
        ),
        citations=frozenset(map(text, ends("cito:citesAsEvidence", "dcterms:title"))),
        contributor=first("dcterms:contributor", "schema:name"),
        contributor_id=first("dcterms:contributor", "schema:identifier"),
        prose=tuple(prose),
        quotable=tuple(quotable),
    )
