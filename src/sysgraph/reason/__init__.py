"""What follows: the axioms of the ontology and its rules as a program, run case by case."""

from sysgraph.reason.archive import freeze, thaw
from sysgraph.reason.axioms import COVERED, compile_axioms
from sysgraph.reason.closure import close, close_by_owlrl, knowledge
from sysgraph.reason.conclusions import Conclusions, Derivation, Derivations
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.facts import Facts, Instance, close_facts, instances
from sysgraph.reason.locality import Profile, prove_locality
from sysgraph.reason.program import Program, specialise
from sysgraph.reason.rule import Rule
from sysgraph.reason.rulefile import read_rules
from sysgraph.reason.trace import Tracer

__all__ = [
    "COVERED",
    "Conclusions",
    "Derivation",
    "Derivations",
    "Facts",
    "Instance",
    "Profile",
    "Program",
    "Reasoner",
    "Rule",
    "Tracer",
    "close",
    "close_by_owlrl",
    "close_facts",
    "compile_axioms",
    "freeze",
    "instances",
    "knowledge",
    "prove_locality",
    "read_rules",
    "specialise",
    "thaw",
]
