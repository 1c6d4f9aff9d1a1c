"""What a person must have meant where a finding stands: edits of the text, likeliest first.

Nothing is guessed at: what is missing is never filled in. Every edit comes from what the context,
the shapes and the labels of the ontology say of the place, and is judged again before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from sysgraph.characters import cleaned, recoded
from sysgraph.contribute.forms import as_address, as_datatype, as_id, bare, fitting, split
from sysgraph.contribute.slots import Edit, Slot, Slots
from sysgraph.contribute.vocabulary import Vocabulary, expand, is_key, names_of
from sysgraph.findings import Finding
from sysgraph.near import meant
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["mend"]

_SH = PREFIXES["sh"]
_KINDS = ("case", "critique")
_RESPELLED = f"{NAMESPACE}oneSpelling"
_TWICE = (f"{_SH}DisjointConstraintComponent", _RESPELLED)


def mend(finding: Finding, slots: Slots, vocabulary: Vocabulary) -> Iterator[list[Edit]]:
    """Yield the edits that may mend what a finding says, each to be judged by itself."""
    for slot in slots.at(finding.line, finding.column):
        if finding.demand == "known-key":
            yield from _key(slot, slots, vocabulary)
        elif finding.demand == "one-key":
            yield from _doubled(finding, slot, slots)
        elif finding.demand == "key":
            yield from _below(slot, slots)
        elif finding.demand == "comment":
            yield from _uncut(slot, slots)
        elif finding.component in _TWICE:
            yield from _without(finding, slot, slots)
        else:
            yield from _value(finding, slot, slots, vocabulary)


def _key(slot: Slot, slots: Slots, vocabulary: Vocabulary) -> Iterator[list[Edit]]:
    free = [name for name in slot.context if name not in slot.others]
    words = [name for name in free if is_key(slot.context[name]) and name not in ("id", "type")]
    names = {word: vocabulary.names.get(expand(slot.context[word]), ()) for word in words}
    word = meant(slot.name, words, names)
    if word and slot.key:
        yield [slots.write(slot.key, word)]


def _doubled(finding: Finding, slot: Slot, slots: Slots) -> Iterator[list[Edit]]:
    """A key that stands there twice with the same value: the second is taken out."""
    if slot.key is None or slots.is_json or not isinstance(slot.parent, yaml.MappingNode):
        return
    first = next(value for key, value in slot.parent.value if key.value == slot.name)
    if first is not slot.value and yaml.serialize(first) == yaml.serialize(slot.value):
        yield [slots.take_out(slot.key, slot.value)]


def _uncut(slot: Slot, slots: Slots) -> Iterator[list[Edit]]:
    """A text that YAML cut at a number sign: quotes around all of it."""
    if isinstance(slot.value, yaml.ScalarNode):
        _, end = slots.span(slot.value)
        rest = slots.text[end:].partition("\n")[0]
        edit = slots.write(slot.value, f"{slot.value.value}{rest}".strip())
        begin = "" if slots.text[: edit.start].endswith(" ") else " "
        yield [replace(edit, end=end + len(rest), text=begin + edit.text)]


def _below(slot: Slot, slots: Slots) -> Iterator[list[Edit]]:
    """A text where further keys are wanted: it may be the value of one of them."""
    inner = slot.definition.get("@context", {}) if isinstance(slot.definition, dict) else {}
    if slot.text is None or slot.key is None or "\n" in slot.text:
        return
    names = [name for name, definition in inner.items() if is_key(definition)]
    begun = re.match(r"([\w-]+)(?:\s*[=：]\s*|\s+)(?=\S)", slot.text)
    if begun and begun.group(1) in names:  # another sign than a colon, or none
        start, _ = slots.span(slot.value)
        yield [Edit(start, start + begun.end(), f"{begun.group(1)}: ")]
        return
    for name in names:
        yield [slots.write_below(slot, name)]


def _without(finding: Finding, slot: Slot, slots: Slots) -> Iterator[list[Edit]]:
    """A value that another key has already, or another spelling: it is taken out of a list."""
    parent = slot.parent
    if slot.key is None and isinstance(parent, yaml.SequenceNode) and len(parent.value) > 1:
        if not parent.flow_style:
            yield [slots.take_out(slot.value, slot.value)]
        elif finding.component == _RESPELLED:
            left = [str(item.value) for item in parent.value if item is not slot.value]
            yield [slots.write_list(parent, left)]
    elif slot.key is not None:
        value = slot.value
        if not isinstance(value, yaml.SequenceNode) or len(value.value) == 1:
            yield [slots.take_out(slot.key, value)]


def _value(
    finding: Finding, slot: Slot, slots: Slots, vocabulary: Vocabulary
) -> Iterator[list[Edit]]:
    predicate = expand(slot.definition) if slot.definition else ""
    for node in _nodes(finding, slot):
        written = str(node.value)
        if bare(written).casefold() in vocabulary.absent.get(predicate, ()) and slot.key:
            yield [slots.leave_out(slot)]
            continue
        several = split(written, words=False) if _is_list_of_texts(slot.definition) else []
        if len(several) > 1:
            yield [slots.write_several(slot, node, several)]
            continue
        words = [_word(part, finding, slot, vocabulary) for part in split(written)]
        if slot.key is not None and len(words) > 1 and all(words):
            # No single word is looked for: to leave out the others would be to lose them.
            yield [slots.write_list(node, [word for word in words if word])]
            continue
        for text in _meant(written, finding, slot, vocabulary):
            yield [slots.write(node, text)]


def _is_list_of_texts(definition: Any) -> bool:
    """Tell whether a key holds a list of texts that people write as they like."""
    return (
        isinstance(definition, dict)
        and definition.get("@container") == "@set"
        and not definition.keys() & {"@type", "@context"}
    )


def _nodes(finding: Finding, slot: Slot) -> Iterator[yaml.ScalarNode]:
    """Yield the texts of a slot that a finding may be about."""
    nodes = slot.value.value if isinstance(slot.value, yaml.SequenceNode) else [slot.value]
    for node in nodes:
        if not isinstance(node, yaml.ScalarNode):
            continue
        if len(nodes) == 1 or finding.value is None or finding.value.endswith(node.value):
            yield node


def _word(text: str, finding: Finding, slot: Slot, vocabulary: Vocabulary) -> str | None:
    """Return the word of a closed set that a text must mean, or None."""
    if finding.demand == "kind":
        return meant(text, _KINDS)
    if finding.allowed and not finding.demand.startswith("known"):
        return meant(text, finding.allowed)
    if isinstance(slot.definition, dict) and slot.definition.get("@type") == "@vocab":
        base = slot.definition["@context"]["@vocab"]
        text = text.strip("<> ").removeprefix(base).removeprefix(base.rpartition("/")[2])
        named = names_of(vocabulary, base)
        return meant(text, named, named)
    return None


def _meant(text: str, finding: Finding, slot: Slot, vocabulary: Vocabulary) -> Iterator[str]:
    word = _word(text, finding, slot, vocabulary)
    if word and word != text:
        yield word
    if finding.demand == "id":
        yield from fitting([as_id(text)], text, "")
    predicate = expand(slot.definition) if slot.definition else ""
    pattern = vocabulary.patterns.get(finding.demand, vocabulary.patterns.get(predicate, ""))
    kind = slot.definition.get("@type", "") if isinstance(slot.definition, dict) else ""
    yield from fitting([cleaned(recoded(text))] if kind != "@vocab" else [], text, "")
    if kind == "@id":
        named = vocabulary.suggested.get(predicate, {})
        yield from fitting(filter(None, [meant(text, named, named)]), text, "")
        yield from fitting(as_address(text, pattern), text, pattern)
    elif kind.startswith("xsd:"):
        datatype = f"{PREFIXES['xsd']}{kind.removeprefix('xsd:')}"
        yield from fitting(as_datatype(text, datatype), text, "")
    elif kind != "@vocab" and not finding.allowed:
        yield from fitting([text.strip(), bare(text)], text, pattern)
