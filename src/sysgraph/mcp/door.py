"""What each tool answers: the same records and pages as the command line, bounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sysgraph.advice.asking import next_asked
from sysgraph.advice.board import advise
from sysgraph.advice.examine import Examiner
from sysgraph.advice.situation import Situation, situations_of_case, type_of
from sysgraph.casebook import Case, Cases
from sysgraph.errors import BadParameter, SetAside, SysgraphError, UnknownThing, clean
from sysgraph.mcp.answers import answers_read, sound_answers
from sysgraph.mcp.bounds import (
    ANSWER,
    CASES,
    PAGE,
    ROWS,
    VALUES,
    cut,
    fitted,
    page_of,
    parts_of,
    short,
)
from sysgraph.near import nearest
from sysgraph.pages.asking import (
    Asked,
    named_lines,
    prompt_data,
    question_data,
    question_of,
    words_of,
)
from sysgraph.pages.objects import PARTS, advice_data, plain
from sysgraph.pages.report import report_text
from sysgraph.store.index import ones
from sysgraph.terms import NAMESPACE, compact

if TYPE_CHECKING:
    from sysgraph.advice.contest import Contest
    from sysgraph.advice.examine import Examination
    from sysgraph.advice.frame import Frame
    from sysgraph.browse import Named, Statement
    from sysgraph.query import Query
    from sysgraph.store.local import Store

__all__ = ["Door", "Reply"]

Answers = Mapping[str, Any] | str
T = TypeVar("T")
_FIRST = (
    *("id", "title", "standpoint", "facets", "opening", "quotes", "front", "ahead", "named"),
    *("abstains", "unknown", "disclosures", "standpoints", "next_question", "to_do"),
)
"""The parts of advice that are told where nobody names any; they are small, and soon made."""
_EVERY = (*PARTS, "contest")
_IS_NAME = re.compile(r"[\w./-]+")
"""What the id of a contribution may look like."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a page for people, which may be empty, and data.

    ``left`` tells by name what was left out of the data, and ``rest`` how to ask for it.
    """

    data: dict[str, Any]
    text: str = ""
    left: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""


class Door:
    """Answers what an assistant asks, from one frame and one store; nothing is kept."""

    def __init__(self, frame: Frame, opened: Callable[[], Store]) -> None:
        self.frame = frame
        self.examiner = Examiner(frame)
        self._opened = opened

    @cached_property
    def store(self) -> Store:
        """Return the store, opened when it is first needed."""
        return self._opened()

    def _asked(self) -> dict[str, Asked]:
        frame = self.frame
        return {**frame.opening, **frame.facets, **frame.outside.questions}

    def read_questions(self, ids: Sequence[str] = ()) -> Reply:
        """Return the questions with help and answers; the two tests and the types beside all."""
        frame, asked = self.frame, self._asked()
        for name in ids:
            if name not in asked:
                raise UnknownThing(name, "question", nearest(name, asked))
        if ids:
            return Reply({"questions": [question_data(name, asked[name]) for name in ids]})
        tests = [
            {"id": name, "name": test.plain_name, "asks": test.wording}
            for name, test in frame.test_words.items()
        ]
        types = [
            {"id": kind, "number": each.number, "name": each.name, "label": each.label}
            | {"definition": each.definition}
            for kind, each in frame.types.items()
        ]
        data = {"tests": tests, "types": types, "questions": prompt_data(frame)["questions"]}
        return Reply(data)

    def check_answers(self, answers: Answers, description: str = "") -> Reply:
        """Return what is wrong with an assistant's answers, and what was understood."""
        frame = self.frame
        found, faults = sound_answers(answers, description, frame)
        asked = {**frame.opening, **frame.facets}
        told = {name for each in found for name in (*each.facets, *each.opening)}
        data = {
            "sound": not faults,
            "faults": [each.as_data(frame) for each in faults],
            "understood": [self._understood(each) for each in found],
            "not_answered": [name for name in asked if name not in told],
        }
        if faults:
            data["next"] = "Mend or ask what the faults say, then check again. Do not guess."
        elif data["not_answered"]:
            data["next"] = "Ask next_question what to put to the person now, or advise as it is."
        return Reply(data)

    def _understood(self, situation: Situation) -> dict[str, Any]:
        asked = self._asked()
        told = {**situation.opening, **situation.facets}
        return {
            "standpoint": situation.standpoint,
            "answers": [
                {
                    "question": name,
                    "asked": question_of(asked[name]),
                    "answer": value,
                    "means": words_of(asked[name]).get(value, value),
                    "quote": situation.quotes.get(name),
                }
                for name, value in told.items()
            ],
        }

    def next_question(
        self, answers: Answers, description: str = "", put: Sequence[str] = ()
    ) -> Reply:
        """Return what to ask the person next, with what its words stand for here."""
        situation, *others = answers_read(answers, description, self.frame)
        if others:
            raise SysgraphError(
                "the standpoints differ, and each has questions of its own; ask advise where they"
                " part, or give the answers of one standpoint"
            )
        frame = self.examiner.frame
        asked = next_asked(situation, frame, put)
        unknown = [name for name in frame.facets if name not in situation.facets]
        if asked is None:
            settled = "No answer could change what comes first. Advise now."
            return Reply({"question": None, "says": settled, "not_answered": unknown})
        data: dict[str, Any] = {
            "question": question_data(asked.id, asked),
            "here": list(named_lines(asked, situation.opening)),
            "put_already": sorted({*put} | {*situation.opening} | {*situation.facets}),
            "not_answered": unknown,
        }
        if asked.id in frame.facets:
            question = self.examiner.examine(situation).question
            data["ways_still_open"] = question.open_now if question else 0
        return Reply(data)

    def _groups(
        self, answers: Answers | None, description: str, case: str
    ) -> tuple[Contest | None, list[Examination]]:
        """Return the readings of a situation or a case examined, and where they differ."""
        if bool(case) == (answers is not None):
            raise SysgraphError("give either the answers about a situation or the id of a case")
        frame, examiner = self.frame, self.examiner
        if answers is not None:
            group = answers_read(answers, description, frame)
        else:
            group = self._known(lambda: situations_of_case(case, frame))
        spoken = [each.standpoint for each in group if each.standpoint]
        contest = examiner.compare(group) if len(group) > 1 else None
        return contest, [examiner.examine(each, spoken) for each in group]

    def advise(
        self,
        answers: Answers | None = None,
        description: str = "",
        case: str = "",
        parts: Sequence[str] = (),
    ) -> Reply:
        """Return the practitioner's page, and parts of what ``advise --format json`` gives."""
        contest, listed = self._groups(answers, description, case)
        names = parts or _FIRST
        wanted = {name.partition(".")[0] for name in names}
        for name in wanted.difference(_EVERY):
            raise UnknownThing(name, "part of advice", nearest(name, _EVERY), _EVERY)
        whole = [advice_data(each, wanted) for each in listed]
        if contest is not None and "contest" in wanted:
            whole = [{**each, "contest": plain(contest)} for each in whole]
        kept = [name for name in names if parts or name in whole[0]]
        room = ANSWER // len(whole) - 100
        bounded = [fitted(parts_of(each, kept), room) for each in whole]
        told = {name: much for _, left in bounded for name, much in left.items()}
        page, left_of_page = cut("" if parts else report_text([(contest, listed)]), PAGE)
        if left_of_page:
            told["page"] = f"{left_of_page:,} characters at its end"
        if not parts:
            there = _EVERY if contest else PARTS
            told |= dict.fromkeys((one for one in there if one not in wanted), "not asked for")
        rest = "Ask advise again with the same arguments and parts=[…] of these names."
        readings = [shown for shown, _ in bounded]
        return Reply({"readings": readings}, page, told, rest)

    def explain_type(
        self,
        kind: str,
        answers: Answers | None = None,
        description: str = "",
        case: str = "",
        proofs: bool = False,
        parts: Sequence[str] = (),
    ) -> Reply:
        """Return why a type stands where it stands, as ``explain TYPE`` does, with proofs."""
        from sysgraph.advice.reasons import prove_reasons
        from sysgraph.pages.blocks import text_lines
        from sysgraph.pages.proof import (
            explanation_data,
            explanation_text,
            proof_data,
            titled_proof,
        )

        frame = self.examiner.frame
        slug = type_of(kind, frame)
        _, listed = self._groups(answers, description, case)
        texts, found = [], []
        for each in listed:
            advice = advise(each.situation, frame)
            told = explanation_data(slug, advice)
            title = f"{advice.situation.title}\n\n" if len(listed) > 1 else ""
            page = title + explanation_text(slug, advice)
            if proofs:
                store = self.store if case else None
                shown = [*prove_reasons(slug, advice, frame, case or None, store)]
                told["proofs"] = [proof_data(one) for one in shown]
                blocks = ("\n".join(text_lines(titled_proof(one))) for one in shown)
                page = "".join((page, *(f"\n{block}\n" for block in blocks)))
            texts.append(page)
            found.append(told)
        return self._parted(found, "\n\n".join(texts), parts, "explain_type")

    def prove_statement(self, statement: str, parts: Sequence[str] = ()) -> Reply:
        """Return the proofs of a statement, as ``explain --statement`` does."""
        from sysgraph.pages.blocks import text_lines
        from sysgraph.pages.proof import proof_data, titled_proof
        from sysgraph.reason.explain import statements_asked

        explainer, wanted = self._known(lambda: statements_asked(statement, lambda: self.store))
        found = [explainer.explain(triple) for triple in wanted[: ROWS[0]]]
        held = [one for one in found if one.proofs.found]
        pages = ["\n".join(text_lines(titled_proof(one))) for one in held]
        if held and explainer.origin.record:
            pages.append(
                clean(f"On record of {explainer.origin.place}: {explainer.origin.record}.")
            )
        text = "\n\n".join(pages or ["No: this does not follow from what is asserted."])
        reply = self._parted([proof_data(one) for one in found], text, parts, "prove_statement")
        if len(wanted) <= len(found):
            return reply
        more = f"{len(wanted) - len(found)} more statements; name the object to see one"
        return Reply(reply.data, reply.text, {**reply.left, "statements": more}, reply.rest)

    def _parted(
        self, found: list[dict[str, Any]], text: str, parts: Sequence[str], tool: str
    ) -> Reply:
        """Return what was found of each, or parts of it, and the page as far as there is room."""
        data = {"found": found}
        page, left = cut("" if parts else text, PAGE)
        told = (
            {"page": f"{left:,} characters at its end; the data has all of it, by parts"}
            if left
            else {}
        )
        rest = f"Ask {tool} again with the same arguments and parts=[…] of these names."
        return Reply(parts_of(data, parts) if parts else data, page, told, rest)

    @cached_property
    def book(self) -> Cases:
        """The cases as rows, read when they are first sought."""
        return Cases.of(self.store, self.frame)

    def find_cases(
        self,
        filters: Mapping[str, str],
        facets: Mapping[str, str],
        page: tuple[int, int],
        *,
        independent: bool = False,
    ) -> Reply:
        """Return cases with how they were led and judged, failures first; ``page`` is a part.

        ``filters`` are some of those of ``casebook``, empty where nothing is asked; ``facets`` are
        values that one reading holds all of. With ``independent`` come only cases that others than
        those who led have judged on some test.
        """
        wanted = {name: value for name, value in filters.items() if value}
        if "type" in wanted:
            wanted["type"] = type_of(wanted["type"], self.frame)
        if independent:
            wanted["independence"] = "yes"
        having = self._beginning_with(facets)
        found = self.book.chosen(self.book.named(wanted))
        listed = [row for row in found if having is None or row.id in having]
        rows = {row.id: row for row in listed}
        shown, left = page_of([*rows], *page, CASES[1])
        data = {"count": len(rows), "cases": list(self._cases(rows[one] for one in shown))}
        if not listed:
            data["says"] = "No case is so. That none was contributed does not mean there is none."
        return Reply(data, left={"cases": left} if left else {})

    def _beginning_with(self, facets: Mapping[str, str]) -> set[str] | None:
        """Return the ids of the cases of which one reading holds all of these, None of none."""
        if not facets:
            return None
        index = self.store.index()
        rows = (1 << index.rows) - 1
        for name, value in facets.items():
            facet = self.frame.facets.get(name)
            if facet is None:
                raise UnknownThing(name, "facet", nearest(name, self.frame.facets))
            if value not in facet.values:
                raise UnknownThing(value, f"value of {name}", nearest(value, facet.values))
            rows &= index.rows_of(facet.values[value].iri.removeprefix(NAMESPACE))
        return {index.ids[index.case_at(row)] for row in ones(rows)}

    def _cases(self, rows: Iterable[Case]) -> Iterator[dict[str, Any]]:
        attacked = self.examiner.dissent.cases
        for row in rows:
            case = self.frame.cases.get(row.iri)
            if case is None:  # a store that breaks off, or what is no whole case
                continue
            outcomes = {
                test: {
                    "judgement": judged,
                    "is_failure": (judged, test) in self.frame.failures,
                    "why": case.why.get(test),
                    **(plain(case.grounds[test]) if test in case.grounds else {}),
                }
                for test, judged in (("led", case.led), ("working", case.working))
            }
            yield short(
                {
                    "id": row.id,
                    "title": case.title,
                    "type": case.type,
                    "countries": row.slugs("country"),
                    "sectors": row.slugs("sector"),
                    **outcomes,
                    "summary": case.summary,
                    "citation_read": case.checked,
                    "confidence": case.confidence,
                    "looked_for_because_of_its_outcome": case.is_selected,
                    "stands_attacked": row.id in attacked,
                }
            )

    def list_canned_questions(
        self, search: str = "", tag: str = "", page: tuple[int, int] = (0, ROWS[1])
    ) -> Reply:
        """Return the canned questions with their parameters, as ``query`` lists them."""
        from sysgraph.query import shelf

        words = search.lower()
        sound, broken = shelf()
        found = [
            _query_data(query)
            for query in sound.values()
            if words in f"{query.name} {query.summary} {query.description}".lower()
            and (not tag or tag in query.tags)
        ]
        shown, left = page_of(found, *page, ROWS[1])
        data: dict[str, Any] = {"count": len(found), "questions": list(shown)}
        if broken:
            data["cannot_be_read"] = [str(error) for error in broken.values()]
        return Reply(data, left={"questions": left} if left else {})

    def ask_canned_question(
        self, name: str, parameters: Mapping[str, str], page: tuple[int, int]
    ) -> Reply:
        """Return rows of a canned question, the same as ``query NAME --format json`` gives."""
        from sysgraph.query import find, gather, run, why_nothing

        query = find(name)
        try:
            rows = gather(query, run(query, self.store, parameters))
        except BadParameter:
            for argument in parameters.values():
                self._refuse_aside(argument.removeprefix("case:"))
            raise
        texts = [short(row) for row in rows.texts()]
        shown, left = page_of(texts, *page, ROWS[1])
        data: dict[str, Any] = {
            "question": query.summary,
            "columns": list(rows.columns),
            "count": len(texts),
            "rows": list(shown),
        }
        if not texts:
            data["says"] = why_nothing(query, self.store, parameters)
        return Reply(data, left={"rows": left} if left else {})

    def describe_term(self, name: str, parts: Sequence[str] = ()) -> Reply:
        """Return all that the store says of a thing, and what speaks of it there."""
        from sysgraph.browse import MOST, look_at

        thing = self._known(lambda: look_at(name, self.store), name)
        data: dict[str, Any] = {
            "iri": thing.iri,
            "name": compact(thing.iri),
            "label": thing.label,
            "definition": thing.definition,
            "kinds": [_named(one) for one in thing.kinds],
            "says": [_said(one) for one in thing.said],
            "said_of_it": [_said(one) for one in thing.said_of],
        }
        told = {} if thing.is_whole else {"said_of_it": f"more than {MOST} things speak of it"}
        if not parts:
            told |= _shortened(data)
        rest = "Ask describe_term again with the same name and parts=[…] of these names."
        return Reply(parts_of(data, parts) if parts else data, left=told, rest=rest)

    def _known(self, found: Callable[[], T], name: str = "") -> T:
        try:
            return found()
        except UnknownThing as error:
            self._refuse_aside((name or error.name).removeprefix("case:"))
            raise

    def _refuse_aside(self, name: str) -> None:
        """Refuse a name of something that is known to the store and does not count."""
        from sysgraph.history.deeds import set_aside

        if _IS_NAME.fullmatch(name) and (told := set_aside(name, self.store)):
            raise SetAside(name, told)


def _query_data(query: Query) -> dict[str, Any]:
    return {
        "name": query.name,
        "question": query.summary,
        "description": clean(query.description),
        "parameters": [
            {"name": each.name, "is": each.label, "of": compact(each.of or "") or each.type}
            for each in query.parameters
        ],
        "tags": list(query.tags),
    }


def _named(one: Named) -> str | dict[str, str]:
    return {"name": compact(one.iri), "label": one.text} if one.iri else one.text


def _shortened(data: dict[str, Any]) -> dict[str, str]:
    """Leave the first values of each property in place, and return what was left out."""
    left = {}
    for key in ("says", "said_of_it"):
        for number, one in enumerate(data[key]):
            if (more := len(one["values"]) - VALUES) > 0:
                left[f"{key}.{number}.values.{VALUES}-"] = f"{more} more"
                one["values"] = one["values"][:VALUES]
    return left


def _said(one: Statement) -> dict[str, Any]:
    return {"property": _named(one.by), "values": [_named(each) for each in one.values]}
