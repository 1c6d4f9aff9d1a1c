"""The quick yes or no on the closed vocabulary, held to the check that gives the findings."""

import random
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sysgraph.case import closed as module
from sysgraph.case.closed import check_closed, explain_literal, is_closed
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.rdf import RDF_TYPE
from sysgraph.terms import NAMESPACE, PREFIXES
from sysgraph.vocabulary import Vocabulary

XSD = PREFIXES["xsd"]
OTHER = f"{NAMESPACE}case/somebody-else"


@cache
def known() -> Vocabulary:
    return Ontology.load().vocabulary


@cache
def cases() -> tuple[Contribution, ...]:
    folder = data() / "ontology" / "cases"
    return tuple(case for path in sorted(folder.glob("*.yaml")) for case in read(path, known()))


def written(quads: list[ox.Quad]) -> list[tuple[str, str, str]]:
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


def findings(quads: list[ox.Quad], case: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the full check finds, with the quick one switched off."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "is_closed", lambda *_: False)
        return [finding.demand for finding in check_closed(quads, known(), case, "f")]


def iris(case: str) -> st.SearchStrategy[ox.NamedNode]:
    names = [
        case,
        f"{case}/readings/1",
        f"{case}x",
        f"{case}/",
        OTHER,
        f"{OTHER}/readings/1",
        f"{NAMESPACE}graph/case/somebody-else",
        f"{NAMESPACE}type/organic",
        f"{NAMESPACE}type/organi",
        f"{NAMESPACE}CaseStudy",
        f"{NAMESPACE}Risk",
        f"{NAMESPACE}scale",
        NAMESPACE,
        "https://example.org/",
        "urn:a",
        RDF_TYPE.value,
        *sorted(known().predicates),
        *sorted(known().classes),
    ]
    return st.sampled_from(names).map(ox.NamedNode)


def literals() -> st.SearchStrategy[ox.Literal]:
    kinds = ["gYear", "date", "boolean", "integer", "string", "anyURI", "nothing", "decimal"]
    texts = st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(["1994", "1994\n", "02", "true", "2026-02-30", "2026-02-28", 'a"b\\^^<x>']),
        st.sampled_from(["9" * 70, "9" * 5000, "http://a b", "x" * 70 + " "]),
    )
    typed = st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{kind}")),
        texts,
        st.sampled_from(kinds),
    )
    tagged = st.builds(
        lambda text, tag: ox.Literal(text, language=tag), texts, st.sampled_from(["en", "zh-hant"])
    )
    turned = texts.map(lambda text: ox.Literal(text, language="ar", direction=ox.BaseDirection.RTL))
    return st.one_of(typed, tagged, turned, texts.map(ox.Literal))


def terms(case: str) -> st.SearchStrategy[object]:
    nodes = iris(case)
    triple = st.just(ox.Triple(RDF_TYPE, RDF_TYPE, ox.Literal("x")))
    return st.one_of(nodes, nodes, literals(), st.just(ox.BlankNode("b")), triple)


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, object]]]:
    """A case by its number, and which part of which of its triples becomes what."""
    number = draw(st.integers(0, len(cases()) - 1))
    new = terms(cases()[number].iri)
    size = len(cases()[number].quads)
    change = st.tuples(st.integers(0, size - 1), st.sampled_from([0, 1, 2, 2]), new)
    return number, draw(st.lists(change, max_size=2))


def changed(number: int, edits: list[tuple[int, int, object]]) -> list[ox.Quad]:
    quads = list(cases()[number].quads)
    for at, part, new in edits:
        terms: list[object] = list(quads[at].triple)
        if part == 2 or isinstance(new, ox.NamedNode) or (part == 0 and new == ox.BlankNode("b")):
            terms[part] = new
        quads[at] = ox.Quad(*terms)  # type: ignore[arg-type]  # each stands where RDF lets it
    return quads


@pytest.mark.slow
@given(change=changes())
@example(change=(0, [(1, 2, ox.Literal("\x08"))]))
@example(change=(0, [(1, 2, ox.Literal("a \\u and \\b that are written out"))]))
@settings(max_examples=600, deadline=None)
def test_quick_check_says_yes_exactly_where_nothing_is_found(
    change: tuple[int, list[tuple[int, int, object]]],
) -> None:
    quads, case = changed(*change), cases()[change[0]].iri
    with pytest.MonkeyPatch.context() as patch:
        found = findings(quads, case, patch)
    assert is_closed(written(quads), known(), case) == (not found)
    assert [finding.demand for finding in check_closed(quads, known(), case, "f")] == found


def test_all_shipped_cases_are_closed() -> None:
    assert all(is_closed(written(case.quads), known(), case.iri) for case in cases())


@given(
    text=st.one_of(
        st.from_regex(r"[0-9]{3,5}|[0-9]{4}-[01][0-9]-[0-3][0-9]|true|false|1", fullmatch=True),
        st.text(max_size=6),
    ),
    kind=st.sampled_from(["gYear", "boolean", "date"]),
)
@settings(deadline=None)
def test_what_is_told_at_a_glance_is_what_elementpath_tells(text: str, kind: str) -> None:
    told = explain_literal(text, f"{XSD}{kind}")
    assert (told is None) == is_one_to_elementpath(text, kind)


def is_one_to_elementpath(text: str, kind: str) -> bool:
    """Whether a text is a literal of a datatype, and one that there is."""
    from elementpath.datatypes import builtin_atomic_types

    made: Any = builtin_atomic_types[f"{{{XSD.rstrip('#')}}}{kind}"]
    if text.endswith("\n") or not made.is_valid(text):
        return False
    try:
        return not hasattr(made, "fromstring") or made.fromstring(text) is not None
    except (ValueError, OverflowError):
        return False


def test_parts_are_the_keys_that_hold_keys() -> None:
    names = {iri.rpartition("/")[2] for iri in known().parts}
    assert names == {
        "citesAsEvidence",
        "codedBy",
        "codesLedOutcome",
        "codesObservation",
        "codesWorkingOutcome",
        "contributor",
        "followsAdvice",
        "hasCoding",
        "hasCritique",
        "hasLedOutcome",
        "hasObservation",
        "hasPractice",
        "hasReading",
        "hasWorkingOutcome",
    }
    assert known().parts <= known().predicates


@pytest.mark.parametrize(
    "value",
    [
        ox.NamedNode(f"{OTHER}/readings/1"),
        ox.NamedNode(f"{NAMESPACE}type/organic"),
        ox.NamedNode("https://example.org/"),
        ox.Literal("text"),
    ],
)
def test_a_part_belongs_to_the_same_case(value: ox.NamedNode | ox.Literal) -> None:
    case = f"{NAMESPACE}case/xy"
    quad = ox.Quad(ox.NamedNode(case), ox.NamedNode(f"{NAMESPACE}hasReading"), value)
    (finding,) = check_closed([quad], known(), case, "f")
    assert finding.demand == "own-part"
    assert "sysg:hasReading must point to a part of this case" in finding.message


def test_escapes_in_a_typed_literal_are_read() -> None:
    case = f"<{NAMESPACE}case/xy>"
    triple = (case, f"<{NAMESPACE}startYear>", f'"\\u0031994"^^<{XSD}gYear>')
    assert is_closed([triple], known(), case[1:-1])


def test_quick_check_needs_no_elementpath() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_closed import cases, is_closed, known, written\n"
        "assert all(is_closed(written(case.quads), known(), case.iri) for case in cases())\n"
        "assert 'elementpath' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.slow
def test_quick_check_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    # A ratio, for the machine may be busy: alone it takes 22 microseconds, and the other 110.
    triples = [(written(case.quads), case.iri) for case in cases()]
    quick, full = [], []
    for _ in range(5):
        start = time.process_time()
        assert all(is_closed(case, known(), iri) for case, iri in triples)
        middle = time.process_time()
        assert not any(findings(case.quads, case.iri, monkeypatch) for case in cases())
        quick.append(middle - start)
        full.append(time.process_time() - middle)
    assert min(quick) * 2 < min(full)


def test_nothing_is_remembered_that_grows_with_the_cases() -> None:
    made = random.Random(1)
    predicate = f"<{NAMESPACE}startYear>"
    for number in range(10_000):
        case = f"{NAMESPACE}case/c{number}"
        value = f'"{made.randrange(10**6, 10**7)}"^^<{XSD}gYear>'
        is_closed([(f"<{case}>", predicate, value)], known(), case)
    remembered = module._remembered.cache_info()
    assert remembered.currsize <= (remembered.maxsize or 0) <= 4096
