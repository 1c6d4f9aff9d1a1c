"""Two sides compared: what they say, and what difference that makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sysgraph.advice.described import read_situations
from sysgraph.diff.concerns import find_concerns
from sysgraph.diff.fronts import (
    MOST_CASES,
    SituationPair,
    case_names,
    compare_claims,
    compare_counts,
    compare_fronts,
    compare_nearness,
    stored_situations,
    type_labels,
)
from sysgraph.diff.report import (
    Comparison,
    Consequence,
    FrontChange,
    Line,
    ProofOfChange,
    Status,
    Subject,
)
from sysgraph.diff.sides import Side, find_side, name_sides, whole
from sysgraph.diff.things import Entity, Words, compare_things, grow, grow_terms, text, tidy
from sysgraph.files import read_bytes
from sysgraph.reason.explain import Explainer, Explanation, Origin, explain_situation
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, Triple, iri_of, kind_of

__all__ = ["compare", "compare_sides"]

MOST_PROOFS = 12
"""How many proofs are unfolded; of more, those of what moves most fronts."""
_TITLE = f"<{PREFIXES['dcterms']}title>"
_NAME = f"<{PREFIXES['schema']}name>"
_FIRST = ("consideration", "effect", "caution", "rule")
_PROVED = f"<{NAMESPACE}enactsType>"
_TOLD = (_PROVED, f"<{NAMESPACE}contestsFacet>", f"<{NAMESPACE}isCautionedBy>")


def compare(named: Sequence[str], situations: Path | None = None) -> Comparison:
    """Return in what two sides differ, named as on the command line.

    ``situations`` is a file of situations to work out on both sides, in place of those that the
    readings of all cases describe.

    Raises:
        BadSide: a name means nothing here.
        BadFile, BadFiles: files cannot be read; all of them are named.
        BadStore, EndpointFailed: a store cannot be asked.
    """
    with TemporaryDirectory(prefix="sysgraph-") as folder:
        found = [
            find_side(name, Path(folder) / str(number))
            for number, name in enumerate(name_sides(named))
        ]
        before, after, only = whole(*found)
        return compare_sides(before, after, only, situations)


def compare_sides(
    before: Side, after: Side, only: Iterable[str] | None = None, situations: Path | None = None
) -> Comparison:
    """Return in what two whole sides differ; ``only`` names contributions to look at."""
    names = sorted({*before.names, *after.names} if only is None else {*only})
    is_same = before.terms == after.terms
    words = Words(before.terms) if is_same else Words(before.terms, after.terms)
    trees = _changed_trees(names, before, after, words)
    contributions = tuple(_contribution(name, *pair, words) for name, pair in trees.items())
    is_same = is_same and (before.rules, before.demands) == (after.rules, after.demands)
    found = Comparison(
        before.name,
        after.name,
        contributions,
        () if is_same else tuple(_ontology(before, after, words)),
        notes=(*_renamed(trees), *before.notes, *after.notes),
    )
    return found if found.is_empty else _with_consequences(found, before, after, words, situations)


_Pair = tuple[Entity | None, Entity | None]


def _changed_trees(
    names: Iterable[str], before: Side, after: Side, words: Words
) -> dict[str, _Pair]:
    found = {}
    for name in names:
        iri = iri_of(name)
        said = [side.statements(name) for side in (before, after)]
        for triples in said:
            for subject, predicate, value in triples:
                if predicate == _TITLE and subject == f"<{iri}>":
                    words.call(subject, text(tidy(value)))
        if said[0] == said[1]:
            continue
        old, new = (grow(iri, triples) for triples in said)
        if (old and old.says) != (new and new.says):
            found[name] = (old, new)
    return found


def _renamed(trees: Mapping[str, _Pair]) -> tuple[str, ...]:
    """Return which contributions say the same under another name, a sentence each."""
    gone = {old.says: name for name, (old, new) in trees.items() if old and not new}
    come = {new.says: name for name, (old, new) in trees.items() if new and not old}
    return tuple(
        f"{come[said]} says what {gone[said]} said: it has another id, and nothing else changed."
        for said in sorted(gone.keys() & come.keys())
    )


def _status(old: object, new: object) -> Status:
    if old is None:
        return Status.ADDED
    return Status.REMOVED if new is None else Status.CHANGED


def _contribution(name: str, old: Entity | None, new: Entity | None, words: Words) -> Subject:
    lines = tuple(line for line in compare_things(old, new, words) if line.field != "kind")
    kind = kind_of(name)
    title = words.term(f"<{iri_of(name)}>") if kind == "case" else name.removeprefix(CRITIQUE)
    return Subject(name, kind, title, _status(old, new), lines)


def _ontology(before: Side, after: Side, words: Words) -> list[Subject]:
    found = list(_terms(before.terms, after.terms, words))
    if before.demands is not None and after.demands is not None:
        found += _terms(before.demands, after.demands, words)
    if before.rules is not None and after.rules is not None:
        found += _rules(before.rules, after.rules)

    def order(subject: Subject) -> tuple[int, str, str]:
        rank = _FIRST.index(subject.kind) if subject.kind in _FIRST else len(_FIRST)
        return rank, subject.kind, subject.name

    return sorted(found, key=order)


def _terms(before: Iterable[Triple], after: Iterable[Triple], words: Words) -> Iterator[Subject]:
    old, new = grow_terms(before), grow_terms(after)
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        iri = name[1:-1] if name.startswith("<") else ""
        title = words.term(name) if iri else "a statement without a name of its own"
        lines = tuple(compare_things(was, now, words))
        yield Subject(iri or words.term(name), _kind_of(iri), title, _status(was, now), lines)


def _kind_of(iri: str) -> str:
    """Return which kind of thing an IRI of the namespace names; schema terms are just terms.

    >>> _kind_of("https://w3id.org/sysgraph/consideration/agreement-plural")
    'consideration'
    >>> _kind_of("https://w3id.org/sysgraph/supports")
    'term'
    """
    kind, slash, _ = iri.removeprefix(NAMESPACE).partition("/")
    return kind if slash and not kind.startswith("http") else "term"


def _rules(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Subject]:
    for name in sorted({*old, *new}):
        was, now = _as_lines(old.get(name, "")), _as_lines(new.get(name, ""))
        if was != now or (name in old) != (name in new):
            status = _status(old.get(name), new.get(name))
            yield Subject(name, "rule", name, status, (Line("", "the rule", was, now),))


def _as_lines(rule: str) -> tuple[str, ...]:
    """Return a rule without comments and without how it is laid out."""
    lines = (" ".join(line.split()) for line in rule.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _with_consequences(
    found: Comparison, before: Side, after: Side, words: Words, file: Path | None
) -> Comparison:
    """Return a comparison with what the differences lead to."""
    names = [subject.name for subject in found.contributions]
    labels = type_labels(before, after)
    pairs, told = _situations(file, before, after, names)
    moves = compare_fronts(pairs, before, after, labels)
    reach = names
    if found.ontology:  # then cases that are the same may follow otherwise
        every = sorted({*before.names, *after.names})
        reach = list(dict.fromkeys((*names, *every[:MOST_CASES])))
    consequences, proofs, clashes = _compare_conclusions(reach, before, after, words)
    notes = (
        f"The case {name} contradicts itself; 'sysgraph validate' shows how." for name in clashes
    )
    found = replace(
        found,
        situations=len(pairs),
        told=told,
        moves=tuple(moves),
        counts=tuple(compare_counts(before, after, labels)),
        nearness=tuple(compare_nearness(names, pairs, before, after)),
        verdicts=tuple(consequences),
        answers=tuple(compare_claims(before.dissent, after.dissent)),
        proofs=(*_prove_moves(moves, before, after), *proofs),
        notes=tuple(dict.fromkeys((*found.notes, *before.notes, *after.notes, *notes))),
    )
    warnings, checked = find_concerns(found, before, after)
    return replace(found, warnings=warnings, checked=checked)


def _situations(
    file: Path | None, before: Side, after: Side, names: Sequence[str]
) -> tuple[list[SituationPair], str]:
    """Return the situations to work out, and in words where they are from."""
    if file is not None:
        listed = read_situations(read_bytes(file), str(file), after.frame)
        pairs = [
            SituationPair(one.id, one.title or one.id, one.facets, one.facets) for one in listed
        ]
        return pairs, f"the situations of {file}"
    pairs = stored_situations(before, after, names)
    count = len(case_names(before, after))
    some = f" (the first {MOST_CASES:,} of {count:,} cases)" if count > MOST_CASES else ""
    return pairs, f"the situations that the readings of all cases describe{some}"


def _compare_conclusions(
    names: Iterable[str], before: Side, after: Side, words: Words
) -> tuple[list[Consequence], list[ProofOfChange], list[str]]:
    """Return how cases are classed, contested and cautioned otherwise, proofs, and clashes.

    A clash is the name of a case that contradicts itself on the side after. A case of which
    nothing follows otherwise takes a millisecond; proofs take some 100 each, and stop at a dozen.
    """
    found: list[Consequence] = []
    proofs: list[ProofOfChange] = []
    clashes = []
    for name in names:
        if "/" in name:
            continue
        (were, _), (are, is_clash) = (_concluded(name, side) for side in (before, after))
        if is_clash:
            clashes.append(name)
        for status, triples, side in (
            (Status.REMOVED, were - are, before),
            (Status.ADDED, are - were, after),
        ):
            found += [_consequence(name, triple, status, words) for triple in sorted(triples)]
            for triple in sorted(t for t in triples if t[1] == _PROVED):
                if len(proofs) < MOST_PROOFS:
                    about = f"how the practice of {name} is classed"
                    explanation = _explainer(name, side).explain(triple, most=1)
                    proofs.append(ProofOfChange(about, status, explanation))
    return found, proofs, clashes


def _concluded(name: str, side: Side) -> tuple[set[Triple], bool]:
    """Return what is told of a case on a side, and whether it contradicts itself there."""
    stated = side.statements(name)
    if not stated:
        return set(), False
    found = side.reasoner.infer(sorted(stated), iri_of(name))
    # Readings enact too, as a step on the way to the practice; the practice is what is told.
    told = {
        triple
        for triple in found.triples()
        if triple[1] in _TOLD and (triple[1] != _PROVED or triple[0].endswith("/practice>"))
    }
    return told, bool(found.clashes)


def _explainer(name: str, side: Side) -> Explainer:
    stated = sorted(side.statements(name))
    people = {text(o) for s, p, o in stated if p == _NAME and s.endswith("/contributor>")}
    origin = Origin(f"case {name}", ", ".join(sorted(people)), "reading")
    return Explainer(stated, iri_of(name), origin, side.reasoner)


def _consequence(name: str, triple: Triple, status: Status, words: Words) -> Consequence:
    subject, predicate, value = triple
    path = words.path((Entity(iri_of(name), {}), Entity(subject[1:-1], {})))
    return Consequence(name, path, words.field(predicate), words.term(value), status)


def _prove_moves(
    moves: Iterable[FrontChange], before: Side, after: Side
) -> Iterator[ProofOfChange]:
    """Yield, for the reasons that made fronts move, why the graph says so on the side that does.

    Each is proved once, whatever the number of situations, those that move most fronts first.
    What only shifts standings is told without proof.
    """
    weight = Counter(
        (reason.iri, reason.kind, reason.status)
        for move in moves
        if move.moves_front
        for reason in move.reasons
    )
    for key, count in sorted(weight.items(), key=lambda item: (-item[1], item[0]))[:MOST_PROOFS]:
        iri, kind, status = key
        about = f"a front that moves in {count} situation{'' if count == 1 else 's'}"
        for explanation in _prove(iri, kind, before if status is Status.REMOVED else after):
            yield ProofOfChange(about, status, explanation)


def _prove(iri: str, kind: str, side: Side) -> Iterator[Explanation]:
    """Yield the proof of each thing that a consideration, gate or caution says of a type."""
    type_ = f"<{NAMESPACE}type/{kind}>"
    wanted: list[tuple[str, str, Iterable[str]]] = []
    for one in side.frame.considerations:
        if one.iri == iri and kind in one.supports:
            wanted.append(("favours", type_, [one.value]))
        if one.iri == iri and kind in one.undermines:
            wanted.append(("disfavours", type_, [one.value]))
    frame = side.frame
    for verb, warnings in (("isCautionedBy", frame.cautions), ("isGatedBy", frame.gates)):
        for warning in warnings:
            if (warning.iri, warning.type) == (iri, kind):
                wanted.append((verb, f"<{iri}>", warning.condition.values(frame.facets)))
    for verb, target, values in wanted:
        explainer = explain_situation("described", values, side.reasoner)
        statement = (f"<{explainer.iri}>", f"<{NAMESPACE}{verb}>", target)
        explanation = explainer.explain(statement, most=1)
        if explanation.proofs.found:
            yield explanation
