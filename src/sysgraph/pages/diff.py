"""A review as JSON for a machine.

Blocks of texts of strangers in Markdown that GitHub shows, and that none of them can end.
A review as text for a terminal, and as Markdown for a pull request.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from typing import Any

from sysgraph.diff.report import Line, Move, Reason, Review, Status, Subject
from sysgraph.errors import clean
from sysgraph.pages.proof import proof_data, proof_lines, statement
from sysgraph.pages.words import JOINER, WIDTH, bullet, escape, paragraph, sentence
from sysgraph.terms import compact

__all__ = ["fenced", "folded", "review_json", "review_markdown", "review_text"]


def review_json(review: Review) -> str:
    """Return a review as one JSON object; ``differs`` is the answer in short."""
    return json.dumps(review_data(review), ensure_ascii=False, indent=2) + "\n"


def review_data(review: Review) -> dict[str, Any]:
    """Return a review as what JSON can hold."""
    told = {one.name: getattr(review, one.name) for one in fields(review) if one.name != "proofs"}
    plain = {name: _plain(value) for name, value in told.items()}
    proofs = [
        {"about": one.about, "status": one.status.value, **proof_data(one.explanation)}
        for one in review.proofs
    ]
    return {"differs": not review.is_empty, **plain, "proofs": proofs}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    return dict(value) if isinstance(value, dict) else value


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


MOST_CHARACTERS = 65_536
"""How many characters a comment on GitHub may have."""

_MOST_MOVES = 20
_MARKS = {Status.ADDED: "+", Status.CHANGED: "~", Status.REMOVED: "-"}
_NOTHING = "No difference: both sides say the same."


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, sentences below it, and lines with a mark each and how deep they stand."""

    heading: str
    text: tuple[str, ...] = ()
    lines: tuple[tuple[int, str, str], ...] = ()
    is_folded: bool = False
    raw: tuple[str, ...] = ()


def review_text(review: Review, *, proofs: bool = False) -> str:
    """Return a review as a person reads it on a terminal, with the proofs if they are wanted."""
    if review.is_empty:
        return "\n".join([_NOTHING, *(bullet(note, "!", 2) for note in review.notes)]) + "\n"
    title = f"From {clean(review.before)} to {clean(review.after)}"
    found = [title, "=" * len(title), ""]
    for block in _blocks(review, proofs=proofs):
        found += [paragraph(block.heading), "-" * min(WIDTH, len(clean(block.heading)))]
        found += [paragraph(text) for text in block.text]
        found += [bullet(text, mark, 2 * depth) for depth, mark, text in block.lines]
        found += [f"  {line}" for line in block.raw]
        found.append("")
    return "\n".join(found).rstrip() + "\n"


def review_markdown(review: Review, limit: int = MOST_CHARACTERS, *, proofs: bool = False) -> str:
    """Return a review as Markdown that fits a comment; what had to be cut is said."""
    if review.is_empty:
        return "\n".join([_NOTHING, *(f"- {escape(note)}" for note in review.notes)]) + "\n"
    head = f"## From {escape(review.before)} to {escape(review.after)}\n"
    blocks = [_markdown(block) for block in _blocks(review, proofs=proofs)]
    return _fitted(head, blocks, limit)


def _fitted(head: str, blocks: Sequence[str], limit: int) -> str:
    whole = "\n".join((head, *blocks))
    if len(whole) <= limit:
        return whole
    found, left = head, limit - len(head) - 400
    cut = []
    for block in blocks:
        heading = block.splitlines()[0]
        if len(block) + 1 <= left:
            found += f"\n{block}"
            left -= len(block) + 1
        else:
            cut.append(heading)
    named = "; ".join(_bare(heading) for heading in cut)[:200]
    return (
        f"{found}\n> This was cut to fit {limit:,} characters. Left out: {named}."
        " `sysgraph diff` on your own machine shows all of it.\n"
    )


def _bare(heading: str) -> str:
    return heading.removeprefix("<details><summary>").removesuffix("</summary>").lstrip("# ")


def _markdown(block: _Block) -> str:
    heading = folded(block.heading) if block.is_folded else f"### {escape(block.heading)}"
    lines = [heading, "", *(f"{escape(text)}\n" for text in block.text)]
    lines += [f"{'  ' * (d - 1)}- {_marked(mark)}{escape(text)}" for d, mark, text in block.lines]
    lines += ["", *fenced(block.raw)] if block.raw else []
    lines += ["", "</details>"] if block.is_folded else []
    return "\n".join(lines) + "\n"


def _marked(mark: str) -> str:
    return f"**{mark}** " if mark in ("+", "~", "!") else "**−** " if mark == "-" else ""


def _blocks(review: Review, *, proofs: bool) -> Iterator[_Block]:
    yield _summary(review)
    if review.warnings:
        yield _warnings(review)
    yield from _consequences(review)
    for subject in review.ontology:
        yield _subject(subject)
    for subject in review.contributions:
        yield _subject(subject)
    if review.proofs and not proofs:
        yield _unfolded(review)
        return
    for proof in review.proofs:
        held = "holds now" if proof.status is Status.ADDED else "held before"
        said = clean(statement(proof.explanation.proofs.conclusion, proof.explanation))
        lines = tuple(proof_lines(proof.explanation))
        yield _Block(f"Proof, {proof.about}: {said} ({held})", is_folded=True, raw=lines)


def _unfolded(review: Review) -> _Block:
    lines = []
    for proof in review.proofs:
        held = "holds now" if proof.status is Status.ADDED else "held before"
        said = clean(statement(proof.explanation.proofs.conclusion, proof.explanation))
        lines.append((1, "·", f"{sentence(proof.about)}: {said} ({held})"))
    return _Block("Proved; --proofs unfolds it to files, lines and sources", lines=tuple(lines))


def _summary(review: Review) -> _Block:
    lines = []
    for kind, listed in _by_kind([*review.ontology, *review.contributions]).items():
        counted = [
            f"{sum(one.status is status for one in listed)} {status}"
            for status in Status
            if any(one.status is status for one in listed)
        ]
        names = ", ".join(one.title for one in listed[:5]) + (" …" if len(listed) > 5 else "")
        lines.append((1, "·", f"{kind}: {', '.join(counted)} ({names})"))
    lines += [(1, "!", note) for note in review.notes]
    return _Block("What differs", lines=tuple(lines))


def _by_kind(subjects: Sequence[Subject]) -> dict[str, list[Subject]]:
    found: dict[str, list[Subject]] = {}
    for subject in subjects:
        found.setdefault(subject.kind, []).append(subject)
    return found


def _warnings(review: Review) -> _Block:
    lines: list[tuple[int, str, str]] = []
    for one in review.warnings:
        lines += [
            (1, "!", f"{sentence(one.check)} · {one.about}: {one.message}"),
            (2, "·", f"What to do: {one.do}"),
        ]
    looked = tuple(f"{sentence(name)}: {over}." for name, over in review.checked.items())
    return _Block("To look at closely", looked, tuple(lines))


def _subject(subject: Subject) -> _Block:
    lines: list[tuple[int, str, str]] = []
    for part, listed in groupby(subject.lines, key=lambda line: line.part):
        together = list(listed)
        first = together[0].status
        if part and first is not Status.CHANGED and all(one.status is first for one in together):
            # What is new or gone with its part is one fact; its reasons, which are long, come last.
            said = "; ".join(sorted(map(describe_line, together), key=len))
            lines.append((1, _MARKS[first], f"{part}: {said}"))
            continue
        lines += [(1, "·", part)] if part else []
        lines += [(2 if part else 1, _MARKS[one.status], describe_line(one)) for one in together]
    heading = (
        f"{sentence(subject.kind)} {subject.status}: {subject.title} ({compact(subject.name)})"
    )
    return _Block(heading, lines=tuple(lines), is_folded=True)


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


def _consequences(review: Review) -> Iterator[_Block]:
    yield _advice(review)
    if review.answers:
        lines: list[tuple[int, str, str]] = []
        for one in review.answers:
            lines.append((1, "!", f"{one.claim}: {one.before} → {one.after}"))
            lines += [(2, "·", one.why)] if one.why else []
        yield _Block("Critiques: what counts otherwise", lines=tuple(lines))
    yield _evidence(review)
    if review.verdicts:
        yield _Block(
            "What follows from the cases otherwise",
            ("By the definitions of the ontology, and not by what a case says of itself.",),
            tuple(
                (1, _MARKS[one.status], f"{one.case}, {one.part}: {one.what} {one.value}")
                for one in review.verdicts
            ),
        )


def _advice(review: Review) -> _Block:
    fronts = [move for move in review.moves if move.moves_front]
    over = f"{review.situations:,} situations were worked out on both sides: {review.told}."
    if not review.moves:
        return _Block(
            "Advice",
            (
                f"No front moves, and no standing and no caution changes. {over} Standings come"
                " from the considerations of the ontology, which count alike on both sides; cases"
                " are the evidence beside them.",
            ),
        )
    said = (
        f"The types worth considering first change in {len(fronts)} of them; standings, reasons"
        f" or cautions change in {len(review.moves)}."
    )
    if all(move.is_other for move in review.moves):
        said += (
            " All of these are situations that a case describes otherwise than before: the"
            " considerations count alike on both sides."
        )
    shown = [*fronts, *(move for move in review.moves if not move.moves_front)]
    lines = [line for move in shown[:_MOST_MOVES] for line in _move(move)]
    if len(shown) > _MOST_MOVES:
        lines.append((1, "·", f"and {len(shown) - _MOST_MOVES} more; --format json lists them all"))
    return _Block("Advice", (f"{over} {said}",), tuple(lines))


def _move(move: Move) -> Iterator[tuple[int, str, str]]:
    other = " (the situation itself is described otherwise)" if move.is_other else ""
    yield 1, "~" if move.moves_front else "·", f"{move.title} [{move.id}]{other}"
    if move.moves_front:
        fronts = (", ".join(front) or "none" for front in (move.front_before, move.front_after))
        yield 2, "·", f"worth considering first: {' → '.join(fronts)}"
    for one in move.standings:
        yield 2, "·", f"{one.type} on '{one.test}': {_signed(one.before)} → {_signed(one.after)}"
    yield from _reasons(move.reasons)


def _signed(value: float | None) -> str:
    if value is None:
        return "too little known"
    return f"{value:+.2f}" if round(value, 2) else "0.00"


def _reasons(reasons: Sequence[Reason]) -> Iterator[tuple[int, str, str]]:
    """Yield what counts otherwise, each consideration once with all that it does and did."""
    grouped: dict[str, list[Reason]] = {}
    for reason in reasons:
        grouped.setdefault(reason.iri, []).append(reason)
    for listed in grouped.values():
        one = listed[-1]
        gone = [r for r in listed if r.status is Status.REMOVED]
        come = [r for r in listed if r.status is Status.ADDED]
        said = [
            f"{words} {', '.join(f'{r.does} {r.type}' for r in sorted(found, key=_by_type))}"
            for words, found in (("no longer", gone), ("now", come))
            if found
        ]
        where = f"{one.facet}, {one.value}" if one.facet else "caution"
        because = f" On the other side {one.because}." if one.because else ""
        mark = "~" if gone and come else "+" if come else "-"
        yield 2, mark, f"{where}: {'; '.join(said)}. {one.why}{because}"


def _by_type(reason: Reason) -> tuple[str, str]:
    return reason.does, reason.type


def _evidence(review: Review) -> _Block:
    lines = []
    for one in review.counts:
        what = f"judged {one.judgement} on '{one.test}'" if one.test else "cases in all"
        lines.append((1, "·", f"{one.type}, {what}: {one.before} → {one.after}"))
    for near in review.nearness:
        lines.append(
            (
                1,
                "·",
                f"{near.case} is among the five most similar cases of its type in {near.before} →"
                f" {near.after} of {review.situations} situations (its own left out), and the most"
                f" similar failure in {near.failure_before} → {near.failure_after}",
            )
        )
    said = () if lines else ("The counts of cases by type, test and judgement are the same.",)
    return _Block("Evidence, failures first", said, tuple(lines))
