"""An answer that an older library had words for leads to what stands in its place today."""

from dataclasses import replace
from pathlib import Path

import pytest

from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import situation_said
from sysgraph.advice.withdrawn import Withdrawn, moved_answer, moved_type
from sysgraph.errors import BadFiles, BadSituation, SysgraphError
from sysgraph.ontology import Ontology
from sysgraph.terms import NAMESPACE
from sysgraph.web.coded import read_coded


@pytest.fixture(scope="module")
def older(frame: Frame) -> Frame:
    """A frame in which some words were withdrawn, as they may be one day."""
    gone = {
        "value/agreement-forced": ("value/agreement-coercive", "It was read as violence alone."),
        "value/agreement-feigned": ("", "Nobody could tell it."),
        "facet/consent": ("facet/agreement", "It is asked in other words."),
        "value/consent-given": ("value/agreement-unitary", ""),
        "answer/asker-role-boss": ("answer/asker-role-leader", ""),
        "type/heroic": ("type/better-leadership", ""),
    }
    withdrawn = {
        f"{NAMESPACE}{old}": Withdrawn(old, f"{NAMESPACE}{new}" if new else "", why)
        for old, (new, why) in gone.items()
    }
    return replace(frame, withdrawn={**frame.withdrawn, **withdrawn})


def test_a_frame_knows_what_its_library_has_withdrawn(frame: Frame) -> None:
    assert frame.withdrawn.keys() == Ontology.load().replaced.keys()
    for iri, instead in Ontology.load().replaced.items():
        assert frame.withdrawn[iri].instead == instead
        assert frame.withdrawn[iri].why


def test_an_old_link_is_answered_in_today_s_words_and_says_so(older: Frame) -> None:
    coded = read_coded(
        [
            ("agreement", "forced"),
            ("stakes", "consequential"),
            ("asker-role", "boss"),
            ("library", "0123456789ab"),
            ("first", "heroic organic"),
        ],
        older,
    )
    assert coded.pairs == (
        ("agreement", "coercive"),
        ("stakes", "consequential"),
        ("asker-role", "leader"),
    )
    assert coded.first == ("better-leadership", "organic")
    assert coded.faults == (
        "'forced' of agreement is withdrawn; 'coercive' of agreement stands in its place"
        " (It was read as violence alone); that was taken",
        "'boss' of asker-role is withdrawn; 'leader' of asker-role stands in its place;"
        " that was taken",
    )


def test_an_old_link_keeps_who_said_it(older: Frame) -> None:
    one, other = (voice.id for voice in older.voices[:2])
    coded = read_coded([("agreement", f"forced@{one}"), ("agreement", f"plural@{other}")], older)
    assert coded.pairs == (("agreement", f"coercive@{one}"), ("agreement", f"plural@{other}"))


def test_a_question_that_was_withdrawn_is_answered_under_its_new_name(older: Frame) -> None:
    coded = read_coded([("consent", "given"), ("consent", "refused")], older)
    assert coded.pairs == (("agreement", "unitary"),)
    assert coded.faults == (
        "'given' of consent is withdrawn; 'unitary' of agreement stands in its place;"
        " that was taken",
        "'refused' of consent is withdrawn, and nothing stands in its place"
        " (It is asked in other words); it was left out",
    )


def test_what_nothing_stands_for_is_left_out_and_told_why(older: Frame) -> None:
    coded = read_coded([("agreement", "feigned")], older)
    assert coded.pairs == ()
    assert coded.faults == (
        "'feigned' of agreement is withdrawn, and nothing stands in its place"
        " (Nobody could tell it); it was left out",
    )


def test_saved_answers_are_told_what_to_write_and_where(older: Frame, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("facets:\n  stakes: consequential\n  agreement: forced\n  consent: given\n")
    with pytest.raises(BadFiles) as caught:
        read_situations(file.read_bytes(), "answers.yaml", older)
    assert list(map(str, caught.value.problems)) == [
        "answers.yaml:3:3: 'forced' of agreement is withdrawn; 'coercive' of agreement stands in"
        " its place (It was read as violence alone); write that",
        "answers.yaml:4:3: 'given' of consent is withdrawn; 'unitary' of agreement stands in its"
        " place; write that",
    ]


def test_the_command_line_is_told_alike(older: Frame) -> None:
    with pytest.raises(BadSituation, match="is withdrawn, and nothing stands in its place"):
        situation_said([("agreement", "feigned")], older)


def test_what_was_never_there_is_told_as_before(older: Frame) -> None:
    assert moved_answer("agreement", "never", older) is None
    assert moved_type("organic", older) == "organic"
    with pytest.raises(SysgraphError, match="'plurals' is not a value of agreement; did you mean"):
        situation_said([("agreement", "plurals")], older)
