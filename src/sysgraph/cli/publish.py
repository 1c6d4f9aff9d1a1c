"""``sysgraph export``: take the graph away."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.options import AsOfOption, StoreOption, write
from sysgraph.publish import What

__all__ = ["export_command"]


class ExportFormat(StrEnum):
    """How a graph is written: a syntax of RDF, or one that people write cases in."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    NTRIPLES = "ntriples"
    JSONLD = "jsonld"
    XML = "xml"
    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def export_command(
    form: Annotated[ExportFormat, typer.Option("--format", help="The syntax to write.")] = (
        ExportFormat.TURTLE
    ),
    what: Annotated[
        What | None,
        typer.Option("--what", help="Which part to write.", show_default="all; of files, cases"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file to write to.")
    ] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Write the graph as linked data, or its cases as files: the same bytes for the same graph.

    YAML, JSON, CSV and XLSX hold cases, or with --what critiques, as people write them; all of
    them can be loaded again.

    \b
    Example:
      sysgraph export --format trig --what cases -o cases.trig
      sysgraph export --format xlsx -o cases.xlsx
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.graph import Format
    from sysgraph.publish import Plainly, export_files, export_pieces
    from sysgraph.stores import open_as_of
    from sysgraph.write import write_pieces

    opened = open_as_of(store, as_of)
    if form.value in list(Plainly):
        pieces = export_files(opened, Plainly(form.value), what or What.CASES)
    else:
        pieces = export_pieces(opened, Format(form.value), what or What.ALL)
    if output is not None:
        write_pieces(output, pieces)
        return
    for piece in pieces:
        write(piece)
