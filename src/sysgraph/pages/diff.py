"""A comparison as text for a terminal, as Markdown for a pull request, and as JSON.

Texts of strangers stand in Markdown so that none of them can end the block that it is in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from sysgraph.diff.report import (
    Comparison,
    FrontChange,
    Line,
    ProofOfChange,
    ReasonChange,
    Status,
    Subject,
)
from sysgraph.errors import clean
from sysgraph.pages.blocks import (
    GAP,
    MOST_CHARACTERS,
    Block,
    Code,
    Heading,
    Item,
    Paragraph,
    Section,
    fenced,
    folded,
    text_of,
)
from sysgraph.pages.objects import json_text, picked
from sysgraph.pages.proof import proof_blocks, proof_data, statement
from sysgraph.pages.words import WIDTH, escape, grouped, number, sentence
from sysgraph.terms import compact

__all__ = [
    "advice_blocks",
    "consequence_sections",
    "diff_data",
    "diff_json",
    "diff_markdown",
    "diff_text",
    "evidence_blocks",
    "fitted",
    "subject_items",
    "summary_items",
]

_MOST_MOVES = 20
_MARKS = {Status.ADDED: "+", Status.CHANGED: "~", Status.REMOVED: "-"}
_NOTHING = "No difference: both sides say the same."
_TOLD = (
    "before after contributions ontology situations told moves counts nearness verdicts answers"
    " warnings notes checked"
)


def diff_data(found: Comparison) -> dict[str, Any]:
    """Return a comparison as data; ``differs`` is the answer in short."""
    proofs = [
        {**picked(one, "about status"), **proof_data(one.explanation)} for one in found.proofs
    ]
    return {"differs": not found.is_empty, **picked(found, _TOLD), "proofs": proofs}


def diff_json(found: Comparison) -> str:
    """Return a comparison as one JSON object."""
    return json_text(diff_data(found))


def diff_text(found: Comparison, *, proofs: bool = False) -> str:
    """Return a comparison as a person reads it on a terminal, with the proofs if wanted."""
    if found.is_empty:
        return text_of([Paragraph(_NOTHING), *(Item(note, "!") for note in found.notes)])
    blocks: list[Block] = [Heading(f"From {found.before} to {found.after}", 1)]
    for section in _sections(found, proofs=proofs):
        # What a thing is called may take more than one line.
        line = "-" * min(WIDTH, len(clean(section.heading)))
        blocks += [GAP, Paragraph(section.heading), Paragraph(line), *section.blocks]
    return text_of(blocks)


def diff_markdown(found: Comparison, limit: int = MOST_CHARACTERS, *, proofs: bool = False) -> str:
    """Return a comparison as Markdown that fits a comment; what had to be cut is said."""
    if found.is_empty:
        return "\n".join([_NOTHING, *(f"- {escape(note)}" for note in found.notes)]) + "\n"
    head = f"## From {escape(found.before)} to {escape(found.after)}\n"
    return fitted(head, list(_sections(found, proofs=proofs)), limit)


def fitted(head: str, sections: Sequence[Section], limit: int) -> str:
    """Return sections as Markdown below a head, without those that are too long, which is said."""
    blocks = list(map(_markdown, sections))
    whole = "\n".join((head, *blocks))
    if len(whole) <= limit:
        return whole
    left, kept, cut = limit - len(head) - 400, [head], []
    for section, block in zip(sections, blocks, strict=True):
        if len(block) < left:
            kept.append(block)
            left -= len(block) + 1
        else:
            cut.append(section.heading)
    names = escape("; ".join(cut)[:120])
    return (
        "\n".join(kept) + f"\n> This was cut to fit {limit:,} characters. Left out:"
        f" {names}. `sysgraph diff` on your own machine shows all of it.\n"
    )


def _markdown(section: Section) -> str:
    """Return a section as Markdown, its marks bare and an empty line after each paragraph."""
    lines: list[str] = []
    for block in section.blocks:
        if isinstance(block, Item):
            mark = {"·": "", "-": "**−** "}.get(block.mark, f"**{block.mark}** ")
            lines.append(f"{'  ' * (block.depth - 1)}- {mark}{escape(block.text)}")
        elif isinstance(block, Paragraph):
            lines += [escape(block.text), ""]
        elif isinstance(block, Code):
            lines += ["", *fenced(block.text)]
    if section.is_folded:
        lines = folded(section.heading, lines)
    else:
        lines = [f"### {escape(section.heading)}", "", *lines]
    return "\n".join(lines) + "\n"


def _sections(found: Comparison, *, proofs: bool) -> Iterator[Section]:
    yield Section("What differs", summary_items(found))
    if found.warnings:
        yield Section("To look at closely", _warnings(found))
    yield Section("Advice", advice_blocks(found))
    if found.answers:
        yield Section("Critiques: what counts otherwise", _answers(found))
    yield Section("Evidence, failures first", evidence_blocks(found))
    if found.verdicts:
        yield Section("What follows from the cases otherwise", _verdicts(found))
    for one in (*found.ontology, *found.contributions):
        title = f"{one.title} ({compact(one.name)})"
        heading = f"{sentence(one.kind)} {one.status}: {title}"
        yield Section(heading, subject_items(one), is_folded=True)
    if proofs:
        for proof in found.proofs:
            code = Code(text_of(proof_blocks(proof.explanation)))
            yield Section(f"Proof, {proof.about}: {_proved(proof)}", [code], is_folded=True)
    elif found.proofs:
        heading = "Proved; --proofs unfolds it to files, lines and sources"
        items = [Item(f"{sentence(one.about)}: {_proved(one)}") for one in found.proofs]
        yield Section(heading, items)


def consequence_sections(found: Comparison) -> list[Section]:
    """Return what a comparison came to, without the statements that differ and their proofs."""
    return [one for one in _sections(found, proofs=True) if not one.is_folded]


def _proved(proof: ProofOfChange) -> str:
    held = "holds now" if proof.status is Status.ADDED else "held before"
    said = statement(proof.explanation.proofs.conclusion, proof.explanation)
    return f"{said} ({held})"


def summary_items(found: Comparison) -> Iterator[Item]:
    """Yield how much of each kind differs."""
    kinds = grouped((*found.ontology, *found.contributions), lambda one: one.kind)
    for kind, listed in kinds.items():
        counts = Counter(one.status for one in listed)
        counted = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
        names = ", ".join(one.title for one in listed[:5]) + (" …" if len(listed) > 5 else "")
        yield Item(f"{kind}: {counted} ({names})")
    for note in found.notes:
        yield Item(note, "!")


def _warnings(found: Comparison) -> Iterator[Block]:
    for name, over in found.checked.items():
        yield Paragraph(f"{sentence(name)}: {over}.")
    for one in found.warnings:
        yield Item(f"{sentence(one.check)} · {one.about}: {one.message}", "!")
        yield Item(f"What to do: {one.do}", depth=2)


def _verdicts(found: Comparison) -> Iterator[Block]:
    yield Paragraph("By the definitions of the ontology, and not by what a case says of itself.")
    for one in found.verdicts:
        yield Item(f"{one.case}, {one.part}: {one.what} {one.value}", _MARKS[one.status])


def subject_items(subject: Subject) -> Iterator[Item]:
    """Yield in what a thing differs, part by part."""
    for part, lines in groupby(subject.lines, key=lambda line: line.part):
        together = list(lines)
        first = together[0].status
        if part and first is not Status.CHANGED and all(one.status is first for one in together):
            # What is new or gone with its part is one fact; its reasons, which are long, come last.
            said = "; ".join(sorted(map(describe_line, together), key=len))
            yield Item(f"{part}: {said}", _MARKS[first])
            continue
        if part:
            yield Item(part)
        for one in together:
            yield Item(describe_line(one), _MARKS[one.status], 2 if part else 1)


def describe_line(line: Line) -> str:
    """Return a statement that differs in one line.

    >>> describe_line(Line("outcome, working", "judgement", ("mixed",), ("yes",)))
    'judgement: mixed → yes'
    """
    before, after = ("; ".join(values) for values in (line.before, line.after))
    name = f"{line.field}: " if line.field else ""
    if not line.before or not line.after:
        return f"{name}{before or after}"
    return f"{name}{before} → {after}"


def _answers(found: Comparison) -> Iterator[Item]:
    for one in found.answers:
        yield Item(f"{one.claim}: {one.before} → {one.after}", "!")
        if one.why:
            yield Item(one.why, depth=2)


def advice_blocks(found: Comparison) -> Iterator[Block]:
    """Yield what advice differs, and why: those situations first whose first types do."""
    fronts = [move for move in found.moves if move.moves_front]
    over = f"{found.situations:,} situations were worked out on both sides: {found.told}."
    if not found.moves:
        yield Paragraph(
            f"No front moves, and no standing and no caution changes. {over} Standings come from"
            " the considerations of the ontology, which count alike on both sides; cases are the"
            " evidence beside them."
        )
        return
    said = (
        f"{over} The types worth considering first change in {len(fronts)} of them; standings,"
        f" reasons or cautions change in {len(found.moves)}."
    )
    if all(move.is_other for move in found.moves):
        said += (
            " All of these are situations that a case describes otherwise than before: the"
            " considerations count alike on both sides."
        )
    yield Paragraph(said)
    shown = [*fronts, *(move for move in found.moves if not move.moves_front)]
    for move in shown[:_MOST_MOVES]:
        yield from _move(move)
    if len(shown) > _MOST_MOVES:
        yield Item(f"and {len(shown) - _MOST_MOVES} more; --format json lists them all")


def _move(move: FrontChange) -> Iterator[Item]:
    other = " (the situation itself is described otherwise)" if move.is_other else ""
    yield Item(f"{move.title} [{move.id}]{other}", "~" if move.moves_front else "·")
    if move.moves_front:
        fronts = (", ".join(front) or "none" for front in (move.front_before, move.front_after))
        yield Item(f"worth considering first: {' → '.join(fronts)}", depth=2)
    for one in move.standings:
        change = f"{_signed(one.before)} → {_signed(one.after)}"
        yield Item(f"{one.type} on '{one.test}': {change}", depth=2)
    yield from map(_reason, grouped(move.reasons, lambda reason: reason.iri).values())


def _signed(value: float | None) -> str:
    return "too little known" if value is None else number(Fraction(value))


def _reason(listed: Sequence[ReasonChange]) -> Item:
    """Return a consideration or caution with all that it does and did."""
    one = listed[-1]
    said, marks = [], []
    for status, words in ((Status.REMOVED, "no longer"), (Status.ADDED, "now")):
        does = sorted((reason.does, reason.type) for reason in listed if reason.status is status)
        if does:
            marks.append(_MARKS[status])
            said.append(f"{words} {', '.join(map(' '.join, does))}")
    where = f"{one.facet}, {one.value}" if one.facet else "caution"
    because = f" On the other side {one.because}." if one.because else ""
    mark = marks[0] if len(marks) == 1 else "~"
    return Item(f"{where}: {'; '.join(said)}. {one.why}{because}", mark, 2)


def evidence_blocks(found: Comparison) -> Iterator[Block]:
    """Yield what cases are counted otherwise, failures first."""
    if not (found.counts or found.nearness):
        yield Paragraph("The counts of cases by type, test and judgement are the same.")
    for one in found.counts:
        what = f"judged {one.judgement} on '{one.test}'" if one.test else "cases in all"
        yield Item(f"{one.type}, {what}: {one.before} → {one.after}")
    for near in found.nearness:
        yield Item(
            f"{near.case} is among the five most similar cases of its type in {near.before} →"
            f" {near.after} of {found.situations} situations (its own left out), and the most"
            f" similar failure in {near.failure_before} → {near.failure_after}"
        )
