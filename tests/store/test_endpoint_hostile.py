"""An endpoint that cuts, caps, lies, resets and never ends: no false success, nothing lost.

The law for each way of answering badly and each command: who asks gets the answer that a sound
server gives, or exit 2 and a line; who writes has written all, or hears that it was not done,
and the same command against the server once it is sound makes everything right.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

import hostile
from hostile import Hostile, Mode, after, first, queries, serving, updates, well
from shelf import copied
from sysgraph.cli.app import build
from sysgraph.errors import SysgraphError
from sysgraph.store import wire
from sysgraph.terms import STORE_GRAPH, contribution_of

pytestmark = pytest.mark.servers


OLD = copied("my-case")
NEW = OLD.replace("title: Bristol Pound", "title: Renamed", 1)
OTHER = copied("other-case")


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PAUSES", (0.01, 0.01, 0.01))
    for name in ("DEADLINE", "TOKEN", "USER", "PASSWORD"):
        monkeypatch.delenv(f"SYSGRAPH_{name}", raising=False)


def run(url: str, command: str, *words: str, deadline: float = 60) -> tuple[int, str, str]:
    """Run a command as a person would; what is not an error of ours is a fault of ours."""
    environment = {"SYSGRAPH_DEADLINE": str(deadline)}
    done = CliRunner(env=environment).invoke(build([command]), [command, *words, "--store", url])
    if isinstance(done.exception, SysgraphError):
        return 2, done.stdout, f"{done.stderr}{done.exception}"
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout.replace(url, "URL"), done.stderr


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("cases")
    for name, text in {"old": OLD, "new": NEW, "other": OTHER}.items():
        (folder / f"{name}.yaml").write_text(text)
    return {path.stem: str(path) for path in folder.iterdir()}


@pytest.fixture(scope="session")
def base(files: dict[str, str]) -> list[ox.Quad]:
    """What a server holds that holds the library, with few of its cases, and one with a past."""
    with serving(ox.Store()) as server:
        assert run(server.url, "load", files["new"])[0] == 0
        assert run(server.url, "load", files["old"])[0] == 0
        kept = {"", "my-case", *SOME}
        return [quad for quad in server.store if contribution_of(quad.graph_name.value) in kept]


@pytest.fixture
def server(base: list[ox.Quad]) -> Iterator[Hostile]:
    store = ox.Store()
    store.bulk_extend(base)
    with serving(store) as made:
        yield made


def held(server: Hostile) -> dict[str, set[str]]:
    """What the server holds, but for the moments and the revision, which are never the same."""
    found: dict[str, set[str]] = {}
    for quad in server.store:
        name = str(quad.graph_name)
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "MOMENT", str(quad.triple))
        if name != f"<{STORE_GRAPH}>" or "/revision>" not in text:
            found.setdefault(name, set()).add(text)
    return found


SOME = ("wigan-deal", "bristol-pound", "zapatista-autonomy")
ASKED: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "query": ("query", "cases-of-type", "--format", "csv"),
    "advise": ("advise", "--facet", "purpose-origin=movement", "--facet", "agreement=coercive"),
    "export": ("export", "--what", "cases", "--format", "nquads"),
    "history": ("history", "my-case"),
}
WRITTEN: dict[str, tuple[str, ...]] = {
    "load": ("load", "other"),
    "load again": ("load", "old"),
    "correct": ("load", "new"),
    "retract": ("retract", "my-case", "--reason", "It was wrong."),
    "remove": ("remove", "my-case"),
}

HASTE = 0.6
SECRETS = {
    "SYSGRAPH_TOKEN": hostile.TOKEN,
    "SYSGRAPH_USER": hostile.USER,
    "SYSGRAPH_PASSWORD": hostile.PASSWORD,
}

Made = Callable[[], Mode]
BAD_ANSWERS: dict[str, Made] = {
    "login page": lambda: queries(hostile.page),
    "login page after 8": lambda: after(8, queries(hostile.page)),
    "cut at a statement": lambda: queries(hostile.cut_at_statement),
    "cut anywhere": lambda: queries(hostile.cut_anywhere),
    "cut anywhere after 9": lambda: after(9, queries(hostile.cut_anywhere)),
    "cut chunk": lambda: queries(hostile.cut_chunk),
    "cut without length": lambda: queries(hostile.cut_unframed),
    "206": lambda: queries(hostile.partly),
    "anytime": lambda: queries(hostile.anytime),
    "drip": lambda: after(2, queries(hostile.drip)),
    "drip of the head": lambda: after(2, queries(hostile.drip_head)),
    "silence": lambda: after(2, queries(hostile.silence)),
    "deep JSON": lambda: queries(hostile.deep),
    "gzip bomb": lambda: queries(hostile.bomb),
    "endless": lambda: after(2, queries(hostile.endless)),
    "redirect": lambda: hostile.moved,
    "413 at 1 KB": lambda: hostile.too_large(1_000),
    "503": lambda: hostile.ill(503),
    "503 for an hour": lambda: hostile.ill(503, Retry_After="3600"),
    "503 once": lambda: first(3, hostile.ill(503, Retry_After="0")),
    "500": lambda: after(4, hostile.ill(500)),
    "401": lambda: hostile.basic,
    "reset once": lambda: first(3, hostile.reset_before),
    "reset": lambda: after(3, hostile.reset_before),
}
BAD_ANSWERS |= {
    f"{rows} rows{', said' if header else ''}": partial(hostile.cap, rows, header)
    for rows in hostile.CAPS
    for header in ("", *(["X-SPARQL-MaxRows"] if rows in (10, 500, 5_000) else []))
}


def at_turns(name: str, turns: Iterable[int], made: Callable[[int], Mode]) -> dict[str, Made]:
    """The same bad turn at many moments of a write."""
    return {f"{name} {turn}": partial(made, turn) for turn in turns}


BAD_UPDATES: dict[str, Made] = {
    "login page": lambda: updates(hostile.page),
    "200 and nothing": lambda: updates(hostile.lie),
    "202": lambda: updates(hostile.accepted),
    "413 at 20 KB": lambda: updates(hostile.too_large(20_000)),
    "413 at 1 KB": lambda: updates(hostile.too_large(1_000)),
    "reset before": lambda: updates(hostile.reset_before),
    "reset after": lambda: updates(hostile.reset_after),
    "503": lambda: updates(hostile.ill(503)),
    "silence": lambda: updates(hostile.silence),
    "drip": lambda: updates(hostile.drip),
    **at_turns("half from", range(11), lambda turn: updates(after(turn, hostile.half))),
    **at_turns("lie at", range(11), lambda turn: updates(first(turn, hostile.lie))),
    **at_turns("dead from", range(4, 50, 9), lambda turn: after(turn, hostile.reset_before)),
    **at_turns("reset after", (2, 5, 8), lambda turn: updates(first(turn, hostile.reset_after))),
    **at_turns("half once", (3, 6), lambda turn: updates(first(turn, hostile.half))),
}


@pytest.fixture(scope="session")
def sound(base: list[ox.Quad], files: dict[str, str]) -> dict[str, tuple[object, ...]]:
    """What each command gives at a server that answers well."""
    found: dict[str, tuple[object, ...]] = {}
    for name, words in (ASKED | WRITTEN).items():
        store = ox.Store()
        store.bulk_extend(base)
        with serving(store) as server:
            code, told, _ = run(server.url, *named(words, files))
            assert code == 0
            found[name] = (told, held(server))
    return found


def named(words: tuple[str, ...], files: dict[str, str]) -> list[str]:
    return [files.get(word, word) for word in words]


@pytest.mark.parametrize("mode", BAD_ANSWERS)
def test_a_part_is_never_taken_for_the_whole(
    mode: str,
    server: Hostile,
    sound: dict[str, tuple[object, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    for name, words in ASKED.items():
        server.mode = BAD_ANSWERS[mode]()
        code, told, said = run(server.url, *words, deadline=HASTE)
        assert code in (0, 2), name
        assert (told == sound[name][0]) if code == 0 else said.startswith(server.url), name
        assert hostile.TOKEN not in said
        assert hostile.PASSWORD not in said
        assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize("command", WRITTEN)
@pytest.mark.parametrize("mode", BAD_UPDATES)
def test_what_is_said_to_be_written_is_there_and_repeating_heals(
    mode: str,
    command: str,
    server: Hostile,
    sound: dict[str, tuple[object, ...]],
    files: dict[str, str],
) -> None:
    words = named(WRITTEN[command], files)
    server.mode = BAD_UPDATES[mode]()
    code, told, said = run(server.url, *words, deadline=HASTE)
    server.mode = well
    wanted = sound[command]
    if code == 0:
        assert (told, held(server)) == wanted
        return
    assert code == 2
    assert said.startswith(server.url)
    # Who asks in between hears of it, or sees what was there before or what is wanted.
    between, _, why = run(server.url, "advise", "--facet", "purpose-origin=movement")
    assert between == 0 or "broke off" in why
    run(server.url, *words)  # may say that it is done already
    assert held(server) == wanted[1]
