"""Every position of an axiom is compiled or refused by name, as the page of reasoning says."""

import os
import subprocess
import sys
from itertools import permutations

import pyoxigraph as ox
import pytest
from rdflib import OWL

from sysgraph.case.read import read
from sysgraph.check import check_shapes
from sysgraph.errors import Inconsistent, UnsupportedAxiom
from sysgraph.files import data, term_files
from sysgraph.ontology import Ontology
from sysgraph.proof import Proof
from sysgraph.rdf import Format, parse, read_turtle, triples_of
from sysgraph.reason.axioms import close, compile_axioms, settle
from sysgraph.reason.engine import Conclusions, Reasoner
from sysgraph.reason.program import Profile, prove_locality, specialise
from sysgraph.reason.rules import Facts, Rule
from sysgraph.reason.tracer import Tracer
from sysgraph.terms import NAMESPACE, PREFIXES, Triple
from sysgraph.verify.checker import Checker

CASE = f"{NAMESPACE}case/t"
HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("owl", "rdf", "rdfs", "xsd"))
HEAD += f"@prefix : <{NAMESPACE}> . @prefix c: <{CASE}/> .\n"
PAGE = data() / "docs" / "reasoning.md"
TABLE = [
    tuple(cell.strip() for cell in line.strip("|\n").split(" |"))
    for line in PAGE.read_text().splitlines()
    if line.count(" |") == 4 and not line.startswith(("| position", "|---"))
]


def triples(text: str) -> list[Triple]:
    return triples_of(parse((HEAD + text.replace("`", "")).encode(), Format.TURTLE, "test"))


def reasoned(ontology: str, case: str) -> tuple[Reasoner, Conclusions]:
    stated = triples(ontology)
    rules = compile_axioms(stated)
    schema = close(rules, stated)
    # What a case may state is known beforehand, as it is of real ones.
    said = triples(case)
    profile = Profile(
        frozenset(p for _, p, _ in said), frozenset(o for _, p, o in said if "#type>" in p),
        frozenset(p for _, p, o in said if o.startswith(f"<{CASE}")),
    )  # fmt: skip
    reach = prove_locality(rules, schema, profile)
    reasoner = Reasoner(specialise(rules, schema, Facts(stated), reach))
    return reasoner, reasoner.infer(said, CASE)


def names_in(proof: Proof) -> set[str]:
    return {step.rule for step in proof.steps()}


def test_the_table_is_read() -> None:
    assert len(TABLE) == sum(line.startswith("| ") for line in PAGE.read_text().splitlines()) - 6
    assert {len(row) for row in TABLE} == {4}


@pytest.mark.parametrize("row", TABLE, ids=[f"{at}-{row[0]}" for at, row in enumerate(TABLE)])
def test_what_the_table_says_of_a_position_comes_of_it(row: tuple[str, str, str, str]) -> None:
    _, ontology, case, verdict = row
    if verdict.startswith("refused: "):
        with pytest.raises(UnsupportedAxiom) as refused:
            compile_axioms(triples(ontology))
        assert refused.value.axiom == verdict.removeprefix("refused: ")
        return
    if verdict == "inconsistent":
        with pytest.raises(Inconsistent):
            reasoned(ontology, "")
        return
    if verdict in ("nothing to say", "left to the shapes"):
        assert compile_axioms(triples(ontology)) == compile_axioms([])
        return
    reasoner, found = reasoned(ontology, case)
    if verdict == "no contradiction":
        assert (found.clashes, found.outward()) == ([], [])
        return
    what, _, rule = verdict.replace("`", "").partition(" by ")
    tracer = Tracer(reasoner, found)
    if what == "contradiction":
        assert len({frozenset(clash.premises) for clash in found.clashes}) == len(found.clashes)
        assert {reasoner.program.rules[clash.rule].name for clash in found.clashes} == {rule}
        proofs = tracer.prove_clash(found.clashes[0]).found
    else:
        assert found.clashes == []
        proofs = tracer.proofs(triples(f"{what} .")[0]).found
    checker = Checker([*reasoner.program.stated.all, *triples(case)], {})
    assert proofs
    assert any(rule in names_in(proof) for proof in proofs)
    assert [checker.problems(proof) for proof in proofs if checker.problems(proof)] == []


def test_an_axiom_takes_nothing_from_a_case_that_does_not_meet_it() -> None:
    for _, ontology, _, verdict in TABLE:
        if not verdict.startswith(("refused", "inconsistent")):
            _, found = reasoned(ontology, "c:n a :N ; :n c:m .")
            assert (found.clashes, found.outward(), list(found.triples())) == ([], [], [])


@pytest.mark.slow
def test_the_shapes_hold_values_to_the_datatypes_that_are_left_to_them() -> None:
    ontology = data() / "ontology"
    vocabulary = Ontology.load(ontology).vocabulary
    wanted = {
        subject.strip("<>")
        for subject, predicate, value in triples_of(read_turtle(term_files(ontology)))
        if predicate == f"<{PREFIXES['rdfs']}range>" and value.startswith(f"<{PREFIXES['xsd']}")
    }
    cases = [one for path in (ontology / "cases").glob("*.yaml") for one in read(path, vocabulary)]
    tried: set[str] = set()
    for case in cases:
        for quad in case.quads:
            name = quad.predicate.value
            if name in wanted - tried:
                tried.add(name)
                wrong = ox.Quad(
                    quad.subject, quad.predicate, ox.Literal("x", datatype=ox.NamedNode("a:b"))
                )
                found = check_shapes([wrong if one == quad else one for one in case.quads])
                assert any(one.path == name for one in found)
    assert tried


TWO_FAULTS = """
:A rdfs:subClassOf [ owl:unionOf ( :D :E ) ] . :B owl:hasKey ( :p ) . :p a owl:ReflexiveProperty .
:D rdfs:subClassOf [ owl:minCardinality 1 ; owl:onProperty :p ] , [ owl:hasSelf true ] .
[] owl:complementOf :B ; rdfs:subClassOf :A . :C rdfs:subClassOf :F . :F rdfs:subClassOf :C .
"""


def refusal(stated: list[Triple]) -> str:
    with pytest.raises(UnsupportedAxiom) as refused:
        compile_axioms(stated)
    return str(refused.value)


def test_of_several_refused_axioms_the_same_is_named_in_whatever_order() -> None:
    lines = TWO_FAULTS.strip().splitlines()
    said = {refusal(triples("\n".join(order))) for order in permutations(lines)}
    assert len(said) == 1
    assert "an anonymous class (owl:complementOf, rdfs:subClassOf, sysg:A, sysg:B)" in said.pop()


def test_the_name_of_a_refused_axiom_does_not_hang_on_the_hash_seed() -> None:
    code = (
        "import sys; from sysgraph.rdf import *\n"
        "from sysgraph.reason.axioms import compile_axioms\n"
        "compile_axioms(set(triples_of(parse(sys.stdin.buffer.read(), Format.TURTLE, 't'))))"
    )
    said = set()
    for seed in "0123":
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            capture_output=True,
            input=(HEAD + TWO_FAULTS).encode(),
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        said.add(done.stderr.splitlines()[-1])
    assert said == {f"sysgraph.errors.UnsupportedAxiom: {refusal(triples(TWO_FAULTS))}".encode()}


def owl_terms() -> list[str]:
    return sorted({str(term).removeprefix(str(OWL)) for term in dir(OWL) if "#" in str(term)})


@pytest.mark.parametrize("term", owl_terms())
def test_a_term_of_owl_that_is_not_in_the_table_is_refused_by_name(term: str) -> None:
    if any(f"owl:{term}" in " ".join(row) for row in TABLE):
        return
    text = f":x a owl:{term} ." if term[0].isupper() else f":x owl:{term} :y ."
    if term in ("bottomObjectProperty", "bottomDataProperty", "topDataProperty"):
        text = f":p rdfs:subPropertyOf owl:{term} ."
    with pytest.raises(UnsupportedAxiom, match=f"owl:{term}"):
        compile_axioms(triples(text))


def test_rules_made_for_properties_come_in_one_order() -> None:
    """Else the same ontology would give another program, and another wheel, each time."""
    stated = [f"<a:{name}>" for name in "dacb"]
    head = ("?case", "?property", "?value")
    body = (("?case", "<a:has>", "?value"), ("?facet", "<a:hasShortcut>", "?property"))
    rule = Rule("shortcut", body, head)
    facts = [(f"<a:facet-{n}>", "<a:hasShortcut>", name) for n, name in enumerate(stated)]
    made = [list(settle([rule], some)) for some in (facts, facts[::-1])]
    assert made[0] == made[1]
    assert len(made[0]) == len(stated)
