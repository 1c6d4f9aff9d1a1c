"""Pictures of what the cases show, with the same in words."""

import xml.etree.ElementTree as ET

import pytest
from starlette.testclient import TestClient

from sysgraph.plots.shown import PLOTS, draw
from sysgraph.store.local import Store
from visiting import read_page


@pytest.mark.parametrize("name", ["evidence-gap-map", "outcomes-by-type"])
def test_a_picture_stands_with_its_words(client: TestClient, library: Store, name: str) -> None:
    answer = client.get(f"/map/{name}")
    page = read_page(answer.text)
    picture = draw(name, library)
    assert all(" ".join(one.split()) in page.text for one in picture.words)
    drawn = client.get(f"/map/{name}.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "script-src" not in drawn.headers["content-security-policy"]
    assert ET.fromstring(drawn.text).tag.endswith("svg")


def test_the_map_comes_first_and_leads_to_the_others(client: TestClient) -> None:
    links = read_page(client.get("/map").text).links
    assert {f"/map/{name}" for name in PLOTS if name != "evidence-gap-map"} <= {*links}
    assert "/map" in read_page(client.get("/browse").text).links


def test_there_is_no_other_picture(client: TestClient) -> None:
    assert client.get("/map/nothing").status_code == 404
    assert client.get("/map/nothing.svg").status_code == 404
