"""A store as a catalogue of data sets: DCAT 3, VoID and the Data Quality Vocabulary.

What is the same in every store stands in ``ontology/dataset.ttl``. All else is counted in what
``export`` writes, graph names aside, so that whoever counts again comes to the same figures; what
is added here is not counted.

Sources: https://www.w3.org/TR/vocab-dcat-3/, https://www.w3.org/TR/void/,
https://www.w3.org/TR/vocab-dqv/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox

from sysgraph.alignments import SLOTS
from sysgraph.ontology import Nodes, Ontology
from sysgraph.publish.cited import Cited
from sysgraph.publish.counts import Counts, count
from sysgraph.publish.parts import Part, Plainly, What, named_graphs
from sysgraph.publish.quality import Measured, measure
from sysgraph.publish.units import units_of
from sysgraph.rdf import RDF_TYPE, SYNTAXES, Format, in_graph, text_of
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    CATALOGUE_GRAPH,
    DATASET,
    NAMESPACE,
    PREFIXES,
    compact,
    local_name,
)

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["COUNTED", "catalogue", "count_part", "within"]

PARTS = (What.ONTOLOGY, What.CASES, What.CRITIQUES, What.INFERRED, What.ALIGNMENTS)
COUNTED = (What.ALL, *PARTS)
"""What a catalogue tells the figures of."""
_MEDIA = {
    Plainly.YAML: "application/yaml",
    Plainly.JSON: "application/json",
    Plainly.CSV: "text/csv",
    Plainly.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Cited.CSL: "application/vnd.citationstyles.csl+json",
    Cited.BIBTEX: "",
    "sssom": "text/tab-separated-values",
}
"""The media types of what is no RDF, as IANA registers them; of BibTeX it has none."""
_PLAIN = {
    What.CASES: (*Plainly, *Cited),
    What.CRITIQUES: tuple(Plainly),
    What.ALIGNMENTS: ("sssom",),
}
"""The forms of each part that are no RDF."""
_IANA = "https://www.iana.org/assignments/media-types/"
_UNIT = "http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure"
_UNITLESS = "http://qudt.org/vocab/unit/UNITLESS"
_XSD = PREFIXES["xsd"]

Triple = tuple[str, str, ox.NamedNode | ox.Literal]
"""A subject, a predicate written short, and a value."""


def count_part(store: Store, what: What, *, past: bool = True) -> Counts:
    """Count what there is of a part; without ``past``, what does not count is left out."""
    return count(units_of(store, Part(what, past=past)))


def catalogue(
    store: Store, *, past: bool = True, counted: Callable[[What], Counts] | None = None
) -> list[ox.Quad]:
    """Return what catalogues of data sets ask about a store, as it stands.

    Without ``past``, what does not count of it is left out of all that is counted; ``counted``
    gives the figures of each part, where they are counted elsewhere.
    """
    ontology = Ontology.load()
    said = [quad.triple for quad in ontology.quads(ontology.folder / "dataset.ttl")]
    figures = counted or partial(count_part, store, past=past)
    found = {what: figures(what) for what in COUNTED}
    parts = [part for part in PARTS if named_graphs(store, Part(part))]
    nodes = Nodes(map(_quad, said))
    left_out = {_name(part) for part in PARTS if part not in parts}
    told = chain(
        _whole(store, ontology.editions.version),
        *(_part(part, ontology.editions.version, nodes) for part in parts),
        *(_counted(_name(part), found[part]) for part in (What.ALL, *parts)),
        *(_examples(store, part) for part in parts),
        *(_distributions(part, nodes) for part in (What.ALL, *parts)),
        _links(store),
        *map(_measured, measure(store)),
    )
    quads = [_quad(triple) for triple in said if text_of(triple.subject) not in left_out]
    return in_graph(dict.fromkeys([*quads, *map(_write, told)]), CATALOGUE_GRAPH)


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(*triple)


def _write(told: Triple) -> ox.Quad:
    subject, predicate, value = told
    prefix, _, name = predicate.partition(":")
    means = RDF_TYPE.value if predicate == "a" else f"{PREFIXES.get(prefix, prefix + ':')}{name}"
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(means), value)


def _name(part: What) -> str:
    return DATASET if part is What.ALL else f"{DATASET}/{part.value}"


def within(data_set: str, *steps: str) -> str:
    """Return the name of something that a data set has, which is found at that of the set."""
    return f"{data_set}#{'-'.join(steps)}"


def _slug(iri: str) -> str:
    """Return an IRI as a step of a name: with its prefix, or percent-encoded."""
    short = compact(iri)
    return quote(short, safe="") if short == iri else short.replace(":", "-").replace("/", "-")


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(f"{_XSD}integer"))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _whole(store: Store, version: str) -> Iterator[Triple]:
    """Yield what is said of all that a store holds: its places, its years."""
    yield DATASET, "dcat:version", ox.Literal(version)
    for place in _values(store, "inCountry"):
        yield DATASET, "dcterms:spatial", ox.NamedNode(place)
    years = sorted(_values(store, "startYear"))
    ends = sorted({*years, *_values(store, "endYear")})
    if years:
        period = within(DATASET, "temporal")
        yield DATASET, "dcterms:temporal", ox.NamedNode(period)
        yield period, "a", ox.NamedNode(f"{PREFIXES['dcterms']}PeriodOfTime")
        for predicate, year in (("dcat:startDate", years[0]), ("dcat:endDate", ends[-1])):
            yield period, predicate, ox.Literal(year, datatype=ox.NamedNode(f"{_XSD}gYear"))


def _part(part: What, version: str, said: Nodes) -> Iterator[Triple]:
    """Yield that a part is one, and what holds for it because it holds for the whole."""
    name = ox.NamedNode(_name(part))
    yield DATASET, "void:subset", name
    yield DATASET, "dcterms:hasPart", name
    yield f"{NAMESPACE}catalogue", "dcat:dataset", name
    yield name.value, "dcat:version", ox.Literal(version)
    for shared in ("creator", "language", "license", "publisher"):
        for value in said.all(DATASET, f"{PREFIXES['dcterms']}{shared}"):
            yield name.value, f"dcterms:{shared}", ox.NamedNode(value)


def _values(store: Store, predicate: str) -> list[str]:
    query = (
        f"PREFIX sysg: <{NAMESPACE}> SELECT DISTINCT ?value"
        f" WHERE {{ ?case a sysg:CaseStudy ; <{NAMESPACE}{predicate}> ?value }} ORDER BY ?value"
    )
    return [row["value"] for row in store.select(query).texts()]


def _counted(name: str, counts: Counts) -> Iterator[Triple]:
    yield name, "void:triples", _integer(counts.triples)
    yield name, "void:entities", _integer(counts.entities)
    yield name, "void:distinctSubjects", _integer(counts.subjects)
    yield name, "void:classes", _integer(len(counts.classes))
    yield name, "void:properties", _integer(len(counts.properties))
    yield from _partitions(name, "class", "entities", counts.classes)
    yield from _partitions(name, "property", "triples", counts.properties)
    for prefix in {compact(iri).partition(":")[0] for iri in (*counts.classes, *counts.properties)}:
        if prefix in PREFIXES:
            yield name, "void:vocabulary", ox.NamedNode(PREFIXES[prefix])


def _partitions(name: str, of: str, what: str, counts: Counter[str]) -> Iterator[Triple]:
    for iri, number in counts.items():
        part = within(name, of, _slug(iri))
        yield name, f"void:{of}Partition", ox.NamedNode(part)
        yield part, "a", ox.NamedNode(f"{PREFIXES['void']}Dataset")
        yield part, f"void:{of}", ox.NamedNode(iri)
        yield part, f"void:{what}", _integer(number)


def _examples(store: Store, part: What) -> Iterator[Triple]:
    """Yield where the names of a part begin, and one thing to look at."""
    kinds = {What.ONTOLOGY: "LeadershipType", What.CASES: "CaseStudy", What.CRITIQUES: "Critique"}
    if part not in kinds:
        return
    query = f"SELECT ?x WHERE {{ ?x a <{NAMESPACE}{kinds[part]}> }} ORDER BY ?x LIMIT 1"
    spaces = {What.CASES: PREFIXES["case"], What.CRITIQUES: PREFIXES["critique"]}
    space = spaces.get(part, NAMESPACE)
    pattern = "^" + space.replace(".", "\\.")
    for row in store.select(query).texts():
        for name in (DATASET, _name(part)):
            yield name, "void:exampleResource", ox.NamedNode(row["x"])
    yield _name(part), "void:uriSpace", ox.Literal(space)
    yield _name(part), "void:uriRegexPattern", ox.Literal(pattern)


def _distributions(part: What, said: Nodes) -> Iterator[Triple]:
    """Yield the forms in which a part is exported. Where they can be had is the owner's to say."""
    name = _name(part)
    licence = said.said(DATASET, f"{PREFIXES['dcterms']}license")
    title = said.said(name, f"{PREFIXES['dcterms']}title")
    for form, label, media, means in _forms(part):
        one = within(name, form)
        yield name, "dcat:distribution", ox.NamedNode(one)
        yield one, "a", ox.NamedNode(f"{PREFIXES['dcat']}Distribution")
        yield one, "dcterms:title", _english(f"{title} as {label}")
        yield one, "dcterms:license", ox.NamedNode(licence)
        if media:
            yield one, "dcat:mediaType", ox.NamedNode(f"{_IANA}{media}")
        if means:
            yield one, "dcterms:format", ox.NamedNode(means)
        for standard in said.all(name, f"{PREFIXES['dcterms']}conformsTo"):
            yield one, "dcterms:conformsTo", ox.NamedNode(standard)


def _forms(part: What) -> Iterator[tuple[str, str, str, str]]:
    """Yield each form of a part: its name, its label, its media type, and what W3C calls it."""
    for syntax in Format:
        known = SYNTAXES[syntax]
        yield syntax.value, known.name, known.media_type, known.iri
    for form in _PLAIN.get(part, ()):
        yield str(form), str(form).upper(), _MEDIA[form], ""


def _links(store: Store) -> Iterator[Triple]:
    """Yield for each vocabulary outside, and each kind of link to it, how many links there are."""
    nodes = Nodes(store.quads(ALIGNMENTS_GRAPH))
    found = Counter(
        (compact(nodes.said(one, SLOTS["object_id"])).partition(":")[0], by)
        for one in nodes.about
        for by in nodes.all(one, SLOTS["predicate_id"])
    )
    for (prefix, by), number in found.items():
        links = within(_name(What.ALIGNMENTS), "links", prefix, local_name(by))
        target = within(_name(What.ALIGNMENTS), "target", prefix)
        yield _name(What.ALIGNMENTS), "void:subset", ox.NamedNode(links)
        yield links, "a", ox.NamedNode(f"{PREFIXES['void']}Linkset")
        yield links, "dcterms:title", _english(f"links to {prefix} by {compact(by)}")
        yield links, "void:linkPredicate", ox.NamedNode(by)
        yield links, "void:subjectsTarget", ox.NamedNode(DATASET)
        yield links, "void:objectsTarget", ox.NamedNode(target)
        yield links, "void:triples", _integer(number)
        yield target, "a", ox.NamedNode(f"{PREFIXES['void']}Dataset")
        yield target, "dcterms:title", _english(f"what {prefix} stands for")
        yield target, "void:uriSpace", ox.Literal(PREFIXES[prefix])


def _measured(told: Measured) -> Iterator[Triple]:
    one, dqv = within(DATASET, "quality", told.metric), PREFIXES["dqv"]
    cases = ox.NamedNode(_name(What.CASES))
    yield cases.value, "dqv:hasQualityMeasurement", ox.NamedNode(one)
    yield one, "a", ox.NamedNode(f"{dqv}QualityMeasurement")
    yield one, "dqv:isMeasurementOf", ox.NamedNode(f"{DATASET}/metric/{told.metric}")
    yield one, "dqv:computedOn", cases
    decimal = ox.NamedNode(f"{_XSD}decimal")
    yield one, "dqv:value", ox.Literal(f"{told.value:f}", datatype=decimal)
    yield one, _UNIT, ox.NamedNode(_UNITLESS)
    yield one, "rdfs:comment", _english(told.words)
