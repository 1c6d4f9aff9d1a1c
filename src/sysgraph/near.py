"""Which of some words a person meant: the one that is evident, or those that come near it.

One search for every door. A word is never offered for its opposite, nor one of two for the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from sysgraph.files import data

__all__ = ["folded", "meant", "nearest"]

OtherNames = Mapping[str, Sequence[str]]
"""What else some words are called."""

_QUOTES = "\"'“”‘’„‚«»`"
_LIKE = 0.6
_LONG = 8
_SHORT = 2
_STEM = 3


def meant(text: str, words: Iterable[str], names: OtherNames | None = None) -> str | None:
    """Return the one of some words that a text must mean, or None.

    That is the one written in other letters, or whose name it is; else the one from which it
    differs by a slip of the pen, or by two in a long word, if no other is about as near. A code
    of capitals and digits is not one in which the pen slips.

    >>> meant("Locl", ["local", "global"]), meant("distrusted", ["trusted"])
    ('local', None)
    """
    written = folded(re.split(r"[/#:]", text.strip())[-1] if re.search("[/:]", text) else text)
    forms = [(word, folded(form), _is_code(form)) for word, form in _forms(words, names)]
    same = {word for word, shape, _ in forms if shape == written}
    if same or len(written) <= _SHORT:
        return same.pop() if len(same) == 1 else None
    shapes: dict[str, list[str]] = {}
    for word, shape, is_code in forms:
        if not is_code:
            shapes.setdefault(word, []).append(shape)
    slips = {word: min(_slips(written, one, 3) for one in mine) for word, mine in shapes.items()}
    fewest = min(slips.values(), default=3)
    rivals = [word for word, count in slips.items() if count < 2 * fewest]
    if len(rivals) != 1:
        return None
    mine = shapes[rivals[0]]
    if any(_slips(written, one, 3) < 3 and _turns(written, one) for one in mine):
        return None
    fits = any(
        _slips(written, one, 3) == fewest <= _allowed(one)
        and re.findall(r"\d+", written) == re.findall(r"\d+", one)
        for one in mine
    )
    return rivals[0] if fits else None


def nearest(
    text: str,
    words: Iterable[str],
    names: OtherNames | None = None,
    most: int = 2,
    like: float = _LIKE,
) -> list[str]:
    """Return the words that come nearest to a text, those of another meaning left out.

    ``like`` is how alike they must be at least, from 0 to 1. Where it is evident which is meant,
    that stands alone: what else begins as it does is no nearer for that.

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
    if called or not found:
        return called
    evident = meant(text, found, names)
    if evident:
        return [evident]
    same = (word for word in found if not any(_turns(written, form) for form in shapes[word]))
    return list(islice(same, most))


def _forms(words: Iterable[str], names: OtherNames | None) -> list[tuple[str, str]]:
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


class _Turning(NamedTuple):
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
    return any(
        _slips(written, other, own + 1) < own + is_longer for other, is_longer in _turned(form)
    )


@lru_cache(maxsize=512)
def _turned(form: str) -> tuple[tuple[str, bool], ...]:
    """Return the words that turn a word round, and whether they only add something to it."""
    prefixes, suffixes, words = _turning()
    found: list[tuple[str, bool]] = []
    steps = form.split("-")
    for at, step in enumerate(steps):
        longer = {begin + step for begin in (*prefixes, *(f"{word}-" for word in words))}
        longer |= {step + end for end in suffixes if len(end) > _SHORT}
        changed = {
            begin + step.removeprefix(own)
            for own in prefixes
            if step.startswith(own) and (step == own or len(step) - len(own) >= _STEM)
            for begin in ("", *prefixes)
        } | {
            step.removesuffix(own) + end
            for own in suffixes
            if step.endswith(own) and len(step) - len(own) >= _STEM
            for end in ("", *suffixes)
        }
        for other in (*longer, *(changed - {step, ""})):
            found.append(("-".join([*steps[:at], other, *steps[at + 1 :]]), other in longer))
    return tuple(found)
