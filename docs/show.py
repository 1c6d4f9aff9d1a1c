"""What the documentation shows, made by the programs themselves and put in place by cog."""

import os
import re
import subprocess
import sys
from pathlib import Path

from sysgraph import catalogue
from sysgraph.contribute import load_vocabulary
from sysgraph.contribute.tables.columns import columns_of
from sysgraph.contribute.tables.guide import Advice, load_guide
from sysgraph.paths import data

__all__ = ["columns", "command_help", "output", "part", "questions", "ran"]


def output(*words: str, lines: int | None = None) -> str:
    """Return a console block with a command and what it prints, or its first lines."""
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "sysgraph", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode not in (0, 1):  # some answers are no; a failure is no answer to be shown
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}: {done.stderr}")
    printed = done.stdout.rstrip().splitlines()
    shown = printed if lines is None or len(printed) <= lines else [*printed[:lines], "…"]
    return "\n".join(["```console", f"$ sysgraph {' '.join(words)}", *shown, "```"])


def command_help(name: str) -> str:
    """Return the help of a command."""
    return output(name, "--help")


def questions() -> str:
    """Return the table of canned questions."""
    lines = ["| name | question | parameters |", "|---|---|---|"]
    for query in catalogue().values():
        parameters = ", ".join(f"`{parameter.name}`" for parameter in query.parameters)
        lines.append(f"| `{query.name}` | {query.summary} | {parameters} |")
    return "\n".join(lines)


def part(heading: str, *words: str, since: str = "", lines: int | None = None) -> str:
    """Return a console block with a command and one part of what it prints, or its end."""
    printed = output(*words).splitlines()[2:-1]
    start = printed.index(heading)
    found: list[str] = []
    for at, line in enumerate(printed[start + 2 :], start + 2):
        if at + 1 < len(printed) and re.fullmatch("-{3,}|={3,}", printed[at + 1]):
            break
        found.append(line)
    found = found[found.index(since) :] if since else found
    text = "\n".join(found).rstrip().splitlines()
    shown = text if lines is None or len(text) <= lines else [*text[:lines], "…"]
    return "\n".join(["```console", f"$ sysgraph {' '.join(words)}", "…", *shown, "```"])


def ran(page: str) -> str:
    """Return a block with what the first Python of a page prints."""
    code = Path(page).read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return "\n".join(["```text", *done.stdout.rstrip().splitlines(), "```"])


def columns() -> str:
    """Return the table of the columns of a case, with one of each part."""
    vocabulary, guide = load_vocabulary(data() / "ontology"), load_guide(data() / "ontology")
    lines = ["| column | | may hold | what it is |", "|---|---|---|---|"]
    for column in columns_of(vocabulary.context):
        advice = guide.advise(column)
        marks = "required" if advice.is_required or column.path == ("id",) else ""
        words = [word.word for word in advice.words]
        held = ", ".join(words) if len(words) <= 8 else f"one of {len(words)} words"
        if column.several and "@set" in str(column.definition):
            held = f"several: {held or 'any words'}"
        lines.append(f"| `{column.name}` | {marks} | {held} | {_said(advice)} |")
    return "\n".join(lines)


def _said(advice: Advice) -> str:
    """Return what a column is, or what the shapes say where the ontology does not define it."""
    text = advice.definition or next(iter(advice.messages), "")
    return text.replace("|", "\\|")
