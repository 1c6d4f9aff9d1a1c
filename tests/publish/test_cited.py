"""How a case is cited, in BibTeX and in CSL-JSON: nothing guessed, nothing broken."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calling import Call
from shelf import CASES
from sysgraph.case.read import read
from sysgraph.errors import SysgraphError, clean
from sysgraph.publish.cited import Cited, Work, export_cited, works, write_bibtex, write_csl
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format, in_graph, parse
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import PREFIXES, graph_of
from sysgraph.vocabulary import Vocabulary

CASES_ALONE = Part(What.CASES)
MADE_UP = """\
id: made-up
title: "50% of {All} & more_or #1"
contributor: {name: A Name, orcid: https://orcid.org/0}
contributed: 2026-01-02
licence: https://example.org/l
citations:
- {authors: Naylor C and Wellings D, title: One, read: "false"}
- authors: A Body
  title: Two
  year: 1999
  where: A Site
  url: "https://example.org/a_b?c=%20#d"
  read: "true"
  part: opening
  amount: ten lines
  note: Told shortly.
"""


@pytest.fixture
def made_up(tmp_path: Path, vocabulary: Vocabulary) -> LocalStore:
    path = tmp_path / "made-up.yaml"
    path.write_text(MADE_UP, "utf-8")
    (case,) = read(path, vocabulary)
    return memory(in_graph(case.quads, graph_of("made-up")))


def test_a_case_and_what_it_cites_in_bibtex(made_up: LocalStore) -> None:
    assert (
        b"".join(export_cited(made_up, Cited.BIBTEX, CASES_ALONE)).decode()
        == r"""@misc{made-up,
  author = {{A Name}},
  title = {{50\% of {\textbraceleft}All{\textbraceright} \& more\_or \#1}},
  year = {2026},
  month = jan,
  date = {2026-01-02},
  type = {dataset},
  publisher = {sysgraph},
  howpublished = {sysgraph},
  note = {case study of the sysgraph library; licence https://example.org/l; contributor https://orcid.org/0},
  url = {https://w3id.org/sysgraph/case/made-up},
}

@misc{made-up-1,
  author = {{Naylor C and Wellings D}},
  title = {{One}},
  note = {unchecked: cited from memory},
}

@misc{made-up-2,
  author = {{A Body}},
  title = {{Two}},
  year = {1999},
  howpublished = {A Site},
  annote = {Read: opening, ten lines. Told shortly.},
  url = {https://example.org/a_b?c=%20#d},
}
"""
    )


def test_a_case_and_what_it_cites_in_csl(made_up: LocalStore) -> None:
    case, one, two = json.loads(b"".join(export_cited(made_up, Cited.CSL, CASES_ALONE)))
    assert case == {
        "id": "made-up",
        "type": "dataset",
        "title": "50% of {All} & more_or #1",
        "author": [{"literal": "A Name"}],
        "issued": {"date-parts": [[2026, 1, 2]]},
        "publisher": "sysgraph",
        "URL": "https://w3id.org/sysgraph/case/made-up",
        "note": "case study of the sysgraph library; licence https://example.org/l;"
        " contributor https://orcid.org/0",
    }
    assert one == {
        "id": "made-up-1",
        "type": "document",
        "title": "One",
        "author": [{"literal": "Naylor C and Wellings D"}],
        "note": "unchecked: cited from memory",
    }
    assert two["issued"] == {"date-parts": [[1999]]}
    assert (two["container-title"], two["annote"]) == (
        "A Site",
        "Read: opening, ten lines. Told shortly.",
    )


def test_the_shipped_library_says_its_version(call: Call) -> None:
    (path,) = (one for one in CASES if one.stem == "wigan-deal")
    first, *others = json.loads(call("export", "--format", "csl", "--case", "wigan-deal").out)
    assert first["version"]
    assert [one["id"] for one in others] == [
        f"wigan-deal-{number}" for number in range(1, path.read_text().count("- authors:") + 1)
    ]


def test_many_citations_keep_their_order(tmp_path: Path, vocabulary: Vocabulary) -> None:
    lines = [f"- {{authors: A, title: T{number}, read: 'true'}}" for number in range(1, 13)]
    path = tmp_path / "long.yaml"
    path.write_text("\n".join(["id: long", "citations:", *lines]), "utf-8")
    (case,) = read(path, vocabulary)
    store = memory(in_graph(case.quads, graph_of("long")))
    found = list(works(store, graph_of("long"), ""))
    assert [work.title for work in found[1:]] == [f"T{number}" for number in range(1, 13)]


def test_a_citation_may_have_any_name() -> None:
    case, graph = "https://w3id.org/sysgraph/case/ab", graph_of("ab")
    cites, title = f"{PREFIXES['cito']}citesAsEvidence", f"{PREFIXES['dcterms']}title"
    text = "".join(
        f"<{case}> <{cites}> <{case}/citations/{name}> .\n"
        f'<{case}/citations/{name}> <{title}> "Work {name}" .\n'
        for name in ("kingsfund", "10", "2")
    )
    store = memory(in_graph(parse(text.encode(), Format.NTRIPLES, "x"), graph))
    keys = [one.key for one in works(store, graph, "")]
    assert keys == ["ab", "ab-kingsfund", "ab-2", "ab-10"]


def test_no_case_is_an_empty_file() -> None:
    assert b"".join(write_bibtex([])) == b""
    assert json.loads(b"".join(write_csl([]))) == []


def test_only_cases_are_cited(made_up: LocalStore) -> None:
    with pytest.raises(SysgraphError, match="holds cases and what they cite, and no ontology"):
        export_cited(made_up, Cited.CSL, Part(What.ONTOLOGY))


def test_an_unknown_case_is_refused_with_the_nearest(made_up: LocalStore, call: Call) -> None:
    with pytest.raises(SysgraphError, match="did you mean 'made-up'"):
        export_cited(made_up, Cited.CSL, Part(What.CASES, frozenset(["mad-up"])))
    assert call("export", "--format", "bibtex", "--case", "wigan-del").code == 2


def test_the_cases_that_are_asked_for(call: Call) -> None:
    asked = ("--case", "nuka", "--case", "agra")
    items = json.loads(call("export", "--format", "csl", *asked).out)
    assert [one["id"] for one in items if one["type"] == "dataset"] == ["agra", "nuka"]


@given(st.text(st.sampled_from("a\\{}~^&%$#_\"',= é@\n")))
def test_no_text_breaks_an_entry(text: str) -> None:
    work = Work(key="k", is_case=False, title=clean(text), author="", issued="", where="", url="")
    (entry,) = write_bibtex([work])
    value = entry.decode().removeprefix("@misc{k,\n  title = {{").removesuffix("}},\n}\n")
    depth = 0
    for sign in value:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    names = {"backslash": "\\", "braceleft": "{", "braceright": "}"}
    names |= {"asciitilde": "~", "asciicircum": "^"}
    parts = value.split("{\\text")
    plain = parts[0] + "".join(
        names[one.split("}", 1)[0]] + one.split("}", 1)[1] for one in parts[1:]
    )
    for sign in "&%$#_":
        plain = plain.replace(f"\\{sign}", sign)
    assert plain == clean(text)
