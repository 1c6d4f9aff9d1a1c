"""What is carried to a browser answers as the store that it was taken from."""

import json

import pytest
from starlette.testclient import TestClient

from readings import answers
from shelf import CASES, is_in_first_step
from sysgraph.web.carried import CarriedSite, carried_files, respond
from sysgraph.web.site import Site

KNOWN = "purpose-origin=movement&agreement=coercive&change-aim=win-justice&asker-role=leader"
DIFFER = "agreement=coercive@beneficiary&agreement=unitary@decision-maker&stakes=safe-to-fail"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def carried(site: Site, tmp_path_factory: pytest.TempPathFactory) -> CarriedSite:
    """The pages over what is carried."""
    folder = tmp_path_factory.mktemp("carried")
    for name, content in carried_files(site).items():
        (folder / name).write_bytes(content)
    return CarriedSite(folder)


def main(html: str) -> str:
    """Return what a page says, without what stands around it."""
    return html.partition('<main id="text">')[2].partition("</main>")[0]


@pytest.mark.parametrize(
    "address",
    [
        *("/ask", "/ask/next", "/ask/file", "/ask/assistant", "/ask/next?no-such=question"),
        f"/ask/next?{KNOWN}",
        "/ask/next?about=stakes&differ=stakes",
        f"/ask/next?{KNOWN}&lang=es",
        f"/answer/all?{KNOWN}",
        f"/answer.svg?{KNOWN}",
        f"/answer.yaml?{KNOWN}",
        "/answer",
    ],
)
def test_pages_are_those_of_the_server(
    carried: CarriedSite, client: TestClient, address: str
) -> None:
    found, served = respond(carried, "GET", address, {}), client.get(address)
    assert found.status == served.status_code == 200
    assert main(found.body.decode()) == main(served.text)
    assert found.headers["content-type"] == served.headers["content-type"]


@pytest.mark.parametrize("query", [KNOWN, DIFFER, f"{KNOWN}&lang=es"])
def test_answers_are_those_of_the_server(
    carried: CarriedSite, client: TestClient, query: str
) -> None:
    found = respond(carried, "GET", f"/answer?{query}", {}).body.decode()
    served = client.get(f"/answer?{query}").text
    assert (
        found.partition('class="no-print change"')[0].partition("<main")[2]
        == (served.partition('class="no-print change"')[0].partition("<main")[2])
    )


def test_readings_are_answered_as_by_the_store(carried: CarriedSite, site: Site) -> None:
    """All of them are asked for in a browser; see ``release/test_browser_pages.py``."""
    ids = [path.stem for path in CASES if is_in_first_step(path)][::4]
    assert list(answers(carried.examiner, ids)) == list(answers(site.examiner, ids))


def test_cases_are_all_there(carried: CarriedSite, site: Site) -> None:
    there, here = carried.frame.cases, site.frame.cases
    assert dict(there) == dict(here)
    ids = here.index().ids
    assert dict(there.readings(ids)) == dict(here.readings(ids))
    with pytest.raises(KeyError):
        _ = there["https://w3id.org/sysgraph/case/no-such-case"]


def test_words_come_with_a_form_and_stand_on_the_page(carried: CarriedSite) -> None:
    body = b"who-affected=the+tenants"
    found = respond(carried, "POST", f"/answer?{KNOWN}", FORM, body)
    assert "the tenants" in found.body.decode()
    assert found.headers["cache-control"] == "no-store"


def test_reasons_are_told_and_not_proved(carried: CarriedSite) -> None:
    found = respond(carried, "GET", f"/answer/why/organic?{KNOWN}", {}).body.decode()
    assert "sysgraph serve" in found
    assert carried.words["en"]["why"]["nothing"] not in found


def test_what_cannot_be_done_is_said_on_a_page(carried: CarriedSite) -> None:
    assert respond(carried, "GET", "/nowhere", {}).status == 404
    body = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n{\r\n--x--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x"}
    found = respond(carried, "POST", "/ask/file", kind, body)
    assert found.status == 400
    assert "<h1>" in found.body.decode()


def test_what_goes_wrong_unforeseen_is_a_page_and_is_printed(
    carried: CarriedSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of a page")

    monkeypatch.setattr(carried, "group_of", broken)
    assert respond(carried, "GET", f"/answer?{KNOWN}", {}).status == 500
    assert "of a page" in capsys.readouterr().err


def test_it_says_which_library_it_has(carried: CarriedSite, site: Site) -> None:
    assert carried.library == site.library
    assert carried.frame.record == site.frame.record
    assert json.loads(carried_files(site)["frame.json"])
