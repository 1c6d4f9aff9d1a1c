"""Loads by a cluster: a real scheduler with real workers on loopback, and what can befall them."""

import gzip
import json
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from distributed import Client
from typer.testing import CliRunner

from shelf import CASES, content, copied, many, write_cases
from sysgraph.bulk import slices
from sysgraph.bulk.load import load_bulk
from sysgraph.cli.app import build
from sysgraph.errors import SysgraphError

pytestmark = pytest.mark.servers

_START = 600

# What befalls a worker is put into it from outside, so that its code is that of any other.
_BEFALLS = """
import os, sys
from importlib.abc import MetaPathFinder
word = os.environ.get("BEFALLS", "").encode()

class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "sysgraph.bulk.cluster" or not word:
            return None
        sys.meta_path.remove(self)
        import sysgraph.bulk.work as work
        real = work._work_whole
        def whole(part, kit):
            if word in (part.text or b""):
                if os.environ["HOW"] == "ends":
                    os._exit(9)
                raise MemoryError("no more of it")
            return real(part, kit)
        work._work_whole = whole
        return None

sys.meta_path.insert(0, Finder())
"""


@dataclass
class Cluster:
    """A scheduler and its workers, each a process; where each notes what it says."""

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def join(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        name = f"worker-{len(self.workers)}"
        words = ["distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny"]
        words += ["--host", "127.0.0.1", "--no-dashboard", "--local-directory", name]
        worker = started(self.folder, name, words, environment)
        self.workers.append(worker)
        return worker


def unheard(_: str) -> None:
    """Be told something, and say nothing."""


def started(
    folder: Path, name: str, words: list[str], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


@contextmanager
def running(folder: Path, count: int, **environment: str) -> Iterator[Cluster]:
    folder.mkdir()
    told = folder / "scheduler.json"
    words = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    words += ["--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(told)]
    scheduler = started(folder, "scheduler", words, {})
    cluster = None
    try:
        until = time.monotonic() + _START
        while cluster is None and time.monotonic() < until:
            with suppress(OSError, ValueError):
                address = json.loads(told.read_text())["address"]
                cluster = Cluster(folder, address, scheduler)
            time.sleep(0.05)
        assert cluster is not None, (folder / "scheduler.log").read_text()
        for _ in range(count):
            cluster.join(**environment)
        if count:  # a busy machine takes longer to start them than a load waits
            with Client(cluster.address, set_as_default=False) as client:
                client.wait_for_workers(count, timeout=_START)
        yield cluster
    finally:
        for process in [*(cluster.workers if cluster else []), scheduler]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers that nothing befalls."""
    with running(tmp_path_factory.mktemp("cluster") / "of-two", 2) as found:
        yield found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few cases be many slices."""
    monkeypatch.setattr(slices, "_SLICE_BYTES", 20_000)


@pytest.mark.usefixtures("small")
def test_a_cluster_makes_the_same_store_as_this_machine(cluster: Cluster, tmp_path: Path) -> None:
    path = many(tmp_path, 24)
    told: list[str] = []
    there = load_bulk([path], tmp_path / "there", cluster=cluster.address, told=told.append)
    here = load_bulk([path], tmp_path / "here", workers=1)
    assert content(tmp_path / "there") == content(tmp_path / "here")
    assert (there.added, there.warnings) == (here.added, here.warnings)
    assert len(there.added) == 24
    assert "2 threads" in told[0]
    assert "http://127.0.0.1:" in told[0]
    again = load_bulk([path], tmp_path / "there", cluster=cluster.address, told=told.append)
    assert (again.added, again.unchanged) == ((), there.added)


def test_files_that_workers_cannot_see_are_sent_to_them(cluster: Cluster, tmp_path: Path) -> None:
    # The workers stand in a folder of their own, where a relative path leads to nothing.
    for number in (1, 2):
        (tmp_path / f"new-{number}.yaml").write_text(copied(f"new-{number}", "wigan-deal"))
    bad = tmp_path / "bad.yaml"
    bad.write_text(copied("bad", "wigan-deal").replace("judgement: ", "judgement: no-such-", 1))
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        sound = [Path(f"new-{number}.yaml") for number in (1, 2)]
        done = load_bulk(sound, tmp_path / "store", cluster=cluster.address, told=unheard)
        refused = [
            load_bulk([Path("bad.yaml")], tmp_path / name, sorting=True, **how)
            for name, how in (
                ("a", {"cluster": cluster.address, "told": unheard}),
                ("b", {"workers": 1}),
            )
        ]
    finally:
        os.chdir(before)
    assert done.added == ("new-1", "new-2")
    assert refused[0].findings == refused[1].findings
    assert refused[0].refused == refused[1].refused
    assert [one.line for one in refused[0].findings]
    assert not (tmp_path / "a").exists()


def test_exit_codes_findings_and_rejects_are_those_of_one_machine(
    cluster: Cluster, tmp_path: Path
) -> None:
    good, bad = copied("good", CASES[0].stem), copied("bad", CASES[1].stem)
    paths = []
    for name, text in (("good", good), ("bad", f"{bad}\nno-such-key: 1\n")):
        paths.append(tmp_path / f"{name}.yaml")
        paths[-1].write_text(text)
    said = []
    for name, how in (("there", ["--cluster", cluster.address]), ("here", [])):
        rejects = tmp_path / f"{name}-rejects"
        words = ["load", *map(str, paths), "--store", str(tmp_path / name), "--keep-valid"]
        ran = CliRunner().invoke(build(), [*words, "--rejects", str(rejects), *how])
        held = sorted(p.read_text() for p in rejects.parent.glob(f"{rejects.name}*") if p.is_file())
        said.append((ran.exit_code, held, content(tmp_path / name)))
    assert said[0][0] == said[1][0] == 1
    assert said[0][2] == said[1][2]


def in_background(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Begin a load, and return what ends when it does, and what then came of it."""
    came: list[object] = []

    def run() -> None:
        try:
            came.append(work())
        except SysgraphError as error:
            came.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


@pytest.mark.usefixtures("small")
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    path, at = many(tmp_path, 24), threading.Event()
    with running(tmp_path / "cluster", 2) as cluster:

        def noted(_: str, done: int, total: int) -> None:
            if done:
                at.set()

        def work() -> object:
            return load_bulk(
                [path], tmp_path / "store", cluster=cluster.address, told=unheard, progress=noted
            )

        thread, came = in_background(work)
        assert at.wait(_START)
        cluster.workers[0].send_signal(signal.SIGKILL)
        thread.join()
        assert [one.added for one in came] == [tuple(f"made-{n:04d}" for n in range(24))]  # type: ignore[attr-defined]
    load_bulk([path], tmp_path / "here", workers=1)
    assert content(tmp_path / "store") == content(tmp_path / "here")


@pytest.mark.usefixtures("small")
def test_a_scheduler_that_goes_away_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path, at = many(tmp_path, 24), threading.Event()
    with running(tmp_path / "first", 1) as cluster:

        def noted(_: str, done: int, total: int) -> None:
            if done and not at.is_set():
                cluster.scheduler.kill()
                at.set()

        with pytest.raises(SysgraphError, match="scheduler went away; nothing was loaded"):
            load_bulk(
                [path], tmp_path / "store", cluster=cluster.address, told=unheard, progress=noted
            )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cases.nq", "first"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("ends", "the slice of .* ended 4 workers"),
        ("fails", "failed at cases.nq, line .*no more of it"),
    ],
)
def test_a_slice_that_always_fails_is_named(how: str, told: str, tmp_path: Path) -> None:
    path = many(tmp_path, 24)
    (tmp_path / "sitecustomize.py").write_text(_BEFALLS)
    before = os.environ.get("PYTHONPATH", "")
    befalls = {"PYTHONPATH": f"{tmp_path}:{before}", "BEFALLS": "made-0011", "HOW": how}
    with running(tmp_path / "cluster", 5 if how == "ends" else 1, **befalls) as cluster:
        with pytest.raises(SysgraphError, match=told) as caught:
            load_bulk([path], tmp_path / "store", cluster=cluster.address, told=unheard)
        assert "cases.nq, line" in str(caught.value)
        assert "nothing was loaded" in str(caught.value)
    assert not (tmp_path / "store").exists()


@pytest.mark.usefixtures("small")
def settled(parts: Path) -> dict[Path, int]:
    """Return which parts are kept, and since when, once no worker is at a last one."""
    until, before = time.monotonic() + _START, {parts: 0}
    while time.monotonic() < until:
        kept = {record: record.stat().st_mtime_ns for record in parts.glob("part-*.json")}
        if kept == before and not list(parts.glob(".*")):
            break
        before = kept
        time.sleep(0.5)
    return before


def test_a_full_disk_of_a_worker_is_named_and_the_next_load_goes_on(
    disk: Callable[[str], Path], cluster: Cluster, tmp_path: Path
) -> None:
    path, parts = many(tmp_path, 24), disk("160k") / "parts"
    words = ["load", str(path), "--partitions", str(parts), "--cluster", cluster.address]
    ran = CliRunner().invoke(build(), words)
    assert isinstance(ran.exception, SysgraphError)
    full = f"part-.*: {re.escape(platform.node())} could not write it: No space left on device"
    assert re.search(full, str(ran.exception))
    assert "added" not in ran.output
    assert not (parts / "manifest.json").exists()
    kept = settled(parts)
    assert kept
    disk("64m")
    ran = CliRunner().invoke(build(), words)
    assert ran.exit_code == 0, ran.output
    assert "24 cases: 24 added" in ran.output
    assert {record: record.stat().st_mtime_ns for record in kept} == kept
    told = json.loads((parts / "manifest.json").read_text())
    assert told["new"] == 24
    for one in told["partitions"]:
        held = (parts / one["file"]).read_bytes()
        assert sha256(held).hexdigest() == one["sha256"]
        assert gzip.decompress(held).count(b"\n") == one["quads"]


def test_a_worker_of_another_version_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    source = Path(slices.__file__).parents[1]
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "sysgraph").symlink_to(source)  # the same code, another folder
    other = tmp_path / "other" / "sysgraph"
    other.mkdir(parents=True)
    for one in source.iterdir():
        (other / one.name).symlink_to(one)
    (other / "bulk").unlink()
    (other / "bulk").mkdir()
    for one in (source / "bulk").glob("*.py"):
        (other / "bulk" / one.name).write_text(one.read_text() + "\n# other\n")
    (tmp_path / "other" / "ontology").symlink_to(source.parents[1] / "ontology")
    path = write_cases(tmp_path, copied("new", "wigan-deal"), name="new.yaml")
    with running(tmp_path / "cluster", 1, PYTHONPATH=str(tmp_path / "other")) as mixed:
        with pytest.raises(SysgraphError, match="has another version of sysgraph") as caught:
            load_bulk([path], tmp_path / "store", cluster=mixed.address, told=unheard)
        assert "nothing was loaded" in str(caught.value)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://127.0.0.1:1", "no scheduler of Dask answers there"),
        ("nonsense://x", "no scheduler of Dask answers there"),
    ],
)
def test_where_no_scheduler_is_the_words_say_what_to_do(
    address: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysgraph.bulk.cluster._PATIENCE", 1)
    path = write_cases(tmp_path, copied("new", "wigan-deal"), name="new.yaml")
    with pytest.raises(SysgraphError, match=told):
        load_bulk([path], tmp_path / "store", cluster=address, told=unheard)
    assert not (tmp_path / "store").exists()


def test_a_scheduler_without_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysgraph.bulk.cluster._PATIENCE", 2)
    path = write_cases(tmp_path, copied("new", "wigan-deal"), name="new.yaml")
    with (
        running(tmp_path / "cluster", 0) as alone,
        pytest.raises(SysgraphError, match="no worker; start one: dask worker tcp://"),
    ):
        load_bulk([path], tmp_path / "store", cluster=alone.address, told=unheard)
