"""Who objects to what advice rests on, what stands in spite of it, and whose voice is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sysgraph.advice.board import held_values
from sysgraph.advice.frame import SUPPORTS, UNDERCUTS, Critique, Frame, Target, Voice
from sysgraph.advice.situation import Situation
from sysgraph.advice.voices import Placing, groups_in, named_in, normal, place, speaks_for
from sysgraph.terms import PREFIXES

__all__ = [
    "KNOWLEDGE",
    "POWER",
    "Claim",
    "Dissent",
    "Heard",
    "Label",
    "Standpoints",
    "Unplaced",
    "bearing",
    "discount",
    "dissent",
    "grounded",
    "missing_standpoints",
]


class Label(StrEnum):
    """How a claim stands: ``in`` it holds, ``out`` it is beaten, or it stays ``undecided``."""

    IN = "in"
    OUT = "out"
    UNDECIDED = "undecided"


def grounded(claims: Iterable[str], attacks: Iterable[tuple[str, str]]) -> dict[str, Label]:
    """Return how each claim stands, given pairs of what attacks and what is attacked.

    A claim is in when everything that attacks it is out, and out when something that is in
    attacks it. Nothing more is decided: claims that only attack each other in a circle, or
    themselves, stay undecided, and so does what they attack. This is the most cautious of Dung's
    semantics, and the only one that needs no choice between ways of looking at it. What is
    attacked or attacks is a claim, whether listed or not.

    Source: Dung 1995, On the acceptability of arguments, Artificial Intelligence 77: the grounded
    extension; the three labels are those of Caminada 2006, On the issue of reinstatement.

    >>> labels = grounded([], [("objection", "claim"), ("answer", "objection")])
    >>> labels["claim"].value, labels["objection"].value
    ('in', 'out')
    """
    attackers: dict[str, set[str]] = defaultdict(set)
    labels = dict.fromkeys(claims, Label.UNDECIDED)
    for attacker, target in attacks:
        attackers[target].add(attacker)
        labels |= {attacker: Label.UNDECIDED, target: Label.UNDECIDED}
    is_moving = True
    while is_moving:
        is_moving = False
        for claim in [claim for claim, label in labels.items() if label is Label.UNDECIDED]:
            against = {labels[attacker] for attacker in attackers[claim]}
            if Label.IN in against or against <= {Label.OUT}:
                labels[claim] = Label.OUT if Label.IN in against else Label.IN
                is_moving = True
    return labels


_CASE = PREFIXES["case"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that critiques are about, and how it stands.

    ``undercut_by`` are all critiques that say it does not stand, answered or not. What supports
    it, and what does neither, is shown beside it, and decides nothing.
    """

    target: Target
    label: Label
    undercut_by: tuple[Critique, ...] = ()
    supported_by: tuple[Critique, ...] = ()
    beside: tuple[Critique, ...] = ()

    @property
    def counts(self) -> bool:
        """Tell whether it still counts: nothing undercuts it that is not itself beaten."""
        return self.label is Label.IN


@dataclass(frozen=True, slots=True)
class Dissent:
    """All critiques, and what follows from them.

    ``labels`` goes by IRI, and holds the critiques and what they are about; ``said`` holds, by
    the IRI of a thing, the critiques about it. ``claims`` are the things that critiques are
    about, other than critiques. What no longer counts as evidence: ``cases`` as a whole (ids),
    ``classifications`` (pairs of case and type), ``judgements`` (pairs of case and test).
    """

    critiques: tuple[Critique, ...] = ()
    labels: Mapping[str, Label] = field(default_factory=dict)
    said: Mapping[str, tuple[Critique, ...]] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    cases: frozenset[str] = frozenset()
    classifications: frozenset[tuple[str, str]] = frozenset()
    judgements: frozenset[tuple[str, str]] = frozenset()

    @property
    def fallen(self) -> tuple[Claim, ...]:
        """Return the claims that stand attacked and undefended, or undecided."""
        return tuple(claim for claim in self.claims if not claim.counts)

    def counts(self, iri: str) -> bool:
        """Tell whether a thing still counts; what nobody objects to does."""
        return self.labels.get(iri, Label.IN) is Label.IN

    def label(self, critique: Critique) -> Label:
        """Return how a critique itself stands."""
        return self.labels.get(critique.iri, Label.IN)

    def about(self, iri: str) -> tuple[Critique, ...]:
        """Return the critiques that are about a thing, of whatever stance."""
        return self.said.get(iri, ())

    def answers(self, critique: Critique) -> tuple[Critique, ...]:
        """Return the critiques that undercut a critique."""
        return tuple(c for c in self.about(critique.iri) if c.stance == UNDERCUTS)


def dissent(frame: Frame) -> Dissent:
    """Return what the critiques of a graph come to, by grounded semantics.

    An undercutting critique attacks what it is about; a supporting one attacks nothing and
    defends nothing, since a claim does not become sound by being repeated: only an answer that
    undercuts the attack restores it.
    """
    targets: dict[str, Target] = {}
    said: dict[str, tuple[Critique, ...]] = {}
    attacks = []
    for critique in frame.critiques:
        for target in critique.about:
            targets[target.iri] = target
            said[target.iri] = (*said.get(target.iri, ()), critique)
            if critique.stance == UNDERCUTS:
                attacks.append((critique.iri, target.iri))
    own = {critique.iri for critique in frame.critiques}
    labels = grounded([*own, *targets], attacks)
    claims = [_claim(targets[iri], labels[iri], said[iri]) for iri in sorted(targets.keys() - own)]
    stored = {case: frame.cases.get(f"{_CASE}{case}") for case, _ in _fallen(claims, "practice")}
    return Dissent(
        tuple(frame.critiques),
        labels,
        said,
        tuple(claims),
        frozenset(case for case, _ in _fallen(claims, "case")),
        frozenset((case, entry.type) for case, entry in stored.items() if entry),
        frozenset(_fallen(claims, "outcome")),
    )


def _claim(target: Target, label: Label, said: Iterable[Critique]) -> Claim:
    stances: dict[str, list[Critique]] = {UNDERCUTS: [], SUPPORTS: [], "": []}
    for critique in said:
        stances.get(critique.stance, stances[""]).append(critique)
    return Claim(target, label, *(tuple(each) for each in stances.values()))


def _fallen(claims: Iterable[Claim], kind: str) -> Iterator[tuple[str, str]]:
    """Yield the case of each claim of a kind that does not count, and the end of its IRI."""
    for target in (claim.target for claim in claims if not claim.counts):
        if target.case and target.kind == kind:
            yield target.case, target.iri.rpartition("/")[2]


def discount(frame: Frame, found: Dissent) -> Frame:
    """Return a copy of a frame without what no longer counts.

    Considerations, gates, cautions and effects that stand attacked are left out, and so, as
    evidence, are cases and classifications. Risks stay, for a warning costs little: whether one
    stands attacked is for ``found`` to say. The frame itself comes back where nothing has fallen.
    """
    if not found.fallen:
        return frame
    return replace(
        frame,
        considerations=[c for c in frame.considerations if found.counts(c.iri)],
        cautions=[c for c in frame.cautions if found.counts(c.iri)],
        gates=[gate for gate in frame.gates if found.counts(gate.iri)],
        effects=[effect for effect in frame.effects if found.counts(effect.iri)],
        cases=frame.cases.without({*((case, "") for case in found.cases), *found.classifications}),
    )


def bearing(found: Dissent, situation: Situation, frame: Frame) -> tuple[Claim, ...]:
    """Return the claims under critique that bear on a situation.

    Left out are considerations, gates, cautions and effects about what is not known of it, or is
    otherwise.
    """
    held = held_values(situation, frame)
    idle = {c.iri for c in frame.considerations if c.value not in held}
    idle |= {c.iri for c in frame.cautions if not c.condition.holds(situation.facets)}
    idle |= {g.iri for g in frame.gates if not g.condition.holds(situation.facets)}
    idle |= {e.iri for e in frame.effects if e.changes_from.isdisjoint(held)}
    return tuple(claim for claim in found.claims if claim.target.iri not in idle)


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice, with those who speak with it, in their words, and the critiques made from it."""

    voice: Voice
    standpoints: tuple[str, ...] = ()
    critiques: tuple[Critique, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """People who have spoken, of whom it has to be asked on which side they stand.

    ``may_be`` are the voices that we would propose; none where the words are not known.
    """

    words: str
    may_be: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class Standpoints:
    """Every voice with who has spoken with it, and those who have spoken and cannot be placed.

    ``named`` are people of whom the situation tells and who have not spoken, in the words of
    whoever described it; those who can say no are not among them.
    """

    voices: tuple[Heard, ...]
    unplaced: tuple[Unplaced, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Voice, ...]:
        """Return the voices that nobody who can be placed has spoken with."""
        return tuple(
            heard.voice for heard in self.voices if not heard.standpoints and not heard.critiques
        )


KNOWLEDGE, POWER = "knowledge", "power"
"""What the boundary questions of those who know and of those who can say no enquire into."""


def missing_standpoints(
    situation: Situation, frame: Frame, found: Dissent, standpoints: Iterable[str] = ()
) -> Standpoints:
    """Return whose standpoint is missing from the advice on a situation.

    ``standpoints`` are those from which the situation was described, in words: who was heard is
    what the asker says. Beside them speak the critiques of what advice on this situation rests on,
    with their answers; those of other cases do not speak of this situation, and are left out.
    """
    said = sorted({text for text in standpoints if text.strip()})
    critiques = _speaking(situation, frame, found)
    spoken = {
        text: place(text, frame.voices, situation.voices)
        for text in {*said, *(critique.standpoint for critique in critiques)}
    }
    voices = tuple(
        Heard(
            voice,
            tuple(s.words for text in said for s in spoken[text].sides if voice.id in s.voices),
            tuple(each for each in critiques if voice.id in spoken[each.standpoint].voices),
        )
        for voice in frame.voices
    )
    return Standpoints(
        voices, tuple(_unplaced(spoken, frame)), tuple(_named(situation, frame, spoken))
    )


def _unplaced(spoken: Mapping[str, Placing], frame: Frame) -> Iterator[Unplaced]:
    """Yield those who have to be asked about, each once."""
    open_ = {side.words: side for text in sorted(spoken) for side in spoken[text].open}
    for words, side in open_.items():
        yield Unplaced(words, tuple(v for v in frame.voices if v.id in side.may_be))


_SHORT = 6
"""The most words of a name; more of them tell of people, and are searched for known words."""


def _named(situation: Situation, frame: Frame, spoken: Iterable[str]) -> Iterator[str]:
    """Yield people whom a situation names and who have not spoken, those affected first."""
    deciders = {voice.id for voice in frame.voices if voice.source == POWER}
    told = situation.opening.get("who-affected", "")
    own: list[tuple[str, Iterable[str]]] = []
    for group in groups_in(told):
        if len(normal(group)) > _SHORT:
            own += named_in(group, frame.voices)
        else:
            own.append((group, place(group, frame.voices, situation.voices).voices))
    texts = (situation.title, situation.text) if not situation.case else ()
    found = [*own, *(pair for text in texts for pair in named_in(text, frame.voices))]
    done = list(spoken)
    for words, voices in found:
        is_new = not any(speaks_for(each, words) for each in done)
        if is_new and not (voices and deciders.issuperset(voices)):
            done.append(words)
            yield words


def _speaking(situation: Situation, frame: Frame, found: Dissent) -> list[Critique]:
    """Return the critiques that speak of a situation, and those that answer them in turn."""
    own = (None, situation.id.partition("/")[0])  # a stored case goes by its id and a reading
    claims = (claim for claim in bearing(found, situation, frame) if claim.target.case in own)
    waiting = [critique for claim in claims for critique in found.about(claim.target.iri)]
    heard: dict[str, Critique] = {}
    while waiting:
        critique = waiting.pop()
        if critique.iri not in heard:
            heard[critique.iri] = critique
            waiting += found.about(critique.iri)
    return [heard[iri] for iri in sorted(heard)]
