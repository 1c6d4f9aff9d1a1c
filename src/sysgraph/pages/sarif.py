"""Findings as SARIF 2.1.0, which code scanning reads: rules, places, repairs.

Source: SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and of it
what GitHub reads, https://docs.github.com/en/code-security/reference/code-scanning/sarif-files
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from itertools import chain, repeat
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import yaml

from sysgraph import __version__
from sysgraph.errors import Finding, Severity, clean
from sysgraph.files import data
from sysgraph.fix import Repair, key_of
from sysgraph.ontology import Ontology
from sysgraph.pages.objects import json_text
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["findings_sarif"]

_OASIS = "https://docs.oasis-open.org/sarif/sarif/v2.1.0"
_SCHEMA = f"{_OASIS}/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning"}
_FACTS = ("cell", "field", "focus", "path", "value", "component", "proof", "allowed", "nearest")


def findings_sarif(
    findings: Sequence[Finding],
    before: Sequence[bool] = (),
    repairs: Mapping[str, Repair] | None = None,
) -> str:
    """Return the findings as a SARIF log, one result for each.

    What was there ``before`` is a note. The repair of a file is the fix of the first finding
    that it mends, for it is judged as a whole.
    """
    rules = list(dict.fromkeys(finding.demand for finding in findings))
    waiting, seen = dict(repairs or {}), Counter[tuple[str, str]]()
    results = []
    for finding, old in zip(findings, chain(before, repeat(False)), strict=False):
        file = finding.file or ""
        known_by = (file, _fingerprint(finding))
        seen[known_by] += 1
        result = _result(finding, rules.index(finding.demand), old)
        line_hash = f"{known_by[1]}:{seen[known_by]}"
        result["partialFingerprints"] = {"primaryLocationLineHash": line_hash}
        if finding.repair is not None and file in waiting:
            result |= _fixes(waiting.pop(file))
        results.append(result)
    driver = {
        "name": "sysgraph",
        "version": __version__,
        "informationUri": NAMESPACE,
        "rules": [_rule(name) for name in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(finding: Finding, rule: int, old: bool) -> dict[str, Any]:
    facts = {name: getattr(finding, name) for name in _FACTS}
    name = f"{finding.field}: " if finding.field else ""
    repair = f" (repair: {finding.repair})" if finding.repair is not None else ""
    return {
        "ruleId": finding.demand,
        "ruleIndex": rule,
        "level": "note" if old else _LEVELS[finding.severity],
        "message": {"text": _literal(name + finding.message + repair)},
        "locations": [_location(finding)],
        "properties": {name: fact for name, fact in facts.items() if fact not in (None, ())},
    }


def _literal(text: str) -> str:
    """Return a text as a message, in which braces would stand for arguments (SARIF, 3.11.5)."""
    return clean(text).replace("{", "{{").replace("}", "}}")


def _location(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.line or 1}
    if finding.column and not finding.cell:  # that of a cell counts cells
        region["startColumn"] = finding.column
    place = {"artifactLocation": {"uri": _uri(finding.file or "")}, "region": region}
    return {"physicalLocation": place}


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")


def _fingerprint(finding: Finding) -> str:
    """Return what a finding is known by wherever its line has gone."""
    return sha256("\0".join(key_of(finding)).encode(errors="surrogateescape")).hexdigest()[:16]


def _fixes(repair: Repair) -> dict[str, Any]:
    """Return the repair of a file, as replacements of whole lines of it.

    What is not in UTF-8 has no lines that a program could count columns of.
    """
    if repair.encoding:
        return {}
    mended = sum(one.repair is not None for one in repair.findings)
    change = {
        "artifactLocation": {"uri": _uri(str(repair.path))},
        "replacements": list(_replacements(repair)),
    }
    said = f"mends {mended} of what is wrong with the file, as 'sysgraph validate --fix' does"
    return {"fixes": [{"description": {"text": said}, "artifactChanges": [change]}]}


def _replacements(repair: Repair) -> Iterator[dict[str, Any]]:
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (repair.before, repair.after))
    newline = "\r\n" if b"\r\n" in repair.content else "\n"
    for kind, start, end, first, last in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            continue
        region = {"startLine": start + 1, "startColumn": 1, "endLine": end + 1, "endColumn": 1}
        if start < end and not old[end - 1].endswith("\n"):  # the last line, with no end of its own
            region |= {"endLine": end, "endColumn": len(old[end - 1]) + 1}
        text = "".join(new[first:last]).replace("\n", newline)
        yield {"deletedRegion": region, "insertedContent": {"text": text}}


def _rule(demand: str) -> dict[str, Any]:
    said = _shape_rule(demand) if demand.startswith("shape:") else _check_rule(demand)
    name = "".join(word[:1].upper() + word[1:] for word in re.split(r"[:-]", demand))
    kind = "shape" if demand.startswith("shape:") else "reading"
    return {"id": demand, "name": name, **said, "properties": {"tags": [kind]}}


def _shape_rule(demand: str) -> dict[str, Any]:
    iri = PREFIXES["shape"] + demand.removeprefix("shape:")
    shapes = Ontology.load().shape_nodes
    message = shapes.said(iri, f"{PREFIXES['sh']}message")
    strict = shapes.said(iri, f"{PREFIXES['sh']}severity") in ("", f"{PREFIXES['sh']}Violation")
    first = re.split(r"(?<=[.]) ", message)[0]
    told = _described(first, message, "error" if strict else "warning")
    return {**told, "helpUri": iri}


def _check_rule(demand: str) -> dict[str, Any]:
    known = _checks().get(demand)
    if known is None:  # the rest are rules of reasoning
        text = f"What follows contradicts itself, by the rule {demand}."
        return _described(text, text, "error")
    wrong = known["wrong"][:1].upper() + known["wrong"][1:] + "."
    mended = f" Repaired, where evident: {known['repair']}." if "repair" in known else ""
    return _described(wrong, wrong + mended, known.get("level", "error"))


def _described(short: str, whole: str, level: str) -> dict[str, Any]:
    page = f"{whole} What each finding says: docs/errors.md."
    return {
        "shortDescription": {"text": _literal(short)},
        "fullDescription": {"text": _literal(whole)},
        "help": {"text": _literal(page)},
        "defaultConfiguration": {"level": level},
    }


@cache
def _checks() -> dict[str, dict[str, str]]:
    text = (data() / "ontology" / "checks.yaml").read_text(encoding="utf-8")
    listed = yaml.load(text, Loader=yaml.BaseLoader)
    return {name: about for about in listed for name in about["checks"]}
