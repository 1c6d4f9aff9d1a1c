"""The pages that ask and answer where there is no server: over files, in the reader's browser.

The files are made by ``release.browser``. What runs here needs no store, no thread and no network.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sysgraph.advice.cases import HeldCases, Record
from sysgraph.advice.frame import Frame, values_of
from sysgraph.advice.said import make_frame
from sysgraph.advice.shipped import said_by
from sysgraph.errors import SysgraphError
from sysgraph.language import speaking
from sysgraph.store.keeper import freeze_index, thaw_index
from sysgraph.web import answer, ask
from sysgraph.web.site import Site

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message

    from sysgraph.advice.examine import Examination
    from sysgraph.reason.explain import Explanation

__all__ = ["CarriedPage", "CarriedSite", "carried_files", "respond"]

_FRAME, _CASES, _INDEX = "frame.json", "cases.json", "cases.index"
_RECORD, _LIBRARY = "record.json", "library.txt"


def carried_files(site: Site) -> dict[str, bytes]:
    """Return what ``CarriedSite`` reads of a site, by the names of its files."""
    cases = site.whole.cases
    stored = [asdict(cases[iri]) for iri in cases]
    found = {
        _FRAME: said_by(site.store),
        _CASES: json.dumps(stored, ensure_ascii=False).encode(),
        _INDEX: freeze_index(cases.index()),
        _LIBRARY: site.library.encode(),
    }
    record = site.whole.record
    return found if record is None else found | {_RECORD: record.as_json()}


class CarriedSite(Site):
    """The pages of a store that stays behind, of which a folder has all that advice needs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(is_published=True)
        self._folder = folder

    @cached_property
    def whole(self) -> Frame:
        """All that the store knew that bears on advice, in English."""
        folder = self._folder
        frame = make_frame(json.loads((folder / _FRAME).read_bytes()), None)
        index = thaw_index((folder / _INDEX).read_bytes())
        cases = (folder / _CASES).read_bytes()
        frame.cases = HeldCases.of_json(index, cases, values_of(frame))
        record = folder / _RECORD
        frame.record = Record.of_json(record.read_bytes()) if record.exists() else None
        return frame

    @cached_property
    def library(self) -> str:
        """The first letters of the digest of what was asked when it was carried here."""
        return (self._folder / _LIBRARY).read_text(encoding="utf-8")

    async def apart(self, page: Callable[..., Response], *given: object) -> Response:
        """Return what a page makes of what is given, at once: there is nobody else."""
        return page(*given)

    def prove(self, kind: str, one: Examination) -> list[Explanation] | None:
        """Return no proofs: what makes them stays behind."""
        return None

    @cached_property
    def app(self) -> Starlette:
        """The pages, for one visitor."""

        async def refused(request: Request, error: Exception) -> Response:
            with speaking(getattr(request.state, "language", None)):
                return self.refusal(request, error)

        kinds = (HTTPException, SysgraphError, Exception)
        routes = [*ask.routes(self), *answer.routes(self)]
        return Starlette(routes=routes, exception_handlers=dict.fromkeys(kinds, refused))


@dataclass(frozen=True, slots=True)
class CarriedPage:
    """What came back: the status, the headers by their names, and the page."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def respond(
    site: CarriedSite, method: str, address: str, headers: Mapping[str, str], body: bytes = b""
) -> CarriedPage:
    """Return the page at an address, such as ``/answer?stakes=unknown``, with what was sent.

    What goes wrong unforeseen is printed, beside the page that says so.
    """
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), said.encode()) for name, said in headers.items()],
        "server": ("here.invalid", 443),
    }
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    try:
        _run(site.app(scope, receive, send))
    except Exception:
        if not said:
            raise
        traceback.print_exc()
    start = next(one for one in said if one["type"] == "http.response.start")
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return CarriedPage(start["status"], told, b"".join(one.get("body", b"") for one in said))


def _run(deed: Coroutine[Any, Any, None]) -> None:
    """Do what waits for nothing, for all that it needs is at hand; no loop of events is needed."""
    try:
        deed.send(None)
    except StopIteration:
        return
    deed.close()
    raise RuntimeError("a page waits for something, which cannot come here")
