"""What is told to people: errors and findings, with nothing in them that a terminal would obey.

Each carries its facts as attributes and says: where, what is wrong, what to do.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shlex import quote

__all__ = [
    "BadFile",
    "BadFiles",
    "BadForm",
    "BadHeader",
    "BadParameter",
    "BadSide",
    "BadSituation",
    "BadSparql",
    "BadStore",
    "BadSyntax",
    "BrokenPlan",
    "DataNotFound",
    "EndpointFailed",
    "Finding",
    "Inconsistent",
    "MissingExtra",
    "NotCaseLocal",
    "OverBudget",
    "Progress",
    "Raw",
    "ReplacesShipped",
    "RetractedCase",
    "SetAside",
    "Severity",
    "ShippedCase",
    "SysgraphError",
    "TooLarge",
    "UnknownPlot",
    "UnknownQuery",
    "UnknownThing",
    "UnsupportedAxiom",
    "cell_name",
    "clean",
    "install_command",
    "one_line",
    "refuse",
    "silent",
    "suggest",
    "visible",
]


class Severity(StrEnum):
    """Whether a finding keeps a contribution out, or asks to think again."""

    VIOLATION = "violation"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Raw:
    """One result of SHACL as it came: IRIs of node, path and shape, value, severity, message."""

    focus: str
    path: str | None
    shape: str
    value: str | None
    severity: Severity
    message: str
    component: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, with its place. Lines and columns count from 1; a table has cells as well.

    ``demand`` names the shape or the check that was broken; ``focus`` and ``path`` are IRIs,
    ``value`` is what stood there; ``component`` is the IRI of SHACL's constraint component,
    where SHACL found it. ``proof`` tells how a contradiction follows, a step a line. ``allowed``
    is all that may stand there, where that is a closed set, and ``nearest`` what of it comes
    nearest; ``repair`` is the line as it may be written instead, where that is evident.
    """

    message: str
    demand: str
    severity: Severity = Severity.VIOLATION
    file: str | None = None
    line: int | None = None
    column: int | None = None
    cell: str | None = None
    field: str | None = None
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    component: str | None = None
    proof: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    repair: str | None = None

    def __str__(self) -> str:
        parts = (self.file, self.cell) if self.cell else (self.file, self.line, self.column)
        place = ":".join(str(part) for part in parts if part is not None)
        name = f"{self.field}: " if self.field else ""
        text = f"{name}{self.message}"
        return f"{place}: {text}" if place else text


def cell_name(row: int | None, column: int | None) -> str | None:
    """Return what a spreadsheet calls a cell, or the row where there is no column; both from 1.

    >>> cell_name(7, 4), cell_name(7, 28), cell_name(7, None)
    ('D7', 'AB7', 'row 7')
    """
    if row is None or column is None:
        return None if row is None else f"row {row}"
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


# Control characters but tabulator and line end, what turns the direction of writing, other
# separators of lines, and halves of characters, which no encoding can write. The joiners of
# scripts and emoji are left: they obey nobody.
_OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
    "\ufff9-\ufffb\ud800-\udfff]|\r(?!\n)"
)

_JOINERS = "\u200c\u200d"
_UNSEEN = {"Cc", "Cf", "Cs"}


def visible(text: str) -> str:
    r"""Return a text with what a terminal would obey as \\u and four digits.

    In JSON and Turtle that is what the character itself is.

    >>> visible("a\x1b[2Jb\u202e")
    'a\\u001b[2Jb\\u202e'
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    r"""Return a text that is visible, and in one line.

    >>> one_line("a name\r\nof two lines")
    'a name\\u000d\\u000aof two lines'
    """
    return visible(text).replace("\r", "\\u000d").replace("\n", "\\u000a")


def clean(text: str) -> str:
    """Return a text in one line, without what is not seen but the joiners of scripts and emoji."""
    if text.isprintable():  # then all of it is seen, and most texts are so
        return " ".join(text.split())
    kept = (c if c in _JOINERS or unicodedata.category(c) not in _UNSEEN else " " for c in text)
    return " ".join("".join(kept).split())


_SHOWN = 40


def suggest(suggestions: Sequence[str], known: Sequence[str] = ()) -> str:
    """Return "; did you mean …?" for the names given; for none, which there are, if they are told.

    >>> suggest(["incumbents", "pioneers"])
    "; did you mean 'incumbents' or 'pioneers'?"
    >>> suggest([], ["incumbents", "pioneers"]), suggest([])
    ('; it is one of incumbents, pioneers', '')
    """
    if not suggestions:
        return f"; it is one of {', '.join(known)}" if known else ""
    return "; did you mean " + " or ".join(repr(name) for name in suggestions) + "?"


class SysgraphError(Exception):
    """Any error that sysgraph raises on purpose; its text is one line for a person, or several.

    What a name or a file brought along can neither begin a line nor command a terminal.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(map(one_line, lines)))


def install_command(*extras: str) -> str:
    """Return what installs extras, to be run in the folder of the source.

    No package index has sysgraph: its bare name there could become anybody's.

    >>> install_command("web", "analysis")
    "pip install -c constraints.txt '.[web,analysis]'"
    """
    return f"pip install -c constraints.txt '.[{','.join(extras)}]'"


class MissingExtra(SysgraphError):
    """What an extra would bring is not installed; ``need`` says for what it is needed."""

    def __init__(self, need: str, *extras: str) -> None:
        self.extras = extras
        super().__init__(f"{need}; in a checkout of sysgraph, run: {install_command(*extras)}")


class _Named(SysgraphError):
    """What is named, and the reason why it will not do."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}")


class DataNotFound(SysgraphError):
    """The ontology or queries folder cannot be found."""

    def __init__(self, looked: Sequence[Path]) -> None:
        self.looked = tuple(looked)
        places = " and ".join(str(place) for place in looked)
        super().__init__(
            f"sysgraph's own data was not found; looked in {places}; install the package again"
        )


class BadFile(SysgraphError):
    """A file cannot be read as what it claims to be. Lines and columns count from 1."""

    def __init__(
        self, path: Path | str, reason: str, line: int | None = None, column: int | None = None
    ) -> None:
        self.path = str(path)
        self.reason = reason
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (self.path, line, column) if part is not None)
        super().__init__(f"{place}: {reason}")

    @property
    def problems(self) -> Sequence[SysgraphError]:
        """Return the one problem there is, as those of ``BadFiles``."""
        return (self,)


class BadSyntax(BadFile):
    """A line is not written as YAML or JSON demand; ``around`` is the line of what it is in."""

    around: int | None = None


class BadHeader(BadFile):
    """The "#+" header of a query or a rule is not as it must be."""


class NoContribution(BadFile):
    """What is there can be read, but is no case or critique: it is refused, not unreadable."""


class BadSparql(BadFile):
    """A query cannot be parsed, or asks for something that is refused."""


class OverBudget(SysgraphError):
    """A query was ended because it took more than it may; ``most`` says what, ``option`` how."""

    def __init__(self, where: str, most: str, option: str) -> None:
        self.where = where
        self.most = most
        self.option = option
        super().__init__(
            f"{where}: the query was ended because it took more than {most};"
            f" ask for less, such as with LIMIT, or allow it more with {option}"
        )


class BadFiles(SysgraphError):
    """Several files, or several places in one, cannot be read; ``problems`` holds each."""

    def __init__(self, problems: Sequence[SysgraphError]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            shown.append(f"and {len(self.problems) - _SHOWN} more")
        super().__init__(*(line for each in shown for line in each.split("\n")))


def refuse(problems: Sequence[SysgraphError]) -> None:
    """Raise what is wrong, as one error, if anything is."""
    if problems:
        raise problems[0] if len(problems) == 1 else BadFiles(problems)


class BadSituation(SysgraphError):
    """A situation names facets or values that do not exist; ``problems`` says each in a line."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.where = where
        self.problems = tuple(problems)
        super().__init__(*(f"{where}: {problem}" for problem in problems))


class BadParameter(SysgraphError):
    """A parameter of a canned query does not exist or cannot take the argument given."""

    def __init__(self, query: str, name: str, reason: str) -> None:
        self.query = query
        self.name = name
        self.reason = reason
        super().__init__(f"query {query}: parameter '{name}': {reason}")


class UnknownQuery(SysgraphError):
    """There is no canned query of that name."""

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        super().__init__(
            f"there is no query named '{name}'{suggest(suggestions) or '.'} "
            "Run 'sysgraph query' for the list."
        )


class UnknownPlot(SysgraphError):
    """There is no picture of that name."""

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        super().__init__(
            f"there is no plot named '{name}'{suggest(suggestions) or '.'} "
            "Run 'sysgraph plot' for the list."
        )


class UnknownThing(SysgraphError):
    """There is nothing of that name and kind in the graph; ``known`` is all that there is."""

    def __init__(
        self, name: str, kind: str, suggestions: Sequence[str] = (), known: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.kind = kind
        self.suggestions = tuple(suggestions)
        super().__init__(f"'{name}' is no {kind}{suggest(suggestions, known)}")


class ShippedCase(SysgraphError):
    """A case that came with the library was to be removed."""

    def __init__(self, case_id: str, place: str) -> None:
        self.case_id = case_id
        self.place = place
        super().__init__(
            f"{place}: the case '{case_id}' came with the library and cannot be removed, for the"
            " next load would bring it back; load a case of that id to put yours in its place"
        )


class ReplacesShipped(SysgraphError):
    """Files would put something else in the place of cases that came with the library."""

    def __init__(self, names: Sequence[str], place: str) -> None:
        self.names = tuple(names)
        self.place = place
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        came = f"{', '.join(names[:5])}{more} came with the library"
        super().__init__(
            f"{place}: {came}, and these files say something else; give what is new an id of its"
            " own, or say by --reason why the library is corrected. Nothing was loaded."
        )


class SetAside(SysgraphError):
    """Something is in the store and does not count; ``told`` says since when, and what to do."""

    def __init__(self, name: str, told: str) -> None:
        self.name = name
        super().__init__(f"'{name}' {told}")


class RetractedCase(SysgraphError):
    """A case was retracted, and a file that says something else of it was to be loaded."""

    def __init__(self, case_id: str, place: str, reason: str) -> None:
        self.case_id = case_id
        self.place = place
        self.reason = reason
        told = f" ({reason})" if reason else ""
        super().__init__(
            f"{place}: the case '{case_id}' was retracted{told}; if it is to count again,"
            f" 'sysgraph retract {case_id} --undo --store {quote(place)}' first"
        )


class Inconsistent(SysgraphError):
    """The graph contradicts itself; ``clashes`` says how, a line each."""

    def __init__(self, clashes: Sequence[str]) -> None:
        self.clashes = tuple(clashes)
        super().__init__("the graph contradicts itself: " + "; ".join(clashes))


class UnsupportedAxiom(SysgraphError):
    """The ontology holds an axiom that the reasoner does not cover."""

    def __init__(self, axiom: str, where: str) -> None:
        self.axiom = axiom
        self.where = where
        super().__init__(
            f"{where}: the reasoner does not cover {axiom}; write it as a rule in ontology/rules/"
        )


class NotCaseLocal(SysgraphError):
    """A rule could take one premise from one case and another from a second."""

    def __init__(self, rule: str, body: str) -> None:
        self.rule = rule
        self.body = body
        super().__init__(
            f"rule {rule}: it joins two cases ({body}); "
            "let all that it takes from cases hang together by the parts of one"
        )


class BrokenPlan(SysgraphError):
    """A plan does not hold when it is gone through; ``step`` counts from 1."""

    def __init__(self, step: int, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(f"step {step} of the plan: {reason}; make the plan again")


class BadStore(_Named):
    """A store is busy, missing, or not a sysgraph store."""


class BadSide(_Named):
    """What was to be compared is not there, or is nothing that can be compared."""


class BadForm(_Named):
    """The text of a form is not one that a form of ours gives; ``where`` names it."""


class EndpointFailed(_Named):
    """A SPARQL endpoint did not answer, or not as the protocol says."""


class TooLarge(EndpointFailed):
    """A SPARQL endpoint takes no request of that size."""
