"""What became of the contributions of a store: when each came, changed, and ceased to count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sysgraph.history.states import COUNTS, DRAFT, SUPERSEDED, State, instant, life_of, quads_in
from sysgraph.rdf import text_of
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE, PREFIXES, contribution_of, graph_of, iri_of

__all__ = ["Event", "Gone", "events_of", "gone", "gone_of", "never_counted"]

_TITLE = f"{PREFIXES['dcterms']}title"
_COUNTED = (COUNTS, SUPERSEDED)
"""The statuses of what counts, or did so for another that took its place."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became of a contribution: added, corrected, retracted, superseded, removed.

    ``at`` is an instant in UTC.
    """

    at: str
    name: str
    what: str
    reason: str = ""
    by: str = ""

    @property
    def iri(self) -> str:
        """The IRI of the contribution."""
        return iri_of(self.name)


@dataclass(frozen=True, slots=True)
class Gone:
    """A contribution that once counted and does not any more, with why, and what took its place.

    ``status`` is retracted, superseded or removed; ``since`` is an instant in UTC. ``instead``
    has the names of the cases that supersede it, and ``states`` how it stood before, the oldest
    first.
    """

    name: str
    title: str
    status: str
    since: str
    reason: str = ""
    by: str = ""
    instead: tuple[str, ...] = ()
    states: tuple[State, ...] = ()

    @property
    def iri(self) -> str:
        """The IRI of the contribution."""
        return iri_of(self.name)


def events_of(store: Store) -> list[Event]:
    """Return what became of the contributions of a store, the newest first; drafts are not told.

    Of each contribution that was never changed two facts are read, whatever it holds.
    """
    past = _histories(store)
    found = [event for name, rows in past.items() for event in _events(name, rows)]
    for row in store.select(
        f"SELECT ?graph ?moment WHERE {{ ?graph <{PREFIXES['prov']}generatedAtTime> ?moment }}"
    ).texts():
        name = contribution_of(row["graph"])
        # Of what was changed, its history tells when it came.
        if name and all(each["status"] == DRAFT for each in past.get(name, ())):
            found.append(Event(instant(row["moment"]), name, "added"))
    return sorted(found, key=lambda one: (one.at, one.name, one.what), reverse=True)


def _histories(store: Store) -> dict[str, list[dict[str, str]]]:
    """Return the states of each contribution that has a history, as rows, the oldest first."""
    asked = {"from": "heldFrom", "until": "heldUntil", "ended": "ended", "reason": "reason"}
    wanted = " ".join(
        f"OPTIONAL {{ ?state <{NAMESPACE}{name}> ?{key} }}"
        for key, name in (*asked.items(), ("by", "by"))
    )
    rows = store.select(f"SELECT * WHERE {{ ?state <{NAMESPACE}lifeStatus> ?status . {wanted} }}")
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows.texts():
        found[contribution_of(row["state"])].append(row)
    for states in found.values():
        states.sort(key=lambda row: (row.get("from", ""), row.get("until", "~")))
    return found


def _events(name: str, states: list[dict[str, str]]) -> Iterator[Event]:
    """Yield what a history tells, from when it counted first; nothing of what never did."""
    if not any(row["status"] in _COUNTED for row in states):
        return
    counted = [row for row in states if row["status"] != DRAFT]
    yield Event(instant(counted[0]["from"]), name, "added")
    for row in counted:
        if row.get("until"):
            told = (row.get(key, "") for key in ("ended", "reason", "by"))
            yield Event(instant(row["until"]), name, *told)


def never_counted(store: Store) -> frozenset[str]:
    """Return the names of the contributions that are drafts, or were never more than that.

    Nobody but whoever keeps the store has read of them.
    """
    there = {*store.graphs()}
    return frozenset(
        name
        for name, states in _histories(store).items()
        if graph_of(name) not in there and not any(row["status"] in _COUNTED for row in states)
    )


def gone(store: Store) -> list[Gone]:
    """Return the contributions that counted once and do not any more, by name.

    What was erased with its history is not told of.
    """
    found = (gone_of(name, store) for name in sorted(_histories(store)))
    return [one for one in found if one is not None]


def gone_of(name: str, store: Store) -> Gone | None:
    """Return what became of a contribution that counted once, or None if it counts or never did."""
    life = life_of(name, store)
    states = [state for state in life.states if state.status != DRAFT]
    has_counted = any(state.status in _COUNTED for state in states)
    if not has_counted or life.status in (COUNTS, DRAFT):
        return None
    last = states[-1]
    ended = next((one for one in reversed(states) if one.until), last)
    return Gone(
        name,
        _title(name, last),
        life.status or "removed",
        life.since,
        ended.reason,
        ended.by,
        last.replaced_by if life.status else (),
        tuple(states),
    )


def _title(name: str, state: State) -> str:
    iri = iri_of(name)
    titles = (
        text_of(quad.object)
        for quad in quads_in(state.content)
        if quad.predicate.value == _TITLE and text_of(quad.subject) == iri
    )
    return next(titles, name)
