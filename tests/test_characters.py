"""What people wrote is kept as they meant it: characters, lines, lists, dates, short names."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shelf import PLAIN
from sysgraph.case.closed import canonical, is_closed, tidied, tidy_written
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read, read_all
from sysgraph.characters import UNSOUND, cleaned, explain_text, is_sound, recoded, tidy
from sysgraph.check import inspect_files, judge
from sysgraph.errors import BadFile, Finding, Severity, SysgraphError
from sysgraph.files import data
from sysgraph.fix import find_repair
from sysgraph.ontology import Ontology
from sysgraph.rdf import Format, text_of, triples_of
from sysgraph.terms import PREFIXES
from sysgraph.turtle import serialize

ONTOLOGY = data() / "ontology"
VOCABULARY = Ontology.load(ONTOLOGY).vocabulary
NUKA = (ONTOLOGY / "cases" / "nuka.yaml").read_text(encoding="utf-8")
XSD = PREFIXES["xsd"]
WHY = f"{PREFIXES['sysg']}place"

SOUND = [
    "ශ්‍රී ලංකා",
    "می‌خواهم",
    "अन्‍य",
    "അവന്‍",
    "শিবসাগর র‍্যাব",
    "👩🏽‍🌾 and 👨‍👩‍👧",
    "❤️‍🔥",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "שלום\u200f!",
    "Zażółć gęślą jaźń",
    "à\u00a0«\u00a0bientôt\u00a0»",
    "SÃO JOÃO”",
    "CAFÉ…",
    "Việt Nam",
    "日本語",
]
UNSOUND_TEXTS = {
    "Any\x0btown": "Anytown",
    "a\x01b": "ab",
    "a\x85b": "ab",
    "heal\u200dth": "health",
    "heal\u200bth": "health",
    "health\u200c": "health",
    "x\u202ey": "xy",
    "a\u2066b\u2069": "ab",
    "a\u200fb": "ab",
    "a\ufdd0b\U0003ffff": "ab",
    "sent\U000e0073\U000e0065": "sent",
}
GARBLED = {
    "MÃ¡laga": "Málaga",
    "dâ€™accord": "d’accord",
    "CzÄ™stochowa": "Częstochowa",
    "Â£5 â€” Â½": "£5 — ½",
    "ðŸ˜€": "😀",
    "ÃƒÂ©tÃƒÂ©": "été",
    "ä¸\xadæ–‡": "中文",
}


def nuka(folder: Path, place: str, name: str = "nuka.yaml", **others: object) -> Path:
    """Write the case of Nuka with another place, in the syntax that the name says."""
    path = folder / name
    tree = {**yaml.load(NUKA, PLAIN), "place": place, **others}
    if path.suffix == ".yaml":
        path.write_text(yaml.dump(tree, allow_unicode=False), encoding="utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps(tree), encoding="utf-8")
    else:
        quads = [with_place(quad, place) for quad in stated()]
        formats = {".ttl": ox.RdfFormat.TURTLE, ".nq": ox.RdfFormat.N_QUADS}
        written = ox.serialize(quads, format=formats[path.suffix])
        assert written is not None
        path.write_bytes(written)
    return path


@cache
def stated() -> list[ox.Quad]:
    """What the case of Nuka states, as it is read where it is called PLACE."""
    with TemporaryDirectory() as folder:
        (case,) = read(nuka(Path(folder), "PLACE"), VOCABULARY)
    return case.quads


def with_place(quad: ox.Quad, place: str) -> ox.Quad:
    if quad.predicate.value != WHY:
        return quad
    return ox.Quad(quad.subject, quad.predicate, ox.Literal(place, language="en"))


def changed(folder: Path, *pairs: tuple[str, str]) -> Path:
    text = NUKA
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "nuka.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def wrong(path: Path) -> list[Finding]:
    return [one for one in inspect_files([path]).findings if one.severity is Severity.VIOLATION]


def place_of(cases: Iterable[Contribution]) -> list[str]:
    return [text_of(q.object) for c in cases for q in c.quads if q.predicate.value == WHY]


DOORS = [
    "nuka.yaml",
    pytest.param("nuka.json", marks=pytest.mark.slow),
    "nuka.ttl",
    pytest.param("nuka.nq", marks=pytest.mark.slow),
]


# --- characters


@pytest.mark.parametrize("text", SOUND)
def test_joiners_and_marks_that_are_part_of_the_spelling_stay(text: str) -> None:
    assert is_sound(text)
    assert explain_text(text) is None
    assert cleaned(text) == recoded(text) == text


@pytest.mark.parametrize(("text", "clean"), UNSOUND_TEXTS.items())
def test_characters_that_nobody_sees_are_told_and_taken_out(text: str, clean: str) -> None:
    assert not is_sound(text)
    assert (explain_text(text) or ("", ""))[0] == "invisible"
    assert cleaned(text) == clean


@pytest.mark.parametrize(("text", "meant"), GARBLED.items())
def test_what_came_through_a_wrong_encoding_is_told_and_read_aright(text: str, meant: str) -> None:
    assert recoded(text) == meant
    assert (explain_text(text) or ("", ""))[0] == "encoding"


def test_a_lost_letter_is_told_and_not_made_up() -> None:
    told = explain_text("M\ufffdlaga")
    assert told is not None
    assert told[0] == "encoding"
    assert cleaned(recoded("M\ufffdlaga")) == "M\ufffdlaga"


@given(st.text())
def test_what_is_sound_is_left_alone_and_what_is_cleaned_is_sound(text: str) -> None:
    if is_sound(text):
        assert cleaned(text) == recoded(text) == text
    while UNSOUND.search(text):  # what is taken out may have kept others in their place
        text = cleaned(text)
    assert cleaned(text) == text


@given(st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=10))
def test_every_latin_text_saved_twice_is_read_aright(text: str) -> None:
    garbled = text.encode().decode("latin-1")
    if max(garbled, default="") >= "\x80" and is_sound(text):
        may_be_meant = {"\u01b0", "\u01f0", "\u01fb"} & {*text}  # as "Æ°", "Ç°" and "Ç»"
        assert recoded(garbled) == text or not text.islower() or may_be_meant


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS)
def test_every_door_judges_values_and_not_how_they_are_written(name: str, tmp_path: Path) -> None:
    for text in SOUND:
        assert place_of(read_all(nuka(tmp_path, text, name), VOCABULARY)) == [text]
        assert wrong(nuka(tmp_path, text, name)) == []
    for text in (*UNSOUND_TEXTS, *GARBLED, "M\ufffdlaga"):
        path = nuka(tmp_path, text, name)
        assert [one.demand for one in wrong(path)] == [(explain_text(text) or ("",))[0]]
        (case,) = read(path, VOCABULARY)
        assert not is_closed(triples_of(case.quads), VOCABULARY, case.iri)


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS[:2])
def test_escapes_are_mended(name: str, tmp_path: Path) -> None:
    for text, meant in {**UNSOUND_TEXTS, **GARBLED}.items():
        path = nuka(tmp_path, text, name)
        repair = find_repair(path)
        assert repair is not None
        path.write_bytes(repair.content)
        assert place_of(read(path, VOCABULARY)) == [meant]
    assert find_repair(nuka(tmp_path, "M\ufffdlaga", name)) is None


def test_half_a_letter_is_refused_in_words(tmp_path: Path) -> None:
    path = nuka(tmp_path, "a\ud800b", "nuka.json")
    assert [one.line for one in wrong(path)] == [1]


@pytest.mark.slow
def test_joiners_are_refused_in_ids_keys_and_listed_words(tmp_path: Path) -> None:
    joiner = "\u200d"
    for old, new in (("id: nuka", f"id: nu{joiner}ka"), ("place:", f"pla{joiner}ce:")):
        path = changed(tmp_path, (old, new))
        assert wrong(path)
        repair = find_repair(path)
        assert repair is not None
        assert repair.content.decode() == NUKA
    assert [one.demand for one in wrong(nuka(tmp_path, "Here", scale="lo\u0dca\u200dcal"))]


def test_no_ill_formed_xml_is_written() -> None:
    subject, predicate = (
        ox.NamedNode("https://example.org/s"),
        ox.NamedNode("https://example.org/p"),
    )
    for sign in ("\x0b", "\x01", "\ufffe"):
        quads = [ox.Quad(subject, predicate, ox.Literal(f"a{sign}b"))]
        with pytest.raises(SysgraphError, match=rf"U\+{ord(sign):04X}"):
            serialize(quads, Format.XML)
        assert serialize(quads, Format.NQUADS)


# --- one way to write each value


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("1", "boolean", "true"),
        ("0", "boolean", "false"),
        ("true", "boolean", "true"),
        ("+07.50", "decimal", "7.5"),
        ("-0.0", "decimal", "0"),
        ("007", "integer", "7"),
        ("2026-01-02T03:04:05.500+00:00", "dateTime", "2026-01-02T03:04:05.5Z"),
        ("2026-01-02T03:04:05+01:00", "dateTime", "2026-01-02T03:04:05+01:00"),
        ("1997", "gYear", "1997"),
        ("maybe", "boolean", "maybe"),
        ("", "decimal", ""),
    ],
)
def test_literals_are_kept_in_their_canonical_form(text: str, name: str, kept: str) -> None:
    assert canonical(text, f"{XSD}{name}") == kept
    literal = ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{name}"))
    assert text_of(tidied(literal)) == kept
    assert tidy_written(str(literal)) == str(tidied(literal))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_is_kept_in_one_way_however_it_comes(text: str) -> None:
    for literal in (ox.Literal(text), ox.Literal(text, language="en")):
        kept = tidied(literal)
        assert tidied(kept) == kept
        assert tidy_written(str(literal)) == str(kept)
        assert text_of(kept) == tidy(text)


@pytest.mark.parametrize("name", DOORS)
def test_accents_and_ends_of_lines_are_kept_one_way(name: str, tmp_path: Path) -> None:
    path = nuka(tmp_path, "Ma\u0301laga\r\nNuka", name)
    assert place_of(read(path, VOCABULARY)) == ["Málaga\nNuka"]


def test_read_1_is_read_true(tmp_path: Path) -> None:
    path = changed(tmp_path, ("read: true", "read: 1"))
    (case,), (same,) = read(path, VOCABULARY), read(changed(tmp_path), VOCABULARY)
    assert {*case.quads} == {*same.quads}


# --- texts that YAML cuts, and lists in one item


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("place: ", "place: Ward #2 of ", "place: 'Ward #2 of "),
        ("place: ", "place: Ward # 2 of ", "place: 'Ward # 2 of "),
    ],
)
def test_a_text_cut_at_a_number_sign_is_told_and_quoted(
    old: str, new: str, meant: str, tmp_path: Path
) -> None:
    path = changed(tmp_path, (old, new))
    assert [one.demand for one in wrong(path)] == ["comment"]
    repair = find_repair(path)
    assert repair is not None
    assert meant in repair.content.decode()
    path.write_bytes(repair.content)
    assert wrong(path) == []


def test_a_remark_after_a_text_is_a_remark(tmp_path: Path) -> None:
    line = next(line for line in NUKA.split("\n") if line.startswith("place:"))
    for remark in ("  #2 was left out", " # checked", "  # 2 of them"):
        assert wrong(changed(tmp_path, (line, line + remark))) == []
    assert wrong(changed(tmp_path, ("scale: ", "scale: ".strip() + " "))) == []


def test_a_number_sign_over_two_lines_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, ("place: ", "place: Ward #2\n  of "))
    assert [one.line for one in wrong(path)]
    repair = find_repair(path)
    assert repair is not None
    path.write_bytes(repair.content)
    assert place_of(read(path, VOCABULARY))[0].startswith("Ward #2 of ")


@pytest.mark.parametrize("name", DOORS[:2])
@pytest.mark.parametrize(
    ("sectors", "meant"),
    [
        ("health, housing", ["health", "housing"]),
        (["law and order; care", "food"], ["law and order", "care", "food"]),
    ],
)
def test_several_sectors_in_one_are_told_and_parted(
    name: str, sectors: object, meant: list[str], tmp_path: Path
) -> None:
    path = nuka(tmp_path, "Here", name, sectors=sectors)
    assert [one.demand for one in wrong(path)] == ["shape:CaseStudy-single-sectors"]
    repair = find_repair(path)
    assert repair is not None
    path.write_bytes(repair.content)
    assert yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["sectors"] == meant


@pytest.mark.slow
def test_no_repair_turns_a_word_round(tmp_path: Path) -> None:
    values = {line.strip() for line in NUKA.split("\n") if line.strip().startswith("value: ")}
    known = {text for names in VOCABULARY.names.values() for text in names}
    values = {line for line in values if f"un{line.removeprefix('value: ')}" not in known}
    for line in sorted(values)[::4]:
        path = changed(tmp_path, (line, line.replace("value: ", "value: un")))
        assert wrong(path)
        assert find_repair(path) is None


# --- what has another way on


def test_an_end_that_is_none_is_left_out(tmp_path: Path) -> None:
    for word in ("ongoing", "Present", "n/a"):
        path = changed(tmp_path, ("sectors:", f"end: {word}\nsectors:"))
        text = path.read_text(encoding="utf-8")
        path.write_text(
            "\n".join(
                one for one in text.split("\n") if one[:5] != "end: " or one == f"end: {word}"
            ),
            encoding="utf-8",
        )
        (told,) = wrong(path)
        assert "leave it out" in told.message
        repair = find_repair(path)
        assert repair is not None
        assert "end:" not in repair.content.decode()


@pytest.mark.parametrize("text", ["CC-BY-4.0", "cc by 4.0", "CC0-1.0", "CC-BY-SA-4.0"])
def test_a_licence_by_its_short_name_is_written_out(text: str, tmp_path: Path) -> None:
    path = nuka(tmp_path, "Here", licence=text)
    assert wrong(path)
    repair = find_repair(path)
    assert repair is not None
    path.write_bytes(repair.content)
    licence = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["licence"]
    assert licence.startswith("https://creativecommons.org/")
    assert ("by-sa" in licence) is ("SA" in text)
    assert ("zero" in licence) is ("CC0" in text)


def test_a_licence_that_is_none_of_them_is_not_guessed(tmp_path: Path) -> None:
    assert find_repair(nuka(tmp_path, "Here", licence="CC-BY-5.0")) is None
    assert find_repair(nuka(tmp_path, "Here", licence="CC-BY-NX-4.0")) is None


def test_a_type_by_its_number_is_told_and_not_mended(tmp_path: Path) -> None:
    practice = yaml.load(NUKA, yaml.BaseLoader)["practice"]
    path = nuka(tmp_path, "Here", practice={"primary": "3", "why": practice["why"]})
    (told,) = wrong(path)
    assert told.nearest == ("facilitative",)
    assert find_repair(path) is None


def test_two_documents_are_told_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(f"{NUKA}---\n{NUKA}", encoding="utf-8")
    (told,) = wrong(path)
    assert told.line == NUKA.count("\n") + 1
    assert "second document" in told.message
    with pytest.raises(BadFile, match="second document"):
        read(path, VOCABULARY)


# --- days to come


@pytest.mark.parametrize(
    ("predicate", "value", "is_told"),
    [
        ("sysg:startYear", "2030", False),
        ("sysg:startYear", "2031", True),
        ("sysg:endYear", "2107", True),
        ("dcterms:issued", "2031", True),
        ("dcterms:created", "2030-06-15", False),
        ("dcterms:created", "2030-06-16", False),  # it is tomorrow somewhere already
        ("dcterms:created", "2030-06-17", True),
    ],
)
def test_what_is_to_come_is_warned_of(predicate: str, value: str, is_told: bool) -> None:
    prefix, _, name = predicate.partition(":")
    case = Contribution("x-y", "x.yaml", "")
    iri = ox.NamedNode(f"{PREFIXES[prefix]}{name}")
    case.quads = [ox.Quad(ox.NamedNode(case.iri), iri, ox.Literal(value))]
    told = judge(case, case.quads, [], VOCABULARY, today=date(2030, 6, 15))
    assert [one.severity for one in told] == [Severity.WARNING] * is_told
