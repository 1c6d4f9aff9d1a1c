"""One side of a comparison, asked alike whether it is a store, files or a revision.

Cases and critiques of a side that are held in memory, or laid over those of another side.
A case as a tree of parts, and two of them compared by what they say, not by how they say it.
Files as a side: laid over another one, as if they were added to it.
Two ontologies compared, term by term and rule by rule; anonymous classes go by what they say.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.advice.cases import Cases, StoredCase
from sysgraph.advice.frame import Critique, load_critiques
from sysgraph.case.contribution import Contribution
from sysgraph.case.document import owner_of
from sysgraph.rdf import quads_of, triples_of
from sysgraph.reason.engine import Reasoner
from sysgraph.store.index import Entry, Index, entry_of, unescape
from sysgraph.store.local import memory
from sysgraph.terms import CRITIQUE, NAMESPACE, ONTOLOGY_GRAPH, PREFIXES, Triple

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = [
    "TOLD_APART_BY",
    "Change",
    "Files",
    "HeldCases",
    "Overlaid",
    "Part",
    "Side",
    "compare_parts",
    "grow",
    "grow_terms",
    "iri_of",
    "is_same",
    "name_of",
    "own_statements",
    "shortened",
    "tidy",
]


def iri_of(name: str) -> str:
    """Return the IRI of a case, which goes by its id, or of a critique by itself."""
    return f"{PREFIXES['sysg']}{name}" if name.startswith(CRITIQUE) else f"{PREFIXES['case']}{name}"


def own_statements(name: str, quads: Iterable[ox.Quad]) -> frozenset[Triple]:
    """Return what a contribution says of itself and its parts, as N-Triples.

    What it says of anything else is refused by every other command, and is left out here.
    """
    iri = iri_of(name)
    starts = (f"<{iri}>", f"<{iri}/")
    return frozenset(triple for triple in triples_of(quads) if triple[0].startswith(starts))


class Side(ABC):
    """A whole library: an ontology with cases and critiques, which go by their names.

    ``notes`` are things that a reader should know about how it was read, a sentence each.
    """

    def __init__(self, name: str) -> None:
        """Name the side as the person did."""
        self.name = name
        self.notes: list[str] = []

    @property
    @abstractmethod
    def names(self) -> Collection[str]:
        """Return the names of all cases and critiques that stand by themselves."""

    @abstractmethod
    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts; nothing where there is none of that name."""

    @property
    @abstractmethod
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""

    @property
    @abstractmethod
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say, or None where they do not come with this side."""

    @property
    @abstractmethod
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule file, or None where they do not come with this side."""

    @property
    @abstractmethod
    def frame(self) -> Frame:
        """Return what advice is made from."""

    @property
    @abstractmethod
    def reasoner(self) -> Reasoner:
        """Return what reasons over a case by this side's ontology."""


_CASE = PREFIXES["case"]
_ASKS = f"<{PREFIXES['sysg']}asks>"
_ABOUT = f"<{PREFIXES['sysg']}isAbout>"
_TITLE = f"<{PREFIXES['dcterms']}title>"


def _told(entry: Entry) -> StoredCase:
    return StoredCase(
        entry.case_id, entry.title, entry.type, entry.led, entry.working, entry.checked
    )


class HeldCases(Cases):
    """Cases by their index alone, for sides that are no store."""

    def __init__(self, entries: Iterable[Entry], facets: Mapping[str, str]) -> None:
        """Take the entry of each case; ``facets`` goes from the IRI of a value to its facet."""
        super().__init__(None, facets)
        self._entries = {entry.case_id: entry for entry in entries}
        self._index = Index.build(self._entries.values())

    def index(self) -> Index:
        """Return the index of the cases."""
        return self._index

    def __getitem__(self, iri: str) -> StoredCase:
        return _told(self._entries[iri.removeprefix(_CASE)])


class OverlaidCases(Cases):
    """The cases of another side, some of them added, replaced or, where None, taken away."""

    def __init__(self, base: Cases, entries: Mapping[str, Entry | None]) -> None:
        """Lay entries over the cases of a side, which stay as they are."""
        super().__init__(None, base._facets)
        self._base, self._entries = base, dict(entries)
        index = base.index()
        self._index = Index(
            list(index.ids), list(index.titles), index.heads, index.rows, dict(index.bits)
        )
        for name, entry in self._entries.items():
            if entry is None:
                self._index.drop(name)
            else:
                self._index.put(entry)

    def index(self) -> Index:
        """Return the index of the cases."""
        return self._index

    def __getitem__(self, iri: str) -> StoredCase:
        name = iri.removeprefix(_CASE)
        if name not in self._entries:
            return self._base[iri]
        entry = self._entries[name]
        if entry is None:
            raise KeyError(iri)
        return _told(entry)


def critiques_over(
    base: Sequence[Critique],
    put: Mapping[str, Iterable[Triple]],
    terms: Iterable[Triple],
    cases: Cases,
) -> list[Critique]:
    """Return the critiques of a side once some contributions are laid over it."""
    kept = [one for one in base if name_of(one.iri) not in put]
    laid = {name: list(triples) for name, triples in put.items()}
    said = [triple for triples in laid.values() for triple in triples]
    if not any(predicate == _ASKS for _, predicate, _ in said):
        return kept
    index = cases.index()
    titles = dict(zip(index.ids, index.titles, strict=True))
    about = {name_of(value.strip("<>")) for _, predicate, value in said if predicate == _ABOUT}
    held = quads_of([*terms, *said], ONTOLOGY_GRAPH)
    # Cases that are only spoken about are known by their titles.
    held += quads_of(
        (f"<{_CASE}{name}>", _TITLE, _literal(titles[name]))
        for name in sorted(about - laid.keys())
        if name in titles
    )
    return sorted([*kept, *load_critiques(memory(held))], key=lambda critique: critique.iri)


def name_of(iri: str) -> str:
    """Return the name of the contribution that a critique or a part of a case belongs to."""
    owner = owner_of(iri)
    if owner.startswith(f"{PREFIXES['sysg']}{CRITIQUE}"):
        return owner.removeprefix(PREFIXES["sysg"])
    return owner.removeprefix(_CASE)


def _literal(text: str) -> str:
    import pyoxigraph as ox

    return str(ox.Literal(text))


TOLD_APART_BY = (
    f"<{PREFIXES['sysg']}standpoint>",
    f"<{PREFIXES['dcterms']}title>",
    f"<{PREFIXES['sysg']}says>",
)
"""What numbered parts of a kind are told apart by, for a person."""
_LONG = 60

_ALIKE = 0.3
"""How much of what two numbered parts say must be the same for them to be the same part."""


@dataclass(frozen=True, slots=True)
class Part:
    """A thing and its parts. ``values`` and ``parts`` go by predicate, as N-Triples writes it.

    ``iri`` is bare. ``says`` is the same for two parts that say the same, whatever their names.
    """

    iri: str
    values: Mapping[str, frozenset[str]]
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)

    @property
    def says(self) -> tuple[object, ...]:
        """Return all that the part says, without its own name."""
        return (
            tuple(sorted((name, tuple(sorted(found))) for name, found in self.values.items())),
            tuple(
                sorted(
                    (name, tuple(sorted(map(repr, (p.says for p in each)))))
                    for name, each in self.parts.items()
                )
            ),
        )

    @property
    def name(self) -> str:
        """Return the last word of the IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that is new, gone or other: where it stands, and what it said and says.

    ``path`` holds the parts around it, the outermost first; terms are N-Triples. With no
    ``before`` it is added, with no ``after`` removed.
    """

    path: tuple[Part, ...]
    predicate: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def tidy(term: str) -> str:
    r"""Return an N-Triples term with the white space of its text made even, and unescaped.

    >>> tidy(r'"one  \n two"@en')
    '"one two"@en'
    """
    if not term.startswith('"'):
        return term
    end = term.rindex('"')
    text = unescape(term[1:end]) if "\\" in term else term[1:end]
    even = " ".join(text.split())
    return f'"{even}"{term[end + 1 :]}'


def grow(iri: str, triples: Iterable[Triple], holders: Collection[str] = ()) -> Part | None:
    """Return a contribution as a tree, or None where nothing is said of it.

    ``holders`` are the predicates that lead to parts. Mentions of its own parts are written as
    what these say, so that their numbers do not matter.
    """
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value in triples:
        said[subject].append((predicate, tidy(value)))
    if f"<{iri}>" not in said:
        return None
    start = f"<{iri}/"

    def part(subject: str, above: frozenset[str]) -> Part:
        values: dict[str, set[str]] = defaultdict(set)
        parts: dict[str, list[Part]] = defaultdict(list)
        for predicate, value in said.get(subject, ()):
            if predicate in holders and value.startswith(start) and value not in above:
                parts[predicate].append(part(value, above | {value}))
            elif value.startswith(start):
                values[predicate].add(f'"{_mention(value, start, said)}"')
            else:
                values[predicate].add(value)
        return Part(
            subject[1:-1],
            {name: frozenset(found) for name, found in values.items()},
            {
                name: tuple(sorted(found, key=lambda each: (len(each.iri), each.iri)))
                for name, found in parts.items()
            },
        )

    return part(f"<{iri}>", frozenset({f"<{iri}>"}))


def shortened(text: str) -> str:
    """Return a text that is short enough to be a name."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 1].rstrip()}…"


def _mention(value: str, start: str, said: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return how a part of the same case is spoken of: by what it says, if it has a number."""
    name = value.removeprefix(start).rstrip(">")
    if not re.search(r"\d", name):
        return f"its own {name}"
    told = {predicate: term for predicate, term in said.get(value, ()) if term.startswith('"')}
    terms = [told[predicate] for predicate in TOLD_APART_BY if predicate in told]
    kind = re.sub(r"/?\d+", "", name)
    text = terms[0][1 : terms[0].rindex('"')] if terms else ""
    return f"its own {kind}" + (f" ({shortened(text)})" if text else "")


def compare_parts(
    before: Part | None,
    after: Part | None,
    order: Mapping[str, int],
    above: tuple[Part, ...] = (),
) -> Iterator[Change]:
    """Yield in what two versions of a thing differ, part by part.

    ``order`` ranks the predicates; those that it does not name come last, by name.
    """
    here = after or before
    assert here is not None  # nobody asks about nothing
    path = (*above, here)

    def ranked(names: Iterable[str]) -> list[str]:
        return sorted({*names}, key=lambda name: (order.get(name, len(order)), name))

    old = before.values if before else {}
    new = after.values if after else {}
    for predicate in ranked((*old, *new)):
        gone = old.get(predicate, frozenset()) - new.get(predicate, frozenset())
        come = new.get(predicate, frozenset()) - old.get(predicate, frozenset())
        if gone or come:
            yield Change(path, predicate, tuple(sorted(gone)), tuple(sorted(come)))
    were = before.parts if before else {}
    are = after.parts if after else {}
    for predicate in ranked((*were, *are)):
        pairs = _pairs(were.get(predicate, ()), are.get(predicate, ()))
        for one, other in sorted(pairs, key=_place):
            yield from compare_parts(one, other, order, path)


def _place(pair: tuple[Part | None, Part | None]) -> tuple[int, str]:
    part = pair[1] or pair[0]
    return (len(part.iri), part.iri) if part else (0, "")


def _pairs(
    before: Sequence[Part], after: Sequence[Part]
) -> Iterator[tuple[Part | None, Part | None]]:
    """Yield which part of the one side is which of the other; None stands for no part."""
    old, new = list(before), list(after)
    for one in before:
        same = [other for other in new if other.says == one.says]
        if same:
            old.remove(one)
            new.remove(min(same, key=lambda other: other.name != one.name))
    ranked = sorted(
        (
            (_likeness(one, other), one.name == other.name, one, other)
            for one in old
            for other in new
        ),
        key=lambda found: (-(found[0] + found[1]), found[2].iri, found[3].iri),
    )
    for alike, is_named, one, other in ranked:
        # A number is no name: the second citation may now be the first.
        if (
            one in old
            and other in new
            and (alike >= _ALIKE or (is_named and not one.name.isdigit()))
        ):
            old.remove(one)
            new.remove(other)
            yield one, other
    yield from ((one, None) for one in old)
    yield from ((None, other) for other in new)


def _likeness(one: Part, other: Part) -> float:
    """Return how much of what two parts say is the same, from 0 to 1."""
    mine, theirs = set(_facts(one)), set(_facts(other))
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


def _facts(part: Part) -> Iterator[tuple[str, ...]]:
    for predicate, values in part.values.items():
        if not predicate.endswith("#type>"):
            yield from ((predicate, value) for value in values)
    for predicate, parts in part.parts.items():
        yield from ((predicate, *fact) for each in parts for fact in _facts(each))


_DRAFT = f"<{NAMESPACE}isDraft>"
_REPLACES = f"<{PREFIXES['dcterms']}replaces>"


class Files:
    """Cases and critiques by themselves, from files; they become a side when laid over one."""

    def __init__(self, name: str, found: Iterable[Contribution]) -> None:
        """Take what was read."""
        self.name = name
        self.cases = {one.case_id: own_statements(one.case_id, one.quads) for one in found}
        self.notes = [
            f"{one.file}: the {one.title} cannot be loaded as it is; run 'sysgraph validate' on it."
            for one in found
            if one.findings
        ]


class Overlaid(Side):
    """A side with some cases and critiques put in, replaced or taken away."""

    def __init__(self, base: Side, part: Files, without: Iterable[str] = ()) -> None:
        """Lay the part over the base; ``without`` names what is taken away."""
        super().__init__(part.name)
        self.notes = [*part.notes]
        self._base = base
        self.notes += _lives(part)
        self._put: dict[str, frozenset[Triple]] = {
            **{name: frozenset[Triple]() for name in without},
            **part.cases,
        }

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        gone = {name for name, triples in self._put.items() if not triples}
        return frozenset({*self._base.names, *self._put} - gone)

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        found = self._put.get(name)
        return self._base.statements(name) if found is None else found

    @property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return self._base.terms

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say."""
        return self._base.demands

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule file."""
        return self._base.rules

    @property
    def reasoner(self) -> Reasoner:
        """Return the reasoner of the base, whose ontology this is."""
        return self._base.reasoner

    @cached_property
    def frame(self) -> Frame:
        """Return the frame of the base with the cases and critiques that are laid over it."""
        from dataclasses import replace

        base = self._base.frame
        counted = _counted(self._put)
        entries: dict[str, Entry | None] = {
            name: entry_of(name, triples) if triples else None
            for name, triples in counted.items()
            if not name.startswith(CRITIQUE)
        }
        cases = OverlaidCases(base.cases, entries)
        critiques = critiques_over(base.critiques, counted, self.terms, cases)
        return replace(base, cases=cases, critiques=critiques)


def _is_draft(triples: Iterable[Triple]) -> bool:
    """Tell whether a case says that it is a draft, which is kept and does not count."""
    return any(p == _DRAFT and o[1:].startswith(("true", "1")) for _, p, o in triples)


def _superseded(name: str, triples: Iterable[Triple]) -> list[str]:
    """Return the ids of the cases that stop counting because of a case."""
    if _is_draft(triples):
        return []
    start = f"<{PREFIXES['case']}"
    own = f"<{iri_of(name)}>"
    found = (o for s, p, o in triples if s == own and p == _REPLACES and o.startswith(start))
    return sorted(value.removeprefix(start).rstrip(">") for value in found)


def _counted(put: Mapping[str, frozenset[Triple]]) -> dict[str, frozenset[Triple]]:
    """Return what counts of what is put: drafts do not, nor what a case supersedes."""
    nothing = frozenset[Triple]()
    found = {name: nothing if _is_draft(said) else said for name, said in put.items()}
    for name, said in put.items():
        found |= dict.fromkeys(_superseded(name, said), nothing)
    return found


def _lives(part: Files) -> list[str]:
    told = []
    for name, said in part.cases.items():
        if _is_draft(said):
            told.append(f"{name} is a draft: it is kept, and does not count as evidence.")
        gone = ", ".join(_superseded(name, said))
        if gone:
            told.append(f"{name} supersedes {gone}, which would no longer count as evidence.")
    return told


_DEPTH = 12
_Said = Mapping[str, list[tuple[str, str]]]


def grow_terms(triples: Iterable[Triple]) -> dict[str, Part]:
    """Return what is said of each named term, by its IRI as N-Triples writes it.

    An anonymous class or list is written out where it is spoken of, so that neither its name
    nor its place in a file matters. What is spoken of nowhere, as a statement that classes
    exclude each other, goes by what it says.
    """
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    mentioned: set[str] = set()
    for subject, predicate, value in triples:
        said[subject].append((predicate, value))
        if value.startswith("_:"):
            mentioned.add(value)
    found = {}
    for subject, pairs in said.items():
        if subject.startswith("_:"):
            if subject in mentioned:
                continue
            name = _written(subject, said, 0)
            found[name] = Part(name, {"": frozenset({name})})
            continue
        values: dict[str, set[str]] = defaultdict(set)
        for predicate, value in pairs:
            values[predicate].add(_written(value, said, 0))
        found[subject] = Part(subject[1:-1], {name: frozenset(v) for name, v in values.items()})
    return found


def is_same(one: Iterable[Triple], other: Iterable[Triple]) -> bool:
    """Tell whether two ontologies say the same, whatever their anonymous nodes are called."""
    mine, theirs = grow_terms(one), grow_terms(other)
    return mine.keys() == theirs.keys() and all(
        part.says == theirs[name].says for name, part in mine.items()
    )


def _written(term: str, said: _Said, depth: int) -> str:
    if not term.startswith("_:"):
        return tidy(term)
    if depth > _DEPTH:
        return "…"
    members = _members(term, said)
    if members:
        listed = [_written(member, said, depth + 1) for member in members]
        return f"({' '.join(listed)})"
    pairs = sorted(
        f"{predicate} {_written(value, said, depth + 1)}" for predicate, value in said.get(term, ())
    )
    return f"[{'; '.join(pairs)}]"


def _members(node: str, said: _Said) -> list[str]:
    return list(_listed(node, said))


def _listed(node: str, said: _Said) -> Iterator[str]:
    seen: set[str] = set()
    while node not in seen:
        seen.add(node)
        pairs = {predicate.rpartition("#")[2]: value for predicate, value in said.get(node, ())}
        if "first>" not in pairs:
            return
        yield pairs["first>"]
        node = pairs.get("rest>", "")
