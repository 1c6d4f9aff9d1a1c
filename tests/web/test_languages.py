"""The files of languages: what counts of them, and which one a visitor gets."""

from pathlib import Path

import pytest

from sysgraph.language import Language, speaking
from sysgraph.pages.words import listing
from sysgraph.web.languages import Languages, liked, read_language, words_in

HEADER = """\
# Ours.
# Reviewed-by: {reviewer}
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "es.po"


def read(file: Path, messages: str, reviewer: str = "nobody yet") -> Language:
    text = HEADER.format(reviewer=reviewer)
    file.write_text(f"{text}\n{messages}", encoding="utf-8")
    return read_language(file)


def test_messages_and_their_plurals_are_read(made: Path) -> None:
    found = read(
        made,
        'msgid "Back"\nmsgstr "Atrás"\n\n'
        'msgid "{n} case"\nmsgid_plural "{n} cases"\nmsgstr[0] "{n} caso"\nmsgstr[1] "{n} casos"\n',
    )
    assert (found.code, found.name, found.reviewer) == ("es", "Español", "")
    assert found.messages == {"Back": "Atrás"}
    assert found.plurals == {"{n} case": ("{n} caso", "{n} casos")}
    assert [found.plural_of(n) for n in (0, 1, 2)] == [1, 0, 1]


@pytest.mark.parametrize(
    "message",
    [
        '#, fuzzy\nmsgid "{n} of {all}"\nmsgstr "{n} de {all}"\n',
        'msgid "{n} of {all}"\nmsgstr ""\n',
        'msgid "{n} of {all}"\nmsgstr "{n} de todos"\n',
        'msgid "{n} of {all}"\nmsgstr "{n} de {all} y {more}"\n',
        'msgid "{n} of {all}"\nmsgstr "{n} de {all.__class__}"\n',
        'msgid "{n} of {all}"\nmsgstr "{n} de {all"\n',
        'msgid "{n} of {all}"\nmsgstr "{n!r} de {all}"\n',
        '#~ msgid "{n} of {all}"\n#~ msgstr "{n} de {all}"\n',
    ],
)
def test_what_is_not_sound_is_left_out(made: Path, message: str) -> None:
    assert read(made, message).messages == {}


def test_a_language_has_another_word_before_some_sounds(made: Path) -> None:
    found = read(
        made,
        'msgid "and"\nmsgstr "y"\n\n'
        'msgid "and – the other word, and the pattern of what it stands before"\n'
        'msgstr "e: h?i"\n',
    )
    with speaking(found):
        assert listing(["padre", "hijo"]) == "padre e hijo"
        assert listing(["hijo", "padre"]) == "hijo y padre"
        assert listing(["hijo", "padre"], "or") == "hijo or padre"


def test_whoever_reviewed_a_language_is_named_in_its_file(made: Path) -> None:
    assert read(made, "", "Ana Prado").reviewer == "Ana Prado"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-GB,en;q=0.9,es;q=0.8", "en"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr,es;q=0.3", "es"),
        ("es;q=0", "en"),
        ("es;q=x, ;;;, *", "en"),
        (f"{'fr,' * 5000}es", "en"),
    ],
)
def test_a_browser_says_what_its_owner_reads(header: str, code: str) -> None:
    assert liked(header, ["en", "es"]) == code


def test_only_languages_that_there_are_can_be_asked_for(made: Path) -> None:
    read(made, "")
    found = Languages(made.parent)
    assert [found.asked(code) for code in ("es", "en", "fr", "../es", "")] == [
        *("es", "en", "", "", "")
    ]
    assert found.names() == {"en": "English", "es": "Español"}


def test_words_are_turned_however_deep_they_stand() -> None:
    spanish = Language("es", messages={"Go on": "Seguir"})
    words = {"ask": {"go": "Go  on", "first": ["Go on"]}, "n": 3}
    assert words_in(words, spanish) == {"ask": {"go": "Seguir", "first": ["Go on"]}, "n": 3}
    assert words_in(words, None) == words
