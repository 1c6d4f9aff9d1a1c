"""Open the zip archive of a workbook without trusting what it says of its own size."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from sysgraph.errors import BadFile

__all__ = ["MAX_UNPACKED", "unpack"]

MAX_UNPACKED = 200_000_000
"""Bytes of all parts of a workbook; 10,000 cases take some 140 million."""
_MAX_PARTS = 1_000
_MAX_RATIO = 1_000
_READ = re.compile(r"(?i)(\[content_types\]\.xml|_rels/.*\.rels|xl/.*\.(xml|rels))")
_DRAWN = re.compile(r"(?i)xl/(drawings|media|charts|printersettings|theme|comments|threaded)")


def unpack(data: bytes, where: str) -> dict[str, bytes]:
    """Return the parts of a workbook that hold its cells, by name.

    Each is unpacked here to no more than the archive says, which may be less than it is.

    Raises:
        BadFile: it is no workbook, locked by a password, holds macros, or would unpack to more
            than 200,000,000 bytes or a thousand times its size.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            listed = archive.infolist()
            _refuse(listed, len(data), where)
            return {
                info.filename: archive.read(info)  # never more than it claims to hold
                for info in listed
                if _READ.fullmatch(info.filename) and not _DRAWN.match(info.filename)
            }
    except (BadZipFile, ZlibError, NotImplementedError, OSError, EOFError, ValueError) as error:
        if data[:4] == b"\xd0\xcf\x11\xe0":
            reason = "it is locked by a password, or an old .xls workbook; save it as .xlsx"
            raise BadFile(where, f"{reason}, without a password") from error
        raise BadFile(where, f"this is no workbook: {error}") from error


def _refuse(listed: list[ZipInfo], size: int, where: str) -> None:
    names = [info.filename for info in listed]
    if len(names) > _MAX_PARTS:
        raise BadFile(where, f"it has {len(names):,} parts; a workbook has at most {_MAX_PARTS:,}")
    if len({name.lower() for name in names}) < len(names):
        raise BadFile(where, "this is no workbook: a part of it is there twice")
    if any(name.lower().endswith(".bin") and "vba" in name.lower() for name in names):
        raise BadFile(where, "it holds macros, which are refused; save it as .xlsx without them")
    if any(info.flag_bits & 1 for info in listed):
        raise BadFile(where, "it is locked by a password; save it without one")
    if any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in listed):
        raise BadFile(
            where, "this is no workbook: a part of it is packed as no office program does"
        )
    whole = sum(info.file_size for info in listed)
    if whole > MAX_UNPACKED or whole > _MAX_RATIO * max(size, 1_000):
        raise _too_large(where)


def _too_large(where: str) -> BadFile:
    reason = f"it would unpack to more than {MAX_UNPACKED:,} bytes, or to far more than its size"
    return BadFile(where, f"{reason}; split it, or save it as CSV")


def pack(parts: dict[str, bytes]) -> bytes:
    """Return parts as an archive again, not compressed, for a reader that trusts archives."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()
