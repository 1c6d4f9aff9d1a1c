"""The folder of questions as grlc reads it: its own loader, its own reader, its own filling in."""

import json
from pathlib import Path
from typing import Any

import pytest

from answers import CASES, called, table
from others.running import HERE, needed, others, program, run
from sysgraph.pages.rows import rows_csv
from sysgraph.publish.questions import write_grlc
from sysgraph.query import catalogue, things_of
from sysgraph.store.local import LocalStore

pytestmark = [others, needed]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, world: LocalStore) -> Any:
    """What grlc says of the folder, and how it fills in each question of ``tests/queries``."""
    folder = tmp_path_factory.mktemp("grlc") / "questions"
    write_grlc(world, folder)
    asked = [(called(path)[0].name, given(path, world)) for path in CASES]
    command = (program("python"), str(HERE / "grlc_asked.py"), str(folder))
    return json.loads(run(*command, given=json.dumps(asked)))


def given(path: Path, world: LocalStore) -> dict[str, str]:
    """Return arguments as a web address has them: things by their whole IRI."""
    query, arguments = called(path)
    kinds = {each.name: each.of for each in query.parameters}
    return {
        name: things_of(kind, world)[value] if (kind := kinds[name]) else value
        for name, value in arguments.items()
    }


def test_grlc_serves_every_question_without_a_warning(said: Any) -> None:
    assert said["warnings"] == []
    assert said["title"] == "Questions to the sysgraph knowledge graph"
    served = {each["call_name"].strip("/"): each for each in said["operations"]}
    assert set(served) == set(catalogue())
    for name, query in catalogue().items():
        assert served[name]["summary"] == query.summary
        assert served[name]["tags"] == list(query.tags)
        names = {each["name"] for each in served[name]["params"]} - {"endpoint"}
        assert names == {each.name for each in query.parameters}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_grlc_sends_gives_the_same_rows(path: Path, said: Any, world: LocalStore) -> None:
    text = said["filled"][CASES.index(path)]
    assert table(rows_csv(world.select(text))) == table(path.read_text())
