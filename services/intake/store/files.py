"""Documents on a disk that all processes share: temporary file, flush, rename."""

import os
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from libs.common.disk import disk_errors_told
from services.intake.store.contents import MARKER, MARKER_BYTES_MAX, PIECE_BYTES, Lying, Opened, is_content, name_of


class Folder:
    """A folder as the place of documents."""

    setting = "DURE_STATE_DIR"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told = str(path)

    def is_kept(self, sha256: str, size_bytes: int) -> bool:
        """Whether the content of this hash lies there in its full length. Raises StorageAway."""
        with disk_errors_told():
            try:
                return path_of(self.path, sha256).stat().st_size == size_bytes
            except FileNotFoundError:
                return False

    def bring(self, sha256: str, part: Path) -> None:  # noqa: ARG002 - a bucket wants to know
        """Flush the part to the disk. Raises StorageFull, StorageAway."""
        make_durable(part)

    def keep(self, sha256: str, size_bytes: int, part: Path) -> None:
        """Move the part to where the content of this hash lies: a crash leaves a whole file or none.

        Raises StorageFull, StorageAway.
        """
        if self.is_kept(sha256, size_bytes):
            return
        make_durable(part)  # once more: its content may have been kept when it was looked at, and collected since
        with disk_errors_told():
            place = path_of(self.path, sha256)
            place.parent.mkdir(parents=True, exist_ok=True)
            part.replace(place)
            _flush_folder(place.parent)

    def open(self, sha256: str) -> Opened | None:
        """The content of this hash to be read; None where it is not there. Raises StorageAway."""
        with disk_errors_told():
            try:
                file = path_of(self.path, sha256).open("rb")
            except FileNotFoundError:
                return None
            return Opened(os.fstat(file.fileno()).st_size, Pieces(file))

    def remove(self, sha256: str) -> bool:
        """Remove a content; False where it was not there. Raises StorageAway."""
        with disk_errors_told():
            place = path_of(self.path, sha256)
            try:
                place.unlink()
            except FileNotFoundError:
                return False
            _flush_folder(place.parent)
            return True

    def lying(self, after: str, count_max: int) -> list[Lying]:
        """The contents after one, in the order of their hashes, at most so many. Raises StorageAway."""
        with disk_errors_told():
            return list(islice(self._lying(after), count_max))

    def _lying(self, after: str) -> Iterator[Lying]:
        now = time.time()  # what a disk says of its files is the machine's time, not that of a rehearsal
        for first in _names(self.path, after[:2]):
            for second in _names(self.path / first, after[2:4] if first == after[:2] else ""):
                for name in _names(self.path / first / second, ""):
                    if name > after and is_content(name):
                        try:
                            changed_at = (self.path / first / second / name).stat().st_mtime
                        except FileNotFoundError:  # removed meanwhile
                            continue
                        yield Lying(name, int(now - changed_at))

    def read_marker(self) -> str | None:
        """The id in the folder's marker; None where it has none. Raises OSError."""
        try:
            with (self.path / MARKER).open("rb") as file:
                return file.read(MARKER_BYTES_MAX).decode("utf-8", "replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write_marker(self, folder_id: str) -> None:
        """Mark the folder durably; a crash leaves a whole marker or none. Raises OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / f"{MARKER}.{os.getpid()}"
        with part.open("w", encoding="utf-8") as file:
            file.write(f"{folder_id}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / MARKER)


class Pieces:
    """A file's content, a piece at a time; it is closed at its end, or earlier with `close`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __iter__(self) -> "Pieces":
        return self

    def __next__(self) -> bytes:
        """The next piece."""
        piece = b"" if self._file.closed else self._file.read(PIECE_BYTES)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    __del__ = close


def make_durable(part: Path) -> None:
    """Flush a file to the disk, before it is kept. Raises StorageFull, StorageAway."""
    with disk_errors_told(), part.open("rb") as file:
        os.fsync(file.fileno())


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this hash lies."""
    return folder / name_of(sha256)


def _names(folder: Path, first: str) -> list[str]:
    """The names in a folder from one on, in their order; none where it is no folder."""
    try:
        return sorted(name for name in os.listdir(folder) if name >= first)  # noqa: PTH208 - names alone, no paths
    except (FileNotFoundError, NotADirectoryError):
        return []


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
