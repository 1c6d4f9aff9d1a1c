"""One case on its way to its conclusions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from sysgraph.reason.conclusions import OBJECT, SUBJECT, Derivation
from sysgraph.reason.facts import bindings
from sysgraph.reason.plan import CHECK, OBJECTS, SUBJECTS, Plan
from sysgraph.reason.program import Effect, Join
from sysgraph.reason.rule import THING, TYPE, differ, fill
from sysgraph.terms import Triple

if TYPE_CHECKING:
    from sysgraph.reason.engine import Reasoner

__all__ = ["Run"]


class _EnoughError(Exception):
    """As many applications of rules were recorded as were asked for."""


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
        self.heads: list[Triple] = []
        self.record: list[Derivation] | None = None
        self.most = 0
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
        if subject in self.known:
            self._add_known(subject, pair)
            return
        effect = self.effects.get(pair) or self.reasoner.effect(predicate, value)
        if effect.is_plain:
            about |= effect.about
            if effect.free:
                about.add(pair)
        else:
            self._spread(subject, pair, effect)

    def _spread(self, subject: str, pair: tuple[str, str], effect: Effect) -> None:
        """Take in a statement that can meet others, or leads to something of other things."""
        about, value = self.about[subject], pair[1]
        if effect.free:
            about.add(pair)
            if effect.meets:
                self.index(subject, *pair)
        for joined in effect.joined:
            if joined not in about:
                self.index(subject, *joined)
        about |= effect.about
        for name in effect.copies:
            self._copy(subject, name, value)
        self.doubtful = self.doubtful or effect.clash
        if effect.others:
            self._add_others(subject, value, effect)

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
        """Take in what is said of a thing of the ontology, unless the ontology says it too.

        It meets what the ontology says of that thing, so that nothing remembered will do.
        """
        triple = (subject, *pair)
        if triple in self.program.schema:
            return
        self.about[subject].add(pair)
        if self.reasoner.is_joined(*pair):
            self.index(*triple)
        for derivation in list(self.reasoner.singles(triple)):
            head = derivation.conclusion
            if head is None:
                self.doubtful = True
            else:
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
        self._try(new, self.program.first)
        while self.new:
            new, self.new = self.new, []
            self._try(new, self.program.later)

    def _try(self, triples: list[Triple], plans: Mapping[tuple[str, str], list[Plan]]) -> None:
        """Search from each statement, and take in what follows."""
        held = self.subjects.keys()
        for subject, predicate, value in triples:
            for key in ((predicate, value), (predicate, "")):
                for plan in plans.get(key, ()):
                    # Most plans need something that the case does not hold.
                    if plan.needs <= held:
                        self._begin(plan, subject, value)
        heads, self.heads = self.heads, []
        for head in heads:
            if head not in self.program.schema.all:
                self.add(*head)

    def _begin(self, plan: Plan, subject: str, value: str) -> None:
        slots = list(plan.slots)
        one, other = plan.start
        if (slots[one] or subject) == subject and (one != other or subject == value):
            slots[one], slots[other] = subject, value
            self._search(plan, 0, slots)

    def _search(self, plan: Plan, at: int, slots: list[str]) -> None:
        """Look for the rest of the premises, depth first."""
        if at == plan.settled and plan.head is not None and self.record is None:
            one, predicate, other = plan.head
            if (slots[one], predicate, slots[other]) in self.concluded:
                return
        if at == len(plan.steps):
            self._conclude(plan, slots)
            return
        kind, one, predicate, other = plan.steps[at]
        if kind == OBJECTS:
            for value in self.objects.get((slots[one], predicate), ()):
                slots[other] = value
                self._search(plan, at + 1, slots)
        elif kind == SUBJECTS:
            for subject in self.subjects.get((predicate, slots[other]), ()):
                slots[one] = subject
                self._search(plan, at + 1, slots)
        elif kind == CHECK:
            if (predicate, slots[other]) in self.about.get(slots[one], ()):
                self._search(plan, at + 1, slots)
        else:
            self._search_all(plan, at, slots)

    def _search_all(self, plan: Plan, at: int, slots: list[str]) -> None:
        _, one, predicate, other = plan.steps[at]
        for (subject, name), values in self.objects.items():
            if name == predicate:
                for value in values:
                    if one != other or subject == value:
                        slots[one], slots[other] = subject, value
                        self._search(plan, at + 1, slots)

    def _conclude(self, plan: Plan, slots: list[str]) -> None:
        if not all(differ(slots[one], slots[other]) for one, other in plan.different):
            return
        join = self.program.joins[plan.join]
        rule = self.program.rules[join.rule]
        if rule.absent or plan.head is None or self.record is not None:
            names = dict(zip(plan.names, slots, strict=True))
            stated = self.program.stated
            if any(next(bindings(g, stated, names), None) is not None for g in rule.absent):
                return
            self._keep(join, names)
        if plan.head is not None:
            one, predicate, other = plan.head
            head = (slots[one], predicate, slots[other])
            if head not in self.concluded and head[0][0] != '"' and head[2] != THING:
                self.concluded.add(head)
                self.heads.append(head)

    def _keep(self, join: Join, names: dict[str, str]) -> None:
        """Keep an application of a rule, if it is a contradiction or if all are recorded."""
        head = fill(join.head, names) if join.head else None
        if head is not None and (self.record is None or head[0][0] == '"' or head[2] == THING):
            return
        premises = (*join.premises, *(fill(pattern, names) for pattern in join.patterns))
        kept = Derivation(join.rule, tuple(dict.fromkeys(premises)), head)
        if head is None:
            self.contradictions.append(kept)
        elif self.record is not None:
            if len(self.record) == self.most:
                raise _EnoughError
            self.record.append(kept)

    def all_joins(self, most: int) -> tuple[list[Derivation], bool]:
        """Return the applications of the rules that take several statements, and if all are there.

        At most so many are looked for.
        """
        self.record, self.most = [], most
        try:
            self._try(self.new, self.program.first)
        except _EnoughError:
            return self.record, False
        return self.record, True

    def clashes(self) -> list[Derivation]:
        """Return the contradictions in what is known of the case, and with the ontology."""
        found = list(self.contradictions)
        found += self._two_values()
        found += self._two_kinds()
        if self.doubtful:
            for subject, pairs in self.about.items():
                for pair in pairs:
                    singles = self.reasoner.singles((subject, *pair))
                    found += [d for d in singles if d.conclusion is None]
        # Two values are found from either of them.
        return list({(one.rule, frozenset(one.premises)): one for one in found}.values())

    def _two_values(self) -> Iterator[Derivation]:
        program = self.program
        for (subject, predicate), held in self.objects.items():
            if predicate not in program.functional:
                continue
            values = {*held, *(o for _, _, o in program.schema.of((subject, predicate, "?o")))}
            pairs = combinations(sorted(values), 2) if len(values) > 1 else ()
            two = next((pair for pair in pairs if differ(*pair)), None)
            if two is not None:
                number = program.functional[predicate]
                stated = tuple((subject, predicate, value) for value in two)
                yield Derivation(number, (*program.rules[number].axioms, *stated), None)

    def _two_kinds(self) -> Iterator[Derivation]:
        program, apart = self.program, self.reasoner.apart
        for subject, pairs in self.about.items():
            mine = pairs & apart
            if len(mine) < 2 and not (mine and subject in self.known):
                continue
            kinds = {kind for _, kind in mine}
            if subject in self.known:
                kinds.update(kind for _, _, kind in program.schema.of((subject, TYPE, "?o")))
            for one, other in combinations(sorted(kinds), 2):
                number = program.apart.get(one, {}).get(other)
                if number is not None:
                    two = ((subject, TYPE, one), (subject, TYPE, other))
                    yield Derivation(number, (*program.rules[number].axioms, *two), None)
