"""The engine concludes what owlrl concludes, contradicts itself where owlrl does, and no more."""

import pickle
import re
from pathlib import Path

import owlrl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgraph.errors import BadHeader, BadSparql, Inconsistent, NotCaseLocal, UnsupportedAxiom
from sysgraph.files import data
from sysgraph.rdf import Format, copy_to_rdflib, parse, triples_of
from sysgraph.reason.axioms import COVERED, close, compile_axioms, read_rules
from sysgraph.reason.engine import Conclusions, Reasoner
from sysgraph.reason.program import Profile, freeze, prove_locality, specialise, thaw
from sysgraph.reason.rules import Facts, Rule, instances
from sysgraph.terms import Triple

BASE = "https://w3id.org/sysgraph/"
CASE = f"{BASE}case/t"
HEAD = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <https://w3id.org/sysgraph/> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix c: <"
    + CASE
    + "/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
DATA = "c:x :p c:y . c:y :p c:z . c:x :q :v . c:x a :C . c:y a :D . c:w a :C , :D . c:w :q c:y .\n"
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
CLASHES = {
    "prp-fp": ":p a owl:FunctionalProperty . c:x :p c:z . c:y owl:differentFrom c:z .",
    "prp-ifp": ":p a owl:InverseFunctionalProperty . c:w :p c:y . c:x owl:differentFrom c:w .",
    "prp-irp": ":p a owl:IrreflexiveProperty . c:x :p c:x .",
    "prp-asyp": ":p a owl:AsymmetricProperty . c:y :p c:x .",
    "prp-pdw": ":p owl:propertyDisjointWith :r . c:x :r c:y .",
    "cls-nothing2": ":C rdfs:subClassOf owl:Nothing .",
    "cls-com": ":C owl:complementOf :D .",
    "cls-maxc1": ":C rdfs:subClassOf [ owl:onProperty :p ;"
    ' owl:maxCardinality "0"^^xsd:nonNegativeInteger ] .',
    "cls-maxc2": ":C rdfs:subClassOf [ owl:onProperty :p ;"
    ' owl:maxCardinality "1"^^xsd:nonNegativeInteger ] .'
    " c:x :p c:z . c:y owl:differentFrom c:z .",
    "prp-adp": "[] a owl:AllDisjointProperties ; owl:members ( :p :r :q ) . c:x :r c:y .",
    "cax-dw": ":C owl:disjointWith :D .",
    "cax-adc": "[] a owl:AllDisjointClasses ; owl:members ( :E :C :D ) .",
}


def split(text: str) -> tuple[set[Triple], list[Triple]]:
    """The ontology's part of a graph, and the part of the case."""
    triples = triples_of(parse(text.encode(), Format.TURTLE, "test"))
    data = [t for t in triples if t[0].startswith(f"<{CASE}") and "#differentFrom>" not in t[1]]
    ontology = {t for t in triples if not t[0].startswith(f"<{CASE}")}
    return ontology, data


def by_engine(text: str) -> tuple[Reasoner, Conclusions]:
    ontology, data = split(text)
    rules = compile_axioms(ontology)
    reasoner = Reasoner(specialise(rules, close(rules, ontology), Facts(ontology)))
    return reasoner, reasoner.infer(data, CASE)


def by_owlrl(text: str) -> tuple[set[Triple], bool]:
    graph = copy_to_rdflib(parse(text.encode(), Format.TURTLE, "test"))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False).expand(graph)
    is_clash = any(str(predicate).endswith("#error") for _, predicate, _ in graph)
    found = {(s.n3(), p.n3(), o.n3()) for s, p, o in graph if not str(p).endswith("#error")}
    return {
        t
        for t in found - set(split(text)[1])
        if t[0].startswith(f"<{CASE}") and t[2].startswith(f"<{BASE}") and t[1].find("owl#") < 0
    }, is_clash


@pytest.mark.parametrize("name", AXIOMS)
def test_each_kind_of_axiom_concludes_what_owlrl_does(name: str) -> None:
    text = HEAD + DATA + AXIOMS[name]
    assert set(by_engine(text)[1].triples()) == by_owlrl(text)[0] != set()


@pytest.mark.parametrize("name", CLASHES)
def test_each_kind_of_contradiction_is_found_where_owlrl_finds_it(name: str) -> None:
    text = HEAD + DATA + CLASHES[name]
    reasoner, found = by_engine(text)
    assert by_owlrl(text)[1]
    assert {reasoner.program.rules[clash.rule].name for clash in found.clashes} == {name}


@pytest.mark.parametrize("name", CLASHES)
def test_no_contradiction_without_its_cause(name: str) -> None:
    text = HEAD + "c:x :p c:y . c:x a :C . c:w a :D . :E rdfs:subClassOf :F ."
    if name not in ("cls-nothing2", "cls-maxc1"):
        text += CLASHES[name].split(" . c:")[0].rstrip(".") + " ."
    assert by_engine(text)[1].clashes == []
    assert not by_owlrl(text)[1]


NODES = ["c:x", "c:y", "c:z", "c:w"]
KNOWN = [":v", ":u"]
CLASSES = [f":C{n}" for n in range(5)]
PROPERTIES = [f":p{n}" for n in range(4)]
some_class = st.sampled_from(CLASSES)
some_property = st.sampled_from(PROPERTIES)
conditions = st.recursive(
    some_class,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"[ owl:intersectionOf ( {' '.join(pair)} ) ]"),
        st.tuples(inner, inner).map(lambda pair: f"[ owl:unionOf ( {' '.join(pair)} ) ]"),
        st.builds("[ owl:onProperty {} ; owl:someValuesFrom {} ]".format, some_property, inner),
        st.builds(
            "[ owl:onProperty {} ; owl:hasValue {} ]".format, some_property, st.sampled_from(KNOWN)
        ),
        st.just("[ owl:oneOf ( :v :u ) ]"),
    ),
    max_leaves=3,
)
consequences = st.recursive(
    some_class,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"[ owl:intersectionOf ( {' '.join(pair)} ) ]"),
        st.builds("[ owl:onProperty {} ; owl:allValuesFrom {} ]".format, some_property, inner),
        st.builds(
            "[ owl:onProperty {} ; owl:hasValue {} ]".format, some_property, st.sampled_from(KNOWN)
        ),
    ),
    max_leaves=2,
)
# A hierarchy has no circle here: a class or property comes below a later one only.
below = st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] < pair[1])
axioms = st.one_of(
    st.builds("[] owl:intersectionOf ( {} {} ) ; rdfs:subClassOf {} .".format, conditions,
              conditions, consequences),
    st.builds("[] owl:onProperty {} ; owl:someValuesFrom {} ; rdfs:subClassOf {} .".format,
              some_property, conditions, consequences),
    st.builds(lambda pair: f":C{pair[0]} rdfs:subClassOf :C{pair[1]} .", below),
    st.builds("{} rdfs:subClassOf {} .".format, some_class, consequences.filter(
        lambda text: text.startswith("["))),
    st.builds("{} rdfs:domain {} .".format, some_property, some_class),
    st.builds("{} rdfs:range {} .".format, some_property, some_class),
    st.builds("{} owl:inverseOf {} .".format, some_property, some_property),
    st.builds("{} owl:propertyChainAxiom ( {} {} ) .".format, some_property, some_property,
              some_property),
    st.builds("{} a owl:TransitiveProperty .".format, some_property),
    st.builds("{} a owl:SymmetricProperty .".format, some_property),
    st.builds(lambda pair: f":p{pair[0] % 4} rdfs:subPropertyOf :p{pair[1] % 4} .",
              below.filter(lambda pair: pair[1] < 4)),
)  # fmt: skip
facts = st.one_of(
    st.builds("{} a {} .".format, st.sampled_from(NODES + KNOWN), some_class),
    st.builds(
        "{} {} {} .".format,
        st.sampled_from(NODES + KNOWN[:1]),
        some_property,
        st.sampled_from(KNOWN),
    ),
    st.builds("{} {} {} .".format, st.sampled_from(NODES), some_property, st.sampled_from(NODES)),
)
worlds = st.tuples(st.lists(axioms, min_size=1, max_size=6), st.lists(facts, min_size=1)).map(
    lambda parts: HEAD + "\n".join((*parts[0], *parts[1]))
)


@pytest.mark.slow
@given(worlds)
@settings(max_examples=100, deadline=None)
def test_generated_ontologies_and_cases_conclude_what_owlrl_does(text: str) -> None:
    assert set(by_engine(text)[1].triples()) == by_owlrl(text)[0]


exclusions = st.one_of(
    st.builds("{} owl:disjointWith {} .".format, some_class, conditions),
    st.builds("[] a owl:AllDisjointClasses ; owl:members ( {} {} {} ) .".format, conditions,
              some_class, conditions),
    st.builds("{} rdfs:subClassOf [ owl:complementOf {} ] .".format, some_class, conditions),
    st.builds("{} rdfs:range [ owl:complementOf {} ] .".format, some_property, conditions),
    st.builds("{} owl:complementOf {} .".format, some_class, conditions),
    st.builds("{} owl:propertyDisjointWith {} .".format, some_property, some_property),
    st.builds("{} a owl:AsymmetricProperty .".format, some_property),
    st.builds("{} a owl:IrreflexiveProperty .".format, some_property),
)  # fmt: skip


@pytest.mark.slow
@given(worlds, st.lists(exclusions, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_generated_worlds_contradict_themselves_where_owlrl_says_so(
    world: str, more: list[str]
) -> None:
    text = "\n".join((world, *more))
    try:
        found = by_engine(text)[1]
    except Inconsistent:
        assert by_owlrl(text)[1]
        return
    assert bool(found.clashes) == by_owlrl(text)[1]


@pytest.mark.slow
@given(worlds)
@settings(max_examples=100, deadline=None)
def test_reasoning_again_adds_nothing_and_more_facts_take_nothing_away(text: str) -> None:
    reasoner, found = by_engine(text)
    data = split(text)[1]
    again = reasoner.infer([*data, *found.triples()], CASE)
    assert list(again.triples()) == []
    more = reasoner.infer([*data, (f"<{CASE}/y>", f"<{BASE}p1>", f"<{CASE}/x>")], CASE)
    assert set(found.triples()) <= set(more.triples()) | {
        (f"<{CASE}/y>", f"<{BASE}p1>", f"<{CASE}/x>")
    }


@pytest.mark.slow
@given(worlds)
@settings(max_examples=100, deadline=None)
def test_recorded_derivations_are_those_found_by_matching_every_rule(text: str) -> None:
    reasoner, found = by_engine(text)
    program = reasoner.program
    whole = Facts(program.schema.all)
    for subject, pairs in found.about.items():
        for pair in pairs:
            whole.add((subject, *pair))
    expected = set()
    for number, rule in enumerate(program.rules):
        for premises, head in instances(rule, whole, program.stated):
            # Of the ontology alone there are proofs as well, which no case records.
            if head is not None and not set(premises) <= program.schema.all:
                expected.add((head, program.rules[number].name, frozenset(premises)))
    recorded = reasoner.derive(found)
    ours = {
        (triple, program.rules[step.rule].name, frozenset(step.premises))
        for triple in recorded
        for step in recorded.of(triple)
    }
    assert ours == expected


def test_a_frozen_or_pickled_program_concludes_the_same() -> None:
    text = HEAD + DATA + "\n".join(AXIOMS.values())
    reasoner, found = by_engine(text)
    for copy in (Reasoner(thaw(freeze(reasoner.program))), pickle.loads(pickle.dumps(reasoner))):
        assert set(copy.infer(split(text)[1], CASE).triples()) == set(found.triples()) != set()


def test_every_covered_rule_is_tried_above() -> None:
    tried = {*AXIOMS, *CLASHES}
    for name in COVERED:
        assert name in tried or name.rstrip("12") in tried or name.startswith("scm-")


def test_the_fragment_is_documented_rule_by_rule() -> None:
    text = (data() / "docs" / "reasoning.md").read_text()
    documented = set(re.findall(r"`((?:prp|cls|cax|scm)-\w+)`", text))
    assert documented == COVERED


@pytest.mark.parametrize(
    "axiom",
    [
        ":E owl:unionOf ( :C :D ) .",
        "[] owl:onProperty :p ; owl:allValuesFrom :D ; rdfs:subClassOf :E .",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] .",
        ':C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality "2"^^xsd:integer ] .',
        "[] owl:onProperty :p ; owl:someValuesFrom xsd:string ; rdfs:subClassOf :E .",
        ":C rdfs:subClassOf [ owl:onProperty [ owl:inverseOf :p ] ; owl:hasValue :v ] .",
        ":C rdfs:subClassOf [ owl:hasValue :v ] .",
        ":C rdfs:subClassOf _:c . _:c owl:intersectionOf ( :D _:c ) .",
        ":C rdfs:subClassOf _:n0 . _:n70 owl:intersectionOf ( :D :E ) ."
        + "".join(f" _:n{n} owl:intersectionOf ( :D _:n{n + 1} ) ." for n in range(70)),
        ":r owl:propertyChainAxiom [] .",
        "owl:Thing rdfs:subClassOf :C .",
        "\n".join(f":d{n} rdfs:subClassOf :d{n + 1} ." for n in range(1000)),
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
    ],
)
def test_axioms_beyond_the_fragment_are_refused(axiom: str) -> None:
    with pytest.raises(UnsupportedAxiom):
        compile_axioms(triples_of(parse((HEAD + axiom).encode(), Format.TURTLE, "test")))


P, Q, M = f"<{BASE}p>", f"<{BASE}q>", f"<{BASE}m>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.mark.parametrize(
    ("body", "is_local"),
    [
        ((("?x", P, "?y"),), True),
        # p leads to a part of the same case, q to anything else.
        ((("?x", P, "?y"), ("?y", Q, "?z")), True),
        # What q leads to is no part of any case, and what m leads to may be one of another.
        ((("?x", Q, "?y"), ("?y", Q, "?z")), True),
        ((("?x", M, "?y"), ("?y", Q, "?z")), False),
        ((("?x", M, "?y"),), True),
        ((("?x", Q, "?v"), ("?y", Q, "?v")), False),
        ((("?x", Q, "?v"), ("?y", P, "?z")), False),
        ((("?c", P, "?x"), ("?c", P, "?y"), ("?x", Q, "?v"), ("?y", Q, "?v")), True),
        ((("?v", f"<{BASE}r>", "?w"), ("?x", Q, "?v")), True),
        ((("?v", f"<{BASE}r>", "?w"), ("?x", Q, "?v"), ("?y", Q, "?w")), False),
        ((("?x", TYPE, f"<{BASE}C>"), ("?y", TYPE, f"<{BASE}C>")), False),
        ((("?x", f"<{BASE}unheard-of>", "?v"), ("?y", Q, "?v")), True),
    ],
)
def test_a_rule_that_joins_two_cases_is_named(body: tuple[Triple, ...], is_local: bool) -> None:
    profile = Profile(
        frozenset({P, Q, M}), frozenset({f"<{BASE}C>"}), frozenset({P}), frozenset({M})
    )
    schema = Facts([(f"<{BASE}v>", f"<{BASE}r>", f"<{BASE}w>")])
    rule = Rule("joins", body, (body[0][0], f"<{BASE}related>", body[-1][0]))
    if is_local:
        assert prove_locality([rule], schema, profile)
        return
    with pytest.raises(NotCaseLocal, match="rule joins"):
        prove_locality([rule], schema, profile)


def test_a_transitive_property_between_cases_is_not_local() -> None:
    rules = compile_axioms(split(HEAD + ":q a owl:TransitiveProperty .")[0])
    profile = Profile(frozenset({Q}), frozenset(), frozenset(), mentions=frozenset({Q}))
    with pytest.raises(NotCaseLocal, match="prp-trp"):
        prove_locality(rules, Facts(), profile)
    # Between the parts of one case, or to things of the ontology, there is nothing against it.
    assert prove_locality(rules, Facts(), Profile(frozenset({Q}), frozenset(), frozenset({Q})))
    assert prove_locality(rules, Facts(), Profile(frozenset({Q}), frozenset(), frozenset()))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:p> ?o }", BadHeader),
        ("#+ [\nCONSTRUCT", BadHeader),
        ("#+ just words\nCONSTRUCT", BadHeader),
        ("#+ summary: x\nCONSTRUCT {", BadSparql),
        ("#+ summary: x\nSELECT * WHERE { ?s ?p ?o }", BadSparql),
        ("#+ summary: x\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", BadSparql),
        ("#+ summary: x\nCONSTRUCT { ?s <a:p> ?o . ?o <a:p> ?s } WHERE { ?s <a:q> ?o }", BadSparql),
        ("#+ summary: x\nCONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q>/<a:r> ?o }", BadSparql),
        (
            "#+ summary: x\nCONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?o FILTER(?o > 2) }",
            BadSparql,
        ),
        ("#+ summary: x\nCONSTRUCT { ?s <a:p> ?o } WHERE { OPTIONAL { ?s <a:q> ?o } }", BadSparql),
    ],
)
def test_a_broken_rule_is_named(text: str, error: type[Exception], tmp_path: Path) -> None:
    (tmp_path / "rule.rq").write_text(text)
    with pytest.raises(error, match=r"rule\.rq"):
        read_rules(tmp_path)


def test_a_rule_about_the_absence_of_a_conclusion_is_refused(tmp_path: Path) -> None:
    (tmp_path / "not.rq").write_text(
        "#+ summary: x\nCONSTRUCT { ?s <a:p> ?o } WHERE { ?s <a:q> ?o"
        " FILTER NOT EXISTS { ?s <a:r> ?o } }"
    )
    rules = [*read_rules(tmp_path), Rule("r", (("?x", "<a:s>", "?y"),), ("?x", "<a:r>", "?y"))]
    assert close(rules, [("<a:x>", "<a:q>", "<a:y>")])
    with pytest.raises(UnsupportedAxiom, match="absence of a:r"):
        close(rules, [("<a:x>", "<a:q>", "<a:y>"), ("<a:x>", "<a:s>", "<a:y>")])
