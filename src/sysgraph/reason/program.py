"""Rules specialised to one closed ontology, ready to be run over a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from sysgraph.reason.facts import Facts, bindings
from sysgraph.reason.locality import Key, key_of
from sysgraph.reason.plan import Plan, plan_for
from sysgraph.reason.rule import TYPE, Rule, differ, fill, is_variable
from sysgraph.terms import Triple

__all__ = ["Effect", "Join", "Program", "Single", "specialise"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a statement leads to by rules that need no other part of the case.

    ``about`` are predicate and object of what follows for its subject, ``joined`` those of them
    that can meet another statement in a rule, and ``copies`` are predicates that hold with the
    same object, where that is outside the ontology (``free``; ``meets`` if it can meet another).
    ``others`` are what follows for something else, ``SUBJECT`` standing for the subject. It
    ``is_plain`` where ``about`` is all.
    """

    about: frozenset[tuple[str, str]]
    joined: tuple[tuple[str, str], ...]
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

    ``singles`` go by predicate. The plans of ``joins`` go by predicate and object, or predicate
    and nothing: ``first`` begin with the first pattern of each, and ``later`` with any.
    ``functional`` are the properties that
    have one value at the most, each with the rule that says so; ``apart`` says which classes
    exclude each other, and by which rule.
    """

    rules: tuple[Rule, ...]
    schema: Facts
    stated: Facts
    known: frozenset[str]
    reach: Collection[Key] | None = None
    singles: dict[str, list[Single]] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    first: dict[tuple[str, str], list[Plan]] = field(default_factory=dict)
    later: dict[tuple[str, str], list[Plan]] = field(default_factory=dict)
    functional: dict[str, int] = field(default_factory=dict)
    apart: dict[str, dict[str, int]] = field(default_factory=dict)


def specialise(
    rules: Sequence[Rule], schema: Facts, stated: Facts, reach: Collection[Key] | None = None
) -> Program:
    """Return the program of some rules for a closed ontology.

    ``stated`` is the ontology as asserted. With ``reach``, what no case can come to state is
    left out; without, a case may state anything.
    """
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
    for number, rule in enumerate(rules):
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
    rule: Rule, schema: Facts, reach: Collection[Key] | None
) -> Iterator[tuple[list[Triple], list[Triple]]]:
    """Yield each way of taking some premises from the case and the rest from the ontology."""
    options = []
    for pattern in rule.body:
        from_case = reach is None or key_of(pattern) in reach
        if reach is not None and key_of(pattern) == (TYPE, ""):
            from_case = True
        options.append((True, False) if from_case else (False,))
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
    first: dict[tuple[str, str], list[Plan]] = defaultdict(list)
    later: dict[tuple[str, str], list[Plan]] = defaultdict(list)
    for number, join in enumerate(program.joins):
        for at, (_, predicate, value) in enumerate(join.patterns):
            key = (predicate, "" if is_variable(value) else value)
            plan = plan_for(number, join.patterns, at, join.head, join.different)
            later[key].append(plan)
            if at == 0:
                first[key].append(plan)
    program.first, program.later = dict(first), dict(later)
