"""Who has spoken about a situation, and whose standpoint is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sysgraph.advice.critique import Critique
from sysgraph.advice.dissent import Dissent, bearing
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation
from sysgraph.advice.voice import Voice, voices_in

__all__ = ["Heard", "Standpoints", "missing_standpoints"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice, with the standpoints that speak with it and the critiques made from it."""

    voice: Voice
    standpoints: tuple[str, ...] = ()
    critiques: tuple[Critique, ...] = ()


@dataclass(frozen=True, slots=True)
class Standpoints:
    """Every voice with who has spoken with it, and standpoints whose voice cannot be told."""

    voices: tuple[Heard, ...]
    unplaced: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Voice, ...]:
        """Return the voices that nobody has spoken with."""
        return tuple(
            heard.voice for heard in self.voices if not heard.standpoints and not heard.critiques
        )


def missing_standpoints(
    situation: Situation, frame: Frame, found: Dissent, standpoints: Iterable[str] = ()
) -> Standpoints:
    """Return whose standpoint is missing from the advice on a situation.

    ``standpoints`` are those from which the situation was described, in words. Beside them speak
    the critiques of what advice on this situation rests on, with their answers; those of other
    cases do not speak of this situation, and are left out.
    """
    named = sorted({text for text in standpoints if text.strip()})
    critiques = _speaking(situation, frame, found)
    spoken = {
        text: {voice.id for voice in voices_in(text, frame.voices)}
        for text in {*named, *(critique.standpoint for critique in critiques)}
    }
    return Standpoints(
        tuple(
            Heard(
                voice,
                tuple(text for text in named if voice.id in spoken[text]),
                tuple(each for each in critiques if voice.id in spoken[each.standpoint]),
            )
            for voice in frame.voices
        ),
        tuple(sorted(text for text, voices in spoken.items() if not voices)),
    )


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
