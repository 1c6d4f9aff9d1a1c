"""What follows from a changed case on each side, and the proofs of what makes the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sysgraph.explain import Explainer, Origin
from sysgraph.review.fronts import Board
from sysgraph.review.parts import Part
from sysgraph.review.report import Move, Proof, Status, Verdict
from sysgraph.review.side import Side, iri_of
from sysgraph.review.words import Words
from sysgraph.terms import PREFIXES, Triple

__all__ = ["MOST_PROOFS", "compare_conclusions", "prove_moves"]

MOST_PROOFS = 12
"""How many proofs are unfolded; of more, those of what moves most fronts."""

_SYSG = PREFIXES["sysg"]
_TYPE = f"<{PREFIXES['rdf']}type>"
_TOLD = tuple(f"<{_SYSG}{name}>" for name in ("enactsType", "contestsFacet", "isCautionedBy"))
_PROVED = _TOLD[0]
_NAME = f"<{PREFIXES['schema']}name>"


def compare_conclusions(
    names: Iterable[str], before: Side, after: Side, words: Words
) -> tuple[list[Verdict], list[Proof], list[str]]:
    """Return how cases are classed, contested and cautioned otherwise, proofs, and clashes.

    A clash is the name of a case that contradicts itself on the side after. A case of which
    nothing follows otherwise takes a millisecond; proofs take some 100 each, and stop at a dozen.
    """
    verdicts: list[Verdict] = []
    proofs: list[Proof] = []
    clashes = []
    for name in names:
        if "/" in name:
            continue
        (were, _), (are, is_clash) = (_concluded(name, side) for side in (before, after))
        if is_clash:
            clashes.append(name)
        for triples, status, side in (
            (were - are, Status.REMOVED, before),
            (are - were, Status.ADDED, after),
        ):
            verdicts += [_verdict(name, triple, status, words) for triple in sorted(triples)]
            for triple in sorted(t for t in triples if t[1] == _PROVED):
                if len(proofs) < MOST_PROOFS:
                    explanation = _explainer(name, side).explain(triple, most=1)
                    about = f"how the practice of {name} is classed"
                    proofs.append(Proof(about, status, explanation))
    return verdicts, proofs, clashes


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
    people = [o for s, p, o in stated if p == _NAME and s.endswith("/contributor>")]
    who = ", ".join(sorted(person[1 : person.rindex('"')] for person in people))
    return Explainer(stated, iri_of(name), Origin(f"case {name}", who, "reading"), side.reasoner)


def _verdict(name: str, triple: Triple, status: Status, words: Words) -> Verdict:
    iri = iri_of(name)
    path = words.path((Part(iri, {}), Part(triple[0][1:-1], {})))
    return Verdict(name, path, words.field(triple[1]), words.term(triple[2]), status)


def prove_moves(
    moves: Sequence[Move], before: Side, after: Side, boards: tuple[Board, Board]
) -> Iterator[Proof]:
    """Yield, for the reasons that made fronts move, why the graph says so on the side that does.

    Each is proved once, whatever the number of situations, those that move most fronts first.
    """
    weight: dict[tuple[str, str, Status], int] = {}
    for move in moves:
        for reason in move.reasons:
            key = (reason.iri, reason.kind, reason.status)
            weight[key] = weight.get(key, 0) + move.moves_front
    sides = {Status.REMOVED: (before, boards[0]), Status.ADDED: (after, boards[1])}
    # Whoever moves a front comes first; what only shifts standings is told without proof.
    wanted = sorted((key for key in weight if weight[key]), key=lambda key: (-weight[key], key))
    for key in wanted[:MOST_PROOFS]:
        iri, kind, status = key
        yield from _prove(iri, kind, status, weight[key], *sides[status])


def _prove(
    iri: str, kind: str, status: Status, fronts: int, side: Side, board: Board
) -> Iterator[Proof]:
    frame = board.full
    situation = f"<{_SYSG}situation/described>"
    wanted: dict[str, list[str]] = {}
    for consideration in frame.considerations:
        if consideration.iri == iri:
            for verb, types in (
                ("favours", consideration.supports),
                ("disfavours", consideration.undermines),
            ):
                if kind in types:
                    wanted[verb] = [consideration.value]
    target = f"<{_SYSG}type/{kind}>"
    for caution in frame.cautions:
        if caution.iri == iri and caution.type == kind:
            wanted["isCautionedBy"] = sorted(caution.conditions)
            target = f"<{iri}>"
    for verb, values in wanted.items():
        stated = [(situation, _TYPE, f"<{_SYSG}Situation>")]
        stated += [(situation, f"<{_SYSG}hasFacetValue>", f"<{value}>") for value in values]
        origin = Origin("the situation described", "whoever asks")
        explainer = Explainer(stated, situation[1:-1], origin, side.reasoner)
        explanation = explainer.explain((situation, f"<{_SYSG}{verb}>", target), most=1)
        if explanation.proofs.found:
            times = f"{fronts} situation{'' if fronts == 1 else 's'}"
            yield Proof(f"a front that moves in {times}", status, explanation)
