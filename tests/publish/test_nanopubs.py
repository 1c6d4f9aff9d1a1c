"""Nanopublications: whole, named by a digest of themselves, and signed where a key is given."""

import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from calling import Call
from sysgraph.case.read import read
from sysgraph.errors import BadFile, SysgraphError
from sysgraph.publish.nanopubs import export_nanopubs, nanopubs
from sysgraph.publish.trusty import THIS, Key, Statement, code_of, read_key
from sysgraph.rdf import Format, in_graph, parse, text_of
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import NAMESPACE, PREFIXES, graph_of
from sysgraph.vocabulary import Vocabulary

BASE = "https://w3id.org/sysgraph/np/"
BETA = "https://w3id.org/sysgraph/case/beta"
XSD, NPX, PROV = PREFIXES["xsd"], PREFIXES["npx"], PREFIXES["prov"]
Nanopub = dict[str, set[tuple[str, str, str]]]


@pytest.fixture(scope="module")
def published(world: LocalStore) -> dict[str, Nanopub]:
    """The nanopublications of beta, by what they are about: what each graph says."""
    found = {}
    for quads in nanopubs(world, "beta"):
        graphs: Nanopub = defaultdict(set)
        for quad in quads:
            local = text_of(quad.graph_name).partition("#")[2]
            value = text_of(quad.object).replace(BASE, "")
            name = text_of(quad.subject).replace(BASE, "")
            graphs[local].add((name, quad.predicate.value, value))
        (about,) = (o for _, p, o in graphs["pubinfo"] if p == f"{NPX}describes")
        found[about.removeprefix(BETA)] = graphs
    return found


def said(nanopub: Nanopub, graph: str, predicate: str) -> set[str]:
    return {value for _, by, value in nanopub[graph] if by == predicate}


def test_each_reading_outcome_and_critique_is_one(published: dict[str, Nanopub]) -> None:
    assert sorted(published) == [
        *(f"/critiques/{number}" for number in range(1, 5)),
        "/outcome/led",
        "/outcome/working",
        "/readings/1",
    ]
    for nanopub in published.values():
        assert sorted(nanopub) == ["Head", "assertion", "provenance", "pubinfo"]
        ((name, _, _), *_) = nanopub["Head"]
        assert {(s, p.rpartition("#")[2], o) for s, p, o in nanopub["Head"]} == {
            (name, "type", f"{PREFIXES['np']}Nanopublication"),
            (name, "hasAssertion", f"{name}#assertion"),
            (name, "hasProvenance", f"{name}#provenance"),
            (name, "hasPublicationInfo", f"{name}#pubinfo"),
        }


def test_an_outcome_says_what_was_judged_and_of_what(published: dict[str, Nanopub]) -> None:
    led = f"{BETA}/outcome/led"
    assert published["/outcome/led"]["assertion"] == {
        (BETA, f"{NAMESPACE}hasLedOutcome", led),
        (led, f"{PREFIXES['rdf']}type", f"{NAMESPACE}LedOutcome"),
        (led, f"{NAMESPACE}hasJudgement", f"{PREFIXES['judgement']}yes"),
        (led, f"{NAMESPACE}why", "It was open."),
    }


def test_a_reading_holds_its_observations(published: dict[str, Nanopub]) -> None:
    reading = published["/readings/1"]
    seen = f"{BETA}/readings/1/facets/purpose-origin"
    assert (BETA, f"{NAMESPACE}hasReading", f"{BETA}/readings/1") in reading["assertion"]
    assert {(p, o) for s, p, o in reading["assertion"] if s == seen} == {
        (f"{PREFIXES['rdf']}type", f"{NAMESPACE}Observation"),
        (f"{NAMESPACE}observesValue", f"{PREFIXES['value']}purpose-origin-external-sponsor"),
        (f"{NAMESPACE}hasConfidence", f"{PREFIXES['confidence']}high"),
        (f"{NAMESPACE}why", "It paid."),
    }
    ground = f"{PREFIXES['ground']}reading"
    assert (seen, f"{NAMESPACE}hasGround", ground) in reading["provenance"]
    assert said(reading, "pubinfo", f"{PREFIXES['rdfs']}label") == {
        "situation reading of Beta, from the standpoint: general"
    }


def test_what_a_case_cites_stands_behind_its_outcomes(published: dict[str, Nanopub]) -> None:
    work = f"{BETA}/citations/1"
    outcome = published["/outcome/working"]
    assert said(outcome, "provenance", f"{PROV}wasDerivedFrom") == {work}
    assert said(outcome, "provenance", f"{PREFIXES['cito']}citesAsEvidence") == {work}
    assert said(outcome, "provenance", f"{PREFIXES['dcterms']}title") == {"On Beta"}


def test_nothing_derives_from_what_was_not_read(world: LocalStore) -> None:
    first = next(iter(nanopubs(world, "delta")))
    derived = [text_of(q.object) for q in first if q.predicate.value == f"{PROV}wasDerivedFrom"]
    cited = [text_of(q.object) for q in first if q.predicate.value.endswith("citesAsEvidence")]
    assert [name[-1] for name in derived] == ["2"]
    assert sorted(name[-1] for name in cited) == ["1", "2"]


def test_a_critique_is_its_contributors_and_cites_nothing(published: dict[str, Nanopub]) -> None:
    name = f"{PREFIXES['foaf']}name"
    assert said(published["/critiques/1"], "pubinfo", name) == {"Bert"}
    assert said(published["/critiques/3"], "pubinfo", name) == {"Cleo"}
    assert said(published["/critiques/1"], "provenance", f"{PROV}wasDerivedFrom") == set()
    assert said(published["/critiques/1"], "assertion", f"{NAMESPACE}says") == {"Nobody does."}
    for predicate in ("contributor", "created", "license"):
        assert not said(published["/critiques/3"], "assertion", PREFIXES["dcterms"] + predicate)


def test_publication_info_is_that_of_the_case(published: dict[str, Nanopub]) -> None:
    info = published["/outcome/led"]
    terms = PREFIXES["dcterms"]
    assert said(info, "pubinfo", f"{terms}created") == {"2026-01-02"}
    assert said(info, "pubinfo", f"{terms}license") == {
        "https://creativecommons.org/licenses/by/4.0/"
    }
    assert said(info, "pubinfo", f"{terms}isPartOf") == {f"{NAMESPACE}dataset"}
    (agent,) = said(info, "pubinfo", f"{terms}creator")
    assert agent.endswith("#contributor")
    assert said(info, "provenance", f"{PROV}wasAttributedTo") == {agent}


OWN = """\
id: of-ours
kind: critique
about: https://w3id.org/sysgraph/risk/tokenism
question: witness
asked: is
standpoint: affected
says: Nobody does.
contributor: {name: Anna, orcid: "https://orcid.org/0000-0002-1825-0097"}
contributed: 2026-01-03
licence: https://example.org/l
"""


def test_a_critique_by_itself_is_by_its_orcid(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    (critique,) = read(path, vocabulary, critiques=True)
    name = critique.case_id
    store = memory(in_graph(critique.quads, graph_of(name)))
    lines = b"".join(export_nanopubs(store, Format.NQUADS)).decode()
    quads = parse(lines.encode(), Format.NQUADS, "nanopub")
    orcid = "https://orcid.org/0000-0002-1825-0097"
    by = {q.predicate.value: text_of(q.object) for q in quads}
    assert by[f"{PREFIXES['dcterms']}creator"] == by[f"{PROV}wasAttributedTo"] == orcid
    assert by[f"{PREFIXES['rdfs']}label"] == "critique of tokenism, from the standpoint: affected"
    assert "#contributor" not in lines
    assert b"".join(export_nanopubs(store, Format.NQUADS, [name])).decode() == lines


@pytest.mark.parametrize("rest", ["/ is bad", "/x"])
def test_a_text_that_looks_like_a_part_is_a_text(rest: str) -> None:
    case = "https://w3id.org/sysgraph/case/ab"
    n = "https://w3id.org/sysgraph/"
    text = (
        f"<{case}> <{n}hasLedOutcome> <{case}/outcome/led> .\n"
        f'<{case}/outcome/led> <{n}why> "{case}/outcome/led{rest}" .\n'
    )
    store = memory(in_graph(parse(text.encode(), Format.NTRIPLES, "x"), graph_of("ab")))
    (made,) = nanopubs(store, "ab")
    assert sum(text_of(quad.object).endswith(rest) for quad in made) == 1


def test_the_code_is_a_digest_of_the_statements_in_order() -> None:
    graph, plain = f"{THIS}#a", "https://example.org/b"
    xsd = ox.NamedNode(f"{XSD}gYear")
    statements: list[Statement] = [
        (graph, THIS, plain, ox.Literal("two\nlines \\", language="en-GB")),
        (graph, THIS, plain, ox.Literal("2019", datatype=xsd)),
        (graph, THIS, plain, ox.Literal("2019")),
        (graph, plain, plain, THIS),
        (graph, THIS, plain, plain),
        (graph, THIS, plain, plain),
    ]
    # By graph, subject and predicate; an IRI before a literal; then by text and by datatype.
    text = (
        f"{graph}\n{plain}\n{plain}\n{THIS}\n"
        f"{graph}\n{THIS}\n{plain}\n{plain}\n"
        f"{graph}\n{THIS}\n{plain}\n^{XSD}gYear 2019\n"
        f"{graph}\n{THIS}\n{plain}\n^{XSD}string 2019\n"
        f"{graph}\n{THIS}\n{plain}\n@en-gb two\\nlines \\\\\n"
    )
    digest = urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")
    assert code_of(statements) == code_of(reversed(statements)) == f"RA{digest}"


@pytest.mark.parametrize("syntax", [Format.TRIG, Format.NQUADS])
def test_the_same_bytes_each_time(world: LocalStore, syntax: Format) -> None:
    first, again = (b"".join(export_nanopubs(world, syntax)) for _ in range(2))
    assert first == again
    names = {q.graph_name for q in parse(first, syntax, "nanopubs")}
    # Each case has two outcomes and its readings, and beta has four critiques.
    readings = world.select(
        f"SELECT ?r WHERE {{ ?c <{NAMESPACE}hasReading> ?r . FILTER(CONTAINS(STR(?c), '/case/')) }}"
    )
    cases = [name for name in world.graphs() if name.count("/") == graph_of("beta").count("/")]
    own = [name for name in cases if name.startswith(graph_of(""))]
    assert len(names) == 4 * (len(set(readings.rows)) + 2 * len(own) + 4)


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: str = "") -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    kept = serialization.BestAvailableEncryption(password.encode()) if password else None
    return private.private_bytes(encoding, form, kept or serialization.NoEncryption())


def test_a_signature_is_over_all_but_itself(world: LocalStore, private: rsa.RSAPrivateKey) -> None:
    (quads, *_) = nanopubs(world, "alpha", Key(private))
    by = {q.predicate.value.removeprefix(NPX): text_of(q.object) for q in quads}
    head = next(text_of(q.subject) for q in quads if text_of(q.graph_name).endswith("#Head"))
    lines = sorted(
        (
            *(text_of(part).replace(head, f"{BASE} ") for part in (q.graph_name, q.subject)),
            q.predicate.value,
            isinstance(q.object, ox.Literal),
            text_of(q.object) if isinstance(q.object, ox.Literal) else "",
            written(q.object).replace(head, f"{BASE} "),
        )
        for q in quads
        if q.predicate.value != f"{NPX}hasSignature"
    )
    text = "".join(f"{graph}\n{s}\n{p}\n{o}\n" for graph, s, p, _, _, o in lines)
    key = serialization.load_der_public_key(b64decode(by["hasPublicKey"]))
    assert isinstance(key, rsa.RSAPublicKey)
    signature = b64decode(by["hasSignature"])
    key.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert (by["hasAlgorithm"], by["hasSignatureTarget"]) == ("RSA", head)


def written(term: object) -> str:
    """An object as the digest takes it; of these texts none needs an escape."""
    if not isinstance(term, ox.Literal):
        return text_of(term)
    return (
        f"@{term.language} {term.value}"
        if term.language
        else f"^{term.datatype.value} {term.value}"
    )


def test_a_key_is_read_as_pem_and_as_base_64(tmp_path: Path, private: rsa.RSAPrivateKey) -> None:
    one, other = tmp_path / "pem", tmp_path / "id_rsa"
    one.write_bytes(pem(private))
    der = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    other.write_bytes(b64encode(der) + b"\n")
    assert read_key(one).public == read_key(other).public
    assert read_key(one).sign(b"x") == read_key(other).sign(b"x")


@pytest.mark.parametrize("kind", ["nothing", "a password", "another kind", "missing"])
def test_what_is_no_key_is_refused_in_words(
    kind: str, tmp_path: Path, private: rsa.RSAPrivateKey
) -> None:
    path = tmp_path / "key"
    if kind == "nothing":
        path.write_text("hello")
    elif kind == "a password":
        path.write_bytes(pem(private, "secret"))
    elif kind == "another kind":
        path.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(BadFile) as told:
        read_key(path)
    words = {"missing": "there is no such file", "another kind": "this is no RSA key"}
    assert words.get(kind, "this is no private key in PEM or base 64") in str(told.value)


def test_without_cryptography_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(SysgraphError, match=r"pip install .* '\.\[sign\]'"):
        read_key(tmp_path / "key")


def test_syntaxes_without_named_graphs_are_refused(call: Call) -> None:
    done = call("export", "--what", "nanopublications", "--format", "xml")
    assert (done.code, "trig or nquads" in done.err, done.out) == (2, True, "")
    assert call("export", "--what", "nanopublications", "--format", "yaml").code == 2


def test_turtle_gives_way_to_trig(call: Call) -> None:
    asked = ("export", "--what", "nanopublications", "--case", "case:wigan-deal")
    plain, trig = call(*asked), call(*asked, "--format", "trig")
    assert (plain.code, plain.out) == (0, trig.out)


def test_a_key_signs_nothing_else(tmp_path: Path, call: Call) -> None:
    done = call("export", "--key", tmp_path / "key")
    assert (done.code, "--what nanopublications" in done.err) == (2, True)
