"""What the index knows of one case, taken from its asserted triples, as a record and as a line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from sys import intern
from typing import NamedTuple

from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = [
    "ENTRY_PATTERN",
    "PREDICATES",
    "Entry",
    "entry_of",
    "escape",
    "line_of",
    "parse_line",
    "unescape",
]

_SYSG = f"<{NAMESPACE}"
_CITES = f"<{PREFIXES['cito']}citesAsEvidence>"
_TITLE = f"<{PREFIXES['dcterms']}title>"
_NAMES = (
    "hasFacetValue",
    "hasJudgement",
    "hasLedOutcome",
    "hasObservation",
    "hasPractice",
    "hasPrimaryType",
    "hasReading",
    "hasSecondaryType",
    "hasWorkingOutcome",
    "observesValue",
    "pageRead",
)
PREDICATES = frozenset((_CITES, _TITLE, *(f"{_SYSG}{name}>" for name in _NAMES)))
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
    ``also`` holds the secondary types, sorted.
    """

    case_id: str
    title: str
    type: str
    led: str
    working: str
    checked: bool
    readings: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()


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
    titles = [_text(said) for whose, said in links[_TITLE] if whose == case]
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
    )


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


def _text(literal: str) -> str:
    """Return what an N-Triples literal says, without its language or datatype."""
    text = literal[1 : literal.rindex('"')]
    return unescape(text) if "\\" in text else text


_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_TABLE = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def unescape(text: str) -> str:
    r"""Return a text with the escapes of N-Triples resolved.

    >>> unescape(r"one\ttab, one \u00e9, one \\ alone")
    'one\ttab, one é, one \\ alone'
    """
    return re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)


def escape(text: str) -> str:
    """Return a text without ends of lines and tabs, as N-Triples would escape them."""
    return text.translate(_TABLE)


def line_of(entry: Entry) -> str:
    """Return an entry as one line of text, without its end."""
    readings = ";".join(" ".join(reading) for reading in entry.readings)
    checked = "read" if entry.checked else ""
    slugs = (entry.type, entry.led, entry.working)
    also = " ".join(entry.also)
    return "\t".join((entry.case_id, escape(entry.title), *slugs, checked, readings, also))


def parse_line(line: str) -> Entry:
    """Return the entry that a line was made from.

    Raises:
        ValueError: it was made from none.
    """
    case_id, title, kind, led, working, checked, readings, also = line.split("\t")
    listed = tuple(tuple(reading.split(" ")) for reading in readings.split(";")) if readings else ()
    read = checked == "read"
    others = tuple(also.split(" ")) if also else ()
    return Entry(case_id, unescape(title), kind, led, working, read, listed, others)
