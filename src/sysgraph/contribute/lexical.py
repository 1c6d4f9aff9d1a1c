"""Whether a literal is written as its datatype demands, which pySHACL lets pass unseen."""

import re
from datetime import date
from functools import cache, lru_cache
from typing import Any

import pyoxigraph as ox

from sysgraph.characters import tidy
from sysgraph.terms import PREFIXES

__all__ = ["canonical", "explain_literal", "tidied", "tidy_written"]

_XSD = PREFIXES["xsd"]
_PLAIN = {f"{_XSD}string", f"{PREFIXES['rdf']}langString"}
_ADVICE = {
    "anyURI": "write a full address such as https://example.org/page",
    "boolean": "write true or false",
    "date": "write year, month and day as in 2026-11-22",
    "dateTime": "write date and time as in 2026-11-22T10:00:00Z",
    "decimal": "write a plain number such as 0.25",
    "gYear": "write a year in four digits, as in 1997",
    "integer": "write a whole number",
}
# What nearly all cases write, told without the 17 MB that elementpath takes.
_YEAR = re.compile(r"[1-9][0-9]{3}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 60
_LONGEST = 1_000


@cache
def _types() -> dict[str, Any]:
    # Half of the cost of a load of one file would be this import, were it not put off.
    from elementpath.datatypes import builtin_atomic_types

    return dict(builtin_atomic_types)


def explain_literal(text: str, datatype: str) -> str | None:
    """Return why a text is no literal of a datatype, and what to write; None if it is one.

    Source: XSD 1.1 Part 2, https://www.w3.org/TR/xmlschema11-2/
    """
    if datatype in _PLAIN or _is_common(text, datatype):
        return None
    name = datatype.removeprefix(_XSD)
    kind = _types().get(f"{{{_XSD.rstrip('#')}}}{name}") if datatype.startswith(_XSD) else None
    if kind is None:
        return f"the datatype <{datatype}> is not used here; write plain text"
    if len(text) > _LONGEST and name != "anyURI":
        return f"'{text[:_SHOWN]}…' has {len(text):,} characters, too many for a {name}"
    if _is_written_as(kind, text) and not (name == "anyURI" and " " in text):
        return None
    advice = _ADVICE.get(name, f"write it as XML Schema's {name} demands")
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"'{shown}' is not a {name}: {advice}"


def _is_common(text: str, datatype: str) -> bool:
    """Tell whether a literal is one of those that need no further look."""
    name = datatype.removeprefix(_XSD)
    if name == "gYear":
        return _YEAR.fullmatch(text) is not None
    if name == "boolean":
        return text in ("true", "false")
    if name != "date" or not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_written_as(kind: Any, text: str) -> bool:
    # Its patterns let a line break at the end pass.
    if text.endswith("\n") or not kind.is_valid(text):
        return False
    if not hasattr(kind, "fromstring"):
        return True
    try:
        kind.fromstring(text)  # the pattern alone would let the 30th of February pass
    except (ValueError, OverflowError, TypeError):
        return False
    return True


def canonical(text: str, datatype: str) -> str:
    """Return the one way to write what a literal says; what is none stays as it is.

    Source: XSD 1.1 Part 2, appendix E, https://www.w3.org/TR/xmlschema11-2/#canonical-lexical-representation

    >>> canonical("1", f"{_XSD}boolean"), canonical("+07.50", f"{_XSD}decimal")
    ('true', '7.5')
    >>> canonical("2026-11-22T10:00:00.0+00:00", f"{_XSD}dateTime")
    '2026-11-22T10:00:00Z'
    """
    name = datatype.removeprefix(_XSD)
    if name == "boolean":
        return {"1": "true", "0": "false"}.get(text, text)
    if name in ("decimal", "integer") and _NUMBER.fullmatch(text):
        sign = "-" if text[0] == "-" and text.strip("-+0.") else ""
        whole, _, part = text.lstrip("+-").partition(".")
        part = part.rstrip("0")
        return f"{sign}{whole.lstrip('0') or '0'}" + (f".{part}" if part else "")
    if name == "dateTime":
        found = _MOMENT.fullmatch(text)
        if found:
            begin, part, zone = found.groups()
            part = part.rstrip("0").rstrip(".")
            return f"{begin}{part}{'Z' if zone in ('+00:00', '-00:00') else zone}"
    return text


_NUMBER = re.compile(r"[+-]?(?=\.?[0-9])[0-9]*(?:\.[0-9]*)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.?\d*)(Z|[+-]\d\d:\d\d|)")


def tidied(term: ox.Literal) -> ox.Literal:
    """Return a literal as it is kept: letters, ends of lines and values written one way."""
    datatype = term.datatype.value
    text = canonical(tidy(term.value), datatype)
    if text == term.value:
        return term
    if term.language:
        return ox.Literal(text, language=term.language)
    return ox.Literal(text, datatype=term.datatype)


def tidy_written(value: str) -> str:
    """Return a literal of N-Triples, as pyoxigraph writes it, as it is kept."""
    if value[-1] == ">":
        return _rewritten_typed(value) if len(value) <= _SHOWN else _rewritten(value)
    return value if value.isascii() and "\\r" not in value else _rewritten(value)


def _rewritten(value: str) -> str:
    (quad,) = ox.parse(f"<a:> <a:> {value} .", format=ox.RdfFormat.N_TRIPLES)
    return str(tidied(quad.object)) if isinstance(quad.object, ox.Literal) else value


_rewritten_typed = lru_cache(maxsize=4096)(_rewritten)
