"""Where the ontology and the queries are: in the wheel, or in the checkout."""

from functools import cache
from pathlib import Path

from sysgraph.errors import DataNotFound

__all__ = ["data", "display", "term_files"]


@cache
def data() -> Path:
    """Return the folder that holds ``ontology/`` and ``queries/``.

    Raises:
        DataNotFound: neither the installed package nor a checkout around it has them.
    """
    package = Path(__file__).resolve().parent
    looked = (package / "_data", package.parents[1])
    for place in looked:
        if (place / "ontology" / "sysgraph.ttl").is_file():
            return place
    raise DataNotFound(looked)


def term_files(ontology: Path) -> list[Path]:
    """Return the files that hold the schema and the vocabulary of an ontology folder."""
    return [ontology / "sysgraph.ttl", *sorted((ontology / "vocab").glob("*.ttl"))]


def display(path: Path) -> str:
    """Return a path as a person would write it: below the data folder, relative to it."""
    folder = data()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
