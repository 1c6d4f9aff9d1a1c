"""A release to keep and to cite: the library as a folder of files, described as an RO-Crate.

Source: RO-Crate Metadata Specification 1.2, https://www.researchobject.org/ro-crate/specification/1.2/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sysgraph.errors import BadFile
from sysgraph.files import replacing, write_file
from sysgraph.ontology import Nodes
from sysgraph.publish.files import export_files, export_pieces
from sysgraph.publish.parts import Part, Plainly, What, named_graphs
from sysgraph.query import catalogue
from sysgraph.rdf import Format
from sysgraph.terms import CATALOGUE_GRAPH, DATASET, NAMESPACE, ONTOLOGY_GRAPH, PREFIXES

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["METADATA", "metadata", "write_crate"]

METADATA = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.2"
_TERMS = PREFIXES["dcterms"]
_DAYS = tuple(f"{_TERMS}{word}" for word in ("created", "issued", "modified"))


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the folder: its name, what it is in words, its media type, and what it holds."""

    name: str
    title: str
    text: str
    media: str
    pieces: Iterable[bytes]


def write_crate(store: Store, place: Path) -> None:
    """Write a folder with all that a store holds, and what each file in it is.

    A folder that is there is replaced if it is such a one, or empty. The same store gives the
    same bytes.

    Raises:
        BadFile: there is something else at that place, or it cannot be written.
        BadStore: another process writes to the same place.
    """
    if place.exists() and not _is_free(place):
        raise BadFile(place, "this is no RO-Crate that could be replaced; name a new folder")
    try:
        with replacing(place) as folder:
            folder.mkdir()
            told = [_written(folder, file) for file in _files(store)]
            write_file(folder / METADATA, metadata(store, told))
    except OSError as error:
        raise BadFile(place, f"it cannot be written: {error.strerror}") from error


def _is_free(place: Path) -> bool:
    """Tell whether a folder is empty, or holds such a crate and nothing that it does not name."""
    if not place.is_dir():
        return False
    found = {one.relative_to(place).as_posix() for one in place.rglob("*") if not one.is_dir()}
    return not any(place.iterdir()) or (METADATA in found and found <= _listed(place))


def _listed(place: Path) -> set[str]:
    """Return the files that a crate of ours names, itself among them; of others nothing."""
    try:
        graph = json.loads((place / METADATA).read_text(encoding="utf-8"))["@graph"]
        named = {one["@id"]: one for one in graph}
        is_ours = named["./"]["identifier"] == DATASET
        return {METADATA, *(part["@id"] for part in named["./"]["hasPart"])} if is_ours else set()
    except (OSError, ValueError, LookupError, TypeError):
        return set()


def _files(store: Store) -> Iterator[_File]:
    everything, ontology = Part(What.ALL), Part(What.ONTOLOGY)
    yield _File(
        "library.trig",
        "the whole library",
        "Ontology, cases, what follows from them, and where they come from, in named graphs.",
        "application/trig",
        export_pieces(store, Format.TRIG, everything),
    )
    yield _File(
        "ontology.ttl",
        "the ontology",
        "The schema and the vocabulary.",
        "text/turtle",
        export_pieces(store, Format.TURTLE, ontology),
    )
    for what in (What.CASES, What.CRITIQUES):
        if named_graphs(store, Part(what)):
            yield from _plain(store, what)
    for name, query in catalogue().items():
        text, media = query.text.encode(), "application/sparql-query"
        yield _File(f"questions/{name}.rq", name, query.summary, media, [text])


def _plain(store: Store, what: What) -> Iterator[_File]:
    words = f"The {what} as people write them."
    yield _File(
        f"{what}.yaml",
        f"the {what}, as YAML",
        words,
        "application/yaml",
        export_files(store, Plainly.YAML, what),
    )
    yield _File(
        f"{what}.csv",
        f"the {what}, as a table",
        f"{words} A row each.",
        "text/csv",
        export_files(store, Plainly.CSV, what),
    )


def _written(folder: Path, file: _File) -> dict[str, Any]:
    """Write a file, and return what is to be said of it."""
    path, total, size = folder / file.name, sha256(), 0
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as out:
        for piece in file.pieces:
            out.write(piece)
            total.update(piece)
            size += len(piece)
    return {
        "@id": file.name,
        "@type": "File",
        "name": file.title,
        "description": file.text,
        "encodingFormat": file.media,
        "contentSize": str(size),
        "sha256": total.hexdigest(),
    }


def metadata(store: Store, files: Sequence[Mapping[str, Any]]) -> bytes:
    """Return what the folder is and what is in it, as JSON-LD, by what the library says of itself.

    It is published on the last day that is named there.
    """
    about = Nodes([*store.quads(ONTOLOGY_GRAPH), *store.quads(CATALOGUE_GRAPH)])
    days = [day for node in (NAMESPACE, DATASET) for word in _DAYS for day in about.all(node, word)]
    licence = about.said(DATASET, f"{_TERMS}license")
    founder = about.said(DATASET, f"{_TERMS}creator")
    root = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": DATASET,
        "name": about.said(DATASET, f"{_TERMS}title"),
        "description": about.said(DATASET, f"{_TERMS}description"),
        "version": about.said(NAMESPACE, f"{PREFIXES['owl']}versionInfo"),
        "datePublished": max(days, default=""),
        "license": {"@id": licence},
        "creator": {"@id": "#creator"},
        "author": {"@id": "#creator"},
        "publisher": {"@id": "#creator"},
        "hasPart": [{"@id": file["@id"]} for file in files],
    }
    itself = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _SPECIFICATION},
    }
    creator = {
        "@id": "#creator",
        "@type": "Organization",
        "name": about.said(founder, f"{PREFIXES['foaf']}name") or founder,
    }
    terms = {
        "@id": licence,
        "@type": "CreativeWork",
        "name": _short(licence),
        "description": "The licence of the library: what may be done with it.",
    }
    graph = [itself, root, creator, terms, *files]
    document = {"@context": f"{_SPECIFICATION}/context", "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _short(licence: str) -> str:
    """Return what people call a licence.

    >>> _short("https://creativecommons.org/licenses/by/4.0/")
    'CC BY 4.0'
    """
    found = re.search(r"creativecommons[.]org/licenses/([a-z-]+)/([0-9.]+)", licence)
    return f"CC {found[1].upper()} {found[2]}" if found else licence
