"""What changed between two releases, and what became of the cases of a store, as pages and data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from sysgraph import library
from sysgraph.browse import is_told, names_of
from sysgraph.diff.compare import compare_sides
from sysgraph.diff.report import Comparison, Status, Subject
from sysgraph.diff.sides import Side, find_side
from sysgraph.errors import BadSide
from sysgraph.files import data
from sysgraph.history.became import Event, Gone, events_of, gone
from sysgraph.history.states import instant
from sysgraph.pages.blocks import Block, Html, Item, Paragraph, Section
from sysgraph.pages.diff import (
    advice_blocks,
    diff_data,
    evidence_blocks,
    fitted,
    subject_items,
    summary_items,
)
from sysgraph.pages.objects import json_text
from sysgraph.pages.web import section_html
from sysgraph.pages.words import grouped, sentence
from sysgraph.release.feed import FeedEntry, atom
from sysgraph.release.former import CHANGES, gone_before
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE, PREFIXES, compact, contribution_of, graph_of, iri_of

__all__ = [
    "Release",
    "ReleaseChanges",
    "WithdrawnTerm",
    "changes_feed",
    "changes_files",
    "changes_html",
    "changes_json",
    "changes_markdown",
    "changes_sections",
    "find_changes",
    "lost_terms",
    "withdrawn_in",
]

_MARKS = {Status.ADDED: "+", Status.CHANGED: "~", Status.REMOVED: "x"}
_MOST_LINES = 6
"""How many lines of what changed in one thing a page shows; the JSON has them all."""
_MOST_EVENTS = 100
"""How many things that became of cases a page and the feed tell, the newest."""
_ASKED = ("contributions", "case-states")
"""The questions whose answers tell of all that came, and of what became of it."""
_MOST_NOTES = 60_000
"""How many characters the notes of a release may have; GitHub takes 125,000."""
_OWN = re.compile(rf'<a href="{re.escape(NAMESPACE)}([^"]*)" rel="noreferrer">[^<]*</a>')


@dataclass(frozen=True, slots=True)
class Release:
    """A library by its version: ``iri`` is that of the version; dates are as they are stated."""

    version: str
    iri: str
    issued: str
    modified: str
    creator: str
    licence: str

    @property
    def title(self) -> str:
        """What it is called."""
        return f"sysgraph {self.version} ({self.modified or self.issued or 'without a date'})"


@dataclass(frozen=True, slots=True)
class WithdrawnTerm:
    """A term that is withdrawn, why, and what stands in its place, if anything does.

    ``is_new`` tells that the former release had it in use.
    """

    iri: str
    label: str
    why: str
    instead: str = ""
    instead_label: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseChanges:
    """What changed since a former release, if there was one, and in the store by itself.

    ``gone`` has the cases whose pages say that they are gone: also those of the former release,
    and those that it said were gone before.
    ``events`` has the newest first, of ``events_in_all``; ``titles`` those of the contributions in
    them, by name.
    """

    release: Release
    former: Release | None
    found: Comparison | None
    withdrawn: tuple[WithdrawnTerm, ...]
    events: tuple[Event, ...]
    gone: tuple[Gone, ...]
    titles: dict[str, str]
    events_in_all: int = 0


def changes_files(changes: ReleaseChanges, url: str) -> dict[str, bytes]:
    """Return what stands beside the page of changes, by the names of the files."""
    return {
        CHANGES: changes_json(changes).encode(),
        "changes.md": changes_markdown(changes, _MOST_NOTES).encode(),
        "feed.xml": changes_feed(changes, url).encode(),
    }


def find_changes(store: Store, former: Path | None = None) -> ReleaseChanges:
    """Return what changed since a former release, and what became of the cases of a store.

    ``former`` is the folder of a release, its N-Quads, a store, a checkout, or a git revision. The
    same library gives the same changes: all times are those that it states.

    Raises:
        BadSide: ``former`` is none of these, or only some cases.
        BadFile, BadFiles, BadStore: it cannot be read.
    """
    release, events, lost = _release_of(store), events_of(store), gone(store)
    shown = events[:_MOST_EVENTS]
    names = names_of({one.iri for one in shown}, store)
    titles = {one.name: names[one.iri] for one in shown} | {one.name: one.title for one in lost}
    if former is None:
        gone_here = tuple(withdrawn_in(store))
        own = (gone_here, tuple(shown), tuple(lost), titles, len(events))
        return ReleaseChanges(release, None, None, *own)
    with TemporaryDirectory(prefix="sysgraph-") as folder:
        before = find_side(str(former), Path(folder) / "former")
        if not isinstance(before, Side):
            raise BadSide(str(former), "these are cases alone; name a whole release")
        was = _release_of(before.store)
        before.name = was.version or before.name
        found = compare_sides(before, Side(release.version, store, _rules_of(store)))
        withdrawn = tuple(withdrawn_in(store, before.store))
    left = tuple(_left(found, was, {one.name for one in lost}))
    names = {graph: contribution_of(graph) for graph in store.graphs()}
    there = {name for graph, name in names.items() if graph == graph_of(name)}
    known = there | {one.name for one in (*lost, *left)}
    every = (*lost, *left, *gone_before(former, known))
    return ReleaseChanges(release, was, found, withdrawn, tuple(shown), every, titles, len(events))


def _left(found: Comparison, was: Release, told: Collection[str]) -> Iterator[Gone]:
    """Yield the contributions of a former release that are not here, nor in the store's past."""
    for one in found.contributions:
        if one.status is Status.REMOVED and one.name not in told:
            reason = f"It was in {was.title}, and is not in this release."
            yield Gone(one.name, one.title, "removed", "", reason)


def lost_terms(changes: ReleaseChanges) -> list[str]:
    """Return the terms of the former release that are gone without having been withdrawn.

    No release may lose one: its address would mean nothing any more.
    """
    return [
        one.name
        for one in (changes.found.ontology if changes.found else ())
        if one.status is Status.REMOVED and one.name.startswith(NAMESPACE) and one.kind != "shape"
    ]


def _rules_of(store: Store) -> Path | None:
    """Return the folder with rules and shapes, where the store is the shipped library."""
    return data() / "ontology" if store.place == library.load().place else None


def _release_of(store: Store) -> Release:
    """Return what a store says of the version of its ontology."""
    asked = ("owl:versionInfo", "owl:versionIRI", "dcterms:issued", "dcterms:modified")
    said = [_first(name, store) for name in (*asked, "dcterms:creator", "dcterms:license")]
    return Release(said[0], said[1] or f"{NAMESPACE}{said[0]}", *said[2:])


def _first(name: str, store: Store) -> str:
    prefix, _, local = name.partition(":")
    iri = f"{PREFIXES[prefix]}{local}"
    rows = store.select(f"SELECT ?o WHERE {{ <{NAMESPACE}> <{iri}> ?o }} ORDER BY ?o").texts()
    return next((row["o"] for row in rows), "")


def withdrawn_in(store: Store, former: Store | None = None) -> Iterator[WithdrawnTerm]:
    """Yield the terms that are withdrawn, each with what stands in its place."""
    marked = f'?term <{PREFIXES["owl"]}deprecated> ?is . FILTER (STR(?is) = "true")'
    rows = store.select(
        f"SELECT DISTINCT ?term ?why ?instead WHERE {{ {marked}"
        f" OPTIONAL {{ ?term <{PREFIXES['skos']}editorialNote> ?why }}"
        f" OPTIONAL {{ ?term <{PREFIXES['dcterms']}isReplacedBy> ?instead }} }}"
        " ORDER BY ?term ?instead ?why"
    )
    listed = list(rows.texts())
    before = former.select(f"SELECT ?term WHERE {{ {marked} }}").texts() if former else ()
    old = {row["term"] for row in before}
    iris = {row[key] for row in listed for key in ("term", "instead") if key in row}
    names = names_of(iris, store)
    for row in listed:
        term, instead = row["term"], row.get("instead", "")
        is_new = former is not None and term not in old and is_told(term, former)
        label = names.get(instead, "")
        yield WithdrawnTerm(term, names[term], row.get("why", ""), instead, label, is_new)


def changes_json(changes: ReleaseChanges) -> str:
    """Return changes as one JSON object; ``difference`` is what ``sysgraph diff`` writes.

    It has no proofs: these name nodes without a name, which are called otherwise each time.
    """
    former, found = changes.former, changes.found
    difference = diff_data(replace(found, proofs=())) if found else None
    told = {
        "release": asdict(changes.release),
        "former": asdict(former) if former else None,
        "withdrawn": [asdict(one) for one in changes.withdrawn],
        "lost": lost_terms(changes),
        "gone": [_gone_data(one) for one in changes.gone],
        "events_in_all": changes.events_in_all,
        "events": [{**asdict(one), "title": changes.titles[one.name]} for one in changes.events],
        "difference": difference,
    }
    return json_text(told)


def _gone_data(one: Gone) -> dict[str, object]:
    """Return what became of a contribution, without what it said, which was taken back."""
    told = asdict(one)
    del told["states"]
    return told


def changes_sections(changes: ReleaseChanges) -> list[Section]:
    """Return the page of changes as its parts."""
    return [
        Section("This release", _this(changes)),
        *([Section("Words that are withdrawn", _withdrawn(changes))] if changes.withdrawn else ()),
        *_difference(changes.found),
        *([Section("Cases that are gone", _gone(changes.gone))] if changes.gone else ()),
        Section("What became of cases, the newest first", _events(changes), is_folded=True),
    ]


def _this(changes: ReleaseChanges) -> Iterator[Block]:
    release, former = changes.release, changes.former
    if former is None:
        yield Paragraph(f"{release.title}. It is compared with no release before it.")
        return
    yield Paragraph(f"{release.title}, compared with {former.title}.")
    if changes.found is None or changes.found.is_empty:
        yield Paragraph("No case and no word of the ontology differs.")
    else:
        yield from summary_items(changes.found)


def _withdrawn(changes: ReleaseChanges) -> Iterator[Block]:
    yield Paragraph("Their addresses stay, and say what stands in their place.")
    for one in changes.withdrawn:
        instead = f"{one.instead_label} ({one.instead})" if one.instead else "nothing"
        new = ", withdrawn in this release" if one.is_new else ""
        yield Item(f"{one.label} ({one.iri}){new}: in its place stands {instead}.")
        if one.why:
            yield Item(one.why, depth=2)


def _difference(found: Comparison | None) -> Iterator[Section]:
    if found is None or found.is_empty:
        return
    yield Section("Advice that changed, and why", advice_blocks(found))
    yield Section("Evidence, failures first", evidence_blocks(found), is_folded=True)
    subjects = (*found.contributions, *found.ontology)
    for kind, listed in grouped(subjects, lambda one: one.kind).items():
        for status in Status:
            some = [one for one in listed if one.status is status]
            if some:
                heading = f"{sentence(status)}: {kind} ({len(some)})"
                yield Section(heading, _subjects(some), is_folded=True)


def _subjects(listed: Iterable[Subject]) -> Iterator[Item]:
    """Yield what is new and gone by its name, and in what the rest changed."""
    for one in listed:
        iri = _iri_of(one)
        yield Item(f"{one.title} ({iri})" if iri else one.title, _MARKS[one.status])
        if one.status is Status.CHANGED:
            lines = list(subject_items(one))
            for line in lines[:_MOST_LINES]:
                mark = line.mark.replace("-", "x")  # which begins no item in HTML
                yield Item(line.text, mark, line.depth + 1)
            if len(lines) > _MOST_LINES:
                yield Item(f"and {len(lines) - _MOST_LINES} more lines", depth=2)


def _iri_of(subject: Subject) -> str:
    if subject.kind in ("case", "critique"):
        return iri_of(subject.name)
    return subject.name if subject.name.startswith("http") else ""


def _gone(listed: Iterable[Gone]) -> Iterator[Item]:
    for one in listed:
        at = f" on {one.since.partition('T')[0]}" if one.since else ""
        yield Item(f"{one.title} ({one.iri}): {one.status}{at}")
        if one.reason:
            by = f" ({one.by})" if one.by else ""
            yield Item(f"{one.reason}{by}", depth=2)


def _events(changes: ReleaseChanges) -> Iterator[Block]:
    if changes.events_in_all > len(changes.events):
        told = f"The newest {len(changes.events):,} of {changes.events_in_all:,} are listed."
        asked = [f"{name} ({PREFIXES['query']}{name})" for name in _ASKED]
        yield Paragraph(f"{told} All stand in the answers to {' and '.join(asked)}.")
    for one in changes.events:
        why = f": {one.reason}" if one.reason else ""
        at = one.at.partition("T")[0]
        yield Item(f"{at}: {changes.titles[one.name]} ({one.iri}) was {one.what}{why}")


def changes_html(sections: Iterable[Section], pages: Iterable[str]) -> Html:
    """Return the page of changes as markup, whose links to our own things are paths.

    ``pages`` names those that have a page, such as ``case/wigan-deal``; others are no links.
    """
    there = {*pages}

    def link(found: re.Match[str]) -> str:
        name, said = found[1], compact(f"{NAMESPACE}{found[1]}")
        return f'<a href="/{name}">{said}</a>' if unquote(name) in there else said

    return Html(_OWN.sub(link, "\n".join(map(section_html, sections))))


def changes_markdown(changes: ReleaseChanges, limit: int) -> str:
    """Return changes as Markdown that fits a release's notes; what was cut is named."""
    listed = [one for one in changes_sections(changes) if not one.heading.startswith("What became")]
    return fitted("## What changed\n", listed, limit)


def _in_short(changes: ReleaseChanges) -> Iterator[str]:
    """Yield the first part of the page without the names of things."""
    for block in _this(changes):
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Item):
            yield f"{block.text.partition(' (')[0]};"


def changes_feed(changes: ReleaseChanges, url: str) -> str:
    """Return changes as an Atom feed: the release, and what became of cases."""
    base = f"{url.rstrip('/')}/" if url else ""
    release = changes.release
    says = " ".join(_in_short(changes))
    at = instant(release.modified or release.issued or "1970-01-01")
    named = f"sysgraph {release.version}"
    entries = [FeedEntry(release.iri, named, at, f"{base}changes.html", says, "release")]
    for one in changes.events:
        title = changes.titles[one.name]
        why = f"{sentence(one.what)} on {one.at.partition('T')[0]}."
        if one.reason:
            why += f" {one.reason}"
        page = f"{base}{one.iri.removeprefix(NAMESPACE)}.html"
        own = f"{one.iri}#{one.what.replace(' ', '-')}-{one.at}"
        entries.append(
            FeedEntry(own, f"{sentence(one.what)}: {title}", one.at, page, why, one.what)
        )
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return atom(
        NAMESPACE,
        "sysgraph: what changed",
        f"{base}feed.xml",
        f"{base}changes.html",
        release.creator or "sysgraph",
        release.licence,
        entries,
    )
