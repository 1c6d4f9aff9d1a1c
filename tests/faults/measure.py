"""Measure findings and repairs over the corpus: ``python tests/faults/measure.py``.

SHACL is asked of the fast engine of bulk loads, which the suite holds to pySHACL's results;
``--pyshacl`` asks pySHACL instead, and takes some ten minutes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.corpus import seeds, several, slashed
from faults.page import Seed
from sysgraph.case.read import read_all
from sysgraph.check import Shapes, check_shapes, inspect_files, is_violation
from sysgraph.errors import Finding, Raw, SysgraphError
from sysgraph.files import data
from sysgraph.fix import Repair, find_repair, key_of
from sysgraph.ontology import Ontology
from sysgraph.screen import Screen, compile_screen

__all__ = ["Measured", "fast_shapes", "measure", "table"]


@cache
def _screen() -> Screen:
    return compile_screen(data() / "ontology")


def fast_shapes(quads: Iterable[ox.Quad]) -> Iterable[Raw]:
    """Return what SHACL finds, by the fast engine."""
    return _screen().judge((str(q.subject), str(q.predicate), str(q.object)) for q in quads).results


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one seed.

    ``is_at_spot`` tells whether a finding is at the right line or cell, and ``is_named`` whether
    one is that is also of the demand that was broken. ``others`` counts the findings elsewhere.
    ``is_mended`` tells whether the repair leaves no violation, ``is_as_meant`` whether it gives
    the very graph of the file before the fault, and ``breaks`` counts violations that it adds.
    """

    seed: Seed
    findings: int
    is_at_spot: bool
    is_named: bool
    unlocated: int
    others: int
    is_offered: bool = False
    is_mended: bool = False
    is_as_meant: bool = False
    breaks: int = 0
    told: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()


def measure(seed: Seed, folder: Path, shapes: Shapes) -> Measured:
    """Return what is found wrong with a seed, and whether the repair is right."""
    path = folder / seed.name
    path.write_bytes(seed.data)
    findings = inspect_files([path], shapes=shapes).findings
    wrong = findings if seed.demand and _is_warning(seed) else list(filter(is_violation, findings))
    spots = [one for one in wrong if _is_there(one, seed)]
    named = [one for one in spots if one.demand.startswith(seed.demand)]
    repair = find_repair(path, findings, shapes) if any(map(is_violation, findings)) else None
    mended, meant, breaks = _judge_repair(repair, seed, folder, shapes, findings)
    return Measured(
        seed,
        len(wrong),
        bool(spots),
        bool(named),
        sum(one.line is None and one.cell is None for one in findings),
        len(wrong) - len(spots),
        repair is not None,
        mended,
        meant,
        breaks,
        tuple(str(one) for one in wrong),
        tuple(one.line for one in wrong if one.line),
    )


_WARNINGS = (
    "shape:Observation-",
    "shape:Citation-address",
    "shape:Critique-why",
    "shape:Critique-stance-missing",
    "shape:CaseStudy-read-citation",
    "shape:CaseStudy-second-reading",
    "shape:CaseStudy-short-summary",
)


def _is_warning(seed: Seed) -> bool:
    return seed.demand.startswith(_WARNINGS)


def _is_there(finding: Finding, seed: Seed) -> bool:
    if seed.cell:
        return finding.cell == seed.cell
    return finding.line in seed.lines


def _judge_repair(
    repair: Repair | None, seed: Seed, folder: Path, shapes: Shapes, before: Sequence[Finding]
) -> tuple[bool, bool, int]:
    """Return whether the file is valid then, whether it is as it was meant, and what it adds."""
    if repair is None:
        return False, False, 0
    again = folder / "again" / seed.name
    again.parent.mkdir(exist_ok=True)
    again.write_bytes(repair.content)
    left = Counter(
        key_of(one) for one in inspect_files([again], shapes=shapes).findings if is_violation(one)
    )
    had = Counter(key_of(one) for one in before if is_violation(one))
    again.write_bytes(seed.meant or seed.original)
    meant = _quads(again) if seed.original else set()
    again.write_bytes(repair.content)
    return not left, _quads(again) == meant, (left - had).total()


def _quads(path: Path) -> set[str]:
    vocabulary = Ontology.load().vocabulary
    try:
        return {str(quad) for case in read_all(path, vocabulary) for quad in case.quads}
    except SysgraphError:
        return set()


def table(results: Sequence[Measured]) -> str:
    """Return the figures in words."""
    faults = [one for one in results if not one.seed.is_harmless]
    harmless = [one for one in results if one.seed.is_harmless]
    evident = [one for one in faults if one.seed.is_evident]
    others = [one for one in faults if not one.seed.is_evident]
    offered = [one for one in faults if one.is_offered]

    def share(part: int, whole: int) -> str:
        return f"{part} of {whole} ({100 * part / max(whole, 1):.1f} %)"

    rows = {
        "seeded faults": f"{len(faults)} of {len({one.seed.kind for one in faults})} kinds in"
        f" {len({one.seed.case for one in faults})} cases",
        "a finding at the right line or cell": share(
            sum(m.is_at_spot for m in faults), len(faults)
        ),
        "… and of the demand that was broken": share(sum(m.is_named for m in faults), len(faults)),
        "findings without a place": str(sum(m.unlocated for m in results)),
        "findings elsewhere, for each fault": f"{sum(m.others for m in faults) / len(faults):.2f}",
        "repair evident, offered": share(sum(m.is_offered for m in evident), len(evident)),
        "… and the file is valid then": share(sum(m.is_mended for m in evident), len(evident)),
        "… and it is the very graph meant": share(
            sum(m.is_as_meant for m in evident), len(evident)
        ),
        "not evident, and still mended": share(sum(m.is_mended for m in others), len(others)),
        "repairs that break another demand": share(
            sum(m.breaks > 0 for m in offered), len(offered)
        ),
        "looks wrong and is not, and passes": share(
            sum(not m.findings for m in harmless), len(harmless)
        ),
    }
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())


def main(words: Sequence[str]) -> None:
    """Measure the whole corpus and print the figures, and with ``--misses`` what went wrong."""
    shapes = check_shapes if "--pyshacl" in words else fast_shapes
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = [measure(seed, Path(folder), shapes) for seed in seeds()]
        if "--misses" in words:
            for one in results:
                _print_miss(one)
        sys.stdout.write(table(results) + "\n")
        sys.stdout.write(_of_others(Path(folder), shapes, "--misses" in words))
    sys.stdout.write(f"{time.monotonic() - start:.0f} seconds\n")


def _of_others(folder: Path, shapes: Shapes, misses: bool) -> str:
    """Return the figures of files with several faults, and of files edited blindly."""
    joint = [(measure(one, folder, shapes), parts) for one, parts in several()]
    told = sum(all(_is_told(part, one) for part in parts) for one, parts in joint)
    for one, _ in joint if misses else ():
        _print_miss(one)
    blind = [measure(one, folder, shapes) for one in slashed()]
    at_fault = [one for one in blind if one.findings]
    return (
        f"two to four faults in one file: all told in one pass {told} of {len(joint)}, "
        f"valid when mended {sum(m.is_mended for m, _ in joint)}, "
        f"as meant {sum(m.is_as_meant for m, _ in joint)}\n"
        f"blind edits: {len(blind)}, {len(at_fault)} at fault, "
        f"{sum(m.unlocated for m in blind)} findings without a place, "
        f"{sum(m.is_offered for m in blind)} repairs, {sum(m.breaks > 0 for m in blind)} of them "
        f"break a demand, {sum(m.is_as_meant for m in blind)} give the very graph again\n"
    )


def _is_told(part: Seed, whole: Measured) -> bool:
    return bool(part.lines & set(whole.lines))


def _print_miss(one: Measured) -> None:
    seed = one.seed
    wrong = []
    if seed.is_harmless:
        wrong += ["not harmless"] if one.findings else []
    else:
        wrong += (
            [] if one.is_named else ["not at the spot" if not one.is_at_spot else "other demand"]
        )
        if seed.is_evident and not one.is_as_meant:
            wrong.append("other than meant" if one.is_mended else "not mended")
        wrong += ["breaks"] if one.breaks else []
        wrong += ["guessed"] if one.is_mended and not seed.is_evident else []
    if wrong or one.unlocated:
        places = seed.cell or sorted(seed.lines)[:4]
        where = f"{seed.kind} in {seed.name} at {places} ({seed.demand})"
        sys.stdout.write(f"{', '.join(wrong)}: {where}\n")
        sys.stdout.write("".join(f"    {text[-150:]}\n" for text in one.told[:3]))


if __name__ == "__main__":
    main(sys.argv[1:])
