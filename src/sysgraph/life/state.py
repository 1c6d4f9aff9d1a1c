"""What stood of a contribution from when until when: kept as text in a graph of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyoxigraph as ox

from sysgraph.errors import SysgraphError
from sysgraph.graph import text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, graph_of

__all__ = [
    "ASIDE",
    "COUNTS",
    "DRAFT",
    "RETRACTED",
    "SUPERSEDED",
    "State",
    "address_of",
    "history_quads",
    "instant",
    "quads_in",
    "read_states",
    "replaced_in",
    "text_from",
]

COUNTS, DRAFT, RETRACTED, SUPERSEDED = "counts", "draft", "retracted", "superseded"
ASIDE = (DRAFT, RETRACTED, SUPERSEDED)
"""The statuses of what does not count: none of it stands in a graph that is asked."""

_DAMAGED = "its history is not as sysgraph writes it; something else has written to this store"
_TIME = ox.NamedNode(f"{PREFIXES['xsd']}dateTime")
REPLACES = ox.NamedNode(f"{PREFIXES['dcterms']}replaces")
_REPLACED_BY = ox.NamedNode(f"{PREFIXES['dcterms']}isReplacedBy")
_VERSION_OF = ox.NamedNode(f"{PREFIXES['dcterms']}isVersionOf")
_REVISION_OF = ox.NamedNode(f"{PREFIXES['prov']}wasRevisionOf")
_TEXTS = {
    "status": f"{NAMESPACE}lifeStatus",
    "content": f"{NAMESPACE}content",
    "origin": f"{NAMESPACE}origin",
    "ended": f"{NAMESPACE}ended",
    "reason": f"{NAMESPACE}reason",
    "by": f"{NAMESPACE}by",
}
_TIMES = {"since": f"{NAMESPACE}heldFrom", "until": f"{NAMESPACE}heldUntil"}


@dataclass(frozen=True, slots=True)
class State:
    """One stretch in the life of a case or critique.

    ``since`` and ``until`` are instants in UTC, by the second; it holds from the first until
    just before the second, and a state without ``until`` still holds. ``content`` and
    ``origin`` are what the case stated and its provenance, as sorted N-Triples. ``ended`` says
    what ended it (``corrected``, ``retracted``, ``removed``, …), with ``reason`` and ``by``
    where they were given. ``replaced_by`` holds the names of cases that supersede it.
    """

    status: str
    since: str
    content: str
    origin: str
    until: str = ""
    ended: str = ""
    reason: str = ""
    by: str = ""
    replaced_by: tuple[str, ...] = ()


def instant(text: str) -> str:
    """Return a date or time in ISO 8601 as an instant in UTC; instants compare as texts.

    A date stands for its first second, and a time without a zone is taken as UTC.

    >>> instant("2026-11-22"), instant("2026-11-22T01:00:00+01:00")
    ('2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z')

    Raises:
        ValueError: it is no date or time.
    """
    moment = datetime.fromisoformat(text)
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # As Oxigraph gives them back, whichever way they were written.
    return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def address_of(name: str) -> str:
    """Return the IRI of a contribution: ``wigan-deal`` is a case, ``critique/x`` a critique."""
    return f"{NAMESPACE}{name}" if name.startswith(CRITIQUE) else f"{NAMESPACE}case/{name}"


def text_from(quads: Iterable[ox.Quad]) -> str:
    """Return the triples of quads as sorted N-Triples, the same for the same triples."""
    return "".join(sorted({f"{quad.triple} .\n" for quad in quads}))


def quads_in(text: str, graph: str) -> list[ox.Quad]:
    """Return what ``text_from`` made a text of, in a named graph.

    Raises:
        SysgraphError: nothing was; somebody else has written to the store.
    """
    name = ox.NamedNode(graph)
    try:
        parsed = list(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise SysgraphError(f"<{graph}>: {_DAMAGED}") from error
    return [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in parsed]


def replaced_in(quads: Iterable[ox.Quad], name: str) -> set[str]:
    """Return the names of the cases that a contribution says it supersedes."""
    start = f"{NAMESPACE}case/"
    own = address_of(name)
    return {
        quad.object.value.removeprefix(start)
        for quad in quads
        if quad.predicate == REPLACES
        and isinstance(quad.object, ox.NamedNode)
        and text_of(quad.subject) == own
    }


def history_quads(name: str, states: Sequence[State]) -> list[ox.Quad]:
    """Return the history graph of a contribution, whose last state may be an open one.

    What is superseded says by what; and where what it supersedes itself would otherwise not
    be found, it says that as well.
    """
    graph = ox.NamedNode(graph_of(name, "history"))
    about = ox.NamedNode(address_of(name))
    found: list[ox.Quad] = []
    before: ox.NamedNode | None = None
    for number, state in enumerate(states, 1):
        node = ox.NamedNode(f"{graph.value}/{number}")
        found.append(ox.Quad(node, _VERSION_OF, about, graph))
        if before is not None:
            found.append(ox.Quad(node, _REVISION_OF, before, graph))
        found += _said(node, state, graph)
        before = node
    if states and not states[-1].until:
        found += _links(name, states[-1], about, graph)
    return found


def _said(node: ox.NamedNode, state: State, graph: ox.NamedNode) -> list[ox.Quad]:
    found = []
    for key, iri in (_TEXTS | _TIMES).items():
        text = getattr(state, key)
        if text:
            value = ox.Literal(text, datatype=_TIME) if key in _TIMES else ox.Literal(text)
            found.append(ox.Quad(node, ox.NamedNode(iri), value, graph))
    by = (ox.NamedNode(address_of(other)) for other in state.replaced_by)
    return found + [ox.Quad(node, _REPLACED_BY, other, graph) for other in by]


def _links(name: str, state: State, about: ox.NamedNode, graph: ox.NamedNode) -> list[ox.Quad]:
    by = [ox.NamedNode(address_of(other)) for other in state.replaced_by]
    found = [ox.Quad(about, _REPLACED_BY, other, graph) for other in by]
    if state.status == SUPERSEDED:
        targets = replaced_in(quads_in(state.content, graph.value), name)
        others = (ox.NamedNode(address_of(target)) for target in sorted(targets))
        found += [ox.Quad(about, REPLACES, other, graph) for other in others]
    return found


def read_states(quads: Iterable[ox.Quad]) -> list[State]:
    """Return the states that a history graph holds, the oldest first.

    Raises:
        SysgraphError: it holds something else; somebody else has written to the store.
    """
    keys = {iri: key for key, iri in (_TEXTS | _TIMES).items()}
    said: dict[str, dict[str, str]] = defaultdict(dict)
    by: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        subject, predicate = text_of(quad.subject), quad.predicate
        if predicate.value in keys:
            key, text = keys[predicate.value], text_of(quad.object)
            said[subject][key] = _time(text, subject) if key in _TIMES else text
        elif predicate == _REPLACED_BY:
            by[subject].append(text_of(quad.object).removeprefix(f"{NAMESPACE}case/"))
    blank = {"status": "", "since": "", "content": "", "origin": ""}
    return [
        State(**{**blank, **said[node]}, replaced_by=tuple(sorted(by[node])))
        for node in sorted(said, key=_number)
    ]


def _time(text: str, node: str) -> str:
    try:
        return instant(text)
    except ValueError as error:
        raise SysgraphError(f"<{node}>: {_DAMAGED}") from error


def _number(node: str) -> int:
    last = node.rpartition("/")[2]
    return int(last) if last.isdigit() else 0
