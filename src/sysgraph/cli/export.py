"""``sysgraph export``: take the graph away.

``sysgraph diff``: two stores, files or git revisions compared, in words and in consequence.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.app import AsOfOption, StoreOption, TextFormat, write
from sysgraph.errors import SysgraphError
from sysgraph.publish.files import What


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
    SSSOM = "sssom"


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
    them can be loaded again. SSSOM is a table of the alignments with their reasons.

    \b
    Example:
      sysgraph export --format trig --what cases -o cases.trig
      sysgraph export --format xlsx -o cases.xlsx
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.files import write_pieces
    from sysgraph.publish.files import Plainly, export_files, export_pieces
    from sysgraph.rdf import Format
    from sysgraph.stores import open_as_of

    opened = open_as_of(store, as_of)
    if form is ExportFormat.SSSOM:
        from sysgraph.publish.sssom import write_sssom

        if what not in (None, What.ALIGNMENTS):
            raise SysgraphError(f"sssom holds no {what} graph: only alignments are written so")
        pieces = iter([write_sssom(opened)])
    elif form.value in list(Plainly):
        pieces = export_files(opened, Plainly(form.value), what or What.CASES)
    else:
        pieces = export_pieces(opened, Format(form.value), what or What.ALL)
    if output is not None:
        write_pieces(output, pieces)
        return
    for piece in pieces:
        write(piece)


def diff_command(
    sides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BEFORE] [AFTER]",
            help="Each a file or folder of cases, a store, an endpoint, a checkout, a git revision"
            " (HEAD~1, main, main:path), or shipped.",
        ),
    ] = None,
    situations: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Situations to work out on both sides; by default those of all cases' readings.",
        ),
    ] = None,
    proofs: Annotated[
        bool, typer.Option("--proofs", help="Unfold the proofs of what follows otherwise.")
    ] = False,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write the answer.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Say in what two libraries differ, in words, and what difference that makes.

    With one name, a revision is compared with the working tree, and files are compared with the
    shipped library; with none, HEAD is compared with the working tree. Files are laid over the
    other side. Markdown is made for a pull request.

    Exit code 0: no difference; 1: there is one; 2: it could not be told.

    \b
    Examples:
      sysgraph diff my-case.yaml
      sysgraph diff main HEAD --format markdown
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.diff.compare import compare
    from sysgraph.pages.diff import diff_json, diff_markdown, diff_text

    if sides and len(sides) > 2:
        raise SysgraphError(f"{len(sides)} names were given; name two sides at most")
    found = compare(sides or [], situations)
    if form is TextFormat.JSON:
        write(diff_json(found))
    else:
        page = diff_markdown if form is TextFormat.MARKDOWN else diff_text
        write(page(found, proofs=proofs))
    if not found.is_empty:
        raise typer.Exit(1)
