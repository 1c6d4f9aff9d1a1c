"""The process in which a query of a person's own runs, beside the one that watches it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from traceback import format_exc
from typing import Any

from sysgraph.budget import OPEN
from sysgraph.errors import BadSparql, SysgraphError, suggest
from sysgraph.near import nearest
from sysgraph.ontology import Ontology
from sysgraph.pages.results import RESULTS
from sysgraph.pages.rows import rows_text
from sysgraph.rdf import Format, text_of
from sysgraph.sparql.check import CheckedQuery, check, parse
from sysgraph.store.local import LocalStore, Store
from sysgraph.stores import open_as_of
from sysgraph.terms import NAMESPACE, compact, local_name
from sysgraph.turtle import serialize


def main() -> int:
    """Answer the request on standard input, and return 0; or 2 and the reason why not."""
    request = json.loads(sys.stdin.buffer.read())
    threading.Thread(target=_end_with, args=(request["parent"],), daemon=True).start()
    tempfile.tempdir = request["folder"]
    try:
        said, code = _bounded(_answer(request), request), 0
    except SysgraphError as error:
        said, code = str(error), 2
    except MemoryError:
        said, code = f"{request['where']}: there is not enough memory for its answer", 2
    except BaseException:  # a panic of the engine is no Exception
        said, code = format_exc(), 1
    sys.stdout.buffer.write(said.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    os._exit(code)  # what the engine has in memory need not be taken apart


def _bounded(answer: str, request: dict[str, Any]) -> str:
    most = request.get("most", 0)
    if most and len(answer) > most:
        reason = f"its answer has more than {most:,} characters; ask for less, such as with LIMIT"
        raise SysgraphError(f"{request['where']}: {reason}")
    return answer


def _end_with(parent: int) -> None:
    """End this process once the one that began it has ended, however that ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _answer(request: dict[str, Any]) -> str:
    query, where = request["query"], request["where"]
    question = check(query, where)
    store = open_as_of(request["store"], request["as_of"])
    sys.stdout.buffer.write(OPEN)
    sys.stdout.buffer.flush()
    # An engine that breaks down says so in its own words, which help nobody.
    told = os.dup(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    parse(query, where)
    _refuse_unknown_graphs(question, store, where)
    try:
        if question.kind in ("SELECT", "ASK"):
            rows, form = store.select(question.text), request["format"]
            if not rows.rows and request.get("warns"):
                os.write(told, "".join(_unknown_terms(question, store)).encode())
            if form in RESULTS:
                return RESULTS[form](rows, is_ask=question.kind == "ASK")
            return rows_text(rows, form, request["width"])
        syntax = Format(request.get("syntax", Format.TURTLE))
        return serialize(store.construct(question.text), syntax).decode()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadSparql(where, f"the engine cannot answer it: {error}") from error


def _unknown_terms(question: CheckedQuery, store: Store) -> Iterator[str]:
    """Yield a line for each name of ours in a query that nothing is called by, with the nearest."""
    if not isinstance(store, LocalStore):
        return
    known = {text_of(quad.subject) for quad in Ontology.load().terms}
    for iri in question.iris:
        if not iri.startswith(NAMESPACE) or iri[-1] in "/#" or iri in known or _holds(iri, store):
            continue
        name = local_name(iri)
        start = iri.removesuffix(name)
        beside = (one.removeprefix(start) for one in known if one.startswith(start))
        # A class begins with a capital, and a property does not.
        is_upper = name[:1].isupper()
        alike = sorted(one for one in beside if one[:1].isupper() is is_upper and "/" not in one)
        begun = [one for one in alike if one.startswith(name)]
        near = [compact(f"{start}{one}") for one in begun[:1] or nearest(name, alike, most=1)]
        yield f"Nothing is called {compact(iri)} here{suggest(near) or '.'}\n"


def _holds(iri: str, store: LocalStore) -> bool:
    places = (f"<{iri}> ?p ?o", f"?s <{iri}> ?o", f"?s ?p <{iri}>", f"GRAPH <{iri}> {{ ?s ?p ?o }}")
    pattern = " UNION ".join(f"{{ {one} }}" for one in places)
    return bool(store.select(f"SELECT ?s WHERE {{ {pattern} }} LIMIT 1").rows)


def _refuse_unknown_graphs(question: CheckedQuery, store: Store, where: str) -> None:
    # The engine takes a graph that is not there for an empty one, and would answer with nothing.
    for graph in question.graphs:
        found = store.select(f"SELECT ?s WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT 1")
        if not found.rows:
            reason = f"FROM names a graph that the store does not hold: {graph}"
            raise BadSparql(where, f"{reason}; ask 'SELECT DISTINCT ?g {{ GRAPH ?g {{}} }}'")
