"""Answers in an address, and nobody's words."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation, View
from sysgraph.web.coded import Coded, coded_of, read_coded, texts_asked


def test_answers_come_back_in_their_order(frame: Frame) -> None:
    pairs = [("agreement", "coercive"), ("stakes", "unknown"), ("job", "systems-change")]
    coded = read_coded(pairs, frame)
    assert coded.pairs == tuple(pairs)
    assert coded.address == "?agreement=coercive&stakes=unknown&job=systems-change"
    situation = coded.situation(frame)
    assert situation.facets == {"agreement": "coercive"}
    assert situation.opening == {"job": "systems-change"}


def test_what_the_library_does_not_know_is_left_out_and_told(frame: Frame) -> None:
    given_ = [("agrement", "coercive"), ("stakes", "huge"), ("agreement", "plural@martian")]
    coded = read_coded(given_, frame)
    assert coded.pairs == ()
    assert coded.faults == (
        "there is no question 'agrement'; did you mean 'agreement'?",
        "'huge' is no answer to 'stakes'",
        "nobody speaks as 'martian' of 'agreement'",
    )


def test_no_words_come_from_an_address(frame: Frame) -> None:
    for name in texts_asked(frame):
        coded = read_coded([(name, "the tenants of Hill Street")], frame)
        assert coded.pairs == ()
        assert "Hill Street" not in coded.address


def test_voices_that_see_it_differently_are_views(frame: Frame) -> None:
    pairs = [("stakes", "safe-to-fail@witness"), ("stakes", "consequential@expert")]
    situation = read_coded(pairs, frame).situation(frame)
    names = {voice.id: voice.plain_name for voice in frame.voices}
    assert situation.views == (
        View("stakes", "safe-to-fail", names["witness"]),
        View("stakes", "consequential", names["expert"]),
    )
    assert len(situation.readings()) == 2


def test_voices_that_agree_are_one_answer(frame: Frame) -> None:
    pairs = [("stakes", "consequential@witness"), ("stakes", "consequential@expert")]
    assert read_coded(pairs, frame).pairs == (("stakes", "consequential"),)


def test_of_two_answers_to_a_question_the_later_counts(frame: Frame) -> None:
    """A form whose hidden fields hold the earlier one is sent so."""
    pairs = [("stakes", "safe-to-fail"), ("agreement", "plural"), ("stakes", "consequential")]
    assert read_coded(pairs, frame).answered("stakes") == "consequential"


def test_an_answer_for_all_beside_those_of_sides_is_told(frame: Frame) -> None:
    sides = [("stakes", "safe-to-fail@witness"), ("stakes", "consequential@expert")]
    for pairs, left_out in (
        ([sides[0], ("stakes", "consequential")], "safe-to-fail"),
        ([*sides, ("stakes", "unknown")], "unknown"),
    ):
        (told,) = read_coded(pairs, frame).faults
        assert told.startswith(f"'{left_out}' as an answer to 'stakes' was left out")
    assert read_coded([*sides, ("stakes", "consequential")], frame).faults == ()


def test_back_takes_away_what_was_answered_last(frame: Frame) -> None:
    pairs = [("agreement", "plural"), ("stakes", "safe-to-fail@witness")]
    coded = read_coded([*pairs, ("stakes", "consequential@expert")], frame)
    assert coded.back().pairs == (("agreement", "plural"),)
    assert coded.back().back().pairs == ()
    assert Coded().back() == Coded()


def test_a_situation_of_a_file_is_coded(frame: Frame) -> None:
    views = (View("stakes", "safe-to-fail", "tenants"), View("stakes", "consequential", "Zorgs"))
    situation = Situation("x", facets={"agreement": "plural"}, views=views)
    coded = coded_of(situation, frame)
    assert ("agreement", "plural") in coded.pairs
    assert coded.faults == ("on which side 'Zorgs' stand is not known",)


@given(data=st.data())
def test_an_address_is_read_as_it_was_written(frame: Frame, data: st.DataObject) -> None:
    choices = [(name, value) for name, values in frame.answerable.items() for value in values]
    voices = [f"@{voice.id}" for voice in frame.voices]
    picked = data.draw(
        st.lists(st.tuples(st.sampled_from(choices), st.sampled_from(["", *voices])))
    )
    pairs = [
        (name, f"{value}{voice}" if name in frame.facets else value)
        for (name, value), voice in picked
    ]
    coded = read_coded(pairs, frame)
    assert all("it was answered for all and by sides" in fault for fault in coded.faults)
    again = read_coded(parse_qsl(coded.address.removeprefix("?")), frame)
    assert (again.pairs, again.faults) == (coded.pairs, ())
    coded.situation(frame)  # which the library would refuse if it could not be


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_address_is_read(frame: Frame, pairs: list[tuple[str, str]]) -> None:
    coded = read_coded(pairs, frame)
    assert all(name in frame.answerable for name, _ in coded.pairs)
