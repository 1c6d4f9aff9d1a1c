"""The cases of a store found by what they are and how they turned out, failures first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import UnknownThing
from sysgraph.near import nearest
from sysgraph.rdf import text_of
from sysgraph.store.index import INDEPENDENT, ones
from sysgraph.terms import NAMESPACE, PREFIXES

if TYPE_CHECKING:
    from sysgraph.store.index import Index
    from sysgraph.store.local import Store

__all__ = ["Sought", "Told", "find_cases", "tell_cases"]


@dataclass(frozen=True, slots=True)
class Sought:
    """What cases are sought by; what is empty is not asked.

    ``type``, ``led`` and ``working`` are slugs, ``values`` the IRIs of facet values that one
    reading holds all of, ``country`` a code of two letters. With ``independent`` come only cases
    that others than those who led have judged on some test.
    """

    type: str = ""
    led: str = ""
    working: str = ""
    sector: str = ""
    country: str = ""
    values: tuple[str, ...] = ()
    independent: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Where a case took place, and in which sectors."""

    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = field(default=())


def find_cases(sought: Sought, store: Store, failing: Iterable[tuple[str, str]]) -> list[str]:
    """Return the ids of the cases that are sought: failures first, and each kind by id.

    ``failing`` holds the pairs of judgement and test that are failures.

    Raises:
        UnknownThing: no case is of that type, outcome, sector or country; carries the nearest.
    """
    index = store.index()
    rows = (1 << index.rows) - 1
    for value in sought.values:
        rows &= index.rows_of(value.removeprefix(NAMESPACE))
    for key in ("type", "led", "working"):
        if name := getattr(sought, key):
            rows &= _rows(index, key, name)
    if sought.independent:
        rows &= index.rows_of_any(f"{INDEPENDENT}{test}" for test in ("led", "working"))
    heads = index.lifted(rows)
    failed = heads & index.rows_of_any(f"{test}={judged}" for judged, test in failing)
    listed = [
        index.ids[index.case_at(row)] for part in (failed, heads & ~failed) for row in ones(part)
    ]
    for key, name in (("sector", sought.sector), ("inCountry", sought.country)):
        if name:
            within = _within(key, name, store)
            listed = [each for each in listed if each in within]
    return listed


def _rows(index: Index, key: str, name: str) -> int:
    known = {value: rows for value, rows in index.holding(f"{key}=") if value}
    if name not in known:
        what = "type of a case" if key == "type" else f"judgement of the test '{key}'"
        raise UnknownThing(name, what, nearest(name, known) or sorted(known))
    return known[name]


def _within(key: str, name: str, store: Store) -> set[str]:
    """Return the ids of the cases of a sector or a country, in whatever case it is written."""
    found: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    rows = store.select(f"SELECT DISTINCT ?case ?what WHERE {{ ?case <{NAMESPACE}{key}> ?what }}")
    for row in rows.texts():
        what = row["what"].removeprefix(PREFIXES["country"])
        names.setdefault(what.casefold(), what)
        found.setdefault(what.casefold(), set()).add(row["case"].removeprefix(PREFIXES["case"]))
    if name.casefold() not in found:
        kind = "sector of a case" if key == "sector" else "country of a case, by its two letters"
        near = nearest(name.casefold(), names, most=3)
        raise UnknownThing(name, kind, [names[one] for one in near])
    return found[name.casefold()]


def tell_cases(ids: Iterable[str], store: Store) -> Mapping[str, Told]:
    """Return where some cases took place and in which sectors, by their ids."""
    listed = list(ids)
    names = " ".join(f"<{PREFIXES['case']}{case_id}>" for case_id in listed)
    rows = store.select(
        f"SELECT DISTINCT ?case ?key ?what WHERE {{ VALUES ?case {{ {names} }}"
        f" VALUES ?key {{ <{NAMESPACE}sector> <{NAMESPACE}inCountry> }} ?case ?key ?what }}"
        " ORDER BY ?case ?key ?what"
    ).rows
    said: dict[tuple[str, str], list[str]] = {}
    for case, key, what in rows:
        if isinstance(case, ox.NamedNode) and key is not None and what is not None:
            where = (case.value.removeprefix(PREFIXES["case"]), text_of(key))
            said.setdefault(where, []).append(text_of(what).removeprefix(PREFIXES["country"]))
    return {
        each: Told(
            *(tuple(said.get((each, f"{NAMESPACE}{key}"), ())) for key in ("inCountry", "sector"))
        )
        for each in listed
    }
