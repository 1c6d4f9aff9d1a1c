"""What a reader of an old link sees: a word that was withdrawn, or a case that is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.history.became import Gone, gone_of
from sysgraph.history.states import SUPERSEDED
from sysgraph.publish.things import contribution_at
from sysgraph.terms import NAMESPACE, PREFIXES, iri_of, kind_of
from sysgraph.web.offered import suffix_liked
from sysgraph.web.shown import Link, Said, href_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sysgraph.web.things import Library

__all__ = ["WITHDRAWN", "Notice", "gone_at", "gone_page", "withdrawn_said"]

_DEPRECATED, _INSTEAD, _WHY = (
    f"{PREFIXES['owl']}deprecated",
    f"{PREFIXES['dcterms']}isReplacedBy",
    f"{PREFIXES['skos']}editorialNote",
)
WITHDRAWN = (_DEPRECATED, _INSTEAD, _WHY)
"""The properties that are told at the head of the page of a withdrawn word."""


@dataclass(frozen=True, slots=True)
class Notice:
    """That a word is withdrawn: what stands in its place, and why."""

    instead: Sequence[Link]
    why: Sequence[Link]


def withdrawn_said(said: Iterable[Said]) -> Notice | None:
    """Return what is said of a withdrawn word, or None of one that is in use."""
    by = {one.iri: one.values for one in said}
    if not any(one.text in ("true", "1") for one in by.get(_DEPRECATED, ())):
        return None
    return Notice(by.get(_INSTEAD, ()), by.get(_WHY, ()))


def gone_at(path: str, library: Library) -> Gone | None:
    """Return what became of the case or critique at a path, if it once counted and not now."""
    name, _ = contribution_at(f"{NAMESPACE}{path[1:]}")
    if not name or name in library.titles:
        return None
    return gone_of(name, library.site.store) or library.site.left.get(name)


def gone_page(library: Library, request: Request, gone: Gone, suffix: str) -> Response | None:
    """Return the page of what is gone; None where a program is told what stands in its place.

    What was taken back is answered with 410, so that programs forget it; a person reads why.
    """
    if gone.status == SUPERSEDED and (suffix or suffix_liked(request)):
        return None
    titles = library.titles
    return library.site.page(
        request,
        "gone.html",
        status=200 if gone.status == SUPERSEDED else 410,
        gone=gone,
        kind=kind_of(gone.name),
        instead=[Link(titles.get(one, one), href_of(iri_of(one))) for one in gone.instead],
        past=[_stretch(one.since, one.until, one.status, one.ended) for one in gone.states],
    )


def _stretch(since: str, until: str, status: str, ended: str) -> dict[str, str]:
    days = {"since": since.partition("T")[0], "until": until.partition("T")[0]}
    return {**days, "status": status, "ended": ended}
