"""The product's own tables through LibreOffice, the real program (C4)."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sysgraph.case.compile import tell
from sysgraph.case.read import read
from sysgraph.errors import Severity
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.publish.tables import write_csv, write_workbook
from sysgraph.vocabulary import Vocabulary

ONTOLOGY = data() / "ontology"
SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]

UTF8 = "44,34,76"
"""Commas, double quotes, UTF-8: what LibreOffice proposes where it sees a byte order mark."""
SPECIAL = f"{UTF8},1,,1033,false,true"
"""The same, with dates, times, amounts and truth found out in American English."""
TO_CSV = f"csv:Text - txt - csv (StarCalc):{UTF8}"

Tree = dict[str, Any]
Convert = Callable[[Path, str, str], Path]

# What spreadsheets like to make their own of, one by one as a title.
TEXTS = (
    """
007|1e5|1E5|12345678901234567890|0.10|.5|5.|1,000|+1|-5|- 5|(5)|50%|5 %|$5|€5|1/2|1 1/2|10:30
10:30 PM|2026-11-28|01/02/2020|1.2.2020|Mar-05|March 2020|5 May 2020|Sept 5|Monday 5|1-Jan-99
2020-01-01T10:00:00Z|TRUE|false|True|=1+1|=TRUE()|@x|#N|'68|''68|'tis|'=1|"quoted"|a;b|a, b
_x0041_|ünï – “cödé” 東京 ١٢|1984
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Turn a file into another by LibreOffice, with a profile of its own."""
    folder = tmp_path_factory.mktemp("office")

    def run(path: Path, to: str, charset: str = UTF8) -> Path:
        out = folder / f"{len(list(folder.iterdir()))}"
        command = [str(SOFFICE), f"-env:UserInstallation=file://{folder / 'profile'}", "--headless"]
        if path.suffix == ".csv":
            command.append(f"--infilter=CSV:{charset}")
        command += ["--convert-to", to, "--outdir", str(out), str(path)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            env=os.environ | {"HOME": str(folder)},
        )
        (found,) = out.iterdir()
        assert "Error" not in done.stderr, done.stderr
        return found

    return run


@pytest.fixture(scope="module")
def trees(vocabulary: Vocabulary) -> list[Tree]:
    """Every shipped case, as ``sysgraph export`` tells them."""
    cases = [each for path in sorted(ONTOLOGY.glob("cases/*")) for each in read(path, vocabulary)]
    return [dict(tell(case.quads, case.case_id, vocabulary)) for case in cases]


@pytest.fixture(scope="module")
def odd(trees: list[Tree]) -> list[Tree]:
    """Cases whose ids, words and texts a spreadsheet would like to change."""
    model = trees[0]
    found: list[Tree] = [
        {**model, "id": f"odd-{number}", "title": text, "summary": f"One\n\nthree {text}"}
        for number, text in enumerate(TEXTS)
    ]
    for name in ("2020", "007", "1e5", "10-12", "2020-01-01", "true", "mar-05"):
        found.append({**model, "id": name, "countries": ["002"], "sectors": ["0", "1e5", "7; 8"]})
    return found


def saved(trees: list[Tree], vocabulary: Vocabulary, folder: Path, ending: str) -> Path:
    path = folder / f"cases.{ending}"
    if ending == "csv":
        path.write_bytes(b"".join(write_csv(lambda: trees, vocabulary)))
    else:
        path.write_bytes(write_workbook(trees, Ontology.load(ONTOLOGY)))
    return path


def stated(path: Path, vocabulary: Vocabulary) -> dict[str, tuple[set[str], list[str]]]:
    """What each case of a file says, and what is wrong with it."""
    return {
        case.case_id: (
            set(map(str, case.quads)),
            [str(one) for one in case.findings if one.severity is Severity.VIOLATION],
        )
        for case in read(path, vocabulary)
    }


WAYS = [
    ("csv", ("xlsx",), UTF8),
    ("csv", ("ods", TO_CSV), UTF8),
    ("csv", ("xlsx", TO_CSV), SPECIAL),
    ("csv", ("ods", "xlsx"), SPECIAL),
    ("xlsx", ("xlsx",), UTF8),
    ("xlsx", ("ods", "xlsx"), UTF8),
    ("xlsx", (TO_CSV,), UTF8),
    ("xlsx", ("ods", TO_CSV), UTF8),
]
NAMES = [
    "-".join([start, *(step[:4].strip(":") for step in steps), *(["special"] * (how == SPECIAL))])
    for start, steps, how in WAYS
]


@pytest.mark.parametrize("which", ["shipped", "odd"])
@pytest.mark.parametrize(("start", "steps", "charset"), WAYS, ids=NAMES)
def test_tables_come_back_identical(
    which: str,
    start: str,
    steps: tuple[str, ...],
    charset: str,
    trees: list[Tree],
    odd: list[Tree],
    convert: Convert,
    vocabulary: Vocabulary,
    tmp_path: Path,
) -> None:
    path = saved(trees if which == "shipped" else odd, vocabulary, tmp_path, start)
    expected = stated(path, vocabulary)
    for step in steps:
        path = convert(path, step, charset)
    assert stated(path, vocabulary) == expected
