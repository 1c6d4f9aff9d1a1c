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


@pytest.mark.parametrize("asked", ["yes", "Yes", "true", "True"])
def test_quote_beside_what_was_asked_is_held_to_the_description(asked: str, frame: Frame) -> None:
    reply = drawn("Nobody pays").decode()
    reply += f"  stakes: {{value: safe-to-fail, asked: {asked}"
    (found,) = read_situations(f"{reply}}}".encode(), "r", frame, TEXT)
    assert found.facets["stakes"] == "safe-to-fail"
    (found,) = read_situations(f"{reply}, quote: own time}}".encode(), "r", frame, TEXT)
    assert found.quotes["stakes"] == "own time"
    with pytest.raises(BadFiles, match="r:5:3: the description does not say “the mayor”"):
        read_situations(f"{reply}, quote: the mayor}}".encode(), "r", frame, TEXT)


def test_own_words_are_no_quote_where_somebody_was_asked(frame: Frame) -> None:
    reply = drawn("Nobody pays") + b"which-system: {value: the 14 bus, asked: yes}\n"
    (found,) = read_situations(reply, "r", frame, TEXT)
    assert found.opening == {"which-system": "the 14 bus"}
    with pytest.raises(BadFiles, match="r:5:1: the description does not say “the 14 bus”"):
        read_situations(reply.replace(b"yes", b"no"), "r", frame, TEXT)


@pytest.mark.parametrize(
    ("quote", "is_there"),
    [
        ("t care", False),
        ("don", False),
        ("don’t care", True),
        ("5 million", False),
        ("3", False),
        ("3.5 million", True),
        ("known", False),
        ("Well", False),
        ("well-known", False),
        ("Well-known mayor", True),
        ("the council", True),
        ("s plan", False),
        ("2019", True),
        ("–", False),
        ("'", False),
        ("_", False),
    ],
)
def test_a_quote_is_whole_words_and_numbers(quote: str, is_there: bool) -> None:
    text = "Well-known mayor – in 2019. 3.5 million don't care for the council's plan _ 'x'"
    assert is_in(quote, text) is is_there


def test_each_reading_rests_on_the_quote_of_its_own_view(frame: Frame) -> None:
    reply = b"""\
situation: They can undo it. It cost a life. Nobody pays.
facets:
  resourcing: {value: little, quote: Nobody pays}
  stakes:
    - {value: safe-to-fail, standpoint: x, quote: can undo it}
    - {value: consequential, standpoint: y, quote: cost a  life}
    - {value: safety-critical, standpoint: z, asked: yes}
"""
    (found,) = read_situations(reply, "r", frame)
    assert found.quotes == {"resourcing": "Nobody pays"}
    assert {one.standpoint: one.quotes for one in found.readings()} == {
        "x": {"resourcing": "Nobody pays", "stakes": "can undo it"},
        "y": {"resourcing": "Nobody pays", "stakes": "cost a life"},
        "z": {"resourcing": "Nobody pays"},
    }


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


@pytest.mark.parametrize("line", ["\tagreement: plural", "agreement:plural", "agreement :plural"])
def test_no_line_is_left_out_that_was_meant_as_an_answer(line: str, frame: Frame) -> None:
    for above in ("facets:\n  stakes: safe-to-fail\n", "facets:\n"):
        with pytest.raises(BadFile, match=r"s.yaml:[234]:1: this is not YAML"):
            read_situations(f"{above}{line}\n".encode(), "s.yaml", frame)


# Files that somebody wrote -----------------------------------------------------------------------


def told(text: str, frame: Frame) -> list[str]:
    """What is said against a file, up to the first semicolon."""
    with pytest.raises(BadFiles) as refused:
        read_situations(text.encode(), "s", frame)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "said",
    ["unknown", "I don't know.", "I don’t know", "dunno", "N/A", "none", "Nobody", "'-'", "'?'"],
)
def test_words_that_tell_nothing_are_no_answer(said: str, frame: Frame) -> None:
    texts = [name for name, asked in frame.opening.items() if not asked.answers]
    lines = "".join(f"{name}: {said}\n" for name in texts)
    (found,) = read_situations(f"{lines}facets: {{}}".encode(), "s", frame, "A text.")
    assert found.opening == {}


def test_keys_that_are_nearly_read_are_told_and_others_are_notes(frame: Frame) -> None:
    text = """\
which-sytem: the bus
voice: {tenants: witness}
source: a talk
Note: {facets: none}
agreement: plural
job: emergency
who-in-charge: {vlaue: the mayor, value: the mayor, why: said so}
facets:
  stakes:
    - {value: safe-to-fail, standpoints: x, standpoint: x, why: heard}
    - {value: consequential, standpoint: y}
  who-affected: the riders
"""
    assert sorted(told(text, frame)) == [
        "s:10:29: an answer has no 'standpoints'; did you mean 'standpoint'?",
        "s:12:3: who-affected is answered in a few words; write it in a file, beside 'facets:'",
        "s:1:1: there is no 'which-sytem' here; did you mean 'which-system'?",
        "s:2:1: there is no 'voice' here; did you mean 'voices'?",
        "s:5:1: 'agreement' belongs below 'facets:'; move it there",
        "s:6:1: 'job' belongs below 'facets:'; move it there",
        "s:7:17: an answer has no 'vlaue'; did you mean 'value'?",
    ]


def test_what_is_to_be_words_is_neither_a_list_nor_keys(frame: Frame) -> None:
    text = "id: [a]\ntitle: [a, b]\nsituation: {a: b}\nstandpoint: {x: 1}\ncase: [c]\nfacets: {}"
    keys = ("id", "title", "situation", "standpoint", "case")
    assert told(text, frame) == [
        f"s:{line}:1: '{key}' is a few words" for line, key in enumerate(keys, 1)
    ]
    (found,) = read_situations(b"id: 12\ntitle: 2020\nwhich-system: 42\nfacets: {}", "s", frame)
    assert (found.id, found.title, found.opening) == ("12", "2020", {"which-system": "42"})


def test_case_that_there_is_none_of_is_told_with_the_nearest(frame: Frame) -> None:
    assert told("case: wigan-dael\nfacets: {}", frame) == [
        "s:1:1: 'wigan-dael' is no case; did you mean 'wigan-deal'?"
    ]


def test_description_is_there_and_not_read_where_the_answers_are(
    tmp_path: Path, call: Call
) -> None:
    empty, answers = tmp_path / "empty.txt", tmp_path / "a.yaml"
    empty.write_text(" \n")
    answers.write_text("facets: {}")
    done = call("advise", answers, "--description", empty)
    assert (done.code, done.err) == (2, f"the description {empty} is empty\n")
    done = call("advise", "-", "--description", "-", typed="facets: {}")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "is read once" in done.err
