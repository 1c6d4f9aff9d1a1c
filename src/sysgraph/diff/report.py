"""What a comparison found, as plain records with all terms in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sysgraph.reason.explain import Explanation

__all__ = [
    "ClaimChange",
    "Comparison",
    "Concern",
    "Consequence",
    "CountChange",
    "FrontChange",
    "Line",
    "Nearness",
    "ProofOfChange",
    "ReasonChange",
    "StandingChange",
    "Status",
    "Subject",
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
class StandingChange:
    """How a type stands on a test, from -1 to 1, before and after; None is too little known."""

    type: str
    test: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class ReasonChange:
    """A consideration or caution that counts in a situation on one side only, or otherwise.

    ``does`` is what it does or did: for, against, closes or cautions; ``kind`` is the slug of the
    type, and ``type`` its number and label. ``because`` tells why it does not count, where it is
    still there and a critique stands against it.
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
class FrontChange:
    """What changes in the advice for one situation. Types are named by their labels.

    ``is_other`` tells that the situation itself is described otherwise on the two sides.
    """

    id: str
    title: str
    front_before: tuple[str, ...]
    front_after: tuple[str, ...]
    standings: tuple[StandingChange, ...]
    reasons: tuple[ReasonChange, ...]
    is_other: bool = False

    @property
    def moves_front(self) -> bool:
        """Tell whether other types are worth considering first."""
        return self.front_before != self.front_after


@dataclass(frozen=True, slots=True)
class ProofOfChange:
    """Why a statement holds on one side and not on the other, unfolded to what is asserted.

    ``about`` says what it makes a difference to.
    """

    about: str
    status: Status
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class CountChange:
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
class Consequence:
    """Something that follows from a case on one side and not on the other.

    ``what`` is the property in words, as in: the practice / enacts type / better leadership.
    """

    case: str
    part: str
    what: str
    value: str
    status: Status


@dataclass(frozen=True, slots=True)
class ClaimChange:
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
class Comparison:
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
    moves: tuple[FrontChange, ...] = ()
    counts: tuple[CountChange, ...] = ()
    nearness: tuple[Nearness, ...] = ()
    verdicts: tuple[Consequence, ...] = ()
    answers: tuple[ClaimChange, ...] = ()
    proofs: tuple[ProofOfChange, ...] = ()
    warnings: tuple[Concern, ...] = ()
    notes: tuple[str, ...] = ()
    checked: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Tell whether both sides say the same."""
        return not (self.contributions or self.ontology)
