"""What reasons over cases by the shipped ontology, and its proof that no rule joins two cases."""

from collections.abc import Iterable
from functools import cache

from sysgraph.cache import made
from sysgraph.errors import UnsupportedAxiom
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.rdf import triples_of
from sysgraph.reason.axioms import (
    close,
    close_by_owlrl,
    compile_axioms,
    knowledge,
    read_rules,
    settle,
)
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import Profile, freeze, prove_locality, specialise, thaw
from sysgraph.reason.rules import Facts, Rule
from sysgraph.terms import Triple, compact
from sysgraph.vocabulary import Vocabulary

__all__ = ["PROGRAM", "compile_ontology", "reasoner", "rules_of"]

PROGRAM = ("program.json",)
"""Under which name it is kept."""


@cache
def reasoner() -> Reasoner:
    """Return what reasons over cases by the shipped ontology; compiled once, and then kept.

    Raises:
        DataNotFound: the package has no data.
        Inconsistent: the ontology contradicts itself.
        UnsupportedAxiom, NotCaseLocal: it says something that is not covered.
    """
    return Reasoner(thaw(made(lambda: freeze(compile_ontology().program), *PROGRAM)))


def compile_ontology() -> Reasoner:
    """Return what reasons over cases by the shipped ontology, compiled anew.

    owlrl closes the ontology as well, and must not find anything that the rules do not.

    Raises:
        BadFile: a file of the ontology is broken.
        Inconsistent: the ontology contradicts itself.
        UnsupportedAxiom, NotCaseLocal: it says something that is not covered.
    """
    ontology = Ontology.load()
    terms = ontology.terms
    stated = Facts(triples_of(terms))
    rules = rules_of(stated.all)
    schema = close(rules, stated.all)
    missed = sorted(set(knowledge(close_by_owlrl(terms), stated)) - schema.all)
    if missed:
        shown = " ".join(compact(term.strip("<>")) for term in missed[0])
        raise UnsupportedAxiom("what leads owlrl to conclude this", shown)
    reach = prove_locality(rules, schema, profile_of(ontology.vocabulary))
    return Reasoner(specialise(rules, schema, stated, reach))


def profile_of(vocabulary: Vocabulary) -> Profile:
    """Return what a contributed case or critique may state, as the proof of locality wants it."""

    def nodes(iris: Iterable[str]) -> frozenset[str]:
        return frozenset(f"<{iri}>" for iri in iris)

    own = vocabulary.critiques or vocabulary
    return Profile(
        nodes(vocabulary.predicates | own.predicates),
        nodes(vocabulary.classes | own.classes),
        nodes(vocabulary.parts | own.parts),
    )


def rules_of(stated: Iterable[Triple]) -> tuple[Rule, ...]:
    """Return the rules of an ontology: those of its axioms, and those of ``ontology/rules``."""
    axioms = set(stated)
    own = settle(read_rules(data() / "ontology" / "rules"), axioms)
    return (*compile_axioms(axioms), *own)
