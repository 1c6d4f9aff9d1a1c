"""``sysgraph validate``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import progress, write
from sysgraph.cli.load import FilesArgument

if TYPE_CHECKING:
    from sysgraph.check import Inspection
    from sysgraph.errors import Finding, Progress
    from sysgraph.fix import Repair

_MOST_SHOWN = 50


class ReportFormat(StrEnum):
    """How findings are written; ``turtle`` is the standard SHACL validation report."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    TURTLE = "turtle"
    SARIF = "sarif"


def validate_command(
    files: FilesArgument,
    form: Annotated[ReportFormat, typer.Option("--format", help="How to write the findings.")] = (
        ReportFormat.TEXT
    ),
    against: Annotated[
        str | None,
        typer.Option(
            metavar="STORE|REV",
            help="What was wrong there before does not count: a store, or a git revision.",
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Show the evident repairs, and write them to the files.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --fix: show the repairs, and write nothing.")
    ] = False,
) -> None:
    """Check files of cases or critiques, and say in words what is wrong and where.

    Violations must be mended (exit code 1), files beyond reading ask for another look (2), and
    warnings are advice. Where a repair is evident, it is shown below the finding.

    \b
    Example:
      sysgraph validate my-case.yaml
      sysgraph validate my-case.yaml --fix
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.check import inspect_files
    from sysgraph.history.pointed import lost_pointers
    from sysgraph.library import load

    with progress() as tell:
        seen = inspect_files(files, tell)
        if form is not ReportFormat.SARIF:  # which has a result for these too
            _refuse_unreadable(seen)
        repairs = _repairs(files, seen, tell, fix=fix)
    findings = _with_repairs(seen.findings, repairs)
    if fix:
        findings = _fix(repairs, findings, dry_run)
    findings += lost_pointers(seen.contributions, seen.findings, load)
    before = _before(files, seen, findings, against)
    _write_report(form, files, seen, findings, before, repairs)
    if seen.problems:
        raise typer.Exit(2)
    blocking = zip(findings, before, strict=True)
    if any(finding.severity == "violation" and not old for finding, old in blocking):
        raise typer.Exit(1)


def _refuse_unreadable(seen: Inspection) -> None:
    """Raise what is wrong where there is nothing but files that could not be opened."""
    from sysgraph.errors import refuse

    if seen.problems and all(finding.demand == "readable" for finding in seen.findings):
        refuse(seen.problems)


def _repairs(
    files: Sequence[Path], seen: Inspection, tell: Progress, *, fix: bool
) -> dict[str, Repair]:
    """Return the repairs of files that are at fault and can be read: of all, if they are asked for.

    What is not looked at is told.
    """
    from sysgraph.case.read import is_plain
    from sysgraph.fix import MAX_BYTES, find_repair

    wrong: dict[str, list[Finding]] = {}
    for finding in seen.findings:
        wrong.setdefault(finding.file or "", []).append(finding)
    beyond = {finding.file for finding in seen.findings if finding.demand == "readable"}
    at_fault = [
        path
        for path in dict.fromkeys(files)
        if str(path) not in beyond
        and any(one.severity == "violation" for one in wrong.get(str(path), ()))
    ]
    looked = at_fault if fix else at_fault[:_MOST_SHOWN]
    if len(looked) < len(at_fault):
        counts = f"the first {_MOST_SHOWN} of {len(at_fault)} files at fault"
        print(f"Repairs are shown of {counts}; --fix mends all.", file=sys.stderr)
    found: dict[str, Repair] = {}
    for done, path in enumerate(looked):
        tell("mending", done, len(looked))
        if repair := find_repair(path, wrong[str(path)]):
            found[str(path)] = repair
        elif fix and not is_plain(path):
            reason = "only YAML and JSON are mended; mend tables and RDF where they are made"
            print(f"{path}: nothing is mended here: {reason}.", file=sys.stderr)
        elif fix and path.stat().st_size > MAX_BYTES:
            print(f"{path}: it has more than {MAX_BYTES:,} bytes; split it.", file=sys.stderr)
    return found


def _with_repairs(findings: Sequence[Finding], repairs: dict[str, Repair]) -> list[Finding]:
    others = [finding for finding in findings if finding.file not in repairs]
    mended = [finding for repair in repairs.values() for finding in repair.findings]
    order = {finding.file: at for at, finding in reversed(list(enumerate(findings)))}
    return sorted([*others, *mended], key=lambda finding: order[finding.file])


def _fix(repairs: dict[str, Repair], findings: list[Finding], dry_run: bool) -> list[Finding]:
    """Show the repairs, write them unless it is a rehearsal, and return what is still wrong."""
    from sysgraph.files import write_file
    from sysgraph.pages.findings import patch_text

    for repair in repairs.values():
        print(patch_text(repair.diff()), end="", file=sys.stderr)
        if not dry_run:
            write_file(repair.path, repair.content)
            print(f"{repair.path}: mended.", file=sys.stderr)
    if dry_run:
        return findings
    left = [finding for repair in repairs.values() for finding in repair.left]
    return [*(finding for finding in findings if finding.file not in repairs), *left]


def _before(
    files: Sequence[Path], seen: Inspection, findings: Sequence[Finding], against: str | None
) -> list[bool]:
    if against is None:
        return [False] * len(findings)
    from sysgraph.fix import find_before, there_before

    return there_before(findings, find_before(files, seen.contributions, against))


def _write_report(
    form: ReportFormat,
    files: Sequence[Path],
    seen: Inspection,
    findings: Sequence[Finding],
    before: Sequence[bool],
    repairs: dict[str, Repair],
) -> None:
    from sysgraph.check import report_graph
    from sysgraph.pages.findings import findings_github, findings_json, findings_text

    if form is ReportFormat.TURTLE:
        write(report_graph(findings))
    elif form is ReportFormat.JSON:
        patches = {name: repair.diff() for name, repair in repairs.items()}
        write(findings_json(files, findings, before, patches, seen.contributions))
    elif form is ReportFormat.GITHUB:
        write(findings_github(findings, before))
    elif form is ReportFormat.SARIF:
        from sysgraph.pages.sarif import findings_sarif

        write(findings_sarif(findings, before, repairs))
    else:
        write(findings_text(seen.contributions, findings, before))
