"""The command line: a thin face over the library."""

from sysgraph.cli.net import main

__all__ = ["main"]
