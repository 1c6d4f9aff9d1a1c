"""A stand-in for a built site, until there is one."""

from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest

from servers.wanted import names_of
from sysgraph.publish.files import export
from sysgraph.rdf import Format
from sysgraph.release.rules import OFFERS, write_rules
from sysgraph.store.local import Store
from sysgraph.terms import NAMESPACE


@pytest.fixture(scope="session")
def published(library: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("published")
    quads = ox.parse(export(library, Format.NQUADS), format=ox.RdfFormat.N_QUADS)
    found = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    names = {one.removeprefix(NAMESPACE) for one in found if one.startswith(NAMESPACE)}
    parts: dict[str, list[str]] = {}
    for name in names:
        steps = name.split("/")
        is_part = steps[0] in ("case", "critique") and len(steps) > 2
        parts.setdefault("/".join(steps[:2]) if is_part else name, []).extend(
            ["-".join(steps[2:])] if is_part else []
        )
    parts["0.1.0"] = []
    for name, ids in parts.items():
        for one in OFFERS:
            file = site / f"{unquote(name) or 'index'}{one.suffix}"
            file.parent.mkdir(parents=True, exist_ok=True)
            told = "".join(f'<p id="{each}"></p>' for each in ids) if one.name == "html" else ""
            if one.name == "jsonld":
                told = f'{{"@id": "urn:x", "urn:y": "{name}"}}'
            file.write_text(told or f'<urn:x> <urn:y> "{name}" .\n')
    (site / "404.html").write_text("<p>There is none.</p>")
    (site / "data").mkdir()
    (site / "data" / "sysgraph.nq.gz").write_bytes(b"\x1f\x8b\x08")
    write_rules(site, "")
    for each in site.rglob("*"):
        each.chmod(0o755 if each.is_dir() else 0o644)
    return site


@pytest.fixture(scope="session")
def names(library: Store) -> list[str]:
    """The name of each thing, without the namespace."""
    return names_of(library)
