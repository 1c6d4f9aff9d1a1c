"""Very many cases into a store: checked and reasoned over by workers, written in one stream."""

from sysgraph.bulk.load import Bulk, load_bulk
from sysgraph.bulk.slices import is_bulk

__all__ = ["Bulk", "is_bulk", "load_bulk"]
