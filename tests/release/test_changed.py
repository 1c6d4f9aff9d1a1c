"""What changed since a former release is told whole: words, cases, advice and why, withdrawals."""

import gzip
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from feeds import ATOM, held_to_rfc
from shelf import copied
from sysgraph.diff.report import Comparison, Status, Subject
from sysgraph.errors import BadSide
from sysgraph.history.states import State, history_quads
from sysgraph.pages.blocks import text_of
from sysgraph.release.changed import (
    ReleaseChanges,
    changes_feed,
    changes_files,
    changes_html,
    changes_json,
    changes_markdown,
    changes_sections,
    find_changes,
    lost_terms,
)
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    INFERRED_GRAPH,
    NAMESPACE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    contribution_of,
)

OLD = "caution/leaders-without-standing"
SPOKEN = "consideration/agreement-plural"
HERE = ("wigan-deal", "bristol-pound")
BEFORE = ("wigan-deal", "bogota-mesh")


def held(store: Store, names: Iterable[str]) -> list[ox.Quad]:
    """The ontology of the library with some of its cases."""
    graphs = [
        graph
        for graph in store.graphs()
        if graph in (ONTOLOGY_GRAPH, INFERRED_GRAPH, ALIGNMENTS_GRAPH)
        or contribution_of(graph) in names
    ]
    return [quad for graph in graphs for quad in store.quads(graph)]


@pytest.fixture(scope="module")
def now(library: Store) -> LocalStore:
    """A small library, in which one case was retracted."""
    states = [
        State(
            "counts",
            "2026-01-05T00:00:00Z",
            '<x:a> <x:b> "a secret" .\n',
            "",
            "2026-01-06T00:00:00Z",
            "retracted",
            "Not so.",
            "Bo",
        ),
        State("retracted", "2026-01-06T00:00:00Z", '<x:a> <x:b> "a secret" .\n', ""),
    ]
    return memory([*held(library, HERE), *history_quads("taken-back", states)])


@pytest.fixture(scope="module")
def former(library: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of before: another case, a word still in use, and one not there."""
    folder = tmp_path_factory.mktemp("former")
    (folder / "data").mkdir()
    marked = (PREFIXES["owl"], PREFIXES["skos"], PREFIXES["dcterms"])
    spoken, old = ox.NamedNode(NAMESPACE + SPOKEN), ox.NamedNode(NAMESPACE + OLD)
    kept = [
        quad
        for quad in held(library, BEFORE)
        if quad.subject != spoken
        and not (quad.subject == old and quad.predicate.value.startswith(marked))
    ]
    lines = "\n".join(str(quad) + " ." for quad in kept)
    text = lines.replace('versionInfo> "0.1.0"', 'versionInfo> "0.0.9"')
    (folder / "data" / "sysgraph.nq.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def test_a_first_release_says_that_nothing_came_before(now: LocalStore) -> None:
    changes = find_changes(now)
    sections = changes_sections(changes)
    page = "".join(text_of(section.blocks) for section in sections)
    assert "It is compared with no release before it." in page
    assert f"leaders without standing ({NAMESPACE}{OLD}): in its place stands" in " ".join(
        page.split()
    )
    files = changes_files(changes, "https://e.org/s/")
    told = json.loads(files["changes.json"])
    assert told["difference"] is None
    assert told["release"]["iri"] == f"{NAMESPACE}{told['release']['version']}"
    by_iri = {one["iri"]: one for one in told["withdrawn"]}
    assert by_iri[NAMESPACE + OLD]["instead"] == f"{NAMESPACE}gate/leaders-not-accepted"
    assert by_iri[NAMESPACE + OLD]["why"].startswith("A caution until 0.1.0.")
    feed = held_to_rfc(files["feed.xml"].decode())
    links = [link.get("href") or "" for link in feed.iter(f"{ATOM}link")]
    assert all(link.startswith("https://e.org/s/") for link in links)


def test_what_was_retracted_is_told_without_what_it_said(now: LocalStore) -> None:
    changes = find_changes(now)
    (gone,) = changes.gone
    assert (gone.name, gone.status, gone.reason) == ("taken-back", "retracted", "Not so.")
    made = changes_json(changes) + changes_feed(changes, "") + str(changes_sections(changes)[0])
    assert "Not so." in made
    assert "a secret" not in made


@pytest.fixture(scope="module")
def changes(now: LocalStore, former: Path) -> ReleaseChanges:
    """What changed between them."""
    return find_changes(now, former)


def test_a_cut_of_what_became_of_cases_is_told(now: LocalStore) -> None:
    changes = find_changes(now)
    assert changes.events_in_all == len(changes.events) == 4
    assert "are listed" not in changes_html(changes_sections(changes), ())
    cut = replace(changes, events=changes.events[:1])
    html = changes_html(changes_sections(cut), {"query/contributions", "query/case-states"})
    assert "The newest 1 of 4 are listed." in html
    assert 'href="/query/contributions"' in html
    assert json.loads(changes_json(cut))["events_in_all"] == 4


def test_words_cases_and_advice_are_compared_with_a_former_release(
    changes: ReleaseChanges,
) -> None:
    assert changes.former is not None
    assert changes.former.version == "0.0.9"
    (new,) = (one for one in changes.withdrawn if one.iri == NAMESPACE + OLD)
    assert new.is_new
    assert not any(one.is_new for one in changes.withdrawn if one is not new)
    told = json.loads(changes_json(changes))["difference"]
    cases = {one["name"]: one["status"] for one in told["contributions"]}
    assert cases == {"bristol-pound": "added", "bogota-mesh": "removed"}
    left = [one.name for one in changes.gone if not one.since]
    assert left == ["bogota-mesh"]  # which gets a page that says so
    assert lost_terms(changes) == []
    words = {one["name"]: one["status"] for one in told["ontology"]}
    assert words[NAMESPACE + OLD] == "changed"
    added = {name for name, status in words.items() if status == "added"}
    assert added == {NAMESPACE + SPOKEN}
    # What was added is why the advice changed, in the situations in which it holds.
    reasons = {reason["iri"] for move in told["moves"] for reason in move["reasons"]}
    assert reasons == added
    page = changes_markdown(changes, 60_000)
    assert "compared with sysgraph 0.0.9" in page
    assert "withdrawn in this release" in page
    assert "Advice that changed, and why" in page


def test_a_word_that_was_lost_is_found(changes: ReleaseChanges) -> None:
    def subject(name: str, kind: str, status: Status) -> Subject:
        return Subject(f"{NAMESPACE}{kind}/{name}", kind, name, status, ())

    lost = subject("tokenism", "risk", Status.REMOVED)
    kept = (subject("new", "risk", Status.ADDED), subject("Risk-sign", "shape", Status.REMOVED))
    found = Comparison("before", "after", ontology=(lost, *kept))
    assert lost_terms(replace(changes, found=found)) == [lost.name]


@pytest.mark.slow
def test_what_was_gone_two_releases_ago_is_gone_still(
    now: LocalStore, former: Path, changes: ReleaseChanges, tmp_path: Path
) -> None:
    shutil.copytree(former, tmp_path / "middle")
    (tmp_path / "middle" / "changes.json").write_text(changes_json(changes))
    # One is told of by the history here; the other was gone before, and stays so.
    found = find_changes(now, tmp_path / "middle")
    assert sorted(one.name for one in found.gone) == ["bogota-mesh", "taken-back"]
    here = memory(held(now, HERE))
    (tmp_path / "middle" / "data" / "sysgraph.nq.gz").write_bytes(
        gzip.compress("".join(f"{quad} .\n" for quad in held(now, HERE)).encode())
    )
    found = find_changes(here, tmp_path / "middle")
    told = {one.name: one.reason for one in found.gone}
    assert told == {one.name: one.reason for one in changes.gone}
    assert "bogota-mesh" in told


def test_links_lead_only_to_pages_that_are_there(changes: ReleaseChanges) -> None:
    there = {"case/bristol-pound", OLD, "gate/leaders-not-accepted"}
    html = changes_html(changes_sections(changes), there)
    links = set(re.findall(r'href="([^"]*)"', html))
    ours = {link for link in links if not link.startswith("http")}
    assert ours == {f"/{name}" for name in there}
    assert not any(link.startswith(NAMESPACE) for link in links)


@pytest.mark.slow
def test_the_same_library_gives_the_same_bytes(
    now: LocalStore, former: Path, changes: ReleaseChanges, tmp_path: Path
) -> None:
    files = changes_files(find_changes(now, former), "")
    assert files["changes.json"].decode() == changes_json(changes)
    assert files["feed.xml"].decode() == changes_feed(changes, "")


def test_a_former_release_that_is_cases_alone_is_refused(now: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(copied("one"))
    with pytest.raises(BadSide, match="these are cases alone; name a whole release"):
        find_changes(now, tmp_path / "one.yaml")
