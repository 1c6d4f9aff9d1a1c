"""What an assistant made of a description: replies as they came, held to the words of it."""

import json
from pathlib import Path

import pytest

from calling import Call
from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Frame
from sysgraph.advice.quotes import is_in
from sysgraph.errors import BadFile, BadFiles

REPLIES = sorted((Path(__file__).parents[1] / "cli" / "replies").glob("*.reply.md"))
TEXT = "The “old” mill is\nours. Nobody   pays; it's our own time."


def text_of(reply: Path) -> Path:
    return reply.with_name(reply.name.replace(".reply.md", ".txt"))


@pytest.mark.parametrize("reply", REPLIES, ids=lambda path: path.name)
def test_raw_reply_is_read_and_each_answer_rests_on_words_of_the_description(
    reply: Path, frame: Frame, call: Call
) -> None:
    text = text_of(reply)
    done = call("advise", reply, "--description", text, "--format", "json")
    assert done.code == 0, done.err
    (told,) = json.loads(done.out)
    (found,) = read_situations(reply.read_bytes(), "r", frame, text.read_text())
    assert set(told["quotes"]) == {*told["facets"], *(found.opening.keys() & frame.choices)}
    assert all(is_in(quote, text.read_text()) for quote in told["quotes"].values())
    assert told["front"]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda path: path.name)
def test_word_that_was_changed_in_a_quote_is_found(reply: Path, frame: Frame) -> None:
    text = text_of(reply).read_text()
    (found,) = read_situations(reply.read_bytes(), "r", frame, text)
    for name, quote in found.quotes.items():
        changed = " ".join(text.split()).replace(quote, quote.swapcase())
        with pytest.raises(BadFiles) as refused:
            read_situations(reply.read_bytes(), "r", frame, changed)
        assert f"“{quote}”" in str(refused.value), name


def drawn(quote: str, value: str = "little") -> bytes:
    return f"facets:\n  resourcing:\n    value: {value}\n    quote: {quote}\n".encode()


@pytest.mark.parametrize(
    "quote",
    [
        "Nobody pays; it's our own time.",
        "'Nobody pays'",
        'The "old" mill is ours',
        "it’s\n      our own",
    ],
)
def test_white_space_and_kind_of_quotes_do_not_matter(quote: str, frame: Frame) -> None:
    (found,) = read_situations(drawn(quote), "r", frame, TEXT)
    assert found.facets == {"resourcing": "little"}
    assert found.quotes == {"resourcing": " ".join(quote.strip("'").split())}
    assert found.text == TEXT


@pytest.mark.parametrize(
    "quote", ["nobody pays", "body pays", "Nobody has money", "The mill is ours"]
)
def test_other_words_are_refused_with_their_line(quote: str, frame: Frame) -> None:
    with pytest.raises(BadFiles, match="r:2:3: the description does not say “") as refused:
        read_situations(drawn(quote), "r", frame, TEXT)
    assert quote in str(refused.value)


def test_all_that_is_wrong_is_told_at_once(frame: Frame) -> None:
    reply = b"""\
who-in-charge: The mayor
facets:
  resourcing: {value: litle, quote: Nobody pays}
  agreement: {value: plural, quote: ""}
  stakes: safe-to-fail
  time-horizon: {value: unknown, quote: ""}
  agreemnt: {value: plural, quote: ours}
"""
    with pytest.raises(BadFiles) as refused:
        read_situations(reply, "r", frame, TEXT)
    told = sorted(str(problem).partition(";")[0] for problem in refused.value.problems)
    assert told == [
        "r:1:1: the description does not say “The mayor”",
        "r:3:3: 'litle' is not a value of resourcing",
        "r:4:3: agreement has no quote",
        "r:5:3: stakes has no quote",
        "r:7:3: there is no facet 'agreemnt'",
    ]
    assert "did you mean 'little'" in str(refused.value)
    assert "did you mean 'agreement'" in str(refused.value)


def test_description_may_stand_in_the_file(frame: Frame) -> None:
    inside = drawn("Nobody pays") + b"situation: Nobody pays.\n"
    (found,) = read_situations(inside, "r", frame)
    assert found.quotes == {"resourcing": "Nobody pays"}
    with pytest.raises(BadFiles, match="no description has it"):
        read_situations(drawn("Nobody pays"), "r", frame)
    with pytest.raises(BadFiles, match="stakes has no quote"):
        read_situations(inside.replace(b"facets:", b"facets:\n  stakes: safe-to-fail"), "r", frame)


def test_quote_is_not_asked_for_where_somebody_was_asked(frame: Frame) -> None:
    reply = drawn("Nobody pays") + b"  stakes: {value: safe-to-fail, asked: yes}\n"
    (found,) = read_situations(reply, "r", frame, TEXT)
    assert (found.facets["stakes"], set(found.quotes)) == ("safe-to-fail", {"resourcing"})


def test_nothing_need_be_quoted_in_an_ordinary_file(frame: Frame) -> None:
    (found,) = read_situations(b"situation: x\nfacets: {stakes: safe-to-fail}", "s", frame)
    assert found.quotes == {}


BLOCK = drawn("Nobody pays").decode()


@pytest.mark.parametrize(
    "reply",
    [
        f"```yaml\n{BLOCK}```",
        f"Here it is:\n\n~~~\n{BLOCK}~~~\nAnything else?",
        f"First:\n```\nnot: this\n```\nthen:\n```yml\n{BLOCK}```\n",
        f"```yaml\n{BLOCK}",
        f"Sure! Here it is.\n\n{BLOCK}\nI hope that helps: tell me.\n",
    ],
)
def test_prose_and_fences_around_a_reply_are_left_out(reply: str, frame: Frame) -> None:
    (found,) = read_situations(reply.encode(), "r", frame, TEXT)
    assert found.facets == {"resourcing": "little"}


def test_lines_are_counted_from_the_beginning_of_the_reply(frame: Frame) -> None:
    reply = f"Here it is:\n\n```yaml\n{BLOCK.replace('Nobody', 'Somebody')}```\n"
    with pytest.raises(BadFiles, match="r:5:3: the description does not say"):
        read_situations(reply.encode(), "r", frame, TEXT)


@pytest.mark.parametrize(
    "reply", ["I cannot.\n```\nno: yaml\n```", f"```\n{BLOCK}```\n```\n{BLOCK}```"]
)
def test_reply_without_one_block_of_answers_is_refused(reply: str, frame: Frame) -> None:
    with pytest.raises(BadFile):
        read_situations(reply.encode(), "r", frame, TEXT)
