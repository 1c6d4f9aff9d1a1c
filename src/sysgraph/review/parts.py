"""A case as a tree of parts, and two of them compared by what they say, not by how they say it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sysgraph.index.entry import unescape
from sysgraph.terms import PREFIXES, Triple

__all__ = ["TOLD_APART_BY", "Change", "Part", "compare_parts", "grow", "shortened", "tidy"]

TOLD_APART_BY = (
    f"<{PREFIXES['sysg']}standpoint>",
    f"<{PREFIXES['dcterms']}title>",
    f"<{PREFIXES['sysg']}says>",
)
"""What numbered parts of a kind are told apart by, for a person."""
_LONG = 60

_ALIKE = 0.3
"""How much of what two numbered parts say must be the same for them to be the same part."""


@dataclass(frozen=True, slots=True)
class Part:
    """A thing and its parts. ``values`` and ``parts`` go by predicate, as N-Triples writes it.

    ``iri`` is bare. ``says`` is the same for two parts that say the same, whatever their names.
    """

    iri: str
    values: Mapping[str, frozenset[str]]
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)

    @property
    def says(self) -> tuple[object, ...]:
        """Return all that the part says, without its own name."""
        return (
            tuple(sorted((name, tuple(sorted(found))) for name, found in self.values.items())),
            tuple(
                sorted(
                    (name, tuple(sorted(map(repr, (p.says for p in each)))))
                    for name, each in self.parts.items()
                )
            ),
        )

    @property
    def name(self) -> str:
        """Return the last word of the IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that is new, gone or other: where it stands, and what it said and says.

    ``path`` holds the parts around it, the outermost first; terms are N-Triples. With no
    ``before`` it is added, with no ``after`` removed.
    """

    path: tuple[Part, ...]
    predicate: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def tidy(term: str) -> str:
    r"""Return an N-Triples term with the white space of its text made even, and unescaped.

    >>> tidy(r'"one  \n two"@en')
    '"one two"@en'
    """
    if not term.startswith('"'):
        return term
    end = term.rindex('"')
    text = unescape(term[1:end]) if "\\" in term else term[1:end]
    even = " ".join(text.split())
    return f'"{even}"{term[end + 1 :]}'


def grow(iri: str, triples: Iterable[Triple], holders: Collection[str] = ()) -> Part | None:
    """Return a contribution as a tree, or None where nothing is said of it.

    ``holders`` are the predicates that lead to parts. Mentions of its own parts are written as
    what these say, so that their numbers do not matter.
    """
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value in triples:
        said[subject].append((predicate, tidy(value)))
    if f"<{iri}>" not in said:
        return None
    start = f"<{iri}/"

    def part(subject: str, above: frozenset[str]) -> Part:
        values: dict[str, set[str]] = defaultdict(set)
        parts: dict[str, list[Part]] = defaultdict(list)
        for predicate, value in said.get(subject, ()):
            if predicate in holders and value.startswith(start) and value not in above:
                parts[predicate].append(part(value, above | {value}))
            elif value.startswith(start):
                values[predicate].add(f'"{_mention(value, start, said)}"')
            else:
                values[predicate].add(value)
        return Part(
            subject[1:-1],
            {name: frozenset(found) for name, found in values.items()},
            {
                name: tuple(sorted(found, key=lambda each: (len(each.iri), each.iri)))
                for name, found in parts.items()
            },
        )

    return part(f"<{iri}>", frozenset({f"<{iri}>"}))


def shortened(text: str) -> str:
    """Return a text that is short enough to be a name."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 1].rstrip()}…"


def _mention(value: str, start: str, said: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return how a part of the same case is spoken of: by what it says, if it has a number."""
    name = value.removeprefix(start).rstrip(">")
    if not re.search(r"\d", name):
        return f"its own {name}"
    told = {predicate: term for predicate, term in said.get(value, ()) if term.startswith('"')}
    terms = [told[predicate] for predicate in TOLD_APART_BY if predicate in told]
    kind = re.sub(r"/?\d+", "", name)
    text = terms[0][1 : terms[0].rindex('"')] if terms else ""
    return f"its own {kind}" + (f" ({shortened(text)})" if text else "")


def compare_parts(
    before: Part | None,
    after: Part | None,
    order: Mapping[str, int],
    above: tuple[Part, ...] = (),
) -> Iterator[Change]:
    """Yield in what two versions of a thing differ, part by part.

    ``order`` ranks the predicates; those that it does not name come last, by name.
    """
    here = after or before
    assert here is not None  # nobody asks about nothing
    path = (*above, here)

    def ranked(names: Iterable[str]) -> list[str]:
        return sorted({*names}, key=lambda name: (order.get(name, len(order)), name))

    old = before.values if before else {}
    new = after.values if after else {}
    for predicate in ranked((*old, *new)):
        gone = old.get(predicate, frozenset()) - new.get(predicate, frozenset())
        come = new.get(predicate, frozenset()) - old.get(predicate, frozenset())
        if gone or come:
            yield Change(path, predicate, tuple(sorted(gone)), tuple(sorted(come)))
    were = before.parts if before else {}
    are = after.parts if after else {}
    for predicate in ranked((*were, *are)):
        pairs = _pairs(were.get(predicate, ()), are.get(predicate, ()))
        for one, other in sorted(pairs, key=_place):
            yield from compare_parts(one, other, order, path)


def _place(pair: tuple[Part | None, Part | None]) -> tuple[int, str]:
    part = pair[1] or pair[0]
    return (len(part.iri), part.iri) if part else (0, "")


def _pairs(
    before: Sequence[Part], after: Sequence[Part]
) -> Iterator[tuple[Part | None, Part | None]]:
    """Yield which part of the one side is which of the other; None stands for no part."""
    old, new = list(before), list(after)
    for one in before:
        same = [other for other in new if other.says == one.says]
        if same:
            old.remove(one)
            new.remove(min(same, key=lambda other: other.name != one.name))
    ranked = sorted(
        (
            (_likeness(one, other), one.name == other.name, one, other)
            for one in old
            for other in new
        ),
        key=lambda found: (-(found[0] + found[1]), found[2].iri, found[3].iri),
    )
    for alike, is_named, one, other in ranked:
        # A number is no name: the second citation may now be the first.
        if (
            one in old
            and other in new
            and (alike >= _ALIKE or (is_named and not one.name.isdigit()))
        ):
            old.remove(one)
            new.remove(other)
            yield one, other
    yield from ((one, None) for one in old)
    yield from ((None, other) for other in new)


def _likeness(one: Part, other: Part) -> float:
    """Return how much of what two parts say is the same, from 0 to 1."""
    mine, theirs = set(_facts(one)), set(_facts(other))
    return 2 * len(mine & theirs) / (len(mine) + len(theirs) or 1)


def _facts(part: Part) -> Iterator[tuple[str, ...]]:
    for predicate, values in part.values.items():
        if not predicate.endswith("#type>"):
            yield from ((predicate, value) for value in values)
    for predicate, parts in part.parts.items():
        yield from ((predicate, *fact) for each in parts for fact in _facts(each))
