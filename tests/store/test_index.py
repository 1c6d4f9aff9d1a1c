"""The case index: answers as SPARQL does, follows every change, and is never believed blindly."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgraph.advice.board import LISTED, advise
from sysgraph.advice.cases import CaseStudy, Lookup, StoredCase
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import situations_of_case
from sysgraph.rdf import triples_of
from sysgraph.store.index import (
    INDEPENDENT,
    ON_OUTCOME,
    Entry,
    Index,
    entry_of,
    line_of,
    ones,
    parse_line,
)
from sysgraph.store.keeper import FILE, Keeper, opening_of, write_index
from sysgraph.store.local import Store, create, memory, open_directory
from sysgraph.terms import NAMESPACE, PREFIXES, STORE_GRAPH, graph_of

FACETS = {f"f{at}": [f"value/f{at}-{name}" for name in "abc"] for at in range(4)}

readings = st.builds(
    lambda chosen: tuple(sorted(value for value in chosen if value)),
    st.tuples(*(st.sampled_from(["", *values]) for values in FACETS.values())),
).filter(bool)
entries = st.builds(
    Entry,
    st.from_regex(r"[a-d][a-c0-1-]{1,2}", fullmatch=True),
    st.text(max_size=4),
    st.sampled_from(["x", "y", ""]),
    st.sampled_from(["yes", "no", "mixed"]),
    st.sampled_from(["yes", "no"]),
    st.booleans(),
    st.lists(readings, max_size=4).map(lambda listed: tuple(sorted(listed))),
    st.sets(st.sampled_from(["x", "y", "z"])).map(lambda kinds: tuple(sorted(kinds))),
    st.sets(st.sampled_from([ON_OUTCOME, f"{INDEPENDENT}led", f"{INDEPENDENT}working"])).map(
        lambda marks: tuple(sorted(marks))
    ),
)
several = st.dictionaries(st.integers(0, 200), entries, max_size=30).map(
    lambda found: {entry.case_id: entry for entry in found.values()}
)


def overlap(mine: Mapping[str, str], reading: tuple[str, ...]) -> tuple[int, int]:
    theirs = {next(f for f, vs in FACETS.items() if v in vs): v for v in reading}
    both = mine.keys() & theirs.keys()
    return sum(mine[facet] == theirs[facet] for facet in both), len(both)


@pytest.mark.slow
@given(
    several, st.dictionaries(st.sampled_from(list(FACETS)), st.integers(0, 2)), st.integers(1, 9)
)
@settings(max_examples=200)
def test_nearest_cases_are_those_of_counting_by_hand(
    cases: dict[str, Entry], chosen: dict[str, int], limit: int
) -> None:
    mine = {facet: FACETS[facet][at] for facet, at in chosen.items()}
    index = Index.build(cases.values())
    lookup = Lookup(index, {value: FACETS[facet] for facet, value in mine.items()})
    for kind in ("x", "y"):
        among = [entry for entry in cases.values() if entry.type == kind]
        best = [
            (max((overlap(mine, r) for r in entry.readings), default=(0, 0)), entry)
            for entry in among
        ]
        best.sort(key=lambda found: (-found[0][0], found[1].case_id))
        expected = [(CaseStudy(*entry[:6]), *counts) for counts, entry in best[:limit]]
        rows = index.rows_of(f"type={kind}")
        assert [tuple(near) for near in lookup.nearest(rows, limit)] == expected
        assert index.count(rows) == len(among)


@pytest.mark.slow
@given(several, st.lists(st.one_of(entries, entries.map(lambda e: e.case_id)), max_size=80))
@settings(max_examples=200)
def test_index_that_followed_changes_is_the_one_built_anew(
    cases: dict[str, Entry], changes: list[Entry | str]
) -> None:
    at_once, step_by_step = Index.build(cases.values()), Index.build(cases.values())
    for change in changes:
        if isinstance(change, Entry):
            cases = {**cases, change.case_id: change}
            at_once.put(change)
            step_by_step.put(change)
        else:
            cases = {name: entry for name, entry in cases.items() if name != change}
            at_once.drop(change)
            step_by_step.drop(change)
        assert len(step_by_step) == len(cases)
    rebuilt = Index.build(cases.values())
    assert at_once == rebuilt
    assert step_by_step == rebuilt
    assert list(rebuilt.ids) == sorted(cases)
    assert all(name in at_once for name in cases)
    assert "nobody" not in at_once


def test_rows_and_cases_are_told_apart_across_blocks() -> None:
    cases = [
        Entry(f"c{n:04}", f"t{n}", "x", "yes", "no", False, (("v",),) * (n % 4)) for n in range(700)
    ]
    index = Index.build(reversed(cases))
    row = 0
    for number, entry in enumerate(cases):
        height = max(1, len(entry.readings))
        for each in range(row, row + height):
            assert index.case_at(each) == number
            assert index.span(each) == range(row, row + height)
        row += height
    # so many at once that they are worked in by text
    for entry in cases[::2]:
        index.drop(entry.case_id)
    for entry in cases[::4]:
        index.put(entry._replace(type="y"))
    kept = [
        e._replace(type="y") if n % 4 == 0 else e
        for n, e in enumerate(cases)
        if n % 2 or n % 4 == 0
    ]
    assert index == Index.build(kept)


@given(st.integers(0, 2**70))
def test_set_bits_are_listed_in_order(rows: int) -> None:
    assert list(ones(rows)) == [at for at in range(rows.bit_length()) if rows >> at & 1]


@given(entries)
def test_entry_survives_being_a_line(entry: Entry) -> None:
    assert "\n" not in line_of(entry)
    assert parse_line(line_of(entry)) == entry


@given(st.text())
def test_title_is_what_the_literal_says(title: str) -> None:
    try:
        literal = ox.Literal(title, language="en")
    except UnicodeEncodeError:  # half of a surrogate pair is no text
        return
    case, predicate = f"<{PREFIXES['case']}x>", f"<{PREFIXES['dcterms']}title>"
    assert entry_of("x", [(case, predicate, str(literal))]).title == title


@pytest.mark.slow
def test_likeness_on_the_library_is_that_of_reading_by_reading(
    library: Store, frame: Frame
) -> None:
    cases = list(frame.cases.values())
    for case in cases:
        for situation in situations_of_case(case.id, frame):
            described = replace(situation, case="")  # whose own case is left out else
            mine = {f: frame.facets[f].values[v].iri for f, v in situation.facets.items()}
            advice = advise(described, frame)
            for kind, entry in advice.types.items():
                expected = sorted(
                    (
                        (
                            *max(
                                (
                                    sum(mine[f] == r[f] for f in mine.keys() & r.keys()),
                                    len(mine.keys() & r.keys()),
                                )
                                for r in other.readings.values()
                            ),
                            other,
                        )
                        for other in cases
                        if other.type == kind
                    ),
                    key=lambda found: (-found[0], found[2].id),
                )
                assert [
                    (e.shared, e.compared, e.case.id, e.case.title, e.case.led, e.case.working)
                    for e in entry.cases
                ] == [(s, c, o.id, o.title, o.led, o.working) for s, c, o in expected[:LISTED]]
                checked = [o.checked for *_, o in expected[:LISTED]]
                assert [e.case.checked for e in entry.cases] == checked
                telling = [o for *_, o in expected if not o.is_selected]
                failed = [o for *_, o in expected if fails(o, frame)]
                assert entry.case_count == len(telling)
                assert entry.failure_count == sum(fails(o, frame) for o in telling)
                worst = entry.nearest_failure
                assert (worst.case.id if worst else None) == next((o.id for o in failed), None)


def fails(case: StoredCase, frame: Frame) -> bool:
    return not frame.failures.isdisjoint({(case.led, "led"), (case.working, "working")})


def quads_of(case_id: str, library: Store) -> list[ox.Quad]:
    return library.quads(graph_of(case_id))


def test_entry_does_not_depend_on_the_order_of_triples(library: Store) -> None:
    triples = list(triples_of(quads_of("wigan-deal", library)))
    entry = entry_of("wigan-deal", triples)
    assert entry == entry_of("wigan-deal", reversed(triples))
    assert (entry.type, entry.led, entry.working) == ("better-leadership", "mixed", "yes")
    assert entry.checked
    assert sorted(map(len, entry.readings)) == [12, 13]
    assert entry.also == ("facilitative",)
    direct = [(s, p.replace("observesValue", "x"), o) for s, p, o in triples]
    reading = f"<{NAMESPACE}case/wigan-deal/readings/1>"
    direct.append(
        (reading, f"<{NAMESPACE}hasFacetValue>", f"<{NAMESPACE}value/stakes-safe-to-fail>")
    )
    assert entry_of("wigan-deal", direct).readings == (("value/stakes-safe-to-fail",),)
    assert entry_of("none", []) == Entry("none", "", "", "", "", False, ())


@pytest.fixture
def place(library: Store, tmp_path: Path) -> Path:
    quads = [q for name in ("wigan-deal", "bhavishya") for q in quads_of(name, library)]
    create(tmp_path / "store", quads)
    return tmp_path / "store"


class Counting(Keeper):
    """A keeper that tells how often the index was built from the store."""

    built = 0

    def index(self, revision, entries):  # type: ignore[no-untyped-def]
        def counted():  # type: ignore[no-untyped-def]
            self.built += 1
            return entries()

        return super().index(revision, counted)


def read_anew(place: Path) -> tuple[Index, bool]:
    """The index of a store opened anew, and whether it had to be built."""
    store = open_directory(place)
    keeper = Counting(place)
    store._keeper = keeper
    return store.index(), bool(keeper.built)


def test_index_is_kept_in_the_directory_and_added_to(place: Path, library: Store) -> None:
    assert read_anew(place)[1] is False
    size = (place / FILE).stat().st_size
    store = open_directory(place, write=True)
    store.replace({graph_of("bristol-pound"): quads_of("bristol-pound", library)})
    store.replace({graph_of("wigan-deal"): []})
    store.close()
    index, built = read_anew(place)
    assert list(index.ids) == ["bhavishya", "bristol-pound"]
    assert not built
    assert (place / FILE).stat().st_size < size + 3000
    assert index == open_directory(place).index()


def test_writer_that_asks_sees_its_own_changes(place: Path, library: Store) -> None:
    store = open_directory(place, write=True)
    assert list(store.index().ids) == ["bhavishya", "wigan-deal"]
    store.replace({graph_of("bristol-pound"): quads_of("bristol-pound", library)})
    assert list(store.index().ids) == ["bhavishya", "bristol-pound", "wigan-deal"]
    assert store.index() == Index.build(
        entry_of(name, triples_of(quads_of(name, library))) for name in store.index().ids
    )
    store.close()
    assert read_anew(place) == (
        Index.build(
            entry_of(name, triples_of(quads_of(name, library)))
            for name in ("bhavishya", "bristol-pound", "wigan-deal")
        ),
        False,
    )


def spoil_by_foreign_writer(place: Path) -> None:
    foreign = ox.Store(str(place))
    foreign.remove_graph(ox.NamedNode(graph_of("wigan-deal")))
    foreign.flush()


def spoil_by_crash(place: Path) -> None:
    # The transaction was made, and the process died before the line was added.
    before = (place / FILE).read_bytes()
    store = open_directory(place, write=True)
    claimed = (place / FILE).read_bytes()
    store.replace({graph_of("wigan-deal"): []})
    store.store.flush()
    del store
    assert claimed != before
    (place / FILE).write_bytes(claimed)


def spoil_by_torn_line(place: Path) -> None:
    store = open_directory(place, write=True)
    store.replace({graph_of("wigan-deal"): []})
    del store
    (place / FILE).write_bytes((place / FILE).read_bytes()[:-5])


def spoil_by_loss(place: Path) -> None:
    (place / FILE).unlink()
    spoil_by_foreign_writer(place)


def spoil_by_damage(place: Path) -> None:
    data = (place / FILE).read_bytes()
    end = data.rindex(b"\n=")
    spoil_by_foreign_writer(place)
    revision = data[end + 2 :].split(b" ")[0].decode()
    stamp = f"\n={revision} {opening_of(place)}\n".encode()
    (place / FILE).write_bytes(b"000000000009" + data[12:end] + stamp)


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_by_foreign_writer,
        spoil_by_crash,
        spoil_by_torn_line,
        spoil_by_loss,
        spoil_by_damage,
    ],
)
def test_index_out_of_step_is_noticed_and_built_again(spoil, place: Path) -> None:  # type: ignore[no-untyped-def]
    spoil(place)
    index, built = read_anew(place)
    assert built
    assert list(index.ids) == ["bhavishya"]
    assert read_anew(place) == (index, False)


def test_file_is_written_anew_when_added_lines_outgrow_it(place: Path, library: Store) -> None:
    store = open_directory(place, write=True)
    quads = quads_of("bristol-pound", library)
    for _ in range(150):
        store.replace({graph_of("bristol-pound"): quads})
    long = (place / FILE).stat().st_size
    store.close()
    assert (place / FILE).stat().st_size < long / 10
    index, built = read_anew(place)
    assert (list(index.ids), built) == (["bhavishya", "bristol-pound", "wigan-deal"], False)


def test_bulk_writer_makes_the_same_file(place: Path) -> None:
    store = open_directory(place)
    made = (place / FILE).read_bytes()
    write_index(place, Index.build(reversed(list(store.entries()))), store.revision())
    assert (place / FILE).read_bytes() == made
    assert read_anew(place)[1] is False


def test_folder_that_cannot_be_written_has_an_index_in_memory(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sysgraph import files as write
    from sysgraph.errors import BadFile

    def refuse(path: Path, data: bytes) -> None:
        raise BadFile(path, "it cannot be written")

    (place / FILE).unlink()
    monkeypatch.setattr(write, "write_file", refuse)
    assert len(open_directory(place).index()) == 2
    assert not (place / FILE).exists()


def test_store_in_memory_has_an_index(library: Store) -> None:
    store = memory(quads_of("wigan-deal", library))
    assert list(store.index().ids) == ["wigan-deal"]
    store.replace({graph_of("wigan-deal"): [], STORE_GRAPH: []})
    assert list(store.index().ids) == []
    assert Lookup(store.index(), {}).nearest(0, 3) == []


def test_names_near_a_wrong_one_are_found_among_many() -> None:
    index = Index.build(
        Entry(f"c{n:05}-tostan", "", "x", "yes", "no", False, ()) for n in range(9000)
    )
    assert index.ids_like("c00042-tostam")[0] == "c00042-tostan"
    assert index.ids_like("zzzz") == []
