"""The feed is what RFC 4287 asks for, whatever it is told."""

import re

import pytest

from feeds import ATOM, held_to_rfc
from sysgraph.release.feed import FeedEntry, atom


def made(*entries: FeedEntry) -> str:
    told = ("https://e.org/feed", "News", "feed.xml", "changes.html", "Ann & Bo", "free")
    return atom(*told, entries)


def test_a_feed_says_what_every_reader_needs() -> None:
    older = FeedEntry("https://e.org/1", "One", "2026-01-01T00:00:00Z", "1.html", "First.", "added")
    newer = FeedEntry("https://e.org/2", "Two", "2026-01-02T00:00:00Z", "2.html", "Then.", "added")
    feed = held_to_rfc(made(newer, older))
    assert feed.findtext(f"{ATOM}updated") == "2026-01-02T00:00:00Z"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Ann & Bo"
    assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == ["Two", "One"]


def test_a_feed_of_nothing_is_one_all_the_same() -> None:
    held_to_rfc(made())


@pytest.mark.parametrize("said", ["<b>&amp;]]>", "a \"quote'", "bell \x07 and \ud800", "a\n\tb"])
def test_what_strangers_wrote_cannot_break_it(said: str) -> None:
    entry = FeedEntry("https://e.org/1", said, "2026-01-01T00:00:00Z", "1.html", said, "added")
    feed = held_to_rfc(made(entry))
    (told,) = (one.findtext(f"{ATOM}summary") for one in feed.iter(f"{ATOM}entry"))
    kept = re.sub("[\x07\ud800]", " ", said)
    assert told == " ".join(kept.split())
