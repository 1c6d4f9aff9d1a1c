"""What is contradictory in a contributed case, as findings with their proof."""

from __future__ import annotations

from collections.abc import Sequence

from sysgraph import library
from sysgraph.contribute import Contribution
from sysgraph.explain import Explainer, Explanation, Origin
from sysgraph.findings import Finding, cell_name
from sysgraph.graph import triples_of
from sysgraph.terms import PREFIXES, Triple, compact

__all__ = ["contradictions"]

_TYPE = f"<{PREFIXES['rdf']}type>"


def contradictions(case: Contribution) -> list[Finding]:
    """Return in what a contributed case contradicts itself or the ontology, with the proof.

    A case that would conclude something new of what lies outside it is a finding as well.
    """
    stated = triples_of(case.quads)
    found = library.reasoner().infer(stated, case.iri)
    problems = _beyond(case, found.outward())
    if found.clashes:
        explainer = Explainer(stated, case.iri, Origin(case.title))
        problems += [_clash(case, explainer.explain_clash(c)) for c in explainer.clashes]
    return problems


def _beyond(case: Contribution, triples: Sequence[Triple]) -> list[Finding]:
    if not triples:
        return []
    # What a thing is comes first: the rest mostly follows from it.
    shown = min(triples, key=lambda triple: (triple[1] != _TYPE, triple))
    said = " ".join(compact(term.strip("<>")) for term in shown)
    more = f" (and {len(triples) - 1} more)" if len(triples) > 1 else ""
    message = f"it would follow that {said}{more}; a case speaks of itself alone"
    focus = shown[0].strip("<>")
    return [Finding(message=message, demand="outward", file=case.file, focus=focus)]


def _clash(case: Contribution, explanation: Explanation) -> Finding:
    proof = explanation.proofs.found[0]

    def said(triple: Triple | None) -> str:
        return " — ".join(explanation.words.get(term, term) for term in triple or ())

    mine = [leaf for leaf in proof.leaves() if leaf[0].startswith(f"<{case.iri}")]
    focus = mine[0][0].strip("<>")
    line, column = case.marks.get(focus, (None, None))
    lines = tuple(
        f"{said(step.conclusion) or 'a contradiction'}, by {step.rule} from"
        f" {'; '.join(said(p.conclusion) for p in step.premises if not p.is_link)}"
        for step in proof.steps()
    )
    return Finding(
        message=f"this contradicts itself ({proof.rule}): {'; '.join(said(leaf) for leaf in mine)};"
        " keep what is true of them",
        demand=proof.rule,
        file=case.file,
        line=line,
        column=column,
        cell=cell_name(case.row, column),
        focus=focus,
        proof=lines,
    )
