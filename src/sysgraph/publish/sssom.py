"""The alignments as an SSSOM table, from what a store says of them.

Source: SSSOM 1.1, https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING

import yaml

from sysgraph.alignments import NAMED, SET, SET_SLOTS, SLOTS, TYPES
from sysgraph.errors import SysgraphError
from sysgraph.ontology import Nodes
from sysgraph.terms import ALIGNMENTS_GRAPH, PREFIXES, compact

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["write_sssom"]

VERSION = "1.1"
_SHORT = {iri: name for name, iri in TYPES.items()}


def write_sssom(store: Store) -> bytes:
    """Return the alignments of a store as a table, in the order of their names.

    Raises:
        SysgraphError: the store has none with reasons, as those of older libraries.
    """
    nodes = Nodes(store.quads(ALIGNMENTS_GRAPH))
    names = sorted(nodes.all(SET, f"{PREFIXES['sssom']}mappings"))
    if not names:
        reason = "this store has no alignments with reasons, for its library is an older one"
        raise SysgraphError(f"{reason}; load a case into it, which brings today's")
    rows = [_row(name, nodes) for name in names]
    slots = [slot for slot in ("record_id", *SLOTS) if any(row[slot] for row in rows)]
    text = StringIO()
    table = csv.DictWriter(text, slots, extrasaction="ignore", delimiter="\t", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    head = yaml.safe_dump(_header(nodes, rows), sort_keys=False, allow_unicode=True, width=1000)
    return ("".join(f"#{line}\n" for line in head.splitlines()) + text.getvalue()).encode()


def _row(name: str, nodes: Nodes) -> dict[str, str]:
    told = {"record_id": compact(name)}
    for slot, means in SLOTS.items():
        told[slot] = "|".join(_cell(slot, text) for text in sorted(nodes.all(name, means)))
    return told


def _cell(slot: str, text: str) -> str:
    if slot in NAMED:
        return compact(text)
    if slot == "see_also":
        return text.replace("\\", "\\\\").replace("|", "\\|")
    return _SHORT.get(text, text)


def _header(nodes: Nodes, rows: Iterable[Mapping[str, str]]) -> dict[str, object]:
    told: dict[str, object] = {
        "sssom_version": VERSION,
        "curie_map": {prefix: PREFIXES[prefix] for prefix in sorted(set(_prefixes(rows)))},
        "mapping_set_id": SET,
    }
    for slot, means in SET_SLOTS.items():
        said = sorted(nodes.all(SET, means))
        told[slot] = said if slot == "creator_label" else said[0]
    return told


def _prefixes(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for row in rows:
        for slot in ("record_id", *NAMED):
            yield row[slot].partition(":")[0]
