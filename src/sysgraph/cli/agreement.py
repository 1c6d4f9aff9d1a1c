"""``sysgraph agreement``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sysgraph.cli.advise import frame_of, write_pages
from sysgraph.cli.options import StoreOption, TextFormat, write

__all__ = ["agreement_command"]


def agreement_command(
    store: StoreOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write it.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Say how far the readings of the cases agree, on which facets least, and what that changes.

    Agreement is Krippendorff's alpha for each facet: 1 is full agreement, 0 what chance would
    give. Beside it stands in how many cases the readings come to different advice.

    \b
    Examples:
      sysgraph agreement
      sysgraph agreement --store my-store --format json
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.advice.agreement import agreement
    from sysgraph.render.agreement import agreement_data, agreement_lines

    found = agreement(frame_of(store))
    if form is TextFormat.JSON:
        write(json.dumps(agreement_data(found), ensure_ascii=False, indent=2) + "\n")
    else:
        write_pages([("", list(agreement_lines(found)))], form.value)
