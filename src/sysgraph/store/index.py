"""The cases of a store as bits: for each facet value, type and judgement the rows where it holds.

What goes in is an entry for each case, taken from its asserted triples, that can be a line of text.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from sys import intern
from typing import NamedTuple

from sysgraph.near import nearest
from sysgraph.terms import NAMESPACE, PREFIXES, literal_text, unescape

__all__ = [
    "CHECKED",
    "ENTRY_PATTERN",
    "INDEPENDENT",
    "ON_OUTCOME",
    "PREDICATES",
    "Entry",
    "Index",
    "entry_of",
    "escape",
    "line_of",
    "ones",
    "parse_line",
]

_SYSG = f"<{NAMESPACE}"
_CITES = f"<{PREFIXES['cito']}citesAsEvidence>"
_TITLE = f"<{PREFIXES['dcterms']}title>"
_NAMES = (
    "hasFacetValue hasIndependence hasJudgement hasLedOutcome hasObservation hasPractice"
    " hasPrimaryType hasReading hasSecondaryType hasSelection hasWorkingOutcome observesValue"
    " pageRead"
)
PREDICATES = frozenset((_CITES, _TITLE, *(f"{_SYSG}{name}>" for name in _NAMES.split())))
"""The predicates that an entry is made from, as N-Triples."""

_JOINED = frozenset(f"{_SYSG}{name}>" for name in ("hasObservation", "observesValue"))
ENTRY_PATTERN = f"""
  {{ VALUES ?p {{ {" ".join(sorted(PREDICATES - _JOINED))} }} ?s ?p ?o }}
  UNION {{ ?s {_SYSG}hasObservation> ?x . ?x {_SYSG}observesValue> ?o .
           BIND ({_SYSG}hasFacetValue> AS ?p) }}"""
"""What matches, in the graph of a case, the triples ?s ?p ?o of its entry.

Each facet value comes without the observation between, for naming these would take most of
the time: fetching the text of a term from a large store costs more than finding it.
"""

_TRUE = frozenset(f'"{word}"^^<{PREFIXES["xsd"]}boolean>' for word in ("true", "1"))

_Links = dict[str, list[tuple[str, str]]]


class Entry(NamedTuple):
    """One case: its id, title, type and judgements, and the facet values of each reading.

    ``checked`` tells that a citation was read. A facet value goes by what follows the namespace,
    such as ``value/agreement-plural`` or ``aim/improve``. What the case does not say is empty.
    ``also`` holds the secondary types, sorted, and ``marks`` the keys of what else an index
    tells of the case: on which tests it was judged by others, and that its outcome chose it.
    """

    case_id: str
    title: str
    type: str
    led: str
    working: str
    checked: bool
    readings: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def entry_of(case_id: str, triples: Iterable[tuple[str, str, str]]) -> Entry:
    """Return the record of one case from its asserted triples, each three N-Triples terms.

    Takes some 20 microseconds. The record is the same whatever the order of the triples.
    """
    links: _Links = defaultdict(list)
    for subject, predicate, value in triples:
        if predicate in PREDICATES:
            links[predicate].append((subject, value))
    case = f"<{NAMESPACE}case/{case_id}>"
    observed = dict(links[f"{_SYSG}observesValue>"])
    values: dict[str, set[str]] = defaultdict(set)
    for reading, observation in links[f"{_SYSG}hasObservation>"]:
        if observation in observed:
            values[reading].add(_slug(observed[observation]))
    for reading, value in links[f"{_SYSG}hasFacetValue>"]:
        values[reading].add(_slug(value))
    read = {citation for citation, said in links[f"{_SYSG}pageRead>"] if said in _TRUE}
    titles = [literal_text(said) for whose, said in links[_TITLE] if whose == case]
    return Entry(
        case_id,
        min(titles, default=""),
        _through(links, case, "hasPractice", "hasPrimaryType"),
        _through(links, case, "hasLedOutcome", "hasJudgement"),
        _through(links, case, "hasWorkingOutcome", "hasJudgement"),
        any(whose == case and citation in read for whose, citation in links[_CITES]),
        tuple(
            sorted(
                tuple(sorted(values[reading]))
                for whose, reading in links[f"{_SYSG}hasReading>"]
                if whose == case and values[reading]
            )
        ),
        tuple(sorted(_ends(links, case, "hasPractice", "hasSecondaryType"))),
        tuple(_marks(links, case)),
    )


def _marks(links: _Links, case: str) -> Iterator[str]:
    if (case, _ON_OUTCOME) in links[f"{_SYSG}hasSelection>"]:
        yield ON_OUTCOME
    for test, way in (("led", "hasLedOutcome"), ("working", "hasWorkingOutcome")):
        if "yes" in _ends(links, case, way, "hasIndependence"):
            yield f"{INDEPENDENT}{test}"


def _through(links: _Links, case: str, first: str, second: str) -> str:
    """Return the last part of what a case comes to by two steps; the first by name if several."""
    return min(_ends(links, case, first, second), default="")


def _ends(links: _Links, case: str, first: str, second: str) -> set[str]:
    """Return the last parts of all that a case comes to by two steps."""
    middle = {value for whose, value in links[f"{_SYSG}{first}>"] if whose == case}
    ends = (value for whose, value in links[f"{_SYSG}{second}>"] if whose in middle)
    return {intern(end[1:-1].rpartition("/")[2]) for end in ends}


def _slug(value: str) -> str:
    return intern(value[1:-1].removeprefix(NAMESPACE))


_TABLE = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def escape(text: str) -> str:
    """Return a text without ends of lines and tabs, as N-Triples would escape them."""
    return text.translate(_TABLE)


def line_of(entry: Entry) -> str:
    """Return an entry as one line of text, without its end."""
    readings = ";".join(" ".join(reading) for reading in entry.readings)
    checked = "read" if entry.checked else ""
    slugs = (entry.type, entry.led, entry.working)
    also, marks = " ".join(entry.also), " ".join(entry.marks)
    return "\t".join((entry.case_id, escape(entry.title), *slugs, checked, readings, also, marks))


def parse_line(line: str) -> Entry:
    """Return the entry that a line was made from.

    Raises:
        ValueError: it was made from none.
    """
    case_id, title, kind, led, working, checked, readings, also, marks = line.split("\t")
    listed = tuple(tuple(reading.split(" ")) for reading in readings.split(";")) if readings else ()
    read = checked == "read"
    others, noted = (tuple(text.split(" ")) if text else () for text in (also, marks))
    return Entry(case_id, unescape(title), kind, led, working, read, listed, others, noted)


CHECKED = "checked"
"""The key of the rows of cases of which a citation was read."""
INDEPENDENT = "independent="
"""What the keys begin with of the rows of cases that others judged than those who led, by test."""
ON_OUTCOME = "selection=on-outcome"
"""The key of the rows of cases that were looked for because of what came of them."""
_ON_OUTCOME = f"<{PREFIXES['selection']}on-outcome>"

_FLAGS = bytes.maketrans(b"01", b"\0\1")
_FEW = 48
_COMPARED = 2000

_Cut = tuple[range, range]
"""Rows that go, and the rows of a smaller table that come in their place."""


class Index:
    """The cases of a store, in the order of their ids, each a row of bits for each reading.

    A case without a reading has one row. ``bits`` maps a facet value, ``type=...``,
    ``also=...`` (a secondary type), ``led=...``, ``working=...``, ``checked`` or a mark to the rows
    where it holds, as one integer whose lowest bit is the first row. ``heads`` marks the first
    row of each case.

    Changes are noted at once and worked in when the next question comes, so that who only
    writes pays nothing that grows with the number of cases.
    """

    def __init__(
        self, ids: list[str], titles: list[str], heads: int, rows: int, bits: dict[str, int]
    ) -> None:
        """Take a table as it is; ``build`` makes one from entries."""
        self._ids, self._titles = ids, titles
        self._heads, self._rows, self._bits = heads, rows, bits
        self._pending: dict[str, Entry | None] = {}
        self._find_starts()

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> Index:
        """Return the index of these entries, whose ids differ; 6 microseconds an entry."""
        ids: list[str] = []
        titles: list[str] = []
        starts = array("L", [0])
        holders: dict[str, array[int]] = defaultdict(lambda: array("L"))
        for entry in entries:
            ids.append(entry.case_id)
            titles.append(entry.title)
            end = starts[-1]
            for keys in _keys(entry):
                for key in keys:
                    holders[key].append(end)
                end += 1
            starts.append(end)
        order = sorted(range(len(ids)), key=ids.__getitem__)
        place = array("L", bytes(starts.itemsize * starts[-1]))
        heads = []
        row = 0
        for case in order:
            heads.append(row)
            for old in range(starts[case], starts[case + 1]):
                place[old] = row
                row += 1
        bits = {key: _packed((place[old] for old in holders[key]), row) for key in sorted(holders)}
        ids, titles = ([texts[case] for case in order] for texts in (ids, titles))
        return cls(ids, titles, _packed(heads, row), row, bits)

    def _find_starts(self) -> None:
        """Note the first row of each case, and where the rows end."""
        marks = f"{self._heads:b}"[::-1].encode().translate(_FLAGS)
        self._starts = array("L", compress(range(self._rows), marks))
        self._starts.append(self._rows)

    def put(self, entry: Entry) -> None:
        """Add a case, or put it in the place of that of the same id."""
        self._pending[entry.case_id] = entry

    def drop(self, case_id: str) -> None:
        """Take a case away, if it is there."""
        self._pending[case_id] = None

    @property
    def ids(self) -> Sequence[str]:
        """Return the ids of all cases, sorted."""
        self._settle()
        return self._ids

    @property
    def titles(self) -> Sequence[str]:
        """Return the titles of all cases, in the order of their ids."""
        self._settle()
        return self._titles

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        self._settle()
        return self._rows

    @property
    def heads(self) -> int:
        """Return the first rows of all cases."""
        self._settle()
        return self._heads

    @property
    def bits(self) -> dict[str, int]:
        """Return the rows of every key, the keys sorted and none of them without a row."""
        self._settle()
        return self._bits

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, case_id: object) -> bool:
        self._settle()
        return self._find(str(case_id))[1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Index):
            return NotImplemented
        mine, theirs = ((each.ids, each.titles, each.heads, each.bits) for each in (self, other))
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]

    def ids_like(self, name: str) -> list[str]:
        """Return the three ids nearest to a name that is none, the nearest first.

        Among many cases only those that begin alike are compared, which takes milliseconds.
        """
        ids = self.ids
        size = 0
        while len(ids) > _COMPARED and size < len(name):
            size += 1
            start = bisect_left(self.ids, name[:size])
            ids = self.ids[start : bisect_left(self.ids, name[:size] + "\x7f")]
        return nearest(name, ids[:_COMPARED], most=3)

    def rows_of(self, key: str) -> int:
        """Return the rows where something holds."""
        return self.bits.get(key, 0)

    def rows_of_any(self, keys: Iterable[str]) -> int:
        """Return the rows where at least one of several things holds."""
        found = 0
        for key in keys:
            found |= self.rows_of(key)
        return found

    def holding(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield what follows a prefix such as ``type=`` in the keys, with the rows of each."""
        for key, rows in self.bits.items():
            if key.startswith(prefix):
                yield key.removeprefix(prefix), rows

    def count(self, rows: int) -> int:
        """Return how many cases begin in these rows, which are to hold whole cases."""
        return (rows & self.heads).bit_count()

    def case_at(self, row: int) -> int:
        """Return the number of the case that a row belongs to, in the order of ids."""
        return bisect_right(self._starts, row) - 1

    def span(self, row: int) -> range:
        """Return all rows of the case that a row belongs to."""
        case = self.case_at(row)
        return range(self._starts[case], self._starts[case + 1])

    def rows_of_case(self, case_id: str) -> int:
        """Return the rows of one case, or none if it is not there."""
        self._settle()
        at, there = self._find(case_id)
        return (1 << self._starts[at + there]) - (1 << self._starts[at])

    def lifted(self, rows: int) -> int:
        """Return the first rows of the cases that have any of these rows."""
        found = rows & self.heads
        while rows := (rows ^ (rows & self._heads)) >> 1:
            found |= rows & self._heads
        return found

    def _settle(self) -> None:
        if not self._pending:
            return
        pending, self._pending = self._pending, {}
        new = Index.build(entry for entry in pending.values() if entry)
        cuts: list[_Cut] = []
        for case_id in sorted(pending):
            at, there = self._find(case_id)
            after, is_new = new._find(case_id)
            gone = range(self._starts[at], self._starts[at + there])
            cuts.append((gone, range(new._starts[after], new._starts[after + is_new])))
        keys = sorted(self._bits.keys() | new._bits.keys())
        spliced = (
            self._splice(self._bits.get(key, 0), new._bits.get(key, 0), cuts) for key in keys
        )
        self._bits = {key: rows for key, rows in zip(keys, spliced, strict=True) if rows}
        self._heads = self._splice(self._heads, new._heads, cuts)
        self._rows += sum(len(put) - len(gone) for gone, put in cuts)
        for case_id, entry in sorted(pending.items(), reverse=True):
            at, there = self._find(case_id)
            self._ids[at : at + there] = [case_id] if entry else []
            self._titles[at : at + there] = [entry.title] if entry else []
        self._find_starts()

    def _find(self, case_id: str) -> tuple[int, bool]:
        """Return where a case stands or would stand, and whether it is there."""
        at = bisect_left(self._ids, case_id)
        return at, at < len(self._ids) and self._ids[at] == case_id

    def _splice(self, rows: int, new: int, cuts: Sequence[_Cut]) -> int:
        """Return rows with pieces cut out and pieces of new rows put in their places."""
        if len(cuts) <= _FEW:
            for gone, put in reversed(cuts):
                piece = new >> put.start & ((1 << len(put)) - 1)
                low = rows & ((1 << gone.start) - 1)
                rows = ((rows >> gone.stop) << len(put) | piece) << gone.start | low
            return rows
        # Each shift moves the whole integer; for many cuts its digits are quicker to cut.
        text, added = (
            f"{bits:0{size}b}"[::-1] for bits, size in ((rows, self._rows), (new, cuts[-1][1].stop))
        )
        parts: list[str] = []
        at = 0
        for gone, put in cuts:
            parts += (text[at : gone.start], added[put.start : put.stop])
            at = gone.stop
        return int("".join((*parts, text[at:]))[::-1] or "0", 2)


def _keys(entry: Entry) -> Iterator[tuple[str, ...]]:
    """Yield, for each row of a case, what holds there."""
    whole = [f"type={entry.type}", f"led={entry.led}", f"working={entry.working}"]
    whole += [*(f"also={kind}" for kind in entry.also), *entry.marks]
    if entry.checked:
        whole.append(CHECKED)
    for reading in entry.readings or ((),):
        yield (*whole, *reading)


def _packed(rows: Iterable[int], size: int) -> int:
    packed = bytearray((size >> 3) + 1)
    for row in rows:
        packed[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(packed, "little")


def ones(rows: int) -> Iterator[int]:
    """Yield the numbers of rows that are set, the lowest first."""
    packed = rows.to_bytes((rows.bit_length() >> 3) + 1, "little")
    for match in re.finditer(rb"[^\0]", packed):
        byte, start = match.group()[0], match.start() << 3
        for bit in range(8):
            if byte >> bit & 1:
                yield start + bit
