"""The cases of a store as rows: what each is about and what came of it, to filter and to order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sysgraph.browse import names_of
from sysgraph.errors import UnknownThing
from sysgraph.near import folded, nearest
from sysgraph.terms import NAMESPACE, PREFIXES, local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = ["FILTERS", "ORDERS", "Case", "Cases"]

_SAID = {
    "title": f"{PREFIXES['dcterms']}title",
    "aim": f"{NAMESPACE}servesAim",
    "country": f"{NAMESPACE}inCountry",
    "sector": f"{NAMESPACE}sector",
    "start": f"{NAMESPACE}startYear",
}
_WITHIN = {
    ("hasPractice", "hasPrimaryType"): "type",
    ("hasPractice", "hasSecondaryType"): "also",
    ("hasLedOutcome", "hasJudgement"): "led",
    ("hasWorkingOutcome", "hasJudgement"): "working",
    ("hasLedOutcome", "hasIndependence"): "led_independent",
    ("hasWorkingOutcome", "hasIndependence"): "working_independent",
}
FILTERS = ("type", "aim", "led", "working", "sector", "country", "independence")
"""By what cases can be chosen, in the order in which it is asked."""
ORDERS = ("failures", "title", "start")
_ASKED = {
    "led": "judgement of the test 'led'",
    "working": "judgement of the test 'working'",
    "country": "country (by its two letters)",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a row. ``said`` holds IRIs and texts, by what they say; ``failures`` are tests."""

    id: str
    title: str
    said: Mapping[str, tuple[str, ...]]
    failures: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """Return the name of the case in the graph."""
        return f"{PREFIXES['case']}{self.id}"

    def all(self, name: str) -> tuple[str, ...]:
        """Return what the case says by that name; its type stands before those beside it."""
        if name == "independence":
            return tuple(
                dict.fromkeys([*self.all("led_independent"), *self.all("working_independent")])
            )
        return self.said.get(name, ())

    def slugs(self, name: str) -> list[str]:
        """Return the same, as what an address goes by."""
        return [slug_of(one) for one in self.all(name)]


def slug_of(value: str) -> str:
    """Return what an address calls a thing of ours, or a text."""
    return local_name(value) if value.startswith(NAMESPACE) else value


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases of a store, with the names of what they speak of, by IRI."""

    rows: Sequence[Case]
    names: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(store: Store, frame: Frame) -> Cases:
        """Read the rows of a store's cases: two questions, however many there are."""
        said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for case, name, value in (*_own(store), *_parts(store)):
            if value not in said[case][name]:
                said[case][name].append(value)
        rows = [_case(iri, one, frame) for iri, one in said.items()]
        iris = {v for row in rows for vs in row.said.values() for v in vs if _is_ours(v)}
        return Cases(sorted(rows, key=lambda row: folded(row.title)), names_of(iris, store))

    def name(self, value: str) -> str:
        """Return what to call a thing or a text."""
        return self.names.get(value, value)

    def choices(self) -> dict[str, dict[str, str]]:
        """Return what can be chosen for each filter: the name of each slug that some case has."""
        found: dict[str, dict[str, str]] = {}
        for name in FILTERS:
            values = {value for row in self.rows for value in row.all(name)}
            named = sorted(((self.name(v), slug_of(v)) for v in values), key=lambda p: folded(p[0]))
            found[name] = {slug: text for text, slug in named}
        return found

    def chosen(self, filters: Mapping[str, str], order: str = "failures") -> list[Case]:
        """Return the cases that have what is asked for, in an order, failures first unless told."""
        wanted = {name: value for name, value in filters.items() if name in FILTERS and value}
        found = [
            row
            for row in self.rows
            if all(value in row.slugs(name) for name, value in wanted.items())
        ]
        if order == "start":
            return sorted(found, key=lambda row: (row.all("start") or ("9999",))[0])
        return sorted(found, key=lambda row: -len(row.failures)) if order == "failures" else found

    def named(self, filters: Mapping[str, str]) -> dict[str, str]:
        """Return filters as slugs that some case has, in whatever case they are written.

        Raises:
            UnknownThing: no case has such a one; carries the nearest.
        """
        choices = self.choices()
        found = {}
        for name, value in filters.items():
            slugs = {slug.casefold(): slug for slug in choices[name]}
            if value.casefold() not in slugs:
                near = [slugs[one] for one in nearest(value.casefold(), slugs, most=3)]
                raise UnknownThing(value, f"{_ASKED.get(name, name)} of a case", near)
            found[name] = slugs[value.casefold()]
        return found


def _is_ours(value: str) -> bool:
    return value.startswith(NAMESPACE)


def _case(iri: str, said: Mapping[str, list[str]], frame: Frame) -> Case:
    kept = {name: tuple(values) for name, values in said.items()}
    failures = [
        test
        for test in ("led", "working")
        if any((slug_of(one), test) in frame.failures for one in said.get(test, ()))
    ]
    title = (kept.get("title") or (local_name(iri),))[0]
    return Case(local_name(iri), title, kept, tuple(failures))


def _own(store: Store) -> Iterable[tuple[str, str, str]]:
    values = " ".join(f"<{iri}>" for iri in _SAID.values())
    names = {iri: name for name, iri in _SAID.items()}
    rows = store.select(
        f"SELECT DISTINCT ?case ?p ?v WHERE {{ VALUES ?p {{ {values} }}"
        f" ?case a <{NAMESPACE}CaseStudy> ; ?p ?v }} ORDER BY ?case ?p ?v"
    )
    return [(row["case"], names[row["p"]], row["v"]) for row in rows.texts()]


def _parts(store: Store) -> Iterable[tuple[str, str, str]]:
    values = " ".join(f"(<{NAMESPACE}{p}> <{NAMESPACE}{q}>)" for p, q in _WITHIN)
    rows = store.select(
        f"SELECT DISTINCT ?case ?p ?q ?v WHERE {{ VALUES (?p ?q) {{ {values} }}"
        f" ?case a <{NAMESPACE}CaseStudy> ; ?p ?part . ?part ?q ?v }} ORDER BY ?case ?p ?q ?v"
    )
    return [
        (row["case"], _WITHIN[local_name(row["p"]), local_name(row["q"])], row["v"])
        for row in rows.texts()
    ]
