"""Which of several claims stand, once it is known which attacks which: grounded semantics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

__all__ = ["Label", "grounded"]


class Label(StrEnum):
    """How a claim stands: ``in`` it holds, ``out`` it is beaten, or it stays ``undecided``."""

    IN = "in"
    OUT = "out"
    UNDECIDED = "undecided"


def grounded(claims: Iterable[str], attacks: Iterable[tuple[str, str]]) -> dict[str, Label]:
    """Return how each claim stands, given pairs of what attacks and what is attacked.

    A claim is in when everything that attacks it is out, and out when something that is in
    attacks it. Nothing more is decided: claims that only attack each other in a circle, or
    themselves, stay undecided, and so does what they attack. This is the most cautious of Dung's
    semantics, and the only one that needs no choice between ways of looking at it. What is
    attacked or attacks is a claim, whether listed or not. Takes time in proportion to the
    number of attacks.

    Source: Dung 1995, On the acceptability of arguments, Artificial Intelligence 77: the grounded
    extension; the three labels are those of Caminada 2006, On the issue of reinstatement.

    >>> labels = grounded([], [("objection", "claim"), ("answer", "objection")])
    >>> labels["claim"].value, labels["objection"].value
    ('in', 'out')
    """
    pairs = set(attacks)
    targets: dict[str, list[str]] = defaultdict(list)
    # How many of the attackers of each claim are not out so far.
    live = dict.fromkeys([*claims, *(end for pair in sorted(pairs) for end in pair)], 0)
    for attacker, target in pairs:
        targets[attacker].append(target)
        live[target] += 1
    labels = dict.fromkeys(live, Label.UNDECIDED)
    unbeaten = [claim for claim, count in live.items() if not count]
    while unbeaten:
        winner = unbeaten.pop()
        labels[winner] = Label.IN
        for loser in targets[winner]:
            if labels[loser] is Label.OUT:
                continue
            labels[loser] = Label.OUT
            for relieved in targets[loser]:
                live[relieved] -= 1
                if not live[relieved] and labels[relieved] is Label.UNDECIDED:
                    unbeaten.append(relieved)
    return labels
