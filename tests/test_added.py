"""Knowledge needs no Python: one of each thing is added to a copy, and every check holds there.

What is added lies in ``tests/added``: whole files, and blocks that go to the end of a file of
the vocabulary, with their fixtures.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shelf import is_in_first_step

ROOT = Path(__file__).parents[1]
ADDED = Path(__file__).parent / "added"

ELSEWHERE = "not (slow or servers or office or browser or others or hypothesis or thorough)"
"""What does not count in the folders, or is no check of knowledge: laws, tried on random things.

Nor is what takes long: it is tried on what is shipped.
"""

UNMOVED = [
    "bulk/test_load",
    "bulk/test_load_rejects",
    "bulk/test_partitions",
    "case/test_read_limits",
    "case/test_read_values",
    "case/test_sheets",
    "cli/test_net",
    "cli/test_validate",
    "cli/test_validate_nothing",
    "history/test_transaction",
    "mcp/test_serving",
    "pages/test_blocks_markdown",
    "reason/test_axioms",
    "reason/test_axioms_owl2rl",
    "reason/test_engine",
    "sparql/test_check",
    "store/test_endpoint",
    "store/test_endpoint_hostile",
    "test_budget",
    "test_characters",
    "test_former",
    "test_fuzz",
    "test_house",
    "test_language",
    "test_stores_healing",
    "verify/test_checker_corrupted",
    "verify/test_rules",
    "web/test_accept",
    "web/test_app_refusals",
    "web/test_kept",
    "web/test_rates",
    "web/test_rooms",
    "web/test_rooms_load",
    "web/test_running_connections",
    "web/test_running_drafts",
    "web/test_running_rooms",
]
"""Tests of what no knowledge changes.

Hostile servers, files and queries, kills, the engine, and one file at many doors.
"""

PAGES = ["README.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]

CHECKS = {
    "turtlefmt": ["--check", "ontology", "tests"],
    "pytest": [
        *("-q", "-n", "auto", "-m", ELSEWHERE, "tests"),
        *(f"--ignore=tests/{name}.py" for name in UNMOVED),
    ],
    "cog": ["--check", *sorted(PAGES)],
}


def grown(folder: Path) -> Path:
    """Return a copy of what git tracks, with what is added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    for source in filter(Path.is_file, sorted(ADDED.rglob("*"))):
        target = folder / source.relative_to(ADDED)
        if target.exists():
            with target.open("a", encoding="utf-8") as file:
                file.write(f"\n{blocks(source)}")
        else:
            shutil.copyfile(source, target)
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def blocks(path: Path) -> str:
    """Return the blocks of a Turtle file, without its head."""
    head, _, rest = path.read_text(encoding="utf-8").partition("\n\n# Made up")
    assert head.startswith("@prefix")
    return rest.partition("\n\n")[2]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown(tmp_path_factory.mktemp("grown"))


def test_one_of_each_thing_is_added() -> None:
    assert all((ROOT / "tests" / f"{name}.py").exists() for name in UNMOVED)
    kinds = {path.relative_to(ADDED).as_posix() for path in ADDED.rglob("*") if path.is_file()}
    of_types = ("considerations", "gates", "leadership-types", "methods", "moves")
    others = ("countries", "facet-values", "opening-answers", "risk-relevances", "risks")
    assert kinds >= {f"ontology/vocab/{kind}.ttl" for kind in (*of_types, *others)}
    outside = ("figures", "findings", "questions", "reference-classes", "tables")
    assert kinds >= {f"ontology/external/{kind}.ttl" for kind in outside}
    cases = [Path(name) for name in kinds if name.startswith("ontology/cases/")]
    # Of what there is a test of for each case, the copy runs the first step's quarter.
    assert cases
    assert all(map(is_in_first_step, cases))
    assert any(name.startswith("queries/") for name in kinds)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_what_is_added_leaves_every_check_green(check: str, copy: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy / "src"),
        "SYSGRAPH_CACHE": str(copy / "cache"),
    }
    command = [str(Path(sys.executable).parent / check), *CHECKS[check]]
    ran = subprocess.run(
        command, cwd=copy, env=environment, check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-5_000:] + ran.stderr[-5_000:]
