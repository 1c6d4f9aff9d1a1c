"""From a situation to advice: which types are worth considering, why, and what to watch."""

from sysgraph.advise.advice import Advice, TypeAdvice, advise
from sysgraph.advise.frame import Frame, load_frame
from sysgraph.advise.situation import Situation, read_situations, situation_of
from sysgraph.advise.standing import Standing, front

__all__ = [
    "Advice",
    "Frame",
    "Situation",
    "Standing",
    "TypeAdvice",
    "advise",
    "front",
    "load_frame",
    "read_situations",
    "situation_of",
]
