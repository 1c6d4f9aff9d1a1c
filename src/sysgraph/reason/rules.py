"""What a rule is, facts that rules are run over, and the statements of an ontology as its axioms.

Terms are N-Triples text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from sysgraph.errors import UnsupportedAxiom
from sysgraph.terms import PREFIXES, Triple, compact

__all__ = [
    "BY_PROPERTY",
    "DEPTH",
    "RESERVED",
    "SUB_CLASS",
    "SUB_PROPERTY",
    "THING",
    "TYPE",
    "Axioms",
    "Facts",
    "Rule",
    "bindings",
    "close_facts",
    "differ",
    "fill",
    "instances",
    "iri",
    "is_datatype",
    "is_variable",
    "name_of",
    "unify",
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
    ontology states of the first form, the second must hold. ``naming`` is what the ontology
    states of the property that is concluded, where a rule is made for each such property.
    ``text`` is the SPARQL of a rule that came from a file.
    """

    name: str
    body: tuple[Triple, ...]
    head: Triple | None
    axioms: tuple[Triple, ...] = ()
    different: tuple[tuple[str, str], ...] = ()
    absent: tuple[tuple[Triple, ...], ...] = ()
    every: tuple[tuple[Triple, Triple], ...] = ()
    naming: tuple[Triple, ...] = ()
    text: str = ""

    def looked_up(self) -> Iterator[Triple]:
        """Yield the patterns that only the ontology itself may state."""
        for group in self.absent:
            yield from group
        yield from (condition for condition, _ in self.every)
        yield from self.naming


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


Instance = tuple[tuple[Triple, ...], Triple | None]
"""The premises of one application of a rule, axioms first, and its conclusion."""


class Facts:
    """A set of triples that can be asked for those of a pattern."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self.all: set[Triple] = set()
        self._by_subject: dict[tuple[str, str], list[Triple]] = defaultdict(list)
        self._by_object: dict[tuple[str, str], list[Triple]] = defaultdict(list)
        self._by_predicate: dict[str, list[Triple]] = defaultdict(list)
        for triple in triples:
            self.add(triple)

    def __contains__(self, triple: object) -> bool:
        return triple in self.all

    def add(self, triple: Triple) -> bool:
        """Add a triple, and tell whether it was new."""
        if triple in self.all:
            return False
        self.all.add(triple)
        subject, predicate, value = triple
        self._by_subject[subject, predicate].append(triple)
        self._by_object[predicate, value].append(triple)
        self._by_predicate[predicate].append(triple)
        return True

    def of(self, pattern: Triple) -> Sequence[Triple]:
        """Return the triples that a pattern may match; its predicate is never a variable."""
        subject, predicate, value = pattern
        if not is_variable(subject):
            if not is_variable(value):
                return (pattern,) if pattern in self.all else ()
            return self._by_subject.get((subject, predicate), ())
        if not is_variable(value):
            return self._by_object.get((predicate, value), ())
        return self._by_predicate.get(predicate, ())


def unify(pattern: Triple, triple: Triple, binding: Binding) -> dict[str, str] | None:
    """Return a binding under which a pattern is a triple, or None if there is none."""
    found = dict(binding)
    for wanted, term in zip(pattern, triple, strict=True):
        if is_variable(wanted):
            if found.setdefault(wanted, term) != term:
                return None
        elif wanted != term:
            return None
    return found


def bindings(
    patterns: Sequence[Triple], facts: Facts, binding: Binding | None = None
) -> Iterator[dict[str, str]]:
    """Yield each binding under which all patterns are facts."""
    known = dict(binding or {})
    if not patterns:
        yield known
        return
    # The pattern with the fewest candidates first; lists of facts may grow while they are read.
    wanted = [fill(pattern, known) for pattern in patterns]
    at = min(range(len(wanted)), key=lambda number: len(facts.of(wanted[number])))
    rest = [*patterns[:at], *patterns[at + 1 :]]
    for triple in tuple(facts.of(wanted[at])):
        found = unify(wanted[at], triple, known)
        if found is not None:
            yield from bindings(rest, facts, found)


def instances(
    rule: Rule, facts: Facts, stated: Facts, binding: Binding | None = None
) -> Iterator[Instance]:
    """Yield each application of a rule to facts; ``stated`` are those of the ontology itself."""
    for found in bindings(rule.body, facts, binding):
        if not all(differ(found[one], found[other]) for one, other in rule.different):
            continue
        if any(next(bindings(group, stated, found), None) is not None for group in rule.absent):
            continue
        demanded = [
            fill(demand, case)
            for condition, demand in rule.every
            for case in bindings([condition], stated, found)
        ]
        head = fill(rule.head, found) if rule.head else None
        # No literal is a subject.
        if facts.all.issuperset(demanded) and (head is None or head[0][0] != '"'):
            premises = (fill(pattern, found) for pattern in rule.body)
            yield tuple(dict.fromkeys((*rule.axioms, *premises, *demanded))), head


def close_facts(rules: Sequence[Rule], facts: Facts, stated: Facts) -> list[Instance]:
    """Add to facts all that follows from them, and return the contradictions.

    Semi-naive: a rule is tried again only where one of its patterns meets a new fact.
    """
    waiting: list[Triple] = []
    # By predicate and value, for of the many rules about classes few are about one class.
    triggers: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    clashes: dict[Instance, None] = {}

    def conclude(rule: Rule, binding: Binding) -> None:
        for instance in instances(rule, facts, stated, binding):
            head = instance[1]
            if head is None:
                clashes[instance] = None
            elif facts.add(head):
                waiting.append(head)

    for number, rule in enumerate(rules):
        for at, (_, predicate, value) in enumerate(rule.body):
            triggers[predicate, "" if is_variable(value) else value].append((number, at))
        conclude(rule, {})
    while waiting:
        triple = waiting.pop()
        _, predicate, value = triple
        met = (*triggers.get((predicate, ""), ()), *triggers.get((predicate, value), ()))
        for number, at in sorted(met):
            found = unify(rules[number].body[at], triple, {})
            if found is not None:
                conclude(rules[number], found)
    return list(clashes)


DEPTH = 64
_OWL = f"<{PREFIXES['owl']}"
_NIL = f"<{PREFIXES['rdf']}nil>"


def iri(name: str) -> str:
    """Return a name such as ``owl:Class`` as an N-Triples IRI."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _iris(prefix: str, names: str) -> frozenset[str]:
    return frozenset(iri(f"{prefix}:{name}") for name in names.split())


_PROPERTY_KINDS = _iris(
    "owl",
    "AsymmetricProperty FunctionalProperty InverseFunctionalProperty IrreflexiveProperty"
    " SymmetricProperty TransitiveProperty",
)
_GROUPS = _iris("owl", "AllDifferent AllDisjointClasses AllDisjointProperties")
_EXTREMES = _iris("owl", "Thing Nothing")
_SILENT = _iris(
    "owl",
    "AnnotationProperty Class DatatypeProperty NamedIndividual ObjectProperty Ontology Restriction",
)
_DESCRIPTIONS = _iris(
    "owl",
    "allValuesFrom complementOf hasValue intersectionOf maxCardinality oneOf someValuesFrom"
    " unionOf",
)
"""What describes a class. All but a complement are read of classes without a name alone."""

BY_PROPERTY = _iris("owl", "allValuesFrom hasValue maxCardinality someValuesFrom")
_NAMELESS = (_DESCRIPTIONS | _iris("owl", "onProperty")) - _iris("owl", "complementOf")
_OF_RDF = _iris("rdf", "first object predicate rest subject type value") | _iris(
    "rdfs", "comment domain isDefinedBy label member range seeAlso subClassOf subPropertyOf"
)
_RDF = tuple(f"<{PREFIXES[prefix]}" for prefix in ("rdf", "rdfs"))
RESERVED = _iris("rdf", "first rest") | _iris("rdfs", "domain range subClassOf subPropertyOf")
"""Properties that make axioms: what another axiom or a rule concluded in them would be ignored."""

_PLACES = {
    "rdfs:subClassOf": ("class", "class"),
    "owl:equivalentClass": ("class", "class"),
    "owl:disjointWith": ("class", "class"),
    "owl:complementOf": ("class", "class"),
    "owl:someValuesFrom": ("", "class"),
    "owl:allValuesFrom": ("", "class"),
    "owl:intersectionOf": ("", "classes"),
    "owl:unionOf": ("", "classes"),
    "rdfs:domain": ("property", "class"),
    "rdfs:range": ("property", "class"),
    "rdfs:subPropertyOf": ("property", "property"),
    "owl:equivalentProperty": ("property", "property"),
    "owl:inverseOf": ("property", "property"),
    "owl:propertyDisjointWith": ("property", "property"),
    "owl:onProperty": ("", "property"),
    "owl:propertyChainAxiom": ("property", "properties"),
}
"""What stands before and behind each property of OWL; of several, in a list."""

_READ = (
    _DESCRIPTIONS
    | {iri(name) for name in _PLACES}
    | _iris("owl", "deprecated differentFrom distinctMembers members")
    | _iris("owl", "backwardCompatibleWith incompatibleWith priorVersion versionIRI versionInfo")
)
_CLASS_PLACES = _iris("rdf", "first type") | {
    iri(name) for name, (_, value) in _PLACES.items() if value == "class"
}
_XSD = f"<{PREFIXES['xsd']}"
_DATATYPES = (
    _iris("owl", "rational real")
    | _iris("rdf", "HTML JSON PlainLiteral XMLLiteral langString")
    | _iris("rdfs", "Literal")
)


def name_of(node: str) -> str:
    """Return a node of the ontology as people write it."""
    return compact(node.strip("<>")) if node.startswith("<") else "an anonymous class"


def is_datatype(kind: str) -> bool:
    """Tell whether a class is one of literals."""
    return kind.startswith(_XSD) or kind in _DATATYPES


class Axioms:
    """The statements of an ontology, with its lists read, and what is refused of them.

    ``facts`` are in a fixed order, and of all that is refused the first by name is told, so that
    the same ontology is always answered in the same words.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.facts = Facts(sorted(triples))
        self._refused: set[tuple[str, str]] = set()

    def refuse(self, what: str, node: str) -> None:
        """Remember that something said of a node is not covered."""
        self._refused.add((self._place(node), what))

    def raise_refused(self) -> None:
        """Raise for the first of what was refused, if anything was.

        Raises:
            UnsupportedAxiom: it names what is not covered, and of what it was said.
        """
        if self._refused:
            where, what = min(self._refused)
            raise UnsupportedAxiom(what, where)

    def _place(self, node: str) -> str:
        """Return the name of a node, or of what a nameless one belongs to."""
        seen: set[str] = set()
        names: set[str] = set()
        waiting = [node]
        while waiting:
            found = waiting.pop()
            if not found.startswith("_"):
                names.add(name_of(found))
            elif found not in seen:
                seen.add(found)
                waiting += [s for s, _, o in self.facts.all if o == found]
        if not names:
            names = {
                name_of(term)
                for s, p, o in self.facts.all
                if s == node
                for term in (p, o)
                if term.startswith("<") and term != TYPE
            }
            return f"an anonymous class ({', '.join(sorted(names))})"
        return min(names) if node.startswith("<") else f"an anonymous class of {min(names)}"

    def pairs(self, predicate: str) -> list[Triple]:
        """Return the statements of a predicate, such as ``rdfs:domain``."""
        return list(self.facts.of(("?s", iri(predicate), "?o")))

    def about(self, node: str, predicate: str) -> list[Triple]:
        """Return what is stated of a node with a predicate."""
        return list(self.facts.of((node, iri(predicate), "?o")))

    def groups(self, kind: str) -> Iterator[tuple[str, list[str]]]:
        """Yield each group of a kind, such as ``owl:AllDisjointClasses``, with its members."""
        for subject, _, _ in self.facts.of(("?s", TYPE, iri(kind))):
            for _, _, head in self.about(subject, "owl:members"):
                yield subject, self.members(head)[0]

    def members(self, head: str) -> tuple[list[str], tuple[Triple, ...]]:
        """Return the members of an RDF list, and the statements that make it one."""
        found: list[str] = []
        links: list[Triple] = []
        node = head
        while node != _NIL:
            first, rest = self.about(node, "rdf:first"), self.about(node, "rdf:rest")
            if len(first) != 1 or len(rest) != 1 or rest[0] in links:
                self.refuse("a list that is not well formed", head)
                break
            found.append(first[0][2])
            links += [first[0], rest[0]]
            node = rest[0][2]
        return found, tuple(links)

    def refuse_unknown(self) -> None:
        """Refuse terms of OWL outside the fragment, and terms inside it in unusual places."""
        self._refuse_kinds()
        for subject, predicate, value in self.facts.all:
            if predicate.startswith(_OWL) and predicate not in _READ:
                self.refuse(name_of(predicate), subject)
            if predicate.startswith(_RDF) and predicate not in _OF_RDF:
                self.refuse(f"{name_of(predicate)}, which RDF has not", subject)
            if predicate in _NAMELESS and subject.startswith("<"):
                self.refuse(f"{name_of(predicate)} on a named class", subject)
            if value.startswith("_") and predicate not in _CLASS_PLACES and self._forms(value):
                self.refuse(f"an anonymous class as a value of {name_of(predicate)}", subject)
            if predicate in _DESCRIPTIONS and subject.startswith("_"):
                stray = predicate not in BY_PROPERTY and self.about(subject, "owl:onProperty")
                if stray or len(self._forms(subject)) > 1:
                    self.refuse("two descriptions of one class", subject)
        self._refuse_groups()
        self._refuse_places()

    def _refuse_kinds(self) -> None:
        known = _SILENT | _PROPERTY_KINDS | _GROUPS | _EXTREMES
        for subject, _, kind in self.pairs("rdf:type"):
            if kind.startswith(_OWL) and kind not in known:
                self.refuse(name_of(kind), subject)
            if kind == iri("rdfs:Datatype"):
                self.refuse("a datatype of one's own", subject)

    def _forms(self, node: str) -> list[Triple]:
        return [t for p in sorted(_DESCRIPTIONS) for t in self.facts.of((node, p, "?o"))]

    def _refuse_groups(self) -> None:
        """Refuse groups without members, members without a group, and what differs from itself."""
        for predicate in ("owl:members", "owl:distinctMembers"):
            for subject, _, head in self.pairs(predicate):
                kinds = {kind for _, _, kind in self.about(subject, "rdf:type")} & _GROUPS
                is_of_one = kinds == _iris("owl", "AllDifferent")
                if not kinds or (predicate == "owl:distinctMembers" and not is_of_one):
                    self.refuse(f"{predicate} without its kind", subject)
                members, _ = self.members(head)
                if is_of_one and len(set(members)) < len(members):
                    self.refuse("a thing that differs from itself", subject)
        for kind in _GROUPS:
            for subject, _, _ in self.facts.of(("?s", TYPE, kind)):
                names = ("owl:members", "owl:distinctMembers")
                if not any(self.about(subject, name) for name in names):
                    self.refuse(f"{name_of(kind)} without members", subject)
        for subject, _, other in self.pairs("owl:differentFrom"):
            if subject == other:
                self.refuse("a thing that differs from itself", subject)

    def _refuse_places(self) -> None:
        """Refuse properties without a name, and axioms about OWL's own terms."""
        for subject, node, kind in self._places():
            if kind == "class":
                own = node.startswith(_OWL) and node not in _EXTREMES | _DATATYPES
                own = own or node == iri("rdfs:Datatype")
            else:
                own = node in RESERVED or node == TYPE or node.startswith(_OWL)
                if not node.startswith("<"):
                    self.refuse("a property without a name", subject)
            if own:
                self.refuse(f"an axiom about {name_of(node)}", subject)

    def _places(self) -> Iterator[tuple[str, str, str]]:
        """Yield all that stands where a class or a property must, each with what is spoken of."""
        for name, (before, behind) in _PLACES.items():
            for subject, _, value in self.pairs(name):
                if before:
                    yield subject, subject, before
                if behind in ("class", "property"):
                    yield subject, value, behind
                else:
                    kind = "class" if behind == "classes" else "property"
                    yield from ((subject, node, kind) for node in self.members(value)[0])
        for kind in _PROPERTY_KINDS:
            for subject, _, _ in self.facts.of(("?s", TYPE, kind)):
                yield subject, subject, "property"
        for subject, members in self.groups("owl:AllDisjointProperties"):
            yield from ((subject, node, "property") for node in members)

    def refuse_deep(self, predicate: str) -> None:
        """Refuse a hierarchy so deep that closing it would take minutes."""
        above: dict[str, list[str]] = defaultdict(list)
        for narrow, _, wide in self.facts.of(("?s", predicate, "?o")):
            above[narrow].append(wide)
        level, depth = set(above), 0
        while level:
            depth += 1
            if depth > DEPTH:
                what = f"a hierarchy deeper than {DEPTH} (or a circle) in {name_of(predicate)}"
                self.refuse(what, min(level, key=self._place))
                return
            level = {wide for narrow in level for wide in above.get(narrow, ()) if wide in above}
