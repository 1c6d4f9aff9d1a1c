"""What many tests need, each made once."""

import fcntl
import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

import sysgraph.cache
import sysgraph.library as shelves
from calling import Call, calling
from shelf import FEW, is_in_first_step
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.cache import cache_folder
from sysgraph.case.contribution import Contribution, describe_origin
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.history.states import State, history_quads
from sysgraph.library import infer_cases
from sysgraph.ontology import Editions, Ontology
from sysgraph.rdf import Format, parse, quads_of, triples_of
from sysgraph.reason.axioms import close, knowledge
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts
from sysgraph.reason.shipped import rules_of
from sysgraph.store.local import LocalStore, Store, create, memory
from sysgraph.stores import open_store
from sysgraph.terms import contribution_of, graph_of
from sysgraph.vocabulary import Vocabulary
from sysgraph.web.site import Site
from visiting import serving, visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WORLD = Path(__file__).parent / "world"

# How long an example takes is no law: a busy machine must not fail a test.
settings.register_profile("sysgraph", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sysgraph")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the second step three of four shipped cases, where a test is for each of them.

    So what every change needs grows a quarter as fast as the library.
    """
    for item in items:
        called = getattr(item, "callspec", None)
        values = called.params.values() if called else ()
        paths = [one for one in values if isinstance(one, Path) and one.parent.name == "cases"]
        if not all(map(is_in_first_step, paths)):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Keep the collector from a sixth of the time: tests live to the end, and graphs are large."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def library() -> Iterator[Store]:
    """The shipped library."""
    store = open_store()
    yield store
    store.close()


@pytest.fixture(scope="session")
def few_place(library: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shipped library lies with few of its cases."""
    place = tmp_path_factory.mktemp("few") / "library"
    kept = [name for name in library.graphs() if contribution_of(name) in ("", *FEW)]
    create(place, [quad for name in kept for quad in library.quads(name)])
    return place


@pytest.fixture
def few(few_place: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Have the shipped library be one with few cases, where all of them would prove no more.

    What is thorough or needs servers has the whole library, as has every other process.
    """
    if any(map(request.node.get_closest_marker, ("thorough", "servers"))):
        return

    def put(content: bytes, name: str, *rooms: str) -> bytes:
        is_of_files = name.endswith(".json") and not rooms
        assert is_of_files, f"{name} would be kept, and is made of few cases"
        return keep(content, name)

    keep = sysgraph.cache.put
    monkeypatch.setattr(sysgraph.cache, "put", put)
    monkeypatch.setattr(shelves, "library_place", lambda: few_place)
    monkeypatch.setattr(shelves, "shipped_names", cache(shelves.shipped_names.__wrapped__))


@pytest.fixture(scope="session")
def frame(library: Store) -> Frame:
    """What the shipped library knows."""
    return load_frame(library)


@pytest.fixture(scope="session")
def site() -> Site:
    """The pages of the shipped library, opened once."""
    return Site()


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[TestClient]:
    """A visitor of these pages without a script."""
    with visitor(site) as found:
        yield found


@pytest.fixture(scope="session")
def published() -> Path:
    """The site of the shipped library as files, made once for all processes; only to be read."""
    from sysgraph.release.site import publish

    place = cache_folder()
    assert place is not None
    with (place / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        publish(place / "published")
    return place / "published"


@pytest.fixture
def call(library: Store, capfd: pytest.CaptureFixture[str]) -> Call:
    """The command line, in this process; the library has been reasoned over before."""
    return calling(capfd)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """What a contribution to the real library may say."""
    return Ontology.load().vocabulary


def world_terms() -> list[ox.Quad]:
    """The real schema with the vocabulary of the tiny world."""
    files = (data() / "ontology" / "sysgraph.ttl", WORLD / "vocabulary.ttl")
    return [q for file in files for q in parse(file.read_bytes(), Format.TURTLE, str(file))]


def world_cases(vocabulary: Vocabulary) -> list[Contribution]:
    """The cases of the tiny world."""
    return [case for path in sorted(WORLD.glob("*.yaml")) for case in read(path, vocabulary)]


def named(quads: list[ox.Quad], graph: str) -> list[ox.Quad]:
    name = ox.NamedNode(graph)
    return [ox.Quad(q.subject, q.predicate, q.object, name) for q in quads]


EDITIONS = Editions("1", "0" * 64, "f" * 64)


def world_states() -> dict[str, list[State]]:
    """What is told of the tiny world's past: epsilon was retracted, eta is a draft."""
    first, second = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"
    return {
        "epsilon": [
            State("counts", first, "", "", second, "retracted", "Told in error.", "Anna"),
            State("retracted", second, "", ""),
        ],
        "eta": [State("draft", first, "", "")],
        "theta": [State("superseded", second, "", "", replaced_by=("alpha",))],
    }


@pytest.fixture(scope="session")
def world(vocabulary: Vocabulary) -> LocalStore:
    """The tiny world, asserted and inferred in named graphs, as a store keeps them."""
    terms = world_terms()
    stated = Facts(triples_of(terms))
    rules = rules_of(stated.all)
    schema = close(rules, stated.all)
    quads = named(terms, "https://example.org/terms")
    quads += quads_of(knowledge(schema, stated), "https://example.org/closed")
    reasoner = Reasoner(specialise(rules, schema, stated))
    cases = world_cases(vocabulary)
    found = infer_cases({case.case_id: case.quads for case in cases}, reasoner)
    for case in cases:
        quads += named(case.quads, graph_of(case.case_id))
        quads += named(found[case.case_id], graph_of(case.case_id, "inferred"))
        quads += describe_origin(case, "2026-01-04T00:00:00Z", EDITIONS)
    for name, states in world_states().items():
        quads += history_quads(name, states)
    return memory(quads)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium."""
    from browsing import started

    with started() as found:
        yield found


@pytest.fixture(scope="module")
def base(site: Site) -> Iterator[str]:
    """The address of a server of the shipped library."""
    with serving(site) as address:
        yield address


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Gives a disk the size that it is called with, and returns where it is."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("a small disk is made by root alone")
    folder = tmp_path / "disk"

    def resize(size: str) -> Path:
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
        options = f"size={size}" if is_new else f"remount,size={size}"
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            pytest.skip("no small disk can be made here")
        return folder

    yield resize
    subprocess.run(["umount", str(folder)], check=False, capture_output=True)
