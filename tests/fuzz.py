"""Put mutated and hostile files through the command line, and count what should never happen.

    python tests/fuzz.py --files 10000 --seed 1

Each file goes through ``sysgraph validate`` (some through ``--fix`` or ``advise``) in a process of
its own, forked from one that has the modules. Counted are tracebacks and faults that nobody
foresaw, exit codes other than 0, 1 and 2, deaths by a signal, more than 20 seconds of the
processor, more than 2 GiB, and whatever is reached for on the network or in other folders.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.rdf import Format
from sysgraph.turtle import serialize

SECONDS, MEMORY_KIB, HANGS = 20, 2 * 1024 * 1024, 300
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ENDS = {
    Format.TURTLE: "ttl",
    Format.TRIG: "trig",
    Format.NQUADS: "nq",
    Format.JSONLD: "jsonld",
    Format.XML: "rdf",
}
TOKENS: tuple[bytes, ...] = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J", "\u202e".encode(), b"\xed\xa0\x80", b"\r"),
    *(b"\\ud800", b"\\u0000", b"\\x1b", b"\\", b'"', b"'", b'"""', b"`", b"\t", b"  ", b"\n\n"),
    *(
        b"- ",
        b": ",
        b"? ",
        b"| ",
        b">-",
        b"&a ",
        b"*a",
        b"<<: *a",
        b"!!python/name:os.system ",
        b"%",
    ),
    *(b"{", b"}", b"[", b"]", b"(" * 70, b"[" * 200, b'{"a":' * 70, b"<a>" * 70, b"<", b"<<( "),
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e400", b"9" * 5_000, b"0x10", b"012", b"1_0"),
    *(b"2007.0", b"9999-99-99", b"0000-00-00", b"no", b"~", b"=HYPERLINK(1)", b"x" * 120_000),
    *(b"http://127.0.0.1:9/x", b"file:///etc/passwd", b"javascript:alert(1)", b"../../etc/passwd"),
    *(b"@prefix a: <urn:a> . ", b"@base <file:///> . ", b"<urn:a> <urn:b> <urn:c> . ", b"a [] . "),
    *(b'"@context": "http://127.0.0.1:9/c",', b'"@id": "_:x",', b'"@graph": [],', b'"@type": 3,'),
    *(
        b"<!DOCTYPE r [<!ENTITY a 'b'>]>",
        b"&a;",
        b"<![CDATA[",
        b"<?x?>",
        b"]]>",
        b"xml:base='file:'",
    ),
    *(
        b"_:b1",
        b"^^<http://www.w3.org/2001/XMLSchema#date>",
        b"@en--ltr",
        b"\xc2\x85",
        b",,,",
        b";",
    ),
)
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**400, "", " ", "x" * 110_000, "\x1b]0;x\x07", "\u2066", "a\nb"),
    *([], {}, [[]], [None], {"a": {"b": {"c": 1}}}, ["x"] * 500, {"id": "x"}, "no", "1997-13-45"),
    *("https://w3id.org/sysgraph/case/other", "=cmd|' /C calc'!A0", "GB, US", "wigan-deal", "ﬁ"),
)

Rows = list[list[str]]


def _entities() -> str:
    steps = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
    return f"<!DOCTYPE r [<!ENTITY a0 'x'>{steps}]><r>&a9;</r>"


def _many(attribute: str) -> str:
    return f"<r {' '.join(attribute.format(n, n) for n in range(50_000))}/>"


ATTACKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("rdf", _entities),
    ("rdf", lambda: "<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>"),
    ("rdf", lambda: _many("xmlns:n{}='u:{}'")),
    ("rdf", lambda: _many("a{}='u{}'")),
    ("rdf", lambda: "<a>" * 50_000),
    ("rdf", lambda: f'<rdf:RDF xmlns:rdf="{_RDF}"><rdf:li rdf:parseType="x"/></rdf:RDF>'),
    *(("rdf", lambda e=e: f'<?xml version="1.0" encoding="{e}"?><r/>') for e in ("hex", "cp037")),
    ("ttl", lambda: "<<( " * 5_000),
    ("ttl", lambda: "<urn:a> <urn:b> " + "[ <urn:c> " * 50_000),
    ("ttl", lambda: "<urn:a> <urn:b> " + "( " * 50_000),
    ("ttl", lambda: "".join(f"@prefix n{n}: <u:{n}> .\n" for n in range(50_000))),
    ("ttl", lambda: "<u:a> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/> ."),
    ("ttl", lambda: f'<u:a> <u:b> "{"x" * 3_000_000}" .'),
    ("ttl", lambda: f"<u:a> <u:b> {'9' * 100_000} ."),
    ("nq", lambda: "<u:a> <u:b> <u:c> <u:g> .\n" * 60_000),
    ("nq", lambda: "".join(f"<u:a> <u:b> _:b{n} .\n" for n in range(30_000))),
    ("jsonld", lambda: '{"@context":' * 5_000),
    ("jsonld", lambda: '{"@context": "http://127.0.0.1:9/c", "@id": "u:a"}'),
    ("jsonld", lambda: '{"@context": {"@import": "file:///etc/passwd"}, "@id": "u:a"}'),
    ("json", lambda: "[" * 100_000),
    ("json", lambda: '{"a":' * 100_000),
    ("json", lambda: '{"id": ' + "1" * 6_000 + "}"),
    ("json", lambda: '{"id": "a", "id": "b", "\\ud800": "\\udfff"}'),
    ("yaml", lambda: "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(9))),
    ("yaml", lambda: "? " * 10_000),
    ("yaml", lambda: "[" * 50_000),
    ("yaml", lambda: "- " * 20_000),
    ("yaml", lambda: "".join(" " * n + "a:\n" for n in range(1_000))),
    ("yaml", lambda: "a: !!python/object/apply:os.system ['id']"),
    ("yaml", lambda: "---\n" * 10_000),
    ("yaml", lambda: "a: 'x\n" * 3_000),
    ("csv", lambda: ",".join(f"c{n}" for n in range(50_000))),
    ("csv", lambda: 'id\n"' + "x" * 3_000_000),
    ("csv", lambda: "id;title\n" + "x;" * 100_000),
)


class Corpus:
    """Sound files in every syntax, small enough that each takes some milliseconds."""

    def __init__(self) -> None:
        """Make them from some of the shipped cases."""
        folder = data() / "ontology"
        vocabulary = Ontology.load(folder).vocabulary
        self.files: dict[str, list[bytes]] = {}
        self.trees: list[Any] = []
        for path in sorted((folder / "cases").glob("*.yaml"))[::8]:
            text = path.read_text("utf-8")
            self.trees.append(yaml.load(text, yaml.BaseLoader))
            self._add("yaml", text.encode())
            self._add("json", json.dumps(self.trees[-1], ensure_ascii=False).encode())
            for case in read(path, vocabulary):
                for syntax, end in _ENDS.items():
                    self._add(end, serialize(case.quads, syntax))
        table = [["id", "title", "summary", "countries", "start", "aims"]]
        table += [[str(t.get(key, "")) for key in table[0]] for t in self.trees]
        self._add("csv", _csv(table))
        self._add("xlsx", _xlsx(table))

    def _add(self, end: str, content: bytes) -> None:
        self.files.setdefault(end, []).append(content)


def _csv(table: Rows) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(table)
    return file.getvalue().encode()


def _xlsx(table: Rows) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    for row in table:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def make(corpus: Corpus, chance: random.Random) -> tuple[str, bytes]:
    """Return how a file ends and what is in it."""
    if chance.random() < 0.08:
        end, attack = chance.choice(ATTACKS)
        return end, _mutated(
            attack().encode(), chance
        ) if chance.random() < 0.3 else attack().encode()
    if chance.random() < 0.2:
        return _tree(corpus, chance)
    end = chance.choice(list(corpus.files))
    content = chance.choice(corpus.files[end])
    if end == "xlsx" and chance.random() < 0.7:
        content = _rezipped(content, chance)
    else:
        content = _mutated(content, chance)
    if chance.random() < 0.05:
        encoding = chance.choice(["utf-16", "utf-32", "cp1252", "utf-7", "utf-16-le", "cp037"])
        content = content.decode("utf-8", "replace").encode(encoding, "replace")
    if chance.random() < 0.02:
        content = gzip.compress(content)
    if chance.random() < 0.05:
        end = chance.choice([*corpus.files, "tsv", "nt", "xml", "yml", "txt", ""])
    return end, content


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with some mutations, as an editor, a disk or a person with ill will makes."""
    found = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        at = chance.randrange(len(found) + 1)
        to = min(len(found), at + chance.choice([1, 1, 4, 30, 500]))
        match chance.randrange(7):
            case 0 if at < len(found):
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at:at] = chance.choice(TOKENS)
            case 2:
                found[at:to] = chance.choice(TOKENS)
            case 3:
                del found[at:to]
            case 4:
                found[at:at] = found[at:to] * chance.choice([1, 2, 100])
            case 5:
                lines = found.split(b"\n")
                chance.shuffle(lines) if chance.random() < 0.3 else lines.pop(
                    chance.randrange(len(lines))
                )
                found = bytearray(b"\n".join(lines))
            case _:
                words = list(re.finditer(rb"[\w.-]+", found))
                if words:
                    word = chance.choice(words)
                    found[word.start() : word.end()] = chance.choice(TOKENS)
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.05 else found)


def _tree(corpus: Corpus, chance: random.Random) -> tuple[str, bytes]:
    """Return a case whose values are not what they should be, in YAML or JSON."""
    tree = json.loads(json.dumps(chance.choice(corpus.trees)))
    for _ in range(chance.choice([1, 2, 5])):
        place = tree
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = chance.choice(keys)
            if not isinstance(place[key], dict | list) or chance.random() < 0.3:
                if chance.random() < 0.2:
                    del place[key]
                elif isinstance(place, dict) and chance.random() < 0.3:
                    place[str(chance.choice(ODD))[:50]] = place.pop(key)
                else:
                    place[key] = deepcopy(chance.choice(ODD))  # or the next change reaches all
                break
            place = place[key]
    if chance.random() < 0.5:
        return "json", json.dumps(tree).encode()
    return "yaml", yaml.safe_dump(tree, allow_unicode=chance.random() < 0.5).encode()


def _rezipped(content: bytes, chance: random.Random) -> bytes:
    """Return a workbook with one of its parts mutated, or packed as no office program does."""
    file = io.BytesIO()
    kind = chance.choice([zipfile.ZIP_DEFLATED] * 4 + [zipfile.ZIP_STORED, zipfile.ZIP_LZMA])
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", kind) as new:
        names = old.namelist()
        hit = chance.choice([n for n in names if "sheet1" in n or chance.random() < 0.2] or names)
        for name in names:
            part = old.read(name)
            if name == hit:
                part = _mutated(part, chance)
                part = part.replace(b'r="A1"', chance.choice([b'r="XFD1048576"', b'r="A1"', b""]))
            if name != hit or chance.random() < 0.9:
                new.writestr(name, part)
        if chance.random() < 0.1:
            new.writestr("xl/bomb.xml", b"\0" * 30_000_000)
    return file.getvalue()


@dataclass
class Toll:
    """What should never happen, by kind, with the numbers of the files."""

    files: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    bad: dict[str, list[str]] = field(default_factory=dict)
    slowest: float = 0.0
    largest_mib: int = 0

    def note(self, kind: str, what: str) -> None:
        """Keep one."""
        self.bad.setdefault(kind, []).append(what)


class Fuzzer:
    """A process that has the modules, and forks one for each file."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.folder = folder
        self.corpus = corpus
        self.known = tuple(
            str(Path(place).resolve())
            for place in (
                *(folder, data(), sys.prefix, sys.base_prefix, Path(__file__).parents[1]),
                *("/dev/null", "/dev/urandom", "/proc/self", "/usr/lib", "/usr/share", "/etc/mime"),
                os.environ.get("SYSGRAPH_CACHE") or Path.home() / ".cache/sysgraph",
            )
        )
        sound = folder / "sound.yaml"
        sound.write_bytes(corpus.files["yaml"][0])
        pid = os.fork()
        if pid == 0:
            self._child(["validate", str(sound)])  # fills the cache, if it is not
        os.waitpid(pid, 0)

    def words(self, path: Path, number: int) -> list[str]:
        """Return the words of the command that a file goes through."""
        if number % 5 == 1:
            return ["validate", str(path), "--fix"]
        if number % 10 == 2 and path.suffix in (".yaml", ".json"):
            return ["advise", str(path)]
        return ["validate", str(path), *(["--format", "json"] if number % 7 == 3 else [])]

    def try_one(self, seed: int, number: int, toll: Toll) -> None:
        """Put one file through, and note what should not happen."""
        chance = random.Random(f"{seed}/{number}")
        end, content = make(self.corpus, chance)
        path = self.folder / (f"file.{end}" if end else "file")
        path.write_bytes(content)
        words = self.words(path, number)
        start = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._child(words)
        status, usage = _wait(pid, start)
        path.unlink(missing_ok=True)
        said = (self.folder / "said").read_text("utf-8", "replace")
        name = f"{seed}/{number} {words[0]} .{end}"
        toll.files += 1
        code = os.waitstatus_to_exitcode(status)
        toll.codes[str(code)] += 1
        seconds = usage.ru_utime + usage.ru_stime
        toll.slowest = max(toll.slowest, seconds)
        toll.largest_mib = max(toll.largest_mib, usage.ru_maxrss // 1024)
        if code < 0:
            toll.note("signals", f"{name}: {-code}")
        elif code not in (0, 1, 2):
            toll.note("codes", f"{name}: {code}")
        if "Traceback" in said or "please report it" in said:
            toll.note("tracebacks", f"{name}: {said.strip()[-300:]}")
        if code == 2 and not said.strip():
            toll.note("silent", name)
        if seconds > SECONDS:
            toll.note("slow", f"{name}: {seconds:.0f} s")
        if usage.ru_maxrss > MEMORY_KIB:
            toll.note("large", f"{name}: {usage.ru_maxrss // 1024} MiB")
        reached = (self.folder / "reached").read_text("utf-8", "replace").split("\n")
        for each in filter(None, dict.fromkeys(reached)):
            toll.note("reached", f"{name}: {each}")

    def _child(self, words: list[str]) -> None:
        """Be the command line for one file, and end; never returns."""
        try:
            resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            for name, handles in (("said", (1, 2)), ("reached", (9,))):
                opened = os.open(self.folder / name, flags)
                for handle in handles:
                    os.dup2(opened, handle)
            sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            sys.addaudithook(self._watch)
            sys.argv = ["sysgraph", *words]
            from sysgraph.cli.net import main

            main()
        except SystemExit as ended:
            os._exit(ended.code if isinstance(ended.code, int) else 3)
        except BaseException:
            os._exit(4)

    def _watch(self, event: str, details: tuple[Any, ...]) -> None:
        """Write down what a file has reached for that it should not."""
        if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.exec"):
            os.write(9, f"{event} {details!r}\n".encode("utf-8", "replace"))
        elif event == "open" and isinstance(details[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(details[0]))
            if not path.startswith(self.known):
                os.write(9, f"open {path!r}\n".encode("utf-8", "replace"))


def _wait(pid: int, start: float) -> tuple[int, resource.struct_rusage]:
    pause = 0.002
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        if time.monotonic() - start > HANGS:
            os.kill(pid, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.3, 0.1)


def preload(folder: Path) -> None:
    """Do once what every child would do at first: import, and prepare shapes and rules."""
    import sysgraph.advice.examine
    import sysgraph.cli.advise  # noqa: F401
    from sysgraph.cli.app import run as run_command

    case = sorted((data() / "ontology" / "cases").glob("*.yaml"))[0].read_text("utf-8")
    wrong = folder / "wrong.yaml"
    wrong.write_text(case.replace("scale:", "scal:"), "utf-8")
    said = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with redirect_stdout(said), redirect_stderr(said):
        assert run_command(["validate", str(wrong)]) == 1
    assert len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 - no thread is left behind a fork


def run(files: int, seed: int, first: int = 0) -> Toll:
    """Put so many files through, and return what should never have happened."""
    toll = Toll()
    with tempfile.TemporaryDirectory() as name:
        preload(Path(name))
        fuzzer = Fuzzer(Path(name), Corpus())
        for number in range(first, first + files):
            fuzzer.try_one(seed, number, toll)
            if files > 1_000 and number % 500 == 499:
                bad = {kind: len(found) for kind, found in toll.bad.items()}
                sys.stderr.write(f"{toll.files}: {dict(toll.codes)} {bad}\n")
    return toll


def main() -> None:
    """Read the arguments, try the files and print the toll."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="The number of the first file.")
    given = parser.parse_args()
    toll = run(given.files, given.seed, given.first)
    report = {
        "files": toll.files,
        "exit codes": dict(toll.codes),
        "slowest (s of processor)": round(toll.slowest, 1),
        "largest (MiB)": toll.largest_mib,
        **{kind: len(found) for kind, found in toll.bad.items()},
        "told": {kind: found[:20] for kind, found in toll.bad.items()},
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    sys.exit(1 if toll.bad else 0)


if __name__ == "__main__":
    main()
