"""Run a program over cases, remembering what single statements lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sysgraph.reason.conclusions import (
    OBJECT,
    SUBJECT,
    Conclusions,
    Derivation,
    Derivations,
    Record,
)
from sysgraph.reason.facts import bindings, unify
from sysgraph.reason.program import Effect, Program, Single
from sysgraph.reason.rule import THING, TYPE, fill
from sysgraph.reason.run import Run
from sysgraph.terms import Triple

__all__ = ["Reasoner"]

_MOST_JOINS = 100_000
"""How many applications of rules that take several statements are recorded for one case."""


class Reasoner:
    """A program with a memory of what single statements lead to. It can be pickled.

    The memory is bounded by the terms of the ontology, not by the number of cases.
    """

    def __init__(self, program: Program) -> None:
        """Begin with nothing remembered."""
        self.program = program
        self.effects: dict[tuple[str, str], Effect] = {}
        self._steps: dict[tuple[str, str], list[tuple[Derivation, str, str, str]]] = {}
        self._keys = frozenset(program.later)
        self._functional = frozenset(program.functional)
        self.apart = frozenset((TYPE, kind) for kind in program.apart)

    def __getstate__(self) -> Program:
        return self.program

    def __setstate__(self, program: Program) -> None:
        self.__init__(program)  # type: ignore[misc]

    def infer(self, triples: Iterable[Triple], case: str) -> Conclusions:
        """Return what follows from the statements of one case, whose IRI is given.

        Time grows with the statements; one of the shipped cases takes a third of a millisecond.
        """
        run = Run(self)
        run.state(triples)
        run.finish()
        return Conclusions(run.about, run.stated, run.clashes(), (f"<{case}>", f"<{case}/"))

    def derive(self, found: Conclusions) -> Derivations:
        """Return every application of a rule within a case and its conclusions."""
        run = Run(self)
        run.about = found.about
        run.index_all()
        known, steps = self.program.known, self._steps
        listed: dict[Triple, list[Record]] = defaultdict(list)
        for subject, pairs in found.about.items():
            is_known = subject in known
            for pair in pairs:
                if is_known and (subject, *pair) in self.program.schema:
                    continue
                remembered = steps.get(pair)
                if remembered is None:
                    remembered = self._remember(pair)
                value = pair[1]
                for step, one, name, other in remembered:
                    if one == SUBJECT and other != OBJECT:
                        listed[subject, name, other].append((step, subject, value))
                    else:
                        owner = subject if one == SUBJECT else value if one == OBJECT else one
                        content = (
                            value if other == OBJECT else subject if other == SUBJECT else other
                        )
                        listed[owner, name, content].append((step, subject, value))
            if is_known:
                _record_known(self, subject, pairs, listed)
        joins, is_complete = run.all_joins(_MOST_JOINS)
        for derivation in joins:
            head = derivation.conclusion
            # What the ontology says by itself is no derivation of the case.
            if head is not None and not self.program.schema.all.issuperset(derivation.premises):
                listed[head].append((derivation, SUBJECT, OBJECT))
        return Derivations(dict(listed), is_complete=is_complete)

    def _remember(self, pair: tuple[str, str]) -> list[tuple[Derivation, str, str, str]]:
        known = pair[1] in self.program.known
        key = pair if known else (pair[0], OBJECT)
        if key not in self._steps:
            singles = self.singles((SUBJECT, *key))
            self._steps[key] = [(d, *d.conclusion) for d in singles if d.conclusion is not None]
        return self._steps[key]

    def effect(self, predicate: str, value: str) -> Effect:
        """Return what a statement leads to; values outside the ontology are all alike."""
        key = (predicate, value if value in self.program.known else OBJECT)
        found = self.effects.get(key)
        if found is None:
            found = self.effects[key] = self._close(key)
        return found

    def _close(self, key: tuple[str, str]) -> Effect:
        start = (SUBJECT, *key)
        seen: dict[Triple, None] = {start: None}
        waiting, clash = [start], False
        while waiting:
            for derivation in self.singles(waiting.pop()):
                head = derivation.conclusion
                if head is None:
                    clash = True
                elif head not in seen and head not in self.program.schema:
                    seen[head] = None
                    waiting.append(head)
        pairs = [(p, o) for s, p, o in seen if s == SUBJECT]
        about = frozenset(pair for pair in pairs if pair[1] != OBJECT)
        joined = tuple(pair for pair in about if self.is_joined(*pair))
        copies = tuple(p for p, o in pairs if o == OBJECT and p != key[0])
        others = tuple(triple for triple in seen if triple[0] != SUBJECT)
        free = key[1] == OBJECT
        meets = free and self.is_joined(*key)
        is_plain = not (joined or copies or others or clash or meets)
        return Effect(about, joined, copies, others, clash, free, meets, is_plain)

    def is_joined(self, predicate: str, value: str) -> bool:
        """Tell whether a statement can meet another one in a rule."""
        return (
            (predicate, value) in self._keys
            or (predicate, "") in self._keys
            or predicate in self._functional
        )

    def singles(self, triple: Triple) -> Iterator[Derivation]:
        """Yield the rules that a single statement sets off."""
        program = self.program
        for single in program.singles.get(triple[1], ()):
            found = unify(single.pattern, triple, {})
            if found is None:
                continue
            yield from self._apply(single, found)

    def _apply(self, single: Single, found: dict[str, str]) -> Iterator[Derivation]:
        program = self.program
        axioms = program.rules[single.rule].axioms
        for binding in bindings(single.rest, program.schema, found):
            taken = (fill(p, binding) for p in (single.pattern, *single.rest))
            premises = tuple(dict.fromkeys((*axioms, *taken)))
            head = fill(single.head, binding) if single.head else None
            if head is None or (head[0][0] != '"' and head[2] != THING):
                yield Derivation(single.rule, premises, head)


def _record_known(
    reasoner: Reasoner,
    subject: str,
    pairs: set[tuple[str, str]],
    listed: dict[Triple, list[Record]],
) -> None:
    for pair in pairs:
        triple = (subject, *pair)
        if triple in reasoner.program.schema:
            continue
        for step in reasoner.singles(triple):
            if step.conclusion is not None:
                listed[step.conclusion].append((step, SUBJECT, OBJECT))
