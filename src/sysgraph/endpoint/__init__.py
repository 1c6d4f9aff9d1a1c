"""A store behind a SPARQL 1.1 endpoint, believed only as far as its answers can be checked."""

from sysgraph.endpoint.address import is_url
from sysgraph.endpoint.store import EndpointStore

__all__ = ["EndpointStore", "is_url"]
