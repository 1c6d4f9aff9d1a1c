"""The corpus: so many seeds of each kind of fault, the same ones every time."""

from __future__ import annotations

from functools import cache
from random import Random

from faults.demands import DEMANDS
from faults.others import JSON, TABLES, TURTLE
from faults.page import Page, Seed
from faults.syntax import SYNTAX
from faults.words import WORDS
from sysgraph.files import data

__all__ = ["seeds", "several", "slashed"]

_EACH = {"syntax": 8, "words": 7, "demands": 5, "json": 6, "turtle": 6, "tables": 4}
_TRIES = 12
_FEW = 4
_SIGNS = [
    "",
    "",
    "x",
    " ",
    "  ",
    "\n",
    ":",
    ": ",
    "'",
    '"',
    "-",
    "- ",
    "#",
    "\t",
    "[",
    "{",
    "&",
    "é",
    "\u200b",
]


@cache
def seeds() -> tuple[Seed, ...]:
    """Return the corpus, which is made anew from the real cases and always the same.

    A kind of fault is sown into cases drawn by chance, with a fixed start; one that a case has
    no place for is sown into another.
    """
    pages = [Page(path) for path in sorted((data() / "ontology" / "cases").glob("*.yaml"))]
    found: list[Seed] = []
    groups = {
        "syntax": SYNTAX,
        "words": WORDS,
        "demands": DEMANDS,
        "json": JSON,
        "turtle": TURTLE,
        "tables": TABLES,
    }
    for group, sowers in groups.items():
        for number, sow in enumerate(sowers):
            random = Random(f"{group}-{number}")
            mine: list[Seed] = []
            for _ in range(_EACH[group] * _TRIES):
                if len(mine) < _EACH[group]:
                    made = sow(random.choice(pages), random)
                    if (made and made.data != made.original) or (made and made.cell):
                        mine.append(made)
            found += mine
    return tuple(found)


def several(count: int = 100) -> list[tuple[Seed, tuple[Seed, ...]]]:
    """Return files with two to four evident faults each, and the seeds that are in them."""
    random = Random("several")
    by_case: dict[str, list[Seed]] = {}
    for one in seeds():
        if one.is_evident and not one.is_harmless and one.changes and len(one.changes) < _FEW:
            by_case.setdefault(one.name, []).append(one)
    pages = {path.name: Page(path) for path in (data() / "ontology" / "cases").glob("*.yaml")}
    found: list[tuple[Seed, tuple[Seed, ...]]] = []
    while len(found) < count:
        name = random.choice(sorted(by_case))
        parts = _apart(random.sample(by_case[name], min(len(by_case[name]), 6)))[:4]
        if len(parts) > 1:
            found.append((_together(pages[name], parts), tuple(parts)))
    return found


def _apart(candidates: list[Seed]) -> list[Seed]:
    """Return those of some seeds that stand well apart in the file and shift no lines."""
    found: list[Seed] = []
    taken: set[int] = set()
    for one in candidates:
        rows = set(one.changes or ())
        near = {row + by for row in rows for by in range(-3, 4)}
        shifts = any(new is None or "\n" in new for new in (one.changes or {}).values())
        if not shifts and not near & taken:
            found.append(one)
            taken |= rows
    return found


def _together(page: Page, parts: list[Seed]) -> Seed:
    changes: dict[int, str | None] = {}
    meant: dict[int, str | None] = {}
    for one in parts:
        changes |= one.changes or {}
        meant |= one.meant_changes or {}
    return Seed(
        " + ".join(one.kind for one in parts),
        page.path.stem,
        page.path.name,
        page.with_rows(changes).encode(),
        frozenset[int]().union(*(one.lines for one in parts)),
        page.text.encode(),
        is_evident=True,
        meant=page.with_rows(meant).encode(),
    )


def slashed(count: int = 300) -> list[Seed]:
    """Return cases that somebody leaned on the keyboard over: one to three random edits each.

    Nobody thought of these faults before; what must hold of them is that nothing breaks, that
    every finding has a place, and that no repair adds a violation.
    """
    random = Random("slashed")
    paths = sorted((data() / "ontology" / "cases").glob("*.yaml"))
    found = []
    for _ in range(count):
        path = random.choice(paths)
        text = path.read_text(encoding="utf-8")
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(text))
            end = at + random.choice([0, 1, 1, 2, 5, 40])
            text = text[:at] + random.choice(_SIGNS) + text[end:]
        found.append(
            Seed("slashed", path.stem, path.name, text.encode(), frozenset(), path.read_bytes())
        )
    return found
