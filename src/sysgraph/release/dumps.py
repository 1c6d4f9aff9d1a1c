"""The data of a site to take away: every part in each syntax, described as a crate of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox

from sysgraph.publish.catalogue import catalogue, count_part, within
from sysgraph.publish.cited import Cited, export_cited
from sysgraph.publish.crate import METADATA, metadata
from sysgraph.publish.files import export_files, export_pieces
from sysgraph.publish.parts import Part, Plainly, What, named_graphs
from sysgraph.publish.sssom import write_sssom
from sysgraph.query import shelf
from sysgraph.rdf import SYNTAXES, Format, text_of
from sysgraph.release.written import write_pieces
from sysgraph.terms import CATALOGUE_GRAPH, DATASET, PREFIXES
from sysgraph.turtle import serialize

if TYPE_CHECKING:
    from sysgraph.publish.counts import Counts
    from sysgraph.query import Query
    from sysgraph.release.written import OnDisk, Writing
    from sysgraph.store.local import Store

__all__ = ["FOLDER", "PAST", "ROWS", "SUMS", "Data", "Dump", "dumps_of", "write_dumps"]

FOLDER = "data"
SUMS = "SHA256SUMS"
_RDF = {
    What.ALL: (Format.TURTLE, Format.TRIG, Format.NQUADS, Format.JSONLD),
    What.CASES: (Format.TURTLE, Format.NTRIPLES, Format.JSONLD),
    What.CRITIQUES: (Format.TURTLE, Format.JSONLD),
    What.ONTOLOGY: (Format.TURTLE, Format.NTRIPLES, Format.JSONLD, Format.XML),
    What.INFERRED: (Format.TURTLE,),
    What.ALIGNMENTS: (Format.TURTLE,),
}
"""Which syntaxes each part is given in."""
_ENDINGS = {
    Format.TURTLE: "ttl",
    Format.TRIG: "trig",
    Format.NQUADS: "nq",
    Format.NTRIPLES: "nt",
    Format.JSONLD: "jsonld",
    Format.XML: "rdf",
    Cited.BIBTEX: "bib",
    Cited.CSL: "csl.json",
}
_PLAIN = {
    Plainly.YAML: ("application/yaml", "Texts in YAML, as contributors write them"),
    Plainly.JSON: ("application/json", "The same in JSON"),
    Plainly.CSV: ("text/csv", "A table for spreadsheets (CSV)"),
}
_CITED = {
    Cited.BIBTEX: ("application/x-bibtex", "BibTeX"),
    Cited.CSL: ("application/json", "CSL-JSON"),
}
ROWS = {"csv": "text/csv", "json": "application/json"}
_ABOUT = {
    "catalogue": "What catalogues of data sets ask (VoID and DCAT), with where each file is",
    "crate": "What each file is, for programs that read an RO-Crate",
    "sums": "A checksum of each file: sha256sum --check SHA256SUMS tells whether a copy is whole",
}
PAST = False
"""What was taken back, or is no more than a draft, is not shown, nor what a store is known by."""
_SIZE = ox.NamedNode(f"{PREFIXES['xsd']}nonNegativeInteger")
_DCAT, _VOID = PREFIXES["dcat"], PREFIXES["void"]
_GZIP = "https://www.iana.org/assignments/media-types/application/gzip"


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of the data: its name, of which part, what it is, and what writes it.

    ``form`` is what the catalogue calls the distribution that it is, if it is one.
    """

    name: str
    part: str
    about: str
    media: str
    pieces: Callable[[], Iterable[bytes]]
    form: str = ""

    @property
    def file(self) -> str:
        """Its name within a site, before it is packed."""
        return f"{FOLDER}/{self.name}"


@dataclass(frozen=True, slots=True)
class Data:
    """The files of data, what has each written, and what counts what there is of a part."""

    dumps: list[Dump]
    write: Callable[[Dump], OnDisk]
    count: Callable[[What], Counts]

    @staticmethod
    def here(store: Store, written: Writing) -> Data:
        """Return data of which each file is made in this process, when it is asked for."""

        def write(dump: Dump) -> OnDisk:
            return write_pieces(written.path_of(dump.file), dump.pieces())

        return Data(list(dumps_of(store)), write, partial(count_part, store, past=PAST))


def dumps_of(store: Store) -> Iterator[Dump]:
    """Yield each file of the data of a store, but for the catalogue, which names them."""
    for what, syntaxes in _RDF.items():
        if named_graphs(store, Part(what)):
            for syntax in syntaxes:
                yield _rdf(store, what, syntax)
            if what in (What.CASES, What.CRITIQUES):
                yield from _plain(store, what)
            if what is What.ALIGNMENTS:
                yield _sssom(store)
    yield Dump(
        "nanopublications.trig",
        What.CASES,
        "Each reading, outcome and critique by itself, with who says so",
        "application/trig",
        partial(export_pieces, store, Format.TRIG, What.NANOPUBLICATIONS),
    )
    yield from _questions(store)


def _sssom(store: Store) -> Dump:
    about, media = "Each alignment with its reason, as a table", "text/tab-separated-values"
    make = partial(_table, store)
    return Dump("alignments.sssom.tsv", What.ALIGNMENTS, about, media, make, "sssom")


def _table(store: Store) -> list[bytes]:
    return [write_sssom(store)]


def _rdf(store: Store, what: What, syntax: Format) -> Dump:
    known = SYNTAXES[syntax]
    name = "sysgraph" if what is What.ALL else what.value
    part = Part(what, past=PAST)
    return Dump(
        f"{name}.{_ENDINGS[syntax]}",
        what.value,
        f"Linked data (RDF) as {known.name}",
        known.media_type,
        partial(export_pieces, store, syntax, part),
        syntax.value if what is not What.QUESTIONS else "",
    )


def _plain(store: Store, what: What) -> Iterator[Dump]:
    part = Part(what)
    for form, (media, about) in _PLAIN.items():
        pieces = partial(export_files, store, form, part)
        yield Dump(f"{what}.{form}", what.value, about, media, pieces, form.value)
    if what is What.CASES:
        for cited, (media, called) in _CITED.items():
            about = f"How to cite each, and what it cites, as {called}"
            pieces = partial(export_cited, store, cited, part)
            name = f"{what}.{_ENDINGS[cited]}"
            yield Dump(name, what.value, about, media, pieces, cited.value)


def _questions(store: Store) -> Iterator[Dump]:
    yield _rdf(store, What.QUESTIONS, Format.TURTLE)
    for name, query in shelf()[0].items():
        part, about = What.QUESTIONS.value, f"{query.summary} (SPARQL)"
        media = "application/sparql-query"
        yield Dump(f"questions/{name}.rq", part, about, media, partial(_text, query))


def _text(query: Query) -> list[bytes]:
    return [query.text.encode()]


def _answers(written: Writing) -> Iterator[tuple[Dump, str]]:
    """Yield the rows of the questions, which were written with their pages."""
    for name, query in shelf()[0].items():
        for form, media in ROWS.items():
            file = f"{FOLDER}/questions/{name}.{form}"
            if file in written.files:
                about, part = f"{query.summary} ({form.upper()})", What.QUESTIONS.value
                yield Dump(f"questions/{name}.{form}", part, about, media, tuple), file


def write_dumps(written: Writing, store: Store, url: str, data: Data) -> list[tuple[Dump, str]]:
    """Write all data, with what describes them, and return each file with its name."""
    found = [(dump, written.put_made(dump.file, data.write(dump))) for dump in data.dumps]
    found += _answers(written)
    said = catalogue(store, past=PAST, counted=data.count)
    about = _with_places(said, found, written, url)
    void = Dump("catalogue.ttl", "about", _ABOUT["catalogue"], "text/turtle", tuple)
    turtle = serialize(about, Format.TURTLE)
    found.append((void, written.put_pieces(f"{FOLDER}/{void.name}", [turtle])))
    crate = metadata(store, [_entry(*one, written) for one in found])
    written.put(f"{FOLDER}/{METADATA}", crate)
    own = sorted(name for name in written.files if name.startswith(f"{FOLDER}/"))
    sums = "".join(f"{written.files[name]}  {name.removeprefix(f'{FOLDER}/')}\n" for name in own)
    written.put(f"{FOLDER}/{SUMS}", sums.encode())
    beside = {METADATA: _ABOUT["crate"], SUMS: _ABOUT["sums"]}
    for name, text in beside.items():
        found.append((Dump(name, "about", text, "", tuple), f"{FOLDER}/{name}"))
    return found


def _entry(dump: Dump, name: str, written: Writing) -> dict[str, str]:
    """Return what a crate says of a file."""
    own = name.removeprefix(f"{FOLDER}/")
    return {
        "@id": own,
        "@type": "File",
        "name": own,
        "description": dump.about,
        "encodingFormat": "application/gzip" if own.endswith(".gz") else dump.media,
        "contentSize": str(written.sizes[name]),
        "sha256": written.files[name],
    }


def _with_places(
    said: list[ox.Quad], found: Iterable[tuple[Dump, str]], written: Writing, url: str
) -> list[ox.Quad]:
    """Return a catalogue with where each file is; what is not there is out.

    Sources: https://www.w3.org/TR/vocab-dcat-3/#Property:distribution_download_url,
    https://www.w3.org/TR/void/#dumps
    """
    places = {_distribution(dump): (dump, name) for dump, name in found if dump.form}
    every = {
        text_of(quad.object) for quad in said if quad.predicate.value == f"{_DCAT}distribution"
    }
    gone = every - places.keys()
    kept = [q for q in said if not {text_of(q.subject), text_of(q.object)} & gone]
    for iri, (dump, name) in places.items():
        of, file = _dataset(dump), ox.NamedNode(f"{url}{quote(name)}")
        size = ox.Literal(str(written.sizes[name]), datatype=_SIZE)
        kept.append(_quad(iri, f"{_DCAT}downloadURL", file))
        kept.append(_quad(iri, f"{_DCAT}byteSize", size))
        if name.endswith(".gz"):
            kept.append(_quad(iri, f"{_DCAT}compressFormat", ox.NamedNode(_GZIP)))
        if dump.form in list(Format):
            kept.append(_quad(of, f"{_VOID}dataDump", file))
    return kept


def _quad(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
    place = ox.NamedNode(CATALOGUE_GRAPH)
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, place)


def _dataset(dump: Dump) -> str:
    return DATASET if dump.part == What.ALL else f"{DATASET}/{dump.part}"


def _distribution(dump: Dump) -> str:
    return within(_dataset(dump), dump.form)
