"""Whether a SPARQL query is a question that is safe to run, and where it leaves the syntax.

Both are told from its tokens, in linear time and before any engine reads it.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from sysgraph.errors import BadSparql, suggest
from sysgraph.terms import PREFIXES

__all__ = [
    "MAX_BYTES",
    "CheckedQuery",
    "Token",
    "check",
    "fault_of",
    "first_fault",
    "names_graphs",
    "parse",
    "tokens_of",
]

# Possessive, so that a text of any length is passed in one step and nothing is tried again.
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]++|\#[^\n\r]*+)
      | (?P<text>\"\"\"(?:[^"\\]++|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]++|\\.|'(?!''))*+'''
        |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+')
      | (?P<endless>["'])
      | (?P<iri><[^<>"{}|^`\\\s]*+>)
      | (?P<variable>[?$]\w++)
      | (?P<language>@[A-Za-z]++(?:--?[A-Za-z0-9]++)*+)
      | (?P<run>_:[\w.\-]*+
        |[^\W\d_][\w.\-]*+(?::(?:[\w.:%\-]|\\.)*+)?|:(?:[\w.:%\-]|\\.)*+)
      | (?P<number>\d*+\.?\d++(?:[eE][+-]?\d++)?|\d++)
      | (?P<sign><<\(|<<|>>|\^\^|&&|\|\||[!<>]=|\\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"\w+|.")
_CLOSING = {"(": ")", "{": "}", "[": "]"}


class Token(NamedTuple):
    """A piece of a query that means something, where it begins, and how many brackets hold it.

    Its kind is ``text``, ``iri``, ``variable``, ``language``, ``blank``, ``name`` (with a
    prefix), ``word``, ``number`` or ``sign``.
    """

    kind: str
    text: str
    at: int
    depth: int

    def says(self, word: str) -> bool:
        """Tell whether it is a key word, in whatever letters."""
        return self.kind == "word" and self.text.upper() == word


def tokens_of(query: str, where: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments.

    Raises:
        BadSparql: a text has no end.
    """
    depth = 0
    for kind, text, at in _pieces(query):
        if kind == "endless":
            reason = "the text that begins here has no end; close it with the same quotes"
            raise BadSparql(where, reason, *place_of(query, at))
        if kind == "sign" and text in _CLOSING.values():
            depth -= 1
        yield Token(kind, text, at, depth)
        if kind == "sign" and text in _CLOSING:
            depth += 1


def _pieces(query: str) -> Iterator[tuple[str, str, int]]:
    """Yield a name with a prefix as one piece, and else words with the signs between them."""
    for match in _TOKEN.finditer(query):
        kind, text, at = str(match.lastgroup), match.group(), match.start()
        if kind == "run":
            name = text.rstrip(".") if ":" in text else ""
            if name:
                yield "blank" if name.startswith("_:") else "name", name, at
            for word in _WORD.finditer(text, len(name)):
                yield "sign" if word.group()[0] in ".-" else "word", word.group(), at + word.start()
        elif kind != "space":
            yield kind, text, at


def place_of(query: str, at: int) -> tuple[int, int]:
    """Return the line and the column of a place in a text, counted from 1."""
    return query.count("\n", 0, at) + 1, at - query.rfind("\n", 0, at)


END = "the end"
_PIECE = re.compile(r"'[^']+'|\w+|[()|?*+]")


@dataclass(slots=True, eq=False)
class _Node:
    """A part of the grammar: ``seq``, ``alt``, ``opt``, ``star`` of parts, ``rule``, ``token``."""

    kind: str
    name: str = ""
    parts: list[_Node] = field(default_factory=list)


_WHOLE = (_Node("token", END), _Node("rule", "Query"))


def first_fault(tokens: Sequence[Token]) -> tuple[int, set[str]] | None:
    """Return the index of the first token that cannot stand there, with what could; or None.

    The index is that of the end if the query stops too early. SPARQL's grammar is LL(1): one
    token always decides which way to go, so that the first fault is the first token without a
    way. No call stack is used, however deep the query.
    """
    names = [*map(_name_of, tokens), END]
    stack, at = [*_WHOLE], 0
    wanted: set[str] = set()
    while stack:
        node = stack.pop()
        starts = _starts(node)
        if names[at] not in starts:
            wanted |= starts - {""}
            if "" not in starts:
                return at, wanted
        elif node.kind == "token":
            at, wanted = at + 1, set()
        elif node.kind == "rule":
            stack.append(_grammar()[node.name])
        elif node.kind == "alt":
            stack.append(next(part for part in node.parts if names[at] in _starts(part)))
        else:
            stack += [node] if node.kind == "star" else []
            stack += reversed(node.parts)
    return None


def _name_of(token: Token) -> str:
    if token.kind == "word":
        return token.text if token.text == "a" else token.text.upper()
    return token.text if token.kind == "sign" else token.kind.upper()


@cache
def _starts(node: _Node) -> frozenset[str]:
    """Return the tokens that a part can begin with, and "" if it can be left out."""
    if node.kind == "token":
        return frozenset([node.name])
    if node.kind == "rule":
        return _starts(_grammar()[node.name])
    if node.kind == "alt":
        return frozenset[str]().union(*map(_starts, node.parts))
    found = frozenset([""])
    for part in node.parts:
        if "" in found:
            found = found - {""} | _starts(part)
    return found if node.kind == "seq" else found | {""}


@cache
def _grammar() -> dict[str, _Node]:
    text = Path(__file__).with_name("query.ebnf").read_text(encoding="utf-8")
    rules = re.findall(r"^(\w+) ::= (.+)$", text, re.MULTILINE)
    return {name: _alternatives(iter([*_PIECE.findall(body), ")"])) for name, body in rules}


def _alternatives(pieces: Iterator[str]) -> _Node:
    """Read up to the closing bracket that belongs to an opening one read before."""
    choices = [_Node("seq")]
    for piece in pieces:
        parts = choices[-1].parts
        match piece:
            case ")":
                break
            case "|":
                choices.append(_Node("seq"))
            case "(":
                parts.append(_alternatives(pieces))
            case "?":
                parts[-1] = _Node("opt", parts=[parts[-1]])
            case "*":
                parts[-1] = _Node("star", parts=[parts[-1]])
            case "+":
                parts.append(_Node("star", parts=[parts[-1]]))
            case _:
                kind = "token" if piece.isupper() or piece[0] == "'" else "rule"
                parts.append(_Node(kind, piece.strip("'")))
    return choices[0] if len(choices) == 1 else _Node("alt", parts=choices)


MAX_BYTES = 1_000_000
"""Of a query; its tokens are gone through in seconds at most."""

_MAX_DEPTH = 64
_MAX_PARTS = 500
"""Oxigraph recurses once for each part of a chain, and ends the process at some 2,500."""

_CHAINED = frozenset(["!", "+", "-", "*", "/", "|", "||", "&&", "^", "<<", "<<("])
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
class CheckedQuery:
    """What a query asks for: its kind, and the graphs that it names with FROM.

    ``text`` is the query with those of sysgraph's prefixes that it uses and does not declare;
    ``iris`` are all that it names, what its prefixes stand for among them.
    """

    kind: str
    graphs: tuple[str, ...]
    text: str
    iris: tuple[str, ...] = ()


def check(query: str, where: str) -> CheckedQuery:
    """Return what kind of question a query is, once it is safe to hand to an engine.

    Raises:
        BadSparql: it would change data, reach the network, nests or chains too much, leaves a
            bracket open, or uses a prefix that neither it nor sysgraph declares.
    """
    escaped = re.search(r"\\[uU][0-9A-Fa-f]", query)
    if escaped:
        reason = "\\u escapes are refused in queries; write the character itself"
        raise BadSparql(where, reason, *place_of(query, escaped.start()))
    return _Walk(query, where).checked()


def names_graphs(query: str) -> bool:
    """Tell whether a query names the graphs that it is about with FROM."""
    return "FROM" in query.upper() and any(
        token.says("FROM") and not token.depth for token in tokens_of(query, "the query")
    )


class _Walk:
    """A walk over the tokens of a query, refused at the first that is not safe."""

    def __init__(self, query: str, where: str) -> None:
        self.query, self.where = query, where
        self.tokens = [*tokens_of(query, where)]
        self.open: list[Token] = []
        self.kinds: list[str] = []
        self.graphs: list[str] = []
        self.iris: list[str] = []
        self.own: dict[str, str] = {}
        self.prefixes = ChainMap(self.own, PREFIXES)
        self.left_out: dict[str, str] = {}
        self.parts = 0
        self.in_values = self.has_base = False

    def checked(self) -> CheckedQuery:
        walks = {"sign": self._sign, "word": self._word, "name": self._name, "iri": self._iri}
        for number, token in enumerate(self.tokens):
            if token.kind in walks:
                walks[token.kind](token, self.tokens[number + 1 : number + 3])
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
        text, iris = "".join([*lines, self.query]), tuple(dict.fromkeys(self.iris))
        return CheckedQuery(self.kinds[0], tuple(self.graphs), text, iris)

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

    def _sign(self, token: Token, _: Sequence[Token]) -> None:
        if token.text in _CLOSING:
            self._count(token)
            self.open.append(token)
            if len(self.open) > _MAX_DEPTH:
                raise self._fault(token, f"brackets nest deeper than {_MAX_DEPTH}")
        elif token.text in _CLOSING.values():
            if not self.open:
                raise self._fault(token, f"this '{token.text}' closes nothing")
            opened = self.open.pop()
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
        elif word == "PREFIX" and [each.kind for each in following] == ["name", "iri"]:
            self.own[following[0].text.rstrip(":")] = following[1].text[1:-1]
        elif word == "BASE":
            self.has_base = True
        elif word == "FROM" and not token.depth:
            self._from(token, following)

    def _refuse_service(self, token: Token, following: Sequence[Token]) -> None:
        # The engine wants no space after SERVICE: "SERVICEex:a {" asks another server as well.
        if "SERVICE" in token.text.upper() and "{" in [each.text for each in following]:
            raise self._fault(token, f"SERVICE {_REFUSED['SERVICE']}")

    def _name(self, token: Token, following: Sequence[Token]) -> None:
        self._refuse_service(token, following)
        self._count_described(token)
        prefix, _, rest = token.text.partition(":")
        if prefix not in self.prefixes:
            near = suggest([f"{each}:" for each in get_close_matches(prefix, self.prefixes, n=1)])
            said = _shown(prefix)
            way = near or f"; write PREFIX {said}: <…> above"
            raise self._fault(token, f"the prefix '{said}:' is not declared{way}")
        if prefix not in self.own:
            self.left_out[prefix] = PREFIXES[prefix]
        plain = rest.replace("\\", "")
        self.iris.append(f"{self.prefixes[prefix]}{plain}")
        if prefix.upper().startswith("FROM") and not token.depth:
            raise self._fault(token, "write a space after FROM, and no prefix that begins with it")

    def _iri(self, token: Token, _: Sequence[Token]) -> None:
        self._count_described(token)
        if not self.has_base and not _ABSOLUTE.match(token.text):
            said = _shown(token.text)
            reason = f"'{said}' is no whole address; write it with its scheme, as <https://…>"
            raise self._fault(token, reason)
        self.iris.append(token.text[1:-1])

    def _count_described(self, token: Token) -> None:
        if not token.depth and self.kinds == ["DESCRIBE"]:
            self._count(token)

    def _from(self, token: Token, following: Sequence[Token]) -> None:
        for each in [each for each in following if not each.says("NAMED")][:1]:
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
