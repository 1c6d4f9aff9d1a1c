"""Whether a query is safe to run, judged from its tokens before any engine reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pyoxigraph as ox

from sysgraph.errors import BadSparql, suggest
from sysgraph.sparql.syntax import END, first_fault
from sysgraph.sparql.tokens import Token, place_of, tokens_of
from sysgraph.terms import PREFIXES

__all__ = ["MAX_BYTES", "Question", "check", "fault_of", "names_graphs", "parse"]

MAX_BYTES = 1_000_000
"""Of a query; its tokens are gone through in seconds at most."""

_MAX_DEPTH = 64
_MAX_PARTS = 500
"""Oxigraph recurses once for each part of a chain, and ends the process at some 2,500."""

_CHAINED = frozenset(["!", "+", "-", "*", "/", "|", "||", "&&", "^", "<<", "<<("])
_CLOSING = {"(": ")", "{": "}", "[": "]"}
_REFUSED = {
    "SERVICE": "asks another server, which is refused",
    "LOAD": "loads a document from elsewhere, which is refused",
    **dict.fromkeys(
        ("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"),
        "would change data; only questions are run",
    ),
}
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_KINDS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_WORDS = {
    "IRI": "an address in < >",
    "NAME": "a name with a prefix",
    "VARIABLE": "a variable",
    "NUMBER": "a number",
    "TEXT": "a text in quotes",
    "BLANK": "a blank node",
    "LANGUAGE": "a language",
    END: END,
}

_UNSAID = (
    "its words are in order, and the engine refuses what they say up to here: perhaps a variable"
    " is given twice, a row of VALUES does not fit its variables, a blank node stands in two"
    " groups, or a function has too many or too few arguments"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for: its kind, and the graphs that it names with FROM.

    ``text`` is the query with those of sysgraph's prefixes that it uses and does not declare.
    """

    kind: str
    graphs: tuple[str, ...]
    text: str


def check(query: str, where: str) -> Question:
    """Return what kind of question a query is, once it is safe to hand to an engine.

    Raises:
        BadSparql: it would change data, reach the network, nests or chains too much, leaves a
            bracket open, or uses a prefix that neither it nor sysgraph declares.
    """
    escaped = re.search(r"\\[uU][0-9A-Fa-f]", query)
    if escaped:
        reason = "\\u escapes are refused in queries; write the character itself"
        raise BadSparql(where, reason, *place_of(query, escaped.start()))
    return _Reader(query, where).question()


def names_graphs(query: str) -> bool:
    """Tell whether a query names the graphs that it is about with FROM."""
    if "FROM" not in query.upper():
        return False
    depth = 0
    for token in tokens_of(query, "the query"):
        if token.kind == "sign":
            depth += (token.text in _CLOSING) - (token.text in _CLOSING.values())
        elif token.kind == "word" and token.text.upper() == "FROM" and not depth:
            return True
    return False


class _Reader:
    """A walk over the tokens of a query."""

    def __init__(self, query: str, where: str) -> None:
        self.query, self.where = query, where
        self.tokens = [*tokens_of(query, where)]
        self.open: list[Token] = []
        self.kinds: list[str] = []
        self.graphs: list[str] = []
        self.prefixes = dict(PREFIXES)
        self.own: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.parts = 0
        self.in_values = self.has_base = False

    def question(self) -> Question:
        for number, token in enumerate(self.tokens):
            if token.kind == "sign":
                self._sign(token)
            elif token.kind == "word":
                self._word(token, self.tokens[number + 1 : number + 3])
            elif token.kind == "name":
                self._name(token, self.tokens[number + 1 : number + 3])
            elif token.kind == "iri":
                self._iri(token)
        if self.open:
            token = self.open[-1]
            raise self._fault(token, f"the '{token.text}' that opens here is never closed")
        if not self.kinds:
            fault = first_fault(self.tokens)
            if fault is not None and fault[0] < len(self.tokens):
                raise _fault_at(self.query, self.where, self.tokens, *fault)
            raise BadSparql(self.where, "it is no SELECT, ASK, CONSTRUCT or DESCRIBE")
        lines = [f"PREFIX {prefix}: <{base}> " for prefix, base in self.left_out.items()]
        # In one line, so that what a server says of a line is true of the person's own text.
        return Question(self.kinds[0], tuple(self.graphs), "".join([*lines, self.query]))

    def _fault(self, token: Token, reason: str) -> BadSparql:
        return BadSparql(self.where, reason, *place_of(self.query, token.at))

    def _count(self, token: Token) -> None:
        self.parts += 0 if self.in_values else 1
        if self.parts > _MAX_PARTS:
            reason = (
                f"it has more than {_MAX_PARTS} brackets and operators;"
                " write it shorter, such as with IN or VALUES"
            )
            raise self._fault(token, reason)

    def _sign(self, token: Token) -> None:
        if token.text in _CLOSING:
            self._count(token)
            self.open.append(token)
            if len(self.open) > _MAX_DEPTH:
                raise self._fault(token, f"brackets nest deeper than {_MAX_DEPTH}")
        elif token.text in _CLOSING.values():
            opened = self.open.pop() if self.open else None
            if opened is None:
                raise self._fault(token, f"this '{token.text}' closes nothing")
            if _CLOSING[opened.text] != token.text:
                line, column = place_of(self.query, opened.at)
                reason = f"this '{token.text}' cannot close the '{opened.text}' of {line}:{column}"
                raise self._fault(token, reason)
            self.in_values = self.in_values and token.text != "}"
        elif token.text in _CHAINED:
            self._count(token)

    def _word(self, token: Token, following: Sequence[Token]) -> None:
        word = token.text.upper()
        if word in _REFUSED:
            raise self._fault(token, f"{word} {_REFUSED[word]}")
        self._refuse_service(token, following)
        if word in _KINDS:
            self.kinds.append(word)
        elif word == "VALUES":
            self._count(token)
            self.in_values = True  # its rows stand side by side, and are as many as they like
        elif word == "PREFIX" and [each.kind for each in following[:2]] == ["name", "iri"]:
            prefix = following[0].text.rstrip(":")
            self.prefixes[prefix] = self.own[prefix] = following[1].text[1:-1]
        elif word == "BASE":
            self.has_base = True
        elif word == "FROM" and not self.open:
            self._from(token, following)

    def _refuse_service(self, token: Token, following: Sequence[Token]) -> None:
        # The engine wants no space after SERVICE: "SERVICEex:a {" asks another server as well.
        if "SERVICE" in token.text.upper() and "{" in [each.text for each in following[:2]]:
            raise self._fault(token, f"SERVICE {_REFUSED['SERVICE']}")

    def _name(self, token: Token, following: Sequence[Token]) -> None:
        self._refuse_service(token, following)
        prefix = token.text.partition(":")[0]
        if prefix not in self.own and prefix in PREFIXES:
            self.left_out[prefix] = PREFIXES[prefix]
        if not self.open and self.kinds == ["DESCRIBE"]:
            self._count(token)
        if prefix not in self.prefixes:
            near = suggest([f"{each}:" for each in get_close_matches(prefix, self.prefixes, n=1)])
            said = _shown(prefix)
            way = near or f"; write PREFIX {said}: <…> above"
            raise self._fault(token, f"the prefix '{said}:' is not declared{way}")
        if prefix.upper().startswith("FROM") and not self.open:
            raise self._fault(token, "write a space after FROM, and no prefix that begins with it")

    def _iri(self, token: Token) -> None:
        if not self.open and self.kinds == ["DESCRIBE"]:
            self._count(token)
        if not self.has_base and not _ABSOLUTE.match(token.text):
            said = _shown(token.text)
            reason = f"'{said}' is no whole address; write it with its scheme, as <https://…>"
            raise self._fault(token, reason)

    def _from(self, token: Token, following: Sequence[Token]) -> None:
        for each in [each for each in following if each.text.upper() != "NAMED"][:1]:
            prefix, _, rest = each.text.partition(":")
            whole = f"<{self.prefixes.get(prefix, '')}{rest}>" if each.kind == "name" else each.text
            if not _ABSOLUTE.match(whole):
                raise self._fault(token, "after FROM, write the whole name of a graph in < >")
            self.graphs.append(whole[1:-1])


def parse(query: str, where: str) -> None:
    """Have a query that was checked parsed by the engine, which runs it on nothing.

    Raises:
        BadSparql: it is not SPARQL; carries line and column.
    """
    try:
        ox.Store().query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        raise fault_of(query, where, error) from error
    except RuntimeError as error:  # such as a function that is none
        raise BadSparql(where, f"the engine cannot answer it: {error}") from error


def fault_of(query: str, where: str, error: SyntaxError) -> BadSparql:
    """Return in words what is wrong with a query that the engine refuses.

    The engine lists every character that could have stood where it gave up, which is often far
    behind the fault, so that syntax is followed here; what is wrong beyond it, it says itself.
    """
    tokens = [*tokens_of(query, where)]
    fault = first_fault(tokens)
    if fault is not None:
        return _fault_at(query, where, tokens, *fault)
    place = re.match(r"error at (\d+):(\d+)", str(error.msg))
    line, column = map(int, place.groups()) if place else (None, None)
    said = re.search(r"(?:expected|one of|,) ([A-Z]\w* [^,\[\n]+)", str(error.msg))
    return BadSparql(where, said.group(1).strip() if said else _UNSAID, line, column)


def _fault_at(
    query: str, where: str, tokens: Sequence[Token], number: int, wanted: set[str]
) -> BadSparql:
    if number == len(tokens):
        reason = f"the query ends too early{_wanted(wanted)}"
        return BadSparql(where, reason, *place_of(query, len(query.rstrip())))
    token = tokens[number]
    near = get_close_matches(token.text.upper(), wanted - {*_WORDS}, n=1)
    way = suggest(near) if near and token.kind == "word" else _wanted(wanted)
    return BadSparql(
        where, f"'{_shown(token.text)}' cannot stand here{way}", *place_of(query, token.at)
    )


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _wanted(wanted: set[str]) -> str:
    if len(wanted) > 8:
        return ""
    said = sorted(_WORDS.get(name, f"'{name}'") for name in wanted)
    return f"; what can: {', '.join(said)}"
