"""What a store says of one thing, and what speaks of it there: the ground of each of its pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from sysgraph.described import label_rest
from sysgraph.errors import UnknownThing
from sysgraph.near import nearest
from sysgraph.rdf import Term, text_of
from sysgraph.store.local import Rows, Store
from sysgraph.terms import NAMESPACE, PREFIXES, compact

__all__ = ["Named", "Statement", "Thing", "iri_meant", "look_at", "names_of"]

_LABEL, _DEFINITION, _TYPE = (
    f"{PREFIXES[prefix]}{name}"
    for prefix, name in (("rdfs", "label"), ("skos", "definition"), ("rdf", "type"))
)
_TITLE = f"{PREFIXES['dcterms']}title"
MOST = 500
"""How many things that speak of another are named one by one."""


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by its IRI and a name for people, or a text, whose IRI is empty."""

    text: str
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said by one property; values in the order of their names."""

    by: Named
    values: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """All that a store says of one thing. ``said_of`` holds what speaks of it, by property.

    ``is_whole`` tells whether all that speak of it are named.
    """

    iri: str
    label: str
    definition: str
    kinds: tuple[Named, ...]
    said: tuple[Statement, ...]
    said_of: tuple[Statement, ...]
    is_whole: bool = True


def iri_meant(name: str, store: Store) -> str:
    """Return the IRI of what a person names: an IRI, ``type:organic``, or ``type/organic``.

    Raises:
        UnknownThing: the store says nothing of it; carries the nearest names.
    """
    prefix, colon, rest = name.partition(":")
    iri = f"{PREFIXES[prefix]}{rest}" if colon and prefix in PREFIXES else name
    if not colon:
        iri = f"{NAMESPACE}{name.strip('/')}"
    try:
        ox.NamedNode(iri)
    except ValueError:
        raise UnknownThing(name, "thing", []) from None
    if store.select(f"ASK {{ <{iri}> ?p ?o }}").rows[0][0] != ox.Literal(value=True):
        kind = iri.removeprefix(NAMESPACE).partition("/")[0]
        near = nearest(iri, _alike(kind, store), most=3)
        raise UnknownThing(name, "thing", [compact(one) for one in near])
    return iri


def _alike(kind: str, store: Store) -> list[str]:
    start = f"{NAMESPACE}{kind}/"
    if not start.replace("/", "").replace("-", "").replace(":", "").replace(".", "").isalnum():
        return []
    rows = store.select(
        f'SELECT DISTINCT ?s WHERE {{ ?s a ?kind . FILTER STRSTARTS(STR(?s), "{start}") }}'
    )
    return [row["s"] for row in rows.texts()]


def look_at(iri: str, store: Store) -> Thing:
    """Return what a store says of a thing, and what speaks of it.

    Raises:
        UnknownThing: it says nothing of it.
    """
    iri = iri_meant(iri, store)
    out = store.select(f"SELECT DISTINCT ?p ?o WHERE {{ <{iri}> ?p ?o }}")
    inward = store.select(
        f"SELECT DISTINCT ?p ?s WHERE {{ ?s ?p <{iri}> . FILTER isIRI(?s) }} LIMIT {MOST + 1}"
    )
    names = names_of({*_iris(out), *_iris(inward), iri}, store)
    said = _statements(out, names)
    kinds = [one for each in said if each.by.iri == _TYPE for one in each.values]
    texts = {each.by.iri: each.values[0].text for each in said}
    return Thing(
        iri,
        texts.get(_LABEL) or texts.get(_TITLE) or names[iri],
        texts.get(_DEFINITION, ""),
        tuple(kinds),
        tuple(each for each in said if each.by.iri not in (_TYPE, _LABEL, _DEFINITION)),
        _statements(Rows(inward.columns, inward.rows[:MOST]), names),
        len(inward.rows) <= MOST,
    )


def _iris(rows: Rows) -> Iterable[str]:
    return (term.value for row in rows.rows for term in row if isinstance(term, ox.NamedNode))


def _statements(rows: Rows, names: dict[str, str]) -> tuple[Statement, ...]:
    by: dict[str, dict[Named, None]] = {}
    for predicate, term in rows.rows:
        if predicate is not None and term is not None and not isinstance(term, ox.BlankNode):
            by.setdefault(text_of(predicate), {})[_named(term, names)] = None
    found = [
        Statement(
            Named(names[one], one), tuple(sorted(values, key=lambda each: (each.text, each.iri)))
        )
        for one, values in by.items()
    ]
    return tuple(sorted(found, key=lambda one: one.by.text))


def _named(term: Term, names: dict[str, str]) -> Named:
    if isinstance(term, ox.NamedNode):
        return Named(names[term.value], term.value)
    return Named(text_of(term))


def names_of(iris: Iterable[str], store: Store) -> dict[str, str]:
    """Return a name for people for each IRI: its label or title, or else made from its words."""
    wanted = sorted({*iris})
    found: dict[str, str] = {}
    for at in range(0, len(wanted), 400):
        values = " ".join(f"<{iri}>" for iri in wanted[at : at + 400])
        rows = store.select(
            f"SELECT ?thing ?name WHERE {{ VALUES ?thing {{ {values} }}"
            f" ?thing <{_LABEL}>|<{_TITLE}> ?name }} ORDER BY ?thing ?name"
        )
        for row in rows.texts():
            found.setdefault(row["thing"], row["name"])
    rest = [iri for iri in wanted if iri not in found]
    blank = ox.Literal("")
    made = label_rest(ox.Triple(ox.NamedNode(iri), ox.NamedNode(_TYPE), blank) for iri in rest)
    found |= {text_of(one.subject): text_of(one.object) for one in made}
    return {iri: found.get(iri) or compact(iri) for iri in wanted}
