"""``sysgraph validate``, ``sysgraph remove`` and ``sysgraph status``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.options import (
    StoreOption,
    TextFormat,
    UpdateUrlOption,
    progress,
    write,
)

if TYPE_CHECKING:
    from sysgraph.contribute import Contribution
    from sysgraph.findings import Finding

__all__ = ["remove_command", "status_command", "validate_command"]

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Cases or critiques in YAML, JSON, CSV, XLSX, JSON-LD, Turtle, TriG, N-Triples,"
        " N-Quads, RDF/XML."
    ),
]


class ReportFormat(StrEnum):
    """How findings are written; ``turtle`` is the standard SHACL validation report."""

    TEXT = "text"
    JSON = "json"
    TURTLE = "turtle"


def validate_command(
    files: FilesArgument,
    form: Annotated[ReportFormat, typer.Option("--format", help="How to write the findings.")] = (
        ReportFormat.TEXT
    ),
) -> None:
    """Check files of cases or critiques, and say in words what is wrong and where.

    Violations must be mended (exit code 1); warnings are advice.

    \b
    Example:
      sysgraph validate my-case.yaml
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.intake import check_files
    from sysgraph.validate import report_graph

    with progress() as tell:
        cases, findings = check_files(files, tell)
    if form is ReportFormat.TURTLE:
        write(report_graph(findings))
    elif form is ReportFormat.JSON:
        write(_findings_json(files, findings))
    else:
        write(_findings_text(cases, findings))
    if _is_refused(findings):
        raise typer.Exit(1)


def _is_refused(findings: Sequence[Finding]) -> bool:
    from sysgraph.findings import Severity

    return any(finding.severity is Severity.VIOLATION for finding in findings)


def _findings_text(found: Sequence[Contribution], findings: Sequence[Finding]) -> str:
    from sysgraph.findings import Severity
    from sysgraph.render.words import clean

    violations = sum(finding.severity is Severity.VIOLATION for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.severity}: {clean(str(finding))}")
        lines += [f"    {clean(step)}" for step in finding.proof]
    verdict = "does not conform" if violations else "conforms"
    counted = f"{violations} violations, {len(findings) - violations} warnings"
    return "\n".join([*lines, f"{_counted(found)}: {verdict} ({counted})."]) + "\n"


def _counted(found: Sequence[Contribution]) -> str:
    critiques = sum(one.is_critique for one in found)
    counts = {"case": len(found) - critiques, "critique": critiques}
    said = [f"{n} {noun}{'s' if n != 1 else ''}" for noun, n in counts.items() if n]
    return " and ".join(said) or "0 cases"


def _findings_json(files: Sequence[Path], findings: Sequence[Finding]) -> str:
    from dataclasses import asdict

    report = {
        "conforms": not _is_refused(findings),
        "files": [str(file) for file in files],
        "findings": [asdict(finding) for finding in findings],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


StoreToWrite = Annotated[
    str, typer.Option("--store", metavar="DIR|URL", help="A store directory or an endpoint.")
]


def _told(done: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{word}: {', '.join(ids)}" for word, ids in done.items() if ids]


def remove_command(
    cases: Annotated[
        list[str],
        typer.Argument(help="The ids of cases that were loaded, and critique/ID for critiques."),
    ],
    store: StoreToWrite,
    update_url: UpdateUrlOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write what was done.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Take cases or critiques out of a store with what follows from them: all of them, or none.

    One that is not there, or that came with the library, is an error (exit code 1).

    \b
    Example:
      sysgraph remove my-case --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from dataclasses import asdict

    from sysgraph.errors import ShippedCase, UnknownThing
    from sysgraph.intake import remove
    from sysgraph.stores import change_store

    opened = change_store(store, update_url)
    try:
        done = remove(cases, opened)
    except (ShippedCase, UnknownThing) as error:
        print(f"{error} Nothing was removed.", file=sys.stderr)
        raise typer.Exit(1) from error
    finally:
        opened.close()
    if form is TextFormat.JSON:
        write(json.dumps(asdict(done), ensure_ascii=False, indent=2) + "\n")
        return
    told = {"removed": done.removed, "back from the library": done.restored}
    write("\n".join(_told(told)) + "\n")


def status_command(
    store: StoreOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write it.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Say what a store holds: the library's version, cases, and what they came to.

    \b
    Example:
      sysgraph status --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.stores import describe_store, open_store

    facts = describe_store(open_store(store))
    if form is TextFormat.JSON:
        write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        return
    mark = "- " if form is TextFormat.MARKDOWN else ""
    lines = []
    for name, value in facts.items():
        shown = ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
        lines.append(f"{mark}{name.replace('_', ' ')}: {shown}")
    write("\n".join(lines) + "\n")
