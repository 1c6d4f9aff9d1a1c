"""The pages: links lead somewhere, decisions are numbered, and no merge was left half done."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

# Seven equals signs also underline a title, if it has seven letters.
CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7}) |^(?!.{7}$).*\n={7}$", re.M)


def prose(text: str) -> str:
    """Return the text of a page without what is code, or the output of a program."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def anchors(text: str) -> set[str]:
    """Return what the headings of a page may be linked by, as GitHub makes it."""
    plain = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", plain, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere inside the repository."""
    links = re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text(encoding="utf-8")))
    return [link for link in links if not re.match("[a-z]+:", link) and not leads(page, link)]


def leads(page: Path, link: str) -> bool:
    """Tell whether a link has a target, and the heading that it names."""
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target.read_text(encoding="utf-8")))


def gaps(decisions: str) -> list[int]:
    """Return the numbers that stand where another was due."""
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", decisions, re.M)]
    return [number for due, number in enumerate(numbers, 1) if number != due]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# The `x` of it, all\n```\n# No title\n```\n")
    (tmp_path / "a.md").write_text(
        "# Here\n[a](b.md) [b](b.md#the-x-of-it-all) [c](#here) [d](https://example.org/none)\n"
        "[e](c.md) [f](b.md#no-title) [g](#there) `[h](d.md)`\n```\n[i](d.md)\n```\n"
    )
    assert broken(tmp_path / "a.md") == ["c.md", "b.md#no-title", "#there"]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert gaps((ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")) == []
    assert gaps("1. One\n2. Two\n   10. no\n4. Four\n") == [4]


def test_no_merge_was_left_half_done() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert files
    texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in files}
    assert [file for file, text in texts.items() if CONFLICT.search(text)] == []


@pytest.mark.parametrize(
    ("text", "is_left"),
    [
        ("a\n<<<<<<< HEAD\nb", True),
        ("a\n||||||| base\nb", True),
        ("a longer line\n=======\nb", True),
        (">>>>>>> helper-new\n", True),
        ("A title\n=======\n", False),
        ("Another title\n=============\n", False),
        ("a <<<<<<< b", False),
    ],
)
def test_what_a_merge_leaves_is_known(text: str, is_left: bool) -> None:
    assert bool(CONFLICT.search(text)) == is_left


SHOWN = """<!-- [[[cog
import sys; sys.path.insert(0, "docs"); import cog, show
from pathlib import Path
show.DIGEST = Path("{digest}")
cog.outl(show.output("--version"))
]]] -->
what was shown
<!-- [[[end]]] -->
"""


@pytest.mark.parametrize("is_grown", [False, True])
def test_what_a_page_shows_of_another_library_is_let_stand(is_grown: bool, tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, 'docs'); import show; print(show.digest())"
    today = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    (tmp_path / "digest").write_text("0" * 64 if is_grown else today)
    (tmp_path / "page.md").write_text(SHOWN.format(digest=tmp_path / "digest"))
    checked = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", str(tmp_path / "page.md")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == (0 if is_grown else 5), checked.stdout + checked.stderr
    assert ("(changed)" in checked.stdout) != is_grown
    assert ("an earlier library" in checked.stderr) == is_grown
