"""What there is room for is given, and what is left out can be asked for by its name."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.errors import SysgraphError, UnknownThing
from sysgraph.mcp.bounds import CELL, cut, fitted, page_of, parts_of, short, size

DATA = {"types": {"a.b": [10, 20, 30], "a": {"b": "deep"}}, "says": "letters"}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("says", "letters"),
        ("says.3-", "ters"),
        ("types.a.b", [10, 20, 30]),
        ("types.a.b.1", 20),
        ("types.a.b.1-", [20, 30]),
        ("types.a.b.3-", []),
    ],
)
def test_a_part_is_named_by_keys_numbers_and_from_where_on(name: str, part: object) -> None:
    assert parts_of(DATA, [name]) == {name: part}


@pytest.mark.parametrize("name", ["typs", "types.c", "types.a.b.9", "types.a.b.4-", "says.x", "."])
def test_a_part_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownThing, match="part of the answer"):
        parts_of(DATA, [name])


def test_a_page_ends_with_a_line() -> None:
    assert cut("one\ntwo\nthree\n", 9) == ("one\ntwo\n", 6)
    assert cut("one", 3) == ("one", 0)
    assert cut("letters", 3) == ("let", 4)


def test_rows_say_how_many_are_left_and_where_they_go_on() -> None:
    assert page_of("abcde", 1, 2, 9) == ("bc", "2 more; ask again with offset 3")
    assert page_of("abcde", 3, 9, 9) == ("de", "")
    for start, wanted in ((-1, 1), (0, 0), (0, 10)):
        with pytest.raises(SysgraphError, match="'limit' is 1 to 9"):
            page_of("abc", start, wanted, 9)


def test_long_rows_are_fewer() -> None:
    shown, left = page_of(["x" * 3_000] * 40, 0, 40, 40)
    assert 0 < len(shown) < 40
    assert left == f"{40 - len(shown)} more; ask again with offset {len(shown)}"


def test_a_long_text_in_a_row_says_how_much_more_there_is() -> None:
    told = short({"a": ["x" * (CELL + 5)], "b": "y", "c": None})
    assert told == {
        "a": ["x" * CELL + " … (5 more characters; see describe_term)"],
        "b": "y",
        "c": None,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(st.text("abc.", min_size=1, max_size=3), inner, max_size=8)
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(["p", "q", "r"]), JSON), st.integers(200, 2_000))
def test_nothing_is_left_out_without_a_word(parts: dict[str, Any], room: int) -> None:
    shown, left = fitted(parts, room)
    assert sum(map(size, shown.values())) <= room
    for name, value in parts.items():
        told = [each for each in left if each == name or each.startswith(f"{name}.")]
        assert (name in shown and shown[name] == value) or told
    for name in left:
        if not re.search(r"\.\.|^\.|\.$", name):  # a key of dots alone is nobody's
            assert name in parts_of(parts, [name])


def test_what_is_left_out_of_a_list_goes_on_where_it_ended() -> None:
    listed = ["x" * 90] * 10
    shown, left = fitted({"a": listed, "b": "y" * 500}, 500)
    assert left == {"a.5-": "5 more", "b": "502 characters"}
    assert [*shown["a"], *parts_of({"a": listed}, ["a.5-"])["a.5-"]] == listed
