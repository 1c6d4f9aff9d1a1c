"""Mutated and hostile files through the command line, a small draw of what ``fuzz.py`` does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.thorough
def test_no_file_brings_the_command_line_down(library: object) -> None:
    # In a process of its own, for it forks, and this one has threads.
    script = str(Path(__file__).with_name("fuzz.py"))
    command = [sys.executable, script, "--files", "150", "--seed", "7"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stdout, ran.stderr
    toll = json.loads(ran.stdout)
    assert toll["told"] == {}
    assert ran.returncode == 0
    assert sum(toll["exit codes"].values()) == 150
    assert set(toll["exit codes"]) == {"0", "1", "2"}  # some are sound: they are read
