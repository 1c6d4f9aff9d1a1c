"""The answer to a SPARQL query in the forms that the SPARQL 1.1 Protocol names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from sysgraph.pages.rows import rows_csv
from sysgraph.rdf import Term
from sysgraph.store.local import Rows
from sysgraph.terms import PREFIXES

__all__ = ["RESULTS", "results_json", "results_tsv", "results_xml"]

_STRING = f"{PREFIXES['xsd']}string"
_XML = "http://www.w3.org/2005/sparql-results#"
# Source: XML 1.0, production Char, https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def results_json(rows: Rows, *, is_ask: bool = False) -> str:
    """Return rows, or the answer to an ASK, as JSON.

    Source: SPARQL 1.1 Query Results JSON Format, https://www.w3.org/TR/sparql11-results-json/
    """
    if is_ask:
        return json.dumps({"head": {}, "boolean": _truth(rows)})
    bindings = [
        {
            column: _json_term(term)
            for column, term in zip(rows.columns, row, strict=True)
            if term is not None
        }
        for row in rows.rows
    ]
    found = {"head": {"vars": list(rows.columns)}, "results": {"bindings": bindings}}
    return json.dumps(found, ensure_ascii=False)


def _truth(rows: Rows) -> bool:
    return rows.rows[0][0] == ox.Literal(value=True)


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def results_xml(rows: Rows, *, is_ask: bool = False) -> str:
    """Return rows, or the answer to an ASK, as XML; what XML cannot hold is left out.

    Source: SPARQL Query Results XML Format, https://www.w3.org/TR/rdf-sparql-XMLres/
    """
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_XML}">']
    if is_ask:
        truth = str(_truth(rows)).lower()
        return f"{parts[0]}<head/><boolean>{truth}</boolean></sparql>\n"
    names = "".join(f"<variable name={quoteattr(name)}/>" for name in rows.columns)
    parts.append(f"<head>{names}</head><results>")
    for row in rows.rows:
        cells = (
            f"<binding name={quoteattr(column)}>{_xml_term(term)}</binding>"
            for column, term in zip(rows.columns, row, strict=True)
            if term is not None
        )
        parts.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*parts, "</results></sparql>\n"])


def _xml_term(term: Term) -> str:
    text = escape(_NO_XML.sub("", term.value), {"\r": "&#13;"})
    if isinstance(term, ox.NamedNode):
        return f"<uri>{text}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{text}</bnode>"
    if term.language:
        return f"<literal xml:lang={quoteattr(term.language)}>{text}</literal>"
    if term.datatype.value != _STRING:
        return f"<literal datatype={quoteattr(term.datatype.value)}>{text}</literal>"
    return f"<literal>{text}</literal>"


def results_tsv(rows: Rows, *, is_ask: bool = False) -> str:
    """Return rows as tab-separated values, each term as Turtle writes it.

    Source: SPARQL 1.1 Query Results CSV and TSV, https://www.w3.org/TR/sparql11-results-csv-tsv/
    """
    lines = ["\t".join(f"?{name}" for name in rows.columns)]
    for row in rows.rows:
        lines.append("\t".join("" if term is None else _tsv_term(term) for term in row))
    return "\n".join(lines) + "\n"


def _tsv_term(term: Term) -> str:
    return str(term).replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _csv(rows: Rows, *, is_ask: bool = False) -> str:
    return rows_csv(rows)


RESULTS: dict[str, Callable[..., str]] = {
    "results-json": results_json,
    "results-xml": results_xml,
    "results-csv": _csv,
    "results-tsv": results_tsv,
}
"""Each form by its name; told whether the query was an ASK."""
