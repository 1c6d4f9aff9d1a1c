"""Base rates from the tables of others, tried forward in time: a test of base rates, not of advice.

Only counts are read, from the store. Neither the cases nor the rules learn from them, nor they
from these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from math import fsum
from typing import TYPE_CHECKING

from sysgraph.advice.cases import ask
from sysgraph.errors import SysgraphError

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["NOTHING", "BaseRates", "Cell", "Forward", "base_rates_of", "read_cell"]

_CELL = re.compile(r"([^:]+): (\d+)/(\d+) before, (\d+)/(\d+) since")
_PRIOR = 2
"""As many further cases, at the earlier base rate, are thought into each kind."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of case: of how many it turned out well in how many, before the cut and since."""

    kind: str
    well_before: int
    before: int
    well_since: int
    since: int


def read_cell(text: str) -> Cell:
    """Return a cell from how the ontology writes it.

    >>> read_cell("local: 34/59 before, 40/60 since")
    Cell(kind='local', well_before=34, before=59, well_since=40, since=60)

    Raises:
        SysgraphError: it is written otherwise, or more turned out well than there were.
    """
    found = _CELL.fullmatch(text)
    if found is None:
        raise SysgraphError(f"'{text}' is no cell; write it as 'kind: 3/10 before, 1/2 since'")
    cell = Cell(found[1], *map(int, found.groups()[1:]))
    if cell.well_before > cell.before or cell.well_since > cell.since:
        raise SysgraphError(
            f"in the cell '{text}' more turned out well than there are; count again"
        )
    return cell


@dataclass(frozen=True, slots=True)
class Forward:
    """Base rates by kind, learnt before a year and tried on the cases since.

    ``low`` to ``high`` is the 95 % interval of the skill over the earlier base rate, as tabulated
    from the rows; ``tabulated`` has that skill, its Brier score and that of the base rate. All
    else is worked out of the cells.
    """

    id: str
    label: str
    table: str
    cut: int
    learnt_from: tuple[str, ...]
    tabulated: tuple[float, float, float]
    low: float
    high: float
    note: str
    cells: tuple[Cell, ...]

    @property
    def learnt(self) -> int:
        """Return how many cases are before the cut."""
        return sum(cell.before for cell in self.cells)

    @property
    def tried(self) -> int:
        """Return how many cases are since the cut."""
        return sum(cell.since for cell in self.cells)

    @property
    def base_before(self) -> float:
        """Return the base rate before the cut."""
        return sum(cell.well_before for cell in self.cells) / self.learnt

    @property
    def base_since(self) -> float:
        """Return the base rate since, which nobody knew at the cut."""
        return sum(cell.well_since for cell in self.cells) / self.tried

    @property
    def brier(self) -> float:
        """Return the mean squared error of each kind's share before as a forecast since."""
        base = self.base_before
        shares = (
            (cell.well_before + _PRIOR * base) / (cell.before + _PRIOR) for cell in self.cells
        )
        return self._brier(shares)

    @property
    def base_brier(self) -> float:
        """Return that of the earlier base rate."""
        return self._brier([self.base_before] * len(self.cells))

    @property
    def later_brier(self) -> float:
        """Return that of the later base rate, had it been known."""
        return self._brier([self.base_since] * len(self.cells))

    @property
    def skill(self) -> float:
        """Return the skill over the earlier base rate."""
        return 1 - self.brier / self.base_brier

    @property
    def skill_over_later(self) -> float:
        """Return the skill over the later base rate."""
        return 1 - self.brier / self.later_brier

    def _brier(self, forecasts: Iterable[float]) -> float:
        pairs = zip(self.cells, forecasts, strict=True)
        errors = (
            cell.well_since * (1 - share) ** 2 + (cell.since - cell.well_since) * share**2
            for cell, share in pairs
        )
        return fsum(errors) / self.tried


@dataclass(frozen=True, slots=True)
class BaseRates:
    """All such tests of a store, and the SHA-256 of the outside counts it holds."""

    tests: tuple[Forward, ...] = ()
    digest: str = ""


NOTHING = BaseRates()


def base_rates_of(store: Store) -> BaseRates:
    """Return what a store holds of base rates elsewhere; of an older library, nothing."""
    pattern = (
        "?test a sysg:ForwardTest ; rdfs:label ?label ; sysg:displayOrder ?place ;"
        " sysg:cutYear ?cut ; sysg:skill ?skill ; sysg:brier ?brier ; sysg:baseBrier ?base ;"
        " sysg:skillLow ?low ; sysg:skillHigh ?high ; skos:scopeNote ?note ;"
        " dcterms:source/rdfs:label ?table"
    )
    columns = "?test ?label ?place ?cut ?skill ?brier ?base ?low ?high ?note ?table"
    rows = ask(store, columns, pattern, "?place ?test")
    return BaseRates(tuple(_forward(row, store) for row in rows), _digest(store))


def _forward(row: dict[str, str], store: Store) -> Forward:
    test = row["test"]
    return Forward(
        test.rsplit("/", 1)[-1],
        row["label"],
        row["table"],
        int(row["cut"]),
        _texts(store, test, "sysg:learntFrom"),
        (float(row["skill"]), float(row["brier"]), float(row["base"])),
        float(row["low"]),
        float(row["high"]),
        row["note"],
        tuple(map(read_cell, _texts(store, test, "sysg:cell"))),
    )


def _texts(store: Store, test: str, said: str) -> tuple[str, ...]:
    return tuple(row["text"] for row in ask(store, "?text", f"<{test}> {said} ?text", "?text"))


def _digest(store: Store) -> str:
    """Return the SHA-256 over all outside counts, with their intervals; no wording is in it."""
    pattern = (
        "VALUES ?kind { sysg:ForwardTest sysg:OutsideFigure } ?thing a ?kind ; ?said ?value"
        " FILTER (?said != sysg:displayOrder && (?said = sysg:cell || isNumeric(?value)))"
    )
    rows = ask(store, "?thing ?said (STR(?value) AS ?text)", pattern, "?thing ?said ?text")
    told = sorted((row["thing"], row["said"], _plain(row["text"])) for row in rows)
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest() if told else ""


def _plain(text: str) -> str:
    """Return a number as every store would write it, and a cell as it is."""
    return text if "/" in text else repr(float(text))
