"""``sysgraph retract`` and ``sysgraph history``: what counts no longer, and what was before."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import ByOption, StoreOption, StoreToWrite, TextFormat, UpdateUrlOption, write

if TYPE_CHECKING:
    from sysgraph.history.deeds import Version

FormatOption = Annotated[TextFormat, typer.Option("--format", help="How to write it.")]


def retract_command(
    cases: Annotated[
        list[str], typer.Argument(help="The ids of cases, and critique/ID for critiques.")
    ],
    store: StoreToWrite,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; needed unless it is undone.")
    ] = "",
    by: ByOption = "",
    undo: Annotated[bool, typer.Option("--undo", help="Have them count again.")] = False,
    update_url: UpdateUrlOption = None,
    form: FormatOption = TextFormat.TEXT,
) -> None:
    """Have cases or critiques of a store stop counting at once, with a reason: all, or none.

    What they were stays readable with 'sysgraph history'. Cases that came with the library can
    be retracted too, in this store. One that is not there is an error (exit code 1).

    \b
    Example:
      sysgraph retract wigan-deal --reason "The figures were withdrawn." --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from dataclasses import asdict

    from sysgraph.errors import UnknownThing
    from sysgraph.history.deeds import restore, retract
    from sysgraph.stores import change_store

    opened = change_store(store, update_url)
    try:
        deed = restore if undo else retract
        done = deed(cases, opened, reason=reason, by=by)
    except UnknownThing as error:
        print(f"{error} Nothing was changed.", file=sys.stderr)
        raise typer.Exit(1) from error
    finally:
        opened.close()
    if form is TextFormat.JSON:
        write(json.dumps(asdict(done), ensure_ascii=False, indent=2) + "\n")
        return
    told = {"no longer counting": done.stopped, "counting again": done.counting}
    lines = [f"{word}: {', '.join(names)}" for word, names in told.items() if names]
    write("\n".join(lines or ["nothing counts that did not before"]) + "\n")


def history_command(
    case: Annotated[str, typer.Argument(help="The id of a case, or critique/ID.")],
    store: StoreOption = None,
    form: FormatOption = TextFormat.TEXT,
) -> None:
    """Tell how a case has stood, from when until when, by whom, from which file, and why.

    A case that the store knows nothing of is an error (exit code 1).

    \b
    Example:
      sysgraph history wigan-deal --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from dataclasses import asdict

    from sysgraph.errors import UnknownThing
    from sysgraph.history.deeds import history
    from sysgraph.stores import open_store

    try:
        versions = history(case, open_store(store))
    except UnknownThing as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    if form is TextFormat.JSON:
        told = {"case": case, "versions": [asdict(version) for version in versions]}
        write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    write(_history_text(case, versions, mark="- " if form is TextFormat.MARKDOWN else "  "))


def _history_text(case: str, versions: Sequence[Version], mark: str) -> str:
    from sysgraph.errors import clean

    head = f"**{case}**\n" if mark == "- " else case
    return "\n".join([clean(head), *(mark + clean(_line(each)) for each in versions)]) + "\n"


def _line(version: Version) -> str:
    until = f" to {_time(version.until)}" if version.until else ", and still"
    by = f", superseded by {', '.join(version.replaced_by)}" if version.replaced_by else ""
    who = f"; {version.contributor}" if version.contributor else ""
    file = f"; {version.file} (SHA-256 {version.sha256[:12]})" if version.sha256 else ""
    change = f"; {version.statements} statements"
    if version.number > 1:
        change += f", {version.added} new and {version.gone} gone"
    words = ": ".join(part for part in (version.ended, version.reason) if part)
    end = f"; {words}" if words else ""
    end += f" ({version.by})" if version.by else ""
    since = _time(version.since) or "the beginning"
    return f"{version.number}. {version.status} from {since}{until}{by}{who}{file}{change}{end}"


def _time(instant: str) -> str:
    return instant.replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
