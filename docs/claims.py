"""What is said of outcomes, held to the data: ``python docs/claims.py [--all] [FILE]...``.

Read are the documentation, the texts of the ontology that people are shown, and the pages that
advice makes, sentence by sentence. What may not be said, and on what record a figure may rest,
stands in ``claims.yaml``. Ends with 1 if something is claimed that may not be, or that no record
at hand bears out.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from pathlib import Path

import yaml

from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation, situation_said, situations_of_case
from sysgraph.pages.blocks import Block, Columns, Heading, Item, Paragraph

__all__ = ["Claims", "Finding", "Passage", "Record", "check", "files", "main", "pages", "texts"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ONTOLOGY = ROOT / "ontology"

_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ONES = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_NUMBERS = {word: at for at, word in enumerate(_ONES, 2)} | {
    word: 10 * at for at, word in enumerate(_TENS, 2)
}
_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_NUMBER = re.compile(rf"\b({_WORD})(?:[- ](one|{_WORD}))?( and a half)?\b")
_PLAIN = (
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"[`*_“”„]|(?<!\w)['‘](?=\w)|(?<=[\w.!?])['’](?!\w)"), ""),
    (re.compile("[’‘]"), "'"),
    (re.compile("[–—−‑]"), "-"),  # noqa: RUF001
    (re.compile(r"(?<=\d)\s*(?:%|per ?cent\b)"), "%"),
    (re.compile(r"\s+"), " "),
)
_ENDS = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")
_SEGMENTS = re.compile(r";|\bbut\b|\byet\b|(?<=[.!?])\s|, and (?=it|they|so)")
_FIGURE = re.compile(
    r"\d+(?:\.\d+)?%|\b\d+ (?:out )?of (?:(?:the|these|those|its|other) )?\d+"
    r"|\bodds[^.;,]{0,20} \d|\b\d+(?:\.\d+)? times\b|\bskill[^.;,]{0,12} [-+]?\d"
)
_CARRIES = re.compile(
    r"[-+]?\d+(?:\.\d+)?%? to [-+]?\d+(?:\.\d+)?%?"
    r"|\b\d+ (?:out )?of (?:(?:the|these|those|its|other) )?\d+"
    r"|\bof (?:the |these |all )?(?:\w+ )?\d+ |\bn = \d+|\b\d[\d,]* [a-z ]*(?:cases|campaigns|projects|readings|pairs|answers)"
)
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")


def normal(text: str) -> str:
    """Return a text in small letters, without marks, with numbers in figures.

    >>> normal("**Fifty-seven per cent** – three and a half")
    '57% - 3.5'
    """
    text = _NUMBER.sub(_figure, text.lower())
    for pattern, by in _PLAIN:
        text = pattern.sub(by, text)
    return text.strip()


def _figure(found: re.Match[str]) -> str:
    first, second, half = found.groups()
    number = _NUMBERS[first]
    if second and (number < 20 or _NUMBERS.get(second, 1) > 9):
        return found[0]
    number += _NUMBERS.get(second, 1) if second else 0
    return f"{number}.5" if half else str(number)


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences that stand together, where, and what leads up to them.

    ``origin`` is "" for what a person wrote, "page" for what a program printed, "case" for what
    a case says with its citations, or the subject of an outside record.
    """

    where: str
    text: str
    lead: str = ""
    origin: str = ""


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
    window: int

    def told(self, text: str, denied: re.Pattern[str]) -> bool:
        """Tell whether a text makes the claim, and does not deny it where it is asserted."""
        if self.unless and self.unless.search(text):
            return False
        return any(_asserted(line, text, denied) for line in self.caught)


def _asserted(line: Sequence[re.Pattern[str]], text: str, denied: re.Pattern[str]) -> bool:
    """Tell whether all parts are found, and the last in a part of the text that denies nothing."""
    if not all(each.search(text) for each in line):
        return False
    parts = [part for part in _SEGMENTS.split(text) if line[-1].search(part)]
    return any(not denied.search(part) for part in parts or [text])


@dataclass(frozen=True, slots=True)
class Record:
    """What a figure may rest on: its name, and every number that stands in it or follows."""

    name: str
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Traced:
    """A sentence that is borne out by a record that is named."""

    within: str
    says: str
    record: str


@dataclass(slots=True)
class Claims:
    """The data of the check, ready for use."""

    claims: Sequence[Claim]
    denied: re.Pattern[str]
    causal: re.Pattern[str]
    outcome: re.Pattern[str]
    traced: Sequence[Traced]
    known: Mapping[str, str]
    situations: Mapping[str, Sequence[str]]
    used: set[Traced] = field(default_factory=set)

    def traces(self, passage: Passage) -> bool:
        """Tell whether a passage is traced by name, and note by what."""
        page, plain = passage.where.partition(":")[0], normal(passage.text)
        found = [one for one in self.traced if one.within == page and normal(one.says) in plain]
        self.used.update(found)
        return bool(found)


def load(path: Path = HERE / "claims.yaml") -> Claims:
    """Return the data of the check."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = data["words"]
    return Claims(
        [_claim(name, told, words) for name, told in data["claims"].items()],
        _pattern(data["denied"]),
        _pattern(data["causal"]),
        _pattern(data["outcome"]),
        [Traced(one["in"], one["says"], one["record"]) for one in data["traced"]],
        data["records"],
        data["situations"],
    )


def _claim(name: str, told: Mapping[str, object], words: Mapping[str, list[str]]) -> Claim:
    lines = told["caught"]
    assert isinstance(lines, list)
    unless = told.get("unless")
    return Claim(
        name,
        *(str(told[key]) for key in ("may_not", "why", "instead")),
        tuple(tuple(_pattern(words.get(part, [part])) for part in line) for line in lines),
        _pattern(unless) if isinstance(unless, list) else None,
        int(str(told.get("window", 1))),
    )


def _pattern(alternatives: list[str]) -> re.Pattern[str]:
    return _compiled("|".join(alternatives))


@cache
def _compiled(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives})")


# What is judged.


def check(
    passages: Iterable[Passage], claims: Claims, records: Sequence[Record] = ()
) -> list[Finding]:
    """Return all that is claimed and may not be, each sentence once."""
    seen: set[tuple[str, str]] = set()
    found = []
    for passage in passages:
        key = (passage.text, passage.origin)
        if key not in seen:
            seen.add(key)
            found += _judged(passage, claims, records)
    return found


def _judged(passage: Passage, claims: Claims, records: Sequence[Record]) -> Iterator[Finding]:
    if claims.denied.search(normal(passage.lead)):
        return
    sentences = [normal(each) for each in _ENDS.split(passage.text)]
    shown = _ENDS.split(passage.text)
    for at, text in enumerate(sentences):
        told = [each for each in claims.claims if _told(each, sentences, at, claims.denied)]
        if told or _is_causal(text, claims) or _is_figure(text, claims):
            if claims.traces(Passage(passage.where, shown[at])):
                continue
            for claim in told:
                yield Finding(
                    passage.where,
                    f"forbidden ({claim.name})",
                    shown[at],
                    f"it may not be said {claim.may_not}: {claim.why}",
                    claim.instead,
                )
            if not told:
                yield from _untraced(passage, shown[at], text, claims, records)


def _told(claim: Claim, sentences: Sequence[str], at: int, denied: re.Pattern[str]) -> bool:
    """Tell whether a sentence makes a claim, by itself or with those that follow it."""
    if claim.told(sentences[at], denied):
        return True
    joined = " ".join(sentences[at : at + claim.window])
    later = any(claim.told(each, denied) for each in sentences[at + 1 : at + claim.window])
    return claim.window > 1 and not later and claim.told(joined, denied)


def _is_causal(text: str, claims: Claims) -> bool:
    parts = [part for part in _SEGMENTS.split(text) if claims.causal.search(part)]
    return any(not claims.denied.search(part) for part in parts)


def _is_figure(text: str, claims: Claims) -> bool:
    return bool(_FIGURE.search(text) and claims.outcome.search(text))


def _untraced(
    passage: Passage, shown: str, text: str, claims: Claims, records: Sequence[Record]
) -> Iterator[Finding]:
    """Yield what is wrong with a figure or a causal word that may stand if a record bears it out."""
    if passage.origin == "case":
        return
    if _is_causal(text, claims):
        yield Finding(
            passage.where,
            "causal",
            shown,
            "it says that one thing brings about an outcome, and names no record",
            "say what goes with what, or that it is argued; or trace it in docs/claims.yaml",
        )
    if not _is_figure(text, claims):
        return
    if not _CARRIES.search(text):
        yield Finding(
            passage.where,
            "figure",
            shown,
            "the figure stands without its interval or its n",
            "give it in the same sentence",
        )
    elif passage.origin != "page" and not _rests_on(text, passage.origin, records):
        yield Finding(
            passage.where,
            "figure",
            shown,
            "no record at hand has these numbers",
            "mend them, or trace the sentence to its record in docs/claims.yaml",
        )


def _rests_on(text: str, origin: str, records: Sequence[Record]) -> bool:
    """Tell whether one record has all numbers of the figures of a sentence.

    What stands in an outside record must rest on that record's own counts.
    """
    numbers = {_number(each) for each in _DIGITS.findall(_figures(text))}
    own = [each for each in records if origin in ("", each.name)]
    return any(numbers <= each.numbers for each in own)


def _figures(text: str) -> str:
    return " ".join(found[0] for found in (*_FIGURE.finditer(text), *_CARRIES.finditer(text)))


def _number(text: str) -> str:
    return text.replace(",", "")


# What is read.


def files() -> Iterator[Passage]:
    """Yield what the documentation says, with file and line."""
    named = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(HERE.rglob("*.md"))]
    for path in named:
        yield from _page(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    for at, line in enumerate((ROOT / "CITATION.cff").read_text().splitlines(), 1):
        yield Passage(f"CITATION.cff:{at}", line)


_ITEM = re.compile(r"\s*(?:[-*+·x!?~]|\d+\.)\s+(?=\S)")
_SHOWN = ("console", "text")


def _page(name: str, text: str) -> Iterator[Passage]:
    """Yield the paragraphs, items and rows of a page of Markdown, with what leads up to them."""
    heading = lead = fence = ""
    held: list[str] = []
    start = 0

    def flush() -> Iterator[Passage]:
        if held:
            joined = " ".join(each.strip() for each in held)
            above = f"{heading}. {lead}" if _ITEM.match(held[0]) or fence else heading
            yield Passage(f"{name}:{start}", _bare(joined), above, "page" if fence else "")
            held.clear()

    for at, line in enumerate(text.splitlines(), 1):
        is_row = line.lstrip().startswith("|") or bool(fence and re.search(r"\S {2,}\S", line))
        if line.startswith("```") or line.startswith("<!--") or not line.strip():
            if held and held[-1].rstrip().endswith(":"):
                lead = " ".join(held)
            yield from flush()
            if line.startswith("```"):
                fence = "" if fence else line[3:].strip() or "code"
            continue
        if fence and fence not in _SHOWN:
            continue
        if line.startswith("#") and not fence:
            yield from flush()
            heading, lead = line.lstrip("# "), ""
            yield Passage(f"{name}:{at}", heading)
            continue
        if is_row or _ITEM.match(line):
            if held and held[-1].rstrip().endswith(":"):
                lead = " ".join(held)
            yield from flush()
        if not held:
            start = at
        held.append(line)
    yield from flush()


def _bare(text: str) -> str:
    return _ITEM.sub("", text, count=1)


_LITERAL = re.compile(r'(?:"""((?:[^"\\]|\\.|"(?!""))*)"""|"((?:[^"\\\n]|\\.)*)")@en', re.S)
_SUBJECT = re.compile(r"^([\w-]+:[\w.-]+)(?= |$)", re.M)


def texts() -> Iterator[Passage]:
    """Yield the texts of the ontology, with file and line, and those of the cases."""
    for path in sorted(ONTOLOGY.rglob("*.ttl")):
        name = path.relative_to(ROOT).as_posix()
        is_outside = path.parent.name == "external"
        for subject, start, block in _blocks(path):
            for found in _LITERAL.finditer(block):
                line = start + block.count("\n", 0, found.start())
                origin = subject if is_outside else ""
                text = (found[1] or found[2]).replace('\\"', '"')
                yield Passage(f"{name}:{line}", text, origin=origin)
    for path in sorted((ONTOLOGY / "cases").glob("*.yaml")):
        yield from _case(path)


def _blocks(path: Path) -> Iterator[tuple[str, int, str]]:
    """Yield each subject of a file of Turtle, the line it begins in, and its text."""
    text = path.read_text(encoding="utf-8")
    begins = [*_SUBJECT.finditer(text)]
    ends = [each.start() for each in begins[1:]] + [len(text)]
    for found, end in zip(begins, ends, strict=True):
        yield found[1], text.count("\n", 0, found.start()) + 1, text[found.start() : end]


def _case(path: Path) -> Iterator[Passage]:
    """Yield why a case was judged as it was; traced if the case cites anything."""
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT).as_posix()
    origin = "case" if case.get("citations") else ""
    for test, outcome in case.get("outcome", {}).items():
        yield Passage(f"{name}: outcome {test}", str(outcome.get("why", "")), origin=origin)
    yield Passage(f"{name}: summary", str(case.get("summary", "")), origin=origin)


def records(backtest: Iterable[Passage]) -> list[Record]:
    """Return what figures may rest on: the outside records, and the record of advice."""
    found = [
        Record(subject, frozenset(_follows(block)))
        for path in sorted((ONTOLOGY / "external").glob("*.ttl"))
        for subject, _, block in _blocks(path)
    ]
    told = " ".join(normal(each.text) for each in backtest)
    return [*found, Record("backtest", frozenset(map(_number, _DIGITS.findall(told))))]


def _follows(block: str) -> Iterator[str]:
    """Yield the numbers that an outside record states, and those that follow from its counts."""
    stated = _DIGITS.findall(_LITERAL.sub("", block))
    yield from map(_number, stated)
    counts = sorted({int(each) for each in stated if each.isdigit() and int(each) < 100_000})
    for some, of in combinations(counts, 2):
        low, high = _wilson(some, of)
        yield from (f"{100 * share:.{digits}f}" for share in (some / of, low, high) for digits in (0, 1))


def _wilson(some: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, by Wilson."""
    z = 1.959964
    middle = (some + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * math.sqrt(some * (of - some) / of + z * z / 4)
    return middle - half, middle + half


# The pages that advice makes.


def pages(claims: Claims, *, whole: bool = False) -> Iterator[Passage]:
    """Yield what advice says of the worked situations; with ``whole`` of every reading too."""
    from sysgraph.advice.examine import Examiner
    from sysgraph.advice.shipped import kept_record, load_shipped_frame
    from sysgraph.pages.brief import brief_blocks
    from sysgraph.pages.contest import contested_blocks
    from sysgraph.pages.report import detail_blocks

    frame = load_shipped_frame()
    frame.record = kept_record()
    examiner = Examiner(frame)
    for name, readings in _situations(claims, frame, whole=whole):
        if len(readings) > 1:
            contest = examiner.compare(readings)
            yield from _printed(name, contested_blocks(contest, frame, full=True))
        for each in readings:
            examined = examiner.examine(each)
            yield from _printed(name, brief_blocks(examined))
            if examined.to_do.job is None:
                yield from _printed(f"{name} --all", detail_blocks(examined))


def _situations(
    claims: Claims, frame: Frame, *, whole: bool
) -> Iterator[tuple[str, Sequence[Situation]]]:
    for name, facets in claims.situations.items():
        pairs = [(one.partition("=")[0], one.partition("=")[2]) for one in facets]
        yield f"page of {name}", situation_said(pairs, frame).readings()
    for case in frame.cases.values() if whole else ():
        yield f"page of case {case.id}", situations_of_case(case.id, frame)


def _printed(name: str, blocks: Iterable[Block]) -> Iterator[Passage]:
    """Yield what a page says, under the name of the page."""
    heading = above = ""
    for block in blocks:
        if isinstance(block, Heading):
            heading, above = block.text, ""
            yield Passage(name, heading, origin="page")
        elif isinstance(block, Paragraph):
            yield Passage(name, block.text, heading, "page")
            above = block.text
        elif isinstance(block, Item):
            lead = f"{heading}. {above}" if above.endswith(":") else heading
            yield Passage(name, block.words, lead, "page")
        elif isinstance(block, Columns):
            yield from (Passage(name, " ".join(row), heading, "page") for row in block.rows)


def backtest() -> list[Passage]:
    """Return what the record of the shipped library says."""
    from sysgraph.advice.shipped import load_shipped_frame
    from sysgraph.pages.record import backtest_blocks
    from sysgraph.record.run import look_back
    from sysgraph.stores import open_store

    done = look_back(open_store(), load_shipped_frame())
    return [*_printed("page of backtest", backtest_blocks(done))]


def unused(claims: Claims) -> list[Finding]:
    """Return what is traced and stands nowhere any more, or is traced to no record."""
    where = "docs/claims.yaml"
    found = [
        Finding(where, "traced", each.says, f"{each.within} does not say so any more", "take it out")
        for each in claims.traced
        if each not in claims.used
    ]
    return found + [
        Finding(where, "traced", each.says, f"there is no record {each.record}", "name one of records")
        for each in claims.traced
        if each.record not in claims.known
    ]


def everything(claims: Claims, *, whole: bool = False) -> list[Finding]:
    """Return all findings over documentation, ontology and pages."""
    told = backtest()
    at_hand = records(told)
    read: list[Callable[[], Iterable[Passage]]] = [files, texts, lambda: pages(claims, whole=whole)]
    passages = [passage for each in read for passage in each()] + told
    return check(passages, claims, at_hand) + unused(claims)


def main(arguments: Sequence[str]) -> int:
    """Print all that is claimed and may not be."""
    found = everything(load(), whole="--all" in arguments)
    for each in found:
        print(each)
    print(f"{len(found)} claims are not borne out." if found else "Every claim is borne out.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
