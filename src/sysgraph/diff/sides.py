"""A folder with an ontology and cases as a side: a checkout, or what a git revision holds.

A store as a side: the shipped library, a directory, or an endpoint.
The files of a git revision, written out byte for byte; git is never given a shell.
What a person names to be compared, found: a store, files, a checkout, or a git revision.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.case.contribution import Contribution
from sysgraph.case.read import ENDINGS, read
from sysgraph.diff.overlay import Files, HeldCases, Overlaid, Side, is_same, own_statements
from sysgraph.errors import BadFile, BadFiles, BadSide, SysgraphError
from sysgraph.files import data, term_files
from sysgraph.ontology import Vocabulary, load_vocabulary
from sysgraph.rdf import quads_of, read_turtle, triples_of
from sysgraph.reason.axioms import close, compile_axioms, knowledge, read_rules
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts, Rule
from sysgraph.reason.shipped import reasoner
from sysgraph.store.index import entry_of
from sysgraph.store.wire import is_url
from sysgraph.stores import open_store
from sysgraph.terms import ONTOLOGY_GRAPH, Triple, contribution_of, graph_of

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = ["Stored", "Tree", "find_side", "name_sides", "whole"]


class Tree(Side):
    """A folder with an ontology and cases, as it lies in a checkout or in a git revision."""

    def __init__(self, name: str, ontology: Path, like: Tree | None = None) -> None:
        """Read it whole. Files that ``like`` holds as well are taken from there.

        Raises:
            BadFiles: some of it cannot be read; all of that is named.
        """
        super().__init__(name)
        self._ontology = ontology
        self._context = (ontology / "context.jsonld").read_bytes()
        self._terms = frozenset(triples_of(read_turtle(term_files(ontology))))
        self._rules = rule_texts(ontology)
        self._demands = demands_of(ontology)
        self._like = like
        self._files = self._read_files()
        self._cases = {one.case_id: one for found in self._files.values() for one in found}
        refused = sum(len(one.findings) for one in self._cases.values())
        if refused:
            self.notes.append(
                f"{name}: {refused} statements were refused by its own vocabulary and are left"
                " out; 'sysgraph validate' names them."
            )

    def _read_files(self) -> dict[str, list[Contribution]]:
        from hashlib import sha256

        known: Mapping[str, list[Contribution]] = {}
        if self._like is not None and self._like._context == self._context:
            known = self._like._files
        vocabulary = _vocabulary_of(self._ontology)
        found: dict[str, list[Contribution]] = {}
        problems: list[SysgraphError] = []
        folders = (self._ontology / "cases", self._ontology / "critiques")
        for path in sorted(path for folder in folders for path in folder.glob("*.yaml")):
            digest = sha256(path.read_bytes()).hexdigest()
            try:
                found[digest] = known.get(digest) or read(path, vocabulary, critiques=True)
            except BadFiles as error:
                problems += error.problems
            except SysgraphError as error:
                problems.append(error)
        if problems:
            raise BadFiles(problems)
        return found

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        return self._cases.keys()

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        found = self._cases.get(name)
        return own_statements(name, found.quads) if found else frozenset()

    @property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return self._terms

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say."""
        return self._demands

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule file."""
        return self._rules

    @property
    def reasoner(self) -> Reasoner:
        """Return what reasons by this ontology; shared with a side that says the same."""
        return self._made[0]

    @cached_property
    def _made(self) -> tuple[Reasoner, list[Triple]]:
        like = self._like
        if like is not None and (like.terms, like.rules) == (self._terms, self._rules):
            return like._made
        try:
            rules = read_rules(self._ontology / "rules")
        except SysgraphError as error:
            reason = str(error).replace(f"{self._ontology}/", "")
            self.notes.append(
                f"{self.name}: this version cannot run the rules there ({reason}); its own were"
                " used in their place."
            )
            rules = read_rules(data() / "ontology" / "rules")
        return compiled(self._terms, rules)

    @cached_property
    def frame(self) -> Frame:
        """Return what advice is made from."""
        from dataclasses import replace

        from sysgraph.advice.frame import load_frame, values_of
        from sysgraph.store.local import memory

        held = quads_of([*self._terms, *self._made[1]], ONTOLOGY_GRAPH)
        held += [
            ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_of(name)))
            for name, one in self._cases.items()
            for quad in one.quads
        ]
        frame = load_frame(memory(held))
        entries = [
            entry_of(name, triples_of(one.quads))
            for name, one in self._cases.items()
            if not one.is_critique
        ]
        return replace(frame, cases=HeldCases(entries, values_of(frame)))


def demands_of(ontology: Path) -> frozenset[Triple]:
    """Return what the shapes of an ontology folder say."""
    return frozenset(triples_of(read_turtle(sorted((ontology / "shapes").glob("*.ttl")))))


def rule_texts(ontology: Path) -> dict[str, str]:
    """Return the text of each rule of an ontology folder, by its name."""
    files = sorted((ontology / "rules").glob("*.rq"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def _vocabulary_of(ontology: Path) -> Vocabulary:
    try:
        return load_vocabulary(ontology)
    except KeyError:  # an old revision, from before critiques stood by themselves
        return load_vocabulary(data() / "ontology")


def compiled(terms: Iterable[Triple], rules: Iterable[Rule]) -> tuple[Reasoner, list[Triple]]:
    """Return a reasoner for an ontology, and what the ontology comes to by itself.

    owlrl is not asked for its opinion, as it is when the library is built: half a second in
    place of ten.
    """
    stated = Facts(terms)
    every = (*compile_axioms(stated.all), *rules)
    schema = close(every, stated.all)
    return Reasoner(specialise(every, schema, stated)), list(knowledge(schema, stated))


class Stored(Side):
    """A store, or the shipped library, whose cases are fetched as they are wanted."""

    def __init__(self, name: str, store: Store, *, shipped: bool) -> None:
        """Take an open store."""
        super().__init__(name)
        self.store = store
        self._shipped = shipped
        self._kept: dict[str, frozenset[Triple]] = {}

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        return frozenset(filter(None, map(contribution_of, self.store.graphs())))

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        if name not in self._kept:
            self._kept[name] = own_statements(name, self.store.quads(graph_of(name)))
        return self._kept[name]

    @cached_property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return frozenset(triples_of(self.store.quads(ONTOLOGY_GRAPH)))

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return the shapes of the shipped library; a store keeps none."""
        return demands_of(data() / "ontology") if self._shipped else None

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the rules of the shipped library; a store keeps none."""
        return rule_texts(data() / "ontology") if self._shipped else None

    @cached_property
    def frame(self) -> Frame:
        """Return what advice is made from."""
        from sysgraph.advice.frame import load_frame
        from sysgraph.advice.shipped import load_shipped_frame

        return load_shipped_frame() if self._shipped else load_frame(self.store)

    @cached_property
    def reasoner(self) -> Reasoner:
        """Return the shipped reasoner, or one compiled from the store's own ontology."""
        if self._shipped or is_same(self.terms, triples_of(_shipped_terms())):
            return reasoner()
        rules = read_rules(data() / "ontology" / "rules")
        self.notes.append(f"{self.name} keeps no rules; those of this version were used.")
        return compiled(self.terms, rules)[0]


def _shipped_terms() -> list[ox.Quad]:
    return read_turtle(term_files(data() / "ontology"))


_SECONDS = 60
_MOST_FILES = 20_000
_MOST_BYTES = 500_000_000
_FILES = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of a repository: its name as given, its hash, and a path within, if one is named."""

    name: str
    commit: str
    path: str
    repository: Path

    def write(self, path: str, folder: Path) -> list[Path]:
        """Write the files at a path of the revision below a folder, and return where they are.

        The blobs are read as they are: neither filters nor attributes such as export-ignore,
        which a contribution could bring along to hide a file, have a say.

        Raises:
            BadSide: there is nothing at that path, or far too much.
        """
        listed = self._list(path)
        if not listed:
            raise BadSide(self.name, f"there is no '{path or '/'}' in that revision")
        if len(listed) > _MOST_FILES:
            raise BadSide(self.name, f"it has more than {_MOST_FILES:,} files")
        blobs = self._read([blob for blob, _ in listed])
        found = []
        for (_, name), content in zip(listed, blobs, strict=True):
            parts = PurePosixPath(name).parts
            if not parts or name.startswith("/") or ".." in parts:
                raise BadSide(self.name, f"it has a file of the name '{name}'")
            place = folder.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            found.append(place)
        return found

    def _list(self, path: str) -> list[tuple[str, str]]:
        wanted = ("--", path) if path else ()
        told = _git(self.repository, "ls-tree", "-r", "-z", "--full-tree", self.commit, *wanted)
        found = []
        for line in told.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, blob = about.split(b" ")
            if mode in _FILES:  # neither links nor other repositories
                found.append((blob.decode(), os.fsdecode(name)))
        return found

    def _read(self, blobs: list[str]) -> list[bytes]:
        told = _git(self.repository, "cat-file", "--batch", data="\n".join(blobs).encode() + b"\n")
        if len(told) > _MOST_BYTES:
            raise BadSide(self.name, f"its files have more than {_MOST_BYTES:,} bytes")
        found, start = [], 0
        for blob in blobs:
            end = told.index(b"\n", start)
            head = told[start:end].split(b" ")
            if len(head) != 3:
                raise BadSide(self.name, f"git has lost the object {blob}; try 'git fetch'")
            start = end + 1 + int(head[2])
            found.append(told[end + 1 : start])
            start += 1
        return found


def find_checkout(where: Path) -> Path:
    """Return the top folder of the git checkout around a folder.

    Raises:
        BadSide: there is none, or no git.
    """
    try:
        return Path(os.fsdecode(_git(where, "rev-parse", "--show-toplevel").strip()))
    except _Failed as error:
        reason = "this folder is in no git checkout; name two stores, folders or files"
        raise BadSide(str(where), reason) from error


def find_revision(name: str, where: Path) -> Revision | None:
    """Return what a revision name such as ``HEAD~1``, ``main`` or ``main:path`` means, or None.

    Raises:
        BadSide: the name begins with a hyphen, as options do.
    """
    if name.startswith("-"):
        raise BadSide(name, "a revision does not begin with a hyphen")
    commitish, _, path = name.partition(":")
    if not commitish or "\0" in name or "\n" in name:
        return None
    wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commitish}^{{commit}}")
    try:
        commit = _git(where, *wanted).decode().strip()
        return Revision(name, commit, path.strip("/"), find_checkout(where))
    except _Failed:
        return None


class _Failed(BadSide):
    """Git said no."""


def _git(where: Path, *arguments: str, data: bytes = b"") -> bytes:
    command = ["git", "-C", str(where), "--no-pager", "--literal-pathspecs", *arguments]
    calm = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=_SECONDS, check=False, env=calm
        )
    except FileNotFoundError as error:
        raise BadSide(arguments[-1], "git is not installed, so revisions cannot be read") from error
    except subprocess.TimeoutExpired as error:
        raise BadSide(arguments[-1], f"git took longer than {_SECONDS} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise _Failed(arguments[-1], said or "git does not know it")
    return done.stdout


SHIPPED = "shipped"
"""The name of the library that this version of sysgraph comes with."""


def name_sides(named: Sequence[str]) -> tuple[str, str]:
    """Return the two names to compare where none, one or two were given.

    None: the checkout's HEAD and its working tree. A revision: that and the working tree.
    Anything else: the shipped library and that.

    Raises:
        BadSide: there is no checkout here.
    """
    if len(named) == 2:
        return named[0], named[1]
    if not named:
        return "HEAD", str(find_checkout(Path.cwd()))
    (name,) = named
    if name == SHIPPED or is_url(name) or Path(name).exists() or ":" in name:
        return SHIPPED, name
    return name, str(find_checkout(Path.cwd()))


def find_side(name: str, folder: Path, like: object = None) -> Side | Files:
    """Return what a name means; files of a revision are written below an empty folder.

    A name is ``shipped``, the URL of an endpoint, a store directory, a checkout or its
    ``ontology`` folder, a file or folder of cases, or a revision, in this order. Files of
    ``like`` that are the same are not read again.

    Raises:
        BadSide: it is none of these.
        BadFile, BadFiles: files cannot be read; all of them are named.
        BadStore, EndpointFailed: a store cannot be asked.
    """
    if name == SHIPPED or is_url(name):
        return Stored(name, open_store(None if name == SHIPPED else name), shipped=name == SHIPPED)
    if name.startswith("-"):
        raise BadSide(name, "a name does not begin with a hyphen; write ./ before that of a file")
    if not name.strip():
        raise BadSide("''", "an empty name means nothing; name a file, a store or a revision")
    known = like if isinstance(like, Tree) else None
    place = Path(name)
    if place.exists():
        return _find_place(name, place, known)
    revision = find_revision(name, Path.cwd())
    if revision is None:
        raise BadSide(name, "this is neither a file, a folder, a store, nor a git revision here")
    return _find_in_revision(revision, folder, known)


def _find_place(name: str, place: Path, like: Tree | None) -> Side | Files:
    if place.is_file():
        return _part(name, [place])
    for ontology in (place, place / "ontology"):
        if (ontology / "sysgraph.ttl").is_file():
            return Tree(name, ontology, like)
    if (place / "CURRENT").exists() or not any(place.iterdir()):
        return Stored(name, open_store(name), shipped=False)
    files = sorted(p for p in place.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    if not files:
        raise BadSide(name, f"there is no case in this folder; cases end in {', '.join(ENDINGS)}")
    return _part(name, files)


def _find_in_revision(revision: Revision, folder: Path, like: Tree | None) -> Side | Files:
    files = revision.write(revision.path or "ontology", folder)
    top = folder / (revision.path or "ontology")
    for ontology in (top, top / "ontology"):
        if (ontology / "sysgraph.ttl").is_file():
            return Tree(revision.name, ontology, like)
    wanted = [path for path in files if path.suffix.lower() in ENDINGS]
    if not wanted:
        raise BadSide(revision.name, f"there is no case there; cases end in {', '.join(ENDINGS)}")
    start = f"{revision.name.partition(':')[0]}:"
    return _part(revision.name, wanted, {str(p): f"{start}{p.relative_to(folder)}" for p in wanted})


def _part(name: str, files: Sequence[Path], known_as: dict[str, str] | None = None) -> Files:
    vocabulary = load_vocabulary(data() / "ontology")
    found: dict[str, Contribution] = {}
    problems: list[SysgraphError] = []
    for file in files:
        shown = (known_as or {}).get(str(file), str(file))
        try:
            listed = read(file, vocabulary, critiques=True)
        except BadFiles as error:
            problems += [_renamed(each, shown) for each in error.problems]
            continue
        except BadFile as error:
            problems.append(_renamed(error, shown))
            continue
        for one in listed:
            one.file = shown
            if one.case_id in found:
                reason = f"the {one.title} is in {found[one.case_id].file} too; name one of them"
                problems.append(BadFile(shown, reason))
            found[one.case_id] = one
    if problems:
        raise problems[0] if len(problems) == 1 else BadFiles(problems)
    return Files(name, found.values())


def _renamed(error: SysgraphError, shown: str) -> SysgraphError:
    """Return the error with the name that a person knows the file by."""
    if not isinstance(error, BadFile):
        return error
    return BadFile(shown, error.reason, error.line, error.column)


def whole(before: Side | Files, after: Side | Files) -> tuple[Side, Side, frozenset[str] | None]:
    """Return both sides whole, and the names to compare, or None for all of both.

    Files are laid over the other side, as if they were added to it or replaced its cases; two
    sets of files are each laid over the shipped library, from which those of the other are gone.
    """
    if isinstance(before, Side) and isinstance(after, Side):
        return before, after, None
    if isinstance(before, Side):
        assert isinstance(after, Files)  # as was asked above
        return before, Overlaid(before, after), frozenset(after.cases)
    if isinstance(after, Side):
        return Overlaid(after, before), after, frozenset(before.cases)
    shipped = Stored(SHIPPED, open_store(), shipped=True)
    names = frozenset({*before.cases, *after.cases})
    return (
        Overlaid(shipped, before, names - before.cases.keys()),
        Overlaid(shipped, after, names - after.cases.keys()),
        names,
    )
