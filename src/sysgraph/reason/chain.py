"""Run rules over data until nothing new follows."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox

from sysgraph.errors import BadSparql
from sysgraph.header import parse
from sysgraph.paths import display
from sysgraph.reason.axioms import Rule

__all__ = ["infer", "read_rules"]

_HEADER = ("summary", "description", "source")


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the CONSTRUCT rules of a folder, one per ``.rq`` file.

    Raises:
        BadHeader: a rule does not say what it concludes.
        BadSparql: a rule is no CONSTRUCT.
    """
    return tuple(_read_rule(path) for path in sorted(folder.glob("*.rq")))


def _read_rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    header = parse(text, display(path), _HEADER)
    try:
        answer = ox.Store().query(text)
    except SyntaxError as error:
        raise BadSparql(display(path), str(error.msg).strip(), error.lineno) from error
    if not isinstance(answer, ox.QueryTriples):
        raise BadSparql(display(path), "a rule must be a CONSTRUCT query")
    return Rule(path.stem, str(header.get("summary", path.stem)), text)


def infer(
    rules: Sequence[Rule], known: Iterable[ox.Quad], data: Iterable[ox.Quad] = ()
) -> list[ox.Quad]:
    """Return the triples that follow from the data beside what is known, and are in neither.

    ``known`` is the closed ontology. What is concluded holds no literal as a subject and no
    blank node. Time grows with the data times the length of the longest line of conclusions.
    """
    store = ox.Store()
    store.bulk_extend(ox.Quad(*quad.triple) for quad in known)
    store.bulk_extend(ox.Quad(*quad.triple) for quad in data)
    found: set[ox.Quad] = set()
    while True:
        new = {
            quad
            for rule in rules
            for triple in _conclusions(store, rule)
            if (quad := ox.Quad(*triple)) not in store
        }
        if not new:
            return list(found)
        found |= new
        store.extend(new)


def _conclusions(store: ox.Store, rule: Rule) -> Iterable[ox.Triple]:
    answer = store.query(rule.construct)
    assert isinstance(answer, ox.QueryTriples)  # every rule is a CONSTRUCT
    return answer
