"""The places of a YAML or JSON text in which something is written, and how to write there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from sysgraph.contribute.syntax.document import LOADER, PAIR, json_as_yaml
from sysgraph.contribute.vocabulary import Vocabulary

__all__ = ["Edit", "Slot", "Slots", "apply"]

_PLAIN = re.compile(r"[^\W_][\w ./:()-]*")
_WORDS = {"yes", "no", "on", "off", "y", "n", "null", "true", "false"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of a text, counted in characters from 0, and what is to stand there instead."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A key with its value, or a value of a list, where ``key`` is None.

    ``definition`` is that of the key in the context, ``context`` has the keys that may be
    written here, and ``others`` are the keys that stand beside it.
    """

    name: str
    key: yaml.ScalarNode | None
    value: yaml.Node
    definition: Any
    context: dict[str, Any]
    parent: yaml.Node
    others: frozenset[str] = frozenset()

    @property
    def text(self) -> str | None:
        """Return the value, if it is a text."""
        return str(self.value.value) if isinstance(self.value, yaml.ScalarNode) else None


class Slots:
    """All slots of a text, found by line and column."""

    def __init__(self, text: str, vocabulary: Vocabulary, *, is_json: bool) -> None:
        """Read a text that can be read.

        Raises:
            yaml.YAMLError: it cannot.
        """
        self.text = text
        self.is_json = is_json
        self._vocabulary = vocabulary
        root = yaml.compose(json_as_yaml(text) if is_json else text, Loader=LOADER)
        if not isinstance(root, yaml.Node):
            raise yaml.YAMLError("it is empty")
        self._root: yaml.Node = root
        self._starts: list[int] = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def _by_place(self) -> dict[tuple[int, int], list[Slot]]:
        found: dict[tuple[int, int], list[Slot]] = {}
        things = self._root.value if isinstance(self._root, yaml.SequenceNode) else [self._root]
        for thing in things:
            for slot in self._walk(thing, self._context_of(thing)):
                mark = (slot.key or slot.value).start_mark
                found.setdefault((mark.line + 1, mark.column + 1), []).append(slot)
        return found

    def _context_of(self, thing: yaml.Node) -> dict[str, Any]:
        critiques = self._vocabulary.critiques
        if isinstance(thing, yaml.MappingNode) and critiques:
            for key, value in thing.value:
                if key.value == "kind" and value.value == "critique":
                    return critiques.context
        return self._vocabulary.context

    def _walk(self, node: yaml.Node, context: dict[str, Any]) -> Iterator[Slot]:
        if not isinstance(node, yaml.MappingNode):
            return
        names = frozenset(str(key.value) for key, _ in node.value)
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            definition = context.get(key.value)
            inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
            yield Slot(key.value, key, value, definition, context, node, names)
            items = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for item in items:
                yield from self._walk(item, inner)
                if item is not value:
                    yield Slot(key.value, None, item, definition, context, value)

    def at(self, line: int | None, column: int | None) -> list[Slot]:
        """Return the slots that begin at a place, which is counted from 1."""
        return self._by_place.get((line or 0, column or 0), [])

    def span(self, node: yaml.Node) -> tuple[int, int]:
        """Return where a node begins and ends, in characters from 0."""
        return self._offset(node.start_mark), self._offset(node.end_mark)

    def _offset(self, mark: Any) -> int:
        line, column = int(mark.line), int(mark.column)
        start: int = self._starts[min(line, len(self._starts) - 1)]
        if self.is_json:  # where a pair of escapes was read as one, which is two signs shorter
            for pair in PAIR.finditer(self.text.split("\n")[line] if "\\u" in self.text else ""):
                column += 2 * (pair.start() < column)
        return min(start + column, len(self.text))

    def write(self, node: yaml.Node, text: str) -> Edit:
        """Return the edit that puts a text in the place of another, in its style."""
        start, end = self.span(node)
        style = node.style if isinstance(node, yaml.ScalarNode) else None
        if self.is_json:
            return Edit(start, end, json.dumps(text, ensure_ascii=False))
        if style in ("|", ">"):
            style = None
            end = start + len(self.text[start:end].rstrip())
        return Edit(start, end, _written(text, style))

    def write_list(self, node: yaml.Node, texts: Sequence[str]) -> Edit:
        """Return the edit that puts several values in the place of one."""
        start, end = self.span(node)
        if self.is_json:
            return Edit(start, end, json.dumps(list(texts), ensure_ascii=False))
        return Edit(start, end, f"[{', '.join(_written(text, None) for text in texts)}]")

    def write_several(self, slot: Slot, node: yaml.ScalarNode, texts: Sequence[str]) -> Edit:
        """Return the edit that puts several values in the place of one, which may be in a list."""
        parent = slot.value if isinstance(slot.value, yaml.SequenceNode) else slot.parent
        if not isinstance(parent, yaml.SequenceNode):
            return self.write_list(node, texts)
        start, end = self.span(node)
        if self.is_json:
            return Edit(start, end, json.dumps(list(texts), ensure_ascii=False)[1:-1])
        indent = " " * parent.start_mark.column
        between = ", " if parent.flow_style else f"\n{indent}- "
        return Edit(start, end, between.join(_written(text, None) for text in texts))

    def leave_out(self, slot: Slot) -> Edit:
        """Return the edit that takes out a key with its value."""
        assert slot.key is not None  # only keys are taken out so
        if self.is_json or (isinstance(slot.parent, yaml.MappingNode) and slot.parent.flow_style):
            return Edit(*self.span(slot.value), "null")
        return self.take_out(slot.key, slot.value)

    def write_below(self, slot: Slot, key: str) -> Edit:
        """Return the edit that writes a value below a key of its own."""
        start, end = self.span(slot.value)
        written = self.text[start:end]
        if self.is_json:
            return Edit(start, end, f'{{"{key}": {written}}}')
        assert slot.key is not None  # what has keys below it has a name
        indent = " " * (slot.key.start_mark.column + 2)
        return Edit(self.span(slot.key)[1] + 1, end, f"\n{indent}{key}: {written}")

    def take_out(self, first: yaml.Node, last: yaml.Node) -> Edit:
        """Return the edit that takes out the whole lines from one node to another."""
        start = self._starts[first.start_mark.line]
        written = self.text[start : self.span(last)[1]].rstrip()  # a block ends where more begins
        end = self.text.find("\n", start + len(written))
        return Edit(start, len(self.text) if end < 0 else end + 1, "")


def _written(text: str, style: str | None) -> str:
    if style == '"':
        return json.dumps(text, ensure_ascii=False)
    is_safe = _PLAIN.fullmatch(text) and ": " not in text and text[-1] not in " :"
    if style == "'" or not is_safe or (text.lower() in _WORDS - {"true", "false"}):
        return "'" + text.replace("'", "''") + "'"
    return text


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return a text after edits that do not overlap; of those that do, the first counts."""
    done: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            continue
        done += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*done, text[at:]])
