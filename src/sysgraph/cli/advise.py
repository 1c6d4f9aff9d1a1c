"""``sysgraph advise``, and what tells how far to trust it: ``agreement`` and ``backtest``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.app import (
    AsOfOption,
    FormatOption,
    StoreOption,
    TextFormat,
    pair,
    read_argument,
    refuse_beside,
    telling_aside,
    write,
)
from sysgraph.errors import BadFile, BadSituation, SysgraphError
from sysgraph.record.by import MOST, By

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sysgraph.advice.contest import Contest
    from sysgraph.advice.examine import Examination, Examiner
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.pages.blocks import Block
    from sysgraph.store.local import Store

    Group = tuple[Contest | None, Sequence[Examination]]

__all__ = [
    "CaseOption",
    "DescriptionOption",
    "FacetOption",
    "carry_record",
    "frame_of",
    "situations_of",
]

FilesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="YAML or JSON files with situations; - is stdin. Of the same id in several files,"
        " each file is one person's answers.",
    ),
]
FacetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--facet",
        "-f",
        metavar="FACET=VALUE[@WHO]",
        help="One thing known of the situation, and from whose standpoint if it is contested.",
    ),
]
CaseOption = Annotated[
    str | None,
    typer.Option("--case", metavar="ID", help="Take the situation that a stored case began in."),
]


class AdviceFormat(StrEnum):
    """How advice is written; ``html`` is a page of its own with a picture."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


IndependentOption = Annotated[
    bool,
    typer.Option(
        "--only-independent", help="Count only outcomes that others judged than those who led."
    ),
]
ExternalOption = Annotated[
    Path | None,
    typer.Option(
        "--external",
        metavar="FILE",
        help="A table of cases that others coded (CSV, TSV or XLSX), for the registered figures.",
    ),
]
ColumnsOption = Annotated[
    Path | None,
    typer.Option(
        "--columns",
        metavar="FILE",
        help="A YAML file that says which column of --external holds what.",
    ),
]
AdviceOption = Annotated[AdviceFormat, typer.Option("--format", help="How to write the answer.")]
AskOption = Annotated[
    bool,
    typer.Option("--ask", help="Ask for what is not known, until no answer could change more."),
]
SaveOption = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="Write the answers to --ask there, as YAML."),
]
DescriptionOption = Annotated[
    str | None,
    typer.Option(
        "--description",
        metavar="FILE",
        help="The text that an assistant answered from: each answer must quote it.",
    ),
]
TowardOption = Annotated[
    str | None,
    typer.Option(
        "--toward",
        metavar="TYPE|FACET=VALUE",
        help="Say what to lead as first, so that a type comes to fit or a fact comes about.",
    ),
]
PracticeOption = Annotated[
    str | None,
    typer.Option(
        "--practice",
        metavar="ID|FILE",
        help="Say what a practice is by the definitions, and whether it is what it claims.",
    ),
]


def advise_command(
    files: FilesArgument = None,
    facet: FacetOption = None,
    case: CaseOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    form: AdviceOption = AdviceFormat.TEXT,
    ask: AskOption = False,
    save: SaveOption = None,
    description: DescriptionOption = None,
    toward: TowardOption = None,
    practice: PracticeOption = None,
    full: Annotated[
        bool, typer.Option("--all", help="Write the researcher's page: everything.")
    ] = False,
    only_independent: IndependentOption = False,
) -> None:
    """Say which types of leadership fit a situation, why, and what to watch.

    The answer is given on two tests that are never added up: whether the system is led in a
    way held to be beneficial, ethical and legitimate, and whether it works. Without a file,
    facets or a case it asks on the terminal.

    Exit code 1: the practice is not what it claims, or no way leads to the goal.

    \b
    Examples:
      sysgraph advise situation.yaml
      sysgraph advise --ask --save answers.yaml
      sysgraph advise reply.txt --description description.txt
      sysgraph advise --case wigan-deal --format html > wigan.html
      sysgraph advise --practice bhavishya
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    frame = frame_of(store, as_of)
    if practice is not None:
        named = {"the file": files, "--facet": facet, "--case": case, "--ask": ask, "--save": save}
        refuse_beside("--practice", named | {"--description": description, "--toward": toward})
        from sysgraph.stores import open_as_of

        with telling_aside(store, as_of):
            _practice(practice, frame, lambda: open_as_of(store, as_of), form, full=full)
        return
    from sysgraph.advice.examine import Examiner

    carry_record(frame)
    examiner = Examiner(frame, only_independent=only_independent)
    with telling_aside(store, as_of):
        ask = ask or (not any((files, facet, case)) and sys.stdin.isatty())
        found = _groups(files, facet, case, frame, ask=ask, description=description)
    if ask:
        groups = [_asked(found, examiner.frame, save)]
    elif save is not None:
        raise SysgraphError("--save keeps the answers to --ask; add --ask")
    else:
        groups = found
    if toward is not None:
        _toward(toward, [one for group in groups for one in group], examiner, form)
        return
    _write(
        [_examined(group, examiner) for group in groups],
        form,
        full=full,
        own=store is None and as_of is None,
    )


def _write(groups: list[Group], form: AdviceFormat, *, full: bool, own: bool) -> None:
    from sysgraph.pages.report import report_markdown, report_page, report_text

    if form is AdviceFormat.JSON:
        from sysgraph.pages.objects import report_json

        write(report_json(groups, full=full))
    elif form is AdviceFormat.MARKDOWN:
        write(report_markdown(groups, full=full, own=own))
    elif form is AdviceFormat.HTML:
        write(report_page(groups, own=own))
    else:
        write(report_text(groups, full=full, own=own))


def _examined(group: Sequence[Situation], examiner: Examiner) -> Group:
    spoken = [each.standpoint for each in group if each.standpoint]
    contest = examiner.compare(group) if len(group) > 1 else None
    return contest, [examiner.examine(each, spoken) for each in group]


def frame_of(place: str | None, as_of: str | None = None) -> Frame:
    """Return what advice is made from, out of what ``--store`` names, as it stood at a time."""
    from sysgraph.advice.said import load_frame
    from sysgraph.advice.shipped import load_shipped_frame

    if place is None and as_of is None:
        return load_shipped_frame()
    from sysgraph.stores import open_as_of

    return load_frame(open_as_of(place, as_of))


def carry_record(frame: Frame) -> None:
    """Let advice carry how good such advice was, over the shipped cases."""
    from sysgraph.advice.shipped import kept_record

    frame.record = kept_record()
    if frame.record is None:
        from sysgraph.record.run import shipped_record

        frame.record = shipped_record()


def _groups(
    files: list[str] | None,
    facet: list[str] | None,
    case: str | None,
    frame: Frame,
    *,
    ask: bool = False,
    description: str | None = None,
    ways: str = "a file, --facet or --case, or --ask",
) -> list[Sequence[Situation]]:
    """Return the situations that are named, each with its readings; none where all is asked.

    ``ways`` are those in which the command lets one be named.
    """
    from sysgraph.advice.situation import situation_said, situations_of_case

    given = [name for name, on in (("a file", files), ("--facet", facet), ("--case", case)) if on]
    if len(given) > 1:
        raise SysgraphError(f"{' and '.join(given)} were given; name the situation in one way")
    if description is not None and not files:
        raise SysgraphError("--description goes with the file of answers that were drawn from it")
    if files:
        return _read_files(files, frame, description)
    if facet:
        return [situation_said([pair(text, "--facet") for text in facet], frame).readings()]
    if case:
        return [situations_of_case(case, frame)]
    if not ask:
        raise SysgraphError(f"no situation was given; name {ways}")
    return []


def _read_files(
    files: list[str], frame: Frame, description: str | None
) -> list[Sequence[Situation]]:
    from sysgraph.advice.contest import group_answers
    from sysgraph.advice.described import read_situations

    if [*files, description].count("-") > 1:
        raise SysgraphError("standard input (-) is read once; name a file for the rest")
    places = [Path(name).resolve() for name in files]
    for at, name in enumerate(files):
        if places[at] in places[:at]:
            raise BadFile(name, "this file is named twice, and is one person's answers; keep one")
    text = None if description is None else _description(description)
    listed = [(name, *read_argument(name)) for name in files]
    read = [(where, read_situations(data, where, frame, text)) for _, data, where in listed]
    return list(group_answers(read).values())


def _description(name: str) -> str:
    data, where = read_argument(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(where, "this is not UTF-8 text; save the file as UTF-8") from error
    if not text.strip():
        raise SysgraphError(f"the description {where} is empty")
    return text


def _asked(
    found: Sequence[Sequence[Situation]], frame: Frame, save: Path | None
) -> Sequence[Situation]:
    """Return the readings of a situation asked about on the terminal, and keep the answers."""
    from sysgraph.advice.situation import Situation
    from sysgraph.cli.ask import ask_until_settled, check_free, keep_answers, telling_of_a_stop

    if [len(group) for group in found] not in ([], [1]):
        raise SysgraphError("--ask puts questions about one reading of one situation; name one")
    if save is not None:
        check_free(save)
    with telling_of_a_stop():
        asked = ask_until_settled(found[0][0] if found else Situation("situation"), frame)
        keep_answers(asked, frame, save)
    return asked.readings()


def situations_of(
    file: str | None,
    facet: list[str] | None,
    case: str | None,
    frame: Frame,
    ways: str,
    description: str | None = None,
) -> list[Situation]:
    """Return the readings of the situations that a file, ``--facet`` or ``--case`` names.

    Where nothing is named, it is asked for on a terminal; else ``ways`` says what can be named.
    """
    ask, files = sys.stdin.isatty(), [file] if file else None
    groups = _groups(files, facet, case, frame, ask=ask, description=description, ways=ways)
    return [situation for group in groups or [_asked((), frame, None)] for situation in group]


def _toward(goal: str, situations: list[Situation], examiner: Examiner, form: AdviceFormat) -> None:
    from sysgraph.advice.doing import other_job
    from sysgraph.advice.plans import goal_of, plans
    from sysgraph.pages.together import plans_blocks

    frame = examiner.frame
    aim = goal_of(goal, frame)
    for each in situations:
        if job := other_job(each, frame):
            reason = (
                f"it is told of as {job.label}: no way of leading is needed; leave out --toward"
            )
            raise BadSituation(each.title or each.id, [reason])
    found = [plans(each, frame, aim) for each in situations]
    pages = [(each.situation.title, list(plans_blocks([each], frame))) for each in found]
    _write_pages(pages, found, form.value)
    if any(not each.found for each in found):
        raise typer.Exit(1)


def _practice(
    target: str, frame: Frame, opened: Callable[[], Store], form: AdviceFormat, *, full: bool
) -> None:
    from sysgraph.advice.practice import examine_practice
    from sysgraph.pages.practice import practice_blocks, practice_data

    found = examine_practice(target, frame, opened)
    pages = [("", list(practice_blocks(each, frame, proofs=full))) for each in found]
    _write_pages(pages, [practice_data(each) for each in found], form.value)
    if any(each.is_borne_out is False for each in found):
        raise typer.Exit(1)


def _write_pages(pages: Sequence[tuple[str, Sequence[Block]]], data: object, form: str) -> None:
    """Write titled pages in the format of that name, or as JSON the data that they are of."""
    from sysgraph.pages.objects import json_text, plain
    from sysgraph.pages.report import pages_written

    write(json_text(plain(data)) if form == "json" else pages_written(pages, form))


def agreement_command(store: StoreOption = None, form: FormatOption = TextFormat.TEXT) -> None:
    """Say how far the readings of the cases agree, and how far those who coded them do.

    Agreement is Krippendorff's alpha: 1 is full agreement, 0 what chance would give. Of readings
    it is told by facet, with how many cases come to different advice; of coders by facet, type
    and outcome, with what each coder is.

    \b
    Examples:
      sysgraph agreement
      sysgraph agreement --store my-store --format json
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.advice.contest import agreement
    from sysgraph.pages.objects import plain
    from sysgraph.pages.record import agreement_blocks, coders_blocks
    from sysgraph.record.coders import coders_agreement
    from sysgraph.stores import open_store

    frame = frame_of(store)
    found, coders = agreement(frame), coders_agreement(open_store(store), frame)
    data = {**plain(found), "coders": plain(coders)}
    _write_pages([("", [*agreement_blocks(found), *coders_blocks(coders)])], data, form.value)


def backtest_command(
    store: StoreOption = None,
    by: Annotated[By, typer.Option("--by", help="What to group the cases by.")] = By.TYPE,
    form: FormatOption = TextFormat.TEXT,
    seed: Annotated[int, typer.Option(min=0, help="What all chance is drawn from.")] = 0,
    rounds: Annotated[
        int, typer.Option(min=100, max=100_000, help="How often to draw cases, and to shuffle.")
    ] = 1000,
    sample: Annotated[
        int, typer.Option(min=2, metavar="N", help="The most cases to look at, drawn by the seed.")
    ] = MOST,
    only_independent: IndependentOption = False,
    external: ExternalOption = None,
    columns: ColumnsOption = None,
) -> None:
    """Say how good such advice has been: each case is left out, asked about, and compared.

    Compared is the advice with the type that was practised, and how well that type fitted with
    how the case turned out, on each test by itself, beside the base rate of the other cases. The
    same rules, cases and seed give the same figures.

    With --external and --columns, work out what was registered for two databases of others before
    a row of them was seen (docs/registered.md), over a table that you hold.

    \b
    Examples:
      sysgraph backtest
      sysgraph backtest --by region
      sysgraph backtest --store my-store --format json
      sysgraph backtest --external cases.csv --columns columns.yaml
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    if external is not None or columns is not None:
        if by is not By.TYPE or sample != MOST or only_independent:
            raise SysgraphError(
                "--by, --sample and --only-independent are for our own cases;"
                " leave them out with --external"
            )
        _backtest_external(external, columns, frame_of(store), (seed, rounds), form)
        return
    from sysgraph.pages.blocks import text_of
    from sysgraph.pages.objects import backtest_data, json_text
    from sysgraph.pages.record import backtest_blocks, backtest_markdown
    from sysgraph.record.run import look_back
    from sysgraph.stores import open_store

    done = look_back(
        open_store(store),
        frame_of(store),
        by=by,
        seed=seed,
        rounds=rounds,
        most=sample,
        only_independent=only_independent,
    )
    if form is TextFormat.JSON:
        write(json_text(backtest_data(done)))
    elif form is TextFormat.MARKDOWN:
        write(backtest_markdown(done))
    else:
        write(text_of(backtest_blocks(done)))


def _backtest_external(
    external: Path | None,
    columns: Path | None,
    frame: Frame,
    chance: tuple[int, int],
    form: TextFormat,
) -> None:
    if external is None or columns is None:
        raise SysgraphError(
            "--external names a table, and --columns a file that says which column holds what;"
            " give both (docs/registered.md has a file to begin with)"
        )
    from sysgraph.pages.blocks import text_of
    from sysgraph.pages.external import external_blocks, external_markdown
    from sysgraph.pages.objects import external_data, json_text
    from sysgraph.record.external import read_columns, read_table
    from sysgraph.record.outcomes import Lots
    from sysgraph.record.outside import work_out
    from sysgraph.record.registered import registration

    registered = registration()
    told = read_columns(columns, registered)
    found = work_out(told, read_table(external, told), registered, frame, Lots(*chance, 0))
    if form is TextFormat.JSON:
        write(json_text(external_data(found)))
    elif form is TextFormat.MARKDOWN:
        write(external_markdown(found))
    else:
        write(text_of(external_blocks(found)))
