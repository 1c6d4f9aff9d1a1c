"""An independent checker of proofs: it shares no code with the engine that finds them.

A proof is sound if each leaf is asserted, and each step is an instance of a row of the W3C's
OWL 2 RL tables or of a rule of ``ontology/rules``, with no premise missing and none idle.
"""

from sysgraph.verify.checker import Checker
from sysgraph.verify.rules import Reading, read_rule
from sysgraph.verify.values import is_statement

__all__ = ["Checker", "Reading", "is_statement", "read_rule"]
