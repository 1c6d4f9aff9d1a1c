"""The languages of the pages: a file each, as gettext has them, and which one a visitor wants."""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from sysgraph.language import JoiningWord, Language, noted, speaking, translated

if TYPE_CHECKING:
    from babel.messages.catalog import Message
    from starlette.requests import Request

__all__ = [
    "ENGLISH",
    "Languages",
    "carried_language",
    "liked",
    "places",
    "read_language",
    "words_in",
]

ENGLISH = "en"

_ELSE = {
    noted("and"): noted("and – the other word, and the pattern of what it stands before"),
    noted("or"): noted("or – the other word, and the pattern of what it stands before"),
}
"""What has another word for "and" and "or" before some sounds, as Spanish does: ``e: h?i``."""

_REVIEWED = re.compile(r"^#?\s*Reviewed-by:\s*(.+)$", re.MULTILINE)
_NOBODY = "nobody"
_MOST = 20
"""How many languages of a browser are looked at."""


class Languages:
    """The languages of a folder beside English, by their codes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def by_code(self) -> dict[str, Language]:
        """The languages, in the order of their codes."""
        files = [each for each in self._folder.iterdir() if each.suffix in (".json", ".po")]
        return {file.stem: read_language(file) for file in sorted(files)}

    def names(self) -> dict[str, str]:
        """Return what each language calls itself, English first."""
        return {ENGLISH: "English", **{code: each.name for code, each in self.by_code.items()}}

    def asked(self, code: str) -> str:
        """Return the code of a language that an address names, or nothing if there is none."""
        return code if code == ENGLISH or code in self.by_code else ""

    def of(self, request: Request, asked: str) -> Language | None:
        """Return the language that a visitor asks for or, if they do not, that they like best."""
        code = asked or liked(request.headers.get("accept-language", ""), self.names())
        return self.by_code.get(code)


def liked(header: str, offers: Iterable[str]) -> str:
    """Return which of some languages a visitor likes best, the first if none.

    Source: RFC 9110, section 12.5.4, https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4

    >>> liked("pt-BR, es-MX;q=0.8, en;q=0.5", ["en", "es"]), liked("fr", ["en", "es"])
    ('es', 'en')
    """
    offered = list(offers)
    rated: dict[str, float] = {}
    for one in header.split(",")[:_MOST]:
        tag, _, rest = one.strip().lower().partition(";")
        number = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest or "q=1")
        code = tag.partition("-")[0]
        if number and code in offered:
            rated.setdefault(code, float(number[1]))
    best = max(rated.values(), default=0)
    return next((code for code in rated if rated[code] == best), offered[0]) if best else offered[0]


def read_language(file: Path) -> Language:
    """Return the language of a file, as gettext has it or as ``carried_language`` left it."""
    said = json.loads(file.read_bytes()) if file.suffix == ".json" else carried_language(file)
    messages = said["messages"]
    return Language(
        file.stem,
        said["name"],
        messages,
        {one: tuple(forms) for one, forms in said["plurals"].items()},
        gettext.c2py(said["plural_of"]),
        dict(_joins(messages)),
        said["reviewer"],
    )


def carried_language(file: Path) -> dict[str, Any]:
    """Return what JSON carries of the language of a file, to where gettext's is not read.

    What is marked fuzzy, or has other places, is left out.
    """
    from babel import Locale
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        catalog = read_po(opened, locale=file.stem)
    told = _REVIEWED.search(catalog.header_comment)
    reviewer = told[1].strip() if told else _NOBODY
    messages: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for one in filter(_is_sound, catalog):
        text, *several = _texts(one.id)
        if several:
            plurals[text] = _texts(one.string)
        else:
            messages[text] = _texts(one.string)[0]
    return {
        "name": str(Locale.parse(file.stem).get_display_name(file.stem)).capitalize(),
        "messages": messages,
        "plurals": plurals,
        "plural_of": catalog.plural_expr,
        "reviewer": "" if reviewer.lower().startswith(_NOBODY) else reviewer,
    }


def _is_sound(one: Message) -> bool:
    """Tell whether a message is whole, current, and has the places of the English."""
    if not one.id or one.fuzzy:
        return False
    wanted, said = places(_texts(one.id)[-1]), _texts(one.string)
    return all(said) and all(places(each) == wanted for each in said)


def _texts(said: object) -> tuple[str, ...]:
    """Return a message, or its forms for one and several."""
    return tuple(map(str, said)) if isinstance(said, (list, tuple)) else (str(said or ""),)


def places(text: str) -> frozenset[str] | None:
    """Return the names of what a message has places for; None where it cannot be filled.

    >>> sorted(places("{n} of {all}") or ()), places("{n.__class__}"), places("{")
    (['all', 'n'], None, None)
    """
    try:
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return None
    if any(not str(name).isidentifier() or form or turn for _, name, form, turn in found):
        return None
    return frozenset(str(name) for _, name, _, _ in found)


def _joins(messages: dict[str, str]) -> Iterator[tuple[str, JoiningWord]]:
    for word, message in _ELSE.items():
        other, _, pattern = messages.get(message, "").partition(": ")
        before = re.compile(pattern, re.IGNORECASE) if pattern else None
        yield word, JoiningWord(messages.get(word, word), other, before)


def words_in(said: Any, language: Language | None) -> Any:
    """Return the words of the interface in a language: those of a mapping, and of all within."""
    if language is None:
        return said
    if isinstance(said, dict):
        return {key: words_in(each, language) for key, each in said.items()}
    if not isinstance(said, str):
        return said
    with speaking(language):
        return translated(" ".join(said.split()))
