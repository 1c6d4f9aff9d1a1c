"""Read YAML and JSON past their faults, so that all that is wrong with a file is told at once.

Where a reader stumbles, texts that may have been meant are tried, and the best of them is read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from sysgraph.case.document import Document, Fault, not_utf_8, read_text, refuse_large
from sysgraph.characters import cleaned, explain_text, find_unsound, is_sound, recoded
from sysgraph.errors import BadFile, BadSyntax

__all__ = ["LEFT_OUT", "read_tolerantly"]

LEFT_OUT = "# left out by sysgraph: line "
Score = Callable[[Document], int]
"""How much a document does not fit the vocabulary; where several readings do, the least wins."""

_MAX_MENDED = 200_000
_MAX_ROUNDS = 40
_MAX_READ = 10_000_000
_MAX_WAYS = 24
_MAX_LEFT_OUT = 10
_TOLD = 20


def read_tolerantly(
    data: bytes, where: str, keys: Collection[str] = (), score: Score = lambda _: 0
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
    refuse_large(data, where)
    text, faults, encoding = _decode(data, where)
    newline = next((mark for mark in ("\r\n", "\n", "\r") if mark in text), "\n")
    original = text.replace(newline, "\n")
    text, hidden = _unhide(original)
    past = _Past(where, keys, score)
    document = past.read(text)
    assert document.faults is not None  # or doubled keys would have been refused
    document.faults[:0] = [*faults, *hidden, *past.faults]
    document.faults.sort(key=lambda fault: (fault.line, fault.column))
    document.original, document.encoding, document.newline = original, encoding, newline
    _move_marks(document)
    return document


# --- encodings and characters -------------------------------------------------------------------

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS: dict[tuple[int, ...], str] = {(1, 3): "utf-16-le", (0, 2): "utf-16-be"}


def _decode(data: bytes, where: str) -> tuple[str, list[Fault], str | None]:
    """Return the text of a file, what is wrong with its encoding, and its name if it is not UTF-8.

    UTF-16 and UTF-32 are told by their byte order mark or, where there is none, by the zero
    bytes that a file in Latin letters has in them. What is neither these nor UTF-8 is taken for
    Windows-1252, the commonest of the others.
    """
    zeros = tuple(at for at in range(4) if data[at : at + 1] == b"\0")
    by_zeros = _ZEROS.get(zeros, "") if len(data) % 2 == 0 else ""
    name = next((name for mark, name in _MARKS if data.startswith(mark)), by_zeros)
    if name:
        try:
            text = data.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise BadFile(where, f"this is not sound {name.upper()}: save it as UTF-8") from error
        shown = name[:6].upper()
        return text, [Fault(1, 1, f"this file is {shown}; save it as UTF-8", "encoding")], shown
    try:
        return data.decode("utf-8-sig"), [], None
    except UnicodeDecodeError as error:
        text = data.decode("cp1252", "replace")
        if "\ufffd" in text or find_unsound(text):
            raise not_utf_8(data, where, error) from error
    found = []
    for number, (raw, written) in enumerate(zip(data.split(b"\n"), text.split("\n"), strict=True)):
        try:
            raw.decode()
        except UnicodeDecodeError as wrong:
            shown = written[wrong.start]
            message = f"this is not UTF-8 but Windows-1252, in which it says '{shown}'"
            message += "; save the file as UTF-8"
            found.append(Fault(number + 1, wrong.start + 1, message, "encoding"))
    return text, found[:_TOLD], "Windows-1252"


def _unhide(text: str) -> tuple[str, list[Fault]]:
    """Return a text without the characters that nobody sees, and where they were.

    Lines that came through a wrong encoding are read as they were before.
    """
    found: list[Fault] = []
    if is_sound(text):
        return text, found
    lines = text.split("\n")
    for number, line in enumerate(lines):
        meant = recoded(line)
        lines[number] = cleaned(meant)
        told = explain_text(meant) or explain_text(line)
        if told and lines[number] != line:
            column = _first_difference(line, lines[number])
            found.append(Fault(number + 1, column, told[1], told[0]))
    return "\n".join(lines), found[:_TOLD]


def _first_difference(old: str, new: str) -> int:
    """Return the column, from 1, in which two lines begin to differ.

    >>> _first_difference("scale:local", "scale: local")
    7
    """
    pairs = enumerate(zip(old, new, strict=False), 1)
    differing = (at for at, (one, other) in pairs if one != other)
    return next(differing, min(len(old), len(new)) + 1)


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
    same = _first_difference(old, new) - 1
    rest = _first_difference(old[same:][::-1], new[same:][::-1]) - 1
    if column <= same:
        return column
    return column + len(old) - len(new) if column > len(new) - rest else same + 1


# --- one fault after another --------------------------------------------------------------------


class WayOut(NamedTuple):
    """Lines, by number from 0, as they must have been meant, and what is wrong with them.

    ``column`` is that of the fault, where it is not the first that changes. What goes over several
    lines is one fault, if not ``of_each``.
    """

    changes: dict[int, str]
    message: str
    column: int | None = None
    of_each: bool = False

    def faults(self, lines: list[str]) -> list[Fault]:
        """Return what is wrong with lines that are to be changed so."""
        found = [
            Fault(at + 1, self.column or _first_difference(lines[at], new), self.message)
            for at, new in sorted(self.changes.items())
            if new != lines[at]
        ]
        return found if self.of_each else found[:1]

    def apply(self, lines: list[str]) -> str:
        """Return the text that was meant."""
        return "\n".join(self.changes.get(at, line) for at, line in enumerate(lines))


class _Past:
    """One file being read, and the faults read past so far."""

    def __init__(self, where: str, keys: Collection[str], score: Score) -> None:
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
            if len(text) > _MAX_MENDED or self._read > _MAX_READ:
                break
            lines = text.split("\n")
            way = self._best(lines, found) or self._leave_out(lines, found)
            if way is None:
                break
            self.faults += way.faults(lines)
            text = way.apply(lines)
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

    def _best(self, lines: list[str], error: BadSyntax) -> WayOut | None:
        """Return the way to what must have been meant: the one that leads furthest."""
        line, column = _place(error)
        best: WayOut | None = None
        reached: tuple[float, ...] = (0, line, column)
        at = min(line, len(lines)) - 1
        trouble = Trouble(lines, at, (error.around or at + 1) - 1, self.keys)
        while trouble.at > 0 and not lines[trouble.at].strip():  # at the end of the file
            trouble = trouble._replace(at=trouble.at - 1)
        ways = _json_ways(lines, at, column - 1) if self.is_json else _yaml_ways(trouble)
        for way in islice(ways, _MAX_WAYS):
            if self._read > _MAX_READ:
                break
            found = self._try(way.apply(lines))
            if isinstance(found, BadSyntax):
                now: tuple[float, ...] = (0, *_place(found))
            else:
                now = (1, -self.score(found))
            if now > reached:
                best, reached = way, now
        return best or next(iter(()) if self.is_json else _unclosed(trouble), None)

    def _leave_out(self, lines: list[str], error: BadSyntax) -> WayOut | None:
        """Return the way to read the other lines without the one at fault."""
        at = min(_place(error)[0], len(lines)) - 1
        if self._left_out >= _MAX_LEFT_OUT or self.is_json or not lines[at].strip():
            return None
        if lines[at].lstrip().startswith("#"):
            return None
        self._left_out += 1
        column = error.column or _indent_of(lines[at]) + 1
        reason = error.reason
        above = next((line for line in reversed(lines[:at]) if not _ITEM.match(line)), "")
        if _ITEM.match(lines[at]) and (found := _KEY.match(above)) and _value(above)[1]:
            reason = (
                f"the key '{found[1]}' has a value beside it and a list below it; write"
                f" '{found[1]}:' alone, and each value below it after a dash"
            )
        message = f"{reason}; this line was not read"
        return WayOut({at: f"{LEFT_OUT}{at + 1}"}, message, column)


def _place(error: BadSyntax) -> tuple[int, int]:
    return error.line or 1, error.column or 1


# --- what may have been meant in YAML -----------------------------------------------------------

_OPENING = "“”‘’„‚«»"
_BLANKS = " \t\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_LEAD = r"[ ]*(?:- +)*"
_VALUE = re.compile(rf"({_LEAD}(?:[A-Za-z][\w-]* *: +|- +))(\S.*)$")
_KEY = re.compile(rf"{_LEAD}([A-Za-z][\w-]*):(?: |$)")
_KEY_BEGUN = re.compile(rf"({_LEAD})[\"'“”‘’]?([\w-]+)[\"'“”‘’]?(\s*[=：;]\s*|\s+|$)")
_ITEM = re.compile(rf"{_LEAD}- +\S")
_SPECIAL = "@`%&*!|>[]{},?#"
_CLOSING = {"[": "]", "{": "}"}


class Trouble(NamedTuple):
    """Where a reader of YAML stumbled: lines from 0, what it was in, and the keys one may write."""

    lines: list[str]
    at: int
    around: int
    keys: Collection[str]

    def those(self, numbers: Iterable[int]) -> list[int]:
        """Return those of some lines that there are."""
        return [at for at in dict.fromkeys(numbers) if 0 <= at < len(self.lines)]

    def near(self) -> list[int]:
        """Return the lines that may be to blame, the likeliest first."""
        return self.those([self.at, self.around, self.at - 1, self.around + 1, self.at + 1])


def _yaml_ways(trouble: Trouble) -> Iterator[WayOut]:
    for find in (_odd_spaces, _signs, _quote_marks, _missing, _indents, _colons):
        for way in find(trouble):
            if way.faults(trouble.lines):
                yield way


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def _value(line: str) -> tuple[str, str]:
    """Return what comes before the value of a key or of an item, and the value, or nothing."""
    found = _VALUE.match(line)
    return (found[1], found[2].rstrip()) if found else ("", "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _odd_spaces(trouble: Trouble) -> Iterator[WayOut]:
    """Tabs and other blanks that YAML does not indent with."""
    filled = {at: line for at, line in enumerate(trouble.lines) if line.strip()}
    heads = {at: line[: len(line) - len(line.lstrip(_BLANKS))] for at, line in filled.items()}
    odd = {at: head for at, head in heads.items() if head.strip(" ")}
    widths = [len(head) for at, head in heads.items() if at not in odd and len(head) > 1]
    message = "YAML is indented with spaces, and here is a tab or another blank; write spaces"
    for width in dict.fromkeys((min(widths, default=2), 2, 4, 8, 0)):
        changes = {
            at: re.sub(r"\s", " ", head.replace("\t", " " * width)) + filled[at][len(head) :]
            for at, head in odd.items()
        }
        yield WayOut(changes, message, of_each=True)


def _signs(trouble: Trouble) -> Iterator[WayOut]:
    """Blanks and quotation marks that are none to YAML."""
    for at in trouble.near():
        line = trouble.lines[at]
        inside = re.sub(r"^( *(?:- +)*[\w-]+:|[ ]*-)[\t\u00a0]+", r"\1 ", line)
        yield WayOut({at: inside}, "after a colon or a dash comes a space, and here is a tab")
        lead, text = _value(line)
        if len(text) > 1 and text[0] in _OPENING and text[-1] in _OPENING:
            message = "these quotation marks are none to YAML; write straight ones"
            yield WayOut({at: lead + _quoted(text[1:-1])}, message)


def _end(lines: list[str], at: int, *, of_text: bool = True) -> int:
    """Return the last of the lines below one that are indented deeper, or go on with its text."""
    last = at
    while last + 1 < len(lines):
        line = lines[last + 1]
        is_other = not line.strip() or _KEY.match(line) or _ITEM.match(line)
        if _indent_of(line) <= _indent_of(lines[at]) or (of_text and is_other):
            break
        last += 1
    return last


def _quote_marks(trouble: Trouble) -> Iterator[WayOut]:
    """Quotation marks that are not closed, or closed too early."""
    lines = trouble.lines
    for at in trouble.those([trouble.around, *range(trouble.at, -1, -1)]):
        lead, value = _value(lines[at])
        mark = value[:1]
        if mark not in ("'", '"'):
            continue
        last = _end(lines, at)
        body = "\n".join([value[1:], *(line.rstrip() for line in lines[at + 1 : last + 1])])
        count = re.sub(r"''" if mark == "'" else r"\\.", "", body).count(mark)
        if count == 0:
            message = f"the quotation mark {mark} is not closed; close it"
            yield WayOut({last: lines[last].rstrip() + mark}, message)
        elif last == at and not value.endswith(mark):
            message = f"after the closing {mark} there is more text; put all of it between quotes"
            yield WayOut({at: lead + _quoted(value)}, message)
        elif last == at and count > 1:
            inner, said = re.sub(r'(?<!\\)"', r'\\"', value[1:-1]), "write a backslash before it"
            if mark == "'":
                inner, said = re.sub("''?", "''", value[1:-1]), "write it twice"
            yield WayOut(
                {at: f"{lead}{mark}{inner}{mark}"}, f"a {mark} within the quotes ends them; {said}"
            )


def _unclosed(trouble: Trouble) -> Iterator[WayOut]:
    """Yield quotation marks closed that certainly are not, the nearest above first.

    What such a mark swallows may have faults of its own, which only then come to light.
    """
    for way in _quote_marks(trouble._replace(around=trouble.at)):
        for at, new in way.changes.items():
            after = trouble.lines[at + 1] if at + 1 < len(trouble.lines) else ""
            ends = not after or _KEY.match(after) or _ITEM.match(after)
            if ends and new[:-1] == trouble.lines[at].rstrip():
                yield way


def _missing(trouble: Trouble) -> Iterator[WayOut]:
    """A colon or a dash without a space after it, or none at all; a bracket that is not closed."""
    for at in trouble.near():
        line = trouble.lines[at]
        spaced = re.sub(rf"^({_LEAD})([A-Za-z][\w-]*):(?=[^\s/])", r"\1\2: ", line)
        yield WayOut({at: spaced}, "after the colon of a key comes a space")
        spaced = re.sub(r"^([ ]*)-(?=[^\s-])", r"\1- ", line)
        yield WayOut({at: spaced}, "after the dash of a list comes a space")
        found = _KEY_BEGUN.match(line)
        if found and found[2] in trouble.keys:
            rest = line[found.end() :]
            meant = f"{found[1]}{found[2]}:{' ' if rest else ''}{rest}"
            yield WayOut({at: meant}, f"after the key '{found[2]}' comes a colon")
        for other in trouble.those([at - 1, at + 1]):
            item = re.match(r"([ ]*)- ", trouble.lines[other])
            if item and line.strip() and not line.lstrip().startswith("- "):
                message = "each item of a list begins with a dash and a space"
                yield WayOut({at: f"{item[1]}- {line.strip()}"}, message)
        closing = _CLOSING.get(_value(line)[1][:1], "")
        if closing and closing not in line:
            message = f"the bracket is not closed; close it with {closing}"
            yield WayOut({at: line.rstrip().rstrip(",") + closing}, message)


def _indents(trouble: Trouble) -> Iterator[WayOut]:
    """A key, or an item, that is indented otherwise than those beside it."""
    message = "this line is indented otherwise than those beside it; align it with them"
    for at in trouble.those([trouble.at, trouble.at - 1, trouble.at + 1]):
        line = trouble.lines[at]
        key = _KEY.match(line)
        if not (key and key[1] in trouble.keys) and not _ITEM.match(line):
            continue
        indent, around = _indent_of(line), []
        for other in trouble.those([at - 1, at + 1, *range(at - 2, at - 40, -1)]):
            found = _KEY.match(trouble.lines[other])
            around += [found.start(1), _indent_of(found[0])] if found else []
        for meant in sorted(dict.fromkeys(around), key=lambda one: abs(one - indent)):
            if abs(meant - indent) <= 3:
                yield WayOut({at: " " * meant + line.lstrip(" ")}, message)


def _colons(trouble: Trouble) -> Iterator[WayOut]:
    """A text that holds a colon, or begins with a sign that YAML takes for its own."""
    lines = trouble.lines
    above = range(trouble.at, max(trouble.at - 30, -1), -1)
    for at in trouble.those([*above, trouble.around]):
        lead, value = _value(lines[at])
        last = max(_end(lines, at), min(trouble.at, _end(lines, at, of_text=False)))
        rest = [line.rstrip() for line in lines[at + 1 : last + 1]]
        text = "\n".join([value, *rest])
        if not value:
            continue
        if value[0] in _SPECIAL and not _is_flow(value):
            said = f"begins with {value[0]}"
        elif value[0] not in "\"'" and last > at and re.search(r" #\S", text):
            said = "holds a blank and #"
        elif value[0] not in "\"'" and re.search(r":(\s|$)", text):
            said = "holds a colon and a space"
        else:
            continue
        written = (lead + _quoted(text)).split("\n")
        changes = {at + number: line for number, line in enumerate(written)}
        yield WayOut(changes, f"a text that {said} is put between quotes")


def _is_flow(value: str) -> bool:
    """Tell whether a value is a list or keys within brackets, and not a text with some in it."""
    closing = _CLOSING.get(value[0], "")
    return bool(closing) and (closing not in value or value.endswith(closing))


# --- what may have been meant in JSON -----------------------------------------------------------

_PAIRED = {"'": "'", "“": "”", "”": "”", "‘": "’", "’": "’", "„": "“"}
_WORDS = {"True": "true", "False": "false", "None": "null"}


def _json_ways(lines: list[str], at: int, column: int) -> Iterator[WayOut]:
    """Yield what may have been meant where a reader of JSON stumbled; both from 0."""
    text = lines[at]
    head, rest = text[:column], text[column:]
    above, before = at, head.rstrip()
    while above and not before:
        above -= 1
        before = lines[above].rstrip()
    after = lines[above][len(before) :]
    if before.endswith(","):
        yield WayOut(
            {above: before[:-1] + after}, "after the last item stands a comma; take it out"
        )
    if re.match(r"\s*,\s*[\]}]", rest):
        yield WayOut({at: head + rest.replace(",", "", 1)}, "after the last item stands a comma")
    yield from _json_texts(at, head, rest)
    if before:
        yield WayOut({above: f"{before},{after}"}, "between two items comes a comma")
        yield WayOut({above: f"{before}:{after}"}, "between a key and its value comes a colon")
    if re.match(r"\s*(//|#)", rest):
        yield WayOut({at: head.rstrip()}, "JSON has no comments; take it out")
    if '"' in text[: column + 1]:
        closed = re.sub(r"(,?)$", r'"\1', text.rstrip(), count=1)
        yield WayOut({at: closed}, "the quotation mark is not closed; close it")
        yield WayOut({at: text.replace("\t", r"\t")}, "a tab within a text is written as \\t")


def _json_texts(at: int, head: str, rest: str) -> Iterator[WayOut]:
    """Yield keys, texts and words as JSON writes them."""
    closing = _PAIRED.get(rest[:1], "")
    found = re.match(rf".(.*?){closing}(?=\s*(?:[:,\]}}]|$))", rest) if closing else None
    if found:
        inner = found[1].replace('"', '\\"')
        message = "JSON puts keys and texts between straight double quotes"
        yield WayOut({at: f'{head}"{inner}"{rest[found.end() :]}'}, message)
    word = re.match(r"[A-Za-z_][\w-]*", rest)
    if word and word[0] in _WORDS:
        meant = _WORDS[word[0]]
        yield WayOut({at: head + meant + rest[word.end() :]}, f"JSON writes {meant}")
    elif word:
        message = "JSON puts keys and texts between double quotes"
        yield WayOut({at: f'{head}"{word[0]}"{rest[word.end() :]}'}, message)
