"""Answers that an older library had words for: what stands in their place today, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.terms import NAMESPACE, PREFIXES, local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["Moved", "Withdrawn", "moved_answer", "moved_type"]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A term that is not used any more, the IRI of what stands in its place, if any, and why."""

    label: str
    instead: str
    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of an answer: its question and short name today, or neither, and why."""

    name: str
    value: str
    why: str

    def told(self, name: str, value: str) -> str:
        """Return it as a sentence, but for what was done about it."""
        why = f" ({self.why.rstrip('.')})" if self.why else ""
        said = f"'{value}' of {name} is withdrawn"
        if not self.value:
            return f"{said}, and nothing stands in its place{why}"
        return f"{said}; '{self.value}' of {self.name} stands in its place{why}"


def moved_answer(name: str, value: str, frame: Frame) -> Moved | None:
    """Return what became of an answer that was withdrawn, or None where none was of that name."""
    found = None
    for kind, slug in _names(name, value):
        found = frame.withdrawn.get(f"{PREFIXES[kind]}{slug}")
        if found is not None:
            break
    if found is None:
        return None
    today = _placed(found.instead, frame) or ("", "")
    return Moved(*today, found.why)


def _names(name: str, value: str) -> list[tuple[str, str]]:
    """Return under which names an answer may be withdrawn: by itself, or with its question."""
    own = f"{name}-{value}"
    return [("value", own), ("answer", own), ("facet", name), ("opening", name)]


def _placed(iri: str, frame: Frame) -> tuple[str, str] | None:
    """Return the question that an answer is one of, and its short name, by its IRI."""
    if iri in frame.values:
        facet, value = frame.values[iri]
        return facet.id, value.id
    return next(
        (
            (name, slug)
            for name, question in frame.opening.items()
            for slug, answer in question.answers.items()
            if answer.iri == iri
        ),
        None,
    )


def moved_type(slug: str, frame: Frame) -> str:
    """Return the leadership type that stands in the place of a withdrawn one, or the same."""
    found = frame.withdrawn.get(f"{NAMESPACE}type/{slug}")
    return local_name(found.instead) if found and found.instead else slug
