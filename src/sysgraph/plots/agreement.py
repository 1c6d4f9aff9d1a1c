"""How far readings of one case agree, and how far those do who coded the same cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sysgraph.advice.contest import agreement
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.errors import clean
from sysgraph.pages.words import sentence
from sysgraph.plots.answers import source_of, table, test_names
from sysgraph.plots.picture import EDGE, SOFT, Canvas, Picture, sentences, wide
from sysgraph.record.coders import CodersAgreement, coders_agreement
from sysgraph.store.local import Store

__all__ = ["by_facet"]

_NAMES, _ROW, _LOWEST = 236.0, 21.0, -0.25
_READINGS, _HANDS = "#b34a00", "#0b559f"


@dataclass(frozen=True, slots=True)
class _Line:
    """What is agreed on, with alpha between readings, and between hands with its interval."""

    name: str
    readings: float | None
    hands: float | None
    low: float | None
    high: float | None
    cases: int


def by_facet(store: Store) -> Picture:
    """Return how far there is agreement on each facet, on the type and on the outcomes."""
    frame = load_frame(store)
    coders = coders_agreement(store, frame)
    lines = _lines(frame, coders, test_names(store))
    models = any(hand.kind == "language-model" for hand in coders.hands)
    note = " One of the hands is a language model: that is not agreement between people." * models
    columns = ("of", "readings", "hands", "handsLow", "handsHigh", "casesOfHands")

    def paint(sheet: Canvas, y: float) -> float:
        return _paint(sheet, y, lines)

    return Picture(
        "agreement-by-facet",
        "How far readings, and hands, agree",
        "Krippendorff's alpha: 1 is full agreement, 0 what chance would give. A hand is whoever"
        " coded cases; intervals are of cases drawn anew, and cases those that two hands coded.",
        _words(lines),
        table(columns, [(one.name, *map(_figure, _figures(one)), one.cases) for one in lines]),
        f"{source_of(store, 'agreement')} Most readings of a case came from one contributor.{note}",
        540,
        paint,
    )


def _lines(frame: Frame, coders: CodersAgreement, tests: Mapping[str, str]) -> list[_Line]:
    hands = {one.name: one for one in coders.things}
    readings = {one.facet.id: one.alpha for one in agreement(frame).facets}
    labels = {facet.id: facet.label for facet in frame.facets.values()}
    labels |= {name: one.label for name, one in hands.items() if name not in labels}
    labels |= {test: f"outcome: {plain}" for test, plain in tests.items() if test in labels}
    found = []
    for name, label in labels.items():
        alpha, one = readings.get(name), hands.get(name)
        if alpha is None and (one is None or one.alpha is None):
            continue  # nothing varies, so that nothing can be told
        found.append(
            _Line(
                clean(label),
                None if alpha is None else float(alpha),
                None if one is None or one.alpha is None else float(one.alpha),
                one.low if one else None,
                one.high if one else None,
                one.cases if one else 0,
            )
        )
    return found


def _paint(sheet: Canvas, y: float, lines: Sequence[_Line]) -> float:
    left, right = sheet.left + _NAMES, sheet.right - 34

    def at(alpha: float) -> float:
        return left + (max(alpha, _LOWEST) - _LOWEST) / (1 - _LOWEST) * (right - left)

    y = _legend(sheet, y) + 10
    for tick in (0, 0.25, 0.5, 0.75, 1):
        sheet.text(at(tick), y + 8, f"{tick:g}", align="center", colour=SOFT, size=8.5)
        sheet.line(at(tick), y + 13, at(tick), y + 16 + _ROW * len(lines), weight=0.8)
    sheet.text(right + 34, y + 8, "cases", align="right", colour=SOFT, size=8.5)
    y += 16
    for one in lines:
        middle = y + _ROW / 2
        name = sheet.broken(sentence(one.name), _NAMES - 6, 8.5, most=1)
        sheet.text(sheet.left, middle + 3, *name, size=8.5)
        if one.low is not None and one.high is not None:
            sheet.line(at(one.low), middle, at(one.high), middle, colour=_HANDS, weight=1.6)
        if one.hands is not None:
            sheet.mark(at(one.hands), middle, 0, 4.2, face=_HANDS, edge="#ffffff")
            sheet.text(right + 34, middle + 3, str(one.cases), align="right", colour=SOFT, size=8.5)
        if one.readings is not None:
            sheet.mark(at(one.readings), middle, 4, 5.2, face="#ffffff", edge=_READINGS)
        y += _ROW
        sheet.line(sheet.left, y, sheet.right, y, colour=EDGE, weight=0.4)
    return y + 4


def _legend(sheet: Canvas, y: float) -> float:
    words = ("between readings of one case", "between hands, with its 95% interval")
    sheet.mark(sheet.left + 6, y + 6, 4, 5.2, face="#ffffff", edge=_READINGS)
    sheet.text(sheet.left + 16, y + 9, words[0])
    x = sheet.left + 16 + wide(words[0], 9) + 16
    sheet.line(x, y + 6, x + 24, y + 6, colour=_HANDS, weight=1.6)
    sheet.mark(x + 12, y + 6, 0, 4.2, face=_HANDS, edge="#ffffff")
    sheet.text(x + 30, y + 9, words[1])
    return y + 12


def _figures(one: _Line) -> tuple[float | None, ...]:
    return one.readings, one.hands, one.low, one.high


def _figure(alpha: float | None) -> str | None:
    return None if alpha is None else f"{alpha:.2f}"


def _words(lines: Sequence[_Line]) -> tuple[str, ...]:
    told = ["For each facet, the type and the outcomes, how far there is agreement"]
    for one in lines:
        parts = [] if one.readings is None else [f"{one.readings:.2f} between readings"]
        if one.hands is not None:
            between = "" if one.low is None else f" (95%: {one.low:.2f} to {one.high:.2f})"
            parts.append(f"{one.hands:.2f}{between} between hands on {one.cases} cases")
        told.append(f"{sentence(one.name)}: {', '.join(parts)}")
    return sentences(told)
