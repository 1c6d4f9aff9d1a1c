"""``validate --fix``: every file is mended, or it is said which is not (C10)."""

from pathlib import Path

import pytest
import yaml

from calling import Call
from shelf import copied
from sysgraph.case.compile import tell
from sysgraph.case.read import read
from sysgraph.check import inspect_files
from sysgraph.cli import validate
from sysgraph.files import data
from sysgraph.fix import find_repair
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv
from sysgraph.vocabulary import Vocabulary

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
    from sysgraph.publish.tables import write_workbook

    (case,) = read(AGRA, vocabulary)
    tree = {**tell(case.quads, case.case_id, vocabulary), "scale": "natonal"}
    path = tmp_path / f"cases.{ending}"
    if ending == "csv":
        path.write_bytes(b"".join(write_csv(lambda: [tree], vocabulary)))
    else:
        path.write_bytes(write_workbook([tree], Ontology.load()))
    before = path.read_bytes()
    done = call("validate", path, "--fix")
    assert done.code == 1
    assert f"{path}: nothing is mended here: only YAML and JSON are mended" in done.err
    assert path.read_bytes() == before


class _Whole(yaml.SafeDumper):
    """Writes out again what stands there twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def test_a_line_that_many_cases_share_does_not_move_the_repairs_beside_it(tmp_path: Path) -> None:
    wigan = (data() / "ontology" / "cases" / "wigan-deal.yaml").read_text(encoding="utf-8")
    tree = yaml.load(wigan, yaml.BaseLoader)
    facets = dict([*tree["readings"][0]["facets"].items()][:2])
    tree["readings"] = [{**tree["readings"][0], "facets": facets}]
    cases = [{**tree, "id": f"case-{number}"} for number in range(8)]
    shared = "    - facilitative\n"
    right = yaml.dump(cases, Dumper=_Whole, sort_keys=False)
    wrong = right.replace(f"{shared}    why:", f"    - better-leadership\n{shared}    Why:", 1)
    lines = wrong.splitlines()
    # Every case has the line, in a file of more than 200: more than one in a hundred is the same.
    assert right.count(shared) == 8 > len(lines) / 100 > 2
    path = tmp_path / "cases.yaml"
    path.write_text(wrong, encoding="utf-8")
    repair = find_repair(path)
    assert repair is not None
    assert repair.after == right
    told = {found.line: found.repair for found in repair.findings}
    first = lines.index("    - better-leadership") + 1
    assert told[first] == "(take this line out)"
    assert told[first + 2] == lines[first + 1].strip().replace("Why:", "why:")


def test_the_keys_that_name_a_case_are_known_too(tmp_path: Path) -> None:
    right = AGRA.read_text(encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(right.replace("id: agra\n", "ID: agra\nnoise: x\n", 1), encoding="utf-8")
    told = [one.message for one in inspect_files([path]).findings if one.demand == "known-key"]
    assert told[0] == "there is no key 'ID' here; did you mean 'id'?"
    assert told[1].startswith("there is no key 'noise' here (allowed: id, kind, title, ")
    repair = find_repair(path)
    assert repair is not None
    assert repair.after == right.replace("id: agra\n", "id: agra\nnoise: x\n", 1)


@pytest.mark.parametrize(
    ("wrong", "line"), [("confidence: high", ""), ("Confidence: high", "confidence: high")]
)
def test_a_file_in_another_encoding_is_repaired_as_a_whole(
    wrong: str, line: str, tmp_path: Path
) -> None:
    path = tmp_path / "case.yaml"
    right = AGRA.read_text(encoding="utf-8")
    assert "\nconfidence: high\n" in right
    path.write_text(right.replace("confidence: high", wrong, 1), encoding="utf-16")
    repair = find_repair(path)
    assert repair is not None
    assert repair.content.decode() == right
    repairs = {one.demand: one.repair for one in repair.findings}
    assert repairs["encoding"] == "the same text in UTF-8"
    assert repairs.get("known-key", "") == line
