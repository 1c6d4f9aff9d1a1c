"""A comparison as text for a terminal, as Markdown for a pull request, and as JSON.

Texts of strangers stand in Markdown so that none of them can end the block that it is in.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from sysgraph.diff.report import Comparison, FrontChange, Line, ReasonChange, Status, Subject
from sysgraph.errors import clean
from sysgraph.pages.proof import proof_data, proof_lines, statement
from sysgraph.pages.words import JOINER, WIDTH, bullet, escape, paragraph, sentence
from sysgraph.terms import compact

__all__ = ["MOST_CHARACTERS", "diff_json", "diff_markdown", "diff_text", "fenced", "folded"]

MOST_CHARACTERS = 65_536
"""How many characters a comment on GitHub may have."""
_MOST_MOVES = 20


def diff_json(found: Comparison) -> str:
    """Return a comparison as one JSON object; ``differs`` is the answer in short."""
    proofs = [
        {"about": one.about, "status": one.status, **proof_data(one.explanation)}
        for one in found.proofs
    ]
    told = asdict(replace(found, proofs=()))
    del told["proofs"]
    whole = {"differs": not found.is_empty, **told, "proofs": proofs}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def folded(heading: str) -> str:
    """Return the opening of a block that is shown when its heading is pressed.

    Within HTML no Markdown is read, so that the heading is escaped as HTML is.
    """
    text = re.sub(r"(@|#|\bGH-|://|www\.)", rf"\1{JOINER}", html.escape(clean(heading)))
    # The joiner would break the character references that the escaping has made.
    return f"<details><summary>{text.replace(f'&#{JOINER}', '&#')}</summary>"


def fenced(lines: Sequence[str]) -> list[str]:
    """Return lines as a block of code that none of them can end."""
    runs = (len(run) for line in lines for run in re.findall(r"~+", line))
    fence = "~" * max(3, 1 + max(runs, default=0))
    kept = [" " * (len(line) - len(line.lstrip(" "))) + clean(line) for line in lines]
    return [fence, *kept, fence]


_MARKS = {Status.ADDED: "+", Status.CHANGED: "~", Status.REMOVED: "-"}
_NOTHING = "No difference: both sides say the same."

_Item = tuple[int, str, str]
"""An item of a list: how deep it stands, its mark, and its text."""


@dataclass(frozen=True, slots=True)
class _Block:
    heading: str
    text: Sequence[str] = ()
    items: Sequence[_Item] = ()
    is_folded: bool = False
    raw: Sequence[str] = ()


def diff_text(found: Comparison, *, proofs: bool = False) -> str:
    """Return a comparison as a person reads it on a terminal, with the proofs if wanted."""
    if found.is_empty:
        return "\n".join([_NOTHING, *(bullet(note, "!", 2) for note in found.notes)]) + "\n"
    title = f"From {clean(found.before)} to {clean(found.after)}"
    lines = [title, "=" * len(title), ""]
    for block in _blocks(found, proofs=proofs):
        lines += [paragraph(block.heading), "-" * min(WIDTH, len(clean(block.heading)))]
        lines += [paragraph(text) for text in block.text]
        lines += [bullet(text, mark, 2 * depth) for depth, mark, text in block.items]
        lines += [f"  {line}" for line in block.raw]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def diff_markdown(found: Comparison, limit: int = MOST_CHARACTERS, *, proofs: bool = False) -> str:
    """Return a comparison as Markdown that fits a comment; what had to be cut is said."""
    if found.is_empty:
        return "\n".join([_NOTHING, *(f"- {escape(note)}" for note in found.notes)]) + "\n"
    head = f"## From {escape(found.before)} to {escape(found.after)}\n"
    blocks = [_markdown(block) for block in _blocks(found, proofs=proofs)]
    return _fitted(head, blocks, limit)


def _fitted(head: str, blocks: Sequence[str], limit: int) -> str:
    whole = "\n".join((head, *blocks))
    if len(whole) <= limit:
        return whole
    left, kept, cut = limit - len(head) - 400, [head], []
    for block in blocks:
        if len(block) < left:
            kept.append(block)
            left -= len(block) + 1
        else:
            heading = block.partition("\n")[0].removeprefix("<details><summary>")
            cut.append(heading.removesuffix("</summary>").lstrip("# "))
    return (
        "\n".join(kept) + f"\n> This was cut to fit {limit:,} characters. Left out:"
        f" {'; '.join(cut)[:200]}. `sysgraph diff` on your own machine shows all of it.\n"
    )


def _markdown(block: _Block) -> str:
    heading = folded(block.heading) if block.is_folded else f"### {escape(block.heading)}"
    lines = [heading, "", *(f"{escape(text)}\n" for text in block.text)]
    lines += [f"{'  ' * (d - 1)}- {_marked(mark)}{escape(text)}" for d, mark, text in block.items]
    lines += ["", *fenced(block.raw)] if block.raw else []
    lines += ["", "</details>"] if block.is_folded else []
    return "\n".join(lines) + "\n"


def _marked(mark: str) -> str:
    return f"**{mark}** " if mark in ("+", "~", "!") else "**−** " if mark == "-" else ""


def _blocks(found: Comparison, *, proofs: bool) -> Iterator[_Block]:
    yield _summary(found)
    if found.warnings:
        yield _warnings(found)
    yield _advice(found)
    if found.answers:
        yield _answers(found)
    yield _evidence(found)
    if found.verdicts:
        yield _Block(
            "What follows from the cases otherwise",
            ("By the definitions of the ontology, and not by what a case says of itself.",),
            [
                (1, _MARKS[one.status], f"{one.case}, {one.part}: {one.what} {one.value}")
                for one in found.verdicts
            ],
        )
    yield from map(_subject, (*found.ontology, *found.contributions))
    yield from _proofs(found, unfold=proofs)


def _proofs(found: Comparison, *, unfold: bool) -> Iterator[_Block]:
    items: list[_Item] = []
    for proof in found.proofs:
        held = "holds now" if proof.status is Status.ADDED else "held before"
        said = clean(statement(proof.explanation.proofs.conclusion, proof.explanation))
        items.append((1, "·", f"{sentence(proof.about)}: {said} ({held})"))
        if unfold:
            heading = f"Proof, {proof.about}: {said} ({held})"
            yield _Block(heading, is_folded=True, raw=list(proof_lines(proof.explanation)))
    if items and not unfold:
        yield _Block("Proved; --proofs unfolds it to files, lines and sources", items=items)


def _summary(found: Comparison) -> _Block:
    kinds: dict[str, list[Subject]] = {}
    for one in (*found.ontology, *found.contributions):
        kinds.setdefault(one.kind, []).append(one)
    items: list[_Item] = []
    for kind, listed in kinds.items():
        counts = Counter(one.status for one in listed)
        counted = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
        names = ", ".join(one.title for one in listed[:5]) + (" …" if len(listed) > 5 else "")
        items.append((1, "·", f"{kind}: {counted} ({names})"))
    items += [(1, "!", note) for note in found.notes]
    return _Block("What differs", items=items)


def _warnings(found: Comparison) -> _Block:
    items: list[_Item] = []
    for one in found.warnings:
        items.append((1, "!", f"{sentence(one.check)} · {one.about}: {one.message}"))
        items.append((2, "·", f"What to do: {one.do}"))
    looked = [f"{sentence(name)}: {over}." for name, over in found.checked.items()]
    return _Block("To look at closely", looked, items)


def _subject(subject: Subject) -> _Block:
    items: list[_Item] = []
    for part, lines in groupby(subject.lines, key=lambda line: line.part):
        together = list(lines)
        first = together[0].status
        if part and first is not Status.CHANGED and all(one.status is first for one in together):
            # What is new or gone with its part is one fact; its reasons, which are long, come last.
            said = "; ".join(sorted(map(describe_line, together), key=len))
            items.append((1, _MARKS[first], f"{part}: {said}"))
            continue
        items += [(1, "·", part)] if part else []
        items += [(2 if part else 1, _MARKS[one.status], describe_line(one)) for one in together]
    heading = (
        f"{sentence(subject.kind)} {subject.status}: {subject.title} ({compact(subject.name)})"
    )
    return _Block(heading, items=items, is_folded=True)


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


def _answers(found: Comparison) -> _Block:
    items: list[_Item] = []
    for one in found.answers:
        items.append((1, "!", f"{one.claim}: {one.before} → {one.after}"))
        items += [(2, "·", one.why)] if one.why else []
    return _Block("Critiques: what counts otherwise", items=items)


def _advice(found: Comparison) -> _Block:
    fronts = [move for move in found.moves if move.moves_front]
    over = f"{found.situations:,} situations were worked out on both sides: {found.told}."
    if not found.moves:
        said = (
            f"No front moves, and no standing and no caution changes. {over} Standings come from"
            " the considerations of the ontology, which count alike on both sides; cases are the"
            " evidence beside them."
        )
        return _Block("Advice", (said,))
    said = (
        f"{over} The types worth considering first change in {len(fronts)} of them; standings,"
        f" reasons or cautions change in {len(found.moves)}."
    )
    if all(move.is_other for move in found.moves):
        said += (
            " All of these are situations that a case describes otherwise than before: the"
            " considerations count alike on both sides."
        )
    shown = [*fronts, *(move for move in found.moves if not move.moves_front)]
    items = [item for move in shown[:_MOST_MOVES] for item in _move(move)]
    if len(shown) > _MOST_MOVES:
        items.append((1, "·", f"and {len(shown) - _MOST_MOVES} more; --format json lists them all"))
    return _Block("Advice", (said,), items)


def _move(move: FrontChange) -> Iterator[_Item]:
    other = " (the situation itself is described otherwise)" if move.is_other else ""
    yield 1, "~" if move.moves_front else "·", f"{move.title} [{move.id}]{other}"
    if move.moves_front:
        fronts = (", ".join(front) or "none" for front in (move.front_before, move.front_after))
        yield 2, "·", f"worth considering first: {' → '.join(fronts)}"
    for one in move.standings:
        yield 2, "·", f"{one.type} on '{one.test}': {_signed(one.before)} → {_signed(one.after)}"
    reasons: dict[str, list[ReasonChange]] = {}
    for reason in move.reasons:
        reasons.setdefault(reason.iri, []).append(reason)
    yield from map(_reason, reasons.values())


def _signed(value: float | None) -> str:
    if value is None:
        return "too little known"
    return f"{value:+.2f}" if round(value, 2) else "0.00"


def _reason(listed: Sequence[ReasonChange]) -> _Item:
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
    return 2, mark, f"{where}: {'; '.join(said)}. {one.why}{because}"


def _evidence(found: Comparison) -> _Block:
    items: list[_Item] = []
    for one in found.counts:
        what = f"judged {one.judgement} on '{one.test}'" if one.test else "cases in all"
        items.append((1, "·", f"{one.type}, {what}: {one.before} → {one.after}"))
    for near in found.nearness:
        said = (
            f"{near.case} is among the five most similar cases of its type in {near.before} →"
            f" {near.after} of {found.situations} situations (its own left out), and the most"
            f" similar failure in {near.failure_before} → {near.failure_after}"
        )
        items.append((1, "·", said))
    same = () if items else ("The counts of cases by type, test and judgement are the same.",)
    return _Block("Evidence, failures first", same, items)
