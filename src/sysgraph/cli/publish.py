"""``sysgraph publish``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.app import StoreOption, progress, write
from sysgraph.errors import MissingExtra, SysgraphError
from sysgraph.terms import NAMESPACE


def publish_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the site.")],
    store: StoreOption = None,
    url: Annotated[str, typer.Option(metavar="URL", help="Where the site will be.")] = NAMESPACE,
    former: Annotated[
        str,
        typer.Option(
            metavar="OLD", help="A release before, to compare with: its folder, or a revision."
        ),
    ] = "",
    pyodide: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The npm package pyodide, for advice in the browser."),
    ] = None,
) -> None:
    """Make a site of files that any web server can give: the pages, and all data.

    The same store gives the same bytes. A site that is there is brought up to date: only what
    has changed is written, and what fails leaves it as it was.

    \b
    Examples:
      sysgraph publish site
      sysgraph publish new-site --former site
      sysgraph publish site --pyodide node_modules/pyodide
      sysgraph publish site --store my-store --url https://example.org/systems/
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    try:
        from sysgraph.release.site import publish
    except ModuleNotFoundError as error:
        need = "a site needs what is not installed"
        raise MissingExtra(need, "web", "analysis") from error
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
        raise SysgraphError(f"--url {url}: write it as https://example.org/systems/")
    with progress() as told:
        done = publish(folder, store, url, former=former, pyodide=pyodide, told=told)
    write(f"{folder}: {done.files} files, {done.written} written, {done.removed} removed\n")
