"""How statements follow: proofs found from their ends, from the ontology and one case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, product

from sysgraph.proof import Proof, Proofs
from sysgraph.reason.engine import Conclusions, Derivation, Reasoner
from sysgraph.reason.rules import instances, unify
from sysgraph.terms import Triple

__all__ = ["Tracer"]

_MOST_TRIED = 1_000
"""How many proofs are looked at before the smallest ones are shown."""


class Tracer:
    """Finds how statements follow from the ontology, and from one case where that is given."""

    def __init__(self, reasoner: Reasoner, found: Conclusions | None = None) -> None:
        self._program = reasoner.program
        self._found = found
        self._case = reasoner.derive(found) if found else None
        self._stated = {
            (subject, *pair)
            for subject, pairs in (found.stated if found else {}).items()
            for pair in pairs
        }
        self._steps: dict[Triple, list[Derivation]] = {}
        self._heads: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._program.rules):
            if rule.head is not None:
                self._heads[rule.head[1]].append(number)

    def is_asserted(self, triple: Triple) -> bool:
        """Tell whether a statement stands in the ontology or in the case."""
        return triple in self._program.stated or triple in self._stated

    def known(self, subject: str, predicate: str) -> list[Triple]:
        """Return what is known of a subject with a predicate, anonymous classes aside, sorted."""
        found = set(self._program.schema.of((subject, predicate, "?o")))
        about = self._found.about.get(subject, set()) if self._found else set()
        found |= {(subject, name, value) for name, value in about if name == predicate}
        return sorted(triple for triple in found if not triple[2].startswith("_"))

    def derivations(self, triple: Triple) -> list[Derivation]:
        """Return each single application of a rule that concludes a statement."""
        if triple not in self._steps:
            listed = self._case.of(triple) if self._case else []
            if not listed:
                listed = list(self._in_ontology(triple))
            self._steps[triple] = [d for d in listed if triple not in d.premises]
        return self._steps[triple]

    def _in_ontology(self, triple: Triple) -> Iterator[Derivation]:
        program = self._program
        if triple not in program.schema:
            return
        for number in self._heads[triple[1]]:
            rule = program.rules[number]
            assert rule.head is not None  # only such are listed
            start = unify(rule.head, triple, {})
            if start is not None:
                for premises, head in instances(rule, program.schema, program.stated, start):
                    yield Derivation(number, premises, head)

    def proofs(self, triple: Triple, most: int = 10) -> Proofs:
        """Return up to so many proofs of a statement, the smallest first; none if it is false.

        Of a statement with more than 1,000 proofs only these are put in order.
        """
        return self._proofs(triple, self.derivations(triple), most)

    def prove_clash(self, clash: Derivation) -> Proofs:
        """Return the smallest proof of a contradiction."""
        return self._proofs(None, [clash], 1)

    def _proofs(self, triple: Triple | None, steps: Sequence[Derivation], most: int) -> Proofs:
        path = frozenset({triple} if triple else ())
        tried = list(islice(self._trees(triple, steps, path, self._costs(steps)), _MOST_TRIED + 1))
        asserted = [Proof(triple)] if triple and self.is_asserted(triple) else []
        found = sorted([*asserted, *dict.fromkeys(tried)], key=lambda proof: proof.size)
        is_complete = len(tried) <= _MOST_TRIED and len(found) <= most
        is_complete = is_complete and (self._case is None or self._case.is_complete)
        return Proofs(triple, tuple(found[:most]), is_complete)

    def _costs(self, derivations: Sequence[Derivation]) -> dict[Triple, int]:
        """Return the size of the smallest proof of all that these derivations come down to."""
        costs: dict[Triple, int] = {}
        waiting = [premise for d in derivations for premise in d.premises]
        open_: dict[Triple, list[Derivation]] = {}
        while waiting:
            triple = waiting.pop()
            if triple in costs or triple in open_:
                continue
            if self.is_asserted(triple):
                costs[triple] = 0
                continue
            open_[triple] = self.derivations(triple)
            waiting += [premise for d in open_[triple] for premise in d.premises]
        changed = True
        while changed:
            changed = False
            for triple, step in ((t, step) for t, steps in open_.items() for step in steps):
                if all(premise in costs for premise in step.premises):
                    cost = 1 + sum(costs[premise] for premise in step.premises)
                    if cost < costs.get(triple, cost + 1):
                        costs[triple] = cost
                        changed = True
        return costs

    def _trees(
        self,
        triple: Triple | None,
        derivations: Sequence[Derivation],
        path: frozenset[Triple],
        costs: dict[Triple, int],
    ) -> Iterator[Proof]:
        """Yield the proofs by these derivations in which no statement rests on itself."""
        sound = [
            (sum(costs[premise] for premise in step.premises), step.rule, step.premises)
            for step in derivations
            if path.isdisjoint(step.premises) and all(p in costs for p in step.premises)
        ]
        for _, rule, premises in sorted(sound):
            options = (self._proofs_of(premise, path, costs) for premise in premises)
            name = self._program.rules[rule].name
            # The first choice, which is the smallest of all, comes first.
            for chosen in product(*(islice(option, _MOST_TRIED) for option in options)):
                yield Proof(triple, name, chosen)

    def _proofs_of(
        self, triple: Triple, path: frozenset[Triple], costs: dict[Triple, int]
    ) -> Iterator[Proof]:
        if self.is_asserted(triple):
            yield Proof(triple)
            return
        yield from self._trees(triple, self.derivations(triple), path | {triple}, costs)
