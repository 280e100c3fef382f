"""What a disk says when it cannot keep or give a file, told as an answer of its own."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from libs.common import log
from libs.common.errors import DureError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No room left: on the disk, in the quota, or above the size that one file may have."""
_log = log.get(__name__)


class StorageFull(DureError):
    """There is no room for what was sent; nothing of it was kept (507)."""

    status = 507

    def __init__(self) -> None:
        super().__init__("storage_full")


class StorageAway(DureError):
    """Files can be neither written nor read for now (503)."""

    status = 503
    retry_after_s = 5

    def __init__(self) -> None:
        super().__init__("storage_unavailable")


@contextmanager
def disk_errors_told() -> Iterator[None]:
    """Within, an error of the operating system about a file becomes StorageFull or StorageAway, and is logged."""
    try:
        yield
    except OSError as error:
        _log.error("storage_failed", error=repr(error)[:500])
        raise (StorageFull() if error.errno in FULL else StorageAway()) from error
