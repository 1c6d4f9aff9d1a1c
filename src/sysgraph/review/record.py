"""What a reviewer wants to know of a case at a glance, taken from its statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sysgraph.review.parts import tidy
from sysgraph.terms import PREFIXES, Triple

__all__ = ["Record", "Scale", "lowest_and_highest"]

_SYSG, _DC = f"<{PREFIXES['sysg']}", f"<{PREFIXES['dcterms']}"
_SCHEMA = f"<{PREFIXES['schema']}"
_CITES = f"<{PREFIXES['cito']}citesAsEvidence>"
_NOT_PROSE = ("citations", "contributor", "critiques")

Scale = Mapping[str, int]
"""The individuals of a kind with their place in its order, by IRI as N-Triples writes it."""


@dataclass(frozen=True)
class Record:
    """A case by its id, with what it says; texts are plain, terms are N-Triples."""

    name: str
    statements: frozenset[Triple]

    @cached_property
    def _said(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for subject, predicate, value in sorted(self.statements):
            found.setdefault((subject, predicate), []).append(tidy(value))
        return found

    @property
    def _case(self) -> str:
        return f"<{PREFIXES['case']}{self.name}>"

    def _of(self, *path: str) -> list[str]:
        found = [self._case]
        for step in path:
            found = [value for one in found for value in self._said.get((one, step), ())]
        return found

    def text(self, *path: str) -> str:
        """Return the first text, or term, at the end of a path of predicates; else nothing."""
        found = self._of(*path)
        return _plain(found[0]) if found else ""

    @property
    def title(self) -> str:
        """Return the title of the case, or its id."""
        return self.text(f"{_DC}title>") or self.name

    @property
    def summary(self) -> str:
        """Return the summary."""
        return self.text(f"{_DC}abstract>")

    @property
    def place(self) -> str:
        """Return the place in words."""
        return self.text(f"{_SYSG}place>")

    @property
    def driver(self) -> str:
        """Return who set the change going."""
        return self.text(f"{_SYSG}driver>")

    @property
    def start(self) -> str:
        """Return the year in which it began."""
        return self.text(f"{_SYSG}startYear>")

    @property
    def type(self) -> str:
        """Return the type that it is held to be of."""
        return self.text(f"{_SYSG}hasPractice>", f"{_SYSG}hasPrimaryType>")

    @property
    def judgements(self) -> tuple[str, str]:
        """Return the judgements on being led and on working."""
        return (
            self.text(f"{_SYSG}hasLedOutcome>", f"{_SYSG}hasJudgement>"),
            self.text(f"{_SYSG}hasWorkingOutcome>", f"{_SYSG}hasJudgement>"),
        )

    @property
    def confidence(self) -> str:
        """Return how sure the contributor is."""
        return self.text(f"{_SYSG}hasConfidence>")

    @property
    def seen_with(self) -> list[str]:
        """Return how sure each facet value of each reading is."""
        return self._of(f"{_SYSG}hasReading>", f"{_SYSG}hasObservation>", f"{_SYSG}hasConfidence>")

    @property
    def standpoints(self) -> list[str]:
        """Return the standpoints of the readings."""
        return [_plain(one) for one in self._of(f"{_SYSG}hasReading>", f"{_SYSG}standpoint>")]

    @property
    def is_checked(self) -> bool:
        """Tell whether a citation was read."""
        read = {_plain(one) for one in self._of(_CITES, f"{_SYSG}pageRead>")}
        return bool(read & {"true", "1"})

    @property
    def citations(self) -> frozenset[str]:
        """Return the titles of what it cites."""
        return frozenset(_plain(one) for one in self._of(_CITES, f"{_DC}title>"))

    @property
    def contributor(self) -> str:
        """Return the name of whoever answers for it."""
        return self.text(f"{_DC}contributor>", f"{_SCHEMA}name>")

    @property
    def contributor_key(self) -> str:
        """Return what tells contributors apart: the ORCID, or the name in small letters."""
        known = self.text(f"{_DC}contributor>", f"{_SCHEMA}identifier>")
        return known or " ".join(self.contributor.casefold().split())

    @cached_property
    def readings(self) -> tuple[frozenset[str], ...]:
        """Return the facet values of each reading, by what follows the namespace."""
        found = []
        for reading in self._of(f"{_SYSG}hasReading>"):
            values = [*self._said.get((reading, f"{_SYSG}hasFacetValue>"), ())]
            for seen in self._said.get((reading, f"{_SYSG}hasObservation>"), ()):
                values += self._said.get((seen, f"{_SYSG}observesValue>"), ())
            found.append(frozenset(value.removeprefix(_SYSG).rstrip(">") for value in values))
        return tuple(found)

    def prose(self) -> Iterator[tuple[str, str]]:
        """Yield each text of the case's own, with the part that it stands in."""
        for subject, _, value in sorted(self.statements):
            part = subject.removeprefix(self._case[:-1]).strip("/>")
            if value.startswith('"') and part.partition("/")[0] not in _NOT_PROSE:
                yield part.replace("/", ", ") or "the case", _plain(tidy(value))

    def quotable(self) -> Iterator[tuple[str, str]]:
        """Yield what stands in its citations: titles and notes."""
        for subject, _, value in sorted(self.statements):
            part = subject.removeprefix(self._case[:-1]).strip("/>")
            if value.startswith('"') and part.startswith("citations"):
                yield part.replace("/", " ").replace("citations", "citation"), _plain(tidy(value))


def _plain(term: str) -> str:
    return term[1 : term.rindex('"')] if term.startswith('"') else term


def lowest_and_highest(kind: str, terms: Iterable[Triple]) -> tuple[str, str]:
    """Return the first and the last individual of a kind by its order; empty where there is none.

    The kind is a class of the ontology such as Judgement or Confidence.
    """
    listed = list(terms)
    mine = {s for s, p, o in listed if p.endswith("#type>") and o == f"{_SYSG}{kind}>"}
    placed: Scale = {
        s: int(_plain(o)) for s, p, o in listed if p == f"{_SYSG}displayOrder>" and s in mine
    }
    if not placed:
        return "", ""
    return min(placed, key=lambda one: placed[one]), max(placed, key=lambda one: placed[one])
