"""Which contents of the store are nobody's: what failed uploads, removed documents and crashes left behind."""

from collections.abc import Mapping, Sequence


def forgotten(unnamed: Mapping[str, int], grace_s: int) -> tuple[str, ...]:
    """Of the contents that nothing names those that lie there for the time of grace (seconds) or longer, in order.

    `unnamed` tells how many seconds each lies there. A younger one may be of an upload that is on its way.
    """
    return tuple(sorted(sha256 for sha256, age_s in unnamed.items() if age_s >= grace_s))


def goes_on_after(listed: Sequence[str], asked: int) -> str:
    """After which content the next look begins; empty where fewer were listed than asked for: the end is reached."""
    return listed[-1] if listed and len(listed) >= asked else ""
