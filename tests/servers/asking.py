"""What a person does with a store, step by step, and what is said each time."""

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from shelf import copied
from sysgraph.cli.net import main
from sysgraph.query import Parameter, Query, bind, catalogue, run
from sysgraph.store.local import Rows, Store

CRITIQUE = """\
kind: critique
id: whose-pound
about: https://w3id.org/sysgraph/consideration/purpose-origin-external-sponsor
question: beneficiary
asked: is
standpoint: affected, not involved
stance: undercuts
says: The sponsor benefits first.
why: A report that is made up for this test.
contributor: {name: Ann}
contributed: 2026-11-20
licence: https://creativecommons.org/licenses/by/4.0/
"""
# A text that is unquoted once too often, or escaped once too little, comes back as another.
TRICKY = """A "pound", 100%25 of it local %41 \\ not 'here' ＆ & + <there>; Zoë, Łódź 🌍."""
QUESTION = """\
SELECT ?case ?scale (COUNT(DISTINCT ?aim) AS ?aims) WHERE {
  ?case a <https://w3id.org/sysgraph/CaseStudy> .
  ?case <https://w3id.org/sysgraph/scale> ?scale .
  OPTIONAL { ?case <https://w3id.org/sysgraph/servesAim> ?aim }
}
GROUP BY ?case ?scale
ORDER BY ?case ?scale
"""


def contributions(folder: Path) -> dict[str, Path]:
    """Write two cases, a later version of one of them, and a critique."""
    mine = copied("my-case")
    head, _, rest = mine.partition("countries:")
    told = json.dumps(TRICKY, ensure_ascii=False)
    mine = f"{head.partition('summary:')[0]}summary: {told}\ncountries:{rest}"
    texts = {
        "mine": mine,
        "yours": copied("your-case"),
        "later": mine.replace("scale: city", "scale: local"),
        "critique": CRITIQUE,
        "question": QUESTION,
    }
    folder.mkdir()
    for name, text in texts.items():
        kind = "rq" if name == "question" else "yaml"
        (folder / f"{name}.{kind}").write_text(text)
    return {name: next(folder.glob(f"{name}.*")) for name in texts}


def call(words: Sequence[object], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command; return its exit code, and what it printed or why it could not."""
    said, told = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(told):
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["sysgraph", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code if isinstance(ended.value.code, int) else 0
    out, err = (stream.buffer.getvalue().decode() for stream in (said, told))
    return code, out or err


def before(files: Mapping[str, Path], writing: Sequence[str]) -> Iterator[tuple[str, list[object]]]:
    """Yield the commands that fill a store: load, again, correct, retract."""
    both = (files["mine"], files["yours"], files["critique"])
    yield "load", ["load", *both, *writing, "--format", "json"]
    yield "load again", ["load", *both, *writing, "--format", "json"]
    why = ["--reason", "It is smaller.", "--by", "Me"]
    yield "load a correction", ["load", files["later"], *why, *writing, "--format", "json"]
    names = ["your-case", "wigan-deal"]
    yield "retract", ["retract", *names, "--reason", "Wrong.", *writing, "--format", "json"]
    yield "retract again", ["retract", *names, "--reason", "Wrong.", *writing, "--format", "json"]


def reading(files: Mapping[str, Path], place: str) -> Iterator[tuple[str, list[object]]]:
    """Yield the commands that ask."""
    asked = ["--store", place]
    yield "status", ["status", *asked, "--format", "json"]
    for name in ("my-case", "your-case", "wigan-deal"):
        yield f"history of {name}", ["history", name, *asked, "--format", "json"]
    yield "sparql", ["sparql", files["question"], *asked, "--format", "csv"]
    yield "sparql, a wrong query", ["sparql", files["mine"], *asked]
    yield "query", ["query", "cases-of-type", "-p", "type=facilitative", *asked, "--format", "csv"]
    yield "advise on a case", ["advise", "--case", "my-case", *asked, "--format", "json"]
    facets = ["-f", "purpose-origin=movement", "-f", "agreement=coercive"]
    yield "advise", ["advise", *facets, *asked, "--format", "json"]
    yield "explain", ["explain", "3", "--case", "my-case", *asked, "--proofs", "--format", "json"]
    for what in ("ontology", "cases", "critiques", "inferred"):
        yield f"export {what}", ["export", "--format", "trig", "--what", what, *asked]
    yield "export as YAML", ["export", "--format", "yaml", *asked]
    yield "diff", ["diff", "shipped", place, "--format", "json"]


def after(writing: Sequence[str]) -> Iterator[tuple[str, list[object]]]:
    """Yield the commands that undo it all."""
    undo = ["retract", "your-case", "wigan-deal", "--undo"]
    yield "retract --undo", [*undo, *writing, "--format", "json"]
    yield "status, all back", ["status", *writing[:2], "--format", "json"]
    yield "remove", ["remove", "your-case", *writing, "--format", "json"]
    gone = ["remove", "my-case", "critique/whose-pound", "--with-history"]
    yield "remove --with-history", [*gone, *writing, "--format", "json"]
    yield "remove again", [*gone, *writing, "--format", "json"]
    yield "status at the end", ["status", *writing[:2], "--format", "json"]
    yield "export inferred at the end", ["export", "--what", "inferred", *writing[:2]]


def plain(said: str, place: str) -> str:
    """Return what was said without what differs from store to store.

    That is its name, the time, and what status says of an endpoint, or of one filled from an
    export, alone.
    """
    said = re.sub(r',\s*"described_triples": \d+', "", said)
    said = re.sub(r',\s*"gets_wrong": \[[^\]]*\]', "", said)
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
    return re.sub(moment, "MOMENT", said.replace(place, "STORE"))


def questions(store: Store) -> Iterator[tuple[str, str]]:
    """Yield every canned question, of all at once and, for each parameter, of one thing."""
    for query in catalogue().values():
        yield query.name, query.text
        for parameter in query.parameters:
            value = _some(query, parameter, store)
            yield (
                f"{query.name} {parameter.name}={value}",
                bind(query, store, {parameter.name: value}),
            )


def _some(query: Query, parameter: Parameter, store: Store) -> str:
    """Return something to ask a question about that is there."""
    if parameter.of is not None:
        kind = parameter.of
        found = store.select(f"SELECT ?thing WHERE {{ ?thing a <{kind}> }} ORDER BY ?thing")
        return next(row["thing"] for row in found.texts())
    name = parameter.name
    rows = [row[name] for row in run(query, store).texts() if name in row]
    return next(iter([*rows, *parameter.words]), "e")


def table(rows: Rows) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return columns and rows to be compared: numbers by value, for 1 and 1.0 are one answer.

    A quotient has as many digits as an engine likes, so that ten of them are looked at. When a
    case was loaded is another moment in each store.
    """
    return rows.columns, [tuple(map(_cell, row)) for row in rows.rows]


def _cell(term: object) -> object:
    if isinstance(term, ox.Literal) and term.datatype.value.endswith("#dateTime"):
        return "MOMENT"
    if isinstance(term, ox.Literal) and term.datatype.value.endswith(("#integer", "#decimal")):
        return round(Decimal(term.value), 10)
    return "[]" if isinstance(term, ox.BlankNode) else str(term)


def difference(wanted: Rows, found: Rows) -> str:
    """Say in what two answers differ, or nothing: the same rows, in the same order."""
    (columns, these), (others, those) = table(wanted), table(found)
    if columns != others:
        return f"columns {others}, where {columns} were wanted"
    missing, more = Counter(these) - Counter(those), Counter(those) - Counter(these)
    if missing or more:
        return (
            f"{missing.total()} of {len(these)} rows missing, as {[*missing][:1]};"
            f" {more.total()} too many, as {[*more][:1]}"
        )
    return "" if these == those else "the same rows in another order"
