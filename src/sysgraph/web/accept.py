"""Taking drafts into one's own store, by whoever has logged in; only where ``--accept`` says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import scrypt, sha256
from hmac import compare_digest
from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sysgraph.case.compile import tell
from sysgraph.case.contribution import Contribution
from sysgraph.completeness import completeness
from sysgraph.errors import BadStore, SysgraphError, clean
from sysgraph.files import is_url
from sysgraph.forms import Kind
from sysgraph.history.deeds import aside
from sysgraph.history.states import COUNTS, DRAFT, life_of, quads_in
from sysgraph.intake import load, remove
from sysgraph.ontology import Ontology
from sysgraph.store.local import LocalStore, copy, open_directory
from sysgraph.stores import open_store, prepare_store
from sysgraph.web.checking import judge
from sysgraph.web.contribute import form_page, handled, read_filled
from sysgraph.web.filled import Filled, holding
from sysgraph.web.rates import Rate, Rates

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from sysgraph.store.local import Store
    from sysgraph.web.checking import CheckedForm
    from sysgraph.web.contribute import Page
    from sysgraph.web.site import Site

__all__ = ["Login", "Shelf", "routes"]

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has other locks
    fcntl = None  # type: ignore[assignment]

PASSWORD = "SYSGRAPH_PASSWORD"
_HIDDEN, _COPY = ".sysgraph-", "store"
"""What the folder of a copy begins with, and what stands in it."""
_COOKIE = "session"
_HOURS = 8
_MOST_SESSIONS = 50
_LEAST = 12
"""How many characters a password has."""
_LONGEST = 1024
_MOST_DRAFTS = 50
"""How many drafts are listed; each takes a twentieth of a second to be judged."""
_TRIES = Rate(5, 5 / 900)
"""How often one address may try a password: five times, and then once in three minutes."""
_TRIES_TOGETHER = Rate(30, 30 / 3600)
"""How often all may, for who has many addresses, or says so, is still one."""
_MOST_WAITING = 3
"""How many wait while a password is tried; each holds one of the threads that make pages."""


class Login:
    """One name and password, and who is logged in; nothing of it leaves the memory.

    Source: RFC 7914 (scrypt), with the cost that OWASP names for logging in.

    Raises:
        SysgraphError: the password is too short.
    """

    def __init__(self, name: str, password: str) -> None:
        if not name.strip():
            raise SysgraphError("--accept takes the name to log in with, such as --accept anna")
        if not _LEAST <= len(password) <= _LONGEST:
            reason = f"the password has fewer than {_LEAST} characters, or more than {_LONGEST:,}"
            raise SysgraphError(f"--accept: {reason}; take another one")
        self.name = name.strip()
        self._salt = token_bytes(16)
        self._hash = self._hashed(password)
        self._sessions: dict[str, float] = {}
        self._tries, self._tries_together = Rates(_TRIES), Rates(_TRIES_TOGETHER)
        self._places = BoundedSemaphore(1 + _MOST_WAITING)
        self._counting, self._lock = Lock(), Lock()

    def _hashed(self, password: str) -> bytes:
        whole = password.encode("utf-8", "surrogatepass")
        return scrypt(whole, salt=self._salt, n=2**15, r=8, p=3, maxmem=2**27)

    def enter(self, name: str, password: str, address: str) -> str | None:
        """Return the secret of a new session, or nothing where name or password are wrong.

        Raises:
            HTTPException: the address has tried too often, all have, or too many try now.
        """
        if not self._places.acquire(blocking=False):
            raise HTTPException(429)
        try:
            if not self._may_try(_network(address)):
                raise HTTPException(429)
            return self._entered(name, password)
        finally:
            self._places.release()

    def _may_try(self, network: str) -> bool:
        """Count a try; one that is refused for its address takes nothing from the others."""
        with self._counting:
            return self._tries.takes(network) and self._tries_together.takes("")

    def _entered(self, name: str, password: str) -> str | None:
        with self._lock:  # one at a time, for each takes a core and much memory
            is_known = compare_digest(self._hashed(password[: _LONGEST + 1]), self._hash)
            if not (compare_digest(name.strip().encode(), self.name.encode()) and is_known):
                return None
            secret = token_urlsafe(32)
            while len(self._sessions) >= _MOST_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[_digest(secret)] = monotonic() + _HOURS * 3600
            return secret

    def leave(self, secret: str) -> None:
        """End a session."""
        self._sessions.pop(_digest(secret), None)

    def proof(self, request: Request) -> str:
        """Return what a form bears that changes anything; nothing for who is not logged in."""
        secret = request.cookies.get(_COOKIE, "")
        if self._sessions.get(_digest(secret), 0) < monotonic():
            return ""
        return sha256(b"sysgraph form " + secret.encode()).hexdigest()


def _network(address: str) -> str:
    """Return what one household has: an address, or of IPv6 the 64 bits that are given out."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


class Shelf:
    """A store directory that is read from copies, so that nobody reads what is being written.

    Raises:
        SysgraphError: it is no directory, or cannot be written to.
    """

    def __init__(self, place: str | None, login: Login) -> None:
        if place is None:
            reason = "the shipped library takes nothing in; name a directory of your own by --store"
            raise SysgraphError(f"--accept: {reason}")
        if is_url(place):
            raise SysgraphError(f"--accept: {place} is an address; drafts go into a directory")
        if Path(place).exists() and not os.access(place, os.W_OK):
            raise BadStore(place, "it cannot be written to, and --accept would load drafts into it")
        prepare_store(place).close()
        self.place, self.login = place, login
        beside = Path(place).resolve().parent  # files are linked within one disk only
        self._beside = beside if os.access(beside, os.W_OK) else Path(gettempdir())
        _clear(self._beside)
        self._copies: list[_Folder] = []
        self.writing = Lock()

    def open(self, _: str | None = None) -> LocalStore:
        """Return a copy of the store to read from; of a directory that only links its files."""
        folder = _Folder(self._beside)
        place = folder.path / _COPY
        whole = open_store(self.place)
        assert isinstance(whole, LocalStore)  # or it would have been refused
        try:
            copy(whole, place)
        except BaseException:
            folder.remove()
            raise
        finally:
            whole.close()
        found = open_directory(place)
        found.place = self.place
        self._copies.append(folder)
        while len(self._copies) > 2:  # whoever is still being answered reads the one before
            self._copies.pop(0).remove()
        return found

    def close(self) -> None:
        """Remove the copies."""
        while self._copies:
            self._copies.pop().remove()


class _Folder:
    """A hidden folder, held by a lock that ends with the process even where that is killed."""

    def __init__(self, beside: Path) -> None:
        self._handle: int | None = None
        while self._handle is None:  # another server may have cleared it away before it was held
            self._made = TemporaryDirectory(prefix=_HIDDEN, dir=beside, ignore_cleanup_errors=True)
            self.path = Path(self._made.name)
            self._handle = _hold(self.path)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._made.cleanup()
        if self._handle:
            os.close(self._handle)
            self._handle = None


def _hold(folder: Path) -> int | None:
    """Return a handle that holds a folder; 0 where none can, nothing where another holds it."""
    if fcntl is None:  # pragma: no cover - Windows has other locks
        return 0
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        return None if isinstance(error, FileNotFoundError) else 0
    found: int | None = None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = handle if os.fstat(handle).st_nlink else None
    except BlockingIOError:
        pass
    except OSError:  # a disk without locks
        found = 0
    if not found:
        os.close(handle)
    return found


def _clear(beside: Path) -> None:
    """Remove the copies of servers that were killed, which nobody holds any more."""
    for folder in beside.glob(f"{_HIDDEN}*"):
        handle = _hold(folder)
        if handle:
            if {one.name for one in folder.iterdir()} <= {_COPY}:
                rmtree(folder, ignore_errors=True)
            os.close(handle)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft in the store: its id, its title, and how complete it is."""

    name: str
    title: str
    told: str


def routes(site: Site) -> list[Route]:
    """Return the pages for logging in and for drafts; none where nothing is taken in."""
    if site.shelf is None:
        return []
    pages: dict[str, tuple[Page, str]] = {
        "/login": (_login, "GET POST"),
        "/logout": (_logout, "POST"),
        "/drafts": (_drafts, "GET"),
        "/drafts/{name}": (_draft, "GET POST"),
        "/contribute/{kind}/load": (_load, "POST"),
    }
    return [
        Route(path, handled(site, page), methods=methods.split())
        for path, (page, methods) in pages.items()
    ]


def _shelf(site: Site) -> Shelf:
    assert site.shelf is not None  # or there would be no such page
    return site.shelf


def _said(form: FormData | None, name: str) -> str:
    said = form.get(name, "") if form is not None else ""
    return said if isinstance(said, str) else ""


def _login(site: Site, request: Request, form: FormData | None) -> Response:
    login = _shelf(site).login
    if form is None:
        if login.proof(request):
            return RedirectResponse("/drafts", 303)
        return site.page(request, "login.html", is_wrong=False)
    address = request.client.host if request.client else ""
    secret = login.enter(_said(form, "name"), _said(form, "password"), address)
    if secret is None:
        return site.page(request, "login.html", status=403, is_wrong=True)
    return _kept(site, request, "/drafts", secret)


def _kept(site: Site, request: Request, to: str, secret: str) -> Response:
    found = RedirectResponse(to, 303)
    found.set_cookie(
        _COOKIE,
        secret,
        max_age=_HOURS * 3600 if secret else 0,
        secure=site.link(request).startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return found


def _logout(site: Site, request: Request, form: FormData | None) -> Response:
    _refuse_strangers(site, request, form)
    _shelf(site).login.leave(request.cookies.get(_COOKIE, ""))
    return _kept(site, request, "/contribute", "")


def _refuse_strangers(site: Site, request: Request, form: FormData | None) -> None:
    """Refuse whatever was not sent by a page of whoever is logged in."""
    proof = _shelf(site).login.proof(request)
    if not proof or not compare_digest(_said(form, "_proof").encode(), proof.encode()):
        raise HTTPException(403)


def _drafts(site: Site, request: Request, form: FormData | None) -> Response:
    """Show the drafts of the store."""
    if not _shelf(site).login.proof(request):
        return RedirectResponse("/login", 303)
    drafts = []
    for name in aside(site.store)[DRAFT][:_MOST_DRAFTS]:
        life = life_of(name, site.store)
        quads = quads_in(life.now.content) if life.now else []
        title = str(_stored(site, name).document.get("title", name))
        told = clean(str(completeness(Contribution(name, "", "", quads))))
        drafts.append(Draft(name, title, told))
    proof = _shelf(site).login.proof(request)
    return site.page(request, "drafts.html", drafts=drafts, proof=proof)


def _stored(site: Site, name: str) -> Filled:
    """Return a draft of the store as a form."""
    life = life_of(name, site.store)
    if life.now is None or life.status != DRAFT:
        raise HTTPException(404)
    ontology = Ontology.load()
    return holding(Kind.CASE, ontology, tell(quads_in(life.now.content), name, ontology.vocabulary))


def _draft(site: Site, request: Request, form: FormData | None) -> Response:
    """Show a draft in its form, let it count, or take it out again."""
    name = request.path_params["name"]
    if form is None:
        if not _shelf(site).login.proof(request):
            return RedirectResponse("/login", 303)
        return form_page(site, request, _stored(site, name), is_checked=True)
    _refuse_strangers(site, request, form)
    filled = _stored(site, name)
    if _said(form, "do") == "withdraw":
        with _written(site) as store:
            status = life_of(name, store).status
            if status == DRAFT:
                remove([name], store)
        return RedirectResponse(f"/case/{name}" if status == COUNTS else "/drafts", 303)
    del filled.tree["draft"]
    judged = judge(filled)
    if not judged.is_sound:
        return form_page(site, request, filled, is_checked=True)
    if _is_put(site, judged):
        return RedirectResponse(f"/case/{name}", 303)
    return _counting(site, request, filled, name)


def _load(site: Site, request: Request, form: FormData | None) -> Response:
    """Load what was filled in, as a draft where it is a case, if nothing keeps it out."""
    assert form is not None  # for nothing else is let in
    filled = read_filled(request, form)
    words = site.words["en"]["accept"]
    if not _shelf(site).login.proof(request):
        return form_page(site, request, filled, is_checked=True, told=words["log_in_first"])
    _refuse_strangers(site, request, form)
    is_draft = filled.kind is Kind.CASE
    judged = judge(filled, is_draft=is_draft)
    if not judged.is_sound or not judged.checked:
        return form_page(site, request, filled, is_checked=True, told=words["not_loaded"])
    name = judged.checked[0].case.case_id
    if _is_put(site, judged):
        return RedirectResponse("/drafts" if is_draft else f"/{name}", 303)
    return _counting(site, request, filled, name)


def _counting(site: Site, request: Request, filled: Filled, name: str) -> Response:
    """Return the form with the sentence that what has its id counts."""
    told = site.words["en"]["accept"]["counts"].format(name=name)
    return form_page(site, request, filled, is_checked=True, told=told)


def _is_put(site: Site, judged: CheckedForm) -> bool:
    """Load what was checked as ``sysgraph load`` does, unless what has its id counts."""
    with _written(site) as store:
        if any(life_of(one.case.case_id, store).status == COUNTS for one in judged.checked):
            return False
        load(judged.checked, store, by=_shelf(site).login.name)
    return True


@contextmanager
def _written(site: Site) -> Iterator[Store]:
    """Give the store itself, for another process may have changed it; then show its new state."""
    shelf = _shelf(site)
    with shelf.writing:
        store = prepare_store(shelf.place)
        try:
            yield store
        finally:
            store.close()
        site.renew()
