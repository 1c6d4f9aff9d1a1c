"""A case: what was written, the triples of it, and what is wrong with it."""
