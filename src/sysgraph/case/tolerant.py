"""Read past what makes a text no YAML: what must have been meant, line by line, and its faults.

Read past what makes a text no JSON: what must have been meant, place by place.
Read YAML and JSON past their faults, so that all that is wrong with a file is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from sysgraph.case.document import (
    MAX_BYTES,
    Document,
    Fault,
    decode,
    first_difference,
    read_text,
    replaced,
    unhide,
)
from sysgraph.errors import BadFile, BadSyntax

__all__ = ["LEFT_OUT", "read_tolerantly"]

LEFT_OUT = "# left out by sysgraph: line "
_QUOTES = "\"'“”‘’„‚«»"
_OPENING = "“”‘’„‚«»"
_ITEM = re.compile(r"([ ]*)((?:- +)*)")
_KEYED = re.compile(r"([ ]*(?:- +)*)([A-Za-z][\w-]*)( *: +)(\S.*)$")
_KEY = re.compile(r"[ ]*(?:- +)*[A-Za-z][\w-]*:(?: |$)")
_LISTED = re.compile(r"([ ]*(?:- +)*- +)(\S.*)$")
_SPACES = re.compile("[\t\u00a0\u2000-\u200a\u202f\u205f\u3000 ]*")
_ODD = re.compile("[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_SPECIAL = "@`%&*!|>[]{},?#"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where a reader of YAML stumbled: lines from 0, what it was in, and the keys one may write."""

    lines: list[str]
    at: int
    around: int
    keys: Collection[str]

    def near(self) -> list[int]:
        """Return the lines that may be to blame, the likeliest first."""
        found = [self.at, self.around, self.at - 1, self.around + 1, self.at + 1]
        return [at for at in dict.fromkeys(found) if 0 <= at < len(self.lines)]


Way = tuple[dict[int, str], str]
"""Lines, from 0, as they must have been meant, and what is wrong with them."""


def ways_out(trouble: Trouble) -> Iterator[tuple[list[str], list[Fault]]]:
    """Yield texts that may have been meant, with the faults of the one that stands there."""
    for find in _WAYS:
        for changes, message in find(trouble):
            faults = [
                Fault(at + 1, first_difference(trouble.lines[at], new), message)
                for at, new in sorted(changes.items())
                if new != trouble.lines[at]
            ]
            # What goes over several lines is one fault, but for each line wrongly indented.
            if faults:
                yield (
                    replaced(trouble.lines, changes),
                    faults if find is _odd_spaces else faults[:1],
                )


def leave_out(lines: list[str], at: int, message: str) -> tuple[list[str], list[Fault]]:
    """Return the lines without one, so that the others can be read, and its fault."""
    column = len(lines[at]) - len(lines[at].lstrip()) + 1
    fault = Fault(at + 1, column, message, is_evident=False)
    return replaced(lines, {at: f"{LEFT_OUT}{at + 1}"}), [fault]


def _odd_spaces(trouble: Trouble) -> Iterator[Way]:
    """Tabs and other blanks that YAML does not indent with."""
    odd = {
        at: head
        for at, line in enumerate(trouble.lines)
        if _ODD.search(head := _head(line)) and line.strip()
    }
    message = "YAML is indented with spaces, and here is a tab or another blank; write spaces"
    for width in dict.fromkeys((_width(trouble.lines), 2, 4, 8, 0)):
        changes = {}
        for at, head in odd.items():
            meant = head.replace("\t", " " * width)
            changes[at] = re.sub(r"\s", " ", meant) + trouble.lines[at][len(head) :]
        if changes:
            yield changes, message
    for at in trouble.near():
        inside = re.sub(r"^( *(?:- +)*[\w-]+:|[ ]*-)[\t\u00a0]+", r"\1 ", trouble.lines[at])
        if inside != trouble.lines[at]:
            yield {at: inside}, "after a colon or a dash comes a space, and here is a tab"


def _head(line: str) -> str:
    found = _SPACES.match(line)
    return found.group() if found else ""


def _width(lines: list[str]) -> int:
    """Return by how many spaces the text is indented elsewhere."""
    widths = {len(line) - len(line.lstrip(" ")) for line in lines if not _ODD.search(_head(line))}
    return min((width for width in widths if width > 1), default=2)


def _curly(trouble: Trouble) -> Iterator[Way]:
    """A text between quotation marks that are none to YAML."""
    for at in trouble.near():
        parts = _value(trouble.lines[at])
        if parts and len(parts[1]) > 1 and parts[1][0] in _OPENING and parts[1][-1] in _OPENING:
            meant = parts[0] + _quoted(parts[1][1:-1])
            yield {at: meant}, "these quotation marks are none to YAML; write straight ones"


def _value(line: str) -> tuple[str, str] | None:
    """Return what comes before the value of a key or of an item, and the value."""
    found = _KEYED.match(line) or _LISTED.match(line)
    if not found:
        return None
    return line[: found.start(found.lastindex or 0)], found.group(found.lastindex or 0).rstrip()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _end(lines: list[str], at: int) -> int:
    """Return the last line of the text that begins in a line: what goes on is indented deeper."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    last = at
    for number in range(at + 1, len(lines)):
        line = lines[number]
        deep = len(line) - len(line.lstrip()) > indent
        if not line.strip() or not deep or _KEY.match(line) or _LISTED.match(line):
            break
        last = number
    return last


def _quote_marks(trouble: Trouble) -> Iterator[Way]:
    """Quotation marks that are not closed, or closed too early."""
    before = range(min(trouble.at, len(trouble.lines) - 1), -1, -1)
    for at in dict.fromkeys([trouble.around, *before]):
        if not 0 <= at < len(trouble.lines):
            continue
        parts = _value(trouble.lines[at])
        if parts is None or parts[1][0] not in "\"'":
            continue
        last = _end(trouble.lines, at)
        yield from _mended_quotes(trouble.lines, at, last, parts)


def unclosed(trouble: Trouble) -> Iterator[tuple[list[str], list[Fault]]]:
    """Yield the text with a quotation mark closed that certainly is not, the nearest above first.

    What such a mark swallows may have faults of its own, which only then come to light.
    """
    lines = trouble.lines
    for at in range(trouble.at, -1, -1):
        parts = _value(lines[at])
        if parts is None or parts[1][0] not in "\"'":
            continue
        last = _end(lines, at)
        text = "\n".join([parts[1][1:], *lines[at + 1 : last + 1]])
        following = lines[last + 1] if last + 1 < len(lines) else ""
        ends = not following or _KEY.match(following) or _LISTED.match(following)
        if parts[1][0] not in text and ends:
            changes = {last: lines[last].rstrip() + parts[1][0]}
            message = f"the quotation mark {parts[1][0]} is not closed; close it"
            fault = Fault(last + 1, first_difference(lines[last], changes[last]), message)
            yield replaced(lines, changes), [fault]


def _mended_quotes(lines: list[str], at: int, last: int, parts: tuple[str, str]) -> Iterator[Way]:
    lead, value = parts
    mark = value[0]
    tail = lines[last].rstrip()
    body = "\n".join([value, *(line.rstrip() for line in lines[at + 1 : last + 1])])[1:]
    doubled = body.replace("''", "") if mark == "'" else re.sub(r"\\.", "", body)
    marks = doubled.count(mark)
    if marks == 0:
        yield {last: tail + mark}, f"the quotation mark {mark} is not closed; close it"
    elif tail.endswith(mark) and marks > 1 and last == at:
        inner = value[1:-1]
        meant = inner.replace("''", "'").replace("'", "''") if mark == "'" else None
        meant = meant if meant is not None else re.sub(r'(?<!\\)"', r'\\"', inner)
        said = "write it twice" if mark == "'" else "write a backslash before it"
        yield {at: f"{lead}{mark}{meant}{mark}"}, f"a {mark} within the quotes ends them; {said}"
    elif last == at and not tail.endswith(mark):
        message = f"after the closing {mark} there is more text; put all of it between quotes"
        yield {at: lead + _quoted(value)}, message


def _missing_space(trouble: Trouble) -> Iterator[Way]:
    """A colon or a dash without a space after it."""
    for at in trouble.near():
        line = trouble.lines[at]
        meant = re.sub(r"^([ ]*(?:- +)*)([A-Za-z][\w-]*):(?=[^\s/])", r"\1\2: ", line)
        if meant != line:
            yield {at: meant}, "after the colon of a key comes a space"
        meant = re.sub(r"^([ ]*)-(?=[^\s-])", r"\1- ", line)
        if meant != line:
            yield {at: meant}, "after the dash of a list comes a space"


def _missing_colon(trouble: Trouble) -> Iterator[Way]:
    """A key with another sign than a colon after it, or with none."""
    for at in trouble.near():
        found = re.match(
            r"([ ]*(?:- +)*)[\"'“”‘’]?([\w-]+)[\"'“”‘’]?(\s*[=：;]\s*|\s+|$)", trouble.lines[at]
        )
        if found and found.group(2) in trouble.keys:
            rest = trouble.lines[at][found.end() :]
            meant = f"{found.group(1)}{found.group(2)}:{' ' if rest else ''}{rest}"
            yield {at: meant}, f"after the key '{found.group(2)}' comes a colon"


def _missing_dash(trouble: Trouble) -> Iterator[Way]:
    """An item of a list without its dash."""
    for at in trouble.near():
        line = trouble.lines[at]
        if not line.strip() or line.lstrip().startswith("- "):
            continue
        for other in (at - 1, at + 1):
            found = _ITEM.match(trouble.lines[other]) if 0 <= other < len(trouble.lines) else None
            if found and found.group(2):
                meant = f"{found.group(1)}- {line.strip()}"
                yield {at: meant}, "each item of a list begins with a dash and a space"


def _known_key(line: str, keys: Collection[str]) -> bool:
    found = re.match(r"[ ]*(?:- +)*([\w-]+):(?: |$)", line)
    return found is not None and found.group(1) in keys


def _indents(trouble: Trouble, at: int) -> list[int]:
    """Return the indents of the keys around a line, the nearest first."""
    found = []
    for other in (at - 1, at + 1, *range(at - 2, max(at - 40, -1), -1)):
        if 0 <= other < len(trouble.lines) and _KEY.match(trouble.lines[other]):
            head = _ITEM.match(trouble.lines[other])
            found += [head.end(), head.end(1)] if head else []
    return list(dict.fromkeys(found))


def _indent(trouble: Trouble) -> Iterator[Way]:
    """A key, or an item, that is indented otherwise than those beside it."""
    message = "this line is indented otherwise than those beside it; align it with them"
    for at in (trouble.at, trouble.at - 1, trouble.at + 1):
        if not 0 <= at < len(trouble.lines):
            continue
        line = trouble.lines[at]
        if not _known_key(line, trouble.keys) and not _LISTED.match(line):
            continue
        indent = len(line) - len(line.lstrip(" "))
        for meant in sorted(_indents(trouble, at), key=lambda one: abs(one - indent)):
            if meant != indent and abs(meant - indent) <= 3:
                yield {at: " " * meant + line.lstrip(" ")}, message


def _colon(trouble: Trouble) -> Iterator[Way]:
    """A text that holds a colon, or begins with a sign that YAML takes for its own."""
    for at in (trouble.at, *range(trouble.at - 1, max(trouble.at - 30, -1), -1), trouble.around):
        if not 0 <= at < len(trouble.lines):
            continue
        parts = _value(trouble.lines[at])
        if parts is None:
            continue
        last = max(_end(trouble.lines, at), min(trouble.at, _deeper(trouble.lines, at)))
        text = "\n".join([parts[1], *trouble.lines[at + 1 : last + 1]])
        if parts[1][0] in _SPECIAL and not _is_flow(parts[1]):
            yield (
                _around(trouble.lines, at, last, parts),
                (f"a text that begins with {parts[1][0]} is put between quotes"),
            )
        elif parts[1][0] not in "\"'" and last > at and re.search(r" #\S", text):
            yield (
                _around(trouble.lines, at, last, parts),
                ("a text that holds a blank and # is put between quotes"),
            )
        elif parts[1][0] not in "\"'" and re.search(r":(\s|$)", text):
            yield (
                _around(trouble.lines, at, last, parts),
                ("a text that holds a colon and a space is put between quotes"),
            )


def _is_flow(value: str) -> bool:
    """Tell whether a value is a list or keys within brackets, and not a text with some in it."""
    closing = {"[": "]", "{": "}"}.get(value[0], "")
    return bool(closing) and (closing not in value or value.endswith(closing))


def _brackets(trouble: Trouble) -> Iterator[Way]:
    """A list within brackets that are not closed."""
    for at in trouble.near():
        parts = _value(trouble.lines[at])
        closing = {"[": "]", "{": "}"}.get(parts[1][0], "") if parts else ""
        if closing and closing not in trouble.lines[at]:
            meant = trouble.lines[at].rstrip().rstrip(",") + closing
            yield {at: meant}, f"the bracket is not closed; close it with {closing}"


def _deeper(lines: list[str], at: int) -> int:
    indent = len(lines[at]) - len(lines[at].lstrip())
    last = at
    for number in range(at + 1, len(lines)):
        if len(lines[number]) - len(lines[number].lstrip()) <= indent:
            break
        last = number
    return last


def _around(lines: list[str], at: int, last: int, parts: tuple[str, str]) -> dict[int, str]:
    """Return the lines of a text with quotes around it."""
    lead, value = parts
    written = [
        value.replace("'", "''"),
        *(line.rstrip().replace("'", "''") for line in lines[at + 1 : last + 1]),
    ]
    written[-1] += "'"
    written[0] = f"{lead}'{written[0]}"
    return {at + number: line for number, line in enumerate(written)}


_WAYS: tuple[Callable[[Trouble], Iterator[Way]], ...] = (
    _odd_spaces,
    _curly,
    _quote_marks,
    _missing_space,
    _missing_colon,
    _missing_dash,
    _brackets,
    _indent,
    _colon,
)


_JSON_OPENING = "'“”‘’„"
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
    if column >= len(text) or text[column] not in _JSON_OPENING:
        return
    closing = {"“": "”", "‘": "’", "„": "“"}.get(text[column], text[column])
    found = re.match(rf"(.*?){closing}(?=\s*(?:[:,\]}}]|$))", text[column + 1 :])
    if found:
        inner = found.group(1).replace('"', '\\"')
        new = f'{text[:column]}"{inner}"{text[column + 1 + found.end() :]}'
        yield line, new, "JSON puts keys and texts between straight double quotes"


Score = Callable[[Document], int]
"""How much a document does not fit the vocabulary; where several readings do, the least wins."""

_MAX_MENDED = 200_000
_MAX_ROUNDS = 40
_MAX_READ = 10_000_000
_MAX_WAYS = 24
_MAX_LEFT_OUT = 10


def read_tolerantly(
    data: bytes, where: str, keys: Collection[str] = (), score: Score | None = None
) -> Document:
    """Return a YAML or JSON document as it must have been meant, with the faults read past.

    Wrong encodings, characters that nobody sees, keys that stand twice, and what makes a text
    no YAML or no JSON are faults of the document, whose ``text`` is what was read instead: line
    by line the same, but for what is at fault. ``keys`` are those that one may write. Faults are
    got past in texts of up to 200,000 characters, as long as no more than 10,000,000 are read in
    trying, which takes some seconds.

    Raises:
        BadFile: it is too large, or beyond reading.
    """
    if len(data) > MAX_BYTES:
        raise BadFile(where, f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    text, faults, encoding = decode(data, where)
    newline = next((mark for mark in ("\r\n", "\n", "\r") if mark in text), "\n")
    original = text.replace(newline, "\n")
    text, hidden = unhide(original)
    faults += hidden
    reader = _Reader(where, keys, score)
    document = reader.read(text)
    assert document.faults is not None  # or doubled keys would have been refused
    document.faults[:0] = [*faults, *reader.faults]
    document.faults.sort(key=lambda fault: (fault.line, fault.column))
    document.original, document.encoding, document.newline = original, encoding, newline
    _move_marks(document)
    return document


def _move_marks(document: Document) -> None:
    """Let columns count in the lines as they stand, and not as they were read instead."""
    before, after = document.original.split("\n"), document.text.split("\n")
    moved = {n + 1 for n, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1}
    for path, (line, column) in document.marks.items() if moved else ():
        if line in moved and column is not None:
            there = _column_before(before[line - 1], after[line - 1], column)
            document.marks[path] = (line, there)


def _column_before(old: str, new: str, column: int) -> int:
    r"""Return where the sign in a column of a new line was in the old one.

    >>> _column_before("\tscale: local", "  scale: local", 3)
    2
    """
    same = first_difference(old, new) - 1
    rest = first_difference(old[same:][::-1], new[same:][::-1]) - 1
    if column <= same:
        return column
    if column > len(new) - rest:
        return column + len(old) - len(new)
    return same + 1


class _Reader:
    """One file being read, and the faults read past so far."""

    def __init__(self, where: str, keys: Collection[str], score: Score | None) -> None:
        self.where = where
        self.keys = keys
        self.score = score
        self.is_json = where.lower().endswith((".json", ".jsonld"))
        self.faults: list[Fault] = []
        self._left_out = 0
        self._read = 0

    def read(self, text: str) -> Document:
        """Return a text as a document, getting past one fault a round."""
        first = self._try(text)
        found = first
        for _ in range(_MAX_ROUNDS):
            if isinstance(found, Document):
                return found
            past = None
            if len(text) <= _MAX_MENDED and self._read <= _MAX_READ:
                past = self._past(text.split("\n"), found)
            if past is None:
                break
            self.faults += past[1]
            text = "\n".join(past[0])
            found = self._try(text)
        assert isinstance(first, BadSyntax)  # or it would have been returned
        raise first  # what was guessed on the way led nowhere

    def _try(self, text: str) -> Document | BadSyntax:
        self._read += len(text)
        try:
            document = read_text(text, self.where, faults=[])
        except BadSyntax as error:
            return error
        document.text = text
        return document

    def _past(self, lines: list[str], error: BadSyntax) -> tuple[list[str], list[Fault]] | None:
        """Return the lines as they must have been meant, or without the one at fault."""
        best: tuple[list[str], list[Fault]] | None = None
        reached: tuple[float, ...] = (0, *_place(error), 0)
        for changed, faults in islice(self._ways(lines, error), _MAX_WAYS):
            if self._read > _MAX_READ:
                break
            found = self._try("\n".join(changed))
            if isinstance(found, Document):
                misfits = self.score(found) if self.score else 0
                now: tuple[float, ...] = (1, -misfits, 0, 0)
            else:
                now = (0, *_place(found), 0)
            if now > reached:
                best, reached = (changed, faults), now
        if best is None and not self.is_json:
            best = next(unclosed(self._trouble(lines, error)), None)
        return best or self._leave_out(lines, error)

    def _ways(self, lines: list[str], error: BadSyntax) -> Iterator[tuple[list[str], list[Fault]]]:
        if self.is_json:
            line, column = _place(error)
            return json_ways_out(lines, min(line, len(lines)) - 1, column - 1)
        return ways_out(self._trouble(lines, error))

    def _trouble(self, lines: list[str], error: BadSyntax) -> Trouble:
        line = min(_place(error)[0], len(lines)) - 1
        around = (error.around or line + 1) - 1
        while line > 0 and not lines[line].strip():  # at the end of the file
            line -= 1
        return Trouble(lines, line, around, self.keys)

    def _leave_out(
        self, lines: list[str], error: BadSyntax
    ) -> tuple[list[str], list[Fault]] | None:
        at = min(_place(error)[0], len(lines)) - 1
        if self._left_out >= _MAX_LEFT_OUT or self.is_json or not lines[at].strip():
            return None
        if re.match(r"\s*#", lines[at]):
            return None
        self._left_out += 1
        lines, (fault,) = leave_out(lines, at, f"{error.reason}; this line was not read")
        return lines, [replace(fault, column=error.column or fault.column)]


def _place(error: BadSyntax) -> tuple[int, int]:
    return error.line or 1, error.column or 1
