"""A practice described in a file: a few facets and a claim, or a whole contributed case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sysgraph.advice.definitions import HAS_VALUE, Definitions
from sysgraph.advice.enactment import PracticeReport, SaidBy
from sysgraph.advice.frame import Frame
from sysgraph.advice.practice import examine, examine_case, title_of
from sysgraph.advice.situation import Situation, read_situations
from sysgraph.contradict import contradictions
from sysgraph.contribute import load_vocabulary, read
from sysgraph.contribute.limits import read_bytes
from sysgraph.contribute.syntax.document import Document, Path_, Plain, read_document
from sysgraph.errors import BadFile, BadFiles, SysgraphError, suggest
from sysgraph.explain import Explainer, Origin
from sysgraph.graph import triples_of
from sysgraph.near import nearest
from sysgraph.paths import data
from sysgraph.terms import NAMESPACE, Triple

if TYPE_CHECKING:
    from sysgraph.store import Store

__all__ = ["examine_file", "examine_practice"]

_PLAIN = (".yaml", ".yml", ".json")
_SAYS = {
    SaidBy.LEADERS: "claimsType",
    SaidBy.CONTRIBUTOR: "hasPrimaryType",
    SaidBy.CONTRIBUTOR_TOO: "hasSecondaryType",
}
_KEYS = (*(by.value for by in SaidBy), "why")


def examine_practice(target: str, frame: Frame, store: Callable[[], Store]) -> list[PracticeReport]:
    """Return what the practice of a stored case, or of each case of a file, is and is said to be.

    ``target`` is the id of a case, or the name of a file: what has an ending or a folder in it.
    ``store`` opens the store of the cases, and is only called for an id.

    Raises:
        UnknownThing: there is no such case; carries the nearest ids.
        BadFile, BadFiles: as ``examine_file`` does.
    """
    path = Path(target)
    if path.suffix or len(path.parts) > 1 or path.is_file():
        return examine_file(path, frame)
    return [examine_case(target, store(), frame)]


def examine_file(
    path: Path, frame: Frame, definitions: Definitions | None = None
) -> list[PracticeReport]:
    """Return what each practice of a file is, and is said to be.

    The file is a contributed case, of which nothing but ``id``, ``practice`` and ``readings``
    needs to be there, or is written as a situation, or a list of them, with ``facets`` and a
    ``practice`` below which stand ``claims``, ``primary`` and ``secondary``.

    Raises:
        BadFile: it cannot be read, or holds no practice.
        BadFiles: facets, values or types do not exist, or a case may not say what it says or
            contradicts itself; every problem is named, with its line where that is known.
    """
    definitions = definitions or Definitions.of(frame)
    if path.suffix.lower() in _PLAIN:
        content = read_bytes(path)
        document = read_document(content, str(path))
        items = document.data if isinstance(document.data, list) else [document.data]
        if not any(isinstance(item, dict) and "readings" in item for item in items):
            described = read_situations(content, str(path), frame)
            found = _described(described, document, str(path), frame)
            return [examine(s.id, s.title or s.id, e, frame, definitions) for s, e in found]
    return [
        examine(case_id, title_of(explainer) or case_id, explainer, frame, definitions)
        for case_id, explainer in _cases(path)
    ]


def _cases(path: Path) -> list[tuple[str, Explainer]]:
    found = []
    problems: list[SysgraphError] = []
    for case in read(path, load_vocabulary(data() / "ontology")):
        findings = case.findings or contradictions(case)
        problems += [SysgraphError(str(finding)) for finding in findings]
        if not findings:
            origin = Origin(f"case {case.case_id}")
            explainer = Explainer(triples_of(case.quads), case.iri, origin)
            problems += _without_readings(explainer, path)
            found.append((case.case_id, explainer))
    if problems:
        raise BadFiles(problems)
    return found


def _without_readings(explainer: Explainer, path: Path) -> Iterator[SysgraphError]:
    if not any(predicate == f"<{NAMESPACE}hasReading>" for _, predicate, _ in explainer.stated):
        reason = "there is nothing to go by; write what is seen below 'facets:' or 'readings:'"
        yield BadFile(path, reason)


def _described(
    situations: list[Situation], document: Document, where: str, frame: Frame
) -> list[tuple[Situation, Explainer]]:
    several = isinstance(document.data, list)
    items = document.data if isinstance(document.data, list) else [document.data]
    found, problems = [], []
    for number, (situation, item) in enumerate(zip(situations, items, strict=True)):
        assert isinstance(item, dict)  # or it would have been no situation
        at: Path_ = (number,) if several else ()
        said, wrong = _said(item.get("practice", {}), document, (*at, "practice"), where, frame)
        problems += wrong
        found.append((situation, _explainer(situation, said, frame)))
    if problems:
        raise BadFiles(problems)
    return found


def _said(
    practice: Plain, document: Document, at: Path_, where: str, frame: Frame
) -> tuple[list[tuple[SaidBy, str]], list[SysgraphError]]:
    """Return what a practice is said to be and by whom, with what is wrong with it."""
    if not isinstance(practice, dict):
        reason = "write 'claims:' and a leadership type below 'practice:'"
        return [], [BadFile(where, reason, *document.mark(at))]
    found: list[tuple[SaidBy, str]] = []
    problems: list[SysgraphError] = []
    for key, value in practice.items():
        mark = document.mark((*at, key))
        if key not in _KEYS:
            reason = f"a practice has no '{key}'; write only: {', '.join(_KEYS)}"
            problems.append(BadFile(where, reason, *mark))
        elif key != "why":
            kinds = value if isinstance(value, list) else [value]
            bad = [kind for kind in kinds if not isinstance(kind, str) or kind not in frame.types]
            problems += [BadFile(where, _no_type(kind, frame), *mark) for kind in bad]
            found += [(SaidBy(key), str(kind)) for kind in kinds if kind not in bad]
    return found, problems


def _no_type(kind: Plain, frame: Frame) -> str:
    near = nearest(str(kind), frame.types)
    allowed = f" (allowed: {', '.join(frame.types)})"
    return f"'{kind}' is no leadership type{suggest(near)}{allowed}"


def _explainer(situation: Situation, said: list[tuple[SaidBy, str]], frame: Frame) -> Explainer:
    """Return what explains a described practice, laid out as a case with one reading."""
    # The id is anybody's text, and must not become part of an address.
    iri = f"{NAMESPACE}situation/described"
    practice, reading = f"<{iri}/practice>", f"<{iri}/readings/1>"
    stated: list[Triple] = [
        (f"<{iri}>", f"<{NAMESPACE}hasPractice>", practice),
        (f"<{iri}>", f"<{NAMESPACE}hasReading>", reading),
    ]
    stated += [(practice, f"<{NAMESPACE}{_SAYS[by]}>", f"<{NAMESPACE}type/{k}>") for by, k in said]
    stated += [(reading, HAS_VALUE, f"<{value}>") for value in _values(situation.facets, frame)]
    return Explainer(stated, iri, Origin("the practice described"))


def _values(facets: Mapping[str, str], frame: Frame) -> Iterator[str]:
    for facet, value in facets.items():
        yield frame.facets[facet].values[value].iri
