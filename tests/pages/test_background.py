"""What a reader is told of the tables of others: whose, of what, how sure, and of what not."""

from dataclasses import replace
from fractions import Fraction

from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.outside import OutsideFinding
from sysgraph.advice.situation import situation_of
from sysgraph.pages.background import (
    ELSEWHERE,
    NOTHING,
    elsewhere_blocks,
    elsewhere_brief,
    finding_brief,
    finding_text,
    findings_text,
)
from sysgraph.pages.blocks import text_of
from sysgraph.pages.report import report_text

MOVEMENT = {
    "purpose-origin": "movement",
    "agreement": "coercive",
    "change-aim": "win-justice",
    "incumbent-readiness": "resistant",
}


def flat(text: str) -> str:
    return " ".join(text.split())


def brief(frame: Frame, **more: str) -> str:
    known = {**MOVEMENT, **{name.replace("_", "-"): value for name, value in more.items()}}
    examination = Examiner(frame).examine(situation_of(known, frame))
    return flat(text_of(elsewhere_brief(examination.elsewhere)))


def test_where_nothing_is_known_to_fit_the_page_says_so(frame: Frame) -> None:
    assert brief(frame) == ""
    examination = Examiner(frame).examine(situation_of(MOVEMENT, frame))
    page = report_text([(None, [examination])])
    assert page.count(NOTHING) == 1
    assert ELSEWHERE not in page
    whole = flat(report_text([(None, [examination])], full=True))
    assert f"{NOTHING} With answers, yes or no, to one of these, a record" in whole


def test_one_class_is_shown_with_whose_it_is_and_what_it_is_not_about(frame: Frame) -> None:
    page = brief(frame, sweeping_aim="yes", nonviolent="yes")
    assert "Of 164 nonviolent campaigns" in page
    assert "57% (50 to 65)" in page
    assert "Counted from NAVCO 1.2, 1945-2014; coded by Chenoweth and colleagues" in page
    assert "It speaks of: campaigns to overthrow a government" in page
    assert "It does not speak of movements for reform, services or local change" in page
    assert "it speaks for no way of leading, and against none" in page


def test_a_derived_table_is_never_named_without_that_word(frame: Frame) -> None:
    assert "NAVCO 2.1, derived" in brief(
        frame, sweeping_aim="yes", nonviolent="yes", several_classes="yes"
    )


def test_the_researcher_sees_source_caveats_and_all_questions(frame: Frame) -> None:
    known = {**MOVEMENT, "sweeping-aim": "yes", "nonviolent": "yes", "led-by-consensus": "no"}
    examination = Examiner(frame).examine(situation_of(known, frame))
    page = flat(text_of(elsewhere_blocks(examination.elsewhere)))
    (one,) = [each for each in frame.outside.classes if each.id == "nonviolent-consensus"]
    for told in (one.sentence, one.table.licence, *one.table.commits, *one.table.caveats):
        assert flat(told) in page, told
    assert "Shows a difference: not shown." in page
    assert all(
        f"({each.id})" in page.replace("- ", "-") for each in examination.elsewhere.questions
    )


TESTED = OutsideFinding(
    iri="iri",
    id="wheels",
    tested="that wheels turn",
    verdict=("supported", "supported"),
    cases=40,
    odds=Fraction("2.5"),
    odds_interval=(Fraction("1.25"), Fraction("5.5")),
    exact_p=Fraction("0.01"),
    stays=True,
    strength="",
    adjusted="",
    why="They turned.",
    validity="Fair.",
    figures=(),
    tables=(),
)
UNTESTED = replace(
    TESTED, verdict=("not-testable", "not testable"), cases=0, odds=None, odds_interval=None
)


def test_a_tested_ground_is_told_with_how_many_and_between_what() -> None:
    told = "tested elsewhere on 40 cases, that wheels turn: supported"
    assert finding_text(TESTED) == f"{told} (odds ratio 2.5, 95%: 1.25 to 5.5)"
    short = "its ground was tested on 40 cases elsewhere: supported"
    assert finding_brief(TESTED) == f"{short} (odds ratio 2.5, 95%: 1.25 to 5.5)"


def test_what_does_not_stay_when_corrected_is_told_so() -> None:
    told = finding_text(replace(TESTED, stays=False, strength="weak"))
    assert "weak; odds ratio" in told
    assert told.endswith("no longer shown once it is corrected for all that was looked at)")
    null = finding_text(replace(TESTED, stays=False, verdict=("null", "no effect shown")))
    assert "no effect shown (odds" in null
    assert "corrected" not in null


def test_what_nothing_tests_is_told_so() -> None:
    assert finding_text(UNTESTED) == "no table found tests that wheels turn"
    assert findings_text([UNTESTED]) == " No table found tests that wheels turn."
    assert findings_text([]) == ""


def test_reasons_and_risks_carry_it_on_both_pages(frame: Frame) -> None:
    known = {**MOVEMENT, "community-capacity": "strong"}
    examination = Examiner(frame).examine(situation_of(known, frame))
    whole = flat(report_text([(None, [examination])], full=True))
    assert "Tested elsewhere on 15 cases, its ground, that organised constituents" in whole
    assert "Tested elsewhere on 492 cases, that repression endangers working" in whole
    assert (
        "Tested elsewhere on 492 cases, that repression endangers working: supported (moderate"
        in flat(report_text([(None, [examination])]))
    )
