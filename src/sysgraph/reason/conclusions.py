"""What follows from a case, and how each conclusion was reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sysgraph.reason.rule import fill
from sysgraph.terms import Triple

__all__ = ["OBJECT", "SUBJECT", "Conclusions", "Derivation", "Derivations", "Record"]

SUBJECT = "*x"
"""Stands for the part of the case that a memorised conclusion is about."""
OBJECT = "*y"
"""Stands for the object of a statement between two parts, or of one with a literal."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """One application of a rule: ``rule`` counts in the program; no conclusion is a clash."""

    rule: int
    premises: tuple[Triple, ...]
    conclusion: Triple | None


@dataclass(slots=True)
class Conclusions:
    """What follows from a case: ``about`` maps each of its parts to predicates and objects."""

    about: dict[str, set[tuple[str, str]]]
    stated: dict[str, set[tuple[str, str]]]
    clashes: list[Derivation]
    own: tuple[str, str]

    def triples(self) -> Iterator[Triple]:
        """Yield what follows and was not stated, about parts of the case, without blank nodes."""
        whole, start = self.own
        for subject, pairs in self.about.items():
            if subject == whole or subject.startswith(start):
                for predicate, value in pairs - self.stated.get(subject, set()):
                    if value[0] != "_":
                        yield subject, predicate, value

    def outward(self) -> list[Triple]:
        """Return what follows about things outside the case and is new to the ontology."""
        whole, start = self.own
        return sorted(
            (subject, predicate, value)
            for subject, pairs in self.about.items()
            if subject != whole and not subject.startswith(start)
            for predicate, value in pairs
            if value[0] != "_"
        )

    def lines(self, graph: str) -> str:
        """Return the same as N-Quads in a graph, whose IRI is given."""
        whole, start = self.own
        end = f" <{graph}> .\n"
        lines: list[str] = []
        for subject, pairs in self.about.items():
            if subject == whole or subject.startswith(start):
                new = pairs - self.stated.get(subject, set())
                lines += [f"{subject} {p} {o}{end}" for p, o in new if o[0] != "_"]
        return "".join(lines)


Record = tuple[Derivation, str, str]


class Derivations:
    """How the conclusions of a case were reached, each application of a rule once.

    ``is_complete`` tells that none was left out; a case of ordinary size has some thousand.
    """

    def __init__(self, records: dict[Triple, list[Record]], *, is_complete: bool = True) -> None:
        """Keep what was recorded: a remembered step, and what it is about."""
        self._records = records
        self.is_complete = is_complete

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._records)

    def of(self, triple: Triple) -> list[Derivation]:
        """Return the applications of rules that conclude a statement."""
        found = []
        for step, subject, value in self._records.get(triple, ()):
            names = {SUBJECT: subject, OBJECT: value}
            premises = tuple(fill(premise, names) for premise in step.premises)
            found.append(Derivation(step.rule, premises, triple))
        return list(dict.fromkeys(found))
