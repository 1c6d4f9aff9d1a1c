"""The house: what is shipped, what is said of it, and that versions and names agree."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import sysgraph
from shelf import ROOT
from sysgraph import errors
from sysgraph.cli.app import build
from sysgraph.errors import DataNotFound
from sysgraph.files import data, display

READY = ("library", "program", "vocabulary", "frame", "cases", "record")
"""What a wheel has made of the library."""

DOCS = "".join(
    path.read_text()
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
)


OF_THE_HOUSE = (
    *("added", "asked", "claims", "docs", "faults", "former", "fuzz", "house", "messages"),
    "tagged",
)
"""What no room has alone. Servers and readers of others have folders of their own."""


def test_test_files_lie_and_are_named_as_the_rooms_are() -> None:
    rooms = ROOT / "src" / "sysgraph"
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        folder, name = path.parent.relative_to(ROOT / "tests"), path.stem.removeprefix("test_")
        modules = {room.stem for room in (rooms / folder).glob("*.py")} - {"__init__"}
        told = f"{path.relative_to(ROOT)}: test_MODULE.py or test_MODULE_more.py says its room"
        if str(folder) not in ("others", "servers") and name not in OF_THE_HOUSE:
            assert any(name == each or name.startswith(f"{each}_") for each in modules), told


def test_a_class_has_a_name_of_its_own() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(display(path))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


@pytest.mark.slow
def test_wheel_carries_exactly_the_tracked_data(tmp_path: Path) -> None:
    # Built through the sdist, as a release is.
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = {
        name.partition("/_data/")[2]
        for name in zipfile.ZipFile(wheel).namelist()
        if "/_data/" in name
    }
    listed = subprocess.run(
        ["git", "ls-files", "ontology", "queries"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    made = {name.partition("-")[0] for name in names if name.startswith("ready/")}
    assert made == {f"ready/{name}" for name in READY}
    assert {name for name in names if not name.startswith("ready/")} == set(listed.stdout.split())
    again = tmp_path / "again"
    again.mkdir()
    code = "import sys, pathlib, hatch_build; hatch_build.write_ready(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(again)], cwd=ROOT, check=True)
    with zipfile.ZipFile(wheel) as packed:
        for file in again.iterdir():
            assert packed.read(f"sysgraph/_data/ready/{file.name}") == file.read_bytes()


def test_versions_agree() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    schema = (ROOT / "ontology" / "sysgraph.ttl").read_text()
    assert f'owl:versionInfo "{version}"' in schema
    assert f"<https://w3id.org/sysgraph/{version}>" in schema
    assert re.search(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(), re.M).group(1) == version  # type: ignore[union-attr]
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text()
    assert sysgraph.__version__ == version


def test_public_names_are_importable_and_sorted() -> None:
    assert sorted(sysgraph.__all__) == sysgraph.__all__
    assert all(getattr(sysgraph, name) is not None for name in sysgraph.__all__)
    with pytest.raises(AttributeError):
        _ = sysgraph.nothing_of_that_name


@pytest.mark.parametrize("command", [command.name for command in build().registered_commands])
def test_every_command_is_documented(command: str) -> None:
    assert f"sysgraph {command}" in DOCS


ERRORS = [
    thing
    for thing in vars(errors).values()
    if isinstance(thing, type) and issubclass(thing, Exception)
]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_documented(error: type[Exception]) -> None:
    assert vars(error)["__doc__"]


def test_missing_data_says_where_it_looked() -> None:
    assert "install the package again" in str(DataNotFound([Path("a"), Path("b")]))
    assert display(data() / "queries" / "x.rq") == "queries/x.rq"
    assert display(Path("/elsewhere")) == "/elsewhere"


ON_AN_INDEX = re.compile(r"pip install [^\n&;|`]*\bsysgraph(?=\[|['\"\s`]|$)", re.M)


def test_nothing_says_to_install_what_no_index_has() -> None:
    # Whoever takes that name there could run anything on the machine of whoever follows.
    assert ON_AN_INDEX.search("run: pip install 'sysgraph[web]'")
    assert not ON_AN_INDEX.search("pip install -c constraints.txt '.[web]' && sysgraph serve")
    paths = [*(ROOT / "src" / "sysgraph").rglob("*"), *(ROOT / "docs").rglob("*")]
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *paths]
        if path.suffix in (".html", ".ipynb", ".js", ".md", ".po", ".py", ".yaml")
    }
    assert [path for path, text in texts.items() if ON_AN_INDEX.search(text)] == []


def test_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text()
