"""Uploaded documents on disk, by content: the same bytes are kept once, and a kept file never changes."""

import hashlib
import os
import tempfile
from pathlib import Path


def keep(folder: Path, content: bytes) -> str:
    """Keep a file's content durably; returns its SHA-256, by which it is found.

    Written beside its place, flushed to disk, then renamed: a crash leaves a whole file or none.
    """
    sha256 = hashlib.sha256(content).hexdigest()
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


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
