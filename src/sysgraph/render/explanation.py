"""Why a type stands where it stands, down to facts and sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sysgraph.advice.compose import Advice, Reason, TypeAdvice
from sysgraph.render.advice import describe_reason, standing_text
from sysgraph.render.words import GROUNDS, bullet, escape, number, paragraph, sentence

__all__ = ["explanation_json", "explanation_markdown", "explanation_text"]


def _counted(entry: TypeAdvice, test: str) -> list[Reason]:
    return [reason for reason in entry.reasons if reason.facet.test == test]


def _terms(entry: TypeAdvice, advice: Advice, test: str) -> list[tuple[str, int, int]]:
    """Return facet, strength and what it counts (-1, 0 or 1) for each known facet of a test."""
    found = []
    for facet in advice.known:
        if facet.test == test:
            directions = {r.direction for r in entry.reasons if r.facet.id == facet.id}
            found.append((facet.id, facet.strength, sum(directions)))
    return found


def _verdict(entry: TypeAdvice, advice: Advice) -> str:
    kind = entry.type.id
    if kind in advice.front:
        return "It is among the types worth considering first: none does at least as well on" + (
            " both tests and better on one."
            if not advice.abstains
            else " what is known, and better."
        )
    if not advice.front:
        return "Too little is known on both tests to say whether it is worth considering first."
    tests = [test for test in entry.standings if test not in advice.abstains]
    better = [
        f"{other.type.number} {other.type.label}"
        for other in (advice.types[k] for k in advice.front)
        if all(_value(other, test) >= _value(entry, test) for test in tests)
    ]
    listed = " and ".join(better)
    return f"It is not among the types worth considering first: {listed} stands at least as high."


def _value(entry: TypeAdvice, test: str) -> Fraction:
    return entry.standings[test].value or Fraction(0)


def _blocks(entry: TypeAdvice, advice: Advice) -> Iterator[tuple[str, str, list[str]]]:
    """Yield, per test: its name, the sum in words, and the reasons."""
    for test, standing in entry.standings.items():
        terms = _terms(entry, advice, test)
        total = sum(strength * sign for _, strength, sign in terms)
        known = sum(reason_strength for _, reason_strength, _ in terms)
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
            f"{'for' if r.direction > 0 else 'against'}: {describe_reason(r)}"
            for r in _counted(entry, test)
        ]
        yield test, text, reasons


def explanation_text(kind: str, advice: Advice) -> str:
    """Return why a type stands where it does, as a person reads it."""
    entry = advice.types[kind]
    title = f"Why {entry.type.number} {entry.type.label} stands where it stands"
    lines = [title, "=" * len(title), "", paragraph(_verdict(entry, advice)), ""]
    for test, text, reasons in _blocks(entry, advice):
        lines += [f"On '{test}'", paragraph(text, 2), *(bullet(reason) for reason in reasons), ""]
    if entry.cautions:
        lines.append("Cautions, shown whatever the standing")
        for caution in entry.cautions:
            when = ", ".join(
                sorted(condition.rpartition("/")[2] for condition in caution.conditions)
            )
            lines.append(
                bullet(f"{caution.message} Because: {when}. [{GROUNDS[caution.ground]}]", "!")
            )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def explanation_markdown(kind: str, advice: Advice) -> str:
    """Return why a type stands where it does, as Markdown."""
    entry = advice.types[kind]
    lines = [f"## Why {escape(sentence(entry.type.label))} stands where it stands", ""]
    lines += [escape(_verdict(entry, advice)), ""]
    for test, text, reasons in _blocks(entry, advice):
        lines += [f"### On {test}", "", escape(text), "", *(f"- {escape(r)}" for r in reasons), ""]
    lines += [f"> Caution: {escape(caution.message)}" for caution in entry.cautions]
    return "\n".join(lines).rstrip() + "\n"


def explanation_json(kind: str, advice: Advice) -> str:
    """Return why a type stands where it does, as JSON."""
    entry = advice.types[kind]
    tests: dict[str, Any] = {}
    for test, standing in entry.standings.items():
        terms = _terms(entry, advice, test)
        tests[test] = {
            "standing": None if standing.value is None else float(standing.value),
            "low": float(standing.low),
            "high": float(standing.high),
            "known": float(standing.known_share),
            "terms": [
                {"facet": name, "strength": strength, "counts": sign}
                for name, strength, sign in terms
            ],
            "reasons": [
                {
                    "direction": "for" if reason.direction > 0 else "against",
                    "consideration": reason.consideration.iri,
                    "facet": reason.facet.id,
                    "value": reason.value,
                    "why": reason.consideration.why,
                    "ground": reason.consideration.ground,
                    "sources": [
                        {"citation": s.citation, "checking": s.checking, "url": s.url}
                        for s in reason.consideration.sources
                    ],
                }
                for reason in _counted(entry, test)
            ],
        }
    found = {
        "id": advice.situation.id,
        "type": kind,
        "on_front": kind in advice.front,
        "verdict": _verdict(entry, advice),
        "tests": tests,
        "cautions": [c.message for c in entry.cautions],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
