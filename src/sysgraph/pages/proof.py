"""Proofs, and why a type stands where it stands, down to facts and sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sysgraph.advice.board import Advice, Reason, TypeAdvice
from sysgraph.errors import clean
from sysgraph.pages.blocks import GAP, Block, Heading, Item, Paragraph, text_of
from sysgraph.pages.objects import picked
from sysgraph.pages.report import describe_reason, standing_text
from sysgraph.pages.words import escape, ground_name, listing, number, sentence
from sysgraph.proof import Proof
from sysgraph.terms import NAMESPACE, PREFIXES, Triple

if TYPE_CHECKING:
    from sysgraph.advice.frame import Caution, Gate
    from sysgraph.reason.explain import Explanation, Ground

__all__ = [
    "explanation_blocks",
    "explanation_data",
    "explanation_markdown",
    "explanation_text",
    "ground_text",
    "proof_blocks",
    "proof_data",
    "proof_provenance",
    "rule_text",
    "statement",
    "titled_proof",
]

_TYPE = f"<{PREFIXES['rdf']}type>"
_RULES = {
    "prp-dom": "whatever stands before that property is of that class",
    "prp-rng": "whatever stands after that property is of that class",
    "prp-spo1": "the one property implies the other",
    "prp-spo2": "following the one property after the other amounts to it",
    "prp-eqp1": "the two properties mean the same",
    "prp-eqp2": "the two properties mean the same",
    "prp-inv1": "the one property is the other read backwards",
    "prp-inv2": "the one property is the other read backwards",
    "prp-symp": "the property holds both ways",
    "prp-trp": "the property carries on from step to step",
    "cax-sco": "the one class lies within the other",
    "cax-eqc1": "the two classes are the same",
    "cax-eqc2": "the two classes are the same",
    "cls-int1": "it meets every part of the definition",
    "cls-int2": "what meets a definition meets each part of it",
    "cls-uni": "it meets one of the alternatives",
    "cls-svf1": "one of its values is of the class that the definition names",
    "cls-svf2": "it has some value there, as the definition asks",
    "cls-avf": "all values of such a thing are of that class",
    "cls-hv1": "the definition gives every such thing that value",
    "cls-hv2": "it has the value that the definition names",
    "cls-oo": "the definition lists it",
    "prp-fp": "the property has one value at the most",
    "prp-ifp": "the property belongs to one thing at the most",
    "prp-irp": "nothing stands in that relation to itself",
    "prp-asyp": "the property never holds both ways",
    "prp-pdw": "the two properties never hold together",
    "cax-dw": "nothing is of both classes",
    "cax-adc": "nothing is of two of these classes",
    "cls-com": "the one class is all that the other is not",
    "cls-nothing2": "nothing is of that class",
    "cls-maxc1": "such a thing has no value there",
    "cls-maxc2": "such a thing has one value there at the most",
}
_VERBS = {
    f"<{PREFIXES[prefix]}{name}>": verb
    for prefix, name, verb in (
        ("rdf", "type", "is a"),
        ("rdfs", "subClassOf", "lies within"),
        ("rdfs", "subPropertyOf", "implies"),
        ("rdfs", "domain", "stands only behind a"),
        ("rdfs", "range", "leads only to a"),
        ("owl", "inverseOf", "reads backwards as"),
        ("owl", "propertyChainAxiom", "follows from the chain"),
        ("owl", "onProperty", "speaks of"),
        ("owl", "hasValue", "asks for the value"),
        ("owl", "someValuesFrom", "asks for some value that is"),
        ("owl", "allValuesFrom", "asks for values that are"),
        ("owl", "intersectionOf", "is all of"),
        ("owl", "unionOf", "is any of"),
        ("owl", "oneOf", "is one of"),
        ("owl", "members", "are to be kept apart"),
    )
}


def statement(triple: Triple | None, explanation: Explanation) -> str:
    """Return a statement as a short sentence."""
    if triple is None:
        return "This contradicts itself"
    subject, predicate, value = (clean(explanation.words.get(term, term)) for term in triple)
    return f"{subject} — {_VERBS.get(triple[1], predicate)} — {value}"


def titled_proof(explanation: Explanation) -> Iterator[Block]:
    """Yield the proofs of a statement below the statement itself."""
    yield Heading(f"Why: {statement(explanation.proofs.conclusion, explanation)}", 4)
    yield from proof_blocks(explanation)


def proof_blocks(explanation: Explanation) -> Iterator[Block]:
    """Yield proofs as a person reads them, each step above its premises."""
    proofs = explanation.proofs
    count = f"{len(proofs.found)}{'' if proofs.is_complete else ' shown'}"
    for place, proof in enumerate(proofs.found, 1):
        steps = f"{proof.size} step{'' if proof.size == 1 else 's'}"
        yield Paragraph(f"Proof {place} of {count}, {steps}")
        yield from _tree(proof, explanation, 1)
        yield GAP
    yield Paragraph(
        "These are all proofs, and each was checked."
        if proofs.is_complete
        else "There are more proofs; the first is the smallest, and each was checked."
    )


def _tree(proof: Proof, explanation: Explanation, depth: int) -> Iterator[Block]:
    said = sentence(statement(proof.conclusion, explanation))
    if proof.rule:
        yield Item(f"{said}, since {rule_text(proof.rule)}:", depth=depth)
        for premise in proof.premises:
            if not premise.is_link:
                yield from _tree(premise, explanation, depth + 1)
    elif proof.conclusion is not None:
        yield Item(
            said, depth=depth, note=f"[{ground_text(explanation.grounds[proof.conclusion])}]"
        )


def rule_text(rule: str) -> str:
    """Return in words what a rule says, with its name."""
    words = _RULES.get(rule)
    return f"{words} ({rule})" if words else f"rule {rule}"


def ground_text(ground: Ground) -> str:
    """Return in words what an asserted statement rests on: place, people, ground and sources."""
    parts = [_place(ground)]
    if ground.contributor:
        parts.append(f"says {ground.contributor}")
    if ground.ground:
        parts.append(", ".join(map(ground_name, ground.ground.split(", "))))
    return "; ".join([*parts, *ground.sources])


def _place(ground: Ground) -> str:
    return f"{ground.place}:{ground.line}" if ground.line else ground.place


def proof_data(explanation: Explanation) -> dict[str, Any]:
    """Return proofs as what JSON can hold."""
    proofs = explanation.proofs
    return {
        **_said(proofs.conclusion, explanation),
        "holds": bool(proofs.found),
        "complete": proofs.is_complete,
        "proofs": [{"steps": proof.size, **_node(proof, explanation)} for proof in proofs.found],
    }


def _said(triple: Triple | None, explanation: Explanation) -> dict[str, Any]:
    words = statement(triple, explanation)
    return {"statement": list(triple) if triple else None, "words": words}


def _node(proof: Proof, explanation: Explanation) -> dict[str, Any]:
    found = _said(proof.conclusion, explanation)
    if proof.rule:
        found["rule"] = proof.rule
        found["premises"] = [_node(premise, explanation) for premise in proof.premises]
    elif proof.conclusion is not None:
        ground = explanation.grounds[proof.conclusion]
        found["asserted"] = {
            **picked(ground, "place line"),
            "ground": ground.ground or None,
            "sources": list(ground.sources),
            "contributor": ground.contributor or None,
        }
    return found


def proof_provenance(explanations: Sequence[Explanation]) -> bytes:
    """Return proofs as PROV-O in Turtle: each step an activity that used its premises.

    A statement that is proved in two ways stands there twice, once for each, for an entity of
    PROV has one origin. Blank nodes of the ontology get addresses below ``.well-known/genid``.

    Source: PROV-O, https://www.w3.org/TR/prov-o/
    """
    from sysgraph.rdf import Format, quads_of
    from sysgraph.turtle import serialize

    triples: dict[Triple, None] = {}
    for explanation in explanations:
        for proof in explanation.proofs.found:
            _provenance(proof, explanation, triples)
    return serialize(quads_of(triples), Format.TURTLE)


def _provenance(proof: Proof, explanation: Explanation, triples: dict[Triple, None]) -> str:
    below = [_provenance(premise, explanation, triples) for premise in proof.premises]
    text = " ".join((proof.rule, *(proof.conclusion or ("contradiction",)), *below))
    address = f"{NAMESPACE}proof/{sha256(text.encode()).hexdigest()[:20]}"
    entity = f"<{address}>"
    prov, rdf, terms = PREFIXES["prov"], PREFIXES["rdf"], PREFIXES["dcterms"]
    said: list[Triple] = [(entity, _TYPE, f"<{prov}Entity>")]
    if proof.conclusion is not None:
        said.append((entity, _TYPE, f"<{rdf}Statement>"))
        for name, term in zip(("subject", "predicate", "object"), proof.conclusion, strict=True):
            said.append((entity, f"<{rdf}{name}>", _address(term)))
    if proof.rule:
        step, rule = f"<{address}/step>", f"<{NAMESPACE}rule/{proof.rule}>"
        plan = f"<{address}/association>"
        said += [
            (entity, f"<{prov}wasGeneratedBy>", step),
            (step, _TYPE, f"<{prov}Activity>"),
            (step, f"<{prov}qualifiedAssociation>", plan),
            (plan, _TYPE, f"<{prov}Association>"),
            (plan, f"<{prov}agent>", f"<{NAMESPACE}>"),
            (plan, f"<{prov}hadPlan>", rule),
            (rule, _TYPE, f"<{prov}Plan>"),
        ]
        for premise in below:
            said += [
                (step, f"<{prov}used>", f"<{premise}>"),
                (entity, f"<{prov}wasDerivedFrom>", f"<{premise}>"),
            ]
    elif proof.conclusion is not None:
        ground = explanation.grounds[proof.conclusion]
        said.append((entity, f"<{PREFIXES['skos']}note>", _literal(_place(ground))))
        if ground.contributor:
            author = f"<{PREFIXES['schema']}author>"
            said.append((entity, author, _literal(ground.contributor)))
        cited = f"<{terms}bibliographicCitation>"
        said += [(entity, cited, _literal(source)) for source in ground.sources]
        for name in filter(None, ground.ground.split(", ")):
            said.append((entity, f"<{NAMESPACE}hasGround>", f"<{NAMESPACE}ground/{name}>"))
    triples.update(dict.fromkeys(said))
    return address


def _address(term: str) -> str:
    return f"<{NAMESPACE}.well-known/genid/{term[2:]}>" if term.startswith("_:") else term


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # what N-Triples escapes, JSON does alike


def _terms(entry: TypeAdvice, advice: Advice, test: str) -> list[tuple[str, int, int]]:
    """Return facet, strength and what it counts (-1, 0 or 1) for each known facet of a test."""
    return [
        (f.id, f.strength, sum({r.direction for r in entry.reasons if r.facet.id == f.id}))
        for f in advice.known
        if f.test == test
    ]


def _verdict(entry: TypeAdvice, advice: Advice) -> str:
    if entry.type.id in advice.front:
        end = (
            "what is known and better on part of it"
            if advice.abstains
            else "both tests and better on one"
        )
        return (
            f"It is among the types worth considering first: none does at least as well on {end}."
        )
    if entry.gates:
        first = "would be" if entry.type.id in advice.ahead else "is not"
        return (
            f"A gate closes it: it fails {listing(sorted({g.test for g in entry.gates}))}. By the"
            f" sums alone it {first} among the types worth considering first."
        )
    if not advice.ahead:
        return "Too little is known on both tests to say whether it is worth considering first."
    better = []
    for other in (advice.types[kind] for kind in advice.ahead):
        pairs = ((other.standings[test], own) for test, own in entry.standings.items())
        if all((at.value or 0) >= (own.value or 0) for at, own in pairs):
            better.append(other.type.name)
    listed = " and ".join(better)
    return f"It is not among the types worth considering first: {listed} stands at least as high."


def _tests(entry: TypeAdvice, advice: Advice) -> Iterator[tuple[str, str, list[str]]]:
    """Yield, per test: its name, the sum in words, and the reasons."""
    for test, standing in entry.standings.items():
        terms = _terms(entry, advice, test)
        total = sum(strength * sign for _, strength, sign in terms)
        known = sum(strength for _, strength, _ in terms)
        parts = [f"{strength * sign:+d} {name}" for name, strength, sign in terms if sign]
        silent = [name for name, _, sign in terms if not sign]
        summed = ", ".join(parts) or "nothing for or against"
        text = (
            f"{standing_text(standing)} = ({summed}) = {total:+d} over {known}, the strength known."
        )
        if standing.value is None:
            text = (
                f"Too little is known: {float(standing.known_share):.0%} by strength."
                f" Known answers: {summed}. They leave it between {number(standing.low)}"
                f" and {number(standing.high)}."
            )
        if silent:
            text += f" Known, but saying nothing on balance about this type: {', '.join(silent)}."
        reasons = [
            f"{'for' if reason.direction > 0 else 'against'}: {describe_reason(reason)}"
            for reason in entry.reasons
            if reason.facet.test == test
        ]
        yield test, text, reasons


def explanation_text(kind: str, advice: Advice) -> str:
    """Return why a type stands where it does, as a person reads it."""
    return text_of(explanation_blocks(kind, advice))


def explanation_blocks(kind: str, advice: Advice) -> Iterator[Block]:
    """Yield why a type stands where it does, block by block."""
    entry = advice.types[kind]
    yield Heading(f"Why {entry.type.name} stands where it stands", 1)
    yield GAP
    yield Paragraph(_verdict(entry, advice))
    for test, text, reasons in _tests(entry, advice):
        yield GAP
        yield Paragraph(f"On '{test}'")
        yield Paragraph(text, 1)
        yield from map(Item, reasons)
    if entry.gates:
        yield GAP
        yield Paragraph("Gates that hold: it fails the test, whatever the standing")
    for gate in entry.gates:
        yield Item(f"{_warning(gate, advice)} On '{gate.test}'. It lifts if: {gate.lift}", "!")
    if entry.cautions:
        yield GAP
        yield Paragraph("Cautions, shown whatever the standing")
    for caution in entry.cautions:
        yield Item(_warning(caution, advice), "!")


def _warning(warning: Gate | Caution, advice: Advice) -> str:
    """Return what a gate or caution says, the known facts that make it hold, and its ground."""
    facets = advice.situation.facets
    when = ", ".join(sorted(f"{name}-{facets[name]}" for name in warning.condition.when))
    return f"{warning.message} Because: {when}. [{ground_name(warning.ground)}]"


def explanation_markdown(kind: str, advice: Advice) -> str:
    """Return why a type stands where it does, as Markdown."""
    entry = advice.types[kind]
    lines = [f"## Why {escape(sentence(entry.type.label))} stands where it stands", ""]
    lines += [escape(_verdict(entry, advice)), ""]
    for test, text, reasons in _tests(entry, advice):
        lines += [f"### On {test}", "", escape(text), "", *(f"- {escape(r)}" for r in reasons), ""]
    lines += [f"> Gate, on {gate.test}: {escape(gate.message)}" for gate in entry.gates]
    lines += [f"> Caution: {escape(caution.message)}" for caution in entry.cautions]
    return "\n".join(lines).rstrip() + "\n"


def explanation_data(kind: str, advice: Advice) -> dict[str, Any]:
    """Return why a type stands where it does, ready for JSON."""
    entry = advice.types[kind]
    return {
        "id": advice.situation.id,
        "type": kind,
        "on_front": kind in advice.front,
        "verdict": _verdict(entry, advice),
        "tests": {test: _test_data(test, entry, advice) for test in entry.standings},
        "gates": [{"test": gate.test, "message": gate.message} for gate in entry.gates],
        "cautions": [caution.message for caution in entry.cautions],
    }


def _test_data(test: str, entry: TypeAdvice, advice: Advice) -> dict[str, Any]:
    return {
        **picked(entry.standings[test], "standing=value low high known=known_share"),
        "terms": [
            {"facet": name, "strength": strength, "counts": sign}
            for name, strength, sign in _terms(entry, advice, test)
        ],
        "reasons": [_reason_data(one) for one in entry.reasons if one.facet.test == test],
    }


def _reason_data(reason: Reason) -> dict[str, Any]:
    said = reason.consideration
    return {
        "direction": "for" if reason.direction > 0 else "against",
        "consideration": said.iri,
        **picked(reason, "facet value"),
        **picked(said, "why ground"),
        "sources": [picked(source, "citation checking url") for source in said.sources],
    }
