"""What a proof is: a statement, the rule that concludes it, and proofs of the rule's premises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sysgraph.terms import PREFIXES, Triple

__all__ = ["Proof", "Proofs"]

_LINKS = (f"<{PREFIXES['rdf']}first>", f"<{PREFIXES['rdf']}rest>")


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement with its grounds. No ``rule`` means that it is asserted.

    ``rule`` is a name of the W3C's OWL 2 RL tables or of a file in ``ontology/rules``. A
    ``conclusion`` of None is a contradiction.
    """

    conclusion: Triple | None
    rule: str = ""
    premises: tuple[Proof, ...] = ()

    @property
    def size(self) -> int:
        """Return how many times a rule is applied, shared parts counted each time."""
        return (1 if self.rule else 0) + sum(premise.size for premise in self.premises)

    @property
    def is_link(self) -> bool:
        """Tell whether it says only that a list goes on, which machines need and nobody reads."""
        return not self.rule and self.conclusion is not None and self.conclusion[1] in _LINKS

    def steps(self) -> Iterator[Proof]:
        """Yield each different application of a rule, premises before what they lead to."""
        seen: set[Triple | None] = set()
        stack = [(self, False)]
        while stack:
            proof, is_opened = stack.pop()
            if not proof.rule or proof.conclusion in seen:
                continue
            if is_opened:
                seen.add(proof.conclusion)
                yield proof
            else:
                stack.append((proof, True))
                stack += [(premise, False) for premise in reversed(proof.premises)]

    def leaves(self) -> list[Triple]:
        """Return the asserted statements that it comes down to, each once."""
        if not self.rule:
            return [self.conclusion] if self.conclusion else []
        return list(dict.fromkeys(leaf for p in self.premises for leaf in p.leaves()))


@dataclass(frozen=True, slots=True)
class Proofs:
    """The proofs of a statement, the smallest first.

    ``is_complete`` tells that there are no others; else the enumeration was cut.
    """

    conclusion: Triple | None
    found: tuple[Proof, ...]
    is_complete: bool
