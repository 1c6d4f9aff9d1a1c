"""``sysgraph load`` and ``sysgraph status``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import (
    AsOfOption,
    ByOption,
    FormatOption,
    StoreOption,
    TextFormat,
    UpdateUrlOption,
    progress,
    write,
)
from sysgraph.errors import BadFile, Severity, SysgraphError, clean, one_line

if TYPE_CHECKING:
    from sysgraph.intake import Loaded

_KINDS = (
    "Cases or critiques in YAML, JSON, CSV, XLSX, JSON-LD, Turtle, TriG, N-Triples, N-Quads,"
    " RDF/XML"
)
FilesArgument = Annotated[
    list[Path],
    typer.Argument(help=f"{_KINDS}."),
]
SourcesArgument = Annotated[
    list[str],
    typer.Argument(help=f"{_KINDS}; with --cluster or --partitions also by URL."),
]


def status_command(
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: FormatOption = TextFormat.TEXT,
) -> None:
    """Say what a store holds: the library's version, cases, and what they came to.

    \b
    Example:
      sysgraph status --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.stores import describe_store, open_as_of

    facts = describe_store(open_as_of(store, as_of))
    if form is TextFormat.JSON:
        from sysgraph.pages.objects import json_text

        write(json_text(facts))
        return
    mark = "- " if form is TextFormat.MARKDOWN else ""
    told = (f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in facts.items())
    write("".join(f"{mark}{line}\n" for line in told))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{key} {share:.0%}" for key, share in value.items()]
    return one_line(", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value))


_FEW = 10

ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why a case that is there is corrected.")
]


KeepValidOption = Annotated[
    bool, typer.Option("--keep-valid", help="Load what is sound, and leave out the rest.")
]
RejectsOption = Annotated[
    Path | None,
    typer.Option(
        "--rejects",
        metavar="FILE",
        help="Write what was refused there, with the reasons, to be corrected and sent again.",
    ),
]


StoreToLoad = Annotated[
    str, typer.Option("--store", metavar="DIR|URL", help="A store directory or an endpoint.")
]
PartitionsOption = Annotated[
    str,
    typer.Option(
        "--partitions",
        metavar="DIR|URL",
        help="Keep what is made there, as compressed N-Quads that other stores read.",
    ),
]
ClusterOption = Annotated[
    str,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="Have a cluster of Dask do the work of a bulk load."
    ),
]


def load_command(
    sources: SourcesArgument,
    store: StoreToLoad = "",
    cluster: ClusterOption = "",
    partitions: PartitionsOption = "",
    update_url: UpdateUrlOption = None,
    reason: ReasonOption = "",
    by: ByOption = "",
    keep_valid: KeepValidOption = False,
    rejects: RejectsOption = None,
    form: Annotated[
        TextFormat, typer.Option("--format", help="How to write what was done.")
    ] = TextFormat.TEXT,
) -> None:
    """Check files of cases or critiques and load them into a store: all of them, or none.

    With --keep-valid what is sound is loaded, and the exit code is 1 if anything was refused,
    2 if anything was beyond reading. The same files again change nothing, so that a load that was
    stopped can simply be repeated.

    The store is made where there is none, and holds the shipped library as well. More than 200
    files of cases, RDF of more than 2 MB or tables of some 200 rows are loaded in bulk: by all
    cores, into a copy of the store that then takes its place. Critiques are not loaded in bulk.
    With --cluster the workers of a scheduler of Dask do the work of a bulk load. With --partitions
    what they make is kept, so that a load that was broken off goes on from there; without --store
    that is all, for a server elsewhere to read.

    \b
    Example:
      sysgraph load my-case.yaml --store my-store
      sysgraph load cases.csv --store my-store --keep-valid --rejects rejected
      sysgraph load cases.nq --store my-store --cluster tcp://10.0.0.5:8786
      sysgraph load cases.nq --partitions s3://bucket/cases --cluster tcp://10.0.0.5:8786
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.bulk.slices import is_bulk
    from sysgraph.files import is_url

    run: Callable[..., Loaded]
    if not store and not partitions:
        raise SysgraphError("name a --store to load into, or --partitions to make, or both")
    if (cluster or partitions) and is_url(store):
        reason = "a server reads partitions by its own means; make them without --store"
        raise SysgraphError(f"{store}: {reason}")
    files = [_path_of(one, by_url=bool(cluster or partitions)) for one in sources]
    in_bulk = bool(cluster or partitions) or (is_bulk(files) and not is_url(store))
    if not store:
        from sysgraph.bulk.partitions import make_partitions

        run = partial(make_partitions, files, partitions, cluster=cluster, told=_told)
    elif in_bulk:
        from sysgraph.bulk.load import load_bulk

        run = partial(load_bulk, files, Path(store), cluster=cluster, keep=partitions, told=_told)
    else:
        from sysgraph.intake import load_files

        run = partial(load_files, files, store, update_url)
    sorting = keep_valid or rejects is not None
    with progress() as tell:
        deed = {"reason": reason, "by": by} if store else {}
        done = run(progress=tell, sorting=sorting, keep_valid=keep_valid, **deed)
    is_loaded = keep_valid or not done.violations
    _tell(done, _rejects(done, rejects), form, in_bulk=in_bulk, is_loaded=is_loaded)
    for text in _aside(done, store):
        _told(text)
    if any(row["demand"] == "readable" for row in done.tally.rows()):
        raise typer.Exit(2)
    if done.violations:
        raise typer.Exit(1)


def _path_of(source: str, *, by_url: bool) -> Path:
    if "://" not in source:
        return Path(source)
    if not by_url:
        reason = "only a load with --partitions or --cluster reads by URL; copy it here first"
        raise BadFile(source, reason)
    from sysgraph.bulk.kept import source_at

    return source_at(source)


def _told(text: str) -> None:
    print(clean(text), file=sys.stderr, flush=True)


def _aside(done: Loaded, store: str) -> Iterator[str]:
    """Yield of what was loaded before and does not count since when, and how it counts again."""
    if not done.aside:
        return
    from sysgraph.history.deeds import set_aside
    from sysgraph.stores import open_store

    with closing(open_store(store)) as opened:
        for name in done.aside[:_FEW]:
            yield f"'{name}' {set_aside(name, opened, f' --store {quote(store)}')}"
    if len(done.aside) > _FEW:
        yield f"and {len(done.aside) - _FEW} more that do not count"


def _rejects(done: Loaded, place: Path | None) -> list[str]:
    from sysgraph.case.apart import write_rejects

    written = write_rejects(done.refused, place) if place is not None and done.refused else []
    return [str(path) for path in written]


def _tell(
    done: Loaded, written: Sequence[str], form: TextFormat, *, in_bulk: bool, is_loaded: bool
) -> None:
    for text in done.disagreements:
        print(f"warning: {clean(text)}", file=sys.stderr)
    if form is TextFormat.JSON:
        write(_json(done, written, in_bulk=in_bulk, is_loaded=is_loaded))
    else:
        lines = _lines(done, written, in_bulk=in_bulk, is_loaded=is_loaded)
        write("\n".join(lines) + "\n")
    if not is_loaded:
        print("Nothing was loaded.", file=sys.stderr)


def _json(done: Loaded, written: Sequence[str], *, in_bulk: bool, is_loaded: bool) -> str:
    from sysgraph.pages.findings import drafts_data
    from sysgraph.pages.objects import json_text

    advice = [str(one) for one in done.findings if one.severity is Severity.WARNING]
    # Where one is refused and nothing is sorted, all are, and nobody has counted them.
    is_counted = is_loaded or bool(done.refused)
    return json_text(
        {
            "loaded": is_loaded,
            "added": done.added,
            "replaced": done.replaced,
            "unchanged": done.unchanged,
            "drafts": done.drafts if in_bulk else drafts_data(done.cases),
            "superseded": done.superseded,
            "restored": done.restored,
            "aside": done.aside,
            "refused": len(done.refused) if is_counted else None,
            "rejects": written,
            "violations": done.violations,
            "warnings": done.warnings if in_bulk else advice,
            "disagreements": done.disagreements,
            "findings": [str(finding) for finding in done.findings],
            "kinds": done.tally.rows(),
        }
    )


def _lines(
    done: Loaded, written: Sequence[str], *, in_bulk: bool, is_loaded: bool
) -> Iterator[str]:
    from sysgraph.pages.findings import tally

    # In bulk warnings are only counted, or nobody would see the violations among them.
    listed = [one for one in done.findings if not in_bulk or one.severity is Severity.VIOLATION]
    for finding in listed:
        yield f"{finding.severity}: {clean(str(finding))}"
        yield from (f"    {clean(step)}" for step in finding.proof)
    more = done.violations - sum(one.severity is Severity.VIOLATION for one in listed)
    if more:
        yield f"and {more} more violations"
    told = {*map(str, listed)}
    kinds = done.tally.rows()
    if len(kinds) > 1 and done.violations + done.warnings > _FEW:
        yield "By kind:"
        for one in kinds:
            yield f"  {one['count']:>7,} {one['severity']:<9} {clean(str(one['demand']))}"
            if str(one["first"]) not in told:
                yield f"          first {clean(str(one['first']))}"
    if not is_loaded:
        yield f"{tally(done.violations, done.warnings)}."
    elif in_bulk:
        yield _counted(done)
    else:
        yield from _what_was_done(done)
    if done.refused:
        where = f", written to {' and '.join(written)}" if written else ""
        yield f"refused: {len(done.refused)}{where}"


def _counted(done: Loaded) -> str:
    told = {"added": done.added, "replaced": done.replaced, "unchanged": done.unchanged}
    counts = ", ".join(f"{len(ids)} {word}" for word, ids in told.items())
    total = sum(map(len, told.values()))
    aside = f"; {len(done.drafts)} drafts do not count" if done.drafts else ""
    aside += f"; {len(done.superseded)} superseded" if done.superseded else ""
    return f"{total} cases: {counts} ({done.warnings} warnings){aside}."


def _what_was_done(done: Loaded) -> Iterator[str]:
    from sysgraph.pages.findings import drafts_lines

    told = {
        "added": done.added,
        "replaced": done.replaced,
        "unchanged": done.unchanged,
        "superseded, no longer counting": done.superseded,
        "counting again": done.restored,
    }
    for word, ids in told.items():
        if ids:
            few = len(ids) <= _FEW
            yield f"{word}: {', '.join(ids) if few else f'{len(ids)} cases, {ids[0]} to {ids[-1]}'}"
    yield from drafts_lines(done.cases)
