"""From a contributed file to the triples of its cases, or to what is wrong with it."""

from sysgraph.contribute.apart import Family, Piece, read_apart, read_lines, read_rows
from sysgraph.contribute.contribution import Contribution, describe_origin
from sysgraph.contribute.document import Document, read_document
from sysgraph.contribute.read import read, read_part
from sysgraph.contribute.rejects import Rejected, Tally, rejected, unreadable, write_rejects
from sysgraph.contribute.tables import TABLES, parts_of
from sysgraph.contribute.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "TABLES",
    "Contribution",
    "Document",
    "Family",
    "Piece",
    "Rejected",
    "Tally",
    "Vocabulary",
    "describe_origin",
    "load_vocabulary",
    "parts_of",
    "read",
    "read_apart",
    "read_document",
    "read_lines",
    "read_part",
    "read_rows",
    "rejected",
    "unreadable",
    "write_rejects",
]
