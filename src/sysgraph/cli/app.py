"""The application: its commands, and how it ends."""

import os
import signal
import sys

import typer

from sysgraph.cli.advise import advise_command, explain_command
from sysgraph.cli.contribute import (
    load_command,
    remove_command,
    status_command,
    validate_command,
)
from sysgraph.cli.publish import export_command
from sysgraph.cli.query import query_command, sparql_command
from sysgraph.errors import SysgraphError

__all__ = ["app", "main"]

app = typer.Typer(
    name="sysgraph",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=(
        "Which way of leading fits this system change, why, and what to watch.\n\n"
        "Exit codes: 0 fine; 1 the answer is no; 2 could not do it.\n\n"
        "\b\nExample:\n  sysgraph advise --facet purpose-origin=movement --facet agreement=coercive"
    ),
)

app.command("advise")(advise_command)
app.command("explain")(explain_command)
app.command("query")(query_command)
app.command("sparql")(sparql_command)
app.command("validate")(validate_command)
app.command("load")(load_command)
app.command("remove")(remove_command)
app.command("status")(status_command)
app.command("export")(export_command)


def _version(shown: bool) -> None:
    if shown:
        from sysgraph import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
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
    try:
        app()
    except SysgraphError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
