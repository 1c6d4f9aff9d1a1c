"""Contributing: a case, a critique, or what happened next, filled in on a page and checked there.

Nothing of what is typed is kept by the server: it stands in the form, and comes out as a file.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from sysgraph.case.compile import tell
from sysgraph.case.document import read_document
from sysgraph.errors import SysgraphError, clean
from sysgraph.forms import Kind, licence_of
from sysgraph.language import speaking
from sysgraph.ontology import Ontology
from sysgraph.pages.words import listing
from sysgraph.record.followed import known_answers, refuse_unadvised
from sysgraph.terms import CRITIQUE, graph_of
from sysgraph.web import ask
from sysgraph.web.answer import reading_at
from sysgraph.web.checking import difference, judge
from sysgraph.web.filled import Filled, holding, reading
from sysgraph.web.issues import LONGEST, issue_address
from sysgraph.web.rates import Rate, Rates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.datastructures import FormData
    from starlette.requests import Request

    from sysgraph.web.checking import CheckedForm
    from sysgraph.web.site import Site

    Page = Callable[[Site, Request, FormData | None], Response]

__all__ = ["CONTRIBUTED", "form_page", "handled", "read_filled", "routes"]

CONTRIBUTED = (Kind.CASE, Kind.CRITIQUE)
CHECKS = Rate(120, 2)
"""How many checks one address may ask for; one takes a core for a tenth of a second."""
_MOST_FILE = 500_000
_MOST_ABOUT = 300


def routes(site: Site) -> list[Route]:
    """Return the pages on which something is contributed."""
    pages: dict[str, tuple[Page, str]] = {
        "/contribute": (_begin, "GET POST"),
        "/contribute/{kind}": (_form, "GET POST"),
        "/contribute/{kind}/file": (_file, "POST"),
    }
    follow = ask.handled(site, _follow_up)
    return [
        Route("/contribute/follow-up", follow, methods=["GET", "POST"]),
        *(
            Route(path, handled(site, page), methods=methods.split())
            for path, (page, methods) in pages.items()
        ),
    ]


def handled(site: Site, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request by a page that nobody stores, in a thread of its own."""
    rates = Rates(CHECKS)

    async def handle(request: Request) -> Response:
        form = None
        if request.method == "POST":
            address = request.client.host if request.client else ""
            if not rates.takes(address):
                raise HTTPException(429)
            form = await request.form(max_files=1, max_fields=4000, max_part_size=200_000)
        found = await run_in_threadpool(page, site, request, form)
        found.headers["Cache-Control"] = "no-store"
        return found

    return handle


def _begin(site: Site, request: Request, form: FormData | None) -> Response:
    """Say what can be contributed, or take up a file that was begun."""
    if form is None:
        return site.page(request, "contribute.html", is_taken_in=site.shelf is not None)
    sent = form.get("file")
    if sent is None or isinstance(sent, str):
        raise SysgraphError("no file was sent; choose one first")
    content = sent.file.read(_MOST_FILE + 1)
    if len(content) > _MOST_FILE:
        raise SysgraphError(f"the file has more than {_MOST_FILE:,} bytes; is it one case?")
    name = clean(sent.filename or "the file")
    if not name.lower().endswith((".yaml", ".yml", ".json")):
        raise SysgraphError(f"{name}: only YAML and JSON can be taken up here")
    data = read_document(content, name).data
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        raise SysgraphError(f"{name}: it is not one case or one critique; take up one at a time")
    kind = Kind.CRITIQUE if data.get("kind") == Kind.CRITIQUE else Kind.CASE
    return form_page(site, request, holding(kind, Ontology.load(), data), is_checked=True)


def _kind(request: Request) -> Kind:
    kind = request.path_params["kind"]
    if kind not in CONTRIBUTED:
        raise HTTPException(404)
    return Kind(kind)


def read_filled(request: Request, form: FormData) -> Filled:
    """Return what a form was filled in to, once a repair or a request for room was seen to."""
    given: dict[str, list[str]] = {}
    for name, said in form.multi_items():
        if isinstance(said, str):
            given.setdefault(name, []).append(said)
    for mend in given.pop("_mend", []):
        name, _, said = mend.partition("=")
        given[name] = said.split("\n")
    verb, _, name = "".join(given.get("_do", [])[:1]).partition(":")
    if verb == "more":
        numbers = [0, *(_number(one, name) for one in given)]
        given[f"{name}.{max(numbers) + 1}."] = [""]
    if verb == "empty" and name:
        given = {key: [""] if key.startswith(f"{name}.") else said for key, said in given.items()}
    return reading(_kind(request), Ontology.load(), given)


def _number(key: str, name: str) -> int:
    step = key.removeprefix(f"{name}.").partition(".")[0] if key.startswith(f"{name}.") else ""
    return int(step) if step.isdecimal() and len(step) < 4 else 0


def _form(site: Site, request: Request, form: FormData | None) -> Response:
    """Show a form to fill in; once something stands there, with what is wrong with it."""
    if form is None:
        return form_page(site, request, _blank(site, request))
    filled = read_filled(request, form)
    do = str(form.get("_do", ""))
    is_checked = form.get("_checked") == "yes" or not do.startswith(("more:", "empty:"))
    return form_page(site, request, filled, is_checked=is_checked, is_compared=do == "difference")


def form_page(
    site: Site,
    request: Request,
    filled: Filled,
    *,
    is_checked: bool = False,
    is_compared: bool = False,
    **more: Any,
) -> Response:
    """Return the page of a form, with what is wrong there and what it would change."""
    judged = judge(filled) if is_checked else None
    compared = difference(site, judged.checked) if is_compared and judged else None
    login = site.shelf.login if site.shelf else None
    return site.page(
        request,
        "contribution.html",
        filled=filled,
        is_taken_in=login is not None,
        has_issues=bool(site.issues),
        proof=login.proof(request) if login else "",
        own=f"/contribute/{filled.kind}",
        judged=judged,
        is_compared=is_compared and bool(judged and judged.is_sound),
        compared=compared or [],
        is_late=is_compared and compared is None,
        issue=_issue(site, filled, judged),
        **{"told": "", "followed": None, **more},
    )


def _issue(site: Site, filled: Filled, judged: CheckedForm | None) -> dict[str, Any] | None:
    """Return the address that fills the issue form in, where issues are taken and it is sound."""
    if not site.issues or judged is None or not judged.is_sound:
        return None
    address, left = issue_address(filled.kind, filled.document, filled.ontology, site.issues)
    return {"address": address, "left": left, "is_long": len(address) > LONGEST}


def _blank(site: Site, request: Request) -> Filled:
    """Return a form with the day and the licence, or with a stored contribution to correct."""
    kind, query, ontology = _kind(request), request.query_params, Ontology.load()
    stored = query.get("from", "")
    if stored:
        return _stored(site, kind, stored, ontology)
    tree = _today(ontology, datetime.now(UTC).date())
    about = query.get("about", "")[:_MOST_ABOUT]
    if kind is Kind.CRITIQUE and about:
        tree = {"about": [about], **tree}
    return Filled(kind, ontology, tree=tree)


def _stored(site: Site, kind: Kind, name: str, ontology: Ontology) -> Filled:
    whole = f"{CRITIQUE}{name}" if kind is Kind.CRITIQUE else name
    quads = site.store.quads(graph_of(whole)) if name.replace("-", "").isalnum() else []
    if not quads:
        raise HTTPException(404)
    return holding(kind, ontology, tell(quads, whole, ontology.vocabulary))


def _follow_up(site: Site, request: Request, told: ask.Told) -> Response:
    """Begin a case from an advice, as ``sysgraph follow-up`` does: what is known of it today."""
    request.state.asked = None  # what is contributed is in English, and so is the form
    with speaking(None):
        return _followed(site, request, told)


def _followed(site: Site, request: Request, told: ask.Told) -> Response:
    _, listed = site.group_of(told.coded, told.words)
    at = reading_at(request, len(listed))
    first, others = listed[at], [*listed[:at], *listed[at + 1 :]]
    refuse_unadvised(first.situation, site.frame)
    today = datetime.now(UTC).date()
    answers = known_answers(first, [one.situation for one in others], today)
    ontology = Ontology.load()
    filled = holding(Kind.CASE, ontology, {**_today(ontology, today), **answers})
    named = listing(f"“{site.frame.types[kind].label}”" for kind in first.named)
    followed = {"day": today.isoformat(), "year": today.year + 1, "named": named}
    return form_page(site, request, filled, followed=followed)


def _today(ontology: Ontology, today: date) -> dict[str, Any]:
    return {"contributed": today.isoformat(), "licence": licence_of(ontology)}


def _file(site: Site, request: Request, form: FormData | None) -> Response:
    """Return what was filled in as a file to take away."""
    assert form is not None  # for nothing else is let in
    filled = read_filled(request, form)
    name = filled.name if filled.name.replace("-", "").isalnum() and filled.name.isascii() else ""
    headers = {"Content-Disposition": f'attachment; filename="{name or filled.kind}.yaml"'}
    return Response(filled.text, media_type="application/yaml", headers=headers)
