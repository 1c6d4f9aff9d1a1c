"""The ontology itself: it parses, agrees with itself and with owlrl, and leaves nothing unused."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pyshacl
import pytest
import yaml
from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, VANN, VOID, XSD, Graph

from sysgraph.alignments import ALIGNMENTS
from sysgraph.case.read import read
from sysgraph.errors import Inconsistent, UnsupportedAxiom
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.rdf import RDF_TYPE, Format, copy_to_rdflib, parse, triples_of
from sysgraph.reason.axioms import close, close_by_owlrl, compile_axioms, knowledge
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts
from sysgraph.reason.shipped import rules_of
from sysgraph.shapes import form_of, kinds
from sysgraph.store.local import memory
from sysgraph.terms import NAMESPACE, PREFIXES

ROOT = data()
TURTLE = sorted((ROOT / "ontology").rglob("*.ttl"))
RULES = sorted((ROOT / "ontology" / "rules").glob("*.rq"))
TEXTS = [*TURTLE, *RULES, *sorted((ROOT / "queries").glob("*.rq"))]


def terms() -> list[ox.Quad]:
    return Ontology.load().terms


def test_each_file_is_opened_once_whatever_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    known, read_bytes = Ontology.load().editions, Path.read_bytes

    def reading(path: Path) -> bytes:
        if path.is_relative_to(ROOT / "ontology"):  # not the cache, where the vocabulary is kept
            read.append(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", reading)
    fresh = Ontology(ROOT / "ontology")
    assert fresh.vocabulary.context == fresh.context
    for kind in kinds(fresh):
        assert form_of(kind, fresh) is form_of(kind, fresh)
    assert {*fresh.case_shapes} < {*fresh.shapes}
    assert set(fresh.rules) == {path.stem for path in RULES}
    assert fresh.editions == known
    folders = {path.parent.name for path in read}
    assert (len(read), folders) == (
        len(set(read)),
        {"ontology", "vocab", "shapes", "rules", "external"},
    )
    assert Ontology.load() is Ontology.load(ROOT / "ontology")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_prefixes_are_those_of_the_one_table(path: Path) -> None:
    for prefix, iri in re.findall(r"(?i)^@?prefix ([\w-]*): <([^>]*)>", path.read_text(), re.M):
        assert PREFIXES[prefix] == iri


def test_every_individual_that_is_pointed_to_is_defined() -> None:
    known = {quad.subject.value for quad in terms() if isinstance(quad.subject, ox.NamedNode)}
    pointed = {q.object.value for q in terms() if isinstance(q.object, ox.NamedNode)}
    inside = {iri for iri in pointed if iri.startswith(NAMESPACE)}
    assert inside - known == {f"{NAMESPACE}0.1.0"}


def test_no_term_of_the_schema_is_dead() -> None:
    schema = (ROOT / "ontology" / "sysgraph.ttl").read_text()
    kinds = "owl:(?:Class|ObjectProperty|DatatypeProperty)"
    names = re.findall(rf"^sysg:(\w+) a {kinds}", schema, re.M)
    context = (ROOT / "ontology" / "context.jsonld").read_text()
    code = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    code += (ROOT / "ontology" / ALIGNMENTS).read_text()
    used = context + code + "".join(p.read_text() for p in TEXTS if p.name != "sysgraph.ttl")
    used += "".join(
        re.findall(r"(?:onProperty|subClassOf|propertyChainAxiom|range|domain).*", schema)
    )
    # What leads to the things that texts name is made by rule, whatever it is called.
    made = re.findall(r"^sysg:(\w+) a (?:.+\n)*?.*sysg:isMadeFrom", schema, re.M)
    idle = {*names} - {*re.findall(r"(?:sysg:|NAMESPACE\})(\w+)", used)}
    assert sorted(idle) == sorted(made)


SRC = ROOT / "src"
MODULES = [path for path in sorted(SRC.rglob("*.py")) if path.name != "__main__.py"]
CLOSED = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SDO,
    "sh": SH,
    "skos": SKOS,
    "vann": VANN,
    "void": VOID,
    "xsd": XSD,
}
"""The vocabularies of others of which rdflib knows all terms."""
LISTED = {
    "cito": "citesAsEvidence",
    "dcat": "version",  # of DCAT 3
    "np": "Nanopublication hasAssertion hasProvenance hasPublicationInfo",
    "npx": "describes hasAlgorithm hasNanopubType hasPublicKey hasSignature hasSignatureTarget",
    "sh": "sourceRule",  # of SHACL 1.2
}
"""Terms of others that rdflib does not know, and that are used here."""
OWN = {
    "beingWritten", "revision", "writes",  # what a store notes of its writing
    "dataset",  # what the library is for catalogues, in dataset.ttl
    "ClosedVocabularyConstraintComponent", "context", "fill-in",
    "reasoner",
    "alignments", "catalogue",  # sets of data that are described
}  # fmt: skip
"""What has a name in the namespace and is no term of the ontology."""
BEGINNINGS = {f"{PREFIXES['rdfs']}sub"}
"""What names of terms are asked whether they begin with."""
KNOWN = ("sysg", *CLOSED, *(LISTED.keys() - CLOSED.keys()))
SPELLED = re.compile(
    "|".join(rf"\b{prefix}:(?!//)|{re.escape(PREFIXES[prefix])}" for prefix in KNOWN)
)
NAME = re.compile(r"[A-Za-z][\w-]*(?![\w/-])")
CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z0-9]*)+")
OPEN = "\0"
"""Stands in a text for what is only known when the code runs."""


@cache
def declared() -> frozenset[str]:
    """The terms of the ontology, and the properties that its shapes are annotated with."""
    own = {quad.subject.value for quad in terms() if isinstance(quad.subject, ox.NamedNode)}
    own |= {quad.predicate.value for quad in Ontology.load().shapes}
    return frozenset(own | {f"{NAMESPACE}{name}" for name in OWN})


def is_declared(prefix: str, name: str) -> bool:
    if prefix == "sysg":
        return f"{NAMESPACE}{name}" in declared()
    if name in LISTED.get(prefix, "").split():
        return True
    return f"{PREFIXES[prefix]}{name}" in CLOSED.get(prefix, ())


def texts(code: str, known: Mapping[str, object]) -> Iterator[str]:
    """The texts in Python code, with the constants put in that are ``known`` to its module."""

    def text(node: ast.AST) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.JoinedStr):
            return "".join(map(text, node.values))
        if isinstance(node, ast.FormattedValue):
            return text(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return text(node.left) + text(node.right)
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
            try:
                found = eval(compile(ast.Expression(node), "", "eval"), dict(known))
            except (NameError, AttributeError):
                return OPEN
            return found if isinstance(found, str) else OPEN
        return OPEN

    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            yield text(node)


def mistyped(code: str, known: Mapping[str, object]) -> set[str]:
    """The names of terms in Python code that no vocabulary declares.

    Where a name is put together as the code runs, all words there that look like names are.
    """
    found: set[str] = set()
    written = set(texts(code, known))
    together = "\n".join(written)
    is_open = False
    for spelling in SPELLED.finditer(together):
        base = spelling.group()
        prefix = next(one for one in KNOWN if base in (f"{one}:", PREFIXES[one]))
        is_open = is_open or together.startswith(OPEN, spelling.end())
        name = NAME.match(together, spelling.end())
        if name and not together.startswith(OPEN, name.end()):
            found |= {base + name.group()} if not is_declared(prefix, name.group()) else set()
    for word in filter(CAMEL.fullmatch, written if is_open else ()):
        if not any(is_declared(prefix, word) for prefix in KNOWN):
            found |= {word} if f"?{word}" not in together else set()
    return found - BEGINNINGS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))
def test_every_term_that_the_code_names_is_declared(path: Path) -> None:
    parts = path.relative_to(SRC).with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    assert mistyped(path.read_text(), vars(module)) == set()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('f"{NAMESPACE}hasReding"', f"{NAMESPACE}hasReding"),
        ('f"<{NAMESPACE}Situaton>"', f"{NAMESPACE}Situaton"),
        ("NAMESPACE + 'hasReding'", f"{NAMESPACE}hasReding"),
        ("f\"{PREFIXES['sysg']}hasReding\"", f"{NAMESPACE}hasReding"),
        ('f"{NAMESPACE}case/x> <{NAMESPACE}hasReding>"', f"{NAMESPACE}hasReding"),
        ('f"ASK {{ ?case sysg:hasReding {x} }}"', "sysg:hasReding"),
        ('{f"<{NAMESPACE}{x}>" for x in ("hasReading", "hasReding")}', "hasReding"),
        ('f"{SH}targetClas"', f"{PREFIXES['sh']}targetClas"),
        ('"?x skos:defnition ?y"', "skos:defnition"),
    ],
)
def test_a_mistyped_term_is_found(code: str, name: str) -> None:
    known = {"NAMESPACE": NAMESPACE, "PREFIXES": PREFIXES, "SH": PREFIXES["sh"]}
    assert mistyped(code, known) == {name}
    good = code.replace("hasReding", "hasReading").replace("Situaton", "Situation")
    good = good.replace("targetClas", "targetClass").replace("defnition", "definition")
    assert mistyped(good, known) == set()


@pytest.mark.slow
def test_shipped_ontology_meets_every_demand_and_the_house_style() -> None:
    shapes = Graph()
    for path in (ROOT / "ontology" / "shapes").glob("*.ttl"):
        shapes.parse(path)
    _, results, text = pyshacl.validate(copy_to_rdflib(terms()), shacl_graph=shapes)
    assert isinstance(results, Graph)
    violations = list(results.subjects(SH.resultSeverity, SH.Violation))
    assert violations == [], text


def test_types_are_never_disjoint() -> None:
    graph = copy_to_rdflib(terms())
    for members in graph.objects(None, OWL.members):
        listed = {str(item) for item in graph.items(members)}
        assert not any("Enactment" in name and name != f"{NAMESPACE}Enactment" for name in listed)


@pytest.mark.slow
def test_owlrl_and_the_compiled_rules_agree_on_the_ontology() -> None:
    stated = Facts(triples_of(terms()))
    ours = close(compile_axioms(stated.all), stated.all)
    theirs = close_by_owlrl(terms())
    assert set(knowledge(ours, stated)) == set(knowledge(theirs, stated)) != set()


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["bhavishya", "medellin-social-urbanism", "standing-rock"])
def test_owlrl_and_the_compiled_rules_agree_on_a_case(name: str) -> None:
    stated = terms()
    axioms = compile_axioms(triples_of(stated))
    reasoner = Reasoner(specialise(axioms, close(axioms, triples_of(stated)), Facts()))
    (case,) = read(ROOT / f"ontology/cases/{name}.yaml", Ontology.load().vocabulary)
    things = [quad for quad in stated if not isinstance(quad.object, ox.Literal)]
    graph = copy_to_rdflib([*things, *case.quads])
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, improved_datatypes=False).expand(graph)
    theirs = {(s.n3(), p.n3(), o.n3()) for s, p, o in graph if s != o}
    start, known = f"<{case.iri}", (f"<{NAMESPACE}", f"<{PREFIXES['prov']}")
    expected = {
        (s, p, o)
        for s, p, o in theirs - set(triples_of(case.quads))
        if s.startswith(start) and o.startswith(known)
    }
    assert set(reasoner.infer(triples_of(case.quads), case.iri).triples()) == expected


@pytest.mark.parametrize(
    ("axiom", "name"),
    [
        ("<a:p> a owl:ReflexiveProperty .", "owl:ReflexiveProperty"),
        ("<a:C> owl:disjointUnionOf ( <a:D> ) .", "owl:disjointUnionOf"),
        ("<a:C> owl:hasKey ( <a:p> ) .", "owl:hasKey"),
        ("<a:x> owl:sameAs <a:y> .", "owl:sameAs"),
    ],
)
def test_an_axiom_that_is_not_covered_is_refused_by_name(axiom: str, name: str) -> None:
    text = f"@prefix owl: <{PREFIXES['owl']}> . {axiom}"
    with pytest.raises(UnsupportedAxiom, match=name):
        compile_axioms(triples_of(parse(text.encode(), Format.TURTLE, "axiom")))


@pytest.mark.slow
def test_a_contradiction_in_the_ontology_is_reported() -> None:
    clash = ox.Quad(
        ox.NamedNode(f"{NAMESPACE}risk/tokenism"), RDF_TYPE, ox.NamedNode(f"{NAMESPACE}Source")
    )
    # The schema and what is said of that risk, for the other terms change nothing.
    ontology = Ontology.load()
    risk = (quad for quad in terms() if quad.subject == clash.subject)
    quads = [*ontology.quads(ontology.folder / "sysgraph.ttl"), *risk, clash]
    stated = triples_of([*terms(), clash])
    with pytest.raises(Inconsistent, match="tokenism"):
        close(compile_axioms(stated), stated)
    with pytest.raises(Inconsistent, match="tokenism"):
        close_by_owlrl(quads)
    close_by_owlrl(quads[:-1])


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_concludes_something_on_the_real_graph(path: Path, library: object) -> None:
    heads = {
        rule.head[1]
        for rule in rules_of(triples_of(terms()))
        if rule.name == path.stem and rule.head
    }
    asked = " UNION ".join(f"{{ ?s {head} ?o }}" for head in sorted(heads))
    assert library.select(f"ASK {{ {asked} }}").rows[0][0].value == "true"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_each_rule_turns_what_is_given_into_what_follows(path: Path) -> None:
    folder = Path(__file__).parent / "rules" / path.stem
    given = parse((folder / "given.ttl").read_bytes(), Format.TURTLE, "given")
    then = parse((folder / "then.ttl").read_bytes(), Format.TURTLE, "then")
    stated = set(triples_of(given))
    rules = [rule for rule in rules_of(stated) if rule.name == path.stem]
    assert close(rules, stated).all - stated == set(triples_of(then))


@pytest.mark.slow
def test_a_warning_holds_where_a_value_of_each_of_its_facets_is_seen() -> None:
    stated = Facts(triples_of(terms()))
    where, of, holds, seen = (
        f"<{NAMESPACE}{name}>" for name in ("holdsWhen", "isValueOf", "isGatedBy", "hasFacetValue")
    )
    facet = {value: asked for value, _, asked in stated.of(("?value", of, "?facet"))}
    needs: dict[str, dict[str, set[str]]] = {}
    for warning, _, value in stated.of(("?warning", where, "?value")):
        needs.setdefault(warning, {}).setdefault(facet[value], set()).add(value)
    told = (holds, f"<{NAMESPACE}isCautionedBy>")
    situations = {
        f"<{NAMESPACE}case/made-up-{number}>": frozenset(values)
        for number, values in enumerate(
            chosen for need in needs.values() for chosen in product(*need.values())
        )
    }
    given = {(name, seen, value) for name, values in situations.items() for value in values}
    found = close(rules_of(stated.all), stated.all | given).all
    assert {(name, warning) for name, told_by, warning in found if told_by in told} == {
        (name, warning)
        for name, values in situations.items()
        for warning, need in needs.items()
        if all(values & each for each in need.values())
    }


def test_the_context_has_every_facet_and_no_other(library: object) -> None:
    vocabulary = Ontology.load().vocabulary
    for key in ("readings", "codings"):
        inner = vocabulary.keys[key].keys["facets"].keys
        assert set(inner) == set(vocabulary.known[f"{NAMESPACE}facet/"])


def test_no_value_is_also_a_key_of_the_context() -> None:
    # JSON-LD would take such a value for the key.
    vocabulary = Ontology.load().vocabulary
    slugs = {slug for slugs in vocabulary.known.values() for slug in slugs}
    values = {slug.removeprefix(f"{facet}-") for facet in slugs for slug in slugs}
    assert not values & {key for key in vocabulary.context if not key.startswith("@")} - slugs


@pytest.mark.slow
def test_all_cases_say_all_that_their_files_say(library: object) -> None:
    for path in sorted((ROOT / "ontology" / "cases").glob("*.yaml")):
        text = yaml.safe_load(path.read_text())
        iri = f"{NAMESPACE}case/{text['id']}"
        query = (
            f"PREFIX sysg: <{NAMESPACE}>"
            " SELECT (COUNT(DISTINCT ?o) AS ?n) (COUNT(DISTINCT ?w) AS ?m)"
            f" WHERE {{ <{iri}> sysg:hasReading ?r . ?r sysg:hasObservation ?o . ?o sysg:why ?w }}"
        )
        row = library.select(query).rows[0]  # type: ignore[attr-defined]
        assert int(row[0].value) == sum(len(r["facets"]) for r in text["readings"])


@pytest.mark.thorough  # HermiT is asked in tests/others too, on what is published
@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT runs on Java")
def test_ontology_is_consistent_under_an_owl_dl_reasoner(tmp_path: Path) -> None:
    code = (
        "import owlready2, sys\n"
        "world = owlready2.World()\n"
        "world.get_ontology('file://' + sys.argv[1]).load()\n"
        "owlready2.sync_reasoner_hermit(world, debug=0)\n"
        "bad = [c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing]\n"
        "print('unsatisfiable:', bad)\n"
    )
    file = tmp_path / "ontology.nt"
    file.write_bytes(ox.serialize(terms(), format=ox.RdfFormat.N_TRIPLES) or b"")
    ran = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "unsatisfiable: []" in ran.stdout


def test_what_is_read_from_the_files_is_what_a_store_keeps() -> None:
    """So that a store with this ontology is known to have it; a decimal has one spelling."""
    read = Ontology.load().terms
    assert {quad.triple for quad in read} == {quad.triple for quad in memory(read).store}
