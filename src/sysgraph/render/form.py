"""What became of a form, as YAML with comments, as JSON, and as a comment for an issue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sysgraph.errors import BadForm
from sysgraph.findings import Finding, Severity
from sysgraph.issues.answers import Answered
from sysgraph.render.comment import fenced, folded
from sysgraph.render.words import clean, escape

__all__ = ["MOST_CHARACTERS", "answers_text", "refusal_markdown"]

MOST_CHARACTERS = 65_536
"""How many characters a comment on GitHub may have."""

_MOST_LISTED = 60
_AGAIN = "Edit your text above, and it is checked again."


def answers_text(answered: Answered, findings: Sequence[Finding], form: str) -> str:
    """Return the document that a form makes with what is wrong with it: text, json or markdown."""
    if form == "json":
        return _json(answered, findings)
    return _markdown(answered, findings) if form == "markdown" else _text(answered, findings)


def _said(answered: Answered, finding: Finding) -> tuple[str, str]:
    """Return the question that a finding is about, and what it says."""
    return answered.label_of(finding), clean(finding.message)


def _text(answered: Answered, findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        label, message = _said(answered, finding)
        lines.append(f"# {finding.severity}: {label}: {message}")
        lines += [f"#     {clean(step)}" for step in finding.proof]
    return "\n".join([*lines, answered.text])


def _json(answered: Answered, findings: Sequence[Finding]) -> str:
    told = {
        "kind": answered.kind.value,
        "id": answered.name,
        "place": answered.place,
        "conforms": not _violations(findings),
        "findings": [
            {"severity": one.severity.value, "question": label, "message": message}
            for one in findings
            for label, message in (_said(answered, one),)
        ],
        "yaml": answered.text,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _violations(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity is Severity.VIOLATION]


def _markdown(answered: Answered, findings: Sequence[Finding]) -> str:
    wrong = _violations(findings)
    advice = [one for one in findings if one.severity is Severity.WARNING]
    noun = "case" if answered.kind.value == "correction" else answered.kind.value
    parts = []
    if wrong:
        parts.append(
            f"### Thank you. {_counted(len(wrong), 'answer')} must be mended\n\n{_AGAIN}\n"
        )
        parts.append("\n".join(_listed(answered, wrong)) + "\n")
    else:
        parts.append(
            f"### Thank you. This {noun} is sound\n\nA person will look at it before it is taken"
            " in.\n"
        )
    if advice:
        parts.append("### What would make it better\n")
        parts.append("\n".join(_listed(answered, advice)) + "\n")
    block = "\n".join(fenced(answered.text.splitlines()))
    whole = f"{folded('How it was read')}\n\n{block}\n\n</details>\n"
    told = "\n".join(parts)
    if len(told) + len(whole) + 1 <= MOST_CHARACTERS:
        return f"{told}\n{whole}"
    note = "\n> The text as it was read is too long to be shown here.\n"
    return told[: MOST_CHARACTERS - len(note)] + note


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _listed(answered: Answered, findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:_MOST_LISTED]:
        label, message = _said(answered, finding)
        yield f"- **{escape(label)}**: {escape(message)}" if label else f"- {escape(message)}"
        yield from (f"  - {escape(step)}" for step in finding.proof)
    if len(findings) > _MOST_LISTED:
        yield f"- and {len(findings) - _MOST_LISTED} more"


def refusal_markdown(error: BadForm) -> str:
    """Return why a form could not be read at all, as a comment for the issue."""
    return f"### Thank you. This could not be read\n\n{escape(error.reason)}.\n\n{_AGAIN}\n"
