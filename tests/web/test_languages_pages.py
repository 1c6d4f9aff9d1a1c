"""The pages that ask and answer in another language: all of it, and right what it is called."""

import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from string import ascii_letters
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import yaml
from starlette.testclient import TestClient

from shelf import ROOT
from sysgraph.language import JoiningWord, Language
from sysgraph.web.site import Site
from visiting import read_page, visitor

sys.path.insert(0, str(ROOT / "docs"))

from messages import Message, code_messages, library_messages, word_messages

SITUATIONS = yaml.safe_load((Path(__file__).parent / "situations.yaml").read_text())
ASKED = "purpose-origin=movement&agreement=coercive&change-aim=win-justice"
DIFFER = "agreement=coercive@beneficiary&agreement=unitary@decision-maker&stakes=safe-to-fail"
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}

WIDE = str.maketrans({each: chr(ord(each) + 0xFEE0) for each in ascii_letters})
"""Each letter as one that no text of ours has, large and small ones alike."""


def widened(text: str) -> str:
    """Return a message in a language of wide letters, with its places."""
    parts = re.split(r"(\{\w+\})", text)
    return "".join(part if part.startswith("{") else part.translate(WIDE) for part in parts)


def made_up(*told: Iterable[Message]) -> Site:
    """Return pages that speak a made-up language, which has some of what is said."""
    messages: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for text, _ in chain(*told):
        if isinstance(text, str):
            messages[text] = widened(text)
        else:
            plurals[text[0]] = (widened(text[0]), widened(text[1]))
    joins = {word: JoiningWord(widened(word)) for word in ("and", "or")}
    site = Site()
    site.languages.by_code = {"es": Language("es", "Wide", messages, plurals, joins=joins)}
    return site


@pytest.fixture(scope="module")
def wide() -> Iterator[TestClient]:
    """A visitor of pages whose language has all that is said."""
    with visitor(made_up(code_messages(), word_messages(), library_messages())) as found:
        yield found


@pytest.fixture(scope="module")
def new() -> Iterator[TestClient]:
    """A visitor of pages whose language has nothing yet of what the library says."""
    with visitor(made_up(code_messages(), word_messages())) as found:
        yield found


class Shown(HTMLParser):
    """What a page shows in its own language.

    ``heard`` is what only those hear who are read to: an attribute, which has one language.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.heard: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        is_ours = self._is_ours and (told.get("lang", "es") == "es") and tag not in ("script", "q")
        self.heard += [told.get(name) or "" for name in ("aria-label", "alt", "title") if is_ours]
        if tag not in ("input", "meta", "link", "img", "br"):
            self._open.append((tag, is_ours))

    @property
    def _is_ours(self) -> bool:
        return all(is_ours for _, is_ours in self._open)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_ours:
            self.texts.append(data)


def left_in_english(html: str, names: set[str], *, is_heard: bool = True) -> list[str]:
    """Return the words of a page in letters that its language does not have, but for names."""
    reader = Shown()
    reader.feed(html)
    texts = reader.texts + reader.heard * is_heard
    found = (word for text in texts for word in re.findall(r"[A-Za-z][\w'’.-]*", text))
    return [word for word in found if word.strip(".-'’") not in names]


@pytest.fixture(scope="module")
def names(site: Site) -> set[str]:
    """The words of names: ours, those of works that reasons cite, and the mark of what failed."""
    frame = site.frame
    cited = [
        source.citation
        for things in (frame.considerations, frame.methods, frame.moves, frame.risks.values())
        for each in things
        for source in each.sources
    ]
    return {"sysgraph", "x"} | {
        word for text in cited for word in re.findall(r"[A-Za-z][\w'’-]*", text)
    }


def address(known: dict[str, str]) -> str:
    return urlencode({**known, "asker-role": "convenor", "lang": "es"})


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: str(each["id"]))
def test_no_sentence_of_an_answer_is_left_in_english(
    situation: dict[str, dict[str, str]], wide: TestClient, names: set[str]
) -> None:
    asked = address(situation["facets"])
    assert left_in_english(wide.get(f"/answer?{asked}").text, names) == []


@pytest.mark.parametrize(
    "path",
    [
        "/?lang=es",
        "/ask?lang=es",
        "/ask/next?lang=es",
        "/ask/file?lang=es",
        "/ask/assistant?lang=es",
        "/answer?lang=es",
        f"/ask/next?{ASKED}&lang=es",
        "/ask/next?about=stakes&differ=stakes&lang=es",
        f"/answer?{DIFFER}&lang=es",
        "/answer?job=single-fix&lang=es",
        "/answer?job=emergency&agreement=coercive&lang=es",
        "/answer?agreement=unitary&lang=es",
        f"/answer?{ASKED}&library=old&first=facilitative&lang=es",
        f"/answer?{ASKED}&library=before&first=facilitative&lang=es",
        f"/answer/why/organic?{ASKED}&lang=es",
        f"/answer/why/nobody?{ASKED}&lang=es",
        f"/answer/all?{ASKED}&lang=es",
    ],
)
def test_no_sentence_of_a_page_is_left_in_english(
    path: str, wide: TestClient, names: set[str]
) -> None:
    assert left_in_english(wide.get(path).text, names) == []


def test_no_question_is_left_in_english(wide: TestClient, site: Site, names: set[str]) -> None:
    for name in site.frame.answerable:
        html = wide.get(f"/ask/next?{ASKED}&about={name}&lang=es").text
        assert left_in_english(html, names) == [], name


@pytest.mark.parametrize(
    "path",
    [
        *("/?lang=es", "/ask?lang=es", f"/ask/next?{ASKED}&about=stakes&lang=es"),
        *("/ask/next?about=stakes&differ=stakes&lang=es", f"/answer?{ASKED}&lang=es"),
        *(f"/answer?{DIFFER}&lang=es", "/answer?job=emergency&agreement=coercive&lang=es"),
    ],
)
def test_what_the_library_says_newly_is_marked_as_english(
    path: str, new: TestClient, names: set[str]
) -> None:
    html = new.get(path).text
    assert left_in_english(html, names, is_heard=False) == []
    assert 'lang="en">' in html
    assert "\ue001" not in html


def test_the_picture_is_in_the_language(wide: TestClient) -> None:
    root = ElementTree.fromstring(wide.get(f"/answer.svg?{ASKED}&lang=es").text)
    told = [
        text for each in root.iter() if not each.tag.endswith("style") for text in each.itertext()
    ]
    drawn = " ".join(text for text in told if not text.lstrip().startswith(".sg"))
    assert drawn.strip()
    assert not re.search("[A-Za-z]", drawn)


def test_the_check_finds_what_is_left_in_english(client: TestClient, names: set[str]) -> None:
    html = client.get(f"/answer?{ASKED}").text.replace('<html lang="en">', '<html lang="es">')
    assert "facts" in left_in_english(html, names)


@pytest.mark.parametrize("path", ["/", "/ask", "/ask/next", f"/answer?{ASKED}"])
def test_pages_say_in_which_language_they_are(client: TestClient, path: str) -> None:
    for headers, code in ((SPANISH, "es"), ({"Accept-Language": "fr"}, "en"), ({}, "en")):
        page = client.get(path, headers=headers)
        assert f'<html lang="{code}">' in page.text
        assert page.headers["content-language"] == code
        assert "Accept-Language" in page.headers["vary"]
        assert [f'hreflang="{each}"' in page.text for each in ("en", "es")] == [True, True]


def test_an_address_says_the_language_before_the_browser(client: TestClient) -> None:
    assert '<html lang="en">' in client.get("/ask?lang=en", headers=SPANISH).text
    assert '<html lang="es">' in client.get("/ask?lang=es", headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in client.get("/ask?lang=../../x").text


def test_an_unreviewed_language_says_so_and_leads_to_the_english(client: TestClient) -> None:
    page = client.get(f"/answer?{ASKED}&lang=es")
    assert "Traducción sin revisar" in page.text
    there = f"/answer?{ASKED}&lang=en"
    assert there in read_page(page.text).links
    assert "Traducción sin revisar" not in client.get(there).text


def test_a_reviewed_language_does_not() -> None:
    site = Site()
    messages = site.languages.by_code["es"].messages
    site.languages.by_code = {"es": Language("es", "Español", messages, reviewer="Ana Prado")}
    with visitor(site) as client:
        assert "sin revisar" not in client.get("/ask?lang=es").text


def test_a_language_is_handed_on_from_the_first_page_to_the_answer(client: TestClient) -> None:
    page = read_page(client.get("/?lang=es").text)
    assert "/ask?lang=es" in page.links
    form = read_page(client.get("/ask?lang=es").text).form_to("/ask")
    # Words are sent in a form, and the address of the form hands on the language.
    answer = client.post(form.action, data={"who-affected": "los inquilinos"})
    assert '<html lang="es">' in answer.text
    for _ in range(40):
        question = read_page(answer.text)
        if not any(each.action == "/ask/next" for each in question.forms):
            break
        form = question.form_to("/ask/next")
        (asked,) = form.choices
        told = dict(form.fields) | {asked: form.choices[asked][0]}
        assert form.method == "post"
        answer = client.post(form.action, data=told)
        assert '<html lang="es">' in answer.text
    assert "Por dónde empezar" in read_page(answer.text).headings
    assert "Quiénes viven con ello: los inquilinos." in read_page(answer.text).text


def test_a_language_is_handed_on_where_nothing_was_written(client: TestClient) -> None:
    answer = client.get("/ask/next?lang=es")
    form = read_page(answer.text).form_to("/ask/next")
    assert ("lang", "es") in form.fields
    page = read_page(client.get(f"/answer?{ASKED}&lang=es").text)
    assert ("lang", "es") in page.form_to("/answer").fields


@pytest.mark.parametrize(
    ("path", "headers", "kept"),
    [
        (f"/answer?{ASKED}&lang=es", {}, "&lang=es"),
        (f"/answer?{ASKED}", SPANISH, "&lang=es"),
        (f"/answer?{ASKED}&lang=en", SPANISH, "&lang=en"),
    ],
)
def test_a_link_keeps_the_language(
    client: TestClient, path: str, headers: dict[str, str], kept: str
) -> None:
    html = client.get(path, headers=headers).text
    (link,) = re.findall(r'<input id="link" readonly value="([^"]*)"', html)
    assert kept in link.replace("&amp;", "&")


@pytest.mark.parametrize("path", [f"/answer.yaml?{ASKED}", f"/answer.yaml?{DIFFER}"])
def test_a_file_of_answers_is_the_same_in_each_language(client: TestClient, path: str) -> None:
    assert client.get(f"{path}&lang=es").text == client.get(path).text


def test_what_is_asked_of_an_assistant_is_in_english(client: TestClient) -> None:
    pages = [client.get(f"/ask/assistant?lang={code}").text for code in ("en", "es")]
    english, spanish = (re.findall(r"<textarea id=.prompt.[^>]*>([^<]*)<", page) for page in pages)
    assert spanish == english


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/browse", "/questions", "/sparql", "/record"])
def test_the_language_in_an_address_troubles_no_other_page(client: TestClient, path: str) -> None:
    assert path + "?lang=es" in read_page(client.get("/ask?lang=es").text).links
    assert client.get(f"{path}?lang=es").status_code == 200


def test_names_of_the_author_stay_beside_ours(client: TestClient) -> None:
    html = client.get(f"/answer?{ASKED}&lang=es").text
    assert 'gente que se organiza sola (Taylor: <span lang="en">organic</span>)' in html


def test_cases_are_marked_as_english(client: TestClient) -> None:
    known = SITUATIONS[0]["facets"]
    html = client.get(f"/answer?{address(known)}").text
    alike = html.partition('class="part most-like-yours"')[2].partition("</section>")[0]
    assert re.search(r'<li>[^<]*: <span lang="en">[^<]+</span>\. <span lang="en">', alike)


@pytest.mark.parametrize("path", ["/answer", "/answer.svg", "/answer/all", "/ask/next", "/ask"])
def test_hostile_addresses_are_inert_in_each_language(client: TestClient, path: str) -> None:
    query = "?lang=es&agreement=<script>alert(1)</script>&<img src=x onerror=1>=1&reading=-9"
    answer = client.get(path + query)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


def test_hostile_words_are_inert_in_each_language(client: TestClient) -> None:
    told = {"who-affected": "<img src=x onerror=1> {n.__class__} \ue001<b>"}
    answer = client.post(f"/answer?{ASKED}&lang=es", data=told)
    assert answer.status_code == 200
    assert "<img src=x" not in answer.text
    assert "<b>" not in answer.text
    assert "\ue001" not in answer.text


def test_pages_without_a_translation_are_english(client: TestClient) -> None:
    page = client.get("/cases", headers=SPANISH)
    assert '<html lang="en">' in page.text
    assert "Traducción sin revisar" not in page.text
