"""Put checked cases into a store with what follows, and take them out: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from sysgraph import library
from sysgraph.case.contribution import Contribution, describe_origin
from sysgraph.check import is_draft
from sysgraph.errors import Progress, RetractedCase, ShippedCase, UnknownThing, silent
from sysgraph.history.deeds import is_contributed, refuse_shipped, shipped_parts
from sysgraph.history.states import (
    COUNTS,
    DRAFT,
    RETRACTED,
    SUPERSEDED,
    Deed,
    Plan,
    Standing,
    moment_now,
)
from sysgraph.near import nearest
from sysgraph.rdf import merge
from sysgraph.store.local import LocalStore, Store
from sysgraph.terms import CRITIQUE, contribution_of, graph_of

__all__ = ["Loaded", "load", "remove"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the ids of the cases that are new, replaced, and the same as before.

    ``drafts`` are those given that are drafts and do not count; ``superseded`` are cases that
    stopped counting by this load, and ``restored`` cases not given that count again by it.
    A critique goes by ``critique/`` and its id, here as in a removal.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did: the ids of the cases gone, and of those that the library has again."""

    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def load(
    contributions: Sequence[Contribution],
    store: Store,
    progress: Progress = silent,
    *,
    reason: str = "",
    by: str = "",
) -> Loaded:
    """Write checked cases and critiques into a store with what follows: all of them or none.

    Each case has a graph of its own, one for what follows, and one for its provenance. A case
    that is there already is corrected: what it was is kept in its history, with ``reason`` and
    ``by``. One that has not changed is left alone. A draft is kept without counting, and a
    case that another supersedes stops counting. No other case is looked at, so that the cost
    does not depend on how many there are.

    Raises:
        RetractedCase: a case was retracted, and the file says something else than it did.
        ReplacesShipped: a case came with the library, and no reason is given to correct it.
        SysgraphError: two cases would each supersede the other.
    """
    progress("reasoning", 0, 1)
    plan = Plan(store, moment_now())
    same = [one for one in contributions if _is_same(one, plan.standing(one.case_id))]
    mended = {} if isinstance(store, LocalStore) else _mended(same, plan)
    unchanged = {one.case_id for one in same} - {contribution_of(name) for name in mended}
    known = {one.case_id for one in same}
    changed = [one for one in contributions if one.case_id not in known]
    if not reason.strip():
        refuse_shipped([plan.standing(one.case_id) for one in changed], store.place)
    for one in changed:
        there = plan.standing(one.case_id)
        if there.status == RETRACTED:
            raise RetractedCase(one.case_id, store.place, there.closed[-1].reason)
        finished = there.status == DRAFT and not is_draft(one.quads)
        deed = Deed("finished" if finished else "corrected", reason, by)
        plan.put(one.case_id, one.quads, describe_origin(one, plan.moment), deed)
    graphs = plan.graphs() | mended
    progress("writing", 0, 1)
    if graphs:
        store.replace(graphs)
    ids = {one.case_id for one in contributions} - unchanged
    replaced = {case_id for case_id in ids if plan.standing(case_id).status}
    return Loaded(
        tuple(sorted(ids - replaced)),
        tuple(sorted(replaced)),
        tuple(sorted(unchanged)),
        tuple(sorted(one.case_id for one in contributions if is_draft(one.quads))),
        plan.set_aside(SUPERSEDED),
        tuple(name for name in plan.set_aside(COUNTS) if name not in ids),
    )


def _is_same(contribution: Contribution, there: Standing) -> bool:
    return bool(there.status) and set(merge(there.asserted)) == set(merge(contribution.quads))


def _mended(same: Sequence[Contribution], plan: Plan) -> dict[str, list[ox.Quad]]:
    """Return the graphs that are not whole of contributions that say what they said before.

    A directory is written all or nothing. What another program wrote to an endpoint, or an
    earlier version of this one, may lack its provenance, or what follows from it.
    """
    counting = [one for one in same if plan.standing(one.case_id).status == COUNTS]
    found: dict[str, list[ox.Quad]] = {}
    for one, inferred in library.infer_cases(counting):
        name = graph_of(one.case_id, "inferred")
        if {*merge(plan.store.quads(name))} != {*merge(inferred)}:
            found[name] = inferred
        if not plan.standing(one.case_id).since:
            origin = describe_origin(one, plan.moment)
            found[graph_of(one.case_id, "provenance")] = origin
    return found


def remove(case_ids: Iterable[str], store: Store, *, with_history: bool = False) -> Removed:
    """Take contributed cases and critiques out of a store with all that is theirs: all or none.

    Where a case stood in the place of one of the shipped library, that one comes back, and so
    does what only this case superseded. What the case was is kept in its history, unless
    ``with_history`` takes that away as well. No other case is looked at.

    Raises:
        UnknownThing: a case is not there; carries the nearest ids.
        ShippedCase: a case came with the library, and would only come back.
    """
    plan = Plan(store, moment_now())
    names = list(dict.fromkeys(case_ids))
    restored = []
    for name in names:
        there = plan.standing(name)
        if not there.status and not (with_history and there.states):
            kind = "critique" if name.startswith(CRITIQUE) else "case"
            raise UnknownThing(name, f"{kind} in {store.place}", _names_like(name, store))
        if there.status and not is_contributed(there.origin):
            raise ShippedCase(name, store.place)
        if there.status and name in library.shipped_names():
            asserted, origin = shipped_parts(name)
            plan.put(name, asserted, origin, Deed("removed"), forgets=with_history)
            restored.append(name)
        else:
            plan.take(name, Deed("removed"), forgets=with_history)
    store.replace(plan.graphs())
    return Removed(tuple(sorted({*names} - {*restored})), tuple(sorted(restored)))


def _names_like(name: str, store: Store) -> list[str]:
    critiques = [graph for graph in store.graphs() if graph.startswith(graph_of(CRITIQUE))]
    names = sorted({contribution_of(graph) for graph in critiques})
    if name.startswith(CRITIQUE):
        return nearest(name, names, most=3)
    # Who leaves out what a critique's name begins with has probably forgotten it.
    meant = f"{CRITIQUE}{name}"
    return [meant] if meant in names else store.index().ids_like(name)
