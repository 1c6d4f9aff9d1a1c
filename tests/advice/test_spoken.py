"""The library in another language: its texts and nothing else."""

from dataclasses import replace

from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import situation_of
from sysgraph.advice.spoken import in_language, texts_of
from sysgraph.language import Language, unmarked


def upper(frame: Frame) -> Language:
    """Return a language that has each text of a frame in capitals."""
    return Language("xx", messages={each.text: each.text.upper() for each in texts_of(frame)})


def test_texts_are_turned_and_what_they_go_by_is_not(frame: Frame) -> None:
    found = in_language(frame, upper(frame))
    facet = next(iter(frame.facets.values()))
    turned = found.facets[facet.id]
    assert turned.wording == facet.wording.upper()
    assert list(turned.values) == list(facet.values)
    assert [each.iri for each in turned.values.values()] == [
        each.iri for each in facet.values.values()
    ]
    assert {kind: entry.label for kind, entry in found.types.items()} == {
        kind: entry.label for kind, entry in frame.types.items()
    }


def test_steps_and_needs_are_turned_one_by_one(frame: Frame) -> None:
    found = in_language(frame, upper(frame))
    for ours, turned in zip(frame.methods, found.methods, strict=True):
        assert turned.steps == tuple(step.upper() for step in ours.steps)
        assert turned.needs.keys() == ours.needs.keys()


def test_the_name_of_a_verdict_stays(frame: Frame) -> None:
    found = in_language(frame, upper(frame))
    for name, findings in frame.outside.findings.items():
        for ours, turned in zip(findings, found.outside.findings[name], strict=True):
            assert turned.verdict == (ours.verdict[0], ours.verdict[1].upper())


def test_what_is_not_translated_is_english(frame: Frame) -> None:
    found = in_language(frame, Language("xx"))
    for name, facet in frame.facets.items():
        assert unmarked(found.facets[name].wording) == " ".join(facet.wording.split())
        assert found.facets[name].wording != facet.wording


def test_advice_is_the_same_in_each_language(frame: Frame) -> None:
    known = {"purpose-origin": "movement", "agreement": "coercive", "change-aim": "win-justice"}
    ours = Examiner(replace(frame)).examine(situation_of(known, frame))
    theirs = Examiner(in_language(frame, upper(frame))).examine(situation_of(known, frame))
    assert theirs.named == ours.named
    assert theirs.certainty == ours.certainty
    assert [each.facet for each in (theirs.question, ours.question) if each] == [
        each.facet for each in (ours.question, ours.question) if each
    ]


def test_each_text_is_told_once_with_whose_it_is(frame: Frame) -> None:
    told = list(texts_of(frame))
    assert len({each.text for each in told}) == len(told)
    assert all(each.text and ":" in each.where for each in told)
