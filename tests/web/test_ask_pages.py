"""Asking without a script: forms, one after the other, as a browser sends them."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from sysgraph.advice.asking import nearly_settled, next_asked
from sysgraph.advice.situation import situation_of, situations_of_case
from sysgraph.pages.asking import question_of
from sysgraph.web.coded import texts_asked
from sysgraph.web.site import Site
from visiting import Page, read_page

WORDS = {"who-affected": "the <b>tenants</b> of Hill Street", "who-in-charge": "the mayor"}


def send(client: TestClient, page: Page, to: str, **fields: str) -> tuple[str, Page]:
    """Send a form with some fields filled in; return the address that comes of it, and the page."""
    form = page.form_to(to)
    told = dict(form.fields) | fields
    if form.method == "post":
        answer = client.post(form.action, data=told)
    else:
        answer = client.get(form.action, params=told)
    assert answer.status_code == 200, answer.text
    return str(answer.url), read_page(answer.text)


def begin(client: TestClient, **words: str) -> tuple[str, Page]:
    return send(client, read_page(client.get("/ask").text), "/ask", **words)


def answer_all(client: TestClient, site: Site, known: dict[str, str]) -> tuple[str, Page]:
    """Answer what is known and nothing else, until nothing more is asked."""
    address, page = begin(client)
    while urlsplit(address).path == "/ask/next":
        (name,) = page.form_to("/ask/next").choices
        address, page = send(client, page, "/ask/next", **{name: known.get(name, "unknown")})
    return address, page


def test_one_may_stop_where_nearly_nothing_would_change(client: TestClient, site: Site) -> None:
    known = situations_of_case("wigan-deal", site.frame)[0].facets
    address, page = begin(client)
    told = []
    while urlsplit(address).path == "/ask/next":
        asked = dict(parse_qsl(urlsplit(address).query))
        near = nearly_settled(situation_of(asked, site.frame), site.frame)
        names = [site.frame.types[kind].plain_name.lower() for kind in near]
        told.append(bool(near))
        assert ("You may stop here" in page.text) is bool(near)
        assert all(name in page.text.lower() for name in names)
        (name,) = page.form_to("/ask/next").choices
        address, page = send(client, page, "/ask/next", **{name: known.get(name, "unknown")})
    assert told[0] is False
    assert True in told


@pytest.mark.parametrize("case", ["wigan-deal", "bhavishya", "kerala-peoples-plan"])
def test_a_case_asked_to_the_end_asks_what_the_command_asks(
    client: TestClient, site: Site, case: str
) -> None:
    found = [*site.frame.cases.index().ids_like(case)]
    situation = situations_of_case(case if case in found else found[0], site.frame)[0]
    known = {**situation.facets, "job": "systems-change"}
    address, _ = answer_all(client, site, known)
    assert urlsplit(address).path == "/answer"
    asked = dict(parse_qsl(urlsplit(address).query))
    put = [*texts_asked(site.frame), *site.frame.outside.questions]  # these are asked later
    said: dict[str, str] = {}
    while one := next_asked(situation_of(said, site.frame), site.frame, put):
        put.append(one.id)
        said[one.id] = known.get(one.id, "unknown")
    assert list(asked.items()) == list(said.items())


def test_words_go_from_page_to_page_and_into_no_address(client: TestClient, site: Site) -> None:
    address, page = begin(client, **WORDS)
    for _ in range(3):
        assert "Hill" not in address
        form = page.form_to("/ask/next")
        assert form.method == "post"
        assert dict(form.fields)["who-affected"] == WORDS["who-affected"]
        (name,) = form.choices
        address, page = send(client, page, "/ask/next", **{name: form.choices[name][0]})
    form = page.form_to("/answer")
    answer = client.post(form.action, data=dict(form.fields))
    assert "the &lt;b&gt;tenants&lt;/b&gt; of Hill Street" in answer.text
    assert "<b>tenants" not in answer.text


def test_no_words_where_somebody_does_not_know(client: TestClient) -> None:
    address, page = begin(client, **{"who-affected": "I don't know", "who-in-charge": ""})
    assert page.form_to("/ask/next").method == "get"
    assert urlsplit(address).query == ""


def test_back_leads_to_the_question_before(client: TestClient) -> None:
    _, first = begin(client)
    (name,) = first.form_to("/ask/next").choices
    _, second = send(client, first, "/ask/next", **{name: "systems-change"})
    assert second.headings[0] != first.headings[0]
    back = next(link for link in second.links if link.startswith("/ask/next"))
    assert read_page(client.get(back).text).headings[0] == first.headings[0]


def test_an_answer_is_changed_from_beside_the_questions(client: TestClient, site: Site) -> None:
    page = read_page(client.get("/ask/next?job=systems-change&agreement=coercive").text)
    change = next(link for link in page.links if "about=agreement" in link)
    changed = read_page(client.get(change).text)
    assert changed.headings[0] == question_of(site.frame.facets["agreement"])
    address, _ = send(client, changed, "/ask/next", agreement="plural")
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "job": "systems-change",
        "agreement": "plural",
    }


def test_people_who_see_it_differently_are_asked_for_by_their_voices(
    client: TestClient, site: Site
) -> None:
    page = read_page(client.get("/ask/next?about=stakes&differ=stakes").text)
    assert len(page.form_to("/ask/next").choices["stakes"]) == len(site.frame.voices) * (
        len(site.frame.facets["stakes"].values) + 1
    )
    told = {"stakes": ["safe-to-fail@witness", "", "consequential@expert", ""]}
    answer = client.get("/ask/next", params=told)
    assert "agree" not in str(answer.url)
    given = parse_qsl(str(answer.url.query, "ascii"))
    assert ("stakes", "safe-to-fail@witness") in given
    next_page = read_page(answer.text)
    hidden = [value for name, value in next_page.form_to("/ask/next").fields if name == "stakes"]
    assert hidden == ["safe-to-fail@witness", "consequential@expert"]


def test_another_job_comes_before_all_questions(client: TestClient) -> None:
    answer = client.get("/ask/next?job=emergency")
    assert answer.url.path == "/answer"


def test_a_file_is_taken_up_where_it_was_left(client: TestClient) -> None:
    file = (
        "id: mine\nwho-affected: the tenants\nfacets:\n  agreement: coercive\n"
        "  stakes:\n    - {value: safe-to-fail, standpoint: tenants}\n"
        "    - {value: consequential, standpoint: the mayor}\n"
    )
    answer = client.post("/ask/file", files={"file": ("mine.yaml", file)})
    form = read_page(answer.text).form_to("/ask/next")
    assert ("agreement", "coercive") in form.fields
    assert ("who-affected", "the tenants") in form.fields
    assert form.method == "post"
    assert len([name for name, _ in form.fields if name == "stakes"]) == 2


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"facets: [1", b"facets: {agrement: x}", b""])
def test_a_file_that_is_none_is_told(client: TestClient, data: bytes) -> None:
    answer = client.post("/ask/file", files={"file": ("<i>mine.yaml", data)})
    assert answer.status_code == 400
    page = read_page(answer.text)
    assert "<i>mine" in page.text or "the file" in page.text
    assert "Traceback" not in answer.text


REPLY = """Here is what I found.
```yaml
facets:
  agreement:
    value: coercive
    quote: "one side can force it"
  stakes:
    value: unknown
    quote: ""
```
"""


def test_an_assistants_reply_is_shown_for_checking(client: TestClient) -> None:
    told = {"reply": REPLY, "description": "Here one side can force it, they say."}
    page = read_page(client.post("/ask/assistant", data=told).text)
    assert "one side can force it" in page.text
    form = page.form_to("/answer")
    assert ("agreement", "coercive") in form.fields
    address, answer = send(client, page, "/answer")
    assert dict(parse_qsl(urlsplit(address).query))["agreement"] == "coercive"
    assert "force it through" in answer.text


def test_a_quote_that_the_description_lacks_is_refused(client: TestClient) -> None:
    told = {"reply": REPLY, "description": "All want the same."}
    page = read_page(client.post("/ask/assistant", data=told).text)
    assert "the description does not say" in page.text
    assert REPLY.strip().splitlines()[0] in page.text  # what was pasted is not lost


def test_how_far_it_is_is_told(client: TestClient, site: Site) -> None:
    chosen = [one for one in site.frame.opening.values() if one.answers]
    most = len(chosen) + len(site.frame.facets) - 1
    page = read_page(client.get("/ask/next").text)
    assert f"Question 1 · at most {most} more" in page.text
