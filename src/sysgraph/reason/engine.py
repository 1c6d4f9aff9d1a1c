"""A program run over one case: what follows, and from each conclusion back to what was asserted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from sysgraph.reason.program import (
    CHECK,
    OBJECTS,
    SUBJECTS,
    Closure,
    Join,
    Pair,
    Program,
    Search,
    Single,
)
from sysgraph.reason.rules import THING, TYPE, bindings, differ, fill, unify
from sysgraph.terms import Triple

__all__ = [
    "Conclusions",
    "Derivation",
    "Reasoner",
]

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
    """What follows from a case: ``about`` maps each of its parts to predicates and objects.

    Names of its own parts begin with one of ``own``.
    """

    about: dict[str, set[Pair]]
    stated: dict[str, set[Pair]]
    clashes: list[Derivation]
    own: tuple[str, str]

    def triples(self) -> Iterator[Triple]:
        """Yield what follows and was not stated, about parts of the case, without blank nodes."""
        for subject, pairs in self.about.items():
            if subject.startswith(self.own):
                for predicate, value in pairs - self.stated.get(subject, set()):
                    if value[0] != "_":
                        yield subject, predicate, value

    def outward(self) -> list[Triple]:
        """Return what follows about things outside the case and is new to the ontology."""
        return sorted(
            (subject, predicate, value)
            for subject, pairs in self.about.items()
            if not subject.startswith(self.own)
            for predicate, value in pairs
            if value[0] != "_"
        )

    def lines(self, graph: str) -> str:
        """Return ``triples`` as N-Quads in a graph, whose IRI is given."""
        return "".join([f"{s} {p} {o} <{graph}> .\n" for s, p, o in self.triples()])


_Record = tuple[Derivation, str, str]
"""A remembered step, and the subject and the object that it is about."""


class Derivations:
    """How the conclusions of a case were reached, each application of a rule once.

    ``is_complete`` tells that none was left out; a case of ordinary size has some thousand.
    """

    def __init__(self, records: dict[Triple, list[_Record]], *, is_complete: bool = True) -> None:
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


_MOST_JOINS = 100_000
"""How many applications of rules that take several statements are recorded for one case."""


class _EnoughError(Exception):
    """As many applications of rules were recorded as were asked for."""


class Run:
    """One case on its way to its conclusions."""

    def __init__(self, reasoner: Reasoner) -> None:
        self.reasoner = reasoner
        self.program = reasoner.program
        self.closures = reasoner.closures
        self.known = reasoner.program.known
        self.about: dict[str, set[Pair]] = defaultdict(set)
        self.stated: dict[str, set[Pair]] = defaultdict(set)
        self.subjects: dict[Pair, list[str]] = defaultdict(list)
        self.objects: dict[Pair, list[str]] = defaultdict(list)
        self.new: list[Triple] = []
        self.contradictions: list[Derivation] = []
        self.concluded: set[Triple] = set()
        self.heads: list[Triple] = []
        self.record: list[Derivation] | None = None
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
        closure = self.closures.get(pair) or self.reasoner.closure(predicate, value)
        if closure.is_plain:
            about |= closure.about
            if closure.free:
                about.add(pair)
        else:
            self._spread(subject, pair, closure)

    def _spread(self, subject: str, pair: Pair, closure: Closure) -> None:
        """Take in a statement that can meet others, or leads to something of other things."""
        about, value = self.about[subject], pair[1]
        if closure.free:
            about.add(pair)
            if closure.meets:
                self.index(subject, *pair)
        for joined in closure.joined:
            if joined not in about:
                self.index(subject, *joined)
        about |= closure.about
        for name in closure.copies:
            if (name, value) not in about:
                self._hold(subject, (name, value))
        self.doubtful = self.doubtful or closure.clash
        for one, predicate, other in closure.others:
            owner = value if one == OBJECT else one
            content = subject if other == SUBJECT else value if other == OBJECT else other
            if owner[0] != '"' and (owner, predicate, content) not in self.program.schema.all:
                self.add(owner, predicate, content)

    def _add_known(self, subject: str, pair: Pair) -> None:
        """Take in what is said of a thing of the ontology, unless the ontology says it too.

        It meets what the ontology says of that thing, so that nothing remembered will do.
        """
        triple = (subject, *pair)
        if triple in self.program.schema:
            return
        self._hold(subject, pair)
        for derivation in list(self.reasoner.singles(triple)):
            if derivation.conclusion is None:
                self.doubtful = True
            else:
                self.add(*derivation.conclusion)

    def _hold(self, subject: str, pair: Pair) -> None:
        self.about[subject].add(pair)
        if self.reasoner.is_joined(*pair):
            self.index(subject, *pair)

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

    def _try(self, triples: list[Triple], searches: Mapping[Pair, list[Search]]) -> None:
        """Search from each statement, and take in what follows."""
        held = self.subjects.keys()
        for subject, predicate, value in triples:
            for key in ((predicate, value), (predicate, "")):
                for search in searches.get(key, ()):
                    # Most searches need something that the case does not hold.
                    if search.needs <= held:
                        self._begin(search, subject, value)
        heads, self.heads = self.heads, []
        for head in heads:
            if head not in self.program.schema.all:
                self.add(*head)

    def _begin(self, search: Search, subject: str, value: str) -> None:
        slots = list(search.slots)
        one, other = search.start
        if (slots[one] or subject) == subject and (one != other or subject == value):
            slots[one], slots[other] = subject, value
            self._search(search, 0, slots)

    def _search(self, search: Search, at: int, slots: list[str]) -> None:
        """Look for the rest of the premises, depth first."""
        if at == search.settled and search.head is not None and self.record is None:
            one, predicate, other = search.head
            if (slots[one], predicate, slots[other]) in self.concluded:
                return
        if at == len(search.steps):
            self._conclude(search, slots)
            return
        kind, one, predicate, other = search.steps[at]
        if kind == OBJECTS:
            for value in self.objects.get((slots[one], predicate), ()):
                slots[other] = value
                self._search(search, at + 1, slots)
        elif kind == SUBJECTS:
            for subject in self.subjects.get((predicate, slots[other]), ()):
                slots[one] = subject
                self._search(search, at + 1, slots)
        elif kind == CHECK:
            if (predicate, slots[other]) in self.about.get(slots[one], ()):
                self._search(search, at + 1, slots)
        else:
            self._search_all(search, at, slots)

    def _search_all(self, search: Search, at: int, slots: list[str]) -> None:
        _, one, predicate, other = search.steps[at]
        for (subject, name), values in self.objects.items():
            if name == predicate:
                for value in values:
                    if one != other or subject == value:
                        slots[one], slots[other] = subject, value
                        self._search(search, at + 1, slots)

    def _conclude(self, search: Search, slots: list[str]) -> None:
        if not all(differ(slots[one], slots[other]) for one, other in search.different):
            return
        join = self.program.joins[search.join]
        rule = self.program.rules[join.rule]
        if rule.absent or search.head is None or self.record is not None:
            names = dict(zip(search.names, slots, strict=True))
            stated = self.program.stated
            if any(next(bindings(g, stated, names), None) is not None for g in rule.absent):
                return
            self._keep(join, names)
        if search.head is not None:
            one, predicate, other = search.head
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
            if len(self.record) == _MOST_JOINS:
                raise _EnoughError
            self.record.append(kept)

    def all_joins(self) -> tuple[list[Derivation], bool]:
        """Return the applications of rules that take several statements, and if all are there."""
        self.record = []
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


class Reasoner:
    """A program with a memory of what single statements lead to. It can be pickled.

    The memory is bounded by the terms of the ontology, not by the number of cases.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.closures: dict[Pair, Closure] = {}
        self._steps: dict[Pair, list[tuple[Derivation, str, str, str]]] = {}
        self._later, self._functional = frozenset(program.later), frozenset(program.functional)
        self.apart = frozenset((TYPE, kind) for kind in program.apart)

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
        listed: dict[Triple, list[_Record]] = defaultdict(list)
        for subject, pairs in found.about.items():
            is_known = subject in known
            for pair in self._derive_known(subject, pairs, listed) if is_known else pairs:
                remembered = steps.get(pair)
                if remembered is None:
                    remembered = self._remember(pair)
                value = pair[1]
                for step, one, name, other in remembered:
                    owner = subject if one == SUBJECT else value if one == OBJECT else one
                    content = value if other == OBJECT else subject if other == SUBJECT else other
                    listed[owner, name, content].append((step, subject, value))
        joins, is_complete = run.all_joins()
        for derivation in joins:
            head = derivation.conclusion
            # What the ontology says by itself is no derivation of the case.
            if head is not None and not self.program.schema.all.issuperset(derivation.premises):
                listed[head].append((derivation, SUBJECT, OBJECT))
        return Derivations(dict(listed), is_complete=is_complete)

    def _derive_known(
        self,
        subject: str,
        pairs: Iterable[Pair],
        listed: dict[Triple, list[_Record]],
    ) -> list[Pair]:
        """Record what meets the ontology's own statements of a thing, and return what is new."""
        new = [pair for pair in pairs if (subject, *pair) not in self.program.schema]
        for step in (step for pair in new for step in self.singles((subject, *pair))):
            if step.conclusion is not None:
                listed[step.conclusion].append((step, SUBJECT, OBJECT))
        return new

    def _remember(self, pair: Pair) -> list[tuple[Derivation, str, str, str]]:
        known = pair[1] in self.program.known
        key = pair if known else (pair[0], OBJECT)
        if key not in self._steps:
            singles = self.singles((SUBJECT, *key))
            self._steps[key] = [(d, *d.conclusion) for d in singles if d.conclusion is not None]
        return self._steps[key]

    def closure(self, predicate: str, value: str) -> Closure:
        """Return what a statement leads to; values outside the ontology are all alike."""
        key = (predicate, value if value in self.program.known else OBJECT)
        if key not in self.closures:
            self.closures[key] = self._close(key)
        return self.closures[key]

    def _close(self, key: Pair) -> Closure:
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
        return Closure(about, joined, copies, others, clash, free, meets, is_plain)

    def is_joined(self, predicate: str, value: str) -> bool:
        """Tell whether a statement can meet another one in a rule."""
        later = self._later
        is_met = (predicate, value) in later or (predicate, "") in later
        return is_met or predicate in self._functional

    def singles(self, triple: Triple) -> Iterator[Derivation]:
        """Yield the rules that a single statement sets off."""
        program = self.program
        for single in program.singles.get(triple[1], ()):
            found = unify(single.pattern, triple, {})
            if found is not None:
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
