"""Measure the pages: seconds of each kind, requests a second, and memory after many requests.

Beside them stands a page of one line by Starlette and uvicorn alone, on the same machine in the
same run. ``wrk`` (a Debian package) asks for many pages at once.

python benchmarks/pages.py --many 100000
"""

import argparse
import http.client
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from urllib.parse import urlencode

import psutil

from sysgraph.advice.situation import situations_of_case
from sysgraph.web.site import Site

PLAIN = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
async def page(request):
    return HTMLResponse("<!doctype html><title>plain</title><p>plain")
uvicorn.run(Starlette(routes=[Route("/", page)]), port=PORT, access_log=False, log_level="error")
"""
LIBRARY = {
    "a type": "/type/organic",
    "a case": "/case/wigan-deal",
    "a facet": "/facet/agreement",
    "a term": "/LeadershipType",
    "Turtle": "/type/organic.ttl",
    "kinds": "/browse",
    "cases": "/browse/cases",
    "chosen cases": "/browse/cases?type=organic&order=start",
    "questions": "/questions",
    "a question": "/query/risks-of-type?type=organic",
    "search": "/search?q=housing",
    "record": "/record",
    "start": "/",
    "map": "/map",
}


def answers(most: int) -> list[str]:
    """Return addresses of answers, each of another reading of a case, in a drawn order."""
    site = Site()
    frame = site.frame
    found = []
    for iri in frame.cases:
        for reading in situations_of_case(iri.rpartition("/")[2], frame):
            pairs = [(name, value) for name, value in reading.facets.items()]
            found.append(f"?{urlencode(pairs)}")
    Random(1).shuffle(found)
    return found[:most]


@contextmanager
def served(*command: str) -> Iterator[tuple[http.client.HTTPConnection, psutil.Process]]:
    """Start a server that says where it is, or that listens at port 8765; end it with the block."""
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, *command], stderr=subprocess.PIPE, text=True, cwd=folder
        ) as running,
    ):
        assert running.stderr is not None
        place = "127.0.0.1:8765"
        if command[0] == "-m":
            told = re.search(r"http://(\S+)", running.stderr.readline())
            assert told is not None
            place = told[1]
        connection = http.client.HTTPConnection(place, timeout=60)
        for _ in range(100):
            try:
                get(connection, "/")
                break
            except OSError:
                connection.close()  # else it waits for the answer to what was never sent
                sleep(0.1)
        try:
            yield connection, psutil.Process(running.pid)
        finally:
            running.terminate()


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, int]:
    """Return the status and the size of a page."""
    connection.request("GET", path)
    reply = connection.getresponse()
    return reply.status, len(reply.read())


def timed(connection: http.client.HTTPConnection, paths: list[str]) -> list[float]:
    """Return how many milliseconds each page took."""
    found = []
    for path in paths:
        begun = perf_counter()
        status, _ = get(connection, path)
        found.append((perf_counter() - begun) * 1000)
        if status != 200:
            raise SystemExit(f"{path}: {status}")
    return found


def row(name: str, taken: list[float]) -> None:
    """Print the median and the 99th percentile of milliseconds."""
    print(f"{name:24} {median(taken):8.1f} {quantiles(taken, n=100)[98]:8.1f}")


def wrk(connection: http.client.HTTPConnection, paths: list[str]) -> float:
    """Return how many requests a second are answered, eight at a time for ten seconds."""
    script = "local at, paths = 0, {" + ",".join(f"'{path}'" for path in paths) + "}\n"
    script += "request = function() at = at % #paths + 1; return wrk.format('GET', paths[at]) end"
    with TemporaryDirectory() as folder:
        file = f"{folder}/paths.lua"
        Path(file).write_text(script, encoding="utf-8")
        said = subprocess.run(
            [
                "wrk",
                "-t1",
                "-c8",
                "-d10",
                "-s",
                file,
                f"http://{connection.host}:{connection.port}",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        print(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--many", type=int, default=10_000)
    given = parser.parse_args()
    cases = answers(200)
    rates = {}
    print(f"{'milliseconds':24} {'median':>8} {'99 %':>8}")
    with served("-c", PLAIN.replace("PORT", "8765")) as (plain, _):
        row("plain Starlette", timed(plain, ["/"] * given.rounds))
        if shutil.which("wrk"):
            rates["plain Starlette"] = wrk(plain, ["/"])
    with served("-m", "sysgraph", "serve", "--port", "0") as (ours, process):
        for name, path in LIBRARY.items():
            timed(ours, [path])
            row(name, timed(ours, [path] * given.rounds))
        row("an answer, first time", timed(ours, [f"/answer{one}" for one in cases]))
        row("an answer, again", timed(ours, [f"/answer{one}" for one in cases]))
        row("a question to ask", timed(ours, [f"/ask/next{one}" for one in cases]))
        held = process.memory_info().rss / 2**20
        if shutil.which("wrk"):
            rates["library pages"] = wrk(
                ours, [path for path in LIBRARY.values() if path != "/map"]
            )
            rates["answers kept"] = wrk(ours, [f"/answer{one}" for one in cases[:50]])
            drawn = [f"/answer{one}&change-aim=unknown" for one in cases]
            rates["answers, 200 of them"] = wrk(ours, drawn)
        ours.close()  # the server has, while others asked
        begun = perf_counter()
        paths = [*LIBRARY.values(), *(f"/answer{one}" for one in cases)]
        for at in range(given.many):
            get(ours, paths[at % len(paths)])
        took = perf_counter() - begun
        print(f"memory: {held:.0f} MiB, after {given.many:,} more requests", end=" ")
        print(f"{process.memory_info().rss / 2**20:.0f} MiB ({given.many / took:.0f} a second)")
    for name, rate in rates.items():
        print(f"{name:24} {rate:8.0f} requests a second")


if __name__ == "__main__":
    main()
