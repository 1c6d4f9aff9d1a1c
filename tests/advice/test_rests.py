"""What a piece of advice hangs on, worked out by hand and against the ontology's own axioms."""

from sysgraph.advice.cases import ask
from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import situation_of
from sysgraph.store.local import Store
from sysgraph.terms import local_name

MOVEMENT = {
    "purpose-origin": "movement",
    "agreement": "coercive",
    "change-aim": "win-justice",
    "incumbent-readiness": "resistant",
}


def test_defining_facets_are_those_of_the_definitions(library: Store, frame: Frame) -> None:
    """The mark stands on the facets whose values the classes of enactments are defined by."""
    pattern = (
        "?way owl:onProperty sysg:enactsType . ?class rdfs:subClassOf/rdfs:subClassOf ?way ."
        " ?class (owl:intersectionOf/rdf:rest*/rdf:first)? ?limit ."
        " ?limit owl:onProperty sysg:hasFacetValue ."
        " { ?limit owl:hasValue ?value } UNION"
        " { ?limit owl:someValuesFrom/owl:oneOf/rdf:rest*/rdf:first ?value }"
        " ?value sysg:isValueOf ?facet"
    )
    axioms = {local_name(row["facet"]) for row in ask(library, "?facet", pattern)}
    assert axioms
    assert {name for name, facet in frame.facets.items() if facet.is_defining} == axioms


def test_what_the_defining_facts_give_alone_and_the_others_without(frame: Frame) -> None:
    found = Examiner(frame).examine(situation_of(MOVEMENT, frame)).hangs_on
    assert found.defining == ("purpose-origin", "change-aim")
    assert found.first == found.alone == ("organic",)
    # Two facts are left, too few of either test to rank anything.
    assert found.without == ()


def test_with_no_defining_fact_all_hangs_on_the_others(frame: Frame) -> None:
    known = {"agreement": "coercive", "incumbent-readiness": "resistant"}
    found = Examiner(frame).examine(situation_of(known, frame)).hangs_on
    assert (found.defining, found.alone) == ((), ())
    assert found.without == found.first


def test_works_behind_the_reasons_are_counted_once_by_how_far_they_were_read(frame: Frame) -> None:
    examination = Examiner(frame).examine(situation_of(MOVEMENT, frame))
    cited = {
        source.id: source.checking
        for reason in examination.advice.types["organic"].supports
        for source in reason.consideration.sources
        if source.id != "sysgraph"
    }
    found = examination.hangs_on
    assert (found.works, found.unread) == (len(cited), [*cited.values()].count("unchecked"))
    assert found.in_part == [*cited.values()].count("read-in-part")
