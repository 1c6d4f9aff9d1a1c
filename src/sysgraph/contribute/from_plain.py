"""From plain documents, as YAML, JSON and rows of tables hold them, to contributions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sysgraph.contribute.closed import check_closed
from sysgraph.contribute.contribution import ID, Contribution, digest
from sysgraph.contribute.keys import Minted, mint
from sysgraph.contribute.limits import count_within
from sysgraph.contribute.state import state
from sysgraph.contribute.syntax.document import Document, Path_, Plain
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import BadFile, NoContribution
from sysgraph.findings import Finding, cell_name
from sysgraph.near import nearest
from sysgraph.terms import CRITIQUE, NAMESPACE

__all__ = ["CONTEXT", "plain_contribution", "plain_contributions"]

CONTEXT = f"{NAMESPACE}context.jsonld"
"""The one remote context that needs no fetching: it is shipped with the library."""


def plain_contributions(
    document: Document, data: bytes, file: str, vocabulary: Vocabulary
) -> Iterator[Contribution | BadFile]:
    """Yield each case and critique of a document, or why it cannot be told which it is."""
    several = isinstance(document.data, list)
    things = document.data if isinstance(document.data, list) else [document.data]
    sha256 = digest(data)
    for number, thing in enumerate(things):
        at = (number,) if several else ()
        minted = Minted(document, vocabulary, file)
        try:
            yield plain_contribution(thing, at, minted, sha256)
        except BadFile as error:
            yield error


def plain_contribution(thing: Plain, at: Path_, minted: Minted, sha256: str) -> Contribution:
    """Return what one thing in a document contributes, with what is wrong in it.

    ``at`` is where in the document it stands.

    Raises:
        NoContribution: it has no usable id, and the document was read strictly.
        BadFile: it has no keys at all.
    """
    file = minted.file
    if isinstance(thing, dict) and thing.get("@context") == CONTEXT:
        del thing["@context"]
    noun = _noun(thing, at, minted)
    thing_id = _id_of(thing, noun, at, minted)
    assert isinstance(thing, dict)  # or it would have had no id
    kind = "CaseStudy"
    if noun == "critique":
        assert minted.vocabulary.critiques is not None  # only a vocabulary of critiques has none
        thing_id, kind, minted.vocabulary = (
            CRITIQUE + thing_id,
            "Critique",
            minted.vocabulary.critiques,
        )
    made = Contribution(thing_id, file, sha256, [], [], minted.marks, minted.fields, minted.values)
    tree = mint(thing, made.iri, at, minted, kind)
    made.quads = count_within(dict.fromkeys(state(tree, minted.vocabulary)), file)
    refused = check_closed(made.quads, minted.vocabulary, made.iri, file)
    made.findings = [*minted.findings, *_placed(refused, minted)]
    return made


def _noun(thing: Plain, at: Path_, minted: Minted) -> str:
    if not isinstance(thing, dict):
        return "case"
    kind = thing.get("kind", "critique" if thing.get("type") == "Critique" else "case")
    if kind not in _KINDS:
        reason = "write 'kind: critique' for a critique, and no kind for a case"
        message = f"there is no kind {kind!r} of file; {reason}"
        near = nearest(str(kind), _KINDS, most=1)
        _refuse_or_report(minted, (*at, "kind"), message, str(kind), near)
        return near[0] if near else "case"
    return str(kind)


_KINDS = ("case", "critique")


def _id_of(thing: Plain, noun: str, at: Path_, minted: Minted) -> str:
    path = (*at, "id")
    if not isinstance(thing, dict):
        reason = "a case is written as 'key: value' lines; begin with 'id:'"
        raise BadFile(minted.file, reason, *minted.document.mark(at))
    thing_id = thing.get("id")
    if thing_id is None:
        reason = f"the {noun} has no id; write 'id:' and a short name like wigan-deal"
        _refuse_or_report(minted, path, reason)
    elif not isinstance(thing_id, str) or not ID.fullmatch(thing_id):
        reason = "an id is 2 to 63 small letters, digits and hyphens, like wigan-deal"
        _refuse_or_report(minted, path, f"id '{thing_id}': {reason}", str(thing_id))
    else:
        return thing_id
    return "-".join(["no-id", *(str(part + 1) for part in at if isinstance(part, int))])


def _refuse_or_report(
    minted: Minted, path: Path_, message: str, value: str | None = None, near: Sequence[str] = ()
) -> None:
    """Refuse a file for its id or kind; where all is to be told at once, only report that."""
    if minted.document.faults is None:
        raise NoContribution(minted.file, message, *minted.document.mark(path))
    minted.report(path, str(path[-1]), message, value, nearest=near)


def _placed(findings: list[Finding], minted: Minted) -> list[Finding]:
    """Return the findings with the place of the key, or of the part, that they are about."""
    found = []
    for finding in findings:
        focus = finding.focus or ""
        if finding.value in minted.marks:  # a part of its own has a place of its own
            focus = finding.value
        default = (finding.field, *minted.marks.get(focus, (None, None)))
        field, line, column = minted.fields.get((focus, finding.path or ""), default)
        cell = cell_name(minted.document.row, column)
        found.append(replace(finding, field=field, line=line, column=column, cell=cell))
    return found
