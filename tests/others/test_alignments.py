"""The alignments, judged by the tools of those who made SSSOM."""

import csv
from pathlib import Path

import pytest

from others.running import needed, others, program, run
from sysgraph.files import data
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.publish.sssom import write_sssom
from sysgraph.rdf import Format
from sysgraph.store.local import Store

pytestmark = [others, needed]


def rows_of(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if line[:1] != "#"]
    found = csv.DictReader(lines, delimiter="\t")
    return sorted(found, key=lambda row: row["record_id"])


@pytest.mark.parametrize("written", ["by people", "by export"])
def test_sssom_finds_the_table_valid(library: Store, tmp_path: Path, written: str) -> None:
    file = tmp_path / "alignments.sssom.tsv"
    source = data() / "ontology" / file.name
    file.write_bytes(source.read_bytes() if written == "by people" else write_sssom(library))
    run(program("sssom"), "validate", str(file))


@pytest.mark.parametrize("syntax", ["tsv", "rdf"])
def test_sssom_reads_table_and_graph_alike(library: Store, tmp_path: Path, syntax: str) -> None:
    table = write_sssom(library)
    given, then = tmp_path / f"given.{syntax}", tmp_path / "then.tsv"
    given.write_bytes(table if syntax == "tsv" else export(library, Format.TURTLE, What.ALIGNMENTS))
    run(program("sssom"), "parse", "-I", syntax, str(given), "-o", str(then))
    assert rows_of(then.read_text()) == rows_of(table.decode())
