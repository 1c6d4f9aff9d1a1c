"""What is done to cases that are stored: retract them, bring them back, look back, tell it all."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.errors import ReplacesShipped, SysgraphError, UnknownThing
from sysgraph.history.states import (
    ASIDE,
    COUNTS,
    PARTS,
    REPLACES,
    RETRACTED,
    SUPERSEDED,
    Deed,
    Life,
    State,
    history_quads,
    instant,
    is_contributed,
    life_of,
    name_at,
    quads_in,
    text_from,
)
from sysgraph.history.transaction import Transaction
from sysgraph.near import nearest
from sysgraph.rdf import text_of
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.terms import NAMESPACE, PREFIXES, contribution_of, graph_of, kind_of

__all__ = [
    "Version",
    "aside",
    "former_versions",
    "hanging",
    "history",
    "moment_of",
    "refuse_shipped",
    "restore",
    "retract",
    "set_aside",
    "settle",
    "shipped_parts",
    "store_as_of",
    "unknown",
]

_DAY = len("2026-11-22")


@dataclass(frozen=True, slots=True)
class Retraction:
    """What a retraction or its undoing did, by the names of the cases.

    ``stopped`` no longer count, and ``counting`` count again; either may hold others than those
    named, for a retracted case supersedes nothing.
    """

    stopped: tuple[str, ...] = ()
    counting: tuple[str, ...] = ()


def retract(names: Iterable[str], store: Store, *, reason: str, by: str = "") -> Retraction:
    """Have cases or critiques stop counting at once: all of them, or none.

    What they were stays readable in their history, with the reason. The library's own cases
    can be retracted too, in this store. Costs what the cases hold, whatever else is stored.

    Raises:
        UnknownThing: one is not there; carries the nearest names.
        SysgraphError: one is retracted already, or there is no reason.
    """
    if not reason.strip():
        raise SysgraphError("a retraction says why; give the reason in some words by --reason")
    made = Transaction(store)
    for name in dict.fromkeys(names):
        now = _required(name, made)
        if now.status == RETRACTED:
            raise SysgraphError(f"{store.place}: '{name}' is retracted already, since {now.since}")
        made.keep(name, Deed("retracted", reason.strip(), by.strip()), retracted=True)
    return _carry_out(made)


def restore(names: Iterable[str], store: Store, *, reason: str = "", by: str = "") -> Retraction:
    """Undo retractions: the cases stand as they would had they not been retracted; all or none.

    A case of the library comes back as the library has it today.

    Raises:
        UnknownThing: one is not there; carries the nearest names.
        SysgraphError: one is not retracted.
    """
    made = Transaction(store)
    for name in dict.fromkeys(names):
        now = _required(name, made)
        if now.status != RETRACTED:
            raise SysgraphError(
                f"{store.place}: '{name}' is not retracted; there is nothing to undo"
            )
        deed = Deed("restored", reason.strip(), by.strip())
        if is_contributed(quads_in(now.origin)) or name not in library.shipped_names():
            made.keep(name, deed)
        else:
            made.put(name, deed, *shipped_parts(name))
    return _carry_out(made)


def settle(store: Store) -> Retraction:
    """See to it that every case counts, or is superseded, as the cases that are there say.

    Loads and retractions do so for what they touch; this is for cases that came by another way.
    """
    made = Transaction(store)
    for row in store.select(f"SELECT DISTINCT ?case WHERE {{ ?by {REPLACES} ?case }}").texts():
        made.touch(name_at(row["case"]))
    return _carry_out(made)


def _carry_out(made: Transaction) -> Retraction:
    made.commit()
    stopped = sorted({*made.came_to(RETRACTED), *made.came_to(SUPERSEDED)})
    return Retraction(tuple(stopped), made.came_to(COUNTS))


def _required(name: str, made: Transaction) -> State:
    now = made.life(name).now
    if now is None:
        raise _unknown(name, made.store)
    return now


def _unknown(name: str, store: Store) -> UnknownThing:
    known = sorted({*map(contribution_of, store.graphs())} - {"", name})
    return unknown(life_of(name, store), store.place, nearest(name, known, most=3))


def unknown(life: Life, place: str, near: Sequence[str]) -> UnknownThing:
    """Return that nothing of a name is there: since when, or else which names come near it."""
    kind = f"{kind_of(life.name)} in {place}"
    if not life.past:
        return UnknownThing(life.name, kind, near)
    return UnknownThing(life.name, f"{kind} any more: it was removed on {life.since[:10]}")


@dataclass(frozen=True, slots=True)
class Version:
    """One stretch in the life of a case, for people.

    ``status`` is counts, draft, retracted or superseded; times are instants in UTC, and
    ``until`` is empty for what holds today. ``added`` and ``gone`` count statements against the
    stretch before. ``ended`` says what ended it, ``reason`` why, and ``by`` who did it.
    """

    number: int
    status: str
    since: str
    until: str
    contributor: str
    file: str
    sha256: str
    statements: int
    added: int
    gone: int
    ended: str = ""
    reason: str = ""
    by: str = ""
    replaced_by: tuple[str, ...] = ()


def history(name: str, store: Store) -> list[Version]:
    """Return what stood of a case or critique from when until when, the oldest first.

    Raises:
        UnknownThing: the store knows nothing of it; carries the nearest names.
    """
    states = life_of(name, store).states
    if not states:
        raise _unknown(name, store)
    found: list[Version] = []
    before: set[str] = set()
    name_key = f"{PREFIXES['schema']}name"
    for number, state in enumerate(states, 1):
        lines = set(state.content.splitlines())
        version = Version(
            number,
            state.status,
            state.since,
            state.until,
            _said(state.content, "/contributor", name_key),
            _said(state.origin, "/file", name_key),
            _said(state.origin, "/file", f"{NAMESPACE}sha256"),
            len(lines),
            len(lines - before),
            len(before - lines),
            state.ended,
            state.reason,
            state.by,
            state.replaced_by,
        )
        found.append(version)
        before = lines
    return found


def _said(text: str, end: str, key: str) -> str:
    """Return what is said of a part of a case by a property; critiques within it are others'."""
    found = (
        text_of(quad.object)
        for quad in quads_in(text)
        if quad.predicate.value == key
        and text_of(quad.subject).endswith(end)
        and "/critiques/" not in text_of(quad.subject)
    )
    return ", ".join(sorted(found))


def moment_of(text: str) -> str:
    """Return the instant that a date or time stands for; a date stands for its end, in UTC.

    >>> moment_of("2026-11-22"), moment_of("2026-11-22T10:00Z")
    ('2026-11-22T23:59:59Z', '2026-11-22T10:00:00Z')

    Raises:
        SysgraphError: it is neither.
    """
    try:
        if len(text.strip()) == _DAY:
            day = datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
            return instant((day + timedelta(days=1, seconds=-1)).isoformat())
        return instant(text.strip())
    except (ValueError, OverflowError) as error:
        reason = "write a date such as 2026-11-22, or a time such as 2026-11-22T10:00Z"
        raise SysgraphError(f"'{text}' is no date: {reason}") from error


def store_as_of(store: Store, moment: str) -> LocalStore:
    """Return a store with the cases and critiques as they stood at a moment, to be asked.

    ``moment`` is a date or time as ``moment_of`` takes it. What was corrected, retracted,
    superseded or removed later is there as it was, and what came later is not. A case of the
    library counts from the date it was contributed on. The ontology is today's, and what
    follows from former versions is concluded by it anew, a few milliseconds a case. The given
    store stays open and is not written to; a directory is not copied but linked, unless most of
    what it holds came later.

    Raises:
        SysgraphError: it is no date or time.
    """
    at = moment_of(moment)
    changed = _changed_since(store, at)
    view = _twin(store, changed)
    graphs: dict[str, list[ox.Quad]] = {}
    counting: dict[str, list[ox.Quad]] = {}
    for name in changed:
        states = _until(life_of(name, store), at)
        graphs |= {graph_of(name, part): [] for part in PARTS}
        if states and states[-1].status == COUNTS and not states[-1].until:
            last = states.pop()
            graphs[graph_of(name)] = counting[name] = quads_in(last.content)
            graphs[graph_of(name, "provenance")] = quads_in(last.origin)
        graphs[graph_of(name, "history")] = history_quads(name, states)
    for name, inferred in library.infer_cases(counting).items():
        graphs[graph_of(name, "inferred")] = inferred
    there = {*view.graphs()}
    graphs = {name: quads for name, quads in graphs.items() if quads or name in there}
    if graphs:
        view.replace(graphs)
    view.place = f"{store.place} as of {moment}"
    return view


def _until(life: Life, at: str) -> list[State]:
    """Return the states up to a moment, the last one open again if it held then."""
    return [
        state
        if state.until and state.until <= at
        else replace(state, until="", ended="", reason="", by="")
        for state in life.states
        if state.since <= at
    ]


def _changed_since(store: Store, at: str) -> list[str]:
    """Return the names of all whose standing differs between a moment and now."""
    since = store.select(
        f"SELECT ?graph ?moment WHERE {{ ?graph <{PREFIXES['prov']}generatedAtTime> ?moment }}"
    )
    ends = store.select(
        f"SELECT ?state ?from ?until WHERE {{ ?state <{NAMESPACE}lifeStatus> ?status ."
        f" OPTIONAL {{ ?state <{NAMESPACE}heldFrom> ?from }}"
        f" OPTIONAL {{ ?state <{NAMESPACE}heldUntil> ?until }} }}"
    )
    latest: dict[str, str] = defaultdict(str)
    for row in since.texts():
        name = contribution_of(row["graph"])
        latest[name] = max(latest[name], instant(row["moment"]))
    for row in ends.texts():
        name = contribution_of(row["state"])
        latest[name] = max(latest[name], row.get("from", ""), row.get("until", ""))
    return sorted(name for name, last in latest.items() if name and last > at)


class _Linked(LocalStore):
    """A store in a temporary directory that goes when it does."""

    def __init__(self, folder: tempfile.TemporaryDirectory[str], place: str) -> None:
        super().__init__(ox.Store(str(Path(folder.name) / "store")), place)
        self._folder = folder

    def close(self) -> None:
        """Let go of the directory, and take it away."""
        super().close()
        self._folder.cleanup()


def _twin(store: Store, changed: Collection[str]) -> LocalStore:
    """Return a store that can be written to and holds the same, at least of what is unchanged."""
    gone = {*changed}
    kept = [name for name in store.graphs() if contribution_of(name) not in gone]
    # To take many cases out of a twin costs more than to leave them out of a copy.
    if isinstance(store, LocalStore) and len(kept) > len(PARTS) * len(gone):
        folder = tempfile.TemporaryDirectory(prefix="sysgraph-", ignore_cleanup_errors=True)
        try:
            store.store.backup(str(Path(folder.name) / "store"))
            return _Linked(folder, store.place)
        except (OSError, RuntimeError, ValueError):  # what is in memory has no files to link
            folder.cleanup()
    return memory(quad for name in kept for quad in store.quads(name))


def former_versions(
    store: Store, graphs: Mapping[str, Sequence[ox.Quad]], moment: str
) -> dict[str, list[ox.Quad]]:
    """Return the history graphs of the contributions that another library would change.

    ``graphs`` is what the store is to hold of them from a moment on; an empty graph is to go.
    """
    found: dict[str, list[ox.Quad]] = {}
    for name in sorted({contribution_of(graph) for graph in graphs} - {""}):
        life = life_of(name, store)
        after = text_from(graphs.get(graph_of(name), ()))
        if life.now and life.status == COUNTS and life.now.content != after:
            deed = Deed("corrected" if after else "removed", "by a new version of the library")
            found[graph_of(name, "history")] = history_quads(name, life.after(deed, moment))
    return found


def aside(store: Store) -> dict[str, list[str]]:
    """Return the names of what is there without counting, by status, sorted."""
    rows = store.select(
        f"SELECT ?state ?status WHERE {{ ?state <{NAMESPACE}lifeStatus> ?status ."
        f" FILTER NOT EXISTS {{ ?state <{NAMESPACE}heldUntil> ?until }} }}"
    )
    found: dict[str, list[str]] = {status: [] for status in ASIDE}
    for row in rows.texts():
        found.setdefault(row["status"], []).append(contribution_of(row["state"]))
    return {status: sorted(names) for status, names in found.items()}


def hanging(store: Store) -> frozenset[str]:
    """Return the names of contributions whose standing hangs on more than on what they say.

    These are those that are set aside, those that another one says it supersedes, and those
    that say so of another one, for they may take it back.
    """
    rows = store.select(f"SELECT DISTINCT ?by ?case WHERE {{ ?by {REPLACES} ?case }}")
    named = {name_at(iri) for row in rows.texts() for iri in row.values()}
    return frozenset(named.union(*aside(store).values()))


def refuse_shipped(lives: Iterable[Life], place: str) -> None:
    """Refuse to put something else where cases and critiques of the library stand.

    Raises:
        ReplacesShipped: something came with the library; carries all names.
    """
    found = [
        life.name
        for life in lives
        if life.now and life.status == COUNTS and not is_contributed(quads_in(life.now.origin))
    ]
    if found:
        raise ReplacesShipped(sorted(found), place)


def set_aside(name: str, store: Store, option: str = "") -> str:
    """Return since when and why something that is known does not count; else nothing.

    ``option`` is how a command names the store, with a blank before it.
    """
    life = life_of(name, store)
    if life.status == COUNTS or not life.states:
        return ""
    last = life.states[-1]
    status = life.status or last.ended
    since = last.until or last.since
    reason = life.past[-1].reason if life.past else ""
    by = f" by {', '.join(last.replaced_by)}" if last.replaced_by else ""
    told = f" ({reason})" if reason else ""
    again = f"; 'sysgraph retract {name} --undo{option}' has it count again"
    said = f"does not count: {status} since {since.partition('T')[0]}{by}{told}"
    undo = again if status == RETRACTED else ""
    return f"{said}. 'sysgraph history {name}{option}' tells what it was{undo}"


def shipped_parts(name: str) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return what a case or critique of the library states, and its provenance."""
    shipped = library.load()
    asserted, origin = (shipped.quads(graph_of(name, part)) for part in ("", "provenance"))
    shipped.close()
    return asserted, origin
