"""What a practice is and is said to be, as text for a person and as JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import Any

from sysgraph.advice.definitions import Hinge
from sysgraph.advice.frame import Frame
from sysgraph.advice.practice import (
    PracticeChange,
    PracticeReport,
    PracticeVerdict,
    PracticeView,
    SaidBy,
)
from sysgraph.errors import clean
from sysgraph.pages.blocks import GAP, Block, Heading, Item, Paragraph
from sysgraph.pages.objects import picked
from sysgraph.pages.proof import proof_data, titled_proof
from sysgraph.pages.words import (
    cite,
    credit,
    grouped,
    label_of,
    listing,
    sentence,
    type_name,
    type_names,
)

__all__ = ["practice_blocks", "practice_data", "practice_summary"]

_WHO = {
    SaidBy.LEADERS: "those who lead it claim",
    SaidBy.CONTRIBUTOR: "its contributor codes it first",
    SaidBy.CONTRIBUTOR_TOO: "its contributor sees in it too",
}


def practice_blocks(
    report: PracticeReport, frame: Frame, *, proofs: bool = False
) -> Iterator[Block]:
    """Yield a report as a person reads it; with ``proofs``, each one unfolded."""
    yield Heading(f"{sentence(report.title)}: claimed and enacted", 3)
    yield GAP
    yield Paragraph(practice_summary(report, frame))
    if report.why:
        yield Paragraph(f"Its contributor says why it is coded so: {_stopped(report.why)}")
    for view in report.views:
        yield GAP
        yield from _view_blocks(view, report, frame)
    yield GAP
    yield from _definition_blocks(report, frame)
    for view in report.views if proofs else ():
        changes = (change for verdict in view.verdicts.values() for change in verdict.changes)
        for explanation in (*view.enacts.values(), *(change.proof for change in changes)):
            yield GAP
            yield from titled_proof(explanation)


def practice_summary(report: PracticeReport, frame: Frame) -> str:
    """Return in two or three sentences what a practice is, by whom, and what it is called."""
    parts = [
        f"{type_name(kind, frame)}{_as_seen(report.seen_by(kind), report)}"
        for kind in report.enacts
    ]
    nothing = _nothing(report.views, report)
    told = [f"By the definitions this is {listing(parts)}." if parts else nothing]
    claimed = [said.type for said in report.said if said.by is SaidBy.LEADERS]
    if not claimed:
        told.append("Nothing is recorded of what those who lead it claim it to be.")
    for kind in claimed:
        seen = report.seen_by(kind)
        is_open = any(view.verdicts[kind].is_open for view in report.views)
        borne = "what is known does not settle it" if is_open else "that is not borne out"
        borne = f"that is borne out{_as_seen(seen, report)}" if seen else borne
        told.append(f"Those who lead it claim that it is {type_name(kind, frame)}; {borne}.")
    return " ".join(told)


def _as_seen(seen: Sequence[PracticeView], report: PracticeReport) -> str:
    if len(report.views) == 1:
        return ""
    if len(seen) == len(report.views):
        return " (as every reading sees it)"
    return f" (as seen by: {listing([clean(view.standpoint) for view in seen])})"


def _nothing(views: Iterable[PracticeView], report: PracticeReport) -> str:
    asked = set(report.definitions.facets)
    if all(asked <= view.facets.keys() for view in views):
        return "By the definitions this is of none of the types."
    return "What is known of this is not enough to say, by the definitions, of which type it is."


def _stopped(text: str) -> str:
    """Return a text that ends as a sentence does."""
    text = clean(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _view_blocks(view: PracticeView, report: PracticeReport, frame: Frame) -> Iterator[Block]:
    title = f"As seen by: {clean(view.standpoint)}" if view.standpoint else "What is described"
    yield Heading(title, 4)
    if not view.enacts:
        yield Paragraph(_nothing([view], report))
    for kind, facts in view.rests_on.items():
        yield Paragraph(f"It is {type_name(kind, frame)}, by these facts:")
        for facet in (facet for facet in frame.facets if facet in facts):
            told = f"{sentence(_fact(facet, facts[facet], frame))}."
            yield Item(f"{told} {_stopped(view.why[facet])}" if facet in view.why else told)
    earlier = report.views[: report.views.index(view)]
    for kind, verdict in view.verdicts.items():
        who = listing([_WHO[said.by] for said in report.said if said.type == kind])
        said = f"That it is {type_name(kind, frame)} ({who})"
        same = any(_outcome(other.verdicts[kind]) == _outcome(verdict) for other in earlier)
        if verdict.changes and same:
            yield Paragraph(f"{said} is no truer as seen here; the same would make it so.")
        else:
            yield from _verdict_blocks(verdict, said, view, frame)


def _outcome(verdict: PracticeVerdict) -> list[tuple[object, ...]]:
    """Return what would make a claim true, to be compared between views."""
    return [(change.to, change.before, change.keeps) for change in verdict.changes]


def _verdict_blocks(
    verdict: PracticeVerdict, said: str, view: PracticeView, frame: Frame
) -> Iterator[Block]:
    if verdict.holds:
        yield Paragraph(f"{said} is true by the definitions.")
        yield from _hinge_blocks(verdict.hinges, "It hangs on", view.enacts, frame)
        return
    if not verdict.is_possible:
        reason = "no change could make it so, for no definition leads there from any facts"
        yield Paragraph(f"{said} is not true, and {reason}.")
        return
    groups = list(_mixtures(verdict.changes))
    several = "this" if len(groups) == 1 else "any one of these"
    truth = "is not settled by what is known" if verdict.is_open else "is not true"
    yield Paragraph(f"{said} {truth}. For it to be true, {several} would do:")
    for group in groups:
        first = group[0]
        yield Item(_describe_group(group, view, frame))
        kept = [h for h in first.hinges if h.facet in first.keeps]
        kept = [hinge for hinge in kept if set(hinge.becomes) - set(first.becomes)]
        yield from _hinge_blocks(kept, "Even then it hangs on", first.becomes, frame, 2)


def _mixtures(changes: Iterable[PracticeChange]) -> Iterator[list[PracticeChange]]:
    """Yield changes of the same facets together where every mixture of their values is one."""
    alike = grouped(changes, lambda change: (*sorted(change.to), *sorted(change.keeps.items())))
    for group in alike.values():
        sizes = (len({change.to[facet] for change in group}) for facet in group[0].to)
        if prod(sizes) == len(group):
            yield group
        else:
            yield from ([change] for change in group)


def _describe_group(group: Sequence[PracticeChange], view: PracticeView, frame: Frame) -> str:
    first = group[0]
    wishes = []
    for facet in (facet for facet in frame.facets if facet in first.to):
        wished = {change.to[facet] for change in group}
        values = [_value(facet, v, frame) for v in frame.facets[facet].values if v in wished]
        before = first.before[facet]
        now = f"now {_value(facet, before, frame)}" if before else "not known now"
        wishes.append(f"{frame.facets[facet].label}: {listing(values, 'or')} ({now})")
    facets = [facet for facet in frame.facets if facet in first.keeps]
    kept = "; ".join(_fact(facet, first.keeps[facet], frame) for facet in facets)
    stays = f". Needed with it, and so already: {kept}" if kept else ""
    return f"{sentence('; and '.join(wishes))}{stays}. {_becoming(group, view, frame)}"


def _becoming(group: Sequence[PracticeChange], view: PracticeView, frame: Frame) -> str:
    every = [k for k in group[0].becomes if all(k in change.becomes for change in group)]
    some = list(dict.fromkeys(k for c in group for k in c.becomes if k not in every))
    lost = [kind for kind in view.enacts if kind not in (*every, *some)]
    told = f"It would then be {type_names(every, frame)}"
    told += f", in some of these also {type_names(some, frame)}" if some else ""
    told += f", and no longer {type_names(lost, frame)}" if lost else ""
    return f"{told}."


def _hinge_blocks(
    hinges: Iterable[Hinge], start: str, now: Iterable[str], frame: Frame, depth: int = 1
) -> Iterator[Block]:
    """Yield on what it hangs, by facet; ``now`` are the types that it is of as things are."""
    for facet, alike in grouped(hinges, lambda hinge: hinge.facet).items():
        turns = []
        for hinge in alike:
            values = listing((_value(facet, value, frame) for value in hinge.values), "or")
            gained = [kind for kind in hinge.becomes if kind not in now]
            told = f"be {type_names(gained, frame)} instead" if gained else "no longer be so"
            turns.append(f"with {values} it would {told}")
        yield Item(f"{start} {frame.facets[facet].label}: {'; '.join(turns)}.", "~", depth)


def _definition_blocks(report: PracticeReport, frame: Frame) -> Iterator[Block]:
    asked = {*report.enacts, *(said.type for said in report.said)}
    yield Paragraph("The definitions, and how the types are told apart")
    for kind in (kind for kind in frame.types if kind in asked):
        text = report.definitions.texts.get(kind)
        if text:
            note = f" {text.note}" if text.note else ""
            yield Item(f"{type_name(kind, frame)}: {text.says}.{note} [{cite(text.sources)}]")
    for line in report.lines:
        yield Item(f"{line.says} [{credit(line.ground, line.sources)}]")


def _value(facet: str, value: str, frame: Frame) -> str:
    return f"“{label_of(frame.facets[facet], value)}”"


def _fact(facet: str, value: str, frame: Frame) -> str:
    return f"{frame.facets[facet].label}: {_value(facet, value, frame)}"


def practice_data(report: PracticeReport) -> dict[str, Any]:
    """Return a report as what JSON can hold, proofs and all."""
    return {
        **picked(report, "id title said why enacts parted borne_out=is_borne_out"),
        "views": [_view_data(view) for view in report.views],
        "lines": [
            {**picked(line, "types says ground"), "sources": [source.id for source in line.sources]}
            for line in report.lines
        ],
    }


def _view_data(view: PracticeView) -> dict[str, Any]:
    return {
        **picked(view, "id standpoint facets"),
        "enacts": {
            kind: {"rests_on": dict(view.rests_on[kind]), "proof": proof_data(proof)}
            for kind, proof in view.enacts.items()
        },
        "verdicts": {kind: _verdict_data(verdict) for kind, verdict in view.verdicts.items()},
    }


def _verdict_data(verdict: PracticeVerdict) -> dict[str, Any]:
    return {
        **picked(verdict, "holds open=is_open possible=is_possible hinges"),
        "changes": [
            {**picked(each, "to before keeps becomes hinges"), "proof": proof_data(each.proof)}
            for each in verdict.changes
        ],
    }
