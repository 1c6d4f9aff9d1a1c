"""Very many cases into a store, by worker processes."""
