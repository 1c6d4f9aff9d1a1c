"""Characters from outside that a terminal would obey, written so that a person sees them."""

import re
import unicodedata

__all__ = ["clean", "one_line", "visible"]

# Control characters but tabulator and line end, what turns the direction of writing, other
# separators of lines, and halves of characters, which no encoding can write. The joiners of
# scripts and emoji are left: they obey nobody.
_OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
    "\ufff9-\ufffb\ud800-\udfff]|\r(?!\n)"
)

_JOINERS = "\u200c\u200d"
_UNSEEN = {"Cc", "Cf", "Cs"}


def visible(text: str) -> str:
    r"""Return a text with what a terminal would obey as \\u and four digits.

    In JSON and Turtle that is what the character itself is.

    >>> visible("a\x1b[2Jb\u202e")
    'a\\u001b[2Jb\\u202e'
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    r"""Return a text that is visible, and in one line.

    >>> one_line("a name\r\nof two lines")
    'a name\\u000d\\u000aof two lines'
    """
    return visible(text).replace("\r", "\\u000d").replace("\n", "\\u000a")


def clean(text: str) -> str:
    """Return a text in one line, without what is not seen but the joiners of scripts and emoji."""
    kept = (c if c in _JOINERS or unicodedata.category(c) not in _UNSEEN else " " for c in text)
    return " ".join("".join(kept).split())
