"""``validate --fix``: every file is mended, or it is said which is not (C10)."""

from pathlib import Path

import pytest

from calling import Call
from shelf import copied
from sysgraph.case.compile import tell
from sysgraph.case.read import read
from sysgraph.cli import validate
from sysgraph.files import data
from sysgraph.ontology import Vocabulary
from sysgraph.publish.tables import write_csv

AGRA = data() / "ontology" / "cases" / "agra.yaml"


def test_all_files_are_mended_and_what_is_not_looked_at_is_told(
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(validate, "_MOST_SHOWN", 1)
    paths = []
    for name in ("one", "two", "three"):
        path = tmp_path / f"{name}.yaml"
        text = copied(name, "agra")
        path.write_text(text.replace("confidence: ", "Confidence: ", 1), "utf-8")
        paths.append(path)
    shown = call("validate", *paths)
    assert shown.code == 1
    assert "Repairs are shown of the first 1 of 3 files at fault; --fix mends all." in shown.err
    mended = call("validate", *paths, "--fix")
    assert mended.code == 0
    assert [f"{path}: mended." in mended.err for path in paths] == [True] * 3
    assert "Repairs are shown" not in mended.err


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_tables_are_said_not_to_be_mended(
    ending: str,
    tmp_path: Path,
    vocabulary: Vocabulary,
    call: Call,
) -> None:
    from sysgraph.fill.template import load_guide
    from sysgraph.publish.tables import write_workbook

    (case,) = read(AGRA, vocabulary)
    tree = {**tell(case.quads, case.case_id, vocabulary), "scale": "natonal"}
    path = tmp_path / f"cases.{ending}"
    if ending == "csv":
        path.write_bytes(b"".join(write_csv(lambda: [tree], vocabulary)))
    else:
        path.write_bytes(write_workbook([tree], vocabulary, load_guide(data() / "ontology")))
    before = path.read_bytes()
    done = call("validate", path, "--fix")
    assert done.code == 1
    assert f"{path}: nothing is mended here: only YAML and JSON are mended" in done.err
    assert path.read_bytes() == before
