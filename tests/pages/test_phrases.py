"""How facts, answers and reasons are said within sentences."""

import pytest

from sysgraph.advice.frame import Facet, FacetValue
from sysgraph.language import CLOSE, OPEN, Language, speaking
from sysgraph.pages.phrases import answer_said, begun, both, part_on, quoted, stopped, unstopped

WHY = "Type 1 has power; types 3 and 5 have none. Everybody gains."
PORQUE = "El tipo 1 tiene poder; los tipos 3 y 5 no tienen. Todos ganan."
SPANISH = Language(
    "es",
    messages={WHY: PORQUE, "'{name}'": "«{name}»", "Yes, most do.": "Sí, la mayoría.", "and": "y"},
)


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "type 1 has power"), (2, "everybody gains")],
)
def test_a_reason_is_told_by_the_part_that_speaks_of_the_type(number: int, told: str) -> None:
    assert part_on(WHY, number) == told
    assert part_on("Types 3 and 5 have none.", number) == ""


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "el tipo 1 tiene poder"), (2, "todos ganan")],
)
def test_which_part_it_is_goes_by_the_english(number: int, told: str) -> None:
    with speaking(SPANISH):
        assert part_on(PORQUE, number) == told


def test_a_translation_of_other_parts_is_told_as_a_whole() -> None:
    with speaking(Language("es", messages={WHY: "El tipo 1 tiene poder."})):
        assert part_on("El tipo 1 tiene poder.", 2) == "el tipo 1 tiene poder"


def test_a_part_of_what_is_not_translated_is_marked_as_a_whole() -> None:
    with speaking(SPANISH):
        assert part_on(f"{OPEN}Type 1 has it; type 2 not.{CLOSE}", 2) == f"{OPEN}type 2 not{CLOSE}"


def test_an_answer_has_its_question_where_it_says_little_without() -> None:
    value = FacetValue("https://w3id.org/sysgraph/value/x-y", "y", "yes", "", "", "Yes, most do.")
    facet = Facet("iri", "x", "trust among people", "", "led", 1, {"y": value})
    assert answer_said(facet, value) == "trust: yes, most do"
    with speaking(SPANISH):
        there = FacetValue(value.iri, "y", "sí", "", "", "Sí, la mayoría.")
        asked = Facet("iri", "x", "confianza", "", "led", 1, {"y": there})
        assert answer_said(asked, there) == "confianza: sí, la mayoría"


def test_ends_and_beginnings() -> None:
    assert stopped("It is so") == stopped("It is so.") == "It is so."
    assert stopped("Is it?") == "Is it?"
    assert unstopped(f"{OPEN}It is so.{CLOSE}") == f"{OPEN}It is so{CLOSE}"
    assert begun("Meetings are warm; views are missing.") == "meetings are warm"


def test_quotes_and_joins_are_those_of_the_language() -> None:
    assert (quoted("x"), both(["a", "b", "c"])) == ("'x'", "a and b and c")
    with speaking(SPANISH):
        assert quoted("x") == "«x»"
