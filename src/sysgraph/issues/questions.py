"""The questions of an issue form, made from what there is to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sysgraph.contribute.blank.form import Field, form_of
from sysgraph.graph import read_turtle, text_of
from sysgraph.issues.form import Element, Form, Kind, Path_, Question
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["issue_form", "label_of"]

_REPEATS = 2
"""How many readings, citations and the like a form has room for; a file has room for more."""
_DATE = f"{PREFIXES['dcterms']}created"
_LICENCE = f"{PREFIXES['dcterms']}license"
_BOOLEAN = f"{PREFIXES['xsd']}boolean"
_SHORT = {
    f"{PREFIXES['dcterms']}title",
    f"{NAMESPACE}place",
    f"{NAMESPACE}driver",
    f"{NAMESPACE}authority",
}


@cache
def issue_form(kind: Kind, ontology: Path) -> Form:
    """Return the form for a kind, made from an ontology folder; nothing of it is kept elsewhere."""
    maker = _Maker(_licence(ontology))
    if kind is Kind.CORRECTION:
        return Form(kind, tuple(maker.correction(form_of("case", ontology).fields)))
    return Form(kind, tuple(maker.whole(kind.value, form_of(kind.value, ontology).fields)))


def _licence(ontology: Path) -> str:
    quads = read_turtle([ontology / "dataset.ttl"])
    return min(text_of(quad.object) for quad in quads if quad.predicate.value == _LICENCE)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes questions of fields. ``licence`` is that of the library."""

    licence: str

    def whole(self, noun: str, fields: Iterable[Field]) -> Iterator[Question]:
        """Yield the questions about a whole case or critique, its name first."""
        about = (
            f"A short name for the {noun}: 2 to 63 small letters, digits and hyphens, such as"
            " wigan-deal."
        )
        yield Question("Id", ("id",), Element.INPUT, about, is_needed=True)
        yield from self.keys(fields, (), is_needed=True)

    def keys(self, fields: Iterable[Field], path: Path_, *, is_needed: bool) -> Iterator[Question]:
        """Yield the questions for keys, within what the path leads to."""
        for field in fields:
            here = (*path, field.key)
            needed = is_needed and field.least > 0
            if field.is_group and _is_spread(field):
                yield from self.spread(field.fields, here)
            elif field.is_group:
                yield from self.keys(field.fields, here, is_needed=is_needed)
            elif field.predicate == _DATE or field.part:
                continue  # the day is that of the form, and critiques have a form of their own
            elif field.fields and field.most == 1:
                yield from self.keys(field.fields, here, is_needed=needed)
            elif field.fields:
                for number in range(_REPEATS):
                    place = (*here, number)
                    yield from self.keys(field.fields, place, is_needed=needed and not number)
            else:
                yield self.value(field, here, is_needed=needed)

    def value(self, field: Field, path: Path_, *, is_needed: bool) -> Question:
        """Return the question for a key that takes values."""
        options = self.options(field)
        is_short = field.predicate in _SHORT
        several = field.most != 1 and not is_short and not field.is_text
        element = Element.DROPDOWN if options else Element.INPUT
        told = field.says if field.least or field.is_address else (*field.advice, *field.says)
        message = next(iter(told), "")
        about = message.partition(". ")[0]
        if not options:
            # The rule, and what to write, without the key that only files have.
            about = re.sub(r"Write `[^`]+` and ", "Write ", message).rstrip(".")
        if not options and (several or (field.is_text and not is_short)):
            element = Element.TEXTAREA
            about += ". One a line" if several else ""
        about = f"{about}." if about else ""
        return Question(label_of(path), path, element, about, options, several, is_needed)

    def options(self, field: Field) -> dict[str, str]:
        """Return what can be chosen, as shown and as written, if a key takes certain words only."""
        if field.predicate == _LICENCE:
            return {self.licence: self.licence}
        if field.datatype == _BOOLEAN:
            return {"yes": "true", "no": "false"}
        return {
            choice.text
            if choice.label in ("", choice.text)
            else f"{choice.label} ({choice.text})": choice.text
            for choice in field.choices
        }

    def spread(self, parts: Iterable[Field], path: Path_) -> Iterator[Question]:
        """Yield one question for what each part must say, and one for all about the rest."""
        rest: dict[str, Field] = {}
        names = tuple(part.key for part in parts)
        for part in parts:
            for field in part.fields:
                if not field.least:
                    rest.setdefault(field.key, field)
                    continue
                about = f"{part.meaning[:1].upper()}{part.meaning[1:]}."
                yield Question(
                    f"{label_of(path[:-1])}: {part.key}, {part.label}",
                    (*path, part.key, field.key),
                    Element.DROPDOWN,
                    f"{about} Leave it out if it is not known.",
                    self.options(field),
                )
        for name, field in rest.items():
            options = self.options(field)
            hint = (
                "for all that you chose above"
                if options
                else f"a line each, such as: {names[0]}: and why you say so"
            )
            yield Question(
                f"{label_of(path[:-1])}: {name}",
                (*path, name),
                Element.DROPDOWN if options else Element.TEXTAREA,
                f"{name.capitalize()}, {hint}.",
                options,
                spread=names,
            )

    def correction(self, fields: Iterable[Field]) -> Iterator[Question]:
        """Yield the questions about one mistake in a case that is there already."""
        listed = self.keys(fields, (), is_needed=True)
        # What stands in a list has a number, which nobody should have to count.
        plain = [q for q in listed if not any(isinstance(step, int) for step in q.path)]
        places = {q.label: "/".join(map(str, q.path)) for q in plain if q.path[0] != "licence"}
        told = "The id of the case, such as wigan-deal; it stands in its address."
        yield Question("Case", ("case",), Element.INPUT, told, is_needed=True)
        told = "What is wrong. For anything else, write an ordinary issue."
        yield Question("Field", ("field",), Element.DROPDOWN, told, places, is_needed=True)
        told = "All of it, as it should stand there; of several values one a line."
        yield Question("New text", ("text",), Element.TEXTAREA, told, is_needed=True)
        told = "What this rests on: a source, and where in it. Reviewers will ask for it."
        yield Question("Grounds", ("grounds",), Element.TEXTAREA, told, is_needed=True)


def _is_spread(group: Field) -> bool:
    """Tell whether keys differ only in which part of one kind they name, as facets do."""
    return len({one.predicate for one in group.fields}) == 1 and all(
        one.fields for one in group.fields
    )


def label_of(path: Path_) -> str:
    """Return the label of the question for a place in a document.

    >>> label_of(("outcome", "led", "judgement")), label_of(("citations", 1, "title"))
    ('Outcome, led: judgement', 'Citation 2: title')
    """
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            words[-1] = f"{words[-1].removesuffix('s')} {step + 1}"
        else:
            words.append(step)
    text = ", ".join(words[:-1]) + f": {words[-1]}" if len(words) > 1 else words[0]
    return text[:1].upper() + text[1:]
