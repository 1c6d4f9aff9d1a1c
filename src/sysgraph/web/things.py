"""A page for each thing at the path of its IRI, and what it is offered as to programs."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sysgraph.browse import Named, Statement, Thing, is_told, look_at, names_of, speakers_of
from sysgraph.errors import UnknownThing
from sysgraph.history.became import never_counted
from sysgraph.near import nearest
from sysgraph.ontology import Ontology
from sysgraph.publish.things import Described, contribution_at, text_named, users_of
from sysgraph.query import shelf
from sysgraph.rdf import text_of
from sysgraph.store.local import LocalStore
from sysgraph.terms import NAMESPACE, PREFIXES, compact, local_name
from sysgraph.web.gone import WITHDRAWN, gone_at, gone_page, withdrawn_said
from sysgraph.web.layouts import (
    MOST,
    case_layout,
    class_layout,
    facet_layout,
    source_layout,
    type_layout,
    whole,
)
from sysgraph.web.offered import (
    HTML,
    SUFFIXES,
    Kept,
    Page,
    accepted,
    links_of,
    plain_path,
    suffix_liked,
)
from sysgraph.web.shown import Said, href_of, link_of, property_link, said_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from sysgraph.casebook import Cases
    from sysgraph.web.search import SearchIndex
    from sysgraph.web.site import Site

__all__ = ["Library", "missing", "routes", "thing"]

_SPEAKERS = 20
"""How many things that speak of another are named by each property, before more are asked for."""
_MOST_PUBLISHED = 1000
"""How many things that speak of another a site of files lists; of more its data tell."""
_LONGEST = 400
"""How many characters the path of a thing may have."""
_CLASS = f"{PREFIXES['owl']}Class"


def routes(site: Site) -> list[Route]:
    """Return the pages of things, which take every path that no other page has."""

    def handle(request: Request) -> Response:
        return thing(Library.of(site), request)

    return [Route("/{path:path}", handle, methods=["GET"])]


class Library:
    """What the pages that browse are made from, each gathered once for a state of the store."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.kept = Kept(self.edition)
        self.described = Described(site.store)
        self.looking = Lock()
        self._looked: tuple[str, str, Thing] | None = None

    @staticmethod
    def of(site: Site) -> Library:
        """Return the one of a site."""
        made = site.made  # that of one state of the store
        found = made.get("library")
        if not isinstance(found, Library):
            found = made["library"] = Library(site)
        return found

    def edition(self) -> str:
        """Return what state the store is in, or nothing where that cannot be told for nothing."""
        store = self.site.store
        if not isinstance(store, LocalStore):
            return ""
        return f"{self.site.library} {store.revision()}"

    def look(self, path: str) -> Thing:
        """Return what is said of the thing at a path; what was looked at last is kept at hand.

        Its other pages, which list all that speaks of it, are often asked for next.
        """
        last, edition = self._looked, self.edition()
        if last is not None and edition and last[:2] == (edition, path):
            return last[2]
        found = _look(self, path)
        self._looked = (edition, path, found)
        return found

    @cached_property
    def cases(self) -> Cases:
        """The cases as rows, with types called as everywhere on pages."""
        from sysgraph.casebook import Cases

        found = Cases.of(self.site.store, self.site.frame)
        return Cases(found.rows, {**found.names, **self.types})

    @cached_property
    def types(self) -> dict[str, str]:
        """What pages call each type of leadership, by its IRI."""
        types = self.site.frame.types.values()
        return {f"{NAMESPACE}type/{one.id}": one.plain_name or one.label for one in types}

    @cached_property
    def called(self) -> dict[str, str]:
        """What pages call cases, by their ids, and types, by their IRIs."""
        return self.titles | self.types

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The names of what was never more than a draft, which no page of a site of files tells."""
        return never_counted(self.site.store)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of each case, by its id."""
        return {row.id: row.title for row in self.cases.rows}

    @cached_property
    def search(self) -> SearchIndex:
        """What can be searched."""
        from sysgraph.web.search import SearchIndex

        return SearchIndex.of(self.site.store)

    def page(self, request: Request, name: str, **context: Any) -> Page:
        """Return a page made by a template, to be kept."""
        made = self.site.page(request, name, **context)
        return Page.of(bytes(made.body), "text/html; charset=utf-8")


def thing(library: Library, request: Request) -> Response:
    """Return the thing at the path that is asked for, as a page or as linked data."""
    path = plain_path(request)
    if len(path) > _LONGEST:
        raise HTTPException(404)
    suffix = next((one for one in SUFFIXES if path.endswith(one)), "")
    plain = path.removesuffix(suffix)
    gone = gone_at(plain, library)
    told = gone_page(library, request, gone, suffix) if gone else None
    if told is not None:
        return told
    try:
        return _offered(library, request, plain, suffix)
    except UnknownThing:
        if plain == f"/{Ontology.load().editions.version}":
            return _edition(request, suffix)
        return missing(library, request, plain)


def _edition(request: Request, suffix: str) -> Response:
    """Lead from the name of this version of the ontology to what there is at that of all."""
    liked = suffix or suffix_liked(request)
    return RedirectResponse(f"/{liked}" if liked else "/browse", 303, {"Vary": "Accept"})


def _offered(library: Library, request: Request, path: str, suffix: str) -> Response:
    """Return a thing in the syntax that its address ends with, or else in the one liked best."""
    offers = [HTML, *(media for media, _ in SUFFIXES.values())]
    media = SUFFIXES[suffix][0] if suffix else accepted(request.headers.get("accept", ""), offers)
    part = contribution_at(f"{NAMESPACE}{path[1:]}")[1]
    if not media or (media == HTML and part):
        thing = library.look(path)
        own = _own(thing)
        headers = {"Vary": "Accept", "Link": links_of(own, thing.iri)}
        if not media:
            return _unacceptable(library, request, own, headers)
        return RedirectResponse(href_of(thing.iri), 303, headers)
    query = request.query_params
    key = (path, media, *(query.get(name, "") for name in ("by", "from", "inferred")))

    def make() -> Page:
        thing = library.look(path)
        headers = {"Vary": "Accept", "Link": links_of(_own(thing), thing.iri)}
        if media == HTML:
            made = _html(library, request, thing)
            return Page(made.body, made.media, headers, made.tag)
        syntax = next(one for kind, one in SUFFIXES.values() if kind == media)
        body = library.described.document(thing.iri, syntax)
        return Page.of(body, f"{media}; charset=utf-8", headers)

    return library.kept.answer(request, key, make)


def _own(thing: Thing) -> str:
    return f"/{thing.iri.removeprefix(NAMESPACE)}"


def _look(library: Library, path: str) -> Thing:
    """Return what is said of the thing at a path, or is named there by the texts of cases."""
    for name in dict.fromkeys((path[1:], quote(unquote(path[1:]), safe="/"))):
        iri = f"{NAMESPACE}{name}"
        try:
            ox.NamedNode(iri)
        except ValueError:
            continue
        if is_told(iri, library.site.store):
            # What rests on a source is shown by its kinds, and these are the page.
            most = MOST if name.startswith("source/") else _SPEAKERS
            return look_at(iri, library.site.store, most)
        found = _question(iri) or _named_by_text(iri, library) or _described(iri, library)
        if found is not None:
            return found
    raise UnknownThing(path[1:], "thing", [])


def _described(iri: str, library: Library) -> Thing | None:
    """Return what only an export tells of, by rule, such as the concept scheme of a class."""
    store = library.site.store
    stated: dict[str, list[Any]] = defaultdict(list)
    for quad in library.described.quads(iri):
        if text_of(quad.subject) == iri:
            stated[quad.predicate.value].append(quad.object)
    if not stated:
        return None
    things = [
        one.value for each in stated.values() for one in each if isinstance(one, ox.NamedNode)
    ]
    names = names_of([*stated, *things], store)

    def shown(by: str) -> tuple[Named, ...]:
        found = (
            Named(names[one.value], one.value)
            if isinstance(one, ox.NamedNode)
            else Named(text_of(one))
            for one in stated[by]
        )
        return tuple(sorted(found, key=lambda one: one.text))

    kind, label = f"{PREFIXES['rdf']}type", f"{PREFIXES['rdfs']}label"
    definition = f"{PREFIXES['skos']}definition"
    told = [by for by in sorted(stated) if by not in (kind, label, definition)]
    return Thing(
        iri,
        next((one.text for one in shown(label)), compact(iri)),
        next((one.text for one in shown(definition)), ""),
        shown(kind),
        tuple(Statement(Named(names[by], by), shown(by)) for by in told),
        (),
    )


def _question(iri: str) -> Thing | None:
    """Return a canned question, which stands in a file and in no store."""
    name = iri.removeprefix(PREFIXES["query"])
    found = shelf()[0].get(name) if name != iri else None
    return Thing(iri, found.summary, found.description, (), (), ()) if found else None


def _named_by_text(iri: str, library: Library) -> Thing | None:
    """Return a sector, place, scale or standpoint, which cases name by a text alone."""
    store = library.site.store
    cases = users_of(iri, store)
    stated = library.described.quads(iri) if cases else []
    if not stated:
        return None
    names = names_of((text_of(quad.object) for quad in stated if _is_thing(quad)), store)
    kind = f"{PREFIXES['rdf']}type"
    kinds = [text_of(quad.object) for quad in stated if quad.predicate.value == kind]
    texts, (by, *_) = text_named(iri)
    cited = [Named(library.titles.get(one, one), f"{PREFIXES['case']}{one}") for one in cases]
    by_name = Named(names_of([by], store)[by], by)
    return Thing(
        iri,
        texts,
        "",
        tuple(Named(names[one], one) for one in kinds if one.startswith(NAMESPACE)),
        (),
        (Statement(by_name, tuple(cited[:MOST]), count=len(cited) if len(cited) > MOST else 0),),
    )


def _is_thing(quad: ox.Quad) -> bool:
    return isinstance(quad.object, ox.NamedNode)


def _html(library: Library, request: Request, thing: Thing) -> Page:
    by = request.query_params.get("by", "")
    if by:
        return _more(library, request, thing, by)
    words = library.site.words["en"]
    properties = words["properties"]
    kinds = {whole(name): text for name, text in words["classes"].items()}
    said, speaks = said_of(thing, library.called | kinds, properties)
    withdrawn = withdrawn_said(said)
    if withdrawn:
        said = [one for one in said if one.iri not in WITHDRAWN]
    context: dict[str, Any] = {
        "thing": thing,
        "withdrawn": withdrawn,
        "kinds": [] if withdrawn else [link_of(one, kinds) for one in thing.kinds],
        "stated": [one for one in said if not one.is_inferred],
        "follows": [one for one in said if one.is_inferred],
        "speaks": [one for one in speaks if not one.is_inferred],
        "speaks_follow": [one for one in speaks if one.is_inferred],
        "own": _own(thing),
        "most": _MOST_PUBLISHED if library.site.is_published else 0,
        "short": compact(thing.iri),
    }
    template, special = _layout(library, request, thing, speaks)
    return library.page(request, template, **context, **special)


def _layout(
    library: Library, request: Request, thing: Thing, speaks: Sequence[Said]
) -> tuple[str, dict[str, Any]]:
    """Return the template of a thing's page, and what only pages of its kind show."""
    kind, _, name = thing.iri.removeprefix(NAMESPACE).partition("/")
    frame, store = library.site.frame, library.site.store
    if kind == "type" and name in frame.types:
        led = library.cases.chosen({"type": name})
        layout = type_layout(frame.types[name], frame)
        return "type.html", layout | {"led": led, "cases": library.cases}
    if kind == "facet" and name in frame.facets:
        return "facet.html", facet_layout(name, frame)
    if kind == "source":
        texts = {one.by.iri: one.values[0].iri or one.values[0].text for one in thing.said}
        return "source.html", source_layout(texts, speaks)
    if kind == "case" and name in library.titles:
        failed = next(row.failures for row in library.cases.rows if row.id == name)
        words = library.site.words["en"]["properties"]
        return "case.html", case_layout(name, store, words, failed, library.types)
    if _CLASS in {one.iri for one in thing.kinds}:
        start = _number(request.query_params.get("from", "0"))
        return "class.html", class_layout(thing.iri, store, start, library.types)
    return "thing.html", {}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _more(library: Library, request: Request, thing: Thing, by: str) -> Page:
    """Return all that speaks of a thing by one property, a page at a time."""
    store, query = library.site.store, request.query_params
    every = {(one.by.iri, one.is_inferred): one for one in thing.said_of}
    is_inferred = query.get("inferred") == "1"
    chosen = every.get((by, is_inferred))
    if chosen is None:
        raise HTTPException(404)
    start = _number(query.get("from", "0"))
    iris = speakers_of(thing.iri, by, store, MOST, start, is_inferred=is_inferred)
    names = names_of(iris, store)
    links = [link_of(Named(names[iri], iri), library.called) for iri in iris]
    count = chosen.count or len(chosen.values)
    return library.page(
        request,
        "more.html",
        thing=thing,
        own=_own(thing),
        by=property_link(chosen.by, library.site.words["en"]["properties"]),
        by_iri=by,
        is_inferred=is_inferred,
        links=links,
        start=start,
        count=count,
        after=start + MOST if start + MOST < count else 0,
    )


def missing(library: Library, request: Request, path: str) -> Response:
    """Return the page that says what is there under names like the one that was asked for."""
    near = _near(library, unquote(path))
    names = names_of(near, library.site.store)
    links = [link_of(Named(names[iri], iri), library.types) for iri in near]
    kinds = library.site.words["en"]["errors"]
    return library.site.page(
        request, "missing.html", status=404, kind=kinds["404"], near=links, asked=unquote(path)
    )


def _near(library: Library, path: str) -> list[str]:
    """Return the IRIs whose names come near to a path: of its kind, or else of any.

    One is looked for at a time, for it takes some tenths of a second, and a server that is asked
    for what is not there must not be slow for others.
    """
    if not library.looking.acquire(blocking=False):
        return []
    try:
        kind, slash, name = path[1:].partition("/")
        every = [one.iri for one in library.search.found]
        own = [iri for iri in every if slash and iri.startswith(f"{NAMESPACE}{kind}/")]
        by_name = {local_name(iri): iri for iri in own or every}
        return [by_name[one] for one in nearest(name or kind, by_name, most=3)]
    finally:
        library.looking.release()


def _unacceptable(
    library: Library, request: Request, path: str, headers: dict[str, str]
) -> Response:
    """Return the page that says what a thing is offered as, for none of it was accepted."""
    kinds = library.site.words["en"]["errors"]
    made = library.site.page(
        request, "formats.html", status=406, kind=kinds["406"], own=path, suffixes=_media()
    )
    made.headers.update(headers)
    return made


def _media() -> dict[str, str]:
    return {suffix: media for suffix, (media, _) in SUFFIXES.items()}
