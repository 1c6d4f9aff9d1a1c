"""Two ontologies compared, term by term and rule by rule; anonymous classes go by what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sysgraph.review.parts import Part, tidy
from sysgraph.terms import Triple

__all__ = ["grow_terms", "is_same"]

_DEPTH = 12
_Said = Mapping[str, list[tuple[str, str]]]


def grow_terms(triples: Iterable[Triple]) -> dict[str, Part]:
    """Return what is said of each named term, by its IRI as N-Triples writes it.

    An anonymous class or list is written out where it is spoken of, so that neither its name
    nor its place in a file matters. What is spoken of nowhere, as a statement that classes
    exclude each other, goes by what it says.
    """
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    mentioned: set[str] = set()
    for subject, predicate, value in triples:
        said[subject].append((predicate, value))
        if value.startswith("_:"):
            mentioned.add(value)
    found = {}
    for subject, pairs in said.items():
        if subject.startswith("_:"):
            if subject in mentioned:
                continue
            name = _written(subject, said, 0)
            found[name] = Part(name, {"": frozenset({name})})
            continue
        values: dict[str, set[str]] = defaultdict(set)
        for predicate, value in pairs:
            values[predicate].add(_written(value, said, 0))
        found[subject] = Part(subject[1:-1], {name: frozenset(v) for name, v in values.items()})
    return found


def is_same(one: Iterable[Triple], other: Iterable[Triple]) -> bool:
    """Tell whether two ontologies say the same, whatever their anonymous nodes are called."""
    mine, theirs = grow_terms(one), grow_terms(other)
    return mine.keys() == theirs.keys() and all(
        part.says == theirs[name].says for name, part in mine.items()
    )


def _written(term: str, said: _Said, depth: int) -> str:
    if not term.startswith("_:"):
        return tidy(term)
    if depth > _DEPTH:
        return "…"
    members = _members(term, said)
    if members:
        listed = [_written(member, said, depth + 1) for member in members]
        return f"({' '.join(listed)})"
    pairs = sorted(
        f"{predicate} {_written(value, said, depth + 1)}" for predicate, value in said.get(term, ())
    )
    return f"[{'; '.join(pairs)}]"


def _members(node: str, said: _Said) -> list[str]:
    return list(_listed(node, said))


def _listed(node: str, said: _Said) -> Iterator[str]:
    seen: set[str] = set()
    while node not in seen:
        seen.add(node)
        pairs = {predicate.rpartition("#")[2]: value for predicate, value in said.get(node, ())}
        if "first>" not in pairs:
            return
        yield pairs["first>"]
        node = pairs.get("rest>", "")
