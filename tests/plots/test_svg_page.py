"""Pictures within a page, in a real browser, under the policy that the pages have."""

import pytest

from browsing import faults_of, needs_browser, opened, started
from sysgraph.plots.answers import JUDGEMENTS
from sysgraph.plots.shown import PLOTS, draw
from sysgraph.store.local import Store

BASE = "http://127.0.0.1:9"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'"
FILLS = "[...document.querySelectorAll('path')].map(one => getComputedStyle(one).fill)"


@pytest.mark.browser
@needs_browser
def test_all_pictures_stand_on_one_page_under_a_strict_policy(library: Store) -> None:
    body = "".join(f"<div id='of-{name}'>{draw(name, library).svg()}</div>" for name in PLOTS)
    page_text = (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Pictures</title></head>"
        f"<body><main><h1>Pictures</h1>{body}</main></body></html>"
    )
    with started() as browser, opened(browser, BASE) as page:
        page.route(
            f"{BASE}/",
            lambda route: route.fulfill(
                body=page_text,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": POLICY},
            ),
        )
        page.goto("/")
        red, green, blue = (int(JUDGEMENTS["yes"].face[at : at + 2], 16) for at in (1, 3, 5))
        assert f"rgb({red}, {green}, {blue})" in page.evaluate(FILLS)
        images = page.get_by_role("img")
        assert images.count() == len(PLOTS)
        assert page.get_by_role("img", name=draw("evidence-gap-map", library).title).count() == 1
        assert faults_of(page) == []
