"""Blank nodes by names of their own while they are at an endpoint.

No update may hold one there: Virtuoso refuses it, and a second try would make a second node. So
they go in as IRIs below ``.well-known/genid/``, as RDF 1.1 has it, and come out as blank nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from sysgraph.terms import NAMESPACE

__all__ = ["blank_again", "name_of", "named"]

_GENID = f"{NAMESPACE}.well-known/genid/"


def blank_again(term: Any) -> Any:
    """Return a term of an answer, or the blank node that it is the name of."""
    if isinstance(term, ox.NamedNode) and term.value.startswith(_GENID):
        return ox.BlankNode(term.value.removeprefix(_GENID))
    return term


def name_of(term: Any, start: str = _GENID) -> Any:
    """Return a term, or the name of a blank node."""
    return ox.NamedNode(start + term.value) if isinstance(term, ox.BlankNode) else term


def named(graphs: Mapping[str, Sequence[ox.Quad]]) -> dict[str, list[ox.Quad]]:
    """Return graphs whose blank nodes have names: the same for the same graphs, and no others."""
    blank = ox.Dataset(quad for quads in graphs.values() for quad in quads if _is_blank(quad))
    found = {name: [q for q in quads if not _is_blank(q)] for name, quads in graphs.items()}
    if not len(blank):
        return found
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    whole = "\n".join(sorted(str(quad) for quad in blank))
    start = f"{_GENID}{sha256(whole.encode()).hexdigest()[:16]}-"

    for quad in blank:
        graph = quad.graph_name
        assert isinstance(graph, ox.NamedNode)  # as all graphs of a store are
        found[graph.value].append(
            ox.Quad(
                name_of(quad.subject, start), quad.predicate, name_of(quad.object, start), graph
            )
        )
    return found


def _is_blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
