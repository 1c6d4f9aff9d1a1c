"""Every conclusion has a proof, the checker takes it, and takes no corrupted one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from calling import Call
from conftest import named
from proving import CLASHING, cases, contradiction, tracer_of
from shelf import SHARES
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.check import contradictions
from sysgraph.files import data, term_files
from sysgraph.ontology import Ontology
from sysgraph.proof import Proof
from sysgraph.rdf import Format, find_lines, quads_of
from sysgraph.reason.explain import Explainer, explain_case
from sysgraph.store.local import Store, memory
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, graph_of
from sysgraph.turtle import serialize
from sysgraph.verify.checker import Checker

TYPE = f"<{PREFIXES['rdf']}type>"


def all_proofs(paths: list[Path]) -> list[tuple[Proof, Checker]]:
    """The smallest proof of every conclusion of the ontology and of these shipped cases."""
    found = []
    ids = {path.stem for path in paths}
    for case in (None, *(case for case in cases() if case.case_id in ids)):
        tracer, checker, concluded = tracer_of(case)
        found += [(tracer.proofs(triple, most=1).found[0], checker) for triple in concluded]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("paths", SHARES)
def test_every_conclusion_of_the_library_has_a_proof_that_the_checker_takes(
    paths: list[Path],
) -> None:
    proofs = all_proofs(paths)
    assert len(proofs) > 100 * len(paths)
    assert [checker.problems(proof) for proof, checker in proofs if checker.problems(proof)] == []


def test_all_proofs_of_a_case_are_checked_and_the_smallest_comes_first() -> None:
    tracer, checker, concluded = tracer_of(cases()[4])
    counts = []
    for triple in concluded:
        proofs = tracer.proofs(triple, most=50)
        sizes = [proof.size for proof in proofs.found]
        assert sizes == sorted(sizes)
        assert len(set(proofs.found)) == len(proofs.found)
        assert not any(checker.problems(proof) for proof in proofs.found)
        counts.append(len(proofs.found))
    assert max(counts) > 5


def test_an_enumeration_that_was_cut_says_so() -> None:
    tracer, _, concluded = tracer_of(cases()[4])
    many = next(t for t in concluded if len(tracer.proofs(t, most=9).found) > 2)
    whole, cut = tracer.proofs(many, most=500), tracer.proofs(many, most=1)
    assert (whole.is_complete, cut.is_complete) == (True, False)
    assert cut.found == whole.found[:1]


def test_the_checker_shares_no_code_with_the_engine() -> None:
    files = list((data() / "src" / "sysgraph" / "verify").glob("*.py"))
    imported = {
        name
        for file in files
        for name in re.findall(r"^ *(?:from|import) (sysgraph[\w.]*)", file.read_text(), re.M)
    }
    own = {f"sysgraph.verify.{file.stem}" for file in files}
    assert imported - own == {"sysgraph.errors", "sysgraph.proof", "sysgraph.terms"}


def test_a_hand_made_proof_is_judged_by_hand() -> None:
    p, q, x, y, c = (f"<{NAMESPACE}{name}>" for name in "pqxyC")
    domain = f"<{PREFIXES['rdfs']}domain>"
    asserted: list[Triple] = [(p, domain, c), (x, p, y), (x, q, y)]
    checker = Checker(asserted, {})
    leaves = tuple(Proof(triple) for triple in asserted[:2])
    assert checker.problems(Proof((x, TYPE, c), "prp-dom", leaves)) == []
    assert checker.problems(Proof((y, TYPE, c), "prp-dom", leaves))
    assert checker.problems(Proof((x, TYPE, c), "prp-rng", leaves))
    assert checker.problems(Proof((x, TYPE, c), "prp-dom", (leaves[0], Proof(asserted[2]))))
    assert checker.problems(Proof((y, p, x)))
    assert checker.problems(Proof((x, TYPE, c), "prp-dom", (*leaves, Proof(asserted[2]))))


NUMBER = f"^^<{PREFIXES['xsd']}integer>"


@pytest.mark.parametrize(
    ("one", "other", "are_two"),
    [
        (f'"1"{NUMBER}', f'"2"{NUMBER}', True),
        (f'"1"{NUMBER}', f'"01"{NUMBER}', False),
        ("<a:x>", "<a:y>", True),
        ("<a:x>", f'"1"{NUMBER}', True),
        ("<a:x>", "_:b", False),
        ("_:b", "_:c", False),
    ],
)
def test_of_two_values_it_is_asked_whether_they_are_two(
    one: str, other: str, are_two: bool
) -> None:
    kind = ("<a:p>", TYPE, f"<{PREFIXES['owl']}FunctionalProperty>")
    asserted: list[Triple] = [kind, ("<a:s>", "<a:p>", one), ("<a:s>", "<a:p>", other)]
    proof = Proof(None, "prp-fp", tuple(map(Proof, asserted)))
    assert (Checker(asserted, {}).problems(proof) == []) is are_two


def test_a_statement_does_not_rest_on_itself_even_where_each_step_is_sound() -> None:
    kind = Proof(("<a:p>", TYPE, f"<{PREFIXES['owl']}SymmetricProperty>"))
    there, back = ("<a:x>", "<a:p>", "<a:y>"), ("<a:y>", "<a:p>", "<a:x>")
    once = Proof(back, "prp-symp", (kind, Proof(there)))
    twice = Proof(there, "prp-symp", (kind, once))
    assert kind.conclusion
    checker = Checker([kind.conclusion, there], {})
    assert checker.problems(once) == []
    assert "rests on itself" in checker.problems(twice)[0]


@pytest.mark.parametrize("name", CLASHING)
def test_a_contradiction_has_a_proof_that_the_checker_takes(name: str) -> None:
    proof, checker = contradiction(name)
    assert (proof.rule, proof.conclusion) == (name, None)
    assert checker.problems(proof) == []
    for at in range(len(proof.premises)):
        fewer = (*proof.premises[:at], *proof.premises[at + 1 :])
        assert checker.problems(replace(proof, premises=fewer))


def test_lines_are_where_the_statements_stand() -> None:
    files = term_files(data() / "ontology")
    texts = {str(path.relative_to(data())): path.read_text().splitlines() for path in files}
    for triple, (place, line) in find_lines(files).items():
        name = str(triple.object).strip("<>").replace("#", "/").rpartition("/")[2]
        if str(triple.object).startswith("<") and name not in ("", "nil"):
            assert name in texts[place][line - 1] or triple.predicate.value.endswith("#type")


def test_why_this_practice_is_externally_driven(call: Call) -> None:
    found = call("explain", "externally-driven", "--practice", "bhavishya")
    assert found.code == 0
    assert "purpose-origin" in found.out
    assert "a funder, regulator or partner outside the system" in found.out
    assert re.search(r"ontology/sysgraph\.ttl:\d+", found.out)
    assert "The sysgraph founders" in found.out
    assert "Taylor 2021" in found.out
    denied = call("explain", "organic", "--practice", "bhavishya")
    assert (denied.code, denied.out) == (
        1,
        "No: this does not follow from what is asserted.\n",
    )


def test_why_a_type_is_on_the_front_unfolds_to_assertions(call: Call) -> None:
    facets = ("--facet", "purpose-origin=movement", "--facet", "agreement=coercive")
    plain = call("explain", "organic", *facets)
    unfolded = call("explain", "organic", *facets, "--proofs")
    assert unfolded.out.startswith(plain.out)
    assert "the situation described" in unfolded.out
    assert "ontology/vocab/considerations.ttl:" in unfolded.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--practice", "bhavishya"], "name a leadership type"),
        (["organic", "--practice", "bhavishia"], "did you mean 'bhavishya'"),
        (["--statement", "too few"], "write subject, property and object"),
        (["--statement", "case:agra/practice enactType ?"], "did you mean 'sysg:enactsType'"),
        (["--statement", "case:agra/practice enactsType type:organik"], "'type:organic'"),
        (["organic", "--statement", "a b c"], "stands alone; leave out the type"),
        (["organic", "--practice", "bhavishya", "--case", "agra"], "leave out the situation"),
    ],
)
def test_wrong_words_get_one_clear_line(words: list[str], said: str, call: Call) -> None:
    found = call("explain", *words)
    assert found.code == 2
    assert said in found.err
    assert found.err.count("\n") == 1


def test_proofs_as_rdf_lead_from_the_conclusion_to_assertions(call: Call) -> None:
    found = call(
        "explain", "--statement", "case:bhavishya/readings/1 heightens ?", "--format", "turtle"
    )
    graph = Graph().parse(data=found.out, format="turtle")
    prov = "http://www.w3.org/ns/prov#"
    derived = set(graph.subjects(URIRef(f"{prov}wasGeneratedBy")))
    assert derived
    for entity in derived:
        step = next(graph.objects(entity, URIRef(f"{prov}wasGeneratedBy")))
        used = set(graph.objects(step, URIRef(f"{prov}used")))
        assert used == set(graph.objects(entity, URIRef(f"{prov}wasDerivedFrom"))) != set()
    leaves = set(graph.objects(None, URIRef(f"{prov}used"))) - derived
    note = URIRef(f"{PREFIXES['skos']}note")
    assert all(str(place) for leaf in leaves for place in graph.objects(leaf, note))


def test_an_explainer_knows_what_follows_from_a_stored_case(library: object) -> None:
    explainer = explain_case("bhavishya", library)  # type: ignore[arg-type]
    reading = f"<{explainer.iri}/readings/1>"
    known = explainer.known(reading, f"<{NAMESPACE}enactsType>")
    assert [triple[2] for triple in known] == [f"<{NAMESPACE}type/externally-driven>"]
    assert explainer.explain(known[0]).proofs.found
    assert Explainer().explain((reading, TYPE, TYPE)).proofs.found == ()


def test_an_explainer_names_who_answers_for_the_case_and_nobody_else(library: Store) -> None:
    graph, schema = graph_of("bhavishya"), PREFIXES["schema"]
    iri = f"{PREFIXES['case']}bhavishya"
    more = [
        (
            f"<{iri}/contributor>",
            f"<{schema}identifier>",
            "<https://orcid.org/0000-0002-1825-0097>",
        ),
        (f"<{iri}/critiques/1/contributor>", f"<{schema}name>", '"Bea"'),
    ]
    store = memory([*library.quads(graph), *named(quads_of(more), graph)])
    assert explain_case("bhavishya", store).origin.contributor == "The sysgraph founders"


def spoilt(*statements: tuple[str, str, str]) -> Contribution:
    """A shipped case with more said of it, each in the words of the ontology."""
    folder = data() / "ontology"
    (case,) = read(folder / "cases" / "bhavishya.yaml", Ontology.load(folder).vocabulary)
    more = [(f"<{case.iri}{s}>", f"<{p}>", f"<{NAMESPACE}{o}>") for s, p, o in statements]
    case.quads.extend(quads_of(more))
    return case


def test_a_shipped_case_does_not_contradict_itself() -> None:
    assert contradictions(spoilt()) == []


def test_a_contradiction_of_a_case_is_found_with_place_and_proof() -> None:
    (finding,) = contradictions(spoilt(("/practice", f"{PREFIXES['rdf']}type", "Citation")))
    assert (finding.demand, finding.line) == ("cax-adc", 22)
    assert "the practice of case bhavishya — rdf:type — citation" in finding.message
    assert len(finding.proof) == 3
    assert "prp-rng" in finding.proof[0]
    (finding,) = contradictions(spoilt(("/practice", f"{NAMESPACE}hasPrimaryType", "type/organic")))
    assert finding.demand == "prp-fp"
    assert "facilitative" in finding.message
    assert "organic" in finding.message


@pytest.mark.slow
def test_a_case_that_would_say_something_of_the_vocabulary_is_refused() -> None:
    outward, clash = contradictions(
        spoilt(("/practice", f"{NAMESPACE}claimsType", "risk/tokenism"))
    )
    assert "risk:tokenism rdf:type sysg:LeadershipType" in outward.message
    # The ontology says that it is a risk, and nothing is both.
    assert clash.demand == "cax-adc"


def test_a_contradiction_is_reported_before_anything_is_stored(tmp_path: Path, call: Call) -> None:
    case = spoilt(("/practice", f"{PREFIXES['rdf']}type", "Country"))
    file = tmp_path / "case.ttl"
    file.write_bytes(serialize(case.quads, Format.TURTLE).replace(b"bhavishya", b"contradictory"))
    found = call("load", file, "--store", tmp_path / "s")
    assert found.code == 1
    assert "contradicts itself (cax-adc)" in found.out
    assert "by prp-rng from" in found.out
    assert not (tmp_path / "s").exists()
