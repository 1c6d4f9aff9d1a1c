"""``sysgraph export``: take the graph away.

``sysgraph diff``: two stores, files or git revisions compared, in words and in consequence.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import AsOfOption, StoreOption, TextFormat, named_format, refuse_aside, write
from sysgraph.errors import SysgraphError
from sysgraph.publish.parts import What
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.publish.parts import Part
    from sysgraph.store.local import Store


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
    BIBTEX = "bibtex"
    CSL = "csl"
    RO_CRATE = "ro-crate"
    GRLC = "grlc"


_ENDINGS = {
    ExportFormat.TURTLE: ["ttl"],
    ExportFormat.TRIG: ["trig"],
    ExportFormat.NQUADS: ["nq"],
    ExportFormat.NTRIPLES: ["nt"],
    ExportFormat.JSONLD: ["jsonld"],
    ExportFormat.XML: ["rdf", "xml"],
    ExportFormat.YAML: ["yaml", "yml"],
    ExportFormat.JSON: ["json"],
    ExportFormat.CSV: ["csv"],
    ExportFormat.XLSX: ["xlsx"],
    ExportFormat.SSSOM: ["tsv"],
    ExportFormat.BIBTEX: ["bib"],
    ExportFormat.CSL: ["json"],
}


def export_command(
    form: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="The syntax to write.",
            show_default="as the file's name ends, or turtle; of nanopublications, trig",
        ),
    ] = None,
    what: Annotated[
        What | None,
        typer.Option(
            "--what",
            help="Which part to write.",
            show_default="all; of files and with --case, cases",
        ),
    ] = None,
    case: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only a case, by its id; may be given several times."),
    ] = None,
    inferred: Annotated[
        bool, typer.Option("--inferred", help="Also what follows from it, which all has anyway.")
    ] = False,
    bare: Annotated[
        bool,
        typer.Option("--bare", help="Only what is stated: no types, labels, SKOS or data set."),
    ] = False,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="With --what inferred: by which rule, of what.")
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="A private RSA key, by which nanopublications are signed."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file to write to; of grlc and ro-crate, a folder."),
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
      sysgraph export --case wigan-deal --inferred
      sysgraph export --case wigan-deal --format bibtex
      sysgraph export --what questions --format grlc -o folder
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.files import write_pieces
    from sysgraph.publish.cited import Cited
    from sysgraph.publish.parts import Part, Plainly
    from sysgraph.stores import open_as_of

    form = _format_of(form, output, what)
    as_files = case or form.value in [*Plainly, *Cited]
    chosen = what or (What.CASES if as_files else What.ALL)
    part = Part(chosen, frozenset(map(_id_of, case or ())), inferred, bare)
    _refuse(form, part, provenance, key)
    if form in _FOLDERS:
        place = _folder(form, output, what is None or what is _FOLDERS[form], not case)
        _write_folder(open_as_of(store, as_of), form, place)
        return
    opened = open_as_of(store, as_of)
    try:
        pieces = _pieces(opened, form, part, provenance, key)
        if output is not None:
            write_pieces(output, pieces)
            return
        for piece in pieces:
            write(piece)
    except SysgraphError:
        for one in sorted(part.cases) if chosen is not What.ALL else ():
            refuse_aside(one, opened, store, f"sysgraph export --what all --case {one}")
        raise


def _format_of(form: ExportFormat | None, output: Path | None, what: What | None) -> ExportFormat:
    if form in _FOLDERS:
        return form
    # The nearest to Turtle that has named graphs.
    usual = ExportFormat.TRIG if what is What.NANOPUBLICATIONS else ExportFormat.TURTLE
    return named_format(form, output, usual, _ENDINGS)


def _id_of(name: str) -> str:
    """Return the id of a case that is named by it, or by its address in full or in short."""
    return name.removeprefix(PREFIXES["case"]).removeprefix("case:")


_FOLDERS = {ExportFormat.GRLC: What.QUESTIONS, ExportFormat.RO_CRATE: What.ALL}
"""What is written as a folder, and of what each is."""


_ALIGNED = (What.ALL, What.ALIGNMENTS)
"""What may be asked of SSSOM: nothing by name, or what it holds."""


def _folder(form: ExportFormat, output: Path | None, *is_whole: bool) -> Path:
    """Return where a folder is to be, or refuse what else is asked of it."""
    if output is None:
        raise SysgraphError(f"{form} is a folder; name it with -o, such as -o {form}")
    if not all(is_whole):
        raise SysgraphError(f"{form} is always of {_FOLDERS[form]}; leave out --what and --case")
    return output


def _write_folder(store: Store, form: ExportFormat, place: Path) -> None:
    if form is ExportFormat.GRLC:
        from sysgraph.publish.questions import write_grlc

        write_grlc(store, place)
    else:
        from sysgraph.publish.crate import write_crate

        write_crate(store, place)


def _refuse(form: ExportFormat, part: Part, provenance: bool, key: Path | None) -> None:
    """Refuse what is asked of something that has none of it."""
    from sysgraph.rdf import Format

    if form is ExportFormat.SSSOM and (part.what not in _ALIGNED or part.cases):
        raise SysgraphError(f"{form} holds alignments alone; leave out --what and --case")
    if key and part.what is not What.NANOPUBLICATIONS:
        raise SysgraphError("--key signs nanopublications alone; add --what nanopublications")
    if provenance and part.what is not What.INFERRED:
        raise SysgraphError("--provenance tells how something was inferred; add --what inferred")
    if provenance and form.value not in list(Format):
        raise SysgraphError(f"{form} has no place for --provenance; name a syntax of RDF")


def _pieces(
    store: Store, form: ExportFormat, part: Part, provenance: bool, key: Path | None
) -> Iterator[bytes]:
    from sysgraph.publish.cited import Cited, export_cited
    from sysgraph.publish.files import export_files, export_pieces
    from sysgraph.publish.parts import Plainly
    from sysgraph.rdf import Format

    if form is ExportFormat.SSSOM:
        from sysgraph.publish.sssom import write_sssom

        return iter([write_sssom(store)])
    if form.value in list(Plainly):
        return export_files(store, Plainly(form.value), part)
    if form.value in list(Cited):
        return export_cited(store, Cited(form.value), part)
    if key:
        from sysgraph.publish.nanopubs import export_nanopubs
        from sysgraph.publish.trusty import read_key

        return export_nanopubs(store, Format(form.value), part.cases, read_key(key))
    if provenance:
        from sysgraph.publish.proved import export_proved

        return export_proved(store, Format(form.value), part.cases)
    return export_pieces(store, Format(form.value), part)


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
