"""Anonymous classes as rules: when something belongs to one, and what follows if it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from sysgraph.reason.rule import SUB_CLASS, THING, TYPE, Rule
from sysgraph.reason.statements import DEPTH, Axioms, iri, is_datatype
from sysgraph.terms import PREFIXES, Triple

__all__ = ["class_rules"]

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
