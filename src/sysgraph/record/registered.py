"""What was registered before looking: how two outside databases are read, and with which figures.

It stands in ``ontology/external/registered.yaml``, and goes by the SHA-256 of that file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from sysgraph.case.document import read_document
from sysgraph.files import data, read_bytes

__all__ = ["Concept", "Database", "FacetReading", "Mode", "Registration", "registration"]


@dataclass(frozen=True, slots=True)
class Concept:
    """What a column may hold: a ``scale``, one of some ``words``, or the ``name`` of the case.

    ``outcome`` is the test of ours that it stands nearest to.
    """

    name: str
    kind: str
    is_needed: bool
    asks: str
    words: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of leading or taking part, when it holds, and the type it maps to, if to any."""

    name: str
    when: Mapping[str, str]
    type: str
    why: str

    def holds(self, told: Mapping[str, str]) -> bool:
        """Tell whether all that it asks for is told."""
        return all(told.get(concept) == word for concept, word in self.when.items())


@dataclass(frozen=True, slots=True)
class FacetReading:
    """From which concept a facet is read, and its value for each word."""

    facet: str
    concept: str
    values: Mapping[str, str]
    why: str


@dataclass(frozen=True, slots=True)
class Database:
    """How one database is read. ``read`` are addresses and what they told."""

    id: str
    title: str
    read: tuple[Mapping[str, str], ...]
    not_found: str
    concepts: Mapping[str, Concept]
    modes: tuple[Mode, ...]
    readings: tuple[FacetReading, ...]

    def mode_of(self, told: Mapping[str, str]) -> Mode | None:
        """Return the first mode that holds."""
        return next((mode for mode in self.modes if mode.holds(told)), None)

    def facets_of(self, told: Mapping[str, str]) -> dict[str, str]:
        """Return the facets that are known of a case."""
        pairs = (
            (each.facet, each.values.get(told.get(each.concept, ""))) for each in self.readings
        )
        return {facet: value for facet, value in pairs if value}

    @property
    def circular(self) -> tuple[str, ...]:
        """Return the facets that are read from what also gives the type."""
        used = {concept for mode in self.modes for concept in mode.when}
        return tuple(each.facet for each in self.readings if each.concept in used)


@dataclass(frozen=True, slots=True)
class Registration:
    """All that was fixed, on which day, and the SHA-256 of the file."""

    date: str
    digest: str
    databases: Mapping[str, Database]
    rules: tuple[str, ...]
    figures: tuple[str, ...]


@cache
def registration() -> Registration:
    """Return what was registered.

    Raises:
        BadFile: the file is not there or cannot be read.
    """
    path = data() / "ontology" / "external" / "registered.yaml"
    held = read_bytes(path)
    told: Any = read_document(held, str(path)).data
    databases = {name: _database(name, each) for name, each in told["databases"].items()}
    return Registration(
        told["registered"],
        sha256(held).hexdigest(),
        databases,
        tuple(told["rules"]),
        tuple(told["figures"]),
    )


def _database(name: str, told: Mapping[str, Any]) -> Database:
    return Database(
        name,
        told["title"],
        tuple(told["read"]),
        told["not-found"],
        {key: _concept(key, each) for key, each in told["concepts"].items()},
        tuple(Mode(m["name"], m["when"], m.get("type", ""), m["why"]) for m in told["modes"]),
        tuple(map(_reading, told["facets"])),
    )


def _concept(name: str, told: Mapping[str, Any]) -> Concept:
    words: Sequence[str] = told.get("words", ())
    is_needed = told["needed"] == "yes"
    return Concept(
        name, told["kind"], is_needed, told["asks"], tuple(words), told.get("outcome", "")
    )


def _reading(told: Mapping[str, str]) -> FacetReading:
    values = {word: value for word, value in told.items() if word not in ("facet", "from", "why")}
    return FacetReading(told["facet"], told["from"], values, told["why"])
