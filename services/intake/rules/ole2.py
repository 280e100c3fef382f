"""What lies in an OLE2 container, such as an HWP 5 or an old Office file: names, and the head of a small stream.

Nothing is unpacked and everything is bounded: so many sectors are followed, whatever the container says of itself.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

HEADER_BYTES = 512
SECTORS_MAX = 1_024
ENTRY_BYTES = 128
SMALL_BYTES = 64
END = 0xFFFFFFFA
"""This and what is above it names no sector."""
ROOT = "Root Entry"


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a stream begins, and how long it says it is."""

    start: int
    size_bytes: int


class Ole2:
    """A container's directory. A broken one has no names and is not `whole`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.streams: dict[str, Stream] = {}
        self.whole = False
        try:
            self._read()
        except (struct.error, IndexError, OverflowError, OSError):
            self.streams = {}

    def _read(self) -> None:
        header = read_at(self._file, 0, HEADER_BYTES)
        self._sector_bytes = 1 << struct.unpack_from("<H", header, 30)[0]
        if self._sector_bytes not in {512, 4096}:
            return
        self._small_limit = struct.unpack_from("<I", header, 56)[0]
        self._table = struct.unpack_from("<109I", header, 76)
        next_sector = self._chain()
        sector = struct.unpack_from("<I", header, 48)[0]
        for _ in range(SECTORS_MAX):
            if sector >= END:
                break
            self._add_names(self._sector(sector))
            sector = next_sector(sector)
        self.whole = ROOT in self.streams and self._last_used() < self._sectors()

    def _sector(self, sector: int) -> bytes:
        return read_at(self._file, (sector + 1) * self._sector_bytes, self._sector_bytes)

    def _sectors(self) -> int:
        """How many sectors the file has, one that is cut off not among them unless it is the last."""
        size_bytes = self._file.seek(0, io.SEEK_END)
        return -(-size_bytes // int(self._sector_bytes)) - 1

    def _last_used(self) -> int:
        """The last sector that the listed parts of the allocation table use."""
        per_sector, last = self._sector_bytes // 4, 0
        for nth, at in enumerate(self._table):
            if at >= END:
                break
            entries = struct.unpack(f"<{per_sector}I", self._sector(at))
            used = [place for place, entry in enumerate(entries) if entry != 0xFFFFFFFF]
            last = max([last, *(nth * per_sector + place for place in used[-1:])])
        return int(last)

    def _chain(self) -> Callable[[int], int]:
        """How to find the sector after one, by the allocation table that the header lists."""
        per_sector = self._sector_bytes // 4

        def next_sector(sector: int) -> int:
            start = (self._table[sector // per_sector] + 1) * self._sector_bytes + sector % per_sector * 4
            return int(struct.unpack("<I", read_at(self._file, start, 4))[0])

        return next_sector

    def _add_names(self, directory: bytes) -> None:
        for at in range(0, len(directory) - ENTRY_BYTES + 1, ENTRY_BYTES):
            length = struct.unpack_from("<H", directory, at + 64)[0]
            if 2 < length <= 64:  # the field holds 64 bytes, its end mark included
                name = directory[at : at + length - 2].decode("utf-16-le", "replace")
                self.streams[name] = Stream(*struct.unpack_from("<II", directory, at + 116))

    def head(self, name: str) -> bytes:
        """The first 64 bytes of a stream; empty where there is none or it cannot be followed."""
        stream, root = self.streams.get(name), self.streams.get(ROOT)
        if stream is None or root is None or not stream.size_bytes:
            return b""
        try:
            if stream.size_bytes >= self._small_limit:
                return self._sector(stream.start)[:SMALL_BYTES]
            small = self._sector_bytes // SMALL_BYTES
            next_sector, sector = self._chain(), root.start
            if stream.start // small > SECTORS_MAX:
                return b""
            for _ in range(stream.start // small):
                sector = next_sector(sector)
            at = stream.start % small * SMALL_BYTES
            return self._sector(sector)[at : at + SMALL_BYTES]
        except (struct.error, IndexError, OverflowError, OSError):
            return b""


def read_at(file: BinaryIO, at: int, bytes_max: int) -> bytes:
    """So many bytes of a file from a place on, or fewer."""
    file.seek(at)
    return file.read(bytes_max)
