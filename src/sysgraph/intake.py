"""From files to a store: read, check, reason, write; all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.contribute import (
    Contribution,
    Vocabulary,
    describe_origin,
    load_vocabulary,
    read,
)
from sysgraph.endpoint import EndpointStore, is_url
from sysgraph.errors import BadFile, BadFiles, BadStore, SysgraphError
from sysgraph.findings import Finding
from sysgraph.graph import merge, text_of
from sysgraph.paths import data
from sysgraph.store import LocalStore, Store, create, open_directory
from sysgraph.terms import (
    INFERRED_GRAPH,
    NAMESPACE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    STORE_GRAPH,
    compact,
    graph_of,
)
from sysgraph.validate import Raw, check_shapes

__all__ = ["Loaded", "Progress", "check_files", "load", "open_store", "prepare_store"]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the ids of the cases that are new, replaced, and the same as before."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def check_files(
    paths: Sequence[Path], progress: Progress = _silent
) -> tuple[list[Contribution], list[Finding]]:
    """Read contributed files and return their cases with everything that is wrong with them.

    Raises:
        BadFile, BadFiles: files cannot be read as what they claim to be; all of them are named.
    """
    vocabulary = load_vocabulary(data() / "ontology")
    contributions: list[Contribution] = []
    problems: list[SysgraphError] = []
    for done, path in enumerate(paths):
        progress("reading", done, len(paths))
        try:
            contributions += read(path, vocabulary)
        except BadFiles as error:
            problems += error.problems
        except BadFile as error:
            problems.append(error)
    problems += _twice(contributions)
    if problems:
        raise problems[0] if len(problems) == 1 else BadFiles(problems)
    findings = []
    for done, contribution in enumerate(contributions):
        progress("checking", done, len(contributions))
        findings += check(contribution, vocabulary)
    return contributions, findings


def _twice(contributions: Sequence[Contribution]) -> list[SysgraphError]:
    seen: dict[str, str] = {}
    found: list[SysgraphError] = []
    for contribution in contributions:
        if contribution.case_id in seen:
            reason = f"the case {contribution.case_id} is in {seen[contribution.case_id]} too"
            found.append(BadFile(contribution.file, f"{reason}; name one of the files"))
        seen[contribution.case_id] = contribution.file
    return found


def check(contribution: Contribution, vocabulary: Vocabulary) -> list[Finding]:
    """Return what is wrong with one case: what the reading found, and what SHACL finds."""
    found = list(contribution.findings)
    # What the closed vocabulary refuses would only be refused again, in other words.
    told = {(finding.focus, finding.path) for finding in found}
    lines = {(finding.line, finding.field) for finding in found if finding.line}
    for raw in check_shapes(contribution.quads):
        finding = _place(raw, contribution, vocabulary)
        if (raw.focus, raw.path) in told or (finding.line, finding.field) in lines:
            continue
        found.append(finding)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0))


def _place(raw: Raw, contribution: Contribution, vocabulary: Vocabulary) -> Finding:
    finding = Finding(
        message=raw.message,
        demand=compact(raw.shape),
        severity=raw.severity,
        file=contribution.file,
        field=vocabulary.fields.get(raw.path or ""),
        focus=raw.focus,
        path=raw.path,
        value=raw.value,
        component=raw.component,
    )
    line, column = contribution.marks.get(raw.focus, (None, None))
    field = finding.field
    if (raw.focus, raw.path or "") in contribution.fields:
        field, line, column = contribution.fields[raw.focus, raw.path or ""]
    return replace(finding, field=field, line=line, column=column)


def load(
    contributions: Sequence[Contribution], store: Store, progress: Progress = _silent
) -> Loaded:
    """Write checked cases into a store with what follows from them: all of them or none.

    Each case has a graph of its own, one for what follows, and one for its provenance. A case
    that is there already is replaced; one that has not changed is left alone.
    """
    progress("reasoning", 0, 1)
    terms = [
        quad for name in (ONTOLOGY_GRAPH, INFERRED_GRAPH) for quad in library.load().quads(name)
    ]
    rules = library.rules_of(quad for quad in terms if text_of(quad.graph_name) == ONTOLOGY_GRAPH)
    present = set(store.graphs())
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    changed = [one for one in contributions if not _is_same(one, store, present)]
    graphs: dict[str, list[ox.Quad]] = {}
    for case, conclusions in library.infer_cases(changed, rules, terms):
        graphs[graph_of(case.case_id)] = case.quads
        graphs[graph_of(case.case_id, "inferred")] = conclusions
        graphs[graph_of(case.case_id, "provenance")] = describe_origin(case, moment)
    progress("writing", 0, 1)
    if graphs:
        store.replace(graphs)
    ids = {one.case_id for one in changed}
    replaced = {case_id for case_id in ids if graph_of(case_id) in present}
    return Loaded(
        tuple(sorted(ids - replaced)),
        tuple(sorted(replaced)),
        tuple(sorted(one.case_id for one in contributions if one.case_id not in ids)),
    )


def _is_same(contribution: Contribution, store: Store, present: set[str]) -> bool:
    name = graph_of(contribution.case_id)
    if name not in present:
        return False
    return set(merge(store.quads(name))) == set(merge(contribution.quads))


def open_store(place: str | None = None, update_url: str | None = None) -> Store:
    """Open what ``--store`` names, for asking: a directory, a URL, or the shipped library.

    Raises:
        BadStore: it is missing, busy, or holds no sysgraph library.
        EndpointFailed: the endpoint does not answer.
    """
    if place is None:
        return library.load()
    if is_url(place):
        store: Store = EndpointStore(place, update_url)
    else:
        store = open_directory(Path(place))
    if _mark_of(store) is None:
        store.close()
        reason = "it holds no sysgraph library; 'sysgraph load --store' puts it there"
        raise BadStore(store.place, reason)
    return store


def prepare_store(place: str, update_url: str | None = None, progress: Progress = _silent) -> Store:
    """Open what ``--store`` names, for writing, and put the current library into it.

    A directory that does not exist is made, and appears only when it is whole.

    Raises:
        BadStore: it is no store, or another process is writing to it.
        EndpointFailed: the endpoint does not answer.
    """
    if is_url(place):
        store: Store = EndpointStore(place, update_url)
    else:
        path = Path(place)
        if not path.exists():
            _create(path)
        store = open_directory(path, write=True)
        if _mark_of(store) is None:
            store.close()
            raise BadStore(place, "this Oxigraph directory is not a sysgraph store; name another")
    if _mark_of(store) != library.digest():
        progress("bringing in the library", 0, 1)
        _bring_in_library(store)
    return store


def _create(path: Path) -> None:
    shipped = library.load()
    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        create(temporary, shipped.store)
        temporary.rename(path)
    except OSError as error:
        raise BadStore(str(path), f"the store cannot be made: {error}") from error


def _mark_of(store: Store) -> str | None:
    query = (
        f"SELECT ?hash WHERE {{ GRAPH <{STORE_GRAPH}>"
        f" {{ <{STORE_GRAPH}> <{NAMESPACE}sha256> ?hash }} }}"
    )
    rows = store.select(query).rows
    return rows[0][0].value if rows and rows[0][0] is not None else None


def contributed_ids(store: Store) -> list[str]:
    """Return the ids of the cases in a store that did not come with the library."""
    query = (
        f"SELECT DISTINCT ?graph WHERE {{ ?graph <{PREFIXES['prov']}generatedAtTime> ?moment ."
        f" FILTER (DATATYPE(?moment) = <{PREFIXES['xsd']}dateTime>) }} ORDER BY ?graph"
    )
    start = graph_of("")
    return [
        graph.value.removeprefix(start)
        for (graph,) in store.select(query).rows
        if graph is not None
    ]


def _bring_in_library(store: Store) -> None:
    shipped = library.load()
    theirs = set(contributed_ids(store))
    fresh = {name: shipped.quads(name) for name in shipped.graphs() if _case_of(name) not in theirs}
    stale: dict[str, list[ox.Quad]] = {
        name: []
        for name in store.graphs()
        if name.startswith(graph_of("")) and name not in fresh and _case_of(name) not in theirs
    }
    mark = fresh.pop(STORE_GRAPH)
    store.replace({**stale, **fresh, **_reasoned_again(store, theirs, shipped)})
    # Marked last: an interrupted library is brought in again.
    store.replace({STORE_GRAPH: [*mark, _void_mark()]})


def _void_mark() -> ox.Quad:
    kind = ox.NamedNode(f"{PREFIXES['rdf']}type")
    return ox.Quad(
        ox.NamedNode(STORE_GRAPH),
        kind,
        ox.NamedNode(f"{PREFIXES['void']}Dataset"),
        ox.NamedNode(STORE_GRAPH),
    )


def _case_of(graph: str) -> str:
    return graph.removeprefix(graph_of("")).partition("/")[0]


def _reasoned_again(
    store: Store, case_ids: Iterable[str], shipped: LocalStore
) -> dict[str, list[ox.Quad]]:
    terms = [quad for name in (ONTOLOGY_GRAPH, INFERRED_GRAPH) for quad in shipped.quads(name)]
    rules = library.rules_of(quad for quad in terms if text_of(quad.graph_name) == ONTOLOGY_GRAPH)
    cases = [Contribution(case_id, "", "", store.quads(graph_of(case_id))) for case_id in case_ids]
    return {
        graph_of(case.case_id, "inferred"): conclusions
        for case, conclusions in library.infer_cases(cases, rules, terms)
    }


def describe_store(store: Store) -> dict[str, object]:
    """Return what a store holds, name by name, in the order a person wants to know it."""
    theirs = contributed_ids(store)
    cases = [name for name in store.graphs() if name == graph_of(_case_of(name))]
    mark = _mark_of(store)
    current = (
        "this version's" if mark == library.digest() else "another version's; load refreshes it"
    )
    counts = {
        row["graph"]: int(row["count"])
        for row in store.select(
            "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } }"
            " GROUP BY ?graph ORDER BY ?graph"
        ).texts()
    }
    inferred = sum(count for name, count in counts.items() if name.endswith("/inferred"))
    return {
        "store": store.place,
        "library": current,
        "library_sha256": mark,
        "cases": len(cases),
        "contributed_cases": theirs,
        "asserted_triples": sum(counts.values()) - inferred,
        "inferred_triples": inferred,
    }
