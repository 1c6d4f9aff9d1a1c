"""Web servers of others on loopback, each over a folder, by the rules that lie in it."""

import os
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servers.running import START, free_port, program
from sysgraph.release.rules import rules

__all__ = ["SERVERS", "Address", "put_rules", "reachable", "tunnel", "w3id"]

_MODULES = "mpm_event authz_core alias dir mime rewrite headers deflate filter negotiation ssl"
_TEMPORARY = "client_body proxy fastcgi uwsgi scgi"


def put_rules(site: Path, url: str) -> None:
    """Write the rules of a site into its folder."""
    for name, text in rules(url).items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)


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


@contextmanager
def reachable(place: Path) -> Iterator[Path]:
    """Yield a copy of a folder, which the user can read whom a server runs as.

    Where the tests run as root that is another, and what pytest makes is closed to others.
    """
    with TemporaryDirectory(prefix="served-") as folder:
        Path(folder).chmod(0o755)
        there = Path(folder) / place.name
        shutil.copytree(place, there, copy_function=_link)
        there.chmod(0o755)
        yield there


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


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


def _rules(site: Path, prefix: str, name: str, *changes: tuple[str, str]) -> str:
    """Return rules of a site as its owner changes them: where it lies, and what else is told."""
    place, root = ("/srv/www", site.parent) if prefix else ("/srv/sysgraph", site)
    return _changed((site / "rules" / name).read_text(), (place, str(root)), *changes)


@contextmanager
def apache(site: Path, folder: Path, prefix: str = "") -> Iterator[str]:
    """Apache with ``rules/apache.conf``."""
    port = free_port()
    rules = f"DocumentRoot {site}\n{_rules(site, prefix, 'apache.conf')}"
    with _running(_httpd(folder, port, rules), folder, port) as base:
        yield base


@contextmanager
def apache_by_htaccess(site: Path, folder: Path, prefix: str = "") -> Iterator[str]:
    """Apache with the ``.htaccess`` of the site, which may do what its comment says."""
    port = free_port()
    allowed = "AllowOverride FileInfo Indexes Options=MultiViews"
    root = site.parent if prefix else site
    rules = f"<Directory {site}>\nRequire all granted\n{allowed}\n</Directory>"
    command = _httpd(folder, port, f"DocumentRoot {root}\n{rules}")
    with _running(command, folder, port) as base:
        yield base


@contextmanager
def nginx(site: Path, folder: Path, prefix: str = "") -> Iterator[str]:
    """Debian's nginx with ``rules/nginx.conf``."""
    port = free_port()
    here = (("listen 80;", f"listen 127.0.0.1:{port};"), ("listen [::]:80;", ""))
    rules = _rules(site, prefix, "nginx.conf", *here)
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY.split())
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{rules}}}\n"
    )
    command = [program("nginx"), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    with _running(command, folder, port) as base:
        yield base


@contextmanager
def caddy(site: Path, folder: Path, prefix: str = "") -> Iterator[str]:
    """Debian's Caddy with ``rules/Caddyfile``."""
    port = free_port()
    text = (site / "rules" / "Caddyfile").read_text()
    name = next(line for line in text.splitlines() if line.endswith(" {"))
    rules = _rules(site, prefix, "Caddyfile", (name, f"http://127.0.0.1:{port} {{"))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + rules)
    command = [program("caddy"), "run", "--config", str(folder / "Caddyfile")]
    with _running([*command, "--adapter", "caddyfile"], folder, port) as base:
        yield base


# Each gives a site that it can read, by the rules that lie in it.
SERVERS = {
    "apache": apache,
    "apache by .htaccess": apache_by_htaccess,
    "nginx": nginx,
    "caddy": caddy,
}


@dataclass(frozen=True)
class Address:
    """Where https://w3id.org/ is answered on loopback, and who vouches for it."""

    port: int
    authority: Path

    @property
    def url(self) -> str:
        """The address with the port, which clients are not told."""
        return f"https://w3id.org:{self.port}"


@contextmanager
def w3id(htaccess: str, folder: Path) -> Iterator[Address]:
    """Answer as w3id.org does: Apache over TLS, with ``.htaccess`` in a folder for each project."""
    port = free_port()
    project = folder / "w3id" / "sysgraph"
    project.mkdir(parents=True)
    (project / ".htaccess").write_text(htaccess)
    vouched = certificate(folder, "w3id.org")
    with reachable(project.parent) as there:
        rules = (
            f"DocumentRoot {there}\n"
            f"<Directory {there}>\nRequire all granted\nAllowOverride All\n</Directory>\n"
            f"SSLEngine on\nSSLCertificateFile {vouched}\nSSLSessionCache none\n"
        )
        with _running(_httpd(folder, port, rules), folder, port):
            yield Address(port, vouched)


def certificate(folder: Path, host: str) -> Path:
    """Return a file with a key, and a certificate for a host that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / f"{host}.pem"
    file.write_bytes(key.private_bytes(encoding, form, plain) + made.public_bytes(encoding))
    return file


@contextmanager
def tunnel(port: int) -> Iterator[str]:
    """Yield the address of a proxy that leads whoever asks for a host over TLS to one port here."""

    class Connect(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            with socket.create_connection(("127.0.0.1", port)) as there:
                threading.Thread(target=_pass_on, args=(self.connection, there)).start()
                _pass_on(there, self.connection)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connect) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
