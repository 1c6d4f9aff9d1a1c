"""Which claims stand attacked on the one side and not on the other, and by whom."""

from __future__ import annotations

from collections.abc import Iterator

from sysgraph.advice.argument import Label
from sysgraph.advice.critique import Critique, Target
from sysgraph.advice.dissent import Claim, Dissent
from sysgraph.review.report import Answer

__all__ = ["compare_claims", "why_fallen"]

_STANDS = {
    Label.IN: "counts",
    Label.OUT: "does not count",
    Label.UNDECIDED: "is contested, and does not count until that is settled",
}


def why_fallen(claim: Claim, found: Dissent) -> str:
    """Return in a sentence who objects to a claim that does not count."""
    live = [one for one in claim.undercut_by if found.label(one) is not Label.OUT]
    said = "; ".join(_said(one) for one in live)
    return f"it stands attacked by {said}" if said else ""


def _said(critique: Critique) -> str:
    who = critique.contributor or "somebody who is not named"
    return f"{who}, from the standpoint “{critique.standpoint}”: “{critique.says}”"


def compare_claims(before: Dissent, after: Dissent) -> Iterator[Answer]:
    """Yield each claim whose standing differs; what nobody speaks of counts."""
    claims = {claim.target.iri: claim for claim in (*before.claims, *after.claims)}
    for iri in sorted(claims):
        was, now = (found.labels.get(iri, Label.IN) for found in (before, after))
        if was is now:
            continue
        side = after if now is not Label.IN else before
        mine = [claim for claim in side.claims if claim.target.iri == iri]
        why = why_fallen(mine[0], side) if mine else ""
        if now is Label.IN:
            why = f"{why}; that is answered or gone now" if why else ""
        yield Answer(_name(claims[iri].target), _STANDS[was], _STANDS[now], why)


def _name(target: Target) -> str:
    label = target.label or target.iri
    if target.kind == "outcome":
        return f"the judgement on {label} ({target.iri.rpartition('/')[2]})"
    return (
        f"the {target.kind} of {label}"
        if target.case and target.kind != "case"
        else (f"the {target.kind} {label}")
    )
