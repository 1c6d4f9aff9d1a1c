"""Faults in JSON, in Turtle, and in tables."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import yaml

from faults.page import Page, Seed
from faults.words import slips
from sysgraph.case.read import read
from sysgraph.errors import cell_name
from sysgraph.ontology import Ontology
from sysgraph.rdf import Format
from sysgraph.turtle import serialize

__all__ = ["JSON", "TABLES", "TURTLE"]

Change = Callable[[str], str | None]


def _json(page: Page) -> str:
    return json.dumps(yaml.load(page.text, yaml.BaseLoader), ensure_ascii=False, indent=2) + "\n"


def _into_json(
    kind: str, wanted: str, change: Change, *, below: int = 0, mean: Change | None = None
) -> Callable[[Page, Random], Seed | None]:
    """Sow into a line of JSON that matches; the fault is told there or as many lines below."""

    def sow(page: Page, random: Random) -> Seed | None:
        text = _json(page)
        rows = text.splitlines()
        found = [at for at, row in enumerate(rows) if re.search(wanted, row)]
        if not found:
            return None
        at = random.choice(found)
        changed = change(rows[at])
        if changed is None or changed == rows[at]:
            return None
        other = mean(rows[at]) if mean else None
        lines = frozenset({at + 1, at + 1 + below})
        return Seed(
            kind,
            page.path.stem,
            f"{page.path.stem}.json",
            _joined(rows, at, changed),
            lines,
            text.encode(),
            "syntax",
            is_evident=True,
            meant=_joined(rows, at, other) if other else None,
        )

    return sow


def _joined(rows: list[str], at: int, row: str) -> bytes:
    return ("\n".join([*rows[:at], row, *rows[at + 1 :]]) + "\n").encode()


_MEMBER = r'^\s+"[\w-]+": "[^"\\]*",$'
_LAST = r'^\s+"[\w-]+": "[^"\\]*"$'

JSON = (
    _into_json("JSON: comma at the end", _LAST, lambda row: row + ","),
    _into_json("JSON: no comma", _MEMBER, lambda row: row[:-1], below=1),
    _into_json("JSON: no colon", _MEMBER, lambda row: row.replace('":', '"', 1)),
    _into_json(
        "JSON: single quotes",
        _MEMBER,
        lambda row: row.replace('"', "'") if "'" not in row else None,
    ),
    _into_json("JSON: curly quotes", _MEMBER, lambda row: re.sub(r'"([^"]*)"', r"“\1”", row)),
    _into_json(
        "JSON: key without quotes",
        _MEMBER,
        lambda row: re.sub(r'"([a-z]+)":', r"\1:", row, count=1),
    ),
    _into_json("JSON: quote not closed", _MEMBER, lambda row: row[:-2] + ","),
    _into_json("JSON: a comment", _MEMBER, lambda row: row + "  // to be checked"),
    _into_json("JSON: Python's True", r'"read": "true"', lambda row: row.replace('"true"', "True")),
    _into_json(
        "JSON: tab in a text",
        r'"title": "\w+ \w',
        lambda row: re.sub(r"(\w) (\w)", "\\1\t\\2", row, count=1),
        mean=lambda row: re.sub(r"(\w) (\w)", r"\1\\t\2", row, count=1),
    ),
)


@cache
def _turtle(page: Page) -> str:
    (case,) = read(page.path, Ontology.load().vocabulary)
    return serialize(case.quads, Format.TURTLE).decode()


def _into_turtle(
    kind: str, wanted: str, change: Change, demand: str, *, at_subject: bool = False
) -> Callable[[Page, Random], Seed | None]:
    """Sow into a line of Turtle that matches; what is missing is told where its subject begins."""

    def sow(page: Page, random: Random) -> Seed | None:
        rows = _turtle(page).splitlines()
        found = [at for at, row in enumerate(rows) if re.search(wanted, row)]
        if not found:
            return None
        at = random.choice(found)
        changed = change(rows[at])
        if changed is None or changed == rows[at]:
            return None
        first = next(n for n in range(at, -1, -1) if rows[n] and not rows[n].startswith(" "))
        rows[at] = changed
        lines = frozenset({first + 1} if at_subject else {at + 1})
        text = ("\n".join(rows) + "\n").encode()
        name = f"{page.path.stem}.ttl"
        return Seed(kind, page.path.stem, name, text, lines, _turtle(page).encode(), demand)

    return sow


def _misspelt(row: str) -> str | None:
    found = re.search(r"(sysg:[a-z]\w+ \w+:)([a-z-]{5,})", row)
    if not found:
        return None
    word = sorted(slips(found.group(2)))[3]
    return row.replace(found.group(), found.group(1) + word, 1)


TURTLE = (
    _into_turtle(
        "Turtle: unknown word", r"sysg:(servesAim|hasConfidence) ", _misspelt, "known-term"
    ),
    _into_turtle(
        "Turtle: unknown property",
        r"^    sysg:(place|driver|why) ",
        lambda row: re.sub(r"sysg:(\w+)", r"sysg:\1s", row, count=1),
        "known-property",
    ),
    _into_turtle(
        "Turtle: year in words",
        r'sysg:startYear "',
        lambda row: re.sub(r'"\d{4}"', '"long ago"', row),
        "literal",
    ),
    _into_turtle(
        "Turtle: text without a language",
        r'^    sysg:(place|driver) "',
        lambda row: row.replace("@en", "", 1),
        "shape:CaseStudy",
    ),
    _into_turtle(
        "Turtle: missing",
        r"^    sysg:(driver|authority|place) .*;$",
        lambda row: "",
        "shape:CaseStudy",
        at_subject=True,
    ),
    _into_turtle(
        "Turtle: wrong kind",
        r"sysg:hasJudgement ",
        lambda row: re.sub(r"judgement:[\w-]+", "aim:improve", row),
        "shape:Outcome-judgement",
    ),
    _into_turtle(
        "Turtle: no semicolon",
        r"^    sysg:(driver|authority) .*;$",
        lambda row: row.rstrip(" ;"),
        "syntax",
    ),
    _into_turtle(
        "Turtle: quote not closed",
        r'^    sysg:(driver|place) "[^"]*"@en ;$',
        lambda row: row.replace('"@en', "@en", 1),
        "syntax",
    ),
)


@cache
def _table(page: Page) -> tuple[list[str], list[list[str]]]:
    """Return a real case as a table: head and one row, by the program's own export."""
    from sysgraph.publish.tables import write_csv

    vocabulary = Ontology.load().vocabulary
    tree = yaml.load(page.text, yaml.BaseLoader)
    text = b"".join(write_csv(lambda: [tree], vocabulary)).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    return head, rows


def _csv(head: list[str], rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([head, *rows])
    return file.getvalue().encode()


def _xlsx(head: list[str], rows: list[list[str]], merged: str | None = None) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "cases"
    for row in [head, *rows]:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(
    kind: str, column: str, change: Change, demand: str, *, book: bool
) -> Callable[[Page, Random], Seed | None]:
    def sow(page: Page, random: Random) -> Seed | None:
        head, rows = _table(page)
        found = [at for at, name in enumerate(head) if re.fullmatch(column, name) and rows[0][at]]
        if not found:
            return None
        at = random.choice(found)
        changed = change(rows[0][at])
        if changed is None:
            return None
        row = [*rows[0][:at], changed, *rows[0][at + 1 :]]
        cell = cell_name(2, at + 1)
        return _as_table(page, kind, head, [row], cell, demand, book=book)

    return sow


def _as_table(
    page: Page,
    kind: str,
    head: list[str],
    rows: list[list[str]],
    cell: str | None,
    demand: str,
    *,
    book: bool,
    merged: str | None = None,
    harmless: bool = False,
) -> Seed:
    written = _xlsx(head, rows, merged) if book else _csv(head, rows)
    name = f"{page.path.stem}.{'xlsx' if book else 'csv'}"
    prefix = "XLSX" if book else "CSV"
    return Seed(
        f"{prefix}: {kind}",
        page.path.stem,
        name,
        written,
        frozenset(),
        b"",
        demand,
        is_harmless=harmless,
        cell=cell,
    )


def _header(
    kind: str,
    change: Callable[[list[str], list[str], Random], int | None],
    demand: str,
    *,
    book: bool,
) -> Callable[[Page, Random], Seed | None]:
    """Sow into the head; the change says which column, from 0, is at fault."""

    def sow(page: Page, random: Random) -> Seed | None:
        head, rows = _table(page)
        names, values = list(head), list(rows[0])
        at = change(names, values, random)
        if at is None:
            return None
        return _as_table(page, kind, names, [values], cell_name(1, at + 1), demand, book=book)

    return sow


def _doubled(head: list[str], row: list[str], random: Random) -> int:
    at = random.randrange(1, len(head))
    head.append(head[at])
    row.append(row[at])
    return len(head) - 1


def _unknown(head: list[str], row: list[str], random: Random) -> int:
    head.append("weather")
    row.append("rainy")
    return len(head) - 1


def _slipped(head: list[str], row: list[str], random: Random) -> int:
    at = random.choice([n for n, name in enumerate(head) if "." not in name and name != "id"])
    head[at] = random.choice(sorted(set(slips(head[at])) - set(head)))
    return at


def _headless(kind: str, *, book: bool) -> Callable[[Page, Random], Seed | None]:
    """A value under no name is told at its own cell, in the second row."""

    def sow(page: Page, random: Random) -> Seed | None:
        head, rows = _table(page)
        names, values = [*head, ""], [*rows[0], "what is this?"]
        return _as_table(page, kind, names, [values], cell_name(2, len(names)), "cell", book=book)

    return sow


def _empty_rows(book: bool) -> Callable[[Page, Random], Seed | None]:
    def sow(page: Page, random: Random) -> Seed | None:
        head, rows = _table(page)
        blank = [""] * len(head)
        listed = [blank, blank, rows[0], blank]
        return _as_table(page, "empty rows", head, listed, None, "", book=book, harmless=True)

    return sow


def _merged(page: Page, random: Random) -> Seed | None:
    head, rows = _table(page)
    at = random.randrange(2, len(head) - 1)
    area = f"{cell_name(2, at + 1)}:{cell_name(2, at + 2)}"
    return _as_table(
        page, "merged cells", head, rows, cell_name(2, at + 1), "cell", book=True, merged=area
    )


def _both(book: bool) -> Iterator[Callable[[Page, Random], Seed | None]]:
    yield _cell(
        "unknown word",
        "aims|practice.primary|confidence",
        lambda _: "banana",
        "known-term",
        book=book,
    )
    yield _cell("day that is none", "contributed", lambda _: "2026-02-30", "literal", book=book)
    yield _cell("scale unknown", "scale", lambda _: "cosmic", "shape:CaseStudy-scale", book=book)
    yield _cell("title emptied", "title", lambda _: "", "shape:CaseStudy-title", book=book)
    yield _cell("spreadsheet error", "driver|place|authority", lambda _: "#REF!", "cell", book=book)
    yield _header("column twice", _doubled, "one-column", book=book)
    yield _header("unknown column", _unknown, "known-column", book=book)
    yield _header("slip in a column", _slipped, "known-column", book=book)
    yield _headless("value under no name", book=book)
    yield _empty_rows(book)


TABLES = (*_both(False), *_both(True), _merged)
