"""The address that fills the issue form in: what arrives there is what was filled in here."""

from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from contributed import filled_case
from sysgraph.case.document import read_document
from sysgraph.forms import Kind, element_id, issue_form
from sysgraph.issue import fill_in
from sysgraph.ontology import Ontology
from sysgraph.web.filled import holding, reading
from sysgraph.web.issues import issue_address

ONTOLOGY = Ontology.load()
REPOSITORY = "https://github.com/owner/name"
CASES = sorted((ONTOLOGY.folder / "cases").glob("*.yaml"))


def arrived(address: str, kind: Kind) -> str:
    """Return the text of the issue that GitHub makes of the form as the address fills it in."""
    said = dict(parse_qsl(urlsplit(address).query))
    parts = (
        f"### {question.label}\n\n{said.get(element_id(question), '_No response_')}\n"
        for question in issue_form(kind, ONTOLOGY).questions
    )
    return "\n".join(parts)


def test_what_was_filled_in_arrives() -> None:
    filled = reading(Kind.CASE, ONTOLOGY, filled_case())
    address, left = issue_address(Kind.CASE, filled.document, ONTOLOGY, REPOSITORY)
    assert address.startswith(f"{REPOSITORY}/issues/new?template=case.yml&id=the-park&")
    assert left == []
    day = date(2026, 11, 1)
    got = fill_in(arrived(address, Kind.CASE), "issue", day)
    assert got.document.data == filled.document
    assert not got.faults


def test_what_the_form_has_no_room_for_is_named() -> None:
    told = filled_case()
    for number in range(1, 4):
        told[f"readings.{number}.standpoint"] = [f"voice {number}"]
    told["readings.1.facets.agreement.value"] = ["plural"]
    told["readings.1.facets.agreement.confidence"] = ["high"]
    told["readings.1.facets.stakes.confidence"] = ["low"]
    filled = reading(Kind.CASE, ONTOLOGY, told)
    _, left = issue_address(Kind.CASE, filled.document, ONTOLOGY, REPOSITORY)
    assert left == ["readings"]


@pytest.mark.parametrize("path", CASES[:8], ids=lambda path: path.stem)
def test_nothing_of_a_shipped_case_is_lost_unsaid(path: Path) -> None:
    data = read_document(path.read_bytes(), path.name).data
    document = holding(Kind.CASE, ONTOLOGY, data).document
    address, left = issue_address(Kind.CASE, document, ONTOLOGY, REPOSITORY)
    body = arrived(address, Kind.CASE).replace(f"### Id\n\n{path.stem}\n", "### Id\n\nnew-id\n")
    got = fill_in(body, "issue", date(2026, 11, 22)).document.data
    assert isinstance(got, dict)
    for key, value in document.items():
        if key not in ("id", "contributed", *left):
            assert got[key] == value


def test_a_hostile_text_ends_no_address() -> None:
    filled = reading(Kind.CASE, ONTOLOGY, filled_case(title='"><script>&id=evil#x\n### Id'))
    address, _ = issue_address(Kind.CASE, filled.document, ONTOLOGY, REPOSITORY)
    assert not {*'"<>#\n '} & {*address}
    assert [one for name, one in parse_qsl(urlsplit(address).query) if name == "id"] == ["the-park"]
