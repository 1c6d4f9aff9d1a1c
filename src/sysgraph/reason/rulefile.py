"""The rules of ``ontology/rules``: CONSTRUCT queries, read as what they demand and conclude."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.header import parse
from sysgraph.paths import display
from sysgraph.reason.axioms import COVERED
from sysgraph.reason.rule import Rule
from sysgraph.sparql import fault_of
from sysgraph.terms import Triple
from sysgraph.verify import read_rule

__all__ = ["read_rules"]

_HEADER = ("summary", "description", "source")
_FORM = (
    "a rule concludes one triple from triples, FILTER (?a != ?b) and FILTER NOT EXISTS { … };"
    " inside the latter only triples, or triples with one more FILTER NOT EXISTS"
)


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the CONSTRUCT rules of a folder, one per ``.rq`` file.

    What FILTER NOT EXISTS speaks of must be stated in the ontology itself, never concluded:
    then what a rule concludes does not hang on when it is run.

    Raises:
        BadHeader: a rule does not say what it concludes.
        BadSparql: a rule is no CONSTRUCT, or none of the form above, or the checker, which
            reads it for itself, would refuse what it concludes.
    """
    return tuple(_read_rule(path) for path in sorted(folder.glob("*.rq")))


def _read_rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    where = display(path)
    parse(text, where, _HEADER)
    try:
        answer = ox.Store().query(text)
    except SyntaxError as error:
        raise fault_of(text, where, error) from error
    if not isinstance(answer, ox.QueryTriples):
        raise BadSparql(where, "a rule must be a CONSTRUCT query")
    if path.stem in COVERED.split():
        raise BadSparql(where, f"{path.stem} is a row of OWL's own tables; name the rule otherwise")
    reading = read_rule(text, where)
    rule = _translate(text, path.stem, where)
    ours = (rule.head, rule.body, rule.different, rule.absent, rule.every)
    theirs = (reading.head, reading.body, reading.different, reading.absent, reading.every)
    if ours != theirs:
        raise BadSparql(where, "the engine and the checker read it in two ways; write it plainer")
    return rule


def _translate(text: str, name: str, where: str) -> Rule:
    from functools import partial

    from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    prologue, query = parseQuery(text)
    # The tree as parsed: rdflib's algebra lifts a nested filter out of the one around it.
    names = translatePrologue(prologue, None)
    tree: Any = traverse(query, visitPost=partial(translatePName, prologue=names))
    heads = _triples(tree.template or [], where)
    body, conditions = _group(tree.where, where)
    different, absent, every = [], [], []
    for condition in conditions:
        if condition.name == "RelationalExpression" and condition.op == "!=":
            different.append((_term(condition.expr, where), _term(condition.other, where)))
        elif condition.name == "Builtin_NOTEXISTS":
            inner, nested = _group(condition.graph, where)
            if nested:
                every.append((_only(inner, where), _demand(nested, where)))
            else:
                absent.append(tuple(inner))
        else:
            raise BadSparql(where, _FORM)
    return Rule(
        name,
        tuple(body),
        _only(heads, where),
        different=tuple(different),
        absent=tuple(absent),
        every=tuple(every),
        text=text,
    )


def _only(triples: list[Triple], where: str) -> Triple:
    if len(triples) != 1:
        raise BadSparql(where, _FORM)
    return triples[0]


def _demand(nested: list[Any], where: str) -> Triple:
    if len(nested) != 1 or nested[0].name != "Builtin_NOTEXISTS":
        raise BadSparql(where, _FORM)
    demand, deeper = _group(nested[0].graph, where)
    if deeper:
        raise BadSparql(where, _FORM)
    return _only(demand, where)


def _group(node: Any, where: str) -> tuple[list[Triple], list[Any]]:
    """Return the patterns of a group, and its filters."""
    patterns: list[Triple] = []
    conditions: list[Any] = []
    for part in node.part:
        if part.name == "TriplesBlock":
            patterns += _triples(part.triples, where)
        elif part.name == "Filter":
            conditions += _conjuncts(part.expr)
        else:
            raise BadSparql(where, _FORM)
    return patterns, conditions


def _conjuncts(expression: Any) -> Iterator[Any]:
    expression = _unwrap(expression)
    if getattr(expression, "name", "") == "ConditionalAndExpression":
        for part in (expression.expr, *expression.other):
            yield from _conjuncts(part)
    else:
        yield expression


def _unwrap(node: Any) -> Any:
    """Return what a chain of grammar rules with one part each comes to."""
    while getattr(node, "name", "").endswith("Expression") and not node.other:
        node = node.expr
    while getattr(node, "name", "").startswith("Path") and not getattr(node, "mod", None):
        if isinstance(node.part, list) and len(node.part) != 1:
            break
        node = node.part[0] if isinstance(node.part, list) else node.part
    return node


def _triples(blocks: Any, where: str) -> list[Triple]:
    terms = [_term(term, where) for block in blocks for term in block]
    found = list(zip(terms[::3], terms[1::3], terms[2::3], strict=True))
    if any(predicate.startswith("?") for _, predicate, _ in found):
        raise BadSparql(where, "a rule names its properties; a variable cannot stand for one")
    return found


def _term(term: Any, where: str) -> str:
    from rdflib.term import Literal, URIRef, Variable

    plain = _unwrap(term)
    if not isinstance(plain, Variable | URIRef | Literal):
        raise BadSparql(where, _FORM)
    return plain.n3()
