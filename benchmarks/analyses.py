"""How long each analysis of a situation takes, over the readings of the shipped cases."""

import statistics
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any

from measure import Result, seconds

from sysgraph.advice.examine import Examination, Examiner
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import situations_of_case
from sysgraph.pages.objects import report_json
from sysgraph.pages.report import report_page, report_text

__all__ = ["analyses"]

_PARTS = (
    "advice",
    "certainty",
    "question",
    "nearest_changes",
    "changes",
    "why_not",
    "robustness",
    "combinations",
    "plans",
    "tallies",
    "evidence",
    "standpoints",
)


def analyses() -> Iterator[Result]:
    """Yield the median and the worst time of each analysis and of each page."""
    frame = load_shipped_frame()
    ids = [iri.rpartition("/")[2] for iri in frame.cases]
    readings = [reading for each in ids for reading in situations_of_case(each, frame)]
    examiner = Examiner(frame)
    examined = [examiner.examine(reading) for reading in readings]
    for name in _PARTS:
        yield from _told(name.replace("_", " "), examined, attrgetter(name))
    pages: dict[str, Callable[[Examination], object]] = {
        "practitioner's page as text": lambda each: report_text([(None, [each])]),
        "researcher's page as text": lambda each: report_text([(None, [each])], full=True),
        "both as a web page": lambda each: report_page([(None, [each])]),
        "JSON": lambda each: report_json([(None, [each])]),
    }
    for name, page in pages.items():
        yield from _told(f"{name}, all worked out before", examined, page)
    pairs = [readings[at : at + 2] for at in range(0, len(readings), 2)]
    yield from _told("two readings compared", pairs, examiner.compare)


def _told(what: str, given: list[Any], work: Callable[[Any], object]) -> Iterator[Result]:
    taken = [seconds(partial(work, each)) * 1000 for each in given]
    yield Result("j", f"{what}, median", statistics.median(taken), "ms")
    yield Result("j", f"{what}, worst", max(taken), "ms", "under 1,000")
