"""``sysgraph remove`` and ``sysgraph status``.

``sysgraph load``: into a store, all or nothing, or what is sound with the rest set apart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysgraph.cli.app import (
    AsOfOption,
    ByOption,
    StoreOption,
    StoreToWrite,
    TextFormat,
    UpdateUrlOption,
    progress,
    write,
)
from sysgraph.errors import one_line

if TYPE_CHECKING:
    from sysgraph.case.apart import Rejected
    from sysgraph.case.contribution import Contribution
    from sysgraph.errors import Finding
    from sysgraph.intake import Loaded

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Cases or critiques in YAML, JSON, CSV, XLSX, JSON-LD, Turtle, TriG, N-Triples,"
        " N-Quads, RDF/XML."
    ),
]


def _told(done: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{word}: {', '.join(ids)}" for word, ids in done.items() if ids]


def remove_command(
    cases: Annotated[
        list[str],
        typer.Argument(help="The ids of cases that were loaded, and critique/ID for critiques."),
    ],
    store: StoreToWrite,
    update_url: UpdateUrlOption = None,
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Erase what they were before as well.")
    ] = False,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write what was done.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Take cases or critiques out of a store with what follows from them: all of them, or none.

    One that is not there, or that came with the library, is an error (exit code 1). What a case
    was stays in its history, unless that is erased too.

    \b
    Example:
      sysgraph remove my-case --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from dataclasses import asdict

    from sysgraph.errors import ShippedCase, UnknownThing
    from sysgraph.intake import remove
    from sysgraph.stores import change_store

    opened = change_store(store, update_url)
    try:
        done = remove(cases, opened, with_history=with_history)
    except (ShippedCase, UnknownThing) as error:
        print(f"{error} Nothing was removed.", file=sys.stderr)
        raise typer.Exit(1) from error
    finally:
        opened.close()
    if form is TextFormat.JSON:
        write(json.dumps(asdict(done), ensure_ascii=False, indent=2) + "\n")
        return
    told = {"removed": done.removed, "back from the library": done.restored}
    write("\n".join(_told(told)) + "\n")


def status_command(
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write it.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Say what a store holds: the library's version, cases, and what they came to.

    \b
    Example:
      sysgraph status --store my-store
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.stores import describe_store, open_as_of

    facts = describe_store(open_as_of(store, as_of))
    if form is TextFormat.JSON:
        write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        return
    mark = "- " if form is TextFormat.MARKDOWN else ""
    lines = []
    for name, value in facts.items():
        lines.append(f"{mark}{name.replace('_', ' ')}: {_shown(value)}")
    write("\n".join(lines) + "\n")


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


def load_command(
    files: FilesArgument,
    store: StoreToWrite,
    update_url: UpdateUrlOption = None,
    reason: ReasonOption = "",
    by: ByOption = "",
    keep_valid: KeepValidOption = False,
    rejects: RejectsOption = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write what was done.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Check files of cases or critiques and load them into a store: all of them, or none.

    With --keep-valid what is sound is loaded, and the exit code is 1 if anything was refused,
    2 if anything was beyond reading. The same files again change nothing, so that a load that was
    stopped can simply be repeated.

    The store is made where there is none, and holds the shipped library as well. More than 200
    files of cases, RDF of more than 2 MB or tables of some 200 rows are loaded in bulk: by all
    cores, into a copy of the store that then takes its place. Critiques are not loaded in bulk.

    \b
    Example:
      sysgraph load my-case.yaml --store my-store
      sysgraph load cases.csv --store my-store --keep-valid --rejects rejected
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.bulk.slices import is_bulk
    from sysgraph.store.wire import is_url

    sorting = keep_valid or rejects is not None
    to = _To(store, update_url, reason, by)
    if is_bulk(files) and not is_url(store):
        done = _load_in_bulk(files, to, sorting=sorting, keep_valid=keep_valid)
    elif sorting:
        done = _load_sorted(files, to, keep_valid=keep_valid)
    else:
        done = _load_all(files, to)
    if rejects is not None and done.refused:
        from sysgraph.case.apart import write_rejects

        done.files = [str(path) for path in write_rejects(done.refused, rejects)]
    _tell(done, form)
    if any(row["demand"] == "readable" for row in done.kinds):
        raise typer.Exit(2)
    if done.violations:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _To:
    """The store that is loaded into, and why and by whom."""

    store: str
    update_url: str | None
    reason: str
    by: str


@dataclass(slots=True)
class _Done:
    """What came of a load. ``findings`` may be the first of very many."""

    added: Sequence[str] = ()
    replaced: Sequence[str] = ()
    unchanged: Sequence[str] = ()
    findings: Sequence[Finding] = ()
    violations: int = 0
    warnings: int = 0
    kinds: list[dict[str, str | int]] = field(default_factory=list)
    disagreements: Sequence[str] = ()
    refused: Sequence[Rejected] = ()
    files: list[str] = field(default_factory=list)
    drafts: dict[str, Any] = field(default_factory=dict)
    superseded: Sequence[str] = ()
    restored: Sequence[str] = ()
    cases: Sequence[Contribution] = ()
    is_bulk: bool = False
    kept_valid: bool = False

    @property
    def is_loaded(self) -> bool:
        """Tell whether anything was to be loaded at all."""
        return self.kept_valid or not self.violations


def _load_in_bulk(files: list[Path], to: _To, *, sorting: bool, keep_valid: bool) -> _Done:
    from sysgraph.bulk.load import load_bulk

    with progress() as tell:
        bulk = load_bulk(
            files,
            Path(to.store),
            progress=tell,
            reason=to.reason,
            by=to.by,
            sorting=sorting,
            keep_valid=keep_valid,
        )
    return _Done(
        bulk.added,
        bulk.replaced,
        bulk.unchanged,
        bulk.findings,
        bulk.violations,
        bulk.warnings,
        bulk.kinds,
        bulk.disagreements,
        bulk.refused,
        drafts=dict.fromkeys(bulk.drafts),
        superseded=bulk.superseded,
        restored=bulk.restored,
        is_bulk=True,
        kept_valid=keep_valid,
    )


def _load_all(files: list[Path], to: _To) -> _Done:
    from sysgraph.case.apart import FindingCounts
    from sysgraph.check import check_files

    with progress() as tell:
        contributions, findings = check_files(files, tell)
    tally = FindingCounts()
    for finding in findings:
        tally.add(finding)
    done = _counted(findings, tally.rows())
    if not done.violations:
        _write(contributions, to, done)
    return done


def _load_sorted(files: list[Path], to: _To, *, keep_valid: bool) -> _Done:
    from sysgraph.check import sort_out

    with progress() as tell:
        found = sort_out(files, tell)
    done = _counted(found.findings, found.tally.rows())
    done.refused, done.kept_valid = found.refused, keep_valid
    if found.sound and done.is_loaded:
        _write(found.sound, to, done)
    return done


def _counted(findings: Sequence[Finding], kinds: list[dict[str, str | int]]) -> _Done:
    from sysgraph.errors import Severity

    violations = sum(finding.severity is Severity.VIOLATION for finding in findings)
    return _Done(
        findings=findings,
        violations=violations,
        warnings=len(findings) - violations,
        kinds=kinds,
    )


def _write(cases: Sequence[Contribution], to: _To, done: _Done) -> None:
    from sysgraph.intake import load
    from sysgraph.pages.findings import drafts_data
    from sysgraph.stores import prepare_store

    with progress() as tell:
        opened = prepare_store(to.store, to.update_url)
        try:
            loaded: Loaded = load(cases, opened, tell, reason=to.reason, by=to.by)
        finally:
            opened.close()
    done.added, done.replaced, done.unchanged = loaded.added, loaded.replaced, loaded.unchanged
    done.superseded, done.restored = loaded.superseded, loaded.restored
    done.drafts, done.cases = drafts_data(cases), cases


def _tell(done: _Done, form: TextFormat) -> None:
    from sysgraph.errors import clean

    for text in done.disagreements:
        print(f"warning: {clean(text)}", file=sys.stderr)
    write(_json(done) if form is TextFormat.JSON else "\n".join(_lines(done)) + "\n")
    if not done.is_loaded:
        print("Nothing was loaded.", file=sys.stderr)


def _json(done: _Done) -> str:
    report = {
        "added": done.added,
        "replaced": done.replaced,
        "unchanged": done.unchanged,
        "drafts": list(done.drafts) if done.is_bulk else done.drafts,
        "superseded": done.superseded,
        "restored": done.restored,
        "refused": len(done.refused),
        "rejects": done.files,
        "violations": done.violations,
        "warnings": done.warnings if done.is_bulk else _said(done.findings),
        "disagreements": done.disagreements,
        "findings": [str(finding) for finding in done.findings],
        "kinds": done.kinds,
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _said(findings: Iterable[Finding]) -> list[str]:
    return [str(finding) for finding in findings if finding.severity == "warning"]


def _lines(done: _Done) -> Iterable[str]:
    yield from _findings(done)
    if len(done.kinds) > 1 and done.violations + done.warnings > _FEW:
        yield from _summary(done.kinds)
    if not done.is_loaded:
        yield f"{done.violations} violations, {done.warnings} warnings."
    else:
        yield from _what_was_done(done)
    if done.refused:
        where = f", written to {' and '.join(done.files)}" if done.files else ""
        yield f"refused: {len(done.refused)}{where}"


def _findings(done: _Done) -> Iterable[str]:
    from sysgraph.errors import clean

    # In bulk warnings are only counted, or nobody would see the violations among them.
    listed = [one for one in done.findings if one.severity == "violation" or not done.is_bulk]
    for finding in listed:
        yield f"{finding.severity}: {clean(str(finding))}"
        yield from (f"    {clean(step)}" for step in finding.proof)
    more = done.violations - sum(one.severity == "violation" for one in listed)
    if more:
        yield f"and {more} more violations"


def _summary(kinds: Iterable[dict[str, str | int]]) -> Iterable[str]:
    from sysgraph.errors import clean

    yield "By kind:"
    for one in kinds:
        yield f"  {one['count']:>7,} {one['severity']:<9} {clean(str(one['demand']))}"
        yield f"          first {clean(str(one['first']))}"


def _named(ids: Sequence[str]) -> str:
    if len(ids) <= _FEW:
        return ", ".join(ids)
    return f"{len(ids)} cases, {ids[0]} to {ids[-1]}"


def _what_was_done(done: _Done) -> Iterable[str]:
    from sysgraph.pages.findings import drafts_lines

    told = {"added": done.added, "replaced": done.replaced, "unchanged": done.unchanged}
    if done.is_bulk:
        counts = ", ".join(f"{len(ids)} {word}" for word, ids in told.items())
        total = sum(len(ids) for ids in told.values())
        aside = f"; {len(done.drafts)} drafts do not count" if done.drafts else ""
        aside += f"; {len(done.superseded)} superseded" if done.superseded else ""
        yield f"{total} cases: {counts} ({done.warnings} warnings){aside}."
        return
    told["superseded, no longer counting"] = done.superseded
    told["counting again"] = done.restored
    yield from (f"{word}: {_named(ids)}" for word, ids in told.items() if ids)
    yield from drafts_lines(done.cases)
