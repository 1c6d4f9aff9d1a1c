"""Write cases as YAML and as JSON, in the keys that people write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import yaml

from sysgraph.characters import UNSOUND
from sysgraph.contribute.plain import Bare
from sysgraph.contribute.syntax.document import Plain

__all__ = ["write_json", "write_yaml"]

Tree = Mapping[str, Plain]

# What YAML cannot hold as it is, beside what nobody sees.
_ESCAPED = re.compile(f"[\x7f-\x9f\u2028\u2029\ufffe\uffff]|{UNSOUND.pattern}")
_WIDTH = 120


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes numbers, dates and truth values without quotes, and hides no character."""


def _write_bare(dumper: Any, value: Bare) -> yaml.Node:
    tag = dumper.resolve(yaml.ScalarNode, str(value), (True, False))
    return yaml.ScalarNode(tag, str(value))


def _write_text(dumper: Any, value: str) -> yaml.Node:
    style = '"' if _ESCAPED.search(value) else None
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Bare, _write_bare)
_Dumper.add_representer(str, _write_text)


def write_yaml(trees: Iterable[Tree]) -> Iterator[bytes]:
    """Yield a YAML document: one case by itself, or a list of several, case by case."""
    first, several = _peek(trees)
    for tree in first:
        thing = [dict(tree)] if several else dict(tree)
        text = yaml.dump(thing, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
        yield _escaped(text).encode()
    if several is None:
        yield b"[]\n"


def write_json(trees: Iterable[Tree]) -> Iterator[bytes]:
    """Yield a JSON document: one case by itself, or a list of several, case by case."""
    found, several = _peek(trees)
    start, between, end = ("[\n", ",\n", "\n]\n") if several is not False else ("", "", "\n")
    yield start.encode()
    for number, tree in enumerate(found):
        text = json.dumps(_typed(tree), ensure_ascii=False, indent=2)
        yield ((between if number else "") + _escaped(text)).encode()
    yield end.encode()


def _peek(trees: Iterable[Tree]) -> tuple[Iterator[Tree], bool | None]:
    """Return the cases, and whether they are several; None where there are none at all."""
    waiting = iter(trees)
    first = list(islice(waiting, 2))
    return chain(first, waiting), len(first) > 1 if first else None


def _escaped(text: str) -> str:
    # All of these stand in a text between double quotes.
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, Bare) and re.fullmatch(r"true|false|[1-9][0-9]{0,14}", value):
        return json.loads(value)
    return value
