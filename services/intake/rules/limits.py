"""How much one organisation may keep here: drafts, documents and bytes, each up to its limit."""


def is_full(count: int, count_max: int) -> bool:
    """Whether one more would be too many: as many as the limit are there already."""
    return count >= count_max


def is_too_large(kept_bytes: int, more_bytes: int, bytes_max: int) -> bool:
    """Whether more bytes would exceed what may be kept in all; exactly the limit may be."""
    return kept_bytes + more_bytes > bytes_max


def mebibytes(count: int) -> int:
    """Bytes in whole MiB, cut, as people are told."""
    return count >> 20
