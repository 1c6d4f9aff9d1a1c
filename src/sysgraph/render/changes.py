"""What would change the answer, in words and for a machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sysgraph.advice.changes import Assignment, Change, Changes
from sysgraph.advice.frame import Facet, Frame
from sysgraph.render.words import bullet, clean, listing, paragraph, sentence

__all__ = [
    "change_data",
    "change_text",
    "changes_data",
    "changes_lines",
    "clause",
    "way_lines",
]

_WHO = {
    "by-you": "you can change this",
    "by-others": "others must change this",
    "fixed": "nobody can choose this",
}


def changes_lines(result: Changes, frame: Frame, *, shown: int = 3) -> Iterator[str]:
    """Yield what would bring each type onto the front or push it off, the smallest first."""
    for kind, entry in frame.types.items():
        found = result.of(kind)
        if not found:
            continue
        does = "would join the front" if found[0].joins else "would leave the front"
        yield paragraph(f"{entry.number} {sentence(entry.label)} {does}")
        yield from way_lines(found, shown)
    still = [f"{e.number} {e.label}" for kind, e in frame.types.items() if not result.of(kind)]
    limit = "" if result.complete else f" of up to {_count(result.most or 0)}"
    if still:
        yield paragraph(f"No change{limit} would move {listing(still, 'or')}.")
    if not result.complete:
        yield paragraph(f"Changes of more than {_count(result.most or 0)} were not looked for.")
    yield paragraph(
        "By whom something can be changed is our reading, and may differ where you are."
    )


def way_lines(found: Sequence[Change], shown: int, lead: str = "") -> Iterator[str]:
    """Yield the first ways, of those that change the same facets one with a count of the rest."""
    ways: dict[tuple[str, ...], list[Change]] = {}
    for change in found:
        ways.setdefault(tuple(change.facets), []).append(change)
    for first, *others in list(ways.values())[:shown]:
        more = len(others)
        also = f"; {more} other answer{'s' * (more > 1)} would do as well" if more else ""
        yield bullet(f"{lead}{change_text(first)}{also}")
    rest = sum(len(way) for way in list(ways.values())[shown:])
    if rest:
        yield bullet(f"and {rest} more way{'s' * (rest > 1)}", "+")


def _count(number: int) -> str:
    return "one fact" if number == 1 else f"{number} facts at once"


def change_text(change: Change) -> str:
    """Return a change as the condition of a sentence, with who can make it."""
    found = [each for each in change.assignments if each.was is None]
    made = [each for each in change.assignments if each.was is not None]
    parts = []
    if made:
        parts.append(f"it came about that {_clauses(made)}")
    if found:
        parts.append(f"it turned out that {_clauses(found)}")
    return f"if {', and '.join(parts)} ({'; '.join(_who(made, found))})"


def _clauses(assignments: Sequence[Assignment]) -> str:
    return ", and that ".join(clause(each.facet, each.becomes) for each in assignments)


def _who(made: Sequence[Assignment], found: Sequence[Assignment]) -> Iterator[str]:
    """Yield who can make the changes of known facts, and that unknown ones are to be found out."""
    kinds = dict.fromkeys(each.changeable for each in made)
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in _WHO:
            yield _WHO[kind] if len(made) == 1 else _WHO[kind].replace("this", "these")
    else:
        for kind in kinds:
            labels = [each.facet.label for each in made if each.changeable == kind]
            yield f"{_WHO.get(kind, kind)}: {listing(labels)}"
    if found:
        yield "not known yet" if not made else "the rest is not known yet"


def clause(facet: Facet, value: str) -> str:
    """Return that a facet has a value, in words that can follow "if"."""
    entry = facet.values[value]
    return clean(entry.clause or f"'{facet.label}' is '{entry.label}'")


def changes_data(result: Changes) -> dict[str, Any]:
    """Return all changes for a machine."""
    return {
        "most": result.most,
        "complete": result.complete,
        "changes": [change_data(change) for change in result.found],
    }


def change_data(change: Change) -> dict[str, Any]:
    """Return one change for a machine. ``was`` is null where the facet was not known."""
    return {
        "type": change.type,
        "joins": change.joins,
        "changeable": change.changeable,
        "assignments": [
            {
                "facet": each.facet.id,
                "was": each.was,
                "becomes": each.becomes,
                "changeable": each.changeable,
                "clause": clause(each.facet, each.becomes),
            }
            for each in change.assignments
        ],
    }
