"""What was found of a practice: what it is, what it is said to be, what would make that true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sysgraph.advice.board import Facets
from sysgraph.advice.definitions import Definitions, FineLine, Hinge
from sysgraph.explain import Explanation

__all__ = ["Change", "PracticeReport", "Said", "SaidBy", "Verdict", "View"]


class SaidBy(StrEnum):
    """Who says that a practice is of a type, by the key of a case that says it."""

    LEADERS = "claims"
    CONTRIBUTOR = "primary"
    CONTRIBUTOR_TOO = "secondary"


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's word that a practice is of a type."""

    type: str
    by: SaidBy


@dataclass(frozen=True, slots=True)
class Change:
    """A smallest change of what one standpoint sees that makes a practice of a type.

    ``to`` maps facets to their new values and ``before`` to the old ones, None where that is not
    known; ``keeps`` are the facts on which it rests beside the change. ``becomes`` are all the
    types that the practice would be of; ``proof`` is that of the type in the changed case, in
    which the new values are marked as supposed.
    """

    to: Facets
    before: Mapping[str, str | None]
    keeps: Facets
    becomes: tuple[str, ...]
    hinges: tuple[Hinge, ...]
    proof: Explanation


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a practice is what it is said to be, as one standpoint sees it.

    With ``proof`` it is, and ``hinges`` tells on what that hangs. Without, ``changes`` holds
    every smallest change that would make it so; there are none where nothing could.
    """

    type: str
    proof: Explanation | None
    hinges: tuple[Hinge, ...]
    changes: tuple[Change, ...]

    @property
    def holds(self) -> bool:
        """Tell whether the practice is of the type."""
        return self.proof is not None

    @property
    def is_open(self) -> bool:
        """Tell whether the type would hold if only what is not known turned out so."""
        return any(not any(change.before.values()) for change in self.changes)

    @property
    def is_possible(self) -> bool:
        """Tell whether the practice is of the type, or some change would make it so."""
        return self.holds or bool(self.changes)


@dataclass(frozen=True, slots=True)
class View:
    """A practice as one standpoint sees it: what it is, with proofs, and the word on trial.

    ``facets`` is what the standpoint sees, ``why`` its reasons, both by facet. ``enacts`` maps
    each type that the practice is of to the smallest proof; ``rests_on`` to the facts it uses.
    """

    id: str
    standpoint: str
    facets: Facets
    why: Mapping[str, str]
    enacts: Mapping[str, Explanation]
    rests_on: Mapping[str, Facets]
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class PracticeReport:
    """A practice examined from each standpoint. ``why`` is the contributor's reason.

    ``lines`` is what sources say of how the types in question are told apart.
    """

    id: str
    title: str
    said: tuple[Said, ...]
    why: str
    views: tuple[View, ...]
    definitions: Definitions
    lines: tuple[FineLine, ...]

    def seen_by(self, kind: str) -> tuple[View, ...]:
        """Return the views by which the practice is of a type."""
        return tuple(view for view in self.views if kind in view.enacts)

    @property
    def enacts(self) -> tuple[str, ...]:
        """Return the types that the practice is of by any view, in the order of the graph."""
        return tuple(kind for kind in self.definitions.ways if self.seen_by(kind))

    @property
    def parted(self) -> tuple[str, ...]:
        """Return the types that the practice is of by some views and not by others."""
        return tuple(k for k in self.enacts if len(self.seen_by(k)) < len(self.views))

    @property
    def is_borne_out(self) -> bool | None:
        """Tell whether what those who lead claim holds by some view; None without a claim."""
        claimed = {said.type for said in self.said if said.by is SaidBy.LEADERS}
        return all(self.seen_by(kind) for kind in claimed) if claimed else None
