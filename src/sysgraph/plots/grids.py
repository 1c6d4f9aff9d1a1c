"""Where there are cases and where none: types of leading by aim, by sector and by country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sysgraph.errors import clean
from sysgraph.pages.words import counted, listing, sentence
from sysgraph.plots.answers import (
    JUDGEMENTS,
    aim_names,
    answers,
    look_of,
    source_of,
    table,
    test_names,
    type_names,
)
from sysgraph.plots.outcomes import legend, paint_count, paint_look
from sysgraph.plots.picture import EMPTY, SOFT, Canvas, Picture, sentences
from sysgraph.store.local import Store

__all__ = ["by_country", "by_sector", "gap_map"]

_NAMES = 96.0
_OF_STRIPS = 52.0
"""The room for names, and for what the strips beside them are called."""
_GAP = 3.0
_TALL = 46.0
_YES = JUDGEMENTS["yes"]
_NO = replace(JUDGEMENTS["no"], word="no (on the upper strip also: contested)")
_REST = replace(look_of(""), word="mixed, or not known")
_LOOKS = (_YES, _NO, _REST)
_FIGURES = ("cases", "ledYes", "ledNoOrContested", "workingYes", "workingNo")


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table of types, from left to right, by something else from top to bottom, by their ids.

    ``beside`` is the room that is kept free between names and cells.
    """

    columns: Mapping[str, str]
    rows: Mapping[str, str]
    row_height: float
    beside: float = 0

    def paint(
        self, sheet: Canvas, y: float, cell: Callable[[Canvas, str, str, float, float, float], None]
    ) -> float:
        """Paint heads, names, and each cell by its row, its column, its corner and its width."""
        side = _NAMES + self.beside
        step = (sheet.right - sheet.left - side) / max(len(self.columns), 1)
        starts = {each: sheet.left + side + step * at for at, each in enumerate(self.columns)}
        heads = [_head(sheet, name, step - 4) for name in self.columns.values()]
        tall = max(map(len, heads), default=0) * 12
        for x, head in zip(starts.values(), heads, strict=True):
            for at, line in enumerate(head):
                up = y + tall - 12 * (len(head) - 1 - at)
                sheet.text(x + step / 2, up, line, bold=True, align="center")
        y += tall + 6
        room = _NAMES - 8
        for row, name in self.rows.items():
            lines = sheet.broken(sentence(name), room, 9, most=3)
            up = y + (self.row_height - 12 * len(lines)) / 2
            sheet.lines(sheet.left, up, room, sentence(name), most=3)
            for column, x in starts.items():
                cell(sheet, row, column, x, y, step - _GAP)
            y += self.row_height + _GAP
        return y


def _head(sheet: Canvas, name: str, room: float) -> list[str]:
    """Return a head in as few lines as there is room for, and these about as wide as each other."""
    tried = [sheet.broken(name, room - less, 9, bold=True) for less in range(0, int(room) - 20, 3)]
    even = [lines for lines in tried if len(lines) == len(tried[0]) and "…" not in "".join(lines)]
    return even[-1] if even else tried[0]


def gap_map(store: Store) -> Picture:
    """Return the evidence-gap map: types of leading by aim, with both outcomes."""
    types, aims, tests = type_names(store), aim_names(store), test_names(store)
    found = {(row["type"], row["aim"]): row for row in answers("type-by-aim", store)}
    most = max((int(row["cases"]) for row in found.values()), default=1)

    def cell(sheet: Canvas, aim: str, kind: str, x: float, y: float, width: float) -> None:
        row = found.get((kind, aim))
        if kind == next(iter(types)):
            for at, name in enumerate(tests.values()):
                down = y + 26.5 + 13 * at
                sheet.text(x - 5, down, name, size=7.5, colour=SOFT, align="right")
        if row is None:
            _paint_gap(sheet, x, y, width, _TALL)
            return
        sheet.box(x, y, width, _TALL, face="#eef1f4")
        sheet.text(x + 5, y + 14, row["cases"], size=11, bold=True)
        for at, test in enumerate(tests):
            _paint_strip(sheet, x + 5, y + 19 + 13 * at, _split(row, test), (width - 10) / most)

    def paint(sheet: Canvas, y: float) -> float:
        y = legend(sheet, y, _LOOKS) + 8
        return _Grid(types, aims, _TALL, _OF_STRIPS).paint(sheet, y, cell)

    upper, lower = (*tests.values(), "", "")[:2]
    pairs = [(kind, aim) for aim in aims for kind in types]
    return Picture(
        "evidence-gap-map",
        "Where there are cases, and where none: type of leading by aim",
        f"The number is of cases. Of the two strips the upper is “{upper}”, the lower “{lower}”;"
        " each is as long as there are cases, and they are never added up.",
        _words_of_gaps(types, aims, tests, found),
        table(
            ("type", "aim", *_FIGURES),
            [(types[kind], aims[aim], *_figures(found.get((kind, aim)))) for kind, aim in pairs],
        ),
        f"{source_of(store, 'type-by-aim')} By the primary type of each case; one with several aims"
        " counts under each. How many there are says what was written up and looked for, and not"
        " how often it happens.",
        670,
        paint,
    )


def _paint_gap(sheet: Canvas, x: float, y: float, width: float, height: float) -> None:
    sheet.box(x, y, width, height, edge=EMPTY, dashed=True)
    sheet.text(x + width / 2, y + height / 2 + 3, "no case", size=8, colour=SOFT, align="center")


def _paint_strip(sheet: Canvas, x: float, y: float, counts: Sequence[int], unit: float) -> None:
    for look, number in zip(_LOOKS, counts, strict=True):
        if number:
            paint_look(sheet, look, x, y, number * unit - 0.6, 9)
        x += number * unit


def _split(row: Mapping[str, str], test: str) -> tuple[int, int, int]:
    """Return how many cases met a test, did not, and neither."""
    yes = int(row[f"{test}Yes"])
    no = int(row.get(f"{test}NoOrContested") or row.get(f"{test}No") or 0)
    return yes, no, int(row["cases"]) - yes - no


def _figures(row: Mapping[str, str] | None) -> list[int]:
    return [int(row[name]) if row else 0 for name in _FIGURES]


def _words_of_gaps(
    types: Mapping[str, str],
    aims: Mapping[str, str],
    tests: Mapping[str, str],
    found: Mapping[tuple[str, str], Mapping[str, str]],
) -> tuple[str, ...]:
    size = len(types) * len(aims)
    empty = size - sum(kind in types and aim in aims for kind, aim in found)
    told = [
        f"A table of {counted(len(types), 'type')} of leading by {counted(len(aims), 'aim')}; of"
        f" its {counted(size, 'cell')} {empty} hold no case"
    ]
    for kind, name in types.items():
        gaps = [label for aim, label in aims.items() if (kind, aim) not in found]
        rows = [row for (each, _), row in found.items() if each == kind]
        fullest = max(rows, key=lambda row: int(row["cases"]), default=None)
        if fullest:
            outcomes = (f"on “{tests[test]}” {_told(_split(fullest, test))}" for test in tests)
            told.append(
                f"{name}, most often to {aims.get(fullest['aim'], fullest['aim'])}:"
                f" {counted(int(fullest['cases']), 'case')}, {'; '.join(outcomes)}"
            )
        if gaps:
            told.append(f"{name}, without a case: {listing(gaps)}")
    return sentences(told)


def _told(split: tuple[int, int, int]) -> str:
    yes, no, rest = split
    return f"{yes} yes, {no} no or contested, {rest} mixed or not known"


# Where the cases are from.

_MOST = 16


def by_sector(store: Store) -> Picture:
    """Return the cases by sector and type."""
    question = "cases-in-sector"
    rows = [(row["sectorLabel"], row) for row in answers(question, store)]
    return _by_place(store, rows, question, "cases-by-sector", "sector")


def by_country(store: Store) -> Picture:
    """Return the cases by country and type."""
    question = "cases-in-country"
    rows = [(row["countryLabel"], row) for row in answers(question, store)]
    return _by_place(store, rows, question, "cases-by-country", "country")


def _by_place(
    store: Store,
    rows: Sequence[tuple[str, Mapping[str, str]]],
    question: str,
    name: str,
    noun: str,
) -> Picture:
    types, several = type_names(store), {"country": "countries"}.get(noun, f"{noun}s")
    cases: dict[tuple[str, str], set[str]] = {}
    names: dict[str, str] = {}
    for label, row in rows:
        key = clean(label).casefold()  # Health and health are one sector
        names.setdefault(key, clean(label))
        for kind in (row["type"], _ALL):
            cases.setdefault((key, kind), set()).add(row["case"])
    by_size = sorted(names, key=lambda key: (-len(cases[key, _ALL]), key))
    shown, others = by_size[:_MOST], by_size[_MOST:]
    if others:
        names[_OTHERS] = f"{len(others)} other {several}"
        for kind in (*types, _ALL):
            cases[_OTHERS, kind] = set().union(*(cases.get((key, kind), ()) for key in others))
        shown.append(_OTHERS)
    counts = Counter({pair: len(held) for pair, held in cases.items()})
    grid = _Grid({**types, _ALL: "All types"}, {key: names[key] for key in shown}, 24)
    most = max((counts[key, kind] for key in by_size[:_MOST] for kind in types), default=1)

    def cell(sheet: Canvas, key: str, kind: str, x: float, y: float, width: float) -> None:
        count = counts[key, kind]
        if kind == _ALL or key == _OTHERS:
            sheet.text(x + width / 2, y + 15.6, str(count), bold=True, align="center", size=10)
        else:
            paint_count(sheet, count, most, x, y, width, 24)

    return Picture(
        name,
        f"Cases by {noun} and type of leading",
        f"The number is of cases, and the darker a cell the more; an empty one has none. A case in"
        f" several {several} counts in each.",
        _words_of_places(noun, several, shown, names, counts),
        table(
            (noun, *grid.columns.values()),
            [(names[key], *(counts[key, kind] for kind in grid.columns)) for key in shown],
        ),
        f"{source_of(store, question)} By the primary type of each case. How many there are says"
        " what was written up and looked for, and not how often it happens.",
        620,
        lambda sheet, y: grid.paint(sheet, y, cell),
    )


_ALL, _OTHERS = " all", " others"
"""What no type and no place can be called, for their names begin with no blank."""


def _words_of_places(
    noun: str,
    several: str,
    shown: Sequence[str],
    names: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
) -> tuple[str, ...]:
    listed = [f"{names[key]} ({counts[key, _ALL]})" for key in shown]
    if not listed:
        return (f"No case names a {noun}.",)
    return sentences(
        (
            f"A table of {several} by type of leading, with how many cases there are",
            f"Cases by {noun}, the most first: {listing(listed)}",
        )
    )
