"""The whole record: leave one case out, ask, and compare with what was done and came of it.

Does the front hold the type that was practised, how sharply does it point to it, and in which
groups of cases?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from math import fsum
from operator import attrgetter
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.cases import Foresight, Record
from sysgraph.advice.shipped import RECORD, kept_record, load_shipped_frame
from sysgraph.ontology import Ontology
from sysgraph.record.alone import Alone, questions_alone
from sysgraph.record.by import MOST, By
from sysgraph.record.coders import Hand, who_coded
from sysgraph.record.elsewhere import NOTHING, BaseRates, base_rates_of
from sysgraph.record.outcomes import (
    Lots,
    OutcomeRecord,
    Skill,
    by_case,
    middle,
    outcome_records,
    skill_of,
)
from sysgraph.record.past import (
    PastCase,
    PastReading,
    digest_of,
    past_cases,
    past_readings,
)
from sysgraph.record.prospective import NONE_ADVISED, Prospective, prospective_of

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = [
    "Backtest",
    "Gated",
    "GroupRecovery",
    "Recovery",
    "TypeRecord",
    "hits_of",
    "look_back",
    "look_back_on",
    "record_of",
    "shipped_record",
]


@dataclass(frozen=True, slots=True)
class Recovery:
    """How often the type that was practised was on the front.

    ``hits`` is the share of cases, ``low`` to ``high`` its 95 % interval; ``chance`` is the mean
    share of the types that are on the front, which a front drawn by lot would hit.
    """

    cases: int
    hits: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True, slots=True)
class TypeRecord(Recovery):
    """How well the advice recovers the type that was practised.

    ``at_least`` is the share of shuffles of the practised types with at least as many hits.
    ``silent`` readings knew too little for a front and count as all types.

    ``forecasts`` are ``front`` (as likely for each type on it, and none other), ``graded`` (as
    often as the practised types of other cases were on the front, on the next once it is taken
    away, and so on, each layer counted once more), ``frequent`` (the most frequent type of the
    other cases) and ``uniform``, each beside the base rate of the types in the other cases.
    ``by_case`` has the hits and the chance of each case, by number.
    """

    at_least: float | None
    silent: int
    hidden: tuple[str, ...]
    forecasts: Mapping[str, Skill]
    by_case: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Gated:
    """What gates did: in ``closed`` readings they closed the practised type, which was ahead.

    ``without`` is how often it would be on the front if no gate closed anything.
    """

    readings: int
    closed: int
    without: Recovery


@dataclass(frozen=True, slots=True)
class GroupRecovery(Recovery):
    """The cases of one type, region or contributor, each still judged by all other cases."""

    name: str
    outcomes: tuple[OutcomeRecord, ...]


def type_record(
    readings: Sequence[PastReading], lots: Lots, hidden: tuple[str, ...] = ()
) -> TypeRecord:
    """Return how well the practised type of each case is recovered, each by the other cases."""
    practised = _practised(readings)
    recovered = _recovered(readings, practised)
    orders = lots.orders(practised, len(practised))
    reached = fsum(hit for hit, _ in recovered) - 1e-9
    lucky = sum(1 for order in orders if fsum(hits_of(readings, order)) >= reached)
    return TypeRecord(
        *_shares(recovered, lots),
        (1 + lucky) / (1 + lots.shuffles) if lots.shuffles else None,
        sum(1 for reading in readings if not any(reading.layers)),
        hidden,
        _skills(readings, practised, orders, lots),
        recovered,
    )


def gates_record(
    cases: Sequence[PastCase], readings: Sequence[PastReading], board: Board, lots: Lots
) -> Gated | None:
    """Return what the gates of a board did to the record, where it has any."""
    if not board.gates:
        return None
    without = past_readings(cases, replace(board, gates=()))
    both = zip(readings, without, strict=True)
    closed = sum(1 for gated, free in both if free.is_on_front and not gated.is_on_front)
    recovered = _recovered(without, _practised(without))
    return Gated(len(readings), closed, Recovery(*_shares(recovered, lots)))


def _practised(readings: Sequence[PastReading]) -> list[int]:
    return list({reading.case: reading.practised for reading in readings}.values())


def _recovered(
    readings: Sequence[PastReading], practised: Sequence[int]
) -> tuple[tuple[float, float], ...]:
    """Return for each case how often its type was on the front, and would be by chance."""
    chances = by_case(readings, (row.layers.count(0) / len(row.layers) for row in readings))
    return tuple(zip(hits_of(readings, practised), chances.values(), strict=True))


def hits_of(readings: Sequence[PastReading], practised: Sequence[int]) -> list[float]:
    """Return for each case the share of its readings that have its type on the front."""
    hits = (not reading.layers[practised[reading.case]] for reading in readings)
    return list(by_case(readings, hits).values())


def _shares(
    recovered: Sequence[tuple[float, float]], lots: Lots
) -> tuple[int, float, float, float, float]:
    """Return the number of cases, the share of hits with its interval, and that by chance."""
    count = len(recovered)
    if not count:
        return 0, 0.0, 0.0, 1.0, 0.0
    hits = [hit for hit, _ in recovered]
    means = (sum([hits[i] for i in draw]) / count for draw in lots.draws(count))
    return count, fsum(hits) / count, *middle(means), fsum(c for _, c in recovered) / count


Way = Callable[[PastReading, Sequence[int], Sequence[float]], Sequence[float]]
"""What forecasts the chance of each type, in the order of the board; they add up to 1.

It is told a reading and, for the other cases, how often each type and each layer was practised.
"""


_LOOKING = ("front", "graded")


def _skills(
    readings: Sequence[PastReading],
    practised: Sequence[int],
    orders: Sequence[Sequence[int]],
    lots: Lots,
) -> dict[str, Skill]:
    draws = lots.draws(len(practised))
    base = _scores(readings, practised, _base)
    ways = {"front": _front, "graded": _graded, "frequent": _frequent, "uniform": _uniform}
    found = {}
    for name, way in ways.items():
        # Shuffling tells something of the two that look at the situation.
        tried = orders if name in _LOOKING else ()
        sums = [sum(_scores(readings, order, way)) for order in tried]
        found[name] = skill_of(_scores(readings, practised, way), base, draws, sums)
    return found


def _scores(readings: Sequence[PastReading], practised: Sequence[int], way: Way) -> list[float]:
    """Return the Brier score of each case over all types, the mean over its readings: 0 to 2."""
    size = len(readings[0].layers) if readings else 0
    # One more layer than types: what gates close lies below all others.
    types, layers = [0] * size, [0.0] * (size + 1)
    for kind in practised:
        types[kind] += 1
    for row in readings:
        layers[row.layers[practised[row.case]]] += row.weight
    errors = []
    for case, of_case in groupby(readings, key=attrgetter("case")):
        mine, rows = practised[case], list(of_case)
        # A case is judged by the others alone, and so is not counted while its turn lasts.
        others, left = types.copy(), layers.copy()
        others[mine] -= 1
        for row in rows:
            left[row.layers[mine]] -= row.weight
        for row in rows:
            forecast = way(row, others, left)
            squares = sum([chance * chance for chance in forecast])
            errors.append(squares - 2 * forecast[mine] + 1)
    return list(by_case(readings, errors).values())


def _front(row: PastReading, _: Sequence[int], __: Sequence[float]) -> list[float]:
    first = row.layers.count(0)  # none, where gates close all that come first
    return [(not layer) / first if first else 1 / len(row.layers) for layer in row.layers]


def _graded(row: PastReading, _: Sequence[int], seen: Sequence[float]) -> list[float]:
    layers = row.layers
    here = set(layers)
    total = sum(seen[at] + 1 for at in here)
    shares = {at: (seen[at] + 1) / total / layers.count(at) for at in here}
    return [shares[layer] for layer in layers]


def _base(row: PastReading, types: Sequence[int], layers: Sequence[float]) -> list[float]:
    total = sum(types)
    return [seen / total for seen in types] if total else _uniform(row, types, layers)


def _frequent(_: PastReading, types: Sequence[int], __: Sequence[float]) -> list[float]:
    most = max(types)
    return [(seen == most) / types.count(most) for seen in types]


def _uniform(row: PastReading, _: Sequence[int], __: Sequence[float]) -> list[float]:
    return [1 / len(row.layers)] * len(row.layers)


def groups_of(
    by: By,
    cases: Sequence[PastCase],
    types: TypeRecord,
    outcomes: Sequence[OutcomeRecord],
    lots: Lots,
) -> Iterator[GroupRecovery]:
    """Yield the record of each group, the largest first; a case may be in several regions."""
    members: dict[str, list[int]] = {}
    for at, case in enumerate(cases):
        for name in case.groups(by):
            members.setdefault(name, []).append(at)
    for name, inside in sorted(members.items(), key=lambda each: (-len(each[1]), each[0])):
        ids = {cases[at].case_id for at in inside}
        yield GroupRecovery(
            *_shares([types.by_case[at] for at in inside], lots),
            name,
            tuple(outcome.within(ids, lots) for outcome in outcomes),
        )


ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Backtest:
    """The record over some cases, and what it takes to get the same figures again.

    ``prospective`` is what came of the cases that were advised first and judged later.
    ``cases`` of ``of`` cases were looked at; ``left_out`` more were looked for because of what
    came of them, and foretell nothing. With ``only_independent`` no outcome counts but those
    judged by others than those who led. ``blind`` is the record of the practised types
    without the facets by which the ontology defines the types. ``alone`` has each question as
    the only one, ``hands`` who coded the cases and ``again`` who coded them once more.
    ``by_others`` is how it was foretold that a test is met among only those judged by others than
    those who led, and ``elsewhere`` what base rates from the tables of others foretold.
    """

    version: str
    digest: str
    seed: int
    rounds: int
    cases: int
    of: int
    types: TypeRecord
    blind: TypeRecord
    outcomes: tuple[OutcomeRecord, ...]
    by: By
    groups: tuple[GroupRecovery, ...]
    alone: tuple[Alone, ...] = ()
    gated: Gated | None = None
    prospective: Prospective = NONE_ADVISED
    left_out: int = 0
    only_independent: bool = False
    hands: tuple[Hand, ...] = ()
    again: tuple[Hand, ...] = ()
    by_others: tuple[OutcomeRecord, ...] = ()
    elsewhere: BaseRates = NOTHING

    @property
    def tries(self) -> int:
        """Return how many forecasts are scored over all cases: the more, the luckier the best.

        Those of outcomes that others judged are counted too, and those elsewhere.
        """
        blind = len(_LOOKING) if self.blind.hidden else 0
        outcomes = sum(len(outcome.forecasts) for outcome in self.outcomes)
        own = outcomes + len(self.types.forecasts) + blind + len(self.alone)
        return own + len(self.by_others) + len(self.elsewhere.tests)


def look_back(
    store: Store,
    frame: Frame,
    *,
    by: By = By.TYPE,
    seed: int = 0,
    rounds: int = ROUNDS,
    shuffles: int | None = None,
    most: int = MOST,
    only_independent: bool = False,
) -> Backtest:
    """Return how well advice did over the cases of a store.

    For each case the situation of each of its readings is asked about, with nothing known of the
    case itself; scores are the mean over its readings. ``rounds`` says how often cases are drawn
    anew for the intervals, and how often outcomes are shuffled unless ``shuffles`` says so. The
    same seed gives the same figures, in whatever order the cases are stored.
    """
    cases, count, left_out = past_cases(store, frame, most, seed)
    if only_independent:
        cases = [_judged_by_others(case) for case in cases]
    lots = Lots(seed, rounds, rounds if shuffles is None else shuffles)
    hidden = frame.defining
    hands, again = who_coded(store, {case.case_id: case.contributor for case in cases})
    done = look_back_on(cases, frame, lots, by=by, hidden=hidden)
    return replace(
        done,
        of=count,
        left_out=left_out,
        prospective=prospective_of(
            store, frame, only_independent=only_independent, until=str(date.today().year)
        ),
        only_independent=only_independent,
        hands=hands,
        again=again,
        by_others=() if only_independent else done.by_others,
        elsewhere=base_rates_of(store),
    )


def _judged_by_others(case: PastCase) -> PastCase:
    """Return a case without the judgements that are not known to be by others than who led."""
    judged = {t: j if t in case.independent else "" for t, j in case.judgements.items()}
    return replace(case, judgements=judged)


def _met_by_others(
    cases: Sequence[PastCase], readings: Sequence[PastReading], frame: Frame, lots: Lots
) -> tuple[OutcomeRecord, ...]:
    """Return how it was foretold that a test is met, where others judged than those who led."""
    apart = [_judged_by_others(case) for case in cases]
    found = outcome_records(apart, readings, frame, replace(lots, shuffles=0))
    return tuple(one for one in found if one.event == "met" and one.cases)


def look_back_on(
    cases: Sequence[PastCase],
    frame: Frame,
    lots: Lots,
    *,
    by: By = By.TYPE,
    hidden: tuple[str, ...] = (),
) -> Backtest:
    """Return the record over some cases; ``hidden`` facets are those that define types."""
    cases = sorted(cases, key=lambda case: case.case_id)
    board = Board.of(frame)
    readings = past_readings(cases, board)
    types = type_record(readings, lots)
    outcomes = outcome_records(cases, readings, frame, lots)
    practised = _practised(readings)
    scores = (_scores(readings, practised, _base), _scores(readings, practised, _front))
    return Backtest(
        Ontology.load().editions.version,
        digest_of(cases, frame),
        lots.seed,
        lots.rounds,
        len(cases),
        len(cases),
        types,
        type_record(past_readings(cases, board, hidden), lots, hidden),
        tuple(outcomes),
        by,
        tuple(groups_of(by, cases, types, outcomes, lots)),
        questions_alone(cases, readings, frame, scores, lots.draws(len(cases))),
        gates_record(cases, readings, board, lots),
        by_others=_met_by_others(cases, readings, frame, lots),
    )


def record_of(done: Backtest) -> Record:
    """Return what advice may say of the record."""
    types = done.types
    met = (each for each in done.outcomes if each.event == "met")
    skills = [(each.test, each.forecasts["standing"].skill) for each in met]
    return Record(
        done.version,
        done.digest,
        done.seed,
        done.rounds,
        done.cases,
        types.hits,
        types.low,
        types.high,
        types.chance,
        tuple(Foresight(t, s.cases, s.skill, s.low, s.high, s.verdict) for t, s in skills),
    )


def shipped_record() -> Record:
    """Return the record of the shipped library: the kept one, or a new one that is then kept.

    A new one takes less than a second beyond opening the library, once after each change of the
    library. It has no shuffles, which ``sysgraph backtest`` adds.

    Raises:
        DataNotFound: the package has no data.
    """
    from sysgraph.cache import put
    from sysgraph.stores import open_store

    kept = kept_record()
    if kept is None:
        kept = record_of(look_back(open_store(), load_shipped_frame(), shuffles=0))
        put(kept.as_json(), *RECORD)
    return kept
