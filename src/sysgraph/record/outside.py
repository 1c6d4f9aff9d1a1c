"""The registered figures over a table of cases that others coded: these, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sysgraph.advice.evidence import interval
from sysgraph.ontology import Ontology
from sysgraph.record.outcomes import Lots, Skill
from sysgraph.record.past import PastCase, rules_digest
from sysgraph.record.run import Recovery, look_back_on

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.record.external import ColumnsFile, Table, ToldCase
    from sysgraph.record.registered import Database, Registration

__all__ = ["External", "ExternalOutcome", "Share", "work_out"]

_JUDGED = {"high": "yes", "middle": "mixed", "low": "no"}
_LOOKED_AT = ("type", "front", "standing")


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with the 95 % interval of the share."""

    count: int
    of: int

    @property
    def low(self) -> float:
        """Return the lower end of the interval."""
        return interval(self.count, self.of).low

    @property
    def high(self) -> float:
        """Return the upper end of the interval."""
        return interval(self.count, self.of).high


@dataclass(frozen=True, slots=True)
class ExternalOutcome:
    """How often an outcome was met, in all cases and by type, and what foretold it.

    ``test`` is the test of ours that the outcome stands nearest to. The skills are over the
    cases that map to a type.
    """

    concept: str
    test: str
    met: Share
    by_type: Mapping[str, Share]
    skills: Mapping[str, Skill]


@dataclass(frozen=True, slots=True)
class External:
    """The figures, and what it takes to get them again.

    ``modes`` counts the cases of each mode, ``types`` those that map to each type; ``untyped``
    are the rest, by the reason. ``recovery`` is how often the mapped type is on the front, and
    ``apart`` the same without the facets ``circular``, read from what also gives the type.
    ``silent`` of the mapped cases know too little for a front.
    """

    database: str
    title: str
    registered: str
    version: str
    date: str
    seed: int
    rounds: int
    digests: Mapping[str, str]
    cases: int
    types: Mapping[str, int]
    modes: Mapping[str, int]
    untyped: Mapping[str, tuple[int, ...]]
    outcomes: tuple[ExternalOutcome, ...]
    without_results: Share
    without_acceptance: Share
    recovery: Recovery
    apart: Recovery
    circular: tuple[str, ...]
    silent: int
    silent_apart: int


def work_out(
    columns: ColumnsFile, table: Table, registered: Registration, frame: Frame, lots: Lots
) -> External:
    """Return the registered figures; ``lots`` need no shuffles."""
    database = columns.database
    types, untyped = _sorted_out(table.cases, database)
    past = [
        _past_case(case, types[case.row], database) for case in table.cases if case.row in types
    ]
    circular = tuple(facet for facet in frame.facets if facet in database.circular)
    done = look_back_on(past, frame, lots, hidden=circular)
    skills = {
        outcome.test: {key: outcome.forecasts[key].skill for key in _LOOKED_AT}
        for outcome in done.outcomes
        if outcome.event == "met"
    }
    accepted, working = _off_diagonal(table.cases)
    modes = Counter(m.name for case in table.cases if (m := database.mode_of(case.told)))
    return External(
        database.id,
        database.title,
        registered.date,
        Ontology.load().editions.version,
        datetime.now(UTC).date().isoformat(),
        lots.seed,
        lots.rounds,
        {
            "mapping": registered.digest,
            "columns": columns.digest,
            "table": table.digest,
            "rules": rules_digest(frame),
        },
        len(table.cases),
        dict(Counter(types[row] for row in sorted(types))),
        dict(modes),
        untyped,
        tuple(_outcomes(table.cases, types, database, skills)),
        accepted,
        working,
        done.types,
        done.blind,
        circular,
        done.types.silent,
        done.blind.silent,
    )


def _sorted_out(
    cases: Sequence[ToldCase], database: Database
) -> tuple[dict[int, str], dict[str, tuple[int, ...]]]:
    """Return the type of each row that maps to one, and the other rows by the reason."""
    types: dict[int, str] = {}
    untyped: dict[str, tuple[int, ...]] = {}
    for case in cases:
        mode = database.mode_of(case.told)
        if mode and mode.type:
            types[case.row] = mode.type
        else:
            reason = mode.name if mode else _why_not(case, database)
            untyped[reason] = (*untyped.get(reason, ()), case.row)
    return types, untyped


def _why_not(case: ToldCase, database: Database) -> str:
    asked = {name for mode in database.modes for name in mode.when}
    unknown = [
        each.name
        for each in database.concepts.values()
        if each.is_needed and each.name in asked and each.name not in case.told
    ]
    return f"not known: {', '.join(unknown)}" if unknown else "no mode holds"


def _past_case(case: ToldCase, kind: str, database: Database) -> PastCase:
    judged = {
        each.outcome: _JUDGED.get(case.told.get(each.name, ""), "")
        for each in database.concepts.values()
        if each.outcome
    }
    return PastCase(f"{case.row:07}", kind, judged, (database.facets_of(case.told),))


def _outcomes(
    cases: Sequence[ToldCase],
    types: Mapping[int, str],
    database: Database,
    skills: Mapping[str, Mapping[str, Skill]],
) -> list[ExternalOutcome]:
    found = []
    for concept in database.concepts.values():
        if concept.outcome:
            known = [case for case in cases if concept.name in case.told]
            by_type = {
                kind: _met([c for c in known if types.get(c.row) == kind], concept.name)
                for kind in dict.fromkeys(types[row] for row in sorted(types))
            }
            met = _met(known, concept.name)
            test = concept.outcome
            found.append(ExternalOutcome(concept.name, test, met, by_type, skills.get(test, {})))
    return found


def _met(cases: Sequence[ToldCase], outcome: str) -> Share:
    return Share(sum(case.told[outcome] == "high" for case in cases), len(cases))


def _off_diagonal(cases: Sequence[ToldCase]) -> tuple[Share, Share]:
    """Return how many are accepted without results, and with results but not accepted."""
    pairs = [(case.told.get("acceptance"), case.told.get("results")) for case in cases]
    known = [(one, other) for one, other in pairs if one and other]
    first = sum(one == "high" and other != "high" for one, other in known)
    second = sum(one != "high" and other == "high" for one, other in known)
    return Share(first, len(known)), Share(second, len(known))
