"""On which side people stand: worked out on words, and laws over all words that are known."""

import pytest

from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Frame
from sysgraph.advice.voices import Placing, named_in, place, speaks_for
from sysgraph.errors import BadFiles

UNKNOWN_WORDS = ["pensioner", "the unaffected", "dinner lady", "those who live by", "not affected"]
BEFORE = ["the", "our", "local", "young", "former", "some", "Our local", "The  Former"]
BEFORE += ["a group of", "representatives of the", "a member of"]


@pytest.mark.parametrize(
    ("standpoint", "voices"),
    [
        ("affected, not involved", ["witness"]),
        ("those affected", ["witness"]),
        ("Affected, and involved!", ["beneficiary"]),
        ("nurses and those affected, not involved", ["expert", "witness"]),
        ("the chief executive", ["decision-maker"]),
        ("decision-maker", ["decision-maker"]),
        ("service users and practitioners", ["beneficiary", "expert"]),
        ("tenants", ["beneficiary"]),
        ("council tenants", ["beneficiary"]),
        ("the tenants' council", ["decision-maker"]),
        ("a group of young mothers", ["beneficiary"]),
        ("representatives of the families", ["beneficiary"]),
        ("a member of the public", ["beneficiary"]),
        ("parents of pupils", ["beneficiary"]),
        ("the head of nursing", ["decision-maker"]),
        ("passers-by", ["witness"]),
        ("children not yet born", ["witness"]),
        ("young people", ["witness"]),
        ("tenants (affected, not involved)", ["witness"]),
        ("tenants (of the north block)", ["beneficiary"]),
        ("general", []),
        ("second reader", []),
        ("", []),
    ],
)
def test_a_standpoint_is_known_by_its_head_nouns(
    standpoint: str, voices: list[str], frame: Frame
) -> None:
    found = place(standpoint, frame.voices)
    assert sorted(found.voices) == voices
    assert found.open == ()


@pytest.mark.parametrize("words", UNKNOWN_WORDS)
def test_of_a_word_that_is_not_known_nothing_is_assumed(words: str, frame: Frame) -> None:
    found = place(f"{words} and tenants", frame.voices)
    assert [(side.words, side.may_be) for side in found.open] == [(words, ())]
    assert found.voices == {"beneficiary"}


def test_every_word_of_a_list_is_placed_and_every_word_that_depends_is_asked(frame: Frame) -> None:
    for voice in frame.voices:
        for word in voice.words:
            found = place(word, frame.voices)
            assert found.voices == {voice.id}
            assert not found.open
        assert voice.plain_name in voice.words
        for word in voice.may_be:
            (side,) = place(word, frame.voices).open
            assert voice.id in side.may_be


def plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}{'es' if word.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def stands(found: Placing) -> tuple[frozenset[str], list[tuple[str, ...]]]:
    return found.voices, [side.may_be for side in found.open]


def test_number_and_articles_change_nothing(frame: Frame) -> None:
    listed = sorted({w for v in frame.voices for w in (*v.words, *v.may_be)})
    singular = [w for w in listed if w.isalpha() and not w.endswith(("s", "people", "men"))]
    pronouns = {"we", "me", "us"}
    for word in sorted({*singular, *UNKNOWN_WORDS[:1]} - pronouns):
        many = plural(word)
        expected = stands(place(word, frame.voices))
        assert stands(place(many, frame.voices)) == expected
        for before in BEFORE:
            ends = [" ".join(f"{before} {one}".casefold().split()) for one in (word, many)]
            if any(" " in one and end.endswith(one) for one in listed for end in ends):
                continue  # "former workers" are others than workers
            assert stands(place(f"{before} {many}", frame.voices)) == expected
            assert stands(place(f"{before} {word}", frame.voices)) == expected


def test_the_longest_word_that_the_person_answered_wins(frame: Frame) -> None:
    own = {"parents": ["decision-maker"], "foster parents": ["expert", "witness"]}
    assert place("the parents", frame.voices, own).voices == {"decision-maker"}
    assert place("foster parents", frame.voices, own).voices == {"expert", "witness"}
    assert place("parents (those who benefit)", frame.voices, own).voices == {"decision-maker"}


def test_each_group_is_told_in_its_own_words(frame: Frame) -> None:
    found = place("the council, tenants (affected, not involved) and pensioners", frame.voices)
    assert [(side.words, side.voices) for side in found.sides] == [
        ("the council", ("decision-maker",)),
        ("tenants (affected, not involved)", ("witness",)),
        ("pensioners", ()),
    ]


def test_people_are_found_in_a_text_as_it_names_them(frame: Frame) -> None:
    text = (
        "Tenants of the Council's flats, people with lived experience and two nurses meet in the"
        " residents' hall, led by a parent organisation and a foundation."
    )
    assert list(named_in(text, frame.voices)) == [
        ("tenants", ("beneficiary",)),
        ("people with lived experience", ("beneficiary",)),
        ("nurses", ("expert",)),
    ]


def test_whoever_speaks_is_not_asked_again() -> None:
    assert speaks_for("the council and some parents", "Parents of pupils")
    assert speaks_for("council tenants", "tenants")
    assert not speaks_for("the council", "council tenants")


def test_a_file_says_on_which_side_people_stand(frame: Frame) -> None:
    text = "facets: {}\nvoices: {our members: witness, tenants: [beneficiary, expert], us: unknown}"
    (found,) = read_situations(text.encode(), "s.yaml", frame)
    assert found.voices == {
        "our members": ("witness",),
        "tenants": ("beneficiary", "expert"),
        "us": (),
    }
    with pytest.raises(BadFiles, match="'witnes' is no side of 'tenants'; did you mean 'witness'"):
        read_situations(b"facets: {}\nvoices: {tenants: witnes}", "s.yaml", frame)
    with pytest.raises(BadFiles, match="'voices:' is written as 'tenants: SIDE' lines"):
        read_situations(b"facets: {}\nvoices: [tenants]", "s.yaml", frame)
