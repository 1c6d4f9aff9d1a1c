"""What was found wrong with a contribution, for people and machines alike."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Raw", "Severity", "cell_name"]


class Severity(StrEnum):
    """Whether a finding keeps a contribution out, or asks to think again."""

    VIOLATION = "violation"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Raw:
    """One result of SHACL as it came: IRIs of node, path and shape, value, severity, message."""

    focus: str
    path: str | None
    shape: str
    value: str | None
    severity: Severity
    message: str
    component: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, with its place. Lines and columns count from 1; a table has cells as well.

    ``demand`` names the shape or the check that was broken; ``focus`` and ``path`` are IRIs,
    ``value`` is what stood there; ``component`` is the IRI of SHACL's constraint component,
    where SHACL found it. ``proof`` tells how a contradiction follows, a step a line. ``allowed``
    is all that may stand there, where that is a closed set, and ``nearest`` what of it comes
    nearest; ``repair`` is the line as it may be written instead, where that is evident.
    """

    message: str
    demand: str
    severity: Severity = Severity.VIOLATION
    file: str | None = None
    line: int | None = None
    column: int | None = None
    cell: str | None = None
    field: str | None = None
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    component: str | None = None
    proof: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    repair: str | None = None

    def __str__(self) -> str:
        """Return where, what is wrong and what to do, in one line."""
        parts = (self.file, self.cell) if self.cell else (self.file, self.line, self.column)
        place = ":".join(str(part) for part in parts if part is not None)
        name = f"{self.field}: " if self.field else ""
        text = f"{name}{self.message}"
        return f"{place}: {text}" if place else text


def cell_name(row: int | None, column: int | None) -> str | None:
    """Return what a spreadsheet calls a cell, or the row where there is no column; both from 1.

    >>> cell_name(7, 4), cell_name(7, 28), cell_name(7, None)
    ('D7', 'AB7', 'row 7')
    """
    if row is None or column is None:
        return None if row is None else f"row {row}"
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
