"""Where uploaded documents lie, by the SHA-256 of their content: the port that a disk and a bucket fill alike.

The same bytes are kept once and a kept content never changes. Both lay them under the same names (`ab/cd/abcd…`, with
the marker `folder-id.txt` beside), so that moving from a disk to a bucket is a copy (decisions 0024, 0093).
All methods block: they are called in a thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from libs.common.disk import StorageAway

MARKER = "folder-id.txt"
MARKER_BYTES_MAX = 200
PIECE_BYTES = 256 << 10
NAME_LETTERS = frozenset("0123456789abcdef")
NAME_LENGTH = 64


def name_of(sha256: str) -> str:
    """Under which name the content of this hash lies. Example: `abcd12…` → `ab/cd/abcd12…`."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def is_content(name: str) -> bool:
    """Whether the last part of a name is a content's hash; a marker, a part or a stranger's file is not."""
    return len(name) == NAME_LENGTH and NAME_LETTERS.issuperset(name)


@dataclass(frozen=True, slots=True)
class Opened:
    """A content that can be read: its length, and its pieces; who drops them ends the reading."""

    size_bytes: int
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Lying:
    """A content that lies in the store, and for how many whole seconds, cut."""

    sha256: str
    age_s: int


class AccessRefused(StorageAway):
    """The place is there and does not let us in, or there is no such bucket: a setting is wrong."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class Place(Protocol):
    """What every place for documents can do. Each raises StorageFull or StorageAway where it cannot."""

    told: str
    """How the place is named to an operator."""
    setting: str
    """The setting that says where it is."""

    def is_kept(self, sha256: str, size_bytes: int) -> bool:
        """Whether the content of this hash lies there in its full length."""

    def bring(self, sha256: str, part: Path) -> None:
        """Do beforehand what takes long: after it, `keep` of the same part is quick. No transaction is open."""

    def keep(self, sha256: str, size_bytes: int, part: Path) -> None:
        """Have the content of this hash lie there whole and durably; one that does not lie there whole is replaced."""

    def open(self, sha256: str) -> Opened | None:
        """The content of this hash to be read; None where it is not there."""

    def remove(self, sha256: str) -> bool:
        """Remove a content; False where it was not there."""

    def lying(self, after: str, count_max: int) -> list[Lying]:
        """The contents whose hash comes after this one, in the order of their hashes, at most so many."""

    def read_marker(self) -> str | None:
        """The id in the marker; None where there is none. Raises OSError."""

    def write_marker(self, folder_id: str) -> None:
        """Mark the place durably; a crash leaves a whole marker or none. Raises OSError."""
