"""How far readings agree, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sysgraph.advice.agreement import Agreement
from sysgraph.render.words import bullet, clean, number, paragraph

__all__ = ["agreement_data", "agreement_lines"]


def agreement_lines(agreement: Agreement) -> Iterator[str]:
    """Yield how far the readings of the stored cases agree, the most disputed facet first."""
    if not agreement.compared:
        yield paragraph("No stored case has two readings, so that none can be compared.")
        return
    yield paragraph(_scope(agreement))
    yield paragraph(
        f"In {agreement.parted} of these {agreement.compared} cases the readings have different"
        " types on the front, so that who is asked changes the advice."
    )
    yield paragraph(
        "Agreement by facet, the most disputed first (Krippendorff's alpha: 1 is full agreement, 0"
        " what chance would give):"
    )
    width = max(len(clean(one.facet.label)) for one in agreement.facets) + 2
    for one in agreement.facets:
        label = clean(one.facet.label).ljust(width)
        yield f"  {label}{_alpha(one.alpha)}   alike in {one.alike} of {one.cases} cases"
    yield paragraph(f"All facets together, each compared with itself: {_alpha(agreement.overall)}.")
    yield bullet(
        "A facet counts in the cases in which two readings know it. The readings of a case came"
        " from one contributor, so that this does not show what independent people would see;"
        " nor does agreement make a reading right.",
        "!",
    )


def _scope(agreement: Agreement) -> str:
    spread = ""
    if agreement.looked < agreement.total:
        spread = (
            f" {agreement.looked:,} of the {agreement.total:,} stored cases were looked at, evenly"
            " spread over their ids."
        )
    return f"{agreement.compared:,} cases have two readings or more.{spread}"


def _alpha(alpha: Fraction | None) -> str:
    return "nothing varies" if alpha is None else number(alpha)


def agreement_data(agreement: Agreement) -> dict[str, Any]:
    """Return the agreement as plain data; ``alpha`` is null where nothing varies."""
    return {
        "cases": agreement.total,
        "looked": agreement.looked,
        "compared": agreement.compared,
        "parted": agreement.parted,
        "alpha": _float(agreement.overall),
        "facets": [
            {
                "facet": one.facet.id,
                "alpha": _float(one.alpha),
                "cases": one.cases,
                "alike": one.alike,
            }
            for one in agreement.facets
        ],
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
