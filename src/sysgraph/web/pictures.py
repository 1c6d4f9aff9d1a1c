"""What the cases show, as pictures with the same in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from sysgraph.plots.shown import PLOTS, draw
from sysgraph.rdf import text_of
from sysgraph.web.offered import Page
from sysgraph.web.things import Library

if TYPE_CHECKING:
    from starlette.requests import Request

    from sysgraph.web.site import Site

__all__ = ["routes"]

_FIRST = "evidence-gap-map"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""A picture is a file of its own, whose style no page's policy reaches."""


def routes(site: Site) -> list[Route]:
    """Return the pages with pictures."""

    def shown(request: Request) -> Response:
        return _shown(Library.of(site), request, request.path_params.get("name", _FIRST))

    def drawn(request: Request) -> Response:
        return _drawn(Library.of(site), request, request.path_params["name"])

    return [
        Route("/map", shown, methods=["GET"]),
        Route("/map/{name}.svg", drawn, methods=["GET"]),
        Route("/map/{name}", shown, methods=["GET"]),
    ]


def _shown(library: Library, request: Request, name: str) -> Response:
    """Return the page of a picture, with its words and its table."""
    if name not in PLOTS:
        raise HTTPException(404)

    def make() -> Page:
        picture = draw(name, library.site.store)
        rows = [["" if one is None else text_of(one) for one in row] for row in picture.rows.rows]
        others = [(f"/map/{one}", plot.shows) for one, plot in PLOTS.items() if one != name]
        return library.page(request, "picture.html", picture=picture, rows=rows, others=others)

    return library.kept.answer(request, ("/map", name), make)


def _drawn(library: Library, request: Request, name: str) -> Response:
    """Return a picture as SVG.

    Raises:
        SysgraphError: what draws is not installed; says how to install it.
    """
    if name not in PLOTS:
        raise HTTPException(404)

    def make() -> Page:
        svg = draw(name, library.site.store).svg()
        headers = {"Content-Security-Policy": _POLICY}
        return Page.of(svg.encode(), "image/svg+xml", headers)

    return library.kept.answer(request, ("/map", name, "svg"), make)
