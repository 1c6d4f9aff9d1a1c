"""The practitioner's page: what it says, in which words, how long, and the same in every form."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from sysgraph.advice.examine import Examination, Examiner
from sysgraph.advice.frame import Frame, Source
from sysgraph.advice.situation import Situation
from sysgraph.pages.objects import report_json
from sysgraph.pages.report import report_markdown, report_page, report_text
from sysgraph.pages.words import People, as_clause, by_name

WORKED = {
    "discharge": (
        "incumbents shared-institutions trusted leading organised strained unitary complicated"
        " latent incumbent-budgets consequential months coordinate"
    ),
    "reading": (
        "external-sponsor dispersed qualified permitting unorganised strained unitary complicated"
        " latent tied-external consequential years organise-field"
    ),
    "mining": (
        "constituents shared-institutions qualified permitting fragmented strained plural complex"
        " latent flexible-external consequential generation shift-power"
    ),
    "home-care": (
        "pioneers dispersed discredited permitting fragmented exhausted plural complex"
        " latent flexible-external safe-to-fail generation replace-regime"
    ),
    "disadvantage": (
        "unsettled dispersed qualified leading fragmented strained plural complex"
        " depleted incumbent-budgets safe-to-fail years learn-adapt"
    ),
    "tenants": (
        "movement contested discredited resistant unorganised strained coercive complicated"
        " strong little consequential months win-justice"
    ),
}
DISTRUSTED = {
    "purpose-origin": "incumbents",
    "authority-locus": "concentrated",
    "incumbent-legitimacy": "discredited",
    "change-aim": "improve",
    "system-organisation": "organised",
    "predictability": "complicated",
    "resourcing": "incumbent-budgets",
}
SLANG = re.compile(
    r"\b(front|ground|the seed|standing|facet|incumbents?|constituents|locus|stakeholders?)\b"
)


@pytest.fixture(scope="module")
def examiner(frame: Frame) -> Examiner:
    return Examiner(frame)


def worked(name: str, frame: Frame, **opening: str) -> Situation:
    asked = [each for each, facet in frame.facets.items() if not facet.is_optional]
    facets = dict(zip(asked, WORKED[name].split(), strict=True))
    given = {key.replace("_", "-"): value for key, value in opening.items()}
    return Situation(name, f"The case of {name}", facets=facets, opening=given)


def text(examination: Examination) -> str:
    return report_text([(None, [examination])])


def flat(page: str) -> str:
    return " ".join(re.sub(r"^ *[·!x?] ", "", line).strip() for line in page.splitlines())


def count(page: str) -> int:
    return len(re.findall(r"[\w’'-]+", page))


def part(page: str, heading: str) -> str:
    found = re.search(rf"\n{heading}\n-+\n(.*?)(?=\n[^\n]+\n-+\n|\Z)", page, re.DOTALL)
    return flat(found[1]) if found else ""


@pytest.mark.parametrize("name", WORKED)
def test_page_on_a_whole_situation_is_short_and_in_plain_words(
    name: str, examiner: Examiner
) -> None:
    page = text(examiner.examine(worked(name, examiner.frame, asker_role="convenor")))
    first = page[: page.index("\nOne way to begin\n---")]
    assert count(first) <= 350
    assert count(page) <= 760
    assert not SLANG.search(page.lower())
    assert "--" not in re.sub(r"^[-=]+$", "", page, flags=re.MULTILINE)
    assert page.count("Led rightly (") == page.count("Works (") == 1
    assert part(page, "What to do first").count(".") >= 4
    for heading in (
        "What you told us",
        "One way to begin",
        "Ask before you act",
        "Most like yours",
    ):
        assert part(page, heading)


def test_role_changes_the_first_moves_and_not_the_first_line(examiner: Examiner) -> None:
    pages = {
        role: text(examiner.examine(worked("tenants", examiner.frame, asker_role=role)))
        for role in ("funder", "community")
    }
    assert part(pages["funder"], "What to do first").startswith("Not yours to lead: protect")
    assert pages["funder"] != pages["community"]
    lines = {re.search(r"Start here: .*", page)[0] for page in pages.values()}  # type: ignore[index]
    assert len(lines) == 1


def test_people_are_called_as_whoever_asks_calls_them(examiner: Examiner) -> None:
    situation = worked(
        "tenants",
        examiner.frame,
        which_system="homes kept",
        who_affected="The tenants, most of whom had no part",
        who_in_charge="the council",
    )
    page = text(examiner.examine(situation))
    assert "What it is about: homes kept." in flat(page)
    assert "the tenants lead, on their own authority" in flat(page)
    asked = "ask the tenants and the council what is and what should be: Who decides: here"
    assert f"Before you act, {asked}" in flat(page)


def test_repair_names_no_type_in_any_form(examiner: Examiner, frame: Frame) -> None:
    situation = worked("tenants", frame, job="single-fix")
    examination = examiner.examine(situation)
    groups = [(None, [examination])]
    for page in (
        text(examination),
        report_text(groups, full=True),
        report_markdown(groups),
        report_page(groups),
    ):
        assert "This looks like a repair: you need no special way of leading." in page
        for entry in frame.types.values():
            assert entry.plain_name.lower() not in page.lower()
            assert entry.label not in page.lower()
    (found,) = json.loads(report_json(groups))
    assert found["to_do"]["job"]["id"] == "single-fix"
    assert found["to_do"]["ways"] == []


def test_emergency_comes_first_where_it_is_told_and_where_it_looks_so(
    examiner: Examiner,
) -> None:
    told = text(examiner.examine(Situation("s", opening={"job": "emergency"})))
    assert "This looks like an emergency: first make people safe. Command first" in flat(told)
    situation = worked("tenants", examiner.frame)
    crisis = replace(situation, facets={**situation.facets, "predictability": "crisis"})
    page = flat(text(examiner.examine(crisis)))
    assert page.index("This looks like an emergency: first make people safe") < page.index("here:")


def test_leaders_whom_nobody_accepts_are_told_so_in_the_sentence_that_names_the_way(
    examiner: Examiner, frame: Frame
) -> None:
    page = text(examiner.examine(Situation("s", facets=DISTRUSTED)))
    start = part(page, "Where to start")
    told = "The way that fits best is closed for now. First: ask those affected who could lead this"
    assert start.startswith(told)
    leading = examiner.examine(Situation("s", facets=DISTRUSTED, opening={"asker-role": "leader"}))
    assert "First: say in public what people hold against you" in flat(text(leading))
    name = frame.types["better-leadership"].plain_name.lower()
    sentences = re.split(r"(?<=\.) ", flat(page))
    assert [each for each in sentences if name in each.lower()]
    for each in sentences:
        if name in each.lower():
            assert "while people it affects do not accept that these leaders have" in each
            assert "it opens if" in each


@pytest.mark.slow
def test_closed_way_is_never_named_without_what_closes_it(examiner: Examiner, frame: Frame) -> None:
    for name in WORKED:
        whole = worked(name, frame)
        for left_out in (*whole.facets, ""):
            facets = {key: value for key, value in whole.facets.items() if key != left_out}
            examination = examiner.examine(replace(whole, facets=facets))
            page = flat(text(examination))
            for kind, entry in examination.advice.types.items():
                for said in re.findall(r"[^.]*\(Taylor: " + entry.type.label + r"\)[^.]*", page):
                    assert not entry.gates or "while" in said, (name, left_out, kind)


def sentences(page: str) -> set[str]:
    """What a page says, whatever the marks of its form."""
    plain = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(title|style)>.*?</\1>", "", page)))
    plain = re.sub(r"[`*\\#|\u2060=·]|^ *[-!x?] ", " ", plain, flags=re.MULTILINE)
    said = re.split(r"(?<=[.?:])\s", " ".join(plain.split()))
    return {re.sub(r"\W+", " ", each).strip() for each in said} - {""}


def test_text_markdown_and_html_say_the_same(examiner: Examiner) -> None:
    groups = [(None, [examiner.examine(worked("reading", examiner.frame, asker_role="funder"))])]
    page = report_page(groups).partition("<details>")[0]
    told = " ".join(" ".join(sorted(sentences(page))).split())
    for form in (report_text(groups), report_markdown(groups)):
        body = form.partition("What you told us")[2]
        missing = {each for each in sentences(body) if each.strip("- ") not in told}
        assert not missing


def test_json_tells_what_the_page_tells(examiner: Examiner) -> None:
    groups = [(None, [examiner.examine(worked("tenants", examiner.frame, asker_role="funder"))])]
    (found,) = json.loads(report_json(groups))
    page = flat(report_text(groups))
    (way,) = found["to_do"]["ways"]
    for said in (*way["first"]["steps"], *way["methods"][0]["method"]["steps"]):
        assert said in page
    assert found["alike"][way["type"]]["went_well"]["title"] in page
    assert found["to_do"]["role"] == "funder"


@pytest.mark.slow
def test_one_answer_is_never_a_strong_fit(examiner: Examiner, frame: Frame) -> None:
    for facet in frame.facets.values():
        for value in facet.values:
            page = text(examiner.examine(Situation("s", facets={facet.id: value})))
            assert "a strong fit" not in page


def test_nothing_known_is_asked_about(examiner: Examiner) -> None:
    page = text(examiner.examine(Situation("s")))
    assert "Too little to go on yet." in page
    assert "Find out next: " in page


def test_source_is_told_by_name() -> None:
    read = Source("a", "Senge, Hamilton & Kania 2015, The dawn", "read")
    unread = Source("b", "Ostrom 1990, Governing the Commons", "unchecked")
    ours = Source("sysgraph", "us", "read")
    assert by_name("stated", [unread, read]) == "from Senge and others 2015"
    assert by_name("attributed", [unread]) == "after Ostrom 1990, not checked"
    assert by_name("reading", [read]) == by_name("stated", [ours]) == "our judgement"


@pytest.mark.parametrize(
    ("affected", "said", "told"),
    [
        ("the tenants", "Those affected lead.", "The tenants lead."),
        ("Our village", "What are those affected doing?", "What is our village doing?"),
        ("people; and others", "those affected", "people"),
        ("a very long list of many people who live here", "those affected", "those affected"),
    ],
)
def test_name_is_put_where_the_page_speaks_of_those_affected(
    affected: str, said: str, told: str
) -> None:
    people = People.of(Situation("s", opening={"who-affected": affected}))
    assert people.put(said) == told


def test_sentences_become_one_that_follows_a_colon() -> None:
    assert as_clause("Split it. Then NHS staff go on.") == "split it; then NHS staff go on"


def test_words_that_an_answer_rests_on_stand_beside_it(examiner: Examiner) -> None:
    facets = {"purpose-origin": "movement", "agreement": "coercive"}
    quoted = {"purpose-origin": "began meeting without anyone's leave"}
    page = text(examiner.examine(Situation("s", facets=facets, quotes=quoted)))
    told = part(page, "What you told us")
    assert "without asking anybody – “began meeting without anyone's leave”." in told
    assert "“" not in told.partition("leave”")[2]


def test_what_comes_first_and_may_not_stay_is_said_to_be_in_the_running(
    examiner: Examiner, frame: Frame
) -> None:
    seen = set()
    for name in WORKED:
        facets = dict(list(worked(name, frame).facets.items())[:4])
        examination = examiner.examine(Situation("s", facets=facets))
        start = part(text(examination), "Where to start")
        others = set(examination.advice.front) - set(examination.named)
        if others and len(others) < len(frame.types):
            running = start.partition("In the running")[2].partition(".")[0].lower()
            for kind in frame.types:
                assert (frame.types[kind].plain_name.lower() in running) == (kind in others)
            seen.add(bool(examination.named))
        else:
            assert "In the running" not in start
    assert False in seen


def test_path_that_tends_to_open_a_closed_way_names_no_way(examiner: Examiner) -> None:
    start = part(text(examiner.examine(Situation("s", facets=DISTRUSTED))), "Where to start")
    told = start.partition("What tends to open it: ")[2]
    assert told.startswith("1. If those in charge are seen acting to change things: those in")
    assert "Taylor" not in told
