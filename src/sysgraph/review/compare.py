"""Two sides compared: what they say, and what difference that makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sysgraph.contribute import load_vocabulary
from sysgraph.graph import RDF_TYPE
from sysgraph.paths import data
from sysgraph.review.overlay import Files
from sysgraph.review.parts import Part, compare_parts, grow
from sysgraph.review.report import Line, Review, Status, Subject
from sysgraph.review.side import Side, iri_of
from sysgraph.review.sides import find_side, name_sides, whole
from sysgraph.review.vocabularies import grow_terms
from sysgraph.review.words import Words, kind_of
from sysgraph.terms import CRITIQUE, PREFIXES

__all__ = ["compare", "compare_sides"]

_TITLE = f"<{PREFIXES['dcterms']}title>"
_KIND = f"<{RDF_TYPE.value}>"
_FIRST = ("consideration", "effect", "caution", "rule")


def compare(named: Sequence[str], situations: Path | None = None) -> Review:
    """Return in what two sides differ, named as on the command line.

    ``situations`` is a file of situations to work out on both sides, in place of those that the
    readings of all cases describe.

    Raises:
        BadSide: a name means nothing here.
        BadFile, BadFiles: files cannot be read; all of them are named.
        BadStore, EndpointFailed: a store cannot be asked.
    """
    names = name_sides(named)
    with TemporaryDirectory(prefix="sysgraph-") as folder:
        found: list[Side | Files] = []
        for number, name in enumerate(names):
            place = Path(folder) / str(number)
            place.mkdir()
            found.append(find_side(name, place, found[0] if found else None))
        before, after, only = whole(found[0], found[1])
        return compare_sides(before, after, only, situations)


def compare_sides(
    before: Side, after: Side, only: Iterable[str] | None = None, situations: Path | None = None
) -> Review:
    """Return in what two whole sides differ; ``only`` names contributions to look at."""
    ours = frozenset(only) if only is not None else frozenset({*before.names, *after.names})
    terms = before.terms if before.terms == after.terms else None
    words = Words(before.terms) if terms is not None else Words(before.terms, after.terms)
    trees = _changed_trees(sorted(ours), before, after, words)
    contributions = tuple(_subject(name, *pair, words) for name, pair in trees.items())
    ontology = (
        ()
        if terms is not None and before.rules == after.rules and (before.demands == after.demands)
        else tuple(_ontology(before, after, words))
    )
    notes = (*_renamed(trees), *before.notes, *after.notes)
    review = Review(before.name, after.name, contributions, ontology, notes=notes)
    if not review.is_empty:
        from sysgraph.review.consequence import add_consequences

        review = add_consequences(review, before, after, words, situations)
    return review


_Trees = Mapping[str, tuple[Part | None, Part | None]]


def _changed_trees(names: Sequence[str], before: Side, after: Side, words: Words) -> _Trees:
    holders = frozenset(f"<{p}>" for p in _holders())
    found = {}
    for name in names:
        iri = iri_of(name)
        said = [side.statements(name) for side in (before, after)]
        for triples in said:
            for subject, predicate, value in triples:
                if predicate == _TITLE and subject == f"<{iri}>":
                    words.call(subject, value[1 : value.rindex('"')])
        if said[0] == said[1]:
            continue
        old, new = (grow(iri, triples, holders) for triples in said)
        if (old and old.says) != (new and new.says):
            found[name] = (old, new)
    return found


def _renamed(trees: _Trees) -> tuple[str, ...]:
    """Return which contributions say the same under another name, a sentence each."""
    gone = {repr(old.says): name for name, (old, new) in trees.items() if old and not new}
    come = {repr(new.says): name for name, (old, new) in trees.items() if new and not old}
    return tuple(
        f"{come[said]} says what {gone[said]} said: it has another id, and nothing else changed."
        for said in sorted(gone.keys() & come.keys())
    )


def _holders() -> frozenset[str]:
    vocabulary = load_vocabulary(data() / "ontology")
    return vocabulary.parts | (vocabulary.critiques.parts if vocabulary.critiques else frozenset())


def _status(old: object, new: object) -> Status:
    if old is None:
        return Status.ADDED
    return Status.REMOVED if new is None else Status.CHANGED


def _subject(name: str, old: Part | None, new: Part | None, words: Words) -> Subject:
    lines = tuple(
        Line(*words.change(change))
        for change in compare_parts(old, new, words.order)
        if change.predicate != _KIND
    )
    kind = "critique" if name.startswith(CRITIQUE) else "case"
    title = words.term(f"<{iri_of(name)}>") if kind == "case" else name.removeprefix(CRITIQUE)
    return Subject(name, kind, title, _status(old, new), lines)


def _ontology(before: Side, after: Side, words: Words) -> list[Subject]:
    found = list(_terms(grow_terms(before.terms), grow_terms(after.terms), words))
    if before.demands is not None and after.demands is not None:
        found += _terms(grow_terms(before.demands), grow_terms(after.demands), words)
    if before.rules is not None and after.rules is not None:
        found += _rules(before.rules, after.rules)

    def order(subject: Subject) -> tuple[int, str, str]:
        rank = _FIRST.index(subject.kind) if subject.kind in _FIRST else len(_FIRST)
        return rank, subject.kind, subject.name

    return sorted(found, key=order)


def _terms(old: Mapping[str, Part], new: Mapping[str, Part], words: Words) -> Iterator[Subject]:
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None and was.says == now.says:
            continue
        lines = tuple(
            Line(*words.change(change)) for change in compare_parts(was, now, words.order)
        )
        iri = name[1:-1] if name.startswith("<") else ""
        title = words.term(name) if iri else "a statement without a name of its own"
        yield Subject(iri or words.term(name), kind_of(iri), title, _status(was, now), lines)


def _rules(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Subject]:
    for name in sorted({*old, *new}):
        was, now = (_as_lines(rules.get(name)) for rules in (old, new))
        if was != now:
            line = Line("", "the rule", was or (), now or ())
            yield Subject(name, "rule", name, _status(was, now), (line,))


def _as_lines(rule: str | None) -> tuple[str, ...] | None:
    """Return a rule without comments and without how it is laid out."""
    if rule is None:
        return None
    kept = (line.strip() for line in rule.splitlines())
    return tuple(" ".join(line.split()) for line in kept if line and not line.startswith("#"))
