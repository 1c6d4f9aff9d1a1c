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
from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.pages.blocks import (
    GAP,
    Block,
    Code,
    Columns,
    Figure,
    Heading,
    Html,
    Item,
    Paragraph,
    Section,
    html_of,
    markdown_lines,
    shown,
    text_of,
)
from sysgraph.pages.report import report_page, table_blocks
from sysgraph.pages.web import COLOURS, figure, report_html, types_table

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
def advice(frame: Frame) -> Advice:
    return advise(situations_of_case("bhavishya", frame)[0], frame)


def report(advice: Advice) -> str:
    return report_html(
        advice.situation.title,
        [
            Section("In short", [figure(advice)]),
            Section("For researchers", table_blocks(advice), is_folded=True),
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
    answers = {name: next(iter(facet.values)) for name, facet in frame.facets.items()}
    known = advise(Situation("x", facets=answers), frame)
    assert Page(types_table(known)).count("span") == 0


def test_hostile_words_become_words_wherever_they_stand(advice: Advice) -> None:
    situation = replace(advice.situation, title=EVIL)
    entry = advice.types["organic"]
    types = {**advice.types, "organic": replace(entry, type=replace(entry.type, label=EVIL))}
    hostile = replace(advice, situation=situation, types=types, abstains=(EVIL,))
    text = report_html(
        EVIL,
        [
            Section(
                EVIL,
                [
                    figure(hostile),
                    Heading(EVIL),
                    Item(EVIL, EVIL, note=EVIL),
                    Columns("{}", [(EVIL,)]),
                    Paragraph(EVIL),
                ],
                is_folded=True,
            )
        ],
    )
    page = Page(text)
    assert page.count("script") == page.count("img") == 0
    assert not any(name.startswith("on") for _, a in page.tags for name in a)
    assert "<script>alert(1)</script>" in page.text("title")
    assert not re.search("[\x00-\x08\x1b\u202e]", text)


def test_markup_of_our_own_is_shown_as_it_is_and_text_is_not() -> None:
    page = Page(
        report_html("t", [Section("s", [Figure(Html("<p>ours</p>")), Paragraph("<b>theirs</b>")])])
    )
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
    ],
)
def test_an_address_that_is_none_to_follow_stays_text(address: str) -> None:
    page = Page(html_of([Paragraph(f"{address} <here>")]))
    assert page.count("a") == page.count("here") == 0


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/\u202ex", "https://example.org/"),
        ('https://example.org/"onclick="alert(1)', "https://example.org/"),
        ("doi:10.1000/182", "https://doi.org/10.1000/182"),
    ],
)
def test_an_address_to_follow_is_linked(address: str, followed: str) -> None:
    links = [a for tag, a in Page(html_of([Item(address)])).tags if tag == "a"]
    assert links == [{"href": followed, "rel": "noreferrer"}]


def test_addresses_in_a_text_can_be_followed() -> None:
    said = "See (https://example.org/a?b=1&c), or doi:10.1000/182. <x>"
    page = Page(html_of([Paragraph(said)]))
    assert [a["href"] for _, a in page.tags if "href" in a] == [
        "https://example.org/a?b=1&c",
        "https://doi.org/10.1000/182",
    ]
    assert "".join(word for _, word in page.words) == said
    end = Page(html_of([Paragraph("https://example.org and more")]))
    assert end.text("p") == "and more"


def test_address_of_the_person_is_no_link_and_that_of_a_source_is() -> None:
    said = Paragraph("“Https://bad.example/x”. From https://good.example/y.")
    page = Page(html_of([said, Item("see https://bad.example/x")], "See https://bad.example/x?a"))
    assert [a["href"] for _, a in page.tags if "href" in a] == ["https://good.example/y"]
    assert "".join(word for _, word in page.words).count("bad.example") == 2


def test_page_links_no_address_that_the_person_wrote(frame: Frame) -> None:
    at = "https://bad.example/"
    opening = {"which-system": f"{at}a", "who-affected": f"{at}b", "who-in-charge": f"{at}c"}
    facets = {"purpose-origin": "incumbents"}
    quotes = {"purpose-origin": f"{at}d"}
    one = Situation("s", f"{at}e", f"{at}f", facets, f"{at}g", opening=opening, quotes=quotes)
    examination = Examiner(frame).examine(one, [f"{at}g"])
    page = Page(report_page([(None, [examination])]))
    assert all(f"bad.example/{end}" in page.text("h1", "p", "li") for end in "abcdeg")
    assert not any((a.get("href") or "").startswith(at) for _, a in page.tags)


def test_page_of_one_reading_says_whose_it_is(frame: Frame) -> None:
    one = Situation("s", "The tenants of a block", standpoint="tenants")
    page = Page(report_page([(None, [Examiner(frame).examine(one)])]))
    assert page.text("h1") == "The tenants of a block, as seen by: tenants"


LONG = (
    "A paragraph that is long enough to be broken, and not within an address: https://example.org/"
    "one-two, nor in HTML."
)
BLOCKS = (
    Heading("A title", 3),
    GAP,
    Paragraph(LONG),
    Item("An item"),
    Item("further in", "~", 2),
    Item("and again", "!", 2, note="[a note]"),
    Paragraph("below it", 3),
    Item("A step", "1.", 2),
    Item("to watch", "!", 3),
    Item("back out", "x"),
    Heading("A part", 4),
    Columns("{:{width}}{:>5}", [("  type", "led"), ("* one", "+1"), ("  three", "0")]),
    Code("as it\n  stands  ~~~"),
    Paragraph("The end"),
)


def test_blocks_on_a_terminal() -> None:
    assert (
        text_of(BLOCKS)
        == """\
A title
=======

A paragraph that is long enough to be broken, and not within an address:
https://example.org/one-two, nor in HTML.
  · An item
    ~ further in
    ! and again  [a note]
      below it
    1. A step
       ! to watch
  x back out
A part
------
  type     led
* one       +1
  three      0
  as it
    stands  ~~~
The end
"""
    )


def test_blocks_as_markdown() -> None:
    assert "\n".join(markdown_lines(BLOCKS)) == (
        "\n#### A title\n\nA paragraph that is long enough to be broken, and not within an address:"
        " `https://example.org/one-two`, nor in HTML.\n\n- An item\n  - **\\~** further in\n"
        "  - **\\!** and again \\[a note\\]\n\nbelow it\n\n1. A step\n\n  - **\\!** to watch\n"
        "- **x** back out\n\n#### A part\n\ntype led\n\n\\* one +1\n\nthree 0\n\n"
        "~~~~\nas it\n  stands ~~~\n~~~~\n\nThe end"
    )


def test_blocks_as_html() -> None:
    assert html_of(BLOCKS) == (
        "<h3>A title</h3>\n<p>A paragraph that is long enough to be broken, and not within an"
        ' address: <a href="https://example.org/one-two" rel="noreferrer">'
        "https://example.org/one-two</a>, nor in HTML.</p>\n<ul><li>An item"
        '<ul><li><span class="mark">~</span> further in</li>'
        '<li><span class="mark">!</span> and again [a note]</li></ul></li></ul>\n'
        "<p>below it</p>\n<p>1. A step</p>\n"
        '<ul><li><span class="mark">!</span> to watch</li></ul>'
        '<ul><li><span class="mark">x</span> back out</li></ul>\n'
        "<h4>A part</h4>\n<pre>  type     led</pre>\n<pre>* one       +1</pre>\n"
        "<pre>  three      0</pre>\n<pre>as it\n  stands  ~~~</pre>\n<p>The end</p>"
    )
    assert html_of([]) == ""


hostile = st.text(alphabet="=-·!~ ab\n  <&", max_size=12) | st.text()


@given(
    st.lists(
        st.builds(Paragraph, hostile)
        | st.builds(Code, hostile)
        | st.builds(Heading, hostile)
        | st.builds(Item, hostile, st.sampled_from("·!x-"), st.integers(1, 4))
        | st.builds(Columns, st.just("{}  {}"), st.lists(st.tuples(hostile, hostile)))
    )
)
def test_any_text_is_sound_markup_that_keeps_its_words(blocks: list[Block]) -> None:
    page = Page(html_of(blocks))
    assert {tag for tag, _ in page.tags} <= {"p", "ul", "li", "span", "pre", "a", "h4"}
    given_words = "".join(
        "".join(map("".join, one.rows)) if isinstance(one, Columns) else one.text
        for one in blocks
        if not isinstance(one, Figure)
    )
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
    drawing = figure(advice).html
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
