"""From a contributed file to the triples of its cases, or to what is wrong with it."""

from sysgraph.contribute.apart import Family, Piece, read_apart, read_lines, read_rows
from sysgraph.contribute.contribution import Contribution, describe_origin
from sysgraph.contribute.editions import Editions, editions
from sysgraph.contribute.places import locate, place
from sysgraph.contribute.read import is_plain, read, read_again, read_all, read_part, read_past
from sysgraph.contribute.rejects import Rejected, Tally, rejected, unreadable, write_rejects
from sysgraph.contribute.repair import mend
from sysgraph.contribute.syntax.document import Document, read_document
from sysgraph.contribute.syntax.fault import OF_WRITING
from sysgraph.contribute.tables import TABLES, parts_of
from sysgraph.contribute.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "OF_WRITING",
    "TABLES",
    "Contribution",
    "Document",
    "Editions",
    "Family",
    "Piece",
    "Rejected",
    "Tally",
    "Vocabulary",
    "describe_origin",
    "editions",
    "is_plain",
    "load_vocabulary",
    "locate",
    "mend",
    "parts_of",
    "place",
    "read",
    "read_again",
    "read_all",
    "read_apart",
    "read_document",
    "read_lines",
    "read_part",
    "read_past",
    "read_rows",
    "rejected",
    "unreadable",
    "write_rejects",
]
