"""Advice without a server: the pages that ask and answer, and what makes them in a browser.

Pyodide, which is Python for browsers, runs the modules of ``sysgraph serve`` over what advice needs
of a store. All lies in one folder of the site, and a worker of the browser keeps it for later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from starlette.requests import Request

from sysgraph.advice.situation import UNKNOWN
from sysgraph.errors import MissingExtra, SysgraphError
from sysgraph.pages.asking import words_of
from sysgraph.release.within import FOLDER, PAGES, linked, screen, shown_at
from sysgraph.web.ask import Told, question_at
from sysgraph.web.carried import CarriedSite, carried_files
from sysgraph.web.coded import Coded
from sysgraph.web.languages import carried_language

if TYPE_CHECKING:
    from sysgraph.web.site import Site

__all__ = ["POLICY", "packed", "version_of_pyodide", "write_browser"]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval';"
    " img-src 'self' data:; connect-src 'self'; worker-src 'self'; form-action 'self';"
    " base-uri 'none'"
)
_PACKAGE = Path(__file__).parents[1]
_SCRIPTS = Path(__file__).parent / "scripts"
_ROOMS = ("advice", "case", "pages", "release", "store", "web")
"""The rooms whose modules a browser needs, beside those that are in none."""
_OTHERS = (
    *("anyio", "idna", "Jinja2", "MarkupSafe", "python-multipart", "PyYAML", "starlette"),
    "typing_extensions",
)
"""What these modules need of others; of each what is written in Python."""
_NEEDED = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
    "pyodide-lock.json",
)
"""What a browser needs of the npm package ``pyodide``."""
_LOCK = "pyodide-lock.json"
_DEPTH = 2
"""How many questions can be answered before Python is there."""
_WHEN = (1980, 1, 1, 0, 0, 0)
_STYLES = ("static/icon.svg", "static/pico.css", "static/site.css")
"""What the three pages show beside what lies in the folder."""


def write_browser(site: Site, into: Path, pyodide: Path) -> None:
    """Write advice in the browser into the folder of a site: three pages, and what they need.

    ``pyodide`` is the npm package of that name, unpacked. What is written is the same each time.

    Raises:
        SysgraphError: the folder is not that package, or what is to be packed is not installed.
    """
    runtime = _runtime(pyodide)
    carried = carried_files(site)
    with TemporaryDirectory() as folder:
        for name, content in carried.items():
            (Path(folder) / name).write_bytes(content)
        screens = dict(_screens(CarriedSite(Path(folder))))
    files = {
        **runtime,
        **{name: (_SCRIPTS / name).read_bytes() for name in ("asking.js", "old.js", "worker.js")},
        "advice.zip": packed(carried),
        "first.json": _as_json(screens),
        "LICENSES.txt": _licences(pyodide).encode(),
    }
    told = {f"{FOLDER}/{name}": content for name, content in files.items()}
    for address, file in PAGES.items():
        told[file] = _page(site, address, screens[address]["body"])
    for name, content in told.items():
        _write(into / name, content)
    _write(into / "offline.js", _offline(told))


def version_of_pyodide(pyodide: Path) -> str:
    """Return what tells Pyodide, and the libraries that go with it, from any others.

    Raises:
        SysgraphError: the folder is not that package, or a library is not installed.
    """
    total = sha256()
    for name, content in sorted(_runtime(pyodide).items()):
        total.update(f"{name} {sha256(content).hexdigest()}\n".encode())
    for name in _OTHERS:
        total.update(_zipped(_library(name)))
    return total.hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _runtime(pyodide: Path) -> dict[str, bytes]:
    """Return the files of Pyodide that a browser loads; of its list of packages, none."""
    try:
        name = json.loads((pyodide / "package.json").read_bytes())["name"]
        found = {name: (pyodide / name).read_bytes() for name in _NEEDED}
        info = json.loads(found[_LOCK])["info"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        name, lacks = "", f" ({error})"
    else:
        lacks = ""
    if name != "pyodide":
        raise SysgraphError(
            f"{pyodide}: this is not the npm package pyodide{lacks};"
            " name the folder that 'npm install pyodide' makes, node_modules/pyodide"
        )
    return found | {_LOCK: _as_json({"info": info, "packages": {}})}


def packed(carried: dict[str, bytes]) -> bytes:
    """Return as a zip what runs in the browser: our modules, those of others, and these files.

    Raises:
        SysgraphError: a library is not installed as files.
    """
    files = dict(_modules())
    for name in _OTHERS:
        files |= _library(name)
    files |= {f"carried/{name}": content for name, content in carried.items()}
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as made:
        for name, content in sorted(files.items()):
            one = ZipInfo(name, _WHEN)
            one.compress_type, one.create_system = ZIP_DEFLATED, 3
            one.external_attr = 0o644 << 16
            made.writestr(one, content, compresslevel=9)
    return stream.getvalue()


def _modules() -> Iterator[tuple[str, bytes]]:
    """Yield our modules, their templates and words; languages as JSON, for there is no Babel."""
    for path in sorted(_PACKAGE.rglob("*")):
        name = path.relative_to(_PACKAGE)
        is_taken = len(name.parts) == 1 or name.parts[0] in _ROOMS
        if is_taken and path.suffix in (".html", ".py", ".yaml"):
            yield f"{_PACKAGE.name}/{name.as_posix()}", path.read_bytes()
        elif is_taken and path.suffix == ".po":
            told = _as_json(carried_language(path))
            yield f"{_PACKAGE.name}/{name.with_suffix('.json').as_posix()}", told


def _library(name: str) -> dict[str, bytes]:
    try:
        files = distribution(name).files or ()
    except PackageNotFoundError:
        files = ()
    found = {
        str(file): Path(str(file.locate())).read_bytes()
        for file in files
        if file.suffix == ".py" or _is_licence(str(file))
    }
    if not found:
        raise MissingExtra(f"this needs the files of {name}", "web")
    return found


def _is_licence(name: str) -> bool:
    return ".dist-info/" in name and "licen" in name.lower()


def _licences(pyodide: Path) -> str:
    version = json.loads((pyodide / "package.json").read_bytes())["version"]
    others = "\n".join(f"- {name} {distribution(name).version}" for name in _OTHERS)
    return (
        (_SCRIPTS / "LICENSES.txt")
        .read_text(encoding="utf-8")
        .format(pyodide=version, others=others)
    )


# The pages.


def _screens(site: CarriedSite) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the first screens by their addresses, in each language: what is asked at first."""
    for lang in ("", *site.languages.by_code):
        for address in _addresses(site, Coded(lang=lang)):
            found = screen(site, "GET", address, {})
            yield address, {"at": found.at, "body": found.body.decode()}


def _addresses(site: CarriedSite, coded: Coded) -> Iterator[str]:
    for path in ("/ask", "/answer"):
        yield f"{path}{coded.address}"
    yield from _questions(site, coded, _DEPTH)


def _questions(site: CarriedSite, coded: Coded, depth: int) -> Iterator[str]:
    """Yield the addresses of the questions that come next, whatever is answered."""
    asked = question_at(site, Told(coded, {}))
    if asked is None:
        return
    yield f"/ask/next{coded.address}"
    for value in (*words_of(asked), UNKNOWN) if depth else ():
        pairs = (*coded.pairs, (asked.id, value))
        yield from _questions(site, Coded(pairs, lang=coded.lang), depth - 1)


def _page(site: Site, address: str, first: str) -> bytes:
    """Return one of the three pages, with its first screen; an answer begins with none."""
    words = site.words_spoken()
    title = words["answer"]["title"] if address == "/answer" else words["ask"]["words_title"]
    main = f"<h1>{title}</h1>"
    if address != "/answer":
        title = first.partition("<title>")[2].partition("</title>")[0].rpartition(" – ")[0]
        main = first.partition('<main id="text">')[2].partition("</main>")[0]
    scope: dict[str, Any] = {
        **{"type": "http", "method": "GET", "path": address, "query_string": b""},
        **{"headers": [], "state": {"asked": ""}},  # so that it leads to other languages
    }
    page = site.page(Request(scope), "carried.html", title=title, main=main, policy=POLICY)
    return linked(bytes(page.body).decode(), shown_at(address)).encode()


def _offline(told: dict[str, bytes]) -> bytes:
    """Return the script that keeps a release: all of these files, or none of them."""
    static = _PACKAGE / "web"
    files = told | {name: (static / name).read_bytes() for name in _STYLES}
    digests = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    release = sha256(_as_json(digests)).hexdigest()[:16]
    script = (_SCRIPTS / "offline.js").read_text(encoding="utf-8")
    script = script.replace("FILES = {}", f"FILES = {json.dumps(digests, indent=1)}", 1)
    return script.replace('RELEASE = ""', f'RELEASE = "{release}"', 1).encode()


def _as_json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
