"""One case on its way to its conclusions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sysgraph.reason.conclusions import OBJECT, SUBJECT, Derivation
from sysgraph.reason.facts import bindings, unify
from sysgraph.reason.program import Effect, Join
from sysgraph.reason.rule import THING, TYPE, fill
from sysgraph.terms import Triple

if TYPE_CHECKING:
    from sysgraph.reason.engine import Reasoner

__all__ = ["Run"]


class Run:
    """One case on its way to its conclusions."""

    def __init__(self, reasoner: Reasoner) -> None:
        self.reasoner = reasoner
        self.program = reasoner.program
        self.effects = reasoner.effects
        self.known = reasoner.program.known
        self.about: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.stated: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.new: list[Triple] = []
        self.contradictions: list[Derivation] = []
        self.concluded: set[Triple] = set()
        self.only_new = True
        self.doubtful = False

    def state(self, triples: Iterable[Triple]) -> None:
        """Take in what the case states, with what follows from each statement by itself."""
        for subject, predicate, value in triples:
            self.stated[subject].add((predicate, value))
            self.add(subject, predicate, value)

    def add(self, subject: str, predicate: str, value: str) -> None:
        """Take in a statement, with what follows from it by itself."""
        about = self.about[subject]
        pair = (predicate, value)
        if pair in about:
            return
        effect = self.effects.get(pair) or self.reasoner.effect(predicate, value)
        if effect.free:
            about.add(pair)
            if effect.meets:
                self.index(subject, predicate, value)
        for joined in effect.joined:
            if joined not in about:
                self.index(subject, *joined)
        about |= effect.about
        for name in effect.copies:
            self._copy(subject, name, value)
        self.doubtful = self.doubtful or effect.clash
        if effect.others:
            self._add_others(subject, value, effect)
        if subject in self.known:
            self._add_known(subject, pair)

    def _copy(self, subject: str, predicate: str, value: str) -> None:
        if (predicate, value) not in self.about[subject]:
            self.about[subject].add((predicate, value))
            if self.reasoner.is_joined(predicate, value):
                self.index(subject, predicate, value)

    def _add_others(self, subject: str, value: str, effect: Effect) -> None:
        for one, predicate, other in effect.others:
            owner = value if one == OBJECT else one
            content = subject if other == SUBJECT else value if other == OBJECT else other
            if owner[0] != '"':
                triple = (owner, predicate, content)
                if triple not in self.program.schema.all:
                    self.add(*triple)

    def _add_known(self, subject: str, pair: tuple[str, str]) -> None:
        # What is said of a thing of the ontology meets what the ontology says of it.
        for derivation in list(self.reasoner.singles((subject, *pair))):
            head = derivation.conclusion
            if head is None:
                self.doubtful = True
            elif head not in self.program.schema:
                self.add(*head)

    def index(self, subject: str, predicate: str, value: str) -> None:
        """Make a statement known to the rules that take several."""
        self.subjects[predicate, value].append(subject)
        self.objects[subject, predicate].append(value)
        self.new.append((subject, predicate, value))

    def index_all(self) -> None:
        """Make all that is known of the case known to the rules that take several."""
        for subject, pairs in self.about.items():
            for predicate, value in pairs:
                if self.reasoner.is_joined(predicate, value):
                    self.index(subject, predicate, value)

    def finish(self) -> None:
        """Run the rules that take several statements until nothing new follows."""
        new, self.new = self.new, []
        for derivation in list(self._first(new)):
            self._take(derivation)
        while self.new:
            new, self.new = self.new, []
            for triple in new:
                for derivation in list(self._later(triple)):
                    self._take(derivation)

    def all_joins(self) -> Iterator[Derivation]:
        """Yield every application of the rules that take several statements."""
        self.only_new = False
        yield from self._first(self.new)

    def _take(self, derivation: Derivation) -> None:
        head = derivation.conclusion
        if head is None:
            self.contradictions.append(derivation)
        elif head not in self.program.schema:
            self.add(*head)

    def clashes(self) -> list[Derivation]:
        """Return the contradictions in what is known of the case."""
        found = list(self.contradictions)
        program = self.program
        for (subject, predicate), values in self.objects.items():
            if predicate in program.functional and len(values) > 1:
                number = program.functional[predicate]
                one, other = sorted(set(values))[:2]
                two = ((subject, predicate, one), (subject, predicate, other))
                found.append(Derivation(number, (*program.rules[number].axioms, *two), None))
        apart = self.reasoner.apart
        for subject, pairs in self.about.items():
            kinds = sorted(kind for _, kind in pairs & apart) if len(pairs) > 1 else []
            for at, one in enumerate(kinds):
                for other in kinds[at + 1 :]:
                    if other in program.apart[one]:
                        number = program.apart[one][other]
                        two = ((subject, TYPE, one), (subject, TYPE, other))
                        axioms = program.rules[number].axioms
                        found.append(Derivation(number, (*axioms, *two), None))
        if self.doubtful:
            for subject, pairs in self.about.items():
                for pair in pairs:
                    singles = self.reasoner.singles((subject, *pair))
                    found += [d for d in singles if d.conclusion is None]
        return list(dict.fromkeys(found))

    def _first(self, triples: list[Triple]) -> Iterator[Derivation]:
        """Yield what follows where nothing had been tried before."""
        first, joins = self.program.first, self.program.joins
        held = self.subjects.keys()
        for triple in triples:
            for key in ((triple[1], triple[2]), (triple[1], "")):
                for number in first.get(key, ()):
                    join = joins[number]
                    # Most conditions name something that the case does not hold.
                    if join.needs <= held:
                        start = unify(join.patterns[0], triple, {})
                        if start is not None:
                            yield from self._solve(join, join.orders[0], start)

    def _later(self, triple: Triple) -> Iterator[Derivation]:
        """Yield what follows now that a statement has become known."""
        later, joins = self.program.later, self.program.joins
        held = self.subjects.keys()
        for key in ((triple[1], triple[2]), (triple[1], "")):
            for number, at in later.get(key, ()):
                join = joins[number]
                if join.needs <= held:
                    start = unify(join.patterns[at], triple, {})
                    if start is not None:
                        yield from self._solve(join, join.orders[at], start)

    def _solve(
        self, join: Join, patterns: tuple[Triple, ...], binding: dict[str, str]
    ) -> Iterator[Derivation]:
        """Yield the applications of a rule in which these patterns, too, are facts."""
        if not patterns:
            yield from self._conclude(join, binding)
            return
        if self.only_new and join.head is not None:
            head = fill(join.head, binding)
            if head in self.concluded:
                return
        wanted = fill(patterns[0], binding)
        for found in self._candidates(wanted):
            both = unify(wanted, found, binding)
            if both is not None:
                yield from self._solve(join, patterns[1:], both)

    def _candidates(self, wanted: Triple) -> list[Triple]:
        subject, predicate, value = wanted
        if subject[0] != "?":
            if value[0] != "?":
                return [wanted] if (predicate, value) in self.about.get(subject, ()) else []
            return [(subject, predicate, o) for o in self.objects.get((subject, predicate), ())]
        if value[0] != "?":
            return [(s, predicate, value) for s in self.subjects.get((predicate, value), ())]
        return [
            (owner, name, found)
            for (owner, name), values in self.objects.items()
            if name == predicate
            for found in values
        ]

    def _conclude(self, join: Join, binding: dict[str, str]) -> Iterator[Derivation]:
        rule = self.program.rules[join.rule]
        for one, other in rule.different:
            if one in binding and binding[one] == binding.get(other):
                return
        for group in rule.absent:
            if next(bindings(group, self.program.stated, binding), None) is not None:
                return
        head = fill(join.head, binding) if join.head else None
        if head is None or (head[0][0] != '"' and head[2] != THING):
            if head is not None and self.only_new:
                if head in self.concluded:
                    return
                self.concluded.add(head)
            premises = (*join.premises, *(fill(p, binding) for p in join.patterns))
            yield Derivation(join.rule, premises, head)
