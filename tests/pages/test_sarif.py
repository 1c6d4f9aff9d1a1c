"""``validate --format sarif``: every finding once, with its rule, its place and its repair."""

import json
from pathlib import Path
from typing import Any

import pytest

from calling import Call
from faults.corpus import seeds
from shelf import copied
from sysgraph.errors import Finding, Severity
from sysgraph.pages.sarif import findings_sarif

CASE = copied("my-case", "nuka")
FAULTY = CASE.replace("scale: ", "scale: x-", 1).replace("title: ", "titel: ", 1)


def log_of(said: str) -> dict[str, Any]:
    """The one run of a log."""
    log = json.loads(said)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return dict(run)


def place_of(result: dict[str, Any]) -> tuple[str, int, int | None]:
    (location,) = result["locations"]
    place = location["physicalLocation"]
    region = place["region"]
    return place["artifactLocation"]["uri"], region["startLine"], region.get("startColumn")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_finding_is_one_result_with_its_place(here: Path, call: Call) -> None:
    (here / "my case.yaml").write_text(FAULTY, "utf-8")
    (here / "cut.nq").write_text("<a b .", "utf-8")
    files = ("my case.yaml", "cut.nq", "none.yaml")
    told = call("validate", *files, "--format", "json")
    said = call("validate", *files, "--format", "sarif")
    findings = json.loads(told.out)["findings"]
    results = log_of(said.out)["results"]
    assert told.code == said.code == 2
    assert [(r["ruleId"], *place_of(r)) for r in results] == [
        (f["demand"], f["file"].replace(" ", "%20"), f["line"], f["column"]) for f in findings
    ]
    assert [r["level"] == "error" for r in results] == [
        f["severity"] == "violation" for f in findings
    ]
    assert len(findings) > 3


def test_a_file_that_is_not_there_is_a_result(here: Path, call: Call) -> None:
    done = call("validate", "none.yaml", "--format", "sarif")
    (result,) = log_of(done.out)["results"]
    assert (done.code, result["ruleId"], place_of(result)) == (
        2,
        "readable",
        ("none.yaml", 1, None),
    )


def test_where_nothing_is_wrong_there_is_no_result() -> None:
    run = log_of(findings_sarif([]))
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_fingerprints_stay_when_lines_move(here: Path, call: Call) -> None:
    path = here / "my.yaml"
    found = []
    for text in (FAULTY, f"# A remark.\n\n{FAULTY}"):
        path.write_text(text, "utf-8")
        results = log_of(call("validate", "my.yaml", "--format", "sarif").out)["results"]
        found.append([(r["partialFingerprints"], place_of(r)[1]) for r in results])
    before, after = found
    assert [print_ for print_, _ in before] == [print_ for print_, _ in after]
    assert [line + 2 for _, line in before] == [line for _, line in after]
    assert len({print_["primaryLocationLineHash"] for print_, _ in before}) == len(before) > 1


def test_what_cannot_be_told_apart_is_counted() -> None:
    twice = [Finding(message="no", demand="syntax", file="a.yaml", line=n) for n in (1, 2)]
    first, second = log_of(findings_sarif(twice))["results"]
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in (first, second)]
    assert [print_.partition(":")[2] for print_ in prints] == ["1", "2"]
    assert len({print_.partition(":")[0] for print_ in prints}) == 1


def mended(text: str, fix: dict[str, Any]) -> str:
    """A text with the replacements of a fix, which count lines and columns from 1."""
    (change,) = fix["artifactChanges"]
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_fix_does_what_the_repair_does(ending: str, here: Path, call: Call) -> None:
    path = here / "my.yaml"
    lines = CASE.replace("scale: ", "Scale: ", 1).splitlines()
    lines.remove(next(line for line in lines if line.startswith("confidence: ")))
    text = ending.join([*lines, "confidense: high"])  # no line end at the end
    path.write_bytes(text.encode())
    results = log_of(call("validate", "my.yaml", "--format", "sarif").out)["results"]
    (fix,) = [fix for result in results for fix in result.get("fixes", ())]
    call("validate", "my.yaml", "--fix")
    assert mended(text, fix).encode() == path.read_bytes()
    assert "confidence: high" in path.read_text("utf-8")


def test_a_cell_has_no_column_of_characters() -> None:
    finding = Finding(message="no", demand="cell", file="a.csv", line=7, column=4, cell="D7")
    (result,) = log_of(findings_sarif([finding]))["results"]
    assert place_of(result) == ("a.csv", 7, None)
    assert result["properties"]["cell"] == "D7"


def test_levels_are_those_of_code_scanning() -> None:
    found = [
        Finding(message="no", demand="literal", file="a.yaml"),
        Finding(message="no", demand="literal", file="a.yaml", severity=Severity.WARNING),
        Finding(message="no", demand="literal", file="a.yaml"),
    ]
    results = log_of(findings_sarif(found, [False, False, True]))["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note"]


def test_braces_are_no_arguments_and_no_line_is_broken() -> None:
    finding = Finding(message="a {0}\nb\x1b", demand="literal", file="a.yaml", field="x")
    (result,) = log_of(findings_sarif([finding]))["results"]
    assert result["message"] == {"text": "x: a {{0}} b"}


def test_a_rule_says_what_is_demanded() -> None:
    found = [Finding(message="no", demand=name) for name in ("shape:Citation-address", "readable")]
    shape, reading = log_of(findings_sarif(found))["tool"]["driver"]["rules"]
    assert shape["name"] == "ShapeCitationAddress"
    assert shape["shortDescription"] == {"text": "A citation should have an address."}
    assert shape["helpUri"] == "https://w3id.org/sysgraph/shape/Citation-address"
    assert shape["defaultConfiguration"] == {"level": "warning"}
    assert reading["help"]["text"] == (
        "The file is not there, too large, or of a kind that is not read."
        " What each finding says: docs/errors.md."
    )


def test_a_rule_of_reasoning_is_told_too() -> None:
    (rule,) = log_of(findings_sarif([Finding(message="no", demand="cax-dw")]))["tool"]["driver"][
        "rules"
    ]
    assert rule["shortDescription"] == {
        "text": "What follows contradicts itself, by the rule cax-dw."
    }


@pytest.mark.slow
def test_each_check_of_the_reading_is_told() -> None:
    names = {seed.demand for seed in seeds() if seed.demand and ":" not in seed.demand}
    found = [Finding(message="no", demand=name) for name in sorted(names)]
    rules = log_of(findings_sarif(found))["tool"]["driver"]["rules"]
    unknown = [one["id"] for one in rules if "by the rule" in one["fullDescription"]["text"]]
    assert len(rules) > 5
    assert unknown == []
