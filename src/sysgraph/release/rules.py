"""Rules for the address of a release: how w3id and three web servers answer a name.

All are made from one table: what each thing is offered as (`OFFERS`), and the media type of each
file (`MEDIA`). A thing at ``NAMESPACE + NAME`` is answered with 303 to ``NAME.html`` or to one of
the syntaxes, by what the reader accepts; a part of a case, with the document of its case.

How much is liked is told as a text that can be compared letter by letter, since that is what all
servers can do: ``1/``, ``085/`` for 0.85, ``0/``. The stroke at its end comes before each digit.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FunctionLoader, StrictUndefined

from sysgraph.errors import SysgraphError
from sysgraph.release.browser import POLICY
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES
from sysgraph.web.offered import HTML, SUFFIXES

__all__ = ["LOST", "LOST_SCRIPT", "MEDIA", "OFFERS", "Offer", "rules"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a thing is offered as: a name for it in rules, the end of its file, its media type."""

    name: str
    suffix: str
    media: str

    @property
    def kind(self) -> str:
        """The range of media types that holds it."""
        return f"{self.media.partition('/')[0]}/*"


OFFERS = (
    Offer("html", ".html", HTML),
    *(Offer(suffix[1:], suffix, media) for suffix, (media, _) in SUFFIXES.items()),
)
"""What each thing is offered as; of what is liked alike, the first."""

MEDIA = {
    **{one.suffix: one.media for one in OFFERS},
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".rdf": "application/rdf+xml",
    ".rq": "application/sparql-query",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".conf": "text/plain",
    ".bib": "application/x-bibtex",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".cjs": "text/javascript",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".whl": "application/zip",
    ".tar": "application/x-tar",
    ".gz": "application/gzip",
}
"""The media type of each file of a release, by how its name ends.

A packed file is told as what it is, and not as packed on the way: so what a reader keeps has the
bytes that ``SHA256SUMS`` tells of.
"""

_NAMED = {
    "feed.xml": "application/atom+xml",
    "data/SHA256SUMS": "text/plain",
    "rules/Caddyfile": "text/plain",
    "rules/w3id.htaccess": "text/plain",
}
"""Files whose end does not tell their media type."""

_PACKED_ALREADY = ("image/png", "image/x-icon", "font/woff2", "zip", "gzip", "pdf", "sheet")
"""How the media types of what is packed already end; all else is packed on the way."""

_NOWHERE = "https://sysgraph.example/"
"""Stands for the address of the release where none is told; nobody has a name like that."""

_SEGMENT = r"[\w.~%!$&'()*+,;=:@-]+"
"""A piece of a path as it is written; without a stroke, so that no path names another server."""

_FILES = {
    ".htaccess": "htaccess",
    "rules/w3id.htaccess": "w3id.htaccess",
    "rules/apache.conf": "apache.conf",
    "rules/nginx.conf": "nginx.conf",
    "rules/Caddyfile": "Caddyfile",
}
"""The files of rules, with the template of each in ``servers/``."""

_RUNNING = r"\.(?:html|m?js)$"
"""The names of files whose policy a browser keeps to: pages, and what runs in them."""

_READING = ("ask", "ask/next", "answer", "search")
"""The names of pages whose scripts read what stands behind a ``?``, so that it is passed on."""

_SCRIPTS = Path(__file__).parent / "scripts"
LOST = (_SCRIPTS / "lost.css").read_text(encoding="utf-8")
"""The style that stands within the page for the lost, which is shown at any depth of any server."""
LOST_SCRIPT = (_SCRIPTS / "lost.js").read_text(encoding="utf-8")
"""What stands there for those who follow a link of ``sysgraph serve`` to a part of an answer."""

_DEPTH = 6
"""How many pieces the path of a part of a case may have, to be found on the page of its case."""

_PLACES = ("/srv/sysgraph", "/srv/www")

# A parameter that is not q. Spaces after it belong to it, so that there is one way to read it.
_OTHER = r"(?:;\s*(?:[^,;qQ\s][^,;]*|[qQ](?:[^,;=][^,;]*)?)?)*"
_Q = r";\s*[qQ]=(?:(0)(?:\.(\d*?)0*)?|(1)(?:\.0*)?)\s*(?:;[^,]*)?(?:,|$)"


@dataclass(frozen=True, slots=True)
class Rung:
    """A range of media types as it may stand in Accept, with its q and without."""

    plain: str
    rated: str
    names: tuple[str, ...]

    @staticmethod
    def of(media: str, names: Sequence[str] = ()) -> Rung:
        """Return the expressions for a range that is written as one itself."""
        begin = rf"(?:^|,)\s*{media}\s*{_OTHER}"
        return Rung(rf"{begin}\s*(?:,|$)", begin + _Q, tuple(names))


_READABLE = Rung.of(r"[^/,;\s]+/[^/,;\s]+")


def _ladder() -> list[Rung]:
    """Return the ranges that speak of our offers, from the narrowest to the widest."""
    kinds = dict.fromkeys(one.kind for one in OFFERS)
    found = [Rung.of(re.escape(one.media), [one.name]) for one in OFFERS]
    for kind in kinds:
        of_kind = [one.name for one in OFFERS if one.kind == kind]
        found.append(Rung.of(re.escape(kind), of_kind))
    return [*found, Rung.of(re.escape("*/*"), [one.name for one in OFFERS])]


def _rungs_of(name: str) -> list[Rung]:
    return [rung for rung in _ladder() if name in rung.names]


def _less_than(first: int, second: int) -> str:
    """Return an expression for: of the words of a line, the first is less than the second.

    The line ends with the letters in their order, after a ``#``. What both words begin with is
    read once; then the letter in which they differ is looked for among the letters in their order.
    """
    before = r"\S+ " * first
    between = r"\S+ " * (second - first - 1)
    return rf"{before}(\S*)(\S)\S* {between}\g{{-2}}(\S)\S* .*#\S*\g{{-2}}\S*\g{{-1}}"


def _choices() -> list[tuple[str, Offer]]:
    """Return each offer but the last, with what tells that a later one is liked better."""
    pairs = list(combinations(range(len(OFFERS)), 2))
    return [
        ("|".join(_less_than(a, b) for a, b in pairs if a == at), one)
        for at, one in enumerate(OFFERS[:-1])
    ]


def _parts(mark: str) -> list[tuple[str, str]]:
    """Return the paths of parts by their depth, with the place on the page that each is.

    ``mark`` is what a server writes before the number of a piece.
    """
    told: list[tuple[str, str]] = []
    for depth in range(1, _DEPTH + 1):
        path = "/".join([f"({_SEGMENT})"] * depth)
        told.append((path, "-".join(f"{mark.format(at)}" for at in range(1, depth + 1))))
    return told


def _contributions() -> str:
    """Return the first pieces of the names whose parts have no documents of their own."""
    names = (PREFIXES["case"].removeprefix(NAMESPACE), CRITIQUE)
    return "|".join(name.rstrip("/") for name in names)


def _typed(media: str) -> str:
    """Return a media type as it is sent: of a text with its encoding."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _checked(url: str) -> str:
    """Return the address of a release with a stroke at its end; no server reads more into it."""
    whole = f"{url.rstrip('/')}/"
    if not re.fullmatch(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+)*/", whole, re.ASCII):
        raise SysgraphError(f"--url {url}: write it as https://example.org/sysgraph/")
    return whole


def rules(url: str) -> dict[str, str]:
    """Return the text of each file of rules, by its path in a release.

    ``url`` is where the release will be. Without one, or with the namespace, which leads there
    and so cannot be it, the texts say where to write it.

    Raises:
        SysgraphError: that is no address that a release can have.
    """
    is_told = bool(url) and url.rstrip("/") != NAMESPACE.rstrip("/")
    where = _checked(url if is_told else _NOWHERE)
    parts = urlsplit(where)
    prefix = parts.path.rstrip("/")
    told = {*MEDIA.values(), *_NAMED.values()}
    given = {
        "url": where,
        "host": parts.hostname,
        "site": parts.netloc if parts.scheme == "https" else f"http://{parts.netloc}",
        "is_told": is_told,
        "prefix": prefix,
        "below": re.escape(prefix),
        "folder": f"{_PLACES[1]}{prefix}" if prefix else _PLACES[0],
        "root": _PLACES[1] if prefix else _PLACES[0],
        "namespace": NAMESPACE,
        "base": urlsplit(NAMESPACE).path,
        "offers": OFFERS,
        "ladder": _ladder(),
        "rungs_of": _rungs_of,
        "readable": _READABLE,
        "choices": _choices(),
        "media": MEDIA,
        "named": _NAMED,
        "typed": _typed,
        "packed": sorted(one for one in told if not one.endswith(_PACKED_ALREADY)),
        "ends": "|".join(end[1:] for end in MEDIA),
        "segment": _SEGMENT,
        "contributions": _contributions(),
        "parts": _parts,
        "quoted": re.escape,
        "running": _RUNNING,
        "reading": _READING,
        "policy": _policy(),
    }
    made = Environment(  # what is written is no page
        loader=FunctionLoader(_template),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return {path: made.get_template(name).render(given) for path, name in _FILES.items()}


def _policy() -> str:
    """Return what pages and scripts may load, with what stands within the page for the lost."""
    policy = POLICY
    for kind, text in (("style", LOST), ("script", LOST_SCRIPT)):
        own = b64encode(sha256(text.encode()).digest()).decode()
        policy = policy.replace(f"{kind}-src 'self'", f"{kind}-src 'self' 'sha256-{own}'")
    return f"{policy}; frame-ancestors 'none'"


def _template(name: str) -> str:
    return files(__package__).joinpath("servers", name).read_text(encoding="utf-8")
