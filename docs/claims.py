"""What is said of outcomes, held to the data: ``python docs/claims.py [--all]``.

What may not be said, and on what record a figure may rest, stands in ``claims.yaml``; what is
read, in ``said.py``. With ``--all`` the pages of every reading are read too. Ends with 1 if
something is claimed that may not be, or that no record at hand bears out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from said import ENGLISH, ONTOLOGY, Passage, backtest, blocks, files, pages, texts

__all__ = [
    "Claims",
    "Finding",
    "Record",
    "check",
    "everything",
    "load",
    "main",
    "normal",
    "records",
]

HERE = Path(__file__).resolve().parent

_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: at for at, word in enumerate(_ONES.split(), 2)} | {
    word: 10 * at for at, word in enumerate(_TENS.split(), 2)
}
_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_NUMBER = re.compile(rf"\b({_WORD})(?:[- ](one|{_WORD}))?( and a half)?\b")
_PLAIN = (
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"[`*_“”„]|(?<!\w)['‘](?=\w)|(?<=[\w.!?])['’](?!\w)"), " "),
    (re.compile("[’‘]"), "'"),
    (re.compile("[–—−‑]"), "-"),
    (re.compile(r"(?<=\d)\s*(?:%|per ?cent\b)"), "%"),
    (re.compile(r"\s+"), " "),
    (re.compile(r" (?=[.,;:!?])"), ""),
)
_ENDS = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")
_PARTS = re.compile(r";|\bbut\b|\byet\b|(?<=[.!?])\s|, and (?=it|they|so)")
_OF = r"\b\d+ (?:out )?of (?:(?:the|these|those|its|other) )?\d+"
_FIGURE = re.compile(
    rf"\d+(?:\.\d+)?%|{_OF}|\bodds[^.;,]{{0,20}} \d+(?:\.\d+)?|\b\d+(?:\.\d+)? times\b"
    r"|\bskill[^.;,]{0,12} [-+]?\d+(?:\.\d+)?"
)
_CARRIES = re.compile(
    rf"[-+]?\d+(?:\.\d+)?%? to [-+]?\d+(?:\.\d+)?%?|{_OF}|\bof (?:the |these |all )?(?:\w+ )?\d+ "
    r"|\bn = \d+|\b\d[\d,]* [a-z ]*(?:cases|campaigns|projects|readings|pairs|answers)"
)
_COUNTS = re.compile(r":(?:else)?[cC]ount (\d+) ;\s+sysg:(?:else)?[oO]utOf (\d+)")
_ADJUSTED = re.compile(r"(?:sysg:adjusted|rdfs:label) [^;]*;")
_DERIVED = re.compile(r"rdfs:label \"[^\"]*derived")
_NAMED_FIGURE = re.compile(r"\bfigure:[\w-]+")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")


def normal(text: str) -> str:
    """Return a text in small letters, without marks, with numbers in figures.

    >>> normal("**Fifty-seven per cent** – three and a half")
    '57% - 3.5'
    """
    text = _NUMBER.sub(_in_figures, text.lower())
    for pattern, by in _PLAIN:
        text = pattern.sub(by, text)
    return text.strip()


def _in_figures(found: re.Match[str]) -> str:
    first, second, half = found.groups()
    number = _NUMBERS[first]
    if second and (number < 20 or _NUMBERS.get(second, 1) > 9):
        return found[0]
    number += _NUMBERS.get(second, 1) if second else 0
    return f"{number}.5" if half else str(number)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is claimed, where, of which kind, why it may not be, and what to do."""

    where: str
    kind: str
    text: str
    why: str
    todo: str

    def __str__(self) -> str:
        shown = " ".join(self.text.split())
        shown = shown if len(shown) <= 240 else f"{shown[:240]}…"
        return f"{self.where}: {self.kind}: {shown}\n    {self.why}; {self.todo}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What may not be said, and the patterns that tell it."""

    name: str
    may_not: str
    why: str
    instead: str
    caught: tuple[tuple[re.Pattern[str], ...], ...]
    unless: re.Pattern[str] | None

    def is_made(self, text: str, denied: re.Pattern[str]) -> bool:
        """Tell whether a text makes the claim, and does not deny it where it is asserted."""
        if self.unless and self.unless.search(text):
            return False
        return any(_is_asserted(line, text, denied) for line in self.caught)


def _is_asserted(line: Sequence[re.Pattern[str]], text: str, denied: re.Pattern[str]) -> bool:
    """Tell whether all parts are found, and the last where nothing is denied."""
    if not all(each.search(text) for each in line):
        return False
    parts = [part for part in _PARTS.split(text) if line[-1].search(part)]
    return any(not denied.search(part) for part in parts or [text])


@dataclass(frozen=True, slots=True)
class Record:
    """What a figure may rest on: its name, and every number that stands in it or follows."""

    name: str
    numbers: frozenset[str]
    is_derived: bool = False
    is_null: bool = False


@dataclass(frozen=True, slots=True)
class Traced:
    """Words of a sentence that a record bears out, and where it stands."""

    within: str
    says: str
    record: str


@dataclass(slots=True)
class Claims:
    """The data of the check, ready for use."""

    claims: Sequence[Claim]
    notes: re.Pattern[str]
    names: Sequence[tuple[re.Pattern[str], str]]
    denied: re.Pattern[str]
    denying: re.Pattern[str]
    causal: re.Pattern[str]
    outcome: re.Pattern[str]
    traced: Sequence[Traced]
    known: Mapping[str, str]
    situations: Mapping[str, Sequence[str]]
    used: set[Traced] = field(default_factory=set)

    def read(self, text: str) -> str:
        """Return a sentence as it is judged: names and notes claim nothing."""
        plain = text.lower()
        for pattern, by in self.names:
            plain = pattern.sub(by, plain)
        return normal(plain)

    def made_in(self, text: str, *own: Record) -> list[Claim]:
        """Return the claims that a sentence makes, which stands in a record of its own or none."""
        is_bare = bool(_FIGURE.search(text)) and "deriv" not in text
        if is_bare and any(each.is_derived for each in own):
            return [each for each in self.claims if each.name == "derived"]
        return [each for each in self.claims if each.is_made(text, self.denied)]

    def is_causal(self, text: str) -> bool:
        """Tell whether it is said, and not denied, that a thing brings about an outcome."""
        parts = [part for part in _PARTS.split(text) if self.causal.search(part)]
        return any(not self.denied.search(part) for part in parts)

    def is_figure(self, text: str) -> bool:
        """Tell whether a figure stands in a sentence that speaks of outcomes."""
        return bool(_FIGURE.search(text) and self.outcome.search(text))

    def traces(self, passage: Passage, text: str) -> bool:
        """Tell whether a sentence is traced by name, and note by what."""
        page = "pages" if passage.origin == "page" else passage.where.partition(":")[0]
        plain = normal(text)
        found = [each for each in self.traced if each.within == page and normal(each.says) in plain]
        self.used.update(found)
        return bool(found)


def load(path: Path = HERE / "claims.yaml") -> Claims:
    """Return the data of the check."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Claims(
        [_claim(name, told, data["words"]) for name, told in data["claims"].items()],
        re.compile("|".join(data["notes"]), re.IGNORECASE),
        [(re.compile(pattern), by) for pattern, by in data["names"].items()],
        _pattern(data["denied"]),
        _pattern(data["denying"]),
        _pattern(data["causal"]),
        _pattern(data["outcome"]),
        [Traced(one["in"], one["says"], one["record"]) for one in data["traced"]],
        data["records"],
        data["situations"],
    )


def _claim(name: str, told: Mapping[str, str], words: Mapping[str, list[str]]) -> Claim:
    lines: Iterable[Sequence[str]] = told["caught"]
    return Claim(
        name,
        told["may_not"],
        told["why"],
        told["instead"],
        tuple(tuple(_pattern(words.get(part, [part])) for part in line) for line in lines),
        _pattern(told["unless"]) if "unless" in told else None,
    )


def _pattern(alternatives: Sequence[str]) -> re.Pattern[str]:
    return _compiled("|".join(alternatives))


@cache
def _compiled(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives})")


def check(
    passages: Iterable[Passage], claims: Claims, at_hand: Sequence[Record] = ()
) -> list[Finding]:
    """Return all that is claimed and may not be, each sentence once."""
    read = list({(each.text, each.origin): each for each in reversed([*passages])}.values())
    cited = [normal(each.text) for each in read if each.origin == "case" and each.text]
    found = [
        each for passage in reversed(read) for each in _judged(passage, claims, at_hand, cited)
    ]
    return found


def _judged(
    passage: Passage, claims: Claims, at_hand: Sequence[Record], cited: Sequence[str]
) -> Iterator[Finding]:
    """Yield what is wrong in a passage. Where what leads up to it denies it, figures alone are."""
    is_denied = bool(claims.denying.search(normal(passage.lead)))
    own = [each for each in at_hand if each.name == passage.origin]
    for shown, joined in _sentences(claims.notes.sub("", passage.text)):
        text = claims.read(joined)
        told = [] if is_denied else claims.made_in(text, *own)
        is_causal = not is_denied and claims.is_causal(text)
        is_figure = claims.is_figure(text)
        if not (told or is_causal or is_figure) or claims.traces(passage, joined):
            continue
        yield from (_forbidden(each, passage.where, shown) for each in told)
        if told or _is_cited(passage, cited):
            continue
        if is_causal:
            yield Finding(passage.where, "causal", shown, *_CAUSAL)
        if is_figure and any(each.is_null for each in own) and _NULL not in text:
            yield Finding(passage.where, "null", shown, *_OF_NULL)
        if is_figure:
            yield from _untraced(passage, shown, text, at_hand)


_NULL = "no difference shown"
_OF_NULL = (
    "its interval holds that there is no difference, and the sentence lets one be read",
    f"say '{_NULL}', in these words",
)
_CAUSAL = (
    "it says that one thing brings about an outcome, and names no record",
    "say what goes with what, or who argues it; or trace it in docs/claims.yaml",
)


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence, and what it is read as: a question goes with what follows it."""
    for each, after in pairwise([*_ENDS.split(text), ""]):
        yield each, f"{each} {after}" if each.endswith("?") else each


def _is_cited(passage: Passage, cited: Sequence[str]) -> bool:
    """Tell whether it is a case that speaks, which answers for it with its citations."""
    if passage.origin != "page":
        return passage.origin == "case"
    plain = normal(passage.text)
    return any(each.rstrip(".") in plain for each in cited)


def _forbidden(claim: Claim, where: str, shown: str) -> Finding:
    why = f"it may not be said {claim.may_not}: {claim.why}"
    return Finding(where, f"forbidden ({claim.name})", shown, why, claim.instead)


def _untraced(
    passage: Passage, shown: str, text: str, at_hand: Sequence[Record]
) -> Iterator[Finding]:
    """Yield what is wrong with a figure of outcomes: it stands alone, or no record has it."""
    where = passage.where
    if not _CARRIES.search(text):
        why = "the figure stands without its interval or its n"
        yield Finding(where, "figure", shown, why, "give it in the same sentence")
    elif passage.origin != "page" and not _rests_on(text, passage.origin, at_hand):
        todo = "mend them, or trace the sentence to its record in docs/claims.yaml"
        yield Finding(where, "figure", shown, "no record at hand has these numbers", todo)


def _rests_on(text: str, origin: str, at_hand: Sequence[Record]) -> bool:
    """Tell whether one record has all numbers of the figures of a sentence.

    What stands in an outside record must rest on that record's own counts.
    """
    told = " ".join(found[0] for each in (_FIGURE, _CARRIES) for found in each.finditer(text))
    numbers = {_number(each) for each in _DIGITS.findall(told)}
    own = [each for each in at_hand if origin in ("", each.name)]
    return any(numbers <= each.numbers for each in own)


def _number(text: str) -> str:
    return text.replace(",", "")


def records(told: Iterable[Passage]) -> list[Record]:
    """Return what figures may rest on: the outside records, and the record of advice."""
    files = [*(ONTOLOGY / "external").glob("*.ttl")]
    told_of = {subject: block for path in files for subject, _, block in blocks(path)}
    derived = [
        each for each, block in told_of.items() if re.search(r"label \"[^\"]*derived", block)
    ]
    found = [
        Record(
            each,
            _numbers_of(each, told_of),
            is_derived=any(table in block for table in derived),
            is_null='sysg:difference "not shown"' in block,
        )
        for each, block in told_of.items()
    ]
    printed = " ".join(normal(each.text) for each in told)
    return [*found, Record("backtest", frozenset(map(_number, _DIGITS.findall(printed))))]


def _numbers_of(subject: str, told_of: Mapping[str, str]) -> frozenset[str]:
    """Return the numbers of an outside record, and of the figures that it names."""
    block = told_of[subject]
    parts = [block, *(told_of.get(each, "") for each in _NAMED_FIGURE.findall(block))]
    return frozenset(number for part in parts for number in _follows(part))


def _follows(block: str) -> Iterator[str]:
    """Yield the numbers that an outside record states, and its shares in per cent."""
    told = " ".join(found[0] for found in _ADJUSTED.finditer(block))
    stated = [_number(each) for each in _DIGITS.findall(f"{ENGLISH.sub('', block)} {told}")]
    yield from stated
    yield from (f"{float(each):.1f}" for each in stated if "." in each)
    shares = [float(each) for each in stated if each.startswith("0.") or each == "1.0"]
    shares += [int(some) / int(of) for some, of in _COUNTS.findall(block)]
    yield from (f"{100 * share:.{digits}f}" for share in shares for digits in (0, 1))


def stale(claims: Claims) -> list[Finding]:
    """Return what is traced and stands nowhere any more, or is traced to no record."""
    where = "docs/claims.yaml"
    gone = [each for each in claims.traced if each not in claims.used and each.within != "pages"]
    lost = [each for each in claims.traced if each.record not in claims.known]
    return [
        *(
            Finding(where, "traced", each.says, f"{each.within} does not say so", "take it out")
            for each in gone
        ),
        *(
            Finding(
                where, "traced", each.says, f"{each.record} is no record", "name one of records"
            )
            for each in lost
        ),
    ]


def everything(claims: Claims, *, whole: bool = False) -> list[Finding]:
    """Return all findings over the documentation, the ontology and the pages."""
    told = backtest()
    passages = [*files(), *texts(), *pages(claims.situations, whole=whole), *told]
    return [*check(passages, claims, records(told)), *stale(claims)]


def main(arguments: Sequence[str]) -> int:
    """Print all that is claimed and may not be."""
    found = everything(load(), whole="--all" in arguments)
    for each in found:
        print(each)
    print(f"{len(found)} claims are not borne out." if found else "Every claim is borne out.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
