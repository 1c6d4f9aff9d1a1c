"""Measure whole commands of sysgraph beside ``import rdflib``, in one run, as ratios.

Each command is a process of its own, started seven times in turn with the others; the median
counts. Run it on a machine with nothing else to do: python benchmarks/run.py
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 7
COMMANDS = {
    "import rdflib": ["-c", "import rdflib"],
    "sysgraph --help": ["-m", "sysgraph", "--help"],
    "sysgraph advise, one facet": ["-m", "sysgraph", "advise", "--facet", "agreement=plural"],
    "sysgraph advise, a case": ["-m", "sysgraph", "advise", "--case", "wigan-deal"],
    "sysgraph query type-by-aim": ["-m", "sysgraph", "query", "type-by-aim"],
    "sysgraph export, cases": ["-m", "sysgraph", "export", "--what", "cases"],
}


def seconds(words: list[str]) -> float:
    """Return how long one process takes, in seconds."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the median of each command and its ratio to importing rdflib."""
    seconds(COMMANDS["sysgraph advise, one facet"])  # the library is reasoned over only once
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, words in COMMANDS.items():
            taken[name].append(seconds(words))
    base = statistics.median(taken["import rdflib"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:30} {median * 1000:7.0f} ms   {median / base:5.2f} times import rdflib")


if __name__ == "__main__":
    main()
