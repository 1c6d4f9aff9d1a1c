"""Things and texts as pages show them: a name, where it leads, and never anywhere unsafe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.browse import Named, Statement
from sysgraph.errors import clean
from sysgraph.publish.things import contribution_at
from sysgraph.terms import NAMESPACE, PREFIXES, compact
from sysgraph.web.site import path_of

if TYPE_CHECKING:
    from sysgraph.browse import Thing

__all__ = ["Link", "Said", "anchor_of", "href_of", "part_words", "said_of"]

_SHOWN = 2000
"""How many characters of a text are shown where it is one of many."""


@dataclass(frozen=True, slots=True)
class Link:
    """A name and where it leads, nowhere if that is empty."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said by one property. ``more`` is how many values there are if not all are shown."""

    by: Link
    values: tuple[Link, ...]
    is_inferred: bool = False
    more: int = 0
    iri: str = ""


def anchor_of(part: str) -> str:
    """Return what a part of a case goes by on the page of its case.

    >>> anchor_of("readings/1/facets/agreement")
    'readings-1-facets-agreement'
    """
    return "-".join(filter(None, part.split("/")))


def href_of(iri: str) -> str:
    """Return where a thing's page is: ours, or another's on the web; nothing for all else.

    >>> href_of("https://w3id.org/sysgraph/case/x/outcome/led"), href_of("javascript:alert(1)")
    ('/case/x#outcome-led', '')
    """
    if iri.startswith(NAMESPACE):
        name, part = contribution_at(iri)
        if name and part:
            whole = iri.removesuffix(f"/{part}")
            return f"{path_of(whole)}#{anchor_of(part)}"
        return path_of(iri)
    return iri if iri.startswith(("https://", "http://")) else ""


def part_words(part: str) -> str:
    """Return the path of a part in words.

    >>> part_words("readings/1/facets/agreement")
    'readings 1, facets agreement'
    """
    words = [one.replace("-", " ") for one in part.split("/") if one]
    pairs = [" ".join(words[at : at + 2]) for at in range(0, len(words), 2)]
    return ", ".join(pairs)


def link_of(named: Named, titles: Mapping[str, str]) -> Link:
    """Return a thing or a text as it is shown.

    ``titles`` has what people call it: the titles of cases by their ids, others by their IRIs.
    """
    if not named.iri:
        text = clean(named.text)
        return Link(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    name, part = contribution_at(named.iri)
    text = named.text
    if name and part:
        text = f"{titles.get(name, name)}: {part_words(part)}"
    elif name in titles or named.iri in titles:
        text = titles.get(name) or titles[named.iri]
    elif text == compact(named.iri) and not named.iri.startswith(NAMESPACE):
        text = named.text if named.iri.startswith(tuple(PREFIXES.values())) else named.iri
    return Link(clean(text), href_of(named.iri))


def said_of(
    thing: Thing, titles: Mapping[str, str], properties: Mapping[str, str]
) -> tuple[list[Said], list[Said]]:
    """Return what is said of a thing, and what speaks of it, as pages show it.

    ``properties`` has words for those that others define, by their short names.
    """

    def shown(statements: Iterable[Statement]) -> list[Said]:
        return [
            Said(
                property_link(each.by, properties),
                tuple(link_of(one, titles) for one in each.values),
                each.is_inferred,
                each.count,
                each.by.iri,
            )
            for each in statements
        ]

    return shown(thing.said), shown(thing.said_of)


def property_link(by: Named, properties: Mapping[str, str]) -> Link:
    """Return what to call a property: its label, or our words for one of others."""
    text = properties.get(compact(by.iri)) or by.text
    return Link(clean(text), path_of(by.iri) if by.iri.startswith(NAMESPACE) else "")
