"""Questions on the terminal: first the one that settles most, until nothing could change more."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sysgraph.advice.doing import other_job
from sysgraph.advice.situation import UNKNOWN, View, is_no_answer
from sysgraph.errors import BadFile, SysgraphError, clean
from sysgraph.pages.asking import answers_file, named_lines, question_of, settled_line, words_of
from sysgraph.pages.words import counted, filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.pages.asking import Asked

__all__ = ["ask_until_settled", "check_free", "keep_answers", "telling_of_a_stop"]


class Word(Enum):
    """What somebody wants instead of answering."""

    BACK = "b"
    STOP = "q"


_HOW = (
    "Answer with a number, or with the first words of an answer. ? says why it is asked and helps;"
    " u or Enter: I do not know; d: people see this differently; b: back; q: stop here."
)


def ask_until_settled(start: Situation, frame: Frame) -> Situation:
    """Return a situation with answers to the questions that could still change its front.

    First come the opening questions. The questions go to standard error and the answers come from
    standard input, a line each; the end of the input ends the asking.
    """
    return _Talk(start, frame).run()


class _Talk:
    """What was said so far, in the order in which it was asked; nothing where it is not known."""

    def __init__(self, start: Situation, frame: Frame) -> None:
        self._start, self._frame = start, frame
        self._said: dict[str, str | tuple[View, ...]] = {}

    def run(self) -> Situation:
        _say(filled(_HOW))
        while asked := self._next():
            answer = self._put(asked)
            if answer is Word.STOP:
                _say("\nStopped here. What was not answered stays open.\n")
                return self._situation()
            if answer is Word.BACK:
                self._undo()
            elif not isinstance(answer, Word):
                self._said[asked.id] = answer
        self._end()
        return self._placed(self._situation())

    def _next(self) -> Asked | None:
        from sysgraph.advice.asking import next_asked

        return next_asked(self._situation(), self._frame, self._said)

    def _opening_left(self) -> Iterator[str]:
        done = {*self._said, *self._start.opening}
        return (name for name in self._frame.opening if name not in done)

    @property
    def _texts(self) -> dict[str, str]:
        return {n: said for n, said in self._said.items() if isinstance(said, str) and said}

    @property
    def _known(self) -> dict[str, str]:
        mine = {name: said for name, said in self._texts.items() if name in self._frame.facets}
        return {**self._start.facets, **mine}

    @property
    def _opening(self) -> dict[str, str]:
        mine = {name: said for name, said in self._texts.items() if name not in self._frame.facets}
        return {**self._start.opening, **mine}

    def _situation(self) -> Situation:
        seen = {name: said for name, said in self._said.items() if not isinstance(said, str)}
        views = [view for name in self._frame.facets for view in seen.get(name, ())]
        return replace(self._start, facets=self._known, opening=self._opening, views=(*views,))

    def _undo(self) -> None:
        if self._said:
            self._said.popitem()
        else:
            _say("  This is the first question.")

    def _put(self, asked: Asked) -> str | tuple[View, ...] | Word:
        """Put a question until it is answered, or something else is wanted."""
        self._show(asked)
        words = words_of(asked)
        keys = "? u d b q" if asked.id in self._frame.facets else "? u b q"
        prompt = f"  1 to {len(words)}, or {keys}: " if words else "  In your words, or Enter: "
        while True:
            text = _read(prompt)
            if isinstance(text, Word):
                return text
            if text == "?":
                _tell(asked.why_asked, asked.help)
            elif _is_open(text) or (not words and is_no_answer(text)):
                return ""
            elif not words and text.casefold() == "d":
                _say("  Several people may be named here, all in one line.")
            elif not words:
                return text
            elif text.casefold() == "d":
                seen = self._differ(asked.id, words)
                if seen is not Word.BACK:
                    return seen
            elif found := _pick(text, words):
                return found

    def _show(self, asked: Asked) -> None:
        known = {*self._start.facets, *self._said}
        left = [*self._opening_left(), *(set(self._frame.facets) - known)]
        more = f"at most {len(left) - 1} more"
        if asked.id in self._frame.outside.questions:
            more = "only for what came of such cases elsewhere"
        if settled := settled_line(self._situation(), self._frame):
            _say("\n" + filled(f"{settled} Type q to do so."))
        _say(f"\nQuestion {len(self._said) + 1}; {more}.")
        _say(filled(question_of(asked)))
        for line in named_lines(asked, self._opening):
            _say(filled(line))
        for at, words in enumerate(words_of(asked).values(), 1):
            _say(filled(words, 2, str(at)))

    def _differ(self, name: str, words: Mapping[str, str]) -> str | tuple[View, ...] | Word:
        """Return who sees a facet how: views, or the one answer if all say the same."""
        if name not in self._frame.facets:
            _say("  This one is about you alone.")
            return Word.BACK
        views: dict[str, View] = {}
        _say("  Who sees it how? At least two. Press Enter when all are told.")
        wish = _hear_views(name, words, views)
        if wish is Word.STOP and len(views) == 1:
            (view,) = views.values()
            _say(f"\n  How {view.standpoint} see it is not kept: it takes two to differ.")
        if wish is Word.BACK or len(views) < 2:
            return wish or Word.BACK
        values = {view.value for view in views.values()}
        seen = tuple(views.values()) if len(values) > 1 else values.pop().replace(UNKNOWN, "")
        if wish is Word.STOP:
            self._said[name] = seen
        return wish or seen

    def _placed(self, found: Situation) -> Situation:
        """Ask on which side those stand who see things differently, where no word tells."""
        from sysgraph.advice.voices import place

        voices = dict(found.voices)
        who = dict.fromkeys(view.standpoint for view in found.views)
        for side in [side for name in who for side in place(name, self._frame.voices, voices).open]:
            chosen = self._sides(side.words)
            if isinstance(chosen, Word):
                break
            voices[side.words] = chosen
        return replace(found, voices=voices)

    def _sides(self, words: str) -> tuple[str, ...] | Word:
        names = {voice.id: voice.plain_name or voice.label for voice in self._frame.voices}
        _say(f"\nHow are {words} placed in this? They are (several numbers, or Enter: not sure):")
        for at, name in enumerate(names.values(), 1):
            _say(filled(name, 2, str(at)))
        while True:
            text = _read("  Numbers: ")
            if isinstance(text, Word):
                return text
            parts = text.replace(",", " ").split()
            chosen = [_pick(part, names) for part in parts]
            if None not in chosen:
                return tuple(dict.fromkeys(filter(None, chosen)))

    def _end(self) -> None:
        from sysgraph.advice.certainty import next_question

        if other_job(self._situation(), self._frame) is not None:
            _say("\nThat comes before all other questions.\n")
        elif not self._known:
            _say("\nNothing about it was answered, so nothing is settled.\n")
        elif next_question(self._frame.board, self._known):
            _say("\nAll was asked. What is not known could still change what comes first.\n")
        else:
            left = counted(len(self._frame.board.unknown(self._known)), "question")
            _say(f"\nNo answer to the {left} left could change what comes first.\n")


def _hear_views(name: str, words: Mapping[str, str], views: dict[str, View]) -> Word | None:
    """Put into ``views`` who sees a facet how, until all are told or something else is wanted."""
    while True:
        who = _read("  Who: ")
        if isinstance(who, Word):
            return who
        if not who and len(views) > 1:
            return None
        if who.isdecimal():
            _say("  Write who it is, in words; how they see it is asked next.")
            continue
        if not who or who.casefold() in views:
            _say("  Name somebody else, or press b to go back.")
            continue
        value = _pick_until(f"  How do they see it (1 to {len(words)}, or u): ", words)
        if isinstance(value, Word):
            return value
        views[who.casefold()] = View(name, value or UNKNOWN, who)


def _is_open(text: str) -> bool:
    return text.casefold() in ("", "u", UNKNOWN)


def _pick_until(prompt: str, words: Mapping[str, str]) -> str | Word:
    while True:
        text = _read(prompt)
        if isinstance(text, Word):
            return text
        if _is_open(text):
            return ""
        if found := _pick(text, words):
            return found


def _pick(text: str, words: Mapping[str, str]) -> str | None:
    """Return the answer that is meant by its number, its slug or how it begins, or say why none."""
    slugs = list(words)
    if text.isdecimal() and 1 <= int(text) <= len(slugs):
        return slugs[int(text) - 1]
    if text in words:
        return text
    begun = [slug for slug, said in words.items() if said.casefold().startswith(text.casefold())]
    if len(begun) == 1:
        return begun[0]
    numbers = " or ".join(str(slugs.index(slug) + 1) for slug in begun)
    _say(f"  That could be {numbers}." if begun else f"  Write a number from 1 to {len(slugs)}.")
    return None


def _read(prompt: str) -> str | Word:
    """Return a line as it was typed, cleaned; the end of the input is a wish to stop."""
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError as error:
        raise SysgraphError("what was typed is not UTF-8 text; type it otherwise") from error
    except OSError as error:
        _say("")  # the prompt has no end of its own
        reason = "no answers can be read here; name a file or use --facet"
        raise SysgraphError(reason) from error
    if not line:
        return Word.STOP
    text = clean(line)
    wish = text.casefold()
    return Word(wish) if wish in (Word.BACK.value, Word.STOP.value) else text


def _tell(*texts: str) -> None:
    for text in filter(None, texts):
        _say(filled(text, 2))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def check_free(path: Path) -> None:
    """Refuse to write over a file, or where none can be written.

    Raises:
        BadFile: it is there already, or its folder is not, or may not be written to.
    """
    try:
        is_taken = path.exists()
        folder = Path(os.path.realpath(path)).parent
        if not is_taken and not folder.is_dir():
            raise BadFile(path, "its folder is not there; make it, or give another name")
    except OSError as error:
        raise BadFile(path, f"it cannot be written: {error.strerror}") from error
    if is_taken:
        raise BadFile(path, "it is there already; give another name")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadFile(path, "its folder may not be written to; give another name")


@contextmanager
def telling_of_a_stop() -> Iterator[None]:
    """Let Ctrl-C say that nothing was saved, and then end the command as it ends any other."""
    before = signal.getsignal(signal.SIGINT)
    with suppress(ValueError):  # which a thread that is not the first gets
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        _say("\nStopped by Ctrl-C; nothing was saved.")
        raise
    finally:
        with suppress(ValueError):
            signal.signal(signal.SIGINT, before)


def keep_answers(situation: Situation, frame: Frame, path: Path | None) -> None:
    """Write answers to a file that is read again; on a terminal, ask for its name if need be."""
    is_any = bool(situation.facets or situation.views or situation.opening)
    if path is not None and is_any:
        _save(path, situation, frame)
    elif path is not None:
        _say("Nothing was answered, so nothing was saved.\n")
    elif is_any and sys.stdin.isatty():
        _offer(situation, frame)


def _offer(situation: Situation, frame: Frame) -> None:
    while True:
        name = _read("Save these answers to a file? (name or Enter for no) ")
        if isinstance(name, Word) or not name:
            return
        try:
            _save(Path(name), situation, frame)
        except BadFile as error:
            _say(f"  {error}")
        else:
            return


def _save(path: Path, situation: Situation, frame: Frame) -> None:
    from sysgraph.files import write_file

    check_free(path)
    write_file(path, answers_file(situation, frame).encode())
    _say(f"Saved {path}. To read it again: sysgraph advise {path}\n")
