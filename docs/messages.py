"""Keep the files of languages up with what the pages say: python docs/messages.py.

What is new comes in empty; what has changed is kept beside it and marked fuzzy, so that it is shown
in English until somebody has looked; what is said no longer stands at the end, behind ``#~``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.spoken import texts_of

__all__ = ["Message", "code_messages", "library_messages", "update", "word_messages"]

SOURCE = Path(__file__).parent.parent / "src" / "sysgraph"
WORDS = SOURCE / "web" / "words"
_ROOMS = ("pages", "web")
_SAID = ("say", "noted")

Message = tuple[str | tuple[str, str], str]
"""An English text, or that for one and that for several, and where it is said."""

_SPOKEN = (
    *("skip", "nav", "foot", "language", "home", "ask", "people", "file", "assistant", "answer"),
    *("why", "all", "errors", "room.title", "room.open_lead", "published.no_ask"),
    "published.no_ask_lead",
)
"""The words of the pages that ask and answer; all others are in English so far."""

_STARTS = tuple(f"{each}." for each in _SPOKEN)


def code_messages() -> Iterator[Message]:
    """Yield what the code says."""
    for room in _ROOMS:
        for file in sorted((SOURCE / room).glob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    yield from _said(node, f"{room}/{file.name}")


def _said(call: ast.Call, where: str) -> Iterator[Message]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
    said = [each for each in texts if isinstance(each, str)]
    if name in _SAID and said:
        yield said[0], where
    elif name == "say_many" and len(said) > 1:
        yield (said[0], said[1]), where
    elif name == "counted" and said:
        yield (f"{{n}} {said[0]}", f"{{n}} {said[0]}s"), where


def word_messages() -> Iterator[Message]:
    """Yield the words of the interface."""
    yield from _words(yaml.safe_load((WORDS / "en.yaml").read_text(encoding="utf-8")), "")


def _words(said: Any, at: str) -> Iterator[Message]:
    if isinstance(said, dict):
        for key, each in said.items():
            yield from _words(each, f"{at}.{key}" if at else str(key))
    elif isinstance(said, str) and f"{at}.".startswith(_STARTS):
        yield " ".join(said.split()), f"en.yaml:{at}"


def library_messages() -> Iterator[Message]:
    """Yield what questions and answers show of the library."""
    yield from ((each.text, each.where) for each in texts_of(load_shipped_frame()))


def template() -> Catalog:
    """Return all messages, none of them translated."""
    found = Catalog()
    for messages in (code_messages(), word_messages(), library_messages()):
        for text, where in messages:
            found.add(text, locations=[(where, 0)])
    return found


def update(file: Path, messages: Catalog) -> str:
    """Rewrite the file of a language, and return what is left to do in it."""
    with file.open("rb") as opened:
        catalog = read_po(opened, locale=file.stem)
    for key, one in list(catalog.obsolete.items()):  # what is said again is found again
        if one.id in messages and one.id not in catalog:
            catalog[one.id] = one
            del catalog.obsolete[key]
    catalog.update(messages, update_header_comment=False, update_creation_date=False)
    with file.open("wb") as opened:
        write_po(opened, catalog, width=100, include_lineno=False)
    told = [one for one in catalog if one.id]
    empty = sum(
        not any(one.string if isinstance(one.string, tuple) else (one.string,)) for one in told
    )
    fuzzy = sum(one.fuzzy for one in told)
    return f"{file.name}: {len(told)} messages, {empty} empty, {fuzzy} to look at again"


if __name__ == "__main__":
    for each in sorted(WORDS.glob("*.po")):
        sys.stdout.write(f"{update(each, template())}\n")
