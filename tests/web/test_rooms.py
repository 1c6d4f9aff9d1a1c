"""Rooms as people and whoever convenes use them, without a network between."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from phones import Phone, Reply
from sysgraph.advice.contest import group_answers
from sysgraph.advice.described import read_situations
from sysgraph.advice.doing import ROLE
from sysgraph.web.app import make_app
from sysgraph.web.kept import Rooms, make_secret
from sysgraph.web.site import Site


@pytest.fixture(scope="module")
def shared() -> Site:
    return Site()


@pytest.fixture
def site(shared: Site, tmp_path: Path) -> Iterator[Site]:
    shared.rooms = Rooms(tmp_path / "rooms.sqlite")
    yield shared
    shared.rooms.end()
    shared.rooms = None


class Group:
    """A room, whoever convenes it, and the phones of its people."""

    def __init__(self, site: Site, title: str = "Schools", asks: str = "all") -> None:
        self.site, self.app = site, make_app(site)
        self.convenor = Phone(self.app)
        reply = self.convenor.post("/room", {"title": title, "asks": asks})
        self.home = reply.path
        self.key = reply.text.partition('value="http://192.0.2.7/room/')[2].partition('"')[0]
        self.voices = [one.id for one in site.frame.voices]
        self.facet = next(one for one in site.frame.facets.values() if len(one.values) > 1)
        self.yes, self.no = list(self.facet.values)[:2]

    def page(self, **headers: str) -> Reply:
        return self.convenor.get(self.home, **headers)

    def hand_in(self, voice: str, value: str = "", *, agrees: bool = False) -> Phone:
        phone = Phone(self.app)
        self.again(phone, voice, value, agrees=agrees)
        return phone

    def again(self, phone: Phone, voice: str, value: str = "", *, agrees: bool = False) -> Reply:
        said = f"voice={voice}&{self.facet.id}={value or self.yes}"
        review = phone.get(f"/room/{self.key}/hand-in?{said}")
        form = review.hidden() | ({"agrees": "yes"} if agrees else {})
        return phone.post(f"/room/{self.key}/hand-in", form)

    def close(self) -> Reply:
        return self.convenor.post(f"{self.home}/close")


def test_whoever_convenes_gets_two_links_and_a_code(site: Site) -> None:
    group = Group(site)
    assert re.fullmatch(r"/convene/[\w-]{32}", group.home)
    assert re.fullmatch(r"[\w-]{32}", group.key)
    assert group.key not in group.home
    code = group.convenor.get(f"{group.home}/code.svg")
    assert code.headers["content-type"].startswith("image/svg+xml")
    assert code.text.startswith("<svg")


def test_links_begin_with_the_public_address(site: Site) -> None:
    site.public_url = "https://advice.example"
    try:
        page = Phone(make_app(site)).post("/room", {"title": ""})
    finally:
        site.public_url = ""
    assert 'value="https://advice.example/room/' in page.text


def test_a_person_is_asked_one_question_a_screen_and_nothing_of_themselves(site: Site) -> None:
    group, phone = Group(site), Phone(make_app(site))
    voice, asked = group.voices[0], []
    page = phone.get(f"/room/{group.key}/ask?voice={voice}")
    while page.path.endswith("/ask"):
        name, value = re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', page.text)[0]
        asked.append(name)
        query = "&".join(
            f"{n}={v}"
            for n, v in re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page.text)
        )
        page = phone.get(f"/room/{group.key}/ask?{query}&{name}={value}")
    assert set(asked) == (set(site.frame.choices) | set(site.frame.facets)) - {ROLE}
    assert len(asked) == len(set(asked))
    assert page.path == f"/room/{group.key}/hand-in"
    assert re.search(r'type="checkbox" name="agrees" value="yes" [^>]*', page.text)
    assert "checked" not in page.text
    done = phone.post(f"/room/{group.key}/hand-in", page.hidden())
    assert done.path == f"/room/{group.key}/mine"


def test_as_little_as_settles_it_is_asked_where_that_is_wanted(site: Site) -> None:
    group, phone = Group(site, asks="few"), Phone(make_app(site))
    page = phone.get(f"/room/{group.key}/ask?voice={group.voices[0]}")
    number = 0
    while page.path.endswith("/ask") and number < 60:
        number += 1
        name, value = re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', page.text)[0]
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page.text)
        query = "&".join(f"{n}={v}" for n, v in hidden)
        page = phone.get(f"/room/{group.key}/ask?{query}&{name}={value}")
    assert page.path == f"/room/{group.key}/hand-in"
    assert number <= len(site.frame.facets) + len(site.frame.choices)


def test_nothing_is_kept_before_it_is_handed_in(site: Site) -> None:
    group, phone = Group(site), Phone(make_app(site))
    phone.get(f"/room/{group.key}")
    phone.get(f"/room/{group.key}/hand-in?voice={group.voices[0]}&{group.facet.id}={group.yes}")
    assert "Handed in so far: 0" in group.page().words
    assert phone.cookies == {}


def test_who_was_heard_is_counted_and_who_is_missing_is_named(site: Site) -> None:
    group = Group(site)
    for _ in range(3):
        group.hand_in(group.voices[0])
    group.hand_in(group.voices[1])
    words = group.page().words
    names = [one.plain_name.capitalize() for one in site.frame.voices]
    assert "Handed in so far: 4" in words
    assert f"{names[0]}: 3 people" in words
    assert f"{names[1]}: " not in words
    missing = words.partition("Not heard")[2]
    assert all(name in missing for name in names[1:])


def test_no_answer_is_shown_before_it_is_closed(site: Site) -> None:
    group = Group(site)
    before = group.page().text
    for value in (group.yes, group.no, group.no):
        group.hand_in(group.voices[0], value)
    assert "1 person" not in group.page().text
    assert group.facet.values[group.no].answer not in group.page().text
    assert before != group.page().text
    assert group.convenor.get(f"{group.home}/answers.json").status == 400


def test_a_closed_room_shows_where_voices_differ_and_voices_in_themselves(site: Site) -> None:
    group = Group(site)
    for value in (group.yes, group.yes, group.no):
        group.hand_in(group.voices[0], value)
    for _ in range(3):
        group.hand_in(group.voices[1], group.no)
    words = group.close().words
    first, second = (one.plain_name for one in site.frame.voices[:2])
    differ = words.partition("Where you differ")[2]
    assert f"{first} and {second} see 1 thing differently" in differ.lower()
    assert group.facet.wording in differ
    inside = words.partition("Where people of one voice differ")[2]
    assert f"{group.facet.wording} ({first})" in inside
    assert "2 people" in inside
    assert "1 person" in inside


def test_one_person_is_shown_only_where_they_agree(site: Site) -> None:
    for agrees in (False, True):
        group = Group(site)
        group.hand_in(group.voices[0], agrees=agrees)
        told = group.close().words
        name = site.frame.voices[0].plain_name.capitalize()
        assert (f"{name} , 1 person" in told) is agrees
        assert ("Too few people spoke" in told) is not agrees


def test_the_same_is_shown_whichever_small_voice_somebody_spoke_as(site: Site) -> None:
    shown = []
    for voice in (1, 2):
        group = Group(site)
        for _ in range(3):
            group.hand_in(group.voices[0])
        pages = [group.page().text]
        group.hand_in(group.voices[voice], group.no)
        pages.append(group.page().text)
        group.hand_in(group.voices[3])
        pages.append(group.page().text)
        pages.append(group.close().text)
        pages.append(group.convenor.get(f"{group.home}/answers.json").text)
        pages.append(group.convenor.get(f"{group.home}/answers.yaml").text)
        secrets = [group.home.rpartition("/")[2], group.key]
        shown.append([re.sub("|".join(secrets), "SECRET", page) for page in pages])
    assert shown[0] == shown[1]


def test_answers_can_be_changed_and_taken_back(site: Site) -> None:
    group = Group(site)
    phone = group.hand_in(group.voices[0])
    mine = phone.get(f"/room/{group.key}")
    assert mine.path == f"/room/{group.key}/mine"
    review = phone.post(mine.path, mine.hidden() | {"do": "change"})
    assert review.path == f"/room/{group.key}/hand-in"
    phone.post(review.path, review.hidden() | {group.facet.id: group.no})
    assert group.facet.values[group.no].answer in phone.get(mine.path).words
    assert "Handed in so far: 1" in group.page().words
    gone = phone.post(mine.path, phone.get(mine.path).hidden() | {"do": "withdraw"})
    assert gone.path == f"/room/{group.key}"
    assert phone.cookies == {}
    assert "Too few" in group.close().words


def test_one_person_who_changes_the_voice_is_counted_once(site: Site) -> None:
    group = Group(site)
    for _ in range(3):
        group.hand_in(group.voices[0])
    phone = group.hand_in(group.voices[1])
    before = group.page().words
    assert "Handed in so far: 4" in before
    for at in (0, 1, 2, 0):
        group.again(phone, group.voices[at], group.no, agrees=at == 2)
        assert group.page().words == before, "nothing that is seen tells of it"
    group.close()
    told = json.loads(group.convenor.get(f"{group.home}/answers.json").text)["groups"]
    assert [(one["voice"], one["people"], one["told"]) for one in told] == [
        (group.voices[0], 4, {group.facet.id: {group.yes: 3, group.no: 1}})
    ]


def test_the_own_link_works_from_another_phone(site: Site) -> None:
    group = Group(site)
    mine = group.hand_in(group.voices[0]).get(f"/room/{group.key}/mine")
    link = re.search(r'value="http://192.0.2.7(/room/[^"]+/mine/[^"]+)"', mine.text)
    assert link is not None
    other = Phone(group.app)
    page = other.get(link.group(1))
    assert page.hidden() == mine.hidden()
    review = other.post(page.path, page.hidden() | {"do": "change"})
    other.post(review.path, review.hidden())
    assert "Handed in so far: 1" in group.page().words


@pytest.mark.parametrize("public_url", ["", "https://advice.example"])
def test_the_cookie_is_for_this_room_and_no_script(site: Site, public_url: str) -> None:
    site.public_url = public_url
    try:
        group, phone = Group(site), Phone(make_app(site))
        key = group.page().text.partition("/room/")[2].partition('"')[0]
        form = {"own": make_secret(), "voice": group.voices[0], group.facet.id: group.yes}
        phone.post(f"/room/{key}/hand-in", form)
    finally:
        site.public_url = ""
    (cookie,) = phone.told
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert f"Path=/room/{key}" in cookie
    assert ("Secure" in cookie) is bool(public_url)


def test_a_phone_is_passed_on(site: Site) -> None:
    group = Group(site)
    phone = group.hand_in(group.voices[0])
    mine = phone.get(f"/room/{group.key}/mine")
    assert phone.post(mine.path, mine.hidden() | {"do": "leave"}).path == f"/room/{group.key}"
    group.again(phone, group.voices[0])
    assert "Handed in so far: 2" in group.page().words


def test_a_form_sent_twice_counts_once(site: Site) -> None:
    group = Group(site)
    page = Phone(group.app).get(
        f"/room/{group.key}/hand-in?voice={group.voices[0]}&{group.facet.id}={group.yes}"
    )
    for _ in range(2):
        Phone(group.app).post(page.path, page.hidden())
    assert "Handed in so far: 1" in group.page().words


def test_forged_forms_are_refused(site: Site) -> None:
    group = Group(site)
    phone = group.hand_in(group.voices[0])
    mine = f"/room/{group.key}/mine"
    assert phone.post(mine, {"do": "withdraw"}).status == 403
    assert phone.post(mine, {"do": "withdraw", "proof": "ä"}).status == 403
    form = {"voice": group.voices[0], group.facet.id: group.no, "own": make_secret()}
    assert phone.post(f"/room/{group.key}/hand-in", form).status == 403
    assert phone.post(f"/room/{group.key}/hand-in", form | {"own": "1"}).status == 403
    proof = phone.get(mine).hidden() | {"do": "withdraw"}
    assert phone.post(mine, proof, origin="https://evil.example").status == 403
    assert phone.post(mine, proof, origin="null", sec_fetch_site="cross-site").status == 403
    assert phone.get(mine).path == mine


@pytest.mark.parametrize("told", [{"sec_fetch_site": "same-origin"}, {}])
def test_phones_that_send_no_referrer_are_let_in(site: Site, told: dict[str, str]) -> None:
    group = Group(site)
    phone = group.hand_in(group.voices[0])
    mine = phone.get(f"/room/{group.key}/mine")
    gone = phone.post(mine.path, mine.hidden() | {"do": "withdraw"}, origin="null", **told)
    assert gone.path == f"/room/{group.key}"
    assert "Handed in so far: 1" in group.page().words
    assert phone.post("/ask", {}, origin="null", sec_fetch_site="cross-site").status == 403


def test_the_page_of_whoever_convenes_is_not_stored_and_is_not_sent_twice(site: Site) -> None:
    group = Group(site)
    page = group.page()
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    again = group.page(if_none_match=page.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for _ in range(3):
        group.hand_in(group.voices[0])
    assert group.page(if_none_match=page.headers["etag"]).status == 200


def test_what_was_said_is_taken_away_and_read_side_by_side(site: Site) -> None:
    group = Group(site, "Schools: a 'test'\n# no")
    for voice, value in zip(group.voices[:2], (group.yes, group.no), strict=True):
        for _ in range(3):
            group.hand_in(voice, value)
    group.close()
    text = group.convenor.get(f"{group.home}/answers.yaml").body
    read = group_answers([("room.yaml", read_situations(text, "room.yaml", site.frame))])
    ((first, second),) = read.values()
    assert (first.facets, second.facets) == (
        {group.facet.id: group.yes},
        {group.facet.id: group.no},
    )
    names = [one.plain_name for one in site.frame.voices]
    assert [first.standpoint, second.standpoint] == names[:2]
    told = json.loads(group.convenor.get(f"{group.home}/answers.json").text)
    assert [(one["voice"], one["people"], one["told"]) for one in told["groups"]] == [
        (group.voices[0], 3, {group.facet.id: {group.yes: 3}}),
        (group.voices[1], 3, {group.facet.id: {group.no: 3}}),
    ]
    assert told["contest"]["parted"] in (True, False)


def test_small_voices_are_shown_and_taken_away_as_others(site: Site) -> None:
    group = Group(site)
    for _ in range(3):
        group.hand_in(group.voices[0])
    for voice in (1, 1, 2):
        group.hand_in(group.voices[voice], group.no)
    words = group.close().words
    assert "Others , 3 people. People of voices of which fewer than three spoke." in words
    text = group.convenor.get(f"{group.home}/answers.yaml").body
    (read,) = read_situations(text, "room.yaml", site.frame)
    told = {each.standpoint: each.facets for each in read.readings()}
    assert told["others"] == {group.facet.id: group.no}
    assert not [one for one in group.voices[1:] if one.encode() in text.partition(b"facets:")[2]]


def test_a_voice_that_the_library_no_longer_knows_breaks_no_page(site: Site) -> None:
    group = Group(site)
    assert site.rooms is not None
    room = site.rooms.shared(group.key)
    assert room is not None
    told = {"voice": "of-old", "people": 3, "told": {"of-old": {"yes": 3}}}
    kept = [told, told | {"voice": group.voices[0], "told": {group.facet.id: {"of-old": 3}}}]
    site.rooms.close(room, lambda people: json.dumps(kept))
    assert group.page().status == 200
    for name in ("json", "yaml"):
        assert group.convenor.get(f"{group.home}/answers.{name}").status == 200


def test_a_closed_room_takes_nothing_and_a_deleted_one_is_gone(site: Site) -> None:
    group = Group(site)
    phone = group.hand_in(group.voices[0])
    group.close()
    assert "This room is closed" in group.again(phone, group.voices[0]).words
    assert "This room is closed" in phone.get(f"/room/{group.key}/mine").words
    assert group.convenor.post(f"{group.home}/delete").status == 400
    assert group.page().status == 200
    assert group.convenor.post(f"{group.home}/delete", {"sure": "yes"}).status == 200
    assert group.page().status == phone.get(f"/room/{group.key}").status == 404


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "'; DROP TABLE rooms; --",
    "\u202eabc\u2066",
    "../../etc/passwd",
]


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_titles_voices_and_answers_do_nothing(site: Site, bad: str) -> None:
    group = Group(site, bad)
    phone = Phone(group.app)
    pages = [group.page(), phone.get(f"/room/{group.key}")]
    form = {"own": make_secret(), "voice": bad, group.facet.id: group.yes}
    pages.append(phone.post(f"/room/{group.key}/hand-in", form))
    form = {"own": make_secret(), "voice": group.voices[0], group.facet.id: bad, bad: bad}
    pages.append(phone.post(f"/room/{group.key}/hand-in", form))
    group.hand_in(group.voices[0], agrees=True)
    pages.append(group.close())
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert not {"\u202e", "\u2066"} & {*page.text}
        assert "49{%" not in page.text
    assert pages[-1].words.count("1 person") == 1
    text = group.convenor.get(f"{group.home}/answers.yaml").body
    assert len(read_situations(text, "room.yaml", site.frame)) == 1


@pytest.mark.parametrize(
    "secret", ["x", "A" * 32, "%00", "%ff%fe", "..%2f..", "a" * 5000, "%3Cscript%3E", "'%20OR%201"]
)
def test_no_guess_opens_a_room(site: Site, secret: str) -> None:
    phone = Group(site).convenor
    for path in ("/room/{}", "/convene/{}", "/convene/{}/answers.json", "/room/{}/mine/{}"):
        assert phone.get(path.format(secret, secret)).status == 404


def test_too_much_at_once_is_refused(site: Site) -> None:
    group = Group(site)
    form = {f"field-{at}": "x" for at in range(500)}
    assert group.convenor.post("/room", form).status == 400
    assert group.convenor.post("/room", {"title": "x" * 2_000_000}).status in (400, 413)
    assert group.convenor.post("/room", {"title": "x" * 121}).status == 400


def test_a_server_without_rooms_says_so(shared: Site) -> None:
    phone = Phone(make_app(shared))
    assert phone.get("/room").status == 503
    assert "keeps no rooms" in phone.get("/room").words
    assert phone.get("/room/x").status == phone.get("/convene/x").status == 400
