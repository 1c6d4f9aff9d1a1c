"""Faults of writing read past, repairs offered and applied, and what was there before a change."""

import json
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calling import Call
from sysgraph.case.document import Document
from sysgraph.case.patch import Edit, apply, as_address, as_datatype, split
from sysgraph.case.tolerant import read_tolerantly
from sysgraph.check import check_files, check_shapes, inspect_files
from sysgraph.errors import BadFile, Finding, Raw, SysgraphError
from sysgraph.files import data
from sysgraph.fix import find_before, find_repair, there_before
from sysgraph.intake import load
from sysgraph.near import meant
from sysgraph.pages.findings import findings_github, findings_text, patch_text
from sysgraph.rdf import Format
from sysgraph.stores import prepare_store
from sysgraph.turtle import serialize
from sysgraph.vocabulary import Vocabulary

WIGAN = (data() / "ontology" / "cases" / "wigan-deal.yaml").read_text(encoding="utf-8")
XSD = "http://www.w3.org/2001/XMLSchema#"


def write(folder: Path, text: str | bytes, name: str = "wigan-deal.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def changed(*pairs: tuple[str, str]) -> str:
    text = WIGAN
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def found(path: Path) -> list[Finding]:
    return inspect_files([path]).findings


def test_syntax_and_words_are_told_in_one_pass(tmp_path: Path) -> None:
    text = changed(
        ("\n  primary:", "\n\tprimary:"),
        ("title: The", "title:The"),
        ("scale: local", "scale: locl"),
        ("value: incumbents", "value: incumbent"),
    )
    told = [(one.demand, one.line, one.field) for one in found(write(tmp_path, text))]
    wrong = text[: text.index("value: incumbent\n")].count("\n") + 1
    assert told == [
        ("syntax", 2, "title"),
        ("shape:CaseStudy-scale", 8, "scale"),
        ("syntax", 22, "practice.primary"),
        ("known-term", wrong, "readings.1.facets.purpose-origin.value"),
    ]


def test_columns_count_in_the_line_as_it_stands(tmp_path: Path) -> None:
    text = changed(("\n  primary: better-leadership", "\n\tprimary: beter-leadership"))
    assert [(one.demand, one.line, one.column) for one in found(write(tmp_path, text))] == [
        ("syntax", 22, 1),
        ("known-term", 22, 2),
    ]


def test_findings_say_what_is_allowed_and_what_is_nearest(tmp_path: Path) -> None:
    text = changed(("scale: local", "scale:locl"), ("judgement: mixed", "judgement: mixd"))
    scale, writing, judgement = found(write(tmp_path, text))
    assert (writing.field, scale.field) == ("scale", "scale")
    assert "city-region" in scale.allowed
    assert judgement.field == "outcome.led.judgement"
    assert judgement.nearest == ("mixed",)
    assert "too-early" in judgement.allowed


def test_repairs_change_nothing_but_the_fault_and_keep_comments(tmp_path: Path) -> None:
    remark = "# do not touch:   this\n"
    text = remark + changed(("scale: local", 'scale:   "Locl"   # what scale?'))
    repair = find_repair(write(tmp_path, text))
    assert repair is not None
    assert repair.content.decode() == text.replace('"Locl"', '"local"')
    assert [one.repair for one in repair.findings] == ['scale:   "local"   # what scale?']
    assert repair.diff().count("\n+") == 2  # the head of the diff, and one line


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_and_marks_stay(newline: str, tmp_path: Path) -> None:
    text = "\ufeff" + changed(("scale: local", "scale: locl")).replace("\n", newline)
    repair = find_repair(write(tmp_path, text))
    assert repair is not None
    assert repair.content == text.replace("locl", "local").encode()


def test_no_repair_is_offered_for_what_is_sound_or_not_evident(tmp_path: Path) -> None:
    assert find_repair(write(tmp_path, WIGAN)) is None
    assert find_repair(write(tmp_path, changed(("2026-11-22", "03/05/2021")))) is None
    assert find_repair(write(tmp_path, changed(("scale: local\n", "")))) is None
    assert find_repair(write(tmp_path, "- just text")) is None
    assert find_repair(write(tmp_path, "x", "x.ttl")) is None
    assert find_repair(write(tmp_path, b"#" * 600_000)) is None


def test_what_a_wrong_key_hid_is_mended_with_it(tmp_path: Path) -> None:
    text = changed(("practice:", "practise:"), ("primary: better-", "primary: beter-"))
    repair = find_repair(write(tmp_path, text))
    assert repair is not None
    assert repair.content.decode() == WIGAN


def test_what_can_be_mended_is_mended_beside_what_cannot(tmp_path: Path) -> None:
    text = changed(("scale: local", "scale: locl"), ("judgement: mixed", "judgement: banana"))
    repair = find_repair(write(tmp_path, text))
    assert repair is not None
    assert "scale: local" in repair.after
    assert [one.demand for one in repair.left] == ["known-term"]


def test_a_line_that_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    text = changed(("scale: local", "scale: locl"), ("id: wigan-deal", "id: wigan-deal\n}{: ["))
    path = write(tmp_path, text)
    assert [one.line for one in found(path) if "was not read" in one.message] == [2]
    repair = find_repair(path)
    assert repair is not None
    assert repair.content.decode() == text.replace("locl", "local")


@pytest.mark.slow
def test_each_encoding_becomes_utf_8(tmp_path: Path) -> None:
    text = changed(("place: Wigan", "place: Wigân"))
    for encoding in ("cp1252", "utf-16", "utf-16-be", "utf-32"):
        path = write(tmp_path, text.encode(encoding))
        assert [one.demand for one in found(path)] == ["encoding"]
        repair = find_repair(path)
        assert repair is not None
        assert repair.content.decode() == text
        assert "to UTF-8" in repair.diff()
    with pytest.raises(BadFile, match="not UTF-8 text"):
        read_tolerantly(b"a: \x81\xff", "x.yaml")
    with pytest.raises(BadFile, match="not sound UTF-16"):
        read_tolerantly(b"\xff\xfea", "x.yaml")


@pytest.mark.slow
def test_hostile_text_is_refused_as_soon_as_before(tmp_path: Path) -> None:
    start = time.monotonic()
    for text in (
        "a: [" * 50_000,
        "a: 'b\n" * 30_000,
        "\ta: b: c\n" * 30_000,
        '"' * 100_000,
        "- - - - -" * 10_000,
        "a:b\n" * 40_000,
        "x" * 6_000_000,
        WIGAN + "zz: a: b\n" * 8_000,
    ):
        with pytest.raises((BadFile, SysgraphError)):
            check_files([write(tmp_path, text)])
    assert time.monotonic() - start < 60


def test_critiques_and_lists_of_cases_are_mended_too(tmp_path: Path) -> None:
    text = """kind: critque
id: Sponsor First
about: sysg:risk/tokenism
question: beneficary
asked: is
standpoint: affected
stance: undercuts
says: So it is.
why: A report.
contributor: {name: Ann}
contributed: 20 Nov 2026
licence: https://creativecommons.org/licenses/by/4.0/
"""
    repair = find_repair(write(tmp_path, text))
    assert repair is not None
    assert repair.left == ()
    assert "kind: critique\nid: sponsor-first" in repair.after
    rows = changed(("scale: local", "scale: locl")).splitlines()
    several = "- " + "\n  ".join(rows) + "\n- " + "\n  ".join(rows) + "\n"
    path = write(tmp_path, several.replace("id: wigan-deal", "id: second", 1))
    assert [one.field for one in found(path)] == ["scale", "scale"]
    repair = find_repair(path)
    assert repair is not None
    assert repair.left == ()


@pytest.mark.slow
def test_of_many_parts_only_those_that_change_are_looked_at_again(tmp_path: Path) -> None:
    (case,), _ = check_files([write(tmp_path, WIGAN)])
    expanded = ox.serialize(sorted(case.quads, key=str), format=ox.RdfFormat.JSON_LD)
    path = write(tmp_path, expanded or b"", "wigan-deal.yml")
    parts, asked = len(inspect_files([path]).contributions), list[int]()

    def counting(quads: Iterable[ox.Quad]) -> list[Raw]:
        asked.append(1)
        return check_shapes(quads)

    assert find_repair(path, shapes=counting) is None
    # Each part as it stands, and what each of at most 80 ways of mending makes another one.
    assert parts > 30
    assert parts < len(asked) <= parts + 80


def test_findings_in_turtle_have_the_line_of_the_statement(tmp_path: Path) -> None:
    (case,), _ = check_files([write(tmp_path, WIGAN)])
    text = serialize(case.quads, Format.TURTLE).decode()
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if "sysg:scale" in line)
    lines[at] = lines[at].replace('"local"', '"cosmic"')
    (finding,) = found(write(tmp_path, "\n".join(lines), "case.ttl"))
    assert (finding.demand, finding.line) == ("shape:CaseStudy-scale", at + 1)
    assert finding.focus == "https://w3id.org/sysgraph/case/wigan-deal"


def as_json(text: str) -> str:
    import yaml

    return json.dumps(yaml.load(text, yaml.BaseLoader), indent=1)


def test_json_is_mended_in_its_own_way(tmp_path: Path) -> None:
    text = as_json(changed(("scale: local", "scale: locl"), ("  name: The", "  name:  The")))
    text = text.replace(
        '"contributor": {\n  "name": "The sysgraph founders"\n }', '"contributor": "Ann"'
    )
    text = text.replace(
        '"aims": [\n  "improve",\n  "shift-norms"\n ]', '"aims": "improve, shift-norms"'
    )
    repair = find_repair(write(tmp_path, text, "wigan.json"))
    assert repair is not None
    assert repair.left == ()
    assert '"aims": ["improve", "shift-norms"]' in repair.after
    assert '"contributor": {"name": "Ann"}' in repair.after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"title": "The Wigan Deal"', '"title" = "The Wigan Deal"'),
        ('"title": "The Wigan Deal"', "“title”: ‘The Wigan Deal’"),
        ('"title"', "title"),
        ('"place": "Wigan",', '"place": "Wigan", # where it was'),
        ('"aims": [\n  "improve",', '"aims": [\n  "improve"'),
        ('"shift-norms"\n ]', '"shift-norms",\n ]'),
        ('"shift-norms"\n ]', '"shift-norms"\n , ]'),
    ],
)
def test_json_is_read_past_its_faults(old: str, new: str, tmp_path: Path) -> None:
    text = as_json(WIGAN)
    assert old in text
    path = write(tmp_path, text.replace(old, new, 1), "wigan.json")
    if " = " in new:
        assert find_repair(path) is None  # JSON has no way to be sure of that
        return
    repair = find_repair(path)
    assert repair is not None
    assert json.loads(repair.after) == json.loads(text)


def test_texts_in_blocks_are_mended_too(tmp_path: Path) -> None:
    text = changed(("scale: local", "scale: |\n  Local"))
    repair = find_repair(write(tmp_path, text))
    assert repair is not None
    assert repair.left == ()


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        ("  - facilitative", "  - facilitative\n  - better-leadership", "  - facilitative\n  why"),
        ("  - facilitative\n", "  - better-leadership\n", "better-leadership\n  why"),
        ("\n  - facilitative\n", " better-leadership\n", "better-leadership\n  why"),
    ],
)
def test_the_primary_type_is_taken_out_of_the_secondary(
    old: str, new: str, after: str, tmp_path: Path
) -> None:
    repair = find_repair(write(tmp_path, changed((old, new))))
    assert repair is not None
    assert after in repair.after
    assert repair.left == ()
    flow = changed(("\n  - facilitative\n", " [facilitative, better-leadership]\n"))
    assert find_repair(write(tmp_path, flow)) is None


def test_a_missing_judgement_is_told_at_the_outcome(tmp_path: Path) -> None:
    text = changed(("  led:\n    judgement: mixed\n", "  lid:\n    judgement: mixed\n"))
    told = {(one.demand, one.line, one.field) for one in found(write(tmp_path, text))}
    line = text.splitlines().index("outcome:") + 1
    assert ("shape:CaseStudy-led", line, "outcome.led") in told


def test_a_folder_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, WIGAN)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SysgraphError, match="needs git"):
        find_before([path], [], "HEAD")


def test_what_was_beyond_reading_had_no_findings(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    path = write(tmp_path, "- text")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    assert find_before([path], [], "HEAD") == []


# --- the command ------------------------------------------------------------------------------


def test_fix_shows_the_change_and_writes_it(tmp_path: Path, call: Call) -> None:
    path = write(tmp_path, changed(("scale: local", "scale: locl")))
    shown = call("validate", path)
    assert (shown.code, "repair: scale: local" in shown.out) == (1, True)
    rehearsed = call("validate", path, "--fix", "--dry-run")
    assert (rehearsed.code, "+scale: local" in rehearsed.err) == (1, True)
    assert "locl" in path.read_text()
    done = call("validate", path, "--fix")
    assert (done.code, "mended" in done.err) == (0, True)
    assert path.read_text() == WIGAN
    assert call("validate", path, "--fix").err == ""


def test_report_in_json_has_every_fact(tmp_path: Path, call: Call) -> None:
    path = write(tmp_path, changed(("scale: local", "scale: locl")))
    report = json.loads(call("validate", path, "--format", "json").out)
    (finding,) = report["findings"]
    assert (finding["line"], finding["field"], finding["repair"]) == (8, "scale", "scale: local")
    assert not finding["there_before"]
    assert report["by_kind"] == {"shape:CaseStudy-scale": 1}
    assert "+scale: local" in report["patches"][str(path)]
    said = call("validate", path, "--format", "github").out
    assert said.startswith(f"::error file={path},line=8,col=1,title=shape%3ACaseStudy-scale::scale")


def test_a_file_beyond_reading_is_told_with_the_others(
    tmp_path: Path,
    call: Call,
) -> None:
    good = write(tmp_path, changed(("scale: local", "scale: locl")))
    told = call("validate", write(tmp_path, "- text", "bad.yaml"), good, tmp_path / "none.yaml")
    assert told.code == 2
    assert "bad.yaml:1:3: a case is written" in told.out
    assert "repair: scale: local" in told.out
    assert "no such file" in told.out


def test_many_findings_are_summed_up_by_kind(tmp_path: Path) -> None:
    path = write(tmp_path, WIGAN.replace("confidence: high", "confidence: hgh"))
    seen = inspect_files([path])
    text = findings_text(seen.contributions, seen.findings)
    assert "× known-term (confidence, readings.1.facets" in text


def test_git_revision_tells_what_was_there_before(tmp_path: Path, call: Call) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    old = changed(("scale: local", "scale: locl"), ("\n  primary:", "\n\tprimary:"))
    path = write(tmp_path, old)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    moved = "# a new line\n" + old
    write(tmp_path, moved)
    told = call("validate", path, "--against", "HEAD")
    assert told.code == 0
    assert told.out.count("(there before)") == 2
    write(tmp_path, moved.replace("judgement: mixed", "judgement: mixd"))
    told = call("validate", path, "--against", "HEAD")
    assert (told.code, told.out.count("(there before)")) == (1, 2)
    assert "(1 violation, " in told.out
    new = write(tmp_path, old.replace("id: wigan-deal", "id: new"), "new.yaml")
    assert call("validate", new, "--against", "HEAD").code == 1
    for revision in ("--output=x", "no-such", "-h"):
        refused = call("validate", path, f"--against={revision}")
        assert (refused.code, "neither a store nor a revision" in refused.err) == (2, True)


def test_a_store_tells_what_was_there_before(tmp_path: Path) -> None:
    path = write(tmp_path, changed(("scale: local", "scale: locl")))
    seen = inspect_files([path])
    store = prepare_store(str(tmp_path / "store"))
    # As an older version of the shapes would have let it.
    load(seen.contributions, store, reason="it was small")
    store.close()
    before = find_before([path], seen.contributions, str(tmp_path / "store"))
    assert there_before(seen.findings, before) == [True]
    assert there_before([*seen.findings, *seen.findings], before) == [True, False]


def test_workflow_commands_cannot_be_forged() -> None:
    finding = Finding(message="a%\n::error::b", demand="x:y,z", file="a,b.yaml", line=3)
    said = findings_github([finding])
    assert said == "::error file=a%2Cb.yaml,line=3,title=x%3Ay%2Cz::a%25 ::error::b\n"
    assert patch_text("-a\u202eb\x1b[2J\tc\n") == "-a\ufffdb\ufffd[2J\tc\n"


# --- the forms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "datatype", "meant"),
    [
        ("3 May 2021", "date", "2021-05-03"),
        ("May 3rd, 2021", "date", "2021-05-03"),
        ("Monday 3 May 2021", "date", "2021-05-03"),
        ("2021/5/3", "date", "2021-05-03"),
        ("20210503", "date", "2021-05-03"),
        ("23.05.2021", "date", "2021-05-23"),
        ("05/23/2021", "date", "2021-05-23"),
        ("03/05/2021", "date", None),
        ("31 June 2021", "date", None),
        ("2021", "date", None),
        ("2021-05-03T10:00:00Z", "date", "2021-05-03"),
        ("1997.0", "gYear", "1997"),
        ("May 3, 1997", "gYear", "1997"),
        ("97", "gYear", None),
        ("Yes", "boolean", "true"),
        ("perhaps", "boolean", None),
        ("www.example.org/a", "anyURI", "https://www.example.org/a"),
    ],
)
def test_forms_are_told_where_there_is_only_one(
    text: str, datatype: str, meant: str | None
) -> None:
    from sysgraph.case.closed import explain_literal

    candidates = [
        one
        for one in as_datatype(text, XSD + datatype)
        if explain_literal(one, XSD + datatype) is None and "/" in one + "/"
    ]
    wanted = [one for one in candidates if datatype != "anyURI" or "://" in one]
    assert set(wanted[:1]) == ({meant} if meant else set())


@given(st.lists(st.text("abcdefgh-", min_size=3, max_size=12), min_size=1, unique=True))
def test_a_known_word_stands_for_itself(words: list[str]) -> None:
    for word in words:
        found = meant(word, words)
        assert found in (word, None)  # None where blanks and dashes alone tell two apart


def test_a_word_near_to_two_is_left_alone() -> None:
    assert meant("improvex", ["improved", "improves"]) is None
    assert meant("improvd", ["improved", "improves"]) == "improved"
    assert meant("IMPROVE", ["improve", "improves"]) == "improve"
    assert meant("Great Britain", ["GB", "FR"], {"GB": ["Great Britain"]}) == "GB"
    assert meant("GR", ["GB", "FR"]) is None


def test_addresses_get_what_was_left_out_at_their_start() -> None:
    orcid = "^https://orcid[.]org/[0-9]{4}"
    assert "https://orcid.org/0000-0001" in set(as_address("0000-0001", orcid))
    assert "https://orcid.org/0000-0001" in set(as_address("orcid.org/0000-0001", orcid))
    assert split("improve; shift-norms and reconcile") == ["improve", "shift-norms", "reconcile"]


@given(st.text("ab\n", max_size=20), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5))))
def test_edits_leave_all_else_alone(text: str, places: list[tuple[int, int]]) -> None:
    edits = [Edit(min(at, len(text)), min(at + size, len(text)), "") for at, size in places]
    after = apply(text, edits)
    removed = {n for edit in edits for n in range(edit.start, edit.end)}
    # Of edits that overlap one counts, so that at least what none touches stays.
    rest = iter(after)
    assert all(sign in rest for n, sign in enumerate(text) if n not in removed)


def test_a_sound_document_has_no_faults(vocabulary: Vocabulary) -> None:
    document = read_tolerantly(WIGAN.encode(), "x.yaml")
    assert isinstance(document, Document)
    assert document.faults == []
    assert document.text == WIGAN
