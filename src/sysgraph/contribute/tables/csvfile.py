"""Read CSV row by row: which separator it uses, where each row stands, what is no CSV."""

import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO

from sysgraph.contribute.limits import MAX_TEXT
from sysgraph.contribute.tables.columns import find_column
from sysgraph.contribute.tables.rows import MAX_COLUMNS, Row
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import BadFile

__all__ = ["read_csv"]

_HEADER_LINES = 100
_SEPARATORS = (",", ";", "\t")
_ADVICE = "save it as 'CSV UTF-8', or choose UTF-8 where the program asks for the encoding"
_SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs"}


def read_csv(file: BinaryIO, where: str, vocabulary: Vocabulary) -> Iterator[Row]:
    """Yield the rows of a CSV file, the header first; no more than one is held at a time.

    Cells are separated by commas, semicolons or tabs, whichever makes most of the header known;
    text is UTF-8, with a byte order mark or without. A first line such as ``sep=;``, which
    spreadsheets write, is passed over.

    Raises:
        BadFile: it is empty, not UTF-8, holds characters that nobody sees, a text of more than
            100,000 characters, or a quote that does not end; carries the line.

    Source: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180
    """
    lines = _Lines(file, where)
    first = next(lines, "")
    skipped = 1 if re.fullmatch(r"sep=.\r?\n?", first) else 0
    start = [next(lines, "")] if skipped else [first]
    # A head may hold line breaks, so that the header may go on.
    while start[-1] and len(start) < _HEADER_LINES and sum(map(_quotes, start)) % 2:
        start.append(next(lines, ""))
    separator = _separator("".join(start), vocabulary)
    reader = csv.reader(chain(filter(None, start), lines), delimiter=separator, strict=True)
    number, line = skipped, skipped + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise BadFile(where, _reason(error, separator), skipped + reader.line_num) from error
        number += 1
        if len(cells) > MAX_COLUMNS:
            raise BadFile(where, f"a row has {len(cells):,} cells; at most {MAX_COLUMNS:,}", line)
        yield Row(number, line, tuple(cells))
        line = skipped + reader.line_num + 1
    if number == skipped:
        raise BadFile(where, "it is empty")


def _quotes(line: str) -> int:
    return line.count('"')


class _Lines(Iterator[str]):
    """The lines of a file as text, refused where they are none."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        start = file.read(4)
        file.seek(0)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise BadFile(where, f"this is UTF-16 text; {_ADVICE}", 1)
        if start == b"PK\x03\x04":
            raise BadFile(where, "this is a workbook and no CSV; let its name end in .xlsx")
        self._file = file
        self._text = TextIOWrapper(file, "utf-8-sig", newline="")
        self._where = where
        self._line = 0

    def __next__(self) -> str:
        self._line += 1
        try:
            text = self._text.readline(MAX_TEXT * 20)
        except UnicodeDecodeError as error:
            reason = f"this is not UTF-8 text; {_ADVICE}"
            raise BadFile(self._where, reason, _first_bad_line(self._file)) from error
        if not text:
            raise StopIteration
        if len(text) >= MAX_TEXT * 20:
            raise BadFile(self._where, f"a line has over {len(text):,} characters", self._line)
        if "\0" in text:
            raise BadFile(self._where, "there is a NUL character; this is no text", self._line)
        return text


def _first_bad_line(file: BinaryIO) -> int | None:
    # Text is decoded in large blocks, so that the reader does not know.
    file.seek(0)
    for number, line in enumerate(file, 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return number
    return None  # pragma: no cover - there is one, or nobody would ask


def _separator(header: str, vocabulary: Vocabulary) -> str:
    """Return what separates cells: what makes most of the header known, or most cells."""

    def known(separator: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader(header.splitlines(keepends=True), delimiter=separator), [])
        except csv.Error:  # told when it is read in earnest
            return 0, 0
        found = [find_column(cell, vocabulary) for cell in islice(cells, MAX_COLUMNS)]
        return sum(column is not None for column in found), len(cells)

    return max(_SEPARATORS, key=known)


def _reason(error: csv.Error, separator: str) -> str:
    text = str(error)
    if "field larger" in text:
        return f"a cell has more than {MAX_TEXT:,} characters; is a quote not closed?"
    if "unexpected end" in text:
        return 'a text that begins with a quote (") does not end with one'
    said = _SPOKEN[separator]
    return f'there is text after a closing quote ("); double quotes within a text; {said} follow'
