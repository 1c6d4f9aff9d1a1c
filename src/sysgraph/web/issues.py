"""The address that fills an issue form in, as far as the form has room for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from sysgraph.forms import element_id, issue_form

if TYPE_CHECKING:
    from sysgraph.case.document import Path_
    from sysgraph.forms import IssueQuestion, Kind
    from sysgraph.ontology import Ontology

__all__ = ["LONGEST", "issue_address"]

LONGEST = 8000
"""How many characters an address may have: servers commonly take 8 kB, and GitHub says 414."""


def issue_address(
    kind: Kind, tree: Mapping[str, Any], ontology: Ontology, repository: str
) -> tuple[str, list[str]]:
    """Return the address that fills the issue form in, and the labels or keys it has no room for.

    Source: GitHub Docs, Creating an issue from a URL query
    """
    form = issue_form(kind, ontology)
    rest = _leaves(tree)
    said = {"template": f"{kind.value}.yml"}
    for question in form.questions:
        text = _answer(question, rest)
        if text:
            said[element_id(question)] = text
    left = {name for path in rest if path[0] not in ("kind", "contributed") for name in path[:1]}
    return f"{repository}/issues/new?{urlencode(said, quote_via=quote)}", sorted(map(str, left))


def _answer(question: IssueQuestion, rest: dict[Path_, list[str]]) -> str:
    """Return the answer to a question as GitHub writes it, and take it out of what is left."""
    if question.spread:
        paths = [(*question.path[:-1], part, question.path[-1]) for part in question.spread]
        found = {path: rest[path][0] for path in paths if path in rest}
        if question.options and len({*found.values()}) > 1:
            return ""
        for path in found:
            del rest[path]
        if not question.options:
            return "\n".join(
                f"{path[-2]}: {' '.join(text.split())}" for path, text in found.items()
            )
        values = [*found.values()][:1]
    else:
        values = rest.pop(question.path, [])
    shown = {value: text for text, value in question.options.items()}
    return (", " if shown else "\n").join(shown.get(value, value) for value in values)


def _leaves(tree: Any, path: Path_ = ()) -> dict[Path_, list[str]]:
    """Return what stands in a document, by where it stands."""
    if isinstance(tree, Mapping):
        parts: Iterable[tuple[str | int, Any]] = tree.items()
    elif isinstance(tree, list) and not all(isinstance(one, str) for one in tree):
        parts = enumerate(tree)
    else:
        return {path: tree if isinstance(tree, list) else [str(tree)]}
    return {where: said for at, one in parts for where, said in _leaves(one, (*path, at)).items()}
