"""The pictures there are, each by its name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from sysgraph.errors import UnknownPlot
from sysgraph.near import nearest

if TYPE_CHECKING:
    from sysgraph.plots.picture import Picture
    from sysgraph.store.local import Store

__all__ = ["PLOTS", "Plot", "draw", "plot_of"]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture that can be drawn: what it shows, and the function of a module that makes it."""

    shows: str
    module: str
    function: str


PLOTS = {
    "evidence-gap-map": Plot(
        "Where are cases, and where none, by type and aim, with both outcomes?", "grids", "gap_map"
    ),
    "outcomes-by-type": Plot(
        "How were the cases of each type judged, on each test?", "outcomes", "by_type"
    ),
    "outcomes-by-selection": Plot(
        "How did the two tests fall together, by how cases were chosen?", "outcomes", "by_selection"
    ),
    "agreement-by-facet": Plot(
        "How far do readings and hands agree, facet by facet?", "agreement", "by_facet"
    ),
    "cases-by-sector": Plot("Which sectors are the cases from, by type?", "grids", "by_sector"),
    "cases-by-country": Plot("Which countries are the cases from, by type?", "grids", "by_country"),
}
"""To add one: write a function from a store to a picture, and name it here."""


def plot_of(name: str) -> Plot:
    """Return the picture of that name, not yet drawn.

    Raises:
        UnknownPlot: there is none; carries the nearest names.
    """
    if name not in PLOTS:
        raise UnknownPlot(name, nearest(name, PLOTS))
    return PLOTS[name]


def draw(name: str, store: Store) -> Picture:
    """Return a picture of what a store answers, by its name, with its words and its table.

    Raises:
        UnknownPlot: there is none of that name; carries the nearest names.
    """
    plot = plot_of(name)
    picture: Picture = getattr(import_module(f"sysgraph.plots.{plot.module}"), plot.function)(store)
    return picture
