"""Kill loads and changes of stores with SIGKILL at random moments, and count what was harmed.

    python tests/kills.py --kills 155 --bulk 40 --renames 5 --rows 3000 --seed 1

After each kill the store must be as it was or as it was to be (else it is *partial*, or *lost* if
what was there is gone), and the same command again must make it as it was to be, with nothing
left beside it and an index that agrees (else it is *unhealed*).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shelf import copied
from sysgraph.files import data
from sysgraph.store.index import Index
from sysgraph.store.local import open_directory
from sysgraph.stores import open_store, prepare_store
from sysgraph.terms import STORE_GRAPH

CASE = data() / "ontology" / "cases" / "wigan-deal.yaml"
_MOMENT = "http://www.w3.org/2001/XMLSchema#dateTime"
_MANY = 50_000

# Runs a command; with two words in KILL it kills itself before or after so many renames.
_RUN = """
import os, signal, sys
if __name__ == "__main__":
    when, count = os.environ.get("KILL", "never 0").split()
    real, left = os.rename, [int(count)]
    def rename(*places, **more):
        left[0] -= 1
        if when == "before" and left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)
        real(*places, **more)
        if when == "after" and left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)
    if when != "never": os.rename = rename
    from sysgraph.cli import main
    main()
"""

State = dict[str, object]


@dataclass
class Action:
    """A command over a store: its words, and what the store is before it, if it is there."""

    name: str
    words: Sequence[str]
    before: Path | None
    state: State | None = None
    after: State | None = None
    seconds: float = 0.0
    # What it may be between the two: a store that is made is whole before the case goes in.
    between: State | None = None


@dataclass
class Harm:
    """What came of the kills."""

    kills: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    harm: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str) -> None:
        """Count a harm, and keep what it was."""
        self.harm[kind] += 1
        self.told.append(f"{kind}: {what}")


class Killer:
    """A folder with stores in several states, and what can be done to them."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.place = folder / "store"
        self.script = folder / "run.py"
        self.script.write_text(_RUN)
        for name in ("one", "two"):
            (folder / f"{name}.yaml").write_text(copied(name, "wigan-deal"))
        other = copied("one", "wigan-deal").replace("title: ", "title: New ", 1)
        (folder / "corrected.yaml").write_text(other)
        self.bases = {"empty": None, "loaded": folder / "loaded", "retracted": folder / "retracted"}
        self._run("load", str(folder / "one.yaml"), "--store", str(folder / "loaded"))
        shutil.copytree(folder / "loaded", folder / "retracted")
        self._run("retract", "one", "--reason", "in error", "--store", str(folder / "retracted"))

    def _run(self, *words: str, kill: str = "never 0") -> int:
        command = [sys.executable, str(self.script), *words]
        known = {**os.environ, "KILL": kill}
        ran = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
        if kill == "never 0" and ran.returncode:
            raise RuntimeError(f"{words}: {ran.returncode}: {ran.stderr}")
        return ran.returncode

    def actions(self) -> list[Action]:
        """Return the commands that change a store of few cases."""
        one, two = str(self.folder / "one.yaml"), str(self.folder / "two.yaml")
        corrected = str(self.folder / "corrected.yaml")
        loaded, retracted = self.bases["loaded"], self.bases["retracted"]
        return [
            Action("create", ["load", one], None),
            Action("load", ["load", two], loaded),
            Action("correct", ["load", corrected, "--reason", "better known"], loaded),
            Action("retract", ["retract", "one", "--reason", "in error"], loaded),
            Action("undo", ["retract", "one", "--undo"], retracted),
            Action("remove", ["remove", "two"], self._with_two()),
        ]

    def _with_two(self) -> Path:
        place = self.folder / "with-two"
        shutil.copytree(self.folder / "loaded", place)
        self._run("load", str(self.folder / "two.yaml"), "--store", str(place))
        return place

    def bulk(self, rows: int) -> Action:
        """Return a load of a table of so many cases."""
        table = self.folder / "one.csv"
        self._run("export", "--what", "cases", "--format", "csv", "--output", str(table))
        with table.open(encoding="utf-8-sig", newline="") as file:
            head, *found = csv.reader(file)
        row = next(each for each in found if each[head.index("id")] == CASE.stem)
        with (self.folder / "many.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            at = head.index("id")
            writer.writerows([*row[:at], f"case-{n}", *row[at + 1 :]] for n in range(rows))
        words = ["load", str(self.folder / "many.csv")]
        return Action("bulk", words, self.bases["loaded"])

    def prepare(self, action: Action) -> None:
        """See what the command makes of the store when nobody kills it, and how long it takes."""
        self._place(action)
        action.state = state_of(self.place)
        start = time.monotonic()
        self._run(*action.words, "--store", str(self.place))
        action.seconds = time.monotonic() - start
        action.after = state_of(self.place)
        assert action.after != action.state

    def _place(self, action: Action) -> None:
        """Put the store where the command will find it, as it is before it."""
        for path in (self.place, self.place.with_name(".store.new")):
            shutil.rmtree(path, ignore_errors=True)
        if action.before is not None:
            shutil.copytree(action.before, self.place)

    def kill(self, action: Action, harm: Harm) -> bool:
        """Kill the command at a random moment, and judge; tell whether it was not done before."""
        if action.after is None:
            self.prepare(action)
        self._place(action)
        command = [sys.executable, str(self.script), *action.words, "--store", str(self.place)]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        moment = action.seconds * self.chance.uniform(0.1, 1.05)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            pass
        else:
            return False
        if self.chance.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)  # with all its workers
        else:
            process.kill()
        process.wait()
        _wait_for_group(process.pid)
        self.judge(action, harm, f"{action.name} after {moment:.2f} s")
        return True

    def kill_at_rename(self, action: Action, kill: str, harm: Harm) -> bool:
        """Kill the command just before or after one of its renames, and judge."""
        if action.after is None:
            self.prepare(action)
        self._place(action)
        code = self._run(*action.words, "--store", str(self.place), kill=kill)
        if code != -signal.SIGKILL:
            return False
        self.judge(action, harm, f"{action.name} {kill}. rename")
        return True

    def judge(self, action: Action, harm: Harm, what: str) -> None:
        """Count what a kill did, and whether the same command again heals it."""
        harm.kills[action.name] += 1
        try:
            found = state_of(self.place)
        except Exception as error:  # whatever it is, the store cannot be read
            harm.note("lost", f"{what}: {error}")
            found = action.state
        was_done = found == action.after
        if was_done:
            harm.done[action.name] += 1
        elif found not in (action.state, action.between):
            gone = set(action.state or ()) - set(found or ())
            harm.note("lost" if gone else "partial", what)
        try:
            self._again(action, was_done=was_done)
        except Exception as error:
            harm.note("unhealed", f"{what}: {error}")

    def _again(self, action: Action, *, was_done: bool) -> None:
        try:
            self._run(*action.words, "--store", str(self.place))
        except RuntimeError:
            # What was done already cannot always be done again, and then says so.
            if not (was_done and state_of(self.place) == action.after):
                raise
        if state_of(self.place) != action.after:
            raise RuntimeError("the same command again makes something else")
        if self.place.with_name(".store.new").exists():
            raise RuntimeError("something is left beside the store")
        store = open_directory(self.place)
        try:
            if action.name != "bulk" and store.index() != Index.build(store.entries()):
                raise RuntimeError("the index does not agree")
        finally:
            store.close()


def state_of(place: Path) -> State | None:
    """Return what a store says, but for moments; of very many statements only how many there are.

    Nothing, where there is no store.
    """
    if not place.exists() and not place.with_name(f".{place.name}.new").joinpath("old").exists():
        return None
    open_store(str(place)).close()  # as every command does, which heals
    store = open_directory(place)
    try:
        names = [name for name in store.graphs() if name != STORE_GRAPH]
        if len(store.store) < _MANY:
            return {name: frozenset(_masked(str(q)) for q in store.quads(name)) for name in names}
        counts = store.select(
            "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g {?s ?p ?o} } GROUP BY ?g"
        )
        return {
            str(name): str(count) for name, count in counts.rows if STORE_GRAPH not in str(name)
        }
    finally:
        store.close()


def _masked(quad: str) -> str:
    return "" if _MOMENT in quad else quad


def _wait_for_group(group: int) -> None:
    deadline = time.monotonic() + 300  # a busy machine takes its time
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise RuntimeError("workers outlive a load that was killed")


def run(
    kills: int,
    bulk: int,
    renames: int,
    rows: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> Harm:
    """Do so many kills, and return what they did."""
    chance = random.Random(seed)
    harm = Harm()
    with tempfile.TemporaryDirectory() as name:
        killer = Killer(Path(name), chance)
        actions = killer.actions()
        prepare_store(str(killer.folder / "library")).close()
        actions[0].between = state_of(killer.folder / "library")
        many = killer.bulk(rows)
        at = [(many, f"{when} {n}") for n, when in ((1, "before"), (1, "after"), (2, "after"))]
        at = [(actions[0], "before 1"), (actions[0], "after 1"), *at]
        for action, kill in at[:renames]:
            if not killer.kill_at_rename(action, kill, harm):
                harm.note("unkilled", f"{action.name} {kill}")
        say(f"{dict(harm.kills)} at renames: {dict(harm.harm)}")
        wanted = harm.kills.total() + kills
        while harm.kills.total() < wanted + bulk:
            few = harm.kills.total() < wanted
            killer.kill(chance.choice(actions) if few else many, harm)
            say(f"{harm.kills.total()} kills: {dict(harm.harm)}")
    return harm


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    """Read the arguments, do the kills and print what they did."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("kills", 155), ("bulk", 40), ("renames", 5), ("rows", 3_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    harm = run(given.kills, given.bulk, given.renames, given.rows, given.seed, _say)
    kinds = ("lost", "partial", "unhealed", "unkilled")
    report = {
        "kills": dict(harm.kills),
        "done before the kill": dict(harm.done),
        **{kind: harm.harm[kind] for kind in kinds},
        "told": harm.told,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    sys.exit(1 if harm.told else 0)


if __name__ == "__main__":
    main()
