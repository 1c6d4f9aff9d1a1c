"""Critiques in files of their own: read, checked, stored apart, replaced, removed, exported."""

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from pyld import jsonld

from linked import linked
from shelf import CASES, copied
from sysgraph import library
from sysgraph.advice.board import advise
from sysgraph.advice.dissent import Label, bearing, discount, dissent, missing_standpoints
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import situation_of
from sysgraph.bulk.load import load_bulk
from sysgraph.case.contribution import Contribution
from sysgraph.case.document import read_document
from sysgraph.case.read import read
from sysgraph.check import check_files
from sysgraph.errors import BadFile, BadFiles, ShippedCase, UnknownThing
from sysgraph.files import data
from sysgraph.history.deeds import retract
from sysgraph.intake import load, remove
from sysgraph.library import shipped_names
from sysgraph.ontology import Ontology
from sysgraph.pages.blocks import text_of
from sysgraph.pages.evidence import dissent_blocks, standpoints_blocks
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.rdf import RDF_TYPE, Format, parse
from sysgraph.store.local import open_directory
from sysgraph.stores import describe_store, open_store, prepare_store
from sysgraph.terms import NAMESPACE, STORE_GRAPH, graph_of
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary

SPONSOR = f"{NAMESPACE}consideration/purpose-origin-external-sponsor"
OBJECTION = f"""kind: critique
id: sponsor-first
about: {SPONSOR}
question: beneficiary
asked: is
standpoint: affected, not involved
stance: undercuts
says: The sponsor benefits first.
why: A report that is made up for this test.
contributor: {{name: Ann}}
contributed: 2026-11-20
licence: https://creativecommons.org/licenses/by/4.0/
"""
ANSWER = OBJECTION.replace("id: sponsor-first", "id: reply").replace(
    f"about: {SPONSOR}", "about: sysg:critique/sponsor-first"
)


def write(folder: Path, text: str | bytes, name: str = "objection.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def one(path: Path, vocabulary: Vocabulary) -> Contribution:
    (found,) = read(path, vocabulary, critiques=True)
    return found


def demands(path: Path) -> list[tuple[str, int | None, str | None]]:
    _, findings = check_files([path])
    return [(finding.demand, finding.line, finding.field) for finding in findings]


def put(place: Path, *paths: Path) -> tuple[tuple[str, ...], ...]:
    contributions, findings = check_files(list(paths))
    assert findings == []
    store = prepare_store(str(place))
    done = load(contributions, store)
    store.close()
    return done.added, done.replaced, done.unchanged


def test_an_objection_conforms_and_has_a_name_of_its_own(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    path = write(tmp_path, OBJECTION)
    assert demands(path) == []
    made = one(path, vocabulary)
    assert (made.case_id, made.title) == ("critique/sponsor-first", "critique sponsor-first")
    assert made.iri == f"{NAMESPACE}critique/sponsor-first"
    assert all(str(quad.subject).startswith(f"<{made.iri}") for quad in made.quads)


def test_an_objection_is_the_same_through_every_door(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    made = one(write(tmp_path, OBJECTION), vocabulary)
    for syntax in (Format.TURTLE, Format.TRIG, Format.JSONLD):
        suffix = {"turtle": "ttl"}.get(syntax.value, syntax.value)
        again = one(write(tmp_path, serialize(made.quads, syntax), f"c.{suffix}"), vocabulary)
        assert (set(again.quads), again.findings) == (set(made.quads), [])
    plain = yaml.load(OBJECTION, yaml.BaseLoader)
    as_json = one(write(tmp_path, json.dumps(plain), "c.json"), vocabulary)
    assert set(as_json.quads) == set(made.quads)
    del plain["kind"]
    linked = {"@context": f"{NAMESPACE}context.jsonld", "type": "Critique", **plain}
    as_linked = one(write(tmp_path, json.dumps(linked), "d.jsonld"), vocabulary)
    assert set(as_linked.quads) == set(made.quads)


def test_the_one_context_means_the_same_to_pyld(tmp_path: Path, vocabulary: Vocabulary) -> None:
    document = read_document(OBJECTION.encode(), "objection.yaml")
    assert isinstance(document.data, dict)
    assert vocabulary.critiques is not None
    iri = f"{NAMESPACE}critique/sponsor-first"
    tree = linked(document.data, iri, vocabulary.critiques, "Critique")
    text = jsonld.to_rdf(
        {"@context": vocabulary.context, **tree}, {"format": "application/n-quads"}
    )
    theirs = set(parse(text.encode(), Format.NQUADS, "pyld"))
    assert theirs == set(one(write(tmp_path, OBJECTION), vocabulary).quads)


def test_a_critique_has_the_same_keys_within_a_case_and_by_itself(vocabulary: Vocabulary) -> None:
    context = vocabulary.context
    own = context["Critique"]["@context"]
    base = {"@base": f"{NAMESPACE}critique/"}
    assert own == base | context["critiques"]["@context"]


def test_findings_stand_at_their_line(tmp_path: Path) -> None:
    text = OBJECTION.replace("undercuts", "doubts").replace("licence:", "licens:")
    assert demands(write(tmp_path, text)) == [
        ("shape:OwnCritique-licence", 1, "licence"),
        ("shape:Critique-stance", 7, "stance"),
        ("known-key", 12, "licens"),
    ]
    text = OBJECTION.replace("external-sponsor", "external-sponsr")
    assert demands(write(tmp_path, text)) == [("known-term", 3, "about")]
    text = OBJECTION.replace("stance: undercuts\n", "")
    assert demands(write(tmp_path, text)) == [("shape:Critique-stance-missing", 1, "stance")]


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("wigan-deal", "write it as in sysg:case/wigan-deal"),
        ("tokenism", "'sysg:risk/tokenism'"),
        ("The Wigan Deal", "write it as in sysg:case/wigan-deal"),
    ],
)
def test_a_bare_name_is_told_how_it_is_written(
    about: str, told: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    (finding,) = one(write(tmp_path, OBJECTION.replace(SPONSOR, about)), vocabulary).findings
    assert finding.message.startswith(f"'{about}' does not tell what it is the name of")
    assert told in finding.message


@pytest.mark.parametrize(
    ("said", "demand"),
    [
        (f"<{NAMESPACE}risk/tokenism> sysg:says 'x'@en .", "own-subject"),
        (f"<{NAMESPACE}critique/other> sysg:says 'x'@en .", "own-subject"),
        ("critique:xy sysg:hasPractice critique:xy .", "known-property"),
        ("critique:xy sysg:title 'x' .", "known-property"),
        ("critique:xy a sysg:Risk .", "known-class"),
        ("critique:xy dcterms:contributor <https://example.org/ann> .", "own-part"),
        ("[] sysg:says 'x'@en .", "no-blank-node"),
    ],
)
def test_a_critique_speaks_of_itself_alone(
    said: str, demand: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    text = (
        f"@prefix sysg: <{NAMESPACE}> . @prefix critique: <{NAMESPACE}critique/> .\n"
        f"@prefix dcterms: <http://purl.org/dc/terms/> .\ncritique:xy a sysg:Critique . {said}"
    )
    made = one(write(tmp_path, text, "c.ttl"), vocabulary)
    assert [finding.demand for finding in made.findings] == [demand]


def test_no_case_takes_itself_for_a_critique(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = f"<{NAMESPACE}case/xy> a <{NAMESPACE}CaseStudy> , <{NAMESPACE}Critique> ."
    made = one(write(tmp_path, text, "c.ttl"), vocabulary)
    assert [finding.demand for finding in made.findings] == ["known-class"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OBJECTION.replace("kind: critique", "kind: critque"), "no kind 'critque'"),
        (OBJECTION.replace("id: sponsor-first\n", ""), "the critique has no id"),
        (OBJECTION.replace("sponsor-first", "Sponsor First"), "id 'Sponsor First'"),
    ],
)
def test_what_cannot_be_read_is_said(
    text: str, said: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(BadFile, match=said):
        one(write(tmp_path, text), vocabulary)


def test_a_critique_that_does_not_say_its_kind_is_told_so_first(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    found = one(write(tmp_path, OBJECTION.replace("kind: critique\n", "")), vocabulary).findings
    keys = "about, question, asked, standpoint, stance, says, why"
    assert found[0].message == (
        f"{keys} are keys of a critique and not of a case; write 'kind: critique' if it is one"
    )
    assert (found[0].demand, found[0].line) == ("kind", 1)
    stray = copied("my-own") + "\nwhy: It stands too far to the left.\n"
    told = one(write(tmp_path, stray), vocabulary).findings
    assert [finding.demand for finding in told] == ["known-key"]


def test_a_name_that_is_none_and_a_graph_of_others_are_refused(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    text = f"<{NAMESPACE}critique/No> a <{NAMESPACE}Critique> ."
    with pytest.raises(BadFile, match="no name for a critique"):
        one(write(tmp_path, text, "c.ttl"), vocabulary)
    text = (
        f"<{NAMESPACE}critique/xy> {RDF_TYPE} <{NAMESPACE}Critique> <{NAMESPACE}graph/ontology> ."
    )
    made = one(write(tmp_path, text, "c.nq"), vocabulary)
    assert [finding.demand for finding in made.findings] == ["own-graph"]


def test_twice_the_same_id_is_said_of_critiques_too(tmp_path: Path) -> None:
    first, second = write(tmp_path, OBJECTION, "a.yaml"), write(tmp_path, OBJECTION, "b.yaml")
    with pytest.raises(BadFile, match=r"the critique sponsor-first is in .*a\.yaml too"):
        check_files([first, second])


@pytest.mark.parametrize("of", ["critique", "case"])
def test_an_objection_to_what_was_retracted_is_told_no_more(of: str, tmp_path: Path) -> None:
    place = tmp_path / "store"
    if of == "case":
        given, gone = copied("mine-alone"), "mine-alone"
        objection = ANSWER.replace("critique/sponsor-first", "case/mine-alone/practice")
    else:
        given, objection, gone = OBJECTION, ANSWER, "critique/sponsor-first"
    put(place, write(tmp_path, given, "given.yaml"))
    put(place, write(tmp_path, objection, "objection.yaml"))
    store = prepare_store(str(place))
    retract([gone], store, reason="It was wrong.")
    found = dissent(load_frame(store))
    store.close()
    assert [critique.says for critique in found.critiques] == ["The sponsor benefits first."]
    assert found.fallen == ()


def test_an_objection_and_its_answer_come_from_two_people(tmp_path: Path) -> None:
    place = tmp_path / "store"
    objection = write(tmp_path, OBJECTION)
    assert put(place, objection) == (("critique/sponsor-first",), (), ())
    assert put(place, objection) == ((), (), ("critique/sponsor-first",))
    found = dissent(load_frame(open_store(str(place))))
    assert found.labels[SPONSOR] is Label.OUT
    answer = write(tmp_path, ANSWER, "answer.yaml")
    objection.write_text(OBJECTION.replace("name: Ann", "name: Bea"))
    assert put(place, objection, answer) == (("critique/reply",), ("critique/sponsor-first",), ())
    store = open_store(str(place))
    frame = load_frame(store)
    assert [each.contributor for each in frame.critiques] == ["Ann", "Bea"]
    assert dissent(frame).labels[SPONSOR] is Label.IN
    facts = describe_store(store)
    assert (facts["cases"], facts["critiques"]) == (len(CASES), 2)
    assert facts["contributed_cases"] == []
    assert facts["contributed_critiques"] == ["reply", "sponsor-first"]
    kept = {str(quad.predicate) for quad in store.quads(graph_of("critique/reply", "provenance"))}
    assert f"<{NAMESPACE}sha256>" in kept
    assert store.quads(graph_of("critique/reply", "inferred"))


@pytest.mark.slow
def test_a_critique_is_exported_and_loaded_again(tmp_path: Path, vocabulary: Vocabulary) -> None:
    place = tmp_path / "store"
    put(place, write(tmp_path, OBJECTION), write(tmp_path, ANSWER, "answer.yaml"))
    store = open_store(str(place))
    text = export(store, Format.TRIG, What.CRITIQUES)
    again = read(write(tmp_path, text, "all.trig"), vocabulary, critiques=True)
    assert [each.case_id for each in again] == ["critique/reply", "critique/sponsor-first"]
    assert b"critique" not in export(store, Format.NQUADS, What.CASES)
    assert text.count(b"says") == 2
    whole = export(store, Format.NQUADS, What.ALL)
    assert f"<{graph_of('critique/reply', 'provenance')}>".encode() in whole


def test_a_critique_is_removed_by_its_name(tmp_path: Path) -> None:
    place = tmp_path / "store"
    put(place, write(tmp_path, OBJECTION))
    store = open_directory(place, write=True)
    with pytest.raises(UnknownThing, match="did you mean 'critique/sponsor-first'"):
        remove(["sponsor-first"], store)
    with pytest.raises(
        UnknownThing, match=r"no critique in .*did you mean 'critique/sponsor-first'"
    ):
        remove(["critique/sponsor-frst"], store)
    with pytest.raises(ShippedCase):
        remove(["wigan-deal"], store)
    done = remove(["critique/sponsor-first"], store, with_history=True)
    assert done.removed == ("critique/sponsor-first",)
    assert store.graphs() == open_store().graphs()
    assert load_frame(store).critiques == []


def test_what_was_removed_before_is_told_so(tmp_path: Path) -> None:
    place = tmp_path / "store"
    put(place, write(tmp_path, OBJECTION), write(tmp_path, ANSWER, "answer.yaml"))
    store = open_directory(place, write=True)
    remove(["critique/sponsor-first"], store)
    said = r"^'critique/sponsor-first' is no critique in .* any more: it was removed on [0-9-]{10}$"
    with pytest.raises(UnknownThing, match=said):
        remove(["critique/sponsor-first"], store)
    with pytest.raises(UnknownThing, match=said):
        retract(["critique/sponsor-first"], store, reason="x")
    with pytest.raises(UnknownThing, match=r"no critique in [^;]*; did you mean 'critique/reply'"):
        remove(["critique/replie"], store)
    store.close()


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_a_library_of_another_version_leaves_critiques_alone(tmp_path: Path) -> None:
    place = tmp_path / "store"
    put(place, write(tmp_path, OBJECTION))
    store = open_directory(place, write=True)
    before = {name: len(store.quads(name)) for name in store.graphs() if name != STORE_GRAPH}
    gone = graph_of("critique/of-the-old-library")
    store.store.update(
        f"DELETE WHERE {{ GRAPH <{STORE_GRAPH}> {{ ?s ?p ?o }} }} ;\n"
        f"INSERT DATA {{ GRAPH <{STORE_GRAPH}> {{ <{STORE_GRAPH}> <{NAMESPACE}sha256> 'old' }} ."
        f" GRAPH <{gone}> {{ <a:b> <a:b> <a:b> }} ."
        f" GRAPH <{gone}/provenance> {{ <a:b> <a:b> <a:b> }} }}"
    )
    store.store.update(f"DROP GRAPH <{graph_of('critique/sponsor-first', 'inferred')}>")
    store.close()
    prepare_store(str(place)).close()
    after = open_store(str(place))
    names = {*after.graphs()} - {STORE_GRAPH, f"{gone}/history"}
    assert {name: len(after.quads(name)) for name in names} == before
    assert after.quads(f"{gone}/history")


def test_critiques_are_not_loaded_in_bulk(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = write(tmp_path, OBJECTION)
    with pytest.raises(BadFile, match="load critiques in a command of their own"):
        read(path, vocabulary)
    with pytest.raises((BadFile, BadFiles), match="load critiques in a command of their own"):
        load_bulk([path], tmp_path / "store", workers=1)
    assert not (tmp_path / "store").exists()
    made = one(path, vocabulary)
    lines = ox.serialize(made.quads, format=ox.RdfFormat.N_QUADS)
    assert lines is not None
    refused = load_bulk([write(tmp_path, lines, "c.nq")], tmp_path / "other", workers=1)
    (finding,) = refused.findings
    assert "no part of a case" in finding.message
    assert refused.violations == 1
    assert not (tmp_path / "other").exists()


def test_the_library_would_read_critiques_from_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ontology = tmp_path / "ontology"
    ontology.mkdir()
    for name in ("sysgraph.ttl", "context.jsonld", "vocab", "shapes"):
        (ontology / name).symlink_to(data() / "ontology" / name)
    (ontology / "critiques").mkdir()
    write(ontology / "critiques", OBJECTION)
    library.texts_of.cache_clear()
    with monkeypatch.context() as patch:
        patch.setenv("SYSGRAPH_CACHE", str(tmp_path / "cache"))
        patch.setattr(Ontology, "load", lambda: Ontology(ontology))
        assert library.texts_of(f"{NAMESPACE}says") == {"The sponsor benefits first."}
        (ontology / "cases").mkdir()
        write(ontology / "cases", OBJECTION)
        with pytest.raises(BadFiles, match="load critiques in a command of their own"):
            library.texts_of(f"{NAMESPACE}standpoint")
    library.texts_of.cache_clear()
    assert not any(name.startswith("critique/") for name in shipped_names())


def test_the_worked_case_of_the_documentation_is_what_comes_out(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs/advice/dissent.md").read_text()
    objection, fallen, voices = re.findall(r"```(?:yaml|text)\n(.*?)```", page, re.DOTALL)
    answer = objection.replace(
        "about: sysg:consideration/incumbent-legitimacy-discredited", ""
    ).replace(
        "id: who-calls-it-discredited",
        "id: reply\nabout: sysg:critique/who-calls-it-discredited",
    )
    place = tmp_path / "store"
    put(place, write(tmp_path, objection))
    frame = load_frame(open_store(str(place)))
    values = (
        "pioneers dispersed discredited permitting fragmented exhausted plural complex latent"
        " flexible-external safe-to-fail generation replace-regime"
    )
    asked = [facet.id for facet in frame.facets.values() if not facet.is_optional]
    situation = situation_of(dict(zip(asked, values.split(), strict=True)), frame)
    found = dissent(frame)
    assert advise(situation, frame).front == ("systems-innovation",)
    assert advise(situation, discount(frame, found)).front == (
        "systems-innovation",
        "complex-systems",
    )
    assert text_of(dissent_blocks(bearing(found, situation, frame), found)) == fallen
    heard = missing_standpoints(situation, frame, found, ["the pioneers", "the council"])
    assert text_of(standpoints_blocks(heard)) == voices
    put(place, write(tmp_path, answer, "answer.yaml"))
    frame = load_frame(open_store(str(place)))
    assert advise(situation, discount(frame, dissent(frame))).front == ("systems-innovation",)
