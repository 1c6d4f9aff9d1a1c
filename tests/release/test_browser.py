"""What is written so that a browser can advise: the same each time, small, and whole."""

import json
import re
import shutil
import subprocess
import sys
from gzip import compress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from calling import Call
from others.running import others
from still import PYODIDE, needs_pyodide, still_site
from sysgraph.errors import SysgraphError
from sysgraph.library import marks
from sysgraph.release.browser import packed, write_browser
from sysgraph.release.site import publish
from sysgraph.store.local import LocalStore, create
from sysgraph.web.site import Site

_MOST = 8_000_000


@pytest.fixture(scope="module")
def written(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with advice in the browser."""
    return still_site(site, tmp_path_factory.mktemp("written"))


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@others
@needs_pyodide
def test_it_is_the_same_each_time_and_small(written: Path, site: Site, tmp_path: Path) -> None:
    again = contents(still_site(site, tmp_path))
    assert again == contents(written)
    assert sum(len(compress(one)) for one in again.values()) < _MOST


@others
@needs_pyodide
def test_what_is_kept_for_later_is_all_that_is_there(written: Path) -> None:
    told, files = kept_for_later(written), contents(written)
    assert {name: sha256(files[name]).hexdigest() for name in told} == told
    served = {name for name in files if not name.startswith("static/")} - {"offline.js"}
    assert served <= {*told}
    shown = {f"static/{name}" for name in ("icon.svg", "pico.css", "site.css")}
    assert {*told} - served == shown


@others
@needs_pyodide
def test_the_first_screens_are_there_and_lead_to_files(written: Path) -> None:
    screens = json.loads((written / "browser" / "first.json").read_bytes())
    assert screens["/ask/next"]["at"] == "ask/next.html"
    body = screens["/ask/next"]["body"]
    question = re.search("<h1>(.+?)</h1>", body)
    assert question
    assert question[0] in (written / "ask" / "next.html").read_text()
    name = re.search('type="radio" name="([^"]+)"', body)
    assert name
    for value in re.findall('type="radio" name="[^"]+" value="([^"]+)"', body):
        address = f"/ask/next?{name[1]}={value}"
        assert address in screens or value not in ("unknown", "systems-change")
    assert not re.search('(href|action)="/', "".join(one["body"] for one in screens.values()))


@others
@needs_pyodide
def test_each_part_has_its_licence(written: Path) -> None:
    told = (written / "browser" / "LICENSES.txt").read_text()
    version = json.loads((PYODIDE / "package.json").read_bytes())["version"]
    assert f"Pyodide {version}" in told
    with ZipFile(written / "browser" / "advice.zip") as zipped:
        names = zipped.namelist()
    for library in re.findall(r"^- (\S+) \d", told, re.MULTILINE):
        folder = library.lower().replace("-", "_")
        licences = [one for one in names if one.lower().startswith(f"{folder}-")]
        assert any("licen" in one.lower() for one in licences), library


@others
@needs_pyodide
def test_a_folder_that_is_no_pyodide_is_refused(site: Site, tmp_path: Path, call: Call) -> None:
    with pytest.raises(SysgraphError, match="not the npm package pyodide"):
        write_browser(site, tmp_path / "site", tmp_path)
    assert not (tmp_path / "site").exists()
    other = tmp_path / "other"
    shutil.copytree(PYODIDE, other)
    (other / "package.json").write_text('{"name": "pyodide-like"}')
    with pytest.raises(SysgraphError, match="node_modules/pyodide"):
        write_browser(site, tmp_path / "site", other)
    (other / "package.json").write_text('{"name": "pyodide"}')
    (other / "pyodide.asm.wasm").unlink()
    with pytest.raises(SysgraphError, match=r"pyodide\.asm\.wasm"):
        write_browser(site, tmp_path / "site", other)
    done = call("publish", tmp_path / "made", "--pyodide", tmp_path)
    assert done.code == 2
    assert "not the npm package pyodide" in done.err
    assert not (tmp_path / "made").exists()


def test_what_runs_in_a_browser_needs_no_engine_and_no_thread(tmp_path: Path) -> None:
    """The modules that are packed are imported where all else is missing."""
    ZipFile(BytesIO(packed({}))).extractall(tmp_path)
    program = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {{"pyoxigraph", "rdflib", "owlrl", "babel", "ssl", "sqlite3"}}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
installed = ("site-packages", "src")
sys.path[:] = [one for one in sys.path if not any(each in one for each in installed)]
sys.path.insert(0, {str(tmp_path)!r})
import sysgraph.release.within, sysgraph.advice.described, sysgraph.case.document
import sysgraph.pages.contest, sysgraph.pages.proof, threading
assert sysgraph.__file__.startswith({str(tmp_path)!r}), sysgraph.__file__
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-I", "-c", program], check=True, cwd=tmp_path)


@others
@needs_pyodide
@pytest.mark.slow
def test_a_site_that_is_published_has_it_and_nothing_is_written_again(
    world: LocalStore, tmp_path: Path
) -> None:
    store, place = tmp_path / "store", tmp_path / "site"
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    create(store, [*quads, *marks()])
    made = publish(place, str(store), pyodide=PYODIDE)
    manifest = json.loads((place / "manifest.json").read_bytes())["files"]
    told = kept_for_later(place)
    assert {*told} < {*manifest}
    assert {name: manifest[name] for name in told} == told
    for name in ("ask.html", "ask/next.html", "answer.html"):
        page = (place / name).read_text()
        links = {one for one in re.findall('(?:href|src)="([^"#?]+)', page) if ":" not in one}
        assert any(one.endswith("browser/asking.js") for one in links)
        assert not [one for one in links if not (place / name).parent.joinpath(one).exists()]
    again = publish(place, str(store), pyodide=PYODIDE)
    assert (again.files, again.written, again.removed) == (made.files, 0, 0)
    # Without it, what a browser needs is gone, and the pages say how else to ask.
    bare = publish(place, str(store))
    assert bare.removed >= len([name for name in told if name.startswith("browser/")])
    assert "asking.js" not in (place / "ask.html").read_text()


def kept_for_later(folder: Path) -> dict[str, str]:
    """Return the files that a browser keeps, each with its digest."""
    script = (folder / "offline.js").read_text()
    found: dict[str, str] = json.loads(
        re.search(r"FILES = (\{.*?\});", script, re.DOTALL)[1]  # type: ignore[index]
    )
    return found
