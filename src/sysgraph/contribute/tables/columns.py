"""The columns of a table: the keys of a case, written as paths with dots between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sysgraph.contribute.syntax.document import Path_
from sysgraph.contribute.vocabulary import NEST, Vocabulary, expand, holds_parts, is_key
from sysgraph.near import nearest

__all__ = ["ROOT", "Column", "columns_of", "find_column", "name_of", "nearest_columns"]

_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
ROOT = ("id", "kind")
"""The keys of a case that say nothing of it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its path in a case, and what its cells say of which part.

    Lists are counted from 0 in ``path`` and from 1 in the name. ``places`` are the path and the
    property (an IRI) of each part that leads to the value, and of the value itself, last;
    the id and the kind of a case have none. ``several`` tells whether a cell may hold more than
    one value, and ``definition`` is that of the key in the context.
    """

    path: Path_
    places: tuple[tuple[Path_, str], ...] = ()
    several: bool = False
    definition: Any = None

    @property
    def name(self) -> str:
        """Return what stands at the head of the column."""
        return name_of(self.path)

    @property
    def datatype(self) -> str:
        """Return what the context says of the values: a datatype, @id or @vocab; "" for text."""
        said = self.definition if isinstance(self.definition, dict) else {}
        return str(said.get("@type", ""))

    @property
    def is_text(self) -> bool:
        """Tell whether any words may stand there."""
        return not self.datatype


def name_of(path: Path_) -> str:
    """Return a path as the head of a column.

    >>> name_of(("readings", 0, "standpoint"))
    'readings.1.standpoint'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def find_column(name: str, vocabulary: Vocabulary) -> Column | None:
    """Return the column of that name, large and small letters and blanks being all the same.

    A column of a critique that stands by itself is found as well.
    """
    written = re.sub(r"\s*\.\s*", ".", name.strip().lower())
    parts = re.sub(r"[\s_]+", "-", written).split(".")
    if len(parts) == 1 and parts[0] in ROOT:
        return Column((parts[0],))
    return _walk(parts, vocabulary.context) or (
        _walk(parts, vocabulary.critiques.context) if vocabulary.critiques else None
    )


def _walk(parts: list[str], context: dict[str, Any]) -> Column | None:
    path: list[str | int] = []
    owner: Path_ = ()
    places: list[tuple[Path_, str]] = []
    waiting = list(parts)
    while True:
        key = waiting.pop(0)
        definition = context.get(key)
        if not is_key(definition):
            return None
        path.append(key)
        if waiting and _NUMBER.fullmatch(waiting[0]) and expand(definition) != NEST:
            path.append(int(waiting.pop(0)) - 1)
        is_node, is_nest = holds_parts(definition), expand(definition) == NEST
        if bool(waiting) is not (is_node or is_nest):
            return None
        if not is_nest:
            places.append((owner, expand(definition)))
        if not waiting:
            several = _may_be_several(path, definition)
            return Column(tuple(path), tuple(places), several, definition)
        owner = tuple(path) if is_node else owner
        assert isinstance(definition, dict)  # or it would have no keys
        context = definition["@context"]


def _may_be_several(path: list[str | int], definition: object) -> bool:
    # Words of a closed list hold no separator, so that a cell may hold several of them.
    said = definition if isinstance(definition, dict) else {}
    is_set = said.get("@container") == "@set" or said.get("@type") == "@vocab"
    return is_set and not isinstance(path[-1], int)


def columns_of(context: dict[str, Any], parts: int = 1) -> list[Column]:
    """Return the columns of a case in the order of the context, with so many of each part."""
    names = [".".join(names) for names in _names(context, parts)]
    found = (_walk(name.split("."), context) for name in names)
    return [Column(("id",)), *(column for column in found if column is not None)]


def _names(context: dict[str, Any], parts: int) -> Iterator[tuple[str, ...]]:
    for key, definition in context.items():
        if not is_key(definition):
            continue
        inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
        if expand(definition) == NEST:
            yield from ((key, *rest) for rest in _names(inner, parts))
        elif not holds_parts(definition):
            yield (key,)
        elif definition.get("@container") == "@set":
            rests = list(_names(inner, parts))
            yield from ((key, str(n + 1), *rest) for n in range(parts) for rest in rests)
        else:
            yield from ((key, *rest) for rest in _names(inner, parts))


def nearest_columns(name: str, vocabulary: Vocabulary) -> list[str]:
    """Return the names of columns that one may have been meant to be, the nearest first."""
    number = re.search(r"\.([1-9][0-9]*)\.", name)
    written = re.sub(r"\.[1-9][0-9]*\.", ".1.", name.strip().lower())
    near = nearest(written, _all_names(vocabulary), like=0.7)
    return [each.replace(".1.", f".{number[1]}.") if number else each for each in near]


@lru_cache(maxsize=4)
def _all_names(vocabulary: Vocabulary) -> tuple[str, ...]:
    own = vocabulary.critiques.context if vocabulary.critiques else {}
    found = [*columns_of(vocabulary.context), *columns_of(own)]
    return tuple(dict.fromkeys(column.name for column in found))
