"""Which ontology and which shapes judge a contribution today: version and digest."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sysgraph.paths import data, term_files

__all__ = ["Editions", "editions"]

_VERSION = re.compile(r'owl:versionInfo "([^"]+)"')


class Editions(NamedTuple):
    """The version of the ontology, and the SHA-256 of what it says and of what its shapes demand.

    The digests are in hexadecimal; any change of a file changes one, whatever the version says.
    """

    version: str
    ontology: str
    shapes: str


@cache
def editions() -> Editions:
    """Return today's editions, read once a process, which takes a millisecond or two.

    Raises:
        DataNotFound: the package has no data.
    """
    folder = data() / "ontology"
    said = _VERSION.search((folder / "sysgraph.ttl").read_text(encoding="utf-8"))
    terms = [*term_files(folder), *sorted((folder / "rules").glob("*.rq"))]
    shapes = [folder / "context.jsonld", *sorted((folder / "shapes").glob("*.ttl"))]
    return Editions(said.group(1) if said else "", _digest(terms), _digest(shapes))


def _digest(paths: list[Path]) -> str:
    total = sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
