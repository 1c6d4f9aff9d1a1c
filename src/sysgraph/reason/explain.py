"""Why a statement holds: its proofs, checked, down to files and lines, sources and people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from sysgraph.errors import SysgraphError, UnknownThing
from sysgraph.files import data, term_files
from sysgraph.near import nearest
from sysgraph.proof import Proof, Proofs
from sysgraph.rdf import find_lines, triples_of
from sysgraph.reason.engine import Derivation, Reasoner
from sysgraph.reason.shipped import reasoner
from sysgraph.reason.tracer import Tracer
from sysgraph.store.local import Store
from sysgraph.terms import (
    NAMESPACE,
    PREFIXES,
    Triple,
    case_id_of,
    compact,
    graph_of,
    iri_of,
    literal_text,
    local_name,
)
from sysgraph.verify.checker import Checker
from sysgraph.verify.rules import is_statement

__all__ = [
    "Explainer",
    "Explanation",
    "Ground",
    "Origin",
    "explain_case",
    "explain_situation",
    "stated_of",
    "statements_asked",
]

_SYSG = f"<{NAMESPACE}"
_TYPE = f"<{PREFIXES['rdf']}type>"
_SAYS = {
    "ground": f"{_SYSG}hasGround>",
    "source": f"<{PREFIXES['dcterms']}source>",
    "label": f"<{PREFIXES['rdfs']}label>",
    "citation": f"<{PREFIXES['dcterms']}bibliographicCitation>",
    "checking": f"{_SYSG}hasChecking>",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What an asserted statement rests on.

    ``place`` is a file of the ontology, a case, or the person who asks; ``line`` counts from 1.
    ``ground`` is stated, attributed or reading, where it is said; ``sources`` are citations,
    with a mark on those that were not read.
    """

    place: str
    line: int | None = None
    ground: str = ""
    sources: tuple[str, ...] = ()
    contributor: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The proofs of a statement, the ground of each asserted one, and all terms in words."""

    proofs: Proofs
    grounds: Mapping[Triple, Ground]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the statements of a case or a situation come from.

    ``record`` tells in words what is recorded of that: file, digest, time, licence.
    """

    place: str
    contributor: str = ""
    ground: str = ""
    record: str = ""


class Explainer:
    """Explains statements of the ontology, and of one case or situation beside it."""

    def __init__(
        self,
        stated: Sequence[Triple] = (),
        iri: str = "",
        origin: Origin | None = None,
        by: Reasoner | None = None,
    ) -> None:
        self.stated, self.iri = stated, iri
        self.origin = origin or Origin("the ontology")
        self._by = by or reasoner()
        program = self._by.program
        found = self._by.infer(stated, iri) if iri else None
        self.clashes = found.clashes if found else []
        self._tracer = Tracer(self._by, found)
        texts = {rule.name: rule.text for rule in program.rules if rule.text}
        self._checker = Checker([*program.stated.all, *stated], texts)

    def explain(self, triple: Triple, most: int = 5) -> Explanation:
        """Return up to so many proofs of a statement, smallest first, each one checked.

        There are none where the statement does not follow.

        Raises:
            SysgraphError: the independent checker refuses a proof, which is a fault of ours.
        """
        return self._explained(self._tracer.proofs(triple, most))

    def known(self, subject: str, predicate: str) -> list[Triple]:
        """Return the statements that hold of a subject with a property, sorted."""
        return self._tracer.known(subject, predicate)

    def require_terms(self, *terms: str) -> None:
        """Make sure that terms in sysgraph's own namespace, outside the case, are known.

        Raises:
            UnknownThing: one is not, and would only ever be answered with "no".
        """
        known = self._by.program.known
        known |= {predicate for _, predicate, _ in self._by.program.schema.all}
        for term in terms:
            own = term.startswith((f"<{self.iri}>", f"<{self.iri}/")) if self.iri else False
            if term.startswith(_SYSG) and term not in known and not own:
                near = nearest(term, known, like=0.9)
                names = [compact(name.strip("<>")) for name in near]
                raise UnknownThing(compact(term.strip("<>")), "term of the ontology", names)

    def explain_clash(self, clash: Derivation) -> Explanation:
        """Return the proof of a contradiction of the case."""
        return self._explained(self._tracer.prove_clash(clash))

    def _explained(self, proofs: Proofs) -> Explanation:
        for proof in proofs.found:
            for problem in self._checker.problems(proof):
                raise SysgraphError(f"a proof was refused by the checker; report this: {problem}")
        leaves = dict.fromkeys(leaf for proof in proofs.found for leaf in proof.leaves())
        terms = {term for proof in proofs.found for term in _terms(proof)}
        terms |= set(proofs.conclusion or ())
        return Explanation(
            proofs,
            {leaf: self._ground(leaf) for leaf in leaves},
            {term: self._word(term) for term in terms},
        )

    def _ground(self, triple: Triple) -> Ground:
        about = triple[0] if triple[0].startswith("<") else triple[2]
        sources = tuple(self._cite(term) for term in self._said(about, "source"))
        grounds = [local_name(term.strip("<>")) for term in self._said(about, "ground")]
        if triple in self._by.program.stated:
            place, line = _lines().get(triple, ("the ontology", None))
            return Ground(place, line, ", ".join(grounds), sources)
        part = triple[0].strip("<>").removeprefix(f"{self.iri}").strip("/")
        place = f"{self.origin.place}, {_part(part)}" if part else self.origin.place
        return Ground(place, None, self.origin.ground, sources, self.origin.contributor)

    def _said(self, subject: str, what: str) -> list[str]:
        facts = self._by.program.schema.of((subject, _SAYS[what], "?o"))
        return sorted(value for _, _, value in facts)

    def _cite(self, source: str) -> str:
        citation = self._said(source, "citation")
        text = literal_text(citation[0]) if citation else local_name(source.strip("<>"))
        checking = [local_name(term.strip("<>")) for term in self._said(source, "checking")]
        return f"{text} ({checking[0]})" if checking and checking[0] != "read" else text

    def _word(self, term: str) -> str:
        if term.startswith("_"):
            return self._describe(term) or "classes that exclude each other"
        if not term.startswith("<"):
            return f"“{literal_text(term)}”"
        iri = term.strip("<>")
        labels = self._said(term, "label")
        if labels:
            return literal_text(labels[0])
        if self.iri and iri == self.iri:
            return self.origin.place
        if self.iri and iri.startswith(f"{self.iri}/"):
            return f"{_part(iri.removeprefix(f'{self.iri}/'))} of {self.origin.place}"
        return compact(iri)

    def _describe(self, node: str) -> str:
        """Return what an anonymous class or a list of the ontology says."""

        def given(name: str) -> list[str]:
            found = self._by.program.stated.of((node, f"<{PREFIXES['owl']}{name}>", "?o"))
            return [self._word(value) for _, _, value in found]

        on = ", ".join(given("onProperty"))
        forms = {
            "hasValue": f"whatever has “{on}” {{}}",
            "someValuesFrom": f"whatever has some “{on}” that is {{}}",
            "allValuesFrom": f"whatever has “{on}” only to what is {{}}",
            "maxCardinality": f"whatever has “{on}” at most {{}} times",
            "intersectionOf": "whatever is all of {}",
            "unionOf": "whatever is any of {}",
            "oneOf": "one of {}",
        }
        for name, form in forms.items():
            for words in given(name):
                return form.format(words)
        members = [self._word(member) for member in self._members(node)]
        return f"({', '.join(members)})" if members else ""

    def _members(self, node: str) -> list[str]:
        stated, found = self._by.program.stated, []
        while first := stated.of((node, f"<{PREFIXES['rdf']}first>", "?o")):
            found.append(first[0][2])
            node = stated.of((node, f"<{PREFIXES['rdf']}rest>", "?o"))[0][2]
        return found


def _part(path: str) -> str:
    """Return a part of a case as people say it.

    >>> _part("readings/1/facets/change-aim"), _part("practice"), _part("outcome/led")
    ('reading 1 (change-aim)', 'the practice', 'the outcome (led)')
    """
    words = [word for word in path.split("/") if word != "facets"]
    name = f"the {words[0]}"
    rest = words[1:]
    if rest and rest[0].isdigit():
        name, rest = f"{words[0].removesuffix('s')} {rest[0]}", rest[1:]
    return f"{name} ({', '.join(rest)})" if rest else name


def _terms(proof: Proof) -> Iterable[str]:
    yield from proof.conclusion or ()
    for premise in proof.premises:
        yield from _terms(premise)


@cache
def _lines() -> dict[Triple, tuple[str, int]]:
    found = find_lines(term_files(data() / "ontology"))
    return {(str(t.subject), str(t.predicate), str(t.object)): place for t, place in found.items()}


def stated_of(case_id: str, store: Store) -> Sequence[ox.Quad]:
    """Return what a stored case states.

    Raises:
        UnknownThing: there is no such case; carries the nearest ids.
    """
    stated = store.quads(graph_of(case_id))
    if not stated:
        known = filter(None, map(case_id_of, store.graphs()))
        raise UnknownThing(case_id, "case", nearest(case_id, list(known), most=3))
    return stated


def explain_case(case_id: str, store: Store) -> Explainer:
    """Return what explains the statements of a stored case.

    Raises:
        UnknownThing: there is no such case; carries the nearest ids.
    """
    stated = triples_of(stated_of(case_id, store))
    iri = iri_of(case_id)
    name = f"<{PREFIXES['schema']}name>"
    people = [o for s, p, o in stated if s == f"<{iri}/contributor>" and p == name]
    contributor = ", ".join(sorted(literal_text(person) for person in people))
    record = _record(triples_of(store.quads(graph_of(case_id, "provenance"))))
    return Explainer(stated, iri, Origin(f"case {case_id}", contributor, "reading", record))


_RECORDED = {
    "file": f"<{PREFIXES['schema']}name>",
    "SHA-256": f"<{NAMESPACE}sha256>",
    "time": f"<{PREFIXES['prov']}generatedAtTime>",
    "licence": f"<{PREFIXES['dcterms']}license>",
    "ontology": f"<{PREFIXES['owl']}versionInfo>",
}


def _record(provenance: Iterable[Triple]) -> str:
    """Return what provenance says, in words; what it does not say is left out."""
    said = {predicate: value for _, predicate, value in provenance}
    told = []
    for word, predicate in _RECORDED.items():
        if predicate in said:
            value = said[predicate]
            text = literal_text(value) if value.startswith('"') else value.strip("<>")
            told.append(f"{word} {text[:12] if word == 'SHA-256' else text}")
    return "; ".join(told)


def explain_situation(name: str, values: Iterable[str], by: Reasoner | None = None) -> Explainer:
    """Return what explains a situation that somebody describes by the IRIs of facet values."""
    iri = f"{NAMESPACE}situation/{name}"
    stated = [(f"<{iri}>", _TYPE, f"{_SYSG}Situation>")]
    stated += [(f"<{iri}>", f"{_SYSG}hasFacetValue>", f"<{value}>") for value in values]
    return Explainer(stated, iri, Origin("the situation described", "whoever asks"), by)


def statements_asked(text: str, opened: Callable[[], Store]) -> tuple[Explainer, list[Triple]]:
    """Return what explains a statement that a person writes in three words, and the statement.

    With ``?`` as the last word come all that hold. A case is looked up in the store, which is
    opened for that alone.

    Raises:
        SysgraphError: it is no statement, or names what nobody knows.
    """
    words = text.split()
    if len(words) != 3:
        raise SysgraphError(f"'{text}': write subject, property and object, or ? for the object")
    subject, predicate, value = (_node(word) for word in words)
    if not is_statement((subject, predicate, predicate if words[2] == "?" else value)):
        raise SysgraphError(
            f"'{text}': this is no statement; quote a text, and put < > round a name"
        )
    start = f"<{PREFIXES['case']}"
    if subject.startswith(start):
        case_id = subject.removeprefix(start).strip(">").partition("/")[0]
        explainer = explain_case(case_id, opened())
    else:
        explainer = Explainer()
    if words[2] == "?":
        explainer.require_terms(subject, predicate)
        return explainer, explainer.known(subject, predicate)
    explainer.require_terms(subject, predicate, value)
    return explainer, [(subject, predicate, value)]


def _node(word: str) -> str:
    if word == "a":
        word = "rdf:type"
    if word.startswith(("<", '"', "_:", "?")):
        return word
    prefix, colon, name = word.partition(":")
    if colon and prefix in PREFIXES:
        return f"<{PREFIXES[prefix]}{name}>"
    return f"<{word}>" if colon else f"<{NAMESPACE}{word}>"
