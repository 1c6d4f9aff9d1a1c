"""The characters that no text may hold, and texts that came through a wrong encoding.

One list for every door and every way out. It is asked of values, however they were written.
"""

import re
import unicodedata

__all__ = [
    "HIDDEN",
    "UNSOUND",
    "cleaned",
    "explain_text",
    "find_unsound",
    "is_sound",
    "named",
    "recoded",
    "tidy",
]

# Scripts whose letters are joined, where a joiner is part of the spelling.
_JOINED = (
    r"\u0600-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uaaff\uabc0-\uabff\ufb50-\ufdcf\ufdf0-\ufdff"
    r"\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_VIRAMAS = (
    r"\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0f84\u1039\u103a"
    r"\u1714\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\ua806\ua8c4\ua953\ua9c0\uaaf6\uabed"
)
_PICTURES = r"\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff"
_LEFTWARD = r"\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U0001e800-\U0001efff"
_TAGS = r"\U000e0020-\U000e007e"
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17)
)

# Source: Unicode 16, 23.2 (layout), 23.7 (noncharacters); RFC 5892, A.1 and A.2 (joiners).
UNSOUND = re.compile(
    rf"[{_CONTROLS}]"
    r"|[\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e001f]"
    # a joiner that is not after a virama, between joined letters or between pictures
    rf"|(?<![{_VIRAMAS}])(?:(?<![{_JOINED}])|(?=.(?![{_JOINED}])))"
    rf"(?:\u200c|(?:(?<![{_PICTURES}])|(?=.(?![{_PICTURES}])))\u200d)"
    # a mark of direction that is not beside letters that run to the left
    rf"|(?<![{_LEFTWARD}])[\u200e\u200f\u061c](?![{_LEFTWARD}])"
    # a tag that is no part of a flag
    rf"|(?<![\U0001f3f4{_TAGS}])[{_TAGS}\U000e007f]|[{_TAGS}](?![{_TAGS}]{{0,6}}\U000e007f)"
)
"""A character that nobody sees, or that is none, where it is no part of the spelling."""
HIDDEN = re.compile(rf"{UNSOUND.pattern}|[\u00ad\u061c\u200c-\u200f\ufe00-\ufe0f{_TAGS}\U000e007f]")
"""What no name or address may hold, where nothing that is not seen is part of the spelling."""
_SUSPECT = re.compile(
    rf"[{_CONTROLS}"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u061c\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LOST = "\ufffd"


def find_unsound(text: str) -> re.Match[str] | None:
    """Return the first character that a text may not hold, or None."""
    # Nearly all texts have none that might be one, which is told in a fraction of the time.
    return UNSOUND.search(text) if _SUSPECT.search(text) else None


def named(found: re.Match[str]) -> str:
    """Return in words that a character is there that nobody sees."""
    return f"there is an invisible character U+{ord(found.group()):04X}"


def cleaned(text: str) -> str:
    r"""Return a text without the characters that it may not hold.

    >>> cleaned("Any\x0btown"), len(cleaned("\u0dc1\u0dca\u200d\u0dbb\u0dd3"))
    ('Anytown', 5)
    """
    return UNSOUND.sub("", text) if _SUSPECT.search(text) else text


def tidy(text: str) -> str:
    r"""Return a text with one way to write each letter and each end of a line.

    Source: Unicode normalization form C, https://www.unicode.org/reports/tr15/

    >>> tidy("Ma\u0301laga\r\nNuka") == "M\xe1laga\nNuka"
    True
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_sound(text: str) -> bool:
    """Tell whether there is nothing wrong with the characters of a text."""
    return (text.isascii() and text.isprintable()) or explain_text(text) is None


def explain_text(text: str) -> tuple[str, str] | None:
    """Return which demand the characters of a text break and what to do, or None if none."""
    unsound = find_unsound(text)
    if unsound:
        return "invisible", f"{named(unsound)}; take it out"
    if _LOST in text:
        at = text.index(_LOST)
        shown = text[max(at - 10, 0) : at + 10]
        reason = "a letter was lost where the text was saved in another encoding; write it again"
        return "encoding", f"'{shown}': {reason}"
    meant = recoded(text)
    if meant == text:
        return None
    at = next(n for n, (one, other) in enumerate(zip(text, meant, strict=False)) if one != other)
    begin = max(at - 10, 0)
    reason = "this is UTF-8 that was read in another encoding; it says"
    return "encoding", f"'{text[begin : at + 12]}': {reason} '{meant[begin : at + 10]}'"


_BYTES = {chr(code): code for code in range(0x80, 0x100)} | {
    sign: code for code in range(0x80, 0xA0) if (sign := bytes([code]).decode("cp1252", "ignore"))
}
_TAIL = "".join(sign for sign, code in _BYTES.items() if code < 0xC0)
_GARBLED = re.compile(f"[\xc2-\xdf][{_TAIL}]|[\xe0-\xef][{_TAIL}]{{2}}|[\xf0-\xf4][{_TAIL}]{{3}}")
# What may follow an accented letter at the end of a word.
_CLOSING = "’”…–—»›\xa0™®°"
_MOST_TIMES = 3


def recoded(text: str) -> str:
    r"""Return a text as it was before UTF-8 was read as Windows-1252, or as it is.

    >>> recoded("Ma\xc3\xb1ana it\xe2\u20ac\u2122s"), recoded("IRM\xc3\u201d")
    ('Mañana it’s', 'IRMÃ”')
    """
    if text.isascii():
        return text
    for _ in range(_MOST_TIMES):  # a text may come that way more than once
        changed = _GARBLED.sub(_decoded, text)
        if changed == text:
            break
        text = changed
    return text


def _decoded(found: re.Match[str]) -> str:
    """Return the letter that a few signs were, or the signs if they may be meant."""
    signs = found.group()
    try:
        meant = bytes(_BYTES[sign] for sign in signs).decode()
    except UnicodeDecodeError:
        return signs
    before = found.string[found.start() - 1 : found.start()]
    after = found.string[found.end() : found.end() + 1]
    goes_on = before != "" and before in _TAIL
    if len(signs) == 2 and signs[1] in _CLOSING and not goes_on:
        is_word_end = before.isupper() if signs[0] in "\xc2\xc3" else not after.islower()
        return signs if is_word_end else meant
    if len(signs) == 3 and signs[0] != "\xe2":
        goes_on = goes_on or _GARBLED.match(found.string, found.end()) is not None
        return meant if goes_on and not {*signs[1:]} <= {*_CLOSING} else signs
    return meant
