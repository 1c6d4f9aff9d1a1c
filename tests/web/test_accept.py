"""Who may load drafts, what is refused, and that the pages show what was loaded."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import scrypt
from itertools import islice
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from calling import Call
from contributed import fields_of, filled_case, sent_of
from sysgraph.errors import BadStore, SysgraphError
from sysgraph.history.deeds import history
from sysgraph.stores import open_store
from sysgraph.web import accept
from sysgraph.web.accept import Login, Shelf
from sysgraph.web.rates import Rate
from sysgraph.web.site import Site
from visiting import read_page, visitor

NAME, PASSWORD = "anna", "seven tall trees"


@pytest.fixture(scope="module", autouse=True)
def cheap_tries() -> Iterator[None]:
    """Have a password hashed in no time; that it takes long is nothing that is asked here."""

    def hashed(password: bytes, *, salt: bytes, **cost: int) -> bytes:
        assert cost.keys() == {"n", "r", "p", "maxmem"}
        return scrypt(password, salt=salt, n=2, r=1, p=1)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(accept, "scrypt", hashed)
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accept") / "store"


@pytest.fixture(scope="module")
def taking(place: Path) -> Site:
    return Site(str(place), shelf=Shelf(str(place), Login(NAME, PASSWORD)))


@pytest.fixture
def guest(taking: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A visitor who has not logged in."""
    with visitor(taking) as found:
        yield found


@pytest.fixture
def owner(taking: Site) -> Iterator[TestClient]:
    """A visitor who has logged in, by a login of their own so that no try counts for others."""
    assert taking.shelf is not None
    taking.shelf.login = Login(NAME, PASSWORD)
    with visitor(taking) as found:
        reply = found.post("/login", data={"name": NAME, "password": PASSWORD})
        assert reply.status_code == 200
        assert urlsplit(str(reply.url)).path == "/drafts"
        yield found


def load_draft(owner: TestClient, **changed: str) -> None:
    page = owner.get("/contribute/case").text
    sent = {**filled_case(**changed), "_proof": [proof_of(page)]}
    reply = owner.post("/contribute/case/load", data=sent)
    assert urlsplit(str(reply.url)).path == "/drafts", read_page(reply.text).text


def proof_of(page: str) -> str:
    found = re.search('name="_proof" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_a_draft_is_loaded_shown_finished_and_taken_out(owner: TestClient, place: Path) -> None:
    load_draft(owner, id="our-park", title="Our park")
    drafts = owner.get("/drafts").text
    assert "Our park" in read_page(drafts).text
    assert "100% complete" in read_page(drafts).text
    # A draft does not count, so that no page of the library shows it.
    assert owner.get("/case/our-park").status_code == 404
    reply = owner.post("/drafts/our-park", data={"do": "count", "_proof": proof_of(drafts)})
    assert urlsplit(str(reply.url)).path == "/case/our-park"
    assert "Our park" in read_page(reply.text).text
    assert "Our park" in read_page(owner.get("/search?q=our+park").text).text
    store = open_store(str(place))
    try:
        first, second = history("our-park", store)
    finally:
        store.close()
    assert (first.status, first.ended, first.by) == ("draft", "finished", NAME)
    assert second.status == "counts"


def test_a_draft_is_gone_on_with_and_withdrawn(owner: TestClient) -> None:
    load_draft(owner, id="our-bridge", title="Our bridge")
    page = owner.get("/drafts/our-bridge").text
    assert ("title", "Our bridge") in fields_of(page)
    sent = {**sent_of(page), "title": ["Our old bridge"]}
    owner.post("/contribute/case/load", data=sent)
    drafts = owner.get("/drafts").text
    assert "Our old bridge" in drafts
    owner.post("/drafts/our-bridge", data={"do": "withdraw", "_proof": proof_of(drafts)})
    assert "Our old bridge" not in owner.get("/drafts").text
    assert owner.get("/drafts/our-bridge").status_code == 404


@pytest.mark.slow
def test_an_unfinished_draft_does_not_count(owner: TestClient) -> None:
    load_draft(owner, id="our-well", title="Our well", summary="")
    drafts = owner.get("/drafts").text
    reply = owner.post("/drafts/our-well", data={"do": "count", "_proof": proof_of(drafts)})
    assert "Every case has a summary" in reply.text
    assert owner.get("/case/our-well").status_code == 404


def test_a_case_that_counts_is_not_replaced_by_a_draft(owner: TestClient, place: Path) -> None:
    page = owner.get("/contribute/case").text
    sent = {**filled_case(id="wigan-deal"), "_proof": [proof_of(page)]}
    reply = owner.post("/contribute/case/load", data=sent)
    assert "Nothing was loaded" in read_page(reply.text).text
    assert "The Wigan Deal" in owner.get("/case/wigan-deal").text


@pytest.mark.parametrize("do", ["count", "withdraw", "load"])
def test_what_counts_by_another_process_is_left_as_it_is(
    owner: TestClient, place: Path, call: Call, tmp_path: Path, do: str
) -> None:
    name = f"meanwhile-{do}"
    load_draft(owner, id=name, title="As a draft")
    drafts, page = owner.get("/drafts").text, owner.get(f"/drafts/{name}").text
    file = tmp_path / f"{name}.yaml"
    sound = filled_case(id=name, title="As it counts")
    file.write_bytes(owner.post("/contribute/case/file", data=sound).content)
    # What the pages read does not know of it yet.
    assert call("load", file, "--store", place, "--reason", "finished").code == 0
    if do == "load":
        reply = owner.post("/contribute/case/load", data=sent_of(page))
    else:
        reply = owner.post(f"/drafts/{name}", data={"do": do, "_proof": proof_of(drafts)})
    if do != "withdraw":
        assert "Nothing was loaded" in read_page(reply.text).text
    store = open_store(str(place))
    try:
        states = [one.status for one in history(name, store)]
    finally:
        store.close()
    assert states == ["draft", "counts"]
    assert "As it counts" in owner.get(f"/case/{name}").text


def test_nothing_is_loaded_without_the_login(guest: TestClient, taking: Site) -> None:
    reply = guest.post("/contribute/case/load", data=filled_case(id="our-mill"))
    assert "Log in first" in read_page(reply.text).text
    assert ("title", "The park") in fields_of(reply.text), "what was typed is still there"
    assert guest.post("/drafts/our-park", data={"do": "withdraw"}).status_code == 403
    assert urlsplit(str(guest.get("/drafts").url)).path == "/login"
    assert guest.post("/logout").status_code == 403
    assert "our-mill" not in str(taking.store.graphs())


def test_nothing_is_loaded_by_a_form_of_another_site(owner: TestClient) -> None:
    assert owner.post("/contribute/case/load", data=filled_case(id="our-mill")).status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    page = owner.get("/contribute/case").text
    sent = {**filled_case(id="our-mill"), "_proof": [proof_of(page)]}
    assert owner.post("/contribute/case/load", data=sent, headers=foreign).status_code == 403
    assert owner.post("/login", data={"name": NAME}, headers=foreign).status_code == 403


def test_logging_out_ends_the_session(owner: TestClient) -> None:
    secret = owner.cookies["session"]
    owner.post("/logout", data={"_proof": proof_of(owner.get("/drafts").text)})
    owner.cookies.set("session", secret)
    assert urlsplit(str(owner.get("/drafts").url)).path == "/login"


@pytest.mark.parametrize(
    ("name", "password"),
    [(NAME, "seven tall tree"), ("Anna", PASSWORD), ("", ""), (NAME, "x" * 5000), ("\ud83d", "ä")],
)
def test_a_wrong_name_or_password_is_told_in_the_same_words(
    guest: TestClient, taking: Site, name: str, password: str
) -> None:
    assert taking.shelf is not None
    taking.shelf.login = Login(NAME, PASSWORD)
    sent = {"name": name.encode("utf-8", "replace").decode(), "password": password}
    reply = guest.post("/login", data=sent)
    assert reply.status_code == 403
    assert "Name or password are wrong." in reply.text
    assert "session" not in guest.cookies


def test_who_tries_often_must_wait_even_with_the_right_password(
    guest: TestClient, taking: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accept, "_TRIES", Rate(2, 0))
    assert taking.shelf is not None
    taking.shelf.login = Login(NAME, PASSWORD)
    for _ in range(2):
        assert guest.post("/login", data={"name": NAME, "password": "x"}).status_code == 403
    reply = guest.post("/login", data={"name": NAME, "password": PASSWORD})
    assert reply.status_code == 429
    assert "session" not in guest.cookies


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_tries_are_counted_by_what_one_household_has(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str, is_one: bool
) -> None:
    monkeypatch.setattr(accept, "_TRIES", Rate(1, 0))
    login = Login(NAME, PASSWORD)
    assert login.enter(NAME, "x", first) is None
    if is_one:
        with pytest.raises(HTTPException, match="429"):
            login.enter(NAME, PASSWORD, second)
    else:
        assert login.enter(NAME, PASSWORD, second)


def test_who_has_many_addresses_must_wait_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "_TRIES", Rate(2, 0))
    monkeypatch.setattr(accept, "_TRIES_TOGETHER", Rate(4, 0))
    login = Login(NAME, PASSWORD)
    # What is refused for its own address takes nothing from the others.
    said = [login_code(login, "192.0.2.1") for _ in range(9)]
    said += [login_code(login, f"198.51.100.{number}") for number in range(4)]
    assert said == [None] * 2 + [429] * 7 + [None] * 2 + [429] * 2


def login_code(login: Login, address: str) -> int | None:
    """Try a wrong password, and return the status by which the try was refused, if it was."""
    try:
        login.enter(NAME, "x", address)
    except HTTPException as error:
        return error.status_code
    return None


def test_few_wait_for_a_login_and_others_are_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accept, "scrypt", scrypt)  # with the cost that it has for people
    login = Login(NAME, PASSWORD)
    is_over, hashed = Event(), login._hashed

    def hash_slowly(password: str) -> bytes:
        assert is_over.wait(60)
        return hashed(password)

    monkeypatch.setattr(login, "_hashed", hash_slowly)
    with ThreadPoolExecutor(30) as pool:
        tries = [pool.submit(login_code, login, f"192.0.2.{number}") for number in range(30)]
        try:  # of 30 one is tried and three wait; the others are told while these still wait
            refused = [one.result() for one in islice(as_completed(tries, 60), 26)]
        finally:
            is_over.set()
    assert refused == [429] * 26
    assert [one.result() for one in tries].count(None) == 4
    assert login.enter(NAME, PASSWORD, "192.0.2.99")


@pytest.mark.parametrize(("public", "secure"), [("https://a.example", True), ("", False)])
def test_the_cookie_is_seen_by_no_script_and_sent_by_no_other_site(
    place: Path, public: str, secure: bool
) -> None:
    site = Site(str(place), public, shelf=Shelf(str(place), Login(NAME, PASSWORD)))
    with visitor(site) as client:
        sent = {"name": NAME, "password": PASSWORD}
        reply = client.post("/login", data=sent, follow_redirects=False)
    said = {one.strip().lower() for one in reply.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict"} <= said
    assert ("secure" in said) is secure
    assert PASSWORD not in str(vars(site.shelf.login if site.shelf else None))


def test_a_session_ends_by_itself(taking: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "_HOURS", 0)
    assert taking.shelf is not None
    taking.shelf.login = Login(NAME, PASSWORD)
    with visitor(taking) as client:
        reply = client.post("/login", data={"name": NAME, "password": PASSWORD})
        assert urlsplit(str(reply.url)).path == "/login"


def test_pages_read_a_copy_while_the_store_is_written(owner: TestClient, taking: Site) -> None:
    before = taking.store
    count = len(before.graphs())
    load_draft(owner, id="our-gate", title="Our gate")
    assert taking.store is not before
    assert len(before.graphs()) == count, "who is being answered reads on from the former"


@pytest.mark.slow
def test_nobody_who_reads_is_disturbed_by_loads(owner: TestClient, taking: Site) -> None:
    paths = ["/case/wigan-deal", "/search?q=wigan", "/type/organic", "/answer?agreement=plural"]
    is_over = Event()

    def read() -> list[int]:
        codes = []
        with visitor(taking) as reader:
            while not is_over.is_set():
                codes += [reader.get(path).status_code for path in paths]
        return codes

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for number in range(3):
                load_draft(owner, id=f"read-{number}", title=f"Read {number}")
        finally:
            is_over.set()
    codes = [code for reader in readers for code in reader.result()]
    assert {*codes} == {200}


def test_copies_are_gone_when_the_server_ends(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path / "store"), Login(NAME, PASSWORD))
    for _ in range(3):
        assert shelf.open().graphs()
    assert len([*tmp_path.iterdir()]) == 3, "the store, what is read, and what was read before"
    shelf.close()
    assert [one.name for one in tmp_path.iterdir()] == ["store"]


def test_copies_of_a_server_that_was_killed_are_removed_by_the_next(tmp_path: Path) -> None:
    place, other = str(tmp_path / "store"), tmp_path / ".sysgraph-notes"
    other.mkdir()
    (other / "a-letter").touch()
    living = Shelf(place, Login(NAME, PASSWORD))
    assert living.open().graphs()
    killed = [
        sys.executable,
        "-c",
        "import os, signal, sys\n"
        "from sysgraph.web.accept import Login, Shelf\n"
        f"shelf = Shelf(sys.argv[1], Login({NAME!r}, {PASSWORD!r}))\n"
        "store = shelf.open()\n"
        "os.kill(os.getpid(), signal.SIGKILL)",
    ]
    assert subprocess.run([*killed, place], check=False).returncode == -signal.SIGKILL
    hidden = {*tmp_path.glob(".sysgraph-*")}
    assert len(hidden) == 3, "one is read, one was left, and one is somebody else's"
    Shelf(place, Login(NAME, PASSWORD)).close()
    left = {*tmp_path.glob(".sysgraph-*")}
    assert len(left) == 2
    assert other in left
    assert living.open().graphs()
    living.close()
    assert {one.name for one in tmp_path.iterdir()} == {"store", other.name}


@pytest.mark.parametrize("place", [None, "https://example.org/sparql"])
def test_only_a_directory_takes_drafts_in(place: str | None) -> None:
    with pytest.raises(SysgraphError, match="directory"):
        Shelf(place, Login(NAME, PASSWORD))


def test_a_directory_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadStore):
        Shelf(str(tmp_path), Login(NAME, PASSWORD))


def test_a_directory_that_may_not_be_written_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # who is root may write to all
    with pytest.raises(BadStore, match="cannot be written to"):
        Shelf(str(tmp_path), Login(NAME, PASSWORD))


def test_a_short_password_is_refused() -> None:
    with pytest.raises(SysgraphError, match="fewer than 12"):
        Login(NAME, "short")


def test_there_are_no_such_pages_where_nothing_is_taken_in(client: TestClient) -> None:
    assert client.get("/login").status_code == 404
    assert client.get("/drafts").status_code == 404
    assert client.post("/contribute/case/load", data=filled_case()).status_code in (404, 405)
    assert "_proof" not in client.get("/contribute/case").text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--accept", "anna"], "set the password in SYSGRAPH_PASSWORD"),
        (["--accept", "anna", "--password-file", "nowhere.txt"], "nowhere.txt"),
        (["--accept", "anna", "--host", "0.0.0.0"], "must not be sent in the clear"),
        (["--issues", "github.com/x"], "write it as https://github.com/OWNER/NAME"),
    ],
)
def test_serve_refuses_what_is_not_safe(
    call: Call, given: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYSGRAPH_PASSWORD", raising=False)
    code, _, told = call("serve", "--port", "0", *given)
    assert code == 2
    assert says in " ".join(told.split())


def test_serve_refuses_to_take_drafts_into_the_shipped_library(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSGRAPH_PASSWORD", PASSWORD)
    code, _, told = call("serve", "--port", "0", "--accept", "anna")
    assert code == 2
    assert "the shipped library takes nothing in" in " ".join(told.split())
    assert "SYSGRAPH_PASSWORD" not in os.environ, "no process begun from here sees it"
