"""The record: figures worked out by hand, and what no record may do."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from shelf import CASES
from shelf import readings as count_readings
from sysgraph.advice.board import Board, undominated
from sysgraph.advice.cases import BETTER, NO_BETTER, UNTOLD, WORSE, Record
from sysgraph.advice.frame import (
    Consideration,
    Facet,
    FacetValue,
    Frame,
    LeadershipType,
)
from sysgraph.advice.shipped import kept_record
from sysgraph.cli.app import build
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import backtest_data, plain
from sysgraph.pages.record import backtest_blocks, backtest_markdown, record_blocks
from sysgraph.record.by import By
from sysgraph.record.outcomes import Judged, Lots, Skill, skill_of
from sysgraph.record.past import (
    PastCase,
    digest_of,
    layers_of,
    past_cases,
    past_readings,
)
from sysgraph.record.run import (
    Backtest,
    hits_of,
    look_back,
    look_back_on,
    record_of,
    shipped_record,
)
from sysgraph.store.local import LocalStore, Store


@pytest.fixture(scope="module")
def cases(library: Store, frame: Frame) -> list[PastCase]:
    return past_cases(library, frame, 500, 0)[0]


@pytest.fixture(scope="module")
def done(library: Store, frame: Frame) -> Backtest:
    return look_back(library, frame, rounds=200)


def small() -> Frame:
    """Two types and two facets: 'a' speaks for x and 'b' for y on led; working says nothing."""
    facets = {
        name: Facet(
            name, name, name, "", test, 1, {v: FacetValue(f"value/{v}", v, v, "") for v in values}
        )
        for name, test, values in (("f", "led", "ab"), ("g", "working", "cd"))
    }
    tests = ("led", "working")
    return Frame(
        types={name: LeadershipType(name, name, at, "") for at, name in enumerate("xy", 1)},
        tests=dict.fromkeys(tests, Fraction(1, 4)),
        facets=facets,
        considerations=[
            Consideration("one", "value/a", "", "reading", supports={"x"}),
            Consideration("two", "value/b", "", "reading", supports={"y"}),
        ],
        failures={("no", test) for test in tests},
        successes={("yes", test) for test in tests},
        partial={("mixed", test) for test in tests},
    )


def case(case_id: str, kind: str, value: str, led: str, working: str = "mixed") -> PastCase:
    judged = {"led": led, "working": working}
    return PastCase(case_id, kind, judged, ({"f": value},))


FOUR = [
    case("1", "x", "a", "yes"),
    case("2", "x", "a", "yes"),
    case("3", "x", "b", "no"),
    case("4", "y", "b", "no", "too-early"),
]


def test_four_cases_worked_out_by_hand() -> None:
    done = look_back_on(FOUR, small(), Lots(0, 100, 0))
    assert done.types.hits == 3 / 4  # the third was led as x where y alone was on the front
    assert done.types.chance == 1 / 2
    # Certain and right three times: 0; certain and wrong once: 1 + 1.
    assert done.types.forecasts["front"].brier == pytest.approx(2 / 4)
    # Seen from an x, two of three others are x: 2 (1/3)^2; seen from the y, all others are: 2.
    assert done.types.forecasts["front"].base == pytest.approx((3 * 2 / 9 + 2) / 4)
    # On the front: of others 2 of 3, each layer once more: 3/5. Off it: 0 of 3, once more: 1/5.
    graded = (3 * 2 * (2 / 5) ** 2 + 2 * (4 / 5) ** 2) / 4
    assert done.types.forecasts["graded"].brier == pytest.approx(graded)
    led = done.outcomes[0]
    assert (led.test, led.event, sorted(led.happened)) == ("led", "met", ["1", "2"])
    # 1 learns from 2 and 4, the others on the front, and from two more at the base rate 1/3.
    first = (1 - (1 + 2 / 3) / 4) ** 2
    # 3 has no other case off the front, and so the base rate; 4 learns from 1 and 2.
    third, fourth = (2 / 3) ** 2, ((2 + 4 / 3) / 4) ** 2
    assert led.forecasts["front"].scores == pytest.approx((first, first, third, fourth))
    assert led.base == pytest.approx((4 / 9,) * 4)
    assert led.forecasts["front"].skill.skill == pytest.approx(-3 / 128)


def test_a_case_that_leaves_a_test_open_is_left_out_of_it_and_counted() -> None:
    working = look_back_on(FOUR, small(), Lots(0, 100, 0)).outcomes[2]
    assert (working.test, working.cases, working.open) == ("working", ("1", "2", "3"), 1)
    assert working.happened == frozenset()
    assert working.forecasts["standing"].skill.verdict == UNTOLD


def planted(count: int) -> list[PastCase]:
    """Cases that went well exactly where the practised type was on the front."""
    random = Random(1)
    found = []
    for at in range(count):
        kind, value = random.choice("xy"), random.choice("ab")
        fits = (kind, value) in {("x", "a"), ("y", "b")}
        found.append(case(f"{at:03}", kind, value, "yes" if fits else "no"))
    return found


def test_a_planted_signal_is_found() -> None:
    done = look_back_on(planted(60), small(), Lots(0, 200, 200))
    for name in ("front", "standing"):
        skill = done.outcomes[0].forecasts[name].skill
        assert skill.skill is not None
        assert skill.skill > 0.98
        assert skill.verdict == BETTER
        assert skill.at_least == 1 / 201
    bins = done.outcomes[0].forecasts["front"].bins
    assert [each.happened for each in bins] == [0, 1]
    assert done.types.hits == pytest.approx(done.types.chance, abs=0.15)


@pytest.mark.slow
def test_shuffled_outcomes_lose_the_planted_signal() -> None:
    lots = planted(60)
    skills, found = [], 0
    for seed in range(40):
        judged = [each.judgements for each in lots]
        Random(seed).shuffle(judged)
        mixed = [replace(e, judgements=j) for e, j in zip(lots, judged, strict=True)]
        skill = look_back_on(mixed, small(), Lots(0, 100, 0)).outcomes[0].forecasts["front"]
        assert skill.skill.skill is not None
        skills.append(skill.skill.skill)
        found += skill.skill.verdict == BETTER
    assert sum(skills) / len(skills) < 0.01
    assert found <= 4  # one in forty is what the intervals allow, and these are few cases


@pytest.mark.slow
def test_shuffled_outcomes_of_the_library_have_no_skill(done: Backtest) -> None:
    for outcome in done.outcomes:
        for told in outcome.forecasts.values():
            assert told.skill.shuffled is not None
            assert told.skill.shuffled < 0.01
    assert done.types.forecasts["graded"].shuffled is not None
    assert done.types.forecasts["graded"].shuffled < 0.01


def test_no_forecast_sees_the_outcome_of_its_own_case(cases: list[PastCase], frame: Frame) -> None:
    readings = past_readings(cases, Board.of(frame))
    tried = wanted = 0
    for test in frame.tests:
        judged = Judged.on(test, cases, readings, frame)
        groups = {**judged.learned(), "base": [0] * len(judged.readings)}
        wanted += len(groups) * len(judged.readings)
        true = judged.bits(list(judged.own)[::3])
        for learned in groups.values():
            told = judged.foretell(learned, true)
            for number, own in judged.own.items():
                other = judged.foretell(learned, true ^ own)
                for at, reading in enumerate(judged.readings):
                    if reading.case == number:
                        assert other[at] == told[at]
                        tried += 1
    assert tried == wanted > 0


@pytest.mark.slow
def test_the_order_of_the_cases_changes_nothing(cases: list[PastCase], frame: Frame) -> None:
    first = look_back_on(cases, frame, Lots(0, 100, 100), by=By.REGION)
    mixed = Random(3).sample(cases, len(cases))
    assert look_back_on(mixed, frame, Lots(0, 100, 100), by=By.REGION) == first
    other = look_back_on(cases, frame, Lots(1, 100, 100), by=By.REGION)
    assert other.types.low != first.types.low or other.outcomes != first.outcomes
    assert other.types.hits == first.types.hits
    assert other.digest == first.digest


def test_the_first_layer_is_the_front(cases: list[PastCase], frame: Frame) -> None:
    board, tried = Board.of(frame), 0
    for each in cases:
        for reading in each.readings:
            layers = layers_of(reading, board)
            held = {kind for kind, layer in zip(board.types, layers, strict=True) if not layer}
            assert held == board.front(reading)
            tried += 1
            if board.closed(reading):
                continue
            left = [at for at, layer in enumerate(layers) if layer]
            points = [tuple(board.point(t, reading)[at] for at in left) for t in board.tests]
            second = {k for k, layer in zip(board.types, layers, strict=True) if layer == 1}
            assert {board.types[left[at]] for at in undominated(points)} == second
    assert tried == sum(count_readings()[each.case_id] for each in cases) > 0


def test_with_nothing_known_the_front_is_no_better_than_chance() -> None:
    silent = [replace(each, readings=({"g": "c"},)) for each in FOUR]
    blank = replace(small().facets["g"], test="led", strength=0)
    frame = replace(small(), facets={"f": small().facets["f"], "g": blank})
    done = look_back_on(silent, frame, Lots(0, 100, 0))
    assert (done.types.silent, done.types.hits, done.types.chance) == (4, 1, 1)
    assert "too little is known for a front" in " ".join(text_of(backtest_blocks(done)).split())


def test_hits_count_each_reading_of_a_case_by_its_share() -> None:
    two = replace(FOUR[0], readings=({"f": "a"}, {"f": "b"}))
    assert hits_of(past_readings([two], Board.of(small())), [0]) == [0.5]
    types = look_back_on([two], small(), Lots(0, 100, 0)).types
    assert (types.hits, types.chance) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("low", "high", "cases", "said"),
    [
        (0.01, 0.5, 9, BETTER),
        (-0.5, -0.01, 9, WORSE),
        (-0.1, 0.1, 9, NO_BETTER),
        (0.0, 0.1, 9, NO_BETTER),
        (0.01, 0.5, 5, UNTOLD),
        (None, None, 9, UNTOLD),
    ],
)
def test_the_verdict_is_on_which_side_of_zero_the_interval_lies(
    low: float | None, high: float | None, cases: int, said: str
) -> None:
    assert Skill(cases, 0.1, 0.1, 0.0, low, high).verdict == said


def test_skill_of_perfect_and_of_no_forecasts() -> None:
    draws = Lots(0, 100, 0).draws(4)
    assert skill_of([0.0] * 4, [0.25] * 4, draws).skill == 1
    assert skill_of([0.25] * 4, [0.25] * 4, draws, [1.0, 0.9]).at_least == 1
    assert skill_of([], [], draws).skill is None


def test_the_digest_changes_with_rules_and_cases_only() -> None:
    frame = small()
    first = digest_of(FOUR, frame)
    assert digest_of(FOUR[::-1], frame) == first
    frame.types["x"] = replace(frame.types["x"], label="another word")
    assert digest_of(FOUR, frame) == first
    assert digest_of(FOUR[1:], frame) != first
    assert digest_of([replace(FOUR[0], type="y"), *FOUR[1:]], frame) != first
    frame.considerations[0].undermines.add("y")
    assert digest_of(FOUR, frame) != first


def test_past_cases_hold_what_the_cases_say(
    cases: list[PastCase], library: Store, frame: Frame
) -> None:
    by_id = {each.case_id: each for each in cases}
    medellin = by_id["medellin-social-urbanism"]
    assert medellin.type == "better-leadership"
    assert medellin.judgements == {"led": "contested", "working": "yes"}
    assert medellin.regions == ("Americas",)
    assert medellin.contributor == "The sysgraph founders"
    assert {reading["purpose-origin"] for reading in medellin.readings} == {"incumbents"}
    assert ["predictability" in reading for reading in medellin.readings].count(True) == 1
    chosen = [path for path in CASES if "selection: on-outcome" in path.read_text()]
    assert {path.stem for path in CASES} == {*by_id, *(path.stem for path in chosen)}
    assert by_id["treatment-action-campaign"].independent == frozenset()
    assert by_id["wigan-deal"].independent == {"led", "working"}
    found = past_cases(library, frame, 10, 4)
    assert len(found[0]) == 10
    assert found[1:] == (len(CASES) - len(chosen), len(chosen))
    assert found == past_cases(library, frame, 10, 4)
    assert frame.defining == (
        "purpose-origin",
        "authority-locus",
        "predictability",
        "change-aim",
    )


def test_what_was_looked_for_by_its_outcome_foretells_nothing(
    cases: list[PastCase], library: Store, frame: Frame
) -> None:
    done = look_back(library, frame, rounds=100, shuffles=0)
    assert (done.cases, done.left_out) == (len(cases), len(CASES) - len(cases))
    assert f"{done.left_out} more cases were looked for" in text_of(backtest_blocks(done))
    by_others = look_back(library, frame, rounds=100, shuffles=0, only_independent=True)
    assert by_others.types.hits == done.types.hits
    for mine, theirs in zip(done.outcomes, by_others.outcomes, strict=True):
        own = {c.case_id for c in cases if mine.test not in c.independent}
        assert {*theirs.cases} == {*mine.cases} - own
    assert "only where others judged" in text_of(backtest_blocks(by_others))


def test_every_country_lies_in_a_region(cases: list[PastCase]) -> None:
    names = {name for each in cases for name in each.regions}
    assert names == {"Africa", "Americas", "Asia", "Europe", "Oceania", "World"}


@pytest.mark.parametrize("by", list(By))
def test_the_groups_hold_every_case(
    by: By, library: Store, frame: Frame, cases: list[PastCase]
) -> None:
    groups = look_back(library, frame, by=by, rounds=100, shuffles=0).groups
    sizes = [group.cases for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    if by is By.REGION:
        assert sum(sizes) >= len(cases)
    else:
        assert sum(sizes) == len(cases)
    if by is By.TYPE:
        assert {group.name for group in groups} == {each.type for each in cases}


def test_what_is_written_says_what_was_measured(done: Backtest) -> None:
    text = text_of(backtest_blocks(done))
    data = json.loads(json.dumps(backtest_data(done)))
    markdown = backtest_markdown(done)
    assert f"{done.types.hits:.0%}" in text
    assert done.digest in text
    assert data["digest"] == done.digest
    for outcome in done.outcomes:
        for told in outcome.forecasts.values():
            assert f"{told.skill.brier:.3f}" in text
            assert told.skill.verdict in markdown
    told = data["outcomes"][0]
    assert len(told["forecasts"]["front"]["scores"]) + told["open"] == done.cases
    assert data["left_out"] == done.left_out > 0
    # It stands under the rows that it is about.
    assert "\n  The skill is that of how high the practised type stood on the test.\n" in text
    bare = look_back_on(FOUR, small(), Lots(0, 100, 0))
    assert "No shuffles were made." in text_of(backtest_blocks(bare))
    assert "cannot be told" in backtest_markdown(bare)
    assert f"drawn from {done.of}" in text_of(backtest_blocks(replace(done, cases=9)))


@pytest.mark.slow
def test_luck_is_counted_among_all_that_was_tried() -> None:
    rare = look_back_on(planted(60), small(), Lots(0, 100, 1000))
    assert "tries stays rare" in " ".join(text_of(backtest_blocks(rare)).split())


def test_the_record_is_kept_and_read_again(
    done: Backtest, library: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = record_of(done)
    assert Record.of_json(record.as_json()) == record
    assert [told.test for told in record.tests] == ["led", "working"]
    monkeypatch.setattr("sysgraph.library.build", lambda: library.store)
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("sysgraph.record.run.look_back", lambda *_, **__: done)
    assert kept_record() is None
    assert shipped_record() == record == kept_record()
    monkeypatch.setattr("sysgraph.record.run.look_back", None)
    assert shipped_record() == record
    (kept,) = (tmp_path / "cache").glob("record-*.json")
    kept.write_text("{}")
    assert kept_record() is None


def test_a_cache_that_cannot_be_written_costs_the_record_nothing(
    done: Backtest, library: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysgraph.library.build", lambda: library.store)
    monkeypatch.setattr("sysgraph.record.run.look_back", lambda *_, **__: done)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "file" / "below"))
    assert shipped_record() == record_of(done)
    assert kept_record() is None


def test_advice_can_carry_the_record(done: Backtest) -> None:
    record = record_of(done)
    said = " ".join(text_of(record_blocks(record)).split())
    assert f"{record.hits:.0%}" in said
    assert all(told.verdict in said for told in record.tests)
    assert "not over yours" in " ".join(text_of(record_blocks(record, own=False)).split())
    assert plain(record)["digest"] == done.digest
    untold = replace(record, tests=(replace(record.tests[0], low=None, high=None, verdict=UNTOLD),))
    assert UNTOLD in " ".join(text_of(record_blocks(untold)).split())


def test_what_advice_discloses_is_what_is_measured(done: Backtest, frame: Frame) -> None:
    said = "how high the practised type stood on a test did not predict how the case turned out"
    assert any(said in disclosure for disclosure in frame.disclosures)
    for outcome in done.outcomes:
        assert outcome.forecasts["standing"].skill.verdict != BETTER
    assert 0.7 < done.types.hits < 0.9
    assert done.types.chance < 1 / 3


def test_the_front_is_recovered_less_well_without_the_facets_that_define_types(
    done: Backtest,
) -> None:
    assert done.blind.chance < done.blind.low < done.blind.hits < done.types.low


@pytest.mark.parametrize(
    ("form", "expected"),
    [("json", '"by": "region"'), ("markdown", "| Europe | "), ("text", "By region")],
)
def test_the_command_writes_each_format(form: str, expected: str, library: Store) -> None:
    words = ["backtest", "--by", "region", "--rounds", "100", "--format", form]
    said = CliRunner().invoke(build(["backtest"]), words)
    assert said.exit_code == 0
    assert expected in said.stdout
