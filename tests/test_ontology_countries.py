"""The countries that a case may be in, beside two lists that others keep."""

import csv
from pathlib import Path

import pycountry
import pytest

from calling import Call
from sysgraph.files import data
from sysgraph.near import meant
from sysgraph.ontology import Ontology
from sysgraph.rdf import read_turtle, text_of
from sysgraph.terms import NAMESPACE, PREFIXES
from sysgraph.vocabulary import names_of, nearest_words

BASE = f"{NAMESPACE}country/"
VOCABULARY = Ontology.load().vocabulary
NAMED = names_of(VOCABULARY, BASE)


def withins() -> dict[str, str]:
    quads = read_turtle([data() / "ontology" / "vocab" / "countries.ttl"])
    return {
        text_of(quad.subject).removeprefix(BASE): text_of(quad.object).removeprefix(BASE)
        for quad in quads
        if quad.predicate.value == f"{NAMESPACE}withinRegion"
    }


def m49() -> list[dict[str, str]]:
    """Return the regions of M49 as hdx-python-country 4.2.5 of UN OCHA (MIT) has them."""
    with Path(__file__).with_name("m49.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def evident(text: str) -> str | None:
    return meant(text, NAMED, NAMED)


@pytest.mark.slow
def test_every_country_of_iso_is_there_by_all_its_codes_and_names() -> None:
    for one in pycountry.countries:
        official = getattr(one, "official_name", one.alpha_2).removeprefix("the ")
        for text in (one.alpha_2, one.alpha_3, one.numeric, official):
            assert evident(text) == one.alpha_2, text
    letters = {word for word in NAMED if word.isalpha()}
    assert letters >= {one.alpha_2 for one in pycountry.countries}


def test_every_country_lies_where_the_united_nations_count_it() -> None:
    found, listed = withins(), m49()
    assert {row["alpha-2"] for row in listed} == {one.alpha_2 for one in pycountry.countries}
    assert {row["number"] for row in listed} == {one.numeric for one in pycountry.countries}
    for row in listed:
        assert found.get(row["alpha-2"], "") == row["region"], row
        for smaller in (row["sub-region"], row["intermediate-region"]):
            assert not smaller or found[smaller] == row["region"], row
    numbers = {row[key] for row in listed for key in ("region", "sub-region")}
    numbers |= {row["intermediate-region"] for row in listed} | {"001"}
    assert {word for word in NAMED if word.isdecimal()} == numbers - {""}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("usa", "US"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("South Korea", "KR"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("Senegal", "SN"),
        ("Sengal", "SN"),
        ("Latin America", "419"),
        ("sub-saharan africa", "202"),
    ],
)
def test_a_country_by_name_is_mended(text: str, code: str) -> None:
    assert evident(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("England", {"GB"}),
        ("Korea", {"KR", "KP"}),
        ("Congo", {"CD", "CG"}),
        ("Austrlia", {"AU", "AT"}),
        ("Nigera", {"NE", "NG"}),
        ("Micronesia", {"FM", "057"}),
    ],
)
def test_a_part_and_a_name_that_two_may_have_are_told_and_not_mended(
    text: str, codes: set[str]
) -> None:
    assert evident(text) is None
    assert codes <= {*nearest_words(VOCABULARY, BASE, text)}


@pytest.mark.parametrize("code", ["SN", "sn", "NO", "419"])
def test_a_country_that_is_there_is_not_begun_again(code: str, call: Call) -> None:
    done = call("new", "country", "--id", code)
    assert done.code == 2
    assert f"a country {code.upper()} already" in done.err


def test_labels_are_in_english_and_one_each() -> None:
    label = f"{PREFIXES['rdfs']}label"
    quads = read_turtle([data() / "ontology" / "vocab" / "countries.ttl"])
    labels = [text_of(quad.object) for quad in quads if quad.predicate.value == label]
    assert len({*labels}) == len(labels) == len(NAMED)
