"""What was found wrong with a contribution, for people and machines alike."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """Whether a finding keeps a contribution out, or asks to think again."""

    VIOLATION = "violation"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, with its place. Lines and columns count from 1.

    ``demand`` names the shape or the check that was broken; ``focus`` and ``path`` are IRIs,
    ``value`` is what stood there; ``component`` is the IRI of SHACL's constraint component,
    where SHACL found it. ``proof`` tells how a contradiction follows, a step a line.
    """

    message: str
    demand: str
    severity: Severity = Severity.VIOLATION
    file: str | None = None
    line: int | None = None
    column: int | None = None
    field: str | None = None
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    component: str | None = None
    proof: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return where, what is wrong and what to do, in one line."""
        parts = (self.file, self.line, self.column)
        place = ":".join(str(part) for part in parts if part is not None)
        name = f"{self.field}: " if self.field else ""
        text = f"{name}{self.message}"
        return f"{place}: {text}" if place else text
