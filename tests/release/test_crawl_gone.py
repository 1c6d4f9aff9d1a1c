"""A page that says that something is gone is a page of the site; what never was is none."""

from pathlib import Path
from typing import cast

from sysgraph.release.crawl import Crawl
from sysgraph.release.pages import Pages, Served
from sysgraph.release.written import writing

PAGES = {
    "/": (200, '<a href="/case/gone">a</a> <a href="/case/never">b</a>'),
    "/case/gone": (410, "It was taken out."),
    "/case/left": (410, "It was in 0.1.0."),
}


class Asked:
    """An application of a few pages."""

    def get(self, address: str) -> Served:
        status, body = PAGES.get(address, (404, "There is no such page."))
        return Served(status, body.encode())


def test_what_is_gone_has_a_page_and_links_lead_there(tmp_path: Path) -> None:
    with writing(tmp_path / "site") as written:
        crawl = Crawl(cast("Pages", Asked()), written, None, ())
        crawl.run(["/", "/case/left", "/case/never"], lambda *_: None)
        assert sorted(written.files) == ["case/gone.html", "case/left.html", "index.html"]
        assert "It was taken out." in written.read("case/gone.html").decode()
        home = written.read("index.html").decode()
    assert 'href="case/gone.html"' in home
    assert "never" not in home
