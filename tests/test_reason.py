"""The compiled rules conclude what owlrl concludes, axiom by axiom."""

from pathlib import Path

import owlrl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgraph.errors import BadHeader, BadSparql, UnsupportedAxiom
from sysgraph.graph import Format, copy_to_rdflib, parse
from sysgraph.reason import compile_axioms, infer, read_rules

BASE = "https://w3id.org/sysgraph/"
HEAD = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <https://w3id.org/sysgraph/> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
DATA = ":x :p :y . :y :p :z . :x :q :v . :x a :C . :y a :D . :w a :C , :D . :w :q :y .\n"
AXIOMS = {
    "prp-dom": ":p rdfs:domain :E .",
    "prp-rng": ":p rdfs:range :E .",
    "prp-spo1": ":p rdfs:subPropertyOf :r .",
    "prp-spo2": ":r owl:propertyChainAxiom ( :p :p ) .",
    "prp-eqp": ":p owl:equivalentProperty :r .",
    "prp-inv": ":r owl:inverseOf :p .",
    "prp-symp": ":p a owl:SymmetricProperty .",
    "prp-trp": ":p a owl:TransitiveProperty .",
    "cax-sco": ":C rdfs:subClassOf :E .",
    "cax-eqc": ":C owl:equivalentClass :E .",
    "cls-int1": "[] owl:intersectionOf ( :C :D ) ; rdfs:subClassOf :E .",
    "cls-int2": ":C rdfs:subClassOf [ owl:intersectionOf ( :E :F ) ] .",
    "cls-uni": "[] owl:unionOf ( :C :D ) ; rdfs:subClassOf :E .",
    "cls-svf1": "[] owl:onProperty :p ; owl:someValuesFrom :D ; rdfs:subClassOf :E .",
    "cls-svf2": "[] owl:onProperty :p ; owl:someValuesFrom owl:Thing ; rdfs:subClassOf :E .",
    "cls-avf": ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :E ] .",
    "cls-hv1": ":C rdfs:subClassOf [ owl:onProperty :r ; owl:hasValue :v ] .",
    "cls-hv2": "[] owl:onProperty :q ; owl:hasValue :v ; rdfs:subClassOf :E .",
    "cls-oo": "[] owl:onProperty :q ; owl:someValuesFrom [ owl:oneOf ( :v :y ) ] ;"
    " rdfs:subClassOf :E .",
}


def by_owlrl(text: str) -> set[tuple[str, str, str]]:
    graph = copy_to_rdflib(parse(text.encode(), Format.TURTLE, "test"))
    before = {tuple(map(str, triple)) for triple in graph}
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    things = {f"{BASE}{name}" for name in "vwxyz"}
    found = {tuple(map(str, triple)) for triple in graph} - before
    return {t for t in found if t[0] in things and t[2].startswith(BASE) and "sameAs" not in t[1]}  # type: ignore[misc]


def by_rules(text: str) -> set[tuple[str, str, str]]:
    quads = parse(text.encode(), Format.TURTLE, "test")
    found = infer(compile_axioms(quads), quads)
    return {tuple(str(term).strip("<>") for term in quad.triple) for quad in found}  # type: ignore[misc]


@pytest.mark.parametrize("name", AXIOMS)
def test_each_kind_of_axiom_concludes_what_owlrl_does(name: str) -> None:
    text = HEAD + DATA + AXIOMS[name]
    assert by_rules(text) == by_owlrl(text) != set()


@given(st.sets(st.sampled_from(sorted(AXIOMS)), min_size=2, max_size=6))
@settings(max_examples=25, deadline=None)
def test_axioms_together_conclude_what_owlrl_does(names: set[str]) -> None:
    text = HEAD + DATA + "\n".join(AXIOMS[name] for name in sorted(names))
    assert by_rules(text) == by_owlrl(text)


def test_inferring_again_adds_nothing() -> None:
    quads = parse((HEAD + DATA + "\n".join(AXIOMS.values())).encode(), Format.TURTLE, "test")
    rules = compile_axioms(quads)
    found = infer(rules, quads)
    assert found
    assert infer(rules, [*quads, *found]) == []


@pytest.mark.parametrize(
    "axiom",
    [
        ":E owl:unionOf ( :C :D ) .",
        "[] owl:onProperty :p ; owl:allValuesFrom :D ; rdfs:subClassOf :E .",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] .",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] .",
    ],
)
def test_axioms_beyond_the_fragment_are_refused(axiom: str) -> None:
    with pytest.raises(UnsupportedAxiom):
        compile_axioms(parse((HEAD + axiom).encode(), Format.TURTLE, "test"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", BadHeader),
        ("#+ [\nCONSTRUCT", BadHeader),
        ("#+ just words\nCONSTRUCT", BadHeader),
        ("#+ summary: x\nCONSTRUCT {", BadSparql),
        ("#+ summary: x\nSELECT * WHERE { ?s ?p ?o }", BadSparql),
    ],
)
def test_a_broken_rule_is_named(text: str, error: type[Exception], tmp_path: Path) -> None:
    (tmp_path / "rule.rq").write_text(text)
    with pytest.raises(error, match=r"rule\.rq"):
        read_rules(tmp_path)
