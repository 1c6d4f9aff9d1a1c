"""What is asked of a release: every name, every syntax, and what readers say that they accept."""

import random
import re

import pyoxigraph as ox

import sysgraph
from sysgraph.publish.files import export
from sysgraph.rdf import Format
from sysgraph.release.rules import OFFERS
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE
from sysgraph.web.offered import HTML, SUFFIXES, accepted

__all__ = ["ACCEPTED", "accepts", "liked", "names_of", "place_of"]

ACCEPTED = {suffix: media for suffix, (media, _) in SUFFIXES.items()} | {".html": HTML}
_PART = re.compile(r"((?:case|critique)/[^/]+)/(.+)")


def names_of(store: Store) -> list[str]:
    """Return what follows the namespace in the name of each thing that the export tells of.

    That of the version is one, too.
    """
    quads = ox.parse(export(store, Format.NQUADS), format=ox.RdfFormat.N_QUADS)
    found = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    ours = {one.removeprefix(NAMESPACE) for one in found if one.startswith(NAMESPACE)}
    return sorted({*ours, sysgraph.__version__})


def place_of(name: str, suffix: str) -> tuple[str, str]:
    """Return the file that a name is answered with, and the place in it."""
    part = _PART.fullmatch(name)
    whole = part[1] if part else name or "index"
    place = part[2].replace("/", "-") if part and suffix == ".html" else ""
    return f"{whole}{suffix}", place


def accepts() -> list[str]:
    """Return what readers may say that they accept: of real ones, odd ones, and by chance."""
    told = [
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "application/rdf+xml,text/turtle;q=0.9,*/*;q=0.1",
        "application/n-triples;q=1.0, application/ld+json ;q=0.9 , text/turtle; q=0.85",
        "text/*;q=0.2, text/turtle;q=0",
        "application/rdf+xml",
        "TEXT/Turtle",
        "text/turtle;q=7",
        "text/turtle;q=x, text/html;q=0.1",
        "text/turtle;quality=0, text/html;q=0.9",
        "text/turtle;charset=utf-8;q=0.3, text/html;level=1;q=0.2",
        "garbage",
        ", ,;;",
        "*/*;q=0",
        "*",
    ]
    chance = random.Random(18)
    media = [
        *ACCEPTED.values(),
        "text/*",
        "application/*",
        "*/*",
        "application/rdf+xml",
        "image/webp",
    ]
    rates = [
        "",
        "",
        ";q=0",
        ";q=0.0",
        ";q=1.0",
        "; q=0.5",
        ";q=0.50",
        ";q=0.85",
        " ;q=0.9",
        ";q=0.999",
    ]
    more = ["", "", ";v=b3", "; charset=UTF-8", ";Q"]
    for _ in range(400):
        some = chance.sample(media, chance.randint(1, 5))
        ranges = [f"{one}{chance.choice(more)}{chance.choice(rates)}" for one in some]
        told.append(chance.choice([",", ", ", " , "]).join(ranges))
    return told


def liked(accept: str) -> str | None:
    """Return the suffix of what is liked best, as ``serve`` has it, which follows RFC 9110."""
    offers = {one.media: one.suffix for one in OFFERS}
    return offers.get(accepted(accept, offers))
