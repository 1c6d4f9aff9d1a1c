"""Contested facts: how they are written, whether they change the advice, and what settles them."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards import gates
from sysgraph.advice.board import Board, advise
from sysgraph.advice.certainty import named_first
from sysgraph.advice.contest import Contest, Reach, Readings, compare_readings, group_answers
from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import (
    Caution,
    Condition,
    Consideration,
    Facet,
    FacetValue,
    Frame,
    LeadershipType,
)
from sysgraph.advice.situation import Situation, View, situation_said, situations_of_case
from sysgraph.errors import BadFiles, BadSituation
from sysgraph.pages.blocks import text_lines, text_of
from sysgraph.pages.contest import contested_blocks
from sysgraph.pages.objects import plain

ESTATE = b"""\
id: estate
title: An estate
facets:
  agreement: plural
  incumbent-legitimacy:
    - {value: trusted, standpoint: the chief executive}
    - {value: discredited, standpoint: the tenants, confidence: high, why: asked at the door}
  stakes: {value: consequential, confidence: medium, why: homes}
  resourcing: [{value: little}]
  predictability:
    - {value: complex, standpoint: the tenants}
    - {value: complex, standpoint: a researcher}
"""

# How a facet may be wrong ---------------------------------------------------------------------


def test_a_facet_may_be_seen_differently(frame: Frame) -> None:
    (situation,) = read_situations(ESTATE, "s.yaml", frame)
    assert situation.facets == {
        "agreement": "plural",
        "stakes": "consequential",
        "resourcing": "little",
        "predictability": "complex",
    }
    assert situation.views == (
        View("incumbent-legitimacy", "trusted", "the chief executive"),
        View("incumbent-legitimacy", "discredited", "the tenants"),
    )
    chief, tenants = situation.readings()
    assert (chief.standpoint, chief.views) == ("the chief executive", ())
    assert chief.facets == {**situation.facets, "incumbent-legitimacy": "trusted"}
    assert tenants.facets == {**situation.facets, "incumbent-legitimacy": "discredited"}


def test_what_is_not_contested_is_one_reading(frame: Frame) -> None:
    (situation,) = read_situations(b"facets: {agreement: plural}", "s.yaml", frame)
    assert situation.readings() == (situation,)


def test_who_is_silent_on_what_others_contest_does_not_know_it(frame: Frame) -> None:
    text = b"""\
facets:
  agreement:
    - {value: plural, standpoint: A}
    - {value: coercive, standpoint: b}
  stakes:
    - {value: consequential, standpoint: " B "}
    - {value: safe-to-fail, standpoint: c  d}
  time-horizon:
    - {value: unknown, standpoint: a}
    - {value: years, standpoint: b}
"""
    (situation,) = read_situations(text, "s.yaml", frame)
    assert situation.facets == {}
    assert {one.standpoint: dict(one.facets) for one in situation.readings()} == {
        "A": {"agreement": "plural"},
        "b": {"agreement": "coercive", "stakes": "consequential", "time-horizon": "years"},
        "c d": {"stakes": "safe-to-fail"},
    }


def test_all_that_is_wrong_with_contested_facets_is_told_at_once(frame: Frame) -> None:
    text = b"""\
facets:
  agreement:
    - {value: plurall, standpoint: a}
    - {value: coercive, standpoint: A}
  stakes:
    - consequential
    - {value: safe-to-fail, standpoint: b}
  incumbent-legitimacy: []
  resourcing:
    - {standpoint: a}
    - {value: little, standpoint: [x]}
  agrement:
    - {value: plural, standpoint: a}
    - {value: unitary, standpoint: b}
"""
    with pytest.raises(BadFiles) as caught:
        read_situations(text, "s.yaml", frame)
    told = str(caught.value).splitlines()
    wanted = [
        "s.yaml:3:7: 'plurall' is not a value of agreement; did you mean 'plural'",
        "s.yaml:4:7: 'a' has already said 'plurall' of agreement; keep one",
        "s.yaml:6:7: stakes has several values; write 'standpoint:' beside each,"
        " or @WHO after each --facet",
        "s.yaml:8:3: write one value here",
        "s.yaml:10:7: write one value here",
        "s.yaml:11:7: a standpoint is a few words",
        "s.yaml:12:3: there is no facet 'agrement'; did you mean 'agreement'",
    ]
    assert len(told) == len(wanted)
    assert all(line.startswith(start) for line, start in zip(told, wanted, strict=True))


def test_views_can_be_given_as_pairs(frame: Frame) -> None:
    said = [("agreement", "plural@the board"), ("agreement", "coercive@the tenants")]
    situation = situation_said([*said, ("stakes", "unknown"), ("resourcing", "little")], frame)
    assert situation.facets == {"resourcing": "little"}
    assert [view.standpoint for view in situation.views] == ["the board", "the tenants"]
    with pytest.raises(BadSituation) as caught:
        situation_said([("agreement", "plural"), ("agreement", "x@b")], frame)
    assert "write 'standpoint:' beside each" in str(caught.value)
    assert "'x' is not a value of agreement" in str(caught.value)


def test_advice_takes_what_is_contested_as_unknown(frame: Frame) -> None:
    (situation,) = read_situations(ESTATE, "s.yaml", frame)
    without = Situation(situation.id, facets=situation.facets)
    assert advise(situation, frame).front == advise(without, frame).front


# Several people's answers ---------------------------------------------------------------------


def test_answers_of_several_files_come_together_by_id(frame: Frame) -> None:
    one = read_situations(b"- {id: a, facets: {agreement: plural}}\n", "in/ann.yaml", frame)
    two = read_situations(
        b"- {id: b, standpoint: the board, facets: {}}\n"
        b"- {id: a, standpoint: the  board, facets: {agreement: coercive}}\n",
        "two.yaml",
        frame,
    )
    three = read_situations(b"id: a\nstandpoint: The Board\nfacets: {}\n", "3.yaml", frame)
    groups = group_answers([("in/ann.yaml", one), ("two.yaml", two), ("3.yaml", three)])
    assert {name: [one.standpoint for one in readings] for name, readings in groups.items()} == {
        "a": ["ann", "the board (two.yaml)", "The Board (3.yaml)"],
        "b": ["the board"],
    }
    assert list(groups) == ["a", "b"]
    assert [dict(one.facets) for one in groups["a"]] == [
        {"agreement": "plural"},
        {"agreement": "coercive"},
        {},
    ]


def test_a_contested_file_counts_as_its_readings(frame: Frame) -> None:
    estate = read_situations(ESTATE, "estate.yaml", frame)
    (readings,) = group_answers([("estate.yaml", estate)]).values()
    assert [one.standpoint for one in readings] == ["the chief executive", "the tenants"]


# Worked out by hand ---------------------------------------------------------------------------


def small_frame() -> Frame:
    """Three types. Of every facet, a speaks for x, b for y, and c for all three alike.

    Strengths: f 3 and g 2 and h 1 on 'led', w 2 on 'working'.
    """
    frame = Frame(tests={"led": Fraction(1, 4), "working": Fraction(1, 4)})
    for number, kind in enumerate("xyz", 1):
        frame.types[kind] = LeadershipType(kind, f"type {kind}", number, kind)
    for name, test, strength in [
        ("f", "led", 3),
        ("g", "led", 2),
        ("h", "led", 1),
        ("w", "working", 2),
    ]:
        facet = Facet(name, name, f"facet {name}", "", test, strength)
        for value, supported in (("a", "x"), ("b", "y"), ("c", "xyz")):
            iri = f"{name}-{value}"
            facet.values[value] = FacetValue(iri, value, f"value {value}", "")
            frame.considerations.append(Consideration(iri, iri, "", "reading", set(supported)))
        frame.facets[name] = facet
    frame.cautions.append(Caution("c", "y", "Mind.", "reading", Condition({"f": frozenset("b")})))
    return frame


SMALL = small_frame()


def contest(*readings: dict[str, str], frame: Frame = SMALL) -> Contest:
    return compare_readings([Situation("s", facets=facets) for facets in readings], frame)


def test_a_question_that_settles_it_whatever_the_answer() -> None:
    # led: x 6, y 1 against x 2, y 3. With f = a: x 6, y 1 and x 5; b: x 3, y 4 and x 2, y 3;
    # c: x 6, y 4 and x 5, y 3. Nothing is known of 'working'.
    found = contest({"f": "a", "g": "a", "h": "c"}, {"f": "b", "g": "a"})
    assert [reading.front for reading in found.readings] == [("x",), ("y",)]
    assert [reading.standpoint for reading in found.readings] == ["reading 1", "reading 2"]
    assert [reading.abstains for reading in found.readings] == [("working",)] * 2
    assert (found.always, found.sometimes, found.never) == ((), ("x", "y"), ("z",))
    assert [(one.facet.id, set(one.said)) for one in found.differences] == [
        ("f", {"a", "b"}),
        ("h", {"c", "unknown"}),
    ]
    (question,) = found.questions
    assert question.facets == (SMALL.facets["f"],)
    assert question.reach is Reach.EVERY
    assert [(one.values, one.fronts) for one in question.outcomes] == [
        ({"f": "a"}, (("x",), ("x",))),
        ({"f": "b"}, (("y",), ("y",))),
        ({"f": "c"}, (("x",), ("x",))),
    ]
    assert found.smallest is question


def test_what_nobody_says_may_still_part_the_readings() -> None:
    # g = a or b: x leads or y leads by f. h decides only where f is c.
    found = contest({"f": "a", "h": "a"}, {"f": "b", "h": "b"})
    (question,) = found.questions
    assert question.reach is Reach.GIVEN
    assert [outcome.fronts for outcome in question.outcomes] == [
        (("x",), ("x",)),
        (("y",), ("y",)),
        (("x",), ("y",)),
    ]
    assert [outcome.is_agreed for outcome in question.outcomes] == [True, True, False]
    assert found.others == ()
    # y is cautioned against where f is b, and y is on a front.
    assert found.cautions_part == ("y",)


def test_where_one_answer_settles_it_and_another_does_not() -> None:
    # led: x 6 against x 3, y 4. With f = b: x 3, y 3 and x 3, y 4. Only both make sure.
    found = contest({"f": "a", "g": "a", "h": "a"}, {"f": "b", "g": "a", "h": "c"})
    (question,) = found.questions
    assert (question.facets[0].id, question.reach) == ("f", Reach.SOME)
    assert found.smallest is not None
    assert [facet.id for facet in found.smallest.facets] == ["f", "h"]
    assert [(list(one.values.values()), one.fronts[0]) for one in found.smallest.outcomes] == [
        (["a", "a"], ("x",)),
        (["a", "c"], ("x",)),
        (["b", "a"], ("x", "y")),
        (["b", "c"], ("y",)),
    ]
    assert found.smallest.combinations == 4


def test_what_settles_the_values_as_they_are_given_may_not_settle_their_mixtures() -> None:
    # With f and g as the first says x leads for both, and as the second says y; but with f = a
    # and g = b the first has x 4, y 2, and the second x 3, y 3.
    found = contest({"f": "a", "g": "a", "h": "a"}, {"f": "b", "g": "b", "h": "b"})
    assert found.questions == ()
    assert found.smallest is not None
    assert [facet.id for facet in found.smallest.facets] == ["f", "g", "h"]
    assert (found.smallest.reach, found.smallest.combinations) == (Reach.GIVEN, 8)


def test_fewer_facets_than_are_contested_may_settle_it() -> None:
    # f settles who leads on led, w who does on working, and h is the same for all three.
    found = contest({"f": "a", "w": "a", "h": "c"}, {"f": "b", "w": "b"})
    assert [one.facet.id for one in found.differences] == ["f", "h", "w"]
    assert (found.questions, found.others) == ((), ())
    assert found.smallest is not None
    assert [facet.id for facet in found.smallest.facets] == ["f", "w"]
    assert [(list(one.values.values()), one.fronts) for one in found.smallest.outcomes] == [
        (["a", "a"], (("x",), ("x",))),
        (["a", "b"], (("x", "y"), ("x", "y"))),
        (["b", "a"], (("x", "y"), ("x", "y"))),
        (["b", "b"], (("y",), ("y",))),
    ]


def test_contradictions_come_before_silences_and_the_strong_before_the_weak() -> None:
    # First led y 3, working x 2; second led x 5, y 1. With g = a: x for both; b: led y 3 or 3 to 3,
    # x and y for both; c: x and y, and x. With f = a, which only the second says: x for both.
    found = contest({"g": "b", "h": "b", "w": "a"}, {"f": "a", "g": "a", "h": "b"})
    asked = [(one.facets[0].id, one.reach) for one in found.questions]
    assert asked == [("g", Reach.GIVEN), ("f", Reach.GIVEN)]
    assert found.others == ((SMALL.facets["f"],),)
    told = " ".join(text_of(contested_blocks(found, SMALL, full=True)).split())
    assert "As much is settled by: facet f." in told
    # Nothing known against x: to know either facet is enough to say x.
    found = contest({}, {"f": "a", "w": "a"})
    asked = [(one.facets[0].id, one.reach) for one in found.questions]
    assert asked == [("f", Reach.GIVEN), ("w", Reach.GIVEN)]
    # The strong before the weak, in whichever order the graph has them.
    turned = replace(SMALL, facets=dict(reversed(SMALL.facets.items())))
    found = contest({}, {"f": "a", "w": "a"}, frame=turned)
    assert [each.facet.id for each in found.differences] == ["w", "f"]
    assert [one.facets[0].id for one in found.questions] == ["f", "w"]


def test_answers_may_differ_and_the_advice_not() -> None:
    found = contest({"f": "a", "h": "a"}, {"f": "a", "h": "b"})
    assert not found.is_parted
    assert (found.questions, found.smallest, found.others) == ((), None, ())
    told = text_of(contested_blocks(found, SMALL))
    assert "Reading 1 and reading 2 see 1 thing differently." in told
    assert (
        "It does not change what comes first.\n  · As seen by all of you: “type x” first." in told
    )
    assert "Worth talking about:\n  · Facet h?\n    · Reading 1: value a" in told


def test_one_reading_and_readings_alike_are_said_to_be_so() -> None:
    assert list(text_lines(contested_blocks(contest({"f": "a"}), SMALL))) == [
        "There is one reading of this situation."
    ]
    assert list(text_lines(contested_blocks(contest({"f": "a"}, {"f": "a"}), SMALL))) == [
        "Reading 1 and reading 2 see the situation alike."
    ]
    with pytest.raises(ValueError, match="no reading"):
        compare_readings([], SMALL)


def test_where_too_little_is_known_nothing_is_first() -> None:
    told = text_of(contested_blocks(contest({"h": "a"}, {"h": "b"}), SMALL))
    assert "It does not change what comes first: nothing does" in told
    told = text_of(contested_blocks(contest({"h": "a"}, {"f": "a"}), SMALL))
    assert "As seen by reading 1: too little is known to say." in told
    assert "Reading 1: Nothing said." in told
    assert "Reading 1 and reading 2 do not contradict each other; not all tell of 2 things." in told


def test_readings_of_the_same_name_are_told_apart() -> None:
    alike = [Situation("s", facets={"f": value}, standpoint="the board") for value in "ab"]
    found = compare_readings(alike, SMALL)
    assert [one.standpoint for one in found.readings] == ["the board", "the board (2)"]


def test_text_names_what_differs_what_comes_of_it_and_what_to_talk_about(frame: Frame) -> None:
    # Whoever set the aim brings in one way and rules out the other; only together do the two
    # facts make sure, and both are named as questions, the stronger first.
    told = told_of(WORKED, frame)
    assert "The chief executive and the tenants see 2 things differently." in told
    assert "It changes what comes first." in told
    assert "“People organising themselves” first" in told
    origin, accepted = (
        frame.facets[name].wording for name in ("purpose-origin", "incumbent-legitimacy")
    )
    assert f"Talk about these first: · {origin} · The chief executive: Those already in" in told
    assert (
        f"{accepted} · The chief executive: Yes, most people accept it. · The tenants: No" in told
    )
    assert told.endswith("Once you agree on all of these, the same fits for all of you.")


def test_everything_behind_it_is_told_on_demand(frame: Frame) -> None:
    told = told_of(WORKED, frame, full=True)
    assert "the chief executive: “broadly trusted”; the tenants: “distrusted or disc" in told
    assert "Under every reading: 3 facilitative." in told
    assert "as seen by the tenants: 3 facilitative and 6 organic, for all." in told
    assert "Only some answers to it bring the readings to the same advice." in told
    assert "settle all of it: where the purpose of change comes from and how the aff" in told


def test_what_is_closed_for_some_only_is_said_with_what_it_hangs_on(frame: Frame) -> None:
    # All seven facts speak for leaders who lead; only the tenants do not accept these.
    told = told_of(GATED, frame)
    assert "As seen by the chief executive: “Leaders leading better” first." in told
    assert "As seen by the tenants: what fits best is closed for now." in told
    gate = next(gate for gate in frame.gates if gate.id == "leaders-not-accepted")
    asked = frame.facets["incumbent-legitimacy"].wording
    closed = (
        f"“Leaders leading better” would come first for the tenants, but is closed: {gate.message}"
    )
    assert f"{closed} It hangs on: {asked}" in told


@pytest.mark.slow
def test_what_comes_first_is_what_the_page_of_each_reading_says(frame: Frame) -> None:
    told_perhaps = 0
    for case in sorted(frame.cases.index().ids)[::4]:
        readings = situations_of_case(case, frame)
        told = " ".join(text_of(contested_blocks(compare_readings(readings, frame), frame)).split())
        if " see " not in told or "alike" in told:
            continue
        for reading in readings:
            named = named_first(frame.board, reading.facets)
            first = [f"“{frame.types[kind].plain_name}”" for kind in named]
            said = " and ".join(filter(None, (", ".join(first[:-1]), first[-1]))) if first else ""
            assert (
                f": {said} first" in told
                if first
                else "too little" in told or "is closed for now" in told
            )
            told_perhaps += len(named) < len(frame.board.front(reading.facets))
    assert told_perhaps


def told_of(text: bytes, frame: Frame, *, full: bool = False) -> str:
    """What is told of a contested situation, in one line."""
    (situation,) = read_situations(text, "s.yaml", frame)
    found = compare_readings([situation], frame)
    return " ".join(text_of(contested_blocks(found, frame, full=full)).split())


GATED = b"""\
facets:
  purpose-origin: incumbents
  authority-locus: concentrated
  incumbent-readiness: leading
  regime-condition: sound
  change-aim: improve
  predictability: clear
  system-organisation: organised
  incumbent-legitimacy:
    - {value: trusted, standpoint: the chief executive}
    - {value: discredited, standpoint: the tenants}
"""

WORKED = b"""\
id: estate
facets:
  agreement: plural
  stakes: consequential
  incumbent-readiness: permitting
  regime-condition: strained
  community-capacity: strong
  change-aim: shift-power
  incumbent-legitimacy:
    - {value: trusted, standpoint: the chief executive}
    - {value: discredited, standpoint: the tenants}
  purpose-origin:
    - {value: incumbents, standpoint: the chief executive}
    - {value: movement, standpoint: the tenants}
"""

# Laws -----------------------------------------------------------------------------------------


def by_force(board: Board, readings: list[dict[str, str]], chosen: tuple[str, ...]) -> bool:
    """Whether settling facets reconciles, for all values given, each front drawn anew."""
    given = [
        list(dict.fromkeys(reading[name] for reading in readings if name in reading))
        for name in chosen
    ]
    return all(
        len({board.front({**reading, **dict(zip(chosen, values, strict=True))})
             for reading in readings}) == 1
        for values in product(*given)
    )  # fmt: skip


def smallest_by_force(board: Board, readings: list[dict[str, str]]) -> list[tuple[str, ...]]:
    if by_force(board, readings, ()):
        return []
    names = [name for name in board.says if len({reading.get(name) for reading in readings}) > 1]
    for size in range(1, len(names) + 1):
        found = [some for some in combinations(names, size) if by_force(board, readings, some)]
        if found:
            return found
    raise AssertionError("settling all that differs must reconcile")


@pytest.mark.slow
def test_settlements_of_all_shipped_cases_hold_and_none_smaller_does(frame: Frame) -> None:
    board = Board.of(frame)
    parted = 0
    for case in frame.cases.values():
        situations = situations_of_case(case.id, frame)
        found = compare_readings(situations, frame)
        readings = [dict(situation.facets) for situation in situations]
        assert len(readings) == 2
        for one, situation in zip(found.readings, situations, strict=True):
            advice = advise(situation, frame)
            assert (one.front, one.abstains) == (advice.front, advice.abstains)
            assert one.cautioned == {k for k, entry in advice.types.items() if entry.cautions}
        assert found.is_parted == (len({board.front(reading) for reading in readings}) > 1)
        assert {*found.always, *found.sometimes, *found.never} == set(frame.types)
        sets = [found.smallest.facets, *found.others] if found.smallest else []
        wanted = smallest_by_force(board, readings)
        assert {frozenset(f.id for f in facets) for facets in sets} == {*map(frozenset, wanted)}
        parted += found.is_parted
        check_outcomes(found, board, readings, frame)
        json.dumps(plain(found))
        assert all(len(line) <= 100 for text in text_lines(contested_blocks(found, frame))
                   for line in text.splitlines())  # fmt: skip
    assert parted > 10


def check_outcomes(
    found: Contest, board: Board, readings: list[dict[str, str]], frame: Frame
) -> None:
    """Every outcome is what the fronts then are, and each reach is what the outcomes say."""
    asked = [question.facets[0].id for question in found.questions]
    for name in (difference.facet.id for difference in found.differences):
        given = {reading[name] for reading in readings if name in reading}
        agreed = {
            value
            for value in frame.facets[name].values
            if len({board.front({**reading, name: value}) for reading in readings}) == 1
        }
        assert (name in asked) == (found.is_parted and bool(agreed & given))
        if name in asked:
            question = found.questions[asked.index(name)]
            every = agreed == set(frame.facets[name].values)
            assert (question.reach is Reach.EVERY) == every
            assert (question.reach is Reach.SOME) == (not every and not given <= agreed)
    for settlement in [*found.questions, *([found.smallest] if found.smallest else [])]:
        for outcome in settlement.outcomes:
            fronts = [board.front({**reading, **outcome.values}) for reading in readings]
            assert [set(front) for front in outcome.fronts] == fronts


NAMES = {"led": ("f", "g", "h"), "working": ("v", "w")}
KINDS = ("p", "q", "r", "s")
signs = st.tuples(*(st.sampled_from((-1, 0, 1)) for _ in KINDS))


@st.composite
def boards(draw: st.DrawFn) -> Board:
    return Board(
        KINDS,
        {test: Fraction(draw(st.integers(0, 4)), 4) for test in NAMES},
        {test: {name: draw(st.integers(1, 3)) for name in names} for test, names in NAMES.items()},
        {
            name: {value: draw(signs) for value in "abc"}
            for names in NAMES.values()
            for name in names
        },
        draw(gates(KINDS, {name: "abc" for names in NAMES.values() for name in names})),
        draw(st.frozensets(st.sampled_from("fgv"), max_size=1)),
    )


facets = st.dictionaries(
    st.sampled_from([name for names in NAMES.values() for name in names]), st.sampled_from("abc")
)


@pytest.mark.slow
@given(boards(), st.lists(facets, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_smaller_set_reconciles_on_any_board(
    board: Board, readings: list[dict[str, str]]
) -> None:
    search = Readings(board, readings)
    assert search.smallest() == smallest_by_force(board, readings)
    for size in range(len(search.held) + 1):
        for chosen in combinations(search.held, size):
            assert search.reconciles(chosen) == by_force(board, readings, chosen)
    assert search.reconciles(tuple(search.held))


@pytest.mark.slow
@given(st.lists(st.dictionaries(st.sampled_from("fghw"), st.sampled_from("abc")), min_size=1))
@settings(max_examples=100, deadline=None)
def test_every_contest_says_what_it_finds(readings: list[dict[str, str]]) -> None:
    found = contest(*readings)
    check_outcomes(found, Board.of(SMALL), readings, SMALL)
    assert found.is_parted == (found.smallest is not None)
    assert text_of(contested_blocks(found, SMALL))
    json.dumps(plain(found))


def test_who_tells_of_a_repair_is_named_no_way(frame: Frame) -> None:
    facets = {"purpose-origin": "movement", "agreement": "coercive", "change-aim": "win-justice"}
    repair = Situation("s", facets=facets, standpoint="Ann", opening={"job": "single-fix"})
    change = Situation("s", facets={**facets, "stakes": "consequential"}, standpoint="Bob")
    told = text_of(contested_blocks(compare_readings([repair, change], frame), frame))
    assert "As seen by Ann: no way of leading is needed: one thing is broken" in told
    assert "As seen by Bob: “People organising themselves” first" in told
    assert "It changes what comes first." in told
    alike = replace(repair, standpoint="Bob", opening={"job": "emergency"})
    told = text_of(contested_blocks(compare_readings([repair, alike], frame), frame))
    assert "see the situation alike" in told
    assert "you differ on kind of job" in told


@pytest.mark.slow
def test_a_search_that_is_cut_says_what_settles_for_sure(frame: Frame) -> None:
    facets = [name for name, facet in frame.facets.items() if len(facet.values) > 1]
    first, second = (
        Situation(who, facets={n: list(frame.facets[n].values)[at] for n in facets}, standpoint=who)
        for at, who in enumerate(("a", "b"))
    )
    whole, cut = (compare_readings([first, second], frame, most) for most in (None, 3))
    assert whole.is_parted
    assert not whole.is_cut
    assert cut.is_cut
    assert cut.smallest is not None
    assert {facet.id for facet in cut.smallest.facets} == {one.facet.id for one in cut.differences}
    assert (cut.readings, cut.differences, cut.always) == (
        whole.readings,
        whole.differences,
        whole.always,
    )
    told = text_of(contested_blocks(cut, frame))
    assert "whether fewer would do takes too long to find out here" in " ".join(told.split())
    assert compare_readings([first, second], frame, 10**9) == whole
