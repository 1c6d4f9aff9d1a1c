"""The application: its commands, and how it ends."""

import os
import signal
import sys
from collections.abc import Iterable
from importlib import import_module

import typer

from sysgraph.errors import SysgraphError

__all__ = ["build", "main"]

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

        print(__version__)
        raise typer.Exit


def root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and end.", callback=_version, is_eager=True
    ),
) -> None:
    """Take the options that come before any command."""


def main() -> None:
    """Run the command line; a person never sees a traceback for what they typed."""
    # A query cannot be stopped from inside the engine, so Ctrl-C ends the process itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    wanted = sys.argv[1:2]
    app = build(wanted) if wanted and wanted[0] in _HOMES else build()
    try:
        app()
    except SysgraphError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
