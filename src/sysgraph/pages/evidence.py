"""What the cases show, who objects, and whose voice is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sysgraph.advice.cases import JudgementGround
from sysgraph.advice.dissent import KNOWLEDGE, POWER, Claim, Dissent, Label, Standpoints, Unplaced
from sysgraph.advice.evidence import Interval, Likened, OutcomeTally, OutcomeVerdict, TypeEvidence
from sysgraph.advice.frame import UNDERCUTS, Critique, Target, Voice
from sysgraph.errors import clean
from sysgraph.language import foreign, noted, say
from sysgraph.pages.blocks import Block, Item, Paragraph
from sysgraph.pages.words import AFFECTED, IN_CHARGE, People, counted, listing, sentence, short_name

if TYPE_CHECKING:
    from sysgraph.advice.situation import Situation

__all__ = [
    "ANYBODY_IN_CHARGE",
    "dissent_blocks",
    "evidence_blocks",
    "placing_question",
    "standpoints_blocks",
    "tally_sentence",
    "whom_to_ask",
    "why_not_counted",
]

_NAMES = {
    "critiques": noted("A critique within the case"),
    "outcome": noted("The judgement on the case"),
    "practice": noted("The classing of the case"),
    "readings": noted("A reading of the case"),
    "type": noted("The leadership type"),
    "value": noted("The facet value"),
}


def evidence_blocks(found: TypeEvidence) -> Iterator[Block]:
    """Yield what the cases of one type show: the counts, then the most similar, failures first."""
    if not found.count:
        yield Item("no case that counts is recorded")
    for tally in found.tallies.values() if found.count else ():
        yield Item(f"{sentence(tally.test)}: {tally_sentence(tally)}")
        safe = _overturned(tally)
        if safe:
            yield Paragraph(safe, 2)
    if found.alike_count and found.alike_count < found.count:
        share = "shares" if found.alike_count == 1 else "share"
        yield Paragraph(
            f"Of these, {counted(found.alike_count, 'case')} {share} at least half of what is known"
            " of your situation:",
            1,
        )
        for tally in found.alike.values():
            yield Item(f"{sentence(tally.test)}: {tally_sentence(tally)}", depth=2)
    for case in found.cases:
        yield from _case_blocks(case)
    if found.selected_count:
        is_one = found.selected_count == 1
        told = "1 more was" if is_one else f"{found.selected_count} more were"
        them = "it" if is_one else "them"
        yield Item(f"Not counted: {told} looked for because of what came of {them}.", "!")
    if found.attacked_count:
        names = "; ".join(f"{case.title} [{case.id}]" for case in found.attacked)
        more = found.attacked_count - len(found.attacked)
        end = f"; and {more} more" if more else ""
        yield Item(f"Attacked and undefended, so not counted: {names}{end}", "!")


def tally_sentence(tally: OutcomeTally) -> str:
    """Return in one sentence what cases tell of a test.

    >>> from sysgraph.advice.evidence import OutcomeTally
    >>> tally_sentence(OutcomeTally("led", 2, 0, 1, 0, {"contested": 1, "yes": 2}))
    '3 cases, 1 contested and 2 yes: too few to say.'
    """
    total = tally.known + tally.open
    said = listing(f"{count:,} {name}" for name, count in tally.judgements.items())
    text = f"{counted(total, 'case')}{', ' if said else ''}{said}"
    if tally.open:
        text += f" ({tally.open:,} leave it open)"
    if tally.verdict is OutcomeVerdict.TOO_FEW:
        return f"{text}: {tally.verdict}."
    return (
        f"{text}: {tally.verdict}. Of such cases {_span(tally.meeting)} may meet it in full and"
        f" {_span(tally.failing)} fail it (95%)."
    )


def _span(share: Interval) -> str:
    return f"{share.low:.0%} to {share.high:.0%}"


def _overturned(tally: OutcomeTally) -> str:
    """Say how many unseen failures would change the picture; nothing where failures lead."""
    if not tally.to_overturn:
        return "Failures are already more than cases that meet it in full." if tally.known else ""
    more = f"{tally.to_overturn} unseen failure{'s' * (tally.to_overturn > 1)}"
    text = f"{more} like these would make failures the more."
    if tally.to_doubt is not None:
        text += f" With {tally.to_doubt} it would be open whether more than half meet it."
    return text


def _case_blocks(entry: Likened) -> Iterator[Block]:
    case = entry.case
    failed = f" Failure on: {' and '.join(entry.failed)}." if entry.failed else ""
    mark = "x" if entry.failed else "·"
    yield Item(f"{case.title} [{case.id}]: led {case.led}, working {case.working}.{failed}", mark)
    for test, why in entry.why.items():
        told = f"{sentence(test)}: {clean(why).rstrip('.')}{_ground(entry.grounds.get(test))}."
        attacked = " This judgement stands attacked, and is not counted."
        yield Paragraph(told + attacked * (test in entry.unheeded), 2)
    alike = "; ".join(f"{e.facet.label}: {e.here.label}" for e in entry.shared) or "nothing"
    yield Paragraph(f"Shared: {alike}.", 2)
    if entry.differs:
        unlike = "; ".join(
            f"{e.facet.label}: here {e.here.label}, there {e.there.label}" for e in entry.differs
        )
        yield Paragraph(f"Differs: {unlike}.", 2)
    if entry.unknown:
        yield Paragraph(f"Not known there: {', '.join(f.label for f in entry.unknown)}.", 2)
    yield Paragraph(f"As evidence: {_grade(entry)}.", 2)


_WHOSE = {
    "yes": "by others than those who led",
    "no": "by those who led, or theirs",
    "unknown": "it is not known by whom",
}


def _ground(ground: JudgementGround | None) -> str:
    """Return, in brackets, how old a judgement is, whose, and whether it is about this case.

    >>> _ground(JudgementGround("2019", "no", "its-kind"))
    ' (judged 2019, by those who led, or theirs; from other cases of its kind)'
    """
    if ground is None or not (ground.judged or ground.independent):
        return ""
    told = [f"judged {ground.judged}" if ground.judged else "judged at a time not told"]
    if ground.independent:
        told.append(_WHOSE[ground.independent])
    kind = "; from other cases of its kind" if ground.about == "its-kind" else ""
    return f" ({', '.join(told)}{kind})"


def _grade(entry: Likened) -> str:
    parts = ["a citation was read" if entry.case.checked else "citations unchecked"]
    if entry.is_selected:
        parts.insert(0, "looked for because of what came of it")
    if entry.readings < 2:
        parts.append("one reading only")
    elif entry.disputed:
        names = ", ".join(facet.label for facet in entry.disputed)
        parts.append(f"its readings disagree on what is compared here ({names})")
    else:
        parts.append(f"its {entry.readings} readings agree on all that is compared here")
    if entry.standpoint:
        parts.append(f"compared as seen by: {entry.standpoint}")
    if entry.confidence:
        parts.append(f"confidence {entry.confidence}")
    return "; ".join(parts)


def dissent_blocks(claims: Iterable[Claim], found: Dissent) -> Iterator[Block]:
    """Yield what is said of some claims under critique, those that do not count first."""
    listed = sorted(claims, key=lambda claim: claim.target.iri)
    for counts, heading in (
        (False, "Somebody objects to this, and nobody has shown the objection wrong:"),
        (True, "This was spoken to as well, and stands:"),
    ):
        told = [claim for claim in listed if claim.counts is counts]
        if told:
            yield Paragraph(heading)
        for claim in told:
            yield from _claim_blocks(claim, found)


def _claim_blocks(claim: Claim, found: Dissent) -> Iterator[Block]:
    yield Item(f"{describe_target(claim.target)}: {_verdict(claim)}", " " if claim.counts else "!")
    for heading, critiques in (
        ("against it", claim.undercut_by),
        ("for it, which is shown and decides nothing", claim.supported_by),
        ("beside it", claim.beside),
    ):
        for critique in critiques:
            yield Item(f"{heading}: {_said(critique)} {_fate(critique, found)}", "-", 2)
            for answer in found.answers(critique):
                yield Item(f"in answer: {_said(answer)} {_fate(answer, found)}", "-", 3)


def _verdict(claim: Claim) -> str:
    stays = " as established; the warning stays, since watching for it costs little"
    but = stays if claim.target.kind == "risk" else ""
    if claim.label is Label.OUT:
        return f"it is shown, and does not count{but}."
    if claim.label is Label.UNDECIDED:
        return (
            "it is contested: the critique and its answer undercut each other. Until that is"
            f" settled it does not count{but}."
        )
    if claim.undercut_by:
        return "it was attacked, the attack was answered, and it counts."
    return "nobody attacks it, and it counts."


def why_not_counted(claim: Claim, found: Dissent) -> str:
    """Return in one sentence why a claim does not count: who objects, and that it stands."""
    live = [c for c in claim.undercut_by if found.label(c) is not Label.OUT]
    critique = live[0]
    more = say(" (and {n} more)", n=len(live) - 1) if len(live) > 1 else ""
    asks = critique.question.asks or critique.question.id
    parts = {
        "claim": describe_target(claim.target),
        "who": f"{critique.contributor or say('somebody')}{more}",
        "standpoint": foreign(critique.standpoint),
        "question": asks,
    }
    if found.answers(critique):
        return say(
            "{claim} does not count here: {who}, from the standpoint '{standpoint}', asks"
            " {question}, and no answer to it stands.",
            **parts,
        )
    return say(
        "{claim} does not count here: {who}, from the standpoint '{standpoint}', asks {question},"
        " and nobody has answered.",
        **parts,
    )


def describe_target(target: Target) -> str:
    """Return what a critique is about, in words.

    >>> describe_target(Target("https://w3id.org/sysgraph/risk/tokenism", "tokenism"))
    "The risk 'tokenism'"
    """
    kind, named = target.kind, foreign(target.label or target.iri)
    name = say(_NAMES[kind]) if kind in _NAMES else say("The {kind}", kind=foreign(kind))
    part = target.iri.rpartition("/")[2]
    if kind == "outcome":
        return say("{kind} '{name}' on the test '{test}'", kind=name, name=named, test=part)
    return say("{kind} '{name}'", kind=name, name=named)


def _said(critique: Critique) -> str:
    who = critique.contributor or "somebody who is not named"
    asks = critique.question.asks or critique.question.id
    verb = "is" if critique.asked == "is" else "ought to be"
    why = f" Because: {critique.why}" if critique.why else " No grounds are given."
    return (
        f"{sentence(who)}, from the standpoint '{critique.standpoint}', asks {asks} (what {verb}):"
        f' "{critique.says}"{why}'
    )


def _fate(critique: Critique, found: Dissent) -> str:
    if critique.stance != UNDERCUTS:
        return ""
    if not found.answers(critique):
        return "Nobody has answered."
    return {
        Label.IN: "The answer to it does not stand.",
        Label.OUT: "It is answered.",
        Label.UNDECIDED: "It and an answer undercut each other.",
    }[found.label(critique)]


_ASKED = 2
"""The most people who are named as those to ask."""


def standpoints_blocks(
    found: Standpoints, situation: Situation | None = None, role: str = ""
) -> Iterator[Block]:
    """Yield whom to ask before acting, who has spoken, and whose side is not known."""
    if asked := whom_to_ask(found, situation, role):
        yield Item(f"Before you act, ask: {listing(asked)}.", "?")
    for heard in found.voices:
        if heard.voice not in found.missing:
            critics = (f"a critique by {c.contributor or 'somebody'}" for c in heard.critiques)
            quoted = (f"'{text}'" for text in heard.standpoints)
            said = ", ".join(dict.fromkeys((*quoted, *critics)))
            yield Item(f"Heard of {_people(heard.voice)}: {said}.")
    for each in found.unplaced:
        yield Item(placing_question(each, found), "?")


ANYBODY_IN_CHARGE = noted("whoever can say no")

_LEADS, _AFFECTED = "leader", "community"
"""The roles of those who are in charge, or affected: they are not sent to ask themselves."""


def whom_to_ask(
    found: Standpoints, situation: Situation | None = None, role: str = ""
) -> list[str]:
    """Return whom to ask before acting: those named who have not spoken, and who can say no.

    Where nobody is named, those of one side are meant of whom nobody is known to have spoken, and
    those who are asked for what they know only where there are no others. With a situation,
    people go by the names that it gives them, and whoever has the ``role`` of some is not sent to
    them.
    """
    people = People.of(situation) if situation else People(say(AFFECTED), say(IN_CHARGE))
    is_told = situation is not None and people.affected != say(AFFECTED)
    told = situation.opening["who-affected"] if situation and is_told else ""
    named: list[str] = []
    for name in found.named[:_ASKED]:
        short = short_name(name) or people.affected
        if not _is_passed_over(short, told, people.affected, [*named, *_own(role, people)]):
            named.append(short)
    asked = named
    if not found.named and not found.unplaced:
        missing = [voice for voice in found.missing if voice.source != POWER]
        missing.sort(key=lambda voice: voice.source == KNOWLEDGE)
        asked = [say("some of {people}", people=_people(voice)) for voice in missing[:1]]
    if role != _LEADS and any(voice.source == POWER for voice in found.missing):
        is_named = people.in_charge != say(IN_CHARGE)
        asked = [*asked, people.in_charge if is_named else say(ANYBODY_IN_CHARGE)]
    return asked


def _own(role: str, people: People) -> list[str]:
    return [people.affected] if role == _AFFECTED else []


def _is_passed_over(name: str, told: str, affected: str, known: Iterable[str]) -> bool:
    """Tell whether a name is known already, or is only said beside a name.

    "Most of whom had no part", said beside those affected, names nobody.
    """
    small = name.lower()
    is_aside = small in told.lower() and small not in affected.lower()
    return is_aside or any(small in each.lower() for each in known)


def placing_question(each: Unplaced, found: Standpoints) -> str:
    """Return the question on which side somebody who has spoken stands."""
    sides = listing((_people(heard.voice) for heard in found.voices), "or")
    ours = listing(map(_people, each.may_be), "or")
    told = say(
        "'{who}': they have spoken, and we do not know on which side they stand. How are"
        " they placed in this? Are they {sides}? Several may be so.",
        who=each.words,
        sides=sides,
    )
    if not each.may_be:
        return told
    return f"{told} {say('We would say: {sides}; it depends on the change.', sides=ours)}"


def _people(voice: Voice) -> str:
    return voice.plain_name or voice.label
