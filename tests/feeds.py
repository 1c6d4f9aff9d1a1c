"""What RFC 4287 asks of a feed, as far as it can be told from the feed alone."""

import re
from xml.etree import ElementTree

__all__ = ["ATOM", "held_to_rfc"]

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def held_to_rfc(text: str) -> ElementTree.Element:
    """Return the feed, held to the demands of sections 4.1 and 4.2 that bear on it."""
    feed = ElementTree.fromstring(text.encode())
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
        assert re.match(r"[a-z]+:", one.findtext(f"{ATOM}id") or "")
        assert MOMENT.fullmatch(one.findtext(f"{ATOM}updated") or "")
        links = [(link.get("rel"), link.get("type")) for link in one.findall(f"{ATOM}link")]
        assert len(links) == len(set(links))
        assert ("alternate", "text/html") in links
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    ids = [one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed
