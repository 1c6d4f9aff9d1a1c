"""Tables of others, read as registered: figures worked out by hand over made-up rows, and refusals.

All rows, columns and codes here are made up. None is from a database.
"""

import hashlib
import json
from pathlib import Path

import openpyxl
import pytest

from calling import Call
from sysgraph.advice.frame import Frame
from sysgraph.files import data
from sysgraph.record.external import read_columns, read_table
from sysgraph.record.outcomes import Lots
from sysgraph.record.outside import External, work_out
from sysgraph.record.registered import registration

COLUMNS = """\
database: scape
missing: [-99, NA]
columns:
  case: MADE_UP
  involvement: {column: INV, lowest: 0, highest: 4}
  communication: {column: COM, lowest: 0, highest: 4}
  delegation: {column: DEL, lowest: 0, highest: 4}
  initiator: {column: WHO, words: {1: authority, 2: sponsor, 3: agreed, 4: uninvited}}
  conflict: {column: CON, lowest: 0, highest: 4}
  acceptance: {column: ACC, lowest: -2, highest: 2}
  results: {column: RES, lowest: 4, highest: 0}
"""
HEAD = "MADE_UP,INV,COM,DEL,WHO,CON,ACC,RES\n"


def files(folder: Path, *rows: str, columns: str = COLUMNS, head: str = HEAD) -> tuple[Path, Path]:
    table, told = folder / "made-up.csv", folder / "columns.yaml"
    table.write_text(head + "".join(f"{row}\n" for row in rows))
    told.write_text(columns)
    return table, told


def figures(folder: Path, frame: Frame, *rows: str) -> External:
    table, told = files(folder, *rows)
    columns = read_columns(told, registration())
    return work_out(columns, read_table(table, columns), registration(), frame, Lots(0, 100, 0))


MODES = {
    "one,4,4,4,2,0,0,0": "externally-driven",
    "one,0,0,0,4,0,0,0": "organic",
    "one,0,2.33,3,1,0,0,0": "facilitative",
    "one,0,4,1.67,,0,0,0": "better-leadership",
    "one,3,0,1,3,0,0,0": "better-leadership",
}


@pytest.mark.parametrize("row", MODES)
def test_a_mode_maps_to_its_type(row: str, tmp_path: Path, frame: Frame) -> None:
    assert figures(tmp_path, frame, row).types == {MODES[row]: 1}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("one,0,0,0,1,0,0,0", "decided by the authority alone"),
        ("one,0,NA,4,1,0,0,0", "not known: communication"),
        ("one,,,4,1,0,0,0", "not known: involvement, communication"),
        ("one,4,2,4,1,0,0,0", "no mode holds"),
    ],
)
def test_a_case_without_a_type_is_told_with_the_reason(
    row: str, why: str, tmp_path: Path, frame: Frame
) -> None:
    found = figures(tmp_path, frame, row)
    assert (found.types, found.untyped, found.cases) == ({}, {why: (2,)}, 1)
    assert found.recovery.cases == 0


ALIKE = [f"f{at},4,4,4,3,0,2,{4 if at else 0}" for at in range(3)]
ALONE = [f"b{at},4,4,0,1,4,-1,{0 if at else 4}" for at in range(3)]
REST = ["a,0,0,0,1,0,0,0", "n,4,2,4,1,0,2,NA"]


def test_figures_worked_out_by_hand(tmp_path: Path, frame: Frame) -> None:
    found = figures(tmp_path, frame, *ALIKE, *ALONE, *REST)
    assert found.types == {"facilitative": 3, "better-leadership": 3}
    accepted, results = found.outcomes
    # Three of the first kind and the last; the middle of the scale is not met.
    assert (accepted.test, accepted.met.count, accepted.met.of) == ("led", 4, 8)
    # On this scale 0 is best: one of the first, two of the second, and the one alone.
    assert (results.test, results.met.count, results.met.of) == ("working", 4, 7)
    by_type = {kind: (share.count, share.of) for kind, share in results.by_type.items()}
    assert by_type == {"facilitative": (1, 3), "better-leadership": (2, 3)}
    # Accepted without results: two of the first. With results, not accepted: two, and one alone.
    assert (found.without_results.count, found.without_results.of) == (2, 7)
    assert (found.without_acceptance.count, found.without_acceptance.of) == (3, 7)
    # Of five others two went as this one: 2/5. Both of its type did, and two more at 2/5:
    # (2 + 4/5) / 4 = 7/10. So wrong by 3/10 where the base rate is wrong by 3/5.
    skill = accepted.skills["type"]
    assert (skill.brier, skill.base, skill.skill) == pytest.approx((0.09, 0.36, 0.75))
    assert skill.cases == 6


def test_what_also_gives_the_type_is_left_out_once(tmp_path: Path, frame: Frame) -> None:
    found = figures(tmp_path, frame, *ALIKE)
    assert found.circular == ("purpose-origin",)
    # With conflict alone known, too little is for a front: all types are alike, as by chance.
    assert (found.silent_apart, found.apart.hits, found.apart.chance) == (3, 1, 1)


def test_a_workbook_is_read_as_the_same_table(tmp_path: Path) -> None:
    table, told = files(tmp_path, *ALIKE, *REST)
    columns = read_columns(told, registration())
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("made up")
    for line in table.read_text().splitlines():
        cells = line.split(",")
        sheet.append([float(c) if c.strip("-").isdigit() else c for c in cells])
    book.save(tmp_path / "made-up.xlsx")
    assert read_table(tmp_path / "made-up.xlsx", columns).cases == read_table(table, columns).cases


def test_every_form_has_the_figures_and_the_digests(tmp_path: Path, call: Call) -> None:
    table, told = files(tmp_path, *ALIKE, *ALONE, *REST)
    words = ("backtest", "--external", table, "--columns", told)
    texts = {form: call(*words, "--format", form).out for form in ("text", "markdown", "json")}
    found = json.loads(texts["json"])
    registered = data() / "ontology" / "external" / "registered.yaml"
    assert found["digests"]["mapping"] == hashlib.sha256(registered.read_bytes()).hexdigest()
    assert found["digests"]["table"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert found["digests"]["columns"] == hashlib.sha256(told.read_bytes()).hexdigest()
    assert found["rows_without_type"] == {
        "decided by the authority alone": [8],
        "no mode holds": [9],
    }
    for form in ("text", "markdown"):
        said = " ".join(texts[form].split())
        assert all(digest in said for digest in found["digests"].values())
        assert "accepted without results: 2 of 7 = 29%" in said
        assert "+75.0% (+" in said
        assert "in an issue of the repository" in said
        assert found["date"] in said


def test_a_table_without_a_mapped_case_is_told_too(tmp_path: Path, call: Call) -> None:
    table, told = files(tmp_path, *REST)
    done = call("backtest", "--external", table, "--columns", told)
    assert done.code == 0
    assert "No case maps to a type" in done.out


def test_all_cells_that_cannot_be_read_are_told_at_once(tmp_path: Path, call: Call) -> None:
    table, told = files(tmp_path, "one,4,much,4,1,0,9,0", "two,4,4,4,7,nan,2,0")
    done = call("backtest", "--external", table, "--columns", told)
    assert (done.code, done.out) == (2, "")
    for said in (
        ":C2: COM (communication): 'much' is no number from 0 to 4;",
        ":G2: ACC (acceptance): '9' is no number from -2 to 2;",
        ":E3: WHO (initiator): '7' is none of 1, 2, 3, 4;",
        ":F3: CON (conflict): 'nan' is no number from 0 to 4;",
    ):
        assert said in done.err
    assert done.err.count("list it under 'missing'") == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scape", "escape", "3 'escape'"),
        ("database: scape", "databse: scape", "it names no database"),
        ("missing:", "mising:", ":2: 'mising' has no meaning here; did you mean 'missing'?"),
        ("missing: [-99, NA]", "missing: {a: b}", ":2: write a list of what stands for"),
        ("  conflict", "  conflct", ":9: 'conflct' has no meaning here; did you mean 'conflict'?"),
        ("  involvement: {column: INV, lowest: 0, highest: 4}\n", "", "no column holds 'involv"),
        ("INV, lowest: 0, highest: 4", "INV, lowest: 4, highest: 4", ":5: 'involvement' is on a"),
        ("INV, lowest: 0, ", "INV, lowest: least, ", ":5: 'involvement' is on a scale"),
        ("INV, lowest: 0, ", "INV, low: 0, lowest: 0, ", ":5: 'low' has no meaning here"),
        ("{column: INV, lowest: 0, highest: 4}", "INV", ":5: 'involvement' names no column"),
        ("2: sponsor", "2: king", ":8: 'king' is none of authority, sponsor"),
        ("{1: authority, 2: sponsor, 3: agreed, 4: uninvited}", "many", ":8: 'initiator' has"),
    ],
)
def test_a_file_of_columns_that_is_wrong_is_refused(
    old: str, new: str, said: str, tmp_path: Path, call: Call
) -> None:
    assert old in COLUMNS
    said = said.replace("3 'escape'", ":1: 'escape' is not registered")
    table, told = files(tmp_path, *ALIKE, columns=COLUMNS.replace(old, new, 1))
    done = call("backtest", "--external", table, "--columns", told)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize("text", ["- a\n", "database: scape\ncolumns: many\n"])
def test_what_is_no_file_of_columns_is_refused(text: str, tmp_path: Path, call: Call) -> None:
    table, told = files(tmp_path, *ALIKE, columns=text)
    done = call("backtest", "--external", table, "--columns", told)
    assert done.code == 2
    assert "columns" in done.err


def test_a_table_without_a_column_is_refused(tmp_path: Path, call: Call) -> None:
    head = HEAD.replace("INV", "INVO").replace("DEL", "COM")
    table, told = files(tmp_path, *ALIKE, head=head)
    done = call("backtest", "--external", table, "--columns", told)
    assert done.code == 2
    assert "'INV' (involvement) is not in the first row; did you mean 'INVO'?" in done.err
    assert "'COM' (communication) stands twice" in done.err
    assert "'DEL' (delegation) is not in the first row" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--external", "TABLE"), "give both"),
        (("--columns", "COLUMNS"), "give both"),
        (("--external", "TABLE", "--columns", "COLUMNS", "--by", "region"), "leave them out"),
        (("--external", "TABLE", "--columns", "COLUMNS", "--only-independent"), "leave them out"),
        (("--external", "COLUMNS", "--columns", "COLUMNS"), "this is no table"),
        (("--external", "none.csv", "--columns", "COLUMNS"), "there is no such file"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, call: Call
) -> None:
    named = dict(zip(("TABLE", "COLUMNS"), map(str, files(tmp_path, *ALIKE)), strict=True))
    done = call("backtest", *(named.get(word, word) for word in words))
    assert done.code == 2
    assert said in done.err


def test_the_registration_names_what_the_frame_knows(frame: Frame) -> None:
    for database in registration().databases.values():
        assert {mode.type for mode in database.modes if mode.type} <= {*frame.types}
        outcomes = [each.outcome for each in database.concepts.values() if each.outcome]
        assert outcomes == [*frame.tests]
        asked = {name for mode in database.modes for name in mode.when}
        assert asked <= {*database.concepts}
        for reading in database.readings:
            values = {value.id for value in frame.facets[reading.facet].values.values()}
            assert {*reading.values.values()} <= values
            concept = database.concepts[reading.concept]
            words = ("high", "middle", "low") if concept.kind == "scale" else concept.words
            assert {*reading.values} <= {*words}
