"""The picture of the two tests: what it shows, and that its words can be read."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelf import SHARES
from sysgraph.advice.board import Advice, Standing, advise
from sysgraph.advice.frame import Condition, Frame, Gate
from sysgraph.advice.situation import Situation, situations_of_case
from sysgraph.pages.plane import Box, describe, place, svg

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LEFT, TOP, SIZE = 78, 30, 440


@pytest.fixture(scope="module", params=SHARES)
def all_advice(request: pytest.FixtureRequest, frame: Frame) -> list[Advice]:
    """Advice under each reading of each case of a share of the shipped ones."""
    return [
        advise(situation, frame)
        for path in request.param
        for situation in situations_of_case(path.stem, frame)
    ]


@pytest.fixture(scope="module")
def odd_advice(all_advice: list[Advice], frame: Frame) -> list[Advice]:
    """Nothing known, one test known, and all types at one point."""
    led = {f.id for f in frame.facets.values() if f.test == "led" and not f.is_optional}
    some = next(advice for advice in all_advice if led <= advice.situation.facets.keys())
    known = {facet: value for facet, value in some.situation.facets.items() if facet in led}
    middle = Standing(Fraction(-1, 2), Fraction(0), Fraction(1, 2), Fraction(1, 2))
    return [
        advise(Situation("empty"), frame),
        advise(Situation("one-test", facets=known), frame),
        at_one_point(some, middle),
        at_one_point(some, Standing(Fraction(1), Fraction(1), Fraction(1), Fraction(1))),
        at_one_point(some, Standing(Fraction(-1), Fraction(-1), Fraction(1), Fraction(1))),
    ]


def at_one_point(advice: Advice, standing: Standing) -> Advice:
    types = {
        kind: replace(entry, standings=dict.fromkeys(entry.standings, standing))
        for kind, entry in advice.types.items()
    }
    return replace(advice, types=types, front=tuple(types), abstains=())


def drawn(advice: Advice) -> ElementTree.Element:
    return ElementTree.fromstring(svg(advice))


def labels(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (text for text in root.iter(f"{SVG}text") if "label" in text.get("class", "").split())


def centre(shape: ElementTree.Element) -> tuple[float, float]:
    """The middle of a circle, or of a diamond drawn from its upper corner."""
    if shape.tag == f"{SVG}circle":
        return float(shape.get("cx", "")), float(shape.get("cy", ""))
    x, y = NUMBER.findall(shape.get("d", ""))[:2]
    return float(x), float(y) + 9


@pytest.mark.slow
def test_each_type_stands_where_its_standings_are_and_the_front_is_a_shape_of_its_own(
    all_advice: list[Advice],
) -> None:
    planes = 0
    for advice in all_advice:
        if advice.abstains:
            continue
        planes += 1
        root = drawn(advice)
        found = {}
        for group in root.iter(f"{SVG}g"):
            name = next(labels(group), None)
            shape = next((s for s in group if s.get("class") == "point"), None)
            if name is not None and shape is not None:
                found[name.text] = (centre(shape), shape.tag, group.get("class"), name.get("class"))
        assert len(found) == len(advice.types)
        for kind, entry in advice.types.items():
            led, working = (standing.value for standing in entry.standings.values())
            assert led is not None
            assert working is not None
            (x, y), tag, group_class, name_class = found[f"{entry.type.number} {entry.type.label}"]
            assert x == pytest.approx(LEFT + float(led + 1) / 2 * SIZE, abs=0.06)
            assert y == pytest.approx(TOP + float(1 - working) / 2 * SIZE, abs=0.06)
            is_first = kind in advice.front
            assert (tag == f"{SVG}path") == (group_class == "first") == is_first
            assert ("bold" in (name_class or "").split()) == is_first
    assert planes > len(all_advice) / 2


def test_intervals_end_where_the_unknown_could_take_a_type(frame: Frame) -> None:
    facets = {"purpose-origin": "constituents", "agreement": "plural", "change-aim": "coordinate"}
    advice = advise(Situation("x", facets=facets), frame)
    assert advice.abstains
    wide = at_one_point(
        advice, Standing(Fraction(-1, 2), Fraction(0), Fraction(3, 4), Fraction(1, 2))
    )
    reaches = [p.get("d", "") for p in drawn(wide).iter(f"{SVG}path") if p.get("class") == "reach"]
    lines = {tuple(float(n) for n in NUMBER.findall(d)) for d in reaches}
    across, up = (LEFT + 0.25 * SIZE, LEFT + 0.875 * SIZE), (TOP + 0.125 * SIZE, TOP + 0.75 * SIZE)
    assert (across[0], TOP + SIZE / 2, across[1]) in lines
    assert (LEFT + SIZE / 2, up[0], up[1]) in lines


def test_what_is_not_ranked_has_no_point_and_says_so(odd_advice: list[Advice]) -> None:
    empty, one_test, *_ = odd_advice
    for advice, ranked in ((empty, 0), (one_test, 1)):
        root = drawn(advice)
        points = [s for s in root.iter() if s.get("class") == "point"]
        # Two of the points stand in the legend, each as it is drawn in the picture.
        assert len(points) == ranked * len(advice.types) + 2
        shapes = {(g.get("class"), s.tag) for g in root.iter(f"{SVG}g") for s in g if s in points}
        assert shapes == {("first", f"{SVG}path"), ("other", f"{SVG}circle")}
        texts = [text.text or "" for text in root.iter(f"{SVG}text")]
        assert sum("too little to rank" in text for text in texts) == 2 - ranked
        assert len(list(labels(root))) == 2 * len(advice.types)


@pytest.mark.slow
def test_every_picture_is_told_in_words(all_advice: list[Advice], odd_advice: list[Advice]) -> None:
    for advice in (*all_advice, *odd_advice):
        root = drawn(advice)
        assert root.get("role") == "img"
        assert root[0].tag == f"{SVG}title"
        assert root[1].tag == f"{SVG}desc"
        told = root[1].text or ""
        assert told == describe(advice)
        assert all(entry.type.label in told for entry in advice.types.values())
        assert told.count("worth considering first") == len(advice.front)
        assert ("not ranked" in told) == bool(advice.abstains)


@pytest.mark.slow
def test_the_same_answer_gives_the_same_picture_and_nothing_lies_outside_it(
    all_advice: list[Advice], odd_advice: list[Advice]
) -> None:
    for advice in (*all_advice, *odd_advice):
        drawing = svg(advice)
        assert drawing == svg(advice)
        root = ElementTree.fromstring(drawing)
        width, height = float(root.get("width", "")), float(root.get("height", ""))
        for text in root.iter(f"{SVG}text"):
            if "label" in text.get("class", ""):
                assert 0 <= float(text.get("x", "")) <= width
                assert 0 <= float(text.get("y", "")) <= height
        assert "http" not in drawing.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_hostile_words_become_words(all_advice: list[Advice]) -> None:
    advice = all_advice[0]
    evil = '</text><script>alert("1")</script>\x1b[31m\u202e\ufffe &'
    entry = advice.types["organic"]
    types = {
        **advice.types,
        "organic": replace(entry, type=replace(entry.type, label=f"x {evil}")),
    }
    situation = replace(advice.situation, title=evil)
    drawing = svg(replace(advice, types=types, situation=situation))
    root = ElementTree.fromstring(drawing)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in drawing
    assert not re.search("[\x00-\x08\x1b\u202e\ufffe]", drawing)
    assert any((text.text or "").endswith("…") for text in labels(root))


def test_closed_type_is_marked_and_told_with_what_closes_it(odd_advice: list[Advice]) -> None:
    empty, *_ = odd_advice
    gate = Gate("gate:x", "x", "refused before", "organic", "led", "", "", "", "", Condition({}))
    closed = replace(empty.types["organic"], gates=(gate,))
    told = replace(empty, types={**empty.types, "organic": closed})
    assert "closed by 'refused before'." in describe(told)
    assert "closed" not in describe(empty)

    def marks(advice: Advice) -> int:
        return sum(shape.get("class") == "shut" for shape in drawn(advice).iter())

    # One stands in the legend, and one in the strip of either test.
    assert (marks(empty), marks(told)) == (1, 3)


corner = st.floats(0, 400, allow_nan=False)


@given(st.lists(st.tuples(corner, corner), min_size=1, max_size=7))
def test_up_to_seven_labels_never_cover_one_another(points: list[tuple[float, float]]) -> None:
    bounds = Box(-50, -50, 750, 500)
    sizes = [(150.0, 17.0)] * len(points)
    found = place(points, sizes, bounds, [], range(len(points)))
    assert all(box.lies_in(bounds) for box in found)
    assert not any(one.meets(other) for one, other in combinations(found, 2))
    assert found == place(points, sizes, bounds, [], range(len(points)))


def test_a_label_that_fits_nowhere_stands_in_the_corner() -> None:
    assert place([(5.0, 5.0)], [(900.0, 17.0)], Box(1, 2, 100, 50), [], [0]) == [Box(1, 2, 900, 17)]


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Debian's chromium")
def test_in_a_real_browser_no_label_covers_another(
    all_advice: list[Advice], odd_advice: list[Advice], tmp_path: Path
) -> None:
    pictures = "".join(svg(advice) for advice in (*all_advice, *odd_advice))
    script = """
      const found = [...document.querySelectorAll('svg')].map(svg => {
        const whole = svg.getBoundingClientRect();
        const boxes = [...svg.querySelectorAll('text')]
          .map(t => [t.textContent, t.getBoundingClientRect()]);
        const bad = boxes.filter(([t, b]) => b.left < whole.left || b.right > whole.right
          || b.top < whole.top || b.bottom > whole.bottom).map(([t]) => t + ' lies outside');
        boxes.forEach(([t, a], i) => boxes.slice(i + 1).forEach(([u, b]) => {
          if (a.left < b.right - 1 && b.left < a.right - 1
            && a.top < b.bottom - 3 && b.top < a.bottom - 3) bad.push(t + ' covers ' + u);
        }));
        return bad;
      });
      document.body.textContent = JSON.stringify(found);
    """
    page = tmp_path / "pictures.html"
    text = f'<!DOCTYPE html><meta charset="utf-8"><body>{pictures}<script>{script}</script>'
    page.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [
            "chromium",
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = json.loads(re.search(r"<body>(.*)</body>", ran.stdout, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert len(found) == len(all_advice) + len(odd_advice)
    assert [bad for bad in found if bad] == []
