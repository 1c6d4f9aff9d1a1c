"""Whether a literal is written as its datatype demands, which pySHACL lets pass unseen."""

import re
from datetime import date
from functools import cache
from typing import Any

from sysgraph.terms import PREFIXES

__all__ = ["explain_literal"]

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
