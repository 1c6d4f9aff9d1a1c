"""Run a program of others: a script in their Python, or in Node with their packages."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PLACE = Path(os.environ.get("SYSGRAPH_OTHERS") or HERE.parents[1] / ".others").resolve()

others = pytest.mark.others
is_there = (PLACE / "node_modules").is_dir()
needed = pytest.mark.skipif(not is_there, reason="needs what `just others` installs")


def program(name: str) -> str:
    """Return the path of a program of that environment, such as ``nanopub`` or ``node``."""
    return str(PLACE / "bin" / name)


def run(*command: str, given: str = "", seconds: float = 300) -> str:
    """Return what a program prints; its failure is the test's, with all that it said."""
    where = {"PATH": f"{PLACE / 'bin'}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/")}
    where["NODE_PATH"] = str(PLACE / "node_modules")
    done = subprocess.run(
        command,
        check=False,
        input=given,
        capture_output=True,
        text=True,
        env=where,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def node(script: str, *arguments: str, given: Any = None) -> Any:
    """Return as JSON what a ``.cjs`` script beside this file makes of what it is given as JSON."""
    said = run(program("node"), str(HERE / script), *arguments, given=json.dumps(given))
    return json.loads(said)
