"""Uploaded documents on disk, by content: the same bytes are kept once, and a kept file never changes."""

import hashlib
import os
import tempfile
from pathlib import Path


def hash_of(content: bytes) -> str:
    """The SHA-256 under which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def keep(folder: Path, content: bytes) -> str:
    """Keep a file's content durably; returns its SHA-256, by which it is found.

    Written beside its place, flushed to disk, then renamed: a crash leaves a whole file or none.
    """
    sha256 = hash_of(content)
    place = path_of(folder, sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=place.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(place)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    _flush_folder(place.parent)
    return sha256


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this hash lies."""
    return folder / sha256[:2] / sha256[2:4] / sha256


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
