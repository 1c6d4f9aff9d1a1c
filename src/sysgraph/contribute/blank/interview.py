"""Fill in a form question by question, each answer being checked at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sysgraph.contribute.blank.form import Field, Form
from sysgraph.contribute.blank.template import Values, need
from sysgraph.contribute.lexical import explain_literal
from sysgraph.errors import SysgraphError, suggest
from sysgraph.near import nearest

__all__ = ["interview", "understand"]

_TRIES = 3
_YES = ("y", "yes")


class Unclear(ValueError):
    """An answer cannot stand; its text says what to write."""


def interview(
    form: Form, ask: Callable[[str], str], say: Callable[[str], None], thing_id: str = ""
) -> tuple[str, dict[str, Values]]:
    """Return the id and the answers to a form: first what must be there, then more if wanted.

    ``ask`` is given a prompt and returns a line; ``say`` tells something. An empty answer skips
    a field, which then stays a blank; an answer that cannot stand is asked for again.

    Raises:
        SysgraphError: no usable id was given.
    """
    named = _id(form, thing_id, ask, say)
    talk = _Talk(ask, say)
    answers = talk.thing(form.fields)
    return named, answers


def _id(form: Form, given: str, ask: Callable[[str], str], say: Callable[[str], None]) -> str:
    for _ in range(_TRIES):
        given = given or ask("A short name, such as wigan-deal (id): ").strip()
        wrong = form.explain_id(given)
        if wrong is None:
            return given
        say(wrong)
        given = ""
    raise SysgraphError("there is no id; begin again, or give it by --id. Nothing was written.")


def understand(field: Field, text: str) -> str:
    """Return what an answer means: of choices by number, name or label the value to write.

    Raises:
        Unclear: it cannot stand; says what to write, and the nearest value that can.
    """
    if field.choices:
        return _chosen(field, text)
    wrong = explain_literal(text, field.datatype) if field.datatype else None
    if wrong:
        raise Unclear(wrong)
    if field.is_address and re.search(r"[\s<>\"{}|\\^`]", text):
        raise Unclear("an address has no spaces or brackets")
    short = field.is_address and text.partition(":")[0] in field.prefixes
    if not short and not all(re.search(pattern, text) for pattern in field.patterns):
        raise Unclear(next(iter(field.says), "this is not written as it should be"))
    return text


def _chosen(field: Field, text: str) -> str:
    texts = [one.text for one in field.choices]
    if text in texts:
        return text
    if text.isdecimal() and 0 < int(text) <= len(texts):
        return texts[int(text) - 1]
    names = {one.text.rpartition(":")[2].lower(): one.text for one in field.choices}
    names |= {one.label.lower(): one.text for one in field.choices if one.label}
    if text.lower() in names:
        return names[text.lower()]
    near = [names[name] for name in nearest(text, names)]
    raise Unclear(f"'{text}' is none of these{suggest(list(dict.fromkeys(near)))}")


class _Talk:
    """Asks for fields, one after the other."""

    def __init__(self, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        self._ask = ask
        self._say = say
        self._told: set[str] = set()

    def thing(self, fields: Iterable[Field], *, may_skip: bool = False) -> dict[str, Values]:
        """Return the answers for a thing; none if it may be skipped and its first one is."""
        listed = list(fields)
        found: dict[str, Values] = {}
        wanted = [one for one in listed if one.least]
        for field in wanted:
            self._put(field, found)
            if may_skip and not found:
                return {}
        more = [one for one in listed if not one.least]
        advised = [one for one in more if one.advised or may_skip]
        for field in advised:
            self._put(field, found)
        rest = [one for one in more if one not in advised]
        if rest and self._is_yes(f"More: {', '.join(one.key for one in rest)}?"):
            for field in rest:
                self._put(field, found)
        return {field.key: found[field.key] for field in listed if field.key in found}

    def _put(self, field: Field, found: dict[str, Values]) -> None:
        answer = self._field(field)
        if answer:
            found[field.key] = answer

    def _is_yes(self, question: str) -> bool:
        return self._ask(f"{question} (y, or Enter for no) ").strip().lower() in _YES

    def _field(self, field: Field) -> Values | None:
        self._tell(field)
        if not field.fields:
            return self._plain(field)
        if field.is_group:
            return self._group(field)
        if field.most == 1:
            return self.thing(field.fields, may_skip=not field.least)
        parts: list[dict[str, Values]] = []
        while part := self.thing(field.fields, may_skip=bool(parts) or not field.least):
            parts.append(part)
            if not self._is_yes(f"Another of {field.key}?"):
                break
        return parts

    def _group(self, field: Field) -> Values:
        found: dict[str, Values] = {}
        for one in field.fields:
            self._put(one, found)
        return found

    def _tell(self, field: Field) -> None:
        meaning = f" {field.meaning[:1].upper()}{field.meaning[1:]}." if field.meaning else ""
        words = f"{need(field)}.{meaning} {' '.join([*field.says[:1], *field.advice])}".rstrip()
        self._say(f"\n{field.key}")
        if words not in self._told:
            self._say(f"  {words}")
        self._told.add(words)
        for number, one in enumerate(field.choices, start=1):
            label = f"  {one.label}" if one.is_explained else ""
            self._say(f"  {number:>3} {one.text}{label}")

    def _plain(self, field: Field) -> Values | None:
        if field.most == 1:
            return next(iter(self._answer(field, f"{field.key}: ")), None)
        if field.choices:
            return self._answer(field, f"{field.key} (with commas between): ")
        found: list[str] = []
        while more := self._answer(field, f"{field.key} (one a line, Enter ends): "):
            found += more
        return found

    def _answer(self, field: Field, prompt: str) -> list[str]:
        """Return what was answered, or nothing where it was skipped."""
        several = field.most != 1 and field.choices
        while text := self._ask(prompt).strip():
            parts = [part.strip() for part in text.split(",")] if several else [text]
            try:
                return list(dict.fromkeys(understand(field, part) for part in parts if part))
            except Unclear as error:
                self._say(f"  {error}")
        return []
