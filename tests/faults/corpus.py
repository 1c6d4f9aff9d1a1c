"""The corpus: so many seeds of each kind of fault, the same ones every time."""

from __future__ import annotations

from functools import cache
from random import Random

from faults.demands import DEMANDS
from faults.others import JSON, TABLES, TURTLE
from faults.page import Page, Seed
from faults.syntax import SYNTAX
from faults.words import WORDS
from sysgraph.paths import data

__all__ = ["seeds"]

_EACH = {"syntax": 8, "words": 7, "demands": 5, "json": 6, "turtle": 6, "tables": 4}
_TRIES = 12


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
