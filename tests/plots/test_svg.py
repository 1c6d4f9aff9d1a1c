"""SVG that can stand within a page under a strict policy."""

from xml.etree import ElementTree as ET

from sysgraph.plots.svg import tidy

DRAWN = b"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt" viewBox="0 0 9 9">
 <metadata>2026</metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g id="figure_1"><g id="patch_1">
  <path d="M 0.123456 0
L 9 9" style="fill: url(#h1); stroke: #000000"/>
 </g>
 <text style="font-size: 9px; font-family: 'A', b; fill: #111111"
  transform="rotate(-0 1 2)">a  b</text></g>
 <defs><pattern id="h1"><path d="M 0 0"/></pattern></defs>
</svg>"""


def test_looks_are_attributes_and_nothing_else_is_left() -> None:
    text = tidy(DRAWN, "one", "Title <b>", "Words & more")
    root = ET.fromstring(text)
    assert [element.tag.partition("}")[2] for element in root.iter()] == [
        *("svg", "title", "desc", "path", "text", "defs", "pattern", "path")
    ]
    path, words = root[2], root[3]
    assert path.attrib == {"d": "M 0.12 0 L 9 9", "fill": "url(#one-h1)", "stroke": "#000000"}
    assert words.attrib == {"font-size": "9px", "fill": "#111111"}
    assert words.text == "a  b"
    assert "DOCTYPE" not in text
    assert "style" not in text


def test_a_screen_reader_hears_the_title_and_the_words() -> None:
    root = ET.fromstring(tidy(DRAWN, "one", "Title <b>", "Words & more"))
    names = {one.get("id"): one.text for one in root if one.get("id")}
    assert root.get("role") == "img"
    assert names[root.get("aria-labelledby")] == "Title <b>"
    assert names[root.get("aria-describedby")] == "Words & more"


def test_two_pictures_can_stand_on_one_page() -> None:
    def names(picture: str) -> set[str]:
        root = ET.fromstring(tidy(DRAWN, picture, "Title", "Words"))
        return {one.attrib["id"] for one in root.iter() if "id" in one.attrib}

    assert not names("one") & names("two")
