"""SPARQL that a person writes: its tokens, what is refused, and what is wrong with it."""

from sysgraph.sparql.check import (
    MAX_BYTES,
    Question,
    check,
    fault_of,
    names_graphs,
    parse,
)
from sysgraph.sparql.tokens import Token, tokens_of

__all__ = [
    "MAX_BYTES",
    "Question",
    "Token",
    "check",
    "fault_of",
    "names_graphs",
    "parse",
    "tokens_of",
]
