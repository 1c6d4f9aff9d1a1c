"""What a person must have meant where a finding stands: edits of YAML or JSON, likeliest first.

Nothing is guessed at: what is missing is never filled in. Every edit comes from what the context,
the shapes and the labels of the ontology say of the place, and is judged again before it is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

import yaml

from sysgraph.case.document import LOADER, PAIR, json_as_yaml
from sysgraph.characters import cleaned, recoded
from sysgraph.context import ContextKey
from sysgraph.errors import Finding
from sysgraph.near import meant
from sysgraph.terms import NAMESPACE, PREFIXES
from sysgraph.vocabulary import Vocabulary, names_of

__all__ = ["Edit", "Slots", "apply", "mend", "split"]

_BARE = re.compile(r"[^\W_][\w ./:()-]*")
_WORDS = {"yes", "no", "on", "off", "y", "n", "null"}


class Edit(NamedTuple):
    """A part of a text, counted in characters from 0, and what is to stand there instead."""

    start: int
    end: int
    text: str


class Slot(NamedTuple):
    """A key with its value, or a value of a list, where ``key`` is None.

    ``said`` is what the context says of the key, ``keys`` may be written here, and ``others`` are
    those that stand beside it.
    """

    name: str
    key: yaml.ScalarNode | None
    value: yaml.Node
    said: ContextKey | None
    keys: dict[str, ContextKey]
    parent: yaml.Node
    others: frozenset[str] = frozenset()

    @property
    def predicate(self) -> str:
        """Return the IRI that the key stands for, if it is one that may be written."""
        return self.said.predicate if self.said else ""

    @property
    def text(self) -> str | None:
        """Return the value, if it is a text."""
        return str(self.value.value) if isinstance(self.value, yaml.ScalarNode) else None


class Slots:
    """All slots of a text, found by line and column."""

    def __init__(self, text: str, vocabulary: Vocabulary, *, is_json: bool) -> None:
        """Read a text that can be read.

        Raises:
            yaml.YAMLError: it cannot.
        """
        self.text = text
        self.is_json = is_json
        root = yaml.compose(json_as_yaml(text) if is_json else text, Loader=LOADER)
        if not isinstance(root, yaml.Node):
            raise yaml.YAMLError("it is empty")
        self._starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        self._by_place: dict[tuple[int, int], list[Slot]] = {}
        for thing in root.value if isinstance(root, yaml.SequenceNode) else [root]:
            for slot in self._walk(thing, _keys_of(thing, vocabulary)):
                mark = (slot.key or slot.value).start_mark
                self._by_place.setdefault((mark.line + 1, mark.column + 1), []).append(slot)

    def _walk(self, node: yaml.Node, keys: dict[str, ContextKey]) -> Iterator[Slot]:
        if not isinstance(node, yaml.MappingNode):
            return
        names = frozenset(str(key.value) for key, _ in node.value)
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            said = keys.get(key.value)
            yield Slot(key.value, key, value, said, keys, node, names)
            items = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for item in items:
                yield from self._walk(item, said.keys if said else {})
                if item is not value:
                    yield Slot(key.value, None, item, said, keys, value)

    def at(self, line: int | None, column: int | None) -> list[Slot]:
        """Return the slots that begin at a place, which is counted from 1."""
        return self._by_place.get((line or 0, column or 0), [])

    def span(self, node: yaml.Node) -> tuple[int, int]:
        """Return where a node begins and ends, in characters from 0."""
        return self._offset(node.start_mark), self._offset(node.end_mark)

    def _offset(self, mark: Any) -> int:
        line, column = int(mark.line), int(mark.column)
        start = self._starts[min(line, len(self._starts) - 1)]
        if self.is_json:  # where a pair of escapes was read as one, which is two signs shorter
            for pair in PAIR.finditer(self.text.split("\n")[line] if "\\u" in self.text else ""):
                column += 2 * (pair.start() < column)
        return min(start + column, len(self.text))

    def write(self, node: yaml.Node, text: str) -> Edit:
        """Return the edit that puts a text in the place of another, in its style."""
        start, end = self.span(node)
        style = node.style if isinstance(node, yaml.ScalarNode) else None
        if style in ("|", ">"):
            style, end = None, start + len(self.text[start:end].rstrip())
        return Edit(start, end, self._written(text, style))

    def write_list(self, node: yaml.Node, texts: Sequence[str]) -> Edit:
        """Return the edit that puts several values in the place of one."""
        return Edit(*self.span(node), f"[{', '.join(map(self._written, texts))}]")

    def write_several(self, slot: Slot, node: yaml.ScalarNode, texts: Sequence[str]) -> Edit:
        """Return the edit that puts several values in the place of one, which may be in a list."""
        parent = slot.value if isinstance(slot.value, yaml.SequenceNode) else slot.parent
        if not isinstance(parent, yaml.SequenceNode):
            return self.write_list(node, texts)
        is_flow = self.is_json or parent.flow_style
        between = ", " if is_flow else f"\n{' ' * parent.start_mark.column}- "
        return Edit(*self.span(node), between.join(map(self._written, texts)))

    def _written(self, text: str, style: str | None = None) -> str:
        if style == '"' or self.is_json:
            return json.dumps(text, ensure_ascii=False)
        is_safe = _BARE.fullmatch(text) and ": " not in text and text[-1] not in " :"
        if style == "'" or not is_safe or text.lower() in _WORDS:
            return "'" + text.replace("'", "''") + "'"
        return text

    def leave_out(self, slot: Slot) -> Edit:
        """Return the edit that takes out a key with its value."""
        assert slot.key is not None  # only keys are taken out so
        if self.is_json or (isinstance(slot.parent, yaml.MappingNode) and slot.parent.flow_style):
            return Edit(*self.span(slot.value), "null")
        return self.take_out(slot.key, slot.value)

    def write_below(self, slot: Slot, key: str) -> Edit:
        """Return the edit that writes a value below a key of its own."""
        start, end = self.span(slot.value)
        written = self.text[start:end]
        if self.is_json:
            return Edit(start, end, f'{{"{key}": {written}}}')
        assert slot.key is not None  # what has keys below it has a name
        indent = " " * (slot.key.start_mark.column + 2)
        return Edit(self.span(slot.key)[1] + 1, end, f"\n{indent}{key}: {written}")

    def take_out(self, first: yaml.Node, last: yaml.Node) -> Edit:
        """Return the edit that takes out the whole lines from one node to another."""
        start = self._starts[first.start_mark.line]
        written = self.text[start : self.span(last)[1]].rstrip()  # a block ends where more begins
        end = self.text.find("\n", start + len(written))
        return Edit(start, len(self.text) if end < 0 else end + 1, "")


def _keys_of(thing: yaml.Node, vocabulary: Vocabulary) -> dict[str, ContextKey]:
    pairs = thing.value if isinstance(thing, yaml.MappingNode) else []
    is_critique = any(key.value == "kind" and value.value == "critique" for key, value in pairs)
    return (vocabulary.of_critiques if is_critique else vocabulary).keys


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return a text after edits that do not overlap; of those that do, the first counts."""
    done: list[str] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start >= at:
            done += [text[at:start], new]
            at = end
    return "".join([*done, text[at:]])


_XSD = PREFIXES["xsd"]
_QUOTES = "\"'“”‘’„‚«»`"
_DATES = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y %B %d", "%Y-%m-%d")
_DATES_WITH_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"
)
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_TRUTH = {
    "true": ("yes", "y", "true", "t", "1", "on"),
    "false": ("no", "n", "false", "f", "0", "off"),
}
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def bare(text: str) -> str:
    """Return a text without blanks and quotation marks around it.

    >>> bare(" “local” ")
    'local'
    """
    return text.strip().strip(_QUOTES).strip()


def as_datatype(text: str, datatype: str) -> Iterator[str]:
    """Yield what a text must mean as a literal of a datatype; nothing where that is a guess."""
    written = bare(text)
    yield written
    name = datatype.removeprefix(_XSD)
    if name == "boolean":
        yield from (value for value, words in _TRUTH.items() if written.lower() in words)
    elif name == "date":
        yield from _dates(written)
    elif name == "gYear":
        found = re.fullmatch(r"(\d{4})(?:\.0+| ?(?:AD|CE))?", written)
        if found:
            yield found.group(1)
        yield from (date[:4] for date in _dates(written))
        month = re.fullmatch(r"(\d{4})[-/.](?:0?[1-9]|1[0-2])", written)
        if month:
            yield month.group(1)
    elif name == "anyURI":
        yield from as_address(written, "")


def _dates(text: str) -> Iterator[str]:
    """Yield the day that a text names, if it can name only one.

    >>> set(_dates("3rd May 2021")), set(_dates("03/05/2021")), set(_dates("23/05/2021"))
    ({'2021-05-03'}, set(), {'2021-05-23'})
    """
    with_time = _DATES_WITH_TIME.fullmatch(text)
    if with_time:
        yield with_time[1]
    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text.replace(",", " "))
    plain = re.sub(r"\s+", " ", re.sub(r"(?<=[A-Za-z])\.", "", plain)).strip()
    plain = re.sub(
        r"^(?:on )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day )?", "", plain, flags=re.I
    )
    plain = re.sub(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$", r"\1-\2-\3", plain)
    written = [(plain, form) for form in _DATES]
    if re.fullmatch(r"[12]\d{7}", plain):
        written.append((plain, "%Y%m%d"))
    numeric = _NUMERIC.fullmatch(plain)
    if numeric:
        first, second = int(numeric[1]), int(numeric[2])
        form = "%d %m %Y" if first > 12 or first == second else "%m %d %Y"
        if max(first, second) > 12 or first == second:
            written.append((" ".join(numeric.groups()), form))
    for day, form in written:
        try:
            yield datetime.strptime(day, form).date().isoformat()
        except ValueError:
            continue


def as_address(text: str, pattern: str) -> Iterator[str]:
    """Yield a text as an address that follows a pattern, where only its beginning was left out."""
    written = bare(text).strip("<>").replace(" ", "%20" if "://" in text else " ")
    yield written
    yield re.sub(r"^(https?)[:;]?/*(?=[a-z0-9-]+\.)", r"\1://", written, flags=re.IGNORECASE)
    if written.startswith("http://"):
        yield "https" + written[4:]
    start = _literal_start(pattern)
    if start:
        yield start + written
        host = start.partition("://")[2]
        if host and written.startswith(host):
            yield start + written[len(host) :]
        last = re.split(r"[/:\s]+", written)[-1]
        yield start + last
    if _HOST.fullmatch(written):
        yield f"https://{written}"


def _literal_start(pattern: str) -> str:
    """Return the text that everything that follows a pattern begins with.

    >>> _literal_start("^https://orcid[.]org/[0-9]{4}")
    'https://orcid.org/'
    """
    if not pattern.startswith("^"):
        return ""
    plain = re.sub(r"\[(.)\]", r"\\\1", pattern[1:])
    found = re.match(r"(?:\\[^\w]|[^\\\[\](){}?*+|.^$])*", plain)
    start = re.sub(r"\\(.)", r"\1", found.group()) if found else ""
    following = plain[len(found.group()) :][:1] if found else ""
    return "" if following in ("?", "*") or "://" not in start else start


def as_id(text: str) -> str:
    """Return a name as an id: small letters, digits and hyphens.

    >>> as_id("The Wigan Deal")
    'the-wigan-deal'
    """
    return re.sub(r"[^a-z0-9]+", "-", bare(text).lower()).strip("-")


def split(text: str, *, words: bool = True) -> list[str]:
    """Return the several values that one text lists, or nothing where it is one.

    Only those in which there are no blanks may stand apart by these, or by an "and".

    >>> split("GB, FR and DE")
    ['GB', 'FR', 'DE']
    >>> split("law and order, public health", words=False)
    ['law and order', 'public health']
    """
    signs = r"\s*[,;|\n]\s*(?:and\s+)?"
    for separator in (rf"{signs}|\s+(?:and|&)\s+", r"\s+") if words else (signs,):
        parts = [bare(part) for part in re.split(separator, bare(text).strip("[]")) if part.strip()]
        if len(parts) > 1:
            return parts
    return []


def fitting(candidates: Iterable[str], text: str, pattern: str) -> Iterator[str]:
    """Yield the candidates that are not the text itself and follow a pattern, each once."""
    for candidate in dict.fromkeys(candidates):
        if candidate and candidate != text and re.search(pattern, candidate):
            yield candidate


_SH = PREFIXES["sh"]
_KINDS = ("case", "critique")
_RESPELLED = f"{NAMESPACE}oneSpelling"
_TWICE = (f"{_SH}DisjointConstraintComponent", _RESPELLED)


def mend(finding: Finding, slots: Slots, vocabulary: Vocabulary) -> Iterator[list[Edit]]:
    """Yield the edits that may mend what a finding says, each to be judged by itself."""
    for slot in slots.at(finding.line, finding.column):
        if finding.demand == "known-key":
            yield from _key(finding, slot, slots, vocabulary)
        elif finding.demand == "one-key":
            yield from _doubled(slot, slots)
        elif finding.demand == "key":
            yield from _below(slot, slots)
        elif finding.demand == "comment":
            yield from _uncut(slot, slots)
        elif finding.component in _TWICE:
            yield from _without(finding, slot, slots)
        else:
            yield from _value(finding, slot, slots, vocabulary)


def _key(
    finding: Finding, slot: Slot, slots: Slots, vocabulary: Vocabulary
) -> Iterator[list[Edit]]:
    # What is allowed has keys besides those of the slot, such as that of the id.
    known = dict.fromkeys((*slot.keys, *finding.allowed))
    free = [name for name in known if name not in slot.others]
    keys = {name: slot.keys[name] for name in free if name in slot.keys}
    names = {name: vocabulary.names.get(key.predicate, ()) for name, key in keys.items()}
    word = meant(slot.name, free, names)
    if word and slot.key:
        yield [slots.write(slot.key, word)]


def _doubled(slot: Slot, slots: Slots) -> Iterator[list[Edit]]:
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
        yield [edit._replace(end=end + len(rest), text=begin + edit.text)]


def _below(slot: Slot, slots: Slots) -> Iterator[list[Edit]]:
    """A text where further keys are wanted: it may be the value of one of them."""
    names = slot.said.keys if slot.said else {}
    if slot.text is None or slot.key is None or "\n" in slot.text:
        return
    begun = re.match(r"([\w-]+)(?:\s*[=：]\s*|\s+)(?=\S)", slot.text)
    if begun and begun[1] in names:  # another sign than a colon, or none
        start, _ = slots.span(slot.value)
        yield [Edit(start, start + begun.end(), f"{begun[1]}: ")]
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
    is_list_of_texts = slot.said is not None and slot.said.is_set and slot.said.is_text
    for node in _nodes(finding, slot):
        written = str(node.value)
        if bare(written).casefold() in vocabulary.absent.get(slot.predicate, ()) and slot.key:
            yield [slots.leave_out(slot)]
            continue
        several = split(written, words=False) if is_list_of_texts else []
        if several:
            yield [slots.write_several(slot, node, several)]
            continue
        words = [_word(part, finding, slot, vocabulary) for part in split(written)]
        if slot.key is not None and len(words) > 1 and all(words):
            # No single word is looked for: to leave out the others would be to lose them.
            yield [slots.write_list(node, [word for word in words if word])]
            continue
        for text in _meant(written, finding, slot, vocabulary):
            yield [slots.write(node, text)]


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
    if slot.said and slot.said.kind == "@vocab":
        base = slot.said.base
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
    pattern = vocabulary.patterns.get(finding.demand, vocabulary.patterns.get(slot.predicate, ""))
    kind = slot.said.kind if slot.said else ""
    if kind == "@vocab":
        return
    yield from fitting([cleaned(recoded(text))], text, "")
    if kind == "@id":
        named = vocabulary.suggested.get(slot.predicate, {})
        yield from fitting(filter(None, [meant(text, named, named)]), text, "")
        yield from fitting(as_address(text, pattern), text, pattern)
    elif kind:
        yield from fitting(as_datatype(text, kind), text, "")
    elif not finding.allowed:
        yield from fitting([text.strip(), bare(text)], text, pattern)
