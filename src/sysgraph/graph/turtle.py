"""N-Triples as Turtle that people can read; text alone, no graph is held.

A line stands here without the blank and the dot at its end.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sysgraph.terms import PREFIXES

__all__ = ["Names", "by_subject", "order", "write_subjects"]

_REMEMBERED = 20_000
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_INTEGER = re.compile(r'"[+-]?[0-9]+')
_TYPE = f"<{PREFIXES['rdf']}type>"
_BASES = {base: prefix for prefix, base in PREFIXES.items()}
_BARE = {f'"{word}"^^<{PREFIXES["xsd"]}boolean>': word for word in ("true", "false")}


class Names:
    """Short names for terms: those ``known`` so far, and the prefixes ``used`` for them."""

    def __init__(self) -> None:
        """Begin with no prefix used."""
        self.used: set[str] = set()
        self.known = dict(_BARE)

    def shorten(self, term: str) -> str:
        """Return a term as Turtle writes it, in as few characters as stay readable."""
        short = self.known.get(term)
        if short is not None:
            return short
        if term[0] == '"':
            return term if term[-1] != ">" else self._shorten_literal(term)
        if term[0] != "<":
            return term
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
            self.known.update(_BARE)
        self.known[term] = short = self._shorten_iri(term)
        return short

    def _shorten_literal(self, term: str) -> str:
        text, _, datatype = term.rpartition("^^")
        if datatype == f"<{PREFIXES['xsd']}integer>" and _INTEGER.fullmatch(text[:-1]):
            return text[1:-1]
        return f"{text}^^{self.shorten(datatype)}"

    def _shorten_iri(self, term: str) -> str:
        head, slash, local = term[1:-1].rpartition("/")
        prefix = _BASES.get(head + slash)
        if prefix is None:
            # Some namespaces end in a hash, and some in an underscore.
            mark = "#" if "#" in local else "_"
            base, mark, local = term[1:-1].rpartition(mark)
            prefix = _BASES.get(base + mark)
        if prefix is None or not _LOCAL.fullmatch(local):
            return term
        self.used.add(prefix)
        return f"{prefix}:{local}"

    def header(self) -> str:
        """Return the prefixes that were used, sorted, a line each."""
        return "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(self.used))


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


def write_subjects(lines: Iterable[str], names: Names) -> str:
    """Return N-Triples lines as Turtle: a block a subject, its types first."""
    return "\n".join(_block(subject, rests, names) for subject, rests in by_subject(lines))


def _block(subject: str, rests: list[str], names: Names) -> str:
    shorten, known = names.shorten, names.known
    types: list[str] = []
    parts: list[str] = []
    last = ""
    for rest in rests:
        predicate, _, value = rest.partition(" ")
        if value[0] == '"' and value[-1] != ">":
            short = value
        else:
            short = known.get(value) or shorten(value)
        if predicate == last:
            parts[-1] += f" , {short}"
        elif predicate == _TYPE:
            types.append(short)
        else:
            parts.append(f"{known.get(predicate) or shorten(predicate)} {short}")
            last = predicate
    if types:
        parts.insert(0, f"a {' , '.join(types)}")
    return f"{shorten(subject)} {f' ;{chr(10)}    '.join(parts)} .\n"
