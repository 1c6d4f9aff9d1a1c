"""What is wrong with a form, in the words of ``sysgraph validate``, and what it would change."""

from pathlib import Path

import pytest

from contributed import filled_case
from sysgraph.check import inspect_files
from sysgraph.errors import SysgraphError
from sysgraph.forms import Kind
from sysgraph.ontology import Ontology
from sysgraph.web import checking
from sysgraph.web.checking import difference, judge
from sysgraph.web.filled import Filled, reading
from sysgraph.web.site import Site

ONTOLOGY = Ontology.load()


def filled(**changed: str) -> Filled:
    return reading(Kind.CASE, ONTOLOGY, filled_case(**changed))


def broken() -> Filled:
    told = filled_case(start="2001 AD", aims="shared-purposes", summary="")
    told["readings.2.facets.stakes.value"] = ["safe-to-fial"]
    return reading(Kind.CASE, ONTOLOGY, told)


def test_a_sound_case_is_sound() -> None:
    judged = judge(filled())
    assert judged.is_sound
    assert not judged.faults


def test_findings_are_those_of_validate_and_stand_at_their_controls(tmp_path: Path) -> None:
    file = tmp_path / "the-park.yaml"
    file.write_text(broken().text)
    said = sorted(finding.message for finding in inspect_files([file]).findings)
    judged = judge(broken())
    assert sorted(one.message for one in judged.faults) == said
    places = ["summary", "start", "aims", "readings.2.facets.stakes.value"]
    assert [one.name for one in judged.faults] == places, "in the order of the form"
    (one,) = judged.at("start")
    assert (one.label, one.is_violation) == ("Start", True)


def test_what_is_evident_is_mended_and_nothing_else() -> None:
    mends = {one.name: one.mend for one in judge(broken()).faults}
    assert mends == {
        "start": ("2001",),
        "aims": ("shared-purpose",),
        "summary": None,
        "readings.2.facets.stakes.value": ("safe-to-fail",),
    }
    (one,) = judge(broken()).at("aims")
    assert one.mends == "aims=shared-purpose"
    assert one.shown == "build shared purpose"


@pytest.mark.parametrize("name", ["", "The Park", "../x", "x" * 64])
def test_an_id_that_is_none_is_told_with_all_the_rest(name: str) -> None:
    judged = judge(filled(id=name, title=""))
    assert {one.name for one in judged.wrong} == {"id", "title"}


def test_repairs_end_when_their_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_MENDING", -1.0)
    judged = judge(broken())
    assert judged.is_late
    assert all(one.mend is None for one in judged.faults)


def test_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WAIT", 0.01)
    with checking._checking, pytest.raises(SysgraphError, match="try again"):
        judge(filled())


def test_what_is_too_long_is_left_to_the_command() -> None:
    with pytest.raises(SysgraphError, match="sysgraph validate"):
        judge(filled(summary="word " * 70_000))


def test_a_draft_may_wait_with_what_is_missing() -> None:
    assert not judge(filled(summary="")).is_sound
    assert judge(filled(summary=""), is_draft=True).is_sound


def test_the_difference_is_that_of_diff(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "COMPARING", 600.0)  # a busy machine is no fault
    told = difference(site, judge(filled()).checked)
    assert told is not None
    texts = {one.heading: " ".join(map(str, one.blocks)) for one in told}
    assert "1 added (The park)" in texts["What differs"]
    # One case more of its type, which is judged mixed on both tests.
    assert "3 facilitative, cases in all" in texts["Evidence, failures first"]
    assert "judged mixed on 'led'" in texts["Evidence, failures first"]


def test_a_difference_that_takes_too_long_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "COMPARING", 0.0)
    assert difference(site, judge(filled()).checked) is None
