"""On which side people stand in a change, by the words in which somebody speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sysgraph.advice.frame import Voice

__all__ = ["Camp", "Placing", "groups_in", "named_in", "normal", "place", "speaks_for"]

Words = tuple[str, ...]

_NOBODY = frozenset({("general",), ("second", "reader")})
"""What readings of cases are called that were made from no particular standpoint."""

_NUMBERS = {"people": "person", "persons": "person", "children": "child", "men": "man"}
_NUMBERS |= {"women": "woman", "lives": "life", "wives": "wife"}
_ARTICLES = frozenset(
    {"the", "a", "an", "our", "my", "their", "some", "all", "many", "most", "these", "those"}
    | {"local", "young", "former"}
)
_PART = frozenset({"group", "member", "representative", "delegation", "sample", "panel", "number"})
_THEN = frozenset(
    {"of", "in", "at", "from", "with", "without", "for", "who", "whom", "that", "which", "on"}
    | {"by", "near", "under", "to"}
)
_BETWEEN = re.compile(r"[;,/&+|:.!?\n]|\band\b|\bor\b|\bas well as\b", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*['\u2019]?")


@dataclass(frozen=True, slots=True)
class Camp:
    """One group of people in the words of whoever named it, and where it stands.

    ``voices`` are the sides that are known for it. Where there are none, it has to be asked;
    ``may_be`` are then what we would propose.
    """

    words: str
    voices: tuple[str, ...] = ()
    may_be: tuple[str, ...] = ()
    is_answered: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether it has to be asked on which side these people stand."""
        return not self.voices and not self.is_answered


@dataclass(frozen=True, slots=True)
class Placing:
    """The groups of people that a standpoint names."""

    sides: tuple[Camp, ...] = ()

    @property
    def voices(self) -> frozenset[str]:
        """Return the sides that are known."""
        return frozenset(voice for side in self.sides for voice in side.voices)

    @property
    def open(self) -> tuple[Camp, ...]:
        """Return the groups that have to be asked about."""
        return tuple(side for side in self.sides if side.is_open)


def place(
    standpoint: str, voices: Iterable[Voice], answers: Mapping[str, Sequence[str]] | None = None
) -> Placing:
    """Return on which side those stand through whose eyes something is seen.

    The head noun decides: "council tenants" are tenants, and the "tenants' council" is a council.
    Numbers, articles and the like change nothing. What is explained in brackets goes by the
    brackets. The person's own ``answers`` go before our lists; a word that stands in neither is
    asked about, and never guessed at.
    """
    own: dict[Words, tuple[str, ...]] = {}
    for words, said in (answers or {}).items():
        own |= dict.fromkeys(_bare(normal(words)), tuple(said))
    return Placing(tuple(_sides(standpoint, tuple(voices), own)))


def _sides(
    text: str, voices: tuple[Voice, ...], own: Mapping[Words, tuple[str, ...]]
) -> Iterator[Camp]:
    before, opened, rest = text.partition("(")
    if not opened:
        yield from _listed(text, voices, own)
        return
    inside, _, after = rest.partition(")")
    named = list(_listed(before, voices, own))
    explained = [voice for side in _listed(inside, voices, own) for voice in side.voices]
    if explained and not (named and named[-1].is_answered):
        last = named.pop().words if named else before
        named.append(Camp(f"{last} ({inside})".strip(), tuple(dict.fromkeys(explained))))
    yield from named
    yield from _sides(after, voices, own)


def _listed(
    text: str, voices: tuple[Voice, ...], own: Mapping[Words, tuple[str, ...]]
) -> Iterator[Camp]:
    """Yield each group of people that a text lists, with where it stands."""
    for pattern, found in _joined(voices):
        if match := pattern.search(text):
            yield from _listed(text[: match.start()], voices, own)
            yield Camp(match.group(), found)
            yield from _listed(text[match.end() :], voices, own)
            return
    for group in groups_in(text):
        if normal(group) not in _NOBODY and not _ARTICLES.issuperset(normal(group)):
            yield _side(group, voices, own)


def groups_in(text: str) -> list[str]:
    """Return the parts of a text that name one group each.

    >>> groups_in("service users, and the council")
    ['service users', 'the council']
    """
    plain = _TAG.sub(" ", text)
    return [part.strip() for part in _BETWEEN.split(plain) if _WORD.search(part)]


def _side(group: str, voices: tuple[Voice, ...], own: Mapping[Words, tuple[str, ...]]) -> Camp:
    known, asked = _lists(voices)
    for words in _ends(normal(group)):
        if words in own:
            return Camp(group, own[words], is_answered=True)
    for words in _ends(normal(group)):
        if words in asked:
            return Camp(group, (), asked[words])
        if words in known:
            return Camp(group, known[words])
    return Camp(group)


def _ends(words: Words) -> Iterator[Words]:
    """Yield what may be known of a group: its words whole, then the ends with its head noun."""
    yield from _bare(words)
    if len(words) > 1 and "of" in words:
        first = words.index("of")
        if words[first - 1] in _PART:
            yield from _ends(words[first + 1 :])
            return
    cut = next((at for at, word in enumerate(words) if at and word in _THEN), len(words))
    yield from (words[at:cut] for at in range(cut) if "not" not in words[:at])


def _bare(words: Words) -> list[Words]:
    """Return words whole, and without some or all of the articles that they begin with."""
    last = next((at for at, word in enumerate(words) if word not in _ARTICLES), len(words) - 1)
    return [words[at:] for at in range(last + 1)]


@lru_cache(maxsize=8)
def _lists(voices: tuple[Voice, ...]) -> tuple[dict[Words, tuple[str, ...]], ...]:
    """Return the voices that each word names, and those that each word may name."""
    known: dict[Words, tuple[str, ...]] = {}
    asked: dict[Words, tuple[str, ...]] = {}
    for voice in voices:
        for found, listed in ((known, voice.words), (asked, voice.may_be)):
            for words in map(normal, listed):
                found[words] = tuple(dict.fromkeys((*found.get(words, ()), voice.id)))
    return known, asked


@lru_cache(maxsize=8)
def _joined(voices: tuple[Voice, ...]) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Return, longest first, the words that would be cut where groups are told apart."""
    found = {
        word: (voice.id,)
        for voice in voices
        for word in voice.words
        if not {"and", "not", "or"}.isdisjoint(normal(word))
    }
    between = r"\W+"
    return [
        (re.compile(rf"\b{between.join(word.split())}\b", re.IGNORECASE), named)
        for word, named in sorted(found.items(), key=lambda pair: -len(pair[0]))
    ]


@lru_cache(maxsize=4096)
def normal(text: str) -> Words:
    """Return the words of a text, each in the singular and without the sign of a genitive.

    >>> normal("The Tenants' Associations")
    ('the', 'tenant', 'association')
    """
    return tuple(_singular(word) for word in _WORD.findall(text.casefold()))


def _singular(word: str) -> str:
    word = re.sub(r"['\u2019]s?$", "", word)
    if word in _NUMBERS:
        return _NUMBERS[word]
    if word.endswith("men") and len(word) > 5:
        return f"{word[:-2]}an"
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def speaks_for(standpoint: str, named: str) -> bool:
    """Tell whether those who are named are among those from whose standpoint somebody speaks."""
    wanted = set(_ends(normal(named)))
    return any(not wanted.isdisjoint(_ends(normal(group))) for group in groups_in(standpoint))


def named_in(text: str, voices: Iterable[Voice]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the people of our lists that a text tells of, in small letters, with their sides.

    Of single words only those in the plural are taken: "a parent organisation" tells of no parent,
    and "the tenants' hall" of no tenants.
    """
    known = _lists(tuple(voices))[0]
    found = list(_WORD.finditer(text.lower()))
    most, at = max(map(len, known), default=0), 0
    while at < len(found):
        for size in range(min(most, len(found) - at), 0, -1):
            words = text.lower()[found[at].start() : found[at + size - 1].end()]
            if normal(words) in known and (size > 1 or words not in normal(words)):
                if words[-1].isalnum() and not words.endswith(("'s", "\u2019s")):
                    yield words, known[normal(words)]
                at += size - 1
                break
        at += 1
