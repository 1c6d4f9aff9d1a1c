"""What every answer carries, and what is refused."""

import pytest
from starlette.testclient import TestClient

from sysgraph.web.app import OPENING, make_app
from sysgraph.web.site import Site
from visiting import read_page, visitor

OPENING_AT_ONCE = int(OPENING.at_once)
PAGES = ["/", "/ask", "/ask/next", "/ask/file", "/ask/assistant", "/answer?agreement=plural"]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/static/site.css", "/static/nowhere"])
def test_nothing_may_be_loaded_from_elsewhere(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole(client: TestClient, path: str) -> None:
    answer = client.get(path)
    page = read_page(answer.text)
    assert answer.text.startswith("<!DOCTYPE html>")
    assert page.text
    assert len(page.ids) == len({*page.ids})
    assert "{{" not in answer.text
    assert "dict object" not in answer.text


def test_forms_of_other_sites_are_refused(client: TestClient) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert client.post("/ask", data={}, headers=foreign).status_code == 403
    # A browser over plain HTTP that sends no referrer tells neither origin nor site.
    assert client.post("/ask", data={}, headers={"Origin": "null"}).status_code == 200
    assert client.post("/ask", data={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    own = {
        "Origin": "null",
        "Sec-Fetch-Site": "same-origin",
    }  # as a form of a page without referrer
    assert client.post("/ask", data={}, headers=own).status_code == 200
    assert client.post("/ask", data={}, headers={"Origin": "http://127.0.0.1"}).status_code == 200
    assert client.post("/ask", data={}, headers={"Origin": "http://[::1"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("192.168.1.4:8000", 200),
        ("[::1]:8000", 200),
        ("advice.example.org", 200),
        ("evil.example", 400),
        ("evil.example:8000", 400),
        ("localhost.evil.example", 400),
    ],
)
def test_a_server_goes_by_its_own_names_alone(host: str, status: int) -> None:
    # Else a page elsewhere could give its own name the address of a server in this house.
    with visitor(Site(public_url="https://advice.example.org")) as client:
        assert client.get("/ask", headers={"Host": host}).status_code == status


def test_what_is_not_seen_stands_on_no_page(client: TestClient) -> None:
    for path in ("/search?q=a%00%1b%E2%80%AEb", "/contribute/critique?about=%00%E2%81%A6"):
        text = client.get(path).text
        assert not {"\x00", "\x1b", "\u202e", "\u2066"} & set(text)


def test_no_copy_is_kept_of_a_page_with_somebodys_words(client: TestClient) -> None:
    words = {"which-system": "the flats", "agreement": "coercive"}
    assert client.post("/answer", data=words).headers["cache-control"] == "no-store"
    assert client.get("/answer?agreement=coercive").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "99", "x", "\u0663"])
def test_a_reading_that_is_none_is_the_first(client: TestClient, number: str) -> None:
    pair = "agreement=coercive@beneficiary&agreement=plural@expert"
    first = client.get(f"/answer.svg?{pair}&reading=0").text
    assert client.get(f"/answer.svg?{pair}&reading={number}").text == first


def test_a_page_that_is_not_there_says_what_to_do(client: TestClient) -> None:
    answer = client.get("/nowhere/<script>")
    assert answer.status_code == 404
    assert "There is no such page" in read_page(answer.text).text


def test_too_much_at_once_is_refused(client: TestClient) -> None:
    answer = client.post("/ask/assistant", data={"reply": "x" * 1_100_000})
    assert answer.status_code == 413
    told = read_page(answer.text).text
    assert "That was too large" in told
    assert "one million characters at the most" in told
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_fault_of_ours_is_a_page_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Site()
    monkeypatch.setattr(broken, "group_of", lambda *_: 1 / 0)
    with visitor(broken) as client:
        answer = TestClient(client.app, raise_server_exceptions=False).get("/answer?job=not-sure")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "It is our fault" in read_page(answer.text).text
    assert "ZeroDivisionError" not in answer.text


def test_too_much_from_one_address_waits(site: Site) -> None:
    """Opening rooms takes the least."""
    app = make_app(site)
    with TestClient(app, client=("192.0.2.7", 50_000)) as client:
        codes = [client.post("/room", data={}).status_code for _ in range(OPENING_AT_ONCE + 1)]
        assert codes.count(429) == 1
        assert client.get("/ask").status_code == 200
    with TestClient(app, client=("192.0.2.8", 50_000)) as other:
        assert other.post("/room", data={}).status_code != 429
