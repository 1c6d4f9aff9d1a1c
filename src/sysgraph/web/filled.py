"""A contribution as a form on a page: made from the shapes, filled in, and read back from it.

What a form asks is nowhere but in the ontology: each control stands for a field of a case or a
critique, and is called as the head of a column in a table is, such as ``readings.1.standpoint``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sysgraph.case.document import Path_, name_of
from sysgraph.errors import SysgraphError
from sysgraph.forms import Kind, about_of, is_several, is_short, options_of
from sysgraph.issue import pruned, yaml_text
from sysgraph.near import folded
from sysgraph.shapes import form_of

if TYPE_CHECKING:
    from sysgraph.ontology import Ontology
    from sysgraph.shapes import Field, Form

__all__ = ["KEPT", "Control", "Filled", "holding", "reading"]

KEPT = "_kept"
"""The control that carries what a form has no other control for, as JSON."""
_MOST_PARTS = 40
_MOST_BOXES = 40
"""How many choices are boxes to tick; of more one chooses from lists."""
_LONGEST_KEPT = 200_000
_DEEPEST_KEPT = 20
"""How many parts stand in each other; of what others fill in none has more than five."""

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Control:
    """A field on a page, with what stands there and the controls within it.

    ``kind`` is line, text, lines, choice, boxes, lists, part, parts or spread; ``options`` are
    what is shown by what is sent.
    """

    name: str
    kind: str
    label: str
    about: str = ""
    is_needed: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    below: tuple[Control, ...] = ()

    @property
    def value(self) -> str:
        """Return what stands in a control of one value, or one a line."""
        return "\n".join(self.values)

    @property
    def is_said(self) -> bool:
        """Tell whether anything stands here."""
        return bool(self.values) or any(one.is_said for one in self.below)

    def all(self) -> Iterator[Control]:
        """Yield the control and all within it."""
        yield self
        for one in self.below:
            yield from one.all()


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in. Parts that are blank stand in ``tree`` too, in their place.

    ``kept`` are keys that others fill in, such as a second coder; ``left_out`` names what the
    form cannot hold.
    """

    kind: Kind
    ontology: Ontology
    name: str = ""
    tree: Tree = field(default_factory=dict)
    kept: Tree = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @cached_property
    def form(self) -> Form:
        """Return what there is to fill in."""
        return form_of(self.kind.value, self.ontology)

    @property
    def is_begun(self) -> bool:
        """Tell whether anything was filled in."""
        return bool(self.name or pruned(self.tree) or self.kept)

    @cached_property
    def document(self) -> Tree:
        """Return the contribution as plain data, without what is blank."""
        kind = {"kind": self.kind.value} if self.kind is Kind.CRITIQUE else {}
        return {"id": self.name, **kind, **pruned(self.tree), **self.kept}

    @property
    def text(self) -> str:
        """Return the file."""
        return yaml_text(self.document)

    @property
    def kept_text(self) -> str:
        """Return what is carried along, as JSON."""
        return json.dumps(self.kept, ensure_ascii=False) if self.kept else ""

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """Return the controls, filled in."""
        return tuple(_control(each, self.tree.get(each.key), (each.key,)) for each in self.form.own)

    @cached_property
    def by_name(self) -> dict[str, Control]:
        """Return all controls by their names."""
        return {one.name: one for each in self.controls for one in each.all()}

    def place(self, told: str | None) -> str:
        """Return the control that a finding is about, or the nearest around it; none if unknown.

        Findings count the parts of the file, which has none that are blank.
        """
        steps = (told or "").split(".")
        if steps == ["id"]:
            return "id"
        found: list[str] = []
        here: Any = self.tree
        for step in steps:
            if isinstance(here, list) and step.isdecimal():
                there = [at for at, one in enumerate(here, 1) if pruned(one) not in ({}, [], None)]
                at = there[int(step) - 1] if 0 < int(step) <= len(there) else len(here)
                here = here[at - 1] if 0 < at <= len(here) else None
                found.append(str(at))
            else:
                here = here.get(step) if isinstance(here, dict) else None
                found.append(step)
        names = (".".join(found[:end]) for end in range(len(found), 0, -1))
        return next((name for name in names if name in self.by_name), "")

    def changed(self, other: object) -> dict[str, tuple[str, ...]]:
        """Return what stands otherwise in the data of a file as it was mended, by control."""
        mended = holding(self.kind, self.ontology, other)
        found = {
            name: control.values
            for name, control in mended.by_name.items()
            if not control.below
            and (mine := self.by_name.get(self.place(name)))
            and mine.values != control.values
        }
        if mended.name != self.name:
            found["id"] = (mended.name,)
        return {self.place(name): values for name, values in found.items()}


def _control(each: Field, said: Any, path: Path_) -> Control:
    name = name_of(path)
    key = each.key.replace("-", " ")
    label = each.wording or f"{key[:1].upper()}{key[1:]}"
    about = each.help or _about(each)
    common = (label, about, each.least > 0)
    if not each.fields:
        values = tuple(said) if isinstance(said, list) else (said,) if said else ()
        options = _shown(each)
        options |= {one: one for one in values if options and one not in options}
        return Control(name, _kind(each), *common, options, values)
    if each.is_group or each.most == 1:
        part = said if isinstance(said, dict) else {}
        below = tuple(_control(one, part.get(one.key), (*path, one.key)) for one in each.fields)
        kind = "spread" if each.is_group and all(one.wording for one in each.fields) else "part"
        return Control(name, kind, *common, below=below)
    parts = said if isinstance(said, list) else []
    listed = [*parts, *({} for _ in range(each.least - len(parts)))]
    below = tuple(_part(each, one, (*path, at)) for at, one in enumerate(listed))
    return Control(name, "parts", *common, below=below)


def _about(each: Field) -> str:
    """Return what a field is for, without the keys that only files have."""
    if options_of(each) and not each.least and each.meaning:
        # What a property does is told of two things, of which the first is the one filled in.
        meaning = re.sub(r"^relates an? .+? to ", "", each.meaning)
        return f"{meaning[:1].upper()}{meaning[1:]}."
    told = re.sub(r"Add `[^`]+` and ", "Write ", about_of(each)).rstrip(".").split(". ")
    kept = [one for one in told if one and "`" not in one]
    if each.fields:  # it is a part, of which the first sentence tells
        kept = kept[:1] if each.says else []
    return f"{'. '.join(kept)}." if kept else ""


def _shown(each: Field) -> dict[str, str]:
    """Return what can be chosen: what is shown by what is written, each shown otherwise."""
    if not each.choices:
        return {value: shown for shown, value in options_of(each).items()}
    labels = [one.label or one.text for one in each.choices]
    shown = {
        one.text: label if labels.count(label) == 1 else f"{label} ({one.text})"
        for one, label in zip(each.choices, labels, strict=True)
    }
    if len(shown) <= _MOST_BOXES:
        return shown
    return dict(sorted(shown.items(), key=lambda one: folded(one[1])))


def _part(each: Field, said: Any, path: Path_) -> Control:
    part = said if isinstance(said, dict) else {}
    below = tuple(_control(one, part.get(one.key), (*path, one.key)) for one in each.fields)
    label = f"{each.key[:1].upper()}{each.key[1:].removesuffix('s')} {int(path[-1]) + 1}"
    return Control(name_of(path), "part", label, below=below)


def _kind(each: Field) -> str:
    if each.choices or options_of(each):
        if each.most == 1:
            return "choice"
        return "boxes" if len(each.choices) <= _MOST_BOXES else "lists"
    if is_several(each):
        return "lines"
    return "text" if each.is_text and not is_short(each) else "line"


def reading(kind: Kind, ontology: Ontology, given: Mapping[str, Sequence[str]]) -> Filled:
    """Return a form as it was sent: each control by its name, with its values.

    Raises:
        SysgraphError: what is carried along is not as a page wrote it.
    """
    form = form_of(kind.value, ontology)
    tree = _read(form.own, given, ())
    kept = _kept("".join(given.get(KEPT, [])))
    keys = {each.key for each in form.fields if each not in form.own}
    name = " ".join("".join(given.get("id", [])[:1]).split())
    return Filled(kind, ontology, name, tree, {key: kept[key] for key in kept if key in keys})


def _kept(text: str) -> Tree:
    if not text.strip():
        return {}
    if len(text) > _LONGEST_KEPT:
        raise SysgraphError("what is carried along is too long; write it into the file")
    try:
        kept = json.loads(text, parse_int=str, parse_float=str)
        _must_be_whole(kept)
    except (ValueError, RecursionError) as error:
        raise SysgraphError("what is carried along was changed; take up the file again") from error
    return kept if isinstance(kept, dict) else {}


def _must_be_whole(kept: Any, deep: int = 0) -> None:
    """Refuse what no page carries along, and what no file can hold.

    Raises:
        ValueError: it is nested too deep, or a text has half a character.
    """
    if deep > _DEEPEST_KEPT:
        raise ValueError("nested too deep")
    if isinstance(kept, str):
        kept.encode()  # half a character, as JSON may name it, is an error here
    for one in (*kept, *kept.values()) if isinstance(kept, dict) else ():
        _must_be_whole(one, deep + 1)
    for one in kept if isinstance(kept, list) else ():
        _must_be_whole(one, deep + 1)


def _read(fields: Iterable[Field], given: Mapping[str, Sequence[str]], path: Path_) -> Tree:
    found: Tree = {}
    for each in fields:
        here = (*path, each.key)
        name = name_of(here)
        if not each.fields:
            values = _values(each, given.get(name, ()))
            if values:
                found[each.key] = values if is_several(each) else values[0]
        elif each.is_group or each.most == 1:
            found[each.key] = _read(each.fields, given, here)
        else:
            count = min(_count(name, given), _MOST_PARTS)
            found[each.key] = [_read(each.fields, given, (*here, at)) for at in range(count)]
    return {key: value for key, value in found.items() if value not in ({}, [])}


def _values(each: Field, said: Sequence[str]) -> list[str]:
    if is_several(each) and not options_of(each):
        said = [line for text in said for line in text.splitlines()]
    kept = (text.replace("\r\n", "\n").strip() for text in said)
    return list(dict.fromkeys(text for text in kept if text))


def _count(name: str, given: Mapping[str, Sequence[str]]) -> int:
    """Return the highest number that controls of a part have."""
    start = f"{name}."
    numbers = (one.removeprefix(start).partition(".")[0] for one in given if one.startswith(start))
    return max((int(one) for one in numbers if one.isdecimal() and len(one) < 4), default=0)


def holding(kind: Kind, ontology: Ontology, data: object) -> Filled:
    """Return a form that holds what a file says; what it cannot hold is named."""
    form = form_of(kind.value, ontology)
    told = _plain(data) if isinstance(data, dict) else {}
    left: list[str] = []
    tree = _held(form.own, told, (), left)
    others = {each.key for each in form.fields if each not in form.own}
    known = {"id", "kind", *others, *(each.key for each in form.own)}
    left += sorted(key for key in told if key not in known)
    kept = {key: value for key, value in told.items() if key in others}
    name = told.get("id", "")
    return Filled(kind, ontology, name if isinstance(name, str) else "", tree, kept, tuple(left))


def _plain(data: Any) -> Any:
    """Return data as plain texts, lists and mappings; what a store tells is texts of a kind."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items() if value is not None}
    return [_plain(one) for one in data] if isinstance(data, list) else str(data)


def _held(fields: Iterable[Field], told: Any, path: Path_, left: list[str]) -> Tree:
    found: Tree = {}
    listed = list(fields)
    for each in listed:
        said, here = told.get(each.key), (*path, each.key)
        if said is None:
            continue
        held = _hold(each, said, here, left)
        if held is None:
            left.append(name_of(here))
        else:
            found[each.key] = held
    if path:
        keys = {each.key for each in listed}
        left += [name_of((*path, key)) for key in told if key not in keys]
    return found


def _hold(each: Field, said: Any, path: Path_, left: list[str]) -> Any:
    """Return what a field says as the form holds it, or nothing where it cannot."""
    if each.fields and (each.is_group or each.most == 1):
        return _held(each.fields, said, path, left) if isinstance(said, dict) else None
    if each.fields:
        parts = said if isinstance(said, list) else [said]
        if not all(isinstance(one, dict) for one in parts) or len(parts) > _MOST_PARTS:
            return None
        return [_held(each.fields, one, (*path, at), left) for at, one in enumerate(parts)]
    values = said if isinstance(said, list) else [said]
    if not all(isinstance(one, str) for one in values):
        return None
    if is_several(each):
        return None if any("\n" in one.strip() for one in values) else values
    return values[0] if len(values) == 1 else None
