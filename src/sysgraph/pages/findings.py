"""Findings as people read them, as programs do, and as GitHub shows them beside the line.

What became of a form, as YAML with comments, as JSON, and as a comment for an issue.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sysgraph.case.contribution import Contribution
from sysgraph.check import Completeness, completeness, is_draft
from sysgraph.errors import BadForm, Finding, Severity, clean
from sysgraph.forms import Answered
from sysgraph.pages.diff import fenced, folded
from sysgraph.pages.words import escape

__all__ = [
    "answers_text",
    "drafts_data",
    "drafts_lines",
    "findings_github",
    "findings_json",
    "findings_text",
    "patch_text",
    "refusal_markdown",
]

_MANY = 12


def findings_text(
    found: Sequence[Contribution],
    findings: Sequence[Finding],
    before: Sequence[bool] = (),
) -> str:
    """Return each finding in a line, its repair below it, and a summary by kind if there are many.

    ``before`` tells of each finding whether it was there before the change.
    """
    told = [*before, *[False] * (len(findings) - len(before))]
    violations = sum(
        finding.severity is Severity.VIOLATION and not old
        for finding, old in zip(findings, told, strict=True)
    )
    lines: list[str] = []
    for finding, old in zip(findings, told, strict=True):
        there = " (there before)" if old else ""
        lines.append(f"{finding.severity}{there}: {clean(str(finding))}")
        if finding.repair is not None:
            lines.append(f"    repair: {clean(finding.repair)}")
        lines += [f"    {clean(step)}" for step in finding.proof]
    if len(findings) > _MANY:
        lines += ["", *_by_kind(findings), ""]
    verdict = "does not conform" if violations else "conforms"
    counted = f"{violations} violations, {_warnings(findings)} warnings"
    if any(told):
        counted += f", {sum(told)} there before"
    lines += [f"{_counted(found)}: {verdict} ({counted}).", *drafts_lines(found)]
    return "\n".join(lines) + "\n"


def drafts_lines(found: Sequence[Contribution]) -> list[str]:
    """Return how complete each draft is, and what it misses."""
    return [f"draft {name}: {clean(str(said))}" for name, said in _completed(found).items()]


def drafts_data(found: Sequence[Contribution]) -> dict[str, Any]:
    """Return how complete each draft is, ready for JSON."""
    return {
        name: {
            "score": round(said.score, 4),
            "met": said.met,
            "asked": said.asked,
            "missing": [each.key for each in said.missing],
        }
        for name, said in _completed(found).items()
    }


def _completed(found: Sequence[Contribution]) -> dict[str, Completeness]:
    return {one.case_id: completeness(one) for one in found if is_draft(one.quads)}


def _warnings(findings: Sequence[Finding]) -> int:
    return sum(finding.severity is Severity.WARNING for finding in findings)


def _by_kind(findings: Sequence[Finding]) -> list[str]:
    kinds = Counter(finding.demand for finding in findings)
    fields: dict[str, set[str]] = {}
    for finding in findings:
        fields.setdefault(finding.demand, set()).add(finding.field or "")
    width = len(str(max(kinds.values())))
    lines = ["by kind:"]
    for demand, count in kinds.most_common():
        names = sorted(name for name in fields[demand] if name)
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        lines.append(f"  {count:>{width}} × {demand}{f' ({shown})' if shown else ''}")
    return lines


def _counted(found: Sequence[Contribution]) -> str:
    critiques = sum(one.is_critique for one in found)
    counts = {"case": len(found) - critiques, "critique": critiques}
    said = [f"{n} {noun}{'s' if n != 1 else ''}" for noun, n in counts.items() if n]
    return " and ".join(said) or "0 cases"


def findings_json(
    files: Sequence[object],
    findings: Sequence[Finding],
    before: Sequence[bool] = (),
    patches: Mapping[str, str] | None = None,
    found: Sequence[Contribution] = (),
) -> str:
    """Return a report with every fact of each finding, and the patch of each file that has one."""
    told = [*before, *[False] * (len(findings) - len(before))]
    listed: list[dict[str, Any]] = [
        {**asdict(finding), "there_before": old}
        for finding, old in zip(findings, told, strict=True)
    ]
    blocking = [
        one for one in listed if one["severity"] == Severity.VIOLATION and not one["there_before"]
    ]
    report = {
        "conforms": not blocking,
        "files": [str(file) for file in files],
        "drafts": drafts_data(found),
        "findings": listed,
        "by_kind": dict(Counter(finding.demand for finding in findings).most_common()),
        "patches": dict(patches or {}),
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def findings_github(findings: Sequence[Finding], before: Sequence[bool] = ()) -> str:
    """Return the findings as workflow commands, which GitHub shows beside the line.

    Source: GitHub Actions, Workflow commands, Setting an error message,
    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    told = [*before, *[False] * (len(findings) - len(before))]
    lines = []
    for finding, old in zip(findings, told, strict=True):
        level = (
            "notice" if old else "error" if finding.severity is Severity.VIOLATION else "warning"
        )
        facts = {"file": finding.file, "line": finding.line, "col": finding.column}
        facts["title"] = finding.demand
        said = ",".join(
            f"{name}={_escaped(str(value), ':,')}" for name, value in facts.items() if value
        )
        name = f"{finding.field}: " if finding.field else ""
        repair = f" (repair: {finding.repair})" if finding.repair is not None else ""
        lines.append(f"::{level} {said}::{_escaped(clean(name + finding.message + repair))}\n")
    return "".join(lines)


def _escaped(text: str, more: str = "") -> str:
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def patch_text(diff: str) -> str:
    """Return a diff for a terminal: what could spoof one is shown as a replacement character."""
    return "".join(
        "\ufffd" if sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cf") else sign
        for sign in diff
    )


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
            f"### Thank you. {_counted_answers(len(wrong), 'answer')} must be mended\n\n{_AGAIN}\n"
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


def _counted_answers(count: int, noun: str) -> str:
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
