"""What it takes to be of a leadership type: the ontology's definitions, laid out as facet values.

Nothing is written down here of what the types are. A situation in which every value of every
facet holds is reasoned over once; what each proof of "enacts type" comes down to is one way of
being of that type. No value ever takes a type away, so that these ways say all there is to say.

What was found of a practice: what it is, what it is said to be, what would make that true.
What a practice is by the definitions, what it is said to be, and what would make that true.
A practice described in a file: a few facets and a claim, or a whole contributed case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sysgraph.advice.board import Facets
from sysgraph.advice.frame import Frame, Source, values_of
from sysgraph.advice.situation import Situation, read_situations
from sysgraph.case.document import Document, Path_, Plain, read_document
from sysgraph.case.read import read
from sysgraph.check import contradictions
from sysgraph.errors import BadFile, BadFiles, SysgraphError, suggest
from sysgraph.files import data, read_bytes
from sysgraph.near import nearest
from sysgraph.ontology import load_vocabulary
from sysgraph.rdf import quads_of, text_of, triples_of
from sysgraph.reason.explain import Explainer, Explanation, Ground, Origin, explain_case
from sysgraph.reason.shipped import reasoner
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, local_name

if TYPE_CHECKING:
    from sysgraph.reason.engine import Reasoner
    from sysgraph.store.local import Store

__all__ = [
    "ENACTS",
    "HAS_VALUE",
    "Change",
    "Definitions",
    "Hinge",
    "PracticeReport",
    "Said",
    "SaidBy",
    "Verdict",
    "View",
    "examine_case",
    "examine_file",
    "examine_practice",
]

ENACTS = f"<{NAMESPACE}enactsType>"
HAS_VALUE = f"<{NAMESPACE}hasFacetValue>"
_MOST_WAYS = 1_000
_OWL = PREFIXES["owl"]
_SKOS = PREFIXES["skos"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What the ontology says that leading of a type is, with its note on whose words these are."""

    says: str
    note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class FineLine:
    """What a source says of how two types are told apart. ``ground`` is that of the claim."""

    types: frozenset[str]
    says: str
    ground: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Hinge:
    """A facet on which it hangs whether a practice is of a type.

    Were the facet's value any of ``values`` and all else the same, the practice would not be of
    the type; ``becomes`` are the types that it would be of.
    """

    facet: str
    values: tuple[str, ...]
    becomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The ways of being of each type, each the smallest set of facet values that suffices.

    ``texts`` gives the definitions in words, by type; ``lines`` what is said of two types.
    """

    ways: Mapping[str, tuple[Facets, ...]]
    values: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, Definition]
    lines: tuple[FineLine, ...]

    @staticmethod
    def of(frame: Frame, by: Reasoner | None = None) -> Definitions:
        """Return the definitions of an ontology, by default of the shipped one.

        Raises:
            SysgraphError: a type has more than 1,000 ways, which would not all be looked at.
        """
        by = by or reasoner()
        iri = f"{NAMESPACE}situation/every-value"
        facets = values_of(frame)
        stated = [(f"<{iri}>", HAS_VALUE, f"<{value}>") for value in facets]
        explainer = Explainer(stated, iri, Origin("every value at once"), by)
        slugs = {v.iri: (f.id, v.id) for f in frame.facets.values() for v in f.values.values()}
        return Definitions(
            {kind: tuple(_ways(explainer, kind, slugs)) for kind in frame.types},
            {facet.id: tuple(facet.values) for facet in frame.facets.values()},
            {kind: text for kind in frame.types for text in _texts(kind, by)},
            tuple(_lines(by)),
        )

    @property
    def facets(self) -> list[str]:
        """Return the facets that any definition asks about, in the order of the graph."""
        asked = {facet for ways in self.ways.values() for way in ways for facet in way}
        return [facet for facet in self.values if facet in asked]

    def enacted(self, facets: Facets) -> tuple[str, ...]:
        """Return the types that these facet values are enough for."""
        return tuple(
            kind
            for kind, ways in self.ways.items()
            if any(way.items() <= facets.items() for way in ways)
        )

    def changes(self, facets: Facets, kind: str) -> list[dict[str, str]]:
        """Return every smallest change of the facet values that makes a type hold.

        Each maps facets to their new values, and none is part of another. An empty one tells
        that the type holds already; no change at all, that nothing could make it hold.
        """
        ways = self.ways[kind]
        needed = [{f: v for f, v in way.items() if facets.get(f) != v} for way in ways]
        smallest: list[dict[str, str]] = []
        for change in sorted(needed, key=len):
            if not any(part.items() <= change.items() for part in smallest):
                smallest.append(change)
        return smallest

    def hinges(self, facets: Facets, kind: str) -> list[Hinge]:
        """Return on which of the known facets it hangs that a type holds, and what else it'd be."""
        found = []
        for facet in self.facets:
            others: dict[tuple[str, ...], list[str]] = {}
            for value in self.values[facet] if facet in facets else ():
                enacted = self.enacted({**facets, facet: value})
                if kind not in enacted:
                    others.setdefault(enacted, []).append(value)
            found += [Hinge(facet, tuple(values), types) for types, values in others.items()]
        return found

    def line_between(self, one: str, others: Iterable[str]) -> Iterator[FineLine]:
        """Yield what is said of how a type is told apart from any of some others."""
        wanted = [frozenset({one, other}) for other in others]
        yield from (line for line in self.lines if line.types in wanted)


def _ways(
    explainer: Explainer, kind: str, slugs: Mapping[str, tuple[str, str]]
) -> list[dict[str, str]]:
    proofs = explainer.explain(
        (f"<{explainer.iri}>", ENACTS, f"<{NAMESPACE}type/{kind}>"), _MOST_WAYS
    ).proofs
    if not proofs.is_complete:
        raise SysgraphError(f"the type {kind} has too many ways of being enacted to look at all")
    found: list[dict[str, str]] = []
    for proof in proofs.found:
        leaves = [leaf[2] for leaf in proof.leaves() if leaf[1] == HAS_VALUE]
        values = [slugs[leaf.strip("<>")] for leaf in leaves]
        way = dict(values)
        # A facet has one value at a time, so that a proof by two of them is of nothing real.
        if len(way) == len(values) and way not in found:
            found.append(way)
    return [way for way in found if not any(part.items() < way.items() for part in found)]


def _texts(kind: str, by: Reasoner) -> Iterator[Definition]:
    """Yield how the classes of what enacts a type are defined in words."""
    schema = by.program.schema
    for restriction, _, _ in schema.of(("?r", f"<{_OWL}hasValue>", f"<{NAMESPACE}type/{kind}>")):
        if (restriction, f"<{_OWL}onProperty>", ENACTS) not in schema:
            continue
        below = schema.of(("?c", f"<{PREFIXES['rdfs']}subClassOf>", restriction))
        for name in sorted(c for c, _, _ in below if c.startswith(f"<{NAMESPACE}")):
            says, note = (
                _text(by, name, f"<{_SKOS}{what}>") for what in ("definition", "scopeNote")
            )
            yield Definition(says, note, _sources(by, name))


def _lines(by: Reasoner) -> Iterator[FineLine]:
    schema = by.program.schema
    start, kind = f"<{NAMESPACE}type/", f"<{PREFIXES['rdf']}type>"
    claims = {claim for claim, _, _ in schema.of(("?c", kind, f"<{NAMESPACE}Claim>"))}
    # A disclosure speaks of this graph and its limits, not of what the types are.
    claims -= {claim for claim, _, _ in schema.of(("?c", kind, f"<{NAMESPACE}Disclosure>"))}
    for claim in sorted(claims):
        about = [o for _, _, o in schema.of((claim, f"<{NAMESPACE}isAbout>", "?o"))]
        types = frozenset(local_name(o.strip("<>")) for o in about if o.startswith(start))
        if len(types) == 2:
            ground = schema.of((claim, f"<{NAMESPACE}hasGround>", "?o"))[0][2].strip("<>")
            says = _text(by, claim, f"<{NAMESPACE}says>")
            yield FineLine(types, says, local_name(ground), _sources(by, claim))


def _sources(by: Reasoner, subject: str) -> tuple[Source, ...]:
    dcterms, schema = PREFIXES["dcterms"], by.program.schema
    found = []
    for _, _, source in sorted(schema.of((subject, f"<{dcterms}source>", "?o"))):
        checking = schema.of((source, f"<{NAMESPACE}hasChecking>", "?o"))
        found.append(
            Source(
                local_name(source.strip("<>")),
                _text(by, source, f"<{dcterms}bibliographicCitation>"),
                local_name(checking[0][2].strip("<>")) if checking else "unchecked",
                _text(by, source, f"<{PREFIXES['schema']}url>") or None,
            )
        )
    return tuple(found)


def _text(by: Reasoner, subject: str, predicate: str) -> str:
    return " ".join(literal_text(o) for _, _, o in by.program.schema.of((subject, predicate, "?o")))


def literal_text(term: str) -> str:
    """Return the text of a literal, or the IRI of a node."""
    triple: Triple = ("<a:s>", "<a:p>", term)
    (quad,) = quads_of([triple])
    return text_of(quad.object)


class SaidBy(StrEnum):
    """Who says that a practice is of a type, by the key of a case that says it."""

    LEADERS = "claims"
    CONTRIBUTOR = "primary"
    CONTRIBUTOR_TOO = "secondary"


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's word that a practice is of a type."""

    type: str
    by: SaidBy


@dataclass(frozen=True, slots=True)
class Change:
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
class Verdict:
    """Whether a practice is what it is said to be, as one standpoint sees it.

    With ``proof`` it is, and ``hinges`` tells on what that hangs. Without, ``changes`` holds
    every smallest change that would make it so; there are none where nothing could.
    """

    type: str
    proof: Explanation | None
    hinges: tuple[Hinge, ...]
    changes: tuple[Change, ...]

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
class View:
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
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True, slots=True)
class PracticeReport:
    """A practice examined from each standpoint. ``why`` is the contributor's reason.

    ``lines`` is what sources say of how the types in question are told apart.
    """

    id: str
    title: str
    said: tuple[Said, ...]
    why: str
    views: tuple[View, ...]
    definitions: Definitions
    lines: tuple[FineLine, ...]

    def seen_by(self, kind: str) -> tuple[View, ...]:
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


_OBSERVATION = f"<{NAMESPACE}hasObservation>"
_OBSERVES = f"<{NAMESPACE}observesValue>"
_WHY = f"<{NAMESPACE}why>"
_SUPPOSED = Ground("supposed, to see what would follow")


_PROPERTIES = {
    f"<{NAMESPACE}claimsType>": SaidBy.LEADERS,
    f"<{NAMESPACE}hasPrimaryType>": SaidBy.CONTRIBUTOR,
    f"<{NAMESPACE}hasSecondaryType>": SaidBy.CONTRIBUTOR_TOO,
}


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
    title = title_of(explainer) or case_id
    return examine(case_id, title, explainer, frame, definitions or Definitions.of(frame))


def title_of(explainer: Explainer) -> str:
    """Return the title of the case that an explainer explains, or nothing where it has none."""
    title = (f"<{explainer.iri}>", f"<{PREFIXES['dcterms']}title>")
    return next((literal_text(o) for s, p, o in explainer.stated if (s, p) == title), "")


def examine(
    case_id: str, title: str, explainer: Explainer, frame: Frame, definitions: Definitions
) -> PracticeReport:
    """Return what a practice is whose case an explainer explains, and is said to be."""
    facts = _Facts.gather(explainer.stated)
    practice = f"<{explainer.iri}/practice>"
    said = [
        Said(local_name(value.strip("<>")), _PROPERTIES[predicate])
        for predicate in _PROPERTIES
        for value in sorted(facts.of(practice, predicate))
    ]
    readings = sorted(facts.of(f"<{explainer.iri}>", f"<{NAMESPACE}hasReading>"), key=_number)
    trial = _Trial(explainer, facts, definitions, _slugs(frame))
    wanted = tuple(dict.fromkeys(one.type for one in said))
    views = tuple(trial.view(reading, wanted) for reading in readings)
    lines = {
        line: None
        for view in views
        for kind in wanted
        for line in definitions.line_between(kind, _rivals(kind, view))
    }
    why = " ".join(literal_text(value) for value in facts.of(practice, _WHY))
    return PracticeReport(case_id, title, tuple(said), why, views, definitions, tuple(lines))


def _rivals(kind: str, view: View) -> set[str]:
    """Return the types that a practice is of instead of one, or would be but for one fact."""
    hinges = [*view.verdicts[kind].hinges]
    hinges += [hinge for change in view.verdicts[kind].changes for hinge in change.hinges]
    return {*view.enacts, *(other for hinge in hinges for other in hinge.becomes)} - {kind}


def _number(reading: str) -> tuple[int, str]:
    return (len(reading), reading)


def _slugs(frame: Frame) -> dict[str, tuple[str, str]]:
    return {
        f"<{value.iri}>": (facet.id, value.id)
        for facet in frame.facets.values()
        for value in facet.values.values()
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a case states, by subject and predicate."""

    by: dict[tuple[str, str], list[str]]

    @staticmethod
    def gather(stated: Sequence[Triple]) -> _Facts:
        by: dict[tuple[str, str], list[str]] = {}
        for subject, predicate, value in stated:
            by.setdefault((subject, predicate), []).append(value)
        return _Facts(by)

    def of(self, subject: str, predicate: str) -> list[str]:
        return self.by.get((subject, predicate), [])


@dataclass(frozen=True, slots=True)
class _Trial:
    """One case under examination; ``slugs`` names facet and value of each value's IRI."""

    explainer: Explainer
    facts: _Facts
    definitions: Definitions
    slugs: Mapping[str, tuple[str, str]]
    iris: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.iris.update({slugs: iri for iri, slugs in self.slugs.items()})

    def view(self, reading: str, wanted: Sequence[str]) -> View:
        """Return what the practice is by one reading, and what would make the words true."""
        seen = list(self._seen(reading))
        facets = {facet: value for facet, value, _ in seen}
        known = [o for _, _, o in self.explainer.known(reading, ENACTS)]
        order = list(self.definitions.ways)
        kinds = sorted((local_name(o.strip("<>")) for o in known), key=order.index)
        proofs = {kind: self.explainer.explain(_enacts(reading, kind), 1) for kind in kinds}
        standpoint = self.facts.of(reading, f"<{NAMESPACE}standpoint>")
        return View(
            local_name(reading.strip("<>")),
            literal_text(standpoint[0]) if standpoint else "",
            facets,
            {facet: why for facet, _, why in seen if why},
            proofs,
            {kind: self._used(proof) for kind, proof in proofs.items()},
            {kind: self._verdict(reading, facets, kind, proofs.get(kind)) for kind in wanted},
        )

    def _seen(self, reading: str) -> Iterator[tuple[str, str, str]]:
        """Yield facet, value and reason of all that a reading sees."""
        for value in self.facts.of(reading, HAS_VALUE):
            yield (*self.slugs[value], "")
        for observation in self.facts.of(reading, _OBSERVATION):
            for value in self.facts.of(observation, _OBSERVES):
                why = " ".join(literal_text(text) for text in self.facts.of(observation, _WHY))
                yield (*self.slugs[value], why)

    def _used(self, explanation: Explanation) -> dict[str, str]:
        leaves = explanation.proofs.found[0].leaves()
        return dict(self.slugs[leaf[2]] for leaf in leaves if leaf[1] in (HAS_VALUE, _OBSERVES))

    def _verdict(
        self, reading: str, facets: Facets, kind: str, proof: Explanation | None
    ) -> Verdict:
        if proof is not None:
            return Verdict(kind, proof, tuple(self.definitions.hinges(facets, kind)), ())
        found = self.definitions.changes(facets, kind)
        return Verdict(kind, None, (), tuple(self._tried(reading, facets, kind, c) for c in found))

    def _tried(self, reading: str, facets: Facets, kind: str, to: Facets) -> Change:
        """Return a change with what follows of the changed case, reasoned over anew."""
        supposed = [(reading, HAS_VALUE, self.iris[pair]) for pair in to.items()]
        kept = [
            triple for triple in self.explainer.stated if not self._contests(triple, reading, to)
        ]
        changed = Explainer([*kept, *supposed], self.explainer.iri, self.explainer.origin)
        proof = changed.explain(_enacts(reading, kind), 1)
        grounds = {**proof.grounds, **{t: _SUPPOSED for t in supposed if t in proof.grounds}}
        order = list(self.definitions.ways)
        becomes = [local_name(o.strip("<>")) for _, _, o in changed.known(reading, ENACTS)]
        used = self._used(proof)
        after = {**facets, **to}
        return Change(
            to,
            {facet: facets.get(facet) for facet in to},
            {facet: value for facet, value in used.items() if facet not in to},
            tuple(sorted(becomes, key=order.index)),
            tuple(self.definitions.hinges(after, kind)),
            replace(proof, grounds=grounds),
        )

    def _contests(self, triple: Triple, reading: str, to: Facets) -> bool:
        """Tell whether a statement gives a reading the old value of a facet that is changed."""
        subject, predicate, value = triple
        if subject != reading or predicate not in (HAS_VALUE, _OBSERVATION):
            return False
        values = [value] if predicate == HAS_VALUE else self.facts.of(value, _OBSERVES)
        return any(self.slugs[one][0] in to for one in values)


def _enacts(reading: str, kind: str) -> Triple:
    return (reading, ENACTS, f"<{NAMESPACE}type/{kind}>")


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
