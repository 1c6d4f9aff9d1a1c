"""What is near is what may have been meant: never the opposite, and never one of two."""

from collections.abc import Iterator

import pytest
import yaml

from sysgraph.files import data
from sysgraph.near import meant, nearest
from sysgraph.ontology import Ontology
from sysgraph.terms import NAMESPACE
from sysgraph.vocabulary import choices, names_of, nearest_words

ONTOLOGY = data() / "ontology"
VOCABULARY = Ontology.load(ONTOLOGY).vocabulary
FACETS = sorted(choices(VOCABULARY, f"{NAMESPACE}facet/"))
SCALES = VOCABULARY.listed["shape:CaseStudy-scale"]
# Of our own, beside those of the list that the search reads.
PREFIXES = (
    *("un", "un-", "non", "non-", "in", "im", "dis", "mis", "mis-", "anti", "anti-", "de", "de-"),
    *("sub", "sub-", "counter", "counter-", "pre"),
)
WORDS = ("not", "no", "never", "without", "hardly", "no longer", "far from", "anything but")


def bases() -> list[str]:
    """Return what the names of all words begin with that may stand somewhere, by their place."""
    kinds = ("aim", "risk", "type", "confidence", "judgement", "question")
    facets = [f"{NAMESPACE}value/{facet}-" for facet in FACETS if facet != "change-aim"]
    return [*facets, *(f"{NAMESPACE}{kind}/" for kind in kinds)]


def turned(word: str) -> Iterator[str]:
    """Yield a word turned round in every way that comes to mind."""
    for text in (word, word.replace("-", " ")):
        for prefix in PREFIXES:
            yield prefix + text
        for other in WORDS:
            yield f"{other} {text}"
            yield f"{other}-{text}".replace(" ", "-")
        first, _, rest = text.partition(" ")
        if rest:
            yield f"{first} not {rest}"
            yield f"{first} un{rest}"


def test_there_are_words_of_every_facet() -> None:
    assert len(FACETS) > 10
    assert all(len(choices(VOCABULARY, base)) > 1 for base in bases())


@pytest.mark.slow
@pytest.mark.parametrize("base", bases(), ids=lambda base: base.rpartition("sysgraph/")[2])
def test_no_word_is_taken_for_its_opposite(base: str) -> None:
    named = names_of(VOCABULARY, base)
    for word in named:
        for text in turned(word):
            if text in named:
                continue
            assert meant(text, named, named) != word, text
            near = nearest_words(VOCABULARY, base, text)
            assert near != [word], text


@pytest.mark.slow
def test_no_scale_is_taken_for_its_opposite() -> None:
    for word in SCALES:
        for text in turned(word):
            assert meant(text, SCALES) is None, text
            assert nearest(text, SCALES) != [word], text


@pytest.mark.slow
def test_every_listed_beginning_turns_every_word() -> None:
    listed = yaml.load((ONTOLOGY / "opposites.yaml").read_text("utf-8"), yaml.BaseLoader)
    for base in bases():
        named = names_of(VOCABULARY, base)
        for word in named:
            for prefix in (*listed["prefixes"], *(f"{each}-" for each in listed["words"])):
                assert prefix + word in named or meant(prefix + word, named) != word


# What somebody may write, and what stands there to choose from: none of it may be mended.
OTHERS = """
distrusted: trusted discredited qualified
mistrusted: trusted discredited qualified
untrusted: trusted discredited qualified
untrusting: trusted discredited qualified
distrustd: trusted discredited qualified
ntrusted: trusted discredited qualified
trustless: trusted discredited qualified
untrustworthy: trusted discredited qualified
not trusted: trusted discredited qualified
never trusted: trusted discredited qualified
accredited: discredited trusted qualified
credited: discredited trusted qualified
unqualified: qualified trusted discredited
disqualified: qualified trusted discredited
overqualified: qualified trusted discredited
unsafe-to-fail: safe-to-fail consequential safety-critical
un-safe-to-fail: safe-to-fail consequential safety-critical
not safe to fail: safe-to-fail consequential safety-critical
usafe-to-fail: safe-to-fail consequential safety-critical
unsafe to fail: safe-to-fail consequential safety-critical
failsafe: safe-to-fail consequential safety-critical
inconsequential: safe-to-fail consequential safety-critical
in-consequential: safe-to-fail consequential safety-critical
non-consequential: consequential safe-to-fail
unconsequential: consequential safe-to-fail
not consequential: consequential safe-to-fail
non-safety-critical: safety-critical consequential
safety-uncritical: safety-critical consequential
safety-noncritical: safety-critical consequential
not safety critical: safety-critical consequential
unclear: clear complex
inclear: clear complex
nclear: clear complex
not clear: clear complex
non-clear: clear complex
unclera: clear complex
incomplex: complex clear
noncomplex: complex clear
decomplex: complex clear
unreadable: readable other
leadingless: leading blocking
not leading: leading blocking
misleading: leading blocking
mis-leading: leading blocking
no leading: leading blocking
nonleading: leading blocking
unleading: leading blocking
unblocking: leading blocking
deblocking: leading blocking
not blocking: leading blocking
sub-national: national local
subnational: national local
supranational: national local
international: national local
transnational: national local
multinational: national local
binational: national local
denational: national local
anational-anti: national local
anti-national: national local
non-national: national local
not national: national local
sub-regional: regional local
subregional: regional local
interregional: regional local
inter-regional: regional local
translocal: local national
non-local: local national
nonlocal: local national
unlocal: local national
glocal: local national global
not local: local national
inner-city: city local
uncity: city local
intercontinental: continental local
transcontinental: continental local
subcontinental: continental local
sub-continental: continental local
unorganised: organised partial
disorganised: organised partial
dis-organised: organised partial
non-organised: organised partial
reorganised: organised partial
not organised: organised partial
unorganized: organised partial
inorganised: organised partial
impartial: partial organised
im-partial: partial organised
unstrained: strained stable
restrained: strained stable
unstable: stable strained
instable: stable strained
not stable: stable strained
destable: stable strained
disagreement: agreement place
non-agreement: agreement place
no agreement: agreement place
misplace: place agreement
displace: place agreement
unplace: place agreement
increase: decrease other
decrease: increase other
ncrease: decrease other
inflow: outflow other
outflow: inflow other
overuse: underuse other
underuse: overuse other
predate: postdate other
uplink: downlink other
upstream: downstream other
centralised: decentralised other
decentralised: centralised other
employee: employer other
employer: employee other
powerful: powerless other
powerless: powerful other
external: internal other
internal: external other
exclude: include other
macro-level: micro-level other
intrastate: interstate other
legitimate: illegitimate other
illegitimate: legitimate other
regular: irregular other
irregular: regular other
prowar: antiwar other
shift power less: shift-power other
not shift power: shift-power other
de-shift-power: shift-power other
unimprove: improve other
disimprove: improve other
not improve: improve other
uncoordinate: coordinate other
not coordinate: coordinate other
unwin-justice: win-justice other
win-injustice: win-justice other
win injustice: win-justice other
"""
PAIRS = [line.partition(": ")[::2] for line in OTHERS.strip().splitlines()]


def test_there_are_more_than_a_hundred_errors_of_our_own() -> None:
    assert len({*PAIRS}) > 100


@pytest.mark.parametrize(("text", "words"), PAIRS)
def test_an_error_of_our_own_is_not_mended(text: str, words: str) -> None:
    listed = words.split()
    assert meant(text, listed) is None
    assert nearest(text, listed) != listed[:1]


@pytest.mark.parametrize(
    ("text", "words", "word"),
    [
        ("trused", "trusted discredited", "trusted"),
        ("Trusted", "trusted discredited", "trusted"),
        ("“trusted”", "trusted discredited", "trusted"),
        ("incumbent", "incumbents pioneers", "incumbents"),
        ("safe to fail", "safe-to-fail consequential", "safe-to-fail"),
        ("consequental", "safe-to-fail consequential", "consequential"),
        ("natoinal", "national local", "national"),
        ("unorganized", "organised unorganised", "unorganised"),
        ("unorganised", "organised unorganised", "unorganised"),
        ("to-early", "too-early mixed", "too-early"),
        ("yse", "yes no mixed", "yes"),
        ("leadung", "leading lagging", "leading"),
        ("leaving", "leading leaning", None),
        ("type-3", "type-1 type-2", None),
    ],
)
def test_a_slip_of_the_pen_is_mended_where_only_one_word_is_near(
    text: str, words: str, word: str | None
) -> None:
    assert meant(text, words.split()) == word


def test_of_two_that_are_about_as_near_both_are_named() -> None:
    words = ["leading", "leaning", "blocking"]
    assert meant("leaving", words) is None
    assert {*nearest("leaving", words)} == {"leading", "leaning"}


@pytest.mark.parametrize(
    ("text", "words", "near"),
    [
        (
            "purpose-origin-movment",
            ["purpose-origin-movement", "purpose-origin-pioneers"],
            ["purpose-origin-movement"],
        ),
        ("locall", ["local", "global"], ["local"]),
        ("carer", ["carter", "career"], ["carter", "career"]),
        ("purpose-origin-x", ["purpose-origin-movement", "purpose-origin-pioneers"], 2),
    ],
)
def test_one_that_is_evident_is_named_alone(
    text: str, words: list[str], near: list[str] | int
) -> None:
    found = nearest(text, words)
    assert (len(found) if isinstance(near, int) else found) == near
