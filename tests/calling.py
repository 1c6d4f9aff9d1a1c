"""The command line called in this process, as a test sees it."""

import sys
from io import BytesIO, TextIOWrapper
from typing import NamedTuple, Protocol
from unittest.mock import patch

import pytest

from sysgraph.cli.net import main


class Said(NamedTuple):
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str


class Call(Protocol):
    """Runs the command line with its words and what somebody types."""

    def __call__(self, *words: object, typed: str | None = None) -> Said: ...


def calling(capture: pytest.CaptureFixture[str]) -> Call:
    """Return what runs the command line in this process, and reads what it printed."""

    def run(*words: object, typed: str | None = None) -> Said:
        line = ["sysgraph", *map(str, words)]
        stdin = sys.stdin if typed is None else TextIOWrapper(BytesIO(typed.encode()), "utf-8")
        with patch.multiple(sys, argv=line, stdin=stdin), pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, *capture.readouterr())

    return run
