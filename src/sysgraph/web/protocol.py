"""SPARQL over HTTP: the protocol for programs, and a page with an editor for people.

Source: SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sysgraph.browse import Named
from sysgraph.budget import Budget, run_within
from sysgraph.errors import OverBudget, SysgraphError, clean
from sysgraph.rdf import Format
from sysgraph.sparql.check import check
from sysgraph.terms import PREFIXES, compact
from sysgraph.turtle import serialize
from sysgraph.web.offered import HTML, accepted
from sysgraph.web.shown import Link, link_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from sysgraph.web.site import Site

__all__ = ["Refused", "routes", "run_query"]

BUDGET = Budget(30, 1024)
"""What a query may take: as much as ``sysgraph sparql`` gives it."""
AT_ONCE, PATIENCE = 2, 15
"""How many queries run at a time, and how many seconds another waits for its turn."""
_LONGEST = 100_000
"""How many bytes a query may have."""
_MOST = 10_000_000
"""How many characters an answer may have."""
_SHOWN = 500
"""How many rows are shown on the page."""

_ROWS = {
    "application/sparql-results+json": "results-json",
    "application/sparql-results+xml": "results-xml",
    "text/csv": "results-csv",
    "text/tab-separated-values": "results-tsv",
    "application/json": "results-json",
    "application/xml": "results-xml",
}
_TRUTH = {media: form for media, form in _ROWS.items() if form.endswith(("json", "xml"))}
_GRAPHS = {
    "text/turtle": Format.TURTLE,
    "application/n-triples": Format.NTRIPLES,
    "application/ld+json": Format.JSONLD,
    "application/rdf+xml": Format.XML,
}
FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
}
"""What ``format`` in an address asks for, where no header can be sent."""
_FORM, _DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
WHERE = "the query"
"""What a query of a person's own goes by in messages."""


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """A request that the protocol, or this server, does not take."""

    status: int
    reason: str


def routes(site: Site) -> list[Route]:
    """Return the page for queries, which is the endpoint as well."""

    async def handle(request: Request) -> Response:
        return await _handle(site, request)

    return [Route("/sparql", handle, methods=["GET", "POST"])]


async def _handle(site: Site, request: Request) -> Response:
    """Answer a query in what the client likes best, or show the page that asks for one."""
    query = ""
    try:
        query, form = await _read(request)
        wanted = FORMATS.get(form) or request.headers.get("accept", "")
        if not query and not form:
            return await run_in_threadpool(_start, site, request)
        kind, offers = await run_in_threadpool(_offers, query)
        media = accepted(wanted, _in_order(offers, wanted))
        if not media:
            listed = ", ".join(one for one in offers if one != HTML)
            raise Refused(406, f"a {kind} is answered as one of: {listed}")
        body = await run_query(site, query, offers.get(media) or _plain(kind))
    except Refused as refused:
        return await _failed(site, request, query, refused.status, refused.reason)
    except OverBudget as error:
        reason = f"the query was ended because it took more than {error.most}; ask for less"
        return await _failed(site, request, query, 503, reason)
    except SysgraphError as error:
        return await _failed(site, request, query, 400, str(error))
    if media != HTML:
        return Response(body, media_type=media, headers={"Vary": "Accept"})
    return await run_in_threadpool(_page, site, request, query, _shown(kind, body))


def _start(site: Site, request: Request) -> Response:
    """Return the page to people, and to programs that ask for linked data what this is."""
    media = accepted(request.headers.get("accept", ""), [HTML, *_GRAPHS])
    if media not in _GRAPHS:
        return _page(site, request)
    text = _described(f"{site.link(request)}/sparql", _GRAPHS[media])
    return Response(text, media_type=media, headers={"Vary": "Accept"})


def _described(address: str, syntax: Format) -> bytes:
    """Return what this endpoint is, for programs that ask.

    Source: SPARQL 1.1 Service Description, https://www.w3.org/TR/sparql11-service-description/
    """
    service = "http://www.w3.org/ns/sparql-service-description#"
    start = "http://www.w3.org/ns/formats/"
    node = ox.NamedNode(address)
    said = [(PREFIXES["rdf"] + "type", f"{service}Service"), (f"{service}endpoint", address)]
    said += [(f"{service}supportedLanguage", f"{service}SPARQL11Query")]
    said += [(f"{service}feature", f"{service}UnionDefaultGraph")]
    forms = ("JSON", "XML", "CSV", "TSV")
    said += [(f"{service}resultFormat", f"{start}SPARQL_Results_{form}") for form in forms]
    said += [(f"{service}resultFormat", f"{start}{form}") for form in ("Turtle", "N-Triples")]
    return serialize([ox.Quad(node, ox.NamedNode(p), ox.NamedNode(o)) for p, o in said], syntax)


async def _read(request: Request) -> tuple[str, str]:
    """Return the query of a request, in whichever of three ways it came, and what form it asks."""
    given = request.query_params
    pairs = list(given.multi_items())
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == _FORM:
            form = await request.form(max_fields=20)
            pairs += [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
        elif kind == _DIRECT:
            pairs.append(("query", await _decoded(request)))
        else:
            raise Refused(415, f"send {_DIRECT} or {_FORM}; nothing can be changed here")
    names = [name for name, _ in pairs]
    if "update" in names or "using-graph-uri" in names:
        raise Refused(400, "nothing can be changed here; only questions are answered")
    if "default-graph-uri" in names or "named-graph-uri" in names:
        raise Refused(400, "name graphs in the query itself, with FROM and FROM NAMED")
    if names.count("query") > 1:
        raise Refused(400, "there are several queries; send one")
    told = dict(pairs)
    query = told.get("query", "")
    if len(query.encode("utf-8", "replace")) > _LONGEST:
        raise Refused(413, f"the query is longer than {_LONGEST:,} bytes")
    return query if query.strip() else "", told.get("format", "")


async def _decoded(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(400, "the query is not UTF-8 text") from error


def _offers(query: str) -> tuple[str, Mapping[str, str]]:
    """Return what kind of question a query is, and what its answer can be given as."""
    kind = check(query, WHERE).kind
    if kind == "SELECT":
        return kind, _ROWS
    return kind, _TRUTH if kind == "ASK" else _GRAPHS


def _in_order(offers: Mapping[str, str], wanted: str) -> list[str]:
    """Return the offers; a page only to who asks for one, as browsers do."""
    return [*offers, HTML] if HTML in wanted else [*offers]


def _plain(kind: str) -> str:
    return "results-json" if kind in ("SELECT", "ASK") else Format.TURTLE


def _syntax(form: str) -> str:
    return form if form in {*Format} else Format.TURTLE


async def run_query(site: Site, query: str, form: str, where: str = WHERE) -> bytes:
    """Run a query in a process of its own, once it has its turn.

    Raises:
        Refused: too many wait.
        OverBudget: it took more than it may.
        SysgraphError: it cannot be answered.
    """
    turns = site.made.setdefault("turns", asyncio.Semaphore(AT_ONCE))
    assert isinstance(turns, asyncio.Semaphore)
    try:
        await asyncio.wait_for(turns.acquire(), PATIENCE)
    except TimeoutError as error:
        reason = f"{AT_ONCE} queries are running, and no more can; try again in a minute"
        raise Refused(429, reason) from error
    try:
        asked = {"query": query, "where": where, "store": site.place, "as_of": None, "width": 0}
        told = {**asked, "format": form, "syntax": _syntax(form), "most": _MOST}
        return await run_in_threadpool(run_within, told, where, BUDGET)
    finally:
        turns.release()


async def _failed(site: Site, request: Request, query: str, status: int, reason: str) -> Response:
    """Return what is wrong: as a page to browsers, and as text to programs."""
    headers = {"Vary": "Accept"} | ({"Retry-After": "30"} if status in (429, 503) else {})
    if HTML not in request.headers.get("accept", ""):
        return PlainTextResponse(f"{clean(reason)}\n", status, headers)
    fault = {"fault": reason.splitlines()}
    return await run_in_threadpool(_page, site, request, query, fault, status, headers)


def _page(
    site: Site,
    request: Request,
    query: str = "",
    shown: Mapping[str, Any] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page with a query, and with what came of it, if it was run."""
    context: dict[str, Any] = {"columns": (), "rows": (), "count": 0, "text": "", "fault": ()}
    context |= shown or {}
    kind = context.get("kind", "")
    made = site.page(
        request,
        "sparql.html",
        status=status,
        query=query or site.words["en"]["sparql"]["example"],
        is_run=bool(query),
        takes=_takes(query, kind),
        at_once=AT_ONCE,
        seconds=BUDGET.seconds,
        **context,
    )
    made.headers.update(headers or {})
    return made


def _takes(query: str, kind: str) -> dict[str, str]:
    """Return the addresses of an answer in other forms, by their names."""
    if not query or not kind or len(query) > 4000:
        return {}
    names = {"SELECT": ("csv", "tsv", "json", "xml"), "ASK": ("json", "xml")}
    return {
        name: f"/sparql?{urlencode({'query': query, 'format': name})}"
        for name in names.get(kind, ("ttl", "nt"))
    }


def _shown(kind: str, body: bytes) -> dict[str, Any]:
    """Return an answer as the page shows it: rows with links, a truth, or a text."""
    if kind not in ("SELECT", "ASK"):
        return {"kind": kind, "text": body.decode()[:200_000]}
    found = json.loads(body)
    if kind == "ASK":
        return {"kind": kind, "text": str(found["boolean"]).lower()}
    columns, bindings = found["head"]["vars"], found["results"]["bindings"]
    rows = [[_cell(row.get(name)) for name in columns] for row in bindings[:_SHOWN]]
    return {"kind": kind, "columns": columns, "rows": rows, "count": len(bindings)}


def _cell(term: Mapping[str, str] | None) -> Link:
    if term is None:
        return Link("")
    if term["type"] == "uri":
        return Link(clean(compact(term["value"])), link_of(Named("", term["value"]), {}).href)
    return Link(clean(term["value"]))
