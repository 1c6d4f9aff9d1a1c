"""``sysgraph new``, ``forms`` and ``from-form``: files to fill in, and what people wrote there."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysgraph.cli.app import StoreOption, TextFormat, named_format, telling_aside, write
from sysgraph.errors import BadFile, BadForm, Finding, Severity, SysgraphError
from sysgraph.publish.parts import Plainly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sysgraph.fill.template import Answers
    from sysgraph.issue import Answered
    from sysgraph.shapes import Form

__all__ = ["TEMPLATES", "IdOption", "TemplateFormat", "as_json"]

KindArgument = Annotated[
    str,
    typer.Argument(
        help="What to begin: case, critique, risk, consideration, effect, source and so on;"
        " or schema, for the JSON Schema."
    ),
]
OfArgument = Annotated[
    str | None,
    typer.Argument(metavar="[case|critique]", help="Whose JSON Schema; by default of a case."),
]
IdOption = Annotated[
    str, typer.Option("--id", metavar="ID", help="Its id: mostly small letters, digits, hyphens.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write it there; by default it is printed."),
]
SchemaOption = Annotated[
    Path | None,
    typer.Option(
        "--schema",
        metavar="FILE",
        help="Where to put the JSON Schema for editors; by default beside the file.",
    ),
]
FormatOption = Annotated[
    Plainly | None,
    typer.Option(
        "--format",
        help="How to write a case or critique; csv and xlsx are tables.",
        show_default="as the file's name ends, or yaml",
    ),
]
AskOption = Annotated[
    bool, typer.Option("--ask", help="Ask question by question, then write the file.")
]


def new_command(
    kind: KindArgument,
    of: OfArgument = None,
    thing_id: IdOption = "",
    out: OutOption = None,
    schema: SchemaOption = None,
    form: FormatOption = None,
    ask: AskOption = False,
) -> None:
    """Begin a case, a critique, or a block of the vocabulary: a file that says what to fill in.

    A case or critique is YAML with a comment for every key: what it means, whether it must be
    there, and what is allowed. Beside it comes a JSON Schema, by which editors complete and check.
    Everything else is a block of Turtle. On a terminal, without --out, it asks for each in turn.

    \b
    Example:
      sysgraph new case --out my-case.yaml
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    if kind == "schema":
        _print_schema(of or "case", out)
        return
    if of is not None:
        raise SysgraphError(f"'{of}' is a word too many; begin one thing at a time")
    from sysgraph.ontology import Ontology
    from sysgraph.shapes import PLAIN, form_of

    asked = form_of(kind, Ontology.load())
    chosen = _format_of(kind, form, out)
    if chosen in (Plainly.CSV, Plainly.XLSX):
        _refuse_table(kind, {"--id": thing_id, "--ask": ask})
        _put(_table(chosen), out, "fill in a row for each case, then sysgraph validate it")
        return
    _check_id(asked, thing_id)
    if out is not None:
        _check_free(out)
    answers: Answers | None = None
    if ask or (out is None and sys.stdin.isatty() and sys.stdout.isatty()):
        thing_id, answers = _interview(asked, thing_id)
        out = out or Path(f"{thing_id}.{chosen if kind in PLAIN else 'ttl'}")
        _check_free(out)
    text = _text(asked, thing_id, answers, (out, schema))
    if chosen is Plainly.JSON:
        text = as_json(text)
    then = f"sysgraph validate {out}" if kind in PLAIN else "add it to the vocabulary"
    _put(text.encode(), out, then)


_FORMATS = {
    Plainly.YAML: ["yaml", "yml"],
    Plainly.JSON: ["json"],
    Plainly.CSV: ["csv"],
    Plainly.XLSX: ["xlsx"],
}


def _format_of(kind: str, form: Plainly | None, out: Path | None) -> Plainly:
    """Return what is asked for, or what the name of a file asks for.

    Raises:
        SysgraphError: the name ends as another format does, or as none that validate reads; or
            a block of Turtle is asked for as something else.
    """
    from sysgraph.shapes import PLAIN

    if kind in PLAIN:
        return named_format(form, out, Plainly.YAML, _FORMATS, is_read=True)
    if form in (Plainly.YAML, Plainly.JSON):
        raise SysgraphError(f"a {kind} is a block of Turtle, and no {form}; leave --format out")
    if form is None and out and out.suffix.lower() not in ("", ".ttl"):
        raise SysgraphError(f"{out}: a {kind} is a block of Turtle; let it end in .ttl")
    return form or Plainly.YAML


def _refuse_table(kind: str, given: Mapping[str, object]) -> None:
    rest = " and ".join(name for name, value in given.items() if value)
    if kind != "case" or rest:
        told = f"leave out {rest}" if kind == "case" else f"name no csv or xlsx for a {kind}"
        raise SysgraphError(f"a table is for cases, a row each; {told}")


def _check_id(form: Form, thing_id: str) -> None:
    from sysgraph.fill.template import explain_id, explain_taken

    if not thing_id:
        return
    wrong = explain_taken(form, thing_id) or explain_id(form, thing_id)
    if wrong:
        raise SysgraphError(f"--id {thing_id}: {wrong}")


def _check_free(path: Path) -> None:
    if path.exists():
        raise BadFile(path, "it is there already; give another name by --out")


def _interview(form: Form, thing_id: str) -> tuple[str, Answers]:
    from sysgraph.fill.template import interview

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    def ask(prompt: str) -> str:
        print(prompt, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline()

    say("Answer each question; Enter skips it, and Ctrl-C ends without writing anything.")
    return interview(form, ask, say, thing_id)


def _text(
    form: Form, thing_id: str, answers: Answers | None, places: tuple[Path | None, Path | None]
) -> str:
    """Return the file to fill in; writes the schema of a case or critique where it belongs."""
    from sysgraph.fill.template import block, document
    from sysgraph.shapes import PLAIN

    if form.kind not in PLAIN:
        return block(form, thing_id, answers)
    out, schema = places
    beside = f"sysgraph-{form.kind}.schema.json"
    place = schema or (out.with_name(beside) if out else None)
    if place is not None:
        _write_schema(form.kind, place)
        found = Path(os.path.relpath(place, out.parent if out else "."))
        return document(form, thing_id, answers, schema=found.as_posix())
    first, _, rest = document(form, thing_id, answers, schema=beside).partition("\n")
    return f"{first}\n# (make it with: sysgraph new schema {form.kind} --out {beside})\n{rest}"


def as_json(text: str) -> str:
    """Return a file to fill in as JSON, with null for each blank."""
    import yaml

    from sysgraph.pages.objects import json_text

    def blank(value: object) -> object:
        if isinstance(value, dict):
            return {key: blank(each) for key, each in value.items()}
        return [blank(each) for each in value] if isinstance(value, list) else value or None

    found = blank(yaml.load(text, yaml.BaseLoader))  # text and nothing but text
    return json_text(found)


def _table(file_format: Plainly) -> bytes:
    """Return a table to be filled in; a workbook shows a shipped case, and the words allowed."""
    from sysgraph.case.compile import tell
    from sysgraph.case.read import read
    from sysgraph.ontology import Ontology
    from sysgraph.publish.tables import empty_csv, empty_workbook

    ontology = Ontology.load()
    vocabulary = ontology.vocabulary
    if file_format is Plainly.CSV:
        return empty_csv(vocabulary)
    shipped = read(min((ontology.folder / "cases").glob("*.yaml")), vocabulary)
    shown = [tell(case.quads, case.case_id, vocabulary) for case in shipped]
    return empty_workbook(ontology, shown)


def _put(content: bytes, out: Path | None, then: str) -> None:
    if out is None:
        write(content)
        return
    from sysgraph.files import write_file

    _check_free(out)
    write_file(out, content)
    print(f"Wrote {out}. Next: {then}", file=sys.stderr)


def _print_schema(kind: str, out: Path | None) -> None:
    if out is None:
        write(_schema_text(kind))
        return
    _write_schema(kind, out)
    print(f"Wrote {out}.", file=sys.stderr)


def _schema_text(kind: str) -> str:
    from sysgraph.fill.schema import schema_of
    from sysgraph.ontology import Ontology

    return json.dumps(schema_of(kind, Ontology.load()), ensure_ascii=False, indent=1) + "\n"


def _write_schema(kind: str, path: Path) -> None:
    """Write the schema; one that is there is renewed, and no other file is."""
    from sysgraph.files import write_file
    from sysgraph.fill.schema import schema_id

    text = _schema_text(kind)
    if path.exists():
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            told = None
        if not isinstance(told, dict) or told.get("$id") != schema_id(kind):
            raise BadFile(path, f"it is there already, and is no JSON Schema of a {kind}")
    write_file(path, text.encode())


def forms_command(
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the files here, such as .github/ISSUE_TEMPLATE."),
    ] = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to say what was written.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Make the issue forms for GitHub from the ontology: a case, a critique, a correction.

    Every choice is taken from the ontology, so that a new value is there once this is run again.

    \b
    Example:
      sysgraph forms --into .github/ISSUE_TEMPLATE
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.files import write_file
    from sysgraph.forms import Kind, config_text, form_text
    from sysgraph.ontology import Ontology

    files = {f"{kind}.yml": form_text(kind, Ontology.load()) for kind in Kind}
    files["config.yml"] = config_text()
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_file(into / name, text.encode())
    if form is TextFormat.JSON:
        write(json.dumps(files if into is None else sorted(files), indent=2) + "\n")
    elif into is None:
        write("---\n".join(files.values()))
    else:
        write("".join(f"written: {into / name}\n" for name in files))


class TemplateFormat(StrEnum):
    """How a sheet is written; only YAML says what each key means."""

    YAML = "yaml"
    JSON = "json"


TEMPLATES = {TemplateFormat.YAML: ["yaml", "yml"], TemplateFormat.JSON: ["json"]}
"""What the name of a file ends in that is written in each."""


def code_sheet_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The id of a case.")],
    store: StoreOption = None,
    out: OutOption = None,
    file_format: Annotated[
        TemplateFormat | None,
        typer.Option(
            "--format", help="How to write it.", show_default="as the file's name ends, or yaml"
        ),
    ] = None,
) -> None:
    """Write what a second coder of a case needs, and no more: a sheet to fill in.

    It names the case and the pages that it cites, and has a blank for each facet, for the types
    and the outcomes, with what every value means. Nothing is in it of how the case was coded
    before, so that the coder can be blind to that. What is filled in goes into the file of the
    case as it is; sysgraph agreement then tells how far the coders agree.

    \b
    Example:
      sysgraph code-sheet wigan-deal --out wigan-sheet.yaml
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.case.compile import tell
    from sysgraph.fill.template import code_sheet
    from sysgraph.ontology import Ontology
    from sysgraph.reason.explain import stated_of
    from sysgraph.shapes import form_of
    from sysgraph.stores import open_store

    chosen = named_format(file_format, out, TemplateFormat.YAML, TEMPLATES)
    ontology = Ontology.load()
    with telling_aside(store):
        told = tell(stated_of(case, open_store(store)), case, ontology.vocabulary)
    if out is not None:
        _check_free(out)
    text = code_sheet(form_of("case", ontology), list(_on_case(told)))
    if chosen is TemplateFormat.JSON:
        text = as_json(text)
    _put(text.encode(), out, "fill it in, and put it into the file of the case")


def _on_case(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a second coder is told of a case, and how to go about it."""
    years = f"{told['start']} to {told['end']}" if "end" in told else f"from {told['start']}"
    yield f"A second coding of: {told['title']}"
    yield f"{told['place']} ({', '.join(told['countries'])}), {years}"
    yield ""
    yield (
        "Code the situation that the attempt began in, how it was in fact led, and what came of it"
        " on each test, from public pages alone. Look at no other coding of the case, and at no"
        " advice on it, before this is filled in. Leave out whatever the pages do not tell, and"
        " guess nothing; every why: is one sentence of your own."
    )
    yield ""
    yield "It cites:"
    for one in told["citations"]:
        named = (one.get(key) for key in ("authors", "year", "title", "where", "url"))
        yield f"- {'. '.join(map(str, filter(None, named)))}"


def from_form_command(
    file: Annotated[
        Path, typer.Argument(help="A file with the text of an issue, or with GitHub's event.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write cases/ID.yaml or critiques/ID.yaml below here, if sound."
        ),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="The day of contribution, if no event says it."
        ),
    ] = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write the findings.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Turn a filled-in issue form into a case, a critique or a corrected case, and check it.

    Text is the YAML, with what is wrong as comments before it; Markdown is a comment for the
    issue. Exit code 1: something must be mended, and nothing is written with --into.

    \b
    Examples:
      sysgraph from-form issue.md > my-case.yaml
      sysgraph from-form "$GITHUB_EVENT_PATH" --into found --format markdown
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.files import read_bytes, write_file
    from sysgraph.issue import fill_in, read_issue
    from sysgraph.pages.findings import answers_text, refusal_markdown

    try:
        body, sent = read_issue(read_bytes(file), str(file))
        when = day.date() if day else sent or datetime.now(UTC).date()
        answered = fill_in(body, str(file), when)
    except BadForm as error:
        if form is TextFormat.MARKDOWN:
            write(refusal_markdown(error))
        raise
    findings, is_sound = _check(answered)
    if into is not None and is_sound:
        place = into / answered.place
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, answered.text.encode())
    write(answers_text(answered, findings, form.value))
    if not is_sound:
        raise typer.Exit(1)


def _check(answered: Answered) -> tuple[list[Finding], bool]:
    """Return what is wrong with what was written, and whether it can be taken in."""
    from tempfile import TemporaryDirectory

    from sysgraph.check import check_files

    with TemporaryDirectory(prefix="sysgraph-") as folder:
        path = Path(folder) / f"{answered.name}.yaml"
        path.write_text(answered.text, encoding="utf-8")
        _, findings = check_files([path])
    # What fits nowhere must not be lost: it is wrong like anything else.
    findings += [Finding(message=fault, demand="no-place") for fault in answered.faults]
    return findings, not any(one.severity is Severity.VIOLATION for one in findings)
