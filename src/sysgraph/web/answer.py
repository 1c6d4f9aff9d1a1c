"""The answer on one screen: where to start, on whose words, how sure that is, and what moves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from sysgraph.language import foreign, say, source_of, speaking, spoken
from sysgraph.pages.asking import answers_file, question_of, words_of
from sysgraph.pages.blocks import Block, Heading, Html, html_of
from sysgraph.pages.brief import brief_blocks
from sysgraph.pages.glance import glance, glance_text
from sysgraph.pages.proof import explanation_blocks, ground_text, rule_text, statement
from sysgraph.pages.report import detail_blocks
from sysgraph.pages.web import types_table
from sysgraph.pages.words import listing, lowered, sentence
from sysgraph.terms import PREFIXES
from sysgraph.web.ask import Told, handled

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sysgraph.advice.examine import Examination
    from sysgraph.advice.frame import Frame
    from sysgraph.pages.asking import Asked
    from sysgraph.proof import Proof
    from sysgraph.reason.explain import Explanation
    from sysgraph.web.coded import Coded
    from sysgraph.web.site import Site

BEFORE = "before"
"""What stands for the library where an answer was changed in place."""

__all__ = ["answer_page", "routes"]


def routes(site: Site) -> list[Route]:
    """Return the pages that answer."""
    pages: dict[str, Callable[[Site, Request, Told], Response]] = {
        "/answer": answer_page,
        "/answer.svg": _picture,
        "/answer.yaml": _file,
        "/answer/all": _everything,
        "/answer/why/{type}": _why,
    }

    methods = ["GET", "POST"]
    return [Route(path, handled(site, page), methods=methods) for path, page in pages.items()]


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A part of the page: its heading, its name in the address, and its markup."""

    heading: str
    name: str
    html: Html


def parts_of(blocks: Iterable[Block], own: str) -> list[AnswerPart]:
    """Return blocks as parts of a page, each below its heading."""
    found: list[tuple[str, list[Block]]] = [("", [])]
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            found.append((block.text, []))
        else:
            found[-1][1].append(block)
    return [
        AnswerPart(heading, "-".join(source_of(heading).lower().split()), html_of(some, own))
        for heading, some in found
        if heading
    ]


def answer_page(site: Site, request: Request, told: Told) -> Response:
    """Return the answer to what was told."""
    contest, listed = site.group_of(told.coded, told.words)
    frame, own = site.frame, "\n".join(told.words.values())
    differ: Html | None = None
    if contest is not None:
        from sysgraph.pages.contest import contested_blocks

        differ = html_of(contested_blocks(contest, frame), own)
    readings = [
        {
            "who": each.situation.standpoint,
            "parts": parts_of(brief_blocks(each), own),
            "named": [(kind, frame.types[kind]) for kind in each.named],
            "table": types_table(each.advice, each.frame.test_words, each.named),
            "more": list(_more_on(each)),
            "alt": glance_text(each),
            "is_other_job": each.to_do.job is not None,
        }
        for each in listed
    ]
    first = _first(listed)
    return site.page(
        request,
        "answer.html",
        told=told,
        differ=differ,
        readings=readings,
        changeable=list(_changeable(told.coded, frame)),
        link=f"{site.link(request)}/answer{_kept(told.coded, site.library, first, site.code)}",
        before=BEFORE,
        moved=_moved(told.coded, site, first),
        first=" ".join(first),
        is_nothing_told=not told.coded.pairs,
        address=told.coded.address,
        outside=next((one for each in listed for one in each.elsewhere.questions), None),
    )


def _more_on(one: Examination) -> Iterator[tuple[str, str]]:
    """Yield what an answer names that has a page: what to call it, and its IRI."""
    for way in one.to_do.ways:
        entry, alike = one.frame.types[way.type], one.alike[way.type]
        yield entry.plain_name or entry.label, f"{PREFIXES['type']}{entry.id}"
        yield from ((each.method.label, each.method.iri) for each in way.methods[:1])
        if way.risk is not None:
            yield way.risk.risk.label, way.risk.risk.iri
        for case in (alike.went_well, alike.failed):
            if case is not None:
                yield foreign(case.case.title), case.case.id


def _kept(coded: Coded, library: str, first: Iterable[str], code: str) -> str:
    """Return the query of a link that tells when its answer has changed since.

    It keeps the language, so that who gets it reads what its sender read.
    """
    pairs = [*coded.carried, ("library", library), ("first", " ".join(first))]
    if not coded.lang and spoken() is not None:
        pairs.append(("lang", code))
    return f"?{urlencode(pairs, safe='@')}"


def _first(listed: Iterable[Examination]) -> list[str]:
    return list(dict.fromkeys(kind for each in listed for kind in each.named))


def _moved(coded: Coded, site: Site, first: list[str]) -> dict[str, str] | None:
    """Return what came first when a link was made, or before a change, and what does now."""
    if not coded.library:
        return None
    names = [
        listing(say("“{name}”", name=_name(kind, site.frame)) for kind in kinds)
        for kinds in (coded.first, first)
    ]
    is_changed = {*coded.first} != {*first}
    if coded.library == BEFORE:
        kind = "moved" if is_changed else "stayed"
    elif is_changed:
        kind = "changed"
    else:
        kind = "same" if coded.library == site.library else "renewed"
    return {"kind": kind, "before": names[0] if is_changed else "", "now": names[1]}


def _name(kind: str, frame: Frame) -> str:
    entry = frame.types[kind]
    return lowered(entry.plain_name or entry.label)


def _changeable(coded: Coded, frame: Frame) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """Yield each question with its answers and the one that was given, empty where none was."""
    chosen: dict[str, Asked] = {name: one for name, one in frame.opening.items() if one.answers}
    for name, asked in {**chosen, **frame.facets}.items():
        if not any("@" in said for each, said in coded.pairs if each == name):
            yield name, question_of(asked), words_of(asked), coded.answered(name)


def _alone(site: Site, request: Request, told: Told) -> Examination:
    """Return the one examination that a page is about: the reading that its address names."""
    _, listed = site.group_of(told.coded, told.words)
    return listed[reading_at(request, len(listed))]


def reading_at(request: Request, count: int) -> int:
    """Return which of some readings an address names; the first if none of them."""
    number = request.query_params.get("reading", "0")
    at = int(number) if number.isdecimal() and len(number) < 4 else 0
    return at if at < count else 0


def _picture(site: Site, request: Request, told: Told) -> Response:
    """Return the picture of the two tests, as a file whose style no page's policy reaches."""
    drawn = glance(_alone(site, request, told))
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Content-Language": site.code,
        "Vary": "Accept-Language",
    }
    return Response(drawn, media_type="image/svg+xml", headers=headers)


def _file(site: Site, request: Request, told: Told) -> Response:
    """Return the answers as a file to take away and put back, the same in each language."""
    with speaking(None):
        text = answers_file(told.coded.situation(site.frame, told.words), site.frame)
    kind = {"Content-Disposition": 'attachment; filename="answers.yaml"'}
    return Response(text, media_type="application/yaml", headers=kind)


def _everything(site: Site, request: Request, told: Told) -> Response:
    """Return the researcher's page, whose text is in English whatever is spoken."""
    with speaking(None):
        one, own = _alone(site, request, told), "\n".join(told.words.values())
        parts = parts_of(detail_blocks(one, own=site.place is None), own)
    return site.page(request, "all.html", parts_of=parts, told=told, address=told.coded.address)


def _why(site: Site, request: Request, told: Told) -> Response:
    """Unfold each reason for and against a type, step by step, to rule, facts and source.

    Rules, facts and sources are in English whatever is spoken.
    """
    kind, frame = request.path_params["type"], site.frame
    if kind not in frame.types:
        raise HTTPException(404)
    with speaking(None):
        one = _alone(site, request, told)
        reasons = html_of(explanation_blocks(kind, one.advice))
        proofs = site.prove(kind, one)
        proved = None if proofs is None else [_proved(each) for each in proofs]
    return site.page(
        request,
        "why.html",
        entry=frame.types[kind],
        reasons=reasons,
        proved=proved,
        told=told,
        address=told.coded.address,
    )


def _proved(explanation: Explanation) -> dict[str, object]:
    """Return a conclusion with its proofs, each a tree of steps down to what is asserted."""
    proofs = explanation.proofs
    return {
        "said": sentence(statement(proofs.conclusion, explanation)),
        "proofs": [_step(proof, explanation) for proof in proofs.found],
        "is_complete": proofs.is_complete,
    }


def _step(proof: Proof, explanation: Explanation) -> dict[str, object]:
    told: dict[str, object] = {
        "said": sentence(statement(proof.conclusion, explanation)),
        "since": rule_text(proof.rule) if proof.rule else "",
        "ground": "",
        "below": [_step(one, explanation) for one in proof.premises if not one.is_link],
    }
    if not proof.rule and proof.conclusion is not None:
        told["ground"] = ground_text(explanation.grounds[proof.conclusion])
    return told
