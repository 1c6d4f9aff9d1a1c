"""What follows: the ontology closed by owlrl, and its axioms as rules over cases."""

from sysgraph.reason.axioms import Rule, compile_axioms
from sysgraph.reason.chain import infer, read_rules
from sysgraph.reason.closure import close

__all__ = ["Rule", "close", "compile_axioms", "infer", "read_rules"]
