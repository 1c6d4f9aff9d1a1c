"""The closed vocabulary: what is kept of it is all of it, in the same types and order."""

import shutil
from dataclasses import fields
from pathlib import Path

from sysgraph.ontology import Ontology
from sysgraph.vocabulary import Vocabulary, freeze_vocabulary, thaw_vocabulary


def told(vocabulary: Vocabulary) -> dict[str, object]:
    own = {one.name: getattr(vocabulary, one.name) for one in fields(vocabulary)}
    critiques = own.pop("critiques")
    return own | ({"critiques": told(critiques)} if critiques else {})


def test_a_vocabulary_that_is_kept_is_the_same(tmp_path: Path) -> None:
    shipped = Ontology.load().folder
    elsewhere = tmp_path / "ontology"
    shutil.copytree(shipped, elsewhere)
    made = Ontology(elsewhere).vocabulary  # nothing is kept of another folder
    held = freeze_vocabulary(made)
    assert told(thaw_vocabulary(held)) == told(made)
    assert list(thaw_vocabulary(held).known) == list(made.known)
    assert freeze_vocabulary(thaw_vocabulary(held)) == held
    assert told(Ontology(shipped).vocabulary) == told(made)
