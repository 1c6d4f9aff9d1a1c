"""A compiled ontology as bytes, so that it is compiled once."""

from __future__ import annotations

import json
from typing import Any

from sysgraph.reason.facts import Facts
from sysgraph.reason.locality import Key
from sysgraph.reason.program import Program, specialise
from sysgraph.reason.rule import Rule
from sysgraph.terms import Triple

__all__ = ["freeze", "thaw"]


def freeze(program: Program) -> bytes:
    """Return a program as JSON: its rules, what is stated, what follows, what a case can reach."""
    rules = [
        [r.name, r.body, r.head, r.axioms, r.different, r.absent, r.every, r.text]
        for r in program.rules
    ]
    derived = sorted(program.schema.all - program.stated.all)
    reach = None if program.reach is None else sorted(program.reach)
    content = {
        "rules": rules,
        "stated": sorted(program.stated.all),
        "derived": derived,
        "reach": reach,
    }
    return json.dumps(content, ensure_ascii=False).encode()


def thaw(data: bytes) -> Program:
    """Return the program that was frozen.

    Raises:
        ValueError, KeyError, TypeError: these bytes are no frozen program.
    """
    content: dict[str, Any] = json.loads(data)
    stated = Facts(_triple(triple) for triple in content["stated"])
    schema = Facts([*stated.all, *(_triple(triple) for triple in content["derived"])])
    reach: frozenset[Key] | None = None
    if content["reach"] is not None:
        reach = frozenset((predicate, kind) for predicate, kind in content["reach"])
    return specialise([_rule(*fields) for fields in content["rules"]], schema, stated, reach)


def _triple(terms: list[str]) -> Triple:
    subject, predicate, value = terms
    return subject, predicate, value


def _rule(
    name: str,
    body: list[list[str]],
    head: list[str] | None,
    axioms: list[list[str]],
    *rest: Any,
) -> Rule:
    different, absent, every, text = rest
    return Rule(
        name,
        tuple(_triple(t) for t in body),
        _triple(head) if head else None,
        tuple(_triple(t) for t in axioms),
        tuple((one, other) for one, other in different),
        tuple(tuple(_triple(t) for t in group) for group in absent),
        tuple((_triple(condition), _triple(demand)) for condition, demand in every),
        text,
    )
