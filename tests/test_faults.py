"""The corpus of seeded faults: every finding at the spot, every repair right and harmless."""

from collections import Counter
from pathlib import Path

import pytest

from faults.corpus import seeds, several, slashed
from faults.measure import Measured, fast_shapes, measure, table
from shelf import CASES
from sysgraph.check import check_shapes, inspect_files
from sysgraph.fix import key_of

pytestmark = pytest.mark.slow  # each of some thousand files is checked, mended and checked again


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Measured]:
    folder = tmp_path_factory.mktemp("faults")
    return [measure(seed, folder, fast_shapes) for seed in seeds()]


def at_fault(results: list[Measured]) -> list[Measured]:
    return [one for one in results if not one.seed.is_harmless]


def test_the_corpus_is_large_and_always_the_same(measured: list[Measured]) -> None:
    faults = at_fault(measured)
    assert len(faults) >= 600
    assert {one.seed.case for one in faults} == {path.stem for path in CASES}
    assert min(Counter(one.seed.kind for one in faults).values()) >= 2
    seeds.cache_clear()
    assert [one.data for one in seeds() if one.name.endswith(".yaml")] == [
        one.seed.data for one in measured if one.seed.name.endswith(".yaml")
    ]


def test_findings_name_the_right_line_or_cell(measured: list[Measured]) -> None:
    faults = at_fault(measured)
    assert sum(one.is_at_spot for one in faults) >= 0.98 * len(faults), table(measured)
    assert sum(one.is_named for one in faults) >= 0.98 * len(faults), table(measured)


def test_no_finding_is_without_a_place(measured: list[Measured]) -> None:
    assert [one.told for one in measured if one.unlocated] == []


def test_repairs_make_files_valid_where_they_are_evident(measured: list[Measured]) -> None:
    evident = [one for one in at_fault(measured) if one.seed.is_evident]
    assert len(evident) > 500
    assert sum(one.is_mended for one in evident) >= 0.9 * len(evident), table(measured)
    assert sum(one.is_as_meant for one in evident) >= 0.9 * len(evident), table(measured)


def test_no_repair_breaks_another_demand(measured: list[Measured]) -> None:
    assert [one.seed.kind for one in measured if one.breaks] == []


def test_nothing_is_guessed_where_nothing_is_evident(measured: list[Measured]) -> None:
    guessed = [one.seed.kind for one in measured if one.is_mended and not one.seed.is_evident]
    assert guessed == []


def test_what_only_looks_wrong_passes(measured: list[Measured]) -> None:
    harmless = [one for one in measured if one.seed.is_harmless]
    assert len(harmless) > 20
    assert [one.told for one in harmless if one.findings] == []


def test_several_faults_in_a_file_are_told_in_one_pass(tmp_path: Path) -> None:
    told = mended = 0
    files = several(40)
    for seed, parts in files:
        found = measure(seed, tmp_path, fast_shapes)
        told += all(part.lines & set(found.lines) for part in parts)
        mended += found.is_as_meant
        assert not found.breaks
    assert told >= 0.95 * len(files)
    assert mended >= 0.9 * len(files)


def test_blind_edits_are_told_in_their_place_and_no_repair_breaks_anything(tmp_path: Path) -> None:
    for seed in slashed(100):
        found = measure(seed, tmp_path, fast_shapes)
        assert found.unlocated == 0
        assert found.breaks == 0


def test_pyshacl_finds_the_same_as_the_fast_engine(tmp_path: Path) -> None:
    for seed in seeds()[::25]:
        path = tmp_path / seed.name
        path.write_bytes(seed.data)
        fast = inspect_files([path], shapes=fast_shapes).findings
        slow = inspect_files([path], shapes=check_shapes).findings
        assert Counter(map(key_of, fast)) == Counter(map(key_of, slow)), seed.kind
