"""``sysgraph serve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.app import StoreOption
from sysgraph.errors import MissingExtra

PORT = 8000

IssuesOption = Annotated[
    str, typer.Option(metavar="URL", help="The repository that takes contributions as issues.")
]
AcceptOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Let NAME log in and load drafts into the directory --store."
    ),
]
PasswordOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="The password for --accept; else SYSGRAPH_PASSWORD holds it."
    ),
]


def serve_command(
    store: StoreOption = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")
    ] = PORT,
    public_url: Annotated[
        str,
        typer.Option(metavar="URL", help="What links and QR codes begin with, behind a proxy."),
    ] = "",
    rooms: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where rooms are kept; else in your own data folder."),
    ] = None,
    issues: IssuesOption = "",
    accept: AcceptOption = "",
    password_file: PasswordOption = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
) -> None:
    """Serve the pages: ask, see, share and browse in a browser.

    Nothing is sent anywhere but to this server, which keeps nobody's words. Of a
    room for a group it keeps coded answers until it is closed, and sums for 30 days at the most.
    Ctrl-C ends it.

    \b
    Examples:
      sysgraph serve --open
      sysgraph serve --store my-store --port 8080
      sysgraph serve --public-url https://advice.example.org
      sysgraph serve --store my-store --accept anna --password-file password.txt
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    try:
        from sysgraph.web.running import run_site
    except ModuleNotFoundError as error:
        raise MissingExtra("the pages need what is not installed", "web") from error
    run_site(
        store,
        host,
        port,
        public_url,
        told=_told,
        warned=_warned,
        rooms=rooms,
        is_opened=open_,
        issues=issues,
        accept=accept,
        password_file=password_file,
    )


def _told(address: str) -> None:
    print(f"sysgraph is at {address} (Ctrl-C ends it)", file=sys.stderr, flush=True)


def _warned(reason: str) -> None:
    print(reason, file=sys.stderr, flush=True)
