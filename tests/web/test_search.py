"""Search over a store of a few things, its order worked out by hand."""

import pyoxigraph as ox
import pytest

from sysgraph.store.local import memory
from sysgraph.terms import NAMESPACE, PREFIXES
from sysgraph.web.search import SearchIndex

LABEL, ALT, DEFINITION, PLAIN = (
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (
        ("rdfs", "label"),
        ("skos", "altLabel"),
        ("skos", "definition"),
        ("sysg", "plainName"),
    )
)
SAID = [
    ("risk/capture", LABEL, "capture"),
    ("risk/state-capture", LABEL, "state capture"),
    ("risk/captured", LABEL, "captured by funders"),
    ("risk/other", LABEL, "other"),
    ("risk/other", DEFINITION, "what is like Capture, in São Paulo"),
    ("risk/called", LABEL, "called otherwise"),
    ("risk/called", ALT, "capture"),
    ("case/x/outcome/led", LABEL, "capture"),
    ("type/x", LABEL, "a term of the field"),
    ("type/x", PLAIN, "with plain words"),
]


@pytest.fixture(scope="module")
def search() -> SearchIndex:
    graph = ox.NamedNode("https://example.org/g")
    return SearchIndex.of(
        memory(ox.Quad(ox.NamedNode(NAMESPACE + s), p, ox.Literal(o), graph) for s, p, o in SAID)
    )


def found(search: SearchIndex, words: str) -> list[str]:
    return [one.iri.rpartition("/")[2] for one in search.find(words)]


def test_names_come_before_texts(search: SearchIndex) -> None:
    order = ["called", "capture", "captured", "state-capture", "other"]
    assert found(search, "capture") == order


def test_all_words_must_be_there_in_whatever_letters(search: SearchIndex) -> None:
    assert found(search, "SAO paulo") == ["other"]
    assert found(search, "capture paulo") == ["other"]
    assert found(search, "capture nowhere") == []


def test_a_beginning_is_enough_and_an_end_is_not(search: SearchIndex) -> None:
    assert found(search, "oth") == ["other", "called"]
    assert found(search, "apture") == []


@pytest.mark.parametrize("words", ["", "   ", "---", "()", "*"])
def test_no_words_find_nothing(search: SearchIndex, words: str) -> None:
    assert found(search, words) == []


def test_parts_of_cases_are_not_found(search: SearchIndex) -> None:
    assert all("/outcome/" not in one.iri for one in search.found)


@pytest.mark.parametrize("words", ["term of the field", "plain words"])
def test_a_type_is_found_by_both_its_names_and_called_as_on_pages(
    search: SearchIndex, words: str
) -> None:
    assert [one.name for one in search.find(words)] == ["with plain words"]
