"""Dissent: which claims stand under critique, what advice is without the rest, and the laws."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygarg.dung import solver

from shelf import copied
from shelf import readings as count_readings
from sysgraph.advice.board import Board, Standing, advise
from sysgraph.advice.dissent import (
    Dissent,
    Label,
    Standpoints,
    bearing,
    discount,
    dissent,
    grounded,
    missing_standpoints,
)
from sysgraph.advice.frame import BoundaryQuestion, Critique, Frame, Target
from sysgraph.advice.said import load_frame, make_frame, read_said
from sysgraph.advice.situation import Situation, situation_of, situations_of_case
from sysgraph.check import check_files
from sysgraph.intake import load
from sysgraph.library import load as load_library
from sysgraph.pages.blocks import text_of
from sysgraph.pages.evidence import dissent_blocks, standpoints_blocks, why_not_counted
from sysgraph.pages.objects import plain
from sysgraph.store.local import Store, memory
from sysgraph.terms import NAMESPACE, PREFIXES

Attacks = list[tuple[str, str]]

ORDER = [Label.OUT, Label.UNDECIDED, Label.IN]
NAMES = list("abcdef")
ATTACKS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=18)
WITNESS = BoundaryQuestion("witness", "who speaks for those affected but not involved")
SPONSOR = f"{NAMESPACE}consideration/purpose-origin-external-sponsor"


@pytest.fixture(scope="module")
def readings(frame: Frame) -> list[Situation]:
    ids = list(frame.cases.index().ids)
    found = [reading for case_id in ids for reading in situations_of_case(case_id, frame)]
    assert len(found) == sum(count_readings().values())
    return found


def critique(name: str, *about: str, stance: str = "undercuts", **more: str) -> Critique:
    targets = tuple(Target(iri) for iri in about)
    text = {"asked": "is", "standpoint": "affected, not involved", "says": "Nobody does.", **more}
    return Critique(iri_of(name), targets, WITNESS, stance=stance, **text)


def iri_of(name: str) -> str:
    return f"{NAMESPACE}critique/{name}"


def under(frame: Frame, *critiques: Critique) -> tuple[Frame, Dissent]:
    """Return a frame as it counts under some critiques, and what they come to."""
    criticised = replace(frame, critiques=list(critiques))
    found = dissent(criticised)
    return discount(criticised, found), found


# The labelling.


def complete_extensions(names: list[str], attacks: Attacks) -> Iterator[set[str]]:
    """Yield the sets that do not attack themselves and hold exactly what they defend."""
    pairs = set(attacks)
    for size in range(len(names) + 1):
        for chosen in map(set, combinations(names, size)):
            beaten = {target for source, target in pairs if source in chosen}
            defended = {
                name for name in names if all(s in beaten for s, target in pairs if target == name)
            }
            if not chosen & beaten and chosen == defended:
                yield chosen


def check_labels(names: list[str], attacks: Attacks) -> None:
    labels = grounded(names, attacks)
    accepted = {name for name in names if labels[name] is Label.IN}
    assert accepted == set.intersection(*complete_extensions(names, attacks))
    assert accepted == set(solver.compute_grounded_extension(names, [[*p] for p in set(attacks)]))
    beaten = {target for source, target in attacks if source in accepted}
    assert {name for name in names if labels[name] is Label.OUT} == beaten


@pytest.mark.slow
def test_labels_are_those_of_brute_force_and_of_pygarg_on_all_small_frameworks() -> None:
    for size in (1, 2, 3):
        names = NAMES[:size]
        pairs = list(product(names, names))
        for chosen in product((False, True), repeat=len(pairs)):
            check_labels(names, [pair for pair, on in zip(pairs, chosen, strict=True) if on])


@given(ATTACKS)
def test_labels_are_those_of_brute_force_and_of_pygarg(attacks: Attacks) -> None:
    check_labels(NAMES, attacks)


@given(ATTACKS)
def test_pygarg_finds_the_same_by_a_solver_for_satisfiability(attacks: Attacks) -> None:
    labels = grounded(NAMES, attacks)
    complete = solver.extension_enumeration(NAMES, [[*pair] for pair in set(attacks)], "CO")
    assert {n for n in NAMES if labels[n] is Label.IN} == set.intersection(*map(set, complete))


@given(ATTACKS, st.sampled_from(NAMES))
def test_an_unanswered_attack_never_raises_what_it_attacks(attacks: Attacks, name: str) -> None:
    before = grounded(NAMES, attacks)
    after = grounded(NAMES, [*attacks, ("objection", name)])
    assert after[name] is Label.OUT
    assert ORDER.index(after[name]) <= ORDER.index(before[name])


@given(ATTACKS, st.sampled_from(NAMES))
def test_an_answer_restores_every_label(attacks: Attacks, name: str) -> None:
    answered = [*attacks, ("objection", name), ("answer", "objection")]
    after = grounded(NAMES, answered)
    assert {each: after[each] for each in NAMES} == grounded(NAMES, attacks)


def test_a_circle_decides_nothing() -> None:
    labels = grounded([], [("a", "b"), ("b", "a"), ("b", "c"), ("d", "d")])
    assert labels == dict.fromkeys("abcd", Label.UNDECIDED)


# What follows for advice.


def test_nothing_is_left_out_where_nobody_objects(frame: Frame) -> None:
    assert dissent(frame) == Dissent()
    assert discount(frame, dissent(frame)) is frame


def standings(frame: Frame, kind: str, test: str, places: Iterable[Situation]) -> list[Standing]:
    return [frame.board.standing(kind, test, place.facets) for place in places]


@pytest.mark.slow
def test_an_attack_on_a_support_never_raises_a_standing(
    frame: Frame, readings: list[Situation]
) -> None:
    """Over all considerations, the types they support, and all readings of the shipped cases."""
    tests = {value.iri: f.test for f in frame.facets.values() for value in f.values.values()}
    tried = 0
    for consideration in frame.considerations:
        counted, found = under(frame, critique("c", consideration.iri))
        assert [claim.label for claim in found.claims] == [Label.OUT]
        test = tests[consideration.value]
        for kind in consideration.supports:
            pairs = zip(
                standings(frame, kind, test, readings),
                standings(counted, kind, test, readings),
                strict=True,
            )
            for before, after in pairs:
                tried += 1
                assert after.low <= before.low
                assert after.high <= before.high
                assert after.known_share == before.known_share
                assert (after.value is None) == (before.value is None)
                assert (after.value or 0) <= (before.value or 0)
    supported = sum(len(each.supports) for each in frame.considerations)
    assert tried == len(readings) * supported > 0


def test_an_attack_on_a_support_brings_no_type_onto_the_front(
    frame: Frame, readings: list[Situation]
) -> None:
    board = Board.of(frame)
    for consideration in frame.considerations:
        counted = Board.of(under(frame, critique("c", consideration.iri))[0])
        for reading in readings:
            joined = counted.front(reading.facets) - board.front(reading.facets)
            assert not joined & consideration.supports


@pytest.mark.slow
def test_an_answered_attack_leaves_the_very_same_advice(
    frame: Frame, readings: list[Situation]
) -> None:
    for consideration in frame.considerations:
        objection = critique("objection", consideration.iri)
        counted, found = under(frame, objection, critique("answer", objection.iri))
        assert found.labels[consideration.iri] is Label.IN
        assert counted.considerations == frame.considerations
        assert counted.cases is frame.cases
    for reading in readings:
        assert advise(reading, counted) == advise(reading, frame)


@pytest.mark.slow
def test_the_other_test_and_other_facets_are_as_before(
    frame: Frame, readings: list[Situation]
) -> None:
    counted, _ = under(frame, critique("c", SPONSOR))
    for reading in readings:
        before, after = advise(reading, frame), advise(reading, counted)
        changed = reading.facets.get("purpose-origin") == "external-sponsor"
        for kind in frame.types:
            assert before.types[kind].standings["working"] == after.types[kind].standings["working"]
            if not changed:
                led = (each.types[kind].standings["led"].value for each in (before, after))
                assert len(set(led)) == 1


def test_worked_by_hand_an_attack_takes_the_reason_away(frame: Frame) -> None:
    situation = situation_of(
        {"purpose-origin": "external-sponsor", "authority-locus": "external"}, frame
    )
    counted, found = under(frame, critique("c", SPONSOR))
    before = advise(situation, frame).types["externally-driven"]
    after = advise(situation, counted).types["externally-driven"]
    assert [reason.consideration.iri for reason in before.supports if reason not in after.supports]
    assert not found.counts(SPONSOR)
    assert [reason.facet.id for reason in after.supports] == [
        reason.facet.id for reason in before.supports if reason.consideration.iri != SPONSOR
    ]


def test_support_and_what_takes_no_side_change_nothing(frame: Frame) -> None:
    said = [critique("s", SPONSOR, stance="supports"), critique("n", SPONSOR, stance="")]
    counted, found = under(frame, *said)
    assert found.fallen == ()
    (claim,) = found.claims
    assert (claim.counts, claim.supported_by, claim.beside) == (True, (said[0],), (said[1],))
    assert counted.considerations == frame.considerations
    text = " ".join(text_of(dissent_blocks(found.claims, found)).split())
    assert "nobody attacks it, and it counts." in text
    assert "for it, which is shown and decides nothing:" in text
    # Nor does support defend.
    _, found = under(frame, *said, critique("c", SPONSOR))
    assert not found.counts(SPONSOR)


def test_two_that_undercut_each_other_leave_the_claim_contested(frame: Frame) -> None:
    both = [critique("a", SPONSOR, iri_of("b")), critique("b", iri_of("a"))]
    counted, found = under(frame, *both)
    (claim,) = found.claims
    assert (claim.label, claim.counts) == (Label.UNDECIDED, False)
    assert len(counted.considerations) == len(frame.considerations) - 1
    assert "is contested" in text_of(dissent_blocks(found.claims, found)).replace("\n", " ")


def test_a_caution_or_effect_that_stands_attacked_is_left_out_and_a_risk_stays(
    frame: Frame,
) -> None:
    caution, effect, risk = frame.cautions[0], frame.effects[0], next(iter(frame.risks.values()))
    counted, found = under(frame, critique("c", caution.iri, risk.iri), critique("e", effect.iri))
    assert caution not in counted.cautions
    assert counted.effects == frame.effects[1:]
    assert counted.risks == frame.risks
    fallen = {claim.target.iri for claim in found.fallen}
    assert fallen == {caution.iri, effect.iri, risk.iri}
    text = " ".join(text_of(dissent_blocks(found.claims, found)).split())
    assert "watching for it costs little" in text


def test_what_bears_on_a_situation_leaves_out_idle_considerations(frame: Frame) -> None:
    risk = next(iter(frame.risks.values()))
    _, found = under(frame, critique("c", SPONSOR, risk.iri, frame.cautions[0].iri))
    facets = {"purpose-origin": "external-sponsor"}
    inside = bearing(found, situation_of(facets, frame), frame)
    outside = bearing(found, Situation("nothing"), frame)
    assert {claim.target.kind for claim in inside} == {"consideration", "risk"}
    assert {claim.target.kind for claim in outside} == {"risk"}


def test_cases_classifications_and_judgements_that_stand_attacked(frame: Frame) -> None:
    case = PREFIXES["case"]
    counted, found = under(
        frame,
        critique("whole", f"{case}npfit"),
        critique("class", f"{case}nhs-stps/practice", f"{case}nowhere/practice"),
        critique("judged", f"{case}bristol-pound/outcome/led"),
        critique("seen", f"{case}bristol-pound/readings/1"),
    )
    stps = frame.cases[f"{case}nhs-stps"].type
    assert found.cases == {"npfit"}
    assert found.classifications == {("nhs-stps", stps)}
    assert found.judgements == {("bristol-pound", "led")}
    assert not found.counts(f"{case}bristol-pound/readings/1")
    before, after = (advise(Situation("any"), each).types for each in (frame, counted))
    kind = frame.cases[f"{case}npfit"].type
    lost = {name: before[name].case_count - after[name].case_count for name in frame.types}
    assert sum(lost.values()) == 2
    assert lost[kind] >= 1
    assert lost[stps] >= 1
    listed = {evidence.case.id for entry in after.values() for evidence in entry.cases}
    assert not listed & {"npfit", "nhs-stps"}
    for one, other in combinations(frame.types, 2):
        both = [each.cases.lookup(()).of_both(one, other) for each in (frame, counted)]
        stays = both[0] & ~frame.cases.index().rows_of_case("npfit")
        if stps in (one, other):
            stays &= ~frame.cases.index().rows_of_case("nhs-stps")
        assert both[1] == stays
    assert len(counted.cases) == len(frame.cases)
    assert counted.cases[f"{case}npfit"].title == frame.cases[f"{case}npfit"].title


# From a file to the page.


CRITIQUES = f"""critiques:
- about: {SPONSOR}
  question: beneficiary
  asked: is
  standpoint: affected, not involved
  stance: undercuts
  says: The sponsor benefits first.
  why: It says so in its annual report.
- about: {PREFIXES["case"]}our-case/critiques/1
  question: guarantor
  asked: ought
  standpoint: the coders
  stance: undercuts
  says: A report is no proof.
  contributor: {{name: Ann}}
"""


@pytest.mark.slow
def test_critiques_of_a_case_file_reach_the_page(library: Store, tmp_path: Path) -> None:
    text = copied("our-case")
    file = tmp_path / "our-case.yaml"
    file.write_text(text + CRITIQUES)
    cases, findings = check_files([file])
    assert [(f.demand, f.line) for f in findings if "critique" in (f.field or "critique")] == [
        ("shape:Critique-why", len(text.splitlines()) + 9)
    ]
    store = memory(load_library().store)
    load(cases, store)
    frame = load_frame(store)
    first, second = frame.critiques
    assert first.about == (Target(SPONSOR, label_of(library, SPONSOR)),)
    assert (first.question.id, first.question.asks) == (
        "beneficiary",
        "who benefits from the change",
    )
    assert first.contributor == "The sysgraph founders"
    assert (second.contributor, second.asked, second.why) == ("Ann", "ought", "")
    found = dissent(frame)
    assert found.label(first) is Label.OUT
    assert found.counts(SPONSOR)
    text = " ".join(text_of(dissent_blocks(found.claims, found)).split())
    assert "it was attacked, the attack was answered, and it counts." in text
    assert (
        "Ann, from the standpoint 'the coders', asks who or what people count on to make it work"
        in text
    )
    again = make_frame(json.loads(json.dumps(read_said(store))), store)
    assert again.critiques == frame.critiques
    assert again.voices == frame.voices


def label_of(store: Store, iri: str) -> str:
    query = f"SELECT ?label WHERE {{ <{iri}> <{PREFIXES['rdfs']}label> ?label }}"
    return next(store.select(query).texts())["label"]


def test_dissent_as_data(frame: Frame) -> None:
    _, found = under(frame, critique("c", SPONSOR, why="Seen."), critique("s", SPONSOR, stance=""))
    data = json.loads(json.dumps(plain(found)))
    assert [(each["id"], each["stance"], each["standing"]) for each in data["critiques"]] == [
        (iri_of("c"), "undercuts", "in"),
        (iri_of("s"), None, "in"),
    ]
    (claim,) = data["claims"]
    assert (claim["standing"], claim["counts"], claim["beside"]) == ("out", False, [iri_of("s")])
    assert data["not_counted"] == {"cases": [], "classifications": [], "judgements": []}


def test_the_page_says_that_nobody_has_answered(frame: Frame) -> None:
    _, found = under(
        frame,
        critique("c", SPONSOR, contributor="X", standpoint="affected, not involved", why="Seen."),
        critique("d", SPONSOR),
        critique("answer", iri_of("d")),
        critique("again", iri_of("answer")),
    )
    text = " ".join(text_of(dissent_blocks(found.claims, found)).split())
    assert "it is shown, and does not count." in text
    assert "X, from the standpoint 'affected, not involved', asks who speaks for those" in text
    assert "Because: Seen. Nobody has answered." in text
    assert "The answer to it does not stand." in text
    assert list(dissent_blocks((), found)) == []
    assert why_not_counted(found.claims[0], found).endswith(
        "does not count here: X (and 1 more), from the standpoint 'affected, not involved',"
        " asks who speaks for those affected but not involved, and nobody has answered."
    )
    _, found = under(frame, *found.critiques[1:])
    assert why_not_counted(found.claims[0], found).endswith("and no answer to it stands.")


# Whose standpoint is missing.


def missing(situation: Situation, frame: Frame, *standpoints: str) -> list[str]:
    found = missing_standpoints(situation, frame, dissent(frame), standpoints)
    return [voice.id for voice in found.missing]


def test_whoever_has_not_spoken_is_missing(frame: Frame) -> None:
    nowhere = Situation("nowhere")
    everyone = ["beneficiary", "decision-maker", "expert", "witness"]
    assert missing(nowhere, frame) == everyone
    assert missing(nowhere, frame, "general", "those affected") == everyone[:3]
    assert missing(nowhere, frame, "a minister", "users", "the affected", "a researcher") == []


def test_critiques_speak_where_they_bear_on_the_situation(frame: Frame) -> None:
    risk, case = next(iter(frame.risks.values())).iri, f"{PREFIXES['case']}npfit"
    sponsored = situation_of({"purpose-origin": "external-sponsor"}, frame)
    criticised = replace(
        frame,
        critiques=[
            critique("a", SPONSOR),
            critique("b", risk, SPONSOR, standpoint="an expert"),
            critique("c", iri_of("b"), standpoint="those in charge", stance="supports"),
            critique("d", case, standpoint="users"),
        ],
    )
    assert missing(sponsored, criticised) == ["beneficiary"]
    assert missing(Situation("nowhere"), criticised) == ["beneficiary", "witness"]
    (reading, _) = situations_of_case("npfit", frame)
    assert "beneficiary" not in missing(reading, criticised)


def test_more_standpoints_never_leave_more_missing(frame: Frame) -> None:
    words = [voice.words[-1] for voice in frame.voices]
    for size in range(len(words) + 1):
        for chosen in combinations(words, size):
            gaps = missing(Situation("any"), frame, *chosen)
            assert len(gaps) == len(words) - size
            for word in words:
                assert set(missing(Situation("any"), frame, *chosen, word)) <= set(gaps)


def heard(situation: Situation, frame: Frame, *standpoints: str) -> Standpoints:
    return missing_standpoints(situation, frame, dissent(frame), standpoints)


def told(found: Standpoints) -> str:
    return " ".join(text_of(standpoints_blocks(found)).split())


def test_the_page_says_whom_to_ask_and_who_was_heard(frame: Frame) -> None:
    criticised = replace(frame, critiques=[critique("b", SPONSOR, standpoint="an expert")])
    sponsored = situation_of({"purpose-origin": "external-sponsor"}, frame)
    found = heard(sponsored, criticised, "the council and tenants")
    text = told(found)
    assert "Before you act, ask: some of those who live with it and had no part." in text
    assert "Heard of those who can say yes or no: 'the council'." in text
    assert "Heard of those it is meant to help: 'tenants'." in text
    assert "Heard of those asked for what they know: a critique by somebody." in text
    data = json.loads(json.dumps(plain(found)))
    assert data["missing"] == ["witness"]
    assert data["voices"][2]["critiques"] == [iri_of("b")]


def test_people_who_were_named_and_have_not_spoken_are_to_be_asked(frame: Frame) -> None:
    named = Situation(
        "s",
        text="The council closes a school. Parents and neighbours were told by the mayor.",
        opening={"who-affected": "pupils at the school, dinner ladies, some pupils"},
    )
    found = heard(named, frame)
    assert found.named == ("pupils at the school", "dinner ladies", "parents", "neighbours")
    assert "Before you act, ask: pupils at the school, dinner ladies and whoever can say no." in (
        told(found)
    )
    spoken = heard(named, frame, "the dinner ladies", "some parents", "the council")
    assert spoken.named == ("pupils at the school", "neighbours")
    assert "Before you act, ask: pupils at the school and neighbours." in told(spoken)


def test_whoever_tells_much_of_those_affected_is_searched_for_known_words(frame: Frame) -> None:
    words = "we have about forty tenants who never came to any of the meetings"
    assert heard(Situation("s", opening={"who-affected": words}), frame).named == ("tenants",)


def test_of_people_whose_side_is_not_known_it_is_asked(frame: Frame) -> None:
    found = heard(Situation("s"), frame, "pensioners", "our members", "tenants")
    assert [(one.words, [v.id for v in one.may_be]) for one in found.unplaced] == [
        ("our members", ["beneficiary", "decision-maker"]),
        ("pensioners", []),
    ]
    text = told(found)
    assert "Nobody" not in text
    assert (
        "'pensioners': they have spoken, and we do not know on which side they stand. How are they"
        " placed in this? Are they those it is meant to help, those who can say yes or no, those"
        " asked for what they know or those who live with it and had no part? Several may be so."
    ) in text
    assert (
        "We would say: those it is meant to help or those who can say yes or no; it depends on the"
        " change."
    ) in text
    # Whoever they are, they may be those who live with it; only who can say no is sure to be asked.
    assert "Before you act, ask: whoever can say no." in text
    data = json.loads(json.dumps(plain(found)))
    assert data["unplaced"][1] == {"words": "pensioners", "may_be": []}


def test_what_the_person_says_of_people_goes_before_the_lists(frame: Frame) -> None:
    answered = Situation("s", voices={"members": ("witness",), "parents": ("decision-maker",)})
    found = heard(answered, frame, "our members", "parents of pupils")
    assert found.unplaced == ()
    assert [voice.id for voice in found.missing] == ["beneficiary", "expert"]
    unsure = heard(Situation("s", voices={"our members": ()}), frame, "our members")
    assert unsure.unplaced == ()
    assert len(unsure.missing) == len(frame.voices)
