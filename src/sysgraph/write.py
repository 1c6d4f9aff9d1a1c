"""Write a file whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sysgraph.errors import BadFile

__all__ = ["write_file", "write_pieces"]


def write_file(path: Path, data: bytes) -> None:
    """Put bytes into a file, which is never left half written.

    Raises:
        BadFile: the folder does not exist or may not be written to.
    """
    write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Put pieces into a file as they come; should one fail to, the old file stays as it was.

    A link stays one, to the new content. What is no file, as a pipe or a device, is written into,
    for a file in its place would be another thing.

    Raises:
        BadFile: the folder does not exist or may not be written to.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as stream:
                stream.writelines(pieces)
            return
        real = Path(os.path.realpath(path))
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            umask = os.umask(0)
            os.umask(umask)
            Path(name).chmod(0o666 & ~umask)
            Path(name).replace(real)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadFile(path, f"it cannot be written: {error.strerror}") from error
