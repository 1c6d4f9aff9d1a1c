"""What a comparison found, ready to be told: plain records, with all terms in words.

Terms, parts and changes in words: labels of the ontology, and the keys that people write.
Which claims stand attacked on the one side and not on the other, and by whom.
What a reviewer wants to know of a case at a glance, taken from its statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from sysgraph.advice.dissent import Claim, Dissent, Label
from sysgraph.advice.frame import Critique, Target
from sysgraph.diff.overlay import TOLD_APART_BY, Change, Part, shortened, tidy
from sysgraph.files import data
from sysgraph.ontology import load_vocabulary
from sysgraph.terms import PREFIXES, Triple, compact, local_name

if TYPE_CHECKING:
    from sysgraph.reason.explain import Explanation

__all__ = [
    "Concern",
    "Count",
    "Line",
    "Move",
    "Nearness",
    "Proof",
    "Reason",
    "Record",
    "Review",
    "Standing",
    "Status",
    "Subject",
    "Verdict",
    "Words",
    "compare_claims",
    "kind_of",
    "lowest_and_highest",
    "why_fallen",
]


class Status(StrEnum):
    """What became of a thing, or of a statement, from the one side to the other."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that differs: its part of the thing, its field, what was said and is said."""

    part: str
    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def status(self) -> Status:
        """Return whether it is new, gone, or says something else."""
        if not self.before:
            return Status.ADDED
        return Status.CHANGED if self.after else Status.REMOVED


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that differs: a case or critique by its name, or a term of the ontology.

    ``kind`` is a word such as case, critique, consideration, rule or term.
    """

    name: str
    kind: str
    title: str
    status: Status
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a type stands on a test, from -1 to 1, before and after; None is too little known."""

    type: str
    test: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A consideration or caution that counts in a situation on one side only, or otherwise.

    ``does`` is what it does or did: for, against or cautions; ``kind`` is the slug of the type,
    and ``type`` its number and label. ``because`` tells why it does not
    count, where it is still there and a critique stands against it.
    """

    iri: str
    type: str
    does: str
    facet: str
    value: str
    why: str
    kind: str
    status: Status = Status.ADDED
    because: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What changes in the advice for one situation. Types are named by their labels.

    ``is_other`` tells that the situation itself is described otherwise on the two sides.
    """

    id: str
    title: str
    front_before: tuple[str, ...]
    front_after: tuple[str, ...]
    standings: tuple[Standing, ...]
    reasons: tuple[Reason, ...]
    is_other: bool = False

    @property
    def moves_front(self) -> bool:
        """Tell whether other types are worth considering first."""
        return self.front_before != self.front_after


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a statement holds on one side and not on the other, unfolded to what is asserted.

    ``about`` says what it makes a difference to.
    """

    about: str
    status: Status
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases of a type were judged so on a test; no test means all cases of the type."""

    type: str
    test: str
    judgement: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Nearness:
    """In how many situations a case is among the most similar ones of its type."""

    case: str
    before: int
    after: int
    failure_before: int
    failure_after: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Something that follows from a case on one side and not on the other.

    ``what`` is the property in words, as in: the practice / enacts type / better leadership.
    """

    case: str
    part: str
    what: str
    value: str
    status: Status


@dataclass(frozen=True, slots=True)
class Answer:
    """A claim that counts on one side and not on the other, or whose standing changed."""

    claim: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Concern:
    """What a reviewer should look at: which check, about what, what was seen, and what to do."""

    check: str
    about: str
    message: str
    do: str


@dataclass(frozen=True, slots=True)
class Review:
    """The whole of a comparison.

    ``situations`` is how many situations the advice was worked out for on both sides, and
    ``told`` from where they are. ``checked`` says of each warning's check over what it looked.
    """

    before: str
    after: str
    contributions: tuple[Subject, ...] = ()
    ontology: tuple[Subject, ...] = ()
    situations: int = 0
    told: str = ""
    moves: tuple[Move, ...] = ()
    counts: tuple[Count, ...] = ()
    nearness: tuple[Nearness, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    answers: tuple[Answer, ...] = ()
    proofs: tuple[Proof, ...] = ()
    warnings: tuple[Concern, ...] = ()
    notes: tuple[str, ...] = ()
    checked: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Tell whether both sides say the same."""
        return not (self.contributions or self.ontology)


_LABEL = f"<{PREFIXES['rdfs']}label>"


def kind_of(iri: str) -> str:
    """Return which kind of thing an IRI of the namespace names; schema terms are just terms.

    >>> kind_of("https://w3id.org/sysgraph/consideration/agreement-plural")
    'consideration'
    >>> kind_of("https://w3id.org/sysgraph/supports")
    'term'
    """
    kind, slash, _ = iri.removeprefix(PREFIXES["sysg"]).partition("/")
    return kind if slash and not kind.startswith("http") else "term"


class Words:
    """What terms are called. Later statements win over earlier ones."""

    def __init__(self, *sides: Iterable[Triple]) -> None:
        """Take the labels from what the ontologies of the sides assert."""
        self._labels = {
            subject: _text(value)
            for terms in sides
            for subject, predicate, value in terms
            if predicate == _LABEL
        }
        self._fields = load_vocabulary(data() / "ontology").fields
        self.order = {f"<{name}>": rank for rank, name in enumerate(self._fields)}

    def call(self, term: str, title: str) -> None:
        """Give a term a name."""
        self._labels[term] = title

    def term(self, term: str) -> str:
        """Return a term in words: what a literal says, or the label of what an IRI names."""
        if not term.startswith("<"):
            if term.startswith('"'):
                return _text(term)
            # An anonymous class is written out with the terms that it is made of.
            return re.sub(r"<[^<>]+>", lambda found: self.term(found.group()), term)
        iri = term[1:-1]
        return self._labels.get(term) or (compact(iri) if iri.startswith(PREFIXES["sysg"]) else iri)

    def field(self, predicate: str) -> str:
        """Return the key that people write for a property, or its label."""
        key = self._fields.get(predicate[1:-1])
        if predicate == f"<{PREFIXES['rdf']}type>":
            return "kind"
        return key or self._labels.get(predicate) or local_name(predicate[1:-1])

    def values(self, mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
        """Return values in words; where only the datatype or the language differs, with it."""
        texts = {self.term(term) for term in theirs}
        return tuple(
            f"{self.term(term)} ({_beyond(term)})"
            if term.startswith('"') and self.term(term) in texts
            else self.term(term)
            for term in mine
        )

    def path(self, parts: Sequence[Part]) -> str:
        """Return where a part is, as people say it, without the thing that it is part of."""
        found = []
        for outer, part in pairwise(parts):
            found += _steps(part.iri.removeprefix(f"{outer.iri}/"), _apart(part))
        return ", ".join(found)

    def change(self, change: Change) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        """Return where a change is, its field, and what was and is said, all in words."""
        before, after = change.before, change.after
        return (
            self.path(change.path),
            self.field(change.predicate),
            self.values(before, after),
            self.values(after, before),
        )


def _steps(tail: str, name: str) -> list[str]:
    """Return the words for a part from its IRI within the one around it.

    >>> _steps("readings/2", "those affected"), _steps("outcome/led", "")
    (['reading 2 (those affected)'], ['outcome', 'led'])
    """
    words = [word for word in tail.split("/") if word != "facets"]
    if len(words) > 1 and words[-1].isdigit():
        words[-2:] = [f"{words[-2].removesuffix('s')} {words[-1]}"]
    if name:
        words[-1] += f" ({name})"
    return words


def _apart(part: Part) -> str:
    if not re.search(r"\d$", part.iri):
        return ""
    for predicate in TOLD_APART_BY:
        for value in sorted(part.values.get(predicate, ())):
            return shortened(_text(value))
    return ""


def _beyond(literal: str) -> str:
    """Return the language or datatype of a literal."""
    return literal[literal.rindex('"') + 1 :].lstrip("@^") or "plain text"


def _text(literal: str) -> str:
    return literal[1 : literal.rindex('"')]


_STANDS = {
    Label.IN: "counts",
    Label.OUT: "does not count",
    Label.UNDECIDED: "is contested, and does not count until that is settled",
}


def why_fallen(claim: Claim, found: Dissent) -> str:
    """Return in a sentence who objects to a claim that does not count."""
    live = [one for one in claim.undercut_by if found.label(one) is not Label.OUT]
    said = "; ".join(_said(one) for one in live)
    return f"it stands attacked by {said}" if said else ""


def _said(critique: Critique) -> str:
    who = critique.contributor or "somebody who is not named"
    return f"{who}, from the standpoint “{critique.standpoint}”: “{critique.says}”"


def compare_claims(before: Dissent, after: Dissent) -> Iterator[Answer]:
    """Yield each claim whose standing differs; what nobody speaks of counts."""
    claims = {claim.target.iri: claim for claim in (*before.claims, *after.claims)}
    for iri in sorted(claims):
        was, now = (found.labels.get(iri, Label.IN) for found in (before, after))
        if was is now:
            continue
        side = after if now is not Label.IN else before
        mine = [claim for claim in side.claims if claim.target.iri == iri]
        why = why_fallen(mine[0], side) if mine else ""
        if now is Label.IN:
            why = f"{why}; that is answered or gone now" if why else ""
        yield Answer(_name(claims[iri].target), _STANDS[was], _STANDS[now], why)


def _name(target: Target) -> str:
    label = target.label or target.iri
    if target.kind == "outcome":
        return f"the judgement on {label} ({target.iri.rpartition('/')[2]})"
    return (
        f"the {target.kind} of {label}"
        if target.case and target.kind != "case"
        else (f"the {target.kind} {label}")
    )


_SYSG, _DC = f"<{PREFIXES['sysg']}", f"<{PREFIXES['dcterms']}"
_SCHEMA = f"<{PREFIXES['schema']}"
_CITES = f"<{PREFIXES['cito']}citesAsEvidence>"
_NOT_PROSE = ("citations", "contributor", "critiques")

Scale = Mapping[str, int]
"""The individuals of a kind with their place in its order, by IRI as N-Triples writes it."""


@dataclass(frozen=True)
class Record:
    """A case by its id, with what it says; texts are plain, terms are N-Triples."""

    name: str
    statements: frozenset[Triple]

    @cached_property
    def _said(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for subject, predicate, value in sorted(self.statements):
            found.setdefault((subject, predicate), []).append(tidy(value))
        return found

    @property
    def _case(self) -> str:
        return f"<{PREFIXES['case']}{self.name}>"

    def _of(self, *path: str) -> list[str]:
        found = [self._case]
        for step in path:
            found = [value for one in found for value in self._said.get((one, step), ())]
        return found

    def text(self, *path: str) -> str:
        """Return the first text, or term, at the end of a path of predicates; else nothing."""
        found = self._of(*path)
        return _plain(found[0]) if found else ""

    @property
    def title(self) -> str:
        """Return the title of the case, or its id."""
        return self.text(f"{_DC}title>") or self.name

    @property
    def summary(self) -> str:
        """Return the summary."""
        return self.text(f"{_DC}abstract>")

    @property
    def place(self) -> str:
        """Return the place in words."""
        return self.text(f"{_SYSG}place>")

    @property
    def driver(self) -> str:
        """Return who set the change going."""
        return self.text(f"{_SYSG}driver>")

    @property
    def start(self) -> str:
        """Return the year in which it began."""
        return self.text(f"{_SYSG}startYear>")

    @property
    def type(self) -> str:
        """Return the type that it is held to be of."""
        return self.text(f"{_SYSG}hasPractice>", f"{_SYSG}hasPrimaryType>")

    @property
    def judgements(self) -> tuple[str, str]:
        """Return the judgements on being led and on working."""
        return (
            self.text(f"{_SYSG}hasLedOutcome>", f"{_SYSG}hasJudgement>"),
            self.text(f"{_SYSG}hasWorkingOutcome>", f"{_SYSG}hasJudgement>"),
        )

    @property
    def confidence(self) -> str:
        """Return how sure the contributor is."""
        return self.text(f"{_SYSG}hasConfidence>")

    @property
    def seen_with(self) -> list[str]:
        """Return how sure each facet value of each reading is."""
        return self._of(f"{_SYSG}hasReading>", f"{_SYSG}hasObservation>", f"{_SYSG}hasConfidence>")

    @property
    def standpoints(self) -> list[str]:
        """Return the standpoints of the readings."""
        return [_plain(one) for one in self._of(f"{_SYSG}hasReading>", f"{_SYSG}standpoint>")]

    @property
    def is_checked(self) -> bool:
        """Tell whether a citation was read."""
        read = {_plain(one) for one in self._of(_CITES, f"{_SYSG}pageRead>")}
        return bool(read & {"true", "1"})

    @property
    def citations(self) -> frozenset[str]:
        """Return the titles of what it cites."""
        return frozenset(_plain(one) for one in self._of(_CITES, f"{_DC}title>"))

    @property
    def contributor(self) -> str:
        """Return the name of whoever answers for it."""
        return self.text(f"{_DC}contributor>", f"{_SCHEMA}name>")

    @property
    def contributor_key(self) -> str:
        """Return what tells contributors apart: the ORCID, or the name in small letters."""
        known = self.text(f"{_DC}contributor>", f"{_SCHEMA}identifier>")
        return known or " ".join(self.contributor.casefold().split())

    @cached_property
    def readings(self) -> tuple[frozenset[str], ...]:
        """Return the facet values of each reading, by what follows the namespace."""
        found = []
        for reading in self._of(f"{_SYSG}hasReading>"):
            values = [*self._said.get((reading, f"{_SYSG}hasFacetValue>"), ())]
            for seen in self._said.get((reading, f"{_SYSG}hasObservation>"), ()):
                values += self._said.get((seen, f"{_SYSG}observesValue>"), ())
            found.append(frozenset(value.removeprefix(_SYSG).rstrip(">") for value in values))
        return tuple(found)

    def prose(self) -> Iterator[tuple[str, str]]:
        """Yield each text of the case's own, with the part that it stands in."""
        for subject, _, value in sorted(self.statements):
            part = subject.removeprefix(self._case[:-1]).strip("/>")
            if value.startswith('"') and part.partition("/")[0] not in _NOT_PROSE:
                yield part.replace("/", ", ") or "the case", _plain(tidy(value))

    def quotable(self) -> Iterator[tuple[str, str]]:
        """Yield what stands in its citations: titles and notes."""
        for subject, _, value in sorted(self.statements):
            part = subject.removeprefix(self._case[:-1]).strip("/>")
            if value.startswith('"') and part.startswith("citations"):
                yield part.replace("/", " ").replace("citations", "citation"), _plain(tidy(value))


def _plain(term: str) -> str:
    return term[1 : term.rindex('"')] if term.startswith('"') else term


def lowest_and_highest(kind: str, terms: Iterable[Triple]) -> tuple[str, str]:
    """Return the first and the last individual of a kind by its order; empty where there is none.

    The kind is a class of the ontology such as Judgement or Confidence.
    """
    listed = list(terms)
    mine = {s for s, p, o in listed if p.endswith("#type>") and o == f"{_SYSG}{kind}>"}
    placed: Scale = {
        s: int(_plain(o)) for s, p, o in listed if p == f"{_SYSG}displayOrder>" and s in mine
    }
    if not placed:
        return "", ""
    return min(placed, key=lambda one: placed[one]), max(placed, key=lambda one: placed[one])
