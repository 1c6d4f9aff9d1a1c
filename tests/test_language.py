"""In which language a page speaks, and what of it is English all the same."""

import re
import threading

import pytest

from sysgraph.language import (
    CLOSE,
    OPEN,
    JoiningWord,
    Language,
    foreign,
    say,
    say_many,
    source_of,
    speaking,
    spoken,
    translated,
    unmarked,
    within_marks,
)
from sysgraph.pages.blocks import Item, Paragraph, html_of, marked
from sysgraph.pages.words import (
    People,
    as_clause,
    counted,
    first_sentence,
    listing,
    lowered,
    sentence,
)

SPANISH = Language(
    "es",
    "Español",
    {"Start here: {way}": "Empiece aquí: {way}", "Back": "Atrás"},
    {"{n} case": ("{n} caso", "{n} casos")},
    joins={
        "and": JoiningWord("y", "e", re.compile("h?[ií](?!e)", re.IGNORECASE)),
        "or": JoiningWord("o", "u", re.compile("h?o", re.IGNORECASE)),
    },
)


def test_english_is_said_as_it_stands() -> None:
    assert spoken() is None
    assert say("Start here: {way}", way="this") == "Start here: this"
    assert say("a {brace} that is filled by nothing") == "a {brace} that is filled by nothing"
    assert say_many("{n} case", "{n} cases", 1200) == "1,200 cases"
    assert translated("A text.") == foreign("A text.") == "A text."


def test_what_a_language_has_is_said_in_it() -> None:
    with speaking(SPANISH):
        assert say("Start here: {way}", way="esto") == "Empiece aquí: esto"
        assert [counted(n, "case") for n in (0, 1, 2, 1200)] == [
            *("0 casos", "1 caso", "2 casos", "1\u202f200 casos")
        ]
        assert source_of("Atrás") == "Back"
    assert say("Back") == "Back"


def test_what_a_language_does_not_have_is_english_and_marked() -> None:
    with speaking(SPANISH):
        assert say("Go on, {name}", name="Ana") == f"{OPEN}Go on, Ana{CLOSE}"
        assert counted(2, "thing") == f"{OPEN}2 things{CLOSE}"
        assert source_of(translated("A text.")) == "A text."
    assert unmarked(f"{OPEN}A text.{CLOSE}") == "A text."


def test_what_fills_a_place_is_not_read_again() -> None:
    hostile = "{way.__class__} {0} {"
    with speaking(SPANISH):
        assert say("Start here: {way}", way=hostile) == f"Empiece aquí: {hostile}"
    assert say("Start here: {way}", way=hostile) == f"Start here: {hostile}"


def test_another_thread_speaks_english() -> None:
    found: list[str] = []
    with speaking(SPANISH):
        thread = threading.Thread(target=lambda: found.append(say("Back")))
        thread.start()
        thread.join()
    assert found == ["Back"]


@pytest.mark.parametrize(
    ("words", "last", "told"),
    [
        (["padre", "hijo"], "and", "padre e hijo"),
        (["agua", "hielo"], "and", "agua y hielo"),
        (["uno", "Irene"], "and", "uno e Irene"),
        (["uno", "dos", "ocho"], "or", "uno, dos u ocho"),
        (["uno", "dos"], "or", "uno o dos"),
    ],
)
def test_what_joins_a_list_goes_by_the_word_that_follows(
    words: list[str], last: str, told: str
) -> None:
    with speaking(SPANISH):
        assert listing(words, last) == told


def test_the_beginning_of_a_marked_text_is_turned_within_its_marks() -> None:
    text = f"{OPEN}They are in. Then they go.{CLOSE}"
    with speaking(SPANISH):
        assert lowered(text) == f"{OPEN}they are in. Then they go.{CLOSE}"
        assert sentence(f"{OPEN}they{CLOSE}") == f"{OPEN}They{CLOSE}"
        assert first_sentence(text) == f"{OPEN}They are in{CLOSE}"
        assert as_clause(text) == f"{OPEN}they are in; then they go{CLOSE}"
    assert within_marks(lambda _: "", text) == ""


def test_a_question_begins_behind_its_mark() -> None:
    assert sentence("¿quién decide?") == "¿Quién decide?"
    assert lowered("¿Quién decide?") == "¿quién decide?"


def test_names_are_put_into_english_sentences_alone() -> None:
    people = People("the mayor", "the council")
    assert people.put("Those affected decide.") == "The mayor decides."
    with speaking(SPANISH):
        assert people.put("Las personas afectadas deciden.") == "Las personas afectadas deciden."


def test_english_within_a_page_is_marked_as_such() -> None:
    html = html_of([Paragraph(f"Un caso: {OPEN}The <b> case{CLOSE}, y más."), Item("Nada")])
    assert '<p>Un caso: <span lang="en">The &lt;b&gt; case</span>, y más.</p>' in html
    assert OPEN not in html


@pytest.mark.parametrize(
    "text", [f"{OPEN}", f"{CLOSE}a", f"{OPEN}{OPEN}a{CLOSE}", f"a{OPEN}b", f"{CLOSE}{OPEN}<i>"]
)
def test_marks_that_people_write_open_nothing_that_is_not_closed(text: str) -> None:
    html = marked(text)
    assert html.count("<span") == html.count("</span>")
    assert "<i>" not in html
    assert OPEN not in html
    assert CLOSE not in html
