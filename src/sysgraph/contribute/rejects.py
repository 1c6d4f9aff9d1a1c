"""What was refused, with the reasons, as files that can be corrected and sent again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sysgraph.contribute.apart import Family, Piece
from sysgraph.errors import BadFile, NoContribution, SysgraphError
from sysgraph.findings import Finding, Severity

__all__ = ["Rejected", "Tally", "rejected", "unreadable", "write_rejects"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One case that was refused: where it stood, why, and its text or cells to be corrected."""

    file: str
    reasons: tuple[str, ...]
    family: Family
    text: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


def rejected(piece: Piece, findings: Iterable[Finding] = ()) -> Rejected:
    """Return a piece of a file as something refused; warnings are no reasons."""
    told = [str(one) for one in findings if one.severity is Severity.VIOLATION]
    return Rejected(piece.file, tuple(told), piece.family, piece.text, piece.header, piece.cells)


def unreadable(error: SysgraphError) -> Finding:
    """Return what could not be read, or not as a contribution, as a finding like any other."""
    if not isinstance(error, BadFile):
        return Finding(message=str(error), demand="readable")
    return Finding(
        message=error.reason,
        demand="contribution" if isinstance(error, NoContribution) else "readable",
        file=str(error.path),
        line=error.line,
        column=error.column,
    )


class Tally:
    """Counts findings by kind, in the order in which the kinds came, with the first place."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kinds: dict[tuple[Severity, str], tuple[int, str]] = {}

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        key = (finding.severity, finding.demand)
        count, first = self._kinds.get(key, (0, str(finding)))
        self._kinds[key] = (count + 1, first)

    def rows(self) -> list[dict[str, str | int]]:
        """Return severity, demand, count and first finding of each kind, most frequent first."""
        listed: list[dict[str, str | int]] = [
            {"severity": str(severity), "demand": demand, "count": count, "first": first}
            for (severity, demand), (count, first) in self._kinds.items()
        ]
        order = [severity.value for severity in Severity]
        return sorted(listed, key=lambda r: (order.index(str(r["severity"])), -int(r["count"])))


def write_rejects(found: Sequence[Rejected], place: Path) -> list[Path]:
    """Write what was refused into files of a name, one a format, and return them.

    The ending says the format: ``.yaml`` with the reasons as comments above each case, ``.nq``
    likewise, and ``.csv`` with the reasons beside it in a ``.reasons.txt``, row by row. Rows of
    tables with different columns go to files of their own. What was there is replaced.

    Raises:
        BadFile: a file cannot be written.
    """
    written: list[Path] = []
    for family in Family:
        mine = [one for one in found if one.family is family]
        if not mine:
            continue
        path = place.with_suffix(f".{family}")
        if family is Family.CSV:
            written += _write_tables(mine, path)
        else:
            text = _yaml(mine) if family is Family.YAML else _nquads(mine)
            written.append(_save(path, text))
    return written


def _save(path: Path, text: str) -> Path:
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(path)
    except OSError as error:
        raise BadFile(path, f"it cannot be written: {error.strerror}") from error
    return path


def _comments(reasons: Iterable[str], indent: str = "") -> str:
    return "".join(f"{indent}# {' '.join(reason.split())}\n" for reason in reasons)


def _yaml(found: Iterable[Rejected]) -> str:
    lost, kept = "", ""
    for one in found:
        if not one.text.strip():
            lost += _comments(one.reasons)
            continue
        body = "".join(f"  {line}".rstrip() + "\n" for line in one.text.splitlines())
        kept += f"-\n{_comments(one.reasons, '  ')}{body}"
    if lost:
        lost = f"# These could not be read at all; mend them where they are:\n{lost}"
    return lost + kept


def _nquads(found: Iterable[Rejected]) -> str:
    return "".join(f"{_comments(one.reasons)}{one.text.strip()}\n" for one in found)


def _write_tables(found: Iterable[Rejected], path: Path) -> list[Path]:
    tables: dict[tuple[str, ...], list[Rejected]] = {}
    for one in found:
        tables.setdefault(one.header, []).append(one)
    written = []
    for number, (header, rows) in enumerate(tables.items(), start=1):
        name = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        out = io.StringIO(newline="")
        told = ""
        writer = csv.writer(out)
        kept = [one for one in rows if one.cells]
        if header:
            writer.writerow(header)
            writer.writerows(one.cells for one in kept)
            written.append(_save(name, out.getvalue()))
        for at, one in enumerate([*kept, *(one for one in rows if not one.cells)], start=2):
            where = f"row {at}: " if one.cells else ""
            told += "".join(f"{where}{' '.join(reason.split())}\n" for reason in one.reasons)
        written.append(_save(name.with_suffix(".reasons.txt"), told))
    return written
