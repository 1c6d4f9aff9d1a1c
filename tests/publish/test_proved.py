"""Provenance of what follows: the rule and the premises of each conclusion, checked by others."""

from collections import defaultdict

import pytest

from calling import Call
from sysgraph.errors import SysgraphError
from sysgraph.ontology import Ontology
from sysgraph.proof import Proof
from sysgraph.publish.proved import export_proved, statement_of
from sysgraph.rdf import Format, parse, text_of, triples_of
from sysgraph.store.local import Store
from sysgraph.terms import (
    INFERRED_GRAPH,
    NAMESPACE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    Triple,
    contribution_of,
    graph_of,
)
from sysgraph.verify.checker import Checker

CASE = "wigan-deal"
IRI = f"<https://w3id.org/sysgraph/case/{CASE}>"
LED = f"<https://w3id.org/sysgraph/case/{CASE}/outcome/led>"
TYPE = f"<{PREFIXES['rdf']}type>"
GENID = f"<{NAMESPACE}.well-known/genid/"
About = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def exported(library: Store) -> bytes:
    return b"".join(export_proved(library, Format.NQUADS, [CASE]))


@pytest.fixture(scope="module")
def about(exported: bytes) -> About:
    """What is said of each node by each property, by the last word of its name."""
    found: About = defaultdict(lambda: defaultdict(list))
    for s, p, o in triples_of(parse(exported, Format.NQUADS, "proofs")):
        found[s][p.strip("<>").replace("#", "/").rpartition("/")[2]].append(o)
    return found


def sysg(name: str) -> str:
    return f"<{NAMESPACE}{name}>"


def test_a_conclusion_names_its_rule_and_its_premises(about: About) -> None:
    stated = (IRI, sysg("hasLedOutcome"), LED)
    axiom = (sysg("hasLedOutcome"), f"<{PREFIXES['rdfs']}subPropertyOf>", sysg("hasOutcome"))
    said = about[statement_of((IRI, sysg("hasOutcome"), LED))]
    rule = f"<{PREFIXES['rule']}prp-spo1>"
    assert said == {
        "type": [f"<{PREFIXES['rdf']}Statement>"],
        "subject": [IRI],
        "predicate": [sysg("hasOutcome")],
        "object": [LED],
        "sourceRule": [rule],
        "wasGeneratedBy": [f"<{PREFIXES['rule']}prp-spo1/application>"],
        "wasDerivedFrom": sorted([statement_of(stated), statement_of(axiom)]),
    }
    assert about[statement_of(stated)].keys() == {"type", "subject", "predicate", "object"}


def test_a_rule_is_a_plan_that_the_reasoner_had(about: About) -> None:
    rule, deed = (f"<{PREFIXES['rule']}prp-spo1{end}>" for end in ("", "/application"))
    (bond,) = about[deed]["qualifiedAssociation"]
    assert about[bond]["hadPlan"] == [rule]
    assert about[bond]["agent"] == [sysg("reasoner")]
    assert about[rule]["type"] == [f"<{PREFIXES['prov']}Plan>"]
    assert "owl2-profiles" in about[rule]["source"][0]


def test_a_rule_of_ours_says_what_it_does(library: Store) -> None:
    rows = library.select(
        f"SELECT ?g WHERE {{ GRAPH ?g {{ ?s <{NAMESPACE}isGatedBy> ?o }} }} ORDER BY ?g LIMIT 1"
    )
    (row,) = rows.texts()
    case = contribution_of(row["g"])
    lines = b"".join(export_proved(library, Format.NTRIPLES, [case])).decode().splitlines()
    start = f"<{PREFIXES['rule']}gate> <{PREFIXES['dcterms']}description>"
    (line,) = (one for one in lines if one.startswith(start))
    assert "A situation that meets every condition of a gate is gated by it." in line


def named(triples: list[Triple]) -> set[Triple]:
    """The triples in which no node is blank."""
    return {each for each in triples if not any(term.startswith("_:") for term in each)}


def told(about: About, node: str) -> Triple:
    """The statement that a node describes, blank nodes by their own names."""
    subject, predicate, value = (
        f"_:{term[len(GENID) : -1]}" if term.startswith(GENID) else term
        for word in ("subject", "predicate", "object")
        for term in about[node][word]
    )
    return subject, predicate, value


def proof_of(about: About, node: str) -> Proof:
    rules = about[node].get("sourceRule", [])
    name = rules[0].strip("<>").rpartition("/")[2] if rules else ""
    premises = about[node].get("wasDerivedFrom", ())
    return Proof(told(about, node), name, tuple(proof_of(about, each) for each in premises))


def test_every_premise_is_described_and_the_checker_agrees(library: Store, about: About) -> None:
    # A blank node of the ontology has the name of its place in its file, whatever a store calls it.
    terms = triples_of(Ontology.load().terms)
    checker = Checker([*terms, *triples_of(library.quads(graph_of(CASE)))], Ontology.load().rules)
    assert named(terms) == named(triples_of(library.quads(ONTOLOGY_GRAPH)))
    inferred = triples_of(library.quads(graph_of(CASE, "inferred")))
    for triple in inferred:
        proof = proof_of(about, statement_of(triple))
        assert proof.conclusion == triple
        assert proof.rule
        assert checker.problems(proof) == []
    assert len(inferred) > 100
    wrong = Proof(inferred[0], "prp-trp", proof_of(about, statement_of(inferred[0])).premises)
    assert checker.problems(wrong) != []


def test_the_graphs_of_what_follows_are_as_they_were(library: Store) -> None:
    for syntax in (Format.NQUADS, Format.TRIG):
        first, again = (b"".join(export_proved(library, syntax, [CASE])) for _ in range(2))
        assert first == again
    graph = graph_of(CASE, "inferred")
    quads = parse(first, Format.TRIG, "proofs")
    inferred = {q for q in quads if text_of(q.graph_name) == graph}
    assert inferred == set(library.quads(graph))
    assert {text_of(q.graph_name) for q in quads} == {graph, f"{graph}/proofs"}


def test_what_many_cases_rest_on_is_described_once(library: Store) -> None:
    lines = b"".join(export_proved(library, Format.NTRIPLES, [CASE, "nuka"])).splitlines()
    assert len(lines) == len(set(lines))


def test_the_ontology_comes_first(library: Store) -> None:
    pieces = export_proved(library, Format.NQUADS)
    first = parse(next(iter(pieces)), Format.NQUADS, "proofs")
    assert {text_of(q.graph_name) for q in first} == {INFERRED_GRAPH, f"{INFERRED_GRAPH}/proofs"}


def test_it_is_of_what_follows_alone(call: Call, library: Store) -> None:
    done = call("export", "--provenance")
    assert (done.code, "add --what inferred" in done.err) == (2, True)
    assert call("export", "--what", "inferred", "--provenance", "--format", "csv").code == 2
    with pytest.raises(SysgraphError, match=CASE):
        export_proved(library, Format.TURTLE, ["wigan-del"])
