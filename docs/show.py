"""What the documentation shows, made by the programs themselves and put in place by cog.

A page shows what was answered over the library that there was when the page was made; the digest
of that library stands in ``library.sha256``. Over the same library, a check demands the very same
words. Where knowledge was added since, no page is wrong by that: what it shows is let stand, with
a word on stderr, until ``just fmt`` makes it again. What hangs on the code alone, such as the help
of a command, is always compared.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache, wraps
from hashlib import sha256
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import ParamSpec
from unittest.mock import patch

import yaml

from sysgraph.advice.frame import Frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.cli import main
from sysgraph.files import data
from sysgraph.fill.template import ColumnAdvice, advise_column
from sysgraph.ontology import Ontology
from sysgraph.pages.blocks import Block, table_markdown, text_lines
from sysgraph.publish.tables import blank_columns
from sysgraph.query import catalogue, find, run
from sysgraph.stores import open_store
from sysgraph.terms import NAMESPACE, PREFIXES, local_name

__all__ = [
    "block",
    "checks",
    "columns",
    "command_help",
    "lines",
    "output",
    "part",
    "properties",
    "questions",
    "ran",
    "rows",
    "since",
]

P = ParamSpec("P")
DIGEST = Path(__file__).parent / "library.sha256"


def digest() -> str:
    """Return the SHA-256 over the ontology, the cases and the questions."""
    total = sha256()
    for folder in ("ontology", "queries"):
        for path in sorted((data() / folder).rglob("*.*")):
            total.update(path.relative_to(data()).as_posix().encode() + b"\0")
            total.update(path.read_bytes() + b"\0")
    return total.hexdigest()


@cache
def stands() -> bool:
    """Tell whether pages are only checked, and show another library than today's."""
    if "--check" not in sys.argv or DIGEST.read_text().strip() == digest():
        return False
    print("\nThe pages show an earlier library; 'just fmt' makes them again.", file=sys.stderr)
    return True


def of_the_library(make: Callable[P, str]) -> Callable[P, str]:
    """Let what a page shows stand where it may."""

    @wraps(make)
    def made(*arguments: P.args, **named: P.kwargs) -> str:
        import cog

        return cog.previous.removesuffix("\n") if stands() else make(*arguments, **named)

    return made


def _output(*words: str, lines: int | None = None) -> str:
    """Return a console block with a command and what it prints, or its first lines.

    All commands are run in this one process, each as the program itself would run it.
    """
    out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
    known = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
    command = patch.object(sys, "argv", ["sysgraph", *words])
    with command, patch.dict(os.environ, known), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    said, wrong = (stream.buffer.getvalue().decode() for stream in (out, err))
    if code not in (0, 1):  # some answers are no; a failure is no answer to be shown
        raise RuntimeError(f"{' '.join(words)}: {code}: {wrong}")
    printed = said.rstrip().splitlines()
    shown = printed if lines is None or len(printed) <= lines else [*printed[:lines], "…"]
    return "\n".join(["```console", f"$ sysgraph {' '.join(words)}", *shown, "```"])


@of_the_library
def output(*words: str, lines: int | None = None) -> str:
    """Return a console block with a command and what it prints, or its first lines."""
    return _output(*words, lines=lines)


@of_the_library
def block(holding: str, *words: str) -> str:
    """Return a console block with a command and the first part of what it prints with a text."""
    command, *printed = _output(*words).splitlines()[1:-1]
    found = next(one for one in "\n".join(printed).split("\n\n") if holding in one)
    return "\n".join(["```console", command, "…", found.strip("\n"), "…", "```"])


def command_help(name: str) -> str:
    """Return the help of a command."""
    return _output(name, "--help")


@of_the_library
def questions() -> str:
    """Return the table of canned questions."""
    lines = ["| name | question | parameters |", "|---|---|---|"]
    for query in catalogue().values():
        parameters = ", ".join(f"`{parameter.name}`" for parameter in query.parameters)
        lines.append(f"| `{query.name}` | {query.summary} | {parameters} |")
    return "\n".join(lines)


@of_the_library
def part(heading: str, *words: str, since: str = "", lines: int | None = None) -> str:
    """Return a console block with a command and one part of what it prints, or its end."""
    printed = _output(*words).splitlines()[2:-1]
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


@of_the_library
def since(word: str, *words: str) -> str:
    """Return a console block with a command, and what it prints from the line with a word on."""
    printed = _output(*words).splitlines()[2:-1]
    start = next(at for at, line in enumerate(printed) if word in line)
    return "\n".join(["```console", f"$ sysgraph {' '.join(words)}", "…", *printed[start:], "```"])


@of_the_library
def rows(name: str, *columns: str) -> str:
    """Return a Markdown table with some columns of the answer to a canned question."""
    found = run(find(name), open_store()).texts()
    listed = [[row.get(column, "") for column in columns] for row in found]
    return "\n".join(table_markdown(columns, listed))


@of_the_library
def ran(page: str) -> str:
    """Return a block with what the first Python of a page prints."""
    code = Path(page).read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return "\n".join(["```text", *done.stdout.rstrip().splitlines(), "```"])


@of_the_library
def lines(tell: Callable[[Situation, Frame], Iterable[Block]]) -> str:
    """Return a block with what is told of the Wigan Deal as its first reading sees its start."""
    frame = load_shipped_frame()
    told = text_lines(tell(situations_of_case("wigan-deal", frame)[0], frame))
    return "\n".join(["```text", *told, "```"])


def checks() -> str:
    """Return the table of the checks of the reading."""
    text = (data() / "ontology" / "checks.yaml").read_text(encoding="utf-8")
    lines = ["| check | what is wrong | repair offered, where evident |", "|---|---|---|"]
    for about in yaml.load(text, Loader=yaml.BaseLoader):
        names = ", ".join(f"`{name}`" for name in about["checks"])
        warning = " (a warning)" if about.get("level") == "warning" else ""
        lines.append(f"| {names} | {about['wrong']}{warning} | {about.get('repair', 'none')} |")
    return "\n".join(lines)


@of_the_library
def columns() -> str:
    """Return the table of the columns of a case, with one of each part."""
    ontology = Ontology.load()
    lines = ["| column | | may hold | what it is |", "|---|---|---|---|"]
    for column in blank_columns(ontology.vocabulary):
        if 1 in column.path:  # the second of a part is like the first
            continue
        advice = advise_column(column, ontology)
        marks = "required" if advice.is_required or column.path == ("id",) else ""
        words = [word.text for word in advice.words]
        held = ", ".join(words) if len(words) <= 8 else f"one of {len(words)} words"
        if column.several and column.key.is_set:
            held = f"several: {held or 'any words'}"
        lines.append(f"| `{column.name}` | {marks} | {held} | {_said(advice)} |")
    return "\n".join(lines)


@of_the_library
def properties() -> str:
    """Return the table of the properties that lead from one thing to another."""
    nodes, rdfs = Ontology.load().nodes, PREFIXES["rdfs"]
    lines = ["| from | property | to | in words |", "|---|---|---|---|"]
    for node in nodes.members(f"{PREFIXES['owl']}ObjectProperty"):
        if node.startswith(NAMESPACE):
            ends = [local_name(nodes.said(node, f"{rdfs}{end}")) for end in ("domain", "range")]
            words = nodes.said(node, f"{PREFIXES['skos']}definition")
            lines.append(f"| {ends[0]} | `{local_name(node)}` | {ends[1]} | {words} |")
    return "\n".join(lines)


def _said(advice: ColumnAdvice) -> str:
    """Return what a column is, or what the shapes say where the ontology does not define it."""
    text = advice.definition or next(iter(advice.messages), "")
    return text.replace("|", "\\|")


if __name__ == "__main__":
    DIGEST.write_text(f"{digest()}\n")
