"""Cells of a table: what keeps a spreadsheet from changing them, and what it has changed."""

import re
from collections.abc import Iterable, Iterator

from sysgraph.contribute.tables.columns import Column
from sysgraph.contribute.vocabulary import Vocabulary, choices

__all__ = ["BLANK", "guard", "join_cell", "meant", "split_cell", "unguard"]

BLANK = " \t\xa0"
_FORMULA = re.compile(r"[=+\-@#\t\r]")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# Possessive, here and below, so that nothing is tried again.
_TAKEN = re.compile(
    rf"(?ai)(?:true|false)\Z|(?=\D*\d)(?:[\d\W_]|(?:{_MONTHS}|mon|tue|wed|thu|fri|sat|sun)[a-z]*+"
    r"|[ap]m?|e|t|z)++\Z"
)
"""A text that a spreadsheet would take for a number, a date, a time, an amount or a truth."""
_ITEM = re.compile(r'[ \t]*+(?:"((?:[^"]++|"")*+)"[ \t]*+(?=[;\n]|\Z)|([^;\n]*+))[;\n]?')
_TRUTH = re.compile(r"(?i)=?(true|false)(?:\(\))?|([01])")
_WHOLE = re.compile(r"([0-9]{1,4})\.0+")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00:00(?:\.0+)?")


def meant(text: str, column: Column, vocabulary: Vocabulary) -> str:
    """Return a value as it was before a spreadsheet made its own of it; any other as it stands.

    Truth comes back as TRUE or 1, a year as 2007.0, a day with the hour of midnight, and a code
    such as 002, which is a word of some lists, as 2.
    """
    kind = column.datatype
    if kind == "xsd:boolean" and (truth := _TRUTH.fullmatch(text)):
        return truth[1].lower() if truth[1] else ("false", "true")[int(truth[2])]
    if kind == "xsd:gYear" and (year := _WHOLE.fullmatch(text)):
        return year[1]
    if kind == "xsd:date" and (day := _MIDNIGHT.fullmatch(text)):
        return day[1]
    if kind == "@vocab" and text.isdecimal():
        assert isinstance(column.definition, dict)  # or it would have no type
        words = choices(vocabulary, column.definition["@context"]["@vocab"])
        codes = [word for word in words if word.isdecimal() and int(word) == int(text)]
        return codes[0] if len(codes) == 1 and len(text) <= len(codes[0]) else text
    return text


def _is_changed(text: str, is_text: bool) -> bool:
    bare = text.lstrip("'")
    return bool(_FORMULA.match(bare) or (is_text and _TAKEN.match(bare)))


def unguard(text: str) -> str:
    """Return a cell without the quote that keeps a spreadsheet from making its own of it.

    >>> unguard("'=1+1"), unguard("'007"), unguard("'tis")
    ('=1+1', '007', "'tis")
    """
    return text[1:] if text[:1] == "'" and _is_changed(text, is_text=True) else text


def guard(text: str, *, is_text: bool = True) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula, a number or a date.

    What is a number, a date or a word of a list (not ``is_text``) is left to be one.

    >>> guard("=1+1"), guard("'=1+1"), guard("007"), guard("March 2020"), guard("'tis")
    ("'=1+1", "''=1+1", "'007", "'March 2020", "'tis")
    """
    return f"'{text}" if _is_changed(text, is_text) else text


def split_cell(text: str) -> Iterator[str]:
    """Yield the values of a cell that holds several, one after each semicolon or line.

    >>> list(split_cell('health; "housing; homes"; '))
    ['health', 'housing; homes']
    """
    at = 0
    while at < len(text):
        match = _ITEM.match(text, at)
        assert match is not None  # its second way takes whatever comes
        at = max(match.end(), at + 1)
        quoted, bare = match.groups()
        value = quoted.replace('""', '"') if quoted is not None else bare.strip(BLANK)
        if value:
            yield value


def join_cell(values: Iterable[str]) -> str:
    """Return a cell that ``split_cell`` takes apart again.

    >>> join_cell(["health", "housing; homes"])
    'health; "housing; homes"'
    """
    return "; ".join(_quoted(value) for value in values)


def _quoted(value: str) -> str:
    if value.strip(BLANK) != value or value[:1] == '"' or re.search(r"[;\n]", value):
        return '"' + value.replace('"', '""') + '"'
    return value
