"""The canned questions as forms, with their rows as table, CSV and JSON; and the record."""

from __future__ import annotations

import json
import re
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from sysgraph.browse import Named, names_of
from sysgraph.cache import made
from sysgraph.errors import OverBudget, SysgraphError, UnknownQuery
from sysgraph.near import folded
from sysgraph.pages.blocks import Heading, html_of
from sysgraph.pages.record import agreement_blocks, backtest_blocks, coders_blocks
from sysgraph.pages.rows import rows_csv, rows_json
from sysgraph.pages.words import sentence
from sysgraph.publish.things import contribution_at
from sysgraph.query import bind, find, gather, reason_told, refuse_too_many, shelf, things_of
from sysgraph.rdf import text_of
from sysgraph.store.local import Rows
from sysgraph.terms import PREFIXES, contribution_of
from sysgraph.web.offered import HTML, SUFFIXES, Kept, Page, accepted, links_of, plain_path
from sysgraph.web.protocol import Refused, run_query
from sysgraph.web.shown import Link, link_of
from sysgraph.web.things import Library, missing, thing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from starlette.requests import Request

    from sysgraph.pages.blocks import Block
    from sysgraph.query import Parameter, Query
    from sysgraph.store.local import Store
    from sysgraph.web.site import Site

__all__ = ["headings_of", "routes"]

_PATIENCE = 3
"""For how many seconds a page waits while the record is worked out for another."""
_RECORD = ("record-page.json", "advice", "pages", "record", "web")
"""Under which name the record of the shipped library is kept, and which code makes it."""
_SHOWN = 500
"""How many rows are shown on the page."""
_MOST_CHOICES = 400
"""Of how many things one is chosen from a list; of more its name is typed."""
_BETWEEN = "; "
"""What stands between what is gathered in one row."""
_LONGEST = 200
"""How many characters an argument may have."""
_OF_THE_PAGE = ("lang", "run")
"""What an address may say beside the parameters of a question."""


def routes(site: Site) -> list[Route]:
    """Return the pages of questions, and that of the record."""
    asked = _Asked(site)

    async def question(request: Request) -> Response:
        return await asked.answer(request)

    return [
        Route("/questions", asked.listing, methods=["GET"]),
        Route("/query/{name}", question, methods=["GET"]),
        Route("/record", asked.record, methods=["GET"]),
    ]


class _Asked:
    """The questions of a site, each row of answers made once for a state of the store."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rows = Kept(lambda: Library.of(site).edition())
        self._working = Lock()
        self._lately: tuple[str, Rows] | None = None

    def listing(self, request: Request) -> Response:
        """Return the questions, by what they are about."""
        query = request.query_params.get("tag", "")
        sound, _ = shelf()
        tags = sorted({tag for one in sound.values() for tag in one.tags})
        found = [one for one in sound.values() if not query or query in one.tags]
        return self._site.page(
            request,
            "questions.html",
            asked=sorted(found, key=lambda one: folded(one.summary)),
            tags=tags,
            tag=query if query in tags else "",
        )

    async def answer(self, request: Request) -> Response:
        """Return a question as a form with its rows, or its rows alone, or what describes it."""
        path = plain_path(request)
        suffix = next((one for one in (".csv", ".json", *SUFFIXES) if path.endswith(one)), "")
        name = request.path_params["name"].removesuffix(suffix)
        try:
            query = await run_in_threadpool(find, name)
        except UnknownQuery:
            return await run_in_threadpool(missing, Library.of(self._site), request, path)
        offers = [HTML, *(media for media, _ in SUFFIXES.values())]
        media = accepted(request.headers.get("accept", ""), offers)
        if suffix in SUFFIXES or (not suffix and media != HTML):
            return await run_in_threadpool(thing, Library.of(self._site), request)
        given = {
            name: text[:_LONGEST]
            for name, asked in request.query_params.items()
            if name not in _OF_THE_PAGE and (text := asked.strip())
        }
        is_run = bool(given) or bool(suffix) or "run" in request.query_params
        is_run = is_run or self._site.is_published  # nobody is there to run it later
        rows, fault, status = None, "", 200
        try:
            rows = await self._answered(query, given) if is_run else None
        except Refused as refused:
            fault, status = refused.reason, refused.status
        except OverBudget as error:
            status, fault = 503, f"the question took more than {error.most}; fill in more of it"
        except SysgraphError as error:
            fault, status = str(error), 200 if self._site.is_published else 400
        if suffix and rows is not None:
            return _file(name, suffix, rows)
        return await run_in_threadpool(self._page, request, query, given, rows, fault, status)

    async def _answered(self, query: Query, given: Mapping[str, str]) -> Rows:
        """Return the rows of a question as any SPARQL tool gives them, made once."""
        key = (query.name, *(f"{name}={given[name]}" for name in sorted(given)))
        page = self._rows.find(key)
        if page is None:
            await run_in_threadpool(refuse_too_many, query, self._site.store, given)
            text = await run_in_threadpool(bind, query, self._site.store, given)
            if self._site.is_published:  # who publishes waits for as long as it takes
                return await run_in_threadpool(self._last, query.name, text)
            body = await run_query(self._site, text, "results-json", query.name)
            page = Page.of(body, "application/json")
            self._rows.put(key, page)
        return await run_in_threadpool(_read_rows, page.body)

    def _last(self, name: str, text: str) -> Rows:
        """Return the rows of a question that is asked for as a page, and then as files."""
        if self._lately is None or self._lately[0] != name:
            rows = self._site.store.select(text)
            hidden = Library.of(self._site).hidden
            self._lately = (name, _without(rows, hidden) if hidden else rows)
        return self._lately[1]

    def _page(
        self,
        request: Request,
        query: Query,
        given: Mapping[str, str],
        rows: Rows | None,
        fault: str,
        status: int,
    ) -> Response:
        store = self._site.store
        shown = gather(query, rows) if rows else None
        context: dict[str, Any] = {"rows": [], "columns": (), "count": 0}
        if shown is not None:
            called = Library.of(self._site).types
            table = list(_table(Rows(shown.columns, shown.rows[:_SHOWN]), store, called))
            headings = headings_of(shown.columns, query.parameters)
            context = {"rows": table, "columns": headings, "count": len(shown.rows)}
        arguments = f"?{urlencode(dict(given))}" if given else ""
        own = f"/query/{query.name}"
        text = query.text if fault else bind(query, store, given)
        shown_page = self._site.page(
            request,
            "query.html",
            status=status,
            query=query,
            own=own,
            iri=f"{PREFIXES['query']}{query.name}",
            parameters=[
                (one, self._choices(one), given.get(one.name, "")) for one in query.parameters
            ],
            is_run=rows is not None,
            why_nothing=reason_told(query, store, given),
            fault=fault.splitlines(),
            text=text,
            takes={"CSV": f"{own}.csv{arguments}", "JSON": f"{own}.json{arguments}"},
            sparql=f"/sparql?{urlencode({'query': text})}" if len(text) < 4000 else "",
            **context,
        )
        shown_page.headers.update(
            {"Vary": "Accept", "Link": links_of(own, f"{PREFIXES['query']}{query.name}")}
        )
        return shown_page

    def _choices(self, parameter: Parameter) -> list[tuple[str, str]]:
        """Return what can be chosen for a parameter, each with its name for people."""
        if parameter.of is None or self._site.is_published:
            return [(word, word) for word in parameter.words]
        known = things_of(parameter.of, self._site.store)
        if len(known) > _MOST_CHOICES:
            return []
        names = names_of(known.values(), self._site.store)
        found = [(slug, names[iri]) for slug, iri in known.items()]
        return sorted(found, key=lambda one: folded(one[1]))

    def record(self, request: Request) -> Response:
        """Return how good such advice has been; it is worked out once, which takes seconds."""
        kept, key = Library.of(self._site).kept, ("/record",)
        page = kept.find(key)
        if page is None:
            if not self._working.acquire(timeout=_PATIENCE):
                raise HTTPException(429)
            try:
                page = kept.find(key) or self._record(request)
                kept.put(key, page)
            finally:
                self._working.release()
        return page.answer(request)

    def _record(self, request: Request) -> Page:
        if self._site.place is None:
            held = json.loads(made(lambda: json.dumps(self._parts()).encode(), *_RECORD))
        else:
            held = self._parts()
        return Library.of(self._site).page(request, "record.html", parts=held)

    def _parts(self) -> list[tuple[str, str]]:
        """Return the parts of the record, each with its heading."""
        from sysgraph.advice.contest import agreement
        from sysgraph.record.by import By
        from sysgraph.record.coders import coders_agreement
        from sysgraph.record.run import look_back

        store, frame = self._site.store, self._site.frame
        done = look_back(store, frame, by=By.TYPE)
        heading = self._site.words["en"]["record"]["agreement"]
        agreed = (Heading(heading), *agreement_blocks(agreement(frame)))
        coded = coders_blocks(coders_agreement(store, frame))
        return list(_parted((*backtest_blocks(done), *agreed, *coded)))


def _parted(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a page of blocks, what stands before the first below its title."""
    parts: list[tuple[str, list[Block]]] = [("", [])]
    for block in blocks:
        if isinstance(block, Heading) and block.level <= 2:
            parts.append((block.text, []))
        else:
            parts[-1][1].append(block)
    return ((heading, html_of(some)) for heading, some in parts if heading)


def _read_rows(body: bytes) -> Rows:
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)  # as every canned question gives
    columns = tuple(variable.value for variable in found.variables)
    return Rows(columns, tuple(tuple(row) for row in found))


def _without(rows: Rows, hidden: Collection[str]) -> Rows:
    """Return rows without those that speak of some contributions."""
    kept = (row for row in rows.rows if not any(_contribution(one) in hidden for one in row))
    return Rows(rows.columns, tuple(kept))


def _contribution(term: object) -> str:
    iri = term.value if isinstance(term, ox.NamedNode) else ""
    return contribution_at(iri)[0] or contribution_of(iri)


def _file(name: str, suffix: str, rows: Rows) -> Response:
    text, media = (
        (rows_csv(rows), "text/csv") if suffix == ".csv" else (rows_json(rows), "application/json")
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}{suffix}"'}
    return Response(text, 200, headers, media_type=media)


def headings_of(columns: Iterable[str], parameters: Iterable[Parameter] = ()) -> list[str]:
    """Return what columns are called for people; files of rows keep the names of the question.

    >>> headings_of(["typeLabel", "supersededBy", "risk", "riskLabel"])
    ['Type', 'Superseded by', 'Risk', 'Risk label']
    """
    told = [*columns]
    labels = {one.name: one.label.partition(",")[0] for one in parameters}
    plain = [one if (short := one.removesuffix("Label")) in told else short for one in told]
    return [sentence(labels.get(one) or _words(one)) for one in plain]


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", name)


def _table(rows: Rows, store: Store, called: Mapping[str, str]) -> Iterator[list[Link]]:
    """Yield rows as links; what questions call a thing by is shown by the name of the thing."""
    coded = [_things_in(column, rows, at, store) for at, column in enumerate(rows.columns)]
    cells = (term.value for row in rows.rows for term in row if isinstance(term, ox.NamedNode))
    names = names_of([*cells, *(iri for things in coded for iri in things.values())], store)
    names |= called
    for row in rows.rows:
        yield [_cell(one, things, names) for one, things in zip(row, coded, strict=True)]


def _things_in(column: str, rows: Rows, at: int, store: Store) -> dict[str, str]:
    """Return the things that a column may name by their slugs or labels, where it holds texts.

    It does where questions have a parameter of its name, which then takes the same slugs.
    """
    base = column.removesuffix("Label")
    kinds = {
        one.of
        for query in shelf()[0].values()
        for one in query.parameters
        if one.name == base and one.of is not None
    }
    if len(kinds) != 1 or not any(isinstance(row[at], ox.Literal) for row in rows.rows):
        return {}
    things = things_of(kinds.pop(), store)
    if base == column:
        return things
    names = names_of(things.values(), store)
    return {names[iri]: iri for iri in things.values()}


def _cell(term: object, things: Mapping[str, str], names: Mapping[str, str]) -> Link:
    text = text_of(term)
    iri = text if isinstance(term, ox.NamedNode) else things.get(text, "")
    if iri:
        return link_of(Named(names[iri], iri), {})
    several = [things.get(one, "") for one in text.split(_BETWEEN)]
    return Link(_BETWEEN.join(names[one] for one in several) if all(several) else text)
