"""``sysgraph retract``, ``remove`` and ``history``: what counts no longer, and what was before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sysgraph.cli.app import (
    ByOption,
    FormatOption,
    StoreOption,
    StoreToWrite,
    TextFormat,
    UpdateUrlOption,
    write,
)
from sysgraph.errors import ShippedCase, UnknownThing, clean

if TYPE_CHECKING:
    from sysgraph.history.deeds import Version
    from sysgraph.store.local import Store

_Done = TypeVar("_Done")


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
    from sysgraph.history.deeds import restore, retract

    do = restore if undo else retract
    changed = "Nothing was changed."
    done = _change(store, update_url, lambda at: do(cases, at, reason=reason, by=by), changed)
    _tell(asdict(done), form, {"stopped": "no longer counting", "counting": "counting again"})


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
    form: Annotated[
        TextFormat, typer.Option("--format", help="How to write what was done.")
    ] = TextFormat.TEXT,
) -> None:
    """Take cases or critiques out of a store with what follows from them: all of them, or none.

    One that is not there, or that came with the library, is an error (exit code 1). What a case
    was stays in its history, unless that is erased too.

    \b
    Example:
      sysgraph remove my-case --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.intake import remove

    removed = "Nothing was removed."
    done = _change(
        store, update_url, lambda at: remove(cases, at, with_history=with_history), removed
    )
    _tell(asdict(done), form, {"removed": "removed", "restored": "back from the library"})


def _change(
    store: str, update_url: str | None, do: Callable[[Store], _Done], otherwise: str
) -> _Done:
    """Return what was done to a store, where all that is named can be."""
    from sysgraph.stores import change_store

    opened = change_store(store, update_url)
    try:
        return do(opened)
    except (ShippedCase, UnknownThing) as error:
        stop = "" if str(error).endswith("?") else "."
        print(f"{error}{stop} {otherwise}", file=sys.stderr)
        raise typer.Exit(1) from error
    finally:
        opened.close()


def _tell(done: Mapping[str, Sequence[str]], form: TextFormat, words: Mapping[str, str]) -> None:
    if form is TextFormat.JSON:
        from sysgraph.pages.objects import json_text

        write(json_text(done))
        return
    lines = [f"{words[key]}: {', '.join(names)}" for key, names in done.items() if names]
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
    from sysgraph.history.deeds import history
    from sysgraph.stores import open_store

    try:
        versions = history(case, open_store(store))
    except UnknownThing as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    if form is TextFormat.JSON:
        from sysgraph.pages.objects import json_text

        write(json_text({"case": case, "versions": list(map(asdict, versions))}))
        return
    write(_history_text(case, versions, mark="- " if form is TextFormat.MARKDOWN else "  "))


def _history_text(case: str, versions: Sequence[Version], mark: str) -> str:
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
