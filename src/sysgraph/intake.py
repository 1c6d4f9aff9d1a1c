"""Put checked cases into a store with what follows, and take them out: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.case.apart import Rejected
from sysgraph.case.contribution import Contribution, describe_origin
from sysgraph.check import Checked, FindingTally, inspect_files, is_draft, sort_out
from sysgraph.errors import (
    Finding,
    Progress,
    RetractedCase,
    Severity,
    ShippedCase,
    refuse,
    silent,
)
from sysgraph.history.deeds import refuse_shipped, shipped_parts, unknown
from sysgraph.history.pointed import lost_pointers
from sysgraph.history.states import (
    COUNTS,
    DRAFT,
    RETRACTED,
    SUPERSEDED,
    Deed,
    is_contributed,
    quads_in,
    text_from,
)
from sysgraph.history.transaction import Transaction
from sysgraph.near import nearest
from sysgraph.rdf import merge, quads_of
from sysgraph.store.local import LocalStore, Store
from sysgraph.stores import prepare_store
from sysgraph.terms import CRITIQUE, contribution_of, graph_of

__all__ = ["Loaded", "load", "load_files", "remove"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, or why it did nothing: ids of cases that are new, replaced, or as before.

    ``drafts`` are those given that are drafts and do not count; ``superseded`` are cases that
    stopped counting by this load, and ``restored`` cases not given that count again by it.
    ``aside`` are those unchanged that had been retracted or superseded, and still do not count.
    A critique goes by ``critique/`` and its id, here as in a removal.

    ``findings`` may be the first of very many; ``tally`` counts all. ``refused`` are cases that
    were set apart, if that was asked for; ``cases`` are those loaded, unless it was in bulk.
    ``disagreements`` say where, in bulk, the screen and pySHACL differed; ``worker_peak`` is the
    most memory that a worker used, in KiB.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    tally: FindingTally = field(default_factory=FindingTally)
    refused: tuple[Rejected, ...] = ()
    cases: tuple[Contribution, ...] = ()
    disagreements: tuple[str, ...] = ()
    worker_peak: int = 0

    @property
    def violations(self) -> int:
        """Return how many findings keep a contribution out."""
        return self.tally.count(Severity.VIOLATION)

    @property
    def warnings(self) -> int:
        """Return how many findings are advice."""
        return self.tally.count(Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did: the ids of the cases gone, and of those that the library has again."""

    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def load_files(
    paths: Sequence[Path],
    place: str,
    update_url: str | None = None,
    progress: Progress = silent,
    *,
    reason: str = "",
    by: str = "",
    sorting: bool = False,
    keep_valid: bool = False,
) -> Loaded:
    """Check a few files and load them into what ``--store`` names, which is made if need be.

    Nothing is loaded if there is any violation; with ``keep_valid`` the sound cases are. With
    ``sorting``, or ``keep_valid``, what is refused is told case by case.

    Raises:
        BadFile, BadFiles: files cannot be read as what they claim to be, and nothing is sorted.
        BadStore, EndpointFailed: the store cannot be written to.
        SysgraphError: what ``load`` raises.
    """
    sorting = sorting or keep_valid
    seen = (sort_out if sorting else inspect_files)(paths, progress)
    refuse(seen.problems)
    told = Loaded(
        findings=tuple(seen.findings),
        tally=FindingTally(seen.findings),
        refused=tuple(seen.refused),
    )
    if (told.violations and not keep_valid) or (sorting and not seen.checked):
        return told
    store = prepare_store(place, update_url)
    try:
        lost = lost_pointers(seen.contributions, seen.findings, lambda: store)
        done = load(seen.checked, store, progress, reason=reason, by=by)
    finally:
        store.close()
    return replace(
        done,
        findings=(*told.findings, *lost),
        tally=FindingTally((*told.findings, *lost)),
        refused=told.refused,
        cases=tuple(seen.contributions),
    )


def load(
    contributions: Sequence[Contribution | Checked],
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
    given = [one if isinstance(one, Checked) else Checked(one) for one in contributions]
    made = Transaction(store)
    same = [one for one in given if _is_same(one.case, made)]
    mended = {} if isinstance(store, LocalStore) else _mended(same, made)
    known = {one.case.case_id for one in same}
    changed = [one for one in given if one.case.case_id not in known]
    if not reason.strip():
        refuse_shipped([made.life(one.case.case_id) for one in changed], store.place)
    for one in changed:
        _put(one, made, reason, by)
    progress("writing", 0, 1)
    made.commit(mended)
    unchanged = known - {contribution_of(name) for name in mended}
    ids = {one.case.case_id for one in given} - unchanged
    replaced = {case_id for case_id in ids if made.life(case_id).now}
    again = made.came_to(COUNTS)
    aside = (one for one in unchanged if made.life(one).status in (RETRACTED, SUPERSEDED))
    drafts = (one.case.case_id for one in given if is_draft(one.case.quads))
    return Loaded(
        tuple(sorted(ids - replaced)),
        tuple(sorted(replaced)),
        tuple(sorted(unchanged)),
        tuple(sorted(drafts)),
        made.came_to(SUPERSEDED),
        tuple(name for name in again if name not in ids),
        tuple(sorted({*aside} - {*again})),
    )


def _put(one: Checked, made: Transaction, reason: str, by: str) -> None:
    case, life = one.case, made.life(one.case.case_id)
    if life.status == RETRACTED:
        raise RetractedCase(case.case_id, made.store.place, life.past[-1].reason)
    is_finished = life.status == DRAFT and not is_draft(case.quads)
    deed = Deed("finished" if is_finished else "corrected", reason, by)
    inferred = quads_of(one.conclusions.triples()) if one.conclusions else None
    origin = describe_origin(case, made.moment)
    made.put(case.case_id, deed, case.quads, origin, inferred=inferred)


def _is_same(case: Contribution, made: Transaction) -> bool:
    now = made.life(case.case_id).now
    return now is not None and now.content == text_from(case.quads)


def _mended(same: Sequence[Checked], made: Transaction) -> dict[str, list[ox.Quad]]:
    """Return the graphs that are not whole of contributions that say what they said before.

    A directory is written all or nothing. What another program wrote to an endpoint, or an
    earlier version of this one, may lack its provenance, or what follows from it.
    """
    counting = [one.case for one in same if made.life(one.case.case_id).status == COUNTS]
    follows = library.infer_cases({one.case_id: one.quads for one in counting})
    found: dict[str, list[ox.Quad]] = {}
    for one in counting:
        name, inferred = graph_of(one.case_id, "inferred"), follows[one.case_id]
        if {*merge(made.store.quads(name))} != {*merge(inferred)}:
            found[name] = inferred
        if not made.life(one.case_id).since:
            origin = describe_origin(one, made.moment)
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
    made = Transaction(store)
    names = list(dict.fromkeys(case_ids))
    restored = []
    for name in names:
        life = made.life(name)
        if not life.now and not (with_history and life.past):
            raise unknown(life, store.place, _names_like(name, store))
        if life.now and not is_contributed(quads_in(life.now.origin)):
            raise ShippedCase(name, store.place)
        parts: tuple[list[ox.Quad], list[ox.Quad]] = ([], [])
        if life.now and name in library.shipped_names():
            parts = shipped_parts(name)
            restored.append(name)
        made.put(name, Deed("removed"), *parts, forgets=with_history)
    made.commit()
    return Removed(tuple(sorted({*names} - {*restored})), tuple(sorted(restored)))


def _names_like(name: str, store: Store) -> list[str]:
    critiques = [graph for graph in store.graphs() if graph.startswith(graph_of(CRITIQUE))]
    names = sorted({contribution_of(graph) for graph in critiques} - {name})
    if name.startswith(CRITIQUE):
        return nearest(name, names, most=3)
    # Who leaves out what a critique's name begins with has probably forgotten it.
    meant = f"{CRITIQUE}{name}"
    return [meant] if meant in names else store.index().ids_like(name)
