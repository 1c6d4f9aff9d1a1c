"""Evidence from cases: exact intervals, honest counts, and what is shared and what differs."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.advice.board import advise
from sysgraph.advice.cases import CaseStudies, StoredCase
from sysgraph.advice.evidence import (
    EXACT,
    LEAST,
    SHOWN,
    Interval,
    Likened,
    OutcomeTally,
    OutcomeVerdict,
    TypeEvidence,
    interval,
    is_most,
    weigh_evidence,
)
from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation, situation_of, situations_of_case
from sysgraph.pages.blocks import text_of
from sysgraph.pages.brief import headline
from sysgraph.pages.evidence import evidence_blocks, tally_sentence
from sysgraph.pages.objects import plain
from sysgraph.store.local import Store
from sysgraph.terms import PREFIXES

TESTS = ("led", "working")


@pytest.fixture(scope="module")
def stored(frame: Frame) -> dict[str, StoredCase]:
    return {case.id: case for case in frame.cases.values()}


@pytest.fixture(scope="module")
def readings(frame: Frame, stored: dict[str, StoredCase]) -> list[Situation]:
    """The situations that all the shipped cases began in, by all their readings."""
    return [situation for case in stored for situation in situations_of_case(case, frame)]


# The interval


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [  # from tables of the exact interval, to four digits
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (1, 1, 0.0250, 1.0),
        (0, 20, 0.0, 0.1684),
        (7, 20, 0.1539, 0.5922),
    ],
)
def test_the_interval_is_that_of_the_tables(count: int, of: int, low: float, high: float) -> None:
    found = interval(count, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def tail(count: int, of: int, share: Fraction) -> Fraction:
    return sum(
        (comb(of, i) * share**i * (1 - share) ** (of - i) for i in range(count, of + 1)),
        Fraction(0),
    )


def test_the_interval_ends_where_chance_would_still_do_it_in_one_of_forty() -> None:
    tried = 0
    for of in (1, 2, 3, 7, 14, 40):
        for count in range(of + 1):
            found = interval(count, of)
            if count:
                assert float(tail(count, of, Fraction(found.low))) == pytest.approx(0.025, abs=1e-9)
            if count < of:
                below = 1 - tail(count + 1, of, Fraction(found.high))
                assert float(below) == pytest.approx(0.025, abs=1e-9)
            tried += 1
    assert tried == 73


def test_the_interval_holds_the_true_share_often_enough() -> None:
    for of in range(1, 21):
        for percent in range(1, 100, 7):
            share = Fraction(percent, 100)
            held = sum(
                (tail(count, of, share) - tail(count + 1, of, share))
                for count in range(of + 1)
                if interval(count, of).low <= share <= interval(count, of).high
            )
            assert held >= Fraction(95, 100)


def test_beyond_a_thousand_cases_the_quick_interval_is_as_good() -> None:
    for count in range(0, EXACT + 1, 10):
        exact, quick = interval(count, EXACT), interval(count, EXACT + 1)
        assert quick.low == pytest.approx(exact.low, abs=0.002)
        assert quick.high == pytest.approx(exact.high, abs=0.002)
    assert interval(0, 0) == Interval(0, 1)
    assert interval(100_000, 100_000).high == pytest.approx(1)


@given(st.integers(1, 300).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_what_was_seen_and_its_mirror(pair: tuple[int, int]) -> None:
    count, of = pair
    found, mirror = interval(count, of), interval(of - count, of)
    assert found.low <= count / of <= found.high
    assert found.low == pytest.approx(1 - mirror.high, abs=1e-9)
    assert is_most(count, of) == (found.low > 0.5)


def test_too_few_is_what_could_not_exclude_an_even_chance() -> None:
    assert not any(is_most(of, of) for of in range(LEAST))
    assert is_most(LEAST, LEAST)
    assert is_most(60_000, 100_000)
    assert not is_most(50_000, 100_000)


# The tally


def tallies() -> Iterator[OutcomeTally]:
    for met in range(13):
        for partly in range(5):
            for failed in range(13):
                yield OutcomeTally("led", met, partly, failed, 1, {})


def test_unseen_failures_are_the_fewest_that_change_the_picture() -> None:
    tried = 0
    for tally in tallies():
        met, known = tally.met, tally.known
        overturned = next(x for x in range(40) if tally.failed + x > met)
        assert tally.to_overturn == overturned
        if tally.verdict is OutcomeVerdict.MOST_MEET:
            assert tally.to_doubt == next(x for x in range(1, 40) if not is_most(met, known + x))
        else:
            assert tally.to_doubt is None
        tried += 1
    assert tried == 845


def test_the_verdict_is_that_of_the_intervals() -> None:
    for tally in tallies():
        if tally.known < LEAST:
            assert tally.verdict is OutcomeVerdict.TOO_FEW
        else:
            assert (tally.verdict is OutcomeVerdict.MOST_MEET) == (tally.meeting.low > 0.5)
            assert (tally.verdict is OutcomeVerdict.MOST_FAIL) == (tally.failing.low > 0.5)


def test_a_few_cases_are_told_in_plain_words() -> None:
    few = OutcomeTally("led", 2, 0, 1, 0, {"contested": 1, "yes": 2})
    assert tally_sentence(few) == "3 cases, 1 contested and 2 yes: too few to say."
    assert (
        tally_sentence(OutcomeTally("led", 1, 0, 0, 0, {"yes": 1}))
        == "1 case, 1 yes: too few to say."
    )
    assert tally_sentence(OutcomeTally("led", 0, 0, 0, 0, {})) == "0 cases: too few to say."
    many = OutcomeTally("led", 20, 0, 1, 2, {"no": 1, "yes": 20, "too-early": 2})
    assert "(2 leave it open): more than half meet it" in tally_sentence(many)
    assert "76% to 100% may meet it in full and 0% to 24% fail it" in tally_sentence(many)


# What the cases of the library show


def by_hand(
    case: StoredCase, situation: Situation, frame: Frame
) -> list[tuple[tuple[int, int], dict[str, bool]]]:
    """For each reading: how many facets agree, of how many both know, and which."""
    found = []
    for values in case.readings.values():
        agree = {
            facet: values[facet] == frame.facets[facet].values[value].iri
            for facet, value in situation.facets.items()
            if facet in values
        }
        found.append(((sum(agree.values()), len(agree)), agree))
    return found


def counted(
    cases: list[StoredCase], test: str, frame: Frame, ignored: frozenset[str] = frozenset()
) -> tuple[int, int, int, int]:
    judged = [
        "" if case.id in ignored else (case.led if test == "led" else case.working)
        for case in cases
    ]
    met, partly, failed = (
        sum((judgement, test) in pairs for judgement in judged)
        for pairs in (frame.successes, frame.partial, frame.failures)
    )
    return met, partly, failed, len(cases) - met - partly - failed


def figures(tally: OutcomeTally) -> tuple[int, int, int, int]:
    return tally.met, tally.partly, tally.failed, tally.open


def test_counts_are_those_made_by_hand(
    frame: Frame, stored: dict[str, StoredCase], readings: list[Situation]
) -> None:
    tried = 0
    for situation in readings:
        found = weigh_evidence(situation, frame, shown=0)
        half = (len(situation.facets) + 1) // 2
        for kind, entry in found.items():
            counting = (case for case in stored.values() if case.id != situation.case)
            cases = [case for case in counting if case.type == kind]
            telling = [case for case in cases if not case.is_selected]
            alike = [
                case
                for case in telling
                if max(s for (s, _), _ in by_hand(case, situation, frame)) >= half
            ]
            assert (entry.count, entry.alike_count) == (len(cases), len(alike))
            assert entry.selected_count == len(cases) - len(telling)
            for test in TESTS:
                assert figures(entry.tallies[test]) == counted(telling, test, frame)
                assert figures(entry.alike[test]) == counted(alike, test, frame)
                tried += 1
            assert entry.cases == ()
    assert tried == len(readings) * len(frame.types) * 2 > 0


@pytest.mark.slow
def test_what_is_shared_and_what_differs_is_told_facet_by_facet(
    frame: Frame, stored: dict[str, StoredCase], readings: list[Situation]
) -> None:
    tried = 0
    for situation in readings[::4]:
        likened = {
            evidence.case.id: (evidence.shared, evidence.compared)
            for entry in advise(situation, frame).types.values()
            for evidence in entry.cases
        }
        for entry in weigh_evidence(situation, frame).values():
            for case in entry.cases:
                check_likened(case, situation, frame, stored[case.case.id])
                shared, differing = len(case.shared), len(case.differs)
                assert likened[case.case.id] == (shared, shared + differing)
                tried += 1
    # Four are told of each type that has as many.
    counts = Counter(case.type for case in stored.values()).values()
    assert tried >= len(readings[::4]) * sum(min(4, count) for count in counts)


def check_likened(entry: Likened, situation: Situation, frame: Frame, case: StoredCase) -> None:
    shared = {each.facet.id for each in entry.shared}
    differs = {each.facet.id for each in entry.differs}
    unknown = {facet.id for facet in entry.unknown}
    assert sorted([*shared, *differs, *unknown]) == sorted(situation.facets)
    hand = by_hand(case, situation, frame)
    (best, agree) = max(hand, key=lambda each: each[0])
    assert best == (len(shared), len(shared) + len(differs))
    assert all(situation.facets[e.facet.id] == e.here.id != e.there.id for e in entry.differs)
    disputed = {
        facet
        for facet in agree
        if len({values.get(facet, "") for values in case.readings.values()} - {""}) > 1
    }
    if [each for each, _ in hand].count(best) == 1:  # else either reading may be the nearest
        assert {facet.id for facet in entry.disputed} == disputed
    assert entry.case.checked == case.checked
    assert entry.confidence == case.confidence in {"high", "medium", "low"}
    assert set(entry.why) == set(TESTS)


def test_a_facet_is_disputed_where_two_readings_see_it_differently(world: Store) -> None:
    # Of alpha's two readings one says that the purpose came from a sponsor, and the other that it
    # came from those affected; both say that authority is dispersed.
    frame = load_frame(world)
    facets = {"purpose-origin": "constituents", "authority-locus": "dispersed"}
    entry = weigh_evidence(situation_of(facets, frame), frame)["facilitative"]
    (alpha,) = (case for case in entry.cases if case.case.id == "alpha")
    assert (alpha.standpoint, alpha.readings) == ("those affected", 2)
    assert [each.facet.id for each in alpha.shared] == ["purpose-origin", "authority-locus"]
    assert [facet.id for facet in alpha.disputed] == ["purpose-origin"]


@pytest.mark.slow
def test_failures_come_first_and_one_is_always_told(
    frame: Frame, stored: dict[str, StoredCase], readings: list[Situation]
) -> None:
    for situation in readings[::8]:
        for kind, entry in weigh_evidence(situation, frame).items():
            failed = [bool(case.failed) for case in entry.cases]
            assert failed == sorted(failed, reverse=True)
            others = (case for name, case in stored.items() if name != situation.case)
            cases = [case for case in others if case.type == kind]
            assert any(failed) == any(counted(cases, test, frame)[2] for test in TESTS)
            assert len(cases[:SHOWN]) <= len(failed) <= SHOWN + 1
            nearness = [-len(case.shared) for case in entry.cases if not case.failed]
            assert nearness == sorted(nearness)
            assert {stored[case.case.id].type for case in entry.cases} <= {kind}


@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_a_case_is_no_evidence_for_its_own_situation(name: str, world: Store) -> None:
    """C14: what came of the case that is asked about must not speak in its advice."""
    frame = load_frame(world)
    own = frame.cases[f"{PREFIXES['case']}{name}"]
    for situation in situations_of_case(name, frame):
        described = replace(situation, case="")
        seen, unseen = advise(described, frame), advise(situation, frame)
        assert situation.case == name
        for kind in frame.types:
            mine = int(own.type == kind)
            tallied = int(own.type == kind and not own.is_selected)
            assert unseen.types[kind].case_count == seen.types[kind].case_count - tallied
            before, after = (weigh_evidence(each, frame)[kind] for each in (described, situation))
            assert after.count == before.count - mine
            for test in TESTS:
                judged = sum(before.tallies[test].judgements.values())
                assert sum(after.tallies[test].judgements.values()) == judged - tallied
            told = {
                *(e.case.id for e in unseen.types[kind].cases),
                *(e.case.id for e in after.cases),
            }
            assert name not in told
        assert name in {e.case.id for kind in frame.types for e in seen.types[kind].cases}
        examination = Examiner(frame).examine(situation)
        assert "What came of it was judged: " in headline(examination)
        assert "that was not used here." in headline(examination)
        pairs = [each for one in examination.combinations for each in one.cases]
        assert name not in {each.case.id for each in pairs}


# What stands attacked


@pytest.mark.slow
def test_what_stands_attacked_is_told_and_never_counted(
    frame: Frame, stored: dict[str, StoredCase], readings: list[Situation]
) -> None:
    random, tried = Random(2), 0
    for situation in readings[::8]:
        gone = set(random.sample(sorted(stored), 9))
        pairs = {(case, stored[case].type) for case in random.sample(sorted(stored), 9)}
        found = weigh_evidence(situation, frame, without=gone, unclassified=pairs)
        for kind, entry in found.items():
            attacked = {c for c in gone if stored[c].type == kind}
            attacked |= {case for case, of in pairs if of == kind}
            attacked.discard(situation.case)
            gone_too = {*attacked, situation.case}
            left = [c for c in stored.values() if c.type == kind and c.id not in gone_too]
            assert (entry.count, entry.attacked_count) == (len(left), len(attacked))
            assert {case.id for case in entry.attacked} <= attacked
            assert not {case.case.id for case in entry.cases} & attacked
            telling = [case for case in left if not case.is_selected]
            for test in TESTS:
                assert figures(entry.tallies[test]) == counted(telling, test, frame)
                tried += 1
    assert tried == len(readings[::8]) * len(frame.types) * 2 > 0


def test_only_what_others_judged_counts_where_that_is_asked_for(
    frame: Frame, stored: dict[str, StoredCase]
) -> None:
    situation = situation_of({"purpose-origin": "movement"}, frame)
    found = weigh_evidence(situation, frame, only_independent=True)
    for kind, entry in found.items():
        telling = [c for c in stored.values() if c.type == kind and not c.is_selected]
        for test in TESTS:
            own = {c.id for c in telling if c.grounds[test].independent != "yes"}
            assert own
            expected = counted(telling, test, frame, frozenset(own))
            assert figures(entry.tallies[test]) == expected
        for case in entry.cases:
            grounds = stored[case.case.id].grounds
            assert all(grounds[test].independent == "yes" for test in case.failed)


def test_it_is_told_how_old_a_judgement_is_and_whose(frame: Frame) -> None:
    situation = situation_of({"purpose-origin": "movement"}, frame)
    entry = weigh_evidence(situation, frame, shown=50)["organic"]
    told = {case.case.id: case for case in entry.cases}
    ground = told["treatment-action-campaign"].grounds["working"]
    assert (ground.independent, ground.about) == ("no", "this-case")
    assert f"(judged {ground.judged}, by those who led, or theirs)" in lines(entry)
    assert told["act-up"].is_selected
    assert "looked for because of what came of it; a citation was read" in lines(entry)
    assert f"{entry.selected_count} more were looked for because of what came of them." in lines(
        entry
    )
    one = replace(entry, selected_count=1)
    assert "Not counted: 1 more was looked for because of what came of it." in lines(one)


def test_a_classification_that_stands_attacked_counts_for_no_other_type(frame: Frame) -> None:
    situation = situation_of({"purpose-origin": "movement"}, frame)
    whole = weigh_evidence(situation, frame, shown=0)
    pair = ("standing-rock", "facilitative")
    assert weigh_evidence(situation, frame, shown=0, unclassified={pair}) == whole
    unknown = weigh_evidence(situation, frame, shown=0, without={"no-such-case"})
    assert unknown == whole


def test_a_judgement_that_stands_attacked_leaves_its_test_open(frame: Frame) -> None:
    situation = situation_of({"purpose-origin": "movement"}, frame)
    pair = ("standing-rock", "working")
    whole = weigh_evidence(situation, frame)["organic"]
    without = weigh_evidence(situation, frame, unjudged={pair})["organic"]
    assert without.count == whole.count
    assert without.tallies["led"] == whole.tallies["led"]
    assert without.tallies["working"].failed == whole.tallies["working"].failed - 1
    assert without.tallies["working"].open == whole.tallies["working"].open + 1
    shown = {case.case.id: case for case in without.cases}
    if "standing-rock" in shown:
        assert shown["standing-rock"].failed == ()
        assert shown["standing-rock"].unheeded == ("working",)
        assert "This judgement stands attacked" in lines(without)
    assert any(case.failed for case in without.cases)


def test_no_failure_is_told_where_every_judgement_of_one_stands_attacked(
    frame: Frame, stored: dict[str, StoredCase], readings: list[Situation]
) -> None:
    attacked = {
        (case.id, test)
        for case in stored.values()
        for test, judgement in (("led", case.led), ("working", case.working))
        if (judgement, test) in frame.failures
    }
    situation = readings[0]
    found = weigh_evidence(situation, frame, unjudged=attacked)
    assert any(
        case.failed for entry in weigh_evidence(situation, frame).values() for case in entry.cases
    )
    for told in found.values():
        assert not any(case.failed for case in told.cases)
        # The nearest ones alone: none was added for having failed.
        assert len(told.cases) == min(SHOWN, told.count)


# What is written


def lines(found: TypeEvidence) -> str:
    return " ".join(text_of(evidence_blocks(found)).split())


def test_every_type_is_written_for_people_and_for_machines(
    frame: Frame, readings: list[Situation]
) -> None:
    for situation in readings[::16]:
        for entry in weigh_evidence(situation, frame).values():
            text, data = lines(entry), json.loads(json.dumps(plain(entry)))
            assert data["count"] == entry.count
            for case, told in zip(entry.cases, data["cases"], strict=True):
                assert case.case.title in text
                assert told["id"] == case.case.id
                assert list(told["shared"]) == [each.facet.id for each in case.shared]
            for test in TESTS:
                assert not entry.count or entry.tallies[test].verdict in text
                assert data["tallies"][test]["verdict"] == entry.tallies[test].verdict


def test_what_is_attacked_and_what_overturns_is_written(frame: Frame) -> None:
    situation = situation_of({"purpose-origin": "constituents"}, frame)
    found = weigh_evidence(situation, frame, without={"mont-fleur"})
    text = lines(found["facilitative"])
    assert "Attacked and undefended, so not counted:" in text
    assert "unseen failures like these would make failures the more." in text
    every = list(frame.cases.index().ids)
    bare = weigh_evidence(situation, frame, without=every)["facilitative"]
    assert "no case that counts is recorded" in lines(bare)
    assert f"and {bare.attacked_count - 4} more" in lines(bare)
    assert (bare.count, bare.cases) == (0, ())


def test_failures_that_lead_and_successes_in_doubt_are_written(frame: Frame) -> None:
    case = TypeEvidence((), 9, 0, {}, 0, {}, 0, ())
    led = OutcomeTally("led", 1, 0, 8, 0, {"no": 8, "yes": 1})
    met = OutcomeTally("working", 9, 0, 0, 0, {"yes": 9})
    text = lines(TypeEvidence((), 9, 0, {"led": led, "working": met}, 9, {}, 0, ()))
    assert "more than half fail it" in text
    assert "Failures are already more than cases that meet it in full." in text
    assert f"With {met.to_doubt} it would be open whether more than half meet it." in text
    assert case.cases == ()


def test_without_a_situation_or_a_case_nothing_is_alike(frame: Frame) -> None:
    nothing = weigh_evidence(Situation("s"), frame)
    assert all(entry.alike_count == 0 for entry in nothing.values())
    assert all(case.shared == () for entry in nothing.values() for case in entry.cases)
    assert "Shared: nothing." in lines(nothing["organic"])
    empty = Frame(types=frame.types, tests=frame.tests, facets=frame.facets, cases=CaseStudies())
    assert all(entry.count == 0 for entry in weigh_evidence(Situation("s"), empty).values())


def test_a_reading_that_is_alone_or_disputed_is_told(frame: Frame) -> None:
    situation = situation_of({"purpose-origin": "incumbents"}, frame)
    entry = weigh_evidence(situation, frame)["better-leadership"]
    case = entry.cases[0]
    facet = frame.facets["purpose-origin"]
    disputed = replace(case, disputed=(facet,), unknown=(facet,))
    alone = replace(case, readings=1, confidence="", standpoint="")
    text = lines(replace(entry, cases=(disputed, alone)))
    assert f"its readings disagree on what is compared here ({facet.label})" in text
    assert f"Not known there: {facet.label}." in text
    assert "one reading only." in text
