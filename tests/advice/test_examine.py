"""Advice: the numbers, the front, and the laws that they obey."""

import json
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgraph.advice.board import advise, undominated
from sysgraph.advice.described import read_situations
from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Facet, FacetValue, Frame, Source
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation, situation_of, situations_of_case
from sysgraph.errors import BadFile, BadFiles, BadSituation, BadStore, UnknownThing
from sysgraph.pages.objects import report_json
from sysgraph.pages.proof import explanation_data, explanation_markdown, explanation_text
from sysgraph.pages.report import report_markdown, report_text
from sysgraph.pages.words import credit
from sysgraph.query import find, run
from sysgraph.store.local import LocalStore, Store, memory

TESTS = ("led", "working")

WORKED = {
    "hospital-discharge": (
        "incumbents shared-institutions trusted leading organised strained unitary complicated"
        " latent incumbent-budgets consequential months coordinate",
        1,
        {4, 6},
    ),
    "reading-foundation": (
        "external-sponsor dispersed qualified permitting unorganised strained unitary complicated"
        " latent tied-external consequential years organise-field",
        2,
        {1, 6},
    ),
    "mining-town": (
        "constituents shared-institutions qualified permitting fragmented strained plural complex"
        " latent flexible-external consequential generation shift-power",
        3,
        {1, 2},
    ),
    "homecare-pioneers": (
        "pioneers dispersed discredited permitting fragmented exhausted plural complex"
        " latent flexible-external safe-to-fail generation replace-regime",
        4,
        {1, 2},
    ),
    "multiple-disadvantage": (
        "unsettled dispersed qualified leading fragmented strained plural complex"
        " depleted incumbent-budgets safe-to-fail years learn-adapt",
        5,
        {1, 2, 6},
    ),
    "tenants": (
        "movement contested discredited resistant unorganised strained coercive complicated"
        " strong little consequential months win-justice",
        6,
        {1, 3, 5},
    ),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked_situation_has_the_expected_type_on_the_front(name: str, frame: Frame) -> None:
    values, expected, excluded = WORKED[name]
    asked = [name for name, facet in frame.facets.items() if not facet.is_optional]
    facets = dict(zip(asked, values.split(), strict=True))
    advice = advise(situation_of(facets, frame), frame)
    numbers = {frame.types[kind].number for kind in advice.front}
    assert expected in numbers
    assert not numbers & excluded
    assert advice.abstains == ()


@pytest.mark.slow
def test_advice_gives_the_numbers_of_the_query(library: Store, frame: Frame) -> None:
    rows = run(find("which-approach-fits"), library).texts()
    query = {(row["situation"], row["type"], row["test"]): row for row in rows}
    compared = 0
    for case in frame.cases.values():
        readings = zip(case.readings, situations_of_case(case.id, frame), strict=True)
        for reading, situation in readings:
            advice = advise(situation, frame)
            for kind, test in product(frame.types, TESTS):
                row, standing = query[reading, kind, test], advice.types[kind].standings[test]
                assert float(row["low"]) == pytest.approx(float(standing.low))
                assert float(row["high"]) == pytest.approx(float(standing.high))
                assert ("standing" in row) == (standing.value is not None)
                if standing.value is not None:
                    assert float(row["standing"]) == pytest.approx(float(standing.value))
                gated = test in {gate.test for gate in advice.types[kind].gates}
                assert (row["gated"] == "yes") == gated
                compared += 1
    assert compared == len(query) > 0


def test_standing_worked_out_by_hand(frame: Frame) -> None:
    # led, strengths 3 2 2 2 1: purpose +3, authority -2, agreement -2 of the 7 known
    facets = {
        "purpose-origin": "constituents",
        "authority-locus": "external",
        "agreement": "coercive",
    }
    advice = advise(situation_of(facets, frame), frame)
    led = advice.types["facilitative"].standings["led"]
    assert led.value == Fraction(-1, 7)
    assert led.known_share == Fraction(7, 10)
    # legitimacy (2) and how a driver stands (2) could support it, and stakes (1) say nothing;
    # where a driver is refused, that undermines it
    assert led.high == Fraction(3, 11)
    assert led.low == Fraction(-1, 3)
    assert advice.abstains == ("working",)
    assert {gate.test for gate in advice.types["facilitative"].gates} == {"led"}
    assert [each.id for each in advice.types["facilitative"].cautions] == ["levers-outside"]


def test_too_little_known_is_never_ranked(frame: Frame) -> None:
    advice = advise(situation_of({"agreement": "coercive"}, frame), frame)
    assert advice.front == ()
    assert advice.abstains == TESTS
    nothing = advise(Situation("empty"), frame)
    assert nothing.front == ()
    said = {
        (facet.test, kind)
        for facet in frame.facets.values()
        for kind in frame.types
        if any(frame.board.sign(kind, facet.id, value) for value in facet.values)
    }
    for kind, entry in nothing.types.items():
        for test, standing in entry.standings.items():
            assert (standing.low < standing.high) == ((test, kind) in said)


answers = st.sampled_from(["", "a", "b", "c"])


def tiny_frame() -> Frame:
    from sysgraph.advice.frame import Consideration, LeadershipType

    frame = Frame(tests={"led": Fraction(1, 4), "working": Fraction(1, 4)})
    for number, kind in enumerate(("x", "y"), 1):
        frame.types[kind] = LeadershipType(kind, kind, number, kind)
    for at, (test, strength) in enumerate([("led", 3), ("led", 2), ("led", 1), ("working", 2)]):
        facet = Facet(f"f{at}", f"f{at}", "", "", test, strength)
        for value in "abc":
            facet.values[value] = FacetValue(f"f{at}-{value}", value, "", "")
        frame.facets[facet.id] = facet
        frame.considerations += [
            Consideration(f"c{at}a", f"f{at}-a", "", "reading", {"x"}, {"y"}),
            Consideration(f"c{at}b", f"f{at}-b", "", "reading", set(), {"x"}),
        ]
    return frame


TINY = tiny_frame()


@given(st.lists(answers, min_size=4, max_size=4))
def test_interval_is_what_learning_more_could_show(chosen: list[str]) -> None:
    known = {f"f{at}": value for at, value in enumerate(chosen) if value}
    unknown = [name for name in TINY.facets if name not in known]
    for kind, test in product(TINY.types, TESTS):
        possible = []
        for extra in product(["", "a", "b", "c"], repeat=len(unknown)):
            more = known | {n: v for n, v in zip(unknown, extra, strict=True) if v}
            facets = [TINY.facets[n] for n in more if TINY.facets[n].test == test]
            total = sum(facet.strength for facet in facets)
            if total:
                balance = sum(f.strength * TINY.board.sign(kind, f.id, more[f.id]) for f in facets)
                possible.append(Fraction(balance, total))
        standing = TINY.board.standing(kind, test, known)
        assert (standing.low, standing.high) == (min(possible), max(possible))
        assert standing.value is None or standing.low <= standing.value <= standing.high


points = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries({test: st.fractions(-1, 1) for test in TESTS}),
    min_size=1,
)


def on_front(given_points: dict) -> set[str]:  # type: ignore[type-arg]
    kinds = list(given_points)
    places = undominated([tuple(given_points[kind][test] for kind in kinds) for test in TESTS])
    return {kinds[at] for at in places}


@pytest.mark.slow
@given(points)
@settings(max_examples=300)
def test_nothing_on_the_front_is_dominated_and_all_else_is(given_points: dict) -> None:  # type: ignore[type-arg]
    held = on_front(given_points)

    def beats(one: dict, other: dict) -> bool:  # type: ignore[type-arg]
        return one != other and all(one[test] >= other[test] for test in TESTS)

    for kind, mine in given_points.items():
        dominated = any(beats(theirs, mine) for theirs in given_points.values())
        assert (kind in held) != dominated
    assert held


@pytest.mark.slow
@given(points)
def test_front_does_not_change_under_a_monotone_rescaling(given_points: dict) -> None:  # type: ignore[type-arg]
    rescaled = {
        kind: {"led": point["led"] ** 3, "working": point["working"] * 7 + 1}
        for kind, point in given_points.items()
    }
    assert on_front(rescaled) == on_front(given_points)


def test_wrong_facets_are_all_named_with_the_nearest(frame: Frame) -> None:
    with pytest.raises(BadSituation) as caught:
        situation_of({"agrement": "coercive", "stakes": "saftey-critical"}, frame)
    assert str(caught.value).startswith("facets: there is no facet 'agrement'")
    assert "did you mean 'agreement'" in str(caught.value)
    assert "did you mean 'safety-critical'" in str(caught.value)


def test_file_of_situations_is_read_with_lines_for_what_is_wrong(frame: Frame) -> None:
    text = b"- id: a\n  facets: {agreement: plural}\n"
    text += b"- id: a\n  facets:\n    agreement: x\n    stakes: unknown\n"
    with pytest.raises(BadFiles) as caught:
        read_situations(text, "s.yaml", frame)
    assert "s.yaml:5:5: 'x' is not a value of agreement" in str(caught.value)
    assert "s.yaml:3:3: the id 'a' stands twice" in str(caught.value)
    good = read_situations(
        b'{"id": "j", "other": [1], "facets": {"agreement": "plural"}}', "s.json", frame
    )
    assert good[0].facets == {"agreement": "plural"}


@pytest.mark.parametrize(
    "text", [b"", b"just text", b"[]", b"id: a\n", b"- facets: [a]\n", b"a: &x b\nfacets: {}", b"{"]
)
def test_what_is_no_situation_is_refused(text: bytes, frame: Frame) -> None:
    with pytest.raises((BadFile, BadFiles)):
        read_situations(text, "s.yaml", frame)


def test_unknown_case_suggests_the_nearest(frame: Frame) -> None:
    with pytest.raises(UnknownThing, match="wigan-deal"):
        situations_of_case("wigan-dea", frame)


def test_store_without_an_ontology_is_no_ground_for_advice() -> None:
    with pytest.raises(BadStore):
        load_frame(memory())


def test_advice_on_the_tiny_world(world: LocalStore) -> None:
    frame = load_frame(world)
    facets = {"purpose-origin": "external-sponsor", "change-aim": "coordinate"}
    advice = advise(situation_of(facets, frame), frame)
    driven = advice.types["externally-driven"]
    assert (advice.ahead, advice.front) == (("externally-driven",), ())
    assert [gate.id for gate in driven.gates] == ["imposed"]
    asked = advise(situation_of({**facets, "authority-locus": "dispersed"}, frame), frame)
    assert asked.front == ("externally-driven",)
    assert [reason.value for reason in driven.supports] == ["external-sponsor", "coordinate"]
    assert [(r.risk.id, r.heightened_by) for r in driven.risks] == [("funder-capture", ())]
    assert [(e.case.id, e.shared, e.failed) for e in driven.cases] == [("beta", 1, True)]
    assert [reason.value for reason in advice.types["facilitative"].undermines] == [
        "external-sponsor"
    ]


def test_json_has_the_promised_keys(frame: Frame) -> None:
    advice = advise(
        situation_of({"agreement": "coercive", "purpose-origin": "movement"}, frame), frame
    )
    (found,) = json.loads(report_json([(None, [Examiner(frame).examine(advice.situation)])]))
    assert set(found) >= {"id", "front", "abstains", "types"}
    assert set(found["types"]) == set(frame.types)
    entry = found["types"]["organic"]
    assert set(entry) >= {"led", "working", "supports", "undermines", "cautions", "risks", "cases"}
    assert set(entry["led"]) >= {"low", "standing", "high"}
    assert entry["led"]["standing"] == 1.0
    assert entry["working"]["standing"] is None
    assert all(reason["sources"] for reason in entry["supports"])


def test_text_tells_failures_grounds_and_limits(frame: Frame) -> None:
    values = WORKED["tenants"][0].split()
    asked = [name for name, facet in frame.facets.items() if not facet.is_optional]
    situation = situation_of(dict(zip(asked, values, strict=True)), frame)
    groups = [(None, [Examiner(frame).examine(situation)])]
    text = report_text(groups)
    assert "Start here: people organising themselves (Taylor: organic)" in text
    assert "(our judgement)" in text
    assert "Before you act, ask " in text
    assert len(text.splitlines()) < 80
    everything = report_text(groups, full=True)
    assert "  x " in everything
    assert "did not predict" in " ".join(everything.split())
    for heading in (
        "The two tests",
        "What is not known",
        "Why not the others",
        "What would change the answer",
        "What the answer rests on",
        "One after another",
        "Who objects, and who has not spoken",
        "Read this with care",
    ):
        assert f"\n{heading}\n---" in everything
    markdown = report_markdown(groups, full=True)
    assert markdown.startswith("## Your situation")
    assert "| 6 organic |" in markdown
    assert "](https://w3id.org/sysgraph/type/organic)" in markdown


def test_a_text_that_nobody_read_is_not_said_to_state_anything() -> None:
    read = Source("a", "Ann 2001", "read")
    unread = Source("b", "Bob 2002", "unchecked")
    ours = Source("sysgraph", "us", "read")
    told = credit("stated", [unread, read])
    assert told == "stated by: Ann 2001; cited beside it: Bob 2002 (unchecked)"
    assert credit("attributed", [unread]) == "attributed to: Bob 2002 (unchecked)"
    assert credit("reading", [read, ours]) == "our reading, drawing on: Ann 2001"
    assert credit("reading", [ours]) == "our reading"


def test_explanation_adds_up(frame: Frame) -> None:
    facets = {"purpose-origin": "constituents", "agreement": "coercive", "stakes": "consequential"}
    advice = advise(situation_of(facets, frame), frame)
    found = explanation_data("facilitative", advice)
    led = found["tests"]["led"]
    total = sum(term["strength"] * term["counts"] for term in led["terms"])
    known = sum(term["strength"] for term in led["terms"])
    assert led["standing"] == pytest.approx(total / known)
    assert "+1 over 6" in explanation_text("facilitative", advice)
    assert "Gate, on led" in explanation_markdown("facilitative", advice)
    assert "A gate closes it: it fails led." in explanation_text("facilitative", advice)
    assert "among the types worth" in explanation_text(advice.front[0], advice)
    empty = advise(Situation("empty"), frame)
    assert "Too little is known on both" in explanation_text("facilitative", empty)
