"""From a contributed file to the triples of its cases, or to what is wrong with it."""

from sysgraph.contribute.contribution import Contribution, describe_origin
from sysgraph.contribute.document import Document, read_document
from sysgraph.contribute.editions import Editions, editions
from sysgraph.contribute.read import read
from sysgraph.contribute.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "Contribution",
    "Document",
    "Editions",
    "Vocabulary",
    "describe_origin",
    "editions",
    "load_vocabulary",
    "read",
    "read_document",
]
