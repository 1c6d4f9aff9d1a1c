"""Which pages a case makes say something, and by what its state is told."""

from sysgraph.history.states import State, history_quads
from sysgraph.rdf import text_of
from sysgraph.release.known import Known, Names
from sysgraph.store.local import LocalStore, memory
from sysgraph.terms import graph_of


def test_a_case_names_its_own_pages_and_those_of_all_that_it_speaks_of(world: LocalStore) -> None:
    known = Known(world)
    named = known.named_by("alpha")
    assert {"/case/alpha", "/graph/case/alpha", "/CaseStudy", "/hasReading"} - named == {
        "/hasReading"  # what is said by a property does not stand on its page
    }
    assert any(one.startswith("/type/") for one in named)
    assert not any(one.startswith("/case/alpha/") for one in named)


def test_only_the_case_that_changed_has_another_digest(world: LocalStore) -> None:
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    before = Known(world)
    place = graph_of("alpha", "provenance")
    digest = "https://w3id.org/sysgraph/sha256"
    fewer = [q for q in quads if (text_of(q.graph_name), q.predicate.value) != (place, digest)]
    after = Known(memory(fewer))
    assert before.digest == after.digest
    differing = {name for name, one in before.digests.items() if after.digests[name] != one}
    assert differing == {"alpha"}


def test_drafts_are_not_known_and_what_was_taken_back_is(world: LocalStore) -> None:
    first, second = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"
    lives = {
        "my-sketch": [State("draft", first, "", "")],
        "taken-back": [
            State("counts", first, "", "", second, "retracted", "Not so."),
            State("retracted", second, "", ""),
        ],
    }
    quads = [quad for graph in world.graphs() for quad in world.quads(graph)]
    quads += [quad for name, states in lives.items() for quad in history_quads(name, states)]
    known = Known(memory(quads))
    assert set(known.cases) - set(Known(world).cases) == {"taken-back"}
    assert "/case/taken-back" in known.addresses()
    assert not any("my-sketch" in one for one in [*known.addresses(), *known.digests])


def test_what_a_case_named_before_is_stale_too(world: LocalStore) -> None:
    known = Known(world)
    whole = Names.of(known, {}, b"")
    assert whole.stale == {one for names in whole.by_case.values() for one in names}
    again = Names.of(known, known.digests, whole.as_json())
    assert again.stale == frozenset()
    assert again.as_json() == whole.as_json()

    was = {**known.digests, "alpha": "another", "gone": "once"}
    told = Names({**whole.by_case, "alpha": ["/aim/former"], "gone": ["/aim/lost"]}, frozenset())
    changed = Names.of(known, was, told.as_json())
    # Theta stands aside for alpha, and beta names it: their pages show what alpha is called.
    beside = {f"/{of}case/{name}" for of in ("", "graph/") for name in ("beta", "theta")}
    beside |= {one for one in known.named_by("theta") if one.startswith("/graph/case/theta/")}
    assert changed.stale == known.named_by("alpha") | beside | {"/aim/former", "/aim/lost"}
    assert "gone" not in changed.by_case
