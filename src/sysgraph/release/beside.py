"""What a site of files has and no server makes: the data, all terms, a map of it, and the like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from sysgraph.browse import names_of
from sysgraph.ontology import Nodes, Ontology
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.rdf import text_of
from sysgraph.release.browser import write_browser
from sysgraph.release.changed import changes_files, changes_html, changes_sections
from sysgraph.release.dumps import FOLDER, Data, Dump, write_dumps
from sysgraph.release.finding import INDEX, index_of
from sysgraph.release.links import rewrite
from sysgraph.release.names import MORE, file_of
from sysgraph.release.rules import LOST, LOST_SCRIPT, rules
from sysgraph.terms import DATASET, NAMESPACE, ONTOLOGY_GRAPH, PREFIXES, compact
from sysgraph.web.offered import SUFFIXES
from sysgraph.web.shown import Link, href_of
from sysgraph.web.site import path_of
from sysgraph.web.things import Library

if TYPE_CHECKING:
    from sysgraph.release.changed import ReleaseChanges
    from sysgraph.release.crawl import Crawl, Told
    from sysgraph.release.pages import Pages
    from sysgraph.release.written import Writing
    from sysgraph.web.site import Site

__all__ = ["beside", "write_beside"]

_ADVICE = ("/ask", "/ask/next", "/answer")
_CHANGES = ("/changes", "/changes.json", "/feed.xml")
_UNLISTED = ("404.html", "graph/", f"{MORE}/")
"""How the files of pages begin that those who search the web are not told of."""
_DEFINITION = f"{PREFIXES['skos']}definition"


def beside(site: Site) -> list[str]:
    """Return the addresses of what is made here."""
    return [f"/{_version()}", *_CHANGES, *([] if site.has_advice else _said_elsewhere(site))]


def _said_elsewhere(site: Site) -> dict[str, str]:
    """Return the addresses of the page that says that advice needs a program, by its languages."""
    codes = site.languages.by_code
    return {"/ask": "", **{f"/ask?lang={code}": code for code in codes}}


def _version() -> str:
    return Ontology.load().editions.version


def write_beside(
    site: Site,
    pages: Pages,
    crawl: Crawl,
    written: Writing,
    url: str,
    changes: ReleaseChanges,
    pyodide: Path | None,
    data: Data,
    told: Told,
) -> None:
    """Write all that a site has beside the pages that a server makes.

    With ``pyodide``, the npm package of that name, it has advice in the browser.
    """
    told("data", 0, 1)
    found = write_dumps(written, site.store, url, data)
    made: dict[str, tuple[str, dict[str, Any]]] = {
        "/data": ("data.html", _data(site, found)),
        "/terms": ("terms.html", _terms(site)),
        f"/{_version()}": ("terms.html", _terms(site)),
        "/changes": ("changes.html", _changed(changes, crawl)),
        "/search": ("search.html", {"asked": "", "found": [], "count": 0}),
        **({} if site.has_advice else _elsewhere(site)),
    }
    for address, (template, context) in made.items():
        file = file_of(address)
        body = pages.made(address.partition("?")[0], template, **context)
        written.put(file, crawl.page(body, address, file))
    kinds = site.words["en"]["browse"]["kinds"]
    written.put(INDEX, index_of(Library.of(site).search, kinds))
    for name, content in changes_files(changes, url).items():
        written.put(name, content)
    for suffix, (_, syntax) in SUFFIXES.items():
        whole = export(site.store, syntax, What.ONTOLOGY)
        for name in ("index", _version()):
            written.put(f"{name}{suffix}", whole)
    written.take(Path(import_module("sysgraph.web").__path__[0]) / "static", "static/")
    if pyodide is not None:
        with TemporaryDirectory() as folder:
            write_browser(site, Path(folder), pyodide)
            written.take(Path(folder), "")
    written.put("404.html", _lost(pages, crawl, url))
    gone = {file_of(path_of(one.iri)) for one in changes.gone}
    written.put("sitemap.xml", _sitemap(_listed(written.files, gone), url))
    for name, text in rules(url).items():
        written.put(name, text.encode())
    written.put("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode())


def _elsewhere(site: Site) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the pages that say where advice is, in each language."""
    spoken = {one: {"language": code} for one, code in _said_elsewhere(site).items()}
    return {one: ("elsewhere.html", spoken.get(one, {})) for one in (*_ADVICE, *spoken)}


def _changed(changes: ReleaseChanges, crawl: Crawl) -> dict[str, Any]:
    there = {unquote(address.removeprefix("/")) for address in crawl.alive}
    parts = changes_html(changes_sections(changes), there)
    return {"parts": parts, "is_compared": changes.former is not None}


def _data(site: Site, found: Iterable[tuple[Dump, str]]) -> dict[str, Any]:
    """Return what the page of the data shows: the files of each part; of questions one alone."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for dump, name in found:
        if not name.startswith(f"{FOLDER}/questions/"):
            own = name.removeprefix(f"{FOLDER}/")
            parts.setdefault(dump.part, []).append((own, dump.about))
    about = Nodes(site.store.quads(f"{NAMESPACE}graph/catalogue"))
    licence = about.said(DATASET, f"{PREFIXES['dcterms']}license")
    return {
        "version": _version(),
        "iri": f"{NAMESPACE}{_version()}",
        "citation": _citation(site),
        "licence": licence,
        "parts": list(parts.items()),
    }


def _citation(site: Site) -> str:
    """Return how the library says that it is cited."""
    by = f"{PREFIXES['dcterms']}bibliographicCitation"
    rows = site.store.select(f"SELECT ?said WHERE {{ <{NAMESPACE}> <{by}> ?said }} ORDER BY ?said")
    return next((row["said"] for row in rows.texts()), "")


def _terms(site: Site) -> dict[str, Any]:
    """Return what the page of all terms shows: each thing of the ontology, by what it is."""
    quads = site.store.quads(ONTOLOGY_GRAPH)
    kinds: dict[str, str] = {}
    about: dict[str, str] = {}
    for quad in sorted(quads, key=str):
        subject, by = text_of(quad.subject), quad.predicate.value
        if subject.startswith(NAMESPACE) and by == f"{PREFIXES['rdf']}type":
            kind = text_of(quad.object)
            kinds[subject] = min(kinds.get(subject, kind), kind, key=_telling)
        elif by == _DEFINITION:
            about.setdefault(subject, text_of(quad.object))
    members: dict[str, list[str]] = defaultdict(list)
    for subject, kind in kinds.items():
        members[kind].append(subject)
    classes = site.words["en"]["classes"]
    names = names_of([*kinds, *members], site.store)
    names |= {iri: classes[compact(iri)] for iri in members if compact(iri) in classes}
    order = sorted(members, key=lambda kind: (_telling(kind)[0], names[kind], kind))
    return {
        "version": _version(),
        "parts": [
            (
                Link(names[kind], href_of(kind)),
                [
                    (Link(names[one], href_of(one)), compact(one), about.get(one, ""))
                    for one in sorted(members[kind], key=lambda one: (names[one], one))
                ],
            )
            for kind in order
        ],
    }


_SCHEMA = ("Ontology", "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")


def _telling(kind: str) -> tuple[int, str]:
    """Return what orders kinds: that it is a property tells more than that it is functional."""
    owl = PREFIXES["owl"]
    if not kind.startswith(owl):
        return len(_SCHEMA), kind
    name = kind.removeprefix(owl)
    return _SCHEMA.index(name) if name in _SCHEMA else len(_SCHEMA) + 1, kind


def _lost(pages: Pages, crawl: Crawl, url: str) -> bytes:
    """Return the page for what is not there; shown at any depth, it has whole links."""
    made = pages.made("/404", "lost.html", style=LOST, script=LOST_SCRIPT)
    body = crawl.page(made, "/404", "404.html")
    return rewrite(body.decode(), lambda _, to: _whole(to, url)).encode()


def _whole(link: str, url: str) -> str:
    return link if link.startswith(("#", "http:", "https:")) else f"{url}{link.removeprefix('./')}"


def _listed(files: Iterable[str], gone: Collection[str]) -> list[str]:
    """Return the pages that are worth finding: not those that go on from others, nor of graphs."""
    pages = (name for name in files if name.endswith(".html") and name not in gone)
    return sorted(name for name in pages if not name.startswith(_UNLISTED))


def _sitemap(files: Iterable[str], url: str) -> bytes:
    """Return the pages there are, for those who search the web.

    Source: https://www.sitemaps.org/protocol.html; a file has 50,000 addresses at the most.
    """
    lines = (f"<url><loc>{escape(url + quote(name))}</loc></url>\n" for name in files)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{head}<urlset xmlns="{space}">\n{"".join(lines)}</urlset>\n'.encode()
