"""The rows that each question gives over the tiny world, worked out by hand in ``queries/``."""

import csv
import io
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sysgraph.query import Query, find

EXPECTED = Path(__file__).parent / "queries"
CASES = sorted(EXPECTED.glob("*.csv"))


def called(path: Path) -> tuple[Query, dict[str, str]]:
    """Return the query that a file of expected rows is about, and its arguments.

    A file name cannot hold the slash of a reading's name, so that "+" stands for it.
    """
    name, _, argument = path.stem.partition("@")
    key, _, value = argument.partition("=")
    return find(name), {key: value.replace("+", "/")} if argument else {}


def table(text: str) -> list[list[object]]:
    return [[number(cell) for cell in row] for row in csv.reader(io.StringIO(text))]


def number(cell: str) -> object:
    try:
        return Decimal(cell)
    except InvalidOperation:
        return cell
