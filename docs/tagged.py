"""Make a release of a tag: python docs/tagged.py TAG FOLDER.

FOLDER gets the wheel and its source, the site packed, each dump, the notes and SHA256SUMS. The tag
must be the version that the files say, and be checked out with nothing changed. Nothing is sent
anywhere. docs/releasing.md tells the rest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import yaml

__all__ = ["find_faults", "main", "notes", "outside_checks", "pack", "version_of", "write_sums"]

ROOT = Path(__file__).parent.parent
_NAMESPACE = "https://w3id.org/sysgraph/"
_TAG = re.compile(r"v(\d+\.\d+\.\d+)")
_HEADING = re.compile(r"^## +(.+?) *$", re.M)
_SAID = {
    "owl:versionInfo": "http://www.w3.org/2002/07/owl#versionInfo",
    "owl:versionIRI": "http://www.w3.org/2002/07/owl#versionIRI",
    "owl:priorVersion": "http://www.w3.org/2002/07/owl#priorVersion",
    "dcterms:hasVersion": "http://purl.org/dc/terms/hasVersion",
    "dcterms:issued": "http://purl.org/dc/terms/issued",
}

# Which program of others reads which syntax, and how it is called.
_READERS = {
    ("rapper", ".ttl"): ("rapper", "-q", "-c", "-i", "turtle"),
    ("rapper", ".trig"): ("rapper", "-q", "-c", "-i", "trig"),
    ("rapper", ".nq"): ("rapper", "-q", "-c", "-i", "nquads"),
    ("rapper", ".nt"): ("rapper", "-q", "-c", "-i", "ntriples"),
    ("rapper", ".rdf"): ("rapper", "-q", "-c", "-i", "rdfxml"),
    ("serdi", ".ttl"): ("serdi", "-q", "-i", "turtle", "-o", "ntriples"),
    ("serdi", ".trig"): ("serdi", "-q", "-i", "trig", "-o", "nquads"),
    ("serdi", ".nq"): ("serdi", "-q", "-i", "nquads", "-o", "nquads"),
    ("serdi", ".nt"): ("serdi", "-q", "-i", "ntriples", "-o", "ntriples"),
    **{
        ("riot", ending): ("riot", "--validate")
        for ending in (".ttl", ".trig", ".nq", ".nt", ".rdf")
    },
}


class Refused(Exception):
    """What is wrong with what is to be released, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


def version_of(tag: str) -> str:
    """Return the version that a tag names.

    Raises:
        Refused: it is no tag of a version.
    """
    found = _TAG.fullmatch(tag)
    if found is None:
        raise Refused([f"{tag}: this is no tag of a version; write it as v0.1.0"])
    return found[1]


def find_faults(version: str, prior: str, root: Path) -> Iterator[str]:
    """Yield where files do not say that they are of a version, and what to write there.

    ``prior`` is the version of the release before, if there was one.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    yield from _unlike("pyproject.toml: version", [project], version)
    said = _head(root)
    yield from _unlike("ontology/sysgraph.ttl: owl:versionInfo", said["owl:versionInfo"], version)
    iri = f"{_NAMESPACE}{version}"
    for name in ("owl:versionIRI", "dcterms:hasVersion"):
        yield from _unlike(f"ontology/sysgraph.ttl: {name}", said[name], iri)
    before = [f"{_NAMESPACE}{prior}"] if prior else []
    if said["owl:priorVersion"] != before:
        told = f"say <{before[0]}>" if before else "leave it out, for nothing was released before"
        yield f"ontology/sysgraph.ttl: owl:priorVersion: {told}"
    cited = yaml.safe_load((root / "CITATION.cff").read_text())
    yield from _unlike("CITATION.cff: version", [str(cited.get("version"))], version)
    (issued,) = said["dcterms:issued"] or [""]
    released = str(cited.get("date-released"))
    yield from _unlike("CITATION.cff: date-released", [released], issued)
    headings = _HEADING.findall((root / "CHANGELOG.md").read_text())
    top = headings[0] if headings else "nothing"
    yield from _unlike("CHANGELOG.md: the first heading", [top], version)


def _unlike(where: str, said: Sequence[str], wanted: str) -> Iterator[str]:
    if list(said) != [wanted]:
        yield f"{where}: it says {', '.join(said) or 'nothing'}; write {wanted}"


def _head(root: Path) -> dict[str, list[str]]:
    """Return what the ontology says of itself as a version."""
    about = ox.NamedNode(_NAMESPACE)
    quads = list(ox.parse(path=root / "ontology" / "sysgraph.ttl"))
    return {
        name: sorted(
            str(getattr(quad.object, "value", ""))
            for quad in quads
            if quad.subject == about and quad.predicate.value == iri
        )
        for name, iri in _SAID.items()
    }


def _git(root: Path, *words: str) -> str:
    ran = subprocess.run(
        ["git", "-C", str(root), *words], capture_output=True, check=False, text=True
    )
    if ran.returncode:
        raise Refused([f"git {' '.join(words)}: {ran.stderr.strip()}"])
    return ran.stdout.strip()


def _check_out(tag: str, root: Path) -> None:
    """Refuse what is not exactly what the tag names."""
    if _git(root, "rev-parse", f"{tag}^{{commit}}") != _git(root, "rev-parse", "HEAD"):
        raise Refused([f"{tag} is not checked out; run 'git switch --detach {tag}'"])
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        raise Refused([f"{len(changed)} files are not as {tag} has them; commit or take them away"])


def _tag_before(tag: str, root: Path) -> str:
    """Return the tag of the release before, or nothing."""
    tags = _git(root, "tag", "--list", "v*", "--merged", tag, "--sort=-v:refname").split()
    return next((one for one in tags if one != tag and _TAG.fullmatch(one)), "")


def _run(words: Sequence[str | Path], root: Path, more: Mapping[str, str]) -> None:
    told = [str(word) for word in words]
    print("+", *told, flush=True)
    ran = subprocess.run(told, cwd=root, env={**os.environ, **more}, check=False)
    if ran.returncode:
        raise Refused([f"{' '.join(told[:4])} …: it ended with {ran.returncode}"])


def _site(wheel: Path, into: Path, options: Sequence[str], more: Mapping[str, str]) -> None:
    """Have the wheel itself make the site, so that what is given away is what was tried."""
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheel).extractall(folder)
        command = [sys.executable, "-m", "sysgraph", "publish", str(into), *options]
        _run(command, ROOT, {**more, "PYTHONPATH": folder})


def pack(folder: Path, file: Path, name: str, epoch: int) -> None:
    """Pack a folder, so that the same files give the same bytes whoever packs them, and when."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = epoch
        entry.mode = 0o755 if entry.isdir() else 0o644
        return entry

    with (
        file.open("wb") as bare,
        gzip.GzipFile("", "wb", 9, bare, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*")):
            where = f"{name}/{path.relative_to(folder).as_posix()}"
            tar.add(path, where, recursive=False, filter=plain)


def outside_checks(data: Path, *, strict: bool) -> Iterator[str]:
    """Have programs of others read each dump; yield what was read by what.

    Raises:
        Refused: one cannot read a dump; or, where ``strict``, one is not installed.
    """
    names = sorted({name for name, _ in _READERS})
    there = [name for name in names if shutil.which(name)]
    missing = [name for name in names if name not in there and name != "riot"]
    if strict and missing:
        raise Refused([f"{', '.join(missing)}: not installed; see .ci/run for the packages"])
    with tempfile.TemporaryDirectory() as folder:
        for file in sorted(data.rglob("*")):
            plain = _unpacked(file, Path(folder)) if file.is_file() else file
            readers = [name for name in there if (name, plain.suffix) in _READERS]
            for name in readers:
                _read_by([*_READERS[name, plain.suffix], str(plain)], file)
            if plain.suffix == ".jsonld":
                _expand(plain)
                readers = ["PyLD"]
            if readers:
                yield f"{file.relative_to(data)}: read by {', '.join(readers)}"


def _unpacked(file: Path, folder: Path) -> Path:
    if file.suffix != ".gz":
        return file
    plain = folder / file.stem
    with gzip.open(file) as packed, plain.open("wb") as bare:
        shutil.copyfileobj(packed, bare)
    return plain


def _read_by(command: Sequence[str], file: Path) -> None:
    ran = subprocess.run(command, capture_output=True, check=False)
    if ran.returncode or ran.stderr.strip():
        said = ran.stderr.decode("utf-8", "replace").strip()[:500]
        raise Refused([f"{file.name}: {command[0]} cannot read it: {said or ran.returncode}"])


def _expand(file: Path) -> None:
    """Have PyLD expand a document; it asks the network for nothing."""
    from pyld import jsonld

    def refuse(url: str, _: object) -> object:
        raise Refused([f"{file.name}: it asks for {url}"])

    try:
        found = jsonld.expand(json.loads(file.read_bytes()), {"documentLoader": refuse})
    except jsonld.JsonLdError as error:
        raise Refused([f"{file.name}: PyLD cannot read it: {error}"]) from error
    if not found:
        raise Refused([f"{file.name}: PyLD reads nothing in it"])


def notes(version: str, site: Path, root: Path) -> str:
    """Return what a release's page says: the changelog's part, then what was compared."""
    parts = re.split(r"^## +", (root / "CHANGELOG.md").read_text(), flags=re.M)
    own = next((part for part in parts[1:] if part.split(maxsplit=1)[0] == version), "")
    said = own.partition("\n")[2].strip()
    return f"{said}\n\n{(site / 'changes.md').read_text()}"


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of each file of a folder, as ``sha256sum --check`` reads it."""
    files = sorted(file for file in folder.iterdir() if file.name != "SHA256SUMS")
    lines = [f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _make(tag: str, into: Path, options: argparse.Namespace) -> None:
    version, before = version_of(tag), _tag_before(tag, ROOT)
    _check_out(tag, ROOT)
    problems = list(find_faults(version, before.removeprefix("v"), ROOT))
    if problems:
        raise Refused(problems)
    epoch = int(_git(ROOT, "log", "-1", "--format=%ct", tag))
    more = {"SOURCE_DATE_EPOCH": str(epoch)}
    build = ("-m", "build", "--no-isolation", "--outdir")
    _run([sys.executable, *build, into, ROOT], ROOT, more)  # the wheel from the source's archive
    (wheel,) = into.glob("*.whl")
    former = options.former or before
    given = {"--former": former, "--url": options.url, "--pyodide": options.pyodide}
    site = into / "site"
    _site(wheel, site, [word for pair in given.items() if pair[1] for word in pair], more)
    lost = json.loads((site / "changes.json").read_text())["lost"]
    if lost:
        reason = "it is gone without being withdrawn; move it to ontology/vocab/deprecated.ttl"
        raise Refused([f"{name}: {reason}" for name in lost])
    for said in outside_checks(site / "data", strict=options.strict):
        print(said, flush=True)
    (into / "notes.md").write_text(notes(version, site, ROOT))
    for file in sorted((site / "data").iterdir()):
        if file.is_file() and file.name != "SHA256SUMS":
            rest = file.name.removeprefix("sysgraph")  # the whole has no name of its own
            own = rest if rest != file.name else f"-{rest}"
            shutil.copyfile(file, into / f"sysgraph-{version}{own}")
    pack(site, into / f"sysgraph-{version}-site.tar.gz", f"sysgraph-{version}", epoch)
    shutil.rmtree(site)
    write_sums(into)


def main(words: Sequence[str] | None = None) -> int:
    """Make a release as the command line says; return 1 if it was refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tag", help="such as v0.1.0; it must be checked out")
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--former", default="", help="what to compare with; the tag before")
    parser.add_argument("--url", default="", help="where the site will be")
    parser.add_argument("--pyodide", default="", help="the unpacked npm package pyodide")
    parser.add_argument("--strict", action="store_true", help="let no check be left out")
    options = parser.parse_args(words)
    if options.folder.exists():
        print(f"{options.folder}: it is there already; name a new folder", file=sys.stderr)
        return 1
    into = options.folder.resolve()
    into.mkdir(parents=True)
    try:
        _make(options.tag, into, options)
    except Refused as error:
        shutil.rmtree(into)
        print(error, file=sys.stderr)
        return 1
    for file in sorted(into.iterdir()):
        print(f"{file.stat().st_size:>12,}  {file.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
