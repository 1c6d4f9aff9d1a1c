"""All that is wrong with a file is told in one pass, whatever else is wrong with it."""

import csv
import re
from pathlib import Path

import pytest

from calling import Call
from shelf import copied
from sysgraph.errors import cell_name

Rows = list[list[str]]


@pytest.fixture
def rows(tmp_path: Path, call: Call) -> Rows:
    """A table of one sound case: its head, and its row."""
    path = tmp_path / "sound.csv"
    assert call("export", "--case", "wigan-deal", "-o", path).code == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.reader(file)]


def changed(rows: Rows, **cells: str) -> list[str]:
    """The row of the case with some cells written otherwise."""
    return [cells.get(head, cell) for head, cell in zip(*rows, strict=True)]


def written(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def cell(rows: Rows, head: str, row: int) -> str:
    """What a spreadsheet calls the cell below a head."""
    return f":{cell_name(row, rows[0].index(head) + 1)}: {head}: "


@pytest.mark.parametrize("name", ["b.csv", "b.tsv"])
def test_a_row_with_a_wrong_id_hides_nothing(
    name: str, rows: Rows, tmp_path: Path, call: Call
) -> None:
    bad = [
        changed(rows, id="town-1", scale="local; city"),
        changed(rows, id="CSV Town 2", sectors=""),
        changed(rows, id="", countries="Atlantis"),
        changed(rows, id="town-4"),
    ]
    said = call("validate", written(tmp_path / name, [rows[0], *bad]))
    assert said.code == 1
    told = [("scale", 2), ("id", 3), ("sectors", 3), ("countries", 4)]
    assert all(cell(rows, head, row) in said.out for head, row in told), said.out
    assert "row 4: id: the case has no id" in said.out
    assert said.out.count("violation:") == len(told) + 1
    assert "4 cases: does not conform (5 violations" in said.out


def test_a_note_below_the_rows_is_told_once_and_hides_nothing(
    rows: Rows, tmp_path: Path, call: Call
) -> None:
    empty = [""] * (len(rows[0]) - 1)
    notes = [["These are drafts", *empty], [*empty, "and so is this"]]
    bad = [changed(rows, id="town-1", sectors=""), *notes]
    said = call("validate", written(tmp_path / "b.csv", [rows[0], *bad]))
    assert said.code == 1
    assert cell(rows, "sectors", 2) in said.out
    assert "A3: id 'These are drafts'" in said.out
    assert "row 4: the case has no id" in said.out
    assert "1 case: does not conform (3 violations" in said.out


def test_a_text_among_cases_in_yaml_hides_nothing(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "b.yaml"
    path.write_text("- my cases\n- id: my-town\n  scale: locl\n", encoding="utf-8")
    said = call("validate", path)
    assert said.code == 2
    assert "b.yaml:1:3: a case is written as 'key: value' lines" in said.out
    assert "b.yaml:3:3: scale: " in said.out


def test_two_files_without_an_id_are_not_taken_for_one_case(tmp_path: Path, call: Call) -> None:
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in paths:
        path.write_text("scale: local\n", encoding="utf-8")
    said = call("validate", *paths)
    assert said.code == 1
    assert said.out.count("the case has no id") == 2
    assert "name one of the files" not in said.out


def test_two_values_of_a_facet_are_told_once_where_they_stand(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "town.yaml"
    text = copied("town", "wigan-deal")
    value = next(line for line in text.splitlines() if line == "      value: incumbents")
    wrong = text.replace(value, "      value: [incumbents, movement]", 1)
    path.write_text(wrong, encoding="utf-8")
    said = call("validate", path)
    line = wrong.splitlines().index("      value: [incumbents, movement]") + 1
    assert said.code == 1
    assert said.out.count("violation:") == 1
    assert f":{line}:7: readings.1.facets.purpose-origin.value: " in said.out


def test_two_parts_of_a_reading_for_one_facet_are_told_each_at_its_own(
    tmp_path: Path, call: Call
) -> None:
    path = tmp_path / "one.ttl"
    assert call("export", "--case", "wigan-deal", "--bare", "-o", path).code == 0
    text = path.read_text(encoding="utf-8")
    before, part, after = text.partition("readings/1/facets/stakes> sysg:hasConfidence")
    other = re.sub(r"value:stakes-[\w-]+", "value:agreement-coercive", after, count=1)
    path.write_text(before + part + other, encoding="utf-8")
    said = call("validate", path)
    assert said.code == 1
    told = re.findall(r"one.ttl:(\d+): readings.1.facets.*sees one value of a facet", said.out)
    lines = path.read_text(encoding="utf-8").splitlines()
    parts = [lines[int(line) - 1].split()[0] for line in told]
    assert sorted(part.rpartition("/")[2] for part in parts) == ["agreement>", "stakes>"]


@pytest.mark.parametrize(
    ("head", "cell_text", "told"),
    [
        ("countries", "GB, FR", "several in a cell stand apart by ';': GB; FR\n"),
        ("countries", "United Kingdom, France", "stand apart by ';': GB; FR\n"),
        ("scale", "Local ", "Here stands 'Local'; did you mean 'local'?\n"),
        ("scale", "a village", "Here stands 'a village'.\n"),
    ],
)
def test_a_cell_that_will_not_do_says_what_to_write(
    head: str, cell_text: str, told: str, rows: Rows, tmp_path: Path, call: Call
) -> None:
    bad = changed(rows, **{"id": "town-1", head: cell_text})
    said = call("validate", written(tmp_path / "b.csv", [rows[0], bad]))
    assert said.code == 1
    assert cell(rows, head, 2) in said.out
    assert told in said.out


def test_several_in_a_cell_are_not_offered_where_one_is_none(
    rows: Rows, tmp_path: Path, call: Call
) -> None:
    bad = changed(rows, id="town-1", countries="GB, no such land")
    said = call("validate", written(tmp_path / "b.csv", [rows[0], bad]))
    assert "is not known here" in said.out
    assert "stand apart" not in said.out


def test_a_value_beside_a_list_says_what_to_write(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "town.yaml"
    text = copied("town", "wigan-deal")
    wrong = text.replace("countries:\n- GB\n", "countries: UK\n- FR\n")
    assert wrong != text
    path.write_text(wrong, encoding="utf-8")
    said = call("validate", path)
    assert said.code == 1
    assert "write 'countries:' alone, and each value below it after a dash; this line" in said.out
    assert "did not find" not in said.out


def test_what_comes_next_of_a_draft_is_what_keeps_it_out(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "town.yaml"
    text = copied("town", "wigan-deal").replace("countries:\n- GB\n", "") + "draft: true\n"
    path.write_text(text, encoding="utf-8")
    waiting = call("validate", path).out.splitlines()[-1]
    assert "next: Every case names where in the world it was." in waiting
    path.write_text(text.replace("scale: local", "scale: village"), encoding="utf-8")
    kept_out = call("validate", path).out.splitlines()[-1]
    assert kept_out.startswith("draft town: ")
    assert "next: mend what is violated" in kept_out


def test_a_load_tells_each_of_many_findings_once(tmp_path: Path, call: Call) -> None:
    path, place = tmp_path / "town.yaml", tmp_path / "store"
    text = copied("town", "wigan-deal").replace("confidence: high", "confidence: sure")
    path.write_text(text.replace("scale: local", "scale: village"), encoding="utf-8")
    said = call("load", path, "--store", place)
    assert said.code == 1
    told = [line.partition(": ")[2] for line in said.out.splitlines() if ".yaml:" in line]
    assert len(told) > 10
    assert len(told) == len({*told})
    assert "By kind:" in said.out
    assert "first" not in said.out


def test_what_another_repair_mends_names_its_lines(tmp_path: Path, call: Call) -> None:
    path = tmp_path / "town.yaml"
    text = copied("town", "wigan-deal").replace("scale: local", "scale: [Local]")
    wrong = text.replace("  primary:", "  primry:")
    path.write_text(wrong, encoding="utf-8")
    lines = [
        at for at, line in enumerate(wrong.splitlines(), 1) if line[:7] in ("scale: ", "  primr")
    ]
    assert f"repair: goes with the repair of lines {lines[0]} and {lines[1]}\n" in (
        call("validate", path).out
    )
