"""From a contributed file to the triples of its cases, or to what is wrong with it."""

from sysgraph.contribute.contribution import Contribution, describe_origin
from sysgraph.contribute.document import Document, read_document
from sysgraph.contribute.read import read, read_part
from sysgraph.contribute.tables import TABLES, parts_of
from sysgraph.contribute.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "TABLES",
    "Contribution",
    "Document",
    "Vocabulary",
    "describe_origin",
    "load_vocabulary",
    "parts_of",
    "read",
    "read_document",
    "read_part",
]
