"""Counts that everybody may read say nothing of single people: small ones are not told (MS-5)."""

LEAST_TOLD = 5


def told_count(count: int) -> int | None:
    """A count as it may be published: none where it is from 1 to 4; 0 and 5 or more are told. Never raises."""
    return None if 0 < count < LEAST_TOLD else count
