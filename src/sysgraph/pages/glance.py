"""The two tests as a picture to be read at a glance: words for its ends, and no numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from sysgraph.language import say
from sysgraph.pages.blocks import Html, shown
from sysgraph.pages.plane import (
    PICTURE_STYLE,
    draw_cross,
    draw_group,
    draw_line,
    draw_point,
    draw_text,
    draw_whisker,
)
from sysgraph.pages.words import listing, sentence

if TYPE_CHECKING:
    from sysgraph.advice.board import TypeAdvice
    from sysgraph.advice.examine import Examination

__all__ = ["glance", "glance_text"]

_WIDTH, _ROW, _TOP = 720, 34, 66
_NAMES, _PANEL, _BETWEEN = 262, 206, 34
_MIDDLE = Fraction(1, 5)
"""How far from the middle a standing still is about even."""


def glance(examination: Examination) -> Html:
    """Return the picture: a row for each type, those that come first on top, a column a test."""
    entries = _ordered(examination)
    foot = _TOP + _ROW * len(entries)
    body = [*_names(entries, examination)]
    for at, test in enumerate(examination.frame.tests):
        body += _panel(test, _NAMES + at * (_PANEL + _BETWEEN), entries, examination)
    body += _legend(12, foot + 44)
    height = foot + 78
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sg" role="img"'
        f' viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
        f"<desc>{shown(glance_text(examination))}</desc><style>{PICTURE_STYLE}</style>"
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>{"".join(body)}</svg>'
    )


def glance_text(examination: Examination) -> str:
    """Return in words what the picture shows."""
    told = []
    for entry in _ordered(examination):
        places = [
            f"{_test(test, examination)}: {_place(entry, test, examination)}"
            for test in examination.frame.tests
        ]
        marks = [say("comes first")] * (entry.type.id in examination.named)
        marks += [say("closed by what is known")] * bool(entry.gates)
        rest = f" – {listing(marks)}" if marks else ""
        told.append(f"{_name(entry)}{rest}. {'; '.join(places)}.")
    return " ".join(told)


def _ordered(examination: Examination) -> list[TypeAdvice]:
    first = examination.named
    return sorted(examination.advice.types.values(), key=lambda each: each.type.id not in first)


def _name(entry: TypeAdvice) -> str:
    return sentence(entry.type.plain_name or entry.type.label)


def _test(test: str, examination: Examination) -> str:
    words = examination.frame.test_words.get(test)
    return sentence(words.plain_name if words else test)


def _place(entry: TypeAdvice, test: str, examination: Examination) -> str:
    value = entry.standings[test].value
    if value is None or test in examination.advice.abstains:
        return say("too little is known")
    if abs(value) <= _MIDDLE:
        return say("about even")
    if abs(value) < Fraction(3, 5):
        return say("mostly for it") if value > 0 else say("mostly against it")
    return say("nearly all for it") if value > 0 else say("nearly all against it")


def _names(entries: list[TypeAdvice], examination: Examination) -> Iterator[str]:
    for at, entry in enumerate(entries):
        y = _TOP + _ROW * (at + 0.5)
        is_first = entry.type.id in examination.named
        kind = "label bold" if is_first else "label"
        parts = [draw_text(34, y + 4, _name(entry), kind)]
        if entry.gates:
            parts.append(draw_cross(18, y))
        yield from draw_group(parts, is_first=is_first)


def _panel(
    test: str, left: float, entries: list[TypeAdvice], examination: Examination
) -> Iterator[str]:
    middle, right = left + _PANEL / 2, left + _PANEL
    foot = _TOP + _ROW * len(entries)
    is_ranked = test not in examination.advice.abstains
    yield draw_text(middle, 18, _test(test, examination), "bold", "middle")
    yield draw_text(left, 44, say("← against it"), "soft")
    yield draw_text(right, 44, say("for it →"), "soft", "end")
    for at in (left, right):
        yield draw_line(at, _TOP - 10, at, foot, "grid")
    yield draw_line(middle, _TOP - 10, middle, foot, "zero")

    def across(value: Fraction) -> float:
        return left + float((value + 1) / 2) * _PANEL

    for at, entry in enumerate(entries):
        y = _TOP + _ROW * (at + 0.5)
        is_first = entry.type.id in examination.named and is_ranked
        standing = entry.standings[test]
        parts: list[str] = []
        if standing.low < standing.high:
            parts += draw_whisker(across(standing.low), across(standing.high), y)
        if is_ranked and standing.value is not None:
            parts.append(draw_point(across(standing.value), y, is_first=is_first))
        yield from draw_group(parts, is_first=is_first)
    if not is_ranked:
        told = say("too little is known to tell them apart")
        yield draw_text(middle, foot + 14, told, "soft", "middle")


def _legend(x: float, y: float) -> Iterator[str]:
    yield from draw_group([draw_point(x + 8, y - 4, is_first=True)], is_first=True)
    yield draw_text(x + 24, y, say("comes first"))
    yield from draw_group([draw_point(x + 120, y - 4, is_first=False)], is_first=False)
    yield draw_text(x + 134, y, say("the others"))
    yield from draw_group(draw_whisker(x + 222, x + 262, y - 4), is_first=False)
    yield draw_text(x + 272, y, say("what is not known could still make of it"))
    yield draw_cross(x + 8, y + 18)
    yield draw_text(x + 24, y + 22, say("closed by what is known"))
