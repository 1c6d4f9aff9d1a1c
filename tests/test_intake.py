"""Adding, replacing and removing: whatever the order, the store is that of a fresh load."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import product
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

from shelf import copied
from sysgraph import library
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.errors import ReplacesShipped, ShippedCase, UnknownThing
from sysgraph.files import data
from sysgraph.history.states import text_from
from sysgraph.intake import load, load_files, remove
from sysgraph.query import find, run
from sysgraph.rdf import merge, text_of
from sysgraph.reason.engine import Conclusions, Reasoner
from sysgraph.store.index import Index
from sysgraph.store.local import LocalStore, Store, create, memory, open_directory
from sysgraph.stores import prepare_store
from sysgraph.terms import PREFIXES, REVISION, STORE_GRAPH, Triple, case_id_of, graph_of
from sysgraph.vocabulary import Vocabulary

SAMPLE = (data() / "ontology" / "cases" / "bristol-pound.yaml").read_text()
IDS = ("one", "two", "two-b", "zwei")
VARIANTS = (
    ("scale: city", "scale: city"),
    ("title: Bristol Pound", "title: Another Name"),
    ("primary: ", "primary: better-leadership #"),
)


@pytest.fixture(scope="module")
def pool(
    vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, int], Contribution]:
    """Each case in each variant."""
    folder = tmp_path_factory.mktemp("pool")
    found = {}
    for case_id, (number, (old, new)) in product(IDS, enumerate(VARIANTS)):
        path = folder / f"{case_id}-{number}.yaml"
        path.write_text(copied(case_id).replace(old, new, 1))
        (found[case_id, number],) = read(path, vocabulary)
    assert len({one.digest for one in found.values()}) == len(found)
    return found


@pytest.fixture(scope="module")
def reasoned(pool: dict[tuple[str, int], Contribution]) -> dict[str, list[ox.Quad]]:
    """What follows from each case of the pool, by what it states."""
    return {text_from(one.quads): follows(one) for one in pool.values()}


def follows(case: Contribution) -> list[ox.Quad]:
    return library.infer_cases({case.case_id: case.quads})[case.case_id]


def content(store: LocalStore) -> set[ox.Quad]:
    """All quads of a store but for its past, the times of loading and the revision."""
    left_out = (f"{PREFIXES['prov']}generatedAtTime", REVISION)
    return {
        quad
        for quad in store.store
        if quad.predicate.value not in left_out
        and not text_of(quad.graph_name).endswith("/history")
    }


def mark() -> ox.Quad:
    name = ox.NamedNode(STORE_GRAPH)
    return ox.Quad(name, ox.NamedNode("urn:mark"), ox.Literal("m"), name)


class Changes(RuleBasedStateMachine):
    """A store in a directory that is added to, replaced in, removed from and reopened."""

    pool: dict[tuple[str, int], Contribution]

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        create(self.folder / "store", [mark()])
        self.store = open_directory(self.folder / "store", write=True)
        self.held: dict[str, Contribution] = {}

    @rule(
        chosen=st.dictionaries(
            st.sampled_from(IDS), st.integers(0, len(VARIANTS) - 1), min_size=1, max_size=3
        )
    )
    def load(self, chosen: dict[str, int]) -> None:
        cases = [self.pool[pair] for pair in chosen.items()]
        done = load(cases, self.store)
        assert set(done.added) == {one.case_id for one in cases} - self.held.keys()
        assert set(done.unchanged) >= {i for i in done.unchanged if i in self.held}
        self.held |= {one.case_id: one for one in cases}

    @rule(chosen=st.sets(st.sampled_from(IDS), min_size=1, max_size=2))
    def remove(self, chosen: set[str]) -> None:
        missing = chosen - self.held.keys()
        if missing:
            before = content(self.store)
            with pytest.raises(UnknownThing):
                remove(sorted(chosen), self.store)
            assert content(self.store) == before
            return
        assert remove(sorted(chosen), self.store).removed == tuple(sorted(chosen))
        for case_id in chosen:
            del self.held[case_id]

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_directory(self.folder / "store", write=True)

    @rule()
    def ask(self) -> None:
        assert set(self.store.index().ids) == self.held.keys()

    @invariant()
    def equals_a_fresh_load(self) -> None:
        if not hasattr(self, "store"):
            return
        fresh = memory([mark()])
        load(list(self.held.values()), fresh)
        assert content(self.store) == content(fresh)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            rebuilt = Index.build(self.store.entries())
            assert self.store.index() == rebuilt
            self.store.close()
            assert open_directory(self.folder / "store").index() == rebuilt
            shutil.rmtree(self.folder)


@pytest.mark.slow
@pytest.mark.parametrize("tries", [6, pytest.param(30, marks=pytest.mark.slow)])
def test_store_equals_a_fresh_load_after_any_changes(
    tries: int,
    pool: dict[tuple[str, int], Contribution],
    reasoned: dict[str, list[ox.Quad]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def conclude(stated: Mapping[str, Iterable[ox.Quad]]) -> dict[str, list[ox.Quad]]:
        return {name: reasoned[text_from(quads)] for name, quads in stated.items()}

    library.shipped_names()  # while the library can still be reasoned over
    monkeypatch.setattr(library, "infer_cases", conclude)
    machine: type[Changes] = type("Machine", (Changes,), {"pool": pool})
    many = settings(max_examples=tries, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(machine, settings=many)


WRITER = """
import sys
from pathlib import Path
import pyoxigraph as ox
from sysgraph.store.local import open_directory
from sysgraph.terms import graph_of
store = open_directory(Path(sys.argv[1]), write=True)
for number in range(100_000):
    name = f"case-{number}"
    quads = [
        ox.Quad(ox.NamedNode(f"urn:{number}/{n}"), ox.NamedNode("urn:p"), ox.Literal("x"))
        for n in range(20)
    ]
    store.replace({graph_of(name): quads, graph_of(name, "inferred"): quads[:5]})
    if number % 3 == 0:
        store.replace({graph_of(name): [], graph_of(name, "inferred"): []})
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [3, 50, 200])
def test_killed_writer_loses_nothing_and_leaves_no_wrong_index(lines: int, tmp_path: Path) -> None:
    place = tmp_path / "store"
    create(place, [mark()])
    command = [sys.executable, "-c", WRITER, str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(lines):
            last = int(writer.stdout.readline())
        writer.kill()
        rest = writer.stdout.read().split()
    last = int(rest[-1]) if rest else last
    store = open_directory(place)
    kept = {f"case-{number}" for number in range(last + 1) if number % 3}
    found = {name for name in map(case_id_of, store.graphs()) if name}
    # the one that was being written may be there or not, but whole
    assert kept <= found <= kept | {f"case-{last + 1}"}
    assert all(len(store.quads(graph_of(name))) == 20 for name in found)
    assert all(len(store.quads(graph_of(name, "inferred"))) == 5 for name in found)
    assert set(store.index().ids) == found
    assert store.index() == Index.build(store.entries())


def test_a_case_is_reasoned_over_once_when_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases: list[str] = []
    infer = Reasoner.infer

    def counted(self: Reasoner, triples: list[Triple], case: str) -> Conclusions:
        cases.append(case)
        return infer(self, triples, case)

    path = tmp_path / "one.yaml"
    path.write_text(copied("one"))
    prepare_store(str(tmp_path / "store")).close()
    monkeypatch.setattr(Reasoner, "infer", counted)
    done = load_files([path], str(tmp_path / "store"))
    assert (done.added, done.violations) == (("one",), 0)
    assert cases == ["https://w3id.org/sysgraph/case/one"]
    store = open_directory(tmp_path / "store")
    inferred = {*merge(store.quads(graph_of("one", "inferred")))}
    (case,) = done.cases
    assert inferred == {*merge(follows(case))}


def test_removal_names_what_is_not_there_and_takes_nothing(
    pool: dict[tuple[str, int], Contribution],
) -> None:
    store = memory([mark()])
    load([pool["one", 0], pool["two", 0]], store)
    before = set(store.store)
    with pytest.raises(UnknownThing, match="'two'"):
        remove(["one", "twoo"], store)
    assert set(store.store) == before
    assert remove(["one", "one"], store).removed == ("one",)
    assert not store.quads(graph_of("one", "inferred"))


@pytest.mark.slow
def test_shipped_case_stays_and_comes_back_where_it_was_replaced(
    vocabulary: Vocabulary, library: Store, tmp_path: Path
) -> None:
    assert isinstance(library, LocalStore)
    store = memory(library.store)
    with pytest.raises(ShippedCase, match="came with the library"):
        remove(["wigan-deal"], store)
    path = tmp_path / "own.yaml"
    path.write_text(SAMPLE.replace("title: Bristol Pound", "title: Mine", 1))
    before = content(store)
    for reason in ("", " "):
        with pytest.raises(ReplacesShipped, match="bristol-pound came with the library"):
            load(read(path, vocabulary), store, reason=reason)
    assert content(store) == before
    assert load(read(path, vocabulary), store, reason="Better").replaced == ("bristol-pound",)
    assert content(store) != before
    assert remove(["bristol-pound"], store).restored == ("bristol-pound",)
    assert content(store) == before
    assert run(find("case-provenance"), store).rows == run(find("case-provenance"), library).rows
