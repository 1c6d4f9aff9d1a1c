"""Asking: first the person's own words, then a question a screen while one could change more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sysgraph.advice.asking import next_asked
from sysgraph.advice.described import read_situations
from sysgraph.advice.situation import UNKNOWN, is_no_answer
from sysgraph.errors import SysgraphError, clean
from sysgraph.language import speaking
from sysgraph.pages.asking import (
    named_in,
    named_lines,
    prompt_text,
    question_of,
    settled_line,
    words_of,
)
from sysgraph.pages.brief import headline
from sysgraph.web.coded import Coded, coded_of, read_coded, texts_asked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.datastructures import FormData
    from starlette.requests import Request

    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.pages.asking import Asked
    from sysgraph.web.site import Site

    Page = Callable[[Site, Request, "Told"], Response]
    Endpoint = Callable[[Request], Awaitable[Response]]

__all__ = ["Told", "handled", "question_at", "routes", "understood"]

_LONGEST = 2000
"""How many characters of a person's own words are taken for one question."""


def routes(site: Site) -> list[Route]:
    """Return the pages that ask."""
    pages = {
        "/": _home,
        "/ask": _texts,
        "/ask/next": _next,
        "/ask/file": _file,
        "/ask/assistant": _assistant,
    }
    methods = ["GET", "POST"]
    return [Route(path, handled(site, page), methods=methods) for path, page in pages.items()]


def handled(site: Site, page: Page) -> Endpoint:
    """Return what answers a request by a page, apart from all others."""

    async def handle(request: Request) -> Response:
        told = await _read_told(request, site)
        language = site.languages.of(request, told.coded.lang)
        request.state.asked, request.state.language = told.coded.lang, language
        with speaking(language):
            found = await site.apart(page, site, request, told)
        if told.words:  # of which no copy is to be kept
            found.headers["Cache-Control"] = "no-store"
        return found

    return handle


@dataclass(frozen=True, slots=True)
class Told:
    """What came with a request: coded answers, and the person's own words, which are not kept."""

    coded: Coded
    words: Mapping[str, str]
    form: FormData | None = None

    @property
    def method(self) -> str:
        """How the forms of the next page are sent: words must not stand in an address."""
        return "post" if any(self.words.values()) else "get"


async def _read_told(request: Request, site: Site) -> Told:
    """Return what came with a request, in its address and its form.

    Raises:
        SysgraphError: a file that was sent is too large to be one of answers.
    """
    frame = site.frame
    given = list(request.query_params.multi_items())
    asked = site.languages.asked(request.query_params.get("lang", ""))
    if request.method != "POST":
        return Told(replace(read_coded(given, frame), lang=asked), {})
    form = await request.form(max_files=1, max_fields=400, max_part_size=200_000)
    said = [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
    own = texts_asked(frame)
    coded = read_coded([*given, *((n, t) for n, t in said if n in frame.answerable)], frame)
    words = {name: clean(text)[:_LONGEST] for name, text in said if name in own and text.strip()}
    asked = asked or site.languages.asked(str(form.get("lang", "")))
    kept = {name: text for name, text in words.items() if not is_no_answer(text)}
    return Told(replace(coded, lang=asked), kept, form)


def _home(site: Site, request: Request, told: Told) -> Response:
    # The start page stands at the name of the ontology, which programs ask for as linked data.
    from sysgraph.web.offered import suffix_liked

    suffix = suffix_liked(request)
    if suffix:
        return RedirectResponse(f"/{suffix}", 303, {"Vary": "Accept"})
    return site.page(request, "home.html", types=list(site.frame.types.values()), told=told)


def _texts(site: Site, request: Request, told: Told) -> Response:
    """Ask for the person's own words; where there are any, the next page is sent with them."""
    if request.method == "POST":
        if not told.words:
            return RedirectResponse(f"/ask/next{told.coded.address}", 303)
        return _next(site, request, told)
    asked = [site.frame.opening[name] for name in texts_asked(site.frame)]
    return site.page(request, "texts.html", asked=asked, told=told)


def _next(site: Site, request: Request, told: Told) -> Response:
    """Put the question that settles most; where none is left, lead to the answer."""
    asked = question_at(site, told, request.query_params.get("about", ""))
    if asked is None:
        if not told.words:
            return RedirectResponse(f"/answer{told.coded.address}", 303)
        from sysgraph.web.answer import answer_page

        return answer_page(site, request, told)
    frame = site.frame
    situation = told.coded.situation(frame, told.words)
    group = site.group_of(told.coded, told.words)
    return site.page(
        request,
        "question.html",
        asked=asked,
        question=question_of(asked),
        answers=words_of(asked),
        named=list(named_lines(asked, situation.opening)),
        people=_people(asked, frame),
        is_facet=asked.id in frame.facets,
        differ=request.query_params.get("differ") == asked.id and asked.id in frame.facets,
        voices=frame.voices,
        told=told,
        number=len(told.coded.put) + 1,
        left=_left(told.coded, frame),
        chosen=request.query_params.get("chosen", ""),
        settled="" if situation.views else settled_line(situation, frame),
        understood=list(understood(told.coded, frame)),
        stands=headline(group[1][0]) if situation.facets and len(group[1]) == 1 else "",
        unknown=UNKNOWN,
    )


def question_at(site: Site, told: Told, about: str = "") -> Asked | None:
    """Return what to ask: the question that somebody wants to answer, or the one that is next."""
    frame = site.frame
    if about in frame.answerable:
        return (
            frame.facets.get(about)
            or frame.opening.get(about)
            or next(one for name, one in frame.outside.questions.items() if name == about)
        )
    # What records of others need is offered beside the answer, where it may make sense.
    put = (*texts_asked(frame), *told.coded.put, *frame.outside.questions)
    return next_asked(told.coded.situation(frame), frame, put)


def _left(coded: Coded, frame: Frame) -> int:
    """Return how many questions may come at the most after the one that is put."""
    chosen = [name for name, one in frame.opening.items() if one.answers]
    return max(0, len({*chosen, *frame.facets} - {*coded.put}) - 1)


def _people(asked: Asked, frame: Frame) -> list[str]:
    """Return which of the person's own words say whom a question is about."""
    named = named_in(asked).values()
    return [name for name in texts_asked(frame) if name in named]


def understood(coded: Coded, frame: Frame) -> Iterator[tuple[str, str, str]]:
    """Yield what was answered: what it goes by, the question, and the answer in words."""
    voices = {voice.id: voice.plain_name or voice.label for voice in frame.voices}
    for name in coded.put:
        asked = frame.facets.get(name) or frame.opening.get(name) or frame.outside.questions[name]
        words = words_of(asked)
        said = []
        for each, text in coded.pairs:
            value, _, voice = text.partition("@")
            if each == name:
                who = f"{voices[voice]}: " if voice else ""
                said.append(f"{who}{words.get(value, '')}")
        yield name, question_of(asked), " / ".join(said)


def _file(site: Site, request: Request, told: Told) -> Response:
    """Take up a file of answers where it was left."""
    sent = told.form.get("file") if told.form is not None else None
    if sent is None or isinstance(sent, str):
        return site.page(request, "file.html", told=told)
    data = sent.file.read(200_001)
    if len(data) > 200_000:
        raise SysgraphError("the file is larger than 200 kB; is it one of answers?")
    found = read_situations(data, clean(sent.filename or "the file"), site.frame)
    return _next(site, request, _taken_up(found[0], site.frame, told.coded.lang))


def _taken_up(situation: Situation, frame: Frame, lang: str) -> Told:
    own = texts_asked(frame)
    words = {name: text for name, text in situation.opening.items() if name in own}
    return Told(replace(coded_of(situation, frame), lang=lang), words)


def _assistant(site: Site, request: Request, told: Told) -> Response:
    """Read an assistant's reply to the prompt, and show what it says for checking."""
    form = told.form
    reply, text = (str(form.get(name, "")) if form else "" for name in ("reply", "description"))
    with speaking(None):  # what is asked of an assistant is one text, and in English
        prompt = prompt_text(site.frame)
    context: dict[str, Any] = {"prompt": prompt, "reply": reply, "text": text}
    if not reply.strip():
        return site.page(request, "assistant.html", told=told, faults=[], found=None, **context)
    try:
        found = read_situations(reply.encode(), "the reply", site.frame, text or None)[0]
    except SysgraphError as error:
        faults = str(error).splitlines()
        page = "assistant.html"
        return site.page(request, page, told=told, faults=faults, found=None, **context)
    taken = _taken_up(found, site.frame, told.coded.lang)
    rows = [
        (name, question, said, found.quotes.get(name, ""), _choices(name, site.frame))
        for name, question, said in understood(taken.coded, site.frame)
    ]
    context |= {"rows": rows, "coded": taken.coded, "told": replace(taken, form=None)}
    return site.page(
        request, "assistant.html", faults=list(taken.coded.faults), found=found, **context
    )


def _choices(name: str, frame: Frame) -> dict[str, str]:
    asked = frame.facets.get(name) or frame.opening.get(name) or frame.outside.questions[name]
    return words_of(asked)
