"""The practitioner's page: what you told us, where to start, what to do, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sysgraph.advice.board import Reason
from sysgraph.advice.cases import BETTER
from sysgraph.advice.certainty import Certainty, count_open
from sysgraph.advice.doing import (
    Chosen,
    ClosedWay,
    Fit,
    Leaning,
    Way,
    WhatToDo,
    who_leads,
)
from sysgraph.advice.frame import Facet, Frame, Method, Move, OpeningAnswer
from sysgraph.advice.robust import without_ground
from sysgraph.errors import clean
from sysgraph.language import (
    foreign,
    noted,
    say,
    source_of,
)
from sysgraph.pages.background import (
    ELSEWHERE,
    NOTHING,
    elsewhere_brief,
    finding_brief,
    finding_text,
)
from sysgraph.pages.blocks import Block, Item, Paragraph, part
from sysgraph.pages.evidence import (
    placing_question,
    whom_to_ask,
    why_not_counted,
)
from sysgraph.pages.hangs import hangs_on_lines
from sysgraph.pages.likest import case_line, failed_line, tally_line
from sysgraph.pages.phrases import (
    answer_said,
    begun,
    both,
    is_aim,
    part_on,
    quoted,
    rest_of,
    stopped,
    unstopped,
)
from sysgraph.pages.words import (
    People,
    as_clause,
    by_name,
    clause,
    counted,
    first_sentence,
    grouped,
    listing,
    lowered,
    sentence,
)
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.examine import Examination

__all__ = ["brief_blocks", "headline"]

_TOLD_WAYS = 3
_TOLD_STEPS = 3
_TOLD_CHANGES = 1
_TOLD_QUESTIONS = 2

_WEAK = (Leaning.AWAY, Leaning.POOR)
"""Where the facts speak against a way."""

_MINE = re.compile(r"(?:yours|you)\b", re.IGNORECASE)
"""How the answer begins to whether it is for whoever asks to lead, where it is."""

_WAYS = (
    *(noted("No ways are worth weighing: {ways}."), noted("One way is worth weighing: {ways}.")),
    noted("Two ways are worth weighing: {ways}."),
    noted("Three ways are worth weighing: {ways}."),
    noted("Four ways are worth weighing: {ways}."),
    noted("Five ways are worth weighing: {ways}."),
    noted("Six ways are worth weighing: {ways}."),
)

_LEANINGS = {
    Leaning.UNKNOWN: noted("you have told us too little to say"),
    Leaning.ONE_FACT: noted("points one way, but you have told us only one fact"),
    Leaning.STRONG: noted("a strong fit"),
    Leaning.TOWARDS: noted("leans towards it"),
    Leaning.EVEN: noted("the facts are evenly split"),
    Leaning.AWAY: noted("leans away from it"),
    Leaning.POOR: noted("a poor fit"),
}


def headline(examination: Examination) -> str:
    """Return where to begin, in a sentence or two.

    A case that the situation was taken from is said to be no evidence.
    """
    page = _Page(examination)
    return f"{page.start()}{page.what_came_of_it()}"


def brief_blocks(examination: Examination) -> Iterator[Block]:
    """Yield the practitioner's page below its title."""
    yield from _Page(examination).blocks()


class _Page:
    """The page on one situation, in the words of whoever asks."""

    def __init__(self, examination: Examination) -> None:
        self.examination = examination
        self.frame: Frame = examination.frame
        self.advice = examination.advice
        self.todo: WhatToDo = examination.to_do
        self.people = People.of(examination.situation)
        self.ways = self.todo.ways if len(self.todo.ways) <= _TOLD_WAYS else ()
        self.is_alone = len(self.ways) == 1
        # Then the first method is what to do first, with all that there is to say of it.
        self.is_begun = self.is_alone and self.ways[0].move is None

    def blocks(self) -> Iterator[Block]:
        is_case = bool(self.examination.situation.case)
        told = say("What is known of it") if is_case else say("What you told us")
        yield from part(told, self.told())
        yield from part(say("Where to start"), self.where())
        if self.todo.job is not None:
            return
        parts = (
            (say("What to do first"), self.first()),
            (say("One way to begin"), () if self.is_begun else self.how()),
            (say("Ask before you act"), self.ask()),
            (say("Most like yours"), self.alike()),
            (say(ELSEWHERE), elsewhere_brief(self.examination.elsewhere)),
            (say("The risk you run"), self.risks()),
            (say("What could change it"), self.changes()),
            (say("How sure are we"), self.sure()),
        )
        for heading, blocks in parts:
            found = list(blocks)
            if found:
                yield from part(heading, found)

    def name(self, kind: str) -> str:
        """Return what to call a type within a sentence, with the author's name for it."""
        entry = self.frame.types[kind]
        plain = lowered(entry.plain_name or entry.label)
        return say("{plain} (Taylor: {name})", plain=plain, name=foreign(entry.label))

    def short(self, kind: str) -> str:
        entry = self.frame.types[kind]
        return say("“{name}”", name=sentence(entry.plain_name or entry.label))

    def fact(self, facet: Facet, value: str) -> str:
        return self.people.put(clause(facet, value))

    # What you told us.

    def told(self) -> Iterator[Block]:
        said = self.examination.situation.opening
        own = [
            f"{start}: {said[name]}"
            for name, start in (
                ("which-system", say("What it is about")),
                ("who-affected", say("Who lives with it")),
                ("who-in-charge", say("Who is in charge")),
            )
            if said.get(name)
        ]
        given = ((say("You"), self.todo.role), (say("The job"), self.todo.job))
        own += [f"{start}: {lowered(each.answer)}" for start, each in given if each is not None]
        if own:
            yield Paragraph(" ".join(stopped(each) for each in own))
        for test, facets in grouped(self.advice.known, lambda facet: facet.test).items():
            start = self.test(test)
            if self.examination.situation.quotes:
                yield Item(f"{start}:")
                yield from (Item(f"{self.quoted(facet)}.", depth=2) for facet in facets)
            else:
                yield Item(f"{start} – {'; '.join(map(self.answer, facets))}.")
        if self.todo.job is None:
            yield Paragraph(self.not_told())

    def not_told(self) -> str:
        """Return what is not answered, and whether that could change what is named first."""
        count = len(self.advice.unknown)
        asked = f"{counted(count, 'question')} ({self.firmness()})" if count else ""
        role = say("where you stand, which would change what to do first and not what fits")
        if asked and self.todo.role is None:
            return say("Not answered: {questions}; and {role}.", questions=asked, role=role)
        if asked or self.todo.role is None:
            return say("Not answered: {what}.", what=asked or role)
        return say("You answered everything.")

    def answer(self, facet: Facet) -> str:
        return answer_said(facet, facet.values[self.examination.situation.facets[facet.id]])

    def quoted(self, facet: Facet) -> str:
        """Return an answer with the words of the description that it rests on."""
        quote = clean(self.examination.situation.quotes.get(facet.id, "")).rstrip(" .")
        answer = self.answer(facet)
        return say("{answer} – “{quote}”", answer=answer, quote=quote) if quote else answer

    # Where to start.

    def what_came_of_it(self) -> str:
        """Return how the case was judged that the situation was taken from, if it was."""
        own = self.examination.situation.case
        case = self.frame.cases.get(f"{PREFIXES['case']}{own}") if own else None
        if case is None:
            return ""
        judged = {"led": case.led, "working": case.working}
        told = listing(
            say("'{test}' {judgement}", test=self.test(test), judgement=said)
            for test, said in judged.items()
            if said
        )
        return say(
            " What came of it was judged: {judgements}; that was not used here.", judgements=told
        )

    def start(self) -> str:
        """Return the first line."""
        if self.todo.job is not None:
            return (
                f"{self.likeness(self.todo.job)}: {lowered(first_sentence(self.todo.job.route))}."
            )
        named = self.examination.named
        if not named:
            return self.nothing_open()
        if len(named) == len(self.advice.types):
            return say("Nothing you told us tells the ways of leading apart.")
        if len(named) == 1:
            return self.one_way(self.todo.ways[0])
        ways = listing(map(self.name, named), "or")
        if len(named) < len(_WAYS):
            return say(_WAYS[len(named)], ways=ways)
        return say("{n} ways are worth weighing: {ways}.", n=len(named), ways=ways)

    def one_way(self, way: Way) -> str:
        entry = self.frame.types[way.type]
        line = f" – {self.people.put(lowered(entry.one_line))}" if entry.one_line else "."
        told = f"{self.name(way.type)}{line}"
        weak = [quoted(self.test(each.test)) for each in way.fits if each.leaning in _WEAK]
        if not weak:
            return say("Start here: {way}", way=told)
        return say(
            "Worth weighing first, though the facts speak against it on {tests}: {way}",
            tests=listing(weak),
            way=told,
        )

    def nothing_open(self) -> str:
        if self.advice.front or not self.todo.closed:
            return say("Too little to go on yet.")
        moves = self.against_gates(self.todo.closed)
        if len(self.todo.closed) == 1:
            return say("The way that fits best is closed for now. First: {moves}.", moves=moves)
        return say("The ways that fit best are closed for now. First: {moves}.", moves=moves)

    def against_gates(self, closed: Iterable[ClosedWay]) -> str:
        """Return the first moves against what closes ways; nothing if there are none."""
        moves = [" ".join(move.steps) for each in closed for _, move in each.gates if move]
        return as_clause(self.people.put(" ".join(dict.fromkeys(moves))))

    def where(self) -> Iterator[Block]:
        looks = self.todo.looks_like
        if looks is not None:
            route = as_clause(self.people.put(looks.route))
            yield Paragraph(f"{self.likeness(looks)}: {route}.")
        yield Paragraph(headline(self.examination))
        job = self.todo.job
        if job is not None:
            # The first line has told the first sentence of the route.
            yield Paragraph(self.people.put(rest_of(job.route)))
            yield from self.otherwise()
            return
        for way in self.ways:
            lead = f"{self.short(way.type)}: " if not self.is_alone else ""
            is_first = way is self.ways[0]
            fits = [self.fit(each, explained=is_first) for each in way.fits]
            yield Item(f"{lead}{'; '.join(fits)}.")
        if self.is_alone:
            yield from self.why(self.ways[0])
        yield from self.in_the_running()
        for each in self.todo.closed:
            yield Item(self.closed(each), "!")
            if not self.advice.front:
                yield from self.path(each)
        if not self.ways:
            yield from self.next_question()

    def path(self, each: ClosedWay) -> Iterator[Block]:
        """Yield the steps that tend to open a way, if any are known; who leads is not said here."""
        plan = self.examination.plans[each.type].found
        if plan is None or not plan.steps:
            return
        yield Item(say("What tends to open it:"), depth=2)
        for place, step in enumerate(plan.steps, 1):
            facet, value = self.frame.values[step.effect.changes_to]
            given = listing(self.fact(self.frame.facets[n], v) for n, v in step.assumed.items())
            time = f" ({step.effect.takes})" if step.effect.takes else ""
            done = f"{step.effect.label}{time}"
            told = say("if {facts}: {step}", facts=given, step=done) if given else done
            parts = {"step": sentence(told), "fact": self.fact(facet, value.id)}
            if step.effect.is_choice:
                yield Item(say("{step}, choose that {fact}.", **parts), f"{place}.", 3)
            else:
                yield Item(say("{step}, until {fact}.", **parts), f"{place}.", 3)

    def in_the_running(self) -> Iterator[Block]:
        """Yield the types that come first on what is known, and might not on more."""
        named = self.examination.named
        others = [self.short(kind) for kind in self.advice.front if kind not in named]
        if others and len(others) < len(self.advice.types):
            yield Item(_running(others, is_more=bool(named)))

    def likeness(self, job: OpeningAnswer) -> str:
        return say("This looks like {job}", job=job.label)

    def otherwise(self) -> Iterator[Block]:
        """Yield what to say if the job is another one."""
        answers = self.frame.opening["job"].answers.values()
        others = [each for each in answers if not each.suggested]
        if others:
            more = as_clause(others[0].answer)
            yield Paragraph(
                say("If it is more than that ({more}), say so and ask again.", more=more)
            )

    def fit(self, fit: Fit, *, explained: bool) -> str:
        """Return how a type fits on a test, with what that asks where it is first named."""
        words = self.frame.test_words.get(fit.test)
        asked = f" ({lowered(words.wording)})" if words and explained else ""
        is_counted = fit.leaning in (Leaning.STRONG, Leaning.TOWARDS)
        told = say(_LEANINGS[fit.leaning]) if fit.leaning in _LEANINGS else fit.leaning
        if is_counted:
            facts = counted(fit.known, "fact")
            told = say("{fit} ({n} of {facts})", fit=told, n=fit.speaking, facts=facts)
        return f"{self.test(fit.test)}{self.people.put(asked)} – {told}"

    def test(self, name: str) -> str:
        words = self.frame.test_words.get(name)
        return words.plain_name if words else name

    def closed(self, each: ClosedWay) -> str:
        """Return that a way is closed, by what, and what would open it, in one sentence."""
        gates = [gate for gate, _ in each.gates]
        holds = listing(dict.fromkeys(lowered(first_sentence(g.message)) for g in gates))
        opens = "; ".join(dict.fromkeys(as_clause(gate.lift) for gate in gates))
        told = say(
            "{way} is closed while {facts}; it opens if: {opens}.",
            way=sentence(self.name(each.type)),
            facts=holds,
            opens=opens,
        )
        if self.advice.front:
            moves = self.against_gates([each])
            told += f" {say('First: {moves}.', moves=moves)}" if moves else ""
        return self.people.put(told)

    # What to do.

    def first(self) -> Iterator[Block]:
        for way in self.ways:
            name = f"{self.short(way.type)}. " if not self.is_alone else ""
            for caution, move in way.careful:
                told = say("Careful: {caution}", caution=caution.message)
                moves = as_clause(" ".join(move.steps)) if move else ""
                told += f" {say('First: {moves}.', moves=moves)}" if move else ""
                yield Item(self.people.put(told), "!")
            if way.move is not None:
                credit = by_name(way.move.ground, way.move.sources)
                stance = unstopped(self.people.put(way.move.stance))
                yield Paragraph(
                    name + say("{stance} ({credit}, untried).", stance=stance, credit=credit)
                )
                yield from self.steps(way.move)
            elif way.methods:
                yield from self.steps_of_method(way, name)
                if self.is_alone:
                    yield from self.how()
        yield from self.parts()

    def steps(self, move: Move) -> Iterator[Block]:
        yield from (Item(self.people.put(step)) for step in move.steps)

    def steps_of_method(self, way: Way, name: str) -> Iterator[Block]:
        chosen = way.methods[0]
        begin = say(
            "Begin with '{method}'{because}:",
            method=chosen.method.label,
            because=self.because(chosen),
        )
        yield Paragraph(f"{name}{begin}")
        for step in chosen.method.steps[: None if self.is_alone else _TOLD_STEPS]:
            yield Item(self.people.put(step))

    def parts(self) -> Iterator[Block]:
        """Yield who leads which part, where several ways come first."""
        pairs = who_leads(self.examination.combinations, [way.type for way in self.ways])
        brought = {one.brings: one for pair in pairs for one in pair.complements}
        told = [
            say(
                "more speaks for {way} where {fact}",
                way=self.short(kind),
                fact=self.fact(one.facet, one.value),
            )
            for kind, one in brought.items()
        ]
        if told:
            parts = "; ".join(told)
            yield Paragraph(say("They overlap, and can share the work: {parts}.", parts=parts))

    def how(self) -> Iterator[Block]:
        for way in self.ways:
            if not way.methods:
                continue
            chosen, *others = way.methods
            name = f"{self.short(way.type)}: " if not self.is_alone else ""
            names = [quoted(each.method.label) for each in others]
            instead = f" {say('Or: {methods}.', methods=listing(names, 'or'))}" if names else ""
            start = f"{chosen.method.label}{self.because(chosen)}"
            if self.is_alone:
                yield from self.begun(way, start)
                yield Paragraph(f"{self.method(chosen)}{instead}")
            elif way.move is not None:
                yield Paragraph(f"{name}{self.people.put(start)}.{instead}")
            elif names:
                yield Paragraph(name + say("other methods are {methods}.", methods=listing(names)))

    def begun(self, way: Way, start: str) -> Iterator[Block]:
        """Yield the steps of the first method, but where they are told as what to do first."""
        if way.move is not None:
            begin = sentence(start)
            if _MINE.match(source_of(way.move.stance)):
                yield Paragraph(say("{begin}. First two weeks:", begin=begin))
            else:
                yield Paragraph(say("{begin}. What those who lead it may do first:", begin=begin))
            yield from (Item(self.people.put(step)) for step in way.methods[0].method.steps)

    def because(self, chosen: Chosen) -> str:
        facts = [self.fact(facet, value.id) for facet, value in chosen.facts[:1]]
        return say(" (it suits this: {fact})", fact=facts[0]) if facts else ""

    def method(self, chosen: Chosen) -> str:
        """Return what a method needs, when it breaks and who describes it."""
        method = chosen.method
        told = say(
            "What it takes: {needs}. It fails when {breaks} ({credit}).",
            needs="; ".join(need for need in self.needs(method)),
            breaks=as_clause(method.breaks_when),
            credit=by_name(method.ground, method.sources[:1]),
        )
        return self.people.put(told)

    def needs(self, method: Method) -> Iterator[str]:
        for what, need in method.needs.items():
            if need:
                named = {"money": noted("money ({need})"), "mandate": noted("mandate ({need})")}
                yield say(named[what], need=need) if what in named else need

    def why(self, way: Way) -> Iterator[Block]:
        reasons = self.advice.types[way.type].supports
        told = next(filter(None, (self.reason(each, way.type) for each in reasons)), "")
        if told:
            yield Item(say("Why: {reason}", reason=told))

    def reason(self, reason: Reason, kind: str) -> str:
        """Return a reason for or against a type; nothing where it only speaks of other types."""
        one, number = reason.consideration, self.frame.types[kind].number
        why = part_on(one.why, number)
        if not why:
            return ""
        tested = "".join(f"; {finding_brief(each)}" for each in one.tests)
        return say(
            "{fact} – {why} ({credit}).",
            fact=self.fact(reason.facet, reason.value),
            why=self.named_by(why, number, kind),
            credit=f"{by_name(one.ground, one.sources[:1])}{tested}",
        )

    def named_by(self, why: str, number: int, kind: str) -> str:
        """Return a reason with our name for a type in the place of its number.

        A language may put a word before the name, where it has one before the number.
        """
        way = say("{way}", way=self.short(kind))
        return why.replace(say("type {n}", n=number), way).replace(f"type {number}", way)

    def ask(self) -> Iterator[Block]:
        against = [
            say("Against {way}: {reason}", way=self.short(way.type), reason=told)
            for way in self.ways
            if way.against and (told := self.reason(way.against, way.type))
        ]
        yield from (Item(told, "!") for told in against[:1])
        if not self.ways and not self.todo.closed:
            return
        # Of what is asked into, each source once: to this way and from within it.
        by_source = grouped(self.todo.ask, lambda each: each.question.source).values()
        questions = [alike[0] for alike in by_source][: 1 if against else _TOLD_QUESTIONS]
        asked = self.to_ask()
        people = listing(asked or [self.people.affected])
        if questions:
            told = say("Before you act, ask {people} what is and what should be:", people=people)
            yield Item(told, "?")
            for each in questions:
                told = sentence(each.question.asks)
                if each is questions[0]:
                    facet, value = each.facts[0]
                    fact = self.fact(facet, value.id)
                    told = say("{question}: here {fact}", question=told, fact=fact)
                yield Item(f"{told}.", depth=2)
        elif asked:
            yield Item(say("Before you act, ask {people}.", people=people), "?")
        for unplaced in self.examination.standpoints.unplaced[:1]:
            yield Item(placing_question(unplaced, self.examination.standpoints), "?")

    def to_ask(self) -> list[str]:
        """Return whom to ask before acting, but for those whom whoever asks is one of."""
        role = self.todo.role.id if self.todo.role else ""
        situation = self.examination.situation
        return whom_to_ask(self.examination.standpoints, situation, role)

    # Cases and risks.

    def alike(self) -> Iterator[Block]:
        for way in self.ways:
            found = self.examination.alike[way.type]
            if found.went_well is not None:
                case = found.went_well.case
                is_whole = case.led == case.working == "yes"
                start = say("Went well") if is_whole else say("Went well in part")
                yield Item(case_line(start, found.went_well))
            if found.failed is not None:
                yield Item(failed_line(found.failed), "x")
            name = f" ({self.short(way.type)})" if not self.is_alone else ""
            if found.went_well is None and found.failed is None:
                yield Item(
                    say("No case that we know is like yours and was led this way{name}.", name=name)
                )
            if self.is_alone:
                yield Item(f"{tally_line(self.examination.tallies[way.type].tallies)}.")

    def risks(self) -> Iterator[Block]:
        for way in self.ways:
            if way.risk is None:
                continue
            risk = way.risk.risk
            named = sentence(risk.label)
            if way.risk.raised_by:
                named = self.raised(named, way.risk.raised_by[0].iri)
            told = say(
                "{risk}. A sign: {sign}. What helps: {help}.",
                risk=named,
                sign=begun(risk.warning_sign),
                help=begun(risk.mitigation),
            )
            tested = "".join(f" {sentence(finding_text(each))}." for each in risk.tests[:1])
            yield Item(f"{self.people.put(told)}{tested}", "!")

    def raised(self, risk: str, iri: str) -> str:
        """Return a risk with what raises it."""
        if iri in self.frame.values:
            facet, value = self.frame.values[iri]
            fact = self.fact(facet, value.id)
            return say("{risk}, because {fact}", risk=risk, fact=fact)
        return say("{risk}, which people who stand where you do often meet", risk=risk)

    # What could change it.

    def changes(self) -> Iterator[Block]:
        if not self.ways:
            return
        if not self.advice.abstains:
            yield from self.changed_facts()
        yield from self.next_question()

    def changed_facts(self) -> Iterator[Block]:
        changes, named = self.examination.nearest_changes.found, self.examination.named
        leave = (each for each in changes if each.type in named and not each.joins)
        found = (each for each in leave if not is_aim(each))
        easiest = sorted(found, key=lambda each: each.changeable == "fixed")
        by_facts = grouped(easiest, lambda each: tuple(each.facets.items()))
        left = {
            facts: listing(self.short(each.type) for each in alike)
            for facts, alike in by_facts.items()
        }
        for leaving, ways in list(grouped(left, left.__getitem__).items())[:_TOLD_CHANGES]:
            facts = (self.fact(self.frame.facets[name], value) for name, value in ways[0])
            told = {"facts": both(facts), "ways": leaving}
            yield Item(say("If {facts}, {ways} would no longer come first.", **told))

    def next_question(self) -> Iterator[Block]:
        question = self.examination.question
        if question is not None:
            wording = self.frame.facets[question.facet].wording
            yield Item(say("Find out next: {question}", question=self.people.put(wording)), "?")

    # How sure.

    def sure(self) -> Iterator[Block]:
        if self.examination.elsewhere.found is None:
            yield Item(say(NOTHING))
        yield from map(Item, hangs_on_lines(self.examination, self.short))
        yield from map(Item, self.grounds())
        for claim in self.examination.claims:
            if not claim.counts:
                yield Item(why_not_counted(claim, self.examination.examiner.dissent), "!")
        record = self.frame.record
        if record is not None and all(told.verdict != BETTER for told in record.tests):
            yield Item(
                say(
                    "These are arguments; nobody has shown that following them makes success"
                    " likelier."
                )
            )
        elif record is not None:
            names = listing(told.test for told in record.tests if told.verdict == BETTER)
            told = say("Over past cases it foretold how they went only on '{tests}'.", tests=names)
            yield Item(told)

    def firmness(self) -> str:
        certainty = self.examination.certainty
        if not count_open(certainty):
            return say("none would change what follows")
        certain = [kind for kind, each in certainty.items() if each is Certainty.CERTAIN]
        if certain and certain == list(self.examination.named):
            return say("no answer changes what is named, some may add to it")
        return say("answers could change what follows")

    def grounds(self) -> Iterator[str]:
        # What hangs on our own judgement a reader must know; the rest is for researchers.
        prop = without_ground(self.examination.situation, self.frame, "reading")
        if prop is None or set(self.examination.named).isdisjoint(prop.leaves):
            return
        left = prop.front
        is_told = 0 < len(left) <= _TOLD_WAYS and not any(
            self.advice.types[kind].gates for kind in left
        )
        if not is_told:
            yield say("Leave out our own judgements, and the answer changes.")
            return
        ways = listing(map(self.short, left), "or")
        yield say("Leave out our own judgements, and the answer would be {ways}.", ways=ways)


def _running(others: list[str], *, is_more: bool) -> str:
    names = listing(others, "or")
    if is_more:
        return say("In the running beside it: {ways}; more answers would tell.", ways=names)
    return say("In the running so far: {ways}. Too little is known to name one first.", ways=names)
