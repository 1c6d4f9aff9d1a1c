"""Markdown that shows the texts of strangers on GitHub: nobody is called, nothing is linked."""

import csv
import re
from io import StringIO
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sysgraph import cache
from sysgraph.advice.described import read_situations
from sysgraph.advice.examine import Examiner
from sysgraph.advice.said import load_frame
from sysgraph.pages.blocks import Heading, Item, Paragraph
from sysgraph.pages.report import pages_written, report_markdown
from sysgraph.pages.rows import rows_csv, rows_markdown
from sysgraph.pages.words import escape
from sysgraph.store.local import Rows, Store

TITLE = "ask @someone, see #12, GH-34, owner/repo#5, www.example.org and https://example.org/a_b|c"
ALIVE = re.compile(r"[@#]\w|\bGH-\d|(?<!`)(?:https?://|www\.)|(?<!\\)[<\[]", re.IGNORECASE)


@pytest.mark.parametrize(
    "shown",
    [
        rows_markdown(Rows(("x",), ((ox.Literal(TITLE),),))),
        pages_written(
            [(TITLE, [Heading(TITLE), Item(TITLE), Item(TITLE, "1."), Paragraph(TITLE)])],
            "markdown",
        ),
        escape(TITLE),
    ],
    ids=["rows", "lines", "text"],
)
def test_mentions_and_addresses_are_dead(shown: str) -> None:
    """D11"""
    assert "someone" in shown
    assert not ALIVE.search(shown), shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a word (https://example.org/a-b): in", "a word (`https://example.org/a-b`): in"),
        ("see https://example.org/a_(b), or", "see `https://example.org/a_(b)`, or"),
        ("(see https://example.org/a_(b))", "(see `https://example.org/a_(b)`)"),
        ("'www.example.org'.", "'`www.example.org`'."),
        ("https://x/a?b=1;c=2 and", "`https://x/a?b=1;c=2` and"),
        ("an https://: of nothing", "an `https://`: of nothing"),
    ],
)
def test_an_address_is_code_and_what_follows_it_is_not(said: str, shown: str) -> None:
    assert escape(said) == shown


def test_a_situation_calls_nobody(library: Store) -> None:
    """D11"""
    text = f'- id: one\n  title: "{TITLE}"\n  facets: {{ agreement: coercive }}\n'
    frame = load_frame(library)
    examiner = Examiner(frame)
    found = [examiner.examine(each) for each in read_situations(text.encode(), "s.yaml", frame)]
    own = report_markdown([(None, found)])
    shown = [line for line in own.splitlines() if "someone" in line]
    assert shown
    assert not any(ALIVE.search(line) for line in shown)


@given(st.text(st.sampled_from("ab|`@#\\ /:.wht\n")))
def test_a_cell_stays_one_cell(text: str) -> None:
    line = rows_markdown(Rows(("x",), ((ox.Literal(text),),))).splitlines()[2]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 2


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_quoted(first: str) -> None:
    """E: each sign that a spreadsheet takes for a formula's, and no number."""
    rows = Rows(("x", "y"), ((ox.Literal(f"{first}SUM(A1)"), ox.Literal("-1.5e3")),))
    assert read_csv(rows_csv(rows)) == [["x", "y"], [f"'{first}SUM(A1)", "-1.5e3"]]


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


@given(st.text(st.sampled_from('ab,"\r\n;')), st.text(st.sampled_from("a\r\n")))
@example("Any\rtown", "")  # a carriage return alone ends a row as well
def test_a_cell_of_csv_stays_one_cell(one: str, other: str) -> None:
    cells = [f"x{one}", f"x{other}"]
    text = rows_csv(Rows(("x", "y"), (tuple(map(ox.Literal, cells)),)))
    assert read_csv(text) == [["x", "y"], cells]


@pytest.mark.parametrize("name", ["terms.ttl", "case.yaml", "rule.rq", "context.jsonld"])
def test_what_is_kept_is_made_anew_when_a_file_changes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E: a kind of file that the digest left out would leave an old library in the cache."""
    monkeypatch.setattr(cache, "data", lambda: tmp_path)
    file = tmp_path / "ontology" / "below" / name
    file.parent.mkdir(parents=True)
    file.write_text("before")
    before = cache.digest.__wrapped__()
    file.write_text("after")
    assert cache.digest.__wrapped__() != before
