"""Small turns of phrase that every kind of answer shares."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sized
from dataclasses import dataclass
from fractions import Fraction
from textwrap import fill
from typing import TYPE_CHECKING, TypeVar

from sysgraph.errors import clean
from sysgraph.language import OPEN, joined, noted, say, say_many, spoken, within_marks

if TYPE_CHECKING:
    from sysgraph.advice.board import Advice
    from sysgraph.advice.frame import Facet, Frame, Source
    from sysgraph.advice.situation import Situation

__all__ = [
    "JOINER",
    "WIDTH",
    "People",
    "also",
    "as_clause",
    "by_name",
    "cite",
    "clause",
    "counted",
    "credit",
    "escape",
    "filled",
    "first_sentence",
    "ground_name",
    "grouped",
    "label_of",
    "listing",
    "lowered",
    "number",
    "reach",
    "sentence",
    "short_name",
    "tests_of",
    "type_name",
    "type_names",
    "type_title",
]

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

WIDTH = 100
_HYPHEN = "\ue000"

JOINER = "\u2060"
"""Is not seen, and breaks what GitHub would take for a person or an issue."""

# Without "|", which would end the cell of a table even within code.
_ADDRESS = re.compile(r"((?:(?:https?|ftp)://|www\.)[^\s`|]+)", re.IGNORECASE)
_AFTER = ".,;:!?)]>'\"”’»"
"""What ends a sentence, a bracket or a quotation rather than an address."""
_UNREAD = {"read": "", "read-in-part": " (read in part)", "unchecked": " (unchecked)"}
_JOINS = {
    "stated": "stated by",
    "attributed": "attributed to",
    "reading": "our reading, drawing on",
}


def sentence(text: str) -> str:
    """Return a text that begins with a capital.

    >>> sentence("better leadership")
    'Better leadership'
    """
    if text[:1] == OPEN:
        return within_marks(sentence, text)
    text = clean(text)
    at = len(text) - len(text.lstrip("¿¡"))
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def number(value: Fraction | None) -> str:
    """Return a standing with its sign and two digits.

    >>> number(Fraction(9, 10)), number(Fraction(0)), number(None)
    ('+0.90', '0.00', '?')
    """
    if value is None:
        return "?"
    return f"{float(value):+.2f}" if round(float(value), 2) else "0.00"


def tests_of(advice: Advice) -> dict[str, Fraction]:
    """Return the tests, with the share that is known of each, which is alike for all types."""
    standings = next(iter(advice.types.values())).standings
    return {test: standing.known_share for test, standing in standings.items()}


def reach(low: Fraction, high: Fraction) -> str:
    """Return between what and what a standing lies."""
    return say("{low} to {high}", low=number(low), high=number(high))


def counted(count: int, noun: str) -> str:
    """Return a number of things.

    >>> counted(1, "case"), counted(1200, "case")
    ('1 case', '1,200 cases')
    """
    if spoken() is None:
        return f"{count:,} {noun}{'' if count == 1 else 's'}"
    return say_many(f"{{n}} {noun}", f"{{n}} {noun}s", count)


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return things by what they have alike, in the order in which each is first met."""
    found: dict[K, list[T]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return found


def also(others: Sized) -> str:
    """Return that other answers do as well, or nothing if there are none."""
    more = len(others)
    return f"; {more} other answer{'s' * (more > 1)} would do as well" if more else ""


def cite(sources: Iterable[Source]) -> str:
    """Return who said so, with a mark on those whose text was not read."""
    return "; ".join(
        clean(source.citation) + _UNREAD.get(source.checking, f" ({source.checking})")
        for source in sources
    )


def ground_name(ground: str) -> str:
    """Return on what a statement rests, in words."""
    return "our reading" if ground == "reading" else ground


def credit(ground: str, sources: Iterable[Source]) -> str:
    """Return on what a statement rests and on whom, never our words as theirs."""
    cited = [source for source in sources if source.id != "sysgraph"]
    if not cited:
        return ground_name(ground)
    unread = [source for source in cited if source.checking == "unchecked"]
    if ground == "stated" and unread and len(unread) < len(cited):
        # Only a text that was read can be said to state something.
        read = [source for source in cited if source not in unread]
        return f"{_JOINS[ground]}: {cite(read)}; cited beside it: {cite(unread)}"
    return f"{_JOINS.get(ground, ground)}: {cite(cited)}"


_SHORT = re.compile(r"(?P<dated>[^:;]{1,60}?\b(?:19|20)\d\d)\b|(?P<named>[^,;(]+)")


def by_name(ground: str, sources: Iterable[Source]) -> str:
    """Return who says so, by name, to stand in brackets.

    >>> from sysgraph.advice.frame import Source
    >>> by_name("attributed", [Source("ostrom", "Ostrom 1990, Governing", "unchecked")])
    'after Ostrom 1990, not checked'
    """
    cited = [source for source in sources if source.id != "sysgraph"]
    if ground == "reading" or not cited:
        return say("our judgement")
    read = [source for source in cited if source.checking != "unchecked"]
    said = read if ground == "stated" and read else cited
    names = listing(dict.fromkeys(_short(source.citation) for source in said[:2]))
    if ground == "stated":
        return say("from {names}", names=names)
    if read:
        return say("after {names}", names=names)
    return say("after {names}, not checked", names=names)


def _short(citation: str) -> str:
    found = _SHORT.match(clean(citation))
    if found is None:
        return clean(citation)
    names = re.split(r", | & ", found["dated"] or "")
    if len(names) > 2:
        return say("{name} and others {year}", name=names[0], year=found["dated"][-4:])
    return found.group().strip()


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, without its full stop.

    >>> first_sentence("One side can force it. Talks would dress it up.")
    'One side can force it'
    """
    if text[:1] == OPEN:
        return within_marks(first_sentence, text)
    return re.split(r"(?<=[^.])\.(?:\s|$)", clean(text), maxsplit=1)[0]


def lowered(text: str) -> str:
    """Return a text that can stand within a sentence, but for names that begin with a capital."""
    if text[:1] == OPEN:
        return within_marks(lowered, text)
    first, _, rest = clean(text).partition(" ")
    bare = first.lstrip("¿¡")
    is_name = bare[1:] != bare[1:].lower() or first in ("I", "NHS")
    return f"{first if is_name else first.lower()}{' ' * bool(rest)}{rest}"


def as_clause(text: str) -> str:
    """Return sentences as one that can follow a colon.

    >>> as_clause("They invite you. Then they can end it.")
    'they invite you; then they can end it'
    """
    if text[:1] == OPEN:
        return within_marks(as_clause, text)
    parts = re.split(r"(?<=[^.])\.(?:\s+|$)", clean(text))
    return "; ".join(lowered(part) for part in parts if part)


_DETERMINERS = frozenset({"the", "those", "our", "all", "people", "everybody", "my", "a", "an"})
_BEGINS = noted("the those our all people everybody my a an")
"""What begins a name and is no part of it: articles and the like, in the language spoken."""
_TITLES = ("St", "Dr", "Mr", "Mrs", "Ms", "Prof", "Rev", "Sr", "Jr")
_STOP = "".join(rf"(?<!\b{title})" for title in (*_TITLES, "[A-Z]")) + r"\.(?=\s|$)"
"""A full stop that ends a sentence, and not one of a title or of an initial."""
_ASIDE = re.compile(
    rf"[;(\n]|{_STOP}|,? ?\b(?:e\.g|i\.e)\b"
    r"|[,:–] ?(?=(?:and )?(?:most|who|whom|which|some|none|of|not|but)\b)"
)
_PRONOUN = re.compile(r"\b(?:I|[Ww]e|[Mm]e|[Uu]s)\b|(?i:^(?:you|they|them|h[ei][rm]?|she|it)$)")
"""Who speaks for himself is another than the page, which cannot say "us" of them."""
_HEAD = re.compile(r" (?:of|in|at|for|who|that|with|from)\b")
_LISTED = re.compile(r"\band\b|[,/&]")
_LONGEST_NAME = 8
_ONE = {
    **{"are": "is", "have": "has", "do": "does", "lead": "leads", "set": "sets", "put": "puts"},
    **{"decide": "decides", "want": "wants", "hold": "holds", "make": "makes", "live": "lives"},
    **{"accept": "accepts", "bind": "binds", "need": "needs", "act": "acts"},
}
_VERBS = "|".join(_ONE)
_PLAIN_AFTER = re.compile(
    r"\b(?:do|did|may|can|could|will|would|should|must|let|help|make|see) $", re.IGNORECASE
)
"""After these a verb is the same for one as for several: "do they accept", "let them decide"."""
_ASKED = re.compile(r"\b(are|do|have) $", re.IGNORECASE)
_SECOND = re.compile(rf"( (?:and|or) )({_VERBS})\b")


AFFECTED, IN_CHARGE = noted("those affected"), noted("those in charge")


@dataclass(frozen=True, slots=True)
class People:
    """Whom a page means by those affected and by those in charge, in the words of who asks."""

    affected: str = AFFECTED
    in_charge: str = IN_CHARGE

    @staticmethod
    def of(situation: Situation) -> People:
        """Return the people of a situation; what is not told in a few words goes by ours."""
        told = situation.opening
        return People(
            short_name(told.get("who-affected", "")) or say(AFFECTED),
            short_name(told.get("who-in-charge", "")) or say(IN_CHARGE),
        )

    def put(self, text: str) -> str:
        """Return a text with these names where it speaks of those affected or in charge.

        What is put in is not read again, nor are the names where they stand already.

        >>> People("the tenants", "the mayor").put("Those affected say that those in charge are.")
        'The tenants say that the mayor is.'

        In other languages ours stay: verbs and what joins them would not fit another name.
        """
        if spoken() is not None:
            return text
        names = {
            "the people it affects": self.affected,
            "people it affects": self.affected,
            "those affected": self.affected,
            "those in charge": self.in_charge,
        }
        names = {ours: name for ours, name in names.items() if not name.startswith("those ")}
        if not names:
            return text
        found = _any_of({*names, *names.values()})
        for ours, name in names.items():
            if not _is_plural(name):
                text = _of_one(text, ours, found)

        def put_in(match: re.Match[str]) -> str:
            said = match.group()
            if said in names.values():
                return said
            name = names.get(said[0].lower() + said[1:], said)
            return sentence(name) if said[0].isupper() and name != said else name

        return found.sub(put_in, text)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return what finds whole phrases, the longest first, with a small or a capital letter."""
    listed = sorted(filter(None, phrases), key=lambda each: (-len(each), each))
    either = (
        f"[{re.escape(each[0].lower() + each[0].upper())}]{re.escape(each[1:])}"
        if each[0].isalpha() and len(each[0].upper()) == 1
        else re.escape(each)
        for each in listed
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(either)})(?!\w)")


def _of_one(text: str, ours: str, names: re.Pattern[str]) -> str:
    """Return a text whose verbs fit one, where our words for several stand."""
    # From the end, so that the places of those before stay as they were found.
    for found in reversed(list(names.finditer(text))):
        if found.group().lower() == ours:
            before, after = text[: found.start()], text[found.end() :]
            if asked := _ASKED.search(before):
                one = _ONE[asked[1].lower()]
                before = before[: asked.start()] + (sentence(one) if asked[1].istitle() else one)
                before += " "
            elif not _PLAIN_AFTER.search(before):
                after = _said_of_one(after)
            text = f"{before}{found.group()}{after}"
    return text


def _said_of_one(after: str) -> str:
    """Return what follows a name of one: its first verb, and those joined to it by "and"."""
    clause_, stop, rest = re.match(r"([^.;:?]*)(.?)(.*)", after, re.DOTALL).groups()  # type: ignore[union-attr]
    verb = re.match(rf" ({_VERBS})\b", clause_)
    if verb:
        clause_ = f" {_ONE[verb[1]]}{clause_[verb.end() :]}"
    if verb or clause_.startswith(" did "):
        clause_ = _SECOND.sub(lambda found: f"{found[1]}{_ONE[found[2]]}", clause_)
    return f"{clause_}{stop}{rest}"


def _is_plural(name: str) -> bool:
    """Tell whether a name is of several, as far as that can be seen."""
    words = _HEAD.split(name)[0].lower().split() or [""]
    several = {"people", "children", "women", "men", "police", "staff"}
    is_several = bool(_LISTED.search(name)) or not several.isdisjoint(words)
    return is_several or (words[-1].endswith("s") and not words[-1].endswith("ss"))


def short_name(text: str) -> str:
    """Return a name in few words, ready to stand within a sentence.

    Nothing comes back for what is longer, and for "us", which is nobody's name on a page.

    >>> short_name("Staff of St. Mary's, most of them nurses"), short_name("us")
    ("Staff of St. Mary's", '')
    """
    name = _ASIDE.split(clean(text).strip(), maxsplit=1)[0].strip(" ,")
    if len(name.split()) > _LONGEST_NAME or _PRONOUN.search(name):
        return ""
    first, _, rest = name.partition(" ")
    is_lowered = first.lower() in _DETERMINERS or first.lower() in say(_BEGINS).split()
    return f"{first.lower()} {rest}" if is_lowered and rest else name


def listing(words: Iterable[str], last: str = "and") -> str:
    """Return words as a sentence lists them.

    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *most, end = tuple(words) or ("",)
    return f"{', '.join(most)} {joined(last, end)} {end}" if most else end


def type_name(kind: str, frame: Frame) -> str:
    """Return the number and the label of a type, or what names it where the frame does not."""
    entry = frame.types.get(kind)
    return f"{entry.number} {clean(entry.label)}" if entry else clean(kind)


def type_title(kind: str, frame: Frame) -> str:
    """Return the number and the label of a type, to begin a line."""
    entry = frame.types[kind]
    return f"{entry.number} {sentence(entry.label)}"


def type_names(kinds: Iterable[str], frame: Frame) -> str:
    """Return types as a sentence lists them."""
    return listing(type_name(kind, frame) for kind in kinds)


def label_of(facet: Facet, value: str) -> str:
    """Return the label of a value of a facet."""
    return clean(facet.values[value].label)


def clause(facet: Facet, value: str) -> str:
    """Return that a facet has a value, in words that can follow "if"."""
    entry = facet.values[value]
    said = entry.clause or say("'{facet}' is '{value}'", facet=facet.label, value=entry.label)
    return clean(said)


def filled(text: str, indent: int = 0, mark: str = "", note: str = "") -> str:
    """Return a text as lines of at most 100 characters, further lines below its first word."""
    start = f"{' ' * indent}{mark} " if mark else " " * indent
    said = f"{clean(text)}  {clean(note)}" if note else clean(text)
    # An address must not be cut at its hyphens, or nobody can follow it.
    held = re.sub(r"\S+://\S+", lambda found: found.group().replace("-", _HYPHEN), said)
    width = max(WIDTH, indent + 40)
    lines = fill(held, width, initial_indent=start, subsequent_indent=" " * len(start))
    return lines.replace(_HYPHEN, "-")


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it stands, and that calls nobody and closes nothing.

    Addresses are shown as code, so that nothing is linked or fetched; and after ``@`` and ``#``
    stands an invisible character, so that neither people nor issues are meant.

    >>> escape("*bold* <b>")
    '\\*bold\\* \\<b\\>'
    >>> escape("see https://example.org/a_b.")
    'see `https://example.org/a_b`.'
    """
    parts = _ADDRESS.split(clean(text))
    return "".join(
        _address(part) if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )


def _address(text: str) -> str:
    """Return an address as code, without what follows it; a bracket that it opens is its own."""
    kept = text.rstrip(_AFTER)
    while text[len(kept) :].startswith(")") and kept.count("(") > kept.count(")"):
        kept += ")"
    return f"`{kept}`{_escaped(text[len(kept) :])}"


def _escaped(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]<>#|$~&!])", r"\\\1", text)
    return re.sub(r"(@|#|\bGH-)", rf"\1{JOINER}", text)
