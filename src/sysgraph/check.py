"""All that is wrong with contributed files: by the reading, by SHACL, by what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from sysgraph import library
from sysgraph.case.apart import Piece, Rejected, read_apart, rejected, unreadable
from sysgraph.case.contribution import Contribution, locate, place, placed
from sysgraph.case.document import OF_WRITING
from sysgraph.case.read import read_each
from sysgraph.errors import (
    BadFile,
    BadFiles,
    Finding,
    NoContribution,
    Progress,
    Raw,
    Severity,
    SysgraphError,
    refuse,
    silent,
)
from sysgraph.near import folded
from sysgraph.ontology import Ontology
from sysgraph.rdf import Format, copy_to_rdflib, quads_of, text_of, triples_of
from sysgraph.reason.engine import Conclusions
from sysgraph.reason.explain import Explainer, Explanation, Origin
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import kinds_of
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, compact, local_name
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "Checked",
    "FindingTally",
    "Inspection",
    "Shapes",
    "check",
    "check_files",
    "check_shapes",
    "contradictions",
    "inspect_files",
    "is_draft",
    "is_violation",
    "judge",
    "noted",
    "report_graph",
    "sort_out",
]

_SH = PREFIXES["sh"]
_OWN_CHECK = f"{NAMESPACE}ClosedVocabularyConstraintComponent"


@dataclass(slots=True)
class Checked:
    """A contribution, all that is wrong with it, and what follows from it where that was asked."""

    case: Contribution
    findings: list[Finding] = field(default_factory=list)
    conclusions: Conclusions | None = None

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing keeps it out."""
        return not any(map(is_violation, self.findings))


@dataclass(slots=True)
class Inspection:
    """What files hold and all that is wrong with them, those that are beyond reading included.

    Each of the ``problems`` is told by a finding as well, so that all is said in one way.
    ``refused`` are what ``sort_out`` took out of ``checked``, to be corrected and sent again.
    """

    checked: list[Checked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[SysgraphError] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)

    @property
    def contributions(self) -> list[Contribution]:
        """Return the cases and critiques."""
        return [one.case for one in self.checked]


class FindingTally:
    """Counts findings by kind, in the order in which the kinds came, with the first place."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._kinds: dict[tuple[Severity, str], tuple[int, str]] = {}
        for finding in findings:
            self.add(finding)

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        key = (finding.severity, finding.demand)
        count, first = self._kinds.get(key, (0, str(finding)))
        self._kinds[key] = (count + 1, first)

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(count for (one, _), (count, _) in self._kinds.items() if one is severity)

    def rows(self) -> list[dict[str, str | int]]:
        """Return severity, demand, count and first finding of each kind, most frequent first."""
        listed: list[dict[str, str | int]] = [
            {"severity": str(severity), "demand": demand, "count": count, "first": first}
            for (severity, demand), (count, first) in self._kinds.items()
        ]
        order = list(map(str, Severity))
        return sorted(listed, key=lambda r: (order.index(str(r["severity"])), -int(r["count"])))


Shapes = Callable[[Iterable[ox.Quad]], Iterable[Raw]]
"""What SHACL says of asserted triples, by whichever engine."""


def is_violation(finding: Finding | Raw) -> bool:
    """Tell whether a finding keeps a contribution out."""
    return finding.severity is Severity.VIOLATION


def check_files(
    paths: Sequence[Path], progress: Progress = silent
) -> tuple[list[Contribution], list[Finding]]:
    """Read contributed files and return their cases and critiques with all that is wrong there.

    Raises:
        BadFile, BadFiles: files cannot be read as what they claim to be; all of them are named.
    """
    seen = inspect_files(paths, progress)
    refuse(seen.problems)
    return seen.contributions, seen.findings


def check_shapes(quads: Iterable[ox.Quad]) -> list[Raw]:
    """Return what SHACL finds wrong with asserted triples, nothing being inferred before.

    The types of the ontology's own individuals are added, so that a value can be told from an
    aim. A case of 300 triples takes some 50 milliseconds on one core.

    Source: SHACL, https://www.w3.org/TR/shacl/
    """
    import pyshacl

    graph = copy_to_rdflib(quads)
    graph += stub()
    _read_once(graph)
    _, results, _ = pyshacl.validate(graph, shacl_graph=_shapes(), inference="none")
    return sorted(_read(results), key=lambda raw: (raw.focus, raw.path or "", raw.shape))


def _read_once(graph: rdflib.Graph) -> None:
    """Let a graph be asked without reading the question again: pySHACL asks the same each time."""
    ask = graph.query

    def query(text: str, *more: Any, **named: Any) -> Any:
        return ask(_question(text), *more, **named)

    graph.query = query  # type: ignore[method-assign, assignment]


@cache
def _question(text: str) -> Any:
    from rdflib.plugins.sparql import prepareQuery

    return prepareQuery(text)


def inspect_files(
    paths: Sequence[Path], progress: Progress = silent, shapes: Shapes = check_shapes
) -> Inspection:
    """Return all that is wrong with contributed files, in one pass; nothing is raised for it.

    Every finding has a place: line and column, a cell of a table, or the line of a node.
    """
    vocabulary = Ontology.load().vocabulary
    seen = Inspection()
    contributions: list[Contribution] = []
    refused: list[Finding] = []
    for done, path in enumerate(paths):
        progress("reading", done, len(paths))
        for one in _each_of(path, vocabulary):
            if isinstance(one, Contribution):
                contributions.append(one)
            elif isinstance(one, NoContribution):
                refused.append(unreadable(one))
            else:
                seen.problems.append(one)
    seen.problems += _twice(contributions)
    findings = [*map(_beyond_reading, seen.problems), *refused]
    for done, contribution in enumerate(contributions):
        progress("checking", done, len(contributions))
        seen.checked.append(check(contribution, vocabulary, shapes))
        findings += seen.checked[-1].findings
    seen.findings = locate(findings)
    return seen


def _each_of(path: Path, vocabulary: Vocabulary) -> Sequence[Contribution | SysgraphError]:
    try:
        return read_each(path, vocabulary)
    except (BadFile, BadFiles) as error:
        return error.problems


def _beyond_reading(problem: SysgraphError) -> Finding:
    found = unreadable(problem)
    return replace(found, demand="syntax") if found.line else found


def _twice(contributions: Sequence[Contribution]) -> list[SysgraphError]:
    seen: dict[str, str] = {}
    found: list[SysgraphError] = []
    for contribution in contributions:
        is_told = any(finding.demand in ("id", "once") for finding in contribution.findings)
        if contribution.case_id in seen and not is_told:
            reason = f"the {contribution.title} is in {seen[contribution.case_id]} too"
            found.append(BadFile(contribution.file, f"{reason}; name one of the files"))
        seen[contribution.case_id] = contribution.file
    return found


def sort_out(paths: Sequence[Path], progress: Progress = silent) -> Inspection:
    """Read contributed files case by case, and tell the sound ones from the others.

    A case that cannot be read, that is not as it must be, or whose id came before, keeps out no
    other. Of a file in which nothing can be told from the rest, all is refused.
    """
    vocabulary = Ontology.load().vocabulary
    found, ids = Inspection(), set[str]()
    for number, path in enumerate(paths):
        for at, piece in enumerate(read_apart(path, vocabulary)):
            progress(f"checking {path.name}: {at}", number, len(paths))
            _sort(piece, vocabulary, ids, found)
    return found


def _sort(piece: Piece, vocabulary: Vocabulary, ids: set[str], found: Inspection) -> None:
    case = piece.case
    if case is not None and case.case_id in ids:
        reason = f"the {case.title} came before; keep one of them"
        piece.problems = [NoContribution(case.file, reason)]
    findings = [unreadable(problem) for problem in piece.problems]
    checked = None
    if case is not None and not findings:
        checked = check(case, vocabulary)
        findings = checked.findings
    found.findings += findings
    if any(map(is_violation, findings)):
        found.refused.append(rejected(piece, findings))
    elif checked is not None:
        ids.add(checked.case.case_id)
        found.checked.append(checked)


def check(
    contribution: Contribution, vocabulary: Vocabulary, shapes: Shapes = check_shapes
) -> Checked:
    """Check one case: by the reading, by SHACL, and by what follows from it.

    Where the reading found more than it would tell, SHACL is not asked; and contradictions are
    looked for where all else is well.
    """
    stated = contribution.quads
    found = Checked(contribution, judge(contribution, stated, shapes(stated), vocabulary))
    if found.is_sound:
        found.conclusions = reasoner().infer(triples_of(stated), contribution.iri)
        found.findings += contradictions(contribution, found.conclusions)
    return found


def judge(
    contribution: Contribution,
    stated: Iterable[ox.Quad],
    results: Iterable[Raw],
    vocabulary: Vocabulary,
    today: date | None = None,
) -> list[Finding]:
    """Return what the reading of a case found, and results of SHACL in words and in place.

    Besides, what lies after ``today``, which is that of the clock if none is given, is warned of,
    and what is spelled in two ways is told: of what is ``stated``, or of the part of it that
    ``noted`` picks out.
    """
    seen = list(stated)
    found = list(contribution.findings)
    if any(finding.demand == "many" for finding in found):
        return found
    # What the closed vocabulary refuses would only be refused again, in other words.
    told = {(finding.focus, finding.path) for finding in found}
    said = [one for one in found if one.field and one.demand not in OF_WRITING]
    fields = {_of_key(one.field) for one in said}
    late = _to_come(seen, vocabulary, today or date.today())
    for raw in [*_waive(results, contribution), *late, *_spelled(seen, vocabulary)]:
        finding = place(raw, contribution, vocabulary)
        if (raw.focus, raw.path) in told or _of_key(finding.field) in fields:
            continue
        found.append(finding)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0))


def _of_key(field: str | None) -> str:
    """Return the name of a field without the number of one of its values."""
    return re.sub(r"[.][0-9]+$", "", field or "")


def noted(triples: Iterable[Triple], vocabulary: Vocabulary) -> list[ox.Quad]:
    """Return, of what a case states as N-Triples, all that ``judge`` wants to see."""
    paths = {f"<{path}>" for path in (*vocabulary.late, *vocabulary.alike)}
    return quads_of([triple for triple in triples if triple[1] in paths])


def _to_come(stated: Iterable[ox.Quad], vocabulary: Vocabulary, today: date) -> Iterator[Raw]:
    """Yield years and days after today, of which the shapes say how to warn."""
    tomorrow = (today + timedelta(days=1)).isoformat()  # it may be tomorrow elsewhere already
    for quad in stated:
        path, value = quad.predicate.value, text_of(quad.object)
        if path in vocabulary.late and value > tomorrow[: len(value)]:
            shape, message = vocabulary.late[path]
            focus, warning = text_of(quad.subject), Severity.WARNING
            yield Raw(focus, path, shape, value, warning, message, f"{NAMESPACE}warnsOfFuture")


def _spelled(stated: Iterable[ox.Quad], vocabulary: Vocabulary) -> Iterator[Raw]:
    """Yield texts that stand for one thing but are spelled otherwise, here or in the library."""
    first: dict[tuple[str, str, str], str] = {}
    told = [quad for quad in stated if quad.predicate.value in vocabulary.alike]
    # Of two spellings here, that of the library is kept.
    for quad in sorted(told, key=lambda one: _otherwise(one) is not None):
        focus, path, value = text_of(quad.subject), quad.predicate.value, text_of(quad.object)
        shape, twice, elsewhere = vocabulary.alike[path]
        other = _otherwise(quad)
        if first.setdefault((focus, path, folded(value)), value) != value:
            name = f"{NAMESPACE}oneSpelling"
            yield Raw(focus, path, shape, value, Severity.VIOLATION, twice, name)
        elif other is not None:
            message, name = f"{elsewhere} {other}", f"{NAMESPACE}spelledAsElsewhere"
            yield Raw(focus, path, shape, value, Severity.WARNING, message, name)


def _otherwise(quad: ox.Quad) -> str | None:
    """Return how the library spells a text, if it does so otherwise."""
    known, value = library.texts_of(quad.predicate.value), text_of(quad.object)
    if value in known:
        return None
    return next((text for text in sorted(known) if folded(text) == folded(value)), None)


@cache
def _shapes() -> rdflib.Graph:
    return copy_to_rdflib(Ontology.load().case_shapes)


@cache
def stub() -> rdflib.Graph:
    """Return the kinds of the ontology's own individuals, and which value answers which facet."""
    return copy_to_rdflib(kinds_of(Ontology.load()))


def _read(results: object) -> Iterable[Raw]:
    from rdflib import RDF, Graph, URIRef

    assert isinstance(results, Graph)  # pySHACL gives anything else only when it is asked to
    for _, _, result in results.triples((None, URIRef(f"{_SH}result"), None)):
        said = {str(p): o for _, p, o in results.triples((result, None, None))}
        warning = str(said[f"{_SH}resultSeverity"]) != f"{_SH}Violation"
        path = said.get(f"{_SH}resultPath")
        path = results.value(path, RDF.first, default=path)  # of several steps, the first
        yield Raw(
            str(said[f"{_SH}focusNode"]),
            str(path) if isinstance(path, URIRef) else None,
            str(said[f"{_SH}sourceShape"]),
            str(said[f"{_SH}value"]) if f"{_SH}value" in said else None,
            Severity.WARNING if warning else Severity.VIOLATION,
            str(said.get(f"{_SH}resultMessage", "this does not conform")),
            str(said[f"{_SH}sourceConstraintComponent"]),
        )


_TYPE = f"<{PREFIXES['rdf']}type>"


def contradictions(case: Contribution, found: Conclusions | None = None) -> list[Finding]:
    """Return in what a contributed case contradicts itself or the ontology, with the proof.

    A case that would conclude something new of what lies outside it is a finding as well.
    ``found`` is what follows from it, if that is known.
    """
    stated = triples_of(case.quads)
    found = found or reasoner().infer(stated, case.iri)
    problems = _beyond(case, found.outward())
    if found.clashes:
        explainer = Explainer(stated, case.iri, Origin(case.title))
        problems += [_clash(case, explainer.explain_clash(c)) for c in explainer.clashes]
    return problems


def _beyond(case: Contribution, triples: Sequence[Triple]) -> list[Finding]:
    if not triples:
        return []
    # What a thing is comes first: the rest mostly follows from it.
    shown = min(triples, key=lambda triple: (triple[1] != _TYPE, triple))
    said = " ".join(compact(term.strip("<>")) for term in shown)
    more = f" (and {len(triples) - 1} more)" if len(triples) > 1 else ""
    message = f"it would follow that {said}{more}; a case speaks of itself alone"
    focus = shown[0].strip("<>")
    return [Finding(message=message, demand="outward", file=case.file, focus=focus)]


def _clash(case: Contribution, explanation: Explanation) -> Finding:
    proof = explanation.proofs.found[0]

    def said(triple: Triple | None) -> str:
        return " — ".join(explanation.words.get(term, term) for term in triple or ())

    mine = [leaf for leaf in proof.leaves() if leaf[0].startswith(f"<{case.iri}")]
    focus = mine[0][0].strip("<>")
    lines = tuple(
        f"{said(step.conclusion) or 'a contradiction'}, by {step.rule} from"
        f" {'; '.join(said(p.conclusion) for p in step.premises if not p.is_link)}"
        for step in proof.steps()
    )
    finding = Finding(
        message=f"this contradicts itself ({proof.rule}): {'; '.join(said(leaf) for leaf in mine)};"
        " keep what is true of them",
        demand=proof.rule,
        file=case.file,
        focus=focus,
        proof=lines,
    )
    return placed(finding, case, (focus,))


_IS_DRAFT = ox.NamedNode(f"{NAMESPACE}isDraft")
_TRUE = ("true", "1")


def is_draft(quads: Iterable[ox.Quad]) -> bool:
    """Tell whether a case says of itself that it is a draft."""
    return any(quad.predicate == _IS_DRAFT and text_of(quad.object) in _TRUE for quad in quads)


def _waive(results: Iterable[Raw], contribution: Contribution) -> list[Raw]:
    """Return results of SHACL, those that a draft may wait with as warnings if it is one.

    Which these are is said in the shapes, by ``sysg:waivedForDrafts``.
    """
    listed = list(results)
    if not is_draft(contribution.quads):
        return listed
    shapes, waived = Ontology.load().shape_nodes, f"{NAMESPACE}waivedForDrafts"
    return [
        replace(raw, severity=Severity.WARNING)
        if raw.component in shapes.all(raw.shape, waived)
        else raw
        for raw in listed
    ]


def report_graph(findings: Sequence[Finding]) -> bytes:
    """Return the findings as a standard SHACL validation report in Turtle.

    Source: SHACL, section 3.6, https://www.w3.org/TR/shacl/#validation-report
    """
    rdf_type = ox.NamedNode(f"{PREFIXES['rdf']}type")
    report = ox.BlankNode("report")

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{_SH}{name}")

    quads = [
        ox.Quad(report, rdf_type, term("ValidationReport")),
        ox.Quad(report, term("conforms"), ox.Literal(not any(map(is_violation, findings)))),
    ]
    for number, finding in enumerate(findings):
        result = ox.BlankNode(f"result{number}")
        facts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("resultSeverity", term(finding.severity.capitalize())),
            ("resultMessage", ox.Literal(str(finding))),
            ("sourceConstraintComponent", ox.NamedNode(finding.component or _OWN_CHECK)),
        ]
        if finding.demand.startswith("shape:"):
            shape = f"{PREFIXES['shape']}{local_name(finding.demand.removeprefix('shape:'))}"
            facts.append(("sourceShape", ox.NamedNode(shape)))
        if finding.focus:
            facts.append(("focusNode", ox.NamedNode(finding.focus)))
        if finding.path:
            facts.append(("resultPath", ox.NamedNode(finding.path)))
        if finding.value is not None:
            facts.append(("value", ox.Literal(finding.value)))
        quads += [
            ox.Quad(report, term("result"), result),
            ox.Quad(result, rdf_type, term("ValidationResult")),
            *(ox.Quad(result, term(name), value) for name, value in facts),
        ]
    return serialize(quads, Format.TURTLE)
