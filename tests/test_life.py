"""The life of a case: drafts never count, the past is kept, and as-of is as it was."""

from collections.abc import Sequence
from itertools import pairwise, product

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

from sysgraph import library
from sysgraph.contribute import Contribution, read
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import RetractedCase, SysgraphError, UnknownThing
from sysgraph.graph import text_of
from sysgraph.index import Index
from sysgraph.intake import load, remove
from sysgraph.life import (
    history,
    restore,
    retract,
    standing,
    store_as_of,
)
from sysgraph.life.state import text_from
from sysgraph.paths import data
from sysgraph.store import LocalStore, memory
from sysgraph.terms import PREFIXES, REVISION, STORE_GRAPH, contribution_of, graph_of

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
    text = SAMPLE.replace("id: bristol-pound", f"id: {case_id}")
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
    found = {text_from(one.quads): library.infer_cases([one])[0][1] for one in pool.values()}

    def conclude(cases: Sequence[Contribution]) -> list[tuple[Contribution, list[ox.Quad]]]:
        return [(case, found[text_from(case.quads)]) for case in cases]

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
    for module in ("sysgraph.intake", "sysgraph.life.deeds"):
        monkeypatch.setattr(f"{module}.moment_now", found)
    return found


def live(store: LocalStore) -> set[ox.Quad]:
    """What counts: all quads but the past, the times of loading and the revision."""
    left_out = (f"{PREFIXES['prov']}generatedAtTime", REVISION)
    return {
        quad
        for quad in store.store
        if quad.predicate.value not in left_out
        and not text_of(quad.graph_name).endswith("/history")
    }


def whole(store: LocalStore) -> set[ox.Quad]:
    """All that a store holds but for what it says of itself."""
    return {quad for quad in store.store if text_of(quad.graph_name) != STORE_GRAPH}


def mark() -> ox.Quad:
    name = ox.NamedNode(STORE_GRAPH)
    return ox.Quad(name, ox.NamedNode("urn:mark"), ox.Literal("m"), name)


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
        assert live(self.store) == live(fresh)
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
        for case_id, content in self.counted:
            there = standing(case_id, self.store)
            known = {text_from(there.asserted), *(state.content for state in there.states)}
            assert content in known

    @invariant()
    def states_follow_one_another(self) -> None:
        if not hasattr(self, "store"):
            return
        for case_id in {*map(contribution_of, self.store.graphs())} - {""}:
            told = history(case_id, self.store)
            assert [each.number for each in told] == list(range(1, len(told) + 1))
            assert all(each.until for each in told[:-1])
            assert all(a.until <= b.since for a, b in pairwise(told))


def test_whatever_is_done_the_store_is_a_fresh_load_and_the_past_is_as_it_was(
    pool: dict[tuple[str, int], Contribution], by_heart: None, clock: Clock
) -> None:
    machine: type[Lives] = type("Machine", (Lives,), {"pool": pool, "clock": clock})
    tries = settings(max_examples=40, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(machine, settings=tries)
