"""The researcher's page: everything, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from sysgraph.advice.examine import Examination
from sysgraph.render.advice import table_lines, type_lines
from sysgraph.render.brief import Part
from sysgraph.render.certainty import certainty_lines, question_lines
from sysgraph.render.changes import changes_lines
from sysgraph.render.combine import combinations_lines
from sysgraph.render.dissent import dissent_lines, standpoints_lines
from sysgraph.render.evidence import evidence_lines
from sysgraph.render.plans import plans_lines
from sysgraph.render.record import record_lines
from sysgraph.render.robust import robust_lines
from sysgraph.render.why import why_lines
from sysgraph.render.words import bullet, sentence

__all__ = ["detail_parts"]


def detail_parts(examination: Examination, *, own: bool = True) -> Iterator[Part]:
    """Yield the parts of the researcher's page.

    ``own`` tells that the advice comes from the shipped library, whose record it carries.
    """
    advice, frame = examination.advice, examination.frame
    yield "The two tests", list(table_lines(advice))
    for entry in advice.types.values():
        name = f"{entry.type.number} {sentence(entry.type.label)}"
        yield name, [*type_lines(entry), *_cases(examination, entry.type.id)]
    yield "What is not known", list(_unknown(examination))
    yield "Why not the others", list(why_lines(examination.why_not, frame))
    yield "What would change the answer", list(changes_lines(examination.changes, frame))
    yield "What the answer rests on", list(robust_lines(examination.robustness, frame))
    pairs = list(combinations_lines(examination.combinations, frame))
    if pairs:
        yield "Together", pairs
    yield "One after another", list(plans_lines(list(examination.plans.values()), frame))
    yield "Who objects, and who has not spoken", list(_voices(examination))
    yield "Read this with care", list(_care(examination, own=own))


def _cases(examination: Examination, kind: str) -> Iterator[str]:
    yield "Cases led this way"
    yield from evidence_lines(examination.evidence[kind])


def _unknown(examination: Examination) -> Iterator[str]:
    unknown = examination.advice.unknown
    yield from certainty_lines(examination.certainty, len(unknown), examination.frame)
    yield from question_lines(examination.question, examination.frame)
    if unknown:
        yield "Not known"
    for facet in unknown:
        yield bullet(
            f"{sentence(facet.label)} ({facet.id}; {facet.test}, strength {facet.strength})"
        )


def _voices(examination: Examination) -> Iterator[str]:
    yield from dissent_lines(examination.claims, examination.examiner.dissent)
    yield from standpoints_lines(examination.standpoints)


def _care(examination: Examination, *, own: bool) -> Iterator[str]:
    if examination.frame.record is not None:
        yield from record_lines(examination.frame.record, own=own)
    yield from (bullet(said) for said in examination.advice.disclosures)
