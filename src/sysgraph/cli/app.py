"""The application: its commands, and how it ends."""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperOption
from typer.main import get_command

from sysgraph.cli.net import FAILED
from sysgraph.cli.options import write
from sysgraph.errors import SysgraphError
from sysgraph.visible import one_line

__all__ = ["build", "run"]

_HELP = (
    "Which way of leading fits this system change, why, and what to watch.\n\n"
    "Exit codes: 0 fine; 1 the answer is no; 2 could not do it.\n\n"
    "\b\nExample:\n  sysgraph advise --facet purpose-origin=movement --facet agreement=coercive"
)

# Each command with the module that has it, in the order of the help. A module is imported
# when its command is wanted, so that no command pays for another.
_HOMES = {
    "advise": "advise",
    "explain": "explain",
    "agreement": "agreement",
    "backtest": "backtest",
    "query": "query",
    "sparql": "query",
    "new": "new",
    "validate": "validate",
    "load": "load",
    "remove": "contribute",
    "retract": "life",
    "history": "life",
    "status": "contribute",
    "export": "publish",
    "diff": "review",
    "forms": "forms",
    "from-form": "forms",
}


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
        app.command(name)(getattr(module, f"{name.replace('-', '_')}_command"))
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
