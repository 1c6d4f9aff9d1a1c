"""How a case is cited, and what it cites: as BibTeX, and as CSL-JSON.

Names stand as they were written: nobody's family name is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sysgraph.errors import SysgraphError, clean
from sysgraph.ontology import Nodes
from sysgraph.publish.parts import Part, What, named_graphs
from sysgraph.terms import NAMESPACE, ONTOLOGY_GRAPH, PREFIXES, contribution_of, iri_of, local_name

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["Cited", "Work", "export_cited", "works", "write_bibtex", "write_csl"]

_TERMS, _SCHEMA = PREFIXES["dcterms"], PREFIXES["schema"]
_UNCHECKED = "unchecked: cited from memory"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SIGNS = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
"""How LaTeX writes what it would obey; braces by name, for BibTeX counts them even so."""


class Cited(StrEnum):
    """A syntax that programs for references read."""

    BIBTEX = "bibtex"
    CSL = "csl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What can be cited; what is not known is empty. ``issued`` is a year or a day.

    ``where`` names the journal, publisher or site, and ``about`` tells what was read of it.
    """

    key: str
    is_case: bool
    title: str
    author: str
    issued: str
    where: str
    url: str
    version: str = ""
    note: str = ""
    about: str = ""


def export_cited(store: Store, syntax: Cited, part: Part) -> Iterator[bytes]:
    """Yield each case as an entry, and after it the works that it cites, in the order of the ids.

    Raises:
        SysgraphError: something else than cases is asked for.
        SysgraphError: there is no case of a name that is asked for.
    """
    if part.what is not What.CASES:
        raise SysgraphError(f"{syntax} holds cases and what they cite, and no {part.what}")
    version = _version(store)
    graphs = named_graphs(store, Part(What.CASES, part.cases))
    found = (work for one in graphs for work in works(store, one, version))
    return (write_bibtex if syntax is Cited.BIBTEX else write_csl)(found)


def _version(store: Store) -> str:
    """Return which version of the library a store holds."""
    rows = store.select(
        f"SELECT ?version WHERE {{ GRAPH <{ONTOLOGY_GRAPH}>"
        f" {{ <{NAMESPACE}> <{PREFIXES['owl']}versionInfo> ?version }} }} ORDER BY ?version"
    )
    return next((row["version"] for row in rows.texts()), "")


def works(store: Store, graph: str, version: str) -> Iterator[Work]:
    """Yield a case of a store, and then what it cites, each by a key that stays."""
    case_id, facts = contribution_of(graph), Nodes(store.quads(graph))
    iri = iri_of(case_id)
    by = facts.said(iri, f"{_TERMS}contributor")
    licence, orcid = facts.said(iri, f"{_TERMS}license"), facts.said(by, f"{_SCHEMA}identifier")
    told = ("case study of the sysgraph library", licence and f"licence {licence}")
    yield Work(
        key=case_id,
        is_case=True,
        title=_text(facts, iri, f"{_TERMS}title"),
        author=_text(facts, by, f"{_SCHEMA}name"),
        issued=facts.said(iri, f"{_TERMS}created"),
        where="sysgraph",
        url=iri,
        version=version,
        note="; ".join(filter(None, (*told, orcid and f"contributor {orcid}"))),
    )
    cited = facts.all(iri, f"{PREFIXES['cito']}citesAsEvidence")
    for one in sorted(cited, key=_in_order):
        yield _cited(f"{case_id}-{local_name(one)}", one, facts)


def _in_order(iri: str) -> tuple[int, str]:
    last = local_name(iri)
    return (int(last), "") if last.isdecimal() else (0, last)


def _cited(key: str, iri: str, facts: Nodes) -> Work:
    is_read = facts.said(iri, f"{NAMESPACE}pageRead") in ("true", "1")
    part = facts.said(iri, f"{NAMESPACE}hasPartRead").rpartition("/")[2]
    amount = _text(facts, iri, f"{NAMESPACE}amountRead")
    read = f"Read: {', '.join(filter(None, (part, amount)))}." if is_read and part + amount else ""
    notes = sorted(facts.all(iri, f"{PREFIXES['skos']}note"))
    return Work(
        key=key,
        is_case=False,
        title=_text(facts, iri, f"{_TERMS}title"),
        author=_text(facts, iri, f"{_SCHEMA}author"),
        issued=facts.said(iri, f"{_TERMS}issued"),
        where=_text(facts, iri, f"{NAMESPACE}publishedIn"),
        url=facts.said(iri, f"{_SCHEMA}url"),
        note="" if is_read else _UNCHECKED,
        about=" ".join(filter(None, (read, *map(clean, notes)))),
    )


def _text(facts: Nodes, node: str, predicate: str) -> str:
    return clean(min(facts.all(node, predicate), default=""))


def _date(issued: str) -> list[int]:
    """Return year, month and day of a year or a date, which may have a time zone; else nothing."""
    found = re.match(r"(-?\d{4,})(?:-(\d\d)-(\d\d))?", issued)
    return [int(part) for part in found.groups() if part] if found else []


def write_bibtex(found: Iterable[Work]) -> Iterator[bytes]:
    """Yield a BibTeX database in UTF-8, entry by entry.

    Source: Oren Patashnik, BibTeXing, 1988, https://ctan.org/pkg/bibtex; ``date``, ``url`` and
    ``version`` are fields of biblatex, https://ctan.org/pkg/biblatex
    """
    for number, work in enumerate(found):
        fields = "".join(f"  {name} = {value},\n" for name, value in _fields(work))
        gap = "\n" if number else ""
        yield f"{gap}@misc{{{work.key},\n{fields}}}\n".encode()


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entry. A second pair of braces keeps names and capitals whole."""
    if work.author:
        yield "author", f"{{{{{_latex(work.author)}}}}}"
    yield "title", f"{{{{{_latex(work.title)}}}}}"
    yield from _when(_date(work.issued))
    if work.is_case:
        yield from (("type", "{dataset}"), ("publisher", f"{{{_latex(work.where)}}}"))
    texts = {
        "howpublished": work.where,
        "version": work.version,
        "note": work.note,
        "annote": work.about,
    }
    yield from ((name, f"{{{_latex(text)}}}") for name, text in texts.items() if text)
    if work.url:
        yield "url", f"{{{re.sub(r'[{}]', lambda sign: f'%{ord(sign[0]):02X}', work.url)}}}"


def _when(parts: list[int]) -> Iterator[tuple[str, str]]:
    if parts:
        yield "year", f"{{{parts[0]}}}"
    if len(parts) == 3:
        yield "month", _MONTHS[parts[1] - 1]
        yield "date", f"{{{parts[0]:04}-{parts[1]:02}-{parts[2]:02}}}"


def _latex(text: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in text)


def write_csl(found: Iterable[Work]) -> Iterator[bytes]:
    """Yield CSL-JSON, an item a work.

    Source: CSL 1.0.2, Appendix III and IV, https://docs.citationstyles.org/en/stable/specification.html,
    and its JSON schema, https://github.com/citation-style-language/schema
    """
    start = "[\n"
    for work in found:
        text = json.dumps(_item(work), ensure_ascii=False, indent=2)
        yield (start + text).encode()
        start = ",\n"
    yield b"[]\n" if start == "[\n" else b"\n]\n"


def _item(work: Work) -> dict[str, Any]:
    parts = _date(work.issued)
    item = {
        "id": work.key,
        "type": "dataset" if work.is_case else "document",
        "title": work.title,
        "author": [{"literal": work.author}] if work.author else [],
        "issued": {"date-parts": [parts]} if parts else {},
        "publisher" if work.is_case else "container-title": work.where,
        "version": work.version,
        "URL": work.url,
        "note": work.note,
        "annote": work.about,
    }
    return {name: value for name, value in item.items() if value}
