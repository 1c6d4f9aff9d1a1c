"""Which of some words a person meant: the one that is evident, or those that come near it.

One search for every door. A word is never offered for its opposite, nor one of two for the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import islice

from sysgraph.files import data

__all__ = ["folded", "meant", "nearest"]

Names = Mapping[str, Sequence[str]]
"""What else some words are called."""

_QUOTES = "\"'“”‘’„‚«»`"
_LIKE = 0.6
_LONG = 8
_SHORT = 2
_STEM = 3


def meant(text: str, words: Iterable[str], names: Names | None = None) -> str | None:
    """Return the one of some words that a text must mean, or None.

    That is the one written in other letters, or whose name it is; else the one from which it
    differs by a slip of the pen, or by two in a long word, if no other is about as near. A code
    of capitals and digits is not one in which the pen slips.

    >>> meant("Locl", ["local", "global"]), meant("distrusted", ["trusted"])
    ('local', None)
    """
    written = folded(re.split(r"[/#:]", text.strip())[-1] if re.search("[/:]", text) else text)
    forms = _forms(words, names)
    same = {word for word, form in forms if folded(form) == written}
    if same:
        return same.pop() if len(same) == 1 else None
    if len(written) <= _SHORT:
        return None
    slips: dict[str, int] = {}
    for word, form in forms:
        if not _is_code(form):
            count = _slips(written, folded(form), 3)
            slips[word] = min(count, slips.get(word, count))
    if not slips:
        return None
    found = min(slips, key=lambda word: slips[word])
    fewest = slips[found]
    rivals = [word for word, count in slips.items() if count < max(2 * fewest, 1)]
    shapes = [folded(form) for word, form in forms if word == found and not _is_code(form)]
    fits = any(
        _slips(written, form, 3) == fewest <= _allowed(form)
        and re.findall(r"\d+", written) == re.findall(r"\d+", form)
        for form in shapes
    ) and not any(_slips(written, form, 3) < 3 and _turns(written, form) for form in shapes)
    return found if fits and rivals == [found] else None


def nearest(
    text: str, words: Iterable[str], names: Names | None = None, most: int = 2, like: float = _LIKE
) -> list[str]:
    """Return the words that come nearest to a text, those of another meaning left out.

    ``like`` is how alike they must be at least, from 0 to 1.

    >>> nearest("nationl", ["local", "national"]), nearest("subnational", ["local", "national"])
    (['national'], [])
    """
    written = folded(text)
    rated: dict[str, float] = {}
    shapes: dict[str, list[str]] = {}
    matcher = SequenceMatcher(b=written)
    for word, form in _forms(words, names):
        shape = folded(form)
        matcher.set_seq1(shape)
        if shape == written:
            rated[word] = 1.0
        elif (
            not _is_code(form)
            and matcher.real_quick_ratio() >= like
            and matcher.quick_ratio() >= like
            and (ratio := matcher.ratio()) >= like
        ):
            rated[word] = max(ratio, rated.get(word, 0))
            shapes.setdefault(word, []).append(shape)
    found = sorted(rated, key=lambda word: -rated[word])
    called = [word for word in found if rated[word] == 1.0]
    same = (word for word in found if not any(_turns(written, form) for form in shapes[word]))
    return called or list(islice(same, most))


def _forms(words: Iterable[str], names: Names | None) -> list[tuple[str, str]]:
    return [
        (word, form)
        for word in dict.fromkeys(words)
        for form in dict.fromkeys((word, *(names or {}).get(word, ())))
    ]


def _is_code(form: str) -> bool:
    has_letters, has_digits = (re.search(sign, form) for sign in (r"[^\W\d_]", r"\d"))
    return not has_letters or (form.isupper() and (has_digits is not None or len(form) <= _STEM))


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return a text without what one may write otherwise: case, accents, points and blanks.

    >>> folded("Côte d’Ivoire"), folded("U.K.")
    ("cote-d'ivoire", 'uk')
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").strip().strip(_QUOTES))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != ".")
    return re.sub(r"[\s_\-‐–—,()&]+", "-", kept.casefold()).strip("-")


def _allowed(form: str) -> int:
    return 2 if len(form) >= _LONG else 1 if len(form) > _SHORT else 0


def _slips(one: str, other: str, most: int) -> int:
    """Return how many slips of the pen there are between two words, or ``most`` if so many.

    A slip is a letter left out, put in, changed, or swapped with the next.

    Source: optimal string alignment, https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance

    >>> _slips("yse", "yes", 3), _slips("mixd", "mixed", 3), _slips("no", "yes", 3)
    (1, 1, 3)
    """
    mine, theirs = _letters(one), _letters(other)
    if max((mine - theirs).total(), (theirs - mine).total()) >= most:
        return most
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        before, row, last = row, [at + 1], before
        for to, sign in enumerate(other):
            cost = min(before[to] + (letter != sign), before[to + 1] + 1, row[to] + 1)
            if at and to and letter == other[to - 1] and one[at - 1] == sign:
                cost = min(cost, last[to - 1] + 1)
            row.append(cost)
        if min(row) >= most:
            return most
    return min(row[-1], most)


@lru_cache(maxsize=4096)
def _letters(text: str) -> Counter[str]:
    return Counter(text)


@dataclass(frozen=True, slots=True)
class _Turning:
    """What turns a word round: before it, after it, or beside it."""

    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    words: frozenset[str]


@cache
def _turning() -> _Turning:
    import yaml

    text = (data() / "ontology" / "opposites.yaml").read_text(encoding="utf-8")
    said = yaml.load(text, Loader=yaml.BaseLoader)  # or "no" would be false
    return _Turning(tuple(said["prefixes"]), tuple(said["suffixes"]), frozenset(said["words"]))


def _turns(written: str, form: str) -> bool:
    """Tell whether a text may as well mean the opposite of a word, or another word made of it."""
    ours, theirs = ({*one.split("-")} & _turning().words for one in (written, form))
    own = _slips(written, form, max(len(written), len(form)) + 1)
    # A word of three letters is not lost by a single slip: it is only written otherwise.
    if ours - theirs or any(own >= len(word) for word in theirs - ours):
        return True
    return any(_slips(written, other, own + 1) <= own for other in _added(form)) or any(
        _slips(written, other, own) < own for other in _changed(form)
    )


@lru_cache(maxsize=512)
def _added(form: str) -> tuple[str, ...]:
    """Return a word with something put before, after or beside it that turns it round."""
    return tuple(_add(form))


def _add(form: str) -> Iterator[str]:
    turning = _turning()
    parts = form.split("-")
    for at, part in enumerate(parts):
        for begin in (*turning.prefixes, *(f"{word}-" for word in turning.words)):
            yield "-".join([*parts[:at], begin + part, *parts[at + 1 :]])
        for end in turning.suffixes:
            if len(end) > _SHORT:
                yield "-".join([*parts[:at], part + end, *parts[at + 1 :]])


@lru_cache(maxsize=512)
def _changed(form: str) -> tuple[str, ...]:
    """Return a word with another beginning or end in the place of its own, or with none."""
    return tuple(_change(form))


def _change(form: str) -> Iterator[str]:
    turning = _turning()
    parts = form.split("-")
    for at, part in enumerate(parts):
        changed = {
            begin + part[len(own) :]
            for own in turning.prefixes
            if part.startswith(own) and (part == own or len(part) - len(own) >= _STEM)
            for begin in ("", *turning.prefixes)
        } | {
            part[: -len(own)] + end
            for own in turning.suffixes
            if part.endswith(own) and len(part) - len(own) >= _STEM
            for end in ("", *turning.suffixes)
        }
        for other in changed - {part, ""}:
            yield "-".join([*parts[:at], other, *parts[at + 1 :]])
