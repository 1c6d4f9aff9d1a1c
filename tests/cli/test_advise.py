"""``sysgraph advise`` from the command line, with all that it can be asked."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from calling import Call
from shelf import CASES

ESTATE = """\
id: estate
title: An estate
facets:
  agreement: plural
  purpose-origin: constituents
  change-aim: shift-power
"""
SPARSE = ("--facet", "purpose-origin=movement", "--facet", "agreement=coercive")


Run = Callable[..., str]


@pytest.fixture
def run(call: Call) -> Run:
    """The command line, which must end as it is told; it gives what it printed, or why not."""

    def run_it(*words: str, said: str = "", code: int = 0) -> str:
        done = call(*words, typed=said)
        assert "Traceback" not in done.err
        assert done.code == code, done.err
        return done.out if code != 2 else done.err

    return run_it


@pytest.mark.slow
def test_several_people_answer_in_a_file_each(tmp_path: Path, run: Run) -> None:
    council, tenants = tmp_path / "council.yaml", tmp_path / "tenants.yaml"
    council.write_text(ESTATE + "  incumbent-legitimacy: trusted\n")
    tenants.write_text(
        ESTATE.replace("constituents", "movement") + "  incumbent-legitimacy: discredited\n"
    )
    text = run("advise", str(council), str(tenants))
    assert "Council and tenants see 2 things differently." in text
    assert "An estate, as seen by: council" in text
    council_json, tenants_json = json.loads(
        run("advise", str(council), str(tenants), "--format", "json")
    )
    assert council_json["standpoint"] == "council"
    assert council_json["contest"] == tenants_json["contest"]
    assert council_json["front"] != tenants_json["front"]


def test_one_file_goes_by_no_standpoint(tmp_path: Path, run: Run) -> None:
    only = tmp_path / "council.yaml"
    only.write_text(ESTATE)
    assert run("advise", str(only)).startswith("An estate\n=")


def test_a_file_is_not_two_people(tmp_path: Path, run: Run) -> None:
    only = tmp_path / "council.yaml"
    only.write_text(ESTATE)
    for same in (str(only), f"{tmp_path}/../{tmp_path.name}/council.yaml"):
        assert "named twice" in run("advise", str(only), same, code=2)


def test_contested_facet_on_the_command_line(run: Run) -> None:
    text = run(
        "advise",
        "--facet",
        "incumbent-legitimacy=trusted@the chief executive",
        "--facet",
        "incumbent-legitimacy=discredited@the tenants",
        "--facet",
        "agreement=plural",
    )
    assert "Where the readings differ" in text
    assert "The tenants: No, most people do not accept it." in text


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_way_to_a_type_that_does_not_fit_yet(form: str, run: Run) -> None:
    words = ("advise", "--case", "wigan-deal", "--toward", "systems-innovation", "--format", form)
    assert "pioneers" in run(*words)


def test_no_way_there_ends_with_no(run: Run) -> None:
    text = run("advise", "--case", "wigan-deal", "--toward", "time-horizon=generation", code=1)
    assert "we know no path there from here" in " ".join(text.split())


def test_practice_that_is_not_what_it_claims_ends_with_no(run: Run) -> None:
    assert "is not borne out" in run("advise", "--practice", "bhavishya", code=1)
    (found,) = json.loads(run("advise", "--practice", "bhavishya", "--format", "json", code=1))
    assert found["enacts"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--practice", "agra", "--case", "wigan-deal"), "stands alone; leave out --case"),
        (("--practice", "agra", "--toward", "organic"), "stands alone; leave out --toward"),
        (("--practice", "agra", "a.yaml", "--ask"), "leave out the file and --ask"),
        (("--case", "wigan-deal", "--ask"), "one reading"),
        (("--toward", "organik", "--case", "wigan-deal"), "organic"),
        (("--facet", "agreement=plural@", "--facet", "agreement=unitary@b"), "agreement"),
    ],
)
def test_what_does_not_go_together_is_said(words: tuple[str, ...], said: str, run: Run) -> None:
    assert said in run("advise", *words, code=2)


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag and of where it points."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_web_page_stands_alone_with_a_picture_and_both_pages(tmp_path: Path, run: Run) -> None:
    hostile = tmp_path / "s.yaml"
    hostile.write_text(ESTATE.replace("An estate", '"<script>alert(1)</script>"'))
    text = run("advise", str(hostile), "--format", "html")
    page = Page(text)
    assert "script" not in page.tags
    assert {"svg", "table", "details"} <= set(page.tags)
    assert all(link.startswith(("http", "mailto:", "#")) for link in page.links)
    assert "Why not the others" in text
    assert "What the questions mean" in text


def test_markdown_links_words_to_their_definitions(run: Run) -> None:
    text = run("advise", "--case", "wigan-deal", "--format", "markdown", "--all")
    assert "[3 facilitative](https://w3id.org/sysgraph/type/facilitative)" in text
    assert "### Why not the others" in text


@pytest.mark.slow
def test_everything_about_a_store_says_whose_record_it_is(tmp_path: Path, run: Run) -> None:
    run("load", str(CASES[0].with_name("bristol-pound.yaml")), "--store", str(tmp_path / "s"))
    text = run("advise", "--store", str(tmp_path / "s"), *SPARSE, "--all")
    assert "not over yours" in text


@pytest.mark.slow
def test_critique_that_nobody_answers_stops_a_consideration(tmp_path: Path, run: Run) -> None:
    store = str(tmp_path / "s")
    critique = tmp_path / "c.yaml"
    before = json.loads(run("advise", *SPARSE, "--format", "json"))[0]
    consideration = before["types"]["organic"]["supports"][0]["consideration"]
    critique.write_text(
        f"""\
kind: critique
id: made-up-for-a-test
about: {consideration}
question: witness
asked: is
stance: undercuts
standpoint: those affected, not involved
says: Made up for a test.
why: Made up for a test.
contributor: {{name: A test}}
contributed: 2026-11-25
licence: https://creativecommons.org/licenses/by/4.0/
"""
    )
    run("load", str(critique), "--store", store)
    words = ("advise", "--store", store, *SPARSE)
    after = json.loads(run(*words, "--format", "json"))[0]
    reasons = [r["consideration"] for r in after["types"]["organic"]["supports"]]
    assert consideration not in reasons
    assert "does not count here" in run(*words)


@pytest.mark.slow
def test_agreement_is_told_facet_by_facet(run: Run) -> None:
    found = json.loads(run("agreement", "--format", "json"))
    assert found["cases"] == len(CASES)
    assert "Krippendorff" in run("agreement")


def test_what_is_told_of_as_a_repair_has_no_journey(call: Call) -> None:
    facets = ["-f", "purpose-origin=movement", "-f", "job=single-fix"]
    code, out, err = call("advise", *facets, "--toward", "organic")
    assert (code, out) == (2, "")
    assert "it is told of as a repair: no way of leading is needed" in err
