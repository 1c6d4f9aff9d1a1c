"""What is advised on readings of cases, by code that runs here and in a browser alike."""

from collections.abc import Iterator, Sequence

from sysgraph.advice.examine import Examiner
from sysgraph.advice.situation import situations_of_case
from sysgraph.pages.blocks import html_of
from sysgraph.pages.brief import brief_blocks
from sysgraph.pages.glance import glance
from sysgraph.pages.objects import advice_data, json_text, plain

PARTS = ("front", "ahead", "named", "abstains", "to_do", "alike", "next_question")


def answers(examiner: Examiner, cases: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each reading of some cases, with what `advise` answers as JSON and as pages show it."""
    for case in cases:
        group = situations_of_case(case, examiner.frame)
        spoken = [each.standpoint for each in group if each.standpoint]
        for each in group:
            found = examiner.examine(each, spoken)
            standings = {kind: plain(one.standings) for kind, one in found.advice.types.items()}
            data = json_text({**advice_data(found, PARTS), "standings": standings})
            yield each.id, data, html_of(brief_blocks(found)) + glance(found)
