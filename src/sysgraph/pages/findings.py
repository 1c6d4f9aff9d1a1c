"""Findings in files and in answered forms, as people, programs and GitHub read them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain, repeat
from typing import Any

from sysgraph.case.contribution import Contribution
from sysgraph.check import is_draft
from sysgraph.completeness import Completeness, completeness
from sysgraph.errors import BadForm, Finding, Severity, clean
from sysgraph.issue import Answered
from sysgraph.pages.blocks import MOST_CHARACTERS, fenced, folded
from sysgraph.pages.objects import json_text
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
    "tally",
]

_MANY = 12
_MOST_LISTED = 60
_AGAIN = "Edit your text above, and it is checked again."


def findings_text(
    found: Sequence[Contribution], findings: Sequence[Finding], before: Sequence[bool] = ()
) -> str:
    """Return each finding in a line, its repair below it, and a summary by kind if there are many.

    ``before`` tells of each finding whether it was there before the change.
    """
    lines: list[str] = []
    told = _told(findings, before)
    for finding, old in told:
        there = " (there before)" if old else ""
        lines.append(f"{finding.severity}{there}: {clean(str(finding))}")
        if finding.repair is not None:
            lines.append(f"    repair: {clean(finding.repair)}")
        lines += [f"    {clean(step)}" for step in finding.proof]
    if len(findings) > _MANY:
        lines += ["", *_by_kind(findings), ""]
    violations = len(_of(Severity.VIOLATION, (finding for finding, old in told if not old)))
    counted = tally(violations, len(_of(Severity.WARNING, findings)))
    if any(before):
        counted += f", {sum(before)} there before"
    verdict = "does not conform" if violations else "conforms"
    lines += [f"{_counted(found)}: {verdict} ({counted}).", *drafts_lines(found, violations)]
    return "\n".join(lines) + "\n"


def tally(violations: int, warnings: int) -> str:
    """Return how many violations and warnings there are, in words.

    >>> tally(1, 2)
    '1 violation, 2 warnings'
    """
    told = {"violation": violations, "warning": warnings}
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in told.items())


def _told(findings: Sequence[Finding], before: Sequence[bool]) -> list[tuple[Finding, bool]]:
    """Return each finding with whether it was there before."""
    return list(zip(findings, chain(before, repeat(False)), strict=False))


def _of(severity: Severity, findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is severity]


def drafts_lines(found: Sequence[Contribution], violations: int = 0) -> list[str]:
    """Return how complete each draft is, and what comes next: violations before what may wait."""
    return [
        f"draft {name}: {said.counted}; next: mend what is violated, for it keeps the draft out"
        if violations
        else f"draft {name}: {clean(str(said))}"
        for name, said in _completed(found).items()
    ]


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
    said = [_many(count, noun) for noun, count in counts.items() if count]
    return " and ".join(said) or "0 cases"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def findings_json(
    files: Sequence[object],
    findings: Sequence[Finding],
    before: Sequence[bool] = (),
    patches: Mapping[str, str] | None = None,
    found: Sequence[Contribution] = (),
) -> str:
    """Return a report with every fact of each finding, and the patch of each file that has one."""
    told = _told(findings, before)
    report = {
        "conforms": not _of(Severity.VIOLATION, (finding for finding, old in told if not old)),
        "files": [str(file) for file in files],
        "drafts": drafts_data(found),
        "findings": [{**asdict(finding), "there_before": old} for finding, old in told],
        "by_kind": dict(Counter(finding.demand for finding in findings).most_common()),
        "patches": dict(patches or {}),
    }
    return json_text(report)


def findings_github(findings: Sequence[Finding], before: Sequence[bool] = ()) -> str:
    """Return the findings as workflow commands, which GitHub shows beside the line.

    Source: GitHub Actions, Workflow commands, Setting an error message,
    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    lines = []
    for finding, old in _told(findings, before):
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


def answers_text(answered: Answered, findings: Sequence[Finding], form: str) -> str:
    """Return the document that a form makes with what is wrong with it: text, json or markdown."""
    if form == "json":
        return _json(answered, findings)
    return _markdown(answered, findings) if form == "markdown" else _text(answered, findings)


def _text(answered: Answered, findings: Sequence[Finding]) -> str:
    lines = []
    for one in findings:
        lines.append(f"# {one.severity}: {answered.label_of(one)}: {clean(one.message)}")
        lines += [f"#     {clean(step)}" for step in one.proof]
    return "\n".join([*lines, answered.text])


def _json(answered: Answered, findings: Sequence[Finding]) -> str:
    told = {
        "kind": answered.kind.value,
        "id": answered.name,
        "place": answered.place,
        "conforms": not _of(Severity.VIOLATION, findings),
        "findings": [
            {
                "severity": one.severity.value,
                "question": answered.label_of(one),
                "message": clean(one.message),
            }
            for one in findings
        ],
        "yaml": answered.text,
    }
    return json_text(told)


def _markdown(answered: Answered, findings: Sequence[Finding]) -> str:
    wrong, advice = (_of(each, findings) for each in (Severity.VIOLATION, Severity.WARNING))
    noun = "case" if answered.kind.value == "correction" else answered.kind.value
    parts = []
    if wrong:
        parts.append(f"### Thank you. {_many(len(wrong), 'answer')} must be mended\n\n{_AGAIN}\n")
        parts.append("\n".join(_listed(answered, wrong)) + "\n")
    else:
        parts.append(
            f"### Thank you. This {noun} is sound\n\nA person will look at it before it is taken"
            " in.\n"
        )
    if advice:
        parts.append("### What would make it better\n")
        parts.append("\n".join(_listed(answered, advice)) + "\n")
    whole = "\n".join(folded("How it was read", fenced(answered.text))) + "\n"
    told = "\n".join(parts)
    if len(told) + len(whole) + 1 <= MOST_CHARACTERS:
        return f"{told}\n{whole}"
    note = "\n> The text as it was read is too long to be shown here.\n"
    return told[: MOST_CHARACTERS - len(note)] + note


def _listed(answered: Answered, findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:_MOST_LISTED]:
        label, message = answered.label_of(finding), clean(finding.message)
        yield f"- **{escape(label)}**: {escape(message)}" if label else f"- {escape(message)}"
        yield from (f"  - {escape(step)}" for step in finding.proof)
    if len(findings) > _MOST_LISTED:
        yield f"- and {len(findings) - _MOST_LISTED} more"


def refusal_markdown(error: BadForm) -> str:
    """Return why a form could not be read at all, as a comment for the issue."""
    return f"### Thank you. This could not be read\n\n{escape(error.reason)}.\n\n{_AGAIN}\n"
