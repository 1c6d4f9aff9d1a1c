"""``sysgraph sheet`` and ``prompt``: the questions, for a room and for an assistant."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import StoreOption, named_format, write
from sysgraph.errors import BadFile

if TYPE_CHECKING:
    from sysgraph.pages.blocks import Block

__all__ = ["prompt_command", "sheet_command"]


class SheetFormat(StrEnum):
    """How a sheet is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


class PromptFormat(StrEnum):
    """How the text for an assistant is written; JSON has its questions one by one as well."""

    TEXT = "text"
    JSON = "json"


_SHEETS = {
    SheetFormat.TEXT: ["txt"],
    SheetFormat.MARKDOWN: ["md", "markdown"],
    SheetFormat.HTML: ["html", "htm"],
}
_PROMPTS = {PromptFormat.TEXT: ["txt"], PromptFormat.JSON: ["json"]}


OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Write it there; by default it is printed."),
]
_HELP = "How to write it."
_USUAL = "as the file's name ends, or text"
_TITLE = "A sheet for talking about a change"


def sheet_command(
    store: StoreOption = None,
    out: OutOption = None,
    form: Annotated[
        SheetFormat | None, typer.Option("--format", help=_HELP, show_default=_USUAL)
    ] = None,
) -> None:
    """Write a facilitator's sheet: every question, with boxes to tick and room for each voice.

    It says what the two tests ask, then puts the questions in words, with why each is asked, help
    and the answers. Print it, fill it in with people in a room, and put what they said into a file
    for each of them; sysgraph advise reads these side by side.

    \b
    Examples:
      sysgraph sheet
      sysgraph sheet --format html -o sheet.html
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.cli.advise import frame_of
    from sysgraph.pages.asking import sheet_pages

    chosen = named_format(form, out, SheetFormat.TEXT, _SHEETS)
    pages = list(sheet_pages(frame_of(store)))
    _put(_written(pages, chosen), out)


def _written(pages: list[tuple[str, list[Block]]], form: SheetFormat) -> str:
    from sysgraph.pages.blocks import Heading, Section, part, text_of
    from sysgraph.pages.report import pages_written
    from sysgraph.pages.web import report_html

    if form is SheetFormat.HTML:
        return report_html(_TITLE, [Section(heading, blocks) for heading, blocks in pages])
    if form is SheetFormat.MARKDOWN:
        return f"# {_TITLE}\n\n{pages_written(pages, form.value)}"
    parts = [block for heading, blocks in pages for block in part(heading, blocks)]
    return text_of([Heading(_TITLE, 1), *parts])


def prompt_command(
    store: StoreOption = None,
    out: OutOption = None,
    form: Annotated[
        PromptFormat | None, typer.Option("--format", help=_HELP, show_default=_USUAL)
    ] = None,
) -> None:
    """Print a text that makes any assistant read a description and answer the questions from it.

    Paste it into an assistant, with the description below it. What it gives back is YAML with, for
    each answer, the words of the description that it rests on, and unknown where nothing was said.
    Save that, and give it to sysgraph advise with the description. It refuses what is not there.

    \b
    Examples:
      sysgraph prompt > prompt.txt
      sysgraph advise reply.txt --description description.txt
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.cli.advise import frame_of
    from sysgraph.pages.asking import prompt_data, prompt_text
    from sysgraph.pages.objects import json_text

    is_json = named_format(form, out, PromptFormat.TEXT, _PROMPTS) is PromptFormat.JSON
    frame = frame_of(store)
    _put(json_text(prompt_data(frame)) if is_json else prompt_text(frame), out)


def _put(text: str, out: Path | None) -> None:
    if out is None:
        write(text)
        return
    from sysgraph.files import write_file

    if out.exists():
        raise BadFile(out, "it is there already; give another name by --out")
    write_file(out, text.encode())
    print(f"Wrote {out}.", file=sys.stderr)
