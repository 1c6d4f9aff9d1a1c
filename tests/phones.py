"""Phones and programs that use the pages of an application, without a network between."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp


@dataclass(frozen=True)
class Reply:
    """What came back: where from, with which status, headers and body."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """The text of a page without its markup, on one line."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the first form that is sent by POST."""
        form = self.text.partition('<form method="post"')[2].partition("</form>")[0]
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
        return {name: unescape(value) for name, value in found}


@dataclass
class Phone:
    """A browser with its own cookies, which follows where it is led."""

    app: ASGIApp
    host: str = "192.0.2.7"
    cookies: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> Reply:
        return self._follow("GET", path, b"", headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Reply:
        return self._follow("POST", path, urlencode(form or {}).encode(), headers)

    def _follow(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        for _ in range(5):
            reply = asyncio.run(self._ask(method, path, body, headers))
            self._keep(reply)
            if reply.status != 303:
                return reply
            method, path, body = "GET", reply.headers["location"], b""
        raise AssertionError(f"led in a circle at {path}")

    def _keep(self, reply: Reply) -> None:
        self.told += filter(None, [reply.headers.get("set-cookie", "")])
        for morsel in SimpleCookie(reply.headers.get("set-cookie", "")).values():
            self.cookies.pop(morsel["path"], None)
            if morsel.value:
                self.cookies[morsel["path"]] = f"{morsel.key}={morsel.value}"

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        sent = {"host": self.host, "content-type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if at := next((one for one in self.cookies if parts.path.startswith(one)), None):
            sent["cookie"] = self.cookies[at]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "server": (self.host, 80),
            "client": ("192.0.2.7", 1),
            "root_path": "",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        told: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            told.append(message)

        await self.app(scope, receive, send)  # type: ignore[arg-type]
        start = told[0]
        named = {n.decode(): v.decode() for n, v in start["headers"]}  # type: ignore[attr-defined]
        content = b"".join(each.get("body", b"") for each in told[1:])  # type: ignore[misc]
        return Reply(parts.path, start["status"], named, content)  # type: ignore[arg-type]
