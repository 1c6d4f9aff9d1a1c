"""The command that opens an agent's door, and that nothing else needs what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from calling import Call


@pytest.mark.parametrize("words", [("--host", "::1"), ("--port", "9"), ("--name", "a.example")])
def test_an_address_is_for_http(words: tuple[str, str], call: Call) -> None:
    said = call("mcp", *words)
    assert said.code == 2
    assert "are for --http; add it" in said.err


def test_a_store_that_is_not_there_is_told_before_anything_is_answered(
    tmp_path: Path, call: Call
) -> None:
    said = call("mcp", "--store", tmp_path / "none")
    assert (said.code, said.out) == (2, "")
    assert "there is no such store" in said.err


@pytest.mark.parametrize("missing", ["mcp", "pydantic"])
def test_a_missing_extra_says_what_to_install(missing: str) -> None:
    code = (
        f"import sys; sys.modules['{missing}'] = None; sys.argv = ['sysgraph', 'mcp'];"
        "from sysgraph.cli import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    told = f"this needs the package {missing}; in a checkout of sysgraph, run: "
    assert ran.stderr == f"{told}pip install -c constraints.txt '.[mcp]'\n"


def test_no_other_command_imports_what_the_door_needs() -> None:
    code = (
        "import sys; from sysgraph.cli.app import build, _HOMES;"
        "build(name for name in _HOMES if name != 'mcp');"
        "print([n for n in sys.modules if n.partition('.')[0] in ('mcp', 'uvicorn', 'starlette')"
        " or n.startswith('sysgraph.mcp')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "[]\n"
