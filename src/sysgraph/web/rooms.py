"""Rooms: people of a group answer on their own phones, and whoever convenes sees where they differ.

Nothing is kept of anybody before they hand in; until then their answers stand in the address.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

import segno
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sysgraph.advice.asking import next_asked
from sysgraph.advice.doing import ROLE, other_job
from sysgraph.advice.situation import UNKNOWN
from sysgraph.errors import SysgraphError, clean
from sysgraph.pages.asking import question_of, words_of
from sysgraph.pages.words import sentence
from sysgraph.web.ask import understood
from sysgraph.web.coded import Coded, read_coded, texts_asked
from sysgraph.web.convened import answers_json, answers_yaml, counted, heard_text, results
from sysgraph.web.kept import DAYS, Room, key_of, make_secret

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.datastructures import FormData
    from starlette.requests import Request

    from sysgraph.advice.frame import Facet, OpeningQuestion
    from sysgraph.web.kept import Rooms
    from sysgraph.web.site import Site

    Page = Callable[[Site, Request, FormData | None], Response]
    Endpoint = Callable[[Request], Awaitable[Response]]

__all__ = ["routes"]

_COOKIE = "person"
_OWN = re.compile(r"[A-Za-z0-9_-]{32}")
_UNSTORED = {"Cache-Control": "no-store"}


def routes(site: Site) -> list[Route]:
    """Return the pages of rooms."""
    pages: dict[str, tuple[Page, str]] = {
        "/room": (_open, "GET POST"),
        "/room/{key}": (_join, "GET"),
        "/room/{key}/ask": (_ask, "GET"),
        "/room/{key}/hand-in": (_hand_in, "GET POST"),
        "/room/{key}/mine": (_mine, "GET POST"),
        "/room/{key}/mine/{own}": (_mine, "GET POST"),
        "/convene/{secret}": (_convene, "GET"),
        "/convene/{secret}/close": (_close, "POST"),
        "/convene/{secret}/delete": (_delete, "POST"),
        "/convene/{secret}/code.svg": (_code, "GET"),
        "/convene/{secret}/answers.yaml": (_yaml, "GET"),
        "/convene/{secret}/answers.json": (_json, "GET"),
    }
    return [
        Route(path, _handled(site, page), methods=methods.split())
        for path, (page, methods) in pages.items()
    ]


def _handled(site: Site, page: Page) -> Endpoint:
    """Return what answers a request by a page that nobody stores, in a thread of its own."""

    async def handle(request: Request) -> Response:
        form = None
        if request.method == "POST":
            form = await request.form(max_files=0, max_fields=100, max_part_size=20_000)
        try:
            found = await run_in_threadpool(page, site, request, form)
        except _NoRoom:
            gone = site.words["en"]["room"]["gone"]
            found = site.page(request, "error.html", status=404, kind=gone, told=[])
        found.headers.update(_UNSTORED)
        return found

    return handle


class _NoRoom(Exception):
    """There is no room at this address, or no longer."""


def _rooms(site: Site) -> Rooms:
    if site.rooms is None:
        raise SysgraphError("this server keeps no rooms")
    return site.rooms


def _shared(site: Site, request: Request) -> Room:
    room = _rooms(site).shared(request.path_params["key"])
    if room is None:
        raise _NoRoom
    return room


def _convened(site: Site, request: Request) -> Room:
    room = _rooms(site).convened(request.path_params["secret"])
    if room is None:
        raise _NoRoom
    return room


def _said(form: FormData | None, name: str) -> str:
    said = form.get(name, "") if form is not None else ""
    return said if isinstance(said, str) else ""


def _open(site: Site, request: Request, form: FormData | None) -> Response:
    """Open a room, and lead to the page of whoever convenes it."""
    if form is None or site.rooms is None:
        status = 200 if site.rooms is not None else 503
        return site.page(
            request, "room_open.html", status=status, is_kept=site.rooms is not None, days=DAYS
        )
    title, asks_all = _said(form, "title"), _said(form, "asks") != "few"
    secret = site.rooms.open(title, asks_all=asks_all)
    return RedirectResponse(f"/convene/{secret}", 303)


# What a person does in a room


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a person is in a room: whose voice they speak as, and what they answered so far."""

    room: Room
    key: str
    voice: str
    coded: Coded

    def to(self, page: str, coded: Coded | None = None, **more: str) -> str:
        """Return the address of a page of the room, with the voice and the answers in it."""
        address = (self.coded if coded is None else coded).address
        added = "".join(f"&{name}={value}" for name, value in more.items())
        rest = address.replace("?", "&", 1)
        return f"/room/{self.key}/{page}?voice={self.voice}{rest}{added}"


def _place(site: Site, request: Request, form: FormData | None = None) -> _Place:
    room, frame = _shared(site, request), site.frame
    pairs = [*request.query_params.multi_items()]
    if form is not None:
        pairs = [(name, said) for name, said in form.multi_items() if isinstance(said, str)]
    asked = {one.id for one in _questions(site)}
    # Who says it is said by the voice, so that no answer bears one of its own.
    answers = [(name, value) for name, value in pairs if name in asked and "@" not in value]
    coded = read_coded([each for each in answers if each[1]], frame)
    voice = next((value for name, value in pairs if name == "voice"), "")
    known = voice if voice in {one.id for one in frame.voices} else ""
    return _Place(room, request.path_params["key"], known, replace(coded, library="", first=()))


def _questions(site: Site) -> list[OpeningQuestion | Facet]:
    """Return what is asked in a room: of the situation, and nothing about whoever answers."""
    frame = site.frame
    chosen = [one for name, one in frame.opening.items() if one.answers and name != ROLE]
    return [*chosen, *frame.facets.values()]


def _join(site: Site, request: Request, form: FormData | None) -> Response:
    """Let somebody choose the voice they speak as."""
    place = _place(site, request)
    is_new = place.coded.pairs or _rooms(site).own(place.room, _own(request)) is None
    if not place.room.is_closed and not is_new:
        return RedirectResponse(f"/room/{place.key}/mine", 303)
    voices = {voice: sentence(name) for voice, name in _voices(site).items()}
    return site.page(request, "room_join.html", place=place, voices=voices)


def _ask(site: Site, request: Request, form: FormData | None) -> Response:
    """Put one question; where none is left, lead to handing in."""
    place = _place(site, request)
    if not place.voice or place.room.is_closed:
        return RedirectResponse(f"/room/{place.key}", 303)
    asked = _next(site, place, request.query_params.get("about", ""))
    if asked is None:
        return RedirectResponse(place.to("hand-in"), 303)
    open_ones = {one.id for one in _questions(site)} - {*place.coded.put} - {asked.id}
    return site.page(
        request,
        "room_ask.html",
        place=place,
        asked=asked,
        question=question_of(asked),
        answers=words_of(asked),
        given=place.coded.answered(asked.id),
        number=len(place.coded.put) + 1,
        left=len(open_ones),
        unknown=UNKNOWN,
    )


def _next(site: Site, place: _Place, about: str) -> OpeningQuestion | Facet | None:
    """Return what to ask next in a room where all is asked, or as little as settles it."""
    asked = {one.id: one for one in _questions(site)}
    if about in asked:
        return asked[about]
    frame = site.frame
    situation = place.coded.situation(frame)
    if place.room.asks_all:
        if other_job(situation, frame) is not None:
            return None
        return next((one for name, one in asked.items() if name not in place.coded.put), None)
    found = next_asked(situation, frame, (*texts_asked(frame), ROLE, *place.coded.put))
    return asked.get(found.id) if found is not None else None


def _own(request: Request) -> str:
    """Return the secret by which somebody finds their own answers: of the address, or kept."""
    own: str = request.path_params.get("own") or request.cookies.get(_COOKIE, "")
    return own if _OWN.fullmatch(own) else ""


def _hand_in(site: Site, request: Request, form: FormData | None) -> Response:
    """Show the answers once more, ask for consent, and take them in."""
    place = _place(site, request, form)
    own = _own(request)
    if not place.voice or place.room.is_closed:
        return RedirectResponse(f"/room/{place.key}", 303)
    if form is None:
        before = _rooms(site).own(place.room, own)
        return site.page(
            request,
            "room_review.html",
            place=place,
            voice=_voices(site)[place.voice],
            understood=list(understood(place.coded, site.frame)),
            own=own or make_secret(),
            agrees=before is not None and before.agrees and before.voice == place.voice,
            days=DAYS,
        )
    sent = _said(form, "own")
    if not _OWN.fullmatch(sent) or (own and not compare_digest(own, sent)):
        raise HTTPException(403)
    if not place.coded.pairs:
        raise SysgraphError("nothing was answered; answer at least one question")
    answers = dict(place.coded.pairs)
    agrees = _said(form, "agrees") == "yes"
    _rooms(site).hand_in(place.room, sent, place.voice, answers, agrees=agrees)
    return _known(site, request, f"/room/{place.key}/mine", sent)


def _known(site: Site, request: Request, to: str, own: str) -> Response:
    """Lead to a page with the cookie by which a person is known again in this room alone."""
    found = RedirectResponse(to, 303)
    found.set_cookie(
        _COOKIE,
        own,
        max_age=DAYS * 86_400 if own else 0,
        path=f"/room/{request.path_params['key']}",
        secure=site.link(request).startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return found


def _voices(site: Site) -> dict[str, str]:
    return {one.id: clean(one.plain_name or one.label) for one in site.frame.voices}


def _proof(own: str) -> str:
    """Return what a form must bear so that only a page of that person can have sent it."""
    return sha256(b"sysgraph form " + own.encode()).hexdigest()


def _mine(site: Site, request: Request, form: FormData | None) -> Response:
    """Show what a person handed in, to change, to take back, or to leave to the next."""
    room, key, own = _shared(site, request), request.path_params["key"], _own(request)
    person = _rooms(site).own(room, own)
    if person is None or room.is_closed:
        return _known(site, request, f"/room/{key}", "")
    coded = read_coded(person.answers.items(), site.frame)
    place = _Place(room, key, person.voice, coded)
    if form is None:
        return site.page(
            request,
            "room_mine.html",
            place=place,
            voice=_voices(site).get(person.voice, person.voice),
            person=person,
            understood=list(understood(coded, site.frame)),
            link=f"{site.link(request)}/room/{key}/mine/{own}",
            proof=_proof(own),
        )
    if not compare_digest(_said(form, "proof").encode(), _proof(own).encode()):
        raise HTTPException(403)
    if _said(form, "do") == "change":
        return _known(site, request, place.to("hand-in"), own)
    if _said(form, "do") == "withdraw":
        _rooms(site).withdraw(room, own)
    return _known(site, request, f"/room/{key}", "")


# What whoever convenes does


def _convene(site: Site, request: Request, form: FormData | None) -> Response:
    """Show who was heard; and once the room is closed, what was said and where it differs."""
    room, secret = _convened(site, request), request.path_params["secret"]
    link = f"{site.link(request)}/room/{key_of(secret)}"
    found = site.page(
        request,
        "room_convene.html",
        room=room,
        secret=secret,
        link=link,
        counted=None if room.is_closed else counted(_rooms(site).people(room), site),
        results=results(room, site) if room.is_closed else None,
    )
    mark = f'"{sha256(found.body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers={"ETag": mark})
    found.headers["ETag"] = mark
    return found


def _close(site: Site, request: Request, form: FormData | None) -> Response:
    room = _convened(site, request)
    _rooms(site).close(room, lambda people: heard_text(people, site))
    return RedirectResponse(f"/convene/{request.path_params['secret']}", 303)


def _delete(site: Site, request: Request, form: FormData | None) -> Response:
    room = _convened(site, request)
    if _said(form, "sure") != "yes":
        raise SysgraphError("nothing was deleted; tick the box beside the button to be sure")
    _rooms(site).delete(room)
    return site.page(request, "error.html", kind=site.words["en"]["room"]["deleted"], told=[])


def _code(site: Site, request: Request, form: FormData | None) -> Response:
    """Return the shared link as a picture that phones read."""
    _convened(site, request)
    link = f"{site.link(request)}/room/{key_of(request.path_params['secret'])}"
    drawn = io.BytesIO()
    segno.make(link, micro=False, error="m").save(
        drawn, kind="svg", border=4, light="#fff", xmldecl=False, omitsize=True
    )
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=policy)


def _yaml(site: Site, request: Request, form: FormData | None) -> Response:
    return _export(answers_yaml(_closed(site, request), site), "application/yaml", "room.yaml")


def _json(site: Site, request: Request, form: FormData | None) -> Response:
    return _export(answers_json(_closed(site, request), site), "application/json", "room.json")


def _closed(site: Site, request: Request) -> Room:
    room = _convened(site, request)
    if not room.is_closed:
        raise SysgraphError("the room is open; close it first, then take away what was said")
    return room


def _export(text: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)
