"""Text to dictionary for the "#+" headers of queries and rules."""

from collections.abc import Collection

import yaml

from sysgraph.errors import BadHeader, suggest
from sysgraph.near import nearest

__all__ = ["parse"]

_MARK = "#+"


def parse(text: str, path: str, allowed: Collection[str]) -> dict[str, object]:
    """Return the header of a query file as a dictionary.

    The header is YAML in the lines that begin with ``#+``; keys outside ``allowed`` are errors.

    Raises:
        BadHeader: there is none, it is no YAML mapping, or it has an unknown key.

    Source: grlc, decorator syntax, https://github.com/CLARIAH/grlc#decorator-syntax
    """
    lines = [line for line in text.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise BadHeader(path, "there is no header; begin with '#+ summary: …?'", 1)
    try:
        header = yaml.safe_load("\n".join(line[len(_MARK) :].removeprefix(" ") for line in lines))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadHeader(path, f"the header is no YAML: {error.problem}", line) from error
    if not isinstance(header, dict):
        raise BadHeader(path, "the header must be 'key: value' lines", 1)
    for key in header:
        if key not in allowed:
            near = nearest(str(key), allowed, most=1)
            line = _line_of(str(key), text)
            raise BadHeader(path, f"unknown header key '{key}'{suggest(near)}", line)
    return header


def _line_of(key: str, text: str) -> int | None:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(f"{_MARK} {key}"):
            return number
    return None
