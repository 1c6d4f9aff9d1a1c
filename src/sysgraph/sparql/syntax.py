"""Where a query leaves the syntax of SPARQL: the first token that cannot stand where it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sysgraph.sparql.tokens import Token

__all__ = ["END", "first_fault"]

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
