"""The way in to what the library holds: kinds of things, the cases to filter, and search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sysgraph.browse import names_of
from sysgraph.casebook import FILTERS, ORDERS
from sysgraph.errors import SysgraphError, suggest
from sysgraph.near import folded, nearest
from sysgraph.pages.rows import rows_csv
from sysgraph.store.local import Rows
from sysgraph.terms import NAMESPACE, ONTOLOGY_GRAPH, compact
from sysgraph.web.offered import Page
from sysgraph.web.shown import Link, href_of
from sysgraph.web.things import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request

    from sysgraph.casebook import Case
    from sysgraph.web.site import Site

__all__ = ["cases_csv", "routes"]

_PAGE = 100
"""How many rows stand on a page."""
_LONGEST = 200
"""How many characters of what is searched count."""
_OF_THE_PAGE = ("from", "lang", "order")
"""What the address of a list of cases may say beside what they are chosen by."""


def routes(site: Site) -> list[Route]:
    """Return the pages that lead to things."""
    pages: dict[str, Callable[[Library, Request], Response]] = {
        "/browse": _kinds,
        "/browse/cases": _cases,
        "/browse/cases.csv": _csv,
        "/search": _search,
    }
    listed = [Route(path, _handled(site, page), methods=["GET"]) for path, page in pages.items()]
    return [*listed, Route("/case", lambda _: RedirectResponse("/browse/cases", 303))]


def _handled(
    site: Site, page: Callable[[Library, Request], Response]
) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        return page(Library.of(site), request)

    return handle


def _kinds(library: Library, request: Request) -> Response:
    """Return the kinds of things that there are, and how many of each."""

    def make() -> Page:
        store = library.site.store
        rows = store.select(
            f"SELECT ?kind (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ GRAPH <{ONTOLOGY_GRAPH}>"
            f' {{ ?thing a ?kind }} FILTER (isIRI(?thing) && STRSTARTS(STR(?kind), "{NAMESPACE}"))'
            " } GROUP BY ?kind ORDER BY ?kind"
        )
        counts = {row["kind"]: int(row["n"]) for row in rows.texts() if "kind" in row}
        names = names_of(counts, store)
        first = library.site.words["en"]["browse"]["first"]
        ranks = {f"{NAMESPACE}{name}": at for at, name in enumerate(first)}
        kinds = [
            (Link(names[iri], href_of(iri)), count, iri in ranks)
            for iri, count in sorted(
                counts.items(), key=lambda one: (ranks.get(one[0], 99), folded(names[one[0]]))
            )
        ]
        return library.page(
            request, "kinds.html", kinds=kinds, cases=len(library.cases.rows), asked=""
        )

    return library.kept.answer(request, (request.url.path,), make)


def _filters(request: Request) -> tuple[dict[str, str], str]:
    """Return what cases are to have, and in which order they are asked for.

    Raises:
        SysgraphError: cases are to have what they are not chosen by.
    """
    query = request.query_params
    for name in query:
        if name not in (*FILTERS, *_OF_THE_PAGE):
            near = suggest(nearest(name, FILTERS, most=1))
            listed = ", ".join(FILTERS)
            raise SysgraphError(f"cases are not chosen by '{name}', but by {listed}{near}")
    order = query.get("order", "")
    chosen = {name: query[name] for name in FILTERS if query.get(name)}
    return chosen, order if order in ORDERS else ORDERS[0]


def _cases(library: Library, request: Request) -> Response:
    filters, order = _filters(request)
    start = request.query_params.get("from", "0")
    at = int(start) if start.isdecimal() and len(start) < 8 else 0

    def make() -> Page:
        cases = library.cases
        found = cases.chosen(filters, order)
        query = urlencode({**filters, "order": order})
        more = f"?{query}&from={at + _PAGE}" if len(found) > at + _PAGE else ""
        context: dict[str, Any] = {
            "cases": cases,
            "choices": cases.choices(),
            "filters": filters,
            "order": order,
            "orders": ORDERS,
            "rows": found[at : at + _PAGE],
            "count": len(found),
            "start": at,
            "more": more,
            "csv": f"/browse/cases.csv?{query}",
            "asked": "",
        }
        return library.page(request, "cases.html", **context)

    key = (request.url.path, order, str(at), *(filters.get(name, "") for name in FILTERS))
    return library.kept.answer(request, key, make)


def _csv(library: Library, request: Request) -> Response:
    filters, order = _filters(request)
    text = cases_csv(library.cases.chosen(filters, order))
    headers = {"Content-Disposition": 'attachment; filename="cases.csv"'}
    return Response(text, 200, headers, media_type="text/csv")


def cases_csv(rows: Iterable[Case]) -> str:
    """Return cases as CSV; what a spreadsheet would run as a formula is quoted."""
    by_test = ("led", "working", "led_independent", "working_independent")
    columns = ("type", "also", "aim", *by_test, "sector", "country", "start")
    lines = [
        (row.id, row.title, *("; ".join(row.slugs(name)) for name in columns), row.iri)
        for row in rows
    ]
    literals = tuple(tuple(map(ox.Literal, line)) for line in lines)
    return rows_csv(Rows(("case", "title", *columns, "iri"), literals))


def _search(library: Library, request: Request) -> Response:
    asked = request.query_params.get("q", "").strip()[:_LONGEST]
    found = library.search.find(asked)
    kinds = library.site.words["en"]["browse"]["kinds"]
    shown = [
        (Link(one.name, href_of(one.iri)), kinds.get(one.kind, one.kind), one.text, one.iri)
        for one in found[:_PAGE]
    ]
    return library.site.page(
        request,
        "search.html",
        asked=asked,
        found=[(link, kind, text, compact(iri)) for link, kind, text, iri in shown],
        count=len(found),
    )
