"""How much a contribution may hold, so that any file is refused or read in seconds."""

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox

from sysgraph.errors import BadFile
from sysgraph.findings import Finding
from sysgraph.graph import text_of
from sysgraph.paths import read_bytes
from sysgraph.terms import NAMESPACE

__all__ = [
    "MAX_FINDINGS",
    "MAX_TEXT",
    "MAX_TRIPLES",
    "count_within",
    "many",
    "owner_of",
    "read_bytes",
]

MAX_TRIPLES = 20_000
"""Triples of one case; the shipped ones have some 150."""
MAX_TEXT = 100_000
"""Characters of one text or name."""
MAX_FINDINGS = 500
"""Findings of one case; further ones would only be more of the same."""
_MAX_STATEMENTS = 500_000
_OWNERS = (f"{NAMESPACE}case/", f"{NAMESPACE}critique/")


def many(file: str, case: str | None = None) -> Finding:
    """Return the last finding of a case that has more problems than are told."""
    return Finding(
        message="there are more problems like these; mend them first",
        demand="many",
        file=file,
        focus=case,
    )


def count_within(quads: Iterable[ox.Quad], where: str) -> list[ox.Quad]:
    """Return the quads of a file as they come, and stop where there are too many.

    Raises:
        BadFile: a case has over 20,000 triples, a text over 100,000 characters, or the file
            over 500,000 statements.
    """
    found: list[ox.Quad] = []
    counts: Counter[str] = Counter()
    for quad in quads:
        subject = text_of(quad.subject)
        owner = owner_of(subject)
        counts[owner] += 1
        if counts[owner] > MAX_TRIPLES:
            name = owner.removeprefix(NAMESPACE).replace("/", " ")
            named = f"the {name}" if owner else "what is no case's"
            raise BadFile(where, f"{named} has more than {MAX_TRIPLES:,} triples")
        longest = max(len(subject), len(quad.predicate.value), len(text_of(quad.object)))
        if longest > MAX_TEXT:
            reason = f"it has a text or a name of {longest:,} characters; at most {MAX_TEXT:,}"
            raise BadFile(where, f"{reason} are read")
        found.append(quad)
        if len(found) > _MAX_STATEMENTS:
            raise BadFile(where, f"it has more than {_MAX_STATEMENTS:,} statements; split it")
    return found


def owner_of(iri: str) -> str:
    """Return the IRI of the case or critique that a subject belongs to by its name, or nothing.

    >>> owner_of("https://w3id.org/sysgraph/case/wigan-deal/readings/1")
    'https://w3id.org/sysgraph/case/wigan-deal'
    """
    for start in _OWNERS:
        if iri.startswith(start):
            return start + iri.removeprefix(start).partition("/")[0]
    return ""
