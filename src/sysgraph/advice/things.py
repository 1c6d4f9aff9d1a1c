"""What a store says of things, one by one: what every part of a frame is made from."""

from __future__ import annotations

from sysgraph.terms import PREFIXES, local_name

__all__ = ["TRUE", "Said", "SaidThing", "placed", "things_of"]

TRUE = ("true", "1")
"""How a boolean is written; some servers keep it as a number."""

Said = dict[str, dict[str, list[str]]]
"""What is said of each thing, by its IRI and by the last parts of properties, values sorted."""


class SaidThing:
    """What is said of one thing."""

    def __init__(self, iri: str, said: Said) -> None:
        self.iri = iri
        self.facts = said.get(iri, {})

    def all(self, name: str) -> list[str]:
        """Return all that is said by a property."""
        return self.facts.get(name, [])

    def text(self, name: str) -> str:
        """Return what is said; where it is several things, the first of them by name."""
        return self.facts.get(name, [""])[0]

    @property
    def named(self) -> tuple[str, str, str]:
        """Return its IRI, short name and label."""
        return self.iri, self.text("notation"), self.text("label")

    def is_true(self, name: str) -> bool:
        """Tell whether a property is said to be true of it."""
        return self.text(name) in TRUE

    def slug(self, name: str) -> str:
        """Return the short name of what a property names."""
        return local_name(self.text(name))

    def slugs(self, name: str) -> set[str]:
        """Return the short names of all that a property names."""
        return set(map(local_name, self.all(name)))


def things_of(said: Said, kind: str, needed: str) -> list[SaidThing]:
    """Return the things of a class, or of any, of which all is said that is needed, by IRI."""
    wanted, of = set(needed.split()), f"{PREFIXES['sysg']}{kind}"
    return [
        SaidThing(iri, said)
        for iri, facts in said.items()
        if wanted <= facts.keys() and (not kind or of in facts.get("type", ()))
    ]


def placed(said: Said, kind: str, needed: str) -> list[SaidThing]:
    """Return such things in the order that the graph shows them in."""
    found = things_of(said, kind, f"{needed} notation displayOrder")
    return sorted(found, key=lambda each: (int(each.text("displayOrder")), each.text("notation")))
