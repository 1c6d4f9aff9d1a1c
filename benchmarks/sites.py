"""What a site of files costs: its time and size, made twice, after one change, and in a browser."""

import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from measure import Result, seconds
from whole import Place

from sysgraph.files import data

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from linkcheck import broken_links

PYODIDE = Path(os.environ.get("SYSGRAPH_OTHERS", ".others")) / "node_modules" / "pyodide"
SITUATION = "?purpose-origin=movement&agreement=coercive&change-aim=win-justice"
MIB = 1024 * 1024


def sites(place: Place, size: int) -> Iterator[Result]:
    """Yield what the shipped site costs, then that of a store of so many cases."""
    yield from _twice(place, "shipped", [], _in_browser())
    yield from _twice(place, f"{size:,} cases", ["--store", str(_store_of(place, size))], [])


def _store_of(place: Place, size: int) -> Path:
    """Return a store of so many cases that this version of sysgraph has loaded into."""
    copy = place.folder / f"published-{size}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(place.store(size), copy)
    _change(copy, "first")
    return copy


def _change(store: Path, name: str) -> None:
    sample = (data() / "ontology" / "cases" / "wigan-deal.yaml").read_text(encoding="utf-8")
    case = store.with_name("case.yaml")
    case.write_text(sample.replace("id: wigan-deal", f"id: published-{name}"), encoding="utf-8")
    _run("load", str(case), "--store", str(store))


def _run(*words: str, seed: str = "0") -> float:
    """Run a command, and return the most memory that it, or a process of its own, has used."""
    command = [sys.executable, "-m", "sysgraph", *words]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return used.ru_maxrss / 1024


def _twice(place: Place, of: str, words: list[str], more: list[str]) -> Iterator[Result]:
    site, other = place.folder / "site", place.folder / "elsewhere" / "site"
    for folder in (site, other):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
    started = time.perf_counter()
    most = _run("publish", str(site), *words, *more)
    yield Result("l", f"site, {of}", time.perf_counter() - started, "s")
    found = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    yield Result("l", "  files", len(found))
    yield Result("l", "  size", sum(found.values()) / MIB, "MiB")
    yield Result("l", "  peak memory of a process", most, "MiB")
    followed, broken = broken_links(site)
    yield Result("l", "  links within it", followed)
    yield Result("l", "  broken among them", len(broken), "", "0")
    if more:
        yield from _browsed(site)
    if words:
        _change(Path(words[1]), "second")
        taken = seconds(lambda: _run("publish", str(site), *words, *more))
        yield Result("l", "  after one case more", taken, "s")
    _run("publish", str(other), *words, *more, seed="11")
    differing = subprocess.run(
        ["diff", "-rq", str(site), str(other)], stdout=subprocess.PIPE, text=True, check=False
    ).stdout.splitlines()
    yield Result(
        "l", "  files that differ where it is made whole, elsewhere", len(differing), "", "0"
    )


def _in_browser() -> list[str]:
    return ["--pyodide", str(PYODIDE)] if PYODIDE.is_dir() else []


@contextmanager
def _served(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _browsed(site: Path) -> Iterator[Result]:
    """Yield what advice without a server costs whoever asks: what is fetched, and the time."""
    from playwright.sync_api import Page, sync_playwright

    files = [path for path in (site / "browser").rglob("*") if path.is_file()]
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
    yield Result("l", "  advice in the browser, packed", packed / MIB, "MiB", "at most 8")
    with _served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )

        def ask(page: Page) -> None:
            page.goto(f"{address}ask.html")
            page.get_by_role("button", name="Go on").click()
            page.locator("form.question").wait_for()

        def answer(page: Page) -> None:
            page.goto(f"{address}answer.html#{SITUATION}")
            page.locator(".where-to-start").wait_for(timeout=120_000)

        page = browser.new_context().new_page()
        yield Result(
            "l", "  the first question, of a first visit", seconds(partial(ask, page)), "s"
        )
        context = browser.new_context()
        for visit in ("a first visit", "a visit after"):
            taken = seconds(partial(answer, context.new_page()))
            yield Result("l", f"  an answer, of {visit}", taken, "s")
        browser.close()
