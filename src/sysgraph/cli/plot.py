"""``sysgraph plot``: pictures of what the cases show, with the same in words."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import (
    AsOfOption,
    StoreOption,
    TableFormat,
    named_format,
    terminal_width,
    write,
    write_rows,
)
from sysgraph.errors import SysgraphError

if TYPE_CHECKING:
    from sysgraph.plots.picture import Picture


class PlotFormat(StrEnum):
    """How a picture is written; ``text`` says what it shows, in words and as a table."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    TEXT = "text"


_ENDINGS = {
    PlotFormat.SVG: ["svg"],
    PlotFormat.PNG: ["png"],
    PlotFormat.PDF: ["pdf"],
    PlotFormat.TEXT: ["txt"],
}


def plot_command(
    name: Annotated[str | None, typer.Argument(help="The name of a plot.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file to write to: .svg, .png or .pdf.")
    ] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: Annotated[
        PlotFormat | None,
        typer.Option(
            "--format",
            help="What to write: a picture, or text, which says what it shows.",
            show_default="as the file's name ends, or svg",
        ),
    ] = None,
) -> None:
    """Draw what the cases show, or list what can be drawn.

    The same store gives the same picture, byte for byte. Pictures need the extra 'analysis', and
    text does not.

    \b
    Examples:
      sysgraph plot
      sysgraph plot evidence-gap-map -o map.svg
      sysgraph plot outcomes-by-type --format text
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.files import write_pieces
    from sysgraph.plots.shown import draw, plot_of
    from sysgraph.stores import open_as_of

    if name is None:
        _list()
        return
    plot_of(name)  # before anything is opened
    chosen = named_format(form, output, PlotFormat.SVG, _ENDINGS)
    is_picture = chosen in (PlotFormat.PNG, PlotFormat.PDF)
    if is_picture and output is None and sys.stdout.isatty():
        raise SysgraphError(f"a terminal shows no {chosen}; name a file with -o {name}.{chosen}")
    drawn = _written(draw(name, open_as_of(store, as_of)), chosen)
    if output is not None:
        write_pieces(output, [drawn.encode() if isinstance(drawn, str) else drawn])
        return
    write(drawn)


def _list() -> None:
    from sysgraph.plots.answers import table
    from sysgraph.plots.shown import PLOTS

    listed = [(name, plot.shows) for name, plot in PLOTS.items()]
    write_rows(table(("name", "what it shows"), listed), TableFormat.TABLE)


def _written(picture: Picture, form: PlotFormat) -> str | bytes:
    if form is PlotFormat.TEXT:
        return _text(picture)
    if form is PlotFormat.SVG:
        return picture.svg()
    return picture.png() if form is PlotFormat.PNG else picture.pdf()


def _text(picture: Picture) -> str:
    from sysgraph.pages.rows import rows_text

    table = rows_text(picture.rows, "table", terminal_width())
    words = "\n".join(fill(one, 100, break_on_hyphens=False) for one in picture.words)
    underline = "=" * len(picture.title)
    source = fill(picture.source, 100, break_on_hyphens=False)
    return f"{picture.title}\n{underline}\n\n{words}\n\n{table}\n{source}\n"
