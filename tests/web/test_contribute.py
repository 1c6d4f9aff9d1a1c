"""The pages on which something is contributed, as a browser without a script uses them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from calling import Call
from contributed import fields_of, filled_case, sent_of
from sysgraph.case.read import read_again
from sysgraph.rdf import triples_of
from sysgraph.store.local import Store
from sysgraph.terms import graph_of
from sysgraph.vocabulary import Vocabulary
from sysgraph.web import contribute
from sysgraph.web.rates import Rate
from sysgraph.web.site import Site
from visiting import Page, read_page, visitor

ASKED = "?purpose-origin=movement&agreement=coercive&change-aim=win-justice&asker-role=leader"
CRITIQUE = {
    "id": ["park-told-by-few"],
    "about": ["sysg:case/wigan-deal"],
    "question": ["beneficiary"],
    "asked": ["is"],
    "standpoint": ["those affected"],
    "stance": ["undercuts"],
    "says": ["Few were asked."],
    "why": ["Nobody below sixteen was."],
    "contributor.name": ["Jo Doe"],
    "contributed": ["2026-11-01"],
    "licence": ["https://creativecommons.org/licenses/by/4.0/"],
}


def check(client: TestClient, told: dict[str, list[str]], kind: str = "case") -> str:
    reply = client.post(f"/contribute/{kind}", data={**told, "_do": ["check"]})
    assert reply.status_code == 200
    return reply.text


def summary(page: str) -> Page:
    found = re.search('<section id="found".*?</section>', page, re.DOTALL)
    assert found is not None
    return read_page(found[0])


def test_every_page_leads_here_and_here_leads_on(client: TestClient) -> None:
    assert "/contribute" in read_page(client.get("/").text).links
    begun = read_page(client.get("/contribute").text)
    assert {"/contribute/case", "/contribute/critique"} <= {*begun.links}
    assert "/contribute/case" in read_page(client.get("/browse/cases").text).links
    case = read_page(client.get("/case/wigan-deal").text)
    assert "/contribute/critique?about=sysg%3Acase%2Fwigan-deal" in case.links
    assert "/contribute/case?from=wigan-deal" in case.links
    assert f"/contribute/follow-up{ASKED}" in read_page(client.get(f"/answer{ASKED}").text).links


def test_a_form_begins_with_the_day_and_the_licence(client: TestClient) -> None:
    sent = sent_of(client.get("/contribute/critique?about=sysg:risk/tokenism").text)
    assert sent["about"] == ["sysg:risk/tokenism"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", sent["contributed"][0])
    assert sent["licence"][0].startswith("https://creativecommons.org/")


def test_a_case_is_checked_mended_and_taken_away(
    client: TestClient, call: Call, tmp_path: Path
) -> None:
    page = check(client, filled_case(start="2001 AD", summary=""))
    said = summary(page)
    assert "2 to mend" in said.text
    assert {"#f-start", "#f-summary"} == {*said.links}
    assert {"f-start", "f-summary", "at-start", "at-summary"} <= {*read_page(page).ids}
    invalid = re.findall(r'<(?:input|textarea) id="f-([^"]+)"[^>]*aria-invalid="true"', page)
    assert {*invalid} == {"start", "summary"}
    described = re.search(r'id="f-start"[^>]*aria-describedby="([^"]+)"', page)
    assert described is not None
    assert {*described[1].split()} <= {*read_page(page).ids}

    (mend,) = re.findall('<button name="_mend" value="([^"]+)"', page)
    assert mend == "start=2001"
    mended = client.post("/contribute/case", data={**sent_of(page), "_mend": [mend]}).text
    assert ("start", "2001") in fields_of(mended)
    assert {*summary(mended).links} == {"#f-summary"}

    whole = {**sent_of(mended), "summary": ["Neighbours made a park."]}
    assert "Nothing is wrong with it." in summary(check(client, whole)).text
    reply = client.post("/contribute/case/file", data=whole)
    assert reply.headers["content-disposition"] == 'attachment; filename="the-park.yaml"'
    assert reply.headers["cache-control"] == "no-store"
    file = tmp_path / "the-park.yaml"
    file.write_bytes(reply.content)
    assert call("validate", file).code == 0
    assert call("load", file, "--store", tmp_path / "store").code == 0


def test_a_critique_is_filled_in(client: TestClient, call: Call, tmp_path: Path) -> None:
    page = check(client, {**CRITIQUE, "asked": ["was"]}, "critique")
    assert {*summary(page).links} == {"#f-asked"}
    assert "Nothing is wrong with it." in summary(check(client, CRITIQUE, "critique")).text
    file = tmp_path / "critique.yaml"
    file.write_bytes(client.post("/contribute/critique/file", data=CRITIQUE).content)
    assert call("validate", file).code == 0


def test_a_stored_case_goes_into_the_form_and_comes_out_the_same(
    client: TestClient, library: Store, vocabulary: Vocabulary
) -> None:
    sent = sent_of(client.get("/contribute/case?from=wigan-deal").text)
    file = client.post("/contribute/case/file", data=sent).content
    (case,) = read_again(file, Path("x.yaml"), vocabulary)
    assert {*triples_of(case.quads)} == {*triples_of(library.quads(graph_of("wigan-deal")))}
    for kind in ("case", "critique"):
        assert client.get(f"/contribute/{kind}?from=nowhere").status_code == 404
    assert client.get("/contribute/case?from=../wigan-deal").status_code == 404


def test_a_file_is_taken_up_and_given_back(client: TestClient) -> None:
    file = client.post("/contribute/case/file", data=filled_case(start="2001 AD")).content
    taken = client.post("/contribute", files={"file": ("the-park.yaml", file)}).text
    assert {*summary(taken).links} == {"#f-start"}
    assert client.post("/contribute/case/file", data=sent_of(taken)).content == file
    unknown = client.post("/contribute", files={"file": ("x.json", b'{"id": "x-y", "hue": "red"}')})
    assert "hue" in read_page(unknown.text).text
    criticised = client.post("/contribute/critique/file", data=CRITIQUE).content
    taken = client.post("/contribute", files={"file": ("critique.yaml", criticised)}).text
    assert read_page(taken).form_to("/contribute/critique")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.yaml", b"- id: a-b\n- id: c-d\n", "one at a time"),
        ("x.yaml", b"a: [", "this is not YAML"),
        ("x.csv", b"id\nx-y\n", "only YAML and JSON"),
        ("x.yaml", b"\xff\xfe", "UTF-8"),
        ("<b>.yaml", b"text", "not one case"),
        ("x.yaml", b"a: &b 1\nc: *b\n", "refused"),
        ("x.yaml", b"a: " + b"x" * 600_000, "500,000 bytes"),
    ],
)
def test_what_is_no_case_is_refused_in_words(
    client: TestClient, name: str, content: bytes, says: str
) -> None:
    reply = client.post("/contribute", files={"file": (name, content)})
    assert reply.status_code == 400
    assert says in read_page(reply.text).text
    assert client.post("/contribute", data={"file": "x"}).status_code == 400


def test_there_is_room_for_more_and_what_is_emptied_is_gone(client: TestClient) -> None:
    told = filled_case()
    page = client.post("/contribute/case", data={**told, "_do": ["more:readings"]}).text
    assert ("readings.3.standpoint", "") in fields_of(page)
    assert "aria-invalid" not in page, "nothing is said before it is asked for"
    sent = {**sent_of(page), "readings.3.standpoint": ["third"], "_do": ["empty:readings.1"]}
    page = client.post("/contribute/case", data=sent).text
    fields = dict(fields_of(page))
    assert fields["readings.1.standpoint"] == ""
    file = client.post("/contribute/case/file", data=sent_of(page)).text
    assert "general" not in file
    assert "third" in file


def test_a_blank_part_before_another_moves_no_finding(client: TestClient) -> None:
    told = filled_case()
    told["citations.3.title"] = ["A second page"]
    assert {*summary(check(client, told)).links} == {
        "#f-citations.3.authors",
        "#f-citations.3.read",
        "#f-citations.3.url",
    }


def test_what_it_would_change_is_shown(client: TestClient) -> None:
    page = client.post("/contribute/case", data={**filled_case(), "_do": ["difference"]}).text
    assert "What it would change" in read_page(page).headings
    assert "1 added (The park)" in read_page(page).text
    broken = {**filled_case(start="x"), "_do": ["difference"]}
    assert (
        "What it would change"
        not in read_page(client.post("/contribute/case", data=broken).text).headings
    )


def test_a_critique_that_undercuts_is_told_by_what_it_changes(client: TestClient) -> None:
    told = {**CRITIQUE, "about": ["sysg:consideration/purpose-origin-incumbents"]}
    page = client.post("/contribute/critique", data={**told, "_do": ["difference"]}).text
    assert "Critiques: what counts otherwise" in read_page(page).text
    assert "worth considering first" in read_page(page).text


def test_the_issue_form_is_offered_where_there_is_one(site: Site, client: TestClient) -> None:
    assert "/issues/new" not in check(client, filled_case())
    told = filled_case()
    with visitor(Site(issues="https://github.com/owner/name/")) as other:
        (link,) = [one for one in read_page(check(other, told)).links if "/issues/new" in one]
        assert link.startswith("https://github.com/owner/name/issues/new?template=case.yml&")
        assert "/issues/new" not in check(other, filled_case(start="x"))
        long = read_page(check(other, filled_case(summary="word " * 3000)))
    assert not any("/issues/new" in one for one in long.links)
    assert "too long for an address" in long.text


def test_what_happened_next_is_what_follow_up_writes(
    client: TestClient, call: Call, tmp_path: Path
) -> None:
    page = client.get(f"/contribute/follow-up{ASKED}").text
    assert "Named first" in read_page(page).text
    sent = {**sent_of(page), "id": ["our-park"]}
    file = tmp_path / "web.yaml"
    file.write_bytes(client.post("/contribute/case/file", data=sent).content)
    answers = tmp_path / "answers.yaml"
    answers.write_bytes(client.get(f"/answer.yaml{ASKED}").content)
    other = tmp_path / "command.yaml"
    assert call("follow-up", answers, "--id", "our-park", "--out", other).code == 0
    ours, theirs = (_case(path) for path in (file, other))
    for key in ("advice", "readings", "aims"):
        assert ours[key] == theirs[key]
    assert client.get("/contribute/follow-up").status_code == 400


def _case(path: Path) -> dict[str, object]:
    from sysgraph.case.document import read_document

    data = read_document(path.read_bytes(), str(path)).data
    assert isinstance(data, dict)
    return {key: value for key, value in data.items() if value}


def test_words_of_a_person_reach_the_follow_up_by_no_address(client: TestClient) -> None:
    answer = client.post(f"/answer{ASKED}", data={"who-affected": "the tenants of Hill Street"})
    form = read_page(answer.text).form_to("/contribute/follow-up")
    assert form.method == "post"
    assert "Hill" not in form.action
    told = dict(form.fields)
    assert told["who-affected"] == "the tenants of Hill Street"
    assert client.post(form.action, data=told).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '" onfocus="x', "</textarea><b>", "{{ 7*7 }}", "\u202ex", "=cmd"],
)
def test_hostile_texts_are_inert(client: TestClient, text: str) -> None:
    told = {
        **filled_case(),
        **{name: [text] for name in ("title", "start", "sectors", "aims", "id")},
    }
    told["readings.1.facets.stakes.value"] = [text]
    told[text] = [text]
    for do in ("check", "difference", f"more:{text}", f"empty:{text}", text):
        reply = client.post("/contribute/case", data={**told, "_do": [do]})
        assert reply.status_code == 200
        page = read_page(reply.text)  # which fails where a script or handler stands in it
        assert "<b>" not in reply.text
        assert "49" not in page.text
        assert ("title", text.replace("\u202e", " ")) in fields_of(reply.text)  # all is seen
    reply = client.post("/contribute/case/file", data={**told, "_mend": [f"{text}={text}", text]})
    assert reply.headers["content-disposition"] == 'attachment; filename="case.yaml"'
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_is_not_whole_or_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/contribute/case", data={"_kept": "{"}).status_code == 400
    assert client.post("/contribute/case", data={"title": "x" * 1_000_001}).status_code == 413
    assert client.post("/contribute/correction", data={}).status_code == 404
    assert client.get("/contribute/nothing").status_code == 404
    long = client.post("/contribute/case", data=filled_case(summary="word " * 70_000))
    assert long.status_code == 400
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/contribute/case", data={}, headers=foreign).status_code == 403


def test_one_address_checks_so_much_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contribute, "CHECKS", Rate(2, 0))
    with visitor(Site()) as client:
        codes = [client.post("/contribute/case", data={"_do": "more:x"}) for _ in range(3)]
    assert [reply.status_code for reply in codes] == [200, 200, 429]


def test_nothing_that_is_typed_is_kept(site: Site, client: TestClient) -> None:
    before = {name: id(value) for name, value in site.made.items()}
    check(client, filled_case(title="A word that nobody keeps"))
    assert {name: id(value) for name, value in site.made.items()} == before
    assert "A word that nobody keeps" not in client.get("/contribute/case").text
