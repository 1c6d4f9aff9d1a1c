"""From a situation to advice: which types are worth considering, why, and what to watch."""

from sysgraph.advice.compose import Advice, TypeAdvice, advise
from sysgraph.advice.frame import Frame, load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import Situation, read_situations, situation_of
from sysgraph.advice.standing import Standing, front

__all__ = [
    "Advice",
    "Frame",
    "Situation",
    "Standing",
    "TypeAdvice",
    "advise",
    "front",
    "load_frame",
    "load_shipped_frame",
    "read_situations",
    "situation_of",
]
