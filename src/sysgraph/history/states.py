"""What stood of a contribution from when until when: kept as text in a graph of its own.

What a transaction changes: which cases count afterwards, and what is kept of before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pyoxigraph as ox

from sysgraph import library
from sysgraph.case.contribution import Contribution
from sysgraph.case.document import MAX_TEXT
from sysgraph.check import is_draft
from sysgraph.errors import SysgraphError
from sysgraph.rdf import text_of
from sysgraph.store.local import Store
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, graph_of

__all__ = [
    "ASIDE",
    "COUNTS",
    "DRAFT",
    "PARTS",
    "RETRACTED",
    "SUPERSEDED",
    "Deed",
    "Plan",
    "Standing",
    "State",
    "history_quads",
    "instant",
    "moment_now",
    "quads_in",
    "standing",
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


PARTS = ("", "inferred", "provenance")
"""The graphs of a contribution that counts; its history is apart from them."""

_GENERATED = f"{PREFIXES['prov']}generatedAtTime"


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
class Standing:
    """What stands of a contribution in a store; its status is empty where nothing does.

    ``states`` are those of its history: closed ones, and an open one at the end where the
    contribution is there without counting.
    """

    name: str
    status: str = ""
    asserted: tuple[ox.Quad, ...] = ()
    origin: tuple[ox.Quad, ...] = ()
    states: tuple[State, ...] = ()

    @property
    def closed(self) -> tuple[State, ...]:
        """Return the states that have ended."""
        return self.states[:-1] if self.status in ASIDE else self.states

    @property
    def since(self) -> str:
        """Return the instant from which it has stood so; empty where that is not known."""
        if self.status in ASIDE:
            return self.states[-1].since
        last = self.states[-1].until if self.states else ""
        return max(since_of(self.origin), last)

    @property
    def replaced_by(self) -> tuple[str, ...]:
        """Return the names of the cases that supersede it."""
        return self.states[-1].replaced_by if self.status in ASIDE else ()

    @property
    def replaces(self) -> set[str]:
        """Return the names of the cases that stop counting because of it."""
        if self.status not in (COUNTS, SUPERSEDED):
            return set()
        return replaced_in(self.asserted, self.name)

    def ended(self, deed: Deed, at: str) -> list[State]:
        """Return the state that a deed ends at an instant, if anything stands."""
        if not self.status:
            return []
        if self.status in ASIDE:
            held = self.states[-1]
        else:
            held = State(COUNTS, self.since, text_from(self.asserted), text_from(self.origin))
        end = max(at, self.since)
        return [replace(held, until=end, ended=deed.ended, reason=deed.reason, by=deed.by)]


def since_of(origin: Iterable[ox.Quad]) -> str:
    """Return the instant that provenance gives for a contribution; empty where it gives none."""
    found = [text_of(quad.object) for quad in origin if quad.predicate.value == _GENERATED]
    return instant(max(found)) if found else ""


def standing(name: str, store: Store) -> Standing:
    """Return what stands of a contribution; costs what it holds, whatever else is stored."""
    states = tuple(read_states(store.quads(graph_of(name, "history"))))
    asserted = store.quads(graph_of(name))
    if asserted:
        origin = store.quads(graph_of(name, "provenance"))
        return Standing(name, COUNTS, tuple(asserted), tuple(origin), states)
    if not states or states[-1].until:
        return Standing(name, states=states)
    last = states[-1]
    content = quads_in(last.content, graph_of(name))
    origin = quads_in(last.origin, graph_of(name, "provenance"))
    return Standing(name, last.status, tuple(content), tuple(origin), states)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to stand of a contribution, and what was done to bring that about."""

    deed: Deed
    asserted: tuple[ox.Quad, ...] = ()
    origin: tuple[ox.Quad, ...] = ()
    retracted: bool = False
    forgets: bool = False

    def replaces(self, name: str) -> set[str]:
        if self.retracted or is_draft(self.asserted):
            return set()
        return replaced_in(self.asserted, name)


@dataclass(slots=True)
class Plan:
    """Collects what is to be done to a store, and gives the graphs that do it all at once.

    Which cases count follows from what is there alone: not a draft, not one that is
    retracted, not one that another one (neither of these) says it supersedes.
    """

    store: Store
    moment: str = field(default_factory=moment_now)
    _before: dict[str, Standing] = field(default_factory=dict)
    _wanted: dict[str, _Wanted] = field(default_factory=dict)
    _after: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def standing(self, name: str) -> Standing:
        """Return what stands of a contribution before the plan is carried out."""
        if name not in self._before:
            self._before[name] = standing(name, self.store)
        return self._before[name]

    def put(
        self,
        name: str,
        asserted: Iterable[ox.Quad],
        origin: Iterable[ox.Quad],
        deed: Deed,
        *,
        retracted: bool = False,
        forgets: bool = False,
    ) -> None:
        """Have a contribution stand; with ``retracted`` it does not count."""
        self._wanted[name] = _Wanted(deed, tuple(asserted), tuple(origin), retracted, forgets)

    def take(self, name: str, deed: Deed, *, forgets: bool = False) -> None:
        """Have nothing stand of a contribution; what it was before is kept, unless it forgets."""
        self._wanted[name] = _Wanted(deed, forgets=forgets)

    def touch(self, name: str) -> None:
        """See whether a contribution that stands still counts."""
        if name in self._wanted:
            return
        there = self.standing(name)
        if there.status in (COUNTS, SUPERSEDED):
            deed = Deed(SUPERSEDED if there.status == COUNTS else "no longer superseded")
            self.put(name, there.asserted, there.origin, deed)

    def graphs(self) -> dict[str, list[ox.Quad]]:
        """Return what the graphs that change are to hold, for the store's ``replace``.

        Raises:
            SysgraphError: two cases would each supersede the other.
        """
        for name in list(self._wanted):
            for target in self.standing(name).replaces | self._wanted[name].replaces(name):
                self.touch(target)
        self._refuse_circles()
        self._after = {name: self._judge(name) for name in self._wanted}
        counting = [name for name, (status, _) in self._after.items() if status == COUNTS]
        cases = [
            Contribution(name, "", "", list(self._wanted[name].asserted))
            for name in counting
            if not self._stays(name)
        ]
        inferred = {case.case_id: quads for case, quads in library.infer_cases(cases)}
        found: dict[str, list[ox.Quad]] = {}
        for name in self._wanted:
            if not self._stays(name) or self._wanted[name].forgets:
                found |= self._graphs(name, inferred.get(name, []))
        return found

    def set_aside(self, status: str) -> tuple[str, ...]:
        """Return the names that have come to a status by the plan, once its graphs are made."""
        came = (name for name, (now, _) in self._after.items() if now == status)
        return tuple(sorted(n for n in came if self.standing(n).status != status))

    def _judge(self, name: str) -> tuple[str, tuple[str, ...]]:
        """Return the status that follows for a contribution, and what supersedes it."""
        wanted = self._wanted[name]
        if not wanted.asserted:
            return "", ()
        if wanted.retracted:
            return RETRACTED, ()
        if is_draft(wanted.asserted):
            return DRAFT, ()
        by = self._superseders(name)
        return (SUPERSEDED if by else COUNTS), by

    def _superseders(self, name: str) -> tuple[str, ...]:
        rows = self.store.select(
            f"SELECT DISTINCT ?by WHERE {{ ?by {REPLACES} <{address_of(name)}> }}"
        )
        start = f"{NAMESPACE}case/"
        stored = {row["by"].removeprefix(start) for row in rows.texts()}
        others = {other for other, w in self._wanted.items() if name in w.replaces(other)}
        return tuple(sorted((stored - self._wanted.keys()) | others))

    def _refuse_circles(self) -> None:
        for name in self._wanted:
            seen: set[str] = set()
            waiting = self._targets(name)
            while waiting:
                other = waiting.pop()
                if other == name:
                    raise SysgraphError(
                        f"the case '{name}' would supersede itself, by way of"
                        f" {', '.join(sorted(seen)) or 'its own key'}; take out one 'supersedes:'"
                    )
                if other not in seen:
                    seen.add(other)
                    waiting |= self._targets(other)

    def _targets(self, name: str) -> set[str]:
        wanted = self._wanted.get(name)
        return wanted.replaces(name) if wanted else self.standing(name).replaces

    def _stays(self, name: str) -> bool:
        """Tell whether a contribution is afterwards what it was before."""
        there, wanted = self.standing(name), self._wanted[name]
        return self._after[name] == (there.status, there.replaced_by) and (
            text_from(there.asserted) == text_from(wanted.asserted)
            and text_from(there.origin) == text_from(wanted.origin)
        )

    def _graphs(self, name: str, inferred: list[ox.Quad]) -> dict[str, list[ox.Quad]]:
        wanted, (status, by) = self._wanted[name], self._after[name]
        there = self.standing(name)
        found: dict[str, list[ox.Quad]] = {}
        if status == COUNTS:
            parts = (list(wanted.asserted), inferred, list(wanted.origin))
            found = {graph_of(name, part): quads for part, quads in zip(PARTS, parts, strict=True)}
        elif there.status == COUNTS:
            found = {graph_of(name, part): [] for part in PARTS}
        at = max(self.moment, there.since)
        states = [] if wanted.forgets else [*there.closed, *there.ended(wanted.deed, at)]
        if status in ASIDE:
            stated, origin = text_from(wanted.asserted), text_from(wanted.origin)
            states.append(State(status, at, stated, origin, replaced_by=by))
        if states or there.states:
            found[graph_of(name, "history")] = history_quads(name, states)
        return found
