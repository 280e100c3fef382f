"""Files on their way in: on disk while their request lasts, hashed while they arrive, gone afterwards.

The last piece, which for a small file is the whole, stays in memory until somebody asks for the file. Each lies
under a name of its own in the service's folder for them and is locked by the process that writes it, so that whoever
starts can tell what a process left behind that was killed.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import io
import os
import threading
import time
import uuid
from pathlib import Path
from typing import BinaryIO

from starlette.datastructures import Headers, UploadFile

from libs.common.disk import disk_errors_told

PIECE_BYTES = 256 << 10
"""How much of a file is in memory at a time."""
ENDING = ".part"
FORGOTTEN_AFTER_S = 86_400.0
"""Where the file system knows no locks: what was not written to for so long is nobody's."""


class IncomingFile(UploadFile):
    """A file of a form. It is removed with `close`, unless it was moved to where it stays."""

    def __init__(self, folder: Path, file_name: str, headers: Headers) -> None:
        super().__init__(io.BytesIO(), size=0, filename=file_name, headers=headers)
        self.path = folder / f"{uuid.uuid4().hex}{ENDING}"
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._pending = bytearray()
        self._opened = False
        self._closed = False
        self._turn = threading.Lock()

    @property
    def sha256(self) -> str:
        """The SHA-256 of all that arrived, in hexadecimal."""
        return self._digest.hexdigest()

    async def take(self, content: bytes) -> None:
        """Take the next bytes. Raises StorageFull, StorageAway."""
        self._pending += content
        if len(self._pending) >= PIECE_BYTES:
            piece = bytes(self._pending)
            self._pending.clear()
            await asyncio.to_thread(self._write_and_count, piece)

    def finish(self) -> None:
        """All has arrived: size and hash are those of the whole."""
        self._count(self._pending)

    def open_content(self) -> BinaryIO:
        """The whole file to be read, from memory where it is there. Blocks. Raises OSError."""
        if self._opened:
            return self.bring_to_disk().open("rb")
        return io.BytesIO(bytes(self._pending))

    def bring_to_disk(self) -> Path:
        """Where the whole file lies, for as long as its request lasts. Blocks. Raises StorageFull, StorageAway."""
        with self._turn:
            self._write(self._pending)
            self._pending.clear()
        return self.path

    async def close(self) -> None:
        """Remove the file; once it is removed, nothing."""
        if self._opened or self._turn.locked():
            if not self._closed:
                await asyncio.to_thread(self._discard)
        else:  # all of it is in memory: a thread would cost more than the work
            self._discard()

    def _write_and_count(self, piece: bytes) -> None:
        with self._turn:
            self._write(piece)
        self._count(piece)

    def _write(self, piece: bytes | bytearray) -> None:
        if self._closed or not piece:  # closed: the request ended while this waited for a thread
            return
        with disk_errors_told():
            if not self._opened:
                self.file = create(self.path)
                self._opened = True
            written = 0
            while written < len(piece):  # a disk that fills takes a part first
                written += self.file.write(memoryview(piece)[written:])

    def _count(self, piece: bytes | bytearray) -> None:
        self._digest.update(piece)
        self.size_bytes += len(piece)
        self.size = self.size_bytes

    def _discard(self) -> None:
        with self._turn:
            self._closed = True
            self.file.close()
            if self._opened:
                with contextlib.suppress(OSError):  # where even that fails it is swept at the next start
                    self.path.unlink(missing_ok=True)


def create(path: Path) -> BinaryIO:
    """A new file, locked for as long as it is open. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = path.open("x+b", buffering=0)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # swept between the two steps


def sweep(folder: Path) -> int:
    """Remove what processes left that ended in the middle of a request; returns how many files."""
    return sum(_remove_forgotten(path) for path in sorted(folder.glob(f"*{ENDING}")))


def _remove_forgotten(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError:
                if time.time() - os.fstat(file.fileno()).st_mtime < FORGOTTEN_AFTER_S:
                    return False
            path.unlink()
    except OSError:  # another process was faster, or it is not ours to remove
        return False
    return True
