"""How cases were judged, worked out by hand over the tiny world."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from sysgraph.pages.rows import rows_csv
from sysgraph.plots.answers import JUDGEMENTS, Look, look_of
from sysgraph.plots.outcomes import by_selection, by_type
from sysgraph.store.local import LocalStore

SVG = "{http://www.w3.org/2000/svg}"


def test_outcomes_by_type_of_the_tiny_world(world: LocalStore) -> None:
    picture = by_type(world)
    assert picture.words == (
        "Bars of cases by type of leading, for each of the two tests by itself.",
        "Driven from outside, on “Led rightly”: 1 yes.",
        "Driven from outside, on “Works”: 1 no.",
        "Worked out together, on “Led rightly”: 1 mixed and 1 no; looked for because of it, beside"
        " these, 1 contested.",
        "Worked out together, on “Works”: 1 mixed and 1 no; looked for because of it, beside these,"
        " 1 yes.",
    )
    said = [one.text for one in ET.fromstring(picture.svg()).iter(f"{SVG}text")]
    assert said.count("1 case") == 1
    assert said.count("2 cases; thin bars: 1 more") == 1


def test_outcomes_by_selection_of_the_tiny_world(world: LocalStore) -> None:
    picture = by_selection(world)
    assert rows_csv(picture.rows).splitlines() == [
        "selected,led,working,cases",
        "not told,mixed,mixed,1",
        "not told,no,no,1",
        "not told,yes,no,1",
        "selected on its outcome,contested,yes,1",
    ]
    assert picture.words[1:] == (
        "not told (3 cases): 1 mixed and mixed, 1 no and no and 1 yes and no.",
        "selected on its outcome (1 case): 1 contested and yes.",
    )


LOOKS = [*JUDGEMENTS.values(), look_of("too-early")]


def lightness(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((lightness(one), lightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.word)
def test_a_number_reads_well_on_its_judgement(look: Look) -> None:
    assert contrast(look.ink, look.face) >= 4.5


def test_judgements_are_told_apart_without_colour() -> None:
    for one, other in combinations(LOOKS, 2):
        assert one.hatch != other.hatch or contrast(one.face, other.face) >= 3


def test_what_tells_nothing_looks_the_same() -> None:
    assert look_of("too-early") == look_of("not-told") == look_of("a new one")
