"""Parts that concern single cases: inference, validation, the plain pipeline, export."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox
from generate import shipped
from measure import Result, median_seconds, seconds

from sysgraph.check import check_shapes
from sysgraph.files import data, term_files
from sysgraph.publish.files import export
from sysgraph.publish.parts import What
from sysgraph.rdf import Format, read_turtle, triples_of
from sysgraph.reason.axioms import close_by_owlrl
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import compile_screen
from sysgraph.store.local import memory

ROUNDS = 5


def inference() -> Iterator[Result]:
    """Yield how much faster a case is reasoned over than schema and case by owlrl."""
    cases = shipped()
    terms = read_turtle(term_files(data() / "ontology"))
    theirs = seconds(lambda: close_by_owlrl([*terms, *cases[0].quads]))
    made = reasoner()
    given = [(triples_of(case.quads), case.iri) for case in cases] * ROUNDS

    def infer(triples: list[tuple[str, str, str]], iri: str) -> None:
        list(made.infer(triples, iri).triples())

    def derive(triples: list[tuple[str, str, str]], iri: str) -> None:
        made.derive(made.infer(triples, iri))

    for work in (infer, derive):  # what single statements lead to is remembered
        for one in given:
            work(*one)
    plain = median_seconds(partial(infer, *one) for one in given)
    proved = median_seconds(partial(derive, *one) for one in given)
    yield Result("a", "owlrl over schema and one case", theirs, "s")
    yield Result("a", "inference over one case, median of the shipped", plain * 1000, "ms")
    yield Result("a", "  faster than owlrl", theirs / plain, "times", "at least 5,000")
    yield Result("a", "inference with all derivations recorded", proved * 1000, "ms")
    yield Result("a", "  faster than owlrl", theirs / proved, "times", "at least 2,000")


def validation() -> Iterator[Result]:
    """Yield how much faster the screen judges a case than pySHACL, with the same results."""
    cases = shipped()
    screen = compile_screen(data() / "ontology")
    given = [triples_of(case.quads) for case in cases]
    check_shapes(cases[0].quads)  # shapes are read once
    for case, triples in zip(cases, given, strict=True):
        assert list(screen.judge(triples).results) == check_shapes(case.quads)
    theirs = median_seconds(partial(check_shapes, case.quads) for case in cases)
    ours = median_seconds(partial(screen.judge, one) for one in given * ROUNDS)
    yield Result("e", "pySHACL, one case, median of the shipped", theirs * 1000, "ms")
    yield Result("e", "the screen, one case, same results", ours * 1000, "ms")
    yield Result("e", "  faster than pySHACL", theirs / ours, "times", "at least 15")


def plain_pipeline(file: Path) -> float:
    """Return how long the plain libraries take over a file of cases, in seconds.

    That is: rdflib parses, pySHACL validates with OWL 2 RL inference, owlrl closes ontology and
    cases, and the same kind of store is written.
    """
    import owlrl
    import pyshacl
    import rdflib

    ontology, shapes = rdflib.Graph(), rdflib.Graph()
    for path in term_files(data() / "ontology"):
        ontology.parse(path)
    for path in sorted((data() / "ontology" / "shapes").glob("*.ttl")):
        if path.stem not in ("style", "vocabulary"):
            shapes.parse(path)

    def work() -> None:
        cases = rdflib.Dataset()
        cases.parse(file, format="nquads")
        graph = rdflib.Graph()
        for subject, predicate, value, _ in cases.quads():
            graph.add((subject, predicate, value))
        graph += ontology
        pyshacl.validate(graph, shacl_graph=shapes, inference="owlrl")
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
        text = "\n".join(
            f"{subject.n3()} {predicate.n3()} {value.n3()} ."
            for subject, predicate, value in graph
            if not isinstance(subject, rdflib.Literal)
        )
        with tempfile.TemporaryDirectory() as folder:
            store = ox.Store(folder)
            store.bulk_load(input=text, format=ox.RdfFormat.N_TRIPLES, lenient=True)
            store.flush()

    return seconds(work)


def exporting(file: Path, count: int) -> Iterator[Result]:
    """Yield how much faster Turtle is written than by rdflib, for a file of cases."""
    import rdflib

    store = memory(ox.parse(path=file, format=ox.RdfFormat.N_QUADS))
    ours = seconds(lambda: export(store, "turtle", What.CASES))  # type: ignore[arg-type]
    graph = rdflib.Graph()
    graph.parse(data=export(store, Format.TURTLE, What.CASES), format="turtle")
    theirs = seconds(lambda: graph.serialize(format="turtle"))
    yield Result("h", f"rdflib writes {count:,} cases as Turtle", theirs, "s")
    yield Result("h", f"sysgraph writes {count:,} cases as Turtle, in one order", ours, "s")
    yield Result("h", "  faster than rdflib", theirs / ours, "times", "at least 20")
