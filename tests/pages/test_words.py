"""Names of people as the person gave them, and how sentences take them."""

from collections.abc import Mapping

import pytest

from sysgraph.advice.dissent import dissent, missing_standpoints
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import Situation
from sysgraph.advice.voices import groups_in
from sysgraph.pages.evidence import whom_to_ask
from sysgraph.pages.words import People, short_name

VILLAGE = People("the village", "the mayor")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Do the people it affects accept who leads this, and how?",
            "Does the village accept who leads this, and how?",
        ),
        (
            "Do the people it affects accept that those in charge may lead this?",
            "Does the village accept that the mayor may lead this?",
        ),
        (
            "until those affected put up with those in charge, or accept them for some things only",
            "until the village puts up with the mayor, or accepts them for some things only",
        ),
        (
            "those affected did not ask in the host, and accept them",
            "the village did not ask in the host, and accepts them",
        ),
        (
            "those affected do not accept that those in charge may lead",
            "the village does not accept that the mayor may lead",
        ),
        ("let those affected decide the grants", "let the village decide the grants"),
        ("Are those affected organised?", "Is the village organised?"),
        (
            "Those affected accept it; those affected want it.",
            "The village accepts it; the village wants it.",
        ),
        ("Ask those affected. Those in charge are late.", "Ask the village. The mayor is late."),
    ],
)
def test_verbs_fit_a_name_of_one(said: str, told: str) -> None:
    assert VILLAGE.put(said) == told


@pytest.mark.parametrize(
    ("people", "said", "told"),
    [
        (
            People("nurses and those in charge of pay", "the boss"),
            "Those affected ask those in charge.",
            "Nurses and those in charge of pay ask the boss.",
        ),
        (
            People("people and those in charge", "the tenants lead"),
            "those affected accept",
            "people and those in charge accept",
        ),
        (
            People("the people it affects badly"),
            "Do the people it affects accept it?",
            "Do the people it affects badly accept it?",
        ),
        (
            People("the tenants, the landlord"),
            "those affected are",
            "the tenants, the landlord are",
        ),
    ],
)
def test_names_are_put_in_once(people: People, said: str, told: str) -> None:
    assert people.put(said) == told
    assert people.put(people.put(said)) == people.put(said)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("staff of St. Mary's", "staff of St. Mary's"),
        ("Dr. Smith", "Dr. Smith"),
        ("J. Smith. He came late.", "J. Smith"),
        ("The tenants. They rent.", "the tenants"),
        ("the boss; her deputy", "the boss"),
        ("us", ""),
        ("We", ""),
        ("me and my sister", ""),
        ("the US army", "the US army"),
        ("our village", "our village"),
    ],
)
def test_name_is_cut_where_it_ends(text: str, name: str) -> None:
    assert short_name(text) == name


def test_who_says_us_is_spoken_of_in_general_words() -> None:
    people = People.of(Situation("s", opening={"who-affected": "us", "who-in-charge": "me"}))
    assert people == People("those affected", "those in charge")


def test_markup_round_a_name_is_no_name() -> None:
    assert groups_in("<b>the tenants</b> & @ben") == ["the tenants", "@ben"]


ANY = {"who-affected": "the tenants", "who-in-charge": "the council"}
NO_PART = "some of those who live with it and had no part"
TOLD = "some of those asked for what they know"


@pytest.mark.parametrize(
    ("opening", "role", "spoken", "asked"),
    [
        (ANY, "funder", (), ["the tenants", "the council"]),
        (ANY, "leader", (), ["the tenants"]),
        (ANY, "community", (), ["the council"]),
        (ANY, "funder", ("the tenants", "the mayor"), [NO_PART]),
        ({}, "leader", ("tenants",), [NO_PART]),
        ({}, "", ("tenants", "neighbours"), [TOLD, "whoever can say no"]),
    ],
)
def test_who_has_not_spoken_is_asked_and_nobody_is_sent_to_himself(
    opening: Mapping[str, str], role: str, spoken: tuple[str, ...], asked: list[str], frame: Frame
) -> None:
    situation = Situation("s", opening=opening)
    found = missing_standpoints(situation, frame, dissent(frame), spoken)
    assert whom_to_ask(found, situation, role) == asked
