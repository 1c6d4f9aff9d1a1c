"""Measure sysgraph beside the plain libraries and beside the limit, in one run.

Prints ratios, growth, memory and what was to be reached. Run it on a machine with nothing else
to do; a quick run takes some minutes, a full one with --largest 100000 about an hour:
python benchmarks/run.py --parts acde --largest 1000
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from analyses import analyses
from asking import asking
from measure import Result, in_process, show
from single import exporting, inference, validation
from sites import sites
from starting import starting
from whole import Place, advising, beside_plain, loading, one_more, two_workers

SIZES = [100, 1_000, 10_000, 100_000]


def parts(chosen: argparse.Namespace, place: Place) -> dict[str, Callable[[], Iterator[Result]]]:
    """Return what each letter measures."""
    sizes = [size for size in SIZES if size <= chosen.largest]
    largest = sizes[-1]
    changed = [size for size in (10_000, 100_000) if size <= largest] or [largest]
    exported = min(largest, 10_000)
    few, more = chosen.plain_cases
    return {
        "a": inference,
        "b": lambda: beside_plain(place, (few, more)),
        "c": lambda: loading(place, sizes, chosen.rounds),
        "d": lambda: two_workers(place, min(largest, 10_000)),
        "e": validation,
        "f": lambda: one_more(place, changed),
        "g": lambda: advising(place, largest),
        "h": lambda: exporting(place.cases(exported), exported),
        "i": starting,
        "j": analyses,
        "k": lambda: asking(place, min(largest, 10_000)),
        "l": lambda: sites(place, exported),
    }


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="abcdefghijkl", help="which parts, by their letters")
    parser.add_argument("--largest", type=int, default=1_000, choices=SIZES, help="most cases")
    parser.add_argument("--rounds", type=int, default=3, help="how often a load is repeated")
    parser.add_argument(
        "--plain-cases",
        type=int,
        nargs=2,
        default=(5, 30),
        metavar=("FEW", "MORE"),
        help="how many cases the plain libraries are given, twice",
    )
    parser.add_argument("--json", type=Path, help="a file for the results as JSON as well")
    parser.add_argument("--folder", type=Path, help="where to keep cases and stores between runs")
    return parser.parse_args()


def main() -> None:
    """Measure the chosen parts and print each result as it comes."""
    chosen = arguments()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as temporary:
        # A cache of its own, so that nothing is measured that was made by another version.
        os.environ["SYSGRAPH_CACHE"] = str(Path(temporary) / "cache")
        place = Place(chosen.folder or Path(temporary))
        place.folder.mkdir(parents=True, exist_ok=True)
        once = in_process("prepare")["seconds"]
        what = "reasoning over the library, once after each change of the ontology"
        results.append(show(Result("-", what, once, "s")))
        known = parts(chosen, place)
        for letter in chosen.parts:
            results += [show(result) for result in known[letter]()]
    if chosen.json:
        found = [asdict(result) for result in results]
        chosen.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
