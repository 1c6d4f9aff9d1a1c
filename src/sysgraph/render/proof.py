"""Proofs as text for a person, as JSON for a machine, and as PROV-O for linked data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sysgraph.graph import Format, quads_of, serialize
from sysgraph.proof import Proof
from sysgraph.render.words import GROUNDS, WIDTH, clean, sentence
from sysgraph.terms import NAMESPACE, PREFIXES, Triple

if TYPE_CHECKING:
    from sysgraph.explain import Explanation, Ground

__all__ = ["proof_data", "proof_lines", "proof_provenance", "statement"]

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


def rule_words(name: str) -> str:
    """Return what a rule says, with its name."""
    return f"{_RULES[name]} ({name})" if name in _RULES else f"rule {name}"


def proof_lines(explanation: Explanation) -> Iterator[str]:
    """Yield the lines of proofs as a person reads them, each step above its premises."""
    proofs = explanation.proofs
    count = len(proofs.found)
    for number, proof in enumerate(proofs.found, 1):
        steps = f"{proof.size} step{'' if proof.size == 1 else 's'}"
        yield f"Proof {number} of {count}{'' if proofs.is_complete else ' shown'}, {steps}"
        yield from _tree(proof, explanation, "  ")
        yield ""
    yield (
        "These are all proofs, and each was checked."
        if proofs.is_complete
        else "There are more proofs; the first is the smallest, and each was checked."
    )


def _tree(proof: Proof, explanation: Explanation, indent: str) -> Iterator[str]:
    said = sentence(statement(proof.conclusion, explanation))
    if not proof.rule:
        assert proof.conclusion is not None  # only a step can contradict
        yield from _wrapped(f"{said}  [{_ground(explanation.grounds[proof.conclusion])}]", indent)
        return
    yield from _wrapped(f"{said}, since {rule_words(proof.rule)}:", indent)
    for premise in proof.premises:
        if not premise.is_link:
            yield from _tree(premise, explanation, f"{indent}  ")


def _wrapped(text: str, indent: str) -> list[str]:
    from textwrap import wrap

    return wrap(
        text, max(WIDTH, len(indent) + 40), initial_indent=f"{indent}· ",
        subsequent_indent=f"{indent}  ",
    )  # fmt: skip


def _ground(ground: Ground) -> str:
    place = f"{ground.place}:{ground.line}" if ground.line else ground.place
    parts = [place]
    if ground.contributor:
        parts.append(f"says {clean(ground.contributor)}")
    if ground.ground:
        parts.append(", ".join(GROUNDS.get(name, name) for name in ground.ground.split(", ")))
    parts += [clean(source) for source in ground.sources]
    return "; ".join(parts)


def proof_data(explanation: Explanation) -> dict[str, Any]:
    """Return proofs as what JSON can hold."""
    proofs = explanation.proofs
    return {
        "statement": list(proofs.conclusion) if proofs.conclusion else None,
        "words": statement(proofs.conclusion, explanation),
        "holds": bool(proofs.found),
        "complete": proofs.is_complete,
        "proofs": [{"steps": p.size, **_node(p, explanation)} for p in proofs.found],
    }


def _node(proof: Proof, explanation: Explanation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "statement": list(proof.conclusion) if proof.conclusion else None,
        "words": statement(proof.conclusion, explanation),
    }
    if proof.rule:
        found["rule"] = proof.rule
        found["premises"] = [_node(premise, explanation) for premise in proof.premises]
    elif proof.conclusion is not None:
        ground = explanation.grounds[proof.conclusion]
        found["asserted"] = {
            "place": ground.place,
            "line": ground.line,
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
        where = f"{ground.place}:{ground.line}" if ground.line else ground.place
        said.append((entity, f"<{PREFIXES['skos']}note>", _literal(where)))
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
    import pyoxigraph as ox

    return str(ox.Literal(text))
