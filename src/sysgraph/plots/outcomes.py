"""How cases were judged on each test: by type, and by how they came into the collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sysgraph.pages.words import counted, listing
from sysgraph.plots.answers import (
    JUDGEMENTS,
    Look,
    answers,
    look_of,
    source_of,
    table,
    test_names,
    type_names,
)
from sysgraph.plots.picture import EMPTY, INK, PAPER, SOFT, Canvas, Picture, sentences
from sysgraph.store.local import Store

__all__ = ["by_selection", "by_type", "legend", "paint_count", "paint_look"]

_Counts = dict[tuple[str, str, str], Counter[str]]
"""Cases by type, test and whether they were sought; and in each by judgement."""

_NAMES = 84.0
_BAR, _THIN = 17.0, 6.0


def by_type(store: Store) -> Picture:
    """Return how the cases of each type were judged on each test."""
    question = "outcomes-by-type-and-selection"
    types, tests = type_names(store), test_names(store)
    counts: _Counts = {}
    listed: list[tuple[object, ...]] = []
    for row in answers(question, store):
        key, number = (row["type"], row["test"], row["sought"]), int(row["cases"])
        counts.setdefault(key, Counter())[row["judgement"]] += number
        names = (types.get(row["type"], row["type"]), tests.get(row["test"], row["test"]))
        listed.append((*names, row["sought"], row["judgement"], number))
    types |= {kind: kind for kind, _, _ in counts if kind not in types}

    def paint(sheet: Canvas, y: float) -> float:
        y = legend(sheet, y, [*JUDGEMENTS.values(), look_of("")]) + 6
        most = max((each.total() for each in counts.values()), default=1)
        unit = (sheet.right - sheet.left - _NAMES) / most
        for kind, name in types.items():
            y = _paint_type(sheet, y + 13, name, tests, kind, counts, unit)
        return y + 4

    return Picture(
        "outcomes-by-type",
        "How cases were judged, by type of leading",
        "A bar is as long as there are cases, and says how many were judged so. The two tests are"
        " never added up. A thin bar is of cases that were looked for because of what came of"
        " them: they tell nothing of how often that comes.",
        _words(types, tests, counts),
        table(("type", "test", "sought", "judgement", "cases"), listed),
        f"{source_of(store, question)} By the primary type of each case; those who coded how it"
        " began also judged how it ended.",
        430,
        paint,
    )


def _paint_type(
    sheet: Canvas,
    y: float,
    name: str,
    tests: Mapping[str, str],
    kind: str,
    counts: _Counts,
    unit: float,
) -> float:
    cases, sought = (
        max((counts.get((kind, t, is_sought), Counter()).total() for t in tests), default=0)
        for is_sought in ("no", "yes")
    )
    more = f"; thin bars: {sought} more" if sought else ""
    sheet.text(sheet.left, y, *sheet.broken(name, 240, 10, bold=True, most=1), size=10, bold=True)
    sheet.text(sheet.right, y, f"{counted(cases, 'case')}{more}", colour=SOFT, align="right")
    y += 5
    for test, plain in tests.items():
        sheet.text(sheet.left + 6, y + 12, plain)
        left = sheet.left + _NAMES
        sheet.line(left, y, left, y + _BAR + _THIN + 3)
        _bar(sheet, left, y, _BAR, counts.get((kind, test, "no"), Counter()), unit)
        _bar(sheet, left, y + _BAR + 1.5, _THIN, counts.get((kind, test, "yes"), Counter()), unit)
        y += _BAR + _THIN * bool(sought) + 5
    return y


def _bar(
    sheet: Canvas, x: float, y: float, height: float, judged: Counter[str], unit: float
) -> None:
    for judgement, number in _ordered(judged):
        look, width = look_of(judgement), number * unit
        paint_look(sheet, look, x + 0.6, y, width - 1.2, height)
        if height == _BAR:
            behind = look.face if look.hatch else ""
            sheet.text(
                x + width / 2,
                y + 12,
                str(number),
                align="center",
                size=8.5,
                colour=look.ink,
                behind=behind,
            )
        x += width


def _ordered(judged: Counter[str]) -> list[tuple[str, int]]:
    """Return counts in the order of the looks, what is not known last and as one."""
    known = [(name, judged[name]) for name in JUDGEMENTS if judged[name]]
    rest = judged.total() - sum(number for _, number in known)
    return [*known, *[("", rest)] * bool(rest)]


def paint_look(sheet: Canvas, look: Look, x: float, y: float, width: float, height: float) -> None:
    """Paint a rectangle in the look of a judgement."""
    is_open = not look.hatch and look.lines != "none"
    edge = look.lines if look.hatch or is_open else "none"
    sheet.box(x, y, width, height, face=look.face, edge=edge, hatch=look.hatch, dashed=is_open)


def legend(sheet: Canvas, y: float, looks: Sequence[Look]) -> float:
    """Say which look is which judgement, in a line; return where it ends."""
    from sysgraph.plots.picture import wide

    x = sheet.left
    for look in looks:
        paint_look(sheet, look, x, y, 16, 11)
        sheet.text(x + 20, y + 9, look.word)
        x += 20 + wide(look.word, 9) + 14
    return y + 13


def _words(types: Mapping[str, str], tests: Mapping[str, str], counts: _Counts) -> tuple[str, ...]:
    told = ["Bars of cases by type of leading, for each of the two tests by itself"]
    for kind, name in types.items():
        for test, plain in tests.items():
            judged, sought = (counts.get((kind, test, s), Counter()) for s in ("no", "yes"))
            also = f"; looked for because of it, beside these, {_counts(sought)}" if sought else ""
            told.append(f"{name}, on “{plain}”: {_counts(judged)}{also}")
    return sentences(told)


def _counts(judged: Counter[str]) -> str:
    if not judged:
        return "no case"
    return listing(f"{number} {look_of(name).word}" for name, number in _ordered(judged))


# The two tests together.

_CELL = 22.0
_SIDE = 118.0


def by_selection(store: Store) -> Picture:
    """Return how the two tests fell together, by how cases came into the collection."""
    question = "outcomes-by-selection"
    rows, tests = answers(question, store), test_names(store)
    groups: dict[str, Counter[tuple[str, str]]] = {}
    for row in rows:
        pair = (row["led"], row["working"])
        groups.setdefault(row["selected"], Counter())[pair] += int(row["cases"])
    names = (tests.get("led", "led"), tests.get("working", "working"))
    seen = [{pair[at] for group in groups.values() for pair in group} for at in (0, 1)]
    order = [
        [*(each for each in JUDGEMENTS if each in s), *sorted(s - {*JUDGEMENTS})] for s in seen
    ]

    def paint(sheet: Canvas, y: float) -> float:
        most = max((max(group.values()) for group in groups.values()), default=1)
        for name, group in groups.items():
            sheet.text(sheet.left, y + 12, f"How chosen: {name}", size=10, bold=True)
            told = counted(group.total(), "case")
            sheet.text(sheet.right, y + 12, told, colour=SOFT, align="right")
            y = _paint_pairs(sheet, y + 14, group, order, names, most) + 12
        return y

    listed = [(row["selected"], row["led"], row["working"], int(row["cases"])) for row in rows]
    return Picture(
        "outcomes-by-selection",
        "How the two tests fell together",
        "The number is of cases, and the darker a cell the more; an empty one has none. How cases"
        " came into the collection makes what is seen: only what was drawn from a list tells of"
        " how often something happens, and only of that list.",
        _words_of_pairs(groups, names),
        table(("selected", "led", "working", "cases"), listed),
        f"{source_of(store, question)} Each case by its judgement on either test.",
        430,
        paint,
    )


def _paint_pairs(
    sheet: Canvas,
    y: float,
    group: Counter[tuple[str, str]],
    order: Sequence[Sequence[str]],
    tests: tuple[str, str],
    most: int,
) -> float:
    left = sheet.left + _SIDE
    step = (sheet.right - left) / max(len(order[1]), 1)
    sheet.text(left, y + 13, f"{tests[1]}:", bold=True)
    sheet.text(sheet.left, y + 26, f"{tests[0]}:", bold=True)
    for at, judgement in enumerate(order[1]):
        x = left + step * (at + 0.5)
        sheet.text(x, y + 26, _short(judgement), align="center", colour=SOFT)
    y += 31
    for led in order[0]:
        sheet.text(sheet.left + 6, y + _CELL * 0.68, _short(led), colour=SOFT)
        for at, working in enumerate(order[1]):
            x = left + step * at
            paint_count(sheet, group[led, working], most, x, y, step - 3, _CELL)
        y += _CELL + 3
    return y


_SHADES = ("#eef1f4", "#d3e3f1", "#a9cde8", "#6ba7d2", "#2f79b5", "#0b559f")
"""From few cases to many. The number says the same."""


def paint_count(
    sheet: Canvas, count: int, most: int, x: float, y: float, width: float, height: float
) -> None:
    """Paint a cell with a count, the darker the more; one without any is an outline."""
    if not count:
        sheet.box(x, y, width, height, edge=EMPTY, dashed=True)
        return
    # The darkest for the most alone, so that one case is never dark.
    shade = round((len(_SHADES) - 1) * (count - 1) / max(most - 1, 1))
    sheet.box(x, y, width, height, face=_SHADES[shade])
    ink = INK if shade < 4 else PAPER
    middle = y + height / 2 + 3.6
    sheet.text(x + width / 2, middle, str(count), align="center", colour=ink, size=10)


def _short(judgement: str) -> str:
    return judgement.replace("-", " ")


def _words_of_pairs(
    groups: Mapping[str, Counter[tuple[str, str]]], tests: tuple[str, str]
) -> tuple[str, ...]:
    told = [f"For each way in which cases were chosen, a table of “{tests[0]}” by “{tests[1]}”"]
    for name, group in groups.items():
        pairs = [
            f"{number} {_short(led)} and {_short(working)}"
            for (led, working), number in group.most_common()
        ]
        told.append(f"{name} ({counted(group.total(), 'case')}): {listing(pairs)}")
    return sentences(told)
