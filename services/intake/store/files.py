"""Uploaded documents on disk, by content: the same bytes are kept once, and a kept file never changes."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from libs.common.disk import disk_errors_told

PIECE_BYTES = 256 << 10


def make_durable(part: Path) -> None:
    """Flush a file to the disk, before it is kept. Raises StorageFull, StorageAway."""
    with disk_errors_told(), part.open("rb") as file:
        os.fsync(file.fileno())


def is_kept(folder: Path, sha256: str, size_bytes: int) -> bool:
    """Whether the content of this hash lies there in its full length. Raises StorageAway."""
    with disk_errors_told():
        try:
            return path_of(folder, sha256).stat().st_size == size_bytes
        except FileNotFoundError:
            return False


def keep(folder: Path, sha256: str, part: Path) -> None:
    """Move a durable file to where the content of this hash lies, in place of one that does not lie there whole.

    A rename on one disk: a crash leaves a whole file or none. Raises StorageFull, StorageAway.
    """
    with disk_errors_told():
        place = path_of(folder, sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        part.replace(place)
        _flush_folder(place.parent)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this hash lies."""
    return folder / sha256[:2] / sha256[2:4] / sha256


def open_content(folder: Path, sha256: str) -> BinaryIO | None:
    """The content of this hash to be read; None where it is not there. Raises StorageAway."""
    with disk_errors_told():
        try:
            return path_of(folder, sha256).open("rb")
        except FileNotFoundError:
            return None


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file's content, a piece at a time; it is closed afterwards."""
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def remove(folder: Path, sha256: str) -> bool:
    """Remove a content; False where it is not there."""
    place = path_of(folder, sha256)
    if not place.exists():
        return False
    place.unlink()
    _flush_folder(place.parent)
    return True


def stored(folder: Path) -> list[str]:
    """The hashes of all contents that lie there, in their order."""
    return sorted(place.name for place in folder.glob("??/??/*") if place.is_file() and place.suffix != ".part")


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
