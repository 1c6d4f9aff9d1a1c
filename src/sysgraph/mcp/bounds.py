"""How much one answer may hold, what is left out of it, and how the rest is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sysgraph.errors import SysgraphError, UnknownThing
from sysgraph.near import nearest

__all__ = [
    "ANSWER",
    "ARGUMENTS",
    "CASES",
    "CELL",
    "DESCRIPTION",
    "ERROR",
    "MESSAGE",
    "NAMES",
    "PAGE",
    "ROWS",
    "STANDPOINTS",
    "STATED",
    "VALUES",
    "WAITING",
    "Part",
    "cut",
    "fitted",
    "page_of",
    "parts_of",
    "short",
    "size",
]

ANSWER = 40_000
"""The most characters that the data of an answer may have as JSON."""
PAGE = 20_000
"""The most characters of a page for people beside them."""
ARGUMENTS = 200_000
"""The most characters that the arguments of one call may have as JSON."""
NAMES = 2_000
"""The most characters of any argument but answers and a description, as JSON."""
ERROR = 4_000
"""The most characters of what is told of an error."""
DESCRIPTION = 50_000
"""The most characters of a description."""
STANDPOINTS = 12
"""The most standpoints that one situation may be told from."""
STATED = 100
"""The most answers of one situation."""
ROWS, CASES = (50, 500), (20, 50)
"""How many rows and cases are given where nobody says how many, and the most."""
CELL = 4_000
"""The most characters of one text in a row or a case."""
VALUES = 25
"""How many values of a property are given where a term is described as a whole."""
WAITING = 32
"""The most calls that may wait for their turn."""
MESSAGE = 1024 * 1024
"""The most bytes of one message."""

Part = dict[str, Any]
T = TypeVar("T")
_AROUND = 2_000
"""What is told around the rows, beside them."""
_LEAST = 200
"""With room for fewer characters nothing is cut up."""
_NOTHING = object()
_FROM = re.compile(r"(\d{1,9})-", re.ASCII)


def size(value: object) -> int:
    """Return how many characters a value has as JSON."""
    return len(json.dumps(value, ensure_ascii=False))


def cut(text: str, most: int) -> tuple[str, int]:
    """Return the beginning of a text, to the end of a line, and how many characters are left."""
    if len(text) <= most:
        return text, 0
    end = text.rfind("\n", 0, most) + 1 or most
    return text[:end], len(text) - end


def page_of(listed: Sequence[T], start: int, wanted: int, most: int) -> tuple[Sequence[T], str]:
    """Return some items from one on, and what is left out and how it is asked for, if any is.

    Raises:
        SysgraphError: a number is none that can be.
    """
    if start < 0 or not 1 <= wanted <= most:
        raise SysgraphError(f"'offset' counts from 0, and 'limit' is 1 to {most}")
    shown = listed[start : start + wanted]
    while len(shown) > 1 and size(shown) > ANSWER - _AROUND:
        shown = shown[: len(shown) * 3 // 4]
    after = start + len(shown)
    left = len(listed) - after
    return shown, f"{left} more; ask again with offset {after}" if left > 0 else ""


def short(value: Any) -> Any:
    """Return a value whose texts are cut where they are long, and say so."""
    if isinstance(value, str):
        more = len(value) - CELL
        return (
            f"{value[:CELL]} … ({more:,} more characters; see describe_term)" if more > 0 else value
        )
    if isinstance(value, Mapping):
        return {key: short(each) for key, each in value.items()}
    return [short(each) for each in value] if isinstance(value, list) else value


def parts_of(data: Any, names: Sequence[str]) -> Part:
    """Return the parts of some data that are named, by these names.

    A name is of keys and numbers with dots between; ``20-`` at its end is all from number 20 on.

    Raises:
        UnknownThing: there is no such part; carries the nearest names.
    """
    return {name: _part(data, name) for name in names}


def _part(data: Any, name: str) -> Any:
    found, rest = data, name
    while rest:
        key = max((one for one in _keys(found) if _begins(rest, one)), key=len, default=None)
        begun = _FROM.fullmatch(rest) if isinstance(found, list | str) else None
        if begun and int(begun[1]) <= len(found):
            return found[int(begun[1]) :]
        if key is None:
            before = name.removesuffix(rest)
            near = nearest(rest, list(_keys(found)), most=3)
            raise UnknownThing(name, "part of the answer", [f"{before}{one}" for one in near])
        found = found[int(key)] if isinstance(found, list) else found[key]
        rest = rest.removeprefix(key).removeprefix(".")
    return found


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value
    elif isinstance(value, list):
        yield from map(str, range(len(value)))


def _begins(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}.")


def fitted(parts: Part, room: int) -> tuple[Part, dict[str, str]]:
    """Return of some parts what there is room for, and what is left out, by name."""
    left: dict[str, str] = {}
    shown: Part = {}
    for name, value in parts.items():
        given = _fit(name, value, room, left)
        if given is _NOTHING:
            left[name] = f"{size(value):,} characters"
        else:
            shown[name] = given
            room -= size(given)
    return shown, left


def _fit(name: str, value: Any, room: int, left: dict[str, str]) -> Any:
    """Return as much of a part as there is room for, noting the rest of it; perhaps nothing."""
    if size(value) <= room:
        return value
    if not value or room < _LEAST:
        return _NOTHING
    if isinstance(value, str):
        left[f"{name}.{room // 2}-"] = f"{len(value) - room // 2:,} more characters"
        return value[: room // 2]
    if isinstance(value, list):
        return _fit_list(name, value, room, left)
    return _fit_mapping(name, value, room, left) if isinstance(value, Mapping) else _NOTHING


def _fit_list(name: str, value: list[Any], room: int, left: dict[str, str]) -> Any:
    shown: list[Any] = []
    spent = 0
    for item in value:
        spent += size(item) + 2
        if spent > room:
            break
        shown.append(item)
    if not shown:
        shown = [_fit(f"{name}.0", value[0], room, left)]
    if shown[0] is _NOTHING:
        return _NOTHING
    if more := len(value) - len(shown):
        left[f"{name}.{len(shown)}-"] = f"{more:,} more"
    return shown


def _fit_mapping(name: str, value: Mapping[str, Any], room: int, left: dict[str, str]) -> Any:
    """Return what there is room for, key by key; what is too large stands for itself."""
    shown: Part = {}
    rest: dict[str, str] = {}
    for key, each in value.items():
        if (much := size({key: each})) <= room:
            shown[key] = each
            room -= much
        else:
            rest[f"{name}.{key}"] = f"{size(each):,} characters"
    if not shown:
        return _NOTHING
    left |= rest
    return shown
