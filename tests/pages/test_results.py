"""Answers in the forms of the SPARQL 1.1 Protocol, read back by two other readers."""

import io

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.query import Result

from sysgraph.pages.results import results_json, results_tsv, results_xml
from sysgraph.store.local import Rows

HOSTILE = 'a "b" <c> & \\ \t d\r\ne \u2028 \U0001d530'
ROWS = Rows(
    ("thing", "said"),
    (
        (ox.NamedNode("https://example.org/a"), ox.Literal(HOSTILE)),
        (ox.BlankNode("b0"), ox.Literal("hola", language="es")),
        (None, ox.Literal("7", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))),
        (ox.NamedNode("https://example.org/b"), None),
    ),
)
WRITERS = {"json": results_json, "xml": results_xml, "tsv": results_tsv}
FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "tsv": ox.QueryResultsFormat.TSV,
}


@pytest.mark.parametrize("form", WRITERS)
def test_the_engine_reads_back_what_was_written(form: str) -> None:
    found = ox.parse_query_results(WRITERS[form](ROWS).encode(), format=FORMATS[form])
    assert isinstance(found, ox.QuerySolutions)
    assert tuple(variable.value for variable in found.variables) == ROWS.columns
    rows = [tuple(row) for row in found]
    assert len(rows) == 4
    for got, wanted in zip(rows, ROWS.rows, strict=True):
        for one, other in zip(got, wanted, strict=True):
            assert (
                isinstance(one, ox.BlankNode) if isinstance(other, ox.BlankNode) else one == other
            )


@pytest.mark.parametrize("form", ["json", "xml"])
def test_rdflib_reads_back_what_was_written(form: str) -> None:
    found = Result.parse(io.BytesIO(WRITERS[form](ROWS).encode()), format=form)
    said = [row.get(rdflib.Variable("said")) for row in found.bindings]
    assert str(said[0]) == HOSTILE
    assert said[1] == rdflib.Literal("hola", lang="es")
    assert said[2] == rdflib.Literal(7)
    assert said[3] is None


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_ask_is_answered_by_a_truth(form: str, truth: bool) -> None:
    rows = Rows(("answer",), ((ox.Literal(truth),),))
    text = WRITERS[form](rows, is_ask=True)
    found = ox.parse_query_results(text.encode(), format=FORMATS[form])
    assert isinstance(found, ox.QueryBoolean)
    assert bool(found) is truth
    assert Result.parse(io.BytesIO(text.encode()), format=form).askAnswer is truth


def test_what_xml_cannot_hold_is_left_out() -> None:
    text = results_xml(Rows(("x",), ((ox.Literal("a\x01b\x00c"),),)))
    assert "<literal>abc</literal>" in text
