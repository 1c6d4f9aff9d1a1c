"""Situations to try laws on: all shipped readings, and random ones on random small boards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from shelf import CASES
from sysgraph.advice.cases import CaseStudies
from sysgraph.advice.frame import (
    Caution,
    Condition,
    Consideration,
    Facet,
    FacetValue,
    Frame,
    Gate,
    LeadershipType,
    Source,
    values_of,
)
from sysgraph.advice.situation import Situation, situations_of_case

_SOURCES = st.sets(st.sampled_from("xyz"))


def readings(frame: Frame, paths: Iterable[Path] = CASES) -> Iterator[Situation]:
    """The situations of shipped cases, as each reading has them."""
    for path in paths:
        yield from situations_of_case(path.stem, frame)


@st.composite
def conditions(draw: st.DrawFn, says: Mapping[str, Sequence[str]]) -> Condition:
    """A random condition on one facet or two, which another may lift."""
    names = draw(st.lists(st.sampled_from(sorted(says)), min_size=1, max_size=3, unique=True))
    some = {n: frozenset(draw(st.sets(st.sampled_from(says[n]), min_size=1))) for n in names}
    lifting = names[1:] if draw(st.booleans()) else []
    when = {name: values for name, values in some.items() if name not in lifting}
    return Condition(when, {name: some[name] for name in lifting})


@st.composite
def gates(
    draw: st.DrawFn, kinds: Sequence[str], says: Mapping[str, Sequence[str]]
) -> tuple[Gate, ...]:
    """Up to three random gates."""
    return tuple(
        Gate(f"g{n}", f"g{n}", "", draw(st.sampled_from(kinds)), "", "", "", "", "stated", each)
        for n, each in enumerate(draw(st.lists(conditions(says), max_size=3)))
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Frame, dict[str, str]]:
    """A random small board, of one to three tests, and a situation on it."""
    frame = Frame()
    kinds = [f"k{at}" for at in range(draw(st.integers(1, 4)))]
    for number, kind in enumerate(kinds, 1):
        frame.types[kind] = LeadershipType(kind, kind, number, kind)
    for test in range(draw(st.integers(1, 3))):
        frame.tests[f"t{test}"] = draw(st.sampled_from([Fraction(0), Fraction(1, 4), Fraction(1)]))
    facets: dict[str, str] = {}
    for at in range(draw(st.integers(0, 5))):
        name, test_name = f"f{at}", draw(st.sampled_from(list(frame.tests)))
        changeable = draw(st.sampled_from(["by-you", "by-others", "fixed", ""]))
        strength = draw(st.integers(1, 3))
        facet = Facet(name, name, name, "", test_name, strength, changeable=changeable)
        facet.is_optional = draw(st.booleans()) and draw(st.booleans())
        for value in "abc"[: draw(st.integers(1, 3))]:
            facet.values[value] = FacetValue(f"{name}{value}", value, value, "")
            signs = {kind: draw(st.integers(-1, 1)) for kind in kinds}
            frame.considerations.append(
                Consideration(
                    f"c{name}{value}",
                    f"{name}{value}",
                    "",
                    draw(st.sampled_from(["stated", "attributed", "reading"])),
                    {kind for kind, sign in signs.items() if sign > 0},
                    {kind for kind, sign in signs.items() if sign < 0},
                    [Source(each, each, "read") for each in sorted(draw(_SOURCES))],
                )
            )
        frame.facets[name] = facet
        if draw(st.booleans()):
            of = draw(st.sampled_from(kinds))
            frame.cautions.append(
                Caution(f"w{name}", of, "Mind.", "reading", Condition({name: frozenset("a")}))
            )
        known = draw(st.sampled_from([None, *facet.values]))
        if known:
            facets[name] = known
    if frame.facets:
        said = {name: list(facet.values) for name, facet in frame.facets.items()}
        frame.gates += draw(gates(kinds, said))
    frame.cases = CaseStudies(None, values_of(frame))
    return frame, facets
