"""``sysgraph remove`` and ``sysgraph status``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.options import (
    AsOfOption,
    StoreOption,
    StoreToWrite,
    TextFormat,
    UpdateUrlOption,
    write,
)
from sysgraph.visible import one_line

if TYPE_CHECKING:
    pass

__all__ = ["remove_command", "status_command"]

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Cases or critiques in YAML, JSON, CSV, XLSX, JSON-LD, Turtle, TriG, N-Triples,"
        " N-Quads, RDF/XML."
    ),
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
    from sysgraph.stores import describe_store, open_as_of

    facts = describe_store(open_as_of(store, as_of))
    if form is TextFormat.JSON:
        write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        return
    mark = "- " if form is TextFormat.MARKDOWN else ""
    lines = []
    for name, value in facts.items():
        lines.append(f"{mark}{name.replace('_', ' ')}: {_shown(value)}")
    write("\n".join(lines) + "\n")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{key} {share:.0%}" for key, share in value.items()]
    return one_line(", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value))
