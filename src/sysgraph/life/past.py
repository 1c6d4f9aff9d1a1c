"""A store as it was at a moment."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.contribute import Contribution
from sysgraph.errors import SysgraphError
from sysgraph.life.plan import PARTS, Standing, standing
from sysgraph.life.state import (
    COUNTS,
    State,
    history_quads,
    instant,
    quads_in,
    text_from,
)
from sysgraph.store import LocalStore, Store, memory
from sysgraph.terms import NAMESPACE, PREFIXES, contribution_of, graph_of

__all__ = ["moment_of", "store_as_of"]

_DAY = len("2026-11-22")


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
    counting: list[Contribution] = []
    for name in changed:
        states = _until(standing(name, store), at)
        last = states[-1] if states and not states[-1].until else None
        counts = last is not None and last.status == COUNTS
        graphs |= {graph_of(name, part): [] for part in PARTS}
        if last is not None and counts:
            states = states[:-1]
            graphs[graph_of(name)] = quads_in(last.content, graph_of(name))
            provenance = graph_of(name, "provenance")
            graphs[provenance] = quads_in(last.origin, provenance)
            counting.append(Contribution(name, "", "", graphs[graph_of(name)]))
        graphs[graph_of(name, "history")] = history_quads(name, states)
    for case, inferred in library.infer_cases(counting):
        graphs[graph_of(case.case_id, "inferred")] = inferred
    there = {*view.graphs()}
    graphs = {name: quads for name, quads in graphs.items() if quads or name in there}
    if graphs:
        view.replace(graphs)
    view.place = f"{store.place} as of {moment}"
    return view


def _until(there: Standing, at: str) -> list[State]:
    """Return the states up to a moment, the last one open again if it held then."""
    states = list(there.states)
    if there.status == COUNTS:
        states.append(_live(there))
    return [
        state
        if state.until and state.until <= at
        else replace(state, until="", ended="", reason="", by="")
        for state in states
        if state.since <= at
    ]


def _live(there: Standing) -> State:
    return State(COUNTS, there.since, text_from(there.asserted), text_from(there.origin))


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
