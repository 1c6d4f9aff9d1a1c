"""The canned questions: find them, bind their parameters, run them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sysgraph.errors import BadFile, BadHeader, BadParameter, UnknownQuery, suggest
from sysgraph.files import data, display
from sysgraph.near import nearest
from sysgraph.rdf import Term, parse_header, text_of
from sysgraph.sparql.check import check
from sysgraph.store.local import SHIPPED, Rows, Store
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = [
    "TYPES",
    "Parameter",
    "Query",
    "bind",
    "catalogue",
    "find",
    "gather",
    "reason_told",
    "refuse_too_many",
    "run",
    "shelf",
    "slot",
    "things_of",
    "why_nothing",
]

_KEYS = ("summary", "description", "tags", "params", "source", "empty", "gather", "most-cases")
_FEW = 12
"""Of how many things all are named where none is near."""
_Row = tuple[Term | None, ...]
TYPES = {"string": "string", "year": "gYear", "integer": "integer"}
"""The types of literals that may be given, each with its name in XML Schema."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be filled in: a thing of the class ``of`` (an IRI), or a literal of a type.

    Where ``words`` are given, the literal is one of them.
    """

    name: str
    label: str
    of: str | None
    type: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A canned question. ``empty`` says why it has no answer on the shipped library, if so.

    ``gather`` names the columns whose values are put into one row for people, those together
    that belong together: a risk has several tests and sources, and is one risk.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    source: str
    empty: str
    text: str
    gather: tuple[tuple[str, ...], ...] = ()
    most_cases: int | None = None


def catalogue(folder: Path | None = None) -> dict[str, Query]:
    """Return every canned query of a folder (sysgraph's own by default) by its name, sorted.

    Raises:
        BadHeader: the header of a file is missing or wrong.
        BadSparql: a file would change data or reach the network.
    """
    return {name: _read(path) for name, path in _files(folder).items()}


def shelf(folder: Path | None = None) -> tuple[dict[str, Query], dict[str, BadFile]]:
    """Return the canned queries of a folder that can be read, and what is wrong with the others."""
    found: dict[str, Query] = {}
    broken: dict[str, BadFile] = {}
    for name, path in _files(folder).items():
        try:
            found[name] = _read(path)
        except BadFile as error:
            broken[name] = error
    return found, broken


def find(name: str) -> Query:
    """Return the canned query of that name.

    Raises:
        UnknownQuery: there is none; carries the nearest names.
        BadHeader, BadSparql: its file is broken.
    """
    files = _files()
    if name not in files:
        raise UnknownQuery(name, nearest(name, files))
    return _read(files[name])


def _files(folder: Path | None = None) -> dict[str, Path]:
    return {path.stem: path for path in sorted((folder or data() / "queries").glob("*.rq"))}


@cache
def _read(path: Path) -> Query:
    where = display(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadHeader(where, "this is not UTF-8 text") from error
    header = parse_header(text, where, _KEYS)
    summary = str(header.get("summary", ""))
    if not summary.endswith("?") or len(summary) > 100:
        raise BadHeader(where, "the summary must be a question of at most 100 characters", 1)
    params = header.get("params") or {}
    tags = header.get("tags") or []
    if not isinstance(params, dict) or not isinstance(tags, list):
        raise BadHeader(where, "params must be a mapping and tags a list")
    check(text, where)
    return Query(
        path.stem,
        summary,
        str(header.get("description", "")).strip(),
        tuple(str(tag) for tag in tags),
        tuple(_parameter(name, definition, text, where) for name, definition in params.items()),
        str(header.get("source", "")),
        str(header.get("empty", "")).strip(),
        text,
        _gathered_columns(header.get("gather") or [], text, where),
        _most(header.get("most-cases"), params, where),
    )


def _most(cases: Any, params: dict[str, Any], where: str) -> int | None:
    if cases is not None and not (isinstance(cases, int) and params):
        raise BadHeader(where, "most-cases is a number, and needs a parameter to be given beyond")
    return cases


def _gathered_columns(listed: Any, text: str, where: str) -> tuple[tuple[str, ...], ...]:
    together = [[one] if isinstance(one, str) else one for one in listed]
    names = [name for names in together for name in names]
    missing = [name for name in names if not re.search(rf"\?{re.escape(str(name))}\b", text)]
    if missing:
        raise BadHeader(where, f"gather: there is no column ?{missing[0]}")
    return tuple(tuple(names) for names in together)


def _parameter(name: str, definition: Any, text: str, where: str) -> Parameter:
    if not isinstance(definition, dict) or "label" not in definition:
        raise BadHeader(where, f"parameter '{name}' needs a label and 'of' or 'type'")
    if slot(name) not in text:
        raise BadHeader(where, f"parameter '{name}' needs the line '{slot(name)}'")
    of = definition.get("of")
    kind = str(definition.get("type", "iri" if of else "string"))
    if not of and kind not in TYPES:
        raise BadHeader(where, f"parameter '{name}': type must be one of {', '.join(TYPES)}")
    words = tuple(map(str, definition.get("one-of", ())))
    return Parameter(name, str(definition["label"]), _expand(str(of)) if of else None, kind, words)


def slot(name: str) -> str:
    """Return the line of a query that a parameter is filled in at."""
    return f"VALUES ?{name} {{ UNDEF }}"


def _expand(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return f"{PREFIXES[prefix]}{rest}" if prefix in PREFIXES else name


def run(query: Query, store: Store, arguments: Mapping[str, str] | None = None) -> Rows:
    """Answer a canned query over a store, with arguments as a person types them.

    A thing is named by its slug (``facilitative``), by prefix and slug, or by its whole IRI.

    Raises:
        BadParameter: there is no such parameter, or no such thing, or the store has too many
            cases for the question to be asked of all at once.
    """
    refuse_too_many(query, store, arguments or {})
    return store.select(bind(query, store, arguments or {}))


def refuse_too_many(query: Query, store: Store, arguments: Mapping[str, str]) -> None:
    """Refuse to compare each case with each other where there are many.

    Raises:
        BadParameter: the store has more cases than the question can be asked of all at once.
    """
    if query.most_cases is None or arguments:
        return
    count = f"SELECT (COUNT(DISTINCT ?case) AS ?cases) WHERE {{ ?case a <{NAMESPACE}CaseStudy> }}"
    cases = int(text_of(store.select(count).rows[0][0]))
    if cases > query.most_cases:
        most = f"{query.most_cases:,} at most"
        reason = f"give one; all {cases:,} cases at once are too many ({most})"
        raise BadParameter(query.name, query.parameters[0].name, reason)


def gather(query: Query, rows: Rows) -> Rows:
    """Return rows with one for each thing: what the question gathers stands in one cell.

    Values come in the order of the rows, with semicolons between. The rows of the query itself
    are those that any SPARQL tool gives.
    """
    groups = [[rows.columns.index(name) for name in names] for names in query.gather]
    inside = {at for group in groups for at in group}
    things: dict[_Row, list[_Row]] = {}
    for row in rows.rows:
        thing = tuple(None if at in inside else term for at, term in enumerate(row))
        things.setdefault(thing, []).append(row)
    return Rows(rows.columns, tuple(_gathered(*each, groups) for each in things.items()))


def _gathered(thing: _Row, rows: list[_Row], groups: list[list[int]]) -> _Row:
    cells = list(thing)
    for group in groups:
        together = dict.fromkeys(tuple(row[at] for at in group) for row in rows)
        for at, terms in zip(group, zip(*together, strict=True), strict=True):
            texts = [text_of(term) for term in terms if term is not None]
            cells[at] = terms[0] if len(terms) == 1 else ox.Literal("; ".join(texts))
    return tuple(cells)


def why_nothing(query: Query, store: Store, arguments: Mapping[str, str]) -> str:
    """Return why a question has no rows."""
    return reason_told(query, store, arguments) or f"Nothing in {store.place} answers this."


def reason_told(query: Query, store: Store, arguments: Mapping[str, str]) -> str:
    """Return what the file of a question says of having no rows: it is of the shipped library."""
    return query.empty if store.place == SHIPPED and not arguments else ""


def bind(query: Query, store: Store, arguments: Mapping[str, str]) -> str:
    """Return the text of a query with its parameters filled in.

    Raises:
        BadParameter: there is no such parameter, or no such thing.
    """
    names = [parameter.name for parameter in query.parameters]
    text = query.text
    for name in arguments:
        if name not in names:
            listed = f"it takes {', '.join(names)}" if names else "it takes none"
            near = suggest(nearest(name, names, most=1))
            raise BadParameter(query.name, name, f"there is no such parameter; {listed}{near}")
    for parameter in query.parameters:
        if parameter.name in arguments:
            term = _term(query, parameter, arguments[parameter.name], store)
            text = text.replace(slot(parameter.name), f"VALUES ?{parameter.name} {{ {term} }}")
    return text


def _term(query: Query, parameter: Parameter, argument: str, store: Store) -> str:
    if parameter.of is None:
        datatype = ox.NamedNode(PREFIXES["xsd"] + TYPES[parameter.type])
        if parameter.type != "string" and not argument.lstrip("-").isdigit():
            raise BadParameter(query.name, parameter.name, f"'{argument}' is no {parameter.type}")
        if parameter.words and argument not in parameter.words:
            near = suggest(nearest(argument, parameter.words, most=1))
            reason = f"'{argument}' is none of {', '.join(parameter.words)}{near}"
            raise BadParameter(query.name, parameter.name, reason)
        return str(ox.Literal(argument, datatype=datatype))
    known = things_of(parameter.of, store)
    iri = known.get(argument) or known.get(argument.partition(":")[2])
    if iri is None and argument not in known.values():
        few = sorted(known) if len(known) <= _FEW else []
        near = suggest(nearest(argument, known, most=3), few)
        raise BadParameter(
            query.name, parameter.name, f"'{argument}' is no {parameter.label}{near}"
        )
    return f"<{iri or argument}>"


def things_of(kind: str, store: Store) -> dict[str, str]:
    """Return the names that people use for the things of a class, each with its IRI."""
    rows = store.select(
        f"SELECT DISTINCT ?thing WHERE {{ ?thing a <{kind}> . FILTER isIRI(?thing) }}"
    )
    iris = [text_of(thing) for (thing,) in rows.rows if thing]
    return {iri.removeprefix(NAMESPACE).partition("/")[2] or iri: iri for iri in iris}
