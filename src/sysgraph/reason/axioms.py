"""The ontology's OWL 2 RL axioms, each compiled into rules that any SPARQL engine runs.

The rule names are those of the tables of OWL 2 RL, so that a conclusion can be traced to them.
Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from sysgraph.errors import UnsupportedAxiom
from sysgraph.terms import PREFIXES, compact

__all__ = ["Rule", "compile_axioms"]

_OWL = PREFIXES["owl"]
_RDF = PREFIXES["rdf"]
_RDFS = PREFIXES["rdfs"]
_A = f"<{_RDF}type>"

Node = ox.NamedNode | ox.BlankNode

# What says nothing that data could follow from, or is checked and not inferred.
_SILENT = {
    f"{_OWL}{name}"
    for name in (
        "AllDifferent",
        "AllDisjointClasses",
        "AnnotationProperty",
        "Class",
        "DatatypeProperty",
        "FunctionalProperty",
        "NamedIndividual",
        "ObjectProperty",
        "Ontology",
        "Restriction",
    )
}
_READ = {
    f"{_OWL}{name}"
    for name in (
        "allValuesFrom",
        "disjointWith",
        "equivalentClass",
        "equivalentProperty",
        "hasValue",
        "intersectionOf",
        "inverseOf",
        "members",
        "onProperty",
        "oneOf",
        "propertyChainAxiom",
        "someValuesFrom",
        "unionOf",
        "versionIRI",
        "versionInfo",
    )
}


@dataclass(frozen=True, slots=True)
class Rule:
    """If the body holds, so does the head. ``name`` is the rule's, ``axiom`` what it came from."""

    name: str
    axiom: str
    construct: str


class _Axioms:
    """The axioms of a graph, ready to be looked up by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.by_subject: dict[Node, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        self.by_predicate: dict[str, list[tuple[Node, Node]]] = defaultdict(list)
        for quad in quads:
            subject, value = quad.subject, quad.object
            if isinstance(subject, Node) and isinstance(value, Node):
                self.by_subject[subject][quad.predicate.value].append(value)
                self.by_predicate[quad.predicate.value].append((subject, value))

    def objects(self, node: object, predicate: str) -> list[Node]:
        """Return the nodes that a node is related to."""
        if not isinstance(node, Node) or node not in self.by_subject:
            return []
        return self.by_subject[node][predicate]

    def members(self, head: object) -> list[Node]:
        """Return the members of an RDF list."""
        found: list[Node] = []
        while not (isinstance(head, ox.NamedNode) and head.value == f"{_RDF}nil"):
            found += self.objects(head, f"{_RDF}first")
            following = self.objects(head, f"{_RDF}rest")
            if not following:
                break
            head = following[0]
        return found

    def pairs(self, predicate: str) -> list[tuple[Node, Node]]:
        """Return who is related to whom by a predicate."""
        return self.by_predicate.get(predicate, [])


def compile_axioms(quads: Iterable[ox.Quad]) -> tuple[Rule, ...]:
    """Return the rules that the axioms of an ontology amount to for data.

    Covered: prp-dom, prp-rng, prp-spo1, prp-spo2, prp-eqp, prp-inv, prp-symp, prp-trp, cax-sco,
    cax-eqc, cls-int1, cls-int2, cls-uni, cls-svf1, cls-svf2, cls-avf, cls-hv1, cls-hv2, cls-oo.
    Disjointness and functional properties contradict and infer nothing here; the shapes and
    the closure watch over them.

    Raises:
        UnsupportedAxiom: the ontology holds an axiom outside these, which is never ignored.
    """
    axioms = _Axioms(quads)
    _refuse_unknown(axioms)
    rules = [*_property_rules(axioms), *_class_rules(axioms)]
    return tuple({rule.construct: rule for rule in rules}.values())


def _refuse_unknown(axioms: _Axioms) -> None:
    handled = {f"{_OWL}SymmetricProperty", f"{_OWL}TransitiveProperty"} | _SILENT
    for subject, kind in axioms.pairs(f"{_RDF}type"):
        if isinstance(kind, ox.NamedNode) and kind.value.startswith(_OWL):
            if kind.value not in handled:
                raise UnsupportedAxiom(compact(kind.value), _name(subject))
    for predicate in axioms.by_predicate:
        if predicate.startswith(_OWL) and predicate not in _READ:
            subject, _ = axioms.by_predicate[predicate][0]
            raise UnsupportedAxiom(compact(predicate), _name(subject))


def _name(node: Node) -> str:
    return compact(node.value) if isinstance(node, ox.NamedNode) else "an anonymous class"


def _rule(name: str, axiom: str, head: str, body: str) -> Rule:
    return Rule(name, axiom, f"CONSTRUCT {{ {head} }} WHERE {{ {body} }}")


def _property_rules(axioms: _Axioms) -> Iterator[Rule]:
    for prop, kind in axioms.pairs(f"{_RDFS}domain"):
        yield from _is_a(axioms, "prp-dom", f"?x {prop} ?y", kind, f"the domain of {_name(prop)}")
    for prop, kind in axioms.pairs(f"{_RDFS}range"):
        if _is_datatype(kind):
            continue
        body = f"?y {prop} ?x . FILTER isIRI(?x)"
        yield from _is_a(axioms, "prp-rng", body, kind, f"the range of {_name(prop)}")
    for narrow, wide in axioms.pairs(f"{_RDFS}subPropertyOf"):
        axiom = f"{_name(narrow)} implies {_name(wide)}"
        yield _rule("prp-spo1", axiom, f"?x {wide} ?y", f"?x {narrow} ?y")
    for one, other in axioms.pairs(f"{_OWL}equivalentProperty"):
        axiom = f"{_name(one)} is the same as {_name(other)}"
        yield _rule("prp-eqp1", axiom, f"?x {other} ?y", f"?x {one} ?y")
        yield _rule("prp-eqp2", axiom, f"?x {one} ?y", f"?x {other} ?y")
    for prop, chain in axioms.pairs(f"{_OWL}propertyChainAxiom"):
        links = axioms.members(chain)
        steps = [f"?x{number} {link} ?x{number + 1}" for number, link in enumerate(links)]
        axiom = f"{_name(prop)} follows from {' then '.join(_name(link) for link in links)}"
        yield _rule("prp-spo2", axiom, f"?x0 {prop} ?x{len(links)}", " . ".join(steps))
    for one, other in axioms.pairs(f"{_OWL}inverseOf"):
        axiom = f"{_name(one)} is {_name(other)} the other way round"
        yield _rule("prp-inv1", axiom, f"?y {other} ?x", f"?x {one} ?y . FILTER isIRI(?y)")
        yield _rule("prp-inv2", axiom, f"?y {one} ?x", f"?x {other} ?y . FILTER isIRI(?y)")
    yield from _characteristic_rules(axioms)


def _characteristic_rules(axioms: _Axioms) -> Iterator[Rule]:
    for prop, kind in axioms.pairs(f"{_RDF}type"):
        if kind == ox.NamedNode(f"{_OWL}TransitiveProperty"):
            body = f"?x {prop} ?y . ?y {prop} ?z"
            yield _rule("prp-trp", f"{_name(prop)} is transitive", f"?x {prop} ?z", body)
        elif kind == ox.NamedNode(f"{_OWL}SymmetricProperty"):
            yield _rule("prp-symp", f"{_name(prop)} is symmetric", f"?y {prop} ?x", f"?x {prop} ?y")


def _is_datatype(kind: Node) -> bool:
    return isinstance(kind, ox.NamedNode) and kind.value.startswith(
        (PREFIXES["xsd"], f"{_RDF}langString", f"{_RDFS}Literal")
    )


def _class_rules(axioms: _Axioms) -> Iterator[Rule]:
    pairs = [(*pair, "cax-sco") for pair in axioms.pairs(f"{_RDFS}subClassOf")]
    for one, other in axioms.pairs(f"{_OWL}equivalentClass"):
        pairs += [(one, other, "cax-eqc1"), (other, one, "cax-eqc2")]
    # A named class may carry its definition directly, without an equivalent class between.
    for kind in ("intersectionOf", "unionOf", "oneOf"):
        for subject, _ in axioms.pairs(f"{_OWL}{kind}"):
            if isinstance(subject, ox.NamedNode):
                raise UnsupportedAxiom(f"owl:{kind} on a named class", _name(subject))
    for narrow, wide, name in pairs:
        for body, by in _bodies(axioms, narrow, "x"):
            yield from _is_a(
                axioms, by or name, body, wide, f"what is {_name(narrow)} by definition"
            )


def _bodies(axioms: _Axioms, kind: Node, variable: str) -> list[tuple[str, str]]:
    """Return the patterns under which a variable belongs to a class, one per alternative."""
    if isinstance(kind, ox.NamedNode):
        if kind.value == f"{_OWL}Thing":
            return [("", "")]
        return [(f"?{variable} {_A} {kind}", "")]
    for members in axioms.objects(kind, f"{_OWL}unionOf"):
        listed = axioms.members(members)
        return [(body, "cls-uni") for part in listed for body, _ in _bodies(axioms, part, variable)]
    for members in axioms.objects(kind, f"{_OWL}oneOf"):
        listed = axioms.members(members)
        names = " ".join(str(member) for member in listed)
        return [(f"VALUES ?{variable} {{ {names} }}", "cls-oo")]
    for members in axioms.objects(kind, f"{_OWL}intersectionOf"):
        return _product(axioms, axioms.members(members), variable)
    return _restriction_bodies(axioms, kind, variable)


def _product(axioms: _Axioms, parts: list[Node], variable: str) -> list[tuple[str, str]]:
    found = [""]
    for number, part in enumerate(parts):
        # Inner variables must differ between the parts, and the outer one must not.
        bodies = [
            body.replace(f"?{variable}_", f"?{variable}_{number}_")
            for body, _ in _bodies(axioms, part, variable)
        ]
        found = [f"{left} . {body}" if left else body for left in found for body in bodies]
    return [(body, "cls-int1") for body in found]


def _restriction_bodies(axioms: _Axioms, kind: Node, variable: str) -> list[tuple[str, str]]:
    properties = axioms.objects(kind, f"{_OWL}onProperty")
    for value in axioms.objects(kind, f"{_OWL}hasValue"):
        return [(f"?{variable} {properties[0]} {value}", "cls-hv2")]
    for filler in axioms.objects(kind, f"{_OWL}someValuesFrom"):
        inner = f"{variable}_v"
        step = f"?{variable} {properties[0]} ?{inner}"
        return [
            (f"{step} . {body}" if body else step, "cls-svf1" if body else "cls-svf2")
            for body, _ in _bodies(axioms, filler, inner)
        ]
    raise UnsupportedAxiom("this kind of class as a condition", _name(kind))


def _is_a(axioms: _Axioms, name: str, body: str, kind: Node, axiom: str) -> Iterator[Rule]:
    """Yield the rules that conclude membership of a class, named or built, from a body."""
    if isinstance(kind, ox.NamedNode):
        if kind.value != f"{_OWL}Thing":
            yield _rule(name, axiom, f"?x {_A} {kind}", body)
        return
    properties = axioms.objects(kind, f"{_OWL}onProperty")
    for members in axioms.objects(kind, f"{_OWL}intersectionOf"):
        for part in axioms.members(members):
            yield from _is_a(axioms, "cls-int2", body, part, axiom)
        return
    for value in axioms.objects(kind, f"{_OWL}hasValue"):
        yield _rule("cls-hv1", axiom, f"?x {properties[0]} {value}", body)
        return
    for filler in axioms.objects(kind, f"{_OWL}allValuesFrom"):
        if isinstance(filler, ox.NamedNode) and not _is_datatype(filler):
            step = f"{body} . ?x {properties[0]} ?v"
            yield _rule("cls-avf", axiom, f"?v {_A} {filler}", step)
            return
    raise UnsupportedAxiom("this kind of class as a conclusion", axiom)
