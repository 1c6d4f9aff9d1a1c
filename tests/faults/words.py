"""Faults in keys, words and literals: slips of the pen, labels for slugs, dates of all kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from string import ascii_lowercase
from typing import Any

import pyoxigraph as ox

from faults.page import Line, Page, Seed
from faults.syntax import Sow, pick, seed
from sysgraph.files import data, term_files
from sysgraph.ontology import Ontology
from sysgraph.rdf import read_turtle, text_of
from sysgraph.terms import PREFIXES

__all__ = ["LABEL", "WORDS", "definition_of", "slips", "words_for"]

LABEL = f"{PREFIXES['rdfs']}label"
_LONG = 3


@cache
def labels() -> dict[str, str]:
    """Return the label of each term of the ontology."""
    label = ox.NamedNode(LABEL)
    terms = read_turtle(term_files(data() / "ontology"))
    return {text_of(q.subject): text_of(q.object) for q in terms if q.predicate == label}


def context() -> dict[str, Any]:
    """Return the context of cases."""
    return Ontology.load().vocabulary.context


def definition_of(line: Line) -> Any:
    """Return the definition of the key that a line is about."""
    here: Any = context()
    found: Any = None
    for key in line.path:
        found = here.get(key) if isinstance(here, dict) else None
        if found != "@nest":  # else the keys below stand beside it
            here = found.get("@context", {}) if isinstance(found, dict) else {}
    return found


def base_of(line: Line) -> str:
    """Return what the names of the words of a line begin with, or nothing."""
    definition = definition_of(line)
    if not isinstance(definition, dict) or definition.get("@type") != "@vocab" or not line.value:
        return ""
    return str(definition["@context"]["@vocab"])


def words_for(base: str) -> list[str]:
    """Return the words whose names begin so."""
    known = Ontology.load().vocabulary.known
    folder, _, stem = base.rpartition("/")
    return [w.removeprefix(stem) for w in known.get(f"{folder}/", ()) if w.startswith(stem)]


def slips(word: str) -> Iterator[str]:
    """Yield what one slip of the pen makes of a word."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        for letter in ascii_lowercase:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]


def _slip(word: str, others: list[str], random: Random) -> tuple[str, bool]:
    """Return a word with a slip, and whether no other word is one slip away from it."""
    found = sorted({one for one in slips(word) if one not in others and one != word and one})
    slipped = random.choice([one for one in found if one[0].isalpha()])
    rivals = [
        one for one in others if one != word and (one == slipped or slipped in set(slips(one)))
    ]
    return slipped, not rivals and len(word) >= _LONG


def _keys(page: Page, random: Random, change: Callable[[str], str]) -> tuple[Line, str] | None:
    line = pick(page, random, lambda line: bool(line.key) and line.key not in ("id", "kind"))
    return (line, change(line.key)) if line else None


def _beside(page: Page, line: Line) -> list[str]:
    here: dict[str, Any] = context()
    group = None
    for key in line.path[:-1]:
        said = here.get(str(key))
        if said == "@nest":
            group = key
        else:
            here, group = said.get("@context", {}) if isinstance(said, dict) else {}, None
    nests = {
        key: said.get("@nest") if isinstance(said, dict) else None for key, said in here.items()
    }
    return [key for key, nest in nests.items() if nest == group and not key.startswith("@")]


def _key_slip(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: bool(line.key) and line.key not in ("id", "kind"))
    assert line is not None  # a case has keys
    slipped, evident = _slip(line.key, _beside(page, line), random)
    row = page.rows[line.at].replace(f"{line.key}:", f"{slipped}:", 1)
    return seed(
        page, "slip in a key", {line.at: row}, line.at, is_evident=evident, demand="known-key"
    )


def _key_written(kind: str, change: Callable[[str], str], wanted: Callable[[Line], bool]) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: bool(line.key) and line.key != "id" and wanted(line))
        if line is None:
            return None
        row = page.rows[line.at].replace(f"{line.key}:", f"{change(line.key)}:", 1)
        return seed(page, kind, {line.at: row}, line.at, demand="known-key")

    return sow


def _new_key(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.is_scalar and bool(line.key) and not line.dash)
    assert line is not None  # a case has keys
    row = page.rows[line.at]
    added = row[: line.indent] + "weather: rainy"
    changes: dict[int, str | None] = {line.at: f"{row}\n{added}"}
    return seed(page, "unknown key", changes, line.at + 1, is_evident=False, demand="known-key")


def _word(
    kind: str, change: Callable[[Line, Random], tuple[str, bool] | None], demand: str = "known-term"
) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: bool(base_of(line)) and line.is_scalar)
        changed = change(line, random) if line else None
        if line is None or changed is None or changed[0] == line.value.strip("'"):
            return None
        row = page.head(line) + changed[0]
        return seed(page, kind, {line.at: row}, line.at, is_evident=changed[1], demand=demand)

    return sow


def _label(line: Line, _: Random) -> tuple[str, bool] | None:
    label = labels().get(base_of(line) + line.value.strip("'"))
    if label is None or ":" in label or label == line.value:
        return None
    return label, True


def _capital(line: Line, _: Random) -> tuple[str, bool] | None:
    written = line.value.strip("'").capitalize()
    return (written, True) if len(written) > 2 else None


def _spaced(line: Line, _: Random) -> tuple[str, bool] | None:
    word = line.value.strip("'")
    return (word.replace("-", " "), True) if "-" in word else None


def _lower_country(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.path == ("countries",) and line.value.isalpha())
    if line is None:
        return None
    row = page.head(line) + line.value.lower()
    return seed(page, "country in small letters", {line.at: row}, line.at, demand="known-term")


def _country_name(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.path == ("countries",) and line.value.isalpha())
    name = labels().get(base_of(line) + line.value) if line else None
    if line is None or name is None:
        return None
    row = page.head(line) + name
    return seed(page, "country by name", {line.at: row}, line.at, demand="known-term")


def _commas(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.path == ("aims",) and line.block > line.at + 1)
    if line is None:
        return None
    items = [page.rows[at].strip()[2:] for at in range(line.at + 1, line.block + 1)]
    changes: dict[int, str | None] = dict.fromkeys(range(line.at + 1, line.block + 1))
    changes[line.at] = f"aims: {', '.join(items)}"
    return seed(page, "list with commas", changes, line.at, demand="known-term")


def _literal(
    kind: str,
    key: str,
    change: Callable[[str], str | None],
    *,
    is_evident: bool,
    demand: str = "literal",
) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: line.key == key and line.is_scalar)
        written = change(line.value.strip("'")) if line else None
        if line is None or written is None:
            return None
        row = page.head(line) + written
        return seed(page, kind, {line.at: row}, line.at, is_evident=is_evident, demand=demand)

    return sow


_MONTHS = {"11": ("November", "Nov")}


def _date(form: str) -> Callable[[str], str | None]:
    def change(written: str) -> str | None:
        year, month, day = written.split("-")
        long, short = _MONTHS[month]
        return form.format(y=year, m=month, d=day, long=long, short=short)

    return change


WORDS: tuple[Sow, ...] = (
    _key_slip,
    _key_slip,
    _key_written("key in capitals", str.upper, lambda line: True),
    _key_written("key with a capital", str.capitalize, lambda line: True),
    _key_written(
        "key with a space", lambda key: key.replace("-", " "), lambda line: "-" in line.key
    ),
    _key_written(
        "key with a low line", lambda key: key.replace("-", "_"), lambda line: "-" in line.key
    ),
    _key_written("key in curly quotes", lambda key: f"“{key}”", lambda line: True),
    _new_key,
    _word(
        "slip in a word",
        lambda line, random: _slip(line.value.strip("'"), words_for(base_of(line)), random),
    ),
    _word(
        "slip in a word",
        lambda line, random: _slip(line.value.strip("'"), words_for(base_of(line)), random),
    ),
    _word("label for a word", _label),
    _word("word with a capital", _capital),
    _word("word with spaces", _spaced),
    _word("word in curly quotes", lambda line, _: (f"“{line.value.strip(chr(39))}”", True)),
    _word("word as an address", lambda line, _: (base_of(line) + line.value.strip("'"), True)),
    _word("unknown word", lambda line, _: ("banana", False)),
    _lower_country,
    _country_name,
    _commas,
    _literal("day in words", "contributed", _date("{d} {long} {y}"), is_evident=True),
    _literal("day with a short month", "contributed", _date("{short} {d}, {y}"), is_evident=True),
    _literal("day with slashes", "contributed", _date("{y}/{m}/{d}"), is_evident=True),
    _literal("day first", "contributed", _date("{d}.{m}.{y}"), is_evident=True),
    _literal("day that may be a month", "contributed", lambda _: "03/05/2021", is_evident=False),
    _literal("day that is none", "contributed", lambda _: "2026-02-30", is_evident=False),
    _literal("day and time", "contributed", lambda day: f"{day}T10:00:00Z", is_evident=True),
    _literal("year in two digits", "start", lambda year: f"'{year[2:]}'", is_evident=False),
    _literal("about a year", "start", lambda year: f"about {year}", is_evident=False),
    _literal("year as a spreadsheet has it", "start", lambda year: f"{year}.0", is_evident=True),
    _literal("year and month", "start", lambda year: f"{year}-04", is_evident=True),
    _literal("year in curly quotes", "year", lambda year: f"“{year}”", is_evident=True),
    _literal(
        "yes for true", "read", lambda said: {"true": "yes", "false": "no"}[said], is_evident=True
    ),
    _literal("capital True", "read", str.capitalize, is_evident=True),
    _literal("neither true nor false", "read", lambda _: "partly", is_evident=False),
    _literal("address without http", "url", lambda url: url.partition("://")[2], is_evident=True),
    _literal(
        "address with one slash",
        "url",
        lambda url: url.replace("://", ":/"),
        is_evident=True,
        demand="",
    ),
    _literal("address that is none", "url", lambda _: "see the library", is_evident=False),
    _literal(
        "scale slips",
        "scale",
        lambda scale: scale[:-1] if len(scale) > _LONG else None,
        is_evident=True,
        demand="shape:CaseStudy-scale",
    ),
    _literal(
        "scale with a capital",
        "scale",
        str.capitalize,
        is_evident=True,
        demand="shape:CaseStudy-scale",
    ),
    _literal(
        "scale unknown",
        "scale",
        lambda _: "cosmic",
        is_evident=False,
        demand="shape:CaseStudy-scale",
    ),
    _literal("id with capitals", "id", lambda name: name.title(), is_evident=True, demand="id"),
    _literal(
        "id with spaces",
        "id",
        lambda name: name.replace("-", " ") if "-" in name else None,
        is_evident=True,
        demand="id",
    ),
)
