"""A form as a list of questions, and where in a document each answer goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Element", "Form", "Kind", "Path_", "Question"]

Path_ = tuple[str | int, ...]


class Kind(StrEnum):
    """What can be sent in by a form."""

    CASE = "case"
    CRITIQUE = "critique"
    CORRECTION = "correction"


class Element(StrEnum):
    """How a question is asked, in GitHub's words."""

    INPUT = "input"
    TEXTAREA = "textarea"
    DROPDOWN = "dropdown"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``path`` says where its answer goes in the document.

    ``options`` maps what is shown to what is written. ``spread`` names the parts that one
    answer is for, where it is asked once for all of them: the facets of a reading. Of such a
    text each line begins with the name of the part.
    """

    label: str
    path: Path_
    element: Element
    description: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    is_several: bool = False
    is_needed: bool = False
    spread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is for, its questions in order."""

    kind: Kind
    questions: tuple[Question, ...]

    @property
    def by_label(self) -> dict[str, Question]:
        """Return the questions by their labels, which all differ."""
        return {question.label: question for question in self.questions}
