"""sysgraph: which way of leading fits this system change, why, and what to watch."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sysgraph")
except PackageNotFoundError:  # pragma: no cover - only when run from a bare checkout
    __version__ = "0"
