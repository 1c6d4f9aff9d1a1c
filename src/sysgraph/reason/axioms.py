"""Anonymous classes as rules: when something belongs to one, and what follows if it does.

The ontology's OWL 2 RL axioms as rules, each one row of the W3C's tables.

Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
The rules of ``ontology/rules``: CONSTRUCT queries, read as what they demand and conclude.
The ontology and its vocabulary closed: by the rules, and by owlrl to hold them against.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from sysgraph.errors import BadSparql, Inconsistent, UnsupportedAxiom
from sysgraph.files import display
from sysgraph.rdf import copy_to_rdflib
from sysgraph.rdf import parse_header as parse
from sysgraph.reason.rules import (
    DEPTH,
    RESERVED,
    SUB_CLASS,
    SUB_PROPERTY,
    THING,
    TYPE,
    Axioms,
    Facts,
    Rule,
    close_facts,
    iri,
    is_datatype,
    name_of,
)
from sysgraph.sparql.check import fault_of
from sysgraph.terms import NAMESPACE, PREFIXES, Triple
from sysgraph.verify.rules import read_rule

if TYPE_CHECKING:
    import rdflib

__all__ = ["COVERED", "close", "close_by_owlrl", "compile_axioms", "knowledge", "read_rules"]

_COUNT = re.compile(
    rf'"\+?0*(\d+)"\^\^<{PREFIXES["xsd"]}(?:integer|\w+Integer|unsigned\w+|long|int|short|byte)>'
)


def class_rules(axioms: Axioms) -> Iterator[Rule]:
    """Yield the rules of anonymous classes, from where they stand in an axiom."""
    conditions = [t[0] for t in axioms.pairs("rdfs:subClassOf")]
    conclusions = [t[2] for t in axioms.pairs("rdfs:subClassOf")]
    for one, _, other in axioms.pairs("owl:equivalentClass"):
        conditions += [one, other]
        conclusions += [one, other]
    # Whoever is to be found outside a class has to be found inside it.
    for one, _, other in axioms.pairs("owl:disjointWith"):
        conditions += [one, other]
    conditions += [t[2] for t in axioms.pairs("owl:complementOf")]
    for members, _ in axioms.groups("owl:AllDisjointClasses"):
        conditions += members
    for predicate in ("rdfs:domain", "rdf:type"):
        conclusions += [t[2] for t in axioms.pairs(predicate)]
    conclusions += [t[2] for t in axioms.pairs("rdfs:range") if not is_datatype(t[2])]
    for kind in dict.fromkeys(conditions):
        yield from _conditions(axioms, kind)
    for kind in dict.fromkeys(conclusions):
        yield from _conclusions(axioms, kind)


def _conditions(axioms: Axioms, kind: str) -> Iterator[Rule]:
    """Yield the rules under which something belongs to a class."""
    if kind in (THING, iri("rdfs:Resource")):
        axioms.refuse("owl:Thing as a condition", kind)
    yield from _by_form(axioms, kind, _CONDITIONS, "a condition")


def _conclusions(axioms: Axioms, kind: str) -> Iterator[Rule]:
    """Yield the rules of what follows for whatever belongs to a class."""
    yield from _by_form(axioms, kind, _CONCLUSIONS, "a conclusion")


def _by_form(axioms: Axioms, kind: str, forms: _Forms, place: str) -> Iterator[Rule]:
    if is_datatype(kind):
        axioms.refuse("a datatype as a class", kind)
    if kind.startswith("<"):
        return
    if kind in axioms.around or len(axioms.around) == DEPTH:
        axioms.refuse(f"a class within itself, or deeper than {DEPTH}", kind)
        return
    for name, form in forms.items():
        for axiom in axioms.about(kind, f"owl:{name}"):
            axioms.around.append(kind)
            yield from form(axioms, axiom)
            axioms.around.pop()
            return
    axioms.refuse(f"this kind of class as {place}", kind)


def _on(axioms: Axioms, kind: str) -> Triple:
    found = axioms.about(kind, "owl:onProperty")
    if len(found) != 1:
        axioms.refuse("a restriction without one property", kind)
    return found[0] if found else (kind, "", "")


def _if_all(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    parts, made = axioms.members(axiom[2])
    if not parts:
        axioms.refuse("owl:Thing as a condition", axiom[0])
        return
    body = tuple(("?x", TYPE, part) for part in parts)
    yield Rule("cls-int1", body, ("?x", TYPE, axiom[0]), (axiom, *made))
    for part in parts:
        yield Rule("scm-int", (), (axiom[0], SUB_CLASS, part), (axiom, *made))
        yield from _conditions(axioms, part)


def _if_any(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    parts, made = axioms.members(axiom[2])
    for part in parts:
        yield Rule("cls-uni", (("?x", TYPE, part),), ("?x", TYPE, axiom[0]), (axiom, *made))
        yield Rule("scm-uni", (), (part, SUB_CLASS, axiom[0]), (axiom, *made))
        yield from _conditions(axioms, part)


def _if_listed(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    parts, made = axioms.members(axiom[2])
    for part in parts:
        if not part.startswith("<"):
            axioms.refuse("owl:oneOf anything but names", axiom[0])
        yield Rule("cls-oo", (), (part, TYPE, axiom[0]), (axiom, *made))


def _if_value(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    on = _on(axioms, axiom[0])
    # The same number or time can be written in more than one way.
    if axiom[2].startswith('"'):
        axioms.refuse("owl:hasValue of a literal as a condition", axiom[0])
    yield Rule("cls-hv2", (("?x", on[2], axiom[2]),), ("?x", TYPE, axiom[0]), (axiom, on))


def _if_some(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    on = _on(axioms, axiom[0])
    step, head = ("?x", on[2], "?y"), ("?x", TYPE, axiom[0])
    if axiom[2] == THING:
        yield Rule("cls-svf2", (step,), head, (axiom, on))
        return
    yield Rule("cls-svf1", (step, ("?y", TYPE, axiom[2])), head, (axiom, on))
    yield from _conditions(axioms, axiom[2])


def _then_all(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    parts, made = axioms.members(axiom[2])
    for part in parts:
        yield Rule("cls-int2", (("?x", TYPE, axiom[0]),), ("?x", TYPE, part), (axiom, *made))
        yield Rule("scm-int", (), (axiom[0], SUB_CLASS, part), (axiom, *made))
        yield from _conclusions(axioms, part)


def _then_not(_axioms: Axioms, _axiom: Triple) -> Iterator[Rule]:
    # The clash, and what it takes, are rules of every owl:complementOf, wherever it stands.
    return iter(())


def _then_value(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    on = _on(axioms, axiom[0])
    yield Rule("cls-hv1", (("?x", TYPE, axiom[0]),), ("?x", on[2], axiom[2]), (axiom, on))


def _then_only(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    on = _on(axioms, axiom[0])
    body = (("?x", TYPE, axiom[0]), ("?x", on[2], "?y"))
    yield Rule("cls-avf", body, ("?y", TYPE, axiom[2]), (axiom, on))
    yield from _conclusions(axioms, axiom[2])


def _then_at_most(axioms: Axioms, axiom: Triple) -> Iterator[Rule]:
    on = _on(axioms, axiom[0])
    member, one, other = ("?x", TYPE, axiom[0]), ("?x", on[2], "?y"), ("?x", on[2], "?z")
    found = _COUNT.fullmatch(axiom[2])
    count = found[1] if found else ""
    if count == "0":
        yield Rule("cls-maxc1", (member, one), None, (axiom, on))
    elif count == "1":
        yield Rule("cls-maxc2", (member, one, other), None, (axiom, on), (("?y", "?z"),))
    else:
        axioms.refuse("owl:maxCardinality of anything but 0 and 1", axiom[0])


_Forms = Mapping[str, Callable[[Axioms, Triple], Iterator[Rule]]]
_CONDITIONS: _Forms = {
    "intersectionOf": _if_all,
    "unionOf": _if_any,
    "oneOf": _if_listed,
    "hasValue": _if_value,
    "someValuesFrom": _if_some,
}
_CONCLUSIONS: _Forms = {
    "intersectionOf": _then_all,
    "complementOf": _then_not,
    "hasValue": _then_value,
    "allValuesFrom": _then_only,
    "maxCardinality": _then_at_most,
}


COVERED = (
    "prp-dom prp-rng prp-fp prp-ifp prp-irp prp-symp prp-asyp prp-trp prp-spo1 prp-spo2"
    " prp-eqp1 prp-eqp2 prp-pdw prp-adp prp-inv1 prp-inv2"
    " cls-nothing2 cls-int1 cls-int2 cls-uni cls-com cls-svf1 cls-svf2 cls-avf cls-hv1 cls-hv2"
    " cls-maxc1 cls-maxc2 cls-oo"
    " cax-sco cax-eqc1 cax-eqc2 cax-dw cax-adc"
    " scm-sco scm-eqc1 scm-spo scm-eqp1 scm-int scm-uni"
)
"""The rows of the tables that are covered, separated by spaces. Names are unique here: where
OWL would conclude that two names stand for one thing (prp-fp, prp-ifp, cls-maxc2), the graph
contradicts itself."""

_NOTHING = f"<{PREFIXES['owl']}Nothing>"
_PAIRS: dict[str, tuple[tuple[str, Triple, Triple | None], ...]] = {
    "rdfs:domain": (("prp-dom", ("?x", "A", "?y"), ("?x", TYPE, "B")),),
    "rdfs:range": (("prp-rng", ("?x", "A", "?y"), ("?y", TYPE, "B")),),
    "rdfs:subPropertyOf": (("prp-spo1", ("?x", "A", "?y"), ("?x", "B", "?y")),),
    "owl:equivalentProperty": (
        ("prp-eqp1", ("?x", "A", "?y"), ("?x", "B", "?y")),
        ("prp-eqp2", ("?x", "B", "?y"), ("?x", "A", "?y")),
        ("scm-eqp1", ("", "", ""), ("A", SUB_PROPERTY, "B")),
        ("scm-eqp1", ("", "", ""), ("B", SUB_PROPERTY, "A")),
    ),
    "owl:inverseOf": (
        ("prp-inv1", ("?x", "A", "?y"), ("?y", "B", "?x")),
        ("prp-inv2", ("?x", "B", "?y"), ("?y", "A", "?x")),
    ),
    "rdfs:subClassOf": (("cax-sco", ("?x", TYPE, "A"), ("?x", TYPE, "B")),),
    "owl:equivalentClass": (
        ("cax-eqc1", ("?x", TYPE, "A"), ("?x", TYPE, "B")),
        ("cax-eqc2", ("?x", TYPE, "B"), ("?x", TYPE, "A")),
        ("scm-eqc1", ("", "", ""), ("A", SUB_CLASS, "B")),
        ("scm-eqc1", ("", "", ""), ("B", SUB_CLASS, "A")),
    ),
}
"""What an axiom "A predicate B" says: rule name, body (none where empty) and head."""


def compile_axioms(triples: Iterable[Triple]) -> tuple[Rule, ...]:
    """Return the rules that the axioms of an ontology amount to; ``COVERED`` lists their names.

    A rule that speaks of an anonymous class keeps it, so that each application is one of the
    W3C's table and can be checked as such.

    Raises:
        UnsupportedAxiom: the ontology holds an axiom outside these, which is never ignored, or
            a hierarchy deeper than 64. Of several the first by name is told.
    """
    axioms = Axioms(triples)
    axioms.refuse_unknown()
    for predicate in (SUB_CLASS, SUB_PROPERTY):
        axioms.refuse_deep(predicate)
    rules = [*_pair_rules(axioms), *_kind_rules(axioms), *_list_rules(axioms)]
    rules += class_rules(axioms)
    rules += [
        Rule("scm-sco", _chained(SUB_CLASS), ("?x", SUB_CLASS, "?z")),
        Rule("scm-spo", _chained(SUB_PROPERTY), ("?x", SUB_PROPERTY, "?z")),
        Rule("cls-nothing2", (("?x", TYPE, _NOTHING),), None),
    ]
    axioms.raise_refused()
    return tuple(dict.fromkeys(rule for rule in rules if not _is_idle(rule)))


def _chained(predicate: str) -> tuple[Triple, ...]:
    return ("?x", predicate, "?y"), ("?y", predicate, "?z")


def _is_idle(rule: Rule) -> bool:
    # That everything is a thing is not worth saying.
    return rule.head is not None and (rule.head[2] == THING or rule.head in rule.body)


def _pair_rules(axioms: Axioms) -> Iterator[Rule]:
    for predicate, forms in _PAIRS.items():
        for axiom in axioms.pairs(predicate):
            one, _, other = axiom
            if predicate == "rdfs:range" and is_datatype(other):
                continue
            names = {"A": one, "B": other}
            for name, body, head in forms:
                patterns = (_named(body, names),) if body[1] else ()
                yield Rule(name, patterns, _named(head, names) if head else None, (axiom,))


def _named(pattern: Triple, names: dict[str, str]) -> Triple:
    subject, predicate, value = (names.get(term, term) for term in pattern)
    return subject, predicate, value


def _kind_rules(axioms: Axioms) -> Iterator[Rule]:
    """Yield the rules of the kinds of property, and of what excludes what."""
    forms: dict[str, Callable[[str, Triple], Rule]] = {
        "owl:TransitiveProperty": lambda p, a: Rule("prp-trp", _chained(p), ("?x", p, "?z"), (a,)),
        "owl:SymmetricProperty": lambda p, a: Rule(
            "prp-symp", (("?x", p, "?y"),), ("?y", p, "?x"), (a,)
        ),
        "owl:AsymmetricProperty": lambda p, a: Rule(
            "prp-asyp", (("?x", p, "?y"), ("?y", p, "?x")), None, (a,)
        ),
        "owl:IrreflexiveProperty": lambda p, a: Rule("prp-irp", (("?x", p, "?x"),), None, (a,)),
        "owl:FunctionalProperty": lambda p, a: Rule(
            "prp-fp", (("?x", p, "?y"), ("?x", p, "?z")), None, (a,), (("?y", "?z"),)
        ),
        "owl:InverseFunctionalProperty": lambda p, a: Rule(
            "prp-ifp", (("?x", p, "?y"), ("?z", p, "?y")), None, (a,), (("?x", "?z"),)
        ),
    }
    for kind, form in forms.items():
        for axiom in axioms.facts.of(("?s", TYPE, iri(kind))):
            yield form(axiom[0], axiom)
    for axiom in axioms.pairs("owl:propertyDisjointWith"):
        yield _apart("prp-pdw", ("?x", axiom[0], "?y"), ("?x", axiom[2], "?y"), (axiom,))
    for name, predicate in (("cls-com", "owl:complementOf"), ("cax-dw", "owl:disjointWith")):
        for axiom in axioms.pairs(predicate):
            yield _apart(name, ("?x", TYPE, axiom[0]), ("?x", TYPE, axiom[2]), (axiom,))


def _apart(name: str, one: Triple, other: Triple, axioms: tuple[Triple, ...]) -> Rule:
    # What excludes itself can hold of nothing at all.
    return Rule(name, tuple(dict.fromkeys((one, other))), None, axioms)


def _list_rules(axioms: Axioms) -> Iterator[Rule]:
    for axiom in axioms.pairs("owl:propertyChainAxiom"):
        links, made = axioms.members(axiom[2])
        if not links:
            axioms.refuse("a property chain without links", axiom[0])
            continue
        body = tuple((f"?x{at}", link, f"?x{at + 1}") for at, link in enumerate(links))
        yield Rule("prp-spo2", body, ("?x0", axiom[0], f"?x{len(links)}"), (axiom, *made))
    for classes, made in axioms.groups("owl:AllDisjointClasses"):
        for one, other in combinations(classes, 2):
            yield _apart("cax-adc", ("?x", TYPE, one), ("?x", TYPE, other), made)
    for properties, made in axioms.groups("owl:AllDisjointProperties"):
        for one, other in combinations(properties, 2):
            yield _apart("prp-adp", ("?x", one, "?y"), ("?x", other, "?y"), made)


_HEADER = ("summary", "description", "source")
_FORM = (
    "a rule concludes one triple from triples, FILTER (?a != ?b) and FILTER NOT EXISTS { … };"
    " inside the latter only triples, or triples with one more FILTER NOT EXISTS"
)


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the CONSTRUCT rules of a folder, one per ``.rq`` file.

    What FILTER NOT EXISTS speaks of must be stated in the ontology itself, never concluded:
    then what a rule concludes does not hang on when it is run.

    Raises:
        BadHeader: a rule does not say what it concludes.
        BadSparql: a rule is no CONSTRUCT, or none of the form above, or the checker, which
            reads it for itself, would refuse what it concludes.
    """
    return tuple(_read_rule(path) for path in sorted(folder.glob("*.rq")))


def _read_rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    where = display(path)
    parse(text, where, _HEADER)
    try:
        answer = ox.Store().query(text)
    except SyntaxError as error:
        raise fault_of(text, where, error) from error
    if not isinstance(answer, ox.QueryTriples):
        raise BadSparql(where, "a rule must be a CONSTRUCT query")
    if path.stem in COVERED.split():
        raise BadSparql(where, f"{path.stem} is a row of OWL's own tables; name the rule otherwise")
    reading = read_rule(text, where)
    rule = _translate(text, path.stem, where)
    ours = (rule.head, rule.body, rule.different, rule.absent, rule.every)
    theirs = (reading.head, reading.body, reading.different, reading.absent, reading.every)
    if ours != theirs:
        raise BadSparql(where, "the engine and the checker read it in two ways; write it plainer")
    return rule


def _translate(text: str, name: str, where: str) -> Rule:
    from functools import partial

    from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    prologue, query = parseQuery(text)
    # The tree as parsed: rdflib's algebra lifts a nested filter out of the one around it.
    names = translatePrologue(prologue, None)
    tree: Any = traverse(query, visitPost=partial(translatePName, prologue=names))
    heads = _triples(tree.template or [], where)
    body, conditions = _group(tree.where, where)
    different, absent, every = [], [], []
    for condition in conditions:
        if condition.name == "RelationalExpression" and condition.op == "!=":
            different.append((_term(condition.expr, where), _term(condition.other, where)))
        elif condition.name == "Builtin_NOTEXISTS":
            inner, nested = _group(condition.graph, where)
            if nested:
                every.append((_only(inner, where), _demand(nested, where)))
            else:
                absent.append(tuple(inner))
        else:
            raise BadSparql(where, _FORM)
    return Rule(
        name,
        tuple(body),
        _only(heads, where),
        different=tuple(different),
        absent=tuple(absent),
        every=tuple(every),
        text=text,
    )


def _only(triples: list[Triple], where: str) -> Triple:
    if len(triples) != 1:
        raise BadSparql(where, _FORM)
    return triples[0]


def _demand(nested: list[Any], where: str) -> Triple:
    if len(nested) != 1 or nested[0].name != "Builtin_NOTEXISTS":
        raise BadSparql(where, _FORM)
    demand, deeper = _group(nested[0].graph, where)
    if deeper:
        raise BadSparql(where, _FORM)
    return _only(demand, where)


def _group(node: Any, where: str) -> tuple[list[Triple], list[Any]]:
    """Return the patterns of a group, and its filters."""
    patterns: list[Triple] = []
    conditions: list[Any] = []
    for part in node.part:
        if part.name == "TriplesBlock":
            patterns += _triples(part.triples, where)
        elif part.name == "Filter":
            conditions += _conjuncts(part.expr)
        else:
            raise BadSparql(where, _FORM)
    return patterns, conditions


def _conjuncts(expression: Any) -> Iterator[Any]:
    expression = _unwrap(expression)
    if getattr(expression, "name", "") == "ConditionalAndExpression":
        for part in (expression.expr, *expression.other):
            yield from _conjuncts(part)
    else:
        yield expression


def _unwrap(node: Any) -> Any:
    """Return what a chain of grammar rules with one part each comes to."""
    while getattr(node, "name", "").endswith("Expression") and not node.other:
        node = node.expr
    while getattr(node, "name", "").startswith("Path") and not getattr(node, "mod", None):
        if isinstance(node.part, list) and len(node.part) != 1:
            break
        node = node.part[0] if isinstance(node.part, list) else node.part
    return node


def _triples(blocks: Any, where: str) -> list[Triple]:
    terms = [_term(term, where) for block in blocks for term in block]
    found = list(zip(terms[::3], terms[1::3], terms[2::3], strict=True))
    if any(predicate.startswith("?") for _, predicate, _ in found):
        raise BadSparql(where, "a rule names its properties; a variable cannot stand for one")
    return found


def _term(term: Any, where: str) -> str:
    from rdflib.term import Literal, URIRef, Variable

    plain = _unwrap(term)
    if not isinstance(plain, Variable | URIRef | Literal):
        raise BadSparql(where, _FORM)
    return plain.n3()


_KEPT = (f"<{NAMESPACE}", f"<{PREFIXES['rdfs']}sub", f"<{PREFIXES['rdf']}type>")
_THINGS = (f"<{NAMESPACE}", f"<{PREFIXES['prov']}", '"')


def close(rules: Sequence[Rule], stated: Iterable[Triple]) -> Facts:
    """Return an ontology with all that follows from it, anonymous classes included.

    Raises:
        Inconsistent: the ontology contradicts itself.
        UnsupportedAxiom: a rule speaks of the absence of something that is concluded.
    """
    known = Facts(stated)
    facts = Facts(known.all)
    clashes = close_facts(rules, facts, known)
    if clashes:
        shown = sorted(" . ".join(" ".join(t) for t in premises) for premises, _ in clashes)
        raise Inconsistent(shown)
    for rule in rules:
        if rule.text and rule.head is not None and rule.head[1] in RESERVED:
            raise UnsupportedAxiom(f"a conclusion in {name_of(rule.head[1])}", f"rule {rule.name}")
        for pattern in (*(p for group in rule.absent for p in group), *(c for c, _ in rule.every)):
            if any(t not in known for t in facts.of(("?s", pattern[1], "?o"))):
                what = f"the absence of {name_of(pattern[1])}, which other rules conclude"
                raise UnsupportedAxiom(what, f"rule {rule.name}")
    return facts


def knowledge(facts: Facts, stated: Facts) -> Iterator[Triple]:
    """Yield what was concluded in sysgraph's own terms: no blank nodes and no OWL machinery."""
    for triple in facts.all:
        subject, predicate, value = triple
        if subject.startswith(_KEPT[0]) and predicate.startswith(_KEPT):
            if value.startswith(_THINGS) and triple not in stated:
                yield triple


def close_by_owlrl(quads: Iterable[ox.Quad]) -> Facts:
    """Return an ontology closed by owlrl, literals left out, which takes some seconds.

    Left out too is what owlrl adds for its own working: a thing being the same as itself, or
    a class below itself.

    Raises:
        Inconsistent: the ontology contradicts itself.

    Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
    """
    import owlrl

    graph = copy_to_rdflib(quad for quad in quads if not isinstance(quad.object, ox.Literal))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # owlrl's own use of rdflib's old names
        # Its own datatypes would stay in rdflib and change what pySHACL says ever after.
        closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False)
        closure.expand(graph)
    clashes = sorted(str(said) for _, predicate, said in graph if str(predicate).endswith("#error"))
    if clashes:
        raise Inconsistent(clashes)
    return Facts(_named_terms(graph))


def _named_terms(graph: rdflib.Graph) -> Iterator[Triple]:
    from rdflib.term import URIRef

    for subject, predicate, value in graph:
        if isinstance(subject, URIRef) and isinstance(value, URIRef) and subject != value:
            yield subject.n3(), predicate.n3(), value.n3()
