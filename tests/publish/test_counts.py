"""Counting what is exported, worked out by hand."""

from sysgraph.publish.counts import Counts, count
from sysgraph.rdf import Format, parse
from sysgraph.terms import ONTOLOGY_GRAPH, graph_of
from sysgraph.turtle import Unit

HEAD = "@prefix c: <https://w3id.org/sysgraph/case/> . @prefix e: <https://example.org/> .\n"


def unit(**graphs: str) -> Unit:
    names = {"vocabulary": ONTOLOGY_GRAPH, "one": graph_of("one"), "two": graph_of("two")}
    names["more"] = graph_of("one", "inferred")
    return {names[n]: parse((HEAD + text).encode(), Format.TURTLE, n) for n, text in graphs.items()}


def test_things_classes_and_properties_are_counted_once() -> None:
    vocabulary = "e:T e:label 'a thing' . c:one e:about e:T ."
    one = "c:one a e:Case ; e:about e:T ; e:place 'here' . c:one-r a e:R ."
    more = "c:one a e:Case ; e:place 'here' ; e:near e:X ."  # two of these are stated as well
    two = "c:two a e:Case ; e:place 'here' ."
    found = count([unit(vocabulary=vocabulary), unit(one=one, more=more), unit(two=two)])
    a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert found == Counts(
        triples=2 + 4 - 1 + 1 + 2,  # what the vocabulary says of case one is not counted again
        subjects=4,
        entities=3,
        classes={"https://example.org/Case": 2, "https://example.org/R": 1},  # type: ignore[arg-type]
        properties={  # type: ignore[arg-type]
            a: 3,
            **{f"https://example.org/{n}": k for n, k in (("label", 1), ("about", 1))},
            **{f"https://example.org/{n}": k for n, k in (("place", 2), ("near", 1))},
        },
    )


def test_nothing_counts_as_nothing() -> None:
    assert count([]) == Counts()
