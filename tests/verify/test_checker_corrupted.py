"""No proof that was made false in any of some twenty ways is taken by the checker.

How many are tried is in SYSGRAPH_CORRUPTIONS: SYSGRAPH_CORRUPTIONS=50000 pytest thisfile.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import islice

import pytest

from proving import CLASHING, cases, contradiction, tracer_of
from sysgraph.proof import Proof
from sysgraph.reason.explain import explain_situation
from sysgraph.reason.rules import Facts, Rule, bindings, fill, instances
from sysgraph.reason.shipped import reasoner
from sysgraph.terms import NAMESPACE, PREFIXES, Triple
from sysgraph.verify.checker import Checker

TRIES = int(os.environ.get("SYSGRAPH_CORRUPTIONS", "5000"))
SITUATION = f"<{NAMESPACE}situation/s>"
HOLDS = f"<{NAMESPACE}holdsWhen>"
FIRST, REST = f"<{PREFIXES['rdf']}first>", f"<{PREFIXES['rdf']}rest>"
MALFORMED = [
    '"no end',
    "<no end",
    "<a b>",
    "no:brackets",
    "",
    "_:",
    '"x"^^no',
    "?x",
    '"a"b"',
    "<relative>",
    '"x" . <a:b> <a:b> <a:b',
    " <a:b>",
    "<a:b>\n",
    None,
    7,
]
RULES = ["prp-dom", "prp-rng", "prp-spo1", "prp-inv1", "prp-trp", "cax-sco", "cls-hv1", "cls-hv2"]
RULES += ["cls-oo", "cls-int1", "scm-sco", "caution", "contested-facet", "no-such-rule"]


@cache
def pool() -> list[tuple[Proof, Checker]]:
    """Sound proofs: of the ontology, of cases, of a described situation, of contradictions."""
    found = []
    for case in (None, *cases()[:3]):
        tracer, checker, concluded = tracer_of(case)
        chosen = concluded if case else sorted(concluded)[::12]
        for triple in chosen:
            found += [(proof, checker) for proof in tracer.proofs(triple, most=2).found]
    stated = reasoner().program.stated
    for caution in sorted({s for s, _, _ in stated.of(("?s", HOLDS, "?o"))}):
        values = [o.strip("<>") for _, _, o in stated.of((caution, HOLDS, "?o"))]
        explainer = explain_situation("s", values)
        wanted = (SITUATION, f"<{NAMESPACE}isCautionedBy>", caution)
        checker = Checker([*stated.all, *explainer.stated], texts())
        found += [(proof, checker) for proof in explainer.explain(wanted).proofs.found]
    return [*found, *(contradiction(name) for name in CLASHING)]


Change = Callable[[Proof, Proof, Proof, random.Random], Proof | None]


def with_premise(proof: Proof, at: int, *new: Proof) -> Proof:
    return replace(proof, premises=(*proof.premises[:at], *new, *proof.premises[at + 1 :]))


def with_term(proof: Proof, at: int, term: object) -> Proof | None:
    if proof.conclusion is None:
        return None
    terms = [*proof.conclusion[:at], term, *proof.conclusion[at + 1 :]]
    return replace(proof, conclusion=tuple(terms))  # type: ignore[arg-type]


def some(proof: Proof, chance: random.Random) -> int:
    return chance.randrange(len(proof.premises))


def wrong_term(at: int) -> Change:
    def change(step: Proof, _: Proof, other: Proof, __: random.Random) -> Proof | None:
        return with_term(step, at, other.conclusion[at]) if other.conclusion else None

    return change


def wrong_premise(step: Proof, _: Proof, other: Proof, chance: random.Random) -> Proof | None:
    return with_premise(step, some(step, chance), other) if step.rule else None


def premise_missing(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    return with_premise(step, some(step, chance)) if step.rule else None


def premise_too_many(step: Proof, _: Proof, other: Proof, __: random.Random) -> Proof | None:
    return replace(step, premises=(*step.premises, other)) if step.rule else None


def premise_twice(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    if not step.rule:
        return None
    return replace(step, premises=(*step.premises, step.premises[some(step, chance)]))


def premise_of_the_same_property(
    step: Proof, _: Proof, __: Proof, chance: random.Random
) -> Proof | None:
    if not step.rule:
        return None
    at = some(step, chance)
    old = step.premises[at].conclusion
    like = reasoner().program.stated.of(("?s", old[1], "?o")) if old else []
    return with_premise(step, at, Proof(chance.choice(like))) if like else None


def premise_turned_round(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    if not step.rule:
        return None
    at = some(step, chance)
    old = step.premises[at].conclusion
    return with_premise(step, at, Proof((old[2], old[1], old[0]))) if old else None


def circle(step: Proof, root: Proof, _: Proof, chance: random.Random) -> Proof | None:
    return with_premise(step, some(step, chance), root) if step.rule else None


def circle_of_one(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    return with_premise(step, some(step, chance), step) if step.rule else None


def wrong_rule(step: Proof, _: Proof, other: Proof, chance: random.Random) -> Proof | None:
    rule = chance.choice([*RULES, other.rule])
    return replace(step, rule=rule) if step.rule and rule != step.rule else None


def conclusion_as_leaf(step: Proof, _: Proof, __: Proof, ___: random.Random) -> Proof | None:
    return Proof(step.conclusion) if step.rule else None


def leaf_with_premises(step: Proof, _: Proof, __: Proof, ___: random.Random) -> Proof | None:
    return replace(step, rule="") if step.rule else None


def leaf_of_another_case(step: Proof, _: Proof, __: Proof, ___: random.Random) -> Proof | None:
    if step.rule or step.conclusion is None or f"<{NAMESPACE}case/" not in step.conclusion[0]:
        return None
    path = step.conclusion[0].removeprefix(f"<{NAMESPACE}case/").partition("/")[2]
    return with_term(step, 0, f"<{NAMESPACE}case/{cases()[9].case_id}/{path}")


def list_cut(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    links = [at for at, p in enumerate(step.premises) if p.is_link]
    return with_premise(step, chance.choice(links)) if links else None


def list_in_another_order(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    links = [
        at
        for at, p in enumerate(step.premises)
        if p.is_link and p.conclusion[1] == FIRST  # type: ignore[index]
    ]
    if len(links) < 2:
        return None
    one, other = chance.sample(links, 2)
    first, second = step.premises[one].conclusion, step.premises[other].conclusion
    assert first and second  # noqa: PT018 - links have conclusions
    moved = with_premise(step, one, Proof((first[0], FIRST, second[2])))
    return with_premise(moved, other, Proof((second[0], FIRST, first[2])))


def list_ended_early(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    links = [
        at
        for at, p in enumerate(step.premises)
        if p.is_link and p.conclusion[1] == REST  # type: ignore[index]
    ]
    if not links:
        return None
    at = chance.choice(links)
    node = step.premises[at].conclusion[0]  # type: ignore[index]
    return with_premise(step, at, Proof((node, REST, f"<{PREFIXES['rdf']}nil>")))


def another_datatype(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    value = step.conclusion[2] if step.conclusion else ""
    if not value.startswith('"'):
        return None
    text = value.rpartition('"')[0]
    endings = ['"', '"@en', *(f'"^^<{PREFIXES["xsd"]}{name}>' for name in ("int", "token"))]
    return with_term(step, 2, text + chance.choice(endings))


def two_that_are_one(step: Proof, _: Proof, __: Proof, ___: random.Random) -> Proof | None:
    """A contradiction of two statements that are the same one."""
    if step.conclusion is not None or len(step.premises) < 3:
        return None
    return replace(step, premises=(*step.premises[:-1], step.premises[-2]))


def malformed(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    return with_term(step, chance.randrange(3), chance.choice(MALFORMED))


def no_triple(step: Proof, _: Proof, __: Proof, chance: random.Random) -> Proof | None:
    wrong = chance.choice([(), ("<a:b>",), ("<a:b>",) * 4, "abc", 7])
    return replace(step, conclusion=wrong)  # type: ignore[arg-type]


def nothing_concluded(step: Proof, _: Proof, __: Proof, ___: random.Random) -> Proof | None:
    return replace(step, conclusion=None) if step.conclusion else None


def premise_concludes_nothing(
    step: Proof, _: Proof, other: Proof, chance: random.Random
) -> Proof | None:
    if not step.rule:
        return None
    return with_premise(step, some(step, chance), replace(other, conclusion=None))


def contradiction_that_concludes(
    step: Proof, _: Proof, other: Proof, __: random.Random
) -> Proof | None:
    return replace(step, conclusion=other.conclusion) if step.conclusion is None else None


def name_of_a_rule_in_other_letters(
    step: Proof, _: Proof, __: Proof, ___: random.Random
) -> Proof | None:
    return replace(step, rule=step.rule.upper()) if step.rule else None


KINDS: dict[str, Change] = {
    "wrong subject": wrong_term(0),
    "wrong predicate": wrong_term(1),
    "wrong object": wrong_term(2),
    **{
        made.__name__: made
        for made in (
            wrong_premise, premise_missing, premise_too_many, premise_twice,
            premise_of_the_same_property, premise_turned_round, circle, circle_of_one,
            wrong_rule, name_of_a_rule_in_other_letters, conclusion_as_leaf, leaf_with_premises,
            leaf_of_another_case, list_cut, list_in_another_order, list_ended_early,
            another_datatype, two_that_are_one, malformed, no_triple, nothing_concluded,
            premise_concludes_nothing, contradiction_that_concludes,
        )
    },
}  # fmt: skip


def corrupt(change: Change, root: Proof, other: Proof, chance: random.Random) -> Proof | None:
    """The proof with one thing wrong in one of its steps, at any depth."""

    def at(step: Proof) -> Proof | None:
        if step.rule and chance.random() < 0.5:
            number = some(step, chance)
            below = at(step.premises[number])
            if below is not None:
                return with_premise(step, number, below)
        return change(step, root, other, chance)

    return at(root)


def is_sound(proof: Proof, checker: Checker) -> bool:
    """What the engine says: whether each step is one of its own, and each leaf asserted."""
    if not proof.rule:
        return not checker.problems(proof)
    program = reasoner().program
    given = [premise.conclusion for premise in proof.premises]
    known = Facts(triple for triple in given if triple is not None)
    found = (
        (set(premises), head)
        for rule in program.rules
        if rule.name == proof.rule and known.all.issuperset(rule.axioms)
        for premises, head in instances(rule, known, program.stated)
    )
    is_step = len(known.all) == len(given) and (known.all, proof.conclusion) in found
    return is_step and all(is_sound(premise, checker) for premise in proof.premises)


@pytest.mark.slow
def test_no_corrupted_proof_is_taken() -> None:
    chance = random.Random(20261128)
    proofs = pool()
    parts = [part for proof, _ in proofs for part in (proof, *proof.premises)]
    tried: Counter[str] = Counter()
    taken = []
    kinds = sorted(KINDS)
    while tried.total() < TRIES:
        kind = kinds[tried.total() % len(kinds)]
        root, checker = chance.choice(proofs)
        broken = corrupt(KINDS[kind], root, chance.choice(parts), chance)
        if broken is None or broken == root:
            continue
        if not checker.problems(broken):
            # Another premise of the same kind may make another sound proof.
            if is_sound(broken, checker):
                continue
            taken.append((kind, root, broken))
        tried[kind] += 1
    assert taken == []
    assert set(tried) == set(KINDS)


def rule_of(name: str) -> Rule:
    (rule,) = [rule for rule in reasoner().program.rules if rule.name == name]
    return rule


def texts() -> dict[str, str]:
    return {rule.name: rule.text for rule in reasoner().program.rules if rule.text}


def filled(patterns: Iterable[Triple], found: dict[str, str]) -> list[Triple]:
    """Some patterns as statements; what is open in them is a thing of its own."""
    whole = [fill(pattern, found) for pattern in patterns]
    rest = {term: f"<a:{term[1:]}>" for triple in whole for term in triple if term[0] == "?"}
    return [fill(triple, rest) for triple in whole]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["facet-may-favour", "facet-may-disfavour", "facet-may-leave-open"]
)
def test_a_conclusion_is_refused_once_what_must_be_absent_is_asserted(name: str) -> None:
    rule = rule_of(name)
    known = reasoner().program.schema
    assert rule.head
    found = [
        (premises, fill(rule.head, one))
        for one in islice(bindings(rule.body, known), 400)
        for premises in [filled(rule.body, one)]
        if not Checker(known.all, texts()).problems(
            Proof(fill(rule.head, one), name, tuple(map(Proof, premises)))
        )
    ][:5]
    assert found
    for premises, head in found:
        proof = Proof(head, name, tuple(map(Proof, premises)))
        start = next(iter(bindings(rule.body, Facts(premises))))
        for group in rule.absent:
            checker = Checker([*known.all, *filled(group, start)], texts())
            assert checker.problems(proof)
            # Half of what must be absent is no harm.
            assert not Checker([*known.all, filled(group, start)[0]], texts()).problems(proof)


def test_a_caution_is_refused_while_a_condition_is_not_met() -> None:
    program = reasoner().program
    rule = rule_of("caution")
    assert rule.head
    # Of each caution the situation meets the first condition, which for some is not enough.
    first = {s: o for s, _, o in sorted(program.stated.of(("?s", HOLDS, "?o")), reverse=True)}
    met = [(SITUATION, f"<{NAMESPACE}hasFacetValue>", answer) for answer in {*first.values()}]
    known = Facts([*program.stated.all, *met])
    checker = Checker(known.all, texts())
    verdicts = {True: 0, False: 0}
    for found in bindings(rule.body, known):
        (condition, demand), *_ = rule.every
        demands = [fill(demand, case) for case in bindings([condition], known, found)]
        premises = dict.fromkeys([*filled(rule.body, found), *demands])
        if all(one in known for one in demands):
            proof = Proof(fill(rule.head, found), "caution", tuple(map(Proof, premises)))
            assert checker.problems(proof) == []
            verdicts[True] += 1
            continue
        held = tuple(Proof(premise) for premise in premises if premise in known)
        assert checker.problems(Proof(fill(rule.head, found), "caution", held))
        verdicts[False] += 1
    assert all(verdicts.values())
