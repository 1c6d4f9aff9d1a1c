"""Two libraries compared: what differs in words, and what difference that makes."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import sysgraph.diff.sides as sides
from shelf import PLAIN, copied
from shelf import readings as count_readings
from sysgraph.advice.board import advise
from sysgraph.advice.described import read_situations
from sysgraph.advice.dissent import dissent
from sysgraph.advice.said import load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.diff.compare import compare, compare_sides
from sysgraph.diff.concerns import likenesses, shared_wording
from sysgraph.diff.report import Comparison, Line, Status
from sysgraph.diff.revision import find_revision
from sysgraph.diff.sides import Side, files_of, folder_side, lay, own_statements
from sysgraph.diff.things import Words, compare_things, grow
from sysgraph.errors import BadFile, BadSide, SysgraphError
from sysgraph.files import data
from sysgraph.intake import load, load_files
from sysgraph.pages.diff import diff_json, diff_markdown, diff_text
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.vocabulary import Vocabulary

CASES = sorted((data() / "ontology" / "cases").glob("*.yaml"))
OBJECTION = {
    "question": "witness",
    "asked": "is",
    "standpoint": "affected, not involved",
    "stance": "undercuts",
    "says": "Nobody asked us.",
    "why": "We were not there.",
    "contributor": {"name": "The sysgraph founders"},
    "contributed": "2026-11-22",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
}
WIGAN = (data() / "ontology" / "cases" / "wigan-deal.yaml").read_text()
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module", autouse=True)
def shipped_once() -> Iterator[None]:
    """Have the shipped library read once, and not by each comparison; none changes a side."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sides, "shipped_side", cache(sides.shipped_side))
        yield


def plain(path: Path) -> dict[str, Any]:
    """A case with every scalar as the text that was written."""
    found = yaml.load(path.read_text(), Loader=PLAIN)
    assert isinstance(found, dict)
    return found


def shuffled(value: Any, by: random.Random) -> Any:
    """The same with all keys and all lists in another order."""
    if isinstance(value, dict):
        keys = by.sample(list(value), len(value))
        return {key: shuffled(value[key], by) for key in keys}
    if isinstance(value, list):
        return [shuffled(each, by) for each in by.sample(value, len(value))]
    return value


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each text of a case, as what holds it and its key or number there."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        if isinstance(each, str):
            yield value, key
        else:
            yield from leaves(each)


def write(folder: Path, case: dict[str, Any], name: str = "case.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(case, ensure_ascii=False, indent=1))
    return path


def edited(folder: Path, edit: Edit, slug: str = "wigan-deal", name: str = "case.json") -> Path:
    case = plain(data() / "ontology" / "cases" / f"{slug}.yaml")
    edit(case)
    return write(folder, case, name)


def says(path: Path, vocabulary: Vocabulary) -> object:
    (one,) = read(path, vocabulary)
    assert not one.findings
    tree = grow(one.iri, own_statements(one.case_id, one.quads))
    assert tree is not None
    return tree.says


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_order_quoting_white_space_and_syntax_are_no_difference(
    path: Path, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    by = random.Random(path.stem)
    original = says(path, vocabulary)
    case = shuffled(plain(path), by)
    assert says(write(tmp_path, case), vocabulary) == original
    quoted = yaml.safe_dump(case, default_style='"', width=40, sort_keys=False, allow_unicode=True)
    other = tmp_path / "other.yaml"
    other.write_text(f"# a comment\n{quoted}\n# and another\n")
    assert says(other, vocabulary) == original


@pytest.mark.slow
def test_every_single_edit_of_a_text_is_told_and_nothing_else(
    vocabulary: Vocabulary, library: Store, tmp_path: Path
) -> None:
    shipped = shipped_side(library)
    told = 0
    for path in CASES[::4]:
        by = random.Random(f"{path.stem}!")
        case = plain(path)
        places = [
            (of, key) for of, key in leaves(case) if key in ("why", "summary", "note", "driver")
        ]
        for of, key in by.sample(places, 3):
            before, of[key] = of[key], f"{of[key]} Altered."
            found = read(write(tmp_path, case), vocabulary)
            (line,) = lines_of(shipped, found)
            assert line.status is Status.CHANGED
            assert line.field == key
            assert line.before == (" ".join(before.split()),)
            assert line.after == (f"{line.before[0]} Altered.",)
            of[key] = before
            told += 1
    assert told == 3 * len(CASES[::4])


def shipped_side(library: Store) -> Side:
    return Side("shipped", library, data() / "ontology")


def lines_of(before: Side, found: list[Contribution]) -> list[Line]:
    words = Words(before.terms)
    sides = (before, lay(files_of("files", found), before))
    pairs = [[grow(one.iri, side.statements(one.case_id)) for side in sides] for one in found]
    return [line for old, new in pairs for line in compare_things(old, new, words)]


@pytest.mark.slow
def test_what_is_said_forwards_is_said_backwards_the_other_way_round(tmp_path: Path) -> None:
    one = edited(tmp_path, lambda case: None, name="one.json")

    def edit(case: dict[str, Any]) -> None:
        case["outcome"]["working"]["judgement"] = "no"
        case["readings"].pop()
        case["aims"] = ["shift-power"]
        case["citations"][0]["read"] = "false"

    other = edited(tmp_path, edit, name="other.json")
    there, back = compare([str(one), str(other)]), compare([str(other), str(one)])
    (subject,), (reverse,) = there.contributions, back.contributions
    assert {(x.part, x.field, x.before, x.after) for x in subject.lines} == {
        (x.part, x.field, x.after, x.before) for x in reverse.lines
    }
    assert {(c.type, c.test, c.judgement, c.before, c.after) for c in there.counts} == {
        (c.type, c.test, c.judgement, c.after, c.before) for c in back.counts
    }


def test_statements_are_told_in_words_by_part(tmp_path: Path) -> None:
    def edit(case: dict[str, Any]) -> None:
        case["outcome"]["led"]["judgement"] = "yes"
        case["readings"][1]["facets"]["agreement"]["value"] = "coercive"
        case["citations"].insert(0, {"authors": "A", "title": "T", "read": "false"})
        del case["risks"]

    review = compare([str(edited(tmp_path, edit))])
    text = diff_text(review)
    assert "outcome, led\n    ~ judgement: mixed → yes" in text
    assert "reading 2 (those affected), agreement\n    ~ value: differing but negotiable →" in text
    assert "  - risks: responsibility without resources" in text
    # The other two citations have new numbers, and are the same.
    assert {line.part for line in review.contributions[0].lines if "citation" in line.part} == {
        "citation 1 (T)"
    }


@pytest.mark.slow
def test_overlaid_frame_is_that_of_a_store_with_the_same_cases(
    vocabulary: Vocabulary, library: Store, tmp_path: Path
) -> None:
    assert isinstance(library, LocalStore)
    critique = tmp_path / "critique.yaml"
    critique.write_text(CRITIQUE)
    shipped = shipped_side(library)
    for number in range(6):
        by = random.Random(number)
        found = read(critique, vocabulary, critiques=True) if number % 2 else []
        for path in by.sample(CASES, 3):
            case = plain(path)
            case["practice"]["primary"] = by.choice(["organic", "facilitative"])
            case["readings"] = case["readings"][: by.choice([1, 2])]
            case["id"] = by.choice([case["id"], f"{case['id'][:40]}-b"])
            if number > 2:
                case["critiques"] = [within(case["id"], by)]
            found += read(write(tmp_path, case), vocabulary)
        store = memory(library.store)
        load(found, store, reason="tried")
        laid = lay(files_of("files", found), shipped)
        assert laid.frame.cases.index() == store.index()
        stored = load_frame(store)
        assert laid.frame.critiques == stored.critiques
        assert dissent(laid.frame) == dissent(stored)
        assert set(laid.names) == set(Side("store", store).names)
        loaded = compare_sides(shipped, Side("store", store))
        direct = compare_sides(shipped, laid, [one.case_id for one in found])
        for name in ("contributions", "moves", "counts", "nearness", "verdicts", "answers"):
            assert getattr(loaded, name) == getattr(direct, name), name


def within(case_id: str, by: random.Random) -> dict[str, str]:
    """A critique within a case, about its practice, its outcome, or a consideration."""
    about = by.choice(["practice", "outcome/led", ""])
    return {
        "about": f"sysg:case/{case_id}/{about}"
        if about
        else "sysg:consideration/stakes-catastrophic",
        "question": "witness",
        "asked": "is",
        "standpoint": "those affected",
        "stance": by.choice(["undercuts", "supports"]),
        "says": "This is a test.",
    }


def test_checkout_gives_the_frame_of_the_shipped_library() -> None:
    tree, shipped = folder_side("here", data() / "ontology").frame, load_shipped_frame()
    for name in shipped.__dataclass_fields__:
        if name != "cases":
            assert getattr(tree, name) == getattr(shipped, name), name
    assert tree.cases.index() == shipped.cases.index()


def test_one_more_failure_is_one_more_failure(tmp_path: Path) -> None:
    def edit(case: dict[str, Any]) -> None:
        case |= {"id": "of-ours", "title": 'The "new"\ndeal'}
        case["outcome"]["working"]["judgement"] = "no"

    review = compare([str(edited(tmp_path, edit))])
    assert review.contributions[0].title == 'The "new" deal'
    counts = {(c.type, c.test, c.judgement): (c.before, c.after) for c in review.counts}
    assert len(counts) == 3
    assert all(after == before + 1 for before, after in counts.values())
    assert review.counts[0].judgement == "no"  # failures come first
    assert ("1 better leadership", "", "") in counts
    assert not any(move.moves_front for move in review.moves)
    assert "No front moves" in diff_text(review)
    assert any(verdict.what == "enacts type" for verdict in review.verdicts) or review.nearness


CRITIQUE = """kind: critique
id: of-ours
about: sysg:consideration/purpose-origin-incumbents
question: beneficiary
asked: ought
standpoint: those affected, not involved
stance: undercuts
says: Nobody asked those who pay for it.
why: This is a test.
contributor: {name: A Tester}
contributed: 2026-11-22
licence: https://creativecommons.org/licenses/by/4.0/
"""


@pytest.mark.slow
def test_critique_moves_fronts_and_is_named_with_its_proof(tmp_path: Path) -> None:
    path = tmp_path / "critique.yaml"
    path.write_text(CRITIQUE)
    review = compare([str(path)])
    assert [subject.kind for subject in review.contributions] == ["critique"]
    (answer,) = review.answers
    assert answer.claim == (
        "the consideration what follows from where the purpose of change comes from: those already"
        " in charge"
    )
    assert "does not count" in answer.after
    moved = [move for move in review.moves if move.moves_front]
    assert moved
    assert all("A Tester" in reason.because for move in moved for reason in move.reasons)
    assert review.proofs
    assert all(proof.explanation.proofs.found for proof in review.proofs)
    assert "Nobody asked those who pay for it" in diff_text(review)
    about = "consideration/purpose-origin-incumbents"
    path.write_text(CRITIQUE.replace(about, "case/agra/practice"))
    (answer,) = compare([str(path)]).answers
    assert answer.claim == "the practice of Alliance for a Green Revolution in Africa"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git repository that holds the ontology and three cases."""
    place = tmp_path / "checkout"
    shutil.copytree(
        data() / "ontology", place / "ontology", ignore=shutil.ignore_patterns("cases", "critiques")
    )
    (place / "ontology" / "cases").mkdir()
    for path in CASES[:3]:
        shutil.copy(path, place / "ontology" / "cases")
    git(place, "init", "--quiet", "--initial-branch=main")
    commit(place)
    return place


def git(place: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(place), *words], check=True, capture_output=True)


def commit(place: Path) -> None:
    git(place, "add", "--all", "--force")
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    git(place, *who, "commit", "--quiet", "--message=x", "--no-gpg-sign")


@pytest.mark.slow
def test_removed_consideration_moves_fronts_as_advice_itself_says(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(checkout)
    assert compare([]).is_empty
    path = checkout / "ontology" / "vocab" / "considerations.ttl"
    blocks = path.read_text().split("\n\n")
    gone = next(block for block in blocks if block.startswith("consideration:purpose-origin-inc"))
    path.write_text("\n\n".join(block for block in blocks if block != gone))
    situations = tmp_path / "s.yaml"
    situations.write_text("id: one\nfacets: {purpose-origin: incumbents, agreement: unitary}\n")
    review = compare([], situations)
    (subject,) = review.ontology
    assert (subject.kind, subject.status) == ("consideration", Status.REMOVED)
    (move,) = review.moves
    sides = folder_side("old", data() / "ontology"), folder_side("new", checkout / "ontology")
    for side, front in zip(sides, (move.front_before, move.front_after), strict=True):
        (situation,) = read_situations(situations.read_bytes(), "s", side.frame)
        said = advise(situation, side.frame)
        assert (
            tuple(f"{said.types[k].type.number} {said.types[k].type.label}" for k in said.front)
            == front
        )
    reasons = {(r.does, r.type) for r in move.reasons}
    assert reasons == {
        ("for", "1 better leadership"),
        ("against", "2 externally driven"),
        ("against", "6 organic"),
    }
    assert all(reason.status is Status.REMOVED for reason in move.reasons)
    text = diff_text(review)
    assert "Consideration removed" in text
    if move.moves_front:
        assert len(review.proofs) == 3


@pytest.mark.slow
def test_layout_of_the_ontology_is_no_difference(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    for path in (checkout / "ontology").rglob("*.ttl"):
        text = path.read_text()
        head = [line for line in text.splitlines() if line.startswith("@prefix")]
        body = text.split("\n\n")[1:]
        mixed = random.Random(path.stem).sample(body, len(body))
        path.write_text("\n".join(["# turned around", *head]) + "\n\n" + "\n\n".join(mixed))
    for path in (checkout / "ontology" / "rules").glob("*.rq"):
        path.write_text(f"{path.read_text()}\n# a remark\n")
    assert compare([]).is_empty
    assert compare(["main", "main"]).is_empty


@pytest.mark.slow
def test_revision_is_read_byte_for_byte_whatever_its_attributes_say(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    hidden = (checkout / "ontology" / "cases" / "wigan-deal.yaml").relative_to(checkout)
    (checkout / hidden).write_text(WIGAN)
    (checkout / ".gitattributes").write_text(
        f"{hidden} export-ignore\n*.yaml filter=none diff=none\n"
    )
    (checkout / "ontology" / "cases" / "link.yaml").symlink_to("/etc/passwd")
    commit(checkout)
    review = compare(["HEAD~1", "HEAD"])
    assert [subject.name for subject in review.contributions] == ["wigan-deal"]
    one_file = compare([f"HEAD:{hidden}"])
    assert one_file.is_empty  # it is the shipped case
    assert compare(["HEAD~1:ontology/cases", "main:ontology/cases"]).contributions
    revision = find_revision("HEAD", checkout)
    assert revision is not None
    written = revision.write("ontology", tmp_path / "written")
    assert len(written) > 20
    for path in written:
        assert path.read_bytes() == (checkout / path.relative_to(tmp_path / "written")).read_bytes()


HOSTILE = [
    "--output=made",
    "-x",
    "HEAD; touch made",
    "$(touch made)",
    "`touch made`",
    "HEAD:../../etc/passwd",
    "HEAD:/etc/passwd",
    "HEAD:--output=made",
    "HEAD^{/x\n}",
    ":/x",
    "",
    "nothing-of-that-name",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_in_one_line(
    name: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    with pytest.raises(SysgraphError) as caught:
        compare(["shipped", name])
    assert isinstance(caught.value, BadSide)
    assert not list(checkout.rglob("made"))


def test_outside_a_checkout_a_revision_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(BadSide, match="no git checkout"):
        compare([])
    with pytest.raises(BadSide, match=r"^my-csae\.yaml: there is no such file"):
        compare(["my-csae.yaml"])
    with pytest.raises(BadSide, match="neither a file"):
        compare(["shipped", "HEAD"])
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(BadSide, match="no case in this folder"):
        compare([str(tmp_path)])


def test_unreadable_files_are_named_as_the_person_named_them(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("id: [")
    with pytest.raises(SysgraphError) as caught:
        compare([str(tmp_path)])
    assert "a.yaml" in str(caught.value)
    assert "b.yaml" in str(caught.value)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(copied("two", "wigan-deal"))
    with pytest.raises(BadFile, match="case two is in"):
        compare([str(tmp_path)])


EVIL = "</details> <script>x</script> `a` **b** @someone fixes #12 GH-7 ~~~~ [l](javascript:x) $x$"


def hostile_review(tmp_path: Path) -> Comparison:
    def edit(case: dict[str, Any]) -> None:
        case |= {
            "title": EVIL,
            "summary": f"{EVIL} https://example.org/<b>",
            "driver": "\u202e\x1b[31m",
        }
        for citation in case["citations"]:
            citation["note"] = EVIL
        case["readings"][0]["standpoint"] = EVIL

    path = edited(tmp_path, edit)
    path.write_text(json.dumps(json.loads(path.read_text())))  # with escapes, which pass
    return compare([str(path)])


@pytest.mark.parametrize("limit", [1_500, 65_536])
def test_texts_of_strangers_have_no_effect_in_markdown_and_terminals(
    limit: int, tmp_path: Path
) -> None:
    review = hostile_review(tmp_path)
    shown = diff_markdown(review, limit)
    assert ("This was cut" in shown) == (limit == 1_500)
    assert "<script" not in shown.replace("\\<script", "")
    assert "@someone" not in shown
    assert "#12" not in shown
    assert "GH-7" not in shown
    assert "[l](" not in shown.partition("This was cut")[2]
    assert shown.count("<details>") == shown.count("\n</details>")
    assert "\x1b" not in diff_text(review) + shown
    assert "\u202e" not in diff_text(review) + shown
    assert json.loads(diff_json(review))["differs"] is True


@pytest.mark.parametrize("limit", [3_000, 20_000, 65_536])
def test_markdown_fits_a_comment_and_says_what_was_cut(limit: int, tmp_path: Path) -> None:
    path = tmp_path / "critique.yaml"
    path.write_text(CRITIQUE)
    review = compare(["shipped", str(path)])
    shown = diff_markdown(review, limit)
    assert len(shown) <= limit
    assert ("This was cut to fit" in shown) == (len(diff_markdown(review, 10**9)) > limit)
    assert shown.count("<details>") == shown.count("\n</details>")


def concerns(review: Comparison) -> set[str]:
    return {one.check for one in review.warnings}


def fresh(folder: Path, slug: str = "wigan-deal", name: str = "case.json", **edits: Any) -> Path:
    """A case that no warning is due for, but for what is edited."""

    def edit(case: dict[str, Any]) -> None:
        nonsense = random.Random(slug + name)
        letters = "bcdfghklmnprstvw"
        for of, key in leaves(case):
            if key in ("title", "summary", "place", "driver"):
                of[key] = " ".join("".join(nonsense.sample(letters, 6)) for _ in range(9))
        for of, key in leaves({k: case[k] for k in ("practice", "outcome", "readings")}):
            if key == "why":
                of[key] = " ".join("".join(nonsense.sample(letters, 6)) for _ in range(9))
        case |= {"id": name.removesuffix(".json"), "start": "1901"}
        case["contributor"] = {"name": f"Ann {nonsense.random()}"}
        case |= edits

    return edited(folder, edit, slug, name)


def test_case_of_which_nothing_is_odd_raises_no_warning(tmp_path: Path) -> None:
    assert concerns(compare([str(fresh(tmp_path))])) == set()


@pytest.mark.slow
def test_shipped_cases_are_hardly_ever_taken_for_each_other(library: Store) -> None:
    side = shipped_side(library)
    cases = [side.case(name) for name in sorted(side.names)]
    assert len(cases) == len(CASES)
    alike = []
    for case in cases:
        others = [other for other in cases if other is not case]
        texts = [text for other in others[::8] for text in other.prose]
        if list(likenesses(case, others)) or shared_wording(case.prose, texts):
            alike.append(case.name)
    # Two sound cases may be of one place and year: then the warning is right, and rare.
    assert len(alike) <= len(cases) // 20, alike


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES[::8], ids=lambda path: path.stem)
def test_every_case_under_another_name_is_found_again(path: Path, tmp_path: Path) -> None:
    titled = plain(path)["title"]
    copied = fresh(tmp_path, path.stem, title=f"{titled}!")
    found = [one for one in compare([str(copied)]).warnings if one.check == "near-duplicate"]
    assert any(f"({path.stem})" in one.message for one in found)


@pytest.mark.slow
def test_wording_is_compared_with_its_own_citations_and_with_other_cases(tmp_path: Path) -> None:
    words = "one two three four five six seven eight nine ten eleven"
    cites = [{"authors": "A", "title": f"{words} TWELVE thirteen", "read": "true"}]
    short = fresh(tmp_path, summary=words, citations=cites)
    assert concerns(compare([str(short)])) == set()
    long = fresh(tmp_path, summary=f"Said so: {words}, twelve, and more", citations=cites)
    (found,) = compare([str(long)]).warnings
    assert found.check == "same wording"
    assert f"“{words} twelve”" in found.message
    taken = plain(CASES[0])["summary"]
    assert "same wording" in concerns(compare([str(fresh(tmp_path, summary=f"X. {taken} Y."))]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "where"),
    [(None, "in Bristol Pound too"), ("led", "in Bristol Pound's outcome, led too")],
)
def test_where_a_wording_stands_is_said_in_a_sentence(
    part: str | None, where: str, tmp_path: Path
) -> None:
    theirs = plain(data() / "ontology" / "cases" / "bristol-pound.yaml")
    said = theirs["outcome"][part]["why"] if part else theirs["summary"]
    review = compare([str(fresh(tmp_path, summary=f"X. {said} Y."))])
    (told,) = [one.message for one in review.warnings if one.check == "same wording"]
    assert f"words or more that stand {where}:" in told
    over = "".join(review.checked.values())
    assert f"compared with all {len(CASES)} other cases" in over


def test_claims_without_a_read_page_and_new_judgements_on_old_evidence(tmp_path: Path) -> None:
    cites = [{"authors": "A", "title": "T", "read": "false"}]
    assert concerns(compare([str(fresh(tmp_path, citations=cites))])) == {"unchecked outcome"}

    def edit(case: dict[str, Any]) -> None:
        case["outcome"]["led"]["judgement"] = "yes"

    assert concerns(compare([str(edited(tmp_path, edit))])) == {"new judgement on old evidence"}


def test_one_standpoint_and_low_confidence(tmp_path: Path) -> None:
    readings = plain(CASES[0])["readings"][:1]
    for facet in readings[0]["facets"].values():
        del facet["why"]
    assert concerns(compare([str(fresh(tmp_path, readings=readings))])) == {"one standpoint"}
    assert concerns(compare([str(fresh(tmp_path, confidence="low"))])) == {"low confidence"}


@pytest.mark.thorough
def test_one_contributor_with_many_successes(library: Store, tmp_path: Path) -> None:
    judged = {"judgement": "yes", "why": "bcd", "judged": "2020", "independent": "yes"}
    success = {"led": judged, "working": judged}
    kinds = [plain(path)["practice"]["primary"] for path in CASES]
    rarest = min(kinds, key=kinds.count)
    for kind in sorted({*kinds}):
        # Of the rarest a quarter comes from this hand, of the others three cases.
        count = max(3, -(-kinds.count(kind) // 3)) if kind == rarest else 3
        folder = tmp_path / kind
        folder.mkdir()
        for number in range(count):
            fresh(
                folder,
                name=f"x-{number}.json",
                end="2021",
                contributor={"name": "ann  lee" if number else "Ann Lee"},
                outcome=success,
                practice={"primary": kind, "why": "bcd"},
            )
        review = compare([str(folder)])
        share = count / (kinds.count(kind) + count)
        expected = {"only successes"} | ({"one contributor"} if share >= 0.25 else set())
        assert concerns(review) == expected, kind
        told = [one.message for one in review.warnings if one.check == "one contributor"]
        assert all(f"(0% before, {share:.0%} after)" in message for message in told)
    assert max(map(kinds.count, kinds)) > 9  # both were tried


def test_critic_who_moves_fronts_alone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "critique.yaml"
    path.write_text(CRITIQUE)
    review = compare([str(path)])
    (found,) = review.warnings
    assert (found.check, found.about) == ("one contributor moves the front", "A Tester")
    moved = sum(move.moves_front for move in review.moves)
    assert f"in {moved} of {review.situations} situations" in found.message


def test_critic_whose_critique_is_gone_moves_no_front(tmp_path: Path) -> None:
    path, place = tmp_path / "critique.yaml", tmp_path / "store"
    path.write_text(CRITIQUE)
    load_files([path], str(place))
    review = compare([str(place), "shipped"])
    assert [one.status for one in review.contributions] == [Status.REMOVED]
    assert any(move.moves_front for move in review.moves)
    assert concerns(review) == set()


def test_every_warning_says_what_to_do(tmp_path: Path) -> None:
    twin = fresh(tmp_path, title=plain(CASES[0])["title"], confidence="low")
    review = compare([str(twin)])
    assert review.warnings
    text = diff_text(review)
    assert text.count("What to do:") == len(review.warnings)
    assert "without the network" in text


def test_another_id_alone_is_called_that(tmp_path: Path) -> None:
    one = edited(tmp_path, lambda case: None, name="one.json")
    other = edited(tmp_path, lambda case: case.update(id="wigan"), name="other.json")
    review = compare([str(one), str(other)])
    assert {subject.status for subject in review.contributions} == {Status.ADDED, Status.REMOVED}
    assert review.notes == (
        "wigan says what wigan-deal said: it has another id, and nothing else changed.",
    )


@pytest.mark.slow
def test_command_ends_as_diff_does_and_reads_store_directories(
    tmp_path: Path,
    library: Store,
    vocabulary: Vocabulary,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sysgraph.cli.net import main
    from sysgraph.stores import prepare_store

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["sysgraph", "diff", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    store = prepare_store(str(tmp_path / "store"))
    assert isinstance(store, LocalStore)
    path = edited(tmp_path, lambda case: case.update(id="of-ours"))
    load(read(path, vocabulary), store)
    store.close()
    code, out, _ = call("shipped", tmp_path / "store")
    assert code == 1
    assert "Case added: The Wigan Deal (of-ours)" in out
    assert call(tmp_path / "store", path)[0] == 0
    assert call("shipped", "shipped")[:2] == (0, "No difference: both sides say the same.\n")
    code, out, _ = call(path, "--format", "json")
    assert (code, json.loads(out)["contributions"][0]["status"]) == (1, "added")
    code, out, _ = call(path, "--format", "markdown")
    assert (code, out[:16]) == (1, "## From shipped ")
    code, out, err = call("a", "b", "c")
    assert (code, out) == (2, "")
    assert "name two sides at most" in err
    code, _, err = call(tmp_path / "nothing.yaml")
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.thorough
def test_among_very_many_cases_the_nearest_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_all = {}
    for path in CASES[::8]:
        twin = fresh(tmp_path, path.stem, title=f"{plain(path)['title']}!")
        by_all[path.stem] = compare([str(twin)])
    monkeypatch.setattr("sysgraph.diff.concerns.MOST_COMPARED", 10)
    monkeypatch.setattr("sysgraph.diff.fronts.MOST_CASES", 5)
    monkeypatch.setattr("sysgraph.diff.compare.MOST_CASES", 5)
    for path in CASES[::8]:
        twin = fresh(tmp_path, path.stem, title=f"{plain(path)['title']}!")
        review = compare([str(twin)])
        read = count_readings() | {twin.stem: len(plain(path)["readings"])}
        first = [read[case_id] for case_id in sorted(read)[:5]]
        assert {w for w in review.warnings if w.check == "near-duplicate"} == {
            w for w in by_all[path.stem].warnings if w.check == "near-duplicate"
        }
        assert f"of {len(CASES) + 1} cases whose titles" in "".join(review.checked.values())
        assert review.situations == sum(first)
        assert f"the first 5 of {len(CASES) + 1} cases" in review.told
    same = fresh(tmp_path, "wigan-deal", name="wigan-deal.json")
    assert not [w for w in compare([str(same)]).warnings if w.check == "near-duplicate"]


@pytest.mark.slow
def test_another_label_moves_no_front(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    path = checkout / "ontology" / "vocab" / "leadership-types.ttl"
    path.write_text(path.read_text().replace('label "facilitative"', 'label "hosting"', 1))
    considerations = checkout / "ontology" / "vocab" / "considerations.ttl"
    considerations.write_text(considerations.read_text().replace("Type 1 takes", "Type 1 draws", 1))
    review = compare([])
    assert {subject.kind for subject in review.ontology} == {"type", "consideration"}
    assert review.moves == ()
    assert "label: facilitative → hosting" in diff_text(review)


@pytest.mark.slow
@pytest.mark.parametrize(
    "form",
    [
        "xlsx",
        "nquads",
        *(
            pytest.param(form, marks=pytest.mark.slow)
            for form in ("csv", "json", "yaml", "trig", "xml")
        ),
    ],
)
def test_all_cases_through_every_door_are_no_difference(
    form: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sysgraph.cli.net import main

    file = tmp_path / f"cases.{'nq' if form == 'nquads' else form}"
    words = ["export", "--what", "cases", "--format", form, "-o", str(file)]
    monkeypatch.setattr("sys.argv", ["sysgraph", *words])
    with pytest.raises(SystemExit):
        main()
    capfd.readouterr()
    found = compare([str(file)])
    assert found.is_empty
    assert compare([str(tmp_path)]).is_empty


@pytest.mark.slow
def test_another_definition_classes_unchanged_cases_otherwise(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    # Nothing is contested any more where the rule for it is gone.
    gone = checkout / "ontology" / "rules" / "contested-facet.rq"
    before = compare([])
    assert before.is_empty
    gone.unlink()
    review = compare([])
    assert [(s.kind, s.name, s.status) for s in review.ontology] == [
        ("rule", "contested-facet", Status.REMOVED)
    ]
    assert review.contributions == ()
    contested = [verdict for verdict in review.verdicts if verdict.what == "contests facet"]
    assert contested == list(review.verdicts)
    assert all(verdict.status is Status.REMOVED for verdict in contested)
    expected = set()
    for path in CASES[:3]:
        facets: dict[str, set[str]] = {}
        for reading in plain(path)["readings"]:
            for facet, seen in reading["facets"].items():
                facets.setdefault(facet, set()).add(seen["value"])
        expected |= {(path.stem, f) for f, values in facets.items() if len(values) > 1}
    slugs = {facet.label: slug for slug, facet in load_shipped_frame().facets.items()}
    assert {(v.case, slugs[v.value]) for v in contested} == expected


def test_statements_about_other_things_are_left_out_and_told(tmp_path: Path) -> None:
    own = "https://w3id.org/sysgraph/case/of-ours"
    path = tmp_path / "case.ttl"
    path.write_text(
        "@prefix sysg: <https://w3id.org/sysgraph/> .\n"
        f"<{own}> a sysg:CaseStudy .\n"
        "<https://w3id.org/sysgraph/consideration/stakes-safe-to-fail> sysg:supports"
        " <https://w3id.org/sysgraph/type/organic> .\n"
    )
    review = compare([str(path)])
    (subject,) = review.contributions
    assert (subject.name, subject.lines) == ("of-ours", ())
    assert review.moves == ()
    assert review.ontology == ()
    assert any("cannot be loaded as it is" in note for note in review.notes)


@pytest.mark.parametrize("end", [2001, 2031])
def test_a_case_that_a_load_refuses_is_told(end: int, tmp_path: Path) -> None:
    case = edited(tmp_path, lambda case: case.update(end=str(end)))
    refused = any("cannot be loaded as it is" in note for note in compare([str(case)]).notes)
    assert refused == (end < 2011)  # when it began


def test_broken_checkouts_are_named_whole(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    for name in ("one.yaml", "two.yaml"):
        (checkout / "ontology" / "cases" / name).write_text("id: [")
    with pytest.raises(SysgraphError) as caught:
        compare(["main", "."])
    assert "ontology/cases/one.yaml:" in str(caught.value)
    assert "ontology/cases/two.yaml:" in str(caught.value)
    commit(checkout)
    with pytest.raises(SysgraphError) as caught:
        compare(["main", "."])
    assert "main:ontology/cases/one.yaml:" in str(caught.value)
    assert "main:ontology/cases/two.yaml:" in str(caught.value)


def test_one_case_in_two_files_of_a_checkout_is_refused(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    shutil.copy(CASES[0], checkout / "ontology" / "cases" / "zz.yaml")
    with pytest.raises(BadFile, match=rf"zz\.yaml: the case {CASES[0].stem} is in ontology/cases/"):
        compare(["main", "."])


@pytest.mark.slow
def test_rules_that_cannot_be_run_are_told_and_the_rest_compared(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    rule = checkout / "ontology" / "rules" / "caution.rq"
    rule.write_text(rule.read_text().replace("FILTER NOT EXISTS {", "OPTIONAL {", 1))
    review = compare([])
    assert [subject.name for subject in review.ontology] == ["caution"]
    (note,) = review.notes
    assert "cannot run the rules there (rules/caution.rq" in note
    assert review.moves == ()
    assert "~ the rule: " in diff_text(review)


@pytest.mark.slow
def test_text_and_markdown_tell_the_same_and_cut_long_lists(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    for path in CASES:
        shutil.copy(path, checkout / "ontology" / "cases")
    commit(checkout)
    path = checkout / "ontology" / "vocab" / "considerations.ttl"
    text = path.read_text()
    path.write_text(
        text.replace("sysg:supports type:facilitative", "sysg:supports type:organic", 1)
    )
    review = compare([])
    assert len(review.moves) > 20
    assert "Proof 1 of 1" not in diff_text(review) + diff_markdown(review)
    shown, marked = diff_text(review, proofs=True), diff_markdown(review, proofs=True)
    for told in (shown, marked):
        assert f"and {len(review.moves) - 20} more; " in told.replace("\\", "")
        assert "Consideration changed" in told
        assert "Proof 1 of 1" in told or not review.proofs
    (front,) = [one for one in review.warnings if one.check == "the front moves"]
    assert "all on one source: " in front.message
    assert len(marked) <= 65_536


@pytest.mark.slow
def test_drafts_do_not_count_and_what_is_superseded_no_longer_does(
    vocabulary: Vocabulary, library: Store, tmp_path: Path
) -> None:
    assert isinstance(library, LocalStore)
    draft = edited(tmp_path, lambda c: c.update(id="unfinished", draft="true"), name="a.json")
    newer = edited(tmp_path, lambda c: c.update(id="newer", supersedes="wigan-deal"), name="b.json")
    found = [one for path in (draft, newer) for one in read(path, vocabulary)]
    store = memory(library.store)
    load(found, store)
    shipped = shipped_side(library)
    laid = lay(files_of("files", found), shipped)
    assert laid.frame.cases.index() == store.index()
    review = compare_sides(shipped, laid, [one.case_id for one in found])
    assert {subject.name for subject in review.contributions} == {"unfinished", "newer"}
    assert review.counts == ()
    assert "unfinished is a draft: it is kept, and does not count as evidence." in review.notes
    assert any(note.startswith("newer supersedes wigan-deal") for note in review.notes)


def test_a_new_case_takes_a_line_a_fact_and_its_proof_is_unfolded_on_demand(
    tmp_path: Path,
) -> None:
    """C15: whoever reviews a case must find it, and not a proof of a hundred lines."""
    review = compare([str(edited(tmp_path, lambda case: case.update(id="a-new-one")))])
    assert review.proofs
    text = diff_text(review)
    lines = text.splitlines()
    facts = len(review.contributions[0].lines)
    begun = [line for line in lines if line.startswith("  + ")]
    assert len(begun) < facts
    assert (
        "  + reading 1 (general), resourcing: value: mainstream budgets; confidence: high" in text
    )
    assert "Proof 1 of" not in text
    assert "--proofs" in text
    assert "Proof 1 of" in diff_text(review, proofs=True)
    url = plain(data() / "ontology" / "cases" / "wigan-deal.yaml")["citations"][0]["url"]
    assert any(url in line for line in lines)


@pytest.mark.parametrize(
    ("part", "label"),
    [
        ("readings/2", "its own readings (those affected)"),
        ("citations/1", "its own citations (A citizen-led approach to health and care: lessons"),
    ],
)
def test_a_part_that_is_spoken_of_goes_by_its_own_words(
    part: str, label: str, tmp_path: Path
) -> None:
    """C15: never by a piece of an address or of a datatype."""

    def edit(case: dict[str, Any]) -> None:
        case["critiques"] = [{**OBJECTION, "about": f"sysg:case/wigan-deal/{part}"}]

    text = " ".join(diff_text(compare([str(edited(tmp_path, edit))])).split())
    assert f"about: {label}" in text
    assert "^^" not in text
    assert "XMLSchema" not in text


def test_what_is_left_out_of_a_side_is_told_where_nothing_else_differs(tmp_path: Path) -> None:
    sound, odd = tmp_path / "sound.yaml", tmp_path / "odd.yaml"
    sound.write_text(WIGAN)
    odd.write_text(f"moral: All went well.\n{WIGAN}")
    review = compare([str(sound), str(odd)])
    assert review.is_empty
    for text in (diff_text(review), diff_markdown(review)):
        assert text.startswith("No difference")
        assert "cannot be loaded as it is" in " ".join(text.split())
