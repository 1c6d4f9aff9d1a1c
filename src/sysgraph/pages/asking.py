"""What is put to people: the questions as a sheet, as a text for an assistant, and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from sysgraph.advice.asking import nearly_settled
from sysgraph.advice.frame import Facet, Frame, OpeningQuestion
from sysgraph.advice.outside import NO, YES, OutsideQuestion
from sysgraph.advice.situation import UNKNOWN, Situation, View
from sysgraph.errors import clean
from sysgraph.language import noted, say, source_of
from sysgraph.pages.blocks import GAP, Block, Heading, Item, Paragraph
from sysgraph.pages.words import listing, sentence

__all__ = [
    "Asked",
    "answers_file",
    "named_in",
    "named_lines",
    "prompt_data",
    "prompt_text",
    "question_data",
    "question_of",
    "settled_line",
    "sheet_pages",
    "words_of",
]

Asked = Facet | OpeningQuestion | OutsideQuestion

_NAMED = {noted("those in charge"): "who-in-charge", noted("those affected"): "who-affected"}
"""What the questions call people, and the opening question that tells who they are."""
_A_PAGE = 6
_WIDTH = 98
_LINE = "_" * 40


def words_of(asked: Asked) -> dict[str, str]:
    """Return the answers to a question in words, by their slugs; none where it is for a text."""
    if isinstance(asked, Facet):
        return {value.id: clean(value.answer or value.label) for value in asked.values.values()}
    if isinstance(asked, OutsideQuestion):
        return {YES: say("Yes."), NO: say("No.")}
    return {answer.id: clean(answer.answer) for answer in asked.answers.values()}


def question_of(asked: Asked) -> str:
    """Return a question as it is put to people."""
    return sentence(asked.wording or f"{asked.label}?")


def named_lines(asked: Asked, opening: Mapping[str, str]) -> Iterator[str]:
    """Yield who those are whom a question names, in the person's own words, where they are told."""
    for name, key in named_in(asked).items():
        if opening.get(key):
            yield f"{sentence(say(name))}: {clean(opening[key]).rstrip('.')}."


def named_in(asked: Asked) -> dict[str, str]:
    """Return what a question calls people, and the opening question that tells who they are."""
    texts = (asked.wording, asked.help, *words_of(asked).values())
    said = " ".join(map(source_of, texts)).casefold()
    return {name: key for name, key in _NAMED.items() if name in said}


def settled_line(situation: Situation, frame: Frame) -> str:
    """Return that one may stop here, where nearly no answer that is left changes what is named."""
    near = nearly_settled(situation, frame)
    if not near:
        return ""
    named = [frame.types[kind] for kind in near]
    names = [say("“{name}”", name=sentence(one.plain_name or one.label)) for one in named]
    return say(
        "You may stop here: {ways} would stay among what comes first in at least 9 of 10 ways in"
        " which the rest can be answered.",
        ways=listing(names),
    )


def _everything(frame: Frame) -> dict[str, Asked]:
    """Return all that is asked of everybody with answers, by what it goes by in a file."""
    chosen = {name: one for name, one in frame.opening.items() if one.answers}
    return {**chosen, **frame.facets}


def _texts(frame: Frame) -> dict[str, OpeningQuestion]:
    return {name: one for name, one in frame.opening.items() if not one.answers}


def answers_file(situation: Situation, frame: Frame) -> str:
    """Return answers as YAML that is read again, with the wording of every question beside them."""
    top = {"id": situation.id, "title": situation.title, "case": situation.case}
    lines = [
        "# Answers to the questions of sysgraph. To read them again: sysgraph advise FILE.",
        "# Files of several people with the same id are read side by side.",
        *(f"{key}: {_quoted(text)}" for key, text in top.items() if text),
        "",
        *_remark("Whose answers are these? A few words, such as: the tenants."),
        f"standpoint: {_quoted(situation.standpoint)}" if situation.standpoint else "standpoint:",
    ]
    if situation.text:
        lines += ["", f"situation: {_quoted(situation.text)}"]
    for name, asked in _texts(frame).items():
        lines += ["", *_remark(question_of(asked)), *_told(name, situation)]
    if situation.voices:
        sides = (f"{voice.id}, {voice.plain_name}" for voice in frame.voices)
        lines += ["", *_remark(f"On which side people stand: {'; '.join(sides)}."), "voices:"]
        lines += [
            f"  {_quoted(words)}: [{', '.join(voices) or UNKNOWN}]"
            for words, voices in situation.voices.items()
        ]
    outside = frame.outside.questions
    told = {name: outside[name] for name in situation.opening if name in outside}
    everything = {**_everything(frame), **told}
    chosen = [line for each in everything.items() for line in _answered(*each, situation)]
    is_any = situation.facets or situation.views or situation.opening.keys() & frame.choices
    return "\n".join([*lines, "", "facets:" if is_any else "facets: {}", *chosen]) + "\n"


def _remark(text: str, indent: str = "") -> list[str]:
    return [f"{indent}# {line}" for line in wrap(clean(text), _WIDTH - len(indent))]


def _quoted(text: str) -> str:
    """Return a text as YAML writes it between quotes, on one line, with all of it to be seen."""
    found = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escape(ord(c)) for c in found)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _told(name: str, situation: Situation) -> Iterator[str]:
    text = situation.opening.get(name)
    if not text:
        yield f"# {name}:"
    elif _is_quoted(situation):
        yield f"{name}: {{value: {_quoted(text)}, asked: yes}}"
    else:
        yield f"{name}: {_quoted(text)}"


def _answered(name: str, asked: Asked, situation: Situation) -> Iterator[str]:
    words = words_of(asked)
    views = [view for view in situation.views if view.facet == name]
    value = situation.facets.get(name) or situation.opening.get(name)
    yield ""
    yield from _remark(question_of(asked), "  ")
    if views:
        yield f"  {name}:"
        yield from (line for view in views for line in _seen(view, words, situation))
    elif value:
        yield from _remark(words[value], "  ")
        yield f"  {name}: {_value(name, value, situation)}"
    else:
        yield from _remark(f"{name}: ({', '.join(words)})", "  ")


def _value(name: str, value: str, situation: Situation) -> str:
    if name in situation.quotes:
        return f"{{value: {value}, quote: {_quoted(situation.quotes[name])}}}"
    return f"{{value: {value}, asked: yes}}" if _is_quoted(situation) else value


def _is_quoted(situation: Situation) -> bool:
    return bool(situation.quotes) or any(view.quote for view in situation.views)


def _seen(view: View, words: Mapping[str, str], situation: Situation) -> Iterator[str]:
    rest = ", asked: yes" if _is_quoted(situation) else ""
    if view.quote:
        rest = f", quote: {_quoted(view.quote)}"
    yield from _remark(words.get(view.value, "Not known to them."), "    ")
    yield f"    - {{value: {view.value}, standpoint: {_quoted(view.standpoint)}{rest}}}"


_PROMPT = """\
# Your task

Below are questions about a change that people want to make, and then a description of it. Say
which answers the description gives, and nothing else.

1. Go by the description alone. Use nothing that you know from elsewhere, even of a known place.
2. For each answer copy, letter by letter, the words of the description that it rests on. They must
   stand there in one piece. Do not shorten, mend or translate them, or say it in other words.
3. Where the description does not say it, write `value: unknown` and leave the quote empty. Do not
   infer, guess or fill in what is usual. Most descriptions leave several questions open.
   Where the help says to choose 'I do not know', that is `unknown`.
4. Read the help of a question before you choose. Choose one answer, by its name as it stands
   before the colon. "You" and "your" mean whoever wrote the description.
5. Do not advise, and do not judge who is right.
6. Give back the YAML at the end, filled in, with every key, and no other keys. Put each quote
   between double quotes; if there is a double quote in it, write a single one there.
"""


def prompt_text(frame: Frame) -> str:
    """Return the text to paste into an assistant: what to do, all questions, what to give back."""
    lines = [_PROMPT, "# The questions", ""]
    for name, asked in {**_texts(frame), **_everything(frame)}.items():
        lines += [f"## {name}", "", question_of(asked), *_because(asked), ""]
        words = words_of(asked)
        lines += [f"- {slug}: {text}" for slug, text in words.items()]
        if not words:
            lines.append("In words copied from the description, or `unknown`.")
        lines.append("")
    lines += ["# What to give back", "", "```yaml", *_skeleton(frame), "```", ""]
    return "\n".join([*lines, "# The description", "", "(Paste the description below.)", ""])


def prompt_data(frame: Frame) -> dict[str, object]:
    """Return the text for an assistant with its questions one by one, ready for JSON."""
    everything = {**_texts(frame), **_everything(frame)}
    questions = [question_data(name, asked) for name, asked in everything.items()]
    return {"text": prompt_text(frame), "questions": questions}


def question_data(name: str, asked: Asked) -> dict[str, object]:
    """Return a question with its answers, ready for JSON; there are none where it is for a text."""
    return {
        "id": name,
        "question": question_of(asked),
        "why": asked.why_asked,
        "help": asked.help,
        "answers": words_of(asked),
    }


def _because(asked: Asked) -> Iterator[str]:
    if asked.help:
        yield f"Help: {clean(asked.help)}"


def _skeleton(frame: Frame) -> Iterator[str]:
    for name in _texts(frame):
        yield f'{name}: "unknown"'
    yield "facets:"
    for name in _everything(frame):
        yield f"  {name}:"
        yield "    value: unknown"
        yield '    quote: ""'


def sheet_pages(frame: Frame) -> Iterator[tuple[str, list[Block]]]:
    """Yield the parts of a facilitator's sheet, each with its heading, about a page each."""
    yield "Before you begin", [*_begin(frame), *_opening(frame)]
    facets = list(enumerate(frame.facets.values(), 1))
    voices = [sentence(voice.plain_name or voice.label) for voice in frame.voices]
    for at in range(0, len(facets), _A_PAGE):
        some = facets[at : at + _A_PAGE]
        blocks = [block for number, facet in some for block in _question(number, facet, voices)]
        yield f"Questions {some[0][0]} to {some[-1][0]}", blocks


def _begin(frame: Frame) -> Iterator[Block]:
    yield Paragraph(
        "Talk about one change. Put each question to the room as it stands. Tick what people say,"
        " and write down who says it. Where they differ, tick both and settle nothing yet. Where"
        " nobody knows, say so, and name who could be asked."
    )
    yield Paragraph("The answers are weighed on two tests, which are never added up:")
    for test in frame.test_words.values():
        yield Item(f"{test.plain_name}: {test.wording}")


def _opening(frame: Frame) -> Iterator[Block]:
    for asked in frame.opening.values():
        yield from _put(question_of(asked), asked)
        yield from _boxes(words_of(asked).values())
        if not asked.answers:
            yield Paragraph(f"{_LINE}{_LINE}")


def _question(number: int, facet: Facet, voices: Iterable[str]) -> Iterator[Block]:
    yield from _put(f"{number}. {question_of(facet)}", facet)
    yield from _boxes(words_of(facet).values())
    yield Item("☐ We do not know. Who could be asked: " + _LINE)
    yield Paragraph("Who says what:")
    yield from (Item(f"{voice}: {_LINE}") for voice in voices)


def _put(question: str, asked: Asked) -> Iterator[Block]:
    yield GAP
    yield Heading(question, 3)
    if asked.why_asked:
        yield Paragraph(f"Why: {clean(asked.why_asked)}")
    if asked.help:
        yield Paragraph(f"Help: {clean(asked.help)}")


def _boxes(answers: Iterable[str]) -> Iterator[Block]:
    yield from (Item(f"☐ {answer}") for answer in answers)
