"""Draw small changes of the code by cosmic-ray, and see whether the tests of its room notice.

    pip install 'cosmic-ray>=8.7'
    python benchmarks/mutants.py --out mutants.jsonl

The changes are made in a copy, one at a time, with a cache of its own for each, so that neither
this checkout nor any library reasoned over before is touched. What is done stands in the file
named by ``--out``, a line a change, and is not done again: the same command goes on where it
was stopped. ``--report`` only tells what is there.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Literal

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[1]

ROOMS: dict[str, tuple[str, str]] = {
    "advice/board": (
        "advice/board advice/frame advice/cases advice/shipped advice/situation advice/examine",
        "advice/examine advice/board cli/advise pages/web library advice/dissent intake_critiques",
    ),
    "advice/search": (
        "advice/changes advice/certainty advice/robust",
        "advice/changes* advice/certainty advice/robust*",
    ),
    "advice/plans": ("advice/plans", "advice/plans"),
    "advice/evidence": ("advice/evidence", "advice/evidence"),
    "advice/dissent": ("advice/dissent", "advice/dissent intake_critiques"),
    "advice/contest": ("advice/contest", "advice/contest*"),
    "advice/practice": ("advice/practice", "advice/practice"),
    "pages": ("pages/*", "pages/* cli/advise cli/app"),
    "history": ("history/*", "history/* stores"),
    "diff": ("diff/*", "diff/*"),
    "bulk": ("bulk/*", "bulk/* history/transaction"),
    "publish": ("publish/*", "turtle bulk/load_rejects case/read_doors"),
    "rdf": ("rdf turtle", "turtle case/read_limits case/read"),
    "library": ("library cache", "library ontology"),
    "fill": ("fill/* forms shapes ontology", "forms fill/template case/read"),
    "record": ("record/*", "record/*"),
    "ground": (
        "errors terms files proof near characters",
        "near characters house library query reason/explain turtle bulk/load",
    ),
    "query": ("query", "query cli/app"),
    "store": (
        "store/local store/index store/keeper stores intake",
        "stores intake history/deeds store/index",
    ),
    "endpoint": ("store/wire store/answers store/writing store/endpoint", "store/endpoint*"),
    "sparql": ("sparql/*", "sparql/* budget"),
    "reason": (
        "reason/axioms reason/rules reason/engine reason/program reason/shipped",
        "reason/*",
    ),
    "proofs": (
        "verify/* reason/explain",
        "verify/* reason/explain* reason/axioms",
    ),
    "check": ("check screen fix", "shapes screen case/tolerant fill/template"),
    "case": (
        "case/*",
        "case/read case/closed case/read_limits fill/template case/read_doors bulk/load_rejects",
    ),
    "cli": ("cli/*", "cli/net cli/app cli/advise budget house fill/template"),
}
"""Each room with its modules, and its tests; a module is also held to the tests named like it."""

Outcome = Literal["caught", "survived", "timed out"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: an occurrence of what an operator changes, in a module."""

    room: str
    module: str
    operator: str
    occurrence: int
    diff: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A change, and what the tests said of it after so many seconds."""

    mutant: Mutant
    outcome: Outcome
    by: str
    seconds: float


def modules_of(room: str, source: Path) -> list[Path]:
    """Return the files of a room."""
    found = [path for name in ROOMS[room][0].split() for path in source.glob(f"{name}.py")]
    return sorted(found)


def tests_of(room: str, module: str, tests: Path) -> list[str]:
    """Return the test files of a room, that of the module first."""
    stem = Path(module).stem
    names = [module, f"{module}_*", f"*/{stem}", f"{stem}/*", *ROOMS[room][1].split()]
    found: dict[str, None] = {}
    for folder, slash, name in (each.rpartition("/") for each in names):
        paths = sorted(tests.glob(f"{folder}{slash}test_{name}.py"))
        found |= dict.fromkeys(f"tests/{path.relative_to(tests).as_posix()}" for path in paths)
    return list(found)


_GUARDS = ("frozen", "slots")


class _Bare(ast.NodeTransformer):
    """Takes away what changes nothing when it runs: annotations, and what a dataclass forbids."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        for made in node.decorator_list:
            if isinstance(made, ast.Call):
                made.keywords = [one for one in made.keywords if one.arg not in _GUARDS]
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node


def meaning(code: str) -> str:
    """Return what a module does, without what only people and type checkers read."""
    return ast.dump(_Bare().visit(ast.parse(code)))


def families() -> dict[str, list[str]]:
    """Return the operators of cosmic-ray by kind, so that kinds with many are not drawn more."""
    found: dict[str, list[str]] = {}
    for name in operator_names():
        if "Variable" not in name:  # these two want to be told the variables
            found.setdefault(name.partition("/")[2].partition("Operator_")[0], []).append(name)
    return found


def places(code: str, operator: str) -> int:
    """Return how many places there are in a module that an operator would change."""
    made = get_operator(operator)()
    return sum(len(list(made.mutation_positions(node))) for node in ast_nodes(get_ast(code)))


def draw(room: str, count: int, seed: int, source: Path) -> list[Mutant]:
    """Return so many different changes of a room; a long module is drawn more often."""
    random = Random(f"{seed} {room}")
    codes = {path: path.read_text(encoding="utf-8") for path in modules_of(room, source)}
    paths, lengths = list(codes), [code.count("\n") for code in codes.values()]
    kinds = families()
    found: dict[str, Mutant] = {}
    for _ in range(count * 200):
        if len(found) == count:
            break
        (path,) = random.choices(paths, lengths)
        operator = random.choice(kinds[random.choice(sorted(kinds))])
        there = places(codes[path], operator)
        if not there:
            continue
        occurrence = random.randrange(there)
        changed = mutate_code(codes[path], get_operator(operator)(), occurrence)
        if changed is None or not _matters(codes[path], changed):
            continue
        module = path.relative_to(source).with_suffix("").as_posix()
        lines = difflib.unified_diff(
            codes[path].splitlines(), changed.splitlines(), lineterm="", n=0
        )
        diff = "\n".join(list(lines)[2:])
        found.setdefault(diff, Mutant(room, module, operator, occurrence, diff))
    return list(found.values())


def _matters(before: str, after: str) -> bool:
    try:
        return meaning(before) != meaning(after)
    except SyntaxError:
        return False


def copy_to(folder: Path) -> None:
    """Copy what git knows of this checkout, and what is new in it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def ask(tests: list[str], folder: Path, most: float) -> tuple[Outcome, str, float]:
    """Run tests in the copy, with a cache of its own; say what came of it, by which test."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-", ignore_cleanup_errors=True) as own:
        environment = {
            **os.environ,
            "PYTHONPATH": str(folder / "src"),
            "SYSGRAPH_CACHE": f"{own}/cache",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": own,
        }
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "--tb=no"]
        command += ["-m", "not slow and not servers and not office and not browser"]
        process = subprocess.Popen(
            [*command, "-p", "no:cacheprovider", *tests],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=most)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return "timed out", "", time.monotonic() - begun
    seconds = time.monotonic() - begun
    if process.returncode == 0:
        return "survived", "", seconds
    failed = [
        line.split(" - ")[0] for line in said.splitlines() if line[:6] in ("FAILED", "ERROR ")
    ]
    return "caught", failed[0] if failed else said.strip()[-200:], seconds


def run(rooms: list[str], count: int, seed: int, out: Path) -> None:
    """Try the changes of each room that have not been tried yet."""
    known = {(one["mutant"]["room"], one["mutant"]["diff"]) for one in read(out)}
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        copy_to(folder)
        for room in rooms:
            usual: dict[str, float] = {}
            for mutant in draw(room, count, seed, folder / "src" / "sysgraph"):
                if (room, mutant.diff) in known:
                    continue
                tests = tests_of(room, mutant.module, folder / "tests")
                if " ".join(tests) not in usual:
                    outcome, by, seconds = ask(tests, folder, 3_000)
                    if outcome != "survived":
                        raise SystemExit(f"{room}: the tests fail without any change: {by}")
                    usual[" ".join(tests)] = seconds
                file = folder / "src" / "sysgraph" / f"{mutant.module}.py"
                code = file.read_text(encoding="utf-8")
                changed = mutate_code(code, get_operator(mutant.operator)(), mutant.occurrence)
                file.write_text(changed, encoding="utf-8")
                # What takes four times as long as ever does not end.
                tried = Tried(mutant, *ask(tests, folder, 60 + 4 * usual[" ".join(tests)]))
                file.write_text(code, encoding="utf-8")
                with out.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(tried)) + "\n")
                print(f"{room} {mutant.module}: {tried.outcome} {tried.by}", flush=True)


def read(out: Path) -> list[dict]:  # type: ignore[type-arg]
    """Return what has been tried so far."""
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


def report(out: Path) -> None:
    """Print the share that was caught, room by room, and what survived."""
    tried = read(out)
    rooms = Counter(one["mutant"]["room"] for one in tried)
    lived = [one for one in tried if one["outcome"] == "survived"]
    for room, count in rooms.items():
        left = sum(one["mutant"]["room"] == room for one in lived)
        print(f"{room:18} {count - left:3} of {count:3} caught")
    if tried:
        share = (len(tried) - len(lived)) / len(tried)
        print(f"{'all':18} {len(tried) - len(lived):3} of {len(tried):3} caught: {share:.0%}")
    for one in lived:
        print(f"\n{one['mutant']['module']} ({one['mutant']['operator']})")
        print(one["mutant"]["diff"])


def main() -> None:
    """Draw, try and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the file of what was tried")
    parser.add_argument("--count", type=int, default=8, help="changes of each room")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rooms", nargs="*", choices=ROOMS, default=list(ROOMS))
    parser.add_argument("--report", action="store_true", help="only tell what was tried")
    chosen = parser.parse_args()
    if not chosen.report:
        run(chosen.rooms, chosen.count, chosen.seed, chosen.out)
    report(chosen.out)


if __name__ == "__main__":
    main()
