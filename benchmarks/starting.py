"""Whole commands of sysgraph beside ``import rdflib``, each a process of its own."""

import statistics
import subprocess
import sys
from collections.abc import Iterator

from measure import Result, seconds

ROUNDS = 7
COMMANDS = {
    "import rdflib": (["-c", "import rdflib"], ""),
    "sysgraph --help": (["-m", "sysgraph", "--help"], "at most 1"),
    "sysgraph advise, one facet": (
        ["-m", "sysgraph", "advise", "--facet", "agreement=plural"],
        "at most 2",
    ),
    "sysgraph advise, a case": (["-m", "sysgraph", "advise", "--case", "wigan-deal"], ""),
    "sysgraph query type-by-aim": (["-m", "sysgraph", "query", "type-by-aim"], ""),
    "sysgraph export, cases": (["-m", "sysgraph", "export", "--what", "cases"], ""),
}


def _run(words: list[str]) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)


def starting() -> Iterator[Result]:
    """Yield the ratio of each command to importing rdflib: seven rounds in turn, the median."""
    _run(COMMANDS["sysgraph advise, one facet"][0])  # the library is reasoned over only once
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, (words, _) in COMMANDS.items():
            taken[name].append(seconds(lambda words=words: _run(words)))  # type: ignore[misc]
    base = statistics.median(taken["import rdflib"])
    for name, times in taken.items():
        median = statistics.median(times)
        yield Result("i", f"{name}, {median * 1000:.0f} ms", median / base, "x", COMMANDS[name][1])
