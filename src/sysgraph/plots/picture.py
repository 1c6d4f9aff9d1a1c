"""A picture with its words and its table, and the sheet that it is painted on."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import Any, Literal

from sysgraph.errors import clean
from sysgraph.frames import needing_analysis
from sysgraph.plots.svg import tidy
from sysgraph.store.local import Rows

__all__ = ["EDGE", "EMPTY", "INK", "PAPER", "SOFT", "Canvas", "Picture", "sentences", "wide"]

INK, SOFT, EDGE, EMPTY, PAPER = "#1c1f23", "#595f66", "#c9ced4", "#9aa3ac", "#ffffff"
"""Words, words of less weight, lines, outlines, and the ground; words read well on it (AA)."""
_MARGIN = 14.0
_LINE = 1.32
"""How far lines are apart, by the size of their letters."""
_DOTS_PER_INCH = 72
_ONE_AT_A_TIME = Lock()
"""Settings of matplotlib are those of the whole process."""


class Canvas:
    """What a picture is painted on, in points from the upper left corner.

    Nothing that a text says is taken for mathematics or for a command.
    """

    def __init__(self, width: float) -> None:
        from matplotlib.figure import Figure

        self.width = width
        self.figure = Figure(figsize=(1, 1), dpi=_DOTS_PER_INCH, facecolor=PAPER)
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._painted = 0

    @property
    def left(self) -> float:
        """Return where what is painted begins."""
        return _MARGIN

    @property
    def right(self) -> float:
        """Return where what is painted ends."""
        return self.width - _MARGIN

    def _above(self) -> int:
        """Return a height above all that was painted before."""
        self._painted += 1
        return self._painted

    def end(self, height: float) -> None:
        """Cut the sheet to its height."""
        self.figure.set_size_inches(self.width / _DOTS_PER_INCH, height / _DOTS_PER_INCH)
        self._axes.set_xlim(0, self.width)
        self._axes.set_ylim(height, 0)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
        behind: str = "",
    ) -> None:
        """Write a line whose letters stand on ``y``, on a ground of the colour ``behind``."""
        box: Any = {"facecolor": behind, "linewidth": 0, "pad": 0.8} if behind else None
        self._axes.text(
            x,
            y,
            clean(text),
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            ha=align,
            va="baseline",
            bbox=box,
            parse_math=False,
            zorder=self._above(),
        )

    def lines(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
        most: int = 12,
    ) -> float:
        """Write a text in lines below ``y`` that are no wider than told; return where they end.

        Of more lines than ``most``, the rest is left out, and dots say so.
        """
        for line in self.broken(text, width, size, bold=bold, most=most):
            y += size * _LINE
            self.text(x, y - size * 0.3, line, size=size, bold=bold, colour=colour, align=align)
        return y

    def broken(
        self, text: str, width: float, size: float, *, bold: bool = False, most: int = 12
    ) -> list[str]:
        """Return a text in lines that are no wider than told, as few as need be."""
        found: list[str] = []
        for word in clean(text).split():
            longer = f"{found[-1]} {word}" if found else word
            if found and wide(longer, size, bold=bold) <= width:
                found[-1] = longer
            else:
                found.append(_cut(word, width, size, bold=bold))
        if len(found) > most:
            found = [*found[: most - 1], _cut(f"{found[most - 1]}…", width, size, bold=bold)]
        return found

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        face: str = "none",
        edge: str = "none",
        hatch: str = "",
        dashed: bool = False,
    ) -> None:
        """Draw a rectangle by its upper left corner."""
        from matplotlib.patches import Rectangle

        patch = Rectangle(
            (x, y),
            width,
            height,
            facecolor=face,
            edgecolor=edge,
            hatch=hatch or None,
            linewidth=0 if hatch or edge == "none" else 0.8,
            linestyle=(0, (2, 2)) if dashed else "solid",
            clip_on=False,
            zorder=self._above(),
        )
        self._axes.add_artist(patch)

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        *,
        colour: str = EDGE,
        weight: float = 0.8,
    ) -> None:
        """Draw a straight line."""
        from matplotlib.lines import Line2D

        line = Line2D([x, to_x], [y, to_y], color=colour, linewidth=weight, clip_on=False)
        line.set_zorder(self._above())
        self._axes.add_artist(line)

    def mark(
        self, x: float, y: float, corners: int, radius: float, *, face: str, edge: str
    ) -> None:
        """Draw a mark around a point: a circle, or what has some corners."""
        from matplotlib.patches import Circle, Patch, RegularPolygon

        given: dict[str, Any] = {"facecolor": face, "edgecolor": edge, "linewidth": 1.2}
        given["zorder"] = self._above()
        patch: Patch = Circle((x, y), radius, clip_on=False, **given)
        if corners:
            patch = RegularPolygon((x, y), corners, radius=radius, clip_on=False, **given)
        self._axes.add_artist(patch)


@lru_cache(4096)
def wide(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def _cut(word: str, width: float, size: float, *, bold: bool) -> str:
    """Return a word, or its beginning and dots where it is too wide."""
    if wide(word, size, bold=bold) <= width:
        return word
    kept = word
    while len(kept) > 1 and wide(f"{kept}…", size, bold=bold) > width:
        kept = kept[:-1]
    return f"{kept}…"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its name. ``words`` say in sentences what it shows, ``rows`` in figures.

    ``source`` says from what it was made, and ``paint`` paints below a ``y`` and returns where
    that ends. What it is called and what it shows needs no library of ours that draws.
    """

    name: str
    title: str
    how_to_read: str = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    rows: Rows = field(repr=False)
    source: str
    width: float = field(repr=False)
    paint: Callable[[Canvas, float], float] = field(repr=False)

    def describe(self) -> str:
        """Return in words what the picture shows, for whoever does not see it."""
        return " ".join(self.words)

    def svg(self) -> str:
        """Return the picture as SVG: the same for the same answers, and safe within a page.

        Its texts are texts, and it has no style sheet, style attribute, script or address. What
        it shows is its title and description to a screen reader.

        Raises:
            SysgraphError: matplotlib is not installed.
        """
        drawn = self._drawn("svg", dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return tidy(drawn, self.name, self.title, self.describe())

    def _repr_svg_(self) -> str:
        """Return what a notebook shows of it."""
        return self.svg()

    def png(self, scale: float = 2) -> bytes:
        """Return the picture as PNG; a point is 4/3 dots, times the scale.

        Raises:
            SysgraphError: matplotlib is not installed.
        """
        told = {"Software": None, "Title": self.title, "Description": self.describe()}
        return self._drawn("png", told, _DOTS_PER_INCH * 4 / 3 * scale)

    def pdf(self) -> bytes:
        """Return the picture as a page of PDF, with its words in the subject.

        Raises:
            SysgraphError: matplotlib is not installed.
        """
        undated = dict.fromkeys(("CreationDate", "Producer", "Creator"))
        return self._drawn("pdf", {**undated, "Title": self.title, "Subject": self.describe()})

    def _drawn(self, form: str, metadata: dict[str, Any], dots: float = _DOTS_PER_INCH) -> bytes:
        stream = BytesIO()
        with _ONE_AT_A_TIME, _settled(self.name):
            self._painted().savefig(stream, format=form, dpi=dots, metadata=metadata)
        return stream.getvalue()

    def _painted(self) -> Any:
        sheet = Canvas(self.width)
        room = sheet.right - sheet.left
        y = sheet.lines(sheet.left, 12, room, self.title, size=13, bold=True)
        y = sheet.lines(sheet.left, y + 3, room, self.how_to_read, size=9, colour=SOFT)
        y = self.paint(sheet, y + 10)
        y = sheet.lines(sheet.left, y + 8, room, self.source, size=7.5, colour=SOFT)
        sheet.end(y + 10)
        return sheet.figure


@contextmanager
def _settled(name: str) -> Iterator[None]:
    """Let matplotlib draw as is meant here, and not as whoever runs it has set it."""
    with needing_analysis():
        import matplotlib as mpl
    settings: dict[Any, Any] = {
        "font.family": "DejaVu Sans",  # which matplotlib brings along
        "hatch.linewidth": 0.9,
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": name,
    }
    with mpl.rc_context(), warnings.catch_warnings():
        # SVG has it as text, which a browser shows in a font that has the letter.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        yield


def sentences(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that say something, each as a sentence."""
    return tuple(f"{clean(text).rstrip('.')}." for text in texts if text)
