"""Two sides compared: what they say, and what difference that makes.

What follows from a changed case on each side, and the proofs of what makes the difference.
The difference in consequence: advice, evidence, classification and dissent on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sysgraph.advice.described import read_situations
from sysgraph.diff.concerns import find_concerns
from sysgraph.diff.fronts import (
    MOST_CASES,
    Board,
    Trial,
    board_of,
    compare_counts,
    compare_nearness,
    moves,
    stored_trials,
)
from sysgraph.diff.overlay import Files, Part, Side, compare_parts, grow, grow_terms, iri_of
from sysgraph.diff.report import (
    Line,
    Move,
    Proof,
    Review,
    Status,
    Subject,
    Verdict,
    Words,
    compare_claims,
    kind_of,
)
from sysgraph.diff.sides import find_side, name_sides, whole
from sysgraph.files import data, read_bytes
from sysgraph.ontology import load_vocabulary
from sysgraph.rdf import RDF_TYPE
from sysgraph.reason.explain import Explainer, Origin
from sysgraph.terms import CRITIQUE, PREFIXES, Triple

__all__ = ["compare", "compare_sides"]

_TITLE = f"<{PREFIXES['dcterms']}title>"
_KIND = f"<{RDF_TYPE.value}>"
_FIRST = ("consideration", "effect", "caution", "rule")


def compare(named: Sequence[str], situations: Path | None = None) -> Review:
    """Return in what two sides differ, named as on the command line.

    ``situations`` is a file of situations to work out on both sides, in place of those that the
    readings of all cases describe.

    Raises:
        BadSide: a name means nothing here.
        BadFile, BadFiles: files cannot be read; all of them are named.
        BadStore, EndpointFailed: a store cannot be asked.
    """
    names = name_sides(named)
    with TemporaryDirectory(prefix="sysgraph-") as folder:
        found: list[Side | Files] = []
        for number, name in enumerate(names):
            place = Path(folder) / str(number)
            place.mkdir()
            found.append(find_side(name, place, found[0] if found else None))
        before, after, only = whole(found[0], found[1])
        return compare_sides(before, after, only, situations)


def compare_sides(
    before: Side, after: Side, only: Iterable[str] | None = None, situations: Path | None = None
) -> Review:
    """Return in what two whole sides differ; ``only`` names contributions to look at."""
    ours = frozenset(only) if only is not None else frozenset({*before.names, *after.names})
    terms = before.terms if before.terms == after.terms else None
    words = Words(before.terms) if terms is not None else Words(before.terms, after.terms)
    trees = _changed_trees(sorted(ours), before, after, words)
    contributions = tuple(_subject(name, *pair, words) for name, pair in trees.items())
    ontology = (
        ()
        if terms is not None and before.rules == after.rules and (before.demands == after.demands)
        else tuple(_ontology(before, after, words))
    )
    notes = (*_renamed(trees), *before.notes, *after.notes)
    review = Review(before.name, after.name, contributions, ontology, notes=notes)
    if not review.is_empty:
        review = add_consequences(review, before, after, words, situations)
    return review


_Trees = Mapping[str, tuple[Part | None, Part | None]]


def _changed_trees(names: Sequence[str], before: Side, after: Side, words: Words) -> _Trees:
    holders = frozenset(f"<{p}>" for p in _holders())
    found = {}
    for name in names:
        iri = iri_of(name)
        said = [side.statements(name) for side in (before, after)]
        for triples in said:
            for subject, predicate, value in triples:
                if predicate == _TITLE and subject == f"<{iri}>":
                    words.call(subject, value[1 : value.rindex('"')])
        if said[0] == said[1]:
            continue
        old, new = (grow(iri, triples, holders) for triples in said)
        if (old and old.says) != (new and new.says):
            found[name] = (old, new)
    return found


def _renamed(trees: _Trees) -> tuple[str, ...]:
    """Return which contributions say the same under another name, a sentence each."""
    gone = {repr(old.says): name for name, (old, new) in trees.items() if old and not new}
    come = {repr(new.says): name for name, (old, new) in trees.items() if new and not old}
    return tuple(
        f"{come[said]} says what {gone[said]} said: it has another id, and nothing else changed."
        for said in sorted(gone.keys() & come.keys())
    )


def _holders() -> frozenset[str]:
    vocabulary = load_vocabulary(data() / "ontology")
    return vocabulary.parts | (vocabulary.critiques.parts if vocabulary.critiques else frozenset())


def _status(old: object, new: object) -> Status:
    if old is None:
        return Status.ADDED
    return Status.REMOVED if new is None else Status.CHANGED


def _subject(name: str, old: Part | None, new: Part | None, words: Words) -> Subject:
    lines = tuple(
        Line(*words.change(change))
        for change in compare_parts(old, new, words.order)
        if change.predicate != _KIND
    )
    kind = "critique" if name.startswith(CRITIQUE) else "case"
    title = words.term(f"<{iri_of(name)}>") if kind == "case" else name.removeprefix(CRITIQUE)
    return Subject(name, kind, title, _status(old, new), lines)


def _ontology(before: Side, after: Side, words: Words) -> list[Subject]:
    found = list(_terms(grow_terms(before.terms), grow_terms(after.terms), words))
    if before.demands is not None and after.demands is not None:
        found += _terms(grow_terms(before.demands), grow_terms(after.demands), words)
    if before.rules is not None and after.rules is not None:
        found += _rules(before.rules, after.rules)

    def order(subject: Subject) -> tuple[int, str, str]:
        rank = _FIRST.index(subject.kind) if subject.kind in _FIRST else len(_FIRST)
        return rank, subject.kind, subject.name

    return sorted(found, key=order)


def _terms(old: Mapping[str, Part], new: Mapping[str, Part], words: Words) -> Iterator[Subject]:
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None and was.says == now.says:
            continue
        lines = tuple(
            Line(*words.change(change)) for change in compare_parts(was, now, words.order)
        )
        iri = name[1:-1] if name.startswith("<") else ""
        title = words.term(name) if iri else "a statement without a name of its own"
        yield Subject(iri or words.term(name), kind_of(iri), title, _status(was, now), lines)


def _rules(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Subject]:
    for name in sorted({*old, *new}):
        was, now = (_as_lines(rules.get(name)) for rules in (old, new))
        if was != now:
            line = Line("", "the rule", was or (), now or ())
            yield Subject(name, "rule", name, _status(was, now), (line,))


def _as_lines(rule: str | None) -> tuple[str, ...] | None:
    """Return a rule without comments and without how it is laid out."""
    if rule is None:
        return None
    kept = (line.strip() for line in rule.splitlines())
    return tuple(" ".join(line.split()) for line in kept if line and not line.startswith("#"))


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


def add_consequences(
    review: Review, before: Side, after: Side, words: Words, situations: Path | None
) -> Review:
    """Return the review with what the differences lead to."""
    names = [subject.name for subject in review.contributions]
    boards = (board_of(before), board_of(after))
    trials, told = _trials(situations, before, after, names, boards)
    moved = moves(trials, *boards)
    reach = names
    if review.ontology:  # then cases that are the same may follow otherwise
        every = sorted({*before.names, *after.names})
        reach = list(dict.fromkeys((*names, *every[:MOST_CASES])))
    verdicts, proofs, clashes = compare_conclusions(reach, before, after, words)
    notes = [
        f"The case {name} contradicts itself; 'sysgraph validate' shows how." for name in clashes
    ]
    found = replace(
        review,
        situations=len(trials),
        told=told,
        moves=tuple(moved),
        counts=tuple(compare_counts(*boards)),
        nearness=tuple(compare_nearness(names, trials, *boards)),
        verdicts=tuple(verdicts),
        answers=tuple(compare_claims(boards[0].found, boards[1].found)),
        proofs=(*prove_moves(moved, before, after, boards), *proofs),
        notes=tuple(dict.fromkeys((*review.notes, *before.notes, *after.notes, *notes))),
    )
    warnings, checked = find_concerns(found, before, after, boards)
    return replace(found, warnings=warnings, checked=checked)


def _trials(
    file: Path | None, before: Side, after: Side, names: Sequence[str], boards: Sequence[Board]
) -> tuple[list[Trial], str]:
    if file is not None:
        listed = read_situations(read_bytes(file), str(file), boards[1].full)
        found = [Trial(one.id, one.title or one.id, one.facets, one.facets) for one in listed]
        return found, f"the situations of {file}"
    found = stored_trials(before, after, names)
    count = len({name for side in (before, after) for name in side.names if "/" not in name})
    some = f" (the first {MOST_CASES:,} of {count:,} cases)" if count > MOST_CASES else ""
    return found, f"the situations that the readings of all cases describe{some}"
