"""What an ontology is described by where it is written out: SKOS, and who defines each term.

It is worked out by the CONSTRUCT queries of ``ontology/publish``, over what the ontology states and
the labels in other languages of ``ontology/labels``, and is kept in no store.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.files import display
from sysgraph.ontology import Ontology
from sysgraph.rdf import parse_header
from sysgraph.sparql.check import fault_of

__all__ = ["describe_ontology"]

_HEADER = ("summary", "description")


def describe_ontology(stated: Iterable[ox.Quad], ontology: Ontology) -> list[ox.Triple]:
    """Return what the terms that some quads state are described by, each statement once.

    Raises:
        BadHeader, BadSparql: a query of the folder is none.
    """
    store = ox.Store()
    own = [ox.Quad(*quad.triple) for quad in stated]
    known = {quad.subject for quad in own}
    files = sorted((ontology.folder / "labels").glob("*.ttl"))
    labels = [quad for quad in ontology.quads(*files) if quad.subject in known]
    store.extend([*own, *labels])
    found = {quad.triple: None for quad in labels}
    for file in sorted((ontology.folder / "publish").glob("*.rq")):
        found |= dict.fromkeys(_constructed(file, store))
    stated_already = {quad.triple for quad in own}
    return [triple for triple in found if triple not in stated_already]


def _constructed(file: Path, store: ox.Store) -> Iterable[ox.Triple]:
    text = file.read_text(encoding="utf-8")
    parse_header(text, display(file), _HEADER)
    try:
        answer = store.query(text)
    except SyntaxError as error:
        raise fault_of(text, display(file), error) from error
    if not isinstance(answer, ox.QueryTriples):
        raise BadSparql(display(file), "what describes terms must be a CONSTRUCT query")
    return answer
