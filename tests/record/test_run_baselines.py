"""What the record is set beside, worked out by hand, and that it says so whichever way it falls."""

import json
from dataclasses import replace

import pytest
from test_run import FOUR, small

from shelf import CASES
from sysgraph.advice.frame import Condition, Consideration, Frame, Gate
from sysgraph.pages.baselines import gates_text, honest_sentence
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import backtest_data
from sysgraph.pages.record import backtest_blocks, backtest_markdown
from sysgraph.record.outcomes import Lots, Skill
from sysgraph.record.past import PastCase
from sysgraph.record.run import Backtest, look_back, look_back_on
from sysgraph.store.local import Store

FEW = Lots(0, 100, 0)


def led(kind: str, *readings: dict[str, str]) -> PastCase:
    return PastCase("", kind, {"led": "yes", "working": "yes"}, readings)


def cases_of(*groups: tuple[int, str, dict[str, str]]) -> list[PastCase]:
    each = [led(kind, facets) for count, kind, facets in groups for _ in range(count)]
    return [replace(case, case_id=f"{at:03}") for at, case in enumerate(each)]


def record_on(cases: list[PastCase], frame: Frame | None = None, hidden: str = "") -> Backtest:
    return look_back_on(cases, frame or small(), FEW, hidden=tuple(hidden))


def both() -> Frame:
    """'a' speaks for x and 'b' for y on led, and 'c' for x and 'd' for y on working."""
    more = [
        Consideration("three", "value/c", "", "reading", supports={"x"}),
        Consideration("four", "value/d", "", "reading", supports={"y"}),
    ]
    frame = small()
    return replace(frame, considerations=[*frame.considerations, *more])


def test_one_question_alone_worked_out_by_hand() -> None:
    (alone,) = record_on(FOUR).alone
    # 1 and 2 (x, a): of others 2 are x and 1 is y, once more each: 3/5 and 2/5, twice: 6/5 and 4/5.
    # One more x saw a: 11/5 of 3. Wrong by 4/15 for either type.
    first = 2 * (4 / 15) ** 2
    # 3 (x, b): one y saw b: x 6/5 of 3. 4 (y, b): others are x: 4/5 and 1/5; one saw b: y 2/5 of 3.
    assert alone.skill.brier == pytest.approx(
        (2 * first + 2 * (3 / 5) ** 2 + 2 * (13 / 15) ** 2) / 4
    )
    assert (alone.facet, alone.skill.cases) == ("f", 4)
    # The front is wrong in one of four, by 2.
    assert alone.over_front.base == pytest.approx(2 / 4)
    assert alone.over_front.skill == pytest.approx(1 - alone.skill.brier / (2 / 4))


def test_no_reading_of_a_case_tells_of_another_of_it() -> None:
    two = [led("x", {"f": "a"}, {"f": "a"}, {"g": "c"}), replace(led("y", {"f": "a"}), case_id="y")]
    (f, g) = sorted(record_on(two).alone, key=lambda one: one.facet)
    # x: the other is y: 1/3 and 2/3, twice: 2/3 and 4/3, and y once more: x 2/3 of 3. Unknown: 1/3.
    mine = (2 * 2 * (7 / 9) ** 2 + 2 * (2 / 3) ** 2) / 3
    # y: 4/3 and 2/3, and x twice more: y 2/3 of 4.
    assert f.skill.brier == pytest.approx((mine + 2 * (5 / 6) ** 2) / 2)
    assert g.skill.brier == pytest.approx(2 * (2 / 3) ** 2)


WRONG = cases_of((9, "x", {"f": "b"}), (9, "y", {"f": "a"}))
RIGHT = cases_of((9, "x", {"f": "a", "g": "c"}), (9, "y", {"f": "b", "g": "d"}))


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (WRONG, "One question, f, tells the practised type better than the front"),
        (RIGHT, "No question alone tells the practised type as well as the front"),
        (FOUR, "Whether one question tells the practised type better than all cannot be told."),
    ],
)
def test_the_sentence_says_whether_one_question_does_better(
    cases: list[PastCase], said: str
) -> None:
    sentence = honest_sentence(record_on(cases, both()))
    assert sentence.startswith(said)
    assert "turn round" not in sentence


@pytest.mark.parametrize(
    ("brier", "said"),
    [(0.4, "better than the front"), (0.5, "as well as the front"), (0.6, "No question alone")],
)
@pytest.mark.parametrize("high", [-0.1, 0.2])
def test_the_sentence_says_what_may_be_luck(brier: float, said: str, high: float) -> None:
    done = record_on(WRONG)
    gap = Skill(18, brier, 0.5, 1 - brier / 0.5, -0.3, high)
    sentence = honest_sentence(replace(done, alone=(replace(done.alone[0], over_front=gap),)))
    assert said in sentence
    assert f"Brier {brier:.3f}, the front 0.500" in sentence
    assert ("turn round" in sentence) == (high > 0)


def half(right: int, wrong: int) -> list[PastCase]:
    """Cases in which 'g' alone points to the practised type, or to the other."""
    told = [(right, "x", "c"), (right, "y", "d"), (wrong, "x", "d"), (wrong, "y", "c")]
    return cases_of(*((count, kind, {"f": "a", "g": value}) for count, kind, value in told))


@pytest.mark.parametrize(
    ("cases", "worth", "held"),
    [
        # Certain and wrong in a third: 2/3, where the base rate has a half.
        (half(80, 40), "worse", "though it still holds the practised type more often (67%"),
        (half(24, 8), "no better", "though it still holds the practised type more often (75%"),
        (half(9, 0), "better", "and it holds the practised type more often (100%"),
        (half(0, 9), "worse", "and it holds the practised type less often (0%"),
        # With nothing known both types are on it, which beats a base rate of the other cases.
        (WRONG, "better", "though it holds the practised type no more often (100%"),
    ],
)
def test_the_sentence_says_what_the_front_is_without_the_facets_that_define_types(
    cases: list[PastCase], worth: str, held: str
) -> None:
    sentence = honest_sentence(record_on(cases, both(), hidden="f"))
    assert f"the front is {worth} than the base rate as a forecast (skill " in sentence
    assert held in sentence.replace(" than chance", "")
    assert "defining facets" not in honest_sentence(record_on(cases, both()))


def test_of_few_cases_nothing_is_said_without_the_facets_that_define_types() -> None:
    few = "of the front without the defining facets too few cases tell anything."
    assert honest_sentence(record_on(FOUR, hidden="f")).endswith(few)


def test_without_a_question_there_is_no_sentence() -> None:
    assert honest_sentence(replace(record_on(FOUR), alone=())) == ""


def test_gates_take_from_the_front_what_was_ahead() -> None:
    frame = small()
    assert record_on(FOUR, frame).gated is None
    assert gates_text(record_on(FOUR, frame)) == "No gate closes a type here."
    shut = Condition({"f": frozenset("a")})
    gate = Gate("gate/g", "g", "g", "x", "led", "", "", "", "reading", shut)
    # x is ahead in 1, 2 and 3 cases led as x only where a is seen, and there it is closed.
    done = record_on(FOUR, replace(frame, gates=[gate]))
    assert done.gated is not None
    assert (done.gated.readings, done.gated.closed) == (4, 2)
    assert (done.gated.without.hits, done.types.hits) == (3 / 4, 1 / 4)
    said = gates_text(done)
    assert said.startswith("In 2 of 4 readings (50.0%) the practised type was ahead")
    assert "25% of the time (by chance 25%), and without gates would be 75%" in said


def test_all_that_is_tried_is_counted() -> None:
    done = record_on(RIGHT, both(), hidden="f")
    # Four of each of two events on two tests; four of the type; two without f; f and g alone.
    assert done.tries == 4 * 2 * 2 + 4 + 2 + 2
    assert record_on(RIGHT, both()).tries == done.tries - 2


def test_outcomes_that_others_judged_stand_beside_all() -> None:
    mine = [replace(case, independent=frozenset({"led"})) for case in FOUR[:2]]
    done = look_back_on([*mine, *FOUR[2:]], small(), Lots(0, 100, 100))
    (led,) = done.by_others
    assert (led.test, led.event, led.cases, sorted(led.happened)) == (
        "led",
        "met",
        ("1", "2"),
        ["1", "2"],
    )
    assert done.tries == record_on(FOUR).tries + 1
    words = " ".join(text_of(backtest_blocks(done)).split())
    assert "led: all that is judged 2 of 4" in words
    assert "led: judged by others than who led 2 of 2" in words
    assert "(1 of them only over what others judged)" in words
    (row,) = backtest_data(done)["judged_by_others"]
    assert (row["test"], row["cases"], row["happened"], row["open"]) == ("led", 2, 2, 2)
    assert "| led: judged by others than who led | 2 of 2 |" in backtest_markdown(done)


def test_only_independent_outcomes_stand_by_themselves(library: Store, frame: Frame) -> None:
    only = look_back(library, frame, rounds=100, shuffles=0, only_independent=True)
    both = look_back(library, frame, rounds=100, shuffles=0)
    assert only.by_others == ()
    met = [one for one in only.outcomes if one.event == "met"]
    assert [one.base for one in met] == [one.base for one in both.by_others]
    text = text_of(backtest_blocks(only))
    assert "judged by others than who led" in text
    assert "all that is judged" not in text


@pytest.fixture(scope="module")
def done(library: Store, frame: Frame) -> Backtest:
    return look_back(library, frame, rounds=100, shuffles=100)


def test_every_form_has_all_baselines_in_order(done: Backtest) -> None:
    data = json.loads(json.dumps(backtest_data(done)))
    text, markdown = text_of(backtest_blocks(done)), backtest_markdown(done)
    names = [one["facet"] for one in data["one_question_alone"]]
    rows = [
        f"one question alone: {names[0]}",
        "the front, each type on it alike",
        "the front, the next front, and so on",
        *(f"one question alone: {name}" for name in names[1:4]),
        f"others: {names[4]}",
        f"others: {names[-1]}",
        "the front without the defining facets",
        "the same with the next front, and so on",
        "the most frequent type",
    ]
    for form in (text, markdown):
        places = [form.index(row) for row in rows]
        assert places == sorted(places)
        assert f"{done.blind.forecasts['front'].brier:.3f}" in form
        words = " ".join(form.split())
        assert data["says"] in words
        assert gates_text(done) in words
        assert "coded by whoever contributed it" in words
    briers = [one["brier"] for one in data["one_question_alone"]]
    assert briers == sorted(briers)
    assert data["tries"] == done.tries
    assert f"{done.tries} forecasts are tried in this record" in " ".join(text.split())


def test_a_facet_that_no_reading_knows_is_no_question(done: Backtest, frame: Frame) -> None:
    known = {one.facet for one in done.alone}
    text = "".join(path.read_text(encoding="utf-8") for path in CASES)
    assert known == {name for name in frame.facets if f"\n    {name}:\n" in text}


def test_each_case_of_the_record_has_one_first_hand(done: Backtest) -> None:
    assert sum(hand.cases for hand in done.hands) == done.cases
    assert done.again


def test_gates_only_take_away(done: Backtest) -> None:
    assert done.gated is not None
    assert done.gated.without.hits >= done.types.hits
