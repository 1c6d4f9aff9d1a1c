"""The tokens of a SPARQL query, in linear time, whatever the query.

Where a query leaves the syntax of SPARQL: the first token that cannot stand where it does.
Whether a query is safe to run, judged from its tokens before any engine reads it.
"""

from __future__ import annotations

import re
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
    "Question",
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
      | (?P<blank>_:[\w.\-]*+)
      | (?P<run>[^\W\d_][\w.\-]*+(?::(?:[\w.:%\-]|\\.)*+)?|:(?:[\w.:%\-]|\\.)*+)
      | (?P<number>\d*+\.?\d++(?:[eE][+-]?\d++)?|\d++)
      | (?P<sign><<\(|<<|>>|\^\^|&&|\|\||[!<>]=|\\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"\w+|.")


class Token(NamedTuple):
    """A piece of a query that means something, and where it begins.

    Its kind is ``text``, ``iri``, ``variable``, ``language``, ``blank``, ``name`` (with a
    prefix), ``word``, ``number`` or ``sign``.
    """

    kind: str
    text: str
    at: int


def tokens_of(query: str, where: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments.

    Raises:
        BadSparql: a text has no end.
    """
    for match in _TOKEN.finditer(query):
        kind, text, at = match.lastgroup or "", match.group(), match.start()
        if kind == "endless":
            reason = "the text that begins here has no end; close it with the same quotes"
            raise BadSparql(where, reason, *place_of(query, at))
        if kind in ("run", "blank"):
            yield from _parts(text, at)
        elif kind != "space":
            yield Token(kind, text, at)


def _parts(text: str, at: int) -> Iterator[Token]:
    """Yield a name with a prefix as one token, and else words with the signs between them."""
    if ":" in text:
        name = text.rstrip(".")
        yield Token("blank" if name.startswith("_:") else "name", name, at)
        rest, at = text[len(name) :], at + len(name)
    else:
        rest = text
    for match in _WORD.finditer(rest):
        kind = "word" if match.group()[0] not in ".-" else "sign"
        yield Token(kind, match.group(), at + match.start())


def place_of(query: str, at: int) -> tuple[int, int]:
    """Return the line and the column of a place in a text, counted from 1."""
    return query.count("\n", 0, at) + 1, at - query.rfind("\n", 0, at)


END = "the end"
_PIECE = re.compile(r"'[^']+'|\w+|[()|?*+]")


@dataclass(slots=True, eq=False)
class _Node:
    """A part of the grammar: ``seq``, ``alt``, ``opt`` or ``star`` of parts, ``rule``, ``token``.

    ``starts`` are the tokens that it can begin with; ``empty`` says that it can be left out.
    """

    kind: str
    name: str = ""
    parts: list[_Node] = field(default_factory=list)
    starts: set[str] = field(default_factory=set)
    empty: bool = False


def first_fault(tokens: Sequence[Token]) -> tuple[int, set[str]] | None:
    """Return the index of the first token that cannot stand there, with what could; or None.

    The index is that of the end if the query stops too early. SPARQL's grammar is LL(1): one
    token always decides which way to go, so that the first fault is the first token without a
    way. No call stack is used, however deep the query.
    """
    rules = _grammar()
    names = [*map(_name_of, tokens), END]
    stack, at = [_Node("token", END), rules["Query"]], 0
    wanted: set[str] = set()
    while stack:
        node = stack.pop()
        fits = names[at] in node.starts
        if node.kind == "token":
            if names[at] != node.name:
                return at, wanted | {node.name}
            at += 1
            wanted = set()
            continue
        wanted |= set() if fits else node.starts
        if not fits and node.empty:
            continue
        match node.kind:
            case "rule":
                stack.append(rules[node.name])
            case "star":
                stack += [node, node.parts[0]]
            case "opt":
                stack.append(node.parts[0])
            case "alt":
                chosen = [part for part in node.parts if names[at] in part.starts]
                if not chosen:
                    return at, wanted
                stack.append(chosen[0])
            case _:
                stack += reversed(node.parts)
    return None


def _name_of(token: Token) -> str:
    if token.kind == "word":
        return token.text if token.text == "a" else token.text.upper()
    return token.text if token.kind == "sign" else token.kind.upper()


@cache
def _grammar() -> dict[str, _Node]:
    text = (Path(__file__).with_name("query.ebnf")).read_text(encoding="utf-8")
    rules = {}
    for name, body in re.findall(r"^(\w+) ::= (.+)$", text, re.MULTILINE):
        rules[name] = _alternatives(iter([*_PIECE.findall(body), ")"]))
    while any([_learn(node, rules) for node in rules.values()]):  # noqa: C419 - all must be tried
        pass
    return rules


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
            case _ if piece.isupper() or piece[0] == "'":
                parts.append(_Node("token", piece.strip("'")))
            case _:
                parts.append(_Node("rule", piece))
    return choices[0] if len(choices) == 1 else _Node("alt", parts=choices)


def _learn(node: _Node, rules: dict[str, _Node]) -> bool:
    """Bring up to date what a part begins with; tell whether anything was new."""
    news = [_learn(part, rules) for part in node.parts]
    before = len(node.starts), node.empty
    if node.kind == "token":
        node.starts.add(node.name)
    elif node.kind == "rule":
        node.starts |= rules[node.name].starts
        node.empty = rules[node.name].empty
    elif node.kind == "seq":
        node.empty = all(part.empty for part in node.parts)
        for part in node.parts:
            node.starts |= part.starts
            if not part.empty:
                break
    else:
        node.starts |= {name for part in node.parts for name in part.starts}
        node.empty = node.kind != "alt" or any(part.empty for part in node.parts)
    return any(news) or before != (len(node.starts), node.empty)


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
