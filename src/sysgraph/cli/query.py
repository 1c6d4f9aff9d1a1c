"""``sysgraph query`` and ``sysgraph sparql``: canned questions, and one's own."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sysgraph.cli.app import (
    AsOfOption,
    StoreOption,
    TableFormat,
    pairs,
    read_argument,
    refuse_aside,
    terminal_width,
    write,
    write_rows,
)
from sysgraph.errors import BadFile, BadParameter, SysgraphError

FormatOption = Annotated[TableFormat, typer.Option("--format", help="How to write the rows.")]


def query_command(
    name: Annotated[str | None, typer.Argument(help="The name of a canned question.")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="Fill in a parameter."),
    ] = None,
    tag: Annotated[str | None, typer.Option(help="List only questions with this tag.")] = None,
    search: Annotated[str | None, typer.Option(help="List only questions with this word.")] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: FormatOption = TableFormat.TABLE,
    show: Annotated[bool, typer.Option("--show", help="Print the SPARQL, do not run it.")] = False,
) -> None:
    """Answer a canned question, or list them all.

    \b
    Examples:
      sysgraph query
      sysgraph query --search risk
      sysgraph query cases-of-type --param type=facilitative --format csv
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.query import bind, find, gather, run, why_nothing
    from sysgraph.stores import open_as_of

    if name is None:
        _list(tag, search, form)
        return
    if tag is not None or search is not None:
        raise SysgraphError(f"--tag and --search list questions; leave them out, or '{name}'")
    query, arguments = find(name), pairs(param or [], "--param")
    if show and not arguments:
        write(query.text)
        return
    opened = open_as_of(store, as_of)
    try:
        if show:
            write(bind(query, opened, arguments))
            return
        rows = gather(query, run(query, opened, arguments))
    except BadParameter:
        for argument in arguments.values():
            refuse_aside(argument.removeprefix("case:"), opened, store)
        raise
    write_rows(rows, form)
    if not rows.rows and form is TableFormat.TABLE:
        print(why_nothing(query, opened, arguments), file=sys.stderr)


def _list(tag: str | None, search: str | None, form: TableFormat) -> None:
    import pyoxigraph as ox

    from sysgraph.query import shelf
    from sysgraph.store.local import Rows

    words = (search or "").lower()
    sound, broken = shelf()
    for error in broken.values():
        print(f"Left out: {error}", file=sys.stderr)
    found = []
    for query in sound.values():
        text = f"{query.name} {query.summary} {query.description}".lower()
        if words in text and (tag is None or tag in query.tags):
            parameters = ", ".join(parameter.name for parameter in query.parameters)
            cells = (query.name, query.summary, parameters, ", ".join(query.tags))
            found.append(tuple(map(ox.Literal, cells)))
    write_rows(Rows(("name", "question", "parameters", "tags"), tuple(found)), form)


def sparql_command(
    file: Annotated[
        str, typer.Argument(help="A file with a SPARQL query, or - for standard input.")
    ],
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: FormatOption = TableFormat.TABLE,
    timeout: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="How long the query may take.")
    ] = 30,
    memory: Annotated[
        int, typer.Option(min=64, metavar="MIB", help="How much memory it may take, in MiB.")
    ] = 1024,
) -> None:
    """Answer a SPARQL query of one's own. CONSTRUCT and DESCRIBE answer in Turtle.

    The prefixes of sysgraph need not be declared. Queries that change data, or that ask other
    servers, are refused; one that takes too long or too much memory is ended.

    \b
    Example:
      echo 'SELECT ?risk { ?risk a sysg:Risk }' | sysgraph sparql -
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.budget import Budget, run_within
    from sysgraph.sparql.check import MAX_BYTES, check

    data, where = read_argument(file, MAX_BYTES)
    try:
        query = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(where, "this is not UTF-8 text") from error
    kind = check(query, where).kind
    if kind not in ("SELECT", "ASK") and form is not TableFormat.TABLE:
        raise SysgraphError(f"{where}: {kind} answers in Turtle; leave out --format {form}")
    request = {
        "query": query,
        "where": where,
        "store": store,
        "as_of": as_of,
        "format": form.value,
        "width": terminal_width(),
        "warns": True,
    }
    answer = run_within(request, where, Budget(timeout, memory))
    write(answer if form is TableFormat.CSV else answer.decode())
