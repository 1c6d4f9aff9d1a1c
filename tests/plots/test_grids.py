"""Where there are cases, worked out by hand over the tiny world."""

from xml.etree import ElementTree as ET

from sysgraph.pages.rows import rows_csv
from sysgraph.plots.grids import by_country, by_sector, gap_map
from sysgraph.plots.picture import Picture
from sysgraph.store.local import LocalStore

SVG = "{http://www.w3.org/2000/svg}"
BLUE = "#0b559f"


def lines(picture: Picture) -> list[str]:
    return [one.text or "" for one in ET.fromstring(picture.svg()).iter(f"{SVG}text")]


def widths(picture: Picture, fill: str) -> list[float]:
    """How wide the rectangles of a colour are, from the top."""
    found = []
    for one in ET.fromstring(picture.svg()).iter(f"{SVG}path"):
        if one.get("fill") == fill:
            steps = one.attrib["d"].split()
            found.append(round(float(steps[4]) - float(steps[1]), 1))
    return found


def test_the_gap_map_of_the_tiny_world(world: LocalStore) -> None:
    assert rows_csv(gap_map(world).rows).splitlines() == [
        "type,aim,cases,ledYes,ledNoOrContested,workingYes,workingNo",
        "Driven from outside,coordinate,1,1,0,0,1",
        "Worked out together,coordinate,3,0,2,1,1",
        "Driven from outside,improve,0,0,0,0,0",
        "Worked out together,improve,0,0,0,0,0",
    ]
    assert gap_map(world).words == (
        "A table of 2 types of leading by 2 aims; of its 4 cells 2 hold no case.",
        "Driven from outside, most often to coordinate: 1 case, on “Led rightly” 1 yes, 0 no or"
        " contested, 0 mixed or not known; on “Works” 0 yes, 1 no or contested, 0 mixed or not"
        " known.",
        "Driven from outside, without a case: improve.",
        "Worked out together, most often to coordinate: 3 cases, on “Led rightly” 0 yes, 2 no or"
        " contested, 1 mixed or not known; on “Works” 1 yes, 1 no or contested, 1 mixed or not"
        " known.",
        "Worked out together, without a case: improve.",
    )


def test_the_gap_map_shows_each_gap_and_each_number(world: LocalStore) -> None:
    said = lines(gap_map(world))
    assert said.count("no case") == 2
    assert [one for one in said if one.isdigit()] == ["1", "3"]
    assert said.count("Led rightly") == said.count("Works") == 2


def test_a_strip_is_as_long_as_there_are_cases(world: LocalStore) -> None:
    # Of the fullest cell, with three cases, a strip fills the cell; all others are to its scale.
    key, led, working = widths(gap_map(world), BLUE)
    assert led == working
    assert key == 16
    outlined = widths(gap_map(world), "#ffffff")[2:]
    assert outlined == [led, working]


def test_cases_by_sector_and_country(world: LocalStore) -> None:
    assert rows_csv(by_sector(world).rows).splitlines() == [
        "sector,Driven from outside,Worked out together,All types",
        "health,0,2,2",
        "housing,1,1,2",
    ]
    # Delta is in both countries.
    assert rows_csv(by_country(world).rows).splitlines() == [
        "country,Driven from outside,Worked out together,All types",
        "United Kingdom,0,3,3",
        "Netherlands,1,1,2",
    ]
    assert by_country(world).words == (
        "A table of countries by type of leading, with how many cases there are.",
        "Cases by country, the most first: United Kingdom (3) and Netherlands (2).",
    )


def test_what_is_rare_is_gathered_and_no_case_counted_twice(library: LocalStore) -> None:
    rows = list(by_sector(library).rows.rows)
    last = [term.value for term in rows[-1] if term]
    assert last[0].endswith(" other sectors")
    assert int(last[-1]) == sum(map(int, last[1:-1]))
    assert len(rows) == 17
