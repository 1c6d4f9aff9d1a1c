"""What is said, and the files of languages that are kept up with it."""

import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from shelf import ROOT
from sysgraph.web.languages import read_language

sys.path.insert(0, str(ROOT / "docs"))

from messages import WORDS, code_messages, update, word_messages

FILE = """\
# Ours.
# Reviewed-by: nobody yet
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "The facts are evenly split"
msgstr "Los hechos están repartidos"

msgid "Go back to the beginning"
msgstr "Vuelva al principio"

msgid "Nobody says this"
msgstr "Nadie dice esto"
"""


@pytest.mark.parametrize("file", sorted(WORDS.glob("*.po")), ids=lambda file: file.stem)
def test_a_language_has_all_that_code_and_words_say(file: Path) -> None:
    """What the library says may come in later, and is shown in English until then."""
    language = read_language(file)
    for text, where in (*code_messages(), *word_messages()):
        one = text if isinstance(text, str) else text[0]
        told = f"{where}: {text}\nrun: python docs/messages.py, and say it in {file.name}"
        assert one in language.messages or one in language.plurals, told


def test_a_file_keeps_what_it_has_and_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "es.po"
    file.write_text(FILE, encoding="utf-8")
    messages = Catalog()
    for text in ("The facts are evenly split", "Go back to the very beginning", "New"):
        messages.add(text, locations=[("pages/brief.py", 0)])
    assert update(file, messages) == "es.po: 3 messages, 1 empty, 1 to look at again"
    text = file.read_text(encoding="utf-8")
    assert read_language(file).messages == {
        "The facts are evenly split": "Los hechos están repartidos"
    }
    assert "# Reviewed-by: nobody yet" in text
    assert "nplurals=2; plural=(n != 1)" in text
    assert 'msgstr "Vuelva al principio"' in text
    assert '#~ msgstr "Nadie dice esto"' in text


def test_what_is_said_again_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "es.po"
    file.write_text(FILE, encoding="utf-8")
    one, other = Catalog(), Catalog()
    one.add("Quite another text")
    other.add("Nobody says this")
    update(file, one)
    update(file, other)
    assert read_language(file).messages == {"Nobody says this": "Nadie dice esto"}
