"""The address itself: who asks https://w3id.org/sysgraph/ gets what lies on another server.

On loopback Apache stands for w3id.org, with its certificate and ``rules/w3id.htaccess``. Clients
are those of others, as they are; they are told only where that host is.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from others.running import HERE, is_there, program, run
from processors import in_its_form, of_lines
from servers.fetching import fetch_all
from servers.running import program as installed
from servers.wanted import ACCEPTED, accepts, liked, place_of
from servers.web import SERVERS, Address, tunnel, w3id
from sysgraph.rdf import Format, parse
from sysgraph.release.rules import OFFERS, rules
from sysgraph.terms import NAMESPACE
from sysgraph.web.offered import HTML, SUFFIXES

pytestmark = pytest.mark.servers

THINGS = {
    "": "index",
    "type/organic": "type/organic",
    "case/wigan-deal": "case/wigan-deal",
    "case/wigan-deal/outcome/led": "case/wigan-deal",
    "facet/agreement": "facet/agreement",
    "scale": "scale",
    "0.1.0": "0.1.0",
    "place/BR/Xingu_River%2C_Par%C3%A1": "place/BR/Xingu_River,_Pará",
}
"""Names of each kind, and the files that tell of them, but for their ends."""

SMALL = [name for name in THINGS if "/" in name or name == "scale"]
"""Those that do not tell the whole ontology, which readers take long over."""


@dataclass(frozen=True)
class Release:
    """A site, where it is served, and where w3id.org is answered."""

    site: Path
    base: str
    address: Address

    def file(self, name: str, suffix: str) -> bytes:
        """Return what a name is answered with in the end."""
        return (self.site / f"{THINGS[name]}{suffix}").read_bytes()


# What the address itself does is tried with one server behind it.
@pytest.fixture(scope="module", params=["nginx", "caddy", "apache"])
def release(
    request: pytest.FixtureRequest, ruled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Release]:
    folder = tmp_path_factory.mktemp("server")
    with SERVERS[request.param](ruled, folder) as base:
        htaccess = rules(base)["rules/w3id.htaccess"]
        with w3id(htaccess, tmp_path_factory.mktemp("w3id")) as address:
            yield Release(ruled, base, address)


def curl(release: Release, url: str, accept: str | None, *more: str) -> tuple[int, str, str, bytes]:
    """Return the status, media type, address and body that curl ends with."""
    command = [
        *(installed("curl"), "-sS", "--cacert", str(release.address.authority), "--noproxy", "*"),
        *("--connect-to", f"w3id.org:443:127.0.0.1:{release.address.port}"),
        *(() if accept is None else ("-H", f"Accept: {accept}")),
        *("-w", "%{stderr}%{http_code} %{content_type} %{url_effective}%{redirect_url}"),
        *(*more, url),
    ]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    status, *media, where = done.stderr.decode().split(" ")
    return int(status), media[0].partition(";")[0] if media else "", where, done.stdout


@pytest.mark.parametrize("name", THINGS)
def test_curl_gets_each_syntax_through_the_address(release: Release, name: str) -> None:
    for suffix, media in [(one.suffix, one.media) for one in OFFERS]:
        status, found, where, body = curl(release, f"{NAMESPACE}{name}", media, "-L")
        assert (status, found) == (200, media), (suffix, where)
        assert where.startswith(release.base), where
        assert body == release.file(name, suffix)
    assert curl(release, f"{NAMESPACE}{name}", None, "-L")[3] == release.file(name, ".html")


def test_the_address_says_that_a_thing_is_told_of_elsewhere(release: Release) -> None:
    name = "case/wigan-deal/outcome/led"
    status, _, where, _ = curl(release, f"{NAMESPACE}{name}", HTML)
    assert (status, where.partition(name)[2]) == (
        303,
        f"{release.base}case/wigan-deal.html#outcome-led",
    )
    status, _, where, _ = curl(release, f"{NAMESPACE}data/sysgraph.nq.gz?x=%2F", None)
    assert (status, where.partition("%2F")[2]) == (302, f"{release.base}data/sysgraph.nq.gz?x=%2F")
    asked = "answer?agreement=coercive%40affected&stakes=unknown"
    status, _, where, _ = curl(release, f"{NAMESPACE}{asked}", HTML)
    assert where == f"{NAMESPACE}{asked}{release.base}{asked.replace('?', '.html?')}"
    assert status == 303
    said = curl(release, f"{NAMESPACE}type/organic", "text/turtle", "-D", "-")[3].decode().lower()
    assert "access-control-allow-origin: *" in said
    assert "vary: accept" in said
    short = curl(release, NAMESPACE.rstrip("/"), "text/turtle", "-L")
    assert short[3] == release.file("", ".ttl")
    assert curl(release, f"{NAMESPACE}type/organic", "image/png")[0] == 406
    assert curl(release, f"{NAMESPACE}nothing", "text/turtle", "-L")[0] == 404


@pytest.mark.parametrize("release", ["nginx"], indirect=True)
def test_the_address_leads_each_name_to_its_file(release: Release, names: list[str]) -> None:
    # Rules in .htaccess are read for each request.
    some = [*names[::20], *(one for one in names if re.search(r"[^\w/-]", one))]
    asked = [(name, suffix) for name in some for suffix in ACCEPTED]
    pairs = [(f"/sysgraph/{name}", ACCEPTED[suffix]) for name, suffix in asked]
    answers = fetch_all(release.address.url, pairs, release.address.authority)
    broken = []
    for (name, suffix), found in zip(asked, answers, strict=True):
        file, place = place_of(name, suffix)
        target = f"{release.base}{file}#{place}" if place else f"{release.base}{file}"
        if found.status != 303 or found.headers["location"] != target:
            broken.append(f"{name} as {suffix}: {found.status} {found.headers.get('location')}")
    assert not broken, f"{len(broken)} of {len(asked)}: {broken[:10]}"


@pytest.mark.parametrize("release", ["nginx"], indirect=True)
def test_the_address_gives_what_is_liked_best(release: Release) -> None:
    said = accepts()
    pairs = [("/sysgraph/type/organic", one) for one in said]
    answers = fetch_all(release.address.url, pairs, release.address.authority)
    wrong = [
        f"{one}: {found.status} {found.target}"
        for one, found in zip(said, answers, strict=True)
        if liked(one) != (None if found.status == 406 else found.target[13:])
    ]
    assert not wrong, wrong[:10]


READ = """
import json, sys, rdflib
for url in json.load(sys.stdin):
    print(json.dumps(rdflib.Graph().parse(url).serialize(format="nt")))
"""


def test_rdflib_reads_names_by_its_own_header(release: Release) -> None:
    urls = [f"{NAMESPACE}{name}" for name in SMALL]
    with tunnel(release.address.port) as proxy:
        where = {"https_proxy": proxy, "no_proxy": "127.0.0.1"}
        where["SSL_CERT_FILE"] = str(release.address.authority)
        done = subprocess.run(
            [sys.executable, "-c", READ],
            check=False,
            input=json.dumps(urls),
            capture_output=True,
            text=True,
            env={**os.environ, **where},
        )
    assert done.returncode == 0, done.stderr[-2000:]
    for name, line in zip(SMALL, done.stdout.splitlines(), strict=True):
        assert in_its_form(of_lines(json.loads(line))) == in_its_form(told(release, name)), name


def told(release: Release, name: str) -> list[ox.Quad]:
    """Return what the file of a thing states."""
    return parse(release.file(name, ".nt"), Format.NTRIPLES, name)


@pytest.mark.parametrize("release", ["nginx"], indirect=True)
@pytest.mark.others
@pytest.mark.skipif(not is_there, reason="needs what `just others` installs")
def test_comunica_and_jsonld_js_read_names_by_their_own_headers(release: Release) -> None:
    given = {
        "port": release.address.port,
        "authority": str(release.address.authority),
        "urls": [f"{NAMESPACE}{name}" for name in SMALL],
    }
    found = json.loads(run(program("node"), str(HERE / "w3id.cjs"), given=json.dumps(given)))
    assert found.keys() == {"comunica", "jsonld.js"}
    for client, texts in found.items():
        for name, text in zip(SMALL, texts, strict=True):
            assert in_its_form(of_lines(text)) == in_its_form(told(release, name)), (client, name)


def test_each_syntax_has_an_end_that_the_address_knows() -> None:
    text = rules("https://a.example/")["rules/w3id.htaccess"]
    for suffix in SUFFIXES:
        assert suffix[1:] in text
