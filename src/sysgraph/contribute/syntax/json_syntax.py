"""Read past what makes a text no JSON: what must have been meant, place by place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sysgraph.contribute.syntax.fault import Fault, first_difference, replaced

__all__ = ["json_ways_out"]

_OPENING = "'“”‘’„"
_WORDS = {"True": "true", "False": "false", "None": "null"}


def json_ways_out(
    lines: list[str], line: int, column: int
) -> Iterator[tuple[list[str], list[Fault]]]:
    """Yield texts that may have been meant where a reader of JSON stumbled; both from 0."""
    for at, new, message in _ways(lines, line, column):
        fault = Fault(at + 1, first_difference(lines[at], new), message)
        yield replaced(lines, {at: new}), [fault]


def _ways(lines: list[str], line: int, column: int) -> Iterator[tuple[int, str, str]]:
    text = lines[line]
    before = _last_sign(lines, line, column)
    rest = text[column:]
    if before and lines[before[0]][before[1]] == ",":
        at, where = before
        new = lines[at][:where] + lines[at][where + 1 :]
        yield at, new, "after the last item stands a comma; take it out"
    if re.match(r"\s*,\s*[\]}]", rest):
        yield line, text[:column] + rest.replace(",", "", 1), "after the last item stands a comma"
    yield from _quotes(line, text, column)
    word = re.match(r"[A-Za-z_][\w-]*", rest)
    if word and word.group() in _WORDS:
        meant = _WORDS[word.group()]
        yield line, text[:column] + meant + rest[word.end() :], f"JSON writes {meant}"
    elif word:
        new = f'{text[:column]}"{word.group()}"{rest[word.end() :]}'
        yield line, new, "JSON puts keys and texts between double quotes"
    if before:
        at, where = before
        new = f"{lines[at][: where + 1]},{lines[at][where + 1 :]}"
        yield at, new, "between two items comes a comma"
        new = f"{lines[at][: where + 1]}:{lines[at][where + 1 :]}"
        yield at, new, "between a key and its value comes a colon"
    comment = re.match(r"\s*(//|#).*$", rest)
    if comment:
        yield line, text[:column].rstrip(), "JSON has no comments; take it out"
    opened = text.rfind('"', 0, column + 1)
    if opened >= 0:
        body = text.rstrip().removesuffix(",")
        new = f'{body}"{text.rstrip()[len(body) :]}'
        yield line, new, "the quotation mark is not closed; close it"
        yield line, text.replace("\t", r"\t"), "a tab within a text is written as \\t"


def _last_sign(lines: list[str], line: int, column: int) -> tuple[int, int] | None:
    """Return the place of the last character before a place that is no blank."""
    for at in range(line, -1, -1):
        part = (lines[at][:column] if at == line else lines[at]).rstrip()
        if part:
            return at, len(part) - 1
    return None


def _quotes(line: int, text: str, column: int) -> Iterator[tuple[int, str, str]]:
    """Yield the line with the text at the place between straight double quotes."""
    if column >= len(text) or text[column] not in _OPENING:
        return
    closing = {"“": "”", "‘": "’", "„": "“"}.get(text[column], text[column])
    found = re.match(rf"(.*?){closing}(?=\s*(?:[:,\]}}]|$))", text[column + 1 :])
    if found:
        inner = found.group(1).replace('"', '\\"')
        new = f'{text[:column]}"{inner}"{text[column + 1 + found.end() :]}'
        yield line, new, "JSON puts keys and texts between straight double quotes"
