"""What there is to fill in: each key or property, and what the shapes let stand there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sysgraph.context import ContextKey
from sysgraph.errors import UnknownThing
from sysgraph.near import nearest
from sysgraph.ontology import Demand, Nodes, Ontology
from sysgraph.rdf import RDF_TYPE
from sysgraph.terms import NAMESPACE, PREFIXES, compact, local_name

__all__ = ["PLAIN", "Choice", "Field", "Form", "form_of", "kinds"]

PLAIN = {"case": f"{NAMESPACE}CaseStudy", "critique": f"{NAMESPACE}Critique"}
"""What is written with keys; every other kind is a block of Turtle."""
_NOT_ASKED = {f"{NAMESPACE}hasCoding", f"{NAMESPACE}followsAdvice"}
"""What others fill in: a second coder, on a sheet, and ``follow-up``, which gave the advice."""
_ORDER = f"{NAMESPACE}displayOrder"
_LABEL = f"{PREFIXES['rdfs']}label"
_MEANING = f"{PREFIXES['skos']}definition"
_LAST = 1_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that are allowed: what is written, its label, and what it means."""

    text: str
    label: str = ""
    meaning: str = ""

    @property
    def is_explained(self) -> bool:
        """Tell whether the label says more than the value itself."""
        plain = self.text.rpartition(":")[2].replace("-", " ")
        return bool(self.label) and self.label.lower() != plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key, or one property of a block, and what may stand there.

    ``least`` and ``most`` values must be there (None: any number), ``advised`` should be.
    ``says`` is the demand in words and ``advice`` what is only asked for; ``meaning`` is the
    definition in the ontology. A field with ``fields`` holds keys of its own, and a ``group``
    only puts such keys together. ``prefixes`` may begin the addresses that are written here.
    ``label`` is what the key names in the ontology, ``is_text`` marks prose in a language, and
    ``part`` is the class of what is held, where shapes judge that as a thing of its own.
    ``wording`` is the question as it is put to people, with its ``help``, where there is one.
    """

    key: str
    predicate: str = ""
    least: int = 0
    advised: int = 0
    most: int | None = None
    says: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    meaning: str = ""
    datatype: str = ""
    is_address: bool = False
    patterns: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    prefixes: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    is_group: bool = False
    label: str = ""
    is_text: bool = False
    part: str = ""
    wording: str = ""
    help: str = ""

    @property
    def is_any_of(self) -> bool:
        """Tell whether this is a group of which one key must be there, whichever it is."""
        return self.is_group and not any(one.least for one in self.fields)

    @property
    def explanation(self) -> str:
        """Return what it means, what is demanded and what is asked for, in sentences."""
        meaning = f"{self.meaning[:1].upper()}{self.meaning[1:]}." if self.meaning else ""
        return " ".join(text for text in (meaning, *self.says[:1], *self.advice) if text)


@dataclass(frozen=True, slots=True)
class Form:
    """All there is to fill in of one kind. ``base`` begins the IRI, ``file`` is where it goes.

    ``within`` is the key of what each thing of the kind is named after: the name of a value begins
    with that of its facet, as in ``like``.
    """

    kind: str
    iri: str
    meaning: str
    base: str
    fields: tuple[Field, ...]
    file: str = ""
    within: str = ""
    like: str = ""

    @property
    def own(self) -> tuple[Field, ...]:
        """Return the fields for whoever contributes it, without what others fill in."""
        return tuple(each for each in self.fields if each.predicate not in _NOT_ASKED)


def kinds(ontology: Ontology) -> list[str]:
    """Return what can be begun: case and critique, then every kind that the shapes judge."""
    return [*PLAIN, *sorted(_classes(ontology))]


@cache
def form_of(kind: str, ontology: Ontology) -> Form:
    """Return what there is to fill in, from context, shapes and vocabulary.

    Raises:
        UnknownThing: nothing of that kind can be begun; carries the nearest names.
        BadFile: a file of the ontology is broken.
    """
    if kind in PLAIN:
        iri, vocabulary = PLAIN[kind], ontology.vocabulary
        keys = (vocabulary.of_critiques if kind == "critique" else vocabulary).keys
        fields = _fields(keys, ontology.demands(iri), ontology)
        return Form(kind, iri, ontology.nodes.said(iri, _MEANING), f"{NAMESPACE}{kind}/", fields)
    classes = _classes(ontology)
    if kind not in classes:
        names = kinds(ontology)
        raise UnknownThing(kind, "kind of thing to begin", nearest(kind, names), names)
    return _block_form(kind, classes[kind], ontology)


def _classes(ontology: Ontology) -> dict[str, str]:
    return {_named(iri): iri for iri in ontology.judged - {*PLAIN.values()}}


def _named(iri: str) -> str:
    name = local_name(iri)
    return "".join(
        f"-{c.lower()}" if c.isupper() and at else c.lower() for at, c in enumerate(name)
    )


def _block_form(kind: str, iri: str, ontology: Ontology) -> Form:
    nodes, demands = ontology.nodes, ontology.demands(iri)
    members = nodes.members(iri)
    # Members of a narrower class, as aims are of the facet values, have a file of their own.
    members = [one for one in members if iri in nodes.all(one, RDF_TYPE.value)] or members
    base = next((member[: -len(local_name(member))] for member in members), f"{NAMESPACE}{kind}/")
    used = list(dict.fromkeys(predicate for one in members for predicate in nodes.about[one]))
    order = {predicate: at for at, predicate in enumerate(used)}
    asked = {one.path for one in demands if one.path.startswith("http")}
    fields = tuple(
        _field(compact(predicate), predicate, demands, ontology, compact)
        for predicate in sorted(asked, key=lambda one: (order.get(one, _LAST), one))
    )
    file = ontology.file_of(members[0]) if members else f"vocab/{kind}s.ttl"
    form = Form(kind, iri, nodes.said(iri, _MEANING), base, fields, file)
    within = next((key for key in used if _is_named_after(key, members, nodes)), "")
    return replace(form, within=compact(within), like=compact(members[0])) if within else form


def _is_named_after(predicate: str, members: list[str], nodes: Nodes) -> bool:
    starts = [(member, local_name(nodes.said(member, predicate))) for member in members]
    return all(start and local_name(one).startswith(f"{start}-") for one, start in starts)


def _fields(
    keys: dict[str, ContextKey], demands: Sequence[Demand], ontology: Ontology
) -> tuple[Field, ...]:
    """Return the fields for the keys of a thing that the demands are made on."""
    counts = Counter(key.predicate for key in keys.values())
    found = []
    for key in keys.values():
        if key.is_group:
            found.append(_group(key.name, _fields(key.keys, demands, ontology), demands))
        elif counts[key.predicate] > 1:
            found.append(_one_of_several(_key(key, demands, ontology), ontology))
        else:
            found.append(_key(key, demands, ontology))
    return tuple(found)


def _group(key: str, inner: tuple[Field, ...], demands: Sequence[Demand]) -> Field:
    counts = Counter(one.predicate for one in inner)
    wanted = [one for one in demands if counts[one.path] > 1 and one.is_strict and one.least]
    least = max((one.least for one in wanted), default=0)
    says = tuple(one.message for one in wanted)
    alone = any(one.least for one in inner)
    return Field(key=key, is_group=True, least=least or int(alone), says=says, fields=inner)


def _one_of_several(field: Field, ontology: Ontology) -> Field:
    """Return one of the keys that say the same: none is demanded, but one of them; see _group."""
    return replace(
        field,
        least=0,
        advised=0,
        most=1,
        says=(),
        meaning=ontology.nodes.named(field.key, _MEANING) or field.meaning,
        label=ontology.nodes.named(field.key, _LABEL),
        wording=ontology.nodes.named(field.key, f"{NAMESPACE}wording"),
        help=ontology.nodes.named(field.key, f"{NAMESPACE}help"),
    )


def _key(key: ContextKey, demands: Sequence[Demand], ontology: Ontology) -> Field:
    base = key.base if key.kind == "@vocab" else ""
    field = _field(
        key.name, key.predicate, demands, ontology, lambda iri: iri.removeprefix(base), base
    )
    if key.keys:
        inner = _fields(key.keys, ontology.demands(key.predicate), ontology)
        part = ontology.class_of_parts(key.predicate)
        return replace(field, fields=inner, part=part, is_address=False)
    is_text, is_address = key.language is not None, key.kind == "@id"
    # A text in one language, each language once, is one text.
    single = is_text and any(one.is_unique for one in demands if one.path == key.predicate)
    return replace(
        field,
        is_text=is_text,
        most=1 if single else field.most,
        datatype=key.kind if key.kind.startswith(PREFIXES["xsd"]) else field.datatype,
        is_address=field.is_address or is_address,
        prefixes=tuple(ontology.vocabulary.prefixes) if is_address else (),
    )


def _field(
    key: str,
    predicate: str,
    demands: Sequence[Demand],
    ontology: Ontology,
    write: Callable[[str], str],
    base: str = "",
) -> Field:
    """Return a field with what is demanded of it; ``write`` writes the IRI of a term there."""
    found = [one for one in demands if one.path == predicate]
    strict = [one for one in found if one.is_strict]
    most = [one.most for one in strict if one.most is not None]
    return Field(
        key=key,
        predicate=predicate,
        least=max((one.least for one in strict), default=0),
        advised=max((one.least for one in found if not one.is_strict), default=0),
        most=min(most, default=None),
        says=tuple(one.message for one in strict),
        advice=tuple(one.message for one in found if not one.is_strict),
        meaning=ontology.nodes.said(predicate, _MEANING),
        datatype=next((one.datatype for one in strict if one.datatype), ""),
        is_address=any(one.is_address for one in strict),
        patterns=tuple(dict.fromkeys(one.pattern for one in strict if one.pattern)),
        choices=tuple(_choices(strict, ontology.nodes, write, base)),
    )


def _choices(
    demands: list[Demand], nodes: Nodes, write: Callable[[str], str], base: str
) -> Iterator[Choice]:
    fixed = [value for one in demands for value in one.values]
    classes = [one.kind for one in demands if one.kind]
    allowed: list[str] = []
    if base or classes:
        among = nodes.members(classes[0]) if classes else nodes.about
        allowed = [iri for iri in among if iri.startswith(base)]
    if not {*fixed}.isdisjoint(allowed):  # a wider class allows more, as aims show
        allowed, fixed = [iri for iri in allowed if iri in fixed], []
    for iri in _sorted(allowed, nodes):
        yield Choice(write(iri), nodes.said(iri, _LABEL), nodes.said(iri, _MEANING))
    for value in fixed:
        yield Choice(compact(value) if value.startswith("http") else value)


def _sorted(iris: list[str], nodes: Nodes) -> list[str]:
    """Return terms in the order in which they are shown, or by name where there is none."""
    orders = {iri: nodes.said(iri, _ORDER) for iri in sorted(iris)}
    if len({*orders.values()}) < len(orders) or not all(map(str.isdecimal, orders.values())):
        return list(orders)
    return sorted(orders, key=lambda iri: int(orders[iri]))
