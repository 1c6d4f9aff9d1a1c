"""Web servers of others on loopback, each over a folder, by the rules that lie in it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from servers.running import START, free_port, program

__all__ = ["SERVERS", "apache", "caddy", "nginx"]

_MODULES = "mpm_event authz_core alias dir mime rewrite headers deflate filter negotiation ssl"
_PLACE = "/srv/sysgraph"
"""What the rules call the folder where no path is told, which whoever takes them changes."""


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[str]:
    """Run a server until the block ends; what it said is shown where it does not start."""
    log = folder / "said.log"
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={**os.environ, **home},
        )
    try:
        end = time.monotonic() + START
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"{command[0]} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _changed(text: str, *changes: tuple[str, str]) -> str:
    """Return rules with what their comments say is to be changed; each must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def _httpd(folder: Path, port: int, rules: str) -> list[str]:
    """Write what Debian's Apache reads, of which only the rules are ours; return its command."""
    modules = Path("/usr/lib/apache2/modules")
    lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in _MODULES.split()]
    lines += [
        f"ServerRoot {folder}",
        f"PidFile {folder}/httpd.pid",
        f"ErrorLog {folder}/error.log",
        f"Mutex file:{folder} default",
        "ServerName 127.0.0.1",
        f"Listen 127.0.0.1:{port}",
        "User www-data",
        "Group www-data",
        "TypesConfig /etc/mime.types",
        "Options FollowSymLinks",
        "<Directory />",
        "Require all denied",
        "</Directory>",
        rules,
    ]
    (folder / "httpd.conf").write_text("\n".join(lines))
    return [program("apache2"), "-X", "-d", str(folder), "-f", str(folder / "httpd.conf")]


@contextmanager
def apache(site: Path, folder: Path) -> Iterator[str]:
    """Apache with ``rules/apache.conf``."""
    rules = _changed((site / "rules" / "apache.conf").read_text(), (_PLACE, str(site)))
    port = free_port()
    with _running(_httpd(folder, port, f"DocumentRoot {site}\n{rules}"), folder, port) as base:
        yield base


@contextmanager
def apache_by_htaccess(site: Path, folder: Path) -> Iterator[str]:
    """Apache with the ``.htaccess`` of the site, which may do what its comment says."""
    allowed = "AllowOverride FileInfo Indexes Options=MultiViews"
    rules = f"<Directory {site}>\nRequire all granted\n{allowed}\n</Directory>"
    port = free_port()
    with _running(_httpd(folder, port, f"DocumentRoot {site}\n{rules}"), folder, port) as base:
        yield base


@contextmanager
def nginx(site: Path, folder: Path) -> Iterator[str]:
    """Debian's nginx with ``rules/nginx.conf``."""
    port = free_port()
    rules = _changed(
        (site / "rules" / "nginx.conf").read_text(),
        (_PLACE, str(site)),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("listen [::]:80;", ""),
    )
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY.split())
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; user www-data;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{rules}}}\n"
    )
    command = [program("nginx"), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    with _running(command, folder, port) as base:
        yield base


_TEMPORARY = "client_body proxy fastcgi uwsgi scgi"


@contextmanager
def caddy(site: Path, folder: Path) -> Iterator[str]:
    """Debian's Caddy with ``rules/Caddyfile``."""
    port = free_port()
    rules = (site / "rules" / "Caddyfile").read_text()
    name = next(line for line in rules.splitlines() if line.endswith(" {"))
    rules = _changed(rules, (name, f"http://127.0.0.1:{port} {{"), (_PLACE, str(site)))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + rules)
    command = [program("caddy"), "run", "--config", str(folder / "Caddyfile")]
    with _running([*command, "--adapter", "caddyfile"], folder, port) as base:
        yield base


SERVERS = {
    "apache": apache,
    "apache by .htaccess": apache_by_htaccess,
    "nginx": nginx,
    "caddy": caddy,
}
