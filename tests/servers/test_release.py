"""A release behind the servers that its rules are written for."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from gzip import decompress as gunzip
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from browsing import needs_browser
from linkcheck import links_of
from servers.fetching import Answer, fetch_all, fetch_one
from servers.wanted import ACCEPTED, accepts, liked, place_of
from servers.web import SERVERS, put_rules, reachable
from sysgraph.release.rules import MEDIA
from sysgraph.web.offered import HTML

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, ruled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server with the site, by the rules that lie in it."""
    with SERVERS[request.param](ruled, tmp_path_factory.mktemp("server")) as base:
        yield base


def is_redirect(found: Answer, target: str) -> bool:
    told = found.headers
    is_open = told.get("access-control-allow-origin") == "*" and "Accept" in told.get("vary", "")
    return found.status == 303 and found.target == target and is_open


LACKING = ("graph/store", "answer")
"""Names without files: the state of a store, and what goes by the name of a page of advice."""

UNSHOWN = ("file", "loading")
"""Parts of a case that tell where it comes from, which its page has no place for."""


@cache
def shown(site: Path, file: str) -> set[str]:
    """Return the places that a page has."""
    path = site / unquote(file)
    is_page = path.suffix == ".html" and path.is_file()
    return links_of(path.read_text("utf-8")).places if is_page else set()


def unlike(server: str, files: Iterable[str], site: Path) -> list[str]:
    """Return which files are not answered as they lie in the site, with their media types."""
    asked = sorted(files)
    found: list[str] = []
    for file, answer in zip(
        asked, fetch_all(server, [(f"/{one}", None) for one in asked]), strict=True
    ):
        path = site / unquote(file)
        if not path.is_file():
            found.append(f"{file} is missing")
            continue
        is_whole = answer.body == path.read_bytes() and "content-encoding" not in answer.headers
        if answer.status != 200 or answer.media != MEDIA[path.suffix] or not is_whole:
            found.append(f"{file}: {answer.status} {answer.media} {len(answer.body)}")
    return found


def test_every_name_in_every_syntax_leads_to_its_file(
    server: str, request: pytest.FixtureRequest, names: list[str], ruled: Path
) -> None:
    is_there = {name: (ruled / place_of(unquote(name), ".ttl")[0]).is_file() for name in names}
    names = [name for name in names if is_there[name] or not name.startswith(LACKING)]
    if "htaccess" in request.node.name:  # the same rules as Apache's, but read for each request
        names = names[::20]
    asked = [(name, suffix) for name in names for suffix in ACCEPTED]
    answers = fetch_all(server, [(f"/{name}", ACCEPTED[suffix]) for name, suffix in asked])
    broken: list[str] = []
    wanted: dict[str, set[str]] = {}
    for (name, suffix), found in zip(asked, answers, strict=True):
        file, place = place_of(name, suffix)
        wanted.setdefault(file, set()).add(place)
        if not name and suffix == ".html":
            is_right = found.status == 200 and found.body == (ruled / file).read_bytes()
        else:
            is_right = is_redirect(found, f"/{file}#{place}" if place else f"/{file}")
        if not is_right:
            broken.append(f"{name} as {suffix}: {found.status} {found.target}")
    broken += unlike(server, wanted, ruled)
    for file, places in wanted.items():
        if lost := {one for one in places if one and one not in UNSHOWN} - shown(ruled, file):
            broken.append(f"{file} has no place {sorted(lost)[:3]}")
    assert not broken, f"{len(broken)} of {len(asked)}: {broken[:20]}"


def test_every_file_is_answered_as_it_lies(server: str, ruled: Path) -> None:
    kinds: dict[str, Path] = {}
    for path in sorted(ruled.rglob("*.*")):
        if path.is_file() and not path.name.startswith("."):
            kinds.setdefault(path.suffix, path)
    assert {".html", ".gz", ".ttl"} <= kinds.keys()
    told = [quote(str(path.relative_to(ruled))) for path in kinds.values()]
    assert (
        unlike(
            server,
            [one for one in told if not one.endswith(("feed.xml", "w3id.htaccess"))],
            ruled,
        )
        == []
    )


def test_what_is_large_is_packed_on_the_way_and_what_is_packed_is_not(
    server: str, ruled: Path
) -> None:
    large: dict[str, Path] = {}
    for path in sorted(ruled.rglob("*.*")):
        if path.is_file() and path.stat().st_size > 20_000:
            large.setdefault(path.suffix, path)
    assert {*ACCEPTED, ".gz", ".css"} <= large.keys()
    for suffix, path in large.items():
        url = f"{server}{quote(path.relative_to(ruled).as_posix())}"
        asked = Request(url, headers={"Accept-Encoding": "gzip"})
        with urlopen(asked) as found:
            body, told = found.read(), found.headers.get("Content-Encoding")
        assert told == (None if suffix in (".gz", ".png", ".zip") else "gzip"), suffix
        assert (gunzip(body) if told else body) == path.read_bytes(), suffix


def test_pages_and_scripts_say_what_they_may_load_and_data_need_not(server: str) -> None:
    names = ("/index.html", "/", "/static/site.js", "/type/organic.ttl", "/data.html")
    said = [
        found.headers.get("content-security-policy", "")
        for found in fetch_all(server, [(name, "*/*") for name in names])
    ]
    assert [one.startswith("default-src 'none';") for one in said] == [
        True,
        True,
        True,
        False,
        True,
    ]


def test_what_is_liked_best_is_given(server: str) -> None:
    said = accepts()
    answers = fetch_all(server, [("/type/organic", one) for one in said])
    wrong = [
        f"{one}: {found.status} {found.target}"
        for one, found in zip(said, answers, strict=True)
        if liked(one) != (None if found.status == 406 else found.target[13:])
    ]
    assert not wrong, wrong[:10]
    assert is_redirect(fetch_one(server, "/type/organic"), "/type/organic.html")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/index.ttl"),
        ("/?from=here", "/index.ttl"),
        ("/scale", "/scale.ttl"),
        ("/scale?from=here", "/scale.ttl"),
        ("/case/wigan-deal/outcome/led.nt", "/case/wigan-deal.nt"),
        ("/case/wigan-deal/outcome/", "/case/wigan-deal.ttl"),
    ],
)
def test_a_name_is_found_however_it_is_asked_for(server: str, path: str, target: str) -> None:
    found = fetch_one(server, path, "text/turtle")
    assert is_redirect(found, target), (found.status, found.target)


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/type", "/type/", "/scale/", "/type/organic/", "/type/organic/x", "/case/x/y"],
)
def test_what_there_is_not_is_told_by_a_page(server: str, path: str, ruled: Path) -> None:
    found = fetch_one(server, path, "text/turtle")
    assert (found.status, found.media) == (404, HTML)
    assert found.body == (ruled / "404.html").read_bytes()


@needs_browser
@pytest.mark.parametrize(
    ("asked", "shown_at"),
    [
        ("answer/why/organic?stakes=high", "answer.html#/answer/why/organic?stakes=high"),
        ("ask/file?lang=es", "ask/next.html#/ask/file?lang=es"),
    ],
)
def test_a_link_within_an_answer_is_shown_by_the_page_that_answers(
    server: str, browser: Browser, asked: str, shown_at: str
) -> None:
    page = browser.new_page()
    page.route(lambda url: not url.startswith(server), lambda route: route.abort())
    page.goto(f"{server}{asked}")
    page.wait_for_url(f"{server}{shown_at}")
    assert page.locator("h1").is_visible()
    page.close()


def test_what_is_said_behind_a_path_is_let_through(server: str, ruled: Path) -> None:
    found = fetch_one(server, "/type/organic.html?next=%2Fx%5C/.htaccess/../y")
    assert found.status == 200
    assert found.body == (ruled / "type" / "organic.html").read_bytes()


SAID = "agreement=coercive&purpose-origin=movement%40affected&x={env.HOME}&y=%2525"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("answer", "answer.html?"),
        ("ask", "ask.html?"),
        ("ask/next", "ask/next.html?"),
        ("search", "search.html?"),
        ("type/organic", "type/organic.html"),
        ("case/wigan-deal/outcome/led", "case/wigan-deal.html#outcome-led"),
    ],
)
@pytest.mark.parametrize("kind", SERVERS)
def test_what_is_said_behind_a_question_mark_reaches_the_pages_that_read_it(
    path: str, target: str, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = tmp_path_factory.mktemp("below") / "sysgraph"
    for name in ("index", "ask", "ask/next", "answer", "search", "type/organic", "case/wigan-deal"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / f"{name}.html").write_text(name)
    put_rules(site, "https://a.example/sysgraph")
    folder = tmp_path_factory.mktemp("server")
    with reachable(site) as there, SERVERS[kind](there, folder, "/sysgraph") as base:
        found = fetch_one(base, f"/sysgraph/{path}?{SAID}", HTML)
        wanted = f"/sysgraph/{target}{SAID if target.endswith('?') else ''}"
        assert (found.status, found.target) == (303, wanted)
        bare = fetch_one(base, f"/sysgraph/{path}", HTML)
        assert (bare.status, bare.target) == (303, f"/sysgraph/{target.rstrip('?')}")


HOSTILE = [
    "/../../../../etc/passwd",
    "/type/../../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2f..%2f..%2fetc/passwd",
    "/type/..%5c..%5c..%5cetc%5cpasswd",
    "/case/wigan-deal/../../../../../etc/passwd",
    "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "/%252e%252e/%252e%252e/etc/passwd",
    "/type%2Forganic",
    "/type/organic%00",
    "/type/organic%00.html",
    "/type/organic%0d%0aSet-Cookie:%20a=b",
    "//elsewhere.example/../type/organic",
    "//elsewhere.example/%2e%2e/type/organic",
    "/\\elsewhere.example/../type/organic",
    "/.htaccess",
    "/rules/../.htaccess",
    "/.git/config",
    "/type/organic.html/x",
    "/{env.HOME}",
    "/%7Benv.HOME%7D",
    f"/{'a' * 300}",
    f"/{'a' * 5_000}",
    f"/{'a/' * 20_000}",
]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path[:40])
def test_a_path_that_leads_away_is_refused(server: str, path: str) -> None:
    found = fetch_one(server, path, "text/turtle")
    assert 400 <= found.status < 500, found
    assert "location" not in found.headers
    assert "set-cookie" not in found.headers
    assert b"root:" not in found.body


@pytest.mark.parametrize(
    "path",
    [
        "/case/wigan-deal/%0d%0aSet-Cookie:%20a=b",
        "/case/wigan-deal//elsewhere.example",
        "/case/wigan-deal/{env.HOME}",
        "/case/wigan-deal/%7Benv.HOME%7D",
        "//case/wigan-deal/outcome",
    ],
)
def test_a_part_leads_nowhere_but_to_its_case(server: str, path: str) -> None:
    found = fetch_one(server, path)
    assert "set-cookie" not in found.headers
    if found.status == 303:
        assert re.fullmatch(r"/case/wigan-deal\.html(#[\w.~%:=-]+)?", found.target), found.target
        assert urlsplit(found.headers["location"]).netloc in ("", urlsplit(server).netloc)
    else:
        assert 400 <= found.status < 500


ODD = [
    "text/html" + "; a   " * 1_000,
    "text/html" + ";q" * 3_000,
    "text/html;q=0." + "0" * 7_000,
    ", " * 3_500,
    "*/*" * 2_000,
    "text/turtle," * 600 + "x",
    "a" * 100_000,
    "text/turtle\x00",
    "{env.HOME}",
]


@pytest.mark.parametrize("accept", ODD, ids=lambda accept: repr(accept[:20]))
def test_an_unusual_wish_is_answered(server: str, accept: str) -> None:
    found = fetch_one(server, "/type/organic", accept)
    assert found.status == 303 or 400 <= found.status < 500, found
    assert fetch_one(server, "/type/organic", "text/turtle").status == 303


@pytest.mark.parametrize("kind", SERVERS)
def test_a_site_may_lie_below_the_top_of_its_server(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = tmp_path_factory.mktemp("below") / "sysgraph"
    for name in ("index", "scale", "scale/city", "case/a-case"):
        for suffix in ACCEPTED:
            file = site / f"{name}{suffix}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{name} as {suffix}")
    (site / "404.html").write_text("none")
    put_rules(site, "https://a.example/sysgraph")
    folder = tmp_path_factory.mktemp("server")
    with reachable(site) as there, SERVERS[kind](there, folder, "/sysgraph") as base:
        told = {
            "/sysgraph/": "/sysgraph/index.ttl",
            "/sysgraph/scale": "/sysgraph/scale.ttl",
            "/sysgraph/scale/city?x": "/sysgraph/scale/city.ttl",
            "/sysgraph/case/a-case/outcome/led": "/sysgraph/case/a-case.ttl",
        }
        found = {path: fetch_one(base, path, "text/turtle").target for path in told}
        assert found == told
        part = fetch_one(base, "/sysgraph/case/a-case/outcome/led")
        assert part.target == "/sysgraph/case/a-case.html#outcome-led"
        assert fetch_one(base, "/sysgraph/").body == b"index as .html"
        short = fetch_one(base, "/sysgraph", "text/turtle")
        assert (short.status, short.target) == (301, "/sysgraph/")
        nothing = fetch_one(base, "/sysgraph/nothing")
        assert (nothing.status, nothing.body) == (404, b"none")
