"""What a person names to be compared, found: a store, files, a checkout, or a git revision."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sysgraph.contribute import Contribution, load_vocabulary, read
from sysgraph.contribute.read import ENDINGS
from sysgraph.endpoint import is_url
from sysgraph.errors import BadFile, BadFiles, BadSide, SysgraphError
from sysgraph.paths import data
from sysgraph.review.overlay import Files, Overlaid
from sysgraph.review.revision import Revision, find_checkout, find_revision
from sysgraph.review.side import Side
from sysgraph.review.stored import Stored
from sysgraph.review.tree import Tree
from sysgraph.stores import open_store

__all__ = ["SHIPPED", "find_side", "name_sides", "whole"]

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
