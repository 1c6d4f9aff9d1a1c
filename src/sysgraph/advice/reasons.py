"""The proofs of what speaks for and against a type, where the reasons of advice are unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sysgraph.reason.explain import Explanation, explain_case, explain_situation
from sysgraph.terms import NAMESPACE

if TYPE_CHECKING:
    from sysgraph.advice.board import Advice
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = ["prove_reasons"]


def prove_reasons(
    slug: str, advice: Advice, frame: Frame, case: str | None = None, store: Store | None = None
) -> Iterator[Explanation]:
    """Yield the proofs of all that speaks for, against, closes and cautions about a type.

    ``case`` is the one whose reading the advice is about, if it is; ``store`` holds it.
    """
    if case is None or store is None:
        held = advice.situation.facets.items()
        values = [frame.facets[facet].values[value].iri for facet, value in held]
        explainer = explain_situation(advice.situation.id, values)
        subject = f"<{explainer.iri}>"
    else:
        explainer = explain_case(case, store)
        subject = f"<{explainer.iri}/readings/{advice.situation.id.rpartition('/')[2]}>"
    entry = advice.types[slug]
    wanted = [
        (f"<{NAMESPACE}{verb}>", f"<{NAMESPACE}type/{slug}>")
        for verb, reasons in (("favours", entry.supports), ("disfavours", entry.undermines))
        if reasons
    ]
    wanted += [(f"<{NAMESPACE}isGatedBy>", f"<{gate.iri}>") for gate in entry.gates]
    wanted += [(f"<{NAMESPACE}isCautionedBy>", f"<{c.iri}>") for c in entry.cautions]
    for predicate, value in wanted:
        yield explainer.explain((subject, predicate, value), most=20)
