"""What tables of others tell: of kinds of case like this, and of the grounds for our reasons.

None of them compares ways of leading. So all of it stands beside advice, and never in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from sysgraph.advice.things import Said, SaidThing, placed, things_of

if TYPE_CHECKING:
    from sysgraph.advice.situation import Situation

__all__ = [
    "NO",
    "YES",
    "Elsewhere",
    "Outside",
    "OutsideFigure",
    "OutsideFinding",
    "OutsideQuestion",
    "OutsideTable",
    "ReferenceClass",
    "elsewhere",
    "read_outside",
]

YES, NO = "yes", "no"

Ends = tuple[Fraction, Fraction]
"""The lower and the upper end of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class OutsideTable:
    """A table of outcomes that others coded, of which only counts are known here.

    ``digests`` are the SHA-256 of its files, as ``sha256sum`` prints them.
    """

    id: str
    label: str
    title: str
    coded_by: str
    coded_when: str
    from_outside: str
    licence: str
    urls: tuple[str, ...]
    commits: tuple[str, ...]
    digests: tuple[str, ...]
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutsideFigure:
    """How many of how many cases came out so, and how many of the others, where others are told.

    ``interval`` and ``others_interval`` are those of the two shares, from 0 to 1; ``odds`` is the
    odds ratio of the first to the others.
    """

    id: str
    count: int
    out_of: int
    interval: Ends
    others_count: int | None
    others_out_of: int | None
    others_interval: Ends | None
    odds: Fraction | None
    odds_interval: Ends | None
    exact_p: Fraction | None
    table: str


@dataclass(frozen=True, slots=True)
class OutsideQuestion:
    """A question answered yes or no that settles whether a reference class may speak."""

    iri: str
    id: str
    label: str
    wording: str
    why_asked: str = "A record that others made speaks only of cases for which this is known."
    help: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """A kind of case of which a table of others tells how often it turned out well.

    ``types`` are those within which its cases lie. ``scope`` has the values of facets that must
    be known of a situation, any one of each facet; ``needs_yes`` and ``needs_answer`` are the
    questions to be answered too. What is ``known_afterwards`` only is never shown beside advice.
    ``difference`` says whether it shows one between two kinds of case.
    """

    iri: str
    id: str
    label: str
    place: int
    sentence: str
    difference: str
    types: frozenset[str]
    scope: Mapping[str, frozenset[str]]
    needs_yes: tuple[str, ...]
    needs_answer: tuple[str, ...]
    known_afterwards: bool
    speaks_of: str
    does_not_speak_of: str
    test: str
    why: str
    figures: tuple[OutsideFigure, ...]
    adjusted: str
    years: str
    table: OutsideTable

    @property
    def narrowness(self) -> int:
        """Return how much must be known for it to speak: the more, the narrower it is."""
        return len(self.scope) + len(self.needs_yes) + len(self.needs_answer)

    def agrees(self, facets: Mapping[str, str], types: Collection[str]) -> bool:
        """Tell whether all facts of its scope are known and agree, for one of these types."""
        return not self.types.isdisjoint(types) and all(
            facets.get(name) in values for name, values in self.scope.items()
        )

    def open_questions(self, answers: Mapping[str, str]) -> tuple[str, ...] | None:
        """Return the questions still to be answered; None where an answer has ruled it out."""
        if any(answers.get(name) == NO for name in self.needs_yes):
            return None
        return tuple(n for n in (*self.needs_yes, *self.needs_answer) if n not in answers)


@dataclass(frozen=True, slots=True)
class OutsideFinding:
    """What tables of others show about the ground of a consideration, a risk or a claim.

    ``tested`` is the part of the ground that was tested, on ``cases`` cases; ``verdict`` has the
    short name and the label of what it came to. ``stays`` tells whether a difference stays one
    when the p is corrected for all that was looked at.
    """

    iri: str
    id: str
    tested: str
    verdict: tuple[str, str]
    cases: int
    odds: Fraction | None
    odds_interval: Ends | None
    exact_p: Fraction | None
    stays: bool
    strength: str
    adjusted: str
    why: str
    validity: str
    figures: tuple[OutsideFigure, ...]
    tables: tuple[str, ...]


@dataclass(slots=True)
class Outside:
    """All that tables of others tell. Findings go by the IRI of what they are about."""

    classes: list[ReferenceClass] = field(default_factory=list)
    questions: dict[str, OutsideQuestion] = field(default_factory=dict)
    findings: dict[str, list[OutsideFinding]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What came of such cases elsewhere.

    ``found`` is the narrowest reference class that may speak of a situation, if one may.
    ``questions`` are those whose answers would let another speak, the widest first.
    """

    found: ReferenceClass | None
    questions: tuple[OutsideQuestion, ...]


def elsewhere(situation: Situation, types: Collection[str], outside: Outside) -> Elsewhere:
    """Return what came of such cases elsewhere, for types that come first in a situation.

    A class may speak only if everything that it is about is known of the situation.
    """
    speaking, asked = [], []
    for one in outside.classes:
        if one.known_afterwards or not one.agrees(situation.facets, types):
            continue
        left = one.open_questions(situation.opening)
        if left:
            asked.append((len(left), one.narrowness, one.place, left))
        elif left is not None:
            speaking.append(one)
    # Of classes as narrow as each other, the one told of first.
    found = min(speaking, key=lambda one: (-one.narrowness, one.place), default=None)
    names = dict.fromkeys(name for *_, left in sorted(asked) for name in left[:1])
    return Elsewhere(found, tuple(outside.questions[name] for name in names))


def read_outside(said: Said, slugs: Mapping[str, tuple[str, str]]) -> Outside:
    """Return what a store says of tables of others.

    ``slugs`` has the slugs of the facet and the value by the IRI of the value.
    """
    tables = {each.iri: _table(each) for each in things_of(said, "OutsideTable", "notation label")}
    of_figure = things_of(said, "OutsideFigure", "notation count outOf low high")
    figures = {each.iri: _figure(each) for each in of_figure}
    questions = {
        each.text("notation"): OutsideQuestion(*each.named, each.text("wording"))
        for each in placed(said, "OutsideQuestion", "label wording")
    }
    verdicts = {each.iri: each.named[1:] for each in placed(said, "Verdict", "label")}
    found = {
        each.iri: _finding(each, figures, verdicts)
        for each in placed(said, "OutsideFinding", "label hasVerdict cases why")
        if each.text("hasVerdict") in verdicts
    }
    return Outside(
        [
            _class(each, slugs, figures, tables[each.text("source")], tuple(questions))
            for each in placed(said, "ReferenceClass", "label sentence isWithin hasScope source")
            if each.text("source") in tables
        ],
        questions,
        {
            iri: [each for test, each in found.items() if test in facts["isTestedBy"]]
            for iri, facts in said.items()
            if "isTestedBy" in facts
        },
    )


def _table(each: SaidThing) -> OutsideTable:
    return OutsideTable(
        each.text("notation"),
        each.text("label"),
        each.text("title"),
        each.text("whoCoded"),
        each.text("codedWhen"),
        each.text("codedFromOutside"),
        each.text("licenceFound"),
        tuple(each.all("url")),
        tuple(each.all("commit")),
        tuple(each.all("fileDigest")),
        tuple(each.all("caveat")),
    )


def _number(each: SaidThing, name: str) -> Fraction | None:
    text = each.text(name)
    return Fraction(text) if text else None


def _count(each: SaidThing, name: str) -> int | None:
    text = each.text(name)
    return int(text) if text else None


def _interval(each: SaidThing, low: str, high: str) -> Ends | None:
    ends = _number(each, low), _number(each, high)
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def _figure(each: SaidThing) -> OutsideFigure:
    return OutsideFigure(
        each.text("notation"),
        int(each.text("count")),
        int(each.text("outOf")),
        (Fraction(each.text("low")), Fraction(each.text("high"))),
        _count(each, "elseCount"),
        _count(each, "elseOutOf"),
        _interval(each, "elseLow", "elseHigh"),
        *_odds(each),
        each.slug("source"),
    )


def _odds(each: SaidThing) -> tuple[Fraction | None, Ends | None, Fraction | None]:
    interval = _interval(each, "oddsLow", "oddsHigh")
    return _number(each, "oddsRatio"), interval, _number(each, "exactP")


def _class(
    each: SaidThing,
    slugs: Mapping[str, tuple[str, str]],
    figures: Mapping[str, OutsideFigure],
    table: OutsideTable,
    order: tuple[str, ...],
) -> ReferenceClass:
    scope: dict[str, set[str]] = defaultdict(set)
    for iri in each.all("hasScope"):
        facet, value = slugs.get(iri, (iri, iri))
        scope[facet].add(value)
    return ReferenceClass(
        *each.named,
        int(each.text("displayOrder")),
        each.text("sentence"),
        each.text("difference"),
        frozenset(each.slugs("isWithin")),
        {facet: frozenset(values) for facet, values in scope.items()},
        tuple(name for name in order if name in each.slugs("needsYesTo")),
        tuple(name for name in order if name in each.slugs("needsAnswerTo")),
        each.is_true("isKnownOnlyAfterwards"),
        each.text("speaksOf"),
        each.text("doesNotSpeakOf"),
        each.slug("speaksOfTest"),
        each.text("why"),
        tuple(figures[iri] for iri in each.all("hasFigure") if iri in figures),
        each.text("adjusted"),
        each.text("years"),
        table,
    )


def _finding(
    each: SaidThing,
    figures: Mapping[str, OutsideFigure],
    verdicts: Mapping[str, tuple[str, str]],
) -> OutsideFinding:
    return OutsideFinding(
        each.iri,
        each.text("notation"),
        each.text("label"),
        verdicts[each.text("hasVerdict")],
        int(each.text("cases")),
        *_odds(each),
        each.is_true("staysIfCorrected"),
        each.text("strengthOfTest"),
        each.text("adjusted"),
        each.text("why"),
        each.text("validity"),
        tuple(figures[iri] for iri in each.all("hasFigure") if iri in figures),
        tuple(sorted(each.slugs("source"))),
    )
