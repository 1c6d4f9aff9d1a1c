"""Faults of syntax: what editors, spreadsheets and hands do to YAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from faults.page import Line, Page, Seed

__all__ = ["SYNTAX"]

Sow = Callable[[Page, Random], Seed | None]


def seed(
    page: Page,
    kind: str,
    changes: dict[int, str | None],
    *lines: int,
    is_evident: bool = True,
    demand: str = "",
    meant: dict[int, str | None] | None = None,
) -> Seed:
    """Return a seed: rows changed, the rows, from 0, that are at fault, and those meant."""
    return Seed(
        kind,
        page.path.stem,
        page.path.name,
        page.with_rows(changes).encode(),
        frozenset(line + 1 for line in lines),
        page.text.encode(),
        demand,
        is_evident,
        meant=page.with_rows(meant).encode() if meant is not None else None,
        changes=changes,
        meant_changes=meant,
    )


def pick(page: Page, random: Random, wanted: Callable[[Line], bool]) -> Line | None:
    """Return one of the lines that are wanted, or None."""
    found = page.where(wanted)
    return random.choice(found) if found else None


def _row(kind: str, wanted: Callable[[Line], bool], change: Callable[[str, Line], str]) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, wanted)
        if line is None:
            return None
        return seed(page, kind, {line.at: change(page.rows[line.at], line)}, line.at)

    return sow


def _deep(line: Line) -> bool:
    return line.indent > 0 and bool(line.key) and not line.dash


def quoted(text: str) -> str:
    """Return a text as YAML writes it between quotes."""
    return "'" + text.replace("'", "''") + "'"


def _value(
    kind: str, change: Callable[[str], str], mean: Callable[[str], str] | None = None
) -> Sow:
    """Sow into a text, which stays the rest of its line; what is meant is as it was, or other."""

    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, _quoted_text)
        if line is None:
            return None
        head = page.head(line)
        meant = quoted(mean(line.value) if mean else line.value)
        changes: dict[int, str | None] = {line.at: head + change(line.value)}
        return seed(page, kind, changes, line.at, meant={line.at: head + meant})

    return sow


def _text(line: Line) -> bool:
    free = {"title", "place", "driver", "authority", "where", "why", "authors", "summary"}
    return line.is_bare and line.key in free and " " in line.value and ":" not in line.value


def _quoted_text(line: Line) -> bool:
    return _text(line) and "'" not in line.value and '"' not in line.value and "#" not in line.value


def _colon_in(value: str) -> str:
    head, _, rest = value.partition(" ")
    return f"{head}: {rest}"


def _long_colon(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.last > line.at and line.value[:1] not in "'\"")
    if line is None or any(
        ": " in page.rows[at][line.indent :] for at in range(line.at + 1, line.last + 1)
    ):
        return None
    row = page.rows[line.last]
    words = row.strip().split(" ")
    if len(words) < 2:
        return None
    new = row[: len(row) - len(row.lstrip())] + _colon_in(row.strip())
    rows = range(line.at, line.last + 1)
    whole = " ".join([line.value, *(page.rows[at].strip() for at in rows[1:-1]), new.strip()])
    meant: dict[int, str | None] = dict.fromkeys(rows)
    meant[line.at] = page.head(line) + quoted(whole)
    return seed(page, "colon in a long text", {line.last: new}, *rows, meant=meant)


def _all_tabs(page: Page, random: Random) -> Seed | None:
    changes: dict[int, str | None] = {
        at: row.replace("  ", "\t", (len(row) - len(row.lstrip())) // 2)
        for at, row in enumerate(page.rows)
        if row.startswith("  ")
    }
    return seed(page, "tabs all over", changes, *changes)


def _twice(kind: str, change: Callable[[str], str], *, is_evident: bool) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: line.is_bare and bool(line.key) and not line.dash)
        if line is None:
            return None
        row = page.rows[line.at]
        second = page.head(line) + change(line.value)
        changes: dict[int, str | None] = {line.at: f"{row}\n{second}"}
        rows = (line.at, line.at + 1)
        return seed(page, kind, changes, *rows, is_evident=is_evident, demand="one-key")

    return sow


def _middle_item(page: Page, line: Line) -> bool:
    def is_item(at: int) -> bool:
        return (
            0 <= at < len(page.rows)
            and page.rows[at].startswith("- ")
            and ": " not in page.rows[at]
        )

    return not line.key and is_item(line.at - 1) and is_item(line.at) and line.last == line.at


def _dash(kind: str, change: Callable[[str], str]) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, lambda line: _middle_item(page, line))
        if line is None:
            return None
        return seed(page, kind, {line.at: change(page.rows[line.at])}, line.at)

    return sow


def _all_dashes(page: Page, random: Random) -> Seed | None:
    """Aims in lines of their own, and no dash before any of them."""
    lines = page.where(lambda line: not line.key and line.path[-1:] == ("aims",))
    if len(lines) < 2:
        return None
    changes: dict[int, str | None] = {line.at: f"  {line.value}" for line in lines}
    return seed(page, "no dashes at all", changes, lines[0].at - 1, *changes, demand="known-term")


def _open_list(page: Page, random: Random) -> Seed | None:
    line = pick(page, random, lambda line: line.key == "aims" and line.block > line.at)
    if line is None:
        return None
    items = [page.rows[at].strip()[2:] for at in range(line.at + 1, line.block + 1)]
    changes: dict[int, str | None] = dict.fromkeys(range(line.at + 1, line.block + 1))
    changes[line.at] = f"aims: [{', '.join(items)}"
    return seed(page, "bracket not closed", changes, line.at, line.at + 1)


def _bytes(kind: str, encode: Callable[[str], bytes], *, harmless: bool = False) -> Sow:
    def sow(page: Page, random: Random) -> Seed | None:
        line = pick(page, random, _text)
        if line is None:
            return None
        text = page.with_rows({line.at: page.rows[line.at] + " né"})
        first = 1 if kind.startswith("UTF") else line.at + 1
        try:
            written = encode(text)
            others = [n + 1 for n, row in enumerate(text.split("\n")) if not row.isascii()]
        except UnicodeEncodeError:
            return None
        return Seed(
            kind,
            page.path.stem,
            page.path.name,
            written,
            frozenset([first, *others]),
            text.encode(),
            "" if harmless else "encoding",
            not harmless,
            harmless,
        )

    return sow


def _harmless_tab(page: Page, random: Random) -> Seed | None:
    """YAML takes a tab between a colon and a text for a space."""
    line = pick(page, random, lambda line: line.is_bare and bool(line.key))
    if line is None:
        return None
    row = page.rows[line.at].replace(": ", ":\t", 1)
    return replace(seed(page, "tab after a colon", {line.at: row}), is_harmless=True)


def _two_faults(page: Page, random: Random) -> Seed | None:
    """A tab early and an unknown word late: both must be told in one pass."""
    early = pick(page, random, lambda line: _deep(line) and line.path[0] in ("practice", "outcome"))
    late = pick(page, random, lambda line: line.key == "confidence" and line.indent > 0)
    if early is None or late is None:
        return None
    changes: dict[int, str | None] = {
        early.at: "\t" + page.rows[early.at].lstrip(),
        late.at: page.head(late) + late.value[:-1],
    }
    return seed(page, "a tab and, far below, a word", changes, late.at, demand="known-term")


def _shift(by: int) -> Callable[[str, Line], str]:
    def change(row: str, line: Line) -> str:
        return " " * by + row if by > 0 else row[-by:]

    return change


def _leaf(line: Line) -> bool:
    return _deep(line) and line.is_scalar and line.key != "judgement"


def _half(text: str) -> str:
    head, _, rest = text.partition(" ")
    return f'"{head}" {rest}'


SYNTAX: tuple[Sow, ...] = (
    _row("tab", lambda line: _deep(line) and line.indent == 2, lambda row, _: "\t" + row.lstrip()),
    _row(
        "tabs", lambda line: _deep(line) and line.indent == 4, lambda row, _: "\t\t" + row.lstrip()
    ),
    _all_tabs,
    _value("colon in a text", _colon_in, _colon_in),
    _long_colon,
    _value("curly quotes and a colon", lambda text: f"“{_colon_in(text)}”", _colon_in),
    _value("single quote not closed", lambda text: f"'{text}"),
    _value("double quote not closed", lambda text: f'"{text}'),
    _value("text after a closing quote", _half, _half),
    _value(
        "apostrophe within quotes",
        lambda text: "'" + text.replace(" ", "'s ", 1) + "'",
        lambda text: text.replace(" ", "'s ", 1),
    ),
    _row(
        "no space after a colon",
        lambda line: line.is_bare and bool(line.key),
        lambda row, line: row.replace(": ", ":", 1),
    ),
    _row(
        "no colon",
        lambda line: line.is_bare and bool(line.key),
        lambda row, line: row.replace(":", "", 1),
    ),
    _row(
        "equals sign",
        lambda line: line.is_bare and bool(line.key),
        lambda row, line: row.replace(":", " =", 1),
    ),
    _row(
        "wide colon",
        lambda line: line.is_bare and bool(line.key),
        lambda row, line: row.replace(": ", "：", 1),
    ),
    _row("indented by one more", _leaf, _shift(1)),
    _row("indented by one less", _leaf, _shift(-1)),
    _row("indented by two more", _leaf, _shift(2)),
    _row("no-break spaces", _deep, lambda row, _: row.replace("  ", "\u00a0\u00a0", 1)),
    _row(
        "no-break space after a colon",
        lambda line: line.is_bare and bool(line.key),
        lambda row, _: row.replace(": ", ":\u00a0", 1),
    ),
    _value("at sign", lambda text: f"@{text}", lambda text: f"@{text}"),
    _value("asterisk", lambda text: f"*{text}*", lambda text: f"*{text}*"),
    _value("ampersand", lambda text: f"& {text}", lambda text: f"& {text}"),
    _value("exclamation mark", lambda text: f"!{text}", lambda text: f"!{text}"),
    _value("per cent sign", lambda text: f"%{text}", lambda text: f"%{text}"),
    _value("back quotes", lambda text: f"`{text}`", lambda text: f"`{text}`"),
    _value("bracket at the start", lambda text: f"[Draft] {text}", lambda text: f"[Draft] {text}"),
    _value("zero-width space", lambda text: text.replace(" ", "\u200b ", 1)),
    _value("control character", lambda text: text.replace(" ", "\x0b ", 1)),
    _twice("key twice, the same", lambda value: value, is_evident=True),
    _twice("key twice, otherwise", lambda value: value + "x", is_evident=False),
    _dash("dash without a space", lambda row: row.replace("- ", "-", 1)),
    _dash("item without a dash", lambda row: row[2:]),
    _all_dashes,
    _open_list,
    _two_faults,
    _bytes("Windows-1252", lambda text: text.encode("cp1252")),
    _bytes("UTF-16", lambda text: text.encode("utf-16")),
    _bytes("UTF-16 without a mark", lambda text: text.encode("utf-16-le")),
    _harmless_tab,
    _bytes("byte order mark", lambda text: text.encode("utf-8-sig"), harmless=True),
    _bytes("CRLF", lambda text: text.replace("\n", "\r\n").encode(), harmless=True),
)
