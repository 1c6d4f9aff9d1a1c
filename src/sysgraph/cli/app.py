"""The application: its commands, the options that they share, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from shlex import quote
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer._click.core import Context
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperCommand, TyperOption
from typer.main import get_command

from sysgraph.cli.net import FAILED, to_stdout
from sysgraph.errors import SetAside, SysgraphError, UnknownThing, one_line, visible

if TYPE_CHECKING:
    from sysgraph.store.local import Rows, Store

__all__ = [
    "AsOfOption",
    "ByOption",
    "FormatOption",
    "ProofFormat",
    "StoreOption",
    "StoreToWrite",
    "TableFormat",
    "TextFormat",
    "UpdateUrlOption",
    "build",
    "named_format",
    "pair",
    "pairs",
    "progress",
    "read_argument",
    "refuse_aside",
    "refuse_beside",
    "run",
    "telling_aside",
    "terminal_width",
    "write",
    "write_rows",
]

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR|URL",
        help="A store directory or the URL of a SPARQL endpoint; by default the shipped library.",
    ),
]
UpdateUrlOption = Annotated[
    str | None,
    typer.Option(
        "--update-url",
        metavar="URL",
        help="Where an endpoint takes updates, if not at /update beside /query.",
    ),
]
StoreToWrite = Annotated[
    str, typer.Option("--store", metavar="DIR|URL", help="A store directory or an endpoint.")
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Ask the cases as they stood then: a date, for its end, or a time; both in UTC.",
    ),
]


@contextmanager
def telling_aside(place: str | None, as_of: str | None = None) -> Iterator[None]:
    """Say of a case that is known and does not count since when, and why, instead of no case.

    Raises:
        SetAside: it was retracted, superseded or removed, or is a draft.
    """
    try:
        yield
    except UnknownThing as error:
        from sysgraph.stores import open_as_of

        refuse_aside(error.name, open_as_of(place, as_of), place)
        raise


def refuse_aside(name: str, store: Store, place: str | None, more: str = "") -> None:
    """Refuse a name of something that is known to a store and does not count.

    ``more`` is what else can be done about it, by a command without the name of the store.

    Raises:
        SetAside: it was retracted, superseded or removed, or is a draft.
    """
    from sysgraph.history.deeds import set_aside

    option = f" --store {quote(place)}" if place else ""
    told = set_aside(name, store, option)
    if told:
        raise SetAside(name, f"{told}; '{more}{option}' has it" if more else told)


class TextFormat(StrEnum):
    """How advice and explanations are written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class ProofFormat(StrEnum):
    """How explanations are written; ``turtle`` gives their proofs as PROV-O."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    TURTLE = "turtle"


class TableFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


FormatOption = Annotated[TextFormat, typer.Option("--format", help="How to write it.")]
_Form = TypeVar("_Form", bound=StrEnum)


def named_format(
    form: _Form | None,
    place: Path | None,
    usual: _Form,
    endings: Mapping[_Form, Sequence[str]],
    *,
    is_read: bool = False,
) -> _Form:
    """Return the format that is asked for, or that the name of a file asks for, or the usual one.

    ``endings`` are those of each format, the best first. What is read again by its name
    (``is_read``) has no other ending, whatever is asked for.

    Raises:
        SysgraphError: the name ends as another format does, or as none.
    """
    ending = place.suffix[1:].lower() if place else ""
    if place is None or not ending:
        return form or usual
    told = "let it end in"
    fits = [each for each, ends in endings.items() if ending in ends]
    if form in fits or (form and not fits and not is_read):
        return form
    if form:
        raise SysgraphError(f"{place}: this is no name for {form}; {told} .{endings[form][0]}")
    if fits:
        return fits[0]
    known = ", ".join(dict.fromkeys(f".{ends[0]}" for ends in endings.values()))
    more = "" if is_read else ", or name a --format"
    raise SysgraphError(f"{place}: nothing is written as .{ending}; {told} one of {known}{more}")


def read_argument(name: str, most: int = 0) -> tuple[bytes, str]:
    """Return the bytes that an argument names, a file or - for standard input, and its name.

    No more than ``most`` bytes are read, or else as many as any file may have.
    """
    from sysgraph.files import MAX_BYTES, read_bytes, read_within

    most = most or MAX_BYTES
    if name == "-":
        return read_within(sys.stdin.buffer, "standard input", most), "standard input"
    return read_bytes(Path(name), most), name


def write(text: str | bytes) -> None:
    """Write an answer to standard output, in UTF-8 wherever it goes.

    Nothing in a text can command a terminal. Bytes are data, and stay as they are where no
    person looks.
    """
    if isinstance(text, bytes) and sys.stdout.isatty():
        text = text.decode("utf-8", "backslashreplace")
    data = text if isinstance(text, bytes) else visible(text).encode()
    with to_stdout():
        sys.stdout.flush()
        left = memoryview(data)
        while left:  # with PYTHONUNBUFFERED a disk takes what it has room for, and says no more
            left = left[sys.stdout.buffer.write(left) or 0 :]
        sys.stdout.buffer.flush()


def write_rows(rows: Rows, form: TableFormat) -> None:
    """Write the rows of a query."""
    from sysgraph.pages.rows import rows_text

    text = rows_text(rows, form.value, terminal_width())
    write(text.encode("utf-8", "replace") if form is TableFormat.CSV else text)


def terminal_width() -> int:
    """Return how wide a table may be: as wide as the terminal, or 160 where there is none."""
    return get_terminal_size().columns if sys.stdout.isatty() else 160


def pair(text: str, option: str) -> tuple[str, str]:
    """Return both sides of ``key=value``.

    Raises:
        SysgraphError: it has no "=", or nothing before it.
    """
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise SysgraphError(f"{option} {text}: write it as name=value")
    return key, value


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Return ``key=value`` arguments as a dictionary.

    Raises:
        SysgraphError: one has no "=", or a key stands twice.
    """
    found: dict[str, str] = {}
    for text in given:
        key, value = pair(text, option)
        if key in found:
            raise SysgraphError(f"{option} {key}: it is given twice; keep one")
        found[key] = value
    return found


def refuse_beside(option: str, others: Mapping[str, object]) -> None:
    """Refuse what is given beside an option that stands alone; ``others`` are by their names.

    Raises:
        SysgraphError: something is given; names all of it.
    """
    given = [name for name, value in others.items() if value]
    if given:
        raise SysgraphError(f"{option} stands alone; leave out {' and '.join(given)}")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on a terminal while long work goes on, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    # What draws the bar are the control characters that are kept from the stream else.
    bare = getattr(sys.stderr, "raw", sys.stderr)
    with Progress(console=Console(file=bare), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total
        )


_HELP = (
    "Which way of leading fits this system change, why, and what to watch.\n\n"
    "Exit codes: 0 fine; 1 the answer is no; 2 could not do it.\n\n"
    "\b\nExample:\n  sysgraph advise --facet purpose-origin=movement --facet agreement=coercive"
)

# Each command with the module that has it, in the order of the help. A module is imported
# when its command is wanted, so that no command pays for another.
_HOMES = {
    "advise": "advise",
    "sheet": "sheet",
    "prompt": "sheet",
    "explain": "explain",
    "agreement": "advise",
    "backtest": "advise",
    "follow-up": "follow",
    "query": "query",
    "sparql": "query",
    "plot": "plot",
    "mcp": "mcp",
    "new": "new",
    "validate": "validate",
    "load": "load",
    "remove": "history",
    "retract": "history",
    "history": "history",
    "status": "load",
    "export": "export",
    "publish": "publish",
    "diff": "export",
    "forms": "new",
    "from-form": "new",
    "code-sheet": "new",
    "serve": "serve",
}


class _Command(TyperCommand):
    """A command that takes no option twice of which it would forget one."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the words of a command.

        Raises:
            SysgraphError: an option that takes one value is given twice.
        """
        _, _, given = self.make_parser(ctx).parse_args([*args])
        rest = super().parse_args(ctx, args)
        single = [one for one in given if isinstance(one, TyperOption) and not one.multiple]
        for one in single:
            if not one.is_flag and single.count(one) > 1:
                raise SysgraphError(f"{max(one.opts, key=len)}: it is given twice; keep one")
        return rest


def build(names: Iterable[str] = tuple(_HOMES)) -> typer.Typer:
    """Return the application with some of its commands, by default with all."""
    app = typer.Typer(
        name="sysgraph",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        help=_HELP,
        callback=root,
    )
    for name in names:
        module = import_module(f"sysgraph.cli.{_HOMES[name]}")
        app.command(name, cls=_Command)(getattr(module, f"{name.replace('-', '_')}_command"))
    return app


def _version(shown: bool) -> None:
    if shown:
        from sysgraph import __version__

        write(f"{__version__}\n")
        raise typer.Exit


def root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and end.", callback=_version, is_eager=True
    ),
) -> None:
    """Take the options that come before any command."""


def run(words: Sequence[str]) -> int:
    """Run a command with its words, and return its exit code.

    Not by typer's own way to end, which gives 1 where the reader has gone or a question is not
    answered.
    """
    names = [words[0]] if words and words[0] in _HOMES else list(_HOMES)
    command = get_command(build(names))
    for each in (command, *getattr(command, "commands", {}).values()):
        each.params.append(_debug(hidden=each is not command))
    try:
        with command.make_context("sysgraph", [*words]) as context:
            command.invoke(context)
    except ClickException as error:
        if not isinstance(error, NoArgsIsHelpError):  # whose message is the whole help
            error.message = one_line(error.message)
        error.show(sys.stderr)
        return FAILED
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, EOFError) as error:
        raise SysgraphError("the input ended before all was answered; nothing was done") from error
    return 0


def _debug(*, hidden: bool) -> TyperOption:
    """Return the option that the last net looks for itself, wherever it stands."""
    told = "Show the trace of what goes wrong; so does SYSGRAPH_DEBUG=1."
    return TyperOption(
        param_decls=["--debug"], is_flag=True, expose_value=False, hidden=hidden, help=told
    )
