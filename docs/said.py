"""What is said, sentence by sentence and where: on the pages, in the ontology, in the cases.

Read by ``claims.py``, which judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation, situation_said, situations_of_case
from sysgraph.pages.blocks import Block, Columns, Heading, Item, Paragraph

__all__ = [
    "ENGLISH",
    "ONTOLOGY",
    "Passage",
    "backtest",
    "blocks",
    "files",
    "page",
    "pages",
    "texts",
]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ONTOLOGY = ROOT / "ontology"


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


def files() -> Iterator[Passage]:
    """Yield what the documentation says, with file and line."""
    named = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(HERE.rglob("*.md"))]
    for path in named:
        yield from page(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    for at, line in enumerate((ROOT / "CITATION.cff").read_text().splitlines(), 1):
        yield Passage(f"CITATION.cff:{at}", line)


_ITEM = re.compile(r"\s*(?:[-*+·x!?~]|\d+\.)\s+(?=\S)")
_ROW = re.compile(r"\S {2,}\S|^\s*[\[\]{}\"]")
_SHOWN = ("console", "text")


def page(name: str, text: str) -> Iterator[Passage]:
    """Yield the paragraphs, items and rows of a page of Markdown, with what leads up to them."""
    reader = _Reader(name)
    for at, line in enumerate(text.splitlines(), 1):
        yield from reader.read(at, line)
    yield from reader.end()


class _Reader:
    """Reads a page of Markdown line by line, and gives its paragraphs, items and rows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heading = self.lead = self.fence = ""
        self.held: list[str] = []
        self.start = 0

    def read(self, at: int, line: str) -> Iterator[Passage]:
        """Take a line, and yield what it ends or is."""
        if line.startswith(("```", "<!--")) or not line.strip():
            yield from self.end()
            if line.startswith("```"):
                self.fence = "" if self.fence else line[3:].strip() or "code"
        elif self.fence and self.fence not in _SHOWN:
            return
        elif line.startswith("#") and not self.fence:
            yield from self.end()
            self.heading, self.lead = line.lstrip("# "), ""
            yield Passage(f"{self.name}:{at}", self.heading)
        else:
            if self.begins(line):
                yield from self.end()
            self.start = self.start if self.held else at
            self.held.append(line)

    def begins(self, line: str) -> bool:
        """Tell whether an item or a row begins."""
        is_row = line.lstrip().startswith("|") or bool(self.fence and _ROW.search(line))
        return is_row or bool(_ITEM.match(line))

    def end(self) -> Iterator[Passage]:
        """Yield what was held, and keep it as what leads up to a list if it ends so."""
        if not self.held:
            return
        joined = " ".join(each.strip() for each in self.held)
        is_listed = bool(self.fence or _ITEM.match(self.held[0]))
        if joined.endswith(":"):
            self.lead = joined
        elif not is_listed:
            self.lead = ""
        above = f"{self.heading}. {self.lead}" if is_listed else self.heading
        origin = "page" if self.fence else ""
        yield Passage(f"{self.name}:{self.start}", _ITEM.sub("", joined, count=1), above, origin)
        self.held.clear()


ENGLISH = re.compile(r'(?:"""((?:[^"\\]|\\.|"(?!""))*)"""|"((?:[^"\\\n]|\\.)*)")@en', re.S)
_SUBJECT = re.compile(r"^([\w-]+:[\w.-]+)(?= |$)", re.M)


def texts() -> Iterator[Passage]:
    """Yield the texts of the ontology, with file and line, and those of the cases."""
    for path in sorted(ONTOLOGY.rglob("*.ttl")):
        name = path.relative_to(ROOT).as_posix()
        is_outside = path.parent.name == "external"
        for subject, start, block in blocks(path):
            for found in ENGLISH.finditer(block):
                if block[: found.start()].endswith("rdfs:label "):
                    continue
                line = start + block.count("\n", 0, found.start())
                origin = subject if is_outside else ""
                text = (found[1] or found[2]).replace('\\"', '"')
                yield Passage(f"{name}:{line}", text, origin=origin)
    for path in sorted((ONTOLOGY / "cases").glob("*.yaml")):
        yield from _case(path)


def blocks(path: Path) -> Iterator[tuple[str, int, str]]:
    """Yield each subject of a file of Turtle, the line it begins in, and its text."""
    text = path.read_text(encoding="utf-8")
    begins = [*_SUBJECT.finditer(text)]
    ends = [*(each.start() for each in begins[1:]), len(text)]
    for found, end in zip(begins, ends, strict=False):
        yield found[1], text.count("\n", 0, found.start()) + 1, text[found.start() : end]


def _case(path: Path) -> Iterator[Passage]:
    """Yield why a case was judged as it was; traced if the case cites anything."""
    case = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    name = path.relative_to(ROOT).as_posix()
    origin = "case" if case.get("citations") else ""
    for test, outcome in case.get("outcome", {}).items():
        yield Passage(f"{name}: outcome {test}", str(outcome.get("why", "")), origin=origin)
    yield Passage(f"{name}: summary", str(case.get("summary", "")), origin=origin)


# The pages that advice makes.


def pages(worked: Mapping[str, Sequence[str]], *, whole: bool = False) -> Iterator[Passage]:
    """Yield what advice says of the worked situations; with ``whole`` of every reading too."""
    from sysgraph.advice.examine import Examiner
    from sysgraph.advice.shipped import kept_record, load_shipped_frame
    from sysgraph.pages.brief import brief_blocks
    from sysgraph.pages.contest import contested_blocks
    from sysgraph.pages.report import detail_blocks

    frame = load_shipped_frame()
    frame.record = kept_record()
    examiner = Examiner(frame)
    for name, readings in _situations(worked, frame, whole=whole):
        if len(readings) > 1:
            contest = examiner.compare(readings)
            yield from _printed(name, contested_blocks(contest, frame, full=True))
        for each in readings:
            examined = examiner.examine(each)
            yield from _printed(name, brief_blocks(examined))
            if examined.to_do.job is None:
                yield from _printed(f"{name} --all", detail_blocks(examined))


def _situations(
    worked: Mapping[str, Sequence[str]], frame: Frame, *, whole: bool
) -> Iterator[tuple[str, Sequence[Situation]]]:
    for name, facets in worked.items():
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
