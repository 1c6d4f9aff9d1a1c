"""``sysgraph advise``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.options import StoreOption, TextFormat, pairs, write
from sysgraph.errors import SysgraphError

if TYPE_CHECKING:
    from sysgraph.advice import Frame, Situation

__all__ = [
    "CaseOption",
    "FacetOption",
    "FileArgument",
    "advise_command",
    "frame_of",
    "read_argument",
    "situations_of",
]

FileArgument = Annotated[
    str | None,
    typer.Argument(help="A YAML or JSON file with one situation or a list of them; - is stdin."),
]
FacetOption = Annotated[
    list[str] | None,
    typer.Option("--facet", "-f", metavar="FACET=VALUE", help="One thing known of the situation."),
]
CaseOption = Annotated[
    str | None,
    typer.Option("--case", metavar="ID", help="Take the situation that a stored case began in."),
]
FormatOption = Annotated[TextFormat, typer.Option("--format", help="How to write the answer.")]


def advise_command(
    file: FileArgument = None,
    facet: FacetOption = None,
    case: CaseOption = None,
    store: StoreOption = None,
    form: FormatOption = TextFormat.TEXT,
    full: Annotated[
        bool, typer.Option("--all", help="Tell everything about every type, in text.")
    ] = False,
) -> None:
    """Say which types of leadership fit a situation, why, and what to watch.

    The answer is given on two tests that are never added up: whether the system is led in a
    way held to be beneficial, ethical and legitimate, and whether it works. Without a file,
    facets or a case it asks on the terminal.

    \b
    Examples:
      sysgraph advise situation.yaml
      sysgraph advise --facet purpose-origin=movement --facet agreement=coercive
      sysgraph advise --case wigan-deal --format markdown
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.advice import advise
    from sysgraph.render import advice_json, advice_markdown, advice_text

    frame = frame_of(store)
    listed = [advise(situation, frame) for situation in situations_of(file, facet, case, frame)]
    if form is TextFormat.JSON:
        write(advice_json(listed))
    elif form is TextFormat.MARKDOWN:
        write("\n".join(advice_markdown(advice) for advice in listed))
    else:
        write("\n\n".join(advice_text(advice, full=full) for advice in listed))


def frame_of(place: str | None) -> Frame:
    """Return what advice is made from, out of what ``--store`` names."""
    from sysgraph.advice import load_frame, load_shipped_frame

    if place is None:
        return load_shipped_frame()
    from sysgraph.stores import open_store

    return load_frame(open_store(place))


def read_argument(name: str) -> tuple[bytes, str]:
    """Return the bytes that an argument names, a file or - for standard input, and its name."""
    from sysgraph.contribute.limits import read_bytes

    if name == "-":
        return sys.stdin.buffer.read(), "standard input"
    return read_bytes(Path(name)), name


def situations_of(
    file: str | None, facet: list[str] | None, case: str | None, frame: Frame
) -> list[Situation]:
    """Return the situations that a file, ``--facet`` or ``--case`` names, or that are asked for."""
    from sysgraph.advice.situation import (
        Situation,
        read_situations,
        situation_of,
        situations_of_case,
    )

    given = [name for name, on in (("a file", file), ("--facet", facet), ("--case", case)) if on]
    if len(given) > 1:
        raise SysgraphError(f"{' and '.join(given)} were given; name the situation in one way")
    if file:
        data, where = read_argument(file)
        return read_situations(data, where, frame)
    if facet:
        return [situation_of(pairs(facet, "--facet"), frame)]
    if case:
        return situations_of_case(case, frame)
    if not sys.stdin.isatty():
        raise SysgraphError("no situation was given; name a file, --facet or --case")
    from sysgraph.cli.ask import ask_until_settled

    return [ask_until_settled(Situation("situation"), frame)]
