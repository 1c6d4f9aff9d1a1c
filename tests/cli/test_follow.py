"""The life of a follow-up: advised, kept, filled in, checked, loaded, and told in the record."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from calling import Call
from shelf import ROOT
from sysgraph.case.compile import tell
from sysgraph.case.read import read
from sysgraph.check import check_files
from sysgraph.errors import Severity
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv, write_json, write_workbook, write_yaml
from sysgraph.rdf import Format, merge
from sysgraph.turtle import serialize

TENANTS = ROOT / "docs" / "tenants.yaml"
VOCABULARY = Ontology.load().vocabulary
SEEN_BY_TWO = """\
id: our-park
title: Our park
situation: The council shuts the park. Nobody was asked, say the neighbours.
facets:
  authority-locus: {value: concentrated, quote: The council shuts the park}
  purpose-origin:
  - {standpoint: the neighbours, value: movement, quote: Nobody was asked}
  - {standpoint: the mayor, value: incumbents, quote: The council shuts the park}
"""


def tree_of(path: Path) -> dict[str, Any]:
    found = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def kept(tmp_path: Path, call: Call) -> Path:
    """A follow-up of the tenants, as it was written."""
    path = tmp_path / "tenants.yaml"
    assert call("follow-up", TENANTS, "--out", path).code == 0
    return path


def filled_in(kept: Path, primary: str = "organic", day: str = "2024-05-01") -> Path:
    """The same, as if it had been written in 2024 and filled in when two years had gone."""
    tree = tree_of(kept)
    outcome = {"why": "So the tenants' union reports.", "judged": "2025", "about": "this-case"}
    first = {**tree["readings"][0], "standpoint": "the tenants"}
    first["facets"] = {
        name: {"value": seen["value"], "confidence": "high", "why": "So it was described."}
        for name, seen in first["facets"].items()
    }
    second = {"standpoint": "those affected", "facets": {"stakes": first["facets"]["stakes"]}}
    tree |= {
        "countries": ["GB"],
        "place": "A town",
        "scale": "local",
        "start": "2024",
        "sectors": ["housing"],
        "driver": "The tenants",
        "authority": "The fund",
        "practice": {"primary": primary, "why": "They led themselves."},
        "outcome": {
            "led": {"judgement": "yes", "independent": "yes", **outcome},
            "working": {"judgement": "mixed", "independent": "no", **outcome},
        },
        "readings": [first, second],
        "citations": [
            {
                "authors": "A Writer",
                "title": "On the tenants",
                "url": "https://example.org/tenants",
                "read": "true",
                "part": "whole",
            }
        ],
        "confidence": "high",
        "contributor": {"name": "Anna"},
        "contributed": "2026-01-01",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    tree["advice"]["advised"] = day
    path = kept.with_name("filled.json")
    path.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    return path


def test_it_keeps_what_was_answered_and_advised(kept: Path, call: Call) -> None:
    tree = tree_of(kept)
    asked = yaml.load(TENANTS.read_text(encoding="utf-8"), yaml.BaseLoader)
    (reading,) = tree["readings"]
    assert {name: seen["value"] for name, seen in reading["facets"].items()} == asked["facets"]
    assert (tree["id"], tree["title"]) == ("tenants", asked["title"])
    assert tree["summary"] == " ".join(asked["situation"].split())
    (answer,) = json.loads(call("advise", TENANTS, "--format", "json").out)
    advice = tree["advice"]
    assert advice["in-running"] == answer["front"]
    assert set(advice["named-first"]) <= set(answer["front"])
    assert advice["advised"] == datetime.now(UTC).date().isoformat()
    assert advice["version"] == Ontology.load().editions.version
    assert not {*advice["closed"]} & {*answer["front"]}


def test_it_says_where_it_wrote_and_when_to_come_back(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call("follow-up", TENANTS)
    assert (said.code, said.out) == (0, "")
    told = " ".join(said.err.split())
    assert "Wrote follow-up-tenants.yaml." in told
    assert f"Come back in {datetime.now(UTC).year + 1} at the earliest" in told
    assert "sysgraph validate follow-up-tenants.yaml" in told
    assert (tmp_path / "follow-up-tenants.yaml").exists()


def test_until_it_is_filled_in_every_blank_is_told_and_it_is_not_loaded(
    kept: Path, tmp_path: Path, call: Call
) -> None:
    said = call("validate", kept)
    assert said.code == 1
    for blank in ("practice.primary", "outcome.led.judgement", "outcome.working.why"):
        assert f"{blank}: Every" in said.out
    store = tmp_path / "store"
    assert call("load", kept, "--store", store).code == 1
    assert "tenants" not in call("query", "case-states", "--store", store).out


@pytest.mark.slow
def test_the_whole_life_to_the_record_and_back(kept: Path, tmp_path: Path, call: Call) -> None:
    path, store, out = filled_in(kept), tmp_path / "store", tmp_path / "out.ttl"
    said = call("validate", path)
    assert (said.code, said.out) == (0, "1 case: conforms (0 violations, 0 warnings).\n"), said.out
    assert call("load", path, "--store", store).code == 0
    record = call("backtest", "--store", store, "--rounds", 100)
    assert "1 case was advised first and judged in a later year." in record.out
    told = json.loads(call("backtest", "--store", store, "--rounds", 100, "--format", "json").out)
    named, *others = told["asked_before"]["ways"]
    assert (named["cases"], [way["cases"] for way in others]) == (1, [0, 0])
    led, working = named["outcomes"]
    assert (led["met"], led["by_others"]["met"], led["verdict"]) == (1, 1, "too few to say")
    assert (working["partly"], working["by_those_who_led"]["partly"]) == (1, 1)
    row = call("query", "advised-cases", "--store", store, "--format", "csv").out
    assert "tenants,Tenants facing mass eviction,2024-05-01" in row
    assert "organic,named first,led,yes,2025,judged by others" in row
    assert (
        call(
            "export", "--store", store, "--what", "cases", "--format", "turtle", "--output", out
        ).code
        == 0
    )
    (before,) = read(path, VOCABULARY)
    after = {case.case_id: case for case in read(out, VOCABULARY)}["tenants"]
    assert {*merge(before.quads)} == {*merge(after.quads)}


def test_where_none_was_advised_the_record_says_so(call: Call) -> None:
    said = json.loads(call("backtest", "--rounds", 100, "--format", "json").out)["asked_before"]
    assert said["says"] == (
        "No case here was advised first and judged later. Only such cases can test advice;"
        " 'sysgraph follow-up' begins one."
    )
    assert (said["cases"], said["waiting"], said["ways"]) == (0, 0, [])


@pytest.mark.parametrize(
    "name", ["one.csv", "one.xlsx", "one.json", "one.yaml", "one.ttl", "one.nq"]
)
def test_an_advice_goes_through_every_format_unchanged(
    name: str, kept: Path, tmp_path: Path
) -> None:
    (case,) = read(filled_in(kept), VOCABULARY)
    tree = tell(case.quads, case.case_id, VOCABULARY)
    written = {
        "csv": lambda: b"".join(write_csv(lambda: [tree], VOCABULARY)),
        "xlsx": lambda: write_workbook([tree], Ontology.load()),
        "json": lambda: b"".join(write_json([tree])),
        "yaml": lambda: b"".join(write_yaml([tree])),
        "ttl": lambda: serialize(case.quads, Format.TURTLE),
        "nq": lambda: serialize(case.quads, Format.NQUADS),
    }
    path = tmp_path / name
    path.write_bytes(written[path.suffix[1:]]())
    (again,) = read(path, VOCABULARY)
    assert not again.findings
    assert {*merge(case.quads)} == {*merge(again.quads)}


@pytest.mark.parametrize(
    ("key", "value", "severity", "said"),
    [
        ("advised", "2026-05-01", Severity.VIOLATION, "What came of it was judged before"),
        ("advised", "2999-05-01", Severity.WARNING, "no advice can have been given on it"),
        ("rules", "f" * 63, Severity.VIOLATION, "64 signs"),
        ("rules", "F" * 64, Severity.VIOLATION, "64 signs"),
        ("version", None, Severity.VIOLATION, "which version of sysgraph"),
        ("named-first", ["facilitative"], Severity.VIOLATION, "in the running as well"),
        ("closed", ["organic"], Severity.VIOLATION, "in the running that was closed"),
    ],
)
def test_what_cannot_be_so_is_told_in_plain_words(
    key: str, value: Any, severity: Severity, said: str, kept: Path
) -> None:
    path = filled_in(kept)
    tree = tree_of(path)
    tree["advice"][key] = value
    path.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    _, findings = check_files([path])
    (found,) = [one for one in findings if said in one.message]
    assert found.severity is severity
    assert found.field is not None
    assert found.field.startswith("advice.")
    assert found.line is not None


def test_who_sees_it_otherwise_is_kept_and_the_advised_one_comes_first(
    tmp_path: Path, call: Call
) -> None:
    source, out = tmp_path / "park.yaml", tmp_path / "out.yaml"
    source.write_text(SEEN_BY_TWO, encoding="utf-8")
    said = call("follow-up", source, "--out", out)
    assert (said.code, out.exists()) == (2, False)
    assert "the neighbours and the mayor see this differently" in " ".join(said.err.split())
    assert "--standpoint" in said.err
    wrong = call("follow-up", source, "--standpoint", "the mayer", "--out", out)
    assert wrong.code == 2
    assert "(named: the neighbours, the mayor)" in wrong.err
    assert call("follow-up", source, "--standpoint", "The Mayor", "--out", out).code == 0
    mayor, neighbours = tree_of(out)["readings"]
    assert (mayor["standpoint"], neighbours["standpoint"]) == ("the mayor", "the neighbours")
    assert mayor["facets"]["purpose-origin"]["value"] == "incumbents"
    assert (
        neighbours["facets"]["purpose-origin"]["why"] == "In the words of then: “Nobody was asked”"
    )


def test_a_reply_with_its_description_keeps_the_words(tmp_path: Path, call: Call) -> None:
    reply, text = tmp_path / "reply.txt", tmp_path / "text.txt"
    reply.write_text("facets:\n  agreement: {value: coercive, quote: they sue us}\n", "utf-8")
    text.write_text("In our town they sue us.\n", encoding="utf-8")
    words = ("follow-up", reply, "--description", text, "--id", "our-town", "--out", "-")
    tree = yaml.load(call(*words).out, yaml.BaseLoader)
    assert (
        tree["readings"][0]["facets"]["agreement"]["why"] == "In the words of then: “they sue us”"
    )
    assert (tree["id"], tree["summary"]) == ("our-town", "In our town they sue us.")
    as_json = json.loads(call(*words, "--format", "json").out)
    assert as_json["advice"] == tree["advice"]
    assert as_json["outcome"]["led"]["judgement"] is None


def test_facets_alone_leave_the_name_to_be_filled_in(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("follow-up", "-f", "agreement=coercive").code == 0
    tree = tree_of(tmp_path / "follow-up.yaml")
    assert (tree["id"], tree["title"]) == ("", "")
    assert "aims" in tree
    assert call("validate", "follow-up.yaml").code == 1


def test_what_was_begun_is_not_written_over_unless_told(kept: Path, call: Call) -> None:
    kept.write_text("mine", encoding="utf-8")
    said = call("follow-up", TENANTS, "--out", kept)
    assert (said.code, kept.read_text(encoding="utf-8")) == (2, "mine")
    assert "--overwrite" in said.err
    assert call("follow-up", TENANTS, "--out", kept, "--overwrite").code == 0
    assert tree_of(kept)["id"] == "tenants"


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("facets: {}\n", (), "nothing is known of it yet"),
        ("facets: {agreement: coercive, job: emergency}\n", (), "no way of leading was advised"),
        ("case: wigan-deal\nfacets: {agreement: coercive}\n", (), "the case wigan-deal, whose end"),
        (
            "id: wigan-deal\nfacets: {agreement: coercive}\n",
            (),
            "there is a case wigan-deal already",
        ),
        (
            "facets: {agreement: coercive}\n",
            ("--id", "Our Park"),
            "small letters, digits and hyphens",
        ),
        ("facets: {agreement: coersive}\n", (), "did you mean 'coercive'"),
        (
            "- {id: one, facets: {stakes: consequential}}\n- {id: two, facets: {}}\n",
            (),
            "several situations (one, two); keep one",
        ),
    ],
)
def test_what_cannot_be_followed_up_is_refused_and_nothing_is_written(
    text: str, more: tuple[str, ...], said: str, tmp_path: Path, call: Call
) -> None:
    source, out = tmp_path / "asked.yaml", tmp_path / "out.yaml"
    source.write_text(text, encoding="utf-8")
    found = call("follow-up", source, "--out", out, *more)
    assert (found.code, out.exists()) == (2, False)
    assert said in " ".join(found.err.split())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, call: Call) -> None:
    found = call("follow-up", TENANTS, "--out", tmp_path / "none" / "out.yaml")
    assert found.code == 2
    assert "out.yaml" in found.err
