"""What a closed room shows, where it is made: one room at a time, and then kept ready."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from starlette.exceptions import HTTPException

from sysgraph.advice.contest import Contest
from sysgraph.advice.heard import Person
from sysgraph.advice.situation import Situation
from sysgraph.web.convened import counted, heard_text, results
from sysgraph.web.kept import Room
from sysgraph.web.site import Site


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


def closed(site: Site, people: list[Person]) -> Room:
    return Room(1, "", asks_all=True, opened=date(2026, 3, 1), heard=heard_text(people, site))


def spoken(site: Site, voice: int, value: int, size: int = 3) -> list[Person]:
    facet = next(iter(site.frame.facets.values()))
    return [Person(site.frame.voices[voice].id, {facet.id: list(facet.values)[value]})] * size


def test_what_is_kept_of_a_closed_room_are_sums(site: Site) -> None:
    people = [*spoken(site, 0, 0, 2), *spoken(site, 0, 1, 1)]
    (group,) = json.loads(heard_text(people, site))
    facet = next(iter(site.frame.facets.values()))
    first, second = list(facet.values)[:2]
    assert group["people"] == 3
    assert group["told"] == {facet.id: {first: 2, second: 1}}


def test_one_group_alone_is_compared_with_nobody(site: Site) -> None:
    found = results(closed(site, spoken(site, 0, 0)), site)
    assert [one.people for one in found.told] == [3]
    assert not found.differ
    assert len(found.missing) == len(site.frame.voices) - 1


def test_nobody_is_shown_where_nobody_spoke(site: Site) -> None:
    assert not results(closed(site, []), site).told
    assert counted([], site)["people"] == 0


def test_while_another_room_is_compared_it_is_asked_to_try_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = closed(site, [*spoken(site, 0, 0), *spoken(site, 1, 1)])
    second = closed(site, [*spoken(site, 0, 1), *spoken(site, 1, 0)])
    is_busy, is_seen, compare = Event(), Event(), site.examiner.compare

    def compare_slowly(readings: Sequence[Situation], most: int) -> Contest:
        is_busy.set()
        assert is_seen.wait(60)
        return compare(readings, most)

    monkeypatch.setattr(site.examiner, "compare", compare_slowly)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(results, first, site)
        assert is_busy.wait(60)
        with pytest.raises(HTTPException) as refused:
            results(second, site)
        is_seen.set()
        assert other.result().differ
    assert refused.value.status_code == 429
    assert results(second, site).differ
