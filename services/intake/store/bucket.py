"""Documents in a bucket of an S3-compatible store, through the synchronous calls of obstore (decision 0093)."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from libs.common import log
from libs.common.disk import StorageAway
from services.intake.store.contents import (
    MARKER,
    MARKER_BYTES_MAX,
    PIECE_BYTES,
    AccessRefused,
    Lying,
    Opened,
    is_content,
    name_of,
)

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

SMALL_BYTES_MAX = 8 << 20
"""What goes in one request, and the size of a part of what does not: parts are in memory, two at a time."""
PARTS_AT_ONCE = 2
NO_BUCKET = "NoSuchBucket"
LOOK: "ClientConfig" = {"timeout": "5s", "connect_timeout": "2s"}
CARRY: "ClientConfig" = {"timeout": "600s", "connect_timeout": "2s", "read_timeout": "30s"}
"""A whole content, however slowly the caller reads it; the store itself may not pause for long."""
_log = log.get(__name__)


@contextmanager
def store_errors_told() -> Iterator[None]:
    """Within, what the store answers or does not answer becomes AccessRefused or StorageAway, and is logged.

    FileNotFoundError passes.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        said = str(error)
        _log.error("storage_failed", error=said[:500])
        if isinstance(error, PermissionDeniedError | UnauthenticatedError) or NO_BUCKET in said:
            raise AccessRefused(NO_BUCKET if NO_BUCKET in said else type(error).__name__) from error
        raise StorageAway from error


class Bucket:
    """A bucket, or what lies below a prefix of it, as the place of documents."""

    setting = "DURE_DOCUMENTS_URL"

    def __init__(self, bucket: str, prefix: str, **access: Any) -> None:
        self.told = f"s3://{bucket}/{prefix}".rstrip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        config: S3Config = {"bucket": bucket}
        config.update({name: value for name, value in access.items() if value})  # type: ignore[typeddict-item]
        retries: RetryConfig = {
            "max_retries": 2,
            "retry_timeout": dt.timedelta(seconds=4),
            "backoff": {
                "init_backoff": dt.timedelta(milliseconds=100),
                "max_backoff": dt.timedelta(seconds=1),
                "base": 2,
            },
        }
        plain = access.get("endpoint", "").startswith("http://")
        self._look, self._carry = (
            S3Store(config=config, client_options={**options, "allow_http": plain}, retry_config=retries)
            for options in (LOOK, CARRY)
        )

    def is_kept(self, sha256: str, size_bytes: int) -> bool:
        """Whether the content of this hash lies there in its full length. Raises StorageAway."""
        with store_errors_told():
            try:
                return int(obstore.head(self._look, self._at(name_of(sha256)))["size"]) == size_bytes
            except FileNotFoundError:
                return False

    def bring(self, sha256: str, part: Path) -> None:
        """Send the part there: what no document names in the end is collected. Raises StorageAway."""
        size_bytes = part.stat().st_size
        if self.is_kept(sha256, size_bytes):
            return
        at = self._at(name_of(sha256))
        with store_errors_told():
            if size_bytes <= SMALL_BYTES_MAX:
                try:
                    obstore.put(self._carry, at, part, mode="create")
                except AlreadyExistsError:  # another upload of the same was faster, or it does not lie there whole
                    if not self.is_kept(sha256, size_bytes):
                        obstore.put(self._carry, at, part)
            else:
                obstore.put(self._carry, at, part, chunk_size=SMALL_BYTES_MAX, max_concurrency=PARTS_AT_ONCE)

    def keep(self, sha256: str, size_bytes: int, part: Path) -> None:
        """Confirm that it lies there; what was collected since it was brought is brought again. Raises StorageAway."""
        if not self.is_kept(sha256, size_bytes):
            self.bring(sha256, part)

    def open(self, sha256: str) -> Opened | None:
        """The content of this hash to be read; None where it is not there. Raises StorageAway."""
        with store_errors_told():
            try:
                found = obstore.get(self._carry, self._at(name_of(sha256)))
            except FileNotFoundError:
                return None
            return Opened(int(found.meta["size"]), map(bytes, iter(found.stream(min_chunk_size=PIECE_BYTES))))

    def remove(self, sha256: str) -> bool:
        """Remove a content; False where it was not there. Raises StorageAway."""
        at = self._at(name_of(sha256))
        with store_errors_told():
            try:
                obstore.head(self._look, at)
                obstore.delete(self._look, at)
            except FileNotFoundError:
                return False
        return True

    def lying(self, after: str, count_max: int) -> list[Lying]:
        """The contents after one, in the order of their hashes, at most so many. Raises StorageAway."""
        offset = self._at(name_of(after)) if after else None
        now = time.time()  # as with a disk: ages are told by machines
        with store_errors_told():
            found = obstore.list(self._look, prefix=self._prefix or None, offset=offset, chunk_size=count_max)
            listed = islice((one for some in found for one in some), count_max + 1)  # the marker beside them
            lying = [
                Lying(one["path"].rpartition("/")[2], int(now - one["last_modified"].timestamp())) for one in listed
            ]
        return [one for one in lying if is_content(one.sha256) and one.sha256 > after][:count_max]

    def read_marker(self) -> str | None:
        """The id in the bucket's marker; None where it has none, or there is no bucket. Raises StorageAway."""
        with store_errors_told():
            try:
                found = obstore.get_range(self._look, self._at(MARKER), start=0, length=MARKER_BYTES_MAX)
            except FileNotFoundError:
                return None
        return bytes(found).decode("utf-8", "replace").strip()

    def write_marker(self, folder_id: str) -> None:
        """Mark the bucket in one request. Raises StorageAway."""
        with store_errors_told():
            obstore.put(self._carry, self._at(MARKER), f"{folder_id}\n".encode())

    def _at(self, name: str) -> str:
        return f"{self._prefix}{name}"
