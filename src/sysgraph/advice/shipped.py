"""The frame of the shipped library, kept ready beside it in the cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sysgraph.advice.cases import Cases
from sysgraph.advice.frame import (
    Caution,
    Consideration,
    Critique,
    Effect,
    Facet,
    FacetValue,
    Frame,
    LeadershipType,
    Question,
    Risk,
    Source,
    Target,
    Voice,
    load_frame,
    values_of,
)
from sysgraph.cache import keep, kept, library_place
from sysgraph.errors import BadStore
from sysgraph.store.index import Index
from sysgraph.store.nearest import read_index

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["load_shipped_frame"]


def load_shipped_frame() -> Frame:
    """Return what advice over the shipped library is made from, some milliseconds after start.

    It is kept as JSON beside the library in the cache, under the same digest of all that the
    library is made from, so that it is never stale.

    Raises:
        DataNotFound: the package has no data.
        BadFiles: the ontology or a case is broken.
    """
    place = library_place()
    if place is None:
        return load_frame(_open(None))
    path = place.with_name(f"{place.name}.frame.json")
    held = kept(path)
    if held is not None:
        frame = _decode(json.loads(held))
    else:  # absent, or damaged, which costs time only
        frame = load_frame(_open(place))
        keep(path, json.dumps(_encode(frame), ensure_ascii=False).encode())
    frame.cases = ShippedCases(place, values_of(frame))
    return frame


class ShippedCases(Cases):
    """The cases of the shipped library, whose store is opened only for one in full."""

    def __init__(self, place: Path, facets: Mapping[str, str]) -> None:
        """Name the library's directory, which the index is read from."""
        super().__init__(None, facets)
        self._place = place
        self._kept: Index | None = None

    @property
    def _store(self) -> Store:
        if self._opened is None:
            self._opened = _open(self._place)
        return self._opened

    def index(self) -> Index:
        """Return the index of the shipped cases."""
        if self._kept is None:
            # A library in the cache is never changed, and has no revision.
            self._kept = read_index(self._place, "") or super().index()
        return self._kept


def _open(place: Path | None) -> Store:
    from sysgraph.store.local import open_directory

    try:
        if place is not None:
            store = open_directory(place)
            store.place = "the shipped library"
            return store
    except BadStore:
        pass
    from sysgraph import library

    return library.load()


def _encode(value: object) -> Any:
    if is_dataclass(value):
        names = (each.name for each in fields(value) if each.name not in ("cases", "record"))
        return {name: _encode(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: _encode(each) for key, each in value.items()}
    if isinstance(value, set):
        return sorted(_encode(each) for each in value)
    if isinstance(value, list | tuple):
        return [_encode(each) for each in value]
    return str(value) if isinstance(value, Fraction) else value


def _decode(kept: dict[str, Any]) -> Frame:
    for consideration in kept["considerations"]:
        _restore(consideration, ("supports", "undermines"))
    for risk in kept["risks"].values():
        _restore(risk, ("types", "endangers"))
    for caution in kept["cautions"]:
        _restore(caution, ("conditions",))
    for effect in kept["effects"]:
        _restore(effect, ("changes_from", "requires"))
    for facet in kept["facets"].values():
        facet["values"] = {name: FacetValue(**value) for name, value in facet["values"].items()}
    return Frame(
        types={name: LeadershipType(**each) for name, each in kept["types"].items()},
        tests={name: Fraction(needed) for name, needed in kept["tests"].items()},
        facets={name: Facet(**each) for name, each in kept["facets"].items()},
        considerations=[Consideration(**each) for each in kept["considerations"]],
        cautions=[Caution(**each) for each in kept["cautions"]],
        risks={name: Risk(**each) for name, each in kept["risks"].items()},
        aggravated={
            value: {risk: set(labels) for risk, labels in risks.items()}
            for value, risks in kept["aggravated"].items()
        },
        failures=_pairs(kept["failures"]),
        successes=_pairs(kept["successes"]),
        partial=_pairs(kept["partial"]),
        disclosures=kept["disclosures"],
        critiques=[_critique(each) for each in kept["critiques"]],
        voices=[Voice(**{**each, "words": tuple(each["words"])}) for each in kept["voices"]],
        effects=[Effect(**each) for each in kept["effects"]],
    )


def _critique(kept: dict[str, Any]) -> Critique:
    about = tuple(Target(**each) for each in kept["about"])
    return Critique(**{**kept, "about": about, "question": Question(**kept["question"])})


def _pairs(kept: list[list[str]]) -> set[tuple[str, str]]:
    return {(judgement, test) for judgement, test in kept}


def _restore(thing: dict[str, Any], sets: tuple[str, ...]) -> None:
    for name in sets:
        thing[name] = set(thing[name])
    if "sources" in thing:
        thing["sources"] = [Source(**source) for source in thing["sources"]]
