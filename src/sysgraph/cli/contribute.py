"""``sysgraph load``, ``sysgraph remove`` and ``sysgraph status``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.options import (
    StoreOption,
    TextFormat,
    UpdateUrlOption,
    progress,
    write,
)

__all__ = ["load_command", "remove_command", "status_command"]

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Cases or critiques in YAML, JSON, CSV, XLSX, JSON-LD, Turtle, TriG, N-Triples,"
        " N-Quads, RDF/XML."
    ),
]


StoreToWrite = Annotated[
    str, typer.Option("--store", metavar="DIR|URL", help="A store directory or an endpoint.")
]


def load_command(
    files: FilesArgument,
    store: StoreToWrite,
    update_url: UpdateUrlOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write what was done.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Check files of cases or critiques and load them into a store: all of them, or none.

    The store is made where there is none, and holds the shipped library as well. More than 200
    files of cases, RDF of more than 2 MB or tables of some 200 rows are loaded in bulk: by all
    cores, into a copy of the store that then takes its place. Critiques are not loaded in bulk.

    \b
    Example:
      sysgraph load my-case.yaml --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.bulk import is_bulk
    from sysgraph.endpoint import is_url
    from sysgraph.intake import check_files, load
    from sysgraph.render.findings import findings_text
    from sysgraph.stores import prepare_store

    if is_bulk(files) and not is_url(store):
        _load_in_bulk(files, Path(store), form)
        return
    with progress() as tell:
        contributions, findings = check_files(files, tell)
        if any(finding.severity == "violation" for finding in findings):
            write(findings_text(contributions, findings))
            print("Nothing was loaded.", file=sys.stderr)
            raise typer.Exit(1)
        opened = prepare_store(store, update_url)
        try:
            done = load(contributions, opened, tell)
        finally:
            opened.close()
    if form is TextFormat.JSON:
        report = {
            "added": done.added,
            "replaced": done.replaced,
            "unchanged": done.unchanged,
            "warnings": [str(finding) for finding in findings],
        }
        write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        return
    warnings = [f"warning: {finding}" for finding in findings]
    told = {"added": done.added, "replaced": done.replaced, "kept": done.unchanged}
    write("\n".join([*warnings, *_told(told)]) + "\n")


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


def _load_in_bulk(files: list[Path], place: Path, form: TextFormat) -> None:
    from sysgraph.bulk import load_bulk
    from sysgraph.render.words import clean

    with progress() as tell:
        done = load_bulk(files, place, progress=tell)
    cases = len(done.added) + len(done.replaced) + len(done.unchanged)
    for text in done.disagreements:
        print(f"warning: {clean(text)}", file=sys.stderr)
    if form is TextFormat.JSON:
        report = {
            "added": done.added,
            "replaced": done.replaced,
            "unchanged": done.unchanged,
            "violations": done.violations,
            "warnings": done.warnings,
            "disagreements": done.disagreements,
            "findings": [str(finding) for finding in done.findings],
        }
        write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    elif done.violations:
        listed = [finding for finding in done.findings if finding.severity == "violation"]
        lines = [f"violation: {clean(str(finding))}" for finding in listed]
        if done.violations > len(listed):
            lines.append(f"and {done.violations - len(listed)} more violations")
        write("\n".join(lines) + "\n")
    else:
        counts = (
            f"{len(done.added)} added, {len(done.replaced)} replaced, {len(done.unchanged)} kept"
        )
        write(f"{cases} cases: {counts} ({done.warnings} warnings).\n")
    if done.violations:
        print("Nothing was loaded.", file=sys.stderr)
        raise typer.Exit(1)


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
