"""What tests of proofs share: cases, what traces and checks them, and worlds in contradiction."""

from functools import cache

from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.proof import Proof
from sysgraph.rdf import Format, parse, triples_of
from sysgraph.reason.axioms import close, compile_axioms, knowledge
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts
from sysgraph.reason.shipped import reasoner
from sysgraph.reason.tracer import Tracer
from sysgraph.terms import NAMESPACE, PREFIXES, Triple
from sysgraph.verify.checker import Checker


@cache
def cases() -> list[Contribution]:
    folder = data() / "ontology"
    vocabulary = Ontology.load(folder).vocabulary
    return [
        case
        for path in sorted((folder / "cases").glob("*.yaml"))
        for case in read(path, vocabulary)
    ]


def tracer_of(case: Contribution | None) -> tuple[Tracer, Checker, list[Triple]]:
    """What traces a case, or the ontology, what checks it, and what was concluded."""
    made = reasoner()
    program = made.program
    texts = {rule.name: rule.text for rule in program.rules if rule.text}
    if case is None:
        concluded = list(knowledge(program.schema, program.stated))
        return Tracer(made), Checker(program.stated.all, texts), concluded
    stated = triples_of(case.quads)
    found = made.infer(stated, case.iri)
    checker = Checker([*program.stated.all, *stated], texts)
    return Tracer(made, found), checker, list(found.triples())


HEAD = (
    f"@prefix owl: <{PREFIXES['owl']}> . @prefix rdfs: <{PREFIXES['rdfs']}> ."
    f" @prefix : <{NAMESPACE}> . @prefix c: <{NAMESPACE}case/t/> .\n"
)


CLASHING = {
    "prp-fp": ":p a owl:FunctionalProperty . c:x :p :v , :w .",
    "cax-dw": ":C owl:disjointWith :D . :p rdfs:domain :C . c:x :p :v . c:x a :D .",
    "cax-adc": "[] a owl:AllDisjointClasses ; owl:members ( :C :D :E ) . c:x a :C , :E .",
    "cls-com": ":C owl:complementOf :D . c:x a :C , :D .",
    "prp-irp": ":p a owl:IrreflexiveProperty . c:x :p c:x .",
    "prp-asyp": ":p a owl:AsymmetricProperty . c:x :p c:y . c:y :p c:x .",
    "prp-pdw": ":p owl:propertyDisjointWith :q . c:x :p :v ; :q :v .",
    "cls-nothing2": ":C rdfs:subClassOf owl:Nothing . c:x a :C .",
    "cls-maxc2": ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality"
    ' "1"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> ] . c:x a :C ; :p :v , :w .',
}


def contradiction(name: str) -> tuple[Proof, Checker]:
    """The proof of a contradiction of a small world, and what checks it."""
    triples = triples_of(parse((HEAD + CLASHING[name]).encode(), Format.TURTLE, "test"))
    mine = [t for t in triples if t[0].startswith(f"<{NAMESPACE}case/")]
    ontology = set(triples) - set(mine)
    rules = compile_axioms(ontology)
    reasoner = Reasoner(specialise(rules, close(rules, ontology), Facts(ontology)))
    found = reasoner.infer(mine, f"{NAMESPACE}case/t")
    (proof,) = Tracer(reasoner, found).prove_clash(found.clashes[0]).found
    return proof, Checker(triples, {})
