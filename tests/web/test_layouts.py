"""What pages of types, facets, sources and cases show, held to the frame and the graph."""

import pytest

from sysgraph.advice.frame import Frame
from sysgraph.store.local import LocalStore, Store
from sysgraph.terms import NAMESPACE, graph_of
from sysgraph.web.layouts import CasePart, case_layout, class_layout, facet_layout, type_layout
from sysgraph.web.shown import Link


def texts_of(said: object) -> set[str]:
    """Return every text that stands anywhere in a layout."""
    if isinstance(said, str):
        return {said}
    if isinstance(said, Link):
        return {said.text}
    if isinstance(said, CasePart):
        return texts_of(said.said)
    if isinstance(said, dict):
        return texts_of(list(said.values()))
    if isinstance(said, list | tuple):
        return set[str]().union(*map(texts_of, said))
    return set()


@pytest.mark.parametrize("name", ["wigan-deal", "bhavishya", "standing-rock"])
def test_no_text_of_a_case_is_left_out(library: Store, name: str) -> None:
    # But for its title, which stands above.
    title = f"<{NAMESPACE}case/{name}> <http://purl.org/dc/terms/title> ?text"
    rows = library.select(
        f"SELECT DISTINCT ?text WHERE {{ GRAPH <{graph_of(name)}> {{ ?s ?p ?text }}"
        f" FILTER (isLiteral(?text) && STRLEN(STR(?text)) > 25 && NOT EXISTS {{ {title} }}) }}"
    )
    told = texts_of(case_layout(name, library, {}, (), {}))
    whole = "\n".join(told)
    missing = [row["text"] for row in rows.texts() if row["text"] not in whole]
    assert missing == []


def test_a_failure_is_marked(world: LocalStore) -> None:
    layout = case_layout("alpha", world, {}, ("led",), {})
    assert [(one["test"], one["is_failure"]) for one in layout["outcomes"]] == [
        ("led", True),
        ("working", False),
    ]
    assert layout["practice"][0]["primary"][0].href == "/type/facilitative"


def test_a_type_shows_all_that_speaks_for_and_against_it(frame: Frame) -> None:
    for name, entry in frame.types.items():
        layout = type_layout(entry, frame)
        assert len(layout["speaks_for"]) == sum(
            name in one.supports for one in frame.considerations
        )
        assert len(layout["against"]) == sum(name in one.undermines for one in frame.considerations)
        assert len(layout["gates"]) == sum(one.type == name for one in frame.gates)


def test_a_facet_shows_all_its_values(frame: Frame) -> None:
    for name, facet in frame.facets.items():
        rows = facet_layout(name, frame)["values"]
        assert [row[0].text for row in rows] == [one.label for one in facet.values.values()]


def test_the_things_of_a_class_come_page_by_page(library: Store) -> None:
    first = class_layout(f"{NAMESPACE}Observation", library, 0, {})
    second = class_layout(f"{NAMESPACE}Observation", library, first["after"], {})
    assert {*first["members"]}.isdisjoint(second["members"])
    gates = class_layout(f"{NAMESPACE}Gate", library, 0, {})
    assert gates["after"] == 0
    assert any(href == "/gate/driver-refused" for _, href, _ in gates["members"])
