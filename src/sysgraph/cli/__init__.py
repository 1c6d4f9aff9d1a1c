"""The command line: a thin face over the library."""

from sysgraph.cli.app import main

__all__ = ["main"]
