"""What ``--store`` names: opened, made, described, and its library kept up to date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.errors import BadStore, SysgraphError
from sysgraph.files import is_url, recover, replacing
from sysgraph.store.keeper import write_index
from sysgraph.store.local import Store, copy, open_directory
from sysgraph.terms import (
    CRITIQUE,
    NAMESPACE,
    PREFIXES,
    STORE_GRAPH,
    case_id_of,
    contribution_of,
    graph_of,
)

__all__ = [
    "TOGETHER",
    "change_store",
    "contributed_ids",
    "describe_store",
    "open_as_of",
    "open_store",
    "prepare_store",
]

TOGETHER = 1_000
"""How many cases are in memory at once where a new library reasons over them again."""


def open_store(place: str | None = None, update_url: str | None = None) -> Store:
    """Open what ``--store`` names, for asking: a directory, a URL, or the shipped library.

    Raises:
        BadStore: it is missing, busy, or holds no sysgraph library.
        EndpointFailed: the endpoint does not answer.
    """
    if place is None:
        return library.load()
    reason = "it holds no sysgraph library; 'sysgraph load --store' puts it there"
    return _marked(_open(place, update_url), reason)


def open_as_of(place: str | None, as_of: str | None) -> Store:
    """Open what ``--store`` names, for asking, as it stood when ``--as-of`` says, if it does.

    Raises:
        BadStore, EndpointFailed: it cannot be opened.
        SysgraphError: ``as_of`` is no date or time, or one to come.
    """
    if as_of is None:
        return open_store(place)
    from sysgraph.history.deeds import moment_of, store_as_of

    tomorrow = datetime.now(UTC) + timedelta(days=1)  # it may be tomorrow elsewhere already
    if moment_of(as_of)[:10] > tomorrow.date().isoformat():
        raise SysgraphError(f"'{as_of}' is to come, and nobody knows how the cases stand then")
    store = open_store(place)
    try:
        return store_as_of(store, as_of)
    finally:
        store.close()


def prepare_store(place: str, update_url: str | None = None) -> Store:
    """Open what ``--store`` names, for writing, and put the current library into it.

    A directory that does not exist is made, and appears only when it is whole.

    Raises:
        BadStore: it is no store, or another process is writing to it.
        EndpointFailed: the endpoint does not answer.
    """
    if not is_url(place):
        _refuse_update_url(place, update_url)
        if re.match(r"[A-Za-z][\w+.-]+:/", place):
            reason = "this looks like an address, and is none; write http://… or https://…"
            raise BadStore(place, f"{reason}, or ./ before the name of a directory")
        recover(Path(place))
        if not Path(place).exists():
            _create(Path(place))
    store = _open(place, update_url, write=True)
    if not is_url(place) and _mark_of(store) is None:
        store.close()
        raise BadStore(place, "this Oxigraph directory is not a sysgraph store; name another")
    if _mark_of(store) != library.digest():
        _bring_in_library(store)
    return store


def change_store(place: str, update_url: str | None = None) -> Store:
    """Open what ``--store`` names, for writing, if it is a sysgraph store already.

    Raises:
        BadStore: it is missing, no sysgraph store, or another process is writing to it.
        EndpointFailed: the endpoint does not answer.
    """
    reason = "it holds no sysgraph library; is it the store you mean?"
    return _marked(_open(place, update_url, write=True), reason)


def _marked(store: Store, reason: str) -> Store:
    """Return a store if it is one of sysgraph's; else close it, and say why that is refused."""
    if _mark_of(store) is None:
        store.close()
        raise BadStore(store.place, reason)
    return store


def _open(place: str, update_url: str | None, *, write: bool = False) -> Store:
    if is_url(place):
        from sysgraph.store.endpoint import EndpointStore

        store = EndpointStore(place, update_url)
        if write:
            store.open_for_writing()
        else:
            store.open_for_asking()
        return store
    _refuse_update_url(place, update_url)
    recover(Path(place))
    return open_directory(Path(place), write=write)


def _refuse_update_url(place: str, update_url: str | None) -> None:
    if update_url is not None:
        raise BadStore(place, "--update-url is for an endpoint, and this is a directory")


def _create(path: Path) -> None:
    shipped = library.load()
    try:
        with replacing(path) as fresh:
            if not path.exists():  # else another process was faster
                copy(shipped, fresh)
                write_index(fresh, shipped.index(), shipped.revision())
    except OSError as error:
        raise BadStore(str(path), f"the store cannot be made: {error}") from error


def _mark_of(store: Store) -> str | None:
    query = (
        f"SELECT ?hash WHERE {{ GRAPH <{STORE_GRAPH}>"
        f" {{ <{STORE_GRAPH}> <{NAMESPACE}sha256> ?hash }} }}"
    )
    return next((row["hash"] for row in store.select(query).texts()), None)


def contributed_ids(store: Store) -> list[str]:
    """Return the ids of the cases and critiques in a store that did not come with the library.

    A critique that stands by itself goes by ``critique/`` and its id.
    """
    query = (
        f"SELECT DISTINCT ?graph WHERE {{ ?graph <{PREFIXES['prov']}generatedAtTime> ?moment ."
        f" FILTER (DATATYPE(?moment) = <{PREFIXES['xsd']}dateTime>) }} ORDER BY ?graph"
    )
    names = (contribution_of(row["graph"]) for row in store.select(query).texts())
    return sorted(filter(None, names))


def _bring_in_library(store: Store) -> None:
    from sysgraph.history.deeds import aside, former_versions, settle
    from sysgraph.history.states import moment_now

    shipped = library.load()
    held = aside(store)
    # What is set aside stays so: a new version of the library undoes no retraction.
    theirs = {*contributed_ids(store)}
    kept = theirs.union(*held.values())
    there = [name for name in store.graphs() if not name.endswith("/history")]
    stood = {*filter(None, map(contribution_of, there))} - kept
    # What a listing lacks is not for that reason the library's: each must say so of itself.
    kept |= {name for name in stood if not _came_with_library(name, store)}
    fresh = {
        name: shipped.quads(name) for name in shipped.graphs() if contribution_of(name) not in kept
    }
    stale: dict[str, list[ox.Quad]] = {
        name: []
        for name in there
        if contribution_of(name) and name not in fresh and contribution_of(name) not in kept
    }
    del fresh[STORE_GRAPH]
    changes = {**stale, **fresh, **former_versions(store, {**stale, **fresh}, moment_now())}
    names = sorted(theirs)
    for start in range(0, len(names) or 1, TOGETHER):
        some = names[start : start + TOGETHER]
        again = library.infer_cases({name: store.quads(graph_of(name)) for name in some})
        store.replace(changes | {graph_of(name, "inferred"): said for name, said in again.items()})
        changes = {}
    settle(store)
    # Marked last: an interrupted library is brought in again.
    store.replace({STORE_GRAPH: library.marks()})


def _came_with_library(name: str, store: Store) -> bool:
    from sysgraph.history.states import is_contributed

    origin = store.quads(graph_of(name, "provenance"))
    return not is_contributed(origin) if origin else name in library.shipped_names()


def describe_store(store: Store) -> dict[str, object]:
    """Return what a store holds, name by name, in the order a person wants to know it."""
    from sysgraph.history.deeds import aside
    from sysgraph.history.states import DRAFT
    from sysgraph.store.endpoint import EndpointStore

    theirs = contributed_ids(store)
    held = aside(store)
    counts = {name: size for name, size in store.sizes().items() if name != STORE_GRAPH}
    cases = [name for name in counts if case_id_of(name) is not None]
    critiques = store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ ?critique <{NAMESPACE}asks> ?q }}")
    mark = _mark_of(store)
    current = (
        "this version's" if mark == library.digest() else "another version's; load refreshes it"
    )
    inferred, past, described = (
        sum(count for name, count in counts.items() if name.endswith(f"/{part}"))
        for part in ("inferred", "history", "described")
    )
    return {
        "store": store.place,
        "library": current,
        "library_sha256": mark,
        "cases": len(cases),
        "contributed_cases": [name for name in theirs if not name.startswith(CRITIQUE)],
        "critiques": int(next(critiques.texts())["n"]),
        "contributed_critiques": [
            name.removeprefix(CRITIQUE) for name in theirs if name.startswith(CRITIQUE)
        ],
        **held,
        "completeness": _scores(store, held[DRAFT]),
        "asserted_triples": sum(counts.values()) - inferred - past - described,
        "inferred_triples": inferred,
        # Only where a server was filled from an export: a store of ours keeps none.
        **({"described_triples": described} if described else {}),
        # An engine that gets one of these wrong may get a question wrong.
        **({"gets_wrong": store.gets_wrong()} if isinstance(store, EndpointStore) else {}),
    }


def _scores(store: Store, names: Iterable[str]) -> dict[str, float]:
    from sysgraph.case.contribution import Contribution
    from sysgraph.completeness import completeness
    from sysgraph.history.states import life_of, quads_in

    found: dict[str, float] = {}
    for name in names:
        now = life_of(name, store).now
        draft = Contribution(name, "", "", quads_in(now.content) if now else [])
        found[name] = round(completeness(draft).score, 4)
    return found
