"""What a practice is by the definitions, what it is said to be, and what would make that true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sysgraph.advice.board import Facets
from sysgraph.advice.definitions import (
    ENACTS,
    HAS_VALUE,
    Definitions,
    FineLine,
    Hinge,
    enacted_triple,
    facets_by_value,
    objects_of,
    slug_in,
    text_at,
)
from sysgraph.advice.described import items_of, read_situations
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation
from sysgraph.case.document import Document, Path_, Plain, read_document
from sysgraph.case.read import read
from sysgraph.check import contradictions
from sysgraph.errors import BadFile, BadFiles, SysgraphError, suggest
from sysgraph.files import read_bytes
from sysgraph.near import nearest
from sysgraph.ontology import Ontology
from sysgraph.rdf import triples_of
from sysgraph.reason.explain import Explainer, Explanation, Ground, Origin, explain_case
from sysgraph.reason.rules import Facts
from sysgraph.terms import NAMESPACE, PREFIXES, Triple

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = [
    "Attested",
    "PracticeChange",
    "PracticeReport",
    "PracticeVerdict",
    "PracticeView",
    "SaidBy",
    "examine_case",
    "examine_file",
    "examine_practice",
]

_OBSERVATION = f"<{NAMESPACE}hasObservation>"
_OBSERVES = f"<{NAMESPACE}observesValue>"
_READING = f"<{NAMESPACE}hasReading>"
_WHY = f"<{NAMESPACE}why>"
_TITLE = f"<{PREFIXES['dcterms']}title>"
_SUPPOSED = Ground("supposed, to see what would follow")
_PLAIN = (".yaml", ".yml", ".json")


class SaidBy(StrEnum):
    """Who says that a practice is of a type, by the key of a case that says it."""

    LEADERS = "claims"
    CONTRIBUTOR = "primary"
    CONTRIBUTOR_TOO = "secondary"


_PROPERTIES = {
    SaidBy.LEADERS: f"<{NAMESPACE}claimsType>",
    SaidBy.CONTRIBUTOR: f"<{NAMESPACE}hasPrimaryType>",
    SaidBy.CONTRIBUTOR_TOO: f"<{NAMESPACE}hasSecondaryType>",
}


@dataclass(frozen=True, slots=True)
class Attested:
    """Somebody's word that a practice is of a type."""

    type: str
    by: SaidBy


@dataclass(frozen=True, slots=True)
class PracticeChange:
    """A smallest change of what one standpoint sees that makes a practice of a type.

    ``to`` maps facets to their new values and ``before`` to the old ones, None where that is not
    known; ``keeps`` are the facts on which it rests beside the change. ``becomes`` are all the
    types that the practice would be of; ``proof`` is that of the type in the changed case, in
    which the new values are marked as supposed.
    """

    to: Facets
    before: Mapping[str, str | None]
    keeps: Facets
    becomes: tuple[str, ...]
    hinges: tuple[Hinge, ...]
    proof: Explanation


@dataclass(frozen=True, slots=True)
class PracticeVerdict:
    """Whether a practice is what it is said to be, as one standpoint sees it.

    With ``proof`` it is, and ``hinges`` tells on what that hangs. Without, ``changes`` holds
    every smallest change that would make it so; there are none where nothing could.
    """

    type: str
    proof: Explanation | None
    hinges: tuple[Hinge, ...]
    changes: tuple[PracticeChange, ...]

    @property
    def holds(self) -> bool:
        """Tell whether the practice is of the type."""
        return self.proof is not None

    @property
    def is_open(self) -> bool:
        """Tell whether the type would hold if only what is not known turned out so."""
        return any(not any(change.before.values()) for change in self.changes)

    @property
    def is_possible(self) -> bool:
        """Tell whether the practice is of the type, or some change would make it so."""
        return self.holds or bool(self.changes)


@dataclass(frozen=True, slots=True)
class PracticeView:
    """A practice as one standpoint sees it: what it is, with proofs, and the word on trial.

    ``facets`` is what the standpoint sees, ``why`` its reasons, both by facet. ``enacts`` maps
    each type that the practice is of to the smallest proof; ``rests_on`` to the facts it uses.
    """

    id: str
    standpoint: str
    facets: Facets
    why: Mapping[str, str]
    enacts: Mapping[str, Explanation]
    rests_on: Mapping[str, Facets]
    verdicts: Mapping[str, PracticeVerdict]


@dataclass(frozen=True, slots=True)
class PracticeReport:
    """A practice examined from each standpoint. ``why`` is the contributor's reason.

    ``lines`` is what sources say of how the types in question are told apart.
    """

    id: str
    title: str
    said: tuple[Attested, ...]
    why: str
    views: tuple[PracticeView, ...]
    definitions: Definitions
    lines: tuple[FineLine, ...]

    def seen_by(self, kind: str) -> tuple[PracticeView, ...]:
        """Return the views by which the practice is of a type."""
        return tuple(view for view in self.views if kind in view.enacts)

    @property
    def enacts(self) -> tuple[str, ...]:
        """Return the types that the practice is of by any view, in the order of the graph."""
        return tuple(kind for kind in self.definitions.ways if self.seen_by(kind))

    @property
    def parted(self) -> tuple[str, ...]:
        """Return the types that the practice is of by some views and not by others."""
        return tuple(k for k in self.enacts if len(self.seen_by(k)) < len(self.views))

    @property
    def is_borne_out(self) -> bool | None:
        """Tell whether what those who lead claim holds by some view; None without a claim."""
        claimed = {said.type for said in self.said if said.by is SaidBy.LEADERS}
        return all(self.seen_by(kind) for kind in claimed) if claimed else None


def examine_case(
    case_id: str, store: Store, frame: Frame, definitions: Definitions | None = None
) -> PracticeReport:
    """Return what the practice of a stored case is, and is said to be.

    The case is taken from the store, the definitions from the shipped ontology. Takes some
    20 milliseconds and 10 more for each change; the definitions may be handed in to be shared.

    Raises:
        UnknownThing: there is no such case; carries the nearest ids.
    """
    explainer = explain_case(case_id, store)
    return _examine(case_id, explainer, frame, definitions or Definitions.of(frame))


def _examine(
    case_id: str, explainer: Explainer, frame: Frame, definitions: Definitions, title: str = ""
) -> PracticeReport:
    """Return what a practice is whose case an explainer explains, and is said to be."""
    facts = Facts(explainer.stated)
    case, practice = f"<{explainer.iri}>", f"<{explainer.iri}/practice>"
    said = [
        Attested(slug_in(value), by)
        for by, predicate in _PROPERTIES.items()
        for value in sorted(objects_of(facts, practice, predicate))
    ]
    readings = sorted(objects_of(facts, case, _READING), key=lambda iri: (len(iri), iri))
    examination = _Examination(explainer, facts, definitions, facets_by_value(frame))
    wanted = tuple(dict.fromkeys(one.type for one in said))
    views = tuple(examination.view(reading, wanted) for reading in readings)
    rivals = [(kind, _rivals(kind, view)) for view in views for kind in wanted]
    lines = dict.fromkeys(
        line
        for kind, others in rivals
        for line in definitions.lines
        if any(line.types == {kind, other} for other in others)
    )
    return PracticeReport(
        case_id,
        title or text_at(facts, case, _TITLE) or case_id,
        tuple(said),
        text_at(facts, practice, _WHY),
        views,
        definitions,
        tuple(lines),
    )


def _rivals(kind: str, view: PracticeView) -> set[str]:
    """Return the types that a practice is of instead of one, or would be but for one fact."""
    verdict = view.verdicts[kind]
    hinges = [*verdict.hinges, *(hinge for change in verdict.changes for hinge in change.hinges)]
    return {*view.enacts, *(other for hinge in hinges for other in hinge.becomes)} - {kind}


@dataclass(frozen=True, slots=True)
class _Examination:
    """One case under examination; ``slugs`` names facet and value of each value's IRI."""

    explainer: Explainer
    facts: Facts
    definitions: Definitions
    slugs: Mapping[str, tuple[str, str]]

    def view(self, reading: str, wanted: Sequence[str]) -> PracticeView:
        """Return what the practice is by one reading, and what would make the words true."""
        seen = list(self._seen(reading))
        facets = {facet: value for _, facet, value in seen}
        why = {facet: text_at(self.facts, node, _WHY) for node, facet, _ in seen}
        kinds = self._kinds(reading, self.explainer)
        proofs = {kind: self.explainer.explain(enacted_triple(reading, kind), 1) for kind in kinds}
        return PracticeView(
            slug_in(reading),
            text_at(self.facts, reading, f"<{NAMESPACE}standpoint>"),
            facets,
            {facet: text for facet, text in why.items() if text},
            proofs,
            {kind: self._used(proof) for kind, proof in proofs.items()},
            {kind: self._verdict(reading, facets, kind, proofs.get(kind)) for kind in wanted},
        )

    def _seen(self, reading: str) -> Iterator[tuple[str, str, str]]:
        """Yield all that a reading sees: where it is stated, with facet and value."""
        for value in objects_of(self.facts, reading, HAS_VALUE):
            yield (value, *self.slugs[value])
        for observation in objects_of(self.facts, reading, _OBSERVATION):
            for value in objects_of(self.facts, observation, _OBSERVES):
                yield (observation, *self.slugs[value])

    def _kinds(self, reading: str, explainer: Explainer) -> list[str]:
        """Return the types that a practice is of by a reading, in the order of the graph."""
        known = {slug_in(value) for _, _, value in explainer.known(reading, ENACTS)}
        return [kind for kind in self.definitions.ways if kind in known]

    def _used(self, explanation: Explanation) -> dict[str, str]:
        leaves = explanation.proofs.found[0].leaves()
        return dict(self.slugs[leaf[2]] for leaf in leaves if leaf[1] in (HAS_VALUE, _OBSERVES))

    def _verdict(
        self, reading: str, facets: Facets, kind: str, proof: Explanation | None
    ) -> PracticeVerdict:
        if proof is not None:
            hinges = self.definitions.hinges(facets, kind)
            return PracticeVerdict(kind, proof, tuple(hinges), ())
        found = self.definitions.changes(facets, kind)
        changes = tuple(self._change(reading, facets, kind, to) for to in found)
        return PracticeVerdict(kind, None, (), changes)

    def _change(self, reading: str, facets: Facets, kind: str, to: Facets) -> PracticeChange:
        """Return a change with what follows of the changed case, reasoned over anew."""
        iris = {pair: iri for iri, pair in self.slugs.items()}
        supposed = [(reading, HAS_VALUE, iris[pair]) for pair in to.items()]
        gone = {node for node, facet, _ in self._seen(reading) if facet in to}
        stated = self.explainer.stated
        kept = [triple for triple in stated if triple[0] != reading or triple[2] not in gone]
        changed = Explainer([*kept, *supposed], self.explainer.iri, self.explainer.origin)
        proof = changed.explain(enacted_triple(reading, kind), 1)
        grounds = {**proof.grounds, **{t: _SUPPOSED for t in supposed if t in proof.grounds}}
        return PracticeChange(
            to,
            {facet: facets.get(facet) for facet in to},
            {facet: value for facet, value in self._used(proof).items() if facet not in to},
            tuple(self._kinds(reading, changed)),
            tuple(self.definitions.hinges({**facets, **to}, kind)),
            replace(proof, grounds=grounds),
        )


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


def examine_file(path: Path, frame: Frame) -> list[PracticeReport]:
    """Return what each practice of a file is, and is said to be.

    The file is a contributed case, of which nothing but ``id``, ``practice`` and ``readings``
    needs to be there, or is written as a situation, or a list of them, with ``facets`` and a
    ``practice`` below which stand ``claims``, ``primary`` and ``secondary``.

    Raises:
        BadFile: it cannot be read, or holds no practice.
        BadFiles: facets, values or types do not exist, or a case may not say what it says or
            contradicts itself; every problem is named, with its line where that is known.
    """
    definitions = Definitions.of(frame)
    if path.suffix.lower() in _PLAIN:
        content = read_bytes(path)
        document = read_document(content, str(path))
        if not any(isinstance(i, dict) and "readings" in i for _, i in items_of(document)):
            found = _described(read_situations(content, str(path), frame), document, path, frame)
            return [_examine(s.id, e, frame, definitions, s.title or s.id) for s, e in found]
    return [_examine(case_id, e, frame, definitions) for case_id, e in _contributed(path)]


def _contributed(path: Path) -> list[tuple[str, Explainer]]:
    found = []
    problems: list[SysgraphError] = []
    for case in read(path, Ontology.load().vocabulary):
        findings = case.findings or contradictions(case)
        problems += [SysgraphError(str(finding)) for finding in findings]
        if not findings:
            stated = triples_of(case.quads)
            if not any(predicate == _READING for _, predicate, _ in stated):
                reason = "there is nothing to go by; write what is seen below"
                problems.append(BadFile(path, f"{reason} 'facets:' or 'readings:'"))
            origin = Origin(f"case {case.case_id}")
            found.append((case.case_id, Explainer(stated, case.iri, origin)))
    if problems:
        raise BadFiles(problems)
    return found


def _described(
    situations: Sequence[Situation], document: Document, path: Path, frame: Frame
) -> list[tuple[Situation, Explainer]]:
    found, problems = [], []
    for situation, (at, item) in zip(situations, items_of(document), strict=True):
        assert isinstance(item, dict)  # or it would have been no situation
        said, wrong = _said(item.get("practice", {}), frame)
        for key, reason in wrong:
            problems.append(BadFile(path, reason, *document.mark((*at, "practice", *key))))
        found.append((situation, _explainer(situation, said, frame)))
    if problems:
        raise BadFiles(problems)
    return found


def _said(practice: Plain, frame: Frame) -> tuple[list[Attested], list[tuple[Path_, str]]]:
    """Return who says that a practice is of which types, and what is wrong below which keys."""
    if not isinstance(practice, dict):
        return [], [((), "write 'claims:' and a leadership type below 'practice:'")]
    found: list[Attested] = []
    problems: list[tuple[Path_, str]] = []
    keys = (*_PROPERTIES, "why")
    for key, value in practice.items():
        if key not in keys:
            reason = f"a practice has no '{key}'; write only: {', '.join(keys)}"
            problems.append(((key,), reason))
        elif key != "why":
            for kind in value if isinstance(value, list) else [value]:
                if isinstance(kind, str) and kind in frame.types:
                    found.append(Attested(kind, SaidBy(key)))
                else:
                    near = suggest(nearest(str(kind), frame.types))
                    allowed = f"(allowed: {', '.join(frame.types)})"
                    problems.append(((key,), f"'{kind}' is no leadership type{near} {allowed}"))
    return found, problems


def _explainer(situation: Situation, said: Sequence[Attested], frame: Frame) -> Explainer:
    """Return what explains a described practice, laid out as a case with one reading."""
    # The id is anybody's text, and must not become part of an address.
    iri = f"{NAMESPACE}situation/described"
    practice, reading = f"<{iri}/practice>", f"<{iri}/readings/1>"
    values = (frame.facets[name].values[value].iri for name, value in situation.facets.items())
    stated: list[Triple] = [
        (f"<{iri}>", f"<{NAMESPACE}hasPractice>", practice),
        (f"<{iri}>", _READING, reading),
        *((practice, _PROPERTIES[s.by], f"<{NAMESPACE}type/{s.type}>") for s in said),
        *((reading, HAS_VALUE, f"<{value}>") for value in values),
    ]
    return Explainer(stated, iri, Origin("the practice described"))
