"""The report as a web page: one file, whatever it is told, and readable by all."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.advice.board import Advice, advise
from sysgraph.advice.frame import Frame, load_frame
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.pages.markup import Html, lines_html, link, shown
from sysgraph.pages.report import table_lines
from sysgraph.pages.web import COLOURS, Section, figure, report_html, types_table
from sysgraph.store.local import Store

EVIL = '</style></title><script>alert(1)</script><img src=x onerror="alert(1)">\x1b\u202e" \' &'
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """A page read strictly: what is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)

    def text(self, *tags: str) -> str:
        return " ".join(" ".join(word for tag, word in self.words if tag in tags).split())


@pytest.fixture(scope="module")
def frame(library: Store) -> Frame:
    return load_frame(library)


@pytest.fixture(scope="module")
def advice(frame: Frame) -> Advice:
    return advise(situations_of_case("bhavishya", frame)[0], frame)


def report(advice: Advice) -> str:
    return report_html(
        advice.situation.title,
        [
            Section("In short", [figure(advice)]),
            Section("For researchers", [list(table_lines(advice))], is_folded=True),
        ],
    )


def test_a_report_is_one_sound_page_that_asks_for_nothing_else(
    frame: Frame, advice: Advice
) -> None:
    for one in (advice, advise(Situation("empty"), frame)):
        text = report(one)
        page = Page(text)
        assert text.startswith("<!DOCTYPE html>")
        assert page.tags[0] == ("html", {"lang": "en"})
        assert (page.count("h1"), page.count("main"), page.count("details")) == (1, 1, 1)
        assert page.count("script") == page.count("link") == page.count("img") == 0
        loading = {"src", "srcset", "data", "action", "poster", "style"}
        for _, attributes in page.tags:
            assert not loading & attributes.keys()
            assert not any(name.startswith("on") for name in attributes)
        assert "url(" not in text
        assert "@import" not in text
        policy = next(a["content"] for _, a in page.tags if a.get("http-equiv"))
        assert policy is not None
        assert "default-src 'none'" in policy
        ids = [a["id"] for _, a in page.tags if "id" in a]
        assert len(ids) == len(set(ids))


def test_headings_go_down_one_step_at_a_time(advice: Advice) -> None:
    levels = [int(tag[1]) for tag, _ in Page(report(advice)).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_table_tells_what_the_picture_shows(advice: Advice, frame: Frame) -> None:
    page = Page(types_table(advice))
    assert page.count("caption") == 1
    assert all(a.get("scope") in ("col", "row") for tag, a in page.tags if tag == "th")
    assert page.count("tr") == 1 + len(advice.types)
    text = page.text("th", "td", "span")
    assert text.count("◆ consider first") == len(advice.front)
    assert "+0.54" in text
    assert "too little is known" not in text
    empty = Page(types_table(advise(Situation("empty"), frame)))
    assert empty.text("td").count("too little is known") == 2 * len(frame.types)
    cautioned = advise(
        Situation("x", facets={"purpose-origin": "constituents", "agreement": "coercive"}), frame
    )
    assert "with a caution" in Page(types_table(cautioned)).text("td")
    known = advise(situations_of_case("zapatista-autonomy", frame)[0], frame)
    assert Page(types_table(known)).count("span") == 0


def test_hostile_words_become_words_wherever_they_stand(advice: Advice) -> None:
    situation = replace(advice.situation, title=EVIL)
    entry = advice.types["organic"]
    types = {**advice.types, "organic": replace(entry, type=replace(entry.type, label=EVIL))}
    hostile = replace(advice, situation=situation, types=types, abstains=(EVIL,))
    text = report_html(
        EVIL,
        [Section(EVIL, [figure(hostile), EVIL, [f"  · {EVIL}", EVIL, "=" * 5]], is_folded=True)],
    )
    page = Page(text)
    assert page.count("script") == page.count("img") == 0
    assert not any(name.startswith("on") for _, a in page.tags for name in a)
    assert "<script>alert(1)</script>" in page.text("title")
    assert not re.search("[\x00-\x08\x1b\u202e]", text)


def test_markup_of_our_own_is_shown_as_it_is_and_text_is_not() -> None:
    page = Page(report_html("t", [Section("s", [Html("<p>ours</p>"), "<b>theirs</b>"])]))
    assert (page.count("b"), page.text("p")) == (0, "ours <b>theirs</b>")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "relative",
        "",
        "http://[bad",
        "#not a part",
        "https://example.org/\u202ex",
    ],
)
def test_an_address_that_is_none_to_follow_stays_text(address: str) -> None:
    assert link(address, "<here>") == "&lt;here&gt;"


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://example.org/?a=1&b=\"2'", "https://example.org/?a=1&b=\"2'"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("doi:10.1000/182", "https://doi.org/10.1000/182"),
        ("#organic", "#organic"),
    ],
)
def test_an_address_to_follow_is_linked(address: str, followed: str) -> None:
    ((tag, attributes),) = Page(link(address, "here")).tags
    assert (tag, attributes["href"]) == ("a", followed)


def test_addresses_in_a_text_can_be_followed() -> None:
    page = Page(lines_html("See (https://example.org/a?b=1&c), or doi:10.1000/182. <x>"))
    assert [a["href"] for _, a in page.tags if "href" in a] == [
        "https://example.org/a?b=1&c",
        "https://doi.org/10.1000/182",
    ]
    words = "".join(word for _, word in page.words)
    assert words == "See (https://example.org/a?b=1&c), or doi:10.1000/182. <x>"
    assert Page(lines_html("https://example.org and more")).text("p") == "and more"


TERMINAL = """\
A title
=======

A paragraph that is long enough to have been broken where it was, for the word that follows did not
fit any more.
For it
  · An item that goes on
    in a second line
  · Another
    ~ further in
    ! and again
  x back out
A part
------
  type      led       working
* one       +1        0
    two     0         +1
The end
"""


def test_a_page_for_a_terminal_becomes_headings_lists_columns_and_paragraphs() -> None:
    assert lines_html(TERMINAL, level=2) == (
        "<h2>A title</h2>\n"
        "<p>A paragraph that is long enough to have been broken where it was, for the word that"
        " follows did not fit any more.</p>\n"
        "<p>For it</p>\n"
        "<ul><li>An item that goes on in a second line</li><li>Another"
        '<ul><li><span class="mark">~</span> further in</li>'
        '<li><span class="mark">!</span> and again</li></ul></li>'
        '<li><span class="mark">x</span> back out</li></ul>\n'
        "<h3>A part</h3>\n"
        "<pre>  type      led       working\n* one       +1        0\n"
        "    two     0         +1</pre>\n"
        "<p>The end</p>"
    )


def test_lines_come_one_by_one_too() -> None:
    lines = ["T", "=====", "", "one\nparagraph", "another", "  · item\n    of two", ""]
    assert lines_html(lines) == (
        "<h3>T</h3>\n<p>one paragraph</p>\n<p>another</p>\n<ul><li>item of two</li></ul>"
    )
    assert lines_html(["    ~ deep", "  · less deep"]) == (
        '<ul><li><span class="mark">~</span> deep</li></ul><ul><li>less deep</li></ul>'
    )
    assert lines_html("") == lines_html([]) == ""


@given(st.text() | st.lists(st.text(alphabet="=-·!~ ab\n  <&", max_size=12)))
def test_any_text_is_sound_markup_that_keeps_its_words(text: str | list[str]) -> None:
    page = Page(lines_html(text))
    assert {tag for tag, _ in page.tags} <= {"p", "ul", "li", "span", "pre", "a", *["h3", "h4"]}
    given_words = "".join(text)
    told = "".join(word for _, word in page.words)
    for letter in "ab<&":
        assert told.count(letter) == given_words.count(letter)


@given(st.text())
def test_a_text_as_markup_can_stand_in_xml_and_in_an_attribute(text: str) -> None:
    from xml.etree import ElementTree

    ElementTree.fromstring(f'<a b="{shown(text)}">{shown(text)}</a>')


def luminance(colour: str) -> float:
    """The relative luminance of a colour, by WCAG 2.2."""

    def part(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (part(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrasts() -> Iterator[float]:
    for colours in COLOURS.values():
        paper = luminance(colours["paper"])
        for name in ("ink", "soft", "link"):
            light, dark = sorted((luminance(colours[name]), paper), reverse=True)
            yield (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_the_paper_by_day_and_by_night(advice: Advice) -> None:
    assert min(contrasts()) >= 4.5
    drawing = figure(advice)
    for colours in COLOURS.values():
        for colour in colours.values():
            assert colour in drawing or colour == "#ffffff"


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Debian's chromium")
def test_a_real_browser_opens_it_and_prints_it_on_a4(advice: Advice, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(report(advice), encoding="utf-8")
    printed = tmp_path / "report.pdf"
    command = [
        "chromium",
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
    ]
    ran = subprocess.run(
        [*command, f"--print-to-pdf={printed}", "--no-pdf-header-footer", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in ran.stderr
    sheets = printed.read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", sheets)
    assert boxes
    assert all(abs(float(w) - 595) < 1 and abs(float(h) - 842) < 1 for w, h in boxes)
