"""The voices that should be heard about a change, and which of them a standpoint is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.advice.cases import ask
from sysgraph.terms import local_name

if TYPE_CHECKING:
    from sysgraph.store import Store

__all__ = ["Voice", "load_voices", "voices_in"]


@dataclass(frozen=True, slots=True)
class Voice:
    """A side from which people speak of a change.

    ``source`` is what its boundary question enquires into: motivation, power, knowledge or
    legitimacy. ``words`` are those that name the voice where people write whose eyes they look
    through.
    """

    id: str
    label: str
    definition: str
    question: str
    source: str
    words: tuple[str, ...]


def load_voices(store: Store) -> list[Voice]:
    """Fetch the voices, in the order of the graph, with the words that name each."""
    pattern = (
        "?voice a sysg:Voice ; skos:notation ?id ; rdfs:label ?label ; skos:definition ?definition"
        " ; sysg:displayOrder ?order ; sysg:isSoughtBy ?question ."
        " ?question sysg:boundarySource ?source . OPTIONAL { ?voice skos:altLabel ?word }"
    )
    columns = "?id ?label ?definition ?question ?source ?word ?order"
    found: dict[str, Voice] = {}
    for row in ask(store, columns, pattern, "?order ?id ?word"):
        known = found.get(row["id"])
        # The label and the short name are names too.
        words = known.words if known else (row["id"].replace("-", " "), row["label"])
        more = (row["word"],) if "word" in row else ()
        question = local_name(row["question"])
        found[row["id"]] = Voice(
            row["id"], row["label"], row["definition"], question, row["source"], (*words, *more)
        )
    return list(found.values())


def voices_in(standpoint: str, voices: Iterable[Voice]) -> list[Voice]:
    """Return the voices that a standpoint names: none where no known word stands in it.

    Words are compared whole, and longer phrases first, each taking its words with it, so that
    "affected and involved" is not taken for "affected".
    """
    listed = list(voices)
    phrases = [(_plain(word), voice) for voice in listed for word in voice.words]
    text = _plain(standpoint)
    found = set()
    for phrase, voice in sorted(phrases, key=lambda pair: (-len(pair[0]), pair[0])):
        if phrase in text:
            text = text.replace(phrase, " | ")
            found.add(voice.id)
    return [voice for voice in listed if voice.id in found]


def _plain(text: str) -> str:
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "
