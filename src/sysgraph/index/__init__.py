"""What evidence is counted from: a small index of the cases, derived from a store, rebuildable."""

from sysgraph.index.entry import Entry, entry_of
from sysgraph.index.keep import Keeper, read_index, write_index
from sysgraph.index.likeness import Likeness, Near
from sysgraph.index.table import Index

__all__ = ["Entry", "Index", "Keeper", "Likeness", "Near", "entry_of", "read_index", "write_index"]
