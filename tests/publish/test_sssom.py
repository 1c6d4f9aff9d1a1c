"""The alignments written as an SSSOM table."""

import csv
from pathlib import Path

import pytest
import yaml

from calling import Call
from sysgraph.alignments import ALIGNMENTS
from sysgraph.errors import SysgraphError
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.publish.sssom import write_sssom
from sysgraph.store.local import Store, memory


def rows_of(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if line[:1] != "#"]
    return list(csv.DictReader(lines, delimiter="\t"))


def header_of(text: str) -> dict[str, object]:
    said = yaml.safe_load("\n".join(x[1:] for x in text.splitlines() if x[:1] == "#"))
    assert isinstance(said, dict)
    return said


def test_the_table_that_people_write_comes_back(library: Store) -> None:
    """Names of rows, and labels and types of subjects, are added; nothing is lost."""
    written = (data() / "ontology" / ALIGNMENTS).read_text()
    given = rows_of(written)
    found = rows_of(write_sssom(library).decode())
    key = ("subject_id", "object_id")
    by_key = {tuple(row[name] for name in key): row for row in found}
    assert len(by_key) == len(given)
    for row in given:
        again = by_key[tuple(row[name] for name in key)]
        assert {name: again[name] for name in row} == row
        assert again["record_id"]
        assert again["subject_label"]
    head = header_of(write_sssom(library).decode())
    assert (
        head.items()
        >= {
            **header_of(written),
            "curie_map": head["curie_map"],
            "mapping_set_version": Ontology.load().editions.version,
        }.items()
    )


def test_every_prefix_of_the_table_is_declared(library: Store) -> None:
    text = write_sssom(library).decode()
    names = ("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification")
    used = {row[name].partition(":")[0] for row in rows_of(text) for name in names}
    declared = header_of(text)["curie_map"]
    assert isinstance(declared, dict)
    assert used == set(declared)


def test_a_store_without_reasons_says_so() -> None:
    with pytest.raises(SysgraphError, match="no alignments with reasons"):
        write_sssom(memory())


def test_the_command_writes_alignments_and_nothing_else_so(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "a.sssom.tsv"
    assert call("export", "--format", "sssom", "--output", file).code == 0
    assert rows_of(file.read_text())
    done = call("export", "--format", "sssom", "--what", "cases")
    assert done.code == 2
    assert "sssom holds alignments alone" in done.err
