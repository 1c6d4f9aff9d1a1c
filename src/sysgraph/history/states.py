"""How a contribution has stood in a store, from when until when: its life, kept as text there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyoxigraph as ox

from sysgraph.case.document import MAX_TEXT
from sysgraph.errors import SysgraphError
from sysgraph.rdf import in_graph, text_of
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE, PREFIXES, graph_of, iri_of

__all__ = [
    "ASIDE",
    "COUNTS",
    "DRAFT",
    "PARTS",
    "REPLACES",
    "RETRACTED",
    "SUPERSEDED",
    "Deed",
    "Life",
    "State",
    "history_quads",
    "instant",
    "is_contributed",
    "life_of",
    "moment_now",
    "name_at",
    "quads_in",
    "replaced_in",
    "text_from",
]

COUNTS, DRAFT, RETRACTED, SUPERSEDED = "counts", "draft", "retracted", "superseded"
ASIDE = (DRAFT, RETRACTED, SUPERSEDED)
"""The statuses of what does not count: none of it stands in a graph that is asked."""
PARTS = ("", "inferred", "provenance")
"""The graphs of a contribution that counts; its history is apart from them."""

_DAMAGED = "its history is not as sysgraph writes it; something else has written to this store"
_CASE = f"{NAMESPACE}case/"
_GENERATED = f"{PREFIXES['prov']}generatedAtTime"
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


def moment_now() -> str:
    """Return this second as an instant."""
    return instant(datetime.now(UTC).isoformat())


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done to a case, in a word such as ``corrected``, why, and by whom.

    Raises:
        SysgraphError: reason or name are no text, or too long.
    """

    ended: str
    reason: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be stored, such as bytes that are not UTF-8."""
        for word, text in (("reason", self.reason), ("name", self.by)):
            if len(text) > MAX_TEXT:
                raise SysgraphError(f"the {word} has {len(text):,} characters; write a few words")
            if not text.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in text):
                raise SysgraphError(f"the {word} is not UTF-8 text; write it in UTF-8")


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


@dataclass(frozen=True, slots=True)
class Life:
    """The states of a contribution in a store that are over, and how it stands now, if it does."""

    name: str
    past: tuple[State, ...] = ()
    now: State | None = None

    @property
    def states(self) -> list[State]:
        """Return all states, the oldest first."""
        return [*self.past, *([self.now] if self.now else ())]

    @property
    def status(self) -> str:
        """Return how it stands; empty where nothing of it does."""
        return self.now.status if self.now else ""

    @property
    def since(self) -> str:
        """Return the instant from which it has stood so, or not stood; empty if unknown."""
        return self.now.since if self.now else self.past[-1].until if self.past else ""

    @property
    def replaces(self) -> set[str]:
        """Return the names of the cases that stop counting because of it."""
        if self.now is None or self.status not in (COUNTS, SUPERSEDED):
            return set()
        return replaced_in(quads_in(self.now.content), self.name)

    def after(self, deed: Deed, moment: str) -> list[State]:
        """Return what is over once a deed has ended what stands now, if anything does."""
        if self.now is None:
            return [*self.past]
        end = max(moment, self.since)  # the clock may have been put back
        over = replace(self.now, until=end, ended=deed.ended, reason=deed.reason, by=deed.by)
        return [*self.past, over]


def life_of(name: str, store: Store) -> Life:
    """Return the life of a contribution; costs what it holds, whatever else is stored."""
    states = _read_states(store.quads(graph_of(name, "history")))
    asserted = store.quads(graph_of(name))
    if asserted:
        origin = store.quads(graph_of(name, "provenance"))
        times = [text_of(quad.object) for quad in origin if quad.predicate.value == _GENERATED]
        since = max([*map(instant, times), states[-1].until if states else ""])
        now = State(COUNTS, since, text_from(asserted), text_from(origin))
        return Life(name, tuple(states), now)
    if not states or states[-1].until:
        return Life(name, tuple(states))
    *past, now = states
    for text in (now.content, now.origin):
        quads_in(text, graph_of(name))  # or somebody else has written it
    return Life(name, tuple(past), now)


def is_contributed(provenance: Iterable[ox.Quad]) -> bool:
    """Tell from the provenance of a case whether it was loaded, or came with the library."""
    return any(
        quad.predicate.value == _GENERATED
        and isinstance(quad.object, ox.Literal)
        and quad.object.datatype == _TIME
        for quad in provenance
    )


def name_at(iri: str) -> str:
    """Return the name of the case at an IRI."""
    return iri.removeprefix(_CASE)


def text_from(quads: Iterable[ox.Quad]) -> str:
    """Return the triples of quads as sorted N-Triples, the same for the same triples."""
    return "".join(sorted({f"{quad.triple} .\n" for quad in quads}))


def quads_in(text: str, graph: str = graph_of("")) -> list[ox.Quad]:
    """Return what ``text_from`` made a text of, in a named graph.

    Raises:
        SysgraphError: nothing was; somebody else has written to the store.
    """
    try:
        return in_graph(ox.parse(text, format=ox.RdfFormat.N_TRIPLES), graph)
    except SyntaxError as error:
        raise SysgraphError(f"<{graph}>: {_DAMAGED}") from error


def replaced_in(quads: Iterable[ox.Quad], name: str) -> set[str]:
    """Return the names of the cases that a contribution says it supersedes."""
    own = iri_of(name)
    return {
        name_at(quad.object.value)
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
    about = ox.NamedNode(iri_of(name))
    said: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]] = []
    before: ox.NamedNode | None = None
    for number, state in enumerate(states, 1):
        node = ox.NamedNode(f"{graph.value}/{number}")
        said.append((node, _VERSION_OF, about))
        if before is not None:
            said.append((node, _REVISION_OF, before))
        for key, iri in (_TEXTS | _TIMES).items():
            if text := getattr(state, key):
                value = ox.Literal(text, datatype=_TIME) if key in _TIMES else ox.Literal(text)
                said.append((node, ox.NamedNode(iri), value))
        said += [(node, _REPLACED_BY, other) for other in _nodes(state.replaced_by)]
        before = node
    if states and not states[-1].until:
        last = states[-1]
        said += [(about, _REPLACED_BY, other) for other in _nodes(last.replaced_by)]
        if last.status == SUPERSEDED:
            targets = replaced_in(quads_in(last.content, graph.value), name)
            said += [(about, REPLACES, other) for other in _nodes(sorted(targets))]
    return [ox.Quad(*triple, graph) for triple in said]


def _nodes(names: Iterable[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(iri_of(name)) for name in names]


def _read_states(quads: Iterable[ox.Quad]) -> list[State]:
    keys = {iri: key for key, iri in (_TEXTS | _TIMES).items()}
    blank = {"status": "", "since": "", "content": "", "origin": ""}
    said: dict[str, dict[str, str]] = defaultdict(lambda: {**blank})
    by: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        subject, predicate, text = text_of(quad.subject), quad.predicate, text_of(quad.object)
        if key := keys.get(predicate.value):
            said[subject][key] = _time(text, subject) if key in _TIMES else text
        elif predicate == _REPLACED_BY:
            by[subject].append(name_at(text))
    return [
        State(**said[node], replaced_by=tuple(sorted(by[node])))
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
