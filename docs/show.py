"""What the documentation shows, made by the programs themselves and put in place by cog."""

import os
import subprocess
import sys

from sysgraph import catalogue

__all__ = ["command_help", "output", "questions"]


def output(*words: str, lines: int | None = None) -> str:
    """Return a console block with a command and what it prints, or its first lines."""
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "sysgraph", *words], capture_output=True, text=True, env=environment
    )
    printed = ran.stdout.rstrip().splitlines()
    shown = printed if lines is None or len(printed) <= lines else [*printed[:lines], "…"]
    return "\n".join(["```console", f"$ sysgraph {' '.join(words)}", *shown, "```"])


def command_help(name: str) -> str:
    """Return the help of a command."""
    return output(name, "--help").replace("Usage: python -m sysgraph", "Usage: sysgraph")


def questions() -> str:
    """Return the table of canned questions."""
    lines = ["| name | question | parameters |", "|---|---|---|"]
    for query in catalogue().values():
        parameters = ", ".join(f"`{parameter.name}`" for parameter in query.parameters)
        lines.append(f"| `{query.name}` | {query.summary} | {parameters} |")
    return "\n".join(lines)
