"""Where the ontology and the queries are, in the wheel or the checkout; and any file's bytes."""

from functools import cache
from pathlib import Path
from typing import IO

from sysgraph.errors import BadFile, DataNotFound

__all__ = ["MAX_BYTES", "data", "display", "read_bytes", "read_within", "term_files"]

MAX_BYTES = 50_000_000
"""Of a file, whatever it holds."""


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


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file.

    Raises:
        BadFile: there is none, it is a folder, it may not be read, or has more bytes than it may.
    """
    try:
        with path.open("rb") as file:
            return read_within(file, str(path), most)
    except FileNotFoundError as error:
        raise BadFile(path, "there is no such file") from error
    except IsADirectoryError as error:
        raise BadFile(path, "this is a folder; name the files in it") from error
    except OSError as error:
        raise BadFile(path, f"it cannot be read: {error.strerror}") from error


def read_within(file: IO[bytes], where: str, most: int) -> bytes:
    """Return what a file that is open still holds.

    Raises:
        BadFile: it has more bytes than it may.
    """
    data = file.read(most + 1)
    if len(data) > most:
        raise BadFile(where, f"it has more than {most:,} bytes; split it")
    return data
