"""Effects: what leading in the way of a type tends to change in a situation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sysgraph.advice.cases import ask
from sysgraph.terms import local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Source
    from sysgraph.store import Store

__all__ = ["Effect", "load_effects"]


@dataclass(slots=True)
class Effect:
    """A change of one facet that tends to follow where a type leads; it may fail to.

    It may start at any of ``changes_from`` and leads to ``changes_to``, values of one facet;
    all of ``requires`` must hold. Values go by their IRIs, ``type`` by its slug. ``examples``
    tells of cases, as "The case <id>: ..." or "Negative example, the case <id>: ...".
    """

    iri: str
    id: str
    label: str
    type: str
    changes_to: str
    why: str
    ground: str
    changes_from: set[str] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)


def load_effects(store: Store, sources: Mapping[str, list[Source]]) -> list[Effect]:
    """Fetch the effects, sorted by their names; none from a store of an older ontology."""
    examples: dict[str, list[str]] = defaultdict(list)
    pattern = "?effect a sysg:Effect ; skos:example ?example"
    # What a case shows stands before what another shows to the contrary.
    for row in ask(store, "?effect ?example", pattern, "?effect DESC(?example)"):
        examples[row["effect"]].append(row["example"])
    pattern = (
        "?effect a sysg:Effect ; skos:notation ?id ; rdfs:label ?label ; sysg:isEffectOf ?type ;"
        " sysg:changesFrom ?from ; sysg:changesTo ?to ; sysg:why ?why ; sysg:hasGround ?ground ."
        " OPTIONAL { ?effect sysg:requires ?required }"
    )
    columns = "?effect ?id ?label ?type ?from ?to ?why ?ground ?required"
    found: dict[str, Effect] = {}
    for row in ask(store, columns, pattern, "?id ?from ?required"):
        iri = row["effect"]
        effect = found.setdefault(
            iri,
            Effect(
                iri,
                row["id"],
                row["label"],
                local_name(row["type"]),
                row["to"],
                row["why"],
                local_name(row["ground"]),
                examples=examples[iri],
                sources=sources.get(iri, []),
            ),
        )
        effect.changes_from.add(row["from"])
        if "required" in row:
            effect.requires.add(row["required"])
    return list(found.values())
