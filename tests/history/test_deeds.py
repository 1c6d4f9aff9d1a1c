"""The life of a case: drafts never count, the past is kept, and as-of is as it was."""

import json
from collections.abc import Iterable, Mapping
from itertools import pairwise, product
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from typer.testing import CliRunner

import shelf
from shelf import copied
from sysgraph import library
from sysgraph.advice.board import advise
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import situation_of
from sysgraph.bulk.load import load_bulk
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.check import check_files
from sysgraph.cli.app import build
from sysgraph.completeness import completeness
from sysgraph.errors import RetractedCase, Severity, ShippedCase, SysgraphError, UnknownThing
from sysgraph.files import data
from sysgraph.history.deeds import history, moment_of, restore, retract, store_as_of
from sysgraph.history.states import PARTS, Deed, life_of, text_from
from sysgraph.intake import load, remove
from sysgraph.ontology import Ontology
from sysgraph.query import find, run
from sysgraph.rdf import text_of
from sysgraph.store.index import Index
from sysgraph.store.local import LocalStore, memory, open_directory
from sysgraph.stores import change_store, describe_store, open_store, prepare_store
from sysgraph.terms import STORE_GRAPH, contribution_of, graph_of
from sysgraph.vocabulary import Vocabulary
from test_intake import content, mark

CASES = data() / "ontology" / "cases"
SAMPLE = (CASES / "bristol-pound.yaml").read_text()
IDS = ("one", "two", "three", "four")
VARIANTS = (
    "",
    "title: Another Name",
    "draft: true",
    "supersedes: one",
    "supersedes: two",
    "supersedes: [two, three]",
)


def sample(case_id: str, line: str = "") -> str:
    text = copied(case_id)
    if line.startswith("title"):
        return text.replace("title: Bristol Pound", line, 1)
    return f"{text}\n{line}\n"


@pytest.fixture(scope="module")
def pool(
    vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, int], Contribution]:
    """Each case in each variant."""
    folder = tmp_path_factory.mktemp("pool")
    found = {}
    for case_id, (number, line) in product(IDS, enumerate(VARIANTS)):
        path = folder / f"{case_id}-{number}.yaml"
        path.write_text(sample(case_id, line))
        (found[case_id, number],) = read(path, vocabulary)
        assert not found[case_id, number].findings
    return found


@pytest.fixture
def by_heart(pool: dict[tuple[str, int], Contribution], monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows from a case is known beforehand, so that very many loads can be tried."""
    library.shipped_names()
    found = {
        text_from(one.quads): library.infer_cases({one.case_id: one.quads})[one.case_id]
        for one in pool.values()
    }

    def conclude(stated: Mapping[str, Iterable[ox.Quad]]) -> dict[str, list[ox.Quad]]:
        return {name: found[text_from(quads)] for name, quads in stated.items()}

    monkeypatch.setattr(library, "infer_cases", conclude)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> str:
        minutes, seconds = divmod(self.seconds, 60)
        return f"2026-12-01T{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}Z"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("sysgraph.history.transaction.moment_now", found)
    return found


def whole(store: LocalStore) -> set[ox.Quad]:
    """All that a store holds but for what it says of itself."""
    return {quad for quad in store.store if text_of(quad.graph_name) != STORE_GRAPH}


class Lives(RuleBasedStateMachine):
    """Cases are loaded, corrected, retracted, brought back and removed, in any order."""

    pool: dict[tuple[str, int], Contribution]
    clock: Clock

    @initialize()
    def open(self) -> None:
        self.clock.seconds = 0
        self.store = memory([mark()])
        self.held: dict[str, tuple[Contribution, int]] = {}
        self.retracted: set[str] = set()
        self.past: list[tuple[str, set[ox.Quad]]] = []
        self.counted: set[tuple[str, str]] = set()

    def circle(self, held: dict[str, tuple[Contribution, int]], retracted: set[str]) -> bool:
        """Whether some case would come to supersede itself, told by following all ways."""
        reach = {
            case_id: {other for other in IDS if other in VARIANTS[number].partition(":")[2]}
            if VARIANTS[number].startswith("supersedes")
            else set[str]()
            for case_id, (_, number) in held.items()
            if case_id not in retracted
        }
        for _ in IDS:
            for others in reach.values():
                others |= {far for near in list(others) for far in reach.get(near, ())}
        return any(case_id in others for case_id, others in reach.items())

    @rule(
        chosen=st.dictionaries(
            st.sampled_from(IDS), st.integers(0, len(VARIANTS) - 1), min_size=1, max_size=3
        ),
        tick=st.integers(0, 2),
    )
    def load(self, chosen: dict[str, int], tick: int) -> None:
        self.clock.seconds += tick
        cases = [self.pool[pair] for pair in chosen.items()]
        wanted = self.held | {i: (self.pool[i, n], n) for i, n in chosen.items()}
        before = whole(self.store)
        changed = {i for i, n in chosen.items() if self.held.get(i, (None, -1))[1] != n}
        if changed & self.retracted:
            with pytest.raises(RetractedCase):
                load(cases, self.store)
            assert whole(self.store) == before
            return
        try:
            done = load(cases, self.store, reason="because")
        except SysgraphError:
            assert self.circle(wanted, self.retracted)
            assert whole(self.store) == before
            return
        assert set(done.added) == changed - self.held.keys()
        assert set(done.replaced) == changed & self.held.keys()
        self.held = wanted

    @rule(case_id=st.sampled_from(IDS), tick=st.integers(0, 2))
    def retract(self, case_id: str, tick: int) -> None:
        self.clock.seconds += tick
        if case_id not in self.held or case_id in self.retracted:
            with pytest.raises(SysgraphError):
                retract([case_id], self.store, reason="wrong")
            return
        retract([case_id], self.store, reason="wrong", by="me")
        self.retracted.add(case_id)
        assert history(case_id, self.store)[-2].reason == "wrong"

    @rule(case_id=st.sampled_from(IDS), tick=st.integers(0, 2))
    def undo(self, case_id: str, tick: int) -> None:
        self.clock.seconds += tick
        before = whole(self.store)
        try:
            restore([case_id], self.store)
        except SysgraphError:
            circle = self.circle(self.held, self.retracted - {case_id})
            assert case_id not in self.retracted or circle
            assert whole(self.store) == before
            return
        self.retracted.remove(case_id)

    @rule(case_id=st.sampled_from(IDS), tick=st.integers(0, 2), erase=st.booleans())
    def remove(self, case_id: str, tick: int, erase: bool) -> None:
        self.clock.seconds += tick
        known = any(contribution_of(name) == case_id for name in self.store.graphs())
        if case_id not in self.held and not (erase and known):
            with pytest.raises(UnknownThing):
                remove([case_id], self.store, with_history=erase)
            return
        remove([case_id], self.store, with_history=erase)
        self.held.pop(case_id, None)
        self.retracted.discard(case_id)
        if erase:
            assert not any(contribution_of(name) == case_id for name in self.store.graphs())
            self.past = [
                (at, {q for q in quads if contribution_of(text_of(q.graph_name)) != case_id})
                for at, quads in self.past
            ]
            self.counted = {pair for pair in self.counted if pair[0] != case_id}

    @rule(back=st.integers(0, 20))
    def look_back(self, back: int) -> None:
        if not self.past:
            return
        at, quads = self.past[-1 - back % len(self.past)]
        assert whole(store_as_of(self.store, at)) == quads

    @invariant()
    def is_a_fresh_load_of_what_counts(self) -> None:
        if not hasattr(self, "store"):
            return
        fresh = memory([mark()])
        load([one for i, (one, _) in self.held.items() if i not in self.retracted], fresh)
        assert content(self.store) == content(fresh)
        assert self.store.index() == Index.build(self.store.entries())
        now, quads = self.clock(), whole(self.store)
        if self.past and self.past[-1][0] == now:
            self.past.pop()
        self.past.append((now, quads))
        for case_id in self.store.index().ids:
            self.counted.add((case_id, text_from(self.store.quads(graph_of(case_id)))))

    @invariant()
    def no_version_is_lost(self) -> None:
        if not hasattr(self, "store"):
            return
        for case_id, stated in self.counted:
            states = life_of(case_id, self.store).states
            assert stated in [state.content for state in states]

    @invariant()
    def states_follow_one_another(self) -> None:
        if not hasattr(self, "store"):
            return
        for case_id in {*map(contribution_of, self.store.graphs())} - {""}:
            told = history(case_id, self.store)
            assert [each.number for each in told] == list(range(1, len(told) + 1))
            assert all(each.until for each in told[:-1])
            assert all(a.until <= b.since for a, b in pairwise(told))


@pytest.mark.slow
def test_whatever_is_done_the_store_is_a_fresh_load_and_the_past_is_as_it_was(
    pool: dict[tuple[str, int], Contribution], by_heart: None, clock: Clock
) -> None:
    machine: type[Lives] = type("Machine", (Lives,), {"pool": pool, "clock": clock})
    tries = settings(max_examples=40, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(machine, settings=tries)


@pytest.fixture(scope="module")
def draft_text() -> str:
    return (
        "id: my-draft\ntitle: A draft\ndraft: true\ncontributor: {name: Me}\n"
        "contributed: 2026-11-25\nlicence: https://creativecommons.org/licenses/by/4.0/\n"
    )


def written(folder: Path, text: str, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def only(path: Path) -> tuple[Contribution, list[str]]:
    """Return the one contribution of a file, and what keeps it out."""
    (found,), findings = check_files([path])
    return found, [each.message for each in findings if each.severity is Severity.VIOLATION]


def test_a_draft_may_be_incomplete_and_not_wrong(draft_text: str, tmp_path: Path) -> None:
    draft, refused = only(written(tmp_path, draft_text))
    assert refused == []
    whole_text = draft_text.replace("draft: true", "draft: false")
    assert len(only(written(tmp_path, whole_text))[1]) > 10
    for line in ("scale: huge", "start: soon", "aims: [nothing]", "draft: maybe", "citations: x"):
        text = draft_text.replace(
            "draft: true", line if "draft" in line else f"draft: true\n{line}"
        )
        assert only(written(tmp_path, text))[1], line
    for key in ("title", "contributor", "contributed", "licence"):
        text = "".join(row for row in draft_text.splitlines(True) if not row.startswith(key))
        assert only(written(tmp_path, text))[1], key
    assert completeness(draft).met < completeness(draft).asked


def test_completeness_counts_demands_and_grows_with_what_is_written(
    vocabulary: Vocabulary, draft_text: str, tmp_path: Path
) -> None:
    (whole_case,) = read(CASES / "wigan-deal.yaml", vocabulary)
    done = completeness(whole_case)
    assert done.missing == ()
    assert done.score == 1
    scores = []
    keys = ("place: X", "scale: city", "sectors: [health]", "aims: [coordinate]", "start: 2001")
    for number in range(len(keys) + 1):
        text = "\n".join([draft_text, *keys[:number]])
        (case,) = read(written(tmp_path, text), vocabulary)
        scores.append(completeness(case))
    assert [each.met - scores[0].met for each in scores] == list(range(len(keys) + 1))
    assert {each.asked for each in scores} == {done.asked}
    assert [each.must for each in scores[0].missing] == sorted(
        (each.must for each in scores[0].missing), reverse=True
    )
    assert "of" in str(scores[0])
    assert "next:" in str(scores[0])


@pytest.mark.slow
@pytest.mark.parametrize("case_id", ["wigan-deal", "bhavishya", "standing-rock"])
def test_no_draft_changes_any_advice_evidence_or_count(
    case_id: str, few_place: Path, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    library = open_directory(few_place)
    store = memory(library.store)
    text = (CASES / f"{case_id}.yaml").read_text()
    text = text.replace(f"id: {case_id}", "id: my-draft\ndraft: true")
    (draft,) = read(written(tmp_path, text), vocabulary)
    assert load([draft], store).drafts == ("my-draft",)
    assert content(store) == content(library)
    assert store.index() == library.index()
    frames = load_frame(store), load_frame(library)
    facets = {name: next(iter(facet.values)) for name, facet in frames[1].facets.items()}
    mine, theirs = (advise(situation_of(facets, frame), frame) for frame in frames)
    assert mine == theirs
    for name in ("outcomes-by-type", "type-by-aim", "contributions", "case-provenance"):
        assert run(find(name), store) == run(find(name), library)
    rows = list(run(find("case-states"), store, {"status": "draft"}).texts())
    assert [row["case"].rpartition("/")[2] for row in rows] == ["my-draft"]
    told = describe_store(store)
    assert told["draft"] == ["my-draft"]
    assert told["completeness"] == {"my-draft": round(completeness(draft).score, 4)}


def test_a_finished_draft_counts_and_its_history_tells(
    draft_text: str, vocabulary: Vocabulary, tmp_path: Path, clock: Clock
) -> None:
    store = memory([mark()])
    (draft,) = read(written(tmp_path, draft_text), vocabulary)
    load([draft], store)
    clock.seconds += 1
    (done,) = read(written(tmp_path, sample("my-draft"), "done.yaml"), vocabulary)
    load([done], store, reason="It is whole.", by="Me")
    assert "my-draft" in store.index()
    first, second = history("my-draft", store)
    assert (first.status, first.ended, first.reason, first.by) == (
        "draft",
        "finished",
        "It is whole.",
        "Me",
    )
    assert (second.status, second.file, second.sha256) == ("counts", "done.yaml", done.digest)
    assert second.added == second.statements - (first.statements - second.gone)


@pytest.mark.usefixtures("few")
def test_a_shipped_case_is_retracted_here_and_a_new_library_does_not_undo_it(
    tmp_path: Path,
) -> None:
    place = str(tmp_path / "store")
    store = prepare_store(place)
    assert isinstance(store, LocalStore)
    before = {graph_of("wigan-deal", part): in_graph(store, part) for part in PARTS}
    done = retract(["wigan-deal"], store, reason="Wrong.", by="Me")
    assert done.stopped == ("wigan-deal",)
    assert "wigan-deal" not in store.index()
    rows = run(find("contributions"), store).texts()
    assert not any(row["case"].endswith("wigan-deal") for row in rows)
    with pytest.raises(ShippedCase):
        remove(["wigan-deal"], store)
    name = f"<{STORE_GRAPH}> <https://w3id.org/sysgraph/sha256>"
    store.store.update(f"DELETE WHERE {{ GRAPH <{STORE_GRAPH}> {{ {name} ?x }} }}")
    store.store.update(f"INSERT DATA {{ GRAPH <{STORE_GRAPH}> {{ {name} 'old' }} }}")
    store.close()
    store = prepare_store(place)
    assert isinstance(store, LocalStore)
    assert describe_store(store)["library"] == "this version's"
    assert "wigan-deal" not in store.index()
    assert restore(["wigan-deal"], store).counting == ("wigan-deal",)
    after = {graph_of("wigan-deal", part): in_graph(store, part) for part in PARTS}
    assert after == before
    store.close()


def in_graph(store: LocalStore, part: str) -> set[ox.Quad]:
    return {*store.quads(graph_of("wigan-deal", part))}


def test_what_is_asked_of_a_retraction_is_said_in_words(tmp_path: Path) -> None:
    store = prepare_store(str(tmp_path / "store"))
    with pytest.raises(SysgraphError, match="says why"):
        retract(["wigan-deal"], store, reason="  ")
    with pytest.raises(UnknownThing, match="did you mean 'wigan-deal'"):
        retract(["wigan-dea"], store, reason="x")
    with pytest.raises(SysgraphError, match="nothing to undo"):
        restore(["wigan-deal"], store)
    with pytest.raises(UnknownThing):
        history("never-there", store)
    store.close()


@pytest.mark.usefixtures("few")
def test_a_directory_as_of_then_is_asked_like_any_store(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    place, before = str(tmp_path / "store"), shelf.just_before()
    store = prepare_store(place)
    (mine,) = read(written(tmp_path, sample("mine")), vocabulary)
    load([mine], store)
    retract(["wigan-deal"], store, reason="Wrong.")
    store.close()
    now = open_store(place)
    then = store_as_of(now, before)
    assert before in then.place
    assert {*then.index().ids} == {*now.index().ids} - {"mine"} | {"wigan-deal"}
    own = {quad for quad in content(then) if text_of(quad.graph_name) == STORE_GRAPH}
    assert content(then) - own == content(memory(library.load().store)) - own
    assert len(load_frame(then).cases) == len(library.load().index())
    assert len(store_as_of(now, "1999-01-01").index()) == 0
    assert moment_of("2026-11-24") == "2026-11-24T23:59:59Z"
    for text in ("yesterday", "2026-13-01", "9999-12-31T99:00", ""):
        with pytest.raises(SysgraphError, match="is no date"):
            moment_of(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("supersedes: my-own", "cannot supersede itself"),
        ("supersedes: ../../x", "is no id"),
        ("supersedes: https://example.org/x", "is a case"),
        ("supersedes: sysg:type/organic", "is a case"),
        ("supersedes: 'Some Words'", "is no id"),
        ("supersedes: Upper", "is a case"),
        ("supersedes: {id: x}", "plain text"),
    ],
)
def test_only_another_case_is_superseded(line: str, said: str, tmp_path: Path) -> None:
    _, refused = only(written(tmp_path, sample("my-own", line)))
    assert refused
    assert any(said in message for message in refused), refused


@pytest.mark.slow
def test_orcid_is_held_to_its_last_digit(tmp_path: Path) -> None:
    """Josiah Carberry is the person that ORCID made up for examples."""
    good = "0000-0002-1825-0097"
    digits = [int(digit) for digit in good.replace("-", "")]
    line = "contributor:\n  name: Me\n  orcid: https://orcid.org/"
    text = (
        SAMPLE.partition("contributor:")[0]
        + "{}\n"
        + "contributed:"
        + SAMPLE.partition("contributed:")[2]
    )

    def refused(orcid: str) -> list[str]:
        return only(written(tmp_path, text.format(line + orcid)))[1]

    assert refused(good) == []
    assert refused("0000-0002-1694-233X") == []
    for at in range(16):
        wrong = [*digits]
        wrong[at] = (wrong[at] + 1) % 10
        joined = "".join(map(str, wrong))
        orcid = "-".join(joined[start : start + 4] for start in range(0, 16, 4))
        (message,) = refused(orcid)
        assert "last digit" in message
    (message,) = refused("0000-0002-1825-00977")
    assert "is an address" in message


def test_provenance_tells_who_when_what_and_by_which_editions(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = written(tmp_path, sample("mine"))
    (mine,) = read(path, vocabulary)
    store = memory([mark()])
    load([mine], store)
    (row,) = run(find("case-provenance"), store).texts()
    today = Ontology.load().editions
    assert row["contributor"] == "The sysgraph founders"
    assert row["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (row["file"], row["sha256"]) == (path.name, mine.digest)
    assert (row["version"], row["ontology"], row["shapes"]) == tuple(today)
    assert len({*today}) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_bulk_keeps_drafts_and_what_is_superseded_apart(tmp_path: Path, draft_text: str) -> None:
    place = tmp_path / "store"
    files = [
        written(tmp_path, sample("one"), "one.yaml"),
        written(tmp_path, sample("two", "supersedes: one"), "two.yaml"),
        written(tmp_path, draft_text, "draft.yaml"),
    ]
    done = load_bulk(files, place, workers=1)
    assert done.violations == 0
    assert (done.drafts, done.superseded) == (("my-draft",), ("one",))
    contributions, _ = check_files(files)
    fresh = prepare_store(str(tmp_path / "fresh"))
    assert isinstance(fresh, LocalStore)
    load(contributions, fresh)
    store = open_store(str(place))
    assert isinstance(store, LocalStore)
    assert content(store) - {mark()} == content(fresh) - {mark()}
    assert store.index() == Index.build(store.entries()) == fresh.index()
    store.close()
    written(tmp_path, sample("two", "title: Another Name"), "two.yaml")
    done = load_bulk(files, place, workers=1, reason="better", by="Me")
    assert (done.replaced, done.restored) == (("two",), ("one",))
    store = open_store(str(place))
    assert [each.reason for each in history("two", store)] == ["better", ""]
    store.close()
    store = change_store(str(place))
    retract(["two"], store, reason="wrong")
    store.close()
    written(tmp_path, sample("two"), "two.yaml")
    with pytest.raises(RetractedCase, match="--undo --store "):
        load_bulk(files, place, workers=1)


def test_bulk_keeps_what_it_replaces(tmp_path: Path) -> None:
    place = tmp_path / "store"
    path = written(tmp_path, sample("one"))
    load_bulk([path], place, workers=1)
    path.write_text(sample("one", "title: Another Name"))
    load_bulk([path], place, workers=1, reason="a new name")
    store = open_store(str(place))
    first, second = history("one", store)
    assert (first.ended, first.reason) == ("corrected", "a new name")
    assert (second.added, second.gone) == (1, 1)
    store.close()


@pytest.mark.slow
def test_commands_tell_the_life_of_a_case(draft_text: str, tmp_path: Path) -> None:
    runner, app = CliRunner(), build()
    place = str(tmp_path / "store")

    def told(*words: str, code: int = 0) -> str:
        result = runner.invoke(app, [*words, "--store", place])
        assert result.exit_code == code, (words, result.output, result.exception)
        return result.stdout

    draft, before = str(written(tmp_path, draft_text)), shelf.just_before()
    mine = written(tmp_path, sample("mine"), "mine.yaml")
    assert "% complete" in told("load", draft, str(mine))
    assert json.loads(told("load", draft, "--format", "json"))["drafts"]["my-draft"]["missing"]
    assert "draft: my-draft" in told("status")
    mine.write_text(sample("mine", "title: Another Name"))
    told("load", str(mine), "--reason", "A [b]better[/b] name", "--by", "Me")
    assert "corrected: A [b]better[/b] name (Me)" in told("history", "mine")
    assert told("retract", "mine", "wigan-deal", "--reason", "wrong") == (
        "no longer counting: mine, wigan-deal\n"
    )
    versions = json.loads(told("history", "mine", "--format", "json"))["versions"]
    assert [each["status"] for each in versions] == ["counts", "counts", "retracted"]
    assert "retracted: mine, wigan-deal" in told("status")
    assert f"cases: {len(shelf.CASES)}" in told("status", "--as-of", before)
    assert "wigan-deal" in told("query", "contributions", "--as-of", before)
    assert "wigan-deal" not in told("query", "contributions")
    assert "wigan-deal" in told("export", "--what", "cases", "--as-of", before)
    assert "counting again: mine" in told("retract", "mine", "--undo")
    assert told("retract", "nobody", "--reason", "x", code=1) == ""
    assert told("history", "nobody", code=1) == ""
    shown = told("explain", "--statement", "case:mine hasPractice ?")
    assert "On record of case mine: file mine.yaml; SHA-256 " in shown
    assert "removed: mine" in told("remove", "mine", "--with-history")
    assert told("history", "mine", code=1) == ""


@pytest.mark.parametrize("text", ["x" * 200_000, "a\udcffb"])
def test_no_reason_that_cannot_be_kept(text: str) -> None:
    with pytest.raises(SysgraphError, match="the reason"):
        Deed("retracted", text)
    assert Deed("retracted", 'a "quoted" \\ \x1b[31m \n reason').reason


def test_a_history_that_somebody_else_wrote_is_one_clear_line(
    pool: dict[tuple[str, int], Contribution],
) -> None:
    store = memory([mark()])
    load([pool["one", 0]], store)
    retract(["one"], store, reason='a "quoted" \\ \x1b[31m \n reason')
    assert history("one", store)[0].reason == 'a "quoted" \\ \x1b[31m \n reason'
    name = graph_of("one", "history")
    for predicate, value in (("content", "no triples"), ("heldFrom", "no time")):
        damaged = [
            ox.Quad(quad.subject, quad.predicate, ox.Literal(value), quad.graph_name)
            if quad.predicate.value.endswith(predicate)
            else quad
            for quad in store.quads(name)
        ]
        other = memory([mark(), *damaged])
        for ask in (history, lambda name, store: store_as_of(store, "2026-01-01")):
            with pytest.raises(SysgraphError, match="not as sysgraph writes it"):
                ask("one", other)
