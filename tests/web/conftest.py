"""The pages of the shipped library, opened once."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from sysgraph.web.site import Site
from visiting import visitor


@pytest.fixture(scope="session")
def site() -> Site:
    return Site()


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[TestClient]:
    with visitor(site) as found:
        yield found
