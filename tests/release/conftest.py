"""What the tests of a release need, each made once."""

import pytest

from servers.wanted import names_of
from sysgraph.store.local import Store


@pytest.fixture(scope="session")
def names(library: Store) -> list[str]:
    """The name of each thing, without the namespace."""
    return names_of(library)
