"""What pictures are made from: the answers to canned questions, with names for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from sysgraph.errors import clean
from sysgraph.query import find, run
from sysgraph.store.local import Rows, Store
from sysgraph.terms import NAMESPACE, STORE_GRAPH

__all__ = [
    "JUDGEMENTS",
    "Look",
    "aim_names",
    "answers",
    "look_of",
    "source_of",
    "table",
    "test_names",
    "type_names",
]


@dataclass(frozen=True, slots=True)
class Look:
    """How a judgement is shown: by its word, and by a colour and hatching, of which one will do.

    Blue and orange are told apart by whoever sees colours in whatever way; without any colour,
    the hatching is left.
    """

    word: str
    face: str
    hatch: str
    lines: str
    ink: str


_MET = Look("yes", "#0b559f", "", "none", "#ffffff")
_NOT = Look("no", "#b34a00", "xxxx", "#f3b183", "#ffffff")
_OPEN = Look("not known", "#ffffff", "", "#595f66", "#1c1f23")
JUDGEMENTS = {
    "yes": _MET,
    "mixed": Look("mixed", "#a9cde8", "////", "#5f97c4", "#1c1f23"),
    "contested": Look("contested", "#fbd0a4", "\\\\\\\\", "#d9832e", "#1c1f23"),
    "no": _NOT,
}
"""The looks of judgements by their names, in the order in which they stand side by side."""


def look_of(judgement: str) -> Look:
    """Return the look of a judgement; of one that tells nothing, such as too early, the same."""
    return JUDGEMENTS.get(judgement, _OPEN)


def answers(name: str, store: Store) -> list[dict[str, str]]:
    """Return the answers to a canned question, each as column name to plain text."""
    return list(run(find(name), store).texts())


def type_names(store: Store) -> dict[str, str]:
    """Return the types of leadership by their ids, in their order, each with its plain name."""
    return {row["type"]: clean(row["plainName"]) for row in answers("types-of-leadership", store)}


def test_names(store: Store) -> dict[str, str]:
    """Return the tests by their ids, in their order, each with its plain name."""
    return {row["test"]: clean(row["plainName"]) for row in answers("two-tests", store)}


def aim_names(store: Store) -> dict[str, str]:
    """Return the aims by their ids, in their order, each with its label."""
    rows = answers("facets-and-values", store)
    return {row["value"]: clean(row["meaning"]) for row in rows if row["facet"] == "change-aim"}


def source_of(store: Store, *questions: str) -> str:
    """Return from what a picture is made: questions, version, library and number of cases."""
    from sysgraph import __version__

    marks = store.select(
        f"SELECT ?mark WHERE {{ GRAPH <{STORE_GRAPH}> {{ <{STORE_GRAPH}> <{NAMESPACE}sha256> ?mark"
        " } }"
    )
    counted = store.select(
        f"SELECT (COUNT(DISTINCT ?case) AS ?cases) WHERE {{ ?case a <{NAMESPACE}CaseStudy> }}"
    )
    digest = next((f"library {row['mark'][:12]}, " for row in marks.texts()), "")
    cases = next(counted.texts())["cases"]
    asked = ", ".join(questions)
    return f"Source: sysgraph {__version__}, {digest}{cases} cases; asked: {asked}."


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Rows:
    """Return rows of texts and whole numbers as those of a question; None is unbound."""

    def term(value: object) -> ox.Literal | None:
        if value is None:
            return None
        return ox.Literal(value) if isinstance(value, int) else ox.Literal(str(value))

    return Rows(tuple(columns), tuple(tuple(map(term, row)) for row in rows))
