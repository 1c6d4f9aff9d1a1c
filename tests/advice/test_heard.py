"""What is shown of a group: worked out by hand, and the law that nobody is picked out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Frame
from sysgraph.advice.heard import (
    FEWEST,
    OTHERS,
    Count,
    Group,
    Person,
    count_heard,
    divided,
    hear,
    reading_of,
    side_by_side,
)
from sysgraph.pages.asking import answers_file

VOICES = ("tenants", "council", "experts", "neighbours")


def people(**counts: int) -> list[Person]:
    return [Person(voice, {"asked": "yes"}) for voice, n in counts.items() for _ in range(n)]


def shown(groups: tuple[Group, ...]) -> dict[str, int]:
    return {group.voice: group.people for group in groups}


def test_three_of_a_voice_are_shown_and_two_are_not() -> None:
    assert shown(hear(people(tenants=3, council=2), VOICES)) == {"tenants": 3}


def test_one_who_agrees_is_shown_and_the_other_of_that_voice_is_not() -> None:
    council = [Person("council", {"asked": "no"}, agrees=True), Person("council", {"asked": "yes"})]
    assert hear(council, VOICES) == (Group("council", 1, {"asked": {"no": 1}}),)


def test_small_voices_are_folded_together_where_none_can_be_told_from_it() -> None:
    # One of the council and two experts: of four small voices, no one is needed for three people.
    groups = hear(people(council=1, experts=2), VOICES)
    assert groups == (Group(OTHERS, 3, {"asked": {"yes": 3}}, is_least=False),)


def test_two_folded_together_are_not_shown() -> None:
    assert hear(people(council=1, experts=1), VOICES) == ()


def test_nobody_is_folded_where_only_two_voices_could_be_in_it() -> None:
    # Three people of two voices with at most two each: both must be there.
    assert shown(hear(people(tenants=3, neighbours=3, council=1, experts=2), VOICES)) == {
        "tenants": 3,
        "neighbours": 3,
    }


def test_no_more_are_folded_than_could_all_be_of_other_voices() -> None:
    # Of three small voices, five people would need all three; four may all be of two.
    groups = hear(people(tenants=3, council=2, experts=2, neighbours=1), VOICES)
    assert groups[1:] == (Group(OTHERS, 4, {"asked": {"yes": 4}}, is_least=True),)


def test_a_voice_that_lost_its_third_person_is_neither_shown_nor_folded() -> None:
    left = [*people(tenants=2, council=1, experts=2), Person("tenants", is_gone=True)]
    # It was seen to be there, so that its two must not be found in a sum of others.
    assert shown(hear(left, VOICES)) == {OTHERS: 3}


def test_the_count_leaves_out_whom_it_would_tell_of() -> None:
    # Only the council is left to speak, so that a fourth person could be of no other voice.
    heard = people(tenants=3, experts=3, neighbours=3, council=1)
    assert count_heard(heard, VOICES) == Count(
        {"tenants": 3, "experts": 3, "neighbours": 3}, 9, is_least=True
    )


def test_the_count_is_the_same_whether_anybody_of_the_last_voice_came() -> None:
    all_others = people(tenants=3, experts=3, neighbours=3)
    assert count_heard([*all_others, *people(council=1)], VOICES) == count_heard(all_others, VOICES)


def test_the_count_tells_of_people_whose_voice_could_be_any() -> None:
    assert count_heard(people(tenants=3, council=1), VOICES) == Count(
        {"tenants": 3}, 4, is_least=False
    )


def test_the_count_does_not_go_down_when_somebody_leaves() -> None:
    three = people(tenants=3)
    left = [*three[:2], replace(three[2], is_gone=True)]
    assert count_heard(left, VOICES) == count_heard(three, VOICES)


def test_who_changes_the_voice_is_counted_once_and_as_the_first() -> None:
    three = people(tenants=3, council=1)
    moved = [*three[:2], *(Person("experts", came=one) for one in three[2:])]
    assert count_heard(moved, VOICES) == count_heard(three, VOICES)


def test_who_changes_the_voice_is_heard_as_the_last() -> None:
    came = people(council=3)
    moved = [Person("experts", {"asked": "no"}, came=one) for one in came]
    assert hear(moved, VOICES) == (Group("experts", 3, {"asked": {"no": 3}}),)


def test_a_voice_that_was_seen_and_left_is_not_folded_with_others() -> None:
    # The council was seen to be there, so that its one who is left is not found among others.
    moved = [Person("experts", came=one) for one in people(council=2)]
    assert shown(hear([*people(council=1, tenants=1), *moved], VOICES)) == {OTHERS: 3}
    assert shown(hear([*people(council=1), *moved], VOICES)) == {}


def test_who_agreed_and_went_leaves_no_more_room_for_others() -> None:
    # One of the council was seen, so that of it only one more could be among others: without any
    # one of the other three voices there are at most five.
    six = people(tenants=2, experts=2, neighbours=2)
    gone = Person("council", agrees=True, is_gone=True)
    moved = Person("experts", {"asked": "yes"}, came=Person("council", agrees=True))
    others = Group(OTHERS, 5, {"asked": {"yes": 5}}, is_least=True)
    for history in ([*six, gone], [*six[:3], *six[4:], moved]):
        assert hear(history, VOICES) == (others,)
    stays = replace(gone, is_gone=False)
    assert hear([*six, stays], VOICES) == (Group("council", 1, {}), others)


def test_a_group_says_what_more_than_half_of_its_people_say() -> None:
    group = Group("tenants", 4, {"a": {"yes": 3, "no": 1}, "b": {"yes": 2}, "c": {"unknown": 3}})
    assert [group.says(name) for name in "abcd"] == ["yes", "", "", ""]


def _facets(frame: Frame) -> tuple[str, str, str]:
    """Return a facet, and two of its values."""
    facet = next(iter(frame.facets.values()))
    first, second, *_ = facet.values
    return facet.id, first, second


def test_people_of_one_voice_who_contradict_each_other_are_told_of(frame: Frame) -> None:
    name, one, other = _facets(frame)
    group = Group("tenants", 3, {name: {one: 1, other: 1, "unknown": 1}})
    (found,) = divided([group], frame)
    assert (found.facet.id, found.told) == (name, {one: 1, other: 1, "unknown": 1})


def test_what_one_says_and_others_do_not_know_is_no_contradiction(frame: Frame) -> None:
    name, one, _ = _facets(frame)
    assert divided([Group("tenants", 3, {name: {one: 1, "unknown": 2}})], frame) == []


def test_the_file_of_answers_reads_as_the_readings_do(frame: Frame) -> None:
    name, one, other = _facets(frame)
    groups = [Group("a", 3, {name: {one: 3}}), Group("b", 3, {name: {other: 2, one: 1}})]
    names = ("the tenants", "those: “no”, #1")
    pairs = zip(groups, names, strict=True)
    readings = [reading_of(group, frame, who) for group, who in pairs]
    text = answers_file(side_by_side(readings, frame, "A: b\n- c"), frame)
    (read,) = read_situations(text.encode(), "room.yaml", frame)
    assert [(each.standpoint, each.facets) for each in read.readings()] == [
        ("the tenants", {name: one}),
        ("those: “no”, #1", {name: other}),
    ]


def _people_of(voice: str) -> st.SearchStrategy[list[Person]]:
    answers = st.dictionaries(st.sampled_from("ab"), st.sampled_from(("yes", "no", "unknown")))
    # Most do not agree and stay, so that there is somebody to protect.
    rare = st.sampled_from((False, False, False, True))
    return st.lists(st.builds(Person, st.just(voice), answers, rare, rare), max_size=4)


HISTORIES = (
    st.tuples(*map(_people_of, VOICES))
    .map(lambda each: [one for some in each for one in some])
    .flatmap(st.permutations)
)
"""People of all voices in the order in which they come."""


@given(HISTORIES, st.data())
def test_no_joining_leaving_and_looking_tells_which_small_voice_somebody_spoke_as(
    history: list[Person], data: st.DataObject
) -> None:
    ever = Counter(one.voice for one in history)
    small = [at for at, one in enumerate(history) if ever[one.voice] < FEWEST and not one.agrees]
    free = [voice for voice in VOICES if ever[voice] < FEWEST - 1]
    if not small or not free:
        return
    at = data.draw(st.sampled_from(small))
    other = list(history)
    other[at] = replace(other[at], voice=data.draw(st.sampled_from(free)))
    assert list(_views(other)) == list(_views(history))
    assert hear(other, VOICES) == hear(history, VOICES)


def _views(history: list[Person]) -> Iterator[Count]:
    """Yield what is seen after each has come, and after each of those who leave has left."""
    come = [replace(one, is_gone=False) for one in history]
    for at in range(len(history) + 1):
        yield count_heard(come[:at], VOICES)
    for at in range(len(history) + 1):
        yield count_heard([*history[:at], *come[at:]], VOICES)


@given(HISTORIES, st.data())
def test_no_change_of_voice_tells_which_small_voice_somebody_speaks_or_spoke_as(
    history: list[Person], data: st.DataObject
) -> None:
    rare = st.sampled_from((False, False, True))
    for at, one in enumerate(history):
        if data.draw(rare):
            first = Person(data.draw(st.sampled_from(VOICES)), agrees=data.draw(rare))
            history[at] = replace(one, came=first)
    came = Counter((one.came or one).voice for one in history)
    ever = came | Counter(one.voice for one in history if not one.is_gone)
    small = [
        at
        for at, one in enumerate(history)
        if not any(each.agrees or ever[each.voice] >= FEWEST for each in (one, one.came or one))
    ]
    free = [voice for voice in VOICES if ever[voice] < FEWEST - 1]
    if not small or not free:
        return
    at = data.draw(st.sampled_from(small))
    voice, before = data.draw(st.sampled_from(free)), Person(data.draw(st.sampled_from(free)))
    other = [*history]
    other[at] = replace(other[at], voice=voice, came=before)
    assert list(_views(other)) == list(_views(history))
    assert hear(other, VOICES) == hear(history, VOICES)
    count = count_heard(history, VOICES)
    assert sum(count.voices.values()) <= count.people <= len(history)


@given(HISTORIES, st.sampled_from(VOICES))
def test_whatever_is_shown_nobody_need_have_spoken_as_a_voice_that_is_not(
    history: list[Person], voice: str
) -> None:
    ever = Counter(one.voice for one in history)
    if ever[voice] >= FEWEST:
        return
    count, groups = count_heard(history, VOICES), hear(history, VOICES)
    others = next((group for group in groups if group.voice == OTHERS), None)
    known = [one for one in history if one.agrees or ever[one.voice] >= FEWEST]
    folded = [one for one in history if one not in known and not one.is_gone]
    assert (
        count_heard(
            known + _without(voice, known, count.people - sum(count.voices.values())), VOICES
        )
        == count
    )
    told = [one.answers for one in folded[: others.people]] if others else []
    assert hear(known + _without(voice, known, len(told), told), VOICES) == groups


def _without(
    voice: str, known: list[Person], size: int, told: Sequence[Mapping[str, str]] = ()
) -> list[Person]:
    """Return people who did not agree, all of small voices other than one."""
    ever = Counter(one.voice for one in known)
    places = [
        each
        for each in VOICES
        if each != voice and ever[each] < FEWEST
        for _ in range(FEWEST - 1 - ever[each])
    ]
    assert size <= len(places)
    return [Person(one, told[at] if told else {}) for at, one in enumerate(places[:size])]
