"""A fault in the way a file is written, which was read past so that the rest could be told too."""

from dataclasses import dataclass

__all__ = ["OF_WRITING", "Fault", "first_difference", "replaced"]

OF_WRITING = frozenset({"encoding", "invisible", "one-key", "syntax"})
"""The demands that faults break: how something is written, and not what it says."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with how a line is written; line and column count from 1.

    ``is_evident`` tells whether what was read instead is what must have been meant, so that it
    may be offered as a repair; where it is not, the line was left out in order to read on.
    """

    line: int
    column: int
    message: str
    demand: str = "syntax"
    is_evident: bool = True


def first_difference(old: str, new: str) -> int:
    """Return the column, from 1, in which two lines begin to differ.

    >>> first_difference("scale:local", "scale: local")
    7
    """
    for at, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return at + 1
    return min(len(old), len(new)) + 1


def replaced(lines: list[str], changes: dict[int, str]) -> list[str]:
    """Return lines with some of them, counted from 0, written anew."""
    return [changes.get(at, line) for at, line in enumerate(lines)]
