"""Where triples are kept and asked: in memory, in a directory, behind an endpoint."""
