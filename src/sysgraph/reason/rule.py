"""What a rule is: if its body holds, so does its head; terms are N-Triples text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from sysgraph.terms import PREFIXES, Triple

__all__ = [
    "SUB_CLASS",
    "SUB_PROPERTY",
    "THING",
    "TYPE",
    "Binding",
    "Rule",
    "differ",
    "fill",
    "is_variable",
]

Binding = Mapping[str, str]

TYPE = f"<{PREFIXES['rdf']}type>"
SUB_CLASS = f"<{PREFIXES['rdfs']}subClassOf>"
SUB_PROPERTY = f"<{PREFIXES['rdfs']}subPropertyOf>"
THING = f"<{PREFIXES['owl']}Thing>"


def is_variable(term: str) -> bool:
    """Tell whether a term of a pattern stands for any other."""
    return term[0] == "?"


def differ(one: str, other: str) -> bool:
    """Tell whether two terms stand for two things, which for literals is a matter of value.

    Names are unique; a blank node may stand for anything.

    >>> differ("<a:x>", "<a:y>"), differ("<a:x>", "_:b")
    (True, False)
    """
    if one == other or "_" in (one[0], other[0]):
        return False
    if one[0] != '"' or other[0] != '"':
        return True
    return not ox.Store().query(f"ASK {{ FILTER ({one} = {other}) }}")


@dataclass(frozen=True, slots=True)
class Rule:
    """If all patterns of the body hold, so does the head; a head of None is a contradiction.

    ``name`` is that of the W3C's table, or of the file in ``ontology/rules``. ``axioms`` are the
    statements of the ontology that make the rule, and premises of whatever it concludes.
    ``different`` are pairs of variables that stand for two things. ``absent`` are groups of
    patterns that the ontology must not state. ``every`` are pairs of patterns: for whatever the
    ontology states of the first form, the second must hold. ``text`` is the SPARQL of a rule
    that came from a file.
    """

    name: str
    body: tuple[Triple, ...]
    head: Triple | None
    axioms: tuple[Triple, ...] = ()
    different: tuple[tuple[str, str], ...] = ()
    absent: tuple[tuple[Triple, ...], ...] = ()
    every: tuple[tuple[Triple, Triple], ...] = ()
    text: str = ""


def fill(pattern: Triple, binding: Binding) -> Triple:
    """Return a pattern with the variables replaced that are bound.

    >>> fill(("?x", "<p>", "?y"), {"?x": "<a>"})
    ('<a>', '<p>', '?y')
    """
    subject, predicate, value = pattern
    return (
        binding.get(subject, subject),
        binding.get(predicate, predicate),
        binding.get(value, value),
    )
