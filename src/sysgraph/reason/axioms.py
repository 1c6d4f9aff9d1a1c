"""The ontology's OWL 2 RL axioms, and the texts of ``ontology/rules``, as rules.

Each rule of an axiom is one row of the W3C's tables, so that it can be checked as such; what the
tables do not cover is refused, and never ignored.

Source: OWL 2 Profiles, section 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from sysgraph.errors import BadSparql, Inconsistent, UnsupportedAxiom
from sysgraph.files import display
from sysgraph.rdf import copy_to_rdflib, parse_header
from sysgraph.reason.rules import (
    BY_PROPERTY,
    DEPTH,
    RESERVED,
    SUB_CLASS,
    SUB_PROPERTY,
    THING,
    TYPE,
    Axioms,
    Facts,
    Rule,
    bindings,
    close_facts,
    fill,
    iri,
    is_datatype,
    is_variable,
    name_of,
)
from sysgraph.sparql.check import fault_of
from sysgraph.terms import NAMESPACE, PREFIXES, Triple
from sysgraph.verify.rules import Reading, read_rule

__all__ = [
    "COVERED",
    "close",
    "close_by_owlrl",
    "compile_axioms",
    "knowledge",
    "read_rules",
    "settle",
]

# The rows of the W3C's tables: name, axiom, what must hold and what follows. Of a list ?l each
# member is ?m, or each two are ?m and ?n; ?0 and ?1 are these numbers, however they are written.
# Names are unique here: where OWL concludes that two things are the same, there is a contradiction.
_ANYWHERE = """
prp-dom  | ?p rdfs:domain ?c | ?x ?p ?y -> ?x a ?c
prp-rng  | ?p rdfs:range ?c | ?x ?p ?y -> ?y a ?c
prp-spo1 | ?p rdfs:subPropertyOf ?q | ?x ?p ?y -> ?x ?q ?y
prp-eqp1 | ?p owl:equivalentProperty ?q | ?x ?p ?y -> ?x ?q ?y
prp-eqp2 | ?p owl:equivalentProperty ?q | ?x ?q ?y -> ?x ?p ?y
scm-eqp1 | ?p owl:equivalentProperty ?q | -> ?p rdfs:subPropertyOf ?q
scm-eqp1 | ?p owl:equivalentProperty ?q | -> ?q rdfs:subPropertyOf ?p
prp-inv1 | ?p owl:inverseOf ?q | ?x ?p ?y -> ?y ?q ?x
prp-inv2 | ?p owl:inverseOf ?q | ?x ?q ?y -> ?y ?p ?x
cax-sco  | ?c rdfs:subClassOf ?d | ?x a ?c -> ?x a ?d
cax-eqc1 | ?c owl:equivalentClass ?d | ?x a ?c -> ?x a ?d
cax-eqc2 | ?c owl:equivalentClass ?d | ?x a ?d -> ?x a ?c
scm-eqc1 | ?c owl:equivalentClass ?d | -> ?c rdfs:subClassOf ?d
scm-eqc1 | ?c owl:equivalentClass ?d | -> ?d rdfs:subClassOf ?c
prp-trp  | ?p a owl:TransitiveProperty | ?x ?p ?y . ?y ?p ?z -> ?x ?p ?z
prp-symp | ?p a owl:SymmetricProperty | ?x ?p ?y -> ?y ?p ?x
prp-asyp | ?p a owl:AsymmetricProperty | ?x ?p ?y . ?y ?p ?x -> false
prp-irp  | ?p a owl:IrreflexiveProperty | ?x ?p ?x -> false
prp-fp   | ?p a owl:FunctionalProperty | ?x ?p ?y . ?x ?p ?z -> ?y owl:sameAs ?z
prp-ifp  | ?p a owl:InverseFunctionalProperty | ?x ?p ?y . ?z ?p ?y -> ?x owl:sameAs ?z
prp-pdw  | ?p owl:propertyDisjointWith ?q | ?x ?p ?y . ?x ?q ?y -> false
cls-com  | ?c owl:complementOf ?d | ?x a ?c . ?x a ?d -> false
cax-dw   | ?c owl:disjointWith ?d | ?x a ?c . ?x a ?d -> false
cax-adc  | ?g a owl:AllDisjointClasses . ?g owl:members ?l | ?x a ?m . ?x a ?n -> false
prp-adp  | ?g a owl:AllDisjointProperties . ?g owl:members ?l | ?x ?m ?y . ?x ?n ?y -> false
"""
_ALWAYS = """
scm-sco  | | ?x rdfs:subClassOf ?y . ?y rdfs:subClassOf ?z -> ?x rdfs:subClassOf ?z
scm-spo  | | ?x rdfs:subPropertyOf ?y . ?y rdfs:subPropertyOf ?z -> ?x rdfs:subPropertyOf ?z
cls-nothing2 | | ?x a owl:Nothing -> false
"""
# Of classes without a name: when something belongs to one, and what follows if it does.
_CONDITIONS = """
scm-int  | ?c owl:intersectionOf ?l | -> ?c rdfs:subClassOf ?m
cls-uni  | ?c owl:unionOf ?l | ?x a ?m -> ?x a ?c
scm-uni  | ?c owl:unionOf ?l | -> ?m rdfs:subClassOf ?c
cls-oo   | ?c owl:oneOf ?l | -> ?m a ?c
cls-hv2  | ?c owl:hasValue ?v . ?c owl:onProperty ?p | ?x ?p ?v -> ?x a ?c
cls-svf2 | ?c owl:someValuesFrom owl:Thing . ?c owl:onProperty ?p | ?x ?p ?y -> ?x a ?c
cls-svf1 | ?c owl:someValuesFrom ?d . ?c owl:onProperty ?p | ?x ?p ?y . ?y a ?d -> ?x a ?c
"""
_CONCLUSIONS = """
cls-int2 | ?c owl:intersectionOf ?l | ?x a ?c -> ?x a ?m
scm-int  | ?c owl:intersectionOf ?l | -> ?c rdfs:subClassOf ?m
cls-hv1  | ?c owl:hasValue ?v . ?c owl:onProperty ?p | ?x a ?c -> ?x ?p ?v
cls-avf  | ?c owl:allValuesFrom ?d . ?c owl:onProperty ?p | ?x a ?c . ?x ?p ?y -> ?y a ?d
cls-maxc1 | ?c owl:maxCardinality ?0 . ?c owl:onProperty ?p | ?x a ?c . ?x ?p ?y -> false
cls-maxc2 | ?c owl:maxCardinality ?1 . ?c owl:onProperty ?p | \
?x a ?c . ?x ?p ?y . ?x ?p ?z -> ?y owl:sameAs ?z
"""
_COUNT = re.compile(
    rf'"\+?0*(\d+)"\^\^<{PREFIXES["xsd"]}(?:integer|\w+Integer|unsigned\w+|long|int|short|byte)>'
)
_SAME = iri("owl:sameAs")


class _Row(NamedTuple):
    """What follows by one row of the tables, once its axiom is stated."""

    name: str
    body: tuple[Triple, ...]
    head: Triple | None
    different: tuple[tuple[str, str], ...]


_Table = dict[tuple[Triple, ...], list[_Row]]
"""The rows by their axiom, those of one axiom together."""


def _patterns(text: str) -> tuple[Triple, ...]:
    words = [("rdf:type" if word == "a" else word) for word in text.replace(" . ", " ").split()]
    terms = [word if word[0] == "?" else iri(word) for word in words]
    return tuple(zip(terms[::3], terms[1::3], terms[2::3], strict=True))


def _read_table(text: str) -> _Table:
    table: _Table = {}
    for line in text.strip().splitlines():
        name, axiom, rule = (part.strip() for part in line.split("|"))
        body, _, head = rule.partition("->")
        (follows,) = (None,) if head == " false" else _patterns(head)
        same = follows is not None and follows[1] == _SAME
        different = ((follows[0], follows[2]),) if follows and same else ()
        row = _Row(name, _patterns(body), None if same else follows, different)
        table.setdefault(_patterns(axiom), []).append(row)
    return table


_TABLE, _TABLE_OF_ALL = _read_table(_ANYWHERE), _read_table(_ALWAYS)
_IF, _THEN = "a condition", "a conclusion"
_OF_CLASSES = {_IF: _read_table(_CONDITIONS), _THEN: _read_table(_CONCLUSIONS)}
_FORMS = {
    _IF: ("intersectionOf", "unionOf", "oneOf", "hasValue", "someValuesFrom"),
    _THEN: ("intersectionOf", "complementOf", "hasValue", "allValuesFrom", "maxCardinality"),
}
"""What describes a class that may stand there. Of a complement there are rules wherever it is."""

COVERED = frozenset(
    row.name
    for table in (_TABLE, _TABLE_OF_ALL, *_OF_CLASSES.values())
    for rows in table.values()
    for row in rows
) | {"cls-int1", "prp-spo2"}
"""The rows of the tables that are covered."""


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
    rules = [*_rules_of(axioms, _TABLE), *_chains(axioms), *_class_rules(axioms)]
    rules += _rules_of(axioms, _TABLE_OF_ALL)
    axioms.raise_refused()
    return tuple(dict.fromkeys(rule for rule in rules if not _is_idle(rule)))


def _is_idle(rule: Rule) -> bool:
    # That everything is a thing is not worth saying, and what is a literal is left to the shapes.
    if rule.head is not None and rule.head[1] == TYPE and is_datatype(rule.head[2]):
        return True
    if rule.head is not None and (rule.head[2] == THING or rule.head in rule.body):
        return True
    return any(value == THING for _, _, value in rule.body)


def _rules_of(axioms: Axioms, table: _Table, kind: str = "") -> Iterator[Rule]:
    """Yield the rules of a table wherever their axiom is stated, or stated of one class."""
    for axiom, rows in table.items():
        for found in bindings(axiom, axioms.facts, {"?c": kind} if kind else None):
            made = tuple(fill(pattern, found) for pattern in axiom)
            counts = {name[1]: found[name] for name in ("?0", "?1") if name in found}
            if any(_count(number) != count for count, number in counts.items()):
                continue
            choices: list[dict[str, str]] = [{}]
            if "?l" in found:
                members, links = axioms.members(found["?l"])
                made += links
                choices = [{"?m": one} for one in members]
                if len(axiom) > 1:
                    choices = [{"?m": one, "?n": two} for one, two in combinations(members, 2)]
            for choice in choices:
                yield from (_rule(row, found | choice, made) for row in rows)


def _rule(row: _Row, found: dict[str, str], made: tuple[Triple, ...]) -> Rule:
    # What excludes itself can hold of nothing at all.
    body = tuple(dict.fromkeys(fill(pattern, found) for pattern in row.body))
    return Rule(row.name, body, fill(row.head, found) if row.head else None, made, row.different)


def _count(term: str) -> str:
    found = _COUNT.fullmatch(term)
    return found[1] if found else ""


def _chains(axioms: Axioms) -> Iterator[Rule]:
    for axiom in axioms.pairs("owl:propertyChainAxiom"):
        links, made = axioms.members(axiom[2])
        if not links:
            axioms.refuse("a property chain without links", axiom[0])
            continue
        body = tuple((f"?x{at}", link, f"?x{at + 1}") for at, link in enumerate(links))
        yield Rule("prp-spo2", body, ("?x0", axiom[0], f"?x{len(links)}"), (axiom, *made))


def _class_rules(axioms: Axioms) -> Iterator[Rule]:
    """Yield the rules of anonymous classes, from where they stand in an axiom."""
    below = axioms.pairs("rdfs:subClassOf")
    same = [end for one, _, two in axioms.pairs("owl:equivalentClass") for end in (one, two)]
    # Whoever is to be found outside a class has to be found inside it.
    apart = [end for one, _, two in axioms.pairs("owl:disjointWith") for end in (one, two)]
    apart += [value for _, _, value in axioms.pairs("owl:complementOf")]
    apart += [one for _, classes in axioms.groups("owl:AllDisjointClasses") for one in classes]
    kinds = [t[2] for name in ("rdfs:domain", "rdf:type") for t in axioms.pairs(name)]
    kinds += [value for _, _, value in axioms.pairs("rdfs:range") if not is_datatype(value)]
    for kind in dict.fromkeys([*(narrow for narrow, _, _ in below), *same, *apart]):
        yield from _of_class(axioms, kind, _IF)
    for kind in dict.fromkeys([*(wide for _, _, wide in below), *same, *kinds]):
        yield from _of_class(axioms, kind, _THEN)


def _of_class(
    axioms: Axioms, kind: str, place: str, around: tuple[str, ...] = ()
) -> Iterator[Rule]:
    """Yield the rules of a class that stands in a place, and of the classes within it."""
    if place == _IF and kind in (THING, iri("rdfs:Resource")):
        axioms.refuse("owl:Thing as a condition", kind)
    if is_datatype(kind):
        axioms.refuse("a datatype as a class", kind)
    if kind.startswith("<"):
        return
    if kind in around or len(around) == DEPTH:
        axioms.refuse(f"a class within itself, or deeper than {DEPTH}", kind)
        return
    forms = [(form, t[2]) for form in _FORMS[place] for t in axioms.about(kind, f"owl:{form}")]
    if not forms:
        axioms.refuse(f"this kind of class as {place}", kind)
        return
    form, value = forms[0]
    listed = form in ("intersectionOf", "unionOf", "oneOf")
    parts, made = axioms.members(value) if listed else ([value], ())
    _refuse_form(axioms, kind, form, parts, place)
    if (form, place) == ("intersectionOf", _IF):
        body = tuple(("?x", TYPE, part) for part in parts)
        axiom = (kind, iri("owl:intersectionOf"), value)
        yield Rule("cls-int1", body, ("?x", TYPE, kind), (axiom, *made))
    predicate = iri(f"owl:{form}")
    table = {axiom: rows for axiom, rows in _OF_CLASSES[place].items() if axiom[0][1] == predicate}
    yield from _rules_of(axioms, table, kind)
    if form in ("intersectionOf", "unionOf", "someValuesFrom", "allValuesFrom"):
        for part in parts:
            if (form, part) != ("someValuesFrom", THING):
                yield from _of_class(axioms, part, place, (*around, kind))


def _refuse_form(axioms: Axioms, kind: str, form: str, parts: list[str], place: str) -> None:
    by_property = iri(f"owl:{form}") in BY_PROPERTY
    value = parts[0] if parts else ""
    wrong = {
        "a restriction without one property": by_property
        and len(axioms.about(kind, "owl:onProperty")) != 1,
        "owl:Thing as a condition": (form, place) == ("intersectionOf", _IF) and not parts,
        "owl:oneOf anything but names": form == "oneOf"
        and not all(part.startswith("<") for part in parts),
        # The same number or time can be written in more than one way.
        "owl:hasValue of a literal as a condition": (form, place) == ("hasValue", _IF)
        and value.startswith('"'),
        "owl:maxCardinality of anything but 0 and 1": form == "maxCardinality"
        and _count(value) not in ("0", "1"),
    }
    for what, is_so in wrong.items():
        if is_so:
            axioms.refuse(what, kind)


HEADER = ("summary", "description", "source")
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
    parse_header(text, where, HEADER)
    try:
        answer = ox.Store().query(text)
    except SyntaxError as error:
        raise fault_of(text, where, error) from error
    if not isinstance(answer, ox.QueryTriples):
        raise BadSparql(where, "a rule must be a CONSTRUCT query")
    if path.stem in COVERED:
        raise BadSparql(where, f"{path.stem} is a row of OWL's own tables; name the rule otherwise")
    said = _translate(text, where)
    if said != read_rule(text, where):
        raise BadSparql(where, "the engine and the checker read it in two ways; write it plainer")
    return Rule(
        path.stem,
        said.body,
        said.head,
        different=said.different,
        absent=said.absent,
        every=said.every,
        text=text,
    )


def settle(rules: Iterable[Rule], stated: Iterable[Triple]) -> Iterator[Rule]:
    """Yield rules, and in place of one whose conclusion has a variable property, one for each.

    Which properties there are is what the ontology states where the rule speaks of the variable.
    They come in one order, so that the same ontology gives the same program.
    """
    facts = Facts(stated)
    for rule in rules:
        if rule.head is None or not is_variable(rule.head[1]):
            yield rule
            continue
        naming = tuple(pattern for pattern in rule.body if rule.head[1] in pattern)
        for found in sorted(bindings(naming, facts), key=lambda one: sorted(one.items())):
            body = tuple(fill(pattern, found) for pattern in rule.body)
            yield replace(rule, body=body, head=fill(rule.head, found), naming=naming)


def _translate(text: str, where: str) -> Reading:
    from functools import partial

    from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    prologue, query = parseQuery(text)
    # The tree as parsed: rdflib's algebra lifts a nested filter out of the one around it.
    names = translatePrologue(prologue, None)
    tree: Any = traverse(query, visitPost=partial(translatePName, prologue=names))
    heads = _triples(tree.template or [], where, is_head=True)
    body, conditions = _group(tree.where, where)
    different, absent, every = [], [], []
    for condition in conditions:
        if condition.name == "RelationalExpression" and condition.op == "!=":
            different.append((_term(condition.expr, where), _term(condition.other, where)))
            continue
        inner, nested = _negated(condition, where)
        if nested:
            (demand, deeper), *more = (_negated(one, where) for one in nested)
            if more or deeper:
                raise BadSparql(where, _FORM)
            every.append((_only(inner, where), _only(demand, where)))
        else:
            absent.append(tuple(inner))
    return Reading(_only(heads, where), tuple(body), tuple(different), tuple(absent), tuple(every))


def _only(triples: list[Triple], where: str) -> Triple:
    if len(triples) != 1:
        raise BadSparql(where, _FORM)
    return triples[0]


def _negated(condition: Any, where: str) -> tuple[list[Triple], list[Any]]:
    if condition.name != "Builtin_NOTEXISTS":
        raise BadSparql(where, _FORM)
    return _group(condition.graph, where)


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


def _triples(blocks: Any, where: str, *, is_head: bool = False) -> list[Triple]:
    terms = [_term(term, where) for block in blocks for term in block]
    found = list(zip(terms[::3], terms[1::3], terms[2::3], strict=True))
    if not is_head and any(predicate.startswith("?") for _, predicate, _ in found):
        raise BadSparql(where, "a rule names the properties of its premises; it has a variable")
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
        for _, predicate, _ in rule.looked_up():
            if any(t not in known for t in facts.of(("?s", predicate, "?o"))):
                what = f"the absence of {name_of(predicate)}, which other rules conclude"
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
    from rdflib import Graph
    from rdflib.term import URIRef

    # In a store without contexts, which takes two thirds of the time.
    graph = Graph("SimpleMemory", bind_namespaces="none")
    graph += copy_to_rdflib(quad for quad in quads if not isinstance(quad.object, ox.Literal))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # owlrl's own use of rdflib's old names
        # Its own datatypes would stay in rdflib and change what pySHACL says ever after.
        closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False)
        closure.expand(graph)
    clashes = sorted(str(said) for _, predicate, said in graph if str(predicate).endswith("#error"))
    if clashes:
        raise Inconsistent(clashes)
    named = (triple for triple in graph if triple[0] != triple[2])
    return Facts(
        (subject.n3(), predicate.n3(), value.n3())
        for subject, predicate, value in named
        if isinstance(subject, URIRef) and isinstance(value, URIRef)
    )
