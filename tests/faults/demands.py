"""Faults that the shapes speak of: what is missing, too much, blank, or out of order."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from faults.page import Line, Page, Seed
from faults.syntax import Sow, pick, seed

__all__ = ["DEMANDS"]

_ORCID = "https://orcid.org/0000-0002-1825-0097"  # the example of orcid.org's own pages
_CRITIQUE = """critiques:
- about: sysg:case/{case}
  question: beneficiary
  asked: is
  standpoint: affected, not involved
  stance: undercuts
  says: The sponsor benefits first.
  why: A report that is made up for this test.
"""


def _owner(page: Page, line: Line) -> int:
    """Return the row of the part that a line belongs to: its key, its dash, or the first row."""
    for other in reversed(page.lines[: page.lines.index(line) + 1]):
        if other.dash and other.indent == line.indent and other.key:
            return other.at
        if other.indent < line.indent and other.key:
            return other.at
    return 0


def _without(path: str, shape: str) -> Sow:
    """Sow by leaving out a key with all that is below it."""
    keys = tuple(path.split("."))

    def wanted(line: Line) -> bool:
        return bool(line.key) and (len(keys) > 1 or not line.indent)

    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: line.path[-len(keys) :] == keys and wanted(line))
        if line is None:
            return None
        changes: dict[int, str | None] = dict.fromkeys(range(line.at, line.block + 1))
        owner = _owner(page, line)
        if line.dash:  # the next key takes the dash
            following = page.rows[line.block + 1]
            changes[line.block + 1] = following.replace("  ", "- ", 1)
        # What stood first in its part leaves that part to begin with what comes next.
        at = 0 if owner == line.at == 0 else owner
        return seed(page, f"without {path}", changes, at, is_evident=False, demand=shape)

    return sow


def _emptied(path: str, shape: str) -> Sow:
    keys = tuple(path.split("."))

    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: line.path == keys and line.is_scalar)
        if line is None:
            return None
        row = page.head(line).rstrip()
        return seed(page, f"{path} empty", {line.at: row}, line.at, is_evident=False, demand=shape)

    return sow


def _instead(
    kind: str, path: str, value: Callable[[str], str], shape: str, *, is_evident: bool = False
) -> Sow:
    """Sow by writing another value."""
    keys = tuple(path.split("."))

    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(
            page,
            random,
            lambda line: line.path[-len(keys) :] == keys and line.is_bare and bool(line.key),
        )
        if line is None:
            return None
        row = page.head(line) + value(line.value)
        return seed(page, kind, {line.at: row}, line.at, is_evident=is_evident, demand=shape)

    return sow


def _added(kind: str, after: str, rows: str, at: int, shape: str, meant: str | None = None) -> Sow:
    """Sow by rows of one's own after a key; ``at`` says which of them, from 1, is at fault."""

    def sow(page: Page, random: Random) -> Seed | None:
        keys = tuple(after.split("."))
        line = pick(page, random, lambda line: line.path == keys and bool(line.key))
        if line is None:
            return None

        def changed(written: str) -> dict[int, str | None]:
            added = written.replace("{case}", page.path.stem).rstrip("\n")
            return {line.block: f"{page.rows[line.block]}\n{added}"}

        return seed(
            page,
            kind,
            changed(rows),
            line.block + at,
            is_evident=meant is not None,
            demand=shape,
            meant=changed(meant) if meant is not None else None,
        )

    return sow


def _critique(
    kind: str, old: str, new: str, at: int, shape: str, *, is_evident: bool = False
) -> Sow:
    assert old in _CRITIQUE
    rows = _CRITIQUE.replace(old, new, 1)
    return _added(kind, "citations", rows, at, shape, _CRITIQUE if is_evident else None)


def _order(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.path == ("end",) and line.is_scalar)
    if line is None:
        return None
    starts = page.where(lambda line: line.path == ("start",))
    row = page.head(line) + "1066"
    changes: dict[int, str | None] = {line.at: row}
    return seed(
        page,
        "end before start",
        changes,
        starts[0].at,
        line.at,
        is_evident=False,
        demand="shape:CaseStudy-order",
    )


def _primary_twice(page: Page, random: Random) -> Seed | None:
    primary = pick(page, random, lambda line: line.path == ("practice", "primary"))
    secondary = pick(
        page, random, lambda line: line.path == ("practice", "secondary") and not line.key
    )
    if primary is None or secondary is None:
        return None
    row = page.rows[secondary.at]
    changes: dict[int, str | None] = {
        secondary.at: f"{row}\n{row[: len(row) - len(secondary.value)]}{primary.value}"
    }
    return seed(
        page, "primary is secondary too", changes, secondary.at + 1, demand="shape:Practice-once"
    )


def _facet_alone(page: Page, random: Random) -> Seed | None:
    line = pick(
        page,
        random,
        lambda line: len(line.path) == 3 and line.path[1] == "facets" and bool(line.key),
    )
    if line is None:
        return None
    value = page.rows[line.at + 1].partition("value: ")[2]
    changes: dict[int, str | None] = dict.fromkeys(range(line.at + 1, line.block + 1))
    changes[line.at] = f"{page.rows[line.at]} {value}"
    meant = {**changes, line.at: f"{page.rows[line.at]}\n      value: {value}"}
    return seed(page, "facet with a value alone", changes, line.at, demand="key", meant=meant)


def _name_alone(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.path == ("contributor",))
    if line is None or line.block != line.at + 1:
        return None
    value = page.rows[line.at + 1].partition("name: ")[2]
    changes: dict[int, str | None] = {line.at: f"contributor: {value}", line.at + 1: None}
    return seed(page, "contributor is a name", changes, line.at, demand="key")


def _unread(page: Page, random: Random) -> Seed | None:
    lines = page.where(lambda line: line.path == ("citations", "read"))
    changes: dict[int, str | None] = {line.at: page.head(line) + "false" for line in lines}
    key = page.where(lambda line: line.path == ("citations",))[0]
    return seed(
        page,
        "nothing read",
        changes,
        key.at,
        is_evident=False,
        demand="shape:CaseStudy-read-citation",
    )


def _one_reading(page: Page, random: Random) -> Seed | None:
    lines = page.where(lambda line: line.path == ("readings", "standpoint") and bool(line.dash))
    if len(lines) < 2:
        return None
    key = page.where(lambda line: line.path == ("readings",))[0]
    changes: dict[int, str | None] = dict.fromkeys(range(lines[1].at, key.block + 1))
    return seed(
        page,
        "one reading",
        changes,
        key.at,
        is_evident=False,
        demand="shape:CaseStudy-second-reading",
    )


def _two(text: str) -> str:
    return f"[{text}, {text} again]" if ", " not in text and text[0].isalpha() else "[one, two]"


_MISSING = {
    "aims": "CaseStudy-aims",
    "authority": "CaseStudy-authority",
    "citations": "CaseStudy-citations",
    "confidence": "CaseStudy-confidence",
    "contributed": "CaseStudy-contributed",
    "contributor": "CaseStudy-contributor",
    "countries": "CaseStudy-countries",
    "driver": "CaseStudy-driver",
    "outcome.led": "CaseStudy-led",
    "licence": "CaseStudy-licence",
    "place": "CaseStudy-place",
    "practice": "CaseStudy-practice",
    "readings": "CaseStudy-readings",
    "scale": "CaseStudy-scale",
    "sectors": "CaseStudy-sectors",
    "start": "CaseStudy-start",
    "summary": "CaseStudy-summary",
    "title": "CaseStudy-title",
    "outcome.working": "CaseStudy-working",
    "practice.primary": "Practice-primary",
    "practice.why": "Practice-why",
    "led.judgement": "Outcome-judgement",
    "working.why": "Outcome-why",
    "readings.facets": "SituationReading-facets",
    "readings.standpoint": "SituationReading-standpoint",
    "agreement.value": "Observation-value",
    "stakes.confidence": "Observation-sure",
    "resourcing.why": "Observation-why",
    "citations.authors": "Citation-authors",
    "citations.title": "Citation-title",
    "citations.read": "Citation-read",
    "citations.url": "Citation-address",
    "contributor.name": "CaseStudy-contributor",  # for a name is all that stands there
}

DEMANDS: tuple[Sow, ...] = (
    *(_without(path, f"shape:{shape}") for path, shape in _MISSING.items()),
    *(
        _emptied(path, f"shape:CaseStudy-{path}")
        for path in ("driver", "place", "scale", "start", "confidence", "contributed", "licence")
    ),
    *(
        _instead(f"two values of {path}", path, _two, f"shape:{shape}")
        for path, shape in {
            "citations.authors": "Citation-authors",
            "citations.title": "Citation-title",
            "citations.where": "Citation-where",
            "driver": "CaseStudy-driver",
            "contributor.name": "Contributor-name",
        }.items()
    ),
    _instead("two scales", "scale", lambda _: "[local, city]", "shape:CaseStudy-scale"),
    _instead("two starts", "start", lambda year: f"[{year}, 1066]", "shape:CaseStudy-start"),
    _instead(
        "two primary types",
        "practice.primary",
        lambda _: "[organic, facilitative]",
        "shape:Practice-primary",
    ),
    _instead("two confidences", "confidence", lambda _: "[high, low]", "shape:"),
    _instead(
        "two judgements", "led.judgement", lambda _: "[mixed, contested]", "shape:Outcome-judgement"
    ),
    _instead("two values of a facet", "time-horizon.value", lambda _: "[years, months]", ""),
    _instead("blank text", "driver", lambda _: "'  '", "shape:CaseStudy-driver"),
    _instead(
        "blank before a text",
        "place",
        lambda text: f"' {text.replace(chr(39), chr(39) * 2)}'",
        "shape:CaseStudy-place",
        is_evident=True,
    ),
    _instead(
        "blank after a text",
        "citations.title",
        lambda text: f"'{text.replace(chr(39), chr(39) * 2)} '",
        "shape:Citation-title",
        is_evident=True,
    ),
    _instead("keys in a text", "place", lambda text: "{town: x}", "key"),
    _instead("licence by name", "licence", lambda _: "CC BY", "literal"),
    _instead(
        "licence without http",
        "licence",
        lambda url: url.partition("://")[2],
        "literal",
        is_evident=True,
    ),
    _instead(
        "long summary",
        "summary",
        lambda text: "Long words are written here. " * 20,
        "shape:CaseStudy-short-summary",
    ),
    _order,
    _primary_twice,
    _facet_alone,
    _name_alone,
    _unread,
    _one_reading,
    _added(
        "ORCID without the address",
        "contributor.name",
        f"  orcid: {_ORCID.rpartition('/')[2]}",
        1,
        "",
        f"  orcid: {_ORCID}",
    ),
    _added(
        "ORCID with http",
        "contributor.name",
        f"  orcid: {_ORCID.replace('https', 'http')}",
        1,
        "shape:Contributor-orcid",
        f"  orcid: {_ORCID}",
    ),
    _added(
        "ORCID too short",
        "contributor.name",
        "  orcid: https://orcid.org/0000-0002",
        1,
        "shape:Contributor-orcid",
    ),
    _critique(
        "critique of nothing",
        "- about: sysg:case/{case}\n  question",
        "- question",
        2,
        "shape:Critique-about",
    ),
    _critique(
        "critique about no address",
        "sysg:case/{case}",
        "https://example.org/x",
        2,
        "shape:Critique-about",
    ),
    _critique(
        "critique's question unknown", "question: beneficiary", "question: weather", 3, "known-term"
    ),
    _critique(
        "critique's question slips",
        "question: beneficiary",
        "question: beneficary",
        3,
        "known-term",
        is_evident=True,
    ),
    _critique("critique asked wrongly", "asked: is", "asked: would", 4, "shape:Critique-asked"),
    _critique(
        "critique asked in capitals",
        "asked: is",
        "asked: Is",
        4,
        "shape:Critique-asked",
        is_evident=True,
    ),
    _critique(
        "critique's stance slips",
        "undercuts",
        "undercut",
        6,
        "shape:Critique-stance",
        is_evident=True,
    ),
    _critique(
        "critique without a standpoint",
        "  standpoint: affected, not involved\n",
        "",
        2,
        "shape:Critique-standpoint",
    ),
    _critique(
        "critique says nothing",
        "  says: The sponsor benefits first.\n",
        "",
        2,
        "shape:Critique-says",
    ),
    _critique(
        "critique without grounds",
        "  why: A report that is made up for this test.\n",
        "",
        2,
        "shape:Critique-why",
    ),
    _critique(
        "critique without a stance", "  stance: undercuts\n", "", 2, "shape:Critique-stance-missing"
    ),
)
