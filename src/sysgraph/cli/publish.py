"""``sysgraph export``: take the graph away."""

from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.options import AsOfOption, StoreOption, open_as_of, write
from sysgraph.graph import Format
from sysgraph.publish import What

__all__ = ["export_command"]


def export_command(
    form: Annotated[Format, typer.Option("--format", help="The syntax to write.")] = Format.TURTLE,
    what: Annotated[What, typer.Option("--what", help="Which part to write.")] = What.ALL,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file to write to.")
    ] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Write the graph as linked data: the same bytes for the same graph.

    \b
    Example:
      sysgraph export --format trig --what cases -o cases.trig
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.publish import export_pieces
    from sysgraph.write import write_pieces

    pieces = export_pieces(open_as_of(store, as_of), form, what)
    if output is not None:
        write_pieces(output, pieces)
        return
    for piece in pieces:
        write(piece)
