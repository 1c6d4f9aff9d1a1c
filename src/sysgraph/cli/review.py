"""``sysgraph diff``: two stores, files or git revisions compared, in words and in consequence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgraph.cli.options import TextFormat, write
from sysgraph.errors import SysgraphError

__all__ = ["diff_command"]


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
    from sysgraph.review import compare

    if sides and len(sides) > 2:
        raise SysgraphError(f"{len(sides)} names were given; name two sides at most")
    found = compare(sides or [], situations)
    if form is TextFormat.JSON:
        from sysgraph.render.review_data import review_json

        write(review_json(found))
    elif form is TextFormat.MARKDOWN:
        from sysgraph.render.review import review_markdown

        write(review_markdown(found, proofs=proofs))
    else:
        from sysgraph.render.review import review_text

        write(review_text(found, proofs=proofs))
    if not found.is_empty:
        raise typer.Exit(1)
