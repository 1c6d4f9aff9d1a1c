"""Text out of bytes, whatever editor wrote them; what is not UTF-8 is told."""

import codecs

from sysgraph.characters import cleaned, explain_text, find_unsound, is_sound, recoded
from sysgraph.contribute.syntax.fault import Fault, first_difference
from sysgraph.errors import BadFile

__all__ = ["decode", "unhide"]

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TOLD = 20


def decode(data: bytes, where: str) -> tuple[str, list[Fault], str | None]:
    """Return the text of a file, what is wrong with its encoding, and its name if it is not UTF-8.

    UTF-16 and UTF-32 are told by their byte order mark or, where there is none, by the zero
    bytes that a file in Latin letters has in them. What is neither these nor UTF-8 is taken for
    Windows-1252, the commonest of the others.

    Raises:
        BadFile: it is none of these; carries the line.
    """
    name = next((name for mark, name in _MARKS if data.startswith(mark)), _by_zeros(data))
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
        return _as_windows(data, where, error)


def _by_zeros(data: bytes) -> str:
    """Return the encoding that zero bytes in the first letters tell of, or nothing."""
    if len(data) < 4 or len(data) % 2:
        return ""
    zeros = [at for at in range(4) if data[at] == 0]
    return "utf-16-le" if zeros == [1, 3] else "utf-16-be" if zeros == [0, 2] else ""


def _as_windows(
    data: bytes, where: str, error: UnicodeDecodeError
) -> tuple[str, list[Fault], str | None]:
    line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\x00"
    if find_unsound(text):
        reason = "this is not UTF-8 text; save the file as UTF-8"
        raise BadFile(where, reason, line) from error
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


def unhide(text: str) -> tuple[str, list[Fault]]:
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
        if told and lines[number] != line and len(found) < _TOLD:
            column = first_difference(line, lines[number])
            found.append(Fault(number + 1, column, told[1], told[0]))
    return "\n".join(lines), found
