"""What is nearly settled: counted over every way in which what is open could be answered."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from sysgraph.advice.asking import nearly_settled
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation


@pytest.mark.parametrize("seed", range(12))
def test_what_is_nearly_settled_comes_first_in_nine_of_ten_ways(seed: int, frame: Frame) -> None:
    draw = Random(seed)
    known = {name: draw.choice(list(facet.values)) for name, facet in frame.facets.items()}
    counted = [name for name in frame.facets if name not in frame.board.optional]
    left = draw.sample(counted, 2)
    for name in (*left, *frame.board.optional):
        known.pop(name, None)
    ways = list(product(*(frame.facets[name].values for name in left)))
    assert len(ways) <= 200  # else some are drawn
    fronts = [frame.board.front({**known, **dict(zip(left, way, strict=True))}) for way in ways]
    shares = {kind: Fraction(sum(kind in f for f in fronts), len(ways)) for kind in frame.types}
    first = frame.board.front(known) if not frame.board.abstains(known) else frozenset()
    expected = {kind: shares[kind] for kind in first if shares[kind] >= Fraction(9, 10)}
    assert nearly_settled(Situation("s", facets=known), frame) == expected


def test_nothing_is_settled_while_too_little_is_told(frame: Frame) -> None:
    assert nearly_settled(Situation("s"), frame) == {}
    assert nearly_settled(Situation("s", facets={"agreement": "coercive"}), frame) == {}
