"""What a store says of one thing, stated and inferred apart, worked out by hand."""

import pyoxigraph as ox
import pytest

from sysgraph.browse import iri_meant, is_told, look_at, names_of, speakers_of
from sysgraph.errors import UnknownThing
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import NAMESPACE, PREFIXES

STATED, INFERRED = f"{NAMESPACE}graph/ontology", f"{NAMESPACE}graph/ontology/inferred"
LABEL, TYPE = f"{PREFIXES['rdfs']}label", f"{PREFIXES['rdf']}type"
TITLE = f"{PREFIXES['dcterms']}title"


def quad(subject: str, by: str, value: str | ox.Literal, graph: str = STATED) -> ox.Quad:
    return ox.Quad(
        ox.NamedNode(subject),
        ox.NamedNode(by),
        value if isinstance(value, ox.Literal) else ox.NamedNode(value),
        ox.NamedNode(graph),
    )


RISK = f"{NAMESPACE}risk/tokenism"
OF, HEIGHTENS = f"{NAMESPACE}isRiskOf", f"{NAMESPACE}heightens"


@pytest.fixture(scope="module")
def store() -> LocalStore:
    values = [f"{NAMESPACE}value/v{n:02}" for n in range(25)]
    return memory(
        [
            quad(RISK, TYPE, f"{NAMESPACE}Risk"),
            quad(RISK, LABEL, ox.Literal("tokenism", language="en")),
            quad(RISK, OF, f"{NAMESPACE}type/a"),
            quad(RISK, OF, f"{NAMESPACE}type/a", INFERRED),
            quad(RISK, OF, f"{NAMESPACE}type/b", INFERRED),
            *(quad(one, HEIGHTENS, RISK) for one in values),
            quad(values[0], f"{NAMESPACE}bearsOn", RISK, INFERRED),
        ]
    )


def test_what_follows_stands_apart_from_what_is_stated(store: LocalStore) -> None:
    thing = look_at("risk:tokenism", store)
    said = {(one.is_inferred, each.iri) for one in thing.said for each in one.values}
    assert said == {(False, f"{NAMESPACE}type/a"), (True, f"{NAMESPACE}type/b")}
    assert thing.label == "tokenism"


def test_what_speaks_of_a_thing_is_bounded_by_each_property(store: LocalStore) -> None:
    thing = look_at(RISK, store, most=10)
    told = {one.by.iri: (len(one.values), one.count, one.is_inferred) for one in thing.said_of}
    assert told == {HEIGHTENS: (10, 25, False), f"{NAMESPACE}bearsOn": (1, 0, True)}
    assert not thing.is_whole
    assert look_at(RISK, store).is_whole


def test_speakers_come_page_by_page(store: LocalStore) -> None:
    pages = [speakers_of(RISK, HEIGHTENS, store, 10, start) for start in (0, 10, 20, 30)]
    assert [len(one) for one in pages] == [10, 10, 5, 0]
    assert len({iri for page in pages for iri in page}) == 25


def test_a_server_is_asked_for_what_is_gathered_at_hand(store: LocalStore) -> None:
    class Elsewhere:
        select = store.select

    for name in (RISK, f"{NAMESPACE}value/v00"):
        assert look_at(name, store, 3).said_of == look_at(name, Elsewhere(), 3).said_of  # type: ignore[arg-type]
        for by, follows in ((OF, False), (OF, True), (HEIGHTENS, False), (TYPE, False)):
            here, there = (
                speakers_of(name, by, one, 7, 4, is_inferred=follows)  # type: ignore[arg-type]
                for one in (store, Elsewhere())
            )
            assert here == there


def test_what_is_not_there_is_answered_with_what_comes_near(store: LocalStore) -> None:
    assert is_told(RISK, store)
    assert not is_told(f"{NAMESPACE}risk/none", store)
    with pytest.raises(UnknownThing) as caught:
        iri_meant("risk/tokenims", store)
    assert caught.value.suggestions == ("risk:tokenism",)


def test_a_thing_is_called_by_its_label_of_now() -> None:
    there = memory([quad(RISK, LABEL, ox.Literal("tokenism", language="en"))])
    assert names_of([RISK], there) == {RISK: "tokenism"}
    there.replace({STATED: [quad(RISK, LABEL, ox.Literal("box ticking", language="en"))]})
    assert names_of([RISK], there) == {RISK: "box ticking"}


def test_of_several_names_the_first_is_taken_and_without_any_its_words_are() -> None:
    several = (quad(RISK, by, ox.Literal(name)) for by, name in ((LABEL, "b"), (TITLE, "a")))
    other = f"{NAMESPACE}type/facilitative"
    assert names_of([RISK, other], memory(several)) == {RISK: "a", other: "type facilitative"}
