"""What a store holds, chosen by kind: as linked data, or as files that people edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from sysgraph.errors import SysgraphError
from sysgraph.publish.parts import Part, Plainly, What, named_graphs
from sysgraph.terms import CATALOGUE_GRAPH, QUESTIONS_GRAPH, contribution_of

if TYPE_CHECKING:
    from sysgraph.rdf import Format
    from sysgraph.store.local import Store
    from sysgraph.turtle import Unit

__all__ = ["contributed", "export", "export_files", "export_pieces"]


def export(store: Store, syntax: Format, what: What | Part = What.ALL) -> bytes:
    """Return part of a store as a document: the same bytes for the same graph.

    ``ontology`` is the schema and vocabulary as stated, ``cases`` the case studies as stated
    and ``critiques`` the critiques in files of their own (either of which ``load`` reads again),
    ``inferred`` what follows from all of these, ``questions`` the canned questions,
    ``nanopublications`` each reading, outcome and critique by itself, in a syntax with named
    graphs, ``alignments`` the mappings to things outside with their reasons, ``catalogue`` what
    catalogues of data sets ask of the store, and ``all`` everything but the questions, the
    nanopublications and the catalogue, with alignments and provenance, and in a syntax with
    named graphs what a store is known by, so that a server that is filled from it can
    be asked.

    Raises:
        SysgraphError: there is no case of a name that is asked for.
    """
    return b"".join(export_pieces(store, syntax, what))


def export_pieces(store: Store, syntax: Format, what: What | Part = What.ALL) -> Iterator[bytes]:
    """Yield what ``export`` returns piece by piece, holding one case at a time.

    What is no case comes first, then case by case. 10,000 cases take some seconds from memory.
    """
    from sysgraph.rdf import Format, merge
    from sysgraph.turtle import stream

    part = what if isinstance(what, Part) else Part(what)
    if part.what is What.NANOPUBLICATIONS:
        from sysgraph.publish.nanopubs import export_nanopubs

        return export_nanopubs(store, syntax, part.cases)
    units = _units(store, syntax, part)
    if syntax is Format.JSONLD and part.what in (What.CASES, What.CRITIQUES):
        return contributed(units, syntax)
    if syntax is Format.JSONLD and part.what is not What.ALL:
        merged = (merge(chain.from_iterable(unit.values())) for unit in units)
        return stream(({"": quads} for quads in merged), syntax)
    return stream(units, syntax)


def _units(store: Store, syntax: Format, part: Part) -> Iterable[Unit]:
    """Return what is written of a part, unit by unit."""
    from sysgraph.rdf import SYNTAXES, Format

    if part.what is What.QUESTIONS:
        from sysgraph.publish.questions import describe_questions

        return [{QUESTIONS_GRAPH: describe_questions(store)}]
    if part.what is What.CATALOGUE:
        from sysgraph.publish.catalogue import catalogue

        return [{CATALOGUE_GRAPH: catalogue(store)}]
    from sysgraph.publish.units import units_of

    # Who reads JSON-LD into one graph sees no named graph, and would find nothing.
    is_dataset = part.what is What.ALL or syntax is not Format.JSONLD
    has_graphs = SYNTAXES[syntax].supports_datasets and is_dataset
    return units_of(store, part, has_graphs=has_graphs)


def contributed(units: Iterable[Unit], syntax: Format) -> Iterator[bytes]:
    """Yield contributions in a syntax; in JSON-LD each is a tree in the keys that people write."""
    from sysgraph.rdf import Format
    from sysgraph.turtle import stream

    if syntax is not Format.JSONLD:
        return stream(units, syntax)
    from sysgraph.ontology import Ontology
    from sysgraph.publish.linked import linked, write_linked

    vocabulary = Ontology.load().vocabulary
    return write_linked((linked(unit, vocabulary) for unit in units), vocabulary)


def export_files(store: Store, syntax: Plainly, what: What | Part = What.CASES) -> Iterator[bytes]:
    """Yield the cases of a store, or its critiques, as a file that is read again, piece by piece.

    Workbooks are put together in memory, and all else is written case by case. Cases come in the
    order of their ids.

    Raises:
        SysgraphError: something else than cases or critiques is asked for, or a case says
            something that the syntax has no way to write.
    """
    part = what if isinstance(what, Part) else Part(what)
    if part.what not in (What.CASES, What.CRITIQUES):
        reason = "only cases and critiques are written so; name either with --what"
        raise SysgraphError(f"{syntax} holds no {part.what} graph: {reason}")
    if part.inferred:
        raise SysgraphError(f"{syntax} holds what people write, and nothing inferred")
    from sysgraph.case.compile import tell
    from sysgraph.ontology import Ontology
    from sysgraph.publish import tables

    ontology = Ontology.load()

    def trees() -> Iterator[tables.Tree]:
        for graph in named_graphs(store, part):
            yield tell(store.quads(graph), contribution_of(graph), ontology.vocabulary)

    if syntax is Plainly.XLSX:
        return iter([tables.write_workbook(trees(), ontology)])
    if syntax is Plainly.CSV:
        return tables.write_csv(trees, ontology.vocabulary)
    return (tables.write_yaml if syntax is Plainly.YAML else tables.write_json)(trees())
