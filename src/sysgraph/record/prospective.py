"""What was asked before and judged after: the only kind of case that can test advice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sysgraph.advice.cases import AskedStore, ask
from sysgraph.advice.evidence import OutcomeTally
from sysgraph.terms import local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["NONE_ADVISED", "Came", "Followed", "Following", "Prospective", "prospective_of"]


class Followed(StrEnum):
    """How the type that was practised stood in the advice that was given before."""

    NAMED = "named first"
    RUNNING = "in the running only"
    OTHER = "neither"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of some cases on one test, over all, and by whose word.

    What was not judged in a later year than that of the advice is open. Of ``all``, what neither
    others judged nor those who led is by nobody of whom that is known.
    """

    test: str
    all: OutcomeTally
    by_others: OutcomeTally
    by_leaders: OutcomeTally


@dataclass(frozen=True, slots=True)
class Following:
    """The cases that took up an advice in one way; in ``closed`` of them a gate stood against it.

    The gate is one that held when the advice was given, against the type that was then practised.
    """

    how: Followed
    cases: int
    closed: int
    came: tuple[Came, ...]


@dataclass(frozen=True, slots=True)
class Prospective:
    """What came of the cases that were advised and, in a later year, judged on some test.

    ``cases`` counts these, and ``unnamed`` those of them whose advice named no type first. In
    ``waiting`` more an advice was given, and it is not told that anything was judged after it.
    """

    cases: int = 0
    unnamed: int = 0
    waiting: int = 0
    ways: tuple[Following, ...] = ()


NONE_ADVISED = Prospective()


@dataclass(frozen=True, slots=True)
class _Judged:
    judgement: str
    by: str


@dataclass(frozen=True, slots=True)
class _Advised:
    """A case with its advice; ``judged`` goes by test, and holds what was judged after it."""

    type: str
    named: frozenset[str]
    running: frozenset[str]
    closed: frozenset[str]
    judged: Mapping[str, _Judged]

    @property
    def how(self) -> Followed:
        if self.type in self.named:
            return Followed.NAMED
        return Followed.RUNNING if self.type in self.running else Followed.OTHER


def prospective_of(
    store: AskedStore, frame: Frame, *, only_independent: bool = False, until: str = "9999"
) -> Prospective:
    """Return what came of the cases of a store that were asked about before and judged after.

    It goes by the advice that is kept with each case, whatever the rules would say of it today. A
    case counts if one of its tests was judged in a later year than that of the advice: of the same
    year nobody can tell which came first. With ``only_independent`` no judgement counts but by
    others than those who led, and none of a year after ``until``. What was looked for because of
    what came of it is left out.
    """
    advised = list(_advised(store, frame, until, only_independent=only_independent))
    counted = [one for one in advised if one.judged]
    ways = tuple(_way(how, counted, frame) for how in Followed) if counted else ()
    unnamed = sum(1 for one in counted if not one.named)
    return Prospective(len(counted), unnamed, len(advised) - len(counted), ways)


def _way(how: Followed, counted: Iterable[_Advised], frame: Frame) -> Following:
    cases = [one for one in counted if one.how is how]
    closed = sum(1 for one in cases if one.type in one.closed)
    return Following(
        how, len(cases), closed, tuple(_came(test, cases, frame) for test in frame.tests)
    )


def _came(test: str, cases: Sequence[_Advised], frame: Frame) -> Came:
    judged = [one.judged[test] for one in cases if test in one.judged]
    others, leaders = ([one for one in judged if one.by == by] for by in ("yes", "no"))
    return Came(
        test,
        _tally(test, judged, len(cases), frame),
        _tally(test, others, len(others), frame),
        _tally(test, leaders, len(leaders), frame),
    )


def _tally(test: str, judged: Sequence[_Judged], of: int, frame: Frame) -> OutcomeTally:
    """Return what the judgements of so many cases mean for a test."""
    counts = Counter(one.judgement for one in judged)
    met, partly, failed = (
        sum(count for judgement, count in counts.items() if (judgement, test) in pairs)
        for pairs in (frame.successes, frame.partial, frame.failures)
    )
    return OutcomeTally(test, met, partly, failed, of - met - partly - failed, dict(counts))


_WAYS = {"led": "sysg:hasLedOutcome", "working": "sysg:hasWorkingOutcome"}


def _advised(
    store: AskedStore, frame: Frame, until: str, *, only_independent: bool
) -> Iterable[_Advised]:
    """Return the cases that follow an advice, by id."""
    pattern = (
        "?case a sysg:CaseStudy ; sysg:followsAdvice ?advice ; sysg:hasPractice ?practice ."
        " ?advice sysg:advisedOn ?day . ?practice sysg:hasPrimaryType ?type"
        " FILTER NOT EXISTS { ?case sysg:hasSelection ?how ."
        " FILTER (STRENDS(STR(?how), '/on-outcome')) }"
    )
    rows = list(ask(store, "?case ?advice ?day ?type", pattern, "?case"))
    if not rows:
        return []
    named, running, closed = (
        _types(store, way) for way in ("namesFirst", "putsOnFront", "holdsClosed")
    )
    judged = _judged(store, {row["case"]: row["day"][:4] for row in rows}, frame, until)
    return [
        _Advised(
            local_name(row["type"]),
            frozenset(named[row["advice"]]),
            frozenset(running[row["advice"]]),
            frozenset(closed[row["advice"]]),
            {
                test: one
                for test, one in judged[row["case"]].items()
                if one.by == "yes" or not only_independent
            },
        )
        for row in rows
    ]


def _types(store: AskedStore, way: str) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    pattern = f"?any sysg:followsAdvice ?advice . ?advice sysg:{way} ?type"
    for row in ask(store, "?advice ?type", pattern):
        found[row["advice"]].add(local_name(row["type"]))
    return found


def _judged(
    store: AskedStore, advised: Mapping[str, str], frame: Frame, until: str
) -> Mapping[str, dict[str, _Judged]]:
    """Return by case and test what was judged in a later year than that of the advice."""
    found: dict[str, dict[str, _Judged]] = defaultdict(dict)
    for test in frame.tests:
        pattern = (
            f"?case sysg:followsAdvice ?any ; {_WAYS[test]} ?outcome ."
            " ?outcome sysg:hasJudgement ?judgement ; sysg:judgedIn ?year"
            " OPTIONAL { ?outcome sysg:hasIndependence ?by }"
        )
        for row in ask(store, "?case ?judgement ?year ?by", pattern):
            if advised.get(row["case"], row["year"]) < row["year"] <= until:
                by = local_name(row.get("by", ""))
                found[row["case"]][test] = _Judged(local_name(row["judgement"]), by)
    return found
