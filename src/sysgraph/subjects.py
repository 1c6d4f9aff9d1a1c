"""Lines of N-Triples by subject, in the order in which they are written: what stands within what.

A line stands here without the blank and the dot at its end.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator

from sysgraph.terms import PREFIXES

__all__ = ["Subjects", "by_subject", "order", "rank", "shared"]


def order(term: str) -> str:
    """Return what terms are sorted by: a thing comes before its parts, and these before others.

    >>> sorted(["<a:b-c>", "<a:b/x>", "<a:b>"], key=order)
    ['<a:b>', '<a:b/x>', '<a:b-c>']
    """
    return term[:-1].replace("/", "\1") if term[0] == "<" else term


def by_subject(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each subject, in order, with the sorted rests of its lines."""
    rests: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        subject, _, rest = line.partition(" ")
        rests[subject].append(rest)
    for subject in sorted(rests, key=order):
        rests[subject].sort()
        yield subject, rests[subject]


_FIRST = {
    f"<{PREFIXES[prefix]}{name}>": place
    for place, (prefix, name) in enumerate(
        [
            ("rdf", "type"),
            ("rdfs", "label"),
            ("skos", "prefLabel"),
            ("dcterms", "title"),
            ("skos", "definition"),
            ("dcterms", "description"),
            ("dcterms", "abstract"),
        ]
    )
}
"""The properties that tell what a thing is, in the order in which a person asks."""


def rank(predicate: str) -> int:
    """Return what properties are sorted by: first what tells what a thing is."""
    return _FIRST.get(predicate, len(_FIRST))


_DEEPEST = 16
_FIRST_OF, _REST_OF, _NIL = (f"<{PREFIXES['rdf']}{name}>" for name in ("first", "rest", "nil"))


class Subjects:
    """What lines of N-Triples say of each subject, what it is first.

    A blank node stands where it is spoken of, if that is one place; those that are ``named`` are
    spoken of elsewhere too.
    """

    def __init__(self, lines: Iterable[str], named: Container[str] = ()) -> None:
        self._said: dict[str, list[tuple[str, list[str]]]] = {}
        for subject, rests in by_subject(lines):
            by: dict[str, list[str]] = defaultdict(list)
            for rest in rests:
                predicate, _, value = rest.partition(" ")
                by[predicate].append(value)
            first = sorted(by.items(), key=lambda said: rank(said[0]))
            self._said[subject] = first
        times = Counter(value for value in self._values() if value.startswith("_:"))
        self._alone = {
            node
            for node in self._said
            if node.startswith("_:") and not times[node] and node not in named
        }
        once = {node for node, number in times.items() if number == 1 and node not in named}
        self._within = once & self._reached(once) if once else once

    def _values(self) -> Iterator[str]:
        return (one for said in self._said.values() for _, values in said for one in values)

    def _reached(self, once: set[str]) -> set[str]:
        """Return the blank nodes that stand within others, neither in a circle nor too deep."""
        found: set[str] = set()
        level = self._said.keys() - once
        for _ in range(_DEEPEST):
            below = (one for node in level for _, values in self._said[node] for one in values)
            level = {one for node in below if node in once for one in self._listed(node, once)}
            found |= level
            level &= self._said.keys()
        return found

    def _listed(self, node: str, once: set[str]) -> Iterator[str]:
        """Yield a node, and all further nodes of the list that it begins, if it begins one."""
        yield node
        while (link := self._link(node)) and link[1] in once:
            node = link[1]
            yield node

    def _link(self, node: str) -> tuple[str, str] | None:
        match self._said.get(node):
            case [(first, [value]), (rest, [others])] if (first, rest) == (_FIRST_OF, _REST_OF):
                return value, others
        return None

    def tops(self) -> Iterator[str]:
        """Yield the subjects that stand within no other."""
        return (one for one in self._said if one not in self._within)

    def _items(self, node: str) -> list[str] | None:
        """Return what stands in a list, or None where it is none that ends as a list should."""
        found = []
        while node != _NIL:
            link = self._link(node) if node in self._within else None
            if link is None:
                return None
            found.append(link[0])
            node = link[1]
        return found


def shared(graphs: Iterable[Iterable[str]]) -> set[str]:
    """Return the blank nodes that more than one graph speaks of."""
    times = Counter(node for lines in graphs for node in _blanks(lines))
    return {node for node, number in times.items() if number > 1}


def _blanks(lines: Iterable[str]) -> set[str]:
    ends = (line.partition(" ")[::2] for line in lines)
    terms = ((subject, rest.partition(" ")[2]) for subject, rest in ends)
    return {term for pair in terms for term in pair if term.startswith("_:")}
