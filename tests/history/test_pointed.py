"""A critique or a case that points to what is not there is warned of, with what is meant."""

from pathlib import Path

import pytest

from calling import Call
from shelf import copied
from sysgraph import library
from sysgraph.case.read import read
from sysgraph.errors import Finding, Severity
from sysgraph.history.pointed import lost_pointers
from sysgraph.intake import load_files
from sysgraph.vocabulary import Vocabulary
from test_intake_critiques import OBJECTION, SPONSOR


def objection(target: str) -> str:
    return OBJECTION.replace(SPONSOR, target)


def told(folder: Path, vocabulary: Vocabulary, *texts: str) -> list[Finding]:
    """What is told of files with such texts, the shipped library being the store."""
    found = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        found += read(path, vocabulary, critiques=True)
    return lost_pointers(found, [], library.load)


@pytest.mark.parametrize(
    ("target", "near"),
    [
        ("sysg:case/wigan-dael", "there is no case 'wigan-dael' in the shipped library, nor in"),
        ("sysg:case/wigan-dael/practice", "did you mean 'sysg:case/wigan-deal'?"),
        ("sysg:case/wigan-deal/practise", "the case 'wigan-deal' has no part 'practise'; did you"),
        ("sysg:case/wigan-deal/practise", "mean 'sysg:case/wigan-deal/practice'?"),
        ("sysg:critique/sponsor-first", "this points to itself"),
        ("sysg:critique/quite-another", "no critique 'quite-another'"),
        ("sysg:critique/quite-another", "correct the name, or load it as well"),
        ("sysg:critique/sponsor-frst", "correct the name"),  # itself is not meant
    ],
)
def test_what_is_not_there_is_told_with_its_place(
    target: str, near: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    (finding,) = told(tmp_path, vocabulary, objection(target))
    assert near in finding.message
    assert (finding.line, finding.field, finding.severity) == (3, "about", Severity.WARNING)


@pytest.mark.parametrize(
    "target",
    [
        "sysg:case/wigan-deal",
        "sysg:case/wigan-deal/practice",
        "sysg:case/my-own/practice",
        "sysg:critique/reply",
        "sysg:risk/tokenism",
        SPONSOR,
    ],
)
def test_what_is_there_or_comes_along_is_not_told(
    target: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    reply = objection("sysg:critique/sponsor-first").replace("id: sponsor-first", "id: reply")
    assert told(tmp_path, vocabulary, objection(target), copied("my-own"), reply) == []


def test_a_case_that_is_superseded_and_not_there_is_told_at_its_value(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    text = f"{copied('new')}\nsupersedes:\n- bristol-pound\n- my-oldd\n"
    (finding,) = told(tmp_path, vocabulary, text, copied("my-old"))
    assert "no case 'my-oldd'" in finding.message
    assert finding.nearest == ("sysg:case/my-old",)
    assert (finding.line, finding.field) == (len(text.splitlines()), "supersedes")


def test_what_rdf_points_to_has_its_line(tmp_path: Path, vocabulary: Vocabulary) -> None:
    start = "https://w3id.org/sysgraph/"
    path = tmp_path / "c.ttl"
    path.write_text(
        f"<{start}critique/xy> a <{start}Critique> ;\n\n<{start}isAbout> <{start}case/wigan-dael> ."
    )
    (finding,) = lost_pointers(read(path, vocabulary, critiques=True), [], library.load)
    assert finding.line == 3


def test_nobody_looks_where_nothing_points(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(copied("one"), encoding="utf-8")
    assert lost_pointers(read(path, vocabulary), [], pytest.fail) == []


def test_a_load_asks_its_store_and_validate_the_library(tmp_path: Path, call: Call) -> None:
    store = tmp_path / "store"
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(f"{copied('old')}\ndraft: true\n", encoding="utf-8")  # kept, without counting
    new.write_text(f"{copied('new')}\nsupersedes: old\n", encoding="utf-8")
    lost = load_files([new], str(store))
    assert [one.demand for one in lost.findings] == ["no-target"]
    assert (lost.added, lost.warnings) == (("new",), 1)
    load_files([old], str(store))
    assert load_files([new], str(store)).findings == ()
    done = call("validate", str(new))
    assert done.code == 0
    assert "no case 'old' in the shipped library" in done.out
