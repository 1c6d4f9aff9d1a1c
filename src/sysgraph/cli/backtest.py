"""``sysgraph backtest``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sysgraph.backtest.by import By
from sysgraph.cli.advise import frame_of
from sysgraph.cli.options import StoreOption, TextFormat, write

__all__ = ["backtest_command"]


def backtest_command(
    store: StoreOption = None,
    by: Annotated[By, typer.Option("--by", help="What to group the cases by.")] = By.TYPE,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write it.")] = (
        TextFormat.TEXT
    ),
    seed: Annotated[int, typer.Option(min=0, help="What all chance is drawn from.")] = 0,
    rounds: Annotated[
        int, typer.Option(min=100, max=100_000, help="How often to draw cases, and to shuffle.")
    ] = 1000,
    sample: Annotated[
        int, typer.Option(min=2, metavar="N", help="The most cases to look at, drawn by the seed.")
    ] = 500,
) -> None:
    """Say how good such advice has been: each case is left out, asked about, and compared.

    Compared is the advice with the type that was practised, and how well that type fitted with
    how the case turned out, on each test by itself, beside the base rate of the other cases. The
    same rules, cases and seed give the same figures.

    \b
    Examples:
      sysgraph backtest
      sysgraph backtest --by region
      sysgraph backtest --store my-store --format json
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.backtest import look_back
    from sysgraph.render.backtest import backtest_lines, backtest_markdown
    from sysgraph.render.scores import backtest_data
    from sysgraph.stores import open_store

    done = look_back(
        open_store(store), frame_of(store), by=by, seed=seed, rounds=rounds, most=sample
    )
    if form is TextFormat.JSON:
        write(json.dumps(backtest_data(done), ensure_ascii=False, indent=2) + "\n")
    elif form is TextFormat.MARKDOWN:
        write(backtest_markdown(done))
    else:
        write("\n".join(backtest_lines(done)) + "\n")
