"""Check a contributed graph against the closed vocabulary, whichever syntax it came in.

Literals must be written as their datatype demands, which pySHACL lets pass unseen.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pyoxigraph as ox

from sysgraph.case.document import MAX_FINDINGS, many
from sysgraph.characters import HIDDEN, explain_text, is_sound, named, tidy
from sysgraph.described import DESCRIBING
from sysgraph.errors import Finding, suggest
from sysgraph.near import nearest
from sysgraph.rdf import RDF_TYPE, text_of
from sysgraph.terms import NAMESPACE, PREFIXES, compact, literal_text, local_name
from sysgraph.vocabulary import Vocabulary, nearest_words

__all__ = [
    "Object",
    "canonical",
    "check_closed",
    "explain_literal",
    "is_closed",
    "shown",
    "tidied",
    "tidy_written",
]

Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_XSD = PREFIXES["xsd"]
_PLAIN = {f"{_XSD}string", f"{PREFIXES['rdf']}langString"}
_ADVICE = {
    "anyURI": "write a full address such as https://example.org/page",
    "boolean": "write true or false",
    "date": "write year, month and day as in 2026-11-22",
    "dateTime": "write date and time as in 2026-11-22T10:00:00Z",
    "decimal": "write a plain number such as 0.25",
    "gYear": "write a year in four digits, as in 1997",
    "integer": "write a whole number",
}
_CALLED = {
    "anyURI": "an address",
    "boolean": "a truth value",
    "date": "a date",
    "dateTime": "a date with its time",
    "decimal": "a number",
    "gYear": "a year",
    "integer": "a whole number",
}
# What nearly all cases write, told without the 17 MB that elementpath takes.
_COMMON = re.compile(r"([1-9][0-9]{3})|(true|false)|([0-9]{4}-[0-9]{2}-[0-9]{2})")
_COMMON_KINDS = {1: f"{_XSD}gYear", 2: f"{_XSD}boolean", 3: f"{_XSD}date"}
_SHOWN = 60
_LONGEST = 1_000


@cache
def _types() -> dict[str, Any]:
    # Half of the cost of a load of one file would be this import, were it not put off.
    from elementpath.datatypes import builtin_atomic_types

    return dict(builtin_atomic_types)


def explain_literal(text: str, datatype: str) -> str | None:
    """Return why a text is no literal of a datatype, and what to write; None if it is one.

    Source: XSD 1.1 Part 2, https://www.w3.org/TR/xmlschema11-2/
    """
    if datatype in _PLAIN or _is_common(text, datatype):
        return None
    name = datatype.removeprefix(_XSD)
    kind = _types().get(f"{{{_XSD.rstrip('#')}}}{name}") if datatype.startswith(_XSD) else None
    if kind is None:
        return f"the datatype <{datatype}> is not used here; write plain text"
    called = _CALLED.get(name, f"a {name}")
    if len(text) > _LONGEST and name != "anyURI":
        return f"'{shown(text)}' has {len(text):,} characters, too many for {called}"
    if _is_written_as(kind, text) and not (name == "anyURI" and " " in text):
        return None
    advice = _ADVICE.get(name, f"write it as XML Schema's {name} demands")
    what = "neither true nor false" if name == "boolean" else f"not {called}"
    return f"'{shown(text)}' is {what}: {advice}"


def shown(text: str) -> str:
    """Return a text as a message quotes it, the end of a long one left out."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_common(text: str, datatype: str) -> bool:
    """Tell whether a literal is one of those that need no further look."""
    found = _COMMON.fullmatch(text)
    if found is None or _COMMON_KINDS[found.lastindex or 0] != datatype:
        return False
    try:
        return found[3] is None or date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_written_as(kind: Any, text: str) -> bool:
    # Its patterns let a line break at the end pass, and the 30th of February.
    if text.endswith("\n") or not kind.is_valid(text):
        return False
    try:
        return not hasattr(kind, "fromstring") or kind.fromstring(text) is not None
    except (ValueError, OverflowError, TypeError):
        return False


def canonical(text: str, datatype: str) -> str:
    """Return the one way to write what a literal says; what is none stays as it is.

    Source: XSD 1.1 Part 2, appendix E, https://www.w3.org/TR/xmlschema11-2/#canonical-lexical-representation

    >>> canonical("1", f"{_XSD}boolean"), canonical("+07.50", f"{_XSD}decimal")
    ('true', '7.5')
    >>> canonical("2026-11-22T10:00:00.0+00:00", f"{_XSD}dateTime")
    '2026-11-22T10:00:00Z'
    """
    name = datatype.removeprefix(_XSD)
    if name == "boolean":
        return {"1": "true", "0": "false"}.get(text, text)
    if name in ("decimal", "integer") and _NUMBER.fullmatch(text):
        sign = "-" if text[0] == "-" and text.strip("-+0.") else ""
        whole, _, part = text.lstrip("+-").partition(".")
        part = part.rstrip("0")
        return f"{sign}{whole.lstrip('0') or '0'}" + (f".{part}" if part else "")
    if name == "dateTime":
        found = _MOMENT.fullmatch(text)
        if found:
            begin, part, zone = found.groups()
            part = part.rstrip("0").rstrip(".")
            return f"{begin}{part}{'Z' if zone in ('+00:00', '-00:00') else zone}"
    return text


_NUMBER = re.compile(r"[+-]?(?=\.?[0-9])[0-9]*(?:\.[0-9]*)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.?\d*)(Z|[+-]\d\d:\d\d|)")


def tidied(term: Object) -> Object:
    """Return a literal as it is kept: letters, ends of lines and values written one way."""
    if not isinstance(term, ox.Literal):
        return term
    datatype = term.datatype.value
    text = canonical(tidy(term.value), datatype)
    if text == term.value:
        return term
    if term.language:
        return ox.Literal(text, language=term.language)
    return ox.Literal(text, datatype=term.datatype)


def tidy_written(value: str) -> str:
    """Return a literal of N-Triples, as pyoxigraph writes it, as it is kept."""
    if value[-1] == ">":
        return _rewritten_typed(value) if len(value) <= _SHOWN else _rewritten(value)
    return value if value.isascii() and "\\r" not in value else _rewritten(value)


def _rewritten(value: str) -> str:
    return str(tidied(_parsed(value)))


def _parsed(value: str) -> Object:
    (quad,) = ox.parse(f"<a:> <a:> {value} .", format=ox.RdfFormat.N_TRIPLES)
    term: Object = quad.object
    return term


_rewritten_typed = lru_cache(maxsize=4096)(_rewritten)


_CRITIQUE = f"{NAMESPACE}critique/"
_FREE = (f"{NAMESPACE}case/", _CRITIQUE, f"{NAMESPACE}graph/case/", f"{NAMESPACE}graph/critique/")
_TYPE = str(RDF_TYPE)
_INSIDE = f"<{NAMESPACE}"
_FREE_NODES = tuple(f"<{start}" for start in _FREE)
_NAMELESS = "a part without a name is refused; name it below the {}'s own IRI"


def check_closed(
    quads: Iterable[ox.Quad], vocabulary: Vocabulary, case: str, file: str
) -> list[Finding]:
    """Return what a contributed case or critique says beyond what a contribution may say.

    ``case`` is its IRI. A contribution speaks of this alone, in the properties and classes of
    the closed shapes, without blank nodes and without axioms; whatever else stands there is a
    finding. After some 500 findings a last one says that there are more.
    """
    listed = list(quads)
    if is_closed(
        ((str(q.subject), str(q.predicate), str(q.object)) for q in listed), vocabulary, case
    ):
        return []
    found: list[Finding] = []
    for quad in listed:
        if len(found) >= MAX_FINDINGS:
            return [*found, many(file, case)]
        for demand, message in _problems(quad, vocabulary, case):
            found.append(
                Finding(
                    message=message,
                    demand=demand,
                    file=file,
                    field=vocabulary.fields.get(quad.predicate.value),
                    focus=text_of(quad.subject),
                    path=quad.predicate.value,
                    value=text_of(quad.object),
                )
            )
    return found


def is_closed(triples: Iterable[tuple[str, str, str]], vocabulary: Vocabulary, case: str) -> bool:
    """Tell whether ``check_closed`` would find nothing, some ten times faster.

    The terms are written as ``str`` writes those of pyoxigraph, which is N-Triples; ``case`` is
    the bare IRI. A real case of 140 triples takes some 20 microseconds, and what is remembered
    from case to case is bounded.
    """
    tables = _tables(vocabulary)
    own, below = f"<{case}>", f"<{case}/"
    plain, parts, allowed = tables.plain, tables.parts, tables.allowed
    for subject, predicate, value in triples:
        if not (subject.startswith(below) or subject == own):
            return False
        if predicate in plain:
            if value[0] == '"':
                if not (
                    (value[-1] == ">" or _has_sound_text(value))
                    and (value[-1] == '"' or _is_literal(value))
                ):
                    return False
            elif value not in allowed and not _may_point(value, predicate in tables.mentions):
                return False
        elif predicate in parts:
            if not value.startswith(below) or " " in value:
                return False
        elif predicate != _TYPE or value not in tables.classes:
            return False
    return True


class _Tables(NamedTuple):
    """The vocabulary as N-Triples writes it."""

    plain: frozenset[str]
    parts: frozenset[str]
    classes: frozenset[str]
    allowed: frozenset[str]
    mentions: frozenset[str]


@lru_cache(maxsize=4)
def _tables(vocabulary: Vocabulary) -> _Tables:
    each: tuple[Iterable[str], ...] = (
        vocabulary.predicates - vocabulary.parts - {RDF_TYPE.value},
        vocabulary.predicates & vocabulary.parts,
        vocabulary.classes,
        (f"{base}{slug}" for base, slugs in vocabulary.known.items() for slug in slugs),
        vocabulary.mentions,
    )
    return _Tables(*(frozenset(f"<{iri}>" for iri in iris) for iris in each))


def _may_point(value: str, is_mention: bool) -> bool:
    """Tell whether a term that is no known one may still be pointed to."""
    if value[0] != "<" or " " in value:  # a statement has spaces between its terms
        return False
    if not value.isascii() and HIDDEN.search(value):
        return False
    return not value.startswith(_INSIDE) or (is_mention and value.startswith(_FREE_NODES))


def _has_sound_text(value: str) -> bool:
    """Tell whether a literal holds no character that it may not hold."""
    # N-Triples writes the unsound ones of ASCII as escapes: \b, \f, \u0000.
    return is_sound(literal_text(value)) if "\\" in value else value.isascii() or is_sound(value)


def _is_literal(value: str) -> bool:
    """Tell whether a literal with a language or a datatype is written as it must be."""
    if value[-1] != ">":
        return "--" not in value[value.rindex('"') :]  # RDF 1.2 puts a direction there
    return _remembered(value) if len(value) <= _SHOWN else _is_typed(value)


def _is_typed(value: str) -> bool:
    text, _, datatype = value[1:-1].rpartition('"^^<')
    text = text_of(_parsed(value)) if "\\" in text else text
    return is_sound(text) and explain_literal(text, datatype) is None


_remembered = lru_cache(maxsize=4096)(_is_typed)


def _hint(predicate: str, vocabulary: Vocabulary) -> str:
    """Return what to do about a property that a contribution has not."""
    source = next((by for by, made in vocabulary.things.items() if made[0] == predicate), "")
    if source:
        return f": an export makes it of {compact(source)}; change that, and leave this out"
    if predicate in DESCRIBING:
        return ": an export adds it, and would say otherwise of this; leave it out"
    near = nearest(predicate, vocabulary.predicates, most=1, like=0.85)
    return suggest([compact(one) for one in near])


def _problems(quad: ox.Quad, vocabulary: Vocabulary, case: str) -> Iterator[tuple[str, str]]:
    subject, predicate, value = quad.subject, quad.predicate.value, quad.object
    name, short = text_of(value), compact(predicate)
    noun = "critique" if case.startswith(_CRITIQUE) else "case"
    if not isinstance(subject, ox.NamedNode):
        yield "no-blank-node", _NAMELESS.format(noun)
        return
    if not (subject.value == case or subject.value.startswith(f"{case}/")):
        reason = f"is not part of this {noun}; a contribution speaks of {case} alone"
        yield "own-subject", f"<{subject.value}> {reason}"
    is_part = predicate in vocabulary.parts and not isinstance(value, ox.BlankNode)
    is_own = isinstance(value, ox.NamedNode) and name.startswith(f"{case}/")
    if quad.predicate == RDF_TYPE:
        if not (isinstance(value, ox.NamedNode) and name in vocabulary.classes):
            yield "known-class", f"{name} is no kind of thing that a {noun} may hold"
    elif predicate not in vocabulary.predicates:
        yield "known-property", f"{short} is no property of a {noun}{_hint(predicate, vocabulary)}"
    elif is_part and not is_own:
        yield "own-part", f"{short} must point to a part of this {noun}, named below {case}/"
    elif not is_part:
        none = predicate in vocabulary.absent
        for demand, message in _of_object(value, vocabulary, predicate in vocabulary.mentions):
            is_absent = demand == "literal" and none
            yield demand, f"{message}, or leave it out if there is none" if is_absent else message


def _of_object(
    value: object, vocabulary: Vocabulary, is_mention: bool
) -> Iterator[tuple[str, str]]:
    if isinstance(value, ox.Literal):
        reason = explain_literal(value.value, value.datatype.value)
        if reason:
            yield "literal", reason
        told = explain_text(value.value)
        if told:
            yield told
    elif not isinstance(value, ox.NamedNode):
        yield "no-blank-node", _NAMELESS.format("case")
    else:
        iri = value.value
        hidden = HIDDEN.search(iri)
        if hidden:
            yield "invisible", f"{named(hidden)} in the address; take it out"
        is_free = is_mention and iri.startswith(_FREE)
        if iri.startswith(NAMESPACE) and not is_free and not vocabulary.knows(iri):
            near = nearest_words(vocabulary, iri.rpartition("/")[0] + "/", local_name(iri))
            yield "known-term", f"{compact(iri)} is not known{suggest(near)}"
