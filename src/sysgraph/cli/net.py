"""The last net: whatever happens to a command, its exit code and one line say what it was.

Python ends with 1 on what nobody foresaw, and with 120 where the last words cannot be written;
here 1 is an answer, so that neither may pass.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from io import TextIOBase
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO, cast

from sysgraph.errors import SysgraphError, one_line, visible

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["FAILED", "main", "to_stdout"]

FAILED = 2
_STOPPED = 128 + signal.SIGINT
_REPORT = (
    "This is a fault of sysgraph: please report it at https://w3id.org/sysgraph/ with this line"
    " and what you typed; --debug shows the trace."
)


def main() -> None:
    """Run the command line; a person never sees a traceback unless they ask for it."""
    with suppress(ValueError):  # which a thread that is not the first gets
        # A query cannot be stopped from inside the engine, so Ctrl-C ends the process itself.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _fill_closed_streams()
    with redirect_stderr(cast(TextIO, Plain(sys.stderr))):
        sys.exit(_settle(_run(sys.argv[1:])))


def _run(words: Sequence[str]) -> int:
    try:
        from sysgraph.cli.app import run

        return run(words)
    except BaseException as error:  # a panic of the engine is no Exception
        wanted = os.environ.get("SYSGRAPH_DEBUG", "") not in ("", "0")
        return _tell(error, trace="--debug" in words or wanted)


def _tell(error: BaseException, *, trace: bool) -> int:
    """Say what stopped a command, and return its exit code."""
    if isinstance(error, KeyboardInterrupt):
        return _STOPPED
    with suppress(Exception):  # there may be no memory, or nobody who listens
        if trace:
            from traceback import print_exception

            print_exception(error)
        print(_line(error), file=sys.stderr)
    return FAILED


def _line(error: BaseException) -> str:
    if isinstance(error, SysgraphError):
        return str(error)
    if isinstance(error, MemoryError):
        return "sysgraph: there is not enough memory for this; give it less at a time"
    if isinstance(error, UnicodeEncodeError) and "\ud800" <= error.object[error.start] <= "\udfff":
        shown = one_line(error.object)[:100]
        return f"sysgraph: '{shown}' is not text in UTF-8; write or name it otherwise"
    if isinstance(error, OSError):
        named = error.filename if error.filename is not None else "sysgraph"
        place = os.fsdecode(named) if isinstance(named, str | bytes) else str(named)
        return one_line(f"{place}: {error.strerror or error}")  # the engine's have no strerror
    said = one_line(f"{type(error).__name__}: {error}")[:500]
    return f"sysgraph: {said}{_where(error.__traceback__)}. {_REPORT}"


def _where(trace: TracebackType | None) -> str:
    """Return the last place in sysgraph's own code that an error came by."""
    own, found = str(Path(__file__).parents[1]), ""
    while trace is not None:
        frame: FrameType = trace.tb_frame
        if frame.f_code.co_filename.startswith(own):
            name = frame.f_code.co_filename.removeprefix(own).lstrip(os.sep)
            found = f" ({name}:{trace.tb_lineno})"
        trace = trace.tb_next
    return found


@contextmanager
def to_stdout() -> Iterator[None]:
    """Let nothing be lost without a word that is written to standard output in this block.

    Raises:
        SysgraphError: it cannot be written; the disk is full, or the reader has gone.
    """
    try:
        yield
    except BrokenPipeError as error:
        raise SysgraphError("standard output was closed before all was written") from error
    except OSError as error:
        raise SysgraphError(f"standard output cannot be written: {error.strerror}") from error


def _settle(code: int) -> int:
    """Write what is still to be written, so that nothing fails when the process ends."""
    try:
        with to_stdout():
            sys.stdout.flush()
    except (SysgraphError, ValueError) as error:
        if code != FAILED:  # else it has been told
            code = _tell(error, trace=False)
        _let_go(sys.stdout)
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        code = FAILED
        _let_go(sys.stderr)
    return code


def _let_go(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _fill_closed_streams() -> None:
    """Put something in the place of standard streams that were closed, which fails when used.

    Else the next file that is opened would take the place, and get what was meant for a person.
    """
    for name, flags in (("stdin", os.O_WRONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_RDONLY)):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, flags)
            setattr(sys, name, open(handle, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class Plain(TextIOBase):
    """A stream to a person, which nothing that is written to it can command."""

    def __init__(self, stream: TextIO) -> None:
        self.raw = stream

    def write(self, text: str, /) -> int:
        """Write a text, its control characters made visible."""
        self.raw.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Write what waits to be written."""
        self.raw.flush()

    def isatty(self) -> bool:
        """Tell whether a person is at the other end."""
        return self.raw.isatty()

    def fileno(self) -> int:
        """Return the number of the stream beneath."""
        return self.raw.fileno()
