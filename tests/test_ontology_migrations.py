"""What was withdrawn says what stands in its place, and a query brings data of old along."""

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.rdf import parse_header
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE, PREFIXES, compact
from sysgraph.vocabulary import Vocabulary, nearest_words

MIGRATIONS = sorted((data() / "ontology" / "migrations").glob("*.ru"))
EXAMPLES = Path(__file__).parent / "migrations"


def stored(file: Path) -> ox.Store:
    found = ox.Store()
    found.load(file.read_bytes(), ox.RdfFormat.TRIG)
    return found


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_each_migration_turns_what_is_given_into_what_follows(path: Path) -> None:
    given, then = (stored(EXAMPLES / path.stem / f"{name}.trig") for name in ("given", "then"))
    assert set(given) != set(then)
    for _ in range(2):  # to run it again changes nothing more
        given.update(path.read_text())
        assert set(given) == set(then)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_each_migration_says_in_words_what_it_does(path: Path) -> None:
    keys = {"summary", "description", "since"}
    assert set(parse_header(path.read_text(), path.name, keys)) == keys


def test_each_term_that_was_withdrawn_has_its_successor_and_its_migration() -> None:
    ontology = Ontology.load()
    assert ontology.replaced
    names = {path.stem for path in MIGRATIONS}
    assert names == {compact(old).replace(":", "-") for old in ontology.replaced}
    assert names == {folder.name for folder in EXAMPLES.iterdir()}
    for new in ontology.replaced.values():
        assert ontology.vocabulary.knows(new)
        assert new not in ontology.replaced


def test_what_was_withdrawn_is_of_no_class_and_takes_part_in_nothing(library: Store) -> None:
    for old in Ontology.load().replaced:
        assert not Ontology.load().vocabulary.knows(old)
        rows = library.select(f"SELECT ?s ?p WHERE {{ ?s ?p <{old}> }}").rows
        assert rows == ()
        kinds = library.select(f"SELECT ?kind WHERE {{ <{old}> a ?kind }}").texts()
        assert [row["kind"] for row in kinds] == [f"{PREFIXES['owl']}NamedIndividual"]


def test_a_contribution_with_an_old_term_is_told_the_new_one(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    old, new = f"{NAMESPACE}risk/long-ago", f"{NAMESPACE}risk/tokenism"
    text = (data() / "ontology" / "cases" / "bristol-pound.yaml").read_text()
    assert "\nrisks:\n" in text
    case = tmp_path / "case.yaml"
    case.write_text(text.replace("\nrisks:\n", "\nrisks:\n- long-ago\n", 1))
    (found,) = read(case, replace(vocabulary, replaced={old: new}))
    (told,) = found.findings
    assert told.message.startswith("'long-ago' is not known here; did you mean 'tokenism'?")


def test_what_was_withdrawn_is_nearest_to_its_successor_also_of_another_kind() -> None:
    vocabulary = Ontology.load().vocabulary
    base, old = PREFIXES["caution"], "leaders-without-standing"
    assert nearest_words(vocabulary, base, old) == ["gate:leaders-not-accepted"]
