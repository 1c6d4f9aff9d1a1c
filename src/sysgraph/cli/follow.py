"""``sysgraph follow-up``: what is advised now is kept, so that it can be told what came of it."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.advise import DescriptionOption, FacetOption, frame_of, situations_of
from sysgraph.cli.app import StoreOption, named_format, write
from sysgraph.cli.new import TEMPLATES, IdOption, TemplateFormat, as_json
from sysgraph.errors import BadFile, SysgraphError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sysgraph.advice.examine import Examination
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation

FileArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE]", help="A YAML or JSON file with one situation, as for advise; - is stdin."
    ),
]
WhoOption = Annotated[
    str | None,
    typer.Option(
        "--standpoint",
        metavar="WHO",
        help="Whose answers the advice is for, where people see the situation differently.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write it there, and - prints it; by default to follow-up-ID.yaml in this folder.",
    ),
]

_NAMELESS = re.compile(r"situation(-[0-9]+)?")
"""What a situation goes by that was given no name."""


def follow_up_command(
    file: FileArgument = None,
    facet: FacetOption = None,
    description: DescriptionOption = None,
    standpoint: WhoOption = None,
    store: StoreOption = None,
    thing_id: IdOption = "",
    out: OutOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write over a file that is there already.")
    ] = False,
    form: Annotated[
        TemplateFormat | None,
        typer.Option(
            "--format", help="How to write it.", show_default="as the file's name ends, or yaml"
        ),
    ] = None,
) -> None:
    """Keep what is advised today in a file, to be filled in once something has come of it.

    It is a case with what is known of it now: the answers, the day, which rules gave the advice,
    and what was named first. What was done and what came of it are blanks, with what may stand
    there; until they are filled in, sysgraph validate says what is missing. Loaded, it is a case
    like others, and sysgraph backtest counts it among those that can test advice.

    \b
    Examples:
      sysgraph follow-up answers.yaml
      sysgraph follow-up reply.txt --description description.txt --id our-park
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.advice.examine import Examiner
    from sysgraph.record.followed import refuse_unadvised

    is_printed = str(out) == "-"
    named = None if is_printed else out
    chosen = named_format(form, named, TemplateFormat.YAML, TEMPLATES, is_read=True)
    examiner = Examiner(frame_of(store))
    ways = "a file or --facet"
    situations = situations_of(file, facet, None, examiner.frame, ways, description)
    asked, *others = _in_turn(situations, standpoint)
    refuse_unadvised(asked, examiner.frame)
    case_id = _id_of(asked, thing_id, examiner.whole)
    place = out or Path("-".join(filter(None, ("follow-up", case_id))) + f".{chosen}")
    if not (is_printed or overwrite) and place.exists():
        raise BadFile(place, "it is there already; give another name by --out, or --overwrite it")
    today = datetime.now(UTC).date()
    examination = examiner.examine(asked)
    text = _text(examination, others, case_id, today)
    content = (text if chosen is TemplateFormat.YAML else as_json(text)).encode()
    if is_printed:
        write(content)
    else:
        _put(place, content, examination, today)


def _in_turn(situations: Sequence[Situation], who: str | None) -> list[Situation]:
    """Return the readings of one situation, first the one whose advice is followed up."""
    ids = list(dict.fromkeys(each.id for each in situations))
    if len(ids) > 1:
        raise SysgraphError(f"there are several situations ({', '.join(ids)}); keep one in a file")
    told = [each.standpoint for each in situations]
    if who is None and len(told) > 1:
        reason = "each gets advice of their own; say by --standpoint whose is followed up"
        raise SysgraphError(f"{' and '.join(told)} see this differently, and {reason}")
    if who is None:
        return list(situations)
    first = [each for each in situations if each.standpoint.casefold() == who.casefold()]
    if not first:
        known = ", ".join(filter(None, told)) or "nobody is named there"
        raise SysgraphError(f"--standpoint {who}: these are nobody's answers (named: {known})")
    return [first[0], *(each for each in situations if each is not first[0])]


def _id_of(situation: Situation, given: str, frame: Frame) -> str:
    """Return the id for the case, or none where the situation has no name that could be one.

    Raises:
        SysgraphError: the given one is no id, or there is a case of that id.
    """
    from sysgraph.case.contribution import ID
    from sysgraph.terms import PREFIXES

    if given and not ID.fullmatch(given):
        raise SysgraphError(f"--id {given}: an id is 2 to 63 small letters, digits and hyphens")
    is_name = ID.fullmatch(situation.id) and not _NAMELESS.fullmatch(situation.id)
    name = given or (situation.id if is_name else "")
    if name and f"{PREFIXES['case']}{name}" in frame.cases:
        raise SysgraphError(f"there is a case {name} already; give another id by --id")
    return name


def _text(examination: Examination, others: Sequence[Situation], case_id: str, today: date) -> str:
    from sysgraph.fill.template import document
    from sysgraph.ontology import Ontology
    from sysgraph.record.followed import known_answers
    from sysgraph.shapes import form_of

    answers = known_answers(examination, others, today)
    begun = list(_begun(examination, today))
    return document(form_of("case", Ontology.load()), case_id, answers, begun=begun)


def _begun(examination: Examination, today: date) -> Iterator[str]:
    """Yield what the file says of itself before anything else."""
    from sysgraph.pages.asking import words_of

    frame, situation = examination.frame, examination.situation
    yield (
        f"Followed up: what sysgraph was asked and advised on {today.isoformat()}. Leave this as it"
        " is until something has come of it that others than those who led can judge:"
        f" {today.year + 1} at the earliest. Then fill in what was done, what came of it and who"
        " says so, whether or not the advice was followed, and whatever came of it."
    )
    yield (
        "Do not change what stands below advice:, nor the first of the readings: they are what was"
        " answered and advised then. Where you see the start otherwise now, add a reading."
    )
    for name, said in situation.opening.items():
        outside = frame.outside.questions.get(name)
        asked = outside or frame.opening[name]
        yield f"Asked then: {asked.wording} {words_of(asked).get(said, said)}"


def _put(place: Path, content: bytes, examination: Examination, today: date) -> None:
    from sysgraph.files import write_file
    from sysgraph.pages.words import filled

    write_file(place, content)
    types = examination.frame.types
    named = " and ".join(types[kind].label for kind in examination.named)
    for text in (
        f"Wrote {place}. It keeps what was asked and advised on {today.isoformat()}; named first:"
        f" {named or 'no way, for too little is known'}.",
        f"Next: keep it. Come back in {today.year + 1} at the earliest, when others than those who"
        " led can judge what came of it: what is judged in the same year as it was advised cannot"
        " test advice. Then fill in the blanks, and:",
        f"sysgraph validate {place}",
        f"sysgraph load {place} --store STORE",
    ):
        print(filled(text), file=sys.stderr)
