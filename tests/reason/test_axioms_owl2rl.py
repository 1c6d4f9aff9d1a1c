"""What OWL 2 RL entails, contradicts or leaves out, case by case: see ``owl2rl.yaml``."""

from functools import cache

import pytest
import yaml

from shelf import TESTS
from sysgraph.errors import UnsupportedAxiom
from sysgraph.proof import Proof
from sysgraph.rdf import Format, parse, triples_of
from sysgraph.reason.axioms import compile_axioms
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts, close_facts
from sysgraph.reason.tracer import Tracer
from sysgraph.terms import NAMESPACE, PREFIXES, Triple
from sysgraph.verify.checker import Checker

HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("owl", "rdf", "rdfs", "xsd"))
HEAD += f"@prefix : <{NAMESPACE}> .\n"
VERDICTS = {"then", "clash", "refused", "beyond"}


@cache
def table() -> list[dict[str, str]]:
    """The cases, each value of an "each" by itself."""
    rows = yaml.safe_load((TESTS / "owl2rl.yaml").read_text(encoding="utf-8"))
    return [
        {key: text.replace("{}", value) for key, text in row.items() if key != "each"}
        for row in rows
        for value in row.get("each", [""])
    ]


def triples(text: str) -> list[Triple]:
    return triples_of(parse((HEAD + text).encode(), Format.TURTLE, "test"))


def of(verdict: str) -> list[dict[str, str]]:
    return [row for row in table() if verdict in row]


def name(row: dict[str, str]) -> str:
    return row["given"][:70] or "nothing"


@pytest.mark.parametrize("row", of("then"), ids=name)
def test_what_follows_is_concluded_and_proved(row: dict[str, str]) -> None:
    both = triples(row["given"] + "\n" + row["then"])
    stated = both[: len(triples(row["given"]))]
    rules = compile_axioms(stated)
    facts = Facts(stated)
    assert close_facts(rules, facts, Facts(stated)) == []
    tracer = Tracer(Reasoner(specialise(rules, facts, Facts(stated))))
    checker = Checker(stated, {})
    for wanted in both[len(stated) :]:
        proofs = tracer.proofs(wanted).found
        assert proofs
        assert not any(checker.problems(proof) for proof in proofs)
        rules_used = {step.rule for proof in proofs for step in proof.steps()}
        assert not row.get("by") or row["by"] in rules_used


@pytest.mark.parametrize("row", of("clash"), ids=name)
def test_a_contradiction_is_found_by_its_row(row: dict[str, str]) -> None:
    stated = triples(row["given"])
    facts = Facts(stated)
    clashes = close_facts(compile_axioms(stated), facts, Facts(stated))
    assert clashes
    checker = Checker(facts.all, {})
    for premises, _ in clashes:
        assert checker.problems(Proof(None, row["clash"], tuple(map(Proof, premises)))) == []
    # Without any one of what it rests on there is none.
    for axiom in {premise for premises, _ in clashes for premise in premises} & set(stated):
        if axiom[0].startswith("<"):
            rest = Facts(triple for triple in stated if triple != axiom)
            assert close_facts(compile_axioms(rest.all), Facts(rest.all), rest) == []


@pytest.mark.parametrize("row", of("refused"), ids=name)
def test_what_is_outside_the_fragment_is_refused_by_its_name(row: dict[str, str]) -> None:
    with pytest.raises(UnsupportedAxiom) as refused:
        compile_axioms(triples(row["given"]))
    assert refused.value.axiom == row["refused"]


@pytest.mark.parametrize("row", of("beyond"), ids=name)
def test_what_owl_says_about_itself_is_not_concluded(row: dict[str, str]) -> None:
    stated = triples(row["given"])
    facts = Facts(stated)
    assert close_facts(compile_axioms(stated), facts, Facts(stated)) == []
    assert not facts.all.intersection(triples(row["beyond"]))


def test_each_case_has_one_verdict() -> None:
    assert all(len(VERDICTS & row.keys()) == 1 for row in table())
    assert all("given" in row and row.keys() <= {*VERDICTS, "given", "by"} for row in table())
