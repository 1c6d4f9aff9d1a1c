"""Check a contributed graph against the closed vocabulary, whichever syntax it came in."""

from collections.abc import Iterable
from difflib import get_close_matches

import pyoxigraph as ox

from sysgraph.contribute.lexical import explain_literal
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import suggest
from sysgraph.findings import Finding
from sysgraph.graph import RDF_TYPE, text_of
from sysgraph.terms import NAMESPACE, compact, local_name

__all__ = ["check_closed"]

_CASE = f"{NAMESPACE}case/"
_GRAPH = f"{NAMESPACE}graph/case/"


def check_closed(
    quads: Iterable[ox.Quad], vocabulary: Vocabulary, case: str, file: str
) -> list[Finding]:
    """Return what a contributed case says beyond what a contribution may say.

    A contribution speaks of its own case, in the properties and classes of the closed shapes,
    without blank nodes and without axioms; whatever else stands there is a finding.
    """
    found: list[Finding] = []
    for quad in quads:
        for demand, message in _problems(quad, vocabulary, case):
            found.append(
                Finding(
                    message=message,
                    demand=demand,
                    file=file,
                    field=vocabulary.fields.get(quad.predicate.value),
                    focus=text_of(quad.subject),
                    path=quad.predicate.value,
                    value=text_of(quad.object),
                )
            )
    return found


def _problems(quad: ox.Quad, vocabulary: Vocabulary, case: str) -> Iterable[tuple[str, str]]:
    subject, predicate, value = quad.subject, quad.predicate.value, quad.object
    if not isinstance(subject, ox.NamedNode):
        yield "no-blank-node", "a part without a name is refused; name it below the case's own IRI"
        return
    if not (subject.value == case or subject.value.startswith(f"{case}/")):
        yield (
            "own-subject",
            f"<{subject.value}> is not part of this case; a contribution speaks of {case} alone",
        )
    if quad.predicate == RDF_TYPE:
        if not (isinstance(value, ox.NamedNode) and value.value in vocabulary.classes):
            yield "known-class", f"{text_of(value)} is no kind of thing that a case may hold"
        return
    if predicate not in vocabulary.predicates:
        near = get_close_matches(predicate, vocabulary.predicates, n=1, cutoff=0.85)
        hint = suggest([compact(name) for name in near])
        yield "known-property", f"{compact(predicate)} is no property of a case{hint}"
        return
    yield from _object_problems(value, vocabulary, case)


def _object_problems(value: object, vocabulary: Vocabulary, case: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, ox.Literal):
        reason = explain_literal(value.value, value.datatype.value)
        if reason:
            yield "literal", reason
        return
    if not isinstance(value, ox.NamedNode):
        yield "no-blank-node", "a part without a name is refused; name it below the case's own IRI"
        return
    inside = value.value.startswith(NAMESPACE)
    own = value.value == case or value.value.startswith((f"{case}/", _CASE, _GRAPH))
    if inside and not own and not vocabulary.knows(value.value):
        base = value.value.rpartition("/")[0] + "/"
        near = get_close_matches(local_name(value.value), vocabulary.known.get(base, ()), n=2)
        yield "known-term", f"{compact(value.value)} is not known{suggest(near)}"
