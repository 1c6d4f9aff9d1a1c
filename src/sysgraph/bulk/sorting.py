"""A slice case by case, where something is wrong with it: the sound cases, and the refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sysgraph.bulk.slices import Slice
from sysgraph.bulk.work import (
    Kit,
    Outcome,
    Worker,
    finish,
    hangs,
    peak_memory,
    set_apart,
    work_whole,
)
from sysgraph.contribute import (
    Piece,
    Vocabulary,
    read_apart,
    read_lines,
    read_rows,
    rejected,
    unreadable,
)
from sysgraph.errors import NoContribution
from sysgraph.findings import Severity
from sysgraph.graph import Format, triples_of
from sysgraph.index.entry import entry_of, line_of
from sysgraph.inspection import judge, noted

__all__ = ["work", "work_sorting"]

_MOST = 100


def work(part: Slice) -> Outcome:
    """Return what comes of a slice."""
    kit = Worker.kit
    outcome = work_whole(part, kit)
    if kit.sorting and _is_troubled(outcome):
        outcome = work_sorting(part, kit)
    outcome.peak = peak_memory()
    return outcome


def _is_troubled(outcome: Outcome) -> bool:
    return bool(
        outcome.problems
        or any(doubt.reason != "sample" for doubt in outcome.doubts)
        or any(finding.severity is Severity.VIOLATION for finding in outcome.findings)
    )


def work_sorting(part: Slice, kit: Kit) -> Outcome:
    """Return what comes of a slice case by case: the text of the sound, the others as refused.

    What the screen refuses or is not sure of is put to pySHACL here, for the first of each worker.
    """
    whole = Outcome(part.file, part.size)
    texts: list[bytes] = []
    written = 0
    for piece in _pieces(part, kit.vocabulary):
        one = Outcome(part.file, 0)
        text = _work_piece(piece, kit, one).encode()
        one.findings += [unreadable(problem) for problem in piece.problems]
        whole.findings += one.findings
        if _is_troubled(one):
            whole.refused.append(rejected(piece, one.findings))
            continue
        whole.doubts += one.doubts
        whole.apart += one.apart
        if one.apart:
            continue
        whole.entries += one.entries
        texts.append(text)
        written += len(text)
        assert piece.case is not None  # or there would have been a problem
        whole.ends.append((piece.case.case_id, written))
    whole.text = b"".join(texts)
    return whole


def _pieces(part: Slice, vocabulary: Vocabulary) -> Iterable[Piece]:
    if part.rows is not None:
        return read_rows(part.rows, vocabulary)
    if part.text is not None:
        begin = part.line or 1
        nquads = Format.NQUADS
        return read_lines(part.text, part.file, vocabulary, nquads, part.digest, begin)
    return read_apart(Path(part.file), vocabulary)


def _work_piece(piece: Piece, kit: Kit, outcome: Outcome) -> str:
    """Return the N-Quads of a piece, and add to the outcome what is wrong with it."""
    case = piece.case
    if case is None:
        return ""
    if case.is_critique:
        reason = "critiques are not loaded in bulk; load them in a command of their own"
        piece.problems = [NoContribution(case.file, f"the {case.title}: {reason}")]
        return ""
    triples = triples_of(case.quads)
    if hangs(case.case_id, triples, kit):
        outcome.apart.append(set_apart(case, triples, kit, outcome))
        return ""
    outcome.entries.append(line_of(entry_of(case.case_id, triples)))
    sure = kit.screen.judge(triples)
    if not kit.thorough and (not sure.conforms or not sure.sure) and Worker.asked < _MOST:
        Worker.asked += 1
        kit = replace(kit, thorough=True)
    text = finish(case, triples, kit, outcome, first=False)
    if any(doubt.reason == "refused" for doubt in outcome.doubts):
        outcome.findings += judge(
            case, noted(triples, kit.vocabulary), sure.results, kit.vocabulary
        )
    return text
