"""What is cited, signed, packed and scanned, as programs of others read it."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jsonschema import Draft3Validator, Draft4Validator
from jsonschema.exceptions import ValidationError

from calling import Call
from faults.corpus import seeds
from others.running import PLACE, needed, others, program, run
from shelf import CASES, readings
from sysgraph.publish.nanopubs import nanopubs
from sysgraph.publish.trusty import Key
from sysgraph.rdf import Format
from sysgraph.store.local import Store
from sysgraph.turtle import serialize

pytestmark = [others, needed]


def test_findings_are_sarif_by_its_schema(tmp_path: Path, call: Call) -> None:
    folder = PLACE / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas"
    schema = json.loads((folder / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    judge = Draft4Validator(schema)
    files = []
    for number, seed in enumerate(list(seeds())[::20]):
        files.append(tmp_path / f"{number}-{seed.name}")
        files[-1].write_bytes(seed.data)
    log = json.loads(call("validate", *files, "--format", "sarif").out)
    judge.validate(log)
    assert len(log["runs"][0]["results"]) > len(files) / 2
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(ValidationError):
        judge.validate(log)


BIBTEX = """
import json, sys
import bibtexparser
from bibtexparser.middlewares import LatexDecodingMiddleware
from pybtex.database import parse_string

text = sys.stdin.read()
one = parse_string(text, "bibtex").entries
other = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
found = {
    entry.key: {name: field.value for name, field in entry.fields_dict.items()}
    for entry in other.entries
}
for entry in bibtexparser.parse_string(text).entries:  # an address is no LaTeX
    if "url" in entry.fields_dict:
        found[entry.key]["url"] = entry.fields_dict["url"].value
authors = {key: [*map(str, entry.persons.get("author", []))] for key, entry in one.items()}
print(json.dumps({"found": found, "authors": authors, "failed": len(other.failed_blocks)}))
"""


def test_two_programs_read_all_references_as_bibtex(call: Call) -> None:
    items = json.loads(call("export", "--format", "csl").out)
    bibtex = call("export", "--format", "bibtex").out
    read = json.loads(run(program("python"), "-c", BIBTEX, given=bibtex))
    assert read["failed"] == 0
    assert list(read["authors"]) == list(read["found"]) == [item["id"] for item in items]
    for item in items:
        fields = read["found"][item["id"]]
        assert fields["title"].strip("{}") == item["title"]
        assert fields.get("url", "") == item.get("URL", "")
        # One author, whole, however many names stand in it.
        (author,) = item["author"]
        assert len(read["authors"][item["id"]]) == 1
        assert fields["author"].strip("{}") == author["literal"]
    assert len(items) > len(CASES)


def csl_schema() -> dict[str, Any]:
    """The schema of CSL 1.0.1, with the type that 1.0.2 added for what is of no other."""
    (path,) = PLACE.rglob("csl_data/csl-data.json")
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    schema["items"]["properties"]["type"]["enum"].append("document")
    return schema


def test_references_are_csl_by_its_schema(call: Call) -> None:
    items = json.loads(call("export", "--format", "csl").out)
    judge = Draft3Validator(csl_schema())
    judge.validate(items)
    items[0]["author"] = "The sysgraph founders"
    with pytest.raises(ValidationError):
        judge.validate(items)


CITEPROC = """
import json, sys
from citeproc import (
    Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter)
from citeproc.source.json import CiteProcJSON

items = json.load(sys.stdin)
style = CitationStylesStyle("harvard-cite-them-right", validate=False)
made = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
for item in items:
    made.register(Citation([CitationItem(item["id"])]))
print(json.dumps([*map(str, made.bibliography())]))
"""


def test_a_citation_processor_writes_the_references(call: Call) -> None:
    items = call("export", "--format", "csl", "--case", "wigan-deal").out
    said = json.loads(run(program("python"), "-c", CITEPROC, given=items))
    assert len(said) == len(json.loads(items))
    assert said[0] == (
        "The sysgraph founders (2026) “The Wigan Deal”. sysgraph. Available at:"
        " https://w3id.org/sysgraph/case/wigan-deal."
    )
    assert "Naylor C, Wellings D (2019) “A citizen-led approach" in said[1]


NANOPUBS = """
import contextlib, json, logging, os, sys
from collections import defaultdict
from rdflib import ConjunctiveGraph, Literal
from nanopub import Nanopub
from nanopub.utils import MalformedNanopubError
from nanopub_sign import Nanopub as Other

logging.disable()
whole = ConjunctiveGraph()
whole.parse(data=sys.stdin.read(), format="nquads")
parts = defaultdict(ConjunctiveGraph)
for s, p, o, c in whole.quads():
    parts[str(c.identifier).rpartition("#")[0]].get_context(c.identifier).add((s, p, o))

def verdicts(graph):
    try:
        read = Nanopub(rdf=graph)
        one = bool(read.is_valid and read.has_valid_trusty)
    except MalformedNanopubError:
        one = False
    try:
        Other(graph.serialize(format="trig")).check()
        other = True
    except Exception:
        other = False
    return one, other

def tampered(graph):
    changed = ConjunctiveGraph()
    for s, p, o, c in graph.quads():
        told = Literal(o + "!", lang=o.language) if str(p).endswith("/why") else o
        changed.get_context(c.identifier).add((s, p, told))
    return changed

quiet = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # one of them talks
found = {name: verdicts(graph) for name, graph in parts.items()}
bad = {name: verdicts(tampered(graph)) for name, graph in parts.items()}
sys.stdout.flush()
os.dup2(quiet, 1)
print(json.dumps({"found": found, "tampered": bad}))
"""


def verdicts(nquads: str) -> dict[str, dict[str, list[bool]]]:
    """What two programs say of each nanopublication, as it is and tampered with."""
    said = run(program("python"), "-W", "ignore", "-c", NANOPUBS, given=nquads)
    read: dict[str, dict[str, list[bool]]] = json.loads(said)
    return read


def test_two_programs_find_every_nanopublication_valid(call: Call) -> None:
    asked = ("export", "--what", "nanopublications", "--format", "nquads")
    read = verdicts(call(*asked).out)
    assert len(read["found"]) == sum(readings().values()) + 2 * len(CASES)
    assert [name for name, said in read["found"].items() if said != [True, True]] == []
    assert [name for name, said in read["tampered"].items() if said != [False, False]] == []


def test_signatures_are_judged_by_another_program(library: Store) -> None:
    private = generate_private_key(public_exponent=65537, key_size=2048)

    class Forged(Key):
        def sign(self, text: bytes) -> str:
            return super().sign(text + b"!")

    found = []
    for key in (Key(private), Forged(private)):
        quads = [quad for one in nanopubs(library, "nuka", key) for quad in one]
        found.append(verdicts(serialize(quads, Format.NQUADS).decode())["found"])
    sound, forged = found
    assert {said[1] for said in sound.values()} == {True}
    assert {said[1] for said in forged.values()} == {False}


CRATE = """
import json, sys
from importlib.resources import files
import rdflib.plugins.shared.jsonld.context as contexts
import requests
from rocrate.rocrate import ROCrate

crate = ROCrate(sys.argv[1])
entities = {one.id: (crate.source / one.id).is_file() for one in crate.data_entities}

# Nothing is fetched: the context is that which rocrate has, with all terms of the earlier ones.
context = json.loads(files("rocrate").joinpath("data", "ro-crate.jsonld").read_text())
asked = contexts.source_to_json
def given(source, *more, **named):
    is_ours = isinstance(source, str) and "w3id.org/ro/crate" in source
    return (context, None) if is_ours else asked(source, *more, **named)
contexts.source_to_json = given
def send(session, request, **named):
    answer = requests.Response()
    answer.request, answer.url = request, request.url
    is_ours = "w3id.org/ro/crate" in request.url
    answer.status_code = 200 if is_ours else 404
    answer._content = json.dumps(context).encode() if is_ours else b""
    answer.headers["Content-Type"] = "application/ld+json"
    return answer
requests.Session.send = send

from rocrate_validator import models, services
settings = services.ValidationSettings(
    rocrate_uri=sys.argv[1], profile_identifier="ro-crate-1.2", no_cache=True,
    requirement_severity=models.Severity.REQUIRED)
issues = [one.message for one in services.validate(settings).get_issues()]
print(json.dumps({"name": crate.name, "entities": entities, "issues": issues}))
"""


def test_two_programs_read_the_crate(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "crate"
    call("export", "--format", "ro-crate", "-o", place)
    said = run(program("python"), "-W", "ignore", "-c", CRATE, str(place)).splitlines()[-1]
    read = json.loads(said)
    assert (read["name"], read["issues"]) == ("sysgraph library", [])
    assert {True} == set(read["entities"].values())
    assert {"library.trig", "ontology.ttl", "cases.yaml", "cases.csv"} < read["entities"].keys()
    (place / "cases.csv").unlink()
    text = (place / "ro-crate-metadata.json").read_text("utf-8")
    (place / "ro-crate-metadata.json").write_text(text.replace("datePublished", "day"), "utf-8")
    said = run(program("python"), "-W", "ignore", "-c", CRATE, str(place)).splitlines()[-1]
    assert len(json.loads(said)["issues"]) > 1
