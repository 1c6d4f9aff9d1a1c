"""Graphs written out: the same bytes for the same graph, and the same graph read back."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelf import CASES, is_in_first_step
from sysgraph import turtle
from sysgraph.errors import BadFile, SysgraphError
from sysgraph.files import write_pieces
from sysgraph.publish.files import export, export_pieces
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format, copy_to_rdflib, parse
from sysgraph.store.local import Store, memory
from sysgraph.terms import PREFIXES, graph_of
from sysgraph.turtle import serialize, stream

SYNTAXES = list(Format)
NAMED = (Format.TRIG, Format.NQUADS, Format.JSONLD)

iris = st.sampled_from(
    [
        *(f"{base}x-1" for base in PREFIXES.values()),
        "urn:a",
        "https://w3id.org/sysgraph/case/a",
        "https://w3id.org/sysgraph/case/a-b",
        "https://w3id.org/sysgraph/case/a/x",
        "https://w3id.org/sysgraph/type/-odd",
        "https://w3id.org/sysgraph/type/",
        "https://w3id.org/sysgraph/type/a.b",
        "https://example.org/it's,(odd);é",
        "http://humanbehaviourchange.org/ontology/BCIO_0_1",
    ]
).map(ox.NamedNode)
properties = st.sampled_from(["dcterms", "sysg", "rdfs"]).map(
    lambda prefix: ox.NamedNode(f"{PREFIXES[prefix]}p")
)
# What XML cannot hold is left out; everything else may stand in a text.
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t", max_codepoint=0xFFFD),
    max_size=8,
) | st.sampled_from(['"', "\\", '" .\n<a> _:b', "a .\nb", "true", "+05", "\u2028", "' '''"])
literals = st.one_of(
    texts.map(ox.Literal),
    texts.map(lambda text: ox.Literal(text, language="en")),
    st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + kind)),
        texts,
        st.sampled_from(["integer", "boolean", "gYear", "decimal"]),
    ),
)
graphs = st.sampled_from(["urn:g", "urn:g/inferred", "urn:g-2", ""]).map(
    lambda name: ox.NamedNode(name) if name else ox.DefaultGraph()
)
quads = st.lists(st.builds(ox.Quad, iris, properties, st.one_of(iris, literals), graphs))


def contents(data: bytes, syntax: Format) -> set[object]:
    found = parse(data, syntax, "x")
    return set(found) if syntax in NAMED else {quad.triple for quad in found}


@pytest.mark.slow
@pytest.mark.parametrize("syntax", SYNTAXES)
@given(stated=quads, seed=st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_document_reads_back_as_the_same_graph_however_it_was_put_in(
    syntax: Format, stated: list[ox.Quad], seed: random.Random
) -> None:
    data = serialize(stated, syntax)
    expected = set(stated) if syntax in NAMED else {quad.triple for quad in stated}
    assert contents(data, syntax) == expected
    shuffled = [*stated, *stated[:3]] if syntax not in NAMED else list(dict.fromkeys(stated))
    seed.shuffle(shuffled)
    if syntax in NAMED:
        stated = list(dict.fromkeys(stated))
        data = serialize(stated, syntax)
    assert serialize(shuffled, syntax) == data


@pytest.mark.slow
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_cases_piece_by_piece_are_the_cases_at_once(syntax: Format, library: Store) -> None:
    names = [name for name in library.graphs() if "/case/" in name and name.count("/") == 6]
    assert len(names) == len(CASES)
    if syntax is Format.JSONLD:  # there a case is a tree, and stands in no graph
        # A quarter of the cases, for the parser takes long over all of them.
        some = frozenset(path.stem for path in CASES if is_in_first_step(path))
        data = export(library, syntax, Part(What.CASES, some, bare=True))
        stated = {quad.triple for name in some for quad in library.quads(graph_of(name))}
        assert stated == {quad.triple for quad in parse(data, syntax, "x")}
        return
    at_once = [quad for name in names for quad in library.quads(name)]
    random.Random(3).shuffle(at_once)
    data = export(library, syntax, Part(What.CASES, bare=True))
    assert data == serialize(at_once, syntax)
    expected = set(at_once) if syntax in NAMED else {quad.triple for quad in at_once}
    assert contents(data, syntax) == expected


@pytest.mark.slow
def test_whole_library_reads_back(library: Store) -> None:
    names = [name for name in library.graphs() if not name.endswith("graph/store")]
    stated = [quad for name in names for quad in library.quads(name)]
    again = _kept(parse(export(library, Format.TURTLE, Part(bare=True)), Format.TURTLE, "x"))
    assert len({*again}) == len({quad.triple for quad in stated})
    grounded = [quad.triple for quad in stated if not _is_blank(quad)]
    assert set(grounded) == {quad.triple for quad in again if not _is_blank(quad)}


def _kept(quads: list[ox.Quad]) -> list[ox.Quad]:
    """Return what a store keeps of quads: of a number its value, which rdflib writes as 0.0."""
    return list(memory(quads).store)


def _is_blank(quad: ox.Quad) -> bool:
    return any(isinstance(term, ox.BlankNode) for term in quad.triple)


@pytest.mark.slow
def test_restrictions_stand_nested_and_survive(library: Store) -> None:
    from rdflib.compare import isomorphic

    stated = library.quads("https://w3id.org/sysgraph/graph/ontology")
    data = export(library, Format.TURTLE, Part(What.ONTOLOGY, bare=True))
    assert b"_:" not in data
    assert b"[ a owl:Restriction" in data
    again = copy_to_rdflib(_kept(parse(data, Format.TURTLE, "x")))
    assert isomorphic(again, copy_to_rdflib(stated))


ends = st.integers(0, 5).map(lambda number: ox.BlankNode(f"b{number}"))
list_words = st.sampled_from(["first", "rest", "nil", "value"]).map(
    lambda name: ox.NamedNode(f"{PREFIXES['rdf']}{name}")
)
knots = st.lists(
    st.builds(ox.Quad, ends | iris, list_words | properties, ends | list_words | iris, graphs),
    max_size=14,
)


@pytest.mark.slow
@pytest.mark.parametrize("syntax", [Format.TURTLE, Format.TRIG, Format.JSONLD])
@given(stated=knots)
@settings(max_examples=150, deadline=None)
def test_blank_nodes_in_any_knot_are_the_same_knot_again(
    syntax: Format, stated: list[ox.Quad]
) -> None:
    if syntax is Format.TURTLE:
        stated = [ox.Quad(*quad.triple) for quad in stated]
    again = ox.Dataset(parse(serialize(stated, syntax), syntax, "x"))
    before = ox.Dataset(stated)
    for dataset in (again, before):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(again) == set(before)


def test_what_a_blank_node_says_stands_where_it_is_spoken_of() -> None:
    text = """@base <https://w3id.org/sysgraph/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sysg: <https://w3id.org/sysgraph/> .
@prefix type: <https://w3id.org/sysgraph/type/> .

type:a
    sysg:circle _:c14n1 ;
    sysg:half [ rdf:first type:x ] ;
    sysg:list ( type:x [ sysg:says "so" ] [] ) ;
    sysg:many
        <https://example.org/a/rather/long/address/of/a/page> ,
        <https://example.org/another/rather/long/address/of/a/page> ;
    sysg:two <case/a/readings/1> , type:x.y .

_:c14n1 sysg:back _:c14n1 .
""".replace("type:a\n    sysg:circle", "type:a sysg:circle")
    assert serialize(parse(text.encode(), Format.TURTLE, "x"), Format.TURTLE).decode() == text


@pytest.mark.parametrize("syntax", [Format.TURTLE, Format.JSONLD])
def test_a_list_that_goes_in_a_ring_is_written_too(syntax: Format) -> None:
    text = """@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
<urn:a> <urn:p> _:x .
_:x rdf:first "x" ; rdf:rest _:y .
_:y rdf:first "y" ; rdf:rest _:x .
"""
    stated = ox.Dataset(parse(text.encode(), Format.TURTLE, "x"))
    again = ox.Dataset(parse(serialize(stated, syntax), syntax, "x"))
    for dataset in (again, stated):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert set(again) == set(stated)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("one\ntwo", '"""one\ntwo"""'),
        ('a "b"\n"""', r'"a \"b\"\n\"\"\""'),
        ('ends in\n"', r'"ends in\n\""'),
        ("a\\nb\n\tc", '"""a\\\\nb\n\\tc"""'),
    ],
)
def test_a_text_of_several_lines_has_them_in_turtle(said: str, written: str) -> None:
    name = ox.NamedNode("https://w3id.org/sysgraph/x")
    stated = [ox.Quad(name, name, ox.Literal(said))]
    data = serialize(stated, Format.TURTLE)
    assert written in data.decode()
    assert parse(data, Format.TURTLE, "x") == stated
    graph = ox.Quad(name, name, ox.Literal(said), name)
    assert parse(serialize([graph], Format.TRIG), Format.TRIG, "x") == [graph]


def test_a_name_is_no_path_where_reading_would_make_it_another() -> None:
    names = [f"https://w3id.org/sysgraph/case/{rest}" for rest in ("a/../b", "a//b", "a/b.c/d")]
    names += ["https://w3id.org/sysgraph/case/a/é", "https://w3id.org/sysgraph/case/a/x:y"]
    stated = {ox.Quad(*[ox.NamedNode(name)] * 3) for name in names}
    data = serialize(stated, Format.TURTLE)
    assert set(parse(data, Format.TURTLE, "x")) == stated
    assert b"@base" not in data


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_blank_nodes_of_two_units_do_not_meet(syntax: Format) -> None:
    from rdflib.compare import isomorphic

    def unit(name: str) -> dict[str, list[ox.Quad]]:
        node, graph = ox.BlankNode(), ox.NamedNode(name)
        place = ox.NamedNode(f"{name}/p")
        return {name: [ox.Quad(node, place, ox.Literal(name), graph)]}

    units = [unit("urn:one"), unit("urn:two")]
    again = parse(b"".join(stream(units, syntax)), syntax, "x")
    stated = [quad for one in units for quads in one.values() for quad in quads]
    assert isomorphic(copy_to_rdflib(again), copy_to_rdflib(stated))


def test_only_prefixes_in_use_are_named_and_they_are_sorted() -> None:
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    case = ox.NamedNode("https://w3id.org/sysgraph/case/a")
    year = ox.Literal("1994", datatype=ox.NamedNode(f"{PREFIXES['xsd']}gYear"))
    data = serialize(
        [
            ox.Quad(case, ox.NamedNode(f"{PREFIXES['sysg']}startYear"), year),
            ox.Quad(case, ox.NamedNode(f"{PREFIXES['dcterms']}title"), ox.Literal("A")),
            ox.Quad(case, kind, ox.NamedNode(f"{PREFIXES['sysg']}CaseStudy")),
        ],
        Format.TURTLE,
    )
    assert data.decode() == (
        "@prefix case: <https://w3id.org/sysgraph/case/> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix sysg: <https://w3id.org/sysgraph/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "\n"
        "case:a a sysg:CaseStudy ;\n"
        '    dcterms:title "A" ;\n'
        '    sysg:startYear "1994"^^xsd:gYear .\n'
    )


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_process() -> None:
    program = (
        "import sys, hashlib; from sysgraph import *\n"
        "store = open_store()\n"
        "for syntax in (Format.TURTLE, Format.TRIG, Format.JSONLD):\n"
        "    print(hashlib.sha256(export(store, syntax)).hexdigest())\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)} | _cache(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def _cache() -> dict[str, str]:
    import os

    return {key: os.environ[key] for key in ("HOME", "SYSGRAPH_CACHE") if key in os.environ}


def test_one_case_is_held_at_a_time() -> None:
    asked: list[str] = []

    class Watched:
        place = "watched"

        def graphs(self) -> list[str]:
            return [f"https://w3id.org/sysgraph/graph/case/c{number}" for number in range(9)]

        def quads(self, graph: str) -> list[ox.Quad]:
            asked.append(graph)
            return [ox.Quad(*[ox.NamedNode(graph)] * 4)]

    pieces = export_pieces(Watched(), Format.NQUADS, Part(What.CASES, bare=True))  # type: ignore[arg-type]
    assert asked == []
    for number, piece in enumerate(pieces):
        assert len(asked) == number + 1
        assert piece.count(b"\n") == 1


def test_what_is_remembered_of_names_is_bounded() -> None:
    used: set[str] = set()
    for number in range(20):
        assert turtle.shorten(f"<{PREFIXES['type']}t{number}>", used) == f"type:t{number}"
        assert turtle.shorten("<urn:a>", used) == "<urn:a>"
    assert used - {""} == {"type"}
    assert turtle._short_iri.cache_info().maxsize == 20_000


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise SysgraphError("lost")

    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(SysgraphError):
        write_pieces(path, pieces())
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_empty_graph_is_an_empty_document() -> None:
    assert serialize([], Format.TURTLE) == b""
    for syntax in SYNTAXES:
        assert parse(serialize([], syntax), syntax, "x") == []
    assert export(memory(), Format.NQUADS) == b""
    with pytest.raises(BadFile):
        parse(b"x", Format.NTRIPLES, "x")
