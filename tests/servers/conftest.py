"""What the tests of a release need, each made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.wanted import names_of
from servers.web import put_rules, reachable
from sysgraph.store.local import Store


@pytest.fixture(scope="session")
def ruled(published: Path) -> Iterator[Path]:
    """The site with the rules for the top of a server, which servers can read."""
    with reachable(published) as there:
        put_rules(there, "")
        yield there


@pytest.fixture(scope="session")
def names(library: Store) -> list[str]:
    """The name of each thing, without the namespace."""
    return names_of(library)
