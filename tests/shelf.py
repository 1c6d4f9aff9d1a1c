"""What lies in the folders of the library. Tests count here, so that knowledge may be added."""

from functools import cache
from pathlib import Path

import yaml

from sysgraph.files import data

TESTS = Path(__file__).parent
ROOT = TESTS.parent
CASES = sorted((data() / "ontology" / "cases").glob("*.yaml"))


@cache
def readings() -> dict[str, int]:
    """Return how many readings each shipped case has."""
    return {path.stem: len(yaml.safe_load(path.read_text())["readings"]) for path in CASES}
