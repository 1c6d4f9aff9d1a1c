"""Rules of ``ontology/rules`` as the checker reads them, and terms as it sees them.

Rules are read by a small grammar of their own: what is outside it is refused with its place. The
engine reads the same texts with rdflib's parser, so that two readers have to agree.

Source: SPARQL 1.1 Query Language, section 19.8, https://www.w3.org/TR/sparql11-query/#grammar
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.terms import PREFIXES, Triple

__all__ = ["Reading", "are_two", "count_of", "is_statement", "read_rule"]

_TOKEN = re.compile(
    r"""(?P<space> [ \t\r\n]+ | \#[^\r\n]* )
    | (?P<iri> <[^\x00-\x20<>"{}|^`\\]*> )
    | (?P<variable> [?$][A-Za-z_][A-Za-z0-9_]*+ (?![^\x00-\x7f]) )
    | (?P<name> (?:[A-Za-z][A-Za-z0-9_-]*+)? : [A-Za-z0-9_-]*+
        (?! \.*[A-Za-z0-9_:%\\-] | [^\x00-\x7f] ) )
    | (?P<word> [A-Za-z]++ (?! \.*[A-Za-z0-9_:-] | [^\x00-\x7f] ) )
    | (?P<mark> != | && | [{}().;,] )""",
    re.VERBOSE,
)
_FORM = (
    "a rule is CONSTRUCT { one triple } WHERE { triples, FILTER (?a != ?b), FILTER NOT EXISTS"
    " { triples } or FILTER NOT EXISTS { a triple FILTER NOT EXISTS { a triple } } }"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule demands and concludes.

    All of ``body`` must be given, each pair of ``different`` be two things, no group of
    ``absent`` be asserted, and for whatever is asserted of the first of a pair of ``every``
    the second be given.
    """

    head: Triple
    body: tuple[Triple, ...]
    different: tuple[tuple[str, str], ...]
    absent: tuple[tuple[Triple, ...], ...]
    every: tuple[tuple[Triple, Triple], ...]


@dataclass(slots=True)
class _Group:
    triples: list[Triple]
    different: list[tuple[str, str]]
    nested: list[_Group]


def read_rule(text: str, where: str) -> Reading:
    """Return what a rule says.

    Raises:
        BadSparql: it is not in the form that the checker understands; carries the line.
    """
    return _RuleReader(text, where).rule()


class _RuleReader:
    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self._prefixes: dict[str, str] = {}
        self._tokens = list(self._split(text))
        self._at = 0

    def _split(self, text: str) -> Iterator[tuple[str, str, int]]:
        at, line = 0, 1
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise BadSparql(self._where, f"'{text[at : at + 12]}' is refused; {_FORM}", line)
            if found.lastgroup != "space":
                yield str(found.lastgroup), found.group(), line
            line += found.group().count("\n")
            at = found.end()
        yield "end", "the end", line

    def _refuse(self, what: str) -> NoReturn:
        raise BadSparql(self._where, f"{what} is refused; {_FORM}", self._tokens[self._at][2])

    def _is(self, *words: str) -> bool:
        """Tell whether some marks or key words come next."""
        coming = self._tokens[self._at : self._at + len(words)]
        found = [text.upper() for kind, text, _ in coming if kind in ("mark", "word")]
        return found == list(words)

    def _take(self, *words: str) -> bool:
        is_next = self._is(*words)
        self._at += len(words) if is_next else 0
        return is_next

    def _need(self, *words: str) -> None:
        if not self._take(*words):
            self._refuse(f"'{self._tokens[self._at][1]}' in place of {' '.join(words)}")

    def rule(self) -> Reading:
        while self._take("PREFIX"):
            kind, name, _ = self._tokens[self._at]
            if kind != "name" or not name.endswith(":"):
                self._refuse(f"the prefix '{name}'")
            self._at += 1
            self._prefixes[name] = self._iri()
        self._need("CONSTRUCT")
        head = self._group(is_head=True)
        self._take("WHERE")
        body = self._group()
        if self._tokens[self._at][0] != "end":
            self._refuse(f"'{self._tokens[self._at][1]}'")
        if len(head.triples) != 1 or head.different or head.nested or not body.triples:
            self._refuse("this")
        absent = tuple(tuple(group.triples) for group in body.nested if not group.nested)
        every = tuple(self._every(group) for group in body.nested if group.nested)
        different = tuple(body.different)
        reading = Reading(head.triples[0], tuple(body.triples), different, absent, every)
        self._check_variables(reading)
        return reading

    def _every(self, group: _Group) -> tuple[Triple, Triple]:
        (inner, *more) = group.nested
        if more or inner.nested or len(group.triples) != 1 or len(inner.triples) != 1:
            self._refuse("this nesting of NOT EXISTS")
        return group.triples[0], inner.triples[0]

    def _check_variables(self, reading: Reading) -> None:
        known = _variables(*reading.body)
        if not _variables(reading.head) <= known:
            self._refuse("a variable of the conclusion that no premise names")
        # Of texts and numbers it is not for a rule to say which are the same.
        subjects = {subject for subject, _, _ in reading.body}
        if any(not {*pair} <= subjects for pair in reading.different):
            self._refuse("!= between what no premise says something of")
        for condition, demand in reading.every:
            if not _variables(demand) <= known | _variables(condition):
                self._refuse("a variable of the inner NOT EXISTS that nothing else names")

    def _group(self, *, is_head: bool = False) -> _Group:
        found = _Group([], [], [])
        self._need("{")
        while not self._take("}"):
            if self._take("FILTER"):
                self._condition(found)
                self._take(".")
            else:
                self._subject(found, is_head=is_head)
                if not self._take(".") and not self._is("}") and not self._is("FILTER"):
                    self._refuse(f"'{self._tokens[self._at][1]}'")
        return found

    def _condition(self, group: _Group) -> None:
        if self._take("NOT", "EXISTS"):
            nested = self._group()
            if nested.different or not nested.triples:
                self._refuse("NOT EXISTS of anything but triples")
            group.nested.append(nested)
        elif self._take("("):
            self._conjunct(group)
            while self._take("&&"):
                self._conjunct(group)
            self._need(")")
        else:
            self._refuse(f"FILTER {self._tokens[self._at][1]}")

    def _conjunct(self, group: _Group) -> None:
        if self._is("(") or self._is("NOT"):
            self._condition(group)
            return
        one = self._variable()
        self._need("!=")
        group.different.append((one, self._variable()))

    def _variable(self) -> str:
        kind, text, _ = self._tokens[self._at]
        if kind != "variable":
            self._refuse(f"'{text}' in a FILTER")
        self._at += 1
        return f"?{text[1:]}"

    def _subject(self, group: _Group, *, is_head: bool) -> None:
        subject = self._term()
        while True:
            is_a = self._tokens[self._at][:2] == ("word", "a")
            self._at += is_a
            verb = f"<{PREFIXES['rdf']}type>" if is_a else self._term(named=not is_head)
            group.triples.append((subject, verb, self._term()))
            while self._take(","):
                group.triples.append((subject, verb, self._term()))
            if not self._take(";"):
                return
            if self._is(".") or self._is("}") or self._is("FILTER"):
                return

    def _term(self, *, named: bool = False) -> str:
        is_variable = self._tokens[self._at][0] == "variable" and not named
        return self._variable() if is_variable else self._iri()

    def _iri(self) -> str:
        kind, text, _ = self._tokens[self._at]
        if kind == "iri" and ":" in text:
            self._at += 1
            return text
        prefix, colon, name = text.partition(":")
        if kind != "name" or prefix + colon not in self._prefixes:
            self._refuse(f"'{text}' in place of a full or prefixed name")
        self._at += 1
        return f"{self._prefixes[prefix + colon][:-1]}{name}>"


def _variables(*triples: Triple) -> set[str]:
    return {term for triple in triples for term in triple if term.startswith("?")}


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
