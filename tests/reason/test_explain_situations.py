"""In a situation that somebody describes, all that is concluded has proofs that hold."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calling import Call
from sysgraph.files import data, term_files
from sysgraph.rdf import read_turtle, triples_of
from sysgraph.reason.explain import Explainer, explain_situation
from sysgraph.reason.rules import Facts
from sysgraph.reason.shipped import reasoner
from sysgraph.terms import NAMESPACE
from sysgraph.verify.checker import Checker


def node(name: str) -> str:
    return f"<{NAMESPACE}{name}>"


STATED = Facts(triples_of(read_turtle(term_files(data() / "ontology"))))


def pairs(name: str) -> list[tuple[str, str]]:
    return sorted((s, o) for s, _, o in STATED.of(("?s", node(name), "?o")))


def described(values: Iterable[str]) -> Explainer:
    return explain_situation("s", [value.strip("<>") for value in values])


SITUATION = node("situation/s")
ASKED = dict(pairs("isValueOf"))
GATES = {gate for gate, _ in pairs("closes")}
WARNINGS: dict[str, dict[str, list[str]]] = {}
for warning, condition in pairs("holdsWhen"):
    WARNINGS.setdefault(warning, {}).setdefault(ASKED[condition], []).append(condition)


def concluded(explainer: Explainer, verb: str, value: str) -> bool:
    """Whether a statement of the situation has proofs, each of them checked."""
    return bool(explainer.explain((SITUATION, node(verb), value)).proofs.found)


def verb(warning: str) -> str:
    return "isGatedBy" if warning in GATES else "isCautionedBy"


@pytest.mark.parametrize("warning", WARNINGS)
def test_a_warning_needs_a_value_of_each_facet_that_it_names(warning: str) -> None:
    conditions = WARNINGS[warning].values()
    for chosen in product(*conditions):
        assert concluded(described(chosen), verb(warning), warning)
    for missing in conditions:
        rest = [value for values in conditions if values != missing for value in values]
        assert not concluded(described(rest), verb(warning), warning)


def test_what_sets_a_gate_aside_is_concluded_beside_it() -> None:
    for gate, value in pairs("unlessSeen"):
        conditions = [values[0] for values in WARNINGS[gate].values()]
        assert not concluded(described(conditions), "isExcusedFrom", gate)
        for name in ("isGatedBy", "isExcusedFrom"):
            assert concluded(described([*conditions, value]), name, gate)


@pytest.mark.parametrize("warning", [name for name in WARNINGS if len(WARNINGS[name]) > 1])
def test_a_proof_of_a_warning_with_a_premise_too_few_is_refused(warning: str) -> None:
    explainer = described(values[0] for values in WARNINGS[warning].values())
    (proof, *_) = explainer.explain((SITUATION, node(verb(warning)), warning)).proofs.found
    program = reasoner().program
    texts = {rule.name: rule.text for rule in program.rules if rule.text}
    checker = Checker([*program.stated.all, *explainer.stated], texts)
    assert checker.problems(proof) == []
    for at in range(len(proof.premises)):
        fewer = (*proof.premises[:at], *proof.premises[at + 1 :])
        assert checker.problems(replace(proof, premises=fewer))


@pytest.mark.slow
@pytest.mark.parametrize("consideration", sorted({one for one, _ in pairs("appliesWhen")}))
def test_a_consideration_speaks_where_its_answer_is_given_and_nowhere_else(
    consideration: str,
) -> None:
    answers = [value for one, value in pairs("appliesWhen") if one == consideration]
    for said, wanted in (("supports", "favours"), ("undermines", "disfavours")):
        for kind in [value for one, value in pairs(said) if one == consideration]:
            for answer in answers:
                assert concluded(described([answer]), wanted, kind)
            others = {one for one, value in pairs(said) if value == kind}
            speaking = {value for one, value in pairs("appliesWhen") if one in others}
            silent = [value for value, _ in pairs("isValueOf") if value not in speaking][:1]
            assert not concluded(described(silent), wanted, kind)


def all_proved(values: Iterable[str]) -> None:
    explainer = described(values)
    follows = list(reasoner().infer(explainer.stated, explainer.iri).triples())
    assert follows
    for triple in follows:
        assert explainer.explain(triple, most=2).proofs.found


@pytest.mark.parametrize("facet", sorted({facet for _, facet in pairs("isValueOf")}))
def test_all_that_follows_from_an_answer_is_proved(facet: str) -> None:
    for value in [value for value, of in pairs("isValueOf") if of == facet]:
        all_proved([value])


@given(st.lists(st.sampled_from(pairs("isValueOf")), min_size=2, unique_by=lambda pair: pair[1]))
@settings(max_examples=15)
def test_all_that_follows_from_several_answers_is_proved(answers: list[tuple[str, str]]) -> None:
    all_proved(value for value, _ in answers)


def test_risks_are_among_what_follows() -> None:
    assert described(value for value, _ in pairs("isValueOf")).known(SITUATION, node("heightens"))


def test_why_a_type_stands_where_it_does_is_told_with_both_conditions_of_a_caution(
    call: Call,
) -> None:
    facets = ["--facet", "regime-condition=sound", "--facet", "change-aim=replace-regime"]
    found = call("explain", "systems-innovation", *facets, "--proofs")
    assert (found.code, found.err) == (0, "")
    (proof,) = found.out.split("is cautioned by — replacing what works\n")[1:]
    assert proof.count("has facet value — ") == 2
