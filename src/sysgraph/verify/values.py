"""Terms as the checker sees them: whether they are terms, and which of them differ."""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

__all__ = ["are_two", "count_of", "is_statement"]

_IRI = r'<[^\x00-\x20<>"{}|^`\\]*:[^\x00-\x20<>"{}|^`\\]*>'
_BLANK = r"_:[^\W_][\w.-]*"
_LITERAL = (
    r'"(?:[^"\\\n\r]|\\[tbnrf"\'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*"'
    rf"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^{_IRI})?"
)
_PLACES = tuple(
    re.compile(place) for place in (f"{_IRI}|{_BLANK}", _IRI, f"{_IRI}|{_BLANK}|{_LITERAL}")
)
_COUNT = re.compile(
    r'"\+?0*(\d+)(?:\.0*)?"\^\^<http://www\.w3\.org/2001/XMLSchema#(?:decimal|integer|\w+Integer|unsigned\w+|long|int|short|byte)>'
)


def is_statement(triple: object) -> bool:
    """Tell whether something is a triple of N-Triples terms, each where it may stand."""
    if not isinstance(triple, tuple) or len(triple) != 3:
        return False
    return all(_is_term(term, at) for at, term in enumerate(triple))


@lru_cache(maxsize=20_000)
def _is_term(term: object, at: int) -> bool:
    return isinstance(term, str) and _PLACES[at].fullmatch(term) is not None


def count_of(term: str) -> str:
    """Return the number that a term is a spelling of, without leading zeros; else nothing.

    >>> count_of('"01"^^<http://www.w3.org/2001/XMLSchema#integer>'), count_of('"1"')
    ('1', '')
    """
    found = _COUNT.fullmatch(term)
    return found[1] if found else ""


def are_two(one: str, other: str) -> bool:
    """Tell whether two terms stand for two things.

    Two names do, for names are unique in sysgraph; a blank node may be anything; of two
    literals the values count.
    """
    if one == other or one.startswith("_") or other.startswith("_"):
        return False
    if one.startswith('"') and other.startswith('"'):
        return not ox.Store().query(f"ASK {{ FILTER ({one} = {other}) }}")
    return True
