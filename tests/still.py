"""Advice in the browser, served as files on loopback, below a path, by nothing of ours."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from others.running import PLACE
from sysgraph.release.browser import POLICY, write_browser
from sysgraph.web.site import Site

__all__ = ["PYODIDE", "Files", "needs_pyodide", "served", "still_site"]

PYODIDE = PLACE / "node_modules" / "pyodide"
STATIC = Path(__file__).parents[1] / "src" / "sysgraph" / "web" / "static"
needs_pyodide = pytest.mark.skipif(
    not PYODIDE.is_dir(), reason="needs Pyodide, which `just others` installs"
)


class Files:
    """What is served: the requests that came, and what is held back until it is let go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.held = ""
        self.let_go = threading.Event()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *given: object, files: Files) -> None:
        self.files = files
        super().__init__(*given, directory=str(files.folder.parent))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.files.asked.append(self.requestline)
        if self.files.held and self.path.endswith(self.files.held):
            self.files.let_go.wait(60)
        super().do_GET()

    def end_headers(self) -> None:
        # Stricter than the pages themselves, and for the worker too.
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of a browser that went away."""


@contextmanager
def served(files: Files) -> Iterator[str]:
    """Serve the folder while the block runs, and yield its address, which ends with a slash."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, files=files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{files.folder.name}/"
    finally:
        files.let_go.set()
        server.shutdown()
        server.server_close()


def still_site(site: Site, folder: Path) -> Path:
    """Write advice in the browser into a folder, with the styles that a site has."""
    write_browser(site, folder, PYODIDE)
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    return folder
