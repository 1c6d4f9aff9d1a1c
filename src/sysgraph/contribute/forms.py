"""What a person wrote, in the form that is asked for: dates, years, truth, addresses, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from sysgraph.terms import PREFIXES

__all__ = ["as_address", "as_datatype", "as_id", "bare", "fitting", "split"]

_XSD = PREFIXES["xsd"]
_QUOTES = "\"'“”‘’„‚«»`"
_DATES = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y/%m/%d", "%Y.%m.%d", "%Y %B %d")
_DATES_WITH_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"
)
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_LOOSE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TRUTH = {
    "true": ("yes", "y", "true", "t", "1", "on"),
    "false": ("no", "n", "false", "f", "0", "off"),
}
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def bare(text: str) -> str:
    """Return a text without blanks and quotation marks around it.

    >>> bare(" “local” ")
    'local'
    """
    return text.strip().strip(_QUOTES).strip()


def as_datatype(text: str, datatype: str) -> Iterator[str]:
    """Yield what a text must mean as a literal of a datatype; nothing where that is a guess."""
    written = bare(text)
    yield written
    name = datatype.removeprefix(_XSD)
    if name == "boolean":
        yield from (value for value, words in _TRUTH.items() if written.lower() in words)
    elif name == "date":
        yield from _dates(written)
    elif name == "gYear":
        found = re.fullmatch(r"(\d{4})(?:\.0+| ?(?:AD|CE))?", written)
        if found:
            yield found.group(1)
        yield from (date[:4] for date in _dates(written))
        month = re.fullmatch(r"(\d{4})[-/.](?:0?[1-9]|1[0-2])", written)
        if month:
            yield month.group(1)
    elif name == "anyURI":
        yield from as_address(written, "")


def _dates(text: str) -> Iterator[str]:
    """Yield the day that a text names, if it can name only one.

    >>> set(_dates("3rd May 2021")), set(_dates("03/05/2021")), set(_dates("23/05/2021"))
    ({'2021-05-03'}, set(), {'2021-05-23'})
    """
    with_time = _DATES_WITH_TIME.fullmatch(text)
    if with_time:
        yield with_time.group(1)
    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text.replace(",", " "))
    plain = re.sub(r"\s+", " ", re.sub(r"(?<=[A-Za-z])\.", "", plain)).strip()
    plain = re.sub(
        r"^(?:on )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day )?", "", plain, flags=re.I
    )
    for form in _DATES:
        yield from _as_day(plain, form)
    yield from _as_day("-".join(_LOOSE.sub(r"\1-\2-\3", plain).split("-")), "%Y-%m-%d")
    if re.fullmatch(r"[12]\d{7}", plain):
        yield from _as_day(plain, "%Y%m%d")
    numeric = _NUMERIC.fullmatch(plain)
    if numeric:
        first, second, year = (int(part) for part in numeric.groups())
        if first > 12 or first == second:
            yield from _as_day(f"{year}-{second}-{first}", "%Y-%m-%d")
        elif second > 12:
            yield from _as_day(f"{year}-{first}-{second}", "%Y-%m-%d")


def _as_day(text: str, form: str) -> Iterator[str]:
    try:
        yield datetime.strptime(text, form).date().isoformat()
    except ValueError:
        return


def as_address(text: str, pattern: str) -> Iterator[str]:
    """Yield a text as an address that follows a pattern, where only its beginning was left out."""
    written = bare(text).strip("<>").replace(" ", "%20" if "://" in text else " ")
    yield written
    yield re.sub(r"^(https?)[:;]?/*(?=[a-z0-9-]+\.)", r"\1://", written, flags=re.IGNORECASE)
    if written.startswith("http://"):
        yield "https" + written[4:]
    start = _literal_start(pattern)
    if start:
        yield start + written
        host = start.partition("://")[2]
        if host and written.startswith(host):
            yield start + written[len(host) :]
        last = re.split(r"[/:\s]+", written)[-1]
        yield start + last
    if _HOST.fullmatch(written):
        yield f"https://{written}"


def _literal_start(pattern: str) -> str:
    """Return the text that everything that follows a pattern begins with.

    >>> _literal_start("^https://orcid[.]org/[0-9]{4}")
    'https://orcid.org/'
    """
    if not pattern.startswith("^"):
        return ""
    plain = re.sub(r"\[(.)\]", r"\\\1", pattern[1:])
    found = re.match(r"(?:\\[^\w]|[^\\\[\](){}?*+|.^$])*", plain)
    start = re.sub(r"\\(.)", r"\1", found.group()) if found else ""
    following = plain[len(found.group()) :][:1] if found else ""
    return "" if following in ("?", "*") or "://" not in start else start


def as_id(text: str) -> str:
    """Return a name as an id: small letters, digits and hyphens.

    >>> as_id("The Wigan Deal")
    'the-wigan-deal'
    """
    return re.sub(r"[^a-z0-9]+", "-", bare(text).lower()).strip("-")


def split(text: str, *, words: bool = True) -> list[str]:
    """Return the several values that one text lists, or nothing where it is one.

    Only those in which there are no blanks may stand apart by these, or by an "and".

    >>> split("GB, FR and DE")
    ['GB', 'FR', 'DE']
    >>> split("law and order, public health", words=False)
    ['law and order', 'public health']
    """
    signs = r"\s*[,;|\n]\s*(?:and\s+)?"
    for separator in (rf"{signs}|\s+(?:and|&)\s+", r"\s+") if words else (signs,):
        parts = [bare(part) for part in re.split(separator, bare(text).strip("[]")) if part.strip()]
        if len(parts) > 1:
            return parts
    return []


def fitting(candidates: Iterable[str], text: str, pattern: str) -> Iterator[str]:
    """Yield the candidates that are not the text itself and follow a pattern, each once."""
    seen = {text}
    for candidate in candidates:
        if candidate in seen:
            continue
        seen.add(candidate)
        if candidate and (not pattern or re.search(pattern, candidate)):
            yield candidate
