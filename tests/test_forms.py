"""Issue forms made from the ontology, what people write in them, and the workflow around them."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from sysgraph.case.read import read
from sysgraph.cli.app import build
from sysgraph.diff.sides import own_statements
from sysgraph.diff.things import grow
from sysgraph.errors import BadForm
from sysgraph.forms import IssueForm, IssueQuestion, Kind, config_text, form_text, issue_form
from sysgraph.issue import fill_in, read_issue
from sysgraph.ontology import Ontology
from sysgraph.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
ONTOLOGY = Ontology.load()
CASES = sorted((ONTOLOGY.folder / "cases").glob("*.yaml"))
TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OF_STRANGERS = [path for path in WORKFLOWS if path.stem not in ("release", "weekly")]
"""Those that what strangers send sets going; only the owner's tag and the week do the others."""
DAY = date(2026, 11, 22)
NOTHING = "_No response_"


HINT = (
    "run 'just fmt', or 'sysgraph forms --into .github/ISSUE_TEMPLATE', and commit what it writes"
)


@pytest.mark.parametrize("kind", list(Kind))
def test_committed_form_is_what_the_ontology_makes(kind: Kind) -> None:
    """A word that was added to the vocabulary may be missing among the choices; nothing else."""
    committed = yaml.safe_load((TEMPLATES / f"{kind}.yml").read_text())
    made = yaml.safe_load(form_text(kind, ONTOLOGY))
    assert len(committed["body"]) == len(made["body"]), HINT
    for ours, now in zip(committed["body"], made["body"], strict=True):
        offered, there = (each["attributes"].pop("options", []) for each in (ours, now))
        assert offered == [choice for choice in there if choice in offered], HINT
    assert committed == made, HINT
    assert (TEMPLATES / "config.yml").read_text() == config_text(), HINT


def test_forms_and_workflows_are_what_github_takes() -> None:
    given = {
        "vendor.github-issue-forms": [TEMPLATES / f"{kind}.yml" for kind in Kind],
        "vendor.github-issue-config": [TEMPLATES / "config.yml"],
        "vendor.github-workflows": WORKFLOWS,
    }
    for schema, files in given.items():
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
        ran = subprocess.run(
            [*command, *map(str, files)], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("kind", list(Kind))
def test_questions_can_be_told_apart(kind: Kind) -> None:
    form = yaml.safe_load(form_text(kind, ONTOLOGY))
    asked = [each for each in form["body"] if each["type"] != "markdown"]
    # GitHub refuses labels that differ in signs only.
    labels = [re.sub(r"\W+", "-", each["attributes"]["label"].lower()) for each in asked]
    assert len(set(labels)) == len(labels)
    assert len({each["id"] for each in asked}) == len(asked)
    for each in asked:
        options = each["attributes"].get("options", ["x"])
        assert options
        assert len(set(options)) == len(options)
        assert all(isinstance(option, str) and option != "None" for option in options)


def questions(form: IssueForm, **given: str) -> str:
    """What GitHub makes of answers, given by the label of their question."""
    parts = [f"### {q.label}\n\n{given.get(q.label, NOTHING)}" for q in form.questions]
    return "\n\n".join(parts) + "\n"


def answers_of(case: Mapping[str, Any], form: IssueForm) -> dict[str, str]:
    """What a person would choose and write to send in this case."""
    found = {}
    for question in form.questions:
        if question.spread:
            facets = at(case, question.path[:-1]) or {}
            key = str(question.path[-1])
            said = {name: each[key] for name, each in facets.items() if key in each}
            if question.options and said:
                found[question.label] = shown(question, next(iter(said.values())))
            elif said:
                found[question.label] = "\n".join(f"{name}: {text}" for name, text in said.items())
            continue
        value = at(case, question.path)
        if value is None:
            continue
        values = value if isinstance(value, list) else [value]
        joined = ", " if question.options else "\n"
        found[question.label] = joined.join(shown(question, each) for each in values)
    return found


def at(case: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        try:
            case = case[step]
        except (KeyError, IndexError):
            return None
    return case


def shown(question: IssueQuestion, value: str) -> str:
    return next((text for text, written in question.options.items() if written == value), value)


def simplified(path: Path) -> dict[str, Any]:
    """A case without what a form has no room for."""
    case = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    assert isinstance(case, dict)
    for key in ("advice", "codings", "critiques"):  # which a form does not ask for
        case.pop(key, None)
    for key in ("citations", "readings"):
        case[key] = case[key][:2]
    case["id"] = f"{case['id'][:60]}-x"
    for reading in case["readings"]:
        for facet in reading["facets"].values():
            facet["confidence"] = "medium"
    return case


def says(path: Path, vocabulary: Vocabulary) -> object:
    (one,) = read(path, vocabulary, critiques=True)
    assert not one.findings
    tree = grow(one.iri, own_statements(one.case_id, one.quads))
    assert tree is not None
    return tree.says


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case_sent_in_by_the_form_is_the_case_of_the_file(
    path: Path, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    case = simplified(path)
    form = issue_form(Kind.CASE, ONTOLOGY)
    body = questions(form, **answers_of(case, form))
    made = fill_in(body.replace("\n", "\r\n"), "issue", date.fromisoformat(case["contributed"]))
    assert made.faults == ()
    assert made.place == f"cases/{case['id']}.yaml"
    direct, sent = tmp_path / "direct.json", tmp_path / "sent.yaml"
    direct.write_text(json.dumps(case))
    sent.write_text(made.text)
    assert says(sent, vocabulary) == says(direct, vocabulary)


def test_any_choice_of_several_is_read_as_it_was_chosen() -> None:
    form = issue_form(Kind.CASE, ONTOLOGY)
    several = [q for q in form.questions if q.is_several and q.options]
    assert len(several) >= 4
    by = random.Random(5)
    for _ in range(200):
        question = by.choice(several)
        chosen = by.sample(list(question.options), by.randint(1, len(question.options)))
        body = questions(form, **{"Id": "of-ours", question.label: ", ".join(chosen)})
        tree = yaml.safe_load(fill_in(body, "issue", DAY).text)
        assert at(tree, question.path) == [question.options[one] for one in chosen]


def test_critique_and_correction_are_read(vocabulary: Vocabulary, tmp_path: Path) -> None:
    form = issue_form(Kind.CRITIQUE, ONTOLOGY)
    given = {
        "Id": "of-ours",
        "About": "sysg:risk/tokenism\nsysg:case/wigan-deal",
        "Question": "beneficiary",
        "Asked": "ought",
        "Standpoint": "those affected, not involved",
        "Stance": "undercuts",
        "Says": "Nobody was asked.",
        "Contributor: name": "A Tester",
        "Licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    made = fill_in(questions(form, **given), "issue", DAY)
    assert made.place == "critiques/of-ours.yaml"
    path = tmp_path / "critique.yaml"
    path.write_text(made.text)
    (one,) = read(path, vocabulary, critiques=True)
    assert not one.findings
    assert one.case_id == "critique/of-ours"

    form = issue_form(Kind.CORRECTION, ONTOLOGY)
    given = {"Case": "wigan-deal", "Field": "Outcome, led: judgement", "New text": "contested"}
    body = questions(form, **given, Grounds="x")
    found = yaml.load(fill_in(body, "issue", DAY).text, Loader=yaml.BaseLoader)
    stored = yaml.load((ONTOLOGY.folder / "cases" / "wigan-deal.yaml").read_text(), yaml.BaseLoader)
    stored["outcome"]["led"]["judgement"] = "contested"
    assert found == stored


def test_reasons_go_to_their_facets_and_the_rest_is_told() -> None:
    form = issue_form(Kind.CASE, ONTOLOGY)
    label = next(q.label for q in form.questions if q.path[-2:] == ("agreement", "value"))
    why = "- agreement: they met\nand agreed\nstakes: high\nwhatever: this"
    given = {"Id": "of-ours", label: "shared goals (unitary)", "Reading 1: why": f"first\n{why}"}
    made = fill_in(questions(form, **given), "issue", DAY)
    facets = yaml.safe_load(made.text)["readings"][0]["facets"]
    assert facets == {"agreement": {"value": "unitary", "why": "they met and agreed"}}
    assert len(made.faults) == 3
    assert "first" in made.faults[0]
    assert "stakes" in made.faults[1]


def test_a_reason_without_its_facet_must_be_mended_and_is_not_dropped(tmp_path: Path) -> None:
    """C16: what a person wrote is never left out of a case that is called sound."""
    case = simplified(CASES[0])
    form = issue_form(Kind.CASE, ONTOLOGY)
    answers = answers_of(case, form)
    answers["Id"] = "of-ours"
    body = tmp_path / "issue.md"
    body.write_text(questions(form, **answers), encoding="utf-8")
    runner, app = CliRunner(), build(["from-form"])
    sound = runner.invoke(app, ["from-form", str(body), "--date", "2026-11-22"])
    assert sound.exit_code == 0, sound.output
    label = "Reading 1: why"
    answers[label] = f"lost words\n{answers.get(label, '')}"
    body.write_text(questions(form, **answers), encoding="utf-8")
    command = ["from-form", str(body), "--date", "2026-11-22", "--into", str(tmp_path / "into")]
    for form_of_it in ("text", "json", "markdown"):
        done = runner.invoke(app, [*command, "--format", form_of_it])
        assert done.exit_code == 1
        assert "lost words" in done.output.replace("\\", "")
    assert not (tmp_path / "into").exists()


REFUSED = {
    "empty": ("", "not written with one of the forms"),
    "another issue": ("### Steps\n\nIt fails.\n", "not written with one of the forms"),
    "no id": (questions(issue_form(Kind.CASE, ONTOLOGY)), "under 'Id' write"),
    "id that leaves the folder": (
        questions(issue_form(Kind.CASE, ONTOLOGY), Id="../../x"),
        "under 'Id' write",
    ),
    "id that is there": (
        questions(issue_form(Kind.CASE, ONTOLOGY), Id="wigan-deal"),
        "there is a case of the id",
    ),
    "a heading in an answer": (
        questions(issue_form(Kind.CASE, ONTOLOGY), Id="ours", Summary="x\n\n### Scale\n\nglobal"),
        "the heading 'Scale' stands in lines 13 and",
    ),
    "an earlier heading in an answer": (
        questions(issue_form(Kind.CASE, ONTOLOGY), Id="ours", Summary="x\n### Title\ny"),
        "the heading 'Title' stands in lines 5 and 12",
    ),
    "unknown case": (
        questions(issue_form(Kind.CORRECTION, ONTOLOGY), Case="no-such", Field="Title"),
        "there is no case 'no-such'",
    ),
    "case elsewhere": (
        questions(issue_form(Kind.CORRECTION, ONTOLOGY), Case="../../pyproject", Field="Title"),
        "there is no case 'pyproject'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sound_form_is_refused_in_words(name: str) -> None:
    body, reason = REFUSED[name]
    with pytest.raises(BadForm, match=re.escape(reason)):
        fill_in(body, "issue", DAY)


def test_events_are_read_and_bounded() -> None:
    event = {"issue": {"body": "text", "created_at": "2026-11-22T10:00:00Z"}}
    assert read_issue(json.dumps(event).encode(), "e") == ("text", DAY)
    assert read_issue(b"### Id\n\nx", "e") == ("### Id\n\nx", None)
    empty = {"issue": {"body": None, "created_at": "2026-11-22T10:00:00Z"}}
    assert read_issue(json.dumps(empty).encode(), "e")[0] == ""
    for data_ in (
        b"{}",
        b'{"issue": 1}',
        b"{" * 100_000,
        b"\xff",
        b"x" * 400_000,
        b"x" * 6_000_000,
    ):
        with pytest.raises(BadForm):
            read_issue(data_, "e")


def steps() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each step of each workflow: its file, its job, itself."""
    for path in WORKFLOWS:
        for name, job in yaml.load(path.read_text(), Loader=yaml.BaseLoader)["jobs"].items():
            for step in job["steps"]:
                yield path.name, name, step


def test_no_script_of_a_workflow_holds_an_expression() -> None:
    scripts = [step["run"] for _, _, step in steps() if "run" in step]
    assert len(scripts) >= 6
    assert not [script for script in scripts if "${{" in script]


def test_texts_of_strangers_are_in_no_environment_either() -> None:
    free = re.compile(r"github\.event\.\w+\.(title|body)|head_ref|head\.(ref|label)|comment")
    assert not [path for path in WORKFLOWS if free.search(re.sub("#.*", "", path.read_text()))] or (
        not [
            value
            for path in WORKFLOWS
            for job in yaml.load(path.read_text(), Loader=yaml.BaseLoader)["jobs"].values()
            for value in (*job.get("env", {}).values(), job.get("if", ""))
            if free.search(value)
        ]
    )


def test_actions_are_pinned_and_permissions_least() -> None:
    used = [step["uses"] for _, _, step in steps() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in used)
    for path in OF_STRANGERS:
        flow = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
        assert flow["permissions"] == {}
        assert set(flow["on"]) <= {"issues", "pull_request"}
        for job in flow["jobs"].values():
            assert int(job["timeout-minutes"]) <= 10
            assert job["concurrency"]["group"]
            runs = " ".join(step.get("run", "") for step in job["steps"])
            if "write" in job["permissions"].values():
                # Who may write runs none of our code, and so none that a text could trick.
                assert not re.search(r"\b(pip|python|sysgraph)\b", runs)
            else:
                assert job["permissions"] == {"contents": "read"}
                assert "GH_TOKEN" not in str(job)
                checkout = [s for s in job["steps"] if "checkout" in s.get("uses", "")]
                assert all(s["with"]["persist-credentials"] == "false" for s in checkout)


def test_a_release_begins_with_a_tag_and_whoever_may_write_runs_none_of_our_code() -> None:
    (path,) = (path for path in WORKFLOWS if path.stem == "release")
    flow = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    assert (flow["permissions"], list(flow["on"])) == ({}, ["push"])
    assert list(flow["on"]["push"]) == ["tags"]
    writing = {name for name, job in flow["jobs"].items() if "write" in job["permissions"].values()}
    assert writing == {"draft"}
    steps_of = {name: job["steps"] for name, job in flow["jobs"].items()}
    runs = [step["run"] for step in steps_of["draft"] if "run" in step]
    assert [run.split()[0] for run in runs] == ["cd", "gh"]
    assert not [step for step in steps_of["draft"] if "checkout" in step.get("uses", "")]
    assert "GH_TOKEN" not in str(flow["jobs"]["build"])
    assert "--draft" in runs[-1]


def test_once_a_week_is_run_what_a_release_needs_and_nothing_is_written() -> None:
    (path,) = (path for path in WORKFLOWS if path.stem == "weekly")
    flow = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    (job,) = flow["jobs"].values()
    assert (flow["permissions"], job["permissions"]) == ({}, {"contents": "read"})
    (run,) = (step["run"] for step in job["steps"] if "run" in step)
    told = re.search(r"^check-all: (.*)$", (ROOT / "justfile").read_text(), re.MULTILINE)
    assert told
    assert ["check", *run.partition(".ci/run ")[2].split()] == told[1].split()


class Ran:
    """What a step left behind."""

    def __init__(self, folder: Path, output: str) -> None:
        self.folder = folder
        self.output = output
        self.comment = (folder / "found" / "comment.md").read_text()

    @property
    def files(self) -> list[str]:
        found = self.folder / "found" / "ontology"
        return sorted(str(path.relative_to(found)) for path in found.rglob("*") if path.is_file())


def script(job: str, name: str) -> str:
    for path, its, step in steps():
        if (path, its, step.get("name")) == ("contribution.yml", job, name):
            return str(step["run"])
    raise AssertionError(name)


def environment(folder: Path, **more: str) -> dict[str, str]:
    path = f"{folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **more}


def run_check(folder: Path, body: str) -> Ran:
    """Run the script of the workflow that reads the form, as the runner does: bash -e."""
    event, output = folder / "event.json", folder / "output"
    issue = {"number": 7, "body": body, "created_at": "2026-11-22T10:00:00Z"}
    event.write_text(json.dumps({"action": "opened", "issue": issue}))
    output.write_text("")
    (folder / "bin").mkdir(exist_ok=True)
    sysgraph = folder / "bin" / "sysgraph"
    sysgraph.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sysgraph "$@"\n')
    sysgraph.chmod(0o755)
    given = environment(folder, GITHUB_EVENT_PATH=str(event), GITHUB_OUTPUT=str(output))
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    script_ = script("check", "Read the form, check it and compare")
    ran = subprocess.run(
        [*command, script_], cwd=folder, env=given, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    return Ran(folder, output.read_text())


def sound_body(**given: str) -> str:
    form = issue_form(Kind.CASE, ONTOLOGY)
    return questions(form, **{**answers_of(simplified(CASES[0]), form), **given})


MADE = "$(touch made) `touch made` ; touch made # \"; touch made; ' && touch made | tee made"
HOSTILE = {
    "shell": sound_body(Title=MADE, Summary=MADE, Id="$(touch made)"),
    "shell in every text": sound_body(Title=MADE, Summary=MADE, Place=MADE, Driver=MADE),
    "markup": sound_body(Title="]]> <script>alert(1)</script> <!-- --> </details> <img src=x>"),
    "people and issues": sound_body(Driver="@someone fixes #1, closes GH-2 https://evil.example/x"),
    "fences": sound_body(Summary="```\n~~~\n~~~~~~~~\n````\n```yaml\nid: other\n```"),
    "yaml": sound_body(Summary="- a: &x [*x]\n---\n!!python/object:os.system\n<<: *x\n? : {"),
    "expression": sound_body(
        Title="${{ github.token }} ${{ secrets.X }} ::set-output name=sound::true"
    ),
    "output": sound_body(Title="sound=true\nsound=true", Scale="huge"),
    "huge": sound_body(Summary="word " * 50_000),
    "huge and no form": "#" * 200_000,
    "many headings": "### Id\n\nx\n\n" * 5_000,
    "nothing": questions(issue_form(Kind.CASE, ONTOLOGY)),
    "no answers but an id": questions(issue_form(Kind.CASE, ONTOLOGY), Id="of-ours"),
    "nul": sound_body(Title="a\x00b"),
    "control": sound_body(Title="a\x1b[31mb"),
    "template": sound_body(Title="{{7*7}} %(x)s {0} \\n \\ <% %>"),
}
SOUND = {
    "shell in every text",
    "markup",
    "people and issues",
    "fences",
    "yaml",
    "expression",
    "template",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_reach_no_shell_and_get_an_answer(name: str, tmp_path: Path) -> None:
    ran = run_check(tmp_path, HOSTILE[name])
    is_sound = name in SOUND
    assert ran.output == f"sound={str(is_sound).lower()}\n"
    assert ran.files == (["cases/100k-homes-x.yaml"] if is_sound else [])
    assert not list(tmp_path.rglob("made"))
    told = ran.comment
    if is_sound:
        told += (tmp_path / "found" / "difference.md").read_text()
    assert "Thank you" in ran.comment
    assert max(len(ran.comment), len(told) - len(ran.comment)) <= 65_536
    # What stands in a block of code has no effect.
    plain = re.sub(r"^(~{3,})\n.*?\n\1$", "", told, flags=re.DOTALL | re.MULTILINE)
    assert "<script" not in plain.replace("\\<script", "")
    assert "<img" not in plain.replace("\\<img", "")
    assert "@someone" not in plain
    assert not re.search(r"[^`]https?://evil", plain)
    assert plain.count("<details>") == plain.count("\n</details>")


@pytest.mark.slow
def test_sound_case_goes_all_the_way_to_a_pull_request(tmp_path: Path) -> None:
    ran = run_check(tmp_path, sound_body())
    assert ran.output == "sound=true\n"
    assert "is sound" in ran.comment
    difference = (tmp_path / "found" / "difference.md").read_text()
    assert "Near\\-duplicate" in difference or "Near-duplicate" in difference
    gh = tmp_path / "bin" / "gh"
    gh.write_text('#!/bin/sh\nprintf "%s\\n" "$*" >> gh.log\n')
    gh.chmod(0o755)
    where = environment(tmp_path, NUMBER="7", REPOSITORY="o/r", GH_TOKEN="none")
    subprocess.run(["git", "init", "--quiet", "--bare", "remote.git"], cwd=tmp_path, check=True)
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("remote", "add", "origin", "remote.git"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "ontology" / "cases").mkdir(parents=True)
    for job, name in (
        ("comment", "Say what was found"),
        ("propose", "Open a pull request with the difference as its text"),
    ):
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(job, name)]
        done = subprocess.run(
            command, cwd=tmp_path, env=where, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    log = (tmp_path / "gh.log").read_text()
    assert "issue comment 7 --repo o/r" in log
    assert "pr create --repo o/r --head contribution-7" in log
    listed = ["git", "--git-dir=remote.git", "ls-tree", "-r", "--name-only", "contribution-7"]
    pushed = subprocess.run(listed, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert pushed.stdout.split() == ["ontology/cases/100k-homes-x.yaml"]


def test_comment_names_the_question_that_must_be_mended(tmp_path: Path) -> None:
    ran = run_check(tmp_path, sound_body(Start="last year", Title=NOTHING, Scale="huge"))
    assert ran.output == "sound=false\n"
    assert "3 answers must be mended" in ran.comment
    for label in ("Start", "Title", "Scale"):
        assert f"- **{label}**: " in ran.comment


def test_forms_and_text_are_written_by_the_commands(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sysgraph.cli.net import main

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["sysgraph", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capfd.readouterr().out

    assert call("forms", "--into", str(tmp_path / "forms"))[0] == 0
    assert sorted(path.name for path in (tmp_path / "forms").iterdir()) == [
        "case.yml",
        "config.yml",
        "correction.yml",
        "critique.yml",
    ]
    assert set(json.loads(call("forms", "--format", "json")[1])) >= {"case.yml"}
    assert "name: A critique" in call("forms")[1]
    issue = tmp_path / "issue.md"
    issue.write_text(sound_body())
    code, out = call("from-form", str(issue), "--date", "2026-01-02")
    assert (code, yaml.safe_load(out)["contributed"]) == (0, "2026-01-02")
    issue.write_text(sound_body(Scale="huge"))
    code, out = call("from-form", str(issue))
    assert code == 1
    assert out.startswith("# violation: Scale: 'huge'") or "# violation: Scale: " in out
    code, out = call("from-form", str(issue), "--format", "json")
    assert (code, json.loads(out)["conforms"]) == (1, False)
    issue.write_text("x")
    assert call("from-form", str(issue), "--format", "markdown")[0] == 2
