"""What is known of a case that begins with an advice."""

from datetime import date

import pytest

from sysgraph.advice.examine import Examiner
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import situation_of
from sysgraph.errors import BadSituation
from sysgraph.record.followed import known_answers, refuse_unadvised

FACETS = {"agreement": "coercive", "stakes": "safe-to-fail", "change-aim": "win-justice"}


def test_answers_and_advice_are_kept_and_the_end_is_left_open(frame: Frame) -> None:
    examination = Examiner(frame).examine(situation_of(FACETS, frame))
    told = known_answers(examination, [], date(2026, 11, 29))
    assert told["aims"] == ["win-justice"]
    facets = {name: {"value": value} for name, value in FACETS.items()}
    assert told["readings"] == [{"standpoint": "", "facets": facets}]
    advice = told["advice"]
    assert isinstance(advice, dict)
    assert advice["advised"] == "2026-11-29"
    assert advice["named-first"] == list(examination.named)
    assert told["outcome"] == {"led": {"judged": ""}, "working": {"judged": ""}}
    assert "practice" not in told


def test_what_was_not_advised_on_is_not_followed_up(frame: Frame) -> None:
    refuse_unadvised(situation_of(FACETS, frame), frame)
    for facets in ({}, {"job": "crisis"}):
        with pytest.raises(BadSituation):
            refuse_unadvised(situation_of(facets, frame), frame)
