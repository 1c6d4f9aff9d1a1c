"""Plain rdflib over one file: read questions as JSON, by name, and write an answer a line."""

import json
import signal
import sys
import time
from types import FrameType

from rdflib import Dataset, Graph

SECONDS = 60


def main(file: str) -> None:
    """Answer what stands on standard input over a file, all of whose graphs are asked as one."""
    graph = Graph()
    for s, p, o, _ in Dataset().parse(file).quads():
        graph.add((s, p, o))
    signal.signal(signal.SIGPROF, _stop)
    for name, text in json.load(sys.stdin).items():
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            said = {"answer": (graph.query(text).serialize(format="json") or b"").decode()}
        except TimeoutError as error:
            said = {"error": str(error)}
        signal.setitimer(signal.ITIMER_PROF, 0)
        line = {"name": name, "seconds": time.process_time() - begun, **said}
        sys.stdout.write(f"{json.dumps(line)}\n")


def _stop(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"no answer within {SECONDS} seconds")


if __name__ == "__main__":
    main(sys.argv[1])
