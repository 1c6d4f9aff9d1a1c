"""The registered figures over a table of others, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sysgraph.pages.baselines import skill_text
from sysgraph.pages.blocks import GAP, Block, Columns, Heading, Paragraph, part, table_markdown
from sysgraph.pages.words import counted

if TYPE_CHECKING:
    from sysgraph.record.outside import External, Share
    from sysgraph.record.run import Recovery

__all__ = ["external_blocks", "external_markdown"]

_FORECASTS = {
    "type": "the other cases of the same type",
    "front": "that type on the front, or not",
    "standing": "how high that type stood on the test",
}
_SEND = (
    "That this is the table which was registered, only you can tell. Send these figures, with the"
    " file of columns, in an issue of the repository that sysgraph came from, whatever they say."
    " Send no row of the table."
)


def external_blocks(found: External) -> Iterator[Block]:
    """Yield the figures, in the order in which they were registered."""
    yield Heading(f"Registered figures: {found.title}", 1)
    yield GAP
    yield from map(Paragraph, _heads(found))
    yield from part("How many cases map to each type?", _rows("type", "{:>7}", _types(found)))
    yield from part("How often was it met?", _rows("outcome", "{:>10}   {}", _met(found)))
    yield from part("Where do the two part?", map(Paragraph, _parting(found)))
    yield from part("Is the mapped type on the front?", map(Paragraph, _fronts(found)))
    layout = "{:>7}  {:>5}  {:>5}   {:24}{}"
    yield from part("What foretold it?", _rows("outcome: forecast from", layout, _skills(found)))
    yield from part("What to send", [Paragraph(_SEND)])


_TABLES = {
    "type": ("cases",),
    "outcome": ("met", "share (95%)"),
    "outcome: forecast from": ("cases", "Brier", "base", "skill (95%)", ""),
}


def _rows(first: str, layout: str, rows: Iterator[tuple[str, ...]]) -> Iterator[Block]:
    yield Columns("  {:{width}}" + layout, [(first, *_TABLES[first]), *rows])


def external_markdown(found: External) -> str:
    """Return the figures as Markdown for pasting into an issue."""
    lines = [f"## Registered figures: {found.title}", "", " ".join(_heads(found))]
    told = (("type", _types(found)), ("outcome", _met(found)))
    for first, rows in (*told, ("outcome: forecast from", _skills(found))):
        lines += ["", *table_markdown((first, *_TABLES[first]), rows)]
    lines += ["", " ".join((*_parting(found), *_fronts(found)))]
    return "\n".join([*lines, "", _SEND]) + "\n"


def _heads(found: External) -> Iterator[str]:
    yield (
        f"How to read the table, and these figures, were fixed on {found.registered}, before a row"
        f" of it was seen (docs/registered.md). Worked out on {found.date} by sysgraph"
        f" {found.version}: {counted(found.cases, 'case')}; seed {found.seed}, cases drawn anew"
        f" {found.rounds:,} times. SHA-256:"
    )
    named = {"columns": "file of columns", "rules": "rules of the advice"}
    yield from (f"{digest} ({named.get(name, name)})" for name, digest in found.digests.items())


def _types(found: External) -> Iterator[tuple[str, ...]]:
    for kind, count in found.types.items():
        yield kind, str(count)
    for reason, rows in found.untyped.items():
        yield f"none: {reason}", str(len(rows))


def _met(found: External) -> Iterator[tuple[str, ...]]:
    for each in found.outcomes:
        yield f"{each.concept} (nearest to {each.test})", *_share(each.met)
        for kind, share in each.by_type.items():
            yield f"{each.concept}: {kind}", *_share(share)


def _share(share: Share) -> tuple[str, str]:
    if not share.of:
        return "0 of 0", "cannot be told"
    part_ = f"{share.count / share.of:.0%} ({share.low:.0%} to {share.high:.0%})"
    return f"{share.count} of {share.of}", part_


def _parting(found: External) -> Iterator[str]:
    one, other = found.without_results, found.without_acceptance
    counts = (" = ".join(_share(one)), " = ".join(_share(other)))
    yield (
        f"Of {counted(one.of, 'case')} in which both are known, accepted without results:"
        f" {counts[0]}. With results and not accepted: {counts[1]}."
    )


def _fronts(found: External) -> Iterator[str]:
    if not found.recovery.cases:
        yield "No case maps to a type, so that this cannot be told."
        return
    yield _hits(found.recovery, found.silent)
    if found.circular:
        without = ", ".join(found.circular)
        said = _hits(found.apart, found.silent_apart)
        yield f"Without what also gives the type ({without}): {said}"


def _hits(found: Recovery, silent: int) -> str:
    return (
        f"{found.hits:.0%} of the time (95%: {found.low:.0%} to {found.high:.0%}); by chance, with"
        f" fronts of that size, {found.chance:.0%}. In {silent} of"
        f" {counted(found.cases, 'case')} too little is known for a front."
    )


def _skills(found: External) -> Iterator[tuple[str, ...]]:
    for each in found.outcomes:
        for name, skill in each.skills.items():
            briers = (f"{skill.brier:.3f}", f"{skill.base:.3f}")
            row = (str(skill.cases), *briers, skill_text(skill), skill.verdict)
            yield f"{each.concept}: {_FORECASTS[name]}", *row
