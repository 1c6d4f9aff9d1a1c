"""Counts from the tables of others: they agree with their sentences, intervals and sources."""

import hashlib
import os
import re
from math import comb, exp, log, sqrt
from pathlib import Path

import pytest

from sysgraph.advice.cases import ask
from sysgraph.advice.frame import Frame
from sysgraph.advice.outside import OutsideFigure
from sysgraph.store.local import Store
from tables import TABLES, counts

Z = 1.959963984540054
AT_HAND = os.environ.get("SYSGRAPH_OUTSIDE_TABLES")


def figures(frame: Frame) -> dict[str, OutsideFigure]:
    found = [each for one in frame.outside.classes for each in one.figures]
    for tests in frame.outside.findings.values():
        found += [each for test in tests for each in test.figures]
    return {each.id: each for each in found}


def wilson(count: int, out_of: int) -> tuple[float, float]:
    """Wilson 1927: the score interval of a share."""
    share, size = count / out_of, 1 + Z * Z / out_of
    middle = (share + Z * Z / (2 * out_of)) / size
    half = Z * sqrt(share * (1 - share) / out_of + Z * Z / (4 * out_of**2)) / size
    return middle - half, middle + half


def woolf(a: int, b: int, c: int, d: int) -> tuple[float, float, float]:
    """Woolf 1955: the odds ratio with its interval; half is added where a cell is empty."""
    add = 0.5 if not all((a, b, c, d)) else 0.0
    cells = [cell + add for cell in (a, b, c, d)]
    ratio = cells[0] * cells[3] / cells[1] / cells[2]
    half = Z * sqrt(sum(1 / cell for cell in cells))
    return ratio, exp(log(ratio) - half), exp(log(ratio) + half)


def fisher(a: int, b: int, c: int, d: int) -> float:
    """Fisher's exact two-sided p: all tables with these margins that are no likelier."""
    first, reached, total = a + b, a + c, a + b + c + d
    ways = {
        x: comb(first, x) * comb(total - first, reached - x)
        for x in range(max(0, reached - (total - first)), min(first, reached) + 1)
    }
    return sum(w for w in ways.values() if w <= ways[a]) / comb(total, reached)


@pytest.mark.slow
def test_intervals_follow_from_the_counts(frame: Frame) -> None:
    for one in figures(frame).values():
        told = [float(end) for end in one.interval]
        assert told == pytest.approx(wilson(one.count, one.out_of), abs=0.0006), one.id
        if one.others_count is None:
            continue
        assert one.others_out_of is not None
        assert one.others_interval
        others = [float(end) for end in one.others_interval]
        expected = wilson(one.others_count, one.others_out_of)
        assert others == pytest.approx(expected, abs=0.0006), one.id
        others_left = one.others_out_of - one.others_count
        cells = (one.count, one.out_of - one.count, one.others_count, others_left)
        assert one.odds is not None
        assert one.odds_interval is not None
        assert one.exact_p is not None
        odds = [float(each) for each in (one.odds, *one.odds_interval)]
        assert odds == pytest.approx(woolf(*cells), abs=0.006, rel=0.0001), one.id
        assert float(one.exact_p) == pytest.approx(fisher(*cells), abs=0.00006), one.id


def test_sentences_say_what_their_figures_say(frame: Frame) -> None:
    """Every "k of n" of a sentence is one of its counts, and every share is that of one."""
    for one in frame.outside.classes:
        sentence = one.sentence.replace(",", "")
        counted = {(f.count, f.out_of) for f in one.figures}
        counted |= {(f.others_count or 0, f.others_out_of or 0) for f in one.figures}
        numbers = {n for pair in counted for n in pair}
        for k, n in re.findall(r"(\d+) of (?:the )?(\d+)", sentence):
            assert (int(k), int(n)) in counted, (one.id, k, n)
        for k, n, share in re.findall(r"(\d+) of (\d+) (\d+)%", sentence):
            assert round(100 * int(k) / int(n)) == int(share), one.id
        assert numbers & {int(each) for each in re.findall(r"\d+", sentence)}, one.id
        low_high = {
            tuple(round(100 * float(end)) for end in interval)
            for f in one.figures
            for interval in (f.interval, f.others_interval)
            if interval
        }
        for low, high in re.findall(r"\((\d+) to (\d+)\)", sentence):
            assert (int(low), int(high)) in low_high, one.id


def test_findings_have_the_odds_of_one_of_their_figures(frame: Frame) -> None:
    for tests in frame.outside.findings.values():
        for test in tests:
            if test.odds is not None:
                assert test.odds in [figure.odds for figure in test.figures], test.id


def test_each_finding_tests_a_ground_that_is_there(library: Store) -> None:
    findings = {row["one"] for row in ask(library, "?one", "?one a sysg:OutsideFinding")}
    pattern = (
        "?ground sysg:isTestedBy ?one . ?ground a ?kind ."
        " VALUES ?kind { sysg:Consideration sysg:Risk sysg:Claim }"
    )
    assert {row["one"] for row in ask(library, "?one", pattern)} == findings
    tested = {row["ground"] for row in ask(library, "?ground", "?ground sysg:isTestedBy ?one")}
    assert tested == {row["ground"] for row in ask(library, "?ground ?one", pattern)}


def read(name: str) -> bytes:
    assert AT_HAND
    return (Path(AT_HAND) / name).read_bytes()


@pytest.mark.skipif(not AT_HAND, reason="SYSGRAPH_OUTSIDE_TABLES names no folder of the tables")
def test_tables_are_as_they_were_found(frame: Frame) -> None:
    digests = {line for one in frame.outside.classes for line in one.table.digests}
    for digest, name in (line.split("  ", 1) for line in digests):
        assert hashlib.sha256(read(name)).hexdigest() == digest, name


@pytest.mark.skipif(not AT_HAND, reason="SYSGRAPH_OUTSIDE_TABLES names no folder of the tables")
def test_counts_are_those_of_the_tables(frame: Frame) -> None:
    held = dict(counts(read))
    known = figures(frame)
    assert held.keys() <= known.keys()
    for name, counted in held.items():
        one = known[name]
        told = (one.count, one.out_of, one.others_count, one.others_out_of)
        assert counted == told, name


def test_every_table_that_is_counted_again_is_there(frame: Frame) -> None:
    assert {one.table.id for one in frame.outside.classes} >= set(TABLES)
