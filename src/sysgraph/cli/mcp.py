"""``sysgraph mcp``: an agent's door."""

from __future__ import annotations

from typing import Annotated

import typer

from sysgraph.cli.app import StoreOption
from sysgraph.errors import MissingExtra, SysgraphError

__all__ = ["mcp_command"]


def mcp_command(
    store: StoreOption = None,
    http: Annotated[
        bool, typer.Option("--http", help="Answer over HTTP; by default over stdio.")
    ] = False,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where to listen.  [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="On which port; 0 takes any.  [default: 8765]"),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="Another name that it may be asked by."),
    ] = None,
) -> None:
    """Let an assistant ask: the questions, advice, proofs and cases as tools, read-only.

    It speaks the Model Context Protocol over standard input and output, as assistants start it,
    or with --http at http://127.0.0.1:8765/mcp until Ctrl-C. Nothing is written, and nothing of
    what is asked is kept or logged. Over HTTP it has no login, and answers only to the names of
    this machine, --host and --name. What a store holds is read once: start it again after a load.

    \b
    Examples:
      sysgraph mcp
      sysgraph mcp --store my-store --http --port 9000
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    if not http and (host, port, name) != (None, None, None):
        raise SysgraphError("--host, --port and --name are for --http; add it")
    try:
        from sysgraph.mcp.server import DoorServer
        from sysgraph.mcp.serving import serve_http
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("sysgraph"):
            raise
        package = (error.name or "").partition(".")[0]
        raise MissingExtra(f"this needs the package {package}", "mcp") from error
    from sysgraph.cli.advise import carry_record, frame_of
    from sysgraph.mcp.door import Door
    from sysgraph.stores import open_store

    frame = frame_of(store)
    carry_record(frame)
    server = DoorServer(Door(frame, lambda: open_store(store)))
    if http:
        serve_http(server, host or "127.0.0.1", 8765 if port is None else port, name or [])
    else:
        server.run()
