"""Whether a literal is written as its datatype demands, which pySHACL lets pass unseen."""

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


@cache
def _types() -> dict[str, Any]:
    # Half of the cost of a load of one file would be this import, were it not put off.
    from elementpath.datatypes import builtin_atomic_types

    return dict(builtin_atomic_types)


def explain_literal(text: str, datatype: str) -> str | None:
    """Return why a text is no literal of a datatype, and what to write; None if it is one.

    Source: XSD 1.1 Part 2, https://www.w3.org/TR/xmlschema11-2/
    """
    if datatype in _PLAIN:
        return None
    name = datatype.removeprefix(_XSD)
    kind = _types().get(f"{{{_XSD.rstrip('#')}}}{name}") if datatype.startswith(_XSD) else None
    if kind is None:
        return f"the datatype <{datatype}> is not used here; write plain text"
    if _is_written_as(kind, text) and not (name == "anyURI" and " " in text):
        return None
    advice = _ADVICE.get(name, f"write it as XML Schema's {name} demands")
    return f"'{text}' is not a {name}: {advice}"


def _is_written_as(kind: Any, text: str) -> bool:
    if not kind.is_valid(text):
        return False
    if not hasattr(kind, "fromstring"):
        return True
    try:
        kind.fromstring(text)  # the pattern alone would let the 30th of February pass
    except (ValueError, OverflowError, TypeError):
        return False
    return True
