"""Rules specialised to one closed ontology, and the proof that no rule joins two cases.

So a case can be reasoned over by itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from typing import Any

from sysgraph.errors import NotCaseLocal, UnsupportedAxiom
from sysgraph.reason.rules import TYPE, Facts, Rule, bindings, differ, fill, is_variable, name_of
from sysgraph.terms import Triple

__all__ = [
    "CHECK",
    "OBJECTS",
    "SUBJECTS",
    "Closure",
    "Join",
    "Pair",
    "Profile",
    "Program",
    "Search",
    "Single",
    "freeze",
    "prove_locality",
    "specialise",
    "thaw",
]

CHECK, OBJECTS, SUBJECTS, EITHER = range(4)
"""What is bound when a step is reached: both ends, the subject, the object, or neither."""


Pair = tuple[str, str]
"""A predicate and an object, or nothing in the place of any."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that begins with one premise. Terms are kept in numbered slots.

    ``slots`` holds the constants, and an empty text for each variable. ``start`` are the slots
    of the premise that is known. ``steps`` are the others: what is bound then, the slot of the
    subject, the predicate, the slot of the object. ``head`` is slot, predicate and slot of the
    conclusion, and ``settled`` the step by which it is known. ``needs`` are predicates and
    objects without which there is no use in looking; ``different`` are slots that must differ.
    """

    join: int
    slots: tuple[str, ...]
    names: tuple[str, ...]
    start: tuple[int, int]
    steps: tuple[tuple[int, int, str, int], ...]
    head: tuple[int, str, int] | None
    settled: int
    needs: frozenset[Pair]
    different: tuple[tuple[int, int], ...]


def search_for(number: int, join: Join, at: int) -> Search:
    """Return the search for the premises of a join that begins with the one at a place."""
    names: dict[str, int] = {}

    def slot(term: str) -> int:
        return names.setdefault(term, len(names))

    first, head = join.patterns[at], join.head
    bound = {first[0], first[2]}
    ordered = _order(join.patterns, at)
    ends = {head[0], head[2]} if head else set()
    settled = 0
    steps = []
    for step, (subject, predicate, value) in enumerate(ordered, 1):
        has_subject = subject in bound or not is_variable(subject)
        has_object = value in bound or not is_variable(value)
        kind = (EITHER, SUBJECTS, OBJECTS, CHECK)[2 * has_subject + has_object]
        if any(is_variable(end) and end not in bound for end in ends):
            settled = step
        bound |= {subject, value}
        steps.append((kind, slot(subject), predicate, slot(value)))
    start = (slot(first[0]), slot(first[2]))
    where = (slot(head[0]), head[1], slot(head[2])) if head else None
    apart = tuple((slot(one), slot(other)) for one, other in join.different)
    slots = tuple("" if is_variable(term) else term for term in names)
    needs = frozenset((p, o) for _, p, o in join.patterns if not is_variable(o))
    return Search(number, slots, tuple(names), start, tuple(steps), where, settled, needs, apart)


def _order(patterns: Sequence[Triple], at: int) -> list[Triple]:
    """Return the other patterns so that each begins from what is bound already, if it can."""
    bound = {term for term in (patterns[at][0], patterns[at][2]) if is_variable(term)}
    rest = [*patterns[:at], *patterns[at + 1 :]]
    found: list[Triple] = []
    while rest:
        best = max(rest, key=lambda p: (p[0] in bound, p[2] in bound, not is_variable(p[2])))
        rest.remove(best)
        found.append(best)
        bound |= {term for term in (best[0], best[2]) if is_variable(term)}
    return found


Reach = dict[Pair, set[str]]
"""What a case can come to state of its parts: a predicate (with the class, for rdf:type), and
what the object may be, a part of the same case, something outside all cases, or anything."""

_OWN, _OUT, _ANY = "own", "out", "any"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a case may state, as N-Triples IRIs: properties, and classes of its parts.

    ``parts`` are the properties that lead from a part of a case to another of the same case, and
    ``mentions`` those that may lead to anything, another case included. All others lead to
    things of the ontology or to literals.
    """

    predicates: frozenset[str]
    classes: frozenset[str]
    parts: frozenset[str]
    mentions: frozenset[str] = frozenset()


def key_of(pattern: Triple) -> Pair:
    """Return what a pattern is filed under."""
    _, predicate, value = pattern
    return predicate, value if predicate == TYPE and not is_variable(value) else ""


def prove_locality(rules: Sequence[Rule], schema: Facts, profile: Profile) -> Reach:
    """Return all that a case can come to state, once it is sure that no rule joins two cases.

    Whatever a rule takes from cases must hang together by links between parts of one case. The
    proof runs the rules over kinds of statements in place of statements, to a fixpoint. What a
    case would conclude of something outside itself is left out: it is refused unless the
    ontology says so already (``Conclusions.outward``).

    Raises:
        NotCaseLocal: a rule could take one premise from one case and another from a second.
        UnsupportedAxiom: a rule speaks of the absence of something that a case can come to state.
    """
    reach: Reach = defaultdict(set)
    for predicate in profile.predicates:
        kind = _OWN if predicate in profile.parts else _OUT
        reach[predicate, ""].add(_ANY if predicate in profile.mentions else kind)
    for name in profile.classes:
        reach[TYPE, name].add(_OUT)
    grown = True
    while grown:
        grown = False
        for rule in rules:
            for key, kind in _conclusions(rule, schema, reach):
                if kind not in reach[key]:
                    reach[key].add(kind)
                    grown = True
    for rule in rules:
        for pattern in rule.looked_up():
            if key_of(pattern) in reach:
                what = f"the absence of {name_of(pattern[1])}, which a case may state"
                raise UnsupportedAxiom(what, f"rule {rule.name}")
    return dict(reach)


def _conclusions(rule: Rule, schema: Facts, reach: Reach) -> Iterator[tuple[Pair, str]]:
    body = [*rule.body, *(demand for _, demand in rule.every)]
    for chosen in product(*([None, *_objects(pattern, reach)] for pattern in body)):
        taken = [p for p, kind in zip(body, chosen, strict=True) if kind is not None]
        rest = [p for p, kind in zip(body, chosen, strict=True) if kind is None]
        kinds = _kinds(body, chosen)
        if not taken or kinds is None or next(bindings(rest, schema), None) is None:
            continue
        own = {term for term, kind in kinds.items() if kind == _OWN}
        if _MEETING in kinds or not _hangs_together(taken, own):
            raise NotCaseLocal(rule.name, " . ".join(" ".join(pattern) for pattern in rule.body))
        # A thing of the ontology may be put into a class without a name.
        if rule.head is not None and (rule.head[0] in own or rule.head[2].startswith("_")):
            yield key_of(rule.head), kinds.get(rule.head[2], _OUT)


def _objects(pattern: Triple, reach: Reach) -> list[str]:
    key = key_of(pattern)
    if key == (TYPE, ""):
        return [_OUT]
    return sorted(reach.get(key, ()))


_MEETING = "*"
"""Marks that the object of one statement may be the subject of another case's."""


def _kinds(body: Sequence[Triple], chosen: Iterable[str | None]) -> dict[str, str] | None:
    """Return what each variable stands for; None if one would have to stand for two things."""
    kinds: dict[str, str] = {}
    for pattern, kind in zip(body, chosen, strict=True):
        ends = ((pattern[0], _OUT if kind is None else _OWN), (pattern[2], kind or _OUT))
        for term, new in ends:
            if not is_variable(term):
                if new == _OWN:
                    return None
                continue
            pair = {kinds.get(term, new), new}
            if pair == {_OWN, _OUT}:
                return None
            if pair == {_OWN, _ANY}:
                kinds[_MEETING] = _OWN
            kinds[term] = new if len(pair) == 1 else (pair - {_ANY}).pop()
    return kinds


def _hangs_together(patterns: Sequence[Triple], own: set[str]) -> bool:
    groups = [own & {pattern[0], pattern[2]} for pattern in patterns]
    linked: set[str] = set(groups[0])
    for _ in groups:  # each time one more is reached, if any is
        linked = linked.union(*(group for group in groups if group & linked))
    return all(group & linked for group in groups)


@dataclass(frozen=True, slots=True)
class Closure:
    """What a statement leads to by rules that need no other part of the case.

    ``about`` are predicate and object of what follows for its subject, ``joined`` those of them
    that can meet another statement in a rule, and ``copies`` are predicates that hold with the
    same object, where that is outside the ontology (``free``; ``meets`` if it can meet another).
    ``others`` are what follows for something else, ``SUBJECT`` standing for the subject. It
    ``is_plain`` where ``about`` is all.
    """

    about: frozenset[Pair]
    joined: tuple[Pair, ...]
    copies: tuple[str, ...]
    others: tuple[Triple, ...]
    clash: bool
    free: bool
    meets: bool
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Single:
    """A rule that takes one premise from the case, and the rest from the ontology."""

    rule: int
    pattern: Triple
    rest: tuple[Triple, ...]
    head: Triple | None


@dataclass(frozen=True, slots=True)
class Join:
    """A rule that takes several premises from the case; what it takes of the ontology is known."""

    rule: int
    patterns: tuple[Triple, ...]
    premises: tuple[Triple, ...]
    head: Triple | None
    different: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Program:
    """All that is needed to reason over a case.

    ``singles`` go by predicate. The searches for ``joins`` go by predicate and object, or
    predicate and nothing: ``first`` begin with the first pattern of each, and ``later`` with
    any. ``functional`` are the properties that have one value at the most, each with the rule
    that says so; ``apart`` says which classes exclude each other, and by which rule.
    """

    rules: tuple[Rule, ...]
    schema: Facts
    stated: Facts
    known: frozenset[str]
    reach: Collection[Pair] | None = None
    singles: dict[str, list[Single]] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    first: dict[Pair, list[Search]] = field(default_factory=dict)
    later: dict[Pair, list[Search]] = field(default_factory=dict)
    functional: dict[str, int] = field(default_factory=dict)
    apart: dict[str, dict[str, int]] = field(default_factory=dict)


def specialise(
    rules: Sequence[Rule], schema: Facts, stated: Facts, reach: Collection[Pair] | None = None
) -> Program:
    """Return the program of some rules for a closed ontology.

    ``stated`` is the ontology as asserted. With ``reach``, what no case can come to state is
    left out; without, a case may state anything.
    """
    reach = None if reach is None else frozenset(reach)
    known = {term for triple in schema.all for term in (triple[0], triple[2]) if term[0] != '"'}
    known |= {term for rule in rules for triple in rule.body for term in (triple[0], triple[2])}
    known |= {rule.head[2] for rule in rules if rule.head}
    program = Program(
        tuple(rules),
        schema,
        stated,
        frozenset(term for term in known if not is_variable(term)),
        reach,
    )
    singles: dict[str, list[Single]] = defaultdict(list)
    joins: dict[tuple[frozenset[Triple], Triple | None, int], Join] = {}
    for number, rule in enumerate(program.rules):
        if rule.name == "prp-fp":
            program.functional[rule.body[0][1]] = number
        elif rule.name in ("cax-dw", "cax-adc", "cls-com") and len(rule.body) == 2:
            one, other = rule.body[0][2], rule.body[1][2]
            program.apart.setdefault(one, {})[other] = number
            program.apart.setdefault(other, {})[one] = number
        else:
            for patterns, rest in _choices(rule, schema, reach):
                if _is_single(rule, patterns):
                    singles[patterns[0][1]].append(
                        Single(number, patterns[0], tuple(rest), rule.head)
                    )
                else:
                    for join in _ground(number, rule, patterns, rest, program):
                        # Conditions may be named in any order.
                        joins.setdefault((frozenset(join.patterns), join.head, number), join)
    program.singles = dict(singles)
    program.joins = list(joins.values())
    _index(program)
    return program


def _is_single(rule: Rule, patterns: Sequence[Triple]) -> bool:
    if len(patterns) > 1 or rule.every or rule.absent or rule.different:
        return False
    # What a statement of a thing about itself leads to cannot be remembered for others.
    return patterns[0][0] != patterns[0][2]


def _choices(
    rule: Rule, schema: Facts, reach: Collection[Pair] | None
) -> Iterator[tuple[list[Triple], list[Triple]]]:
    """Yield each way of taking some premises from the case and the rest from the ontology."""
    keys = [key_of(pattern) for pattern in rule.body]
    from_case = [reach is None or key == (TYPE, "") or key in reach for key in keys]
    options = [(True, False) if possible else (False,) for possible in from_case]
    for chosen in product(*options):
        mine = [p for p, taken in zip(rule.body, chosen, strict=True) if taken]
        rest = [p for p, taken in zip(rule.body, chosen, strict=True) if not taken]
        if mine and next(bindings(rest, schema), None) is not None:
            yield mine, rest


def _ground(
    number: int, rule: Rule, patterns: Sequence[Triple], rest: Sequence[Triple], program: Program
) -> Iterator[Join]:
    for found in bindings(rest, program.schema):
        two = [(found[a], found[b]) for a, b in rule.different if a in found and b in found]
        if not all(differ(one, other) for one, other in two):
            continue
        mine = [fill(pattern, found) for pattern in patterns]
        premises = [*rule.axioms, *(fill(pattern, found) for pattern in rest)]
        for condition, demand in rule.every:
            for case in bindings([condition], program.stated, found):
                mine.append(fill(demand, case))
        head = fill(rule.head, found) if rule.head else None
        # What names its object is looked up fastest, and is most often not there.
        ordered = sorted(dict.fromkeys(mine), key=lambda pattern: is_variable(pattern[2]))
        apart = tuple((found.get(a, a), found.get(b, b)) for a, b in rule.different)
        open_ = tuple(pair for pair in apart if any(map(is_variable, pair)))
        yield Join(number, tuple(ordered), tuple(dict.fromkeys(premises)), head, open_)


def _index(program: Program) -> None:
    first: dict[Pair, list[Search]] = defaultdict(list)
    later: dict[Pair, list[Search]] = defaultdict(list)
    for number, join in enumerate(program.joins):
        for at, (_, predicate, value) in enumerate(join.patterns):
            key = (predicate, "" if is_variable(value) else value)
            search = search_for(number, join, at)
            later[key].append(search)
            if at == 0:
                first[key].append(search)
    program.first, program.later = dict(first), dict(later)


def freeze(program: Program) -> bytes:
    """Return a program as JSON: its rules, what is stated, what follows, what a case can reach."""
    content = {
        "rules": [[getattr(rule, field.name) for field in fields(rule)] for rule in program.rules],
        "stated": sorted(program.stated.all),
        "derived": sorted(program.schema.all - program.stated.all),
        "reach": None if program.reach is None else sorted(program.reach),
    }
    return json.dumps(content, ensure_ascii=False).encode()


def thaw(data: bytes) -> Program:
    """Return the program that was frozen.

    Raises:
        ValueError, KeyError, TypeError: these bytes are no frozen program.
    """
    content = {name: _tuples(value) for name, value in json.loads(data).items()}
    schema = Facts((*content["stated"], *content["derived"]))
    rules = [Rule(*each) for each in content["rules"]]
    return specialise(rules, schema, Facts(content["stated"]), content["reach"])


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
