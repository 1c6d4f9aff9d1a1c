"""The two sides of a comparison: whole libraries, found by the names that people give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from sysgraph.advice.cases import CaseStudies, StoredCase
from sysgraph.advice.dissent import Dissent, discount, dissent
from sysgraph.advice.frame import Critique, Frame
from sysgraph.advice.said import load_critiques, load_frame
from sysgraph.case.contribution import Contribution
from sysgraph.case.document import owner_of
from sysgraph.case.read import ENDINGS, read
from sysgraph.check import check
from sysgraph.diff.dumps import find_dump, open_dump
from sysgraph.diff.facts import CaseFacts, facts_of
from sysgraph.diff.revision import find_checkout, find_revision
from sysgraph.diff.things import grow_terms
from sysgraph.errors import BadFile, BadFiles, BadSide, Raw, SysgraphError
from sysgraph.files import data, is_url, term_files
from sysgraph.ontology import Ontology
from sysgraph.rdf import in_graph, quads_of, read_turtle, triples_of
from sysgraph.reason.axioms import close, compile_axioms, knowledge, read_rules, settle
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts, Rule
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import compile_screen
from sysgraph.store.index import Entry, Index, entry_of
from sysgraph.store.local import Store, memory
from sysgraph.stores import open_store
from sysgraph.terms import (
    CRITIQUE,
    INFERRED_GRAPH,
    NAMESPACE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    Triple,
    contribution_of,
    graph_of,
    iri_of,
)
from sysgraph.vocabulary import Vocabulary

__all__ = [
    "Files",
    "Side",
    "files_of",
    "find_side",
    "folder_side",
    "lay",
    "name_of",
    "name_sides",
    "own_statements",
    "shipped_side",
    "whole",
]

SHIPPED = "shipped"
"""The name of the library that this version of sysgraph comes with."""
_CASE = PREFIXES["case"]
_DCTERMS = PREFIXES["dcterms"]


def name_of(iri: str) -> str:
    """Return the name of the contribution that a critique or a part of a case belongs to."""
    return owner_of(iri).removeprefix(_CASE).removeprefix(NAMESPACE)


def own_statements(name: str, quads: Iterable[ox.Quad]) -> frozenset[Triple]:
    """Return what a contribution says of itself and its parts, as N-Triples.

    What it says of anything else is refused by every other command, and is left out here.
    """
    iri = iri_of(name)
    starts = (f"<{iri}>", f"<{iri}/")
    return frozenset(triple for triple in triples_of(quads) if triple[0].startswith(starts))


@dataclass(eq=False)
class Side:
    """A whole library: an ontology with cases and critiques, which go by their names.

    ``ontology`` is the folder with its rules and shapes, which a store has not. ``laid`` are
    contributions laid over those of ``base``, whose store this is; one that says nothing is
    taken away. ``notes`` are things that a reader should know, a sentence each.
    """

    name: str
    store: Store
    ontology: Path | None = None
    base: Side | None = None
    laid: Mapping[str, frozenset[Triple]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._fetched = dict(self.laid)
        self._seen: dict[str, CaseFacts] = {}

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all cases and critiques that stand by themselves."""
        gone = {name for name, said in self.laid.items() if not said}
        there = filter(None, map(contribution_of, self.store.graphs()))
        return frozenset({*there, *self.laid} - gone)

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts; nothing where there is none of that name."""
        if name not in self._fetched:
            self._fetched[name] = (
                self.base.statements(name)
                if self.base
                else own_statements(name, self.store.quads(graph_of(name)))
            )
        return self._fetched[name]

    def case(self, name: str) -> CaseFacts:
        """Return what a case says at a glance."""
        if self.base and name not in self.laid:
            return self.base.case(name)
        if name not in self._seen:
            self._seen[name] = facts_of(name, self.statements(name))
        return self._seen[name]

    @cached_property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return frozenset(triples_of(self.store.quads(ONTOLOGY_GRAPH)))

    @cached_property
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say, or None where they do not come with this side."""
        if self.ontology is None:
            return None
        return frozenset(triples_of(Ontology(self.ontology).shapes))

    @cached_property
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule by its name, or None where none come with this side."""
        return Ontology(self.ontology).rules if self.ontology else None

    @cached_property
    def reasoner(self) -> Reasoner:
        """Return what reasons over a case by this side's ontology.

        owlrl is not asked for its opinion, as it is when the library is built: half a second in
        place of ten.
        """
        if self.base:
            return self.base.reasoner
        if self.rules in (None, Ontology.load().rules):
            theirs = triples_of(Ontology.load().terms)
            if self.terms == set(theirs) or grow_terms(self.terms) == grow_terms(theirs):
                return reasoner()
        stated = Facts(self.terms)
        rules = (*compile_axioms(stated.all), *settle(self._own_rules(), stated.all))
        return Reasoner(specialise(rules, close(rules, stated.all), stated))

    def _own_rules(self) -> tuple[Rule, ...]:
        try:
            if self.ontology:
                return read_rules(self.ontology / "rules")
            self.notes.append(f"{self.name} keeps no rules; those of this version were used.")
        except SysgraphError as error:
            reason = str(error).replace(f"{self.ontology}/", "")
            self.notes.append(
                f"{self.name}: this version cannot run the rules there ({reason}); its own were"
                " used in their place."
            )
        return read_rules(data() / "ontology" / "rules")

    @cached_property
    def frame(self) -> Frame:
        """Return what advice is made from."""
        if self.base:
            return _lay_over(self.base.frame, self.laid, self.terms)
        if self.ontology and INFERRED_GRAPH not in self.store.graphs():
            known = self.reasoner.program
            inferred = quads_of(knowledge(known.schema, known.stated), INFERRED_GRAPH)
            self.store.replace({INFERRED_GRAPH: inferred})
        return load_frame(self.store)

    @cached_property
    def dissent(self) -> Dissent:
        """Return what the critiques come to."""
        return dissent(self.frame)

    @cached_property
    def counted(self) -> Frame:
        """Return the frame without what no longer counts."""
        return discount(self.frame, self.dissent)


def shipped_side() -> Side:
    """Return the library that this version of sysgraph comes with."""
    return Side(SHIPPED, open_store(), data() / "ontology")


def folder_side(name: str, ontology: Path, shown: Mapping[Path, str] | None = None) -> Side:
    """Return an ontology folder with its cases, as it lies in a checkout or a git revision.

    ``shown`` gives the names that people know its files by, where these are others.

    Raises:
        BadFile, BadFiles: some of it cannot be read; all of that is named.
    """
    try:
        vocabulary = Ontology(ontology).vocabulary
    except KeyError:  # an old revision, from before critiques stood by themselves
        vocabulary = Ontology.load().vocabulary
    files = sorted([*ontology.glob("cases/*.yaml"), *ontology.glob("critiques/*.yaml")])
    found = _read(files, vocabulary, shown or {})
    quads = in_graph(read_turtle(term_files(ontology)), ONTOLOGY_GRAPH)
    for one in found:
        quads += in_graph(one.quads, graph_of(one.case_id))
    side = Side(name, memory(quads), ontology)
    refused = sum(len(one.findings) for one in found)
    if refused:
        side.notes.append(
            f"{name}: {refused} statements were refused by its own vocabulary and are left"
            " out; 'sysgraph validate' names them."
        )
    return side


def _read(
    files: Iterable[Path], vocabulary: Vocabulary, shown: Mapping[Path, str]
) -> list[Contribution]:
    """Return what files contribute; in whatever is told of them they go by the names shown."""
    found: dict[str, Contribution] = {}
    problems: list[SysgraphError] = []
    for file in files:
        name = shown.get(file, str(file))
        try:
            listed = read(file, vocabulary, critiques=True)
        except SysgraphError as error:
            several = error.problems if isinstance(error, BadFiles) else [error]
            problems += [_renamed(each, name) for each in several]
            continue
        for one in listed:
            one.file = name
            if one.case_id in found:
                reason = f"the {one.title} is in {found[one.case_id].file} too; name one of them"
                problems.append(BadFile(name, reason))
            found[one.case_id] = one
    if problems:
        raise problems[0] if len(problems) == 1 else BadFiles(problems)
    return list(found.values())


def _renamed(error: SysgraphError, name: str) -> SysgraphError:
    if not isinstance(error, BadFile):
        return error
    return BadFile(name, error.reason, error.line, error.column)


@dataclass(frozen=True, slots=True)
class Files:
    """Cases and critiques by themselves, from files; laid over a side they become one."""

    name: str
    said: Mapping[str, frozenset[Triple]]
    notes: Sequence[str]


def files_of(name: str, found: Iterable[Contribution]) -> Files:
    """Return contributions that were read from files as what can be laid over a side."""
    listed, ontology = list(found), Ontology.load()
    screen = compile_screen(ontology.folder)

    def screened(quads: Iterable[ox.Quad]) -> Iterable[Raw]:
        return screen.judge(triples_of(quads)).results

    said = {one.case_id: own_statements(one.case_id, one.quads) for one in listed}
    notes = [
        f"{one.file}: the {one.title} cannot be loaded as it is; run 'sysgraph validate' on it."
        for one in listed
        if not check(one, ontology.vocabulary, screened).is_sound
    ]
    for case_id, triples in said.items():
        if _is_draft(triples):
            notes.append(f"{case_id} is a draft: it is kept, and does not count as evidence.")
        gone = ", ".join(_superseded(case_id, triples))
        if gone:
            notes.append(f"{case_id} supersedes {gone}, which would no longer count as evidence.")
    return Files(name, said, notes)


def lay(files: Files, base: Side, names: Iterable[str] = ()) -> Side:
    """Return a side with files laid over it, and without what else goes by these names."""
    laid = {**dict.fromkeys(names, frozenset[Triple]()), **files.said}
    return replace(base, name=files.name, base=base, laid=laid, notes=[*files.notes])


def whole(before: Side | Files, after: Side | Files) -> tuple[Side, Side, Collection[str] | None]:
    """Return both sides whole, and the names to compare, or None for all of both.

    Files are laid over the other side, as if they were added to it or replaced its cases; two
    sets of files are each laid over the shipped library, from which those of the other are gone.
    """
    if isinstance(before, Side) and isinstance(after, Side):
        return before, after, None
    names = [name for one in (before, after) if isinstance(one, Files) for name in one.said]
    base = next((one for one in (before, after) if isinstance(one, Side)), None) or shipped_side()
    old, new = (lay(one, base, names) if isinstance(one, Files) else one for one in (before, after))
    return old, new, names


def _is_draft(triples: Iterable[Triple]) -> bool:
    """Tell whether a case says that it is a draft, which is kept and does not count."""
    return any(
        p == f"<{NAMESPACE}isDraft>" and o.startswith(('"true', '"1')) for _, p, o in triples
    )


def _superseded(name: str, triples: Iterable[Triple]) -> list[str]:
    """Return the ids of the cases that stop counting because of a case."""
    if _is_draft(triples):
        return []
    start, about = f"<{_CASE}", (f"<{iri_of(name)}>", f"<{_DCTERMS}replaces>")
    found = (o for s, p, o in triples if (s, p) == about and o.startswith(start))
    return sorted(value.removeprefix(start).rstrip(">") for value in found)


def _lay_over(
    frame: Frame, laid: Mapping[str, frozenset[Triple]], terms: Iterable[Triple]
) -> Frame:
    """Return a frame with the cases and critiques that count of what is laid over it.

    Drafts do not, nor what a case supersedes.
    """
    nothing = frozenset[Triple]()
    counted = {name: nothing if _is_draft(said) else said for name, said in laid.items()}
    for name, said in laid.items():
        counted |= dict.fromkeys(_superseded(name, said), nothing)
    entries = {
        name: entry_of(name, said) if said else None
        for name, said in counted.items()
        if not name.startswith(CRITIQUE)
    }
    cases = _LaidCases(frame.cases, entries)
    kept = [critique for critique in frame.critiques if name_of(critique.iri) not in counted]
    fresh = _critiques(counted, terms, cases.index())
    critiques = sorted([*kept, *fresh], key=lambda critique: critique.iri)
    return replace(frame, cases=cases, critiques=critiques)


def _critiques(
    counted: Mapping[str, frozenset[Triple]], terms: Iterable[Triple], index: Index
) -> list[Critique]:
    said = [triple for triples in counted.values() for triple in triples]
    about = {name_of(o.strip("<>")) for _, p, o in said if p == f"<{NAMESPACE}isAbout>"}
    held = quads_of([*terms, *said], ONTOLOGY_GRAPH)
    # Cases that are only spoken about are known by their titles.
    titles = zip(index.ids, index.titles, strict=True) if about else ()
    held += [
        ox.Quad(ox.NamedNode(iri_of(name)), ox.NamedNode(f"{_DCTERMS}title"), ox.Literal(title))
        for name, title in titles
        if name in about and name not in counted
    ]
    return load_critiques(memory(held))


class _LaidCases(CaseStudies):
    """The cases of another side, some of them added, replaced or, where None, taken away."""

    def __init__(self, base: CaseStudies, entries: Mapping[str, Entry | None]) -> None:
        super().__init__(None, base._facets)
        self._base, self._entries = base, entries
        self._index = deepcopy(base.index())
        for name, entry in entries.items():
            if entry is None:
                self._index.drop(name)
            else:
                self._index.put(entry)

    def index(self) -> Index:
        """Return the index of the cases."""
        return self._index

    def __getitem__(self, iri: str) -> StoredCase:
        name = iri.removeprefix(_CASE)
        if name not in self._entries:
            return self._base[iri]
        entry = self._entries[name]
        if entry is None:
            raise KeyError(iri)
        return StoredCase(*entry[:6])


def name_sides(named: Sequence[str]) -> tuple[str, str]:
    """Return the two names to compare where none, one or two were given.

    None: the checkout's HEAD and its working tree. A revision: that and the working tree.
    Anything else: the shipped library and that.

    Raises:
        BadSide: there is no checkout here, so that a name can be no revision either.
    """
    if len(named) == 2:
        return named[0], named[1]
    name = named[0] if named else "HEAD"
    if named and (name == SHIPPED or is_url(name) or Path(name).exists() or ":" in name):
        return SHIPPED, name
    try:
        return name, str(find_checkout(Path.cwd()))
    except BadSide as error:
        if not named or not name.strip():
            raise
        raise BadSide(name, "there is no such file, folder or store; is it spelled so?") from error


def find_side(name: str, folder: Path) -> Side | Files:
    """Return what a name means; files of a revision are written below an empty folder.

    A name is ``shipped``, the URL of an endpoint, a release's folder or its N-Quads, a store
    directory, a checkout or its ``ontology`` folder, a file or folder of cases, or a revision, in
    this order.

    Raises:
        BadSide: it is none of these.
        BadFile, BadFiles: files cannot be read; all of them are named.
        BadStore, EndpointFailed: a store cannot be asked.
    """
    if name == SHIPPED or is_url(name):
        return shipped_side() if name == SHIPPED else Side(name, open_store(name))
    if name.startswith("-"):
        raise BadSide(name, "a name does not begin with a hyphen; write ./ before that of a file")
    if not name.strip():
        raise BadSide("''", "an empty name means nothing; name a file, a store or a revision")
    place = Path(name)
    dump = find_dump(place)
    if dump is not None:
        return Side(name, open_dump(dump))
    if place.is_file():
        return _part(name, [place])
    if place.exists():
        if not _ontology_in(place) and ((place / "CURRENT").exists() or not any(place.iterdir())):
            return Side(name, open_store(name))
        return _folder(name, place, place.rglob("*"), {}, "in this folder")
    revision = find_revision(name, Path.cwd())
    if revision is None:
        raise BadSide(name, "this is neither a file, a folder, a store, nor a git revision here")
    path = revision.path or "ontology"
    files = revision.write(path, folder)
    start = f"{name.partition(':')[0]}:"
    shown = {file: f"{start}{file.relative_to(folder)}" for file in files}
    return _folder(name, folder / path, files, shown, "there")


def _ontology_in(place: Path) -> Path | None:
    folders = (place, place / "ontology")
    return next((each for each in folders if (each / "sysgraph.ttl").is_file()), None)


def _folder(
    name: str, place: Path, files: Iterable[Path], shown: Mapping[Path, str], where: str
) -> Side | Files:
    ontology = _ontology_in(place)
    if ontology:
        return folder_side(name, ontology, shown)
    cases = sorted(file for file in files if file.suffix.lower() in ENDINGS and file.is_file())
    if not cases:
        raise BadSide(name, f"there is no case {where}; cases end in {', '.join(ENDINGS)}")
    return _part(name, cases, shown)


def _part(name: str, files: Iterable[Path], shown: Mapping[Path, str] | None = None) -> Files:
    vocabulary = Ontology.load().vocabulary
    return files_of(name, _read(files, vocabulary, shown or {}))
