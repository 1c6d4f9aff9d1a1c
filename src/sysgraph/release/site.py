"""A site of files that any web server can give: made whole, or only where the store has changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

import sysgraph
from sysgraph.diff.dumps import find_dump
from sysgraph.files import data
from sysgraph.library import digest
from sysgraph.query import shelf
from sysgraph.release.beside import beside, write_beside
from sysgraph.release.browser import version_of_pyodide
from sysgraph.release.changed import find_changes
from sysgraph.release.crawl import LISTS, Crawl, Told, is_list, path_of_thing
from sysgraph.release.dumps import ROWS
from sysgraph.release.former import find_told
from sysgraph.release.known import Known, Names
from sysgraph.release.making import data_of
from sysgraph.release.pages import Pages
from sysgraph.release.written import Manifest, Writing, writing
from sysgraph.store.local import LocalStore
from sysgraph.terms import NAMESPACE
from sysgraph.web.site import Site

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["Published", "publish"]

_NAMES = "manifest-names.json"
"""What each case names, by which it is known what is changed with it."""
_BY = ("jinja2", "markupsafe", "matplotlib", "pyoxigraph", "starlette")
"""What else the bytes of a site depend on."""
_NEAR = 16
"""How many graphs are kept at hand: those of the case whose pages are being made."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it: how many files a site has, and how many of them were written or removed."""

    files: int
    written: int
    removed: int


def publish(
    place: Path,
    store: str | None = None,
    url: str = NAMESPACE,
    *,
    former: str = "",
    pyodide: Path | None = None,
    told: Told = lambda what, done, total: None,
) -> Published:
    """Make a site of the pages and data of a store, or bring one that is there up to date.

    ``url`` is where it will be; ``former`` is a release before, whatever ``diff`` reads, with
    which the page of changes compares. The same store gives the same bytes. Where only cases have
    changed, what does not name them is kept as it is. With ``pyodide``, the npm package of that
    name, the site gives advice in the browser.

    Raises:
        BadFile: the place is no site of ours, or cannot be written to; what was there stays.
        BadStore, EndpointFailed: the store cannot be opened.
        SysgraphError: a page or a file of data cannot be made.
    """
    url = f"{url.rstrip('/')}/"
    with writing(place) as written:
        site = Site(store, url, is_published=True)
        made_of = _made_of(site, url, former)
        made_of["browser"] = version_of_pyodide(pyodide) if pyodide else ""
        if not _is_same(written.former, made_of):
            _build(site, written, url, made_of, former, pyodide, told)
        else:
            _keep_all(written)
        before, after = written.former.files, written.files
        changed = sum(before.get(name) != one for name, one in after.items())
        return Published(len(after), changed, len(before.keys() - after.keys()))


def _made_of(site: Site, url: str, former: str) -> dict[str, str]:
    """Return what the site is made of: the code, with what it uses, and the state of the store.

    And what it is compared with, by what that holds where it is a release of files.
    """
    dump = find_dump(Path(former)) if former else None
    parts = (dump, find_told(Path(former))) if dump else ()
    digests = [sha256(part.read_bytes()).hexdigest() for part in parts if part]
    before = " ".join(digests) or former
    store = site.store
    state = f"shipped {digest()}" if site.place is None else ""
    if site.place is not None and isinstance(store, LocalStore):
        state = store.revision()
    return {"code": _code(), "url": url, "store": state, "former": before}


def _code() -> str:
    """Return what tells the code, the words and the data of sysgraph from any others."""
    total = sha256()
    for name in _BY:
        with suppress(ModuleNotFoundError):
            total.update(f"{name} {version_of(name)}\n".encode())
    places = (Path(__file__).parents[1], data() / "ontology", data() / "queries")
    for folder in places:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and "__pycache__" not in name and not name.startswith("_data/"):
                total.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def _is_same(former: Manifest, made_of: dict[str, str]) -> bool:
    """Tell whether a site was made of just this; what cannot tell its state is looked through."""
    known = {name: former.made_of.get(name) for name in made_of}
    return bool(made_of["store"]) and known == made_of


def _keep_all(written: Writing) -> None:
    for name in written.former.files:
        written.keep(name)
    written.settle(written.former)


def _build(
    site: Site,
    written: Writing,
    url: str,
    made_of: dict[str, str],
    release_before: str,
    pyodide: Path | None,
    told: Told,
) -> None:
    """Write what is new of a site, and settle it."""
    store, former = site.store, written.former
    _keep_near(store)
    known = Known(store)
    made_of["rest"] = known.digest
    same = ("code", "url", "rest", "former", "browser")
    is_new = any(former.made_of.get(one) != made_of[one] for one in same)
    if not is_new and known.digests == former.cases:
        _keep_all(written)
        written.settle(_manifest(written, url, made_of, known, former.pages))
        return
    told_then = written.read(_NAMES) if not is_new and _NAMES in former.files else b""
    # While all pages are made, one core is theirs.
    workers = max(1, (os.cpu_count() or 1) - is_new)
    with data_of(store, site.place, written, len(known.digests), workers) as data:
        names = Names.of(known, former.cases, told_then)
        stale = None if is_new else names.stale
        told("changes", 0, 1)
        changes = find_changes(store, Path(release_before) if release_before else None)
        site.left = {one.name: one for one in changes.gone}
        site.has_advice = pyodide is not None
        with Pages(site) as pages:
            questions = [f"/query/{name}" for name in shelf()[0]]
            crawl = Crawl(pages, written, stale, beside(site), questions)
            crawl.run(_addresses(known, names, written, site, stale), told)
            write_beside(site, pages, crawl, written, url, changes, pyodide, data, told)
    written.put(_NAMES, names.as_json())
    written.settle(_manifest(written, url, made_of, known, crawl.alive))


def _keep_near(store: Store) -> None:
    """Let the graphs of the case at hand be read from the disk once, and not for each file."""
    store.quads = lru_cache(_NEAR)(store.quads)  # type: ignore[method-assign]


def _addresses(
    known: Known, names: Names, written: Writing, site: Site, stale: Collection[str] | None
) -> Iterator[str]:
    """Yield where a site begins, and what was there before and may still be."""
    yield from known.addresses()
    yield from names.addresses()
    yield from LISTS
    yield from (f"/browse/cases?type={name}" for name in site.frame.types)
    yield from (f"/{one.iri.removeprefix(NAMESPACE)}" for one in site.left.values())
    yield from (f"/query/{name}.{form}" for name in shelf()[0] for form in ROWS)
    if stale is None:
        return
    for address in written.former.pages:
        # What goes on from a page is found from there.
        is_found = "?" in address and (is_list(address) or path_of_thing(address) in stale)
        if not is_found:
            yield address


def _manifest(
    written: Writing, url: str, made_of: dict[str, str], known: Known, pages: dict[str, str]
) -> Manifest:
    version = sysgraph.__version__
    return Manifest(version, digest(), url, made_of, known.digests, pages, written.files)
