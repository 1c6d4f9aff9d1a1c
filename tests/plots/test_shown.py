"""Every picture: whole, the same each time, legible, safe, and the same in words."""

import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from conftest import named, world_terms
from sysgraph.errors import SysgraphError, UnknownPlot
from sysgraph.plots.picture import Picture, wide
from sysgraph.plots.shown import PLOTS, draw
from sysgraph.store.local import LocalStore, Store, memory

SVG = "{http://www.w3.org/2000/svg}"
ATTRIBUTES = {
    *("aria-describedby", "aria-labelledby", "d", "fill", "font-family", "font-size"),
    *("font-weight", "height", "id", "patternUnits", "role", "stroke", "stroke-dasharray"),
    *("stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-width", "text-anchor"),
    *("version", "viewBox", "width", "x", "y"),
}


class Words(NamedTuple):
    """Where a line of a picture stands."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def covers(self, other: "Words") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > 0.5 and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5


def words_in(root: ET.Element) -> list[Words]:
    found = []
    for one in root.iter(f"{SVG}text"):
        text, size = one.text or "", float(one.attrib["font-size"].removesuffix("px"))
        width = wide(text, size, bold="font-weight" in one.attrib)
        x, y = float(one.attrib["x"]), float(one.attrib["y"])
        left = x - width * {"middle": 0.5, "end": 1}.get(one.get("text-anchor", ""), 0)
        found.append(Words(text, left, left + width, y - 0.76 * size, y + 0.2 * size))
    return found


@pytest.fixture(scope="module", params=PLOTS)
def drawn(request: pytest.FixtureRequest, library: Store) -> tuple[Picture, ET.Element]:
    """A picture of the library, and its SVG."""
    picture = draw(request.param, library)
    return picture, ET.fromstring(picture.svg())


def test_a_picture_says_all_and_no_words_cover_others(drawn: tuple[Picture, ET.Element]) -> None:
    picture, root = drawn
    words = words_in(root)
    width, height = (float(one) for one in root.attrib["viewBox"].split()[2:])
    assert picture.title == words[0].text
    assert picture.source in " ".join(one.text for one in words)
    assert [one for one in words if one.left < 0 or one.right > width] == []
    assert [one for one in words if one.top < 0 or one.bottom > height] == []
    assert [pair for pair in combinations(words, 2) if pair[0].covers(pair[1])] == []
    # With more types than today a name may be cut, and then it stands whole in the table.
    cells = (value for row in picture.rows.texts() for value in row.values())
    whole = " ".join([*picture.rows.columns, *cells]).casefold()
    cut = [one.text.removesuffix("…") for one in words if one.text.endswith("…")]
    assert all(
        part.split()[0].casefold() in f"{whole} {picture.describe().casefold()}" for part in cut
    )


def test_a_picture_is_told_in_words_and_in_figures(drawn: tuple[Picture, ET.Element]) -> None:
    picture, root = drawn
    told = {one.tag.removeprefix(SVG): one.text for one in root[:2]}
    assert told == {"title": picture.title, "desc": picture.describe()}
    assert picture.rows.rows
    assert all(sentence.endswith(".") for sentence in picture.words)
    assert re.search(r"sysgraph \S+, library [0-9a-f]{12}, \d+ cases; asked: ", picture.source)


def test_a_picture_holds_nothing_that_a_strict_policy_refuses(
    drawn: tuple[Picture, ET.Element],
) -> None:
    _, root = drawn
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "path", "text", "defs", "pattern", "rect", "g"}
    assert {key for one in root.iter() for key in one.attrib} <= ATTRIBUTES
    assert not any("://" in value for one in root.iter() for value in one.attrib.values())


@pytest.mark.parametrize("name", PLOTS)
def test_a_store_without_cases_has_pictures_too(name: str) -> None:
    picture = draw(name, memory(named(world_terms(), "https://example.org/terms")))
    assert "0 cases" in picture.source
    assert ET.fromstring(picture.svg()).tag == f"{SVG}svg"


HOSTILE = (
    "<script>alert(1)</script> $\\frac{1}{0}$ \x1b]0;x\x07 \u202eabc 中文 & 'x' " + "long" * 60
)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLOTS)
def test_what_names_bring_along_stays_words(name: str, world: LocalStore) -> None:
    store = memory(map(with_hostile_text, world.store))
    picture = draw(name, store)
    text = picture.svg()
    root = ET.fromstring(text)
    assert not {"script", "image", "a"} & {one.tag.removeprefix(SVG) for one in root.iter()}
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "alert" in picture.describe() + str(picture.rows)
    assert picture.png().startswith(b"\x89PNG")
    assert picture.pdf().startswith(b"%PDF")


def with_hostile_text(quad: ox.Quad) -> ox.Quad:
    """The quad, with the names of things made hostile."""
    if quad.predicate.value.endswith(("plainName", "label", "sector")):
        value = ox.Literal(f"{quad.object.value} {HOSTILE}", language="en")  # type: ignore[union-attr]
        return ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)
    return quad


@pytest.mark.slow
def test_a_picture_is_the_same_in_each_process_and_whatever_one_has_set(
    tmp_path: Path, library: Store
) -> None:
    (tmp_path / "matplotlibrc").write_text("svg.fonttype: path\nfont.size: 30\naxes.grid: True\n")
    command = [sys.executable, "-m", "sysgraph", "plot", "outcomes-by-selection"]
    own = os.environ | {"MPLCONFIGDIR": str(tmp_path), "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, env=own, capture_output=True, check=True)
    picture = draw("outcomes-by-selection", library)
    assert done.stdout.decode() == picture.svg()
    assert picture.png() == picture.png()
    assert picture.pdf() == picture.pdf()


def test_an_unknown_picture_suggests_the_nearest(library: Store) -> None:
    with pytest.raises(UnknownPlot, match="did you mean 'evidence-gap-map'"):
        draw("evidence-gaps-map", library)


def test_without_matplotlib_there_are_words_and_what_to_install(
    library: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    picture = draw("evidence-gap-map", library)
    assert picture.describe()
    for written in (picture.svg, picture.png, picture.pdf):
        with pytest.raises(SysgraphError, match=r"pip install .* '\.\[analysis\]'"):
            written()
