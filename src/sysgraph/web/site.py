"""What every page is made from: a store held open, its frame, the words, and the templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from sysgraph.advice.examine import Examination, Examiner
from sysgraph.advice.said import load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.spoken import in_language
from sysgraph.errors import SysgraphError, clean, install_command
from sysgraph.language import OPEN, spoken, unmarked
from sysgraph.pages.blocks import html_of, marked
from sysgraph.terms import NAMESPACE
from sysgraph.web.languages import ENGLISH, Languages, words_in

if TYPE_CHECKING:
    from starlette.requests import Request

    from sysgraph.advice.contest import Contest
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.history.became import Gone
    from sysgraph.reason.explain import Explanation
    from sysgraph.store.local import Store
    from sysgraph.web.accept import Shelf
    from sysgraph.web.coded import Coded
    from sysgraph.web.kept import Rooms

__all__ = ["Site", "path_of"]

NAVIGATION = {
    "ask": "/ask",
    "browse": "/browse",
    "questions": "/questions",
    "record": "/record",
    "contribute": "/contribute",
    "sparql": "/sparql",
}
"""The pages that every page leads to, by what their words go by."""
PUBLISHED = {
    "ask": "/ask",
    "browse": "/browse",
    "questions": "/questions",
    "record": "/record",
    "data": "/data",
}
"""The same where the pages are files, and nothing answers."""

_HERE = Path(__file__).parent
_KEPT = 512
"""How many answers are kept ready; one takes some 100 kB."""
_STEPS = 200_000
"""How many steps the search takes for what settles a difference: some two seconds, 100 MB."""
_PATIENCE = 3
"""For how many seconds a page waits while the readings of another are compared."""

Group = tuple["Contest | None", list[Examination]]


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What would show a text otherwise than it is read, or stands in no page."""
_VARIES = {"Vary": "Accept-Language"}


def _told(text: str) -> str:
    """Return a text of the library, with markup around what of it is English where need be."""
    return Markup(marked(text)) if OPEN in text else clean(text)


def _language(text: str) -> str:
    """Return the attribute of an element that says that its text is English where need be."""
    return Markup(' lang="en"') if OPEN in text else ""


def _shown(said: object) -> object:
    """Return what a template shows, without the marks around English, nor what is not seen."""
    return _UNSEEN.sub(" ", unmarked(said)) if type(said) is str else said


def path_of(iri: str) -> str:
    """Return where the page of one of our things is, or the address of another.

    >>> path_of("https://w3id.org/sysgraph/type/organic"), path_of("https://schema.org/name")
    ('/type/organic', 'https://schema.org/name')
    """
    return f"/{iri.removeprefix(NAMESPACE)}" if iri.startswith(NAMESPACE) else iri


class Site:
    """The pages of one store. ``public_url`` is what links that leave the page begin with.

    Without ``rooms`` no group can be convened. ``issues`` is the address of the repository that
    takes contributions as issues, if one does; ``shelf`` is the store, where drafts are taken in.
    Where it ``is_published``, its pages become files, and show nothing that needs a server.
    ``left`` has by their names the cases of a former release that this one has not.
    """

    def __init__(
        self,
        place: str | None = None,
        public_url: str = "",
        rooms: Rooms | None = None,
        issues: str = "",
        shelf: Shelf | None = None,
        *,
        is_published: bool = False,
    ) -> None:
        self.place = place
        self.public_url = public_url.rstrip("/")
        self.rooms = rooms
        self.issues = issues.rstrip("/")
        self.shelf = shelf
        self.is_published = is_published
        self.has_advice = True
        """Whether its pages ask and answer; where they are files, not all do."""
        self.made: dict[str, object] = {}
        self.left: Mapping[str, Gone] = {}
        self._lock, self._one = Lock(), Lock()
        self.languages = Languages(_HERE / "words")
        self._examiners: dict[str, Examiner] = {}
        self._worded: dict[str, dict[str, Any]] = {}
        self.examined: Callable[[tuple[tuple[str, str], ...], str], Group]
        self.examined = lru_cache(_KEPT)(self._examined)

    @cached_property
    def store(self) -> Store:
        """The store, held open."""
        return self._opened()

    def _opened(self) -> Store:
        from sysgraph.stores import open_store

        return self.shelf.open() if self.shelf else open_store(self.place)

    def renew(self) -> None:
        """Read the store again, which was changed; who is being answered still reads the former."""
        fresh = self._opened()
        with self._lock:  # which whoever makes an examiner of the former holds
            self.__dict__["store"] = fresh
            for name in ("whole", "library"):
                self.__dict__.pop(name, None)
            self.made, self._examiners = {}, {}
            self.examined = lru_cache(_KEPT)(self._examined)

    @property
    def examiner(self) -> Examiner:
        """What advice is made from, without what stands attacked, in the language spoken."""
        code, examiners = self.code, self._examiners
        if code not in examiners:
            with self._lock:
                if code not in examiners:  # another thread may have made it by now
                    examiners[code] = Examiner(self._frame_spoken())
        return examiners[code]

    def _frame_spoken(self) -> Frame:
        language = spoken()
        return self.whole if language is None else in_language(self.whole, language)

    @cached_property
    def whole(self) -> Frame:
        """All that the store knows that bears on advice, in English."""
        from sysgraph.record.run import shipped_record

        frame = load_shipped_frame() if self.place is None else load_frame(self.store)
        frame.record = shipped_record()  # else a page would say less than the command
        return frame

    @property
    def code(self) -> str:
        """The code of the language that is spoken."""
        language = spoken()
        return language.code if language is not None else ENGLISH

    @property
    def frame(self) -> Frame:
        """What counts of what the store knows."""
        return self.examiner.frame

    @cached_property
    def library(self) -> str:
        """The first letters of the digest of what is asked, by which a link tells its age.

        Of a store of one's own that can tell its state, that is in it.
        """
        from sysgraph.library import digest
        from sysgraph.store.local import LocalStore

        whole = digest()
        if self.place is not None and isinstance(self.store, LocalStore):
            whole = sha256(f"{whole} {self.store.revision()}".encode()).hexdigest()
        return whole[:12]

    async def apart(self, page: Callable[..., Response], *given: object) -> Response:
        """Return what a page makes of what is given, while others are answered too."""
        return await run_in_threadpool(page, *given)

    def examine(self, situation: Situation) -> Group:
        """Return the examinations of a situation's readings, and how they differ."""
        readings = situation.readings()
        spoken = [each.standpoint for each in readings if each.standpoint]
        contest = self.compare(readings)
        return contest, [self.examiner.examine(each, spoken) for each in readings]

    def compare(self, readings: Sequence[Situation]) -> Contest | None:
        """Return how readings differ, where there are several: one group of them at a time.

        Where they differ on too much, all of it is told as what settles it.

        Raises:
            HTTPException: others are compared; it can be tried again.
        """
        if len(readings) < 2:
            return None
        if not self._one.acquire(timeout=_PATIENCE):
            raise HTTPException(429)
        try:
            return self.examiner.compare(readings, _STEPS)
        finally:
            self._one.release()

    def prove(self, kind: str, one: Examination) -> list[Explanation] | None:
        """Return the proofs of what speaks for and against a type, or None where none are made."""
        from sysgraph.advice.reasons import prove_reasons

        return list(prove_reasons(kind, one.advice, one.frame))

    def _examined(self, pairs: tuple[tuple[str, str], ...], _code: str) -> Group:
        from sysgraph.web.coded import Coded

        return self.examine(Coded(pairs).situation(self.frame))

    def group_of(self, coded: Coded, words: Mapping[str, str]) -> Group:
        """Return the examinations of answers, kept ready where nobody's words are in them."""
        if any(words.values()):
            return self.examine(coded.situation(self.frame, words))
        return self.examined(coded.pairs, self.code)

    @cached_property
    def words(self) -> dict[str, Any]:
        """All that the interface says, by language."""
        files = sorted((_HERE / "words").glob("*.yaml"))
        return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}

    @cached_property
    def _templates(self) -> Environment:
        found = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_shown,
        )
        found.filters |= {"clean": clean, "path": path_of, "blocks": html_of, "told": _told}
        found.filters["language"] = _language
        found.globals["install"] = install_command("web")
        return found

    def page(
        self, request: Request, name: str, *, status: int = 200, **context: object
    ) -> Response:
        """Return a page made by a template, in the language that is spoken."""
        words, language = self.words_spoken(), spoken()
        asked = getattr(request.state, "asked", None)
        carried = f"?lang={asked}" if asked else ""
        leads = PUBLISHED if self.is_published else NAVIGATION
        nav = [(path, f"{path}{carried}", words["nav"][name]) for name, path in leads.items()]
        given = {
            "w": words,
            "nav": nav,
            "path": request.url.path,
            "lang": self.code,
            "carried": carried,
            "is_published": self.is_published,
            "has_advice": self.has_advice,
            "languages": [] if asked is None else self._others(request, context.get("told")),
            "is_unreviewed": language is not None and not language.reviewer,
        }
        html = self._templates.get_template(name).render({**given, **context})
        headers = {"Content-Language": self.code}
        return HTMLResponse(html, status, headers | _VARIES if asked is not None else headers)

    def refusal(self, request: Request, error: Exception) -> Response:
        """Return the page that says what could not be done, and what to do."""
        if isinstance(error, HTTPException):
            status, told = error.status_code, error.detail
        elif isinstance(error, SysgraphError):
            status, told = 400, str(error)
        else:
            status, told = 500, ""
        kinds = self.words_spoken()["errors"]
        kind = kinds.get(str(status), kinds["400" if status < 500 else "500"])
        said = told if isinstance(error, SysgraphError) else ""
        return self.page(request, "error.html", status=status, kind=kind, told=said.splitlines())

    def words_spoken(self) -> dict[str, Any]:
        """Return all that the interface says, in the language that is spoken."""
        if self.code not in self._worded:
            words: dict[str, Any] = words_in(self.words[ENGLISH], spoken())
            self._worded[self.code] = {**words, "lang": self.code}
        return self._worded[self.code]

    def _others(self, request: Request, told: Any) -> list[tuple[str, str, str]]:
        """Return each language with its name and the address of the same page in it."""
        path, given = request.url.path, list(request.query_params.multi_items())
        if request.method == "POST" and hasattr(told, "coded"):
            # What was sent stands in no address; what was coded of it may.
            path, given = "/ask/next" if path == "/ask" else path, list(told.coded.pairs)
        kept = [pair for pair in given if pair[0] != "lang"]
        return [
            (code, name, f"{path}?{urlencode([*kept, ('lang', code)], safe='@')}")
            for code, name in self.languages.names().items()
        ]

    def link(self, request: Request) -> str:
        """Return what the links of a page that leave it begin with, without a slash at the end."""
        return self.public_url or str(request.base_url).rstrip("/")
