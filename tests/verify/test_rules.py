"""However a rule is typed, the engine and the checker read the same, or both refuse it."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgraph.errors import BadSparql, UnsupportedAxiom
from sysgraph.files import data
from sysgraph.proof import Proof
from sysgraph.reason.axioms import close, read_rules, settle
from sysgraph.reason.program import Profile, prove_locality
from sysgraph.reason.rules import Facts, Rule, instances
from sysgraph.terms import Triple
from sysgraph.verify.checker import Checker
from sysgraph.verify.rules import read_rule

N = "https://w3id.org/sysgraph/"
X, V, W = f"<{N}x>", f"<{N}v>", f"<{N}w>"
HAS, OTHER = (X, f"<{N}has>", V), (X, f"<{N}has>", W)
EXCUSED = (V, f"<{N}excused>", X)
FLAGGED = (X, f"<{N}flagged>", V)
START = f"#+ summary: a rule\nPREFIX s: <{N}>\nCONSTRUCT {{ ?x s:flagged ?v }}\nWHERE "

SAME = [
    START + "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused ?x } }",
    START + "{ ?x s:has ?v FILTER not exists { ?v s:excused ?x } }",
    START + "{ ?x s:has ?v . FILTER NOT  EXISTS{?v s:excused ?x} }",
    START + "{ ?x s:has ?v . FILTER NOT\n\tEXISTS # why\n { ?v s:excused ?x . } . }",
    START + "{ ?x s:has ?v . FILTER NOT#EXISTS { ?a ?b ?c }\nEXISTS { ?v s:excused ?x } }",
    START + "{ FILTER NOT EXISTS { ?v s:excused ?x } ?x s:has ?v }",
    START + "{ ?x s:has ?v . FILTER (NOT EXISTS { ?v s:excused ?x }) }",
    START + "{ ?x s:has ?v ; s:has $v . FILTER NOT EXISTS { $v s:excused $x } }",
    START + f"{{ ?x s:has ?v . FILTER NOT EXISTS {{ ?v <{N}excused> ?x }} }}",
    START.replace(" s:", " :") + "{ ?x :has ?v . FILTER NOT EXISTS { ?v :excused ?x } }",
    START.replace(" s:", " S-1:") + "{ ?x S-1:has ?v . FILTER NOT EXISTS { ?v S-1:excused ?x } }",
]
REFUSED = {
    "MINUS": "{ ?x s:has ?v . MINUS { ?v s:excused ?x } }",
    "not a negation": "{ ?x s:has ?v . FILTER (!EXISTS { ?v s:excused ?x }) }",
    "OPTIONAL": "{ ?x s:has ?v . OPTIONAL { ?v s:excused ?y } FILTER (!bound(?y)) }",
    "a path": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused/s:by ?x } }",
    "a path back": "{ ?x s:has ?v . FILTER NOT EXISTS { ?x ^s:excused ?v } }",
    "a name by its escape": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excus\\u0065d ?x } }",
    "a word by its escape": "{ ?x s:has ?v . FILTER N\\u004FT EXISTS { ?v s:excused ?x } }",
    "an escape in an address": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v <a:\\u0065> ?x } }",
    "a base": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v <excused> ?x } }",
    "a variable for a property": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v ?p ?x } }",
    "a blank node": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused [] } }",
    "a literal": '{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused "x" } }',
    "a number": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused 1 } }",
    "a dot in a name": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:ex.cused ?x } }",
    "a group in a group": "{ ?x s:has ?v . FILTER NOT EXISTS { { ?v s:excused ?x } } }",
    "a union": "{ ?x s:has ?v . FILTER NOT EXISTS { { ?v s:excused ?x } UNION { ?v s:b ?x } } }",
    "a question inside": "{ { SELECT * { ?x s:has ?v } } FILTER NOT EXISTS { ?v s:excused ?x } }",
    "a graph": "{ ?x s:has ?v . FILTER NOT EXISTS { GRAPH ?g { ?v s:excused ?x } } }",
    "values": "{ ?x s:has ?v . VALUES ?v { s:v } FILTER NOT EXISTS { ?v s:excused ?x } }",
    "values behind": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused ?x } } VALUES ?v { s:w }",
    "a limit": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused ?x } } LIMIT 0",
    "an offset": "{ ?x s:has ?v } OFFSET 1",
    "or": "{ ?x s:has ?v . FILTER (?x != ?v || NOT EXISTS { ?v s:excused ?x }) }",
    "bind": "{ ?x s:has ?v . BIND (?x AS ?y) FILTER NOT EXISTS { ?v s:excused ?y } }",
    "equal": "{ ?x s:has ?v . FILTER (?x = ?v) }",
    "unequal to a name": "{ ?x s:has ?v . FILTER (?x != s:y) }",
    "unequal inside": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused ?y FILTER (?x != ?y) } }",
    "exists": "{ ?x s:has ?v . FILTER EXISTS { ?v s:excused ?x } }",
    "what is not compared": "{ ?x s:has ?v . FILTER (?x != ?v) }",
    "three deep": "{ ?x s:has ?v FILTER NOT EXISTS { ?v s:b ?y FILTER NOT EXISTS { ?y s:c ?x"
    " FILTER NOT EXISTS { ?y s:d ?x } } } }",
    "two demands": "{ ?x s:has ?v FILTER NOT EXISTS { ?v s:b ?y FILTER NOT EXISTS { ?y s:c ?x"
    " . ?y s:d ?x } } }",
    "a demand of anything": "{ ?x s:has ?v FILTER NOT EXISTS { ?v s:b ?y FILTER NOT EXISTS {"
    " ?y s:c ?z } } }",
    "nothing": "{ FILTER NOT EXISTS { ?v s:excused ?x } }",
    "an unknown prefix": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v t:excused ?x } }",
    "no end": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused ?x }",
    "a list": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excused ( ?x ) } }",
    "another letter": "{ ?x s:has ?v . FILTER NOT EXISTS { ?v s:excusé ?x } }",
}


NAMED = START.replace("s:flagged", "?p") + "{ ?x s:has ?v . ?v s:flags ?p }"


def test_the_ontology_may_state_which_property_a_rule_concludes(tmp_path: Path) -> None:
    flags = (V, f"<{N}flags>", FLAGGED[1])
    (rule,) = settle([compiled(NAMED, tmp_path)], [HAS, flags])
    facts = Facts([HAS, flags])
    assert [head for _, head in instances(rule, facts, facts)] == [FLAGGED]
    assert problems(NAMED, [HAS, flags], [HAS, flags]) == []
    assert problems(NAMED, [HAS, flags], [HAS])
    assert list(settle([compiled(NAMED, tmp_path)], [HAS])) == []
    # What says so must be stated: a conclusion would come too late for the rule to be made.
    makes = Rule("makes", (("?x", "<a:q>", "?y"),), ("?x", flags[1], "?y"))
    with pytest.raises(UnsupportedAxiom, match="absence of sysg:flags"):
        close([rule, makes], [HAS, flags, (W, "<a:q>", X)])


@pytest.mark.parametrize(
    "body", ["{ ?x s:has ?v }", "{ ?x ?p ?v }", "{ ?x s:has ?v . FILTER NOT EXISTS { ?v ?p ?x } }"]
)
def test_a_property_that_nothing_names_is_refused(body: str, tmp_path: Path) -> None:
    with pytest.raises(BadSparql, match=r"flag\.rq"):
        compiled(START.replace("s:flagged", "?p") + body, tmp_path)


def compiled(text: str, folder: Path) -> Rule:
    (folder / "flag.rq").write_text(text)
    (rule,) = read_rules(folder)
    return rule


def problems(text: str, asserted: list[Triple], premises: list[Triple]) -> list[str]:
    proof = Proof(FLAGGED, "flag", tuple(Proof(premise) for premise in premises))
    return Checker(asserted, {"flag": text}).problems(proof)


@pytest.mark.parametrize("text", SAME)
def test_spellings_of_one_rule_are_one_rule(text: str, tmp_path: Path) -> None:
    rule = compiled(text, tmp_path)
    assert rule.absent == ((("?v", EXCUSED[1], "?x"),),)
    for asserted, is_flagged in (([HAS], True), ([HAS, EXCUSED], False)):
        facts = Facts(asserted)
        concluded = {head for _, head in instances(rule, facts, facts)}
        assert (FLAGGED in concluded) is is_flagged
        assert (problems(text, asserted, [HAS]) == []) is is_flagged
    assert problems(text, [HAS, OTHER], [HAS, OTHER])
    assert problems(text, [HAS], [])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_outside_the_form_is_refused_by_both(name: str, tmp_path: Path) -> None:
    text = START + REFUSED[name]
    with pytest.raises(BadSparql, match=r"flag\.rq") as refused:
        compiled(text, tmp_path)
    assert refused.value.line is None or 1 <= refused.value.line <= 5
    (problem,) = problems(text, [HAS, EXCUSED], [HAS])
    assert "flag" in problem
    assert "cannot be checked" in problem


@pytest.mark.parametrize("path", sorted((data() / "ontology" / "rules").glob("*.rq")))
def test_both_read_the_shipped_rules_alike(path: Path) -> None:
    reading = read_rule(path.read_text(), path.stem)
    (rule,) = [rule for rule in read_rules(path.parent) if rule.name == path.stem]
    assert (reading.head, reading.body) == (rule.head, rule.body)
    assert (reading.absent, reading.every) == (rule.absent, rule.every)


gaps = st.sampled_from([" ", "\n", "\t ", "  # a note { } NOT EXISTS\n", "\r\n"])
words = ["CONSTRUCT", "WHERE", "FILTER", "NOT", "EXISTS"]


@given(st.data(), st.sampled_from(sorted((data() / "ontology" / "rules").glob("*.rq"))))
def test_gaps_notes_letters_and_prefixes_make_no_difference(
    draws: st.DataObject, path: Path
) -> None:
    text = path.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#+")]
    tokens = re.findall(r"<[^>]*>|[?]\w+|\w*:\w*|\w+|!=|[{}().;,]", "\n".join(lines))
    prefix = draws.draw(st.sampled_from(["sysg", "s", "", "not", "a-b"]))
    spelled = ""
    for token in tokens:
        form = token.lower() if token in words and draws.draw(st.booleans()) else token
        spelled += form.replace("sysg:", f"{prefix}:") + draws.draw(gaps)
    assert read_rule(spelled, "r") == read_rule(text, "r")


@given(st.text(alphabet="{}.<>?:a$NOTEXISFLR \n#\\\"'()!=&;,1é", max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with suppress(BadSparql):
        read_rule(START + "{ ?x s:has ?v ." + text + "}", "r")


def test_a_rule_is_not_named_as_a_row_of_owl_is(tmp_path: Path) -> None:
    (tmp_path / "cax-sco.rq").write_text(SAME[0])
    with pytest.raises(BadSparql, match="row of OWL's own tables"):
        read_rules(tmp_path)


def test_a_rule_that_makes_axioms_is_refused(tmp_path: Path) -> None:
    text = SAME[0].replace("s:flagged", "<http://www.w3.org/2000/01/rdf-schema#subClassOf>")
    with pytest.raises(UnsupportedAxiom, match="conclusion in rdfs:subClassOf"):
        close([compiled(text, tmp_path)], [HAS])


def test_the_absence_of_what_a_case_may_state_is_refused(tmp_path: Path) -> None:
    rule = compiled(SAME[0], tmp_path)
    profile = Profile(frozenset({HAS[1], EXCUSED[1]}), frozenset(), frozenset())
    with pytest.raises(UnsupportedAxiom, match="absence of sysg:excused, which a case may state"):
        prove_locality([rule], Facts(), profile)
    assert prove_locality([rule], Facts(), Profile(frozenset({HAS[1]}), frozenset(), frozenset()))


EVERY = START + (
    "{ ?v s:needs ?any . ?x s:has ?any . FILTER NOT EXISTS {"
    " ?v s:needs ?all FILTER NOT EXISTS { ?x s:has ?all } } }"
)


def test_what_is_demanded_of_every_one_is_looked_for_among_the_premises_alone() -> None:
    needs = [(V, f"<{N}needs>", one) for one in (V, W)]
    asserted = [*needs, HAS, OTHER]
    assert problems(EVERY, asserted, [needs[0], HAS, OTHER]) == []
    assert problems(EVERY, asserted, [needs[1], OTHER, HAS]) == []
    for premises in ([needs[0], HAS], [needs[0], OTHER], [*needs, HAS, OTHER], [HAS, OTHER]):
        assert problems(EVERY, asserted, premises)
    assert problems(EVERY, [needs[0], HAS, OTHER], [needs[0], HAS]) == []
    assert problems(EVERY, [needs[0], HAS, OTHER], [needs[0], HAS, OTHER])
