"""Dissent in words: what stands attacked, by whom, and whether anybody has answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sysgraph.advice.argument import Label
from sysgraph.advice.critique import UNDERCUTS, Critique, Target
from sysgraph.advice.dissent import Claim, Dissent
from sysgraph.advice.standpoints import Standpoints
from sysgraph.render.words import bullet, paragraph, sentence

__all__ = [
    "describe_target",
    "dissent_data",
    "dissent_lines",
    "standpoints_data",
    "standpoints_lines",
    "why_not_counted",
]

_NAMES = {
    "case": "The case",
    "consideration": "The consideration",
    "critique": "The critique",
    "critiques": "A critique within the case",
    "outcome": "The judgement on the case",
    "practice": "The classing of the case",
    "readings": "A reading of the case",
    "type": "The leadership type",
    "value": "The facet value",
}


def dissent_lines(claims: Iterable[Claim], found: Dissent) -> Iterator[str]:
    """Yield what is said of some claims under critique, those that do not count first.

    Nothing comes where there is no claim.
    """
    listed = sorted(claims, key=lambda claim: (claim.counts, claim.target.iri))
    fallen = [claim for claim in listed if not claim.counts]
    if fallen:
        yield paragraph("Somebody objects to this, and nobody has shown the objection wrong:")
        for claim in fallen:
            yield from _claim_lines(claim, found)
    standing = [claim for claim in listed if claim.counts]
    if standing:
        yield paragraph("This was spoken to as well, and stands:")
        for claim in standing:
            yield from _claim_lines(claim, found)


def _claim_lines(claim: Claim, found: Dissent) -> Iterator[str]:
    yield bullet(
        f"{describe_target(claim.target)}: {_verdict(claim)}", " " if claim.counts else "!"
    )
    for heading, critiques in (
        ("against it", claim.undercut_by),
        ("for it, which is shown and decides nothing", claim.supported_by),
        ("beside it", claim.beside),
    ):
        for critique in critiques:
            yield bullet(f"{heading}: {_said(critique)} {_fate(critique, found)}", "-", 4)
            for answer in found.answers(critique):
                yield bullet(f"in answer: {_said(answer)} {_fate(answer, found)}", "-", 6)


def _verdict(claim: Claim) -> str:
    if claim.label is Label.OUT:
        return f"it is shown, and does not count{_but(claim)}."
    if claim.label is Label.UNDECIDED:
        return (
            "it is contested: the critique and its answer undercut each other. Until that is"
            f" settled it does not count{_but(claim)}."
        )
    if claim.undercut_by:
        return "it was attacked, the attack was answered, and it counts."
    return "nobody attacks it, and it counts."


def _but(claim: Claim) -> str:
    if claim.target.kind == "risk":
        return " as established; the warning stays, since watching for it costs little"
    return ""


def why_not_counted(claim: Claim, found: Dissent) -> str:
    """Return in one sentence why a claim does not count: who objects, and that it stands."""
    live = [c for c in claim.undercut_by if found.label(c) is not Label.OUT]
    critique = live[0]
    more = f" (and {len(live) - 1} more)" if len(live) > 1 else ""
    asks = critique.question.asks or critique.question.id
    end = "nobody has answered" if not found.answers(critique) else "no answer to it stands"
    return (
        f"{describe_target(claim.target)} does not count here:"
        f" {critique.contributor or 'somebody'}{more}, from the standpoint"
        f" '{critique.standpoint}', asks {asks}, and {end}."
    )


def describe_target(target: Target) -> str:
    """Return what a critique is about, in words.

    >>> describe_target(Target("https://w3id.org/sysgraph/risk/tokenism", "tokenism"))
    "The risk 'tokenism'"
    """
    kind = target.kind
    name = _NAMES.get(kind, f"The {kind}")
    part = target.iri.rpartition("/")[2]
    test = f" on the test '{part}'" if kind == "outcome" else ""
    return f"{name} '{target.label or target.iri}'{test}"


def _said(critique: Critique) -> str:
    who = critique.contributor or "somebody who is not named"
    asks = critique.question.asks or critique.question.id
    verb = "is" if critique.asked == "is" else "ought to be"
    why = f" Because: {critique.why}" if critique.why else " No grounds are given."
    return (
        f"{sentence(who)}, from the standpoint '{critique.standpoint}', asks {asks} (what {verb}):"
        f' "{critique.says}"{why}'
    )


def _fate(critique: Critique, found: Dissent) -> str:
    if critique.stance != UNDERCUTS:
        return ""
    if not found.answers(critique):
        return "Nobody has answered."
    return {
        Label.IN: "The answer to it does not stand.",
        Label.OUT: "It is answered.",
        Label.UNDECIDED: "It and an answer undercut each other.",
    }[found.label(critique)]


def dissent_data(found: Dissent) -> dict[str, Any]:
    """Return the critiques, the claims and what does not count, ready for JSON."""
    return {
        "critiques": [_critique(critique, found) for critique in found.critiques],
        "claims": [
            {
                "about": claim.target.iri,
                "label": claim.target.label,
                "standing": claim.label.value,
                "counts": claim.counts,
                "undercut_by": [critique.iri for critique in claim.undercut_by],
                "supported_by": [critique.iri for critique in claim.supported_by],
                "beside": [critique.iri for critique in claim.beside],
            }
            for claim in found.claims
        ],
        "not_counted": {
            "cases": sorted(found.cases),
            "classifications": [list(pair) for pair in sorted(found.classifications)],
            "judgements": [list(pair) for pair in sorted(found.judgements)],
        },
    }


def _critique(critique: Critique, found: Dissent) -> dict[str, Any]:
    return {
        "id": critique.iri,
        "about": [target.iri for target in critique.about],
        "question": critique.question.id,
        "asked": critique.asked,
        "standpoint": critique.standpoint,
        "stance": critique.stance or None,
        "says": critique.says,
        "why": critique.why or None,
        "contributor": critique.contributor or None,
        "standing": found.label(critique).value,
    }


def standpoints_lines(found: Standpoints) -> Iterator[str]:
    """Yield whose standpoint is missing, and whose voice cannot be told."""
    for heard in found.voices:
        if heard.voice in found.missing:
            yield bullet(f"Nobody has spoken for {heard.voice.label}.", "?")
        else:
            critics = (f"a critique by {c.contributor or 'somebody'}" for c in heard.critiques)
            quoted = (f"'{text}'" for text in heard.standpoints)
            said = ", ".join(dict.fromkeys((*quoted, *critics)))
            yield bullet(f"{sentence(heard.voice.label)}: {said}.")
    if found.unplaced:
        listed = ", ".join(f"'{text}'" for text in found.unplaced)
        yield paragraph(
            f"Whose voice this is cannot be told: {listed}. To have it counted, add one of the"
            " words that 'sysgraph query voices' lists, such as 'tenants (affected, not involved)'."
        )


def standpoints_data(found: Standpoints) -> dict[str, Any]:
    """Return who has spoken and who is missing, ready for JSON."""
    return {
        "missing": [voice.id for voice in found.missing],
        "voices": [
            {
                "id": heard.voice.id,
                "label": heard.voice.label,
                "boundary_source": heard.voice.source,
                "standpoints": list(heard.standpoints),
                "critiques": [critique.iri for critique in heard.critiques],
            }
            for heard in found.voices
        ],
        "unplaced": list(found.unplaced),
    }
