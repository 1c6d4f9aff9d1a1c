"""Check the keys of a YAML or JSON case against the context, and give every part its IRI."""

from collections.abc import Sequence
from typing import Any

from sysgraph.characters import tidy
from sysgraph.contribute.limits import MAX_FINDINGS, many
from sysgraph.contribute.state import address_of, base_of
from sysgraph.contribute.syntax.document import Document, Path_, Plain
from sysgraph.contribute.vocabulary import (
    NEST,
    Vocabulary,
    choices,
    expand,
    holds_parts,
    is_key,
    nearest_words,
    prefixes_of,
)
from sysgraph.errors import suggest
from sysgraph.findings import Finding, cell_name
from sysgraph.near import nearest

__all__ = ["Minted", "mint"]

_ROOT = ("id", "type", "kind")
_SHOWN = 60


class Minted:
    """A case as JSON-LD with an ``id`` on every part, and where each part stands in the file."""

    def __init__(self, document: Document, vocabulary: Vocabulary, file: str) -> None:
        """Begin with nothing found."""
        self.document = document
        self.vocabulary = vocabulary
        self.file = file
        self.findings: list[Finding] = []
        self.marks: dict[str, tuple[int | None, int | None]] = {}
        self.fields: dict[tuple[str, str], tuple[str, int | None, int | None]] = {}
        self.values: dict[tuple[str, str, str], tuple[int | None, int | None]] = {}

    def report(
        self,
        path: Path_,
        demand: str,
        message: str,
        value: str | None = None,
        *,
        allowed: Sequence[str] = (),
        nearest: Sequence[str] = (),
    ) -> None:
        """Record that something is wrong at a place of the document."""
        if self.is_full():
            return
        line, column = self.document.mark(path)
        self.findings.append(
            Finding(
                message=message,
                demand=demand,
                file=self.file,
                line=line,
                column=column,
                cell=cell_name(self.document.row, column),
                field=self.document.head(path),
                value=value,
                allowed=tuple(allowed),
                nearest=tuple(nearest),
            )
        )
        if self.is_full():
            self.findings.append(many(self.file))

    def is_full(self) -> bool:
        """Tell whether more findings would only be more of the same."""
        return len(self.findings) >= MAX_FINDINGS


def mint(
    case: dict[str, Plain], iri: str, at: Path_, minted: Minted, kind: str = "CaseStudy"
) -> dict[str, Any]:
    """Return a case or critique as JSON-LD in which every part has an IRI below its own.

    The IRI of a part is its path in the document, so that it can be found again: the second
    reading of a case is ``…/readings/2``, and what it sees of the aim
    ``…/readings/2/facets/change-aim``.
    """
    # The root already has its id and its kind.
    body = {key: value for key, value in case.items() if key not in _ROOT}
    node = _node(body, minted.vocabulary.context, iri, at, minted)
    for path, predicate, column in minted.document.empty:
        owner = "/".join(
            [iri, *(str(part + 1 if isinstance(part, int) else part) for part in path)]
        )
        place = (minted.document.heads[column - 1], minted.document.marks[()][0], column)
        minted.fields.setdefault((owner, predicate), place)
    return {**node, "type": kind}


def _node(
    data: dict[str, Plain], context: dict[str, Any], iri: str, at: Path_, minted: Minted
) -> dict[str, Any]:
    minted.marks[iri] = minted.document.mark(at)
    found: dict[str, Any] = {"id": iri}
    found.update(_parts(data, context, iri, iri, at, minted))
    return found


def _parts(
    data: dict[str, Plain],
    context: dict[str, Any],
    owner: str,
    base: str,
    at: Path_,
    minted: Minted,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in minted.document.blanks.get(at, ()):
        if is_key(context.get(key)):
            path = (*at, key)
            head = minted.document.head(path) or key
            minted.fields[owner, expand(context[key])] = (head, *minted.document.mark(path))
            if path in minted.document.cuts and _is_text(context[key]):
                _report_cut(path, "", minted)
    for key, value in data.items():
        path = (*at, key)
        definition = context.get(key)
        if not is_key(definition) or key in ("id", "type"):
            _report_unknown(key, context, path, minted)
            continue
        head = minted.document.head(path) or key
        minted.fields[owner, expand(definition)] = (head, *minted.document.mark(path))
        inner = definition.get("@context", {}) if isinstance(definition, dict) else {}
        if isinstance(definition, dict) and definition.get("@id") == NEST:
            if isinstance(value, dict):
                found[key] = _parts(value, inner, owner, f"{base}/{key}", path, minted)
            else:
                _report_shape(key, inner, path, minted)
        elif holds_parts(definition):
            found[key] = _nodes(key, value, inner, f"{base}/{key}", path, minted)
        else:
            found[key] = _values(owner, value, definition, path, minted)
    return found


def _nodes(
    key: str, value: Plain, inner: dict[str, Any], iri: str, at: Path_, minted: Minted
) -> Any:
    if isinstance(value, dict):
        return _node(value, inner, iri, at, minted)
    if not isinstance(value, list):
        _report_shape(key, inner, at, minted)
        return []
    found = []
    for number, item in enumerate(value):
        if isinstance(item, dict):
            found.append(_node(item, inner, f"{iri}/{number + 1}", (*at, number), minted))
        else:
            _report_shape(key, inner, (*at, number), minted)
    return found


def _values(owner: str, value: Plain, definition: Any, at: Path_, minted: Minted) -> Plain:
    items = value if isinstance(value, list) else [value]
    found: list[Plain] = []
    for number, written in enumerate(items):
        path = (*at, number) if isinstance(value, list) else at
        if not isinstance(written, str):
            minted.report(path, "key", "write plain text here, not a list or further keys")
            continue
        item = tidy(written)
        if path in minted.document.cuts and _is_text(definition):
            _report_cut(path, item, minted)
        if len(items) > 1:  # or the key's own place is good enough
            minted.values[owner, expand(definition), item] = minted.document.mark(path)
        if _is_known(item, definition, path, minted):
            found.append(item)
    return found


def _is_text(definition: Any) -> bool:
    """Tell whether a key holds text that people write as they like."""
    return not isinstance(definition, dict) or "@type" not in definition


def _report_cut(path: Path_, item: str, minted: Minted) -> None:
    cut = minted.document.cuts[path]
    reason = "is taken for a remark and left out; put the text between quotes"
    message = f"'{cut.strip()[:_SHOWN]}' {reason}, or two spaces before a remark"
    minted.report(path, "comment", message, item)


def _is_known(item: str, definition: Any, path: Path_, minted: Minted) -> bool:
    kind = definition.get("@type") if isinstance(definition, dict) else None
    if kind == "@id":
        return _is_address(item, definition, path, minted)
    if kind != "@vocab":
        return True
    slugs = choices(minted.vocabulary, definition["@context"]["@vocab"])
    if item in slugs:
        return True
    if minted.is_full():
        return False
    near = nearest_words(minted.vocabulary, definition["@context"]["@vocab"], item)
    listed = ", ".join(slugs) if len(slugs) <= 15 else f"{len(slugs)} are known"
    message = f"'{item}' is not known here{suggest(near)} (allowed: {listed})"
    minted.report(path, "known-term", message, item, allowed=slugs, nearest=near)
    return False


def _is_address(item: str, definition: Any, path: Path_, minted: Minted) -> bool:
    base = base_of(definition)
    if address_of(item, prefixes_of(minted.vocabulary.context), base) is not None:
        return True
    shown = item if len(item) <= _SHOWN else f"{item[:_SHOWN]}…"
    message = (
        f"'{shown}' is no id: write one of small letters, digits and hyphens, such as wigan-deal"
        if base
        else f"'{shown}' is not an address: write a whole one such as https://example.org/page"
    )
    named = minted.vocabulary.suggested.get(expand(definition), {})
    near = nearest(item, named, named)
    minted.report(path, "literal", message + suggest(near), item, nearest=near)
    return False


def _report_unknown(key: str, context: dict[str, Any], path: Path_, minted: Minted) -> None:
    if minted.is_full():
        return
    names = [name for name in context if not name.startswith("@") and name not in ("id", "type")]
    names = [name for name in names if ":" not in str(name) and is_key(context[name])]
    near = nearest(key, names)
    listed = f" (allowed: {', '.join(names)})" if not near else ""
    message = f"there is no key '{key}' here{suggest(near)}{listed}"
    minted.report(path, "known-key", message, key, allowed=names, nearest=near)


def _report_shape(key: str, inner: dict[str, Any], path: Path_, minted: Minted) -> None:
    names = ", ".join(name for name in inner if not name.startswith("@"))
    minted.report(path, "key", f"write further keys below '{key}': {names}")
