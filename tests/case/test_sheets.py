"""Workbooks of several sheets, and cells that a spreadsheet has made its own of (C4, C7, E)."""

import csv
import datetime
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sysgraph.case.compile import tell
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.case.rows import find_column, guard, meant, unguard
from sysgraph.check import Inspection, inspect_files, sort_out
from sysgraph.errors import BadFile, Severity
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import Grid, empty_workbook, write_csv
from sysgraph.vocabulary import Vocabulary

Rows = list[list[Any]]


@pytest.fixture(scope="module")
def rows(vocabulary: Vocabulary) -> Rows:
    """The head of a table and one case below it."""
    (case,) = read(data() / "ontology" / "cases" / "agra.yaml", vocabulary)
    tree = tell(case.quads, case.case_id, vocabulary)
    grid = Grid([tree], vocabulary)
    return [[column.name for column in grid.columns], grid.row(tree)]


def book(folder: Path, hidden: str = "", **sheets: Rows) -> Path:
    """A workbook of such sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, each in sheets.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in each:
            sheet.append(row)
    made.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def changed(rows: Rows, column: str, value: object) -> Rows:
    """The rows with another value in a column."""
    at = rows[0].index(column)
    return [rows[0], [*rows[1][:at], value, *rows[1][at + 1 :]]]


def told(cases: list[Contribution], severity: Severity) -> list[str]:
    return [one.message for case in cases for one in case.findings if one.severity is severity]


def test_two_sheets_of_cases_are_refused_by_name(
    rows: Rows, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = book(tmp_path, cases=rows, more=changed(rows, "id", "another"))
    with pytest.raises(BadFile, match="'cases' and 'more' have a column 'id' each"):
        read(path, vocabulary)


def test_the_sheet_of_cases_is_found_and_the_others_are_named(
    rows: Rows, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    notes = [["How to use"], ["One row for each case."]]
    path = book(tmp_path, README=notes, Data=rows, empty=[])
    cases = read(path, vocabulary)
    assert [case.case_id for case in cases] == ["agra"]
    assert told(cases, Severity.WARNING) == ["the sheet 'Data' was read, and not 'README'"]
    path = book(tmp_path, hidden="old", cases=rows, old=rows, README=notes)
    (warning,) = told(read(path, vocabulary), Severity.WARNING)
    assert warning == "the sheet 'cases' was read, and not 'README' and 'old' (hidden)"


def test_a_workbook_without_a_sheet_of_cases_says_where_it_looked(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = book(tmp_path, one=[["title"], ["x"]], two=[["notes"]])
    with pytest.raises(BadFile, match="none of the sheets 'one' and 'two' is one of cases"):
        read(path, vocabulary)


@pytest.mark.parametrize(
    ("value", "text"),
    [(99_999, "99999"), (100_000, "100000"), (123_456_789, "123456789"), (10**14, "1" + "0" * 14)],
)
def test_whole_numbers_keep_their_digits(
    value: int, text: str, rows: Rows, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    (case,) = read(book(tmp_path, cases=changed(rows, "title", value)), vocabulary)
    assert case.findings == []
    assert f'"{text}"@en' in {str(quad.object) for quad in case.quads}


@pytest.mark.parametrize("sort", [inspect_files, sort_out])
def test_what_is_wrong_with_the_cell_of_an_id_is_told_and_nothing_else(
    sort: Callable[[list[Path]], Inspection], rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "twice.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([*rows, rows[1]])
    (twice,) = sort([path]).findings
    assert "the id 'agra' is in row 2 too" in twice.message
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    made.worksheets[0].merge_cells("A2:B2")
    made.save(tmp_path / "merged.xlsx")
    (merged,) = sort([tmp_path / "merged.xlsx"]).findings
    assert merged.message.startswith("A2: these cells are merged (A2:B2)")


@pytest.mark.parametrize("value", [10**15, 12345678901234567890, -(10**15)])
def test_numbers_that_have_lost_digits_are_refused(
    value: int, rows: Rows, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    found = told(
        read(book(tmp_path, cases=changed(rows, "title", value)), vocabulary), Severity.VIOLATION
    )
    assert "a spreadsheet keeps 15 digits of a number; write this one as text" in found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (True, "true"),
        (datetime.date(2020, 1, 2), "2020-01-02"),
        (datetime.time(10, 30), "10:30:00"),
    ],
)
def test_texts_that_are_none_in_the_spreadsheet_are_told(
    value: object, text: str, rows: Rows, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    cases = read(book(tmp_path, cases=changed(rows, "title", value)), vocabulary)
    (warning,) = told(cases, Severity.WARNING)
    assert f"was read as '{text}'" in warning
    typed = changed(rows, "contributed", datetime.date(2026, 11, 22))
    assert read(book(tmp_path, cases=typed), vocabulary)[0].findings == []


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("citations.1.read", "TRUE", "true"),
        ("citations.1.read", "FALSE", "false"),
        ("citations.1.read", "=TRUE()", "true"),
        ("citations.1.read", "1", "true"),
        ("citations.1.read", "0", "false"),
        ("citations.1.read", "yes", "yes"),
        ("start", "2007.0", "2007"),
        ("start", "2007.5", "2007.5"),
        ("contributed", "2026-11-22T00:00:00", "2026-11-22"),
        ("contributed", "2026-11-22 00:00:00", "2026-11-22"),
        ("contributed", "2026-11-22T10:00:00", "2026-11-22T10:00:00"),
        ("countries", "1", "001"),
        ("countries", "02", "002"),
        ("countries", "150", "150"),
        ("countries", "77", "77"),
        ("countries", "0001", "0001"),
        ("title", "1", "1"),
        ("title", "TRUE", "TRUE"),
    ],
)
def test_values_are_told_from_what_spreadsheets_make_of_them(
    column: str, cell: str, value: str, vocabulary: Vocabulary
) -> None:
    found = find_column(column, vocabulary)
    assert found is not None
    assert meant(cell, found, vocabulary) == value


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("007", False),
        ("1e5", False),
        ("March 2020", False),
        ("'68", False),
        ("TRUE", False),
        ("10:30 PM", False),
        ("Agenda 21", True),
        ("May", True),
        ("2020 vision", True),
        ("'tis", True),
        ("true to type", True),
    ],
)
def test_texts_that_a_spreadsheet_would_change_are_quoted(text: str, is_kept: bool) -> None:
    assert guard(text) == (text if is_kept else f"'{text}")
    assert unguard(guard(text)) == text


def test_csv_begins_with_a_byte_order_mark(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (case,) = read(data() / "ontology" / "cases" / "agra.yaml", vocabulary)
    tree = {**tell(case.quads, case.case_id, vocabulary), "title": "Agrá"}
    path = tmp_path / "cases.csv"
    path.write_bytes(b"".join(write_csv(lambda: [tree], vocabulary)))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,title,")
    assert '"Agrá"@en' in {str(quad.object) for quad in read(path, vocabulary)[0].quads}


def test_what_must_be_there_has_a_head_of_another_colour() -> None:
    ontology = Ontology.load()
    made = empty_workbook(ontology, [])
    heads = openpyxl.load_workbook(BytesIO(made)).worksheets[0][1]
    colours = {head.value: head.fill.start_color.rgb for head in heads}
    needed, other = colours["title"], colours["end"]
    assert needed != other
    assert {colours[name] for name in ("id", "countries", "practice.primary")} == {needed}
    assert {colours[name] for name in ("risks", "practice.secondary")} == {other}


def test_the_id_comes_first_and_then_the_kind(vocabulary: Vocabulary) -> None:
    critique = {
        "says": "So it is.",
        "question": "beneficiary",
        "about": "sysg:risk/tokenism",
        "kind": "critique",
        "id": "ours",
    }
    grid = Grid([critique], vocabulary)
    assert [column.name for column in grid.columns][:3] == ["id", "kind", "about"]
