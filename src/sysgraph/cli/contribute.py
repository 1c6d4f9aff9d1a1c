"""``sysgraph load``, ``sysgraph remove`` and ``sysgraph status``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.options import (
    AsOfOption,
    ByOption,
    StoreOption,
    StoreToWrite,
    TextFormat,
    UpdateUrlOption,
    open_as_of,
    progress,
    write,
)

if TYPE_CHECKING:
    from sysgraph.life import Deed

__all__ = ["load_command", "remove_command", "status_command"]

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Cases or critiques in YAML, JSON, CSV, XLSX, JSON-LD, Turtle, TriG, N-Triples,"
        " N-Quads, RDF/XML."
    ),
]


ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why a case that is there is corrected.")
]


def load_command(
    files: FilesArgument,
    store: StoreToWrite,
    update_url: UpdateUrlOption = None,
    reason: ReasonOption = "",
    by: ByOption = "",
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
    from sysgraph.life import Deed
    from sysgraph.render.findings import drafts_data, drafts_lines, findings_text
    from sysgraph.stores import prepare_store

    if is_bulk(files) and not is_url(store):
        _load_in_bulk(files, Path(store), form, Deed("corrected", reason, by))
        return
    with progress() as tell:
        contributions, findings = check_files(files, tell)
        if any(finding.severity == "violation" for finding in findings):
            write(findings_text(contributions, findings))
            print("Nothing was loaded.", file=sys.stderr)
            raise typer.Exit(1)
        opened = prepare_store(store, update_url)
        try:
            done = load(contributions, opened, tell, reason=reason, by=by)
        finally:
            opened.close()
    if form is TextFormat.JSON:
        report = {
            "added": done.added,
            "replaced": done.replaced,
            "unchanged": done.unchanged,
            "drafts": drafts_data(contributions),
            "superseded": done.superseded,
            "restored": done.restored,
            "warnings": [str(finding) for finding in findings],
        }
        write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        return
    warnings = [f"warning: {finding}" for finding in findings]
    told = {
        "added": done.added,
        "replaced": done.replaced,
        "kept": done.unchanged,
        "superseded, no longer counting": done.superseded,
        "counting again": done.restored,
    }
    write("\n".join([*warnings, *_told(told), *drafts_lines(contributions)]) + "\n")


def _told(done: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{word}: {', '.join(ids)}" for word, ids in done.items() if ids]


def remove_command(
    cases: Annotated[
        list[str],
        typer.Argument(help="The ids of cases that were loaded, and critique/ID for critiques."),
    ],
    store: StoreToWrite,
    update_url: UpdateUrlOption = None,
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Erase what they were before as well.")
    ] = False,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write what was done.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Take cases or critiques out of a store with what follows from them: all of them, or none.

    One that is not there, or that came with the library, is an error (exit code 1). What a case
    was stays in its history, unless that is erased too.

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
        done = remove(cases, opened, with_history=with_history)
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


def _load_in_bulk(files: list[Path], place: Path, form: TextFormat, deed: Deed) -> None:
    from sysgraph.bulk import load_bulk
    from sysgraph.render.words import clean

    with progress() as tell:
        done = load_bulk(files, place, progress=tell, reason=deed.reason, by=deed.by)
    cases = len(done.added) + len(done.replaced) + len(done.unchanged)
    for text in done.disagreements:
        print(f"warning: {clean(text)}", file=sys.stderr)
    if form is TextFormat.JSON:
        report = {
            "added": done.added,
            "replaced": done.replaced,
            "unchanged": done.unchanged,
            "drafts": done.drafts,
            "superseded": done.superseded,
            "restored": done.restored,
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
        aside = f"; {len(done.drafts)} drafts do not count" if done.drafts else ""
        aside += f"; {len(done.superseded)} superseded" if done.superseded else ""
        write(f"{cases} cases: {counts} ({done.warnings} warnings){aside}.\n")
    if done.violations:
        print("Nothing was loaded.", file=sys.stderr)
        raise typer.Exit(1)


def status_command(
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write it.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Say what a store holds: the library's version, cases, and what they came to.

    \b
    Example:
      sysgraph status --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.stores import describe_store

    facts = describe_store(open_as_of(store, as_of))
    if form is TextFormat.JSON:
        write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        return
    mark = "- " if form is TextFormat.MARKDOWN else ""
    lines = []
    for name, value in facts.items():
        lines.append(f"{mark}{name.replace('_', ' ')}: {_shown(value)}")
    write("\n".join(lines) + "\n")


def _shown(value: object) -> object:
    if isinstance(value, dict):
        value = [f"{key} {share:.0%}" for key, share in value.items()]
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else value
