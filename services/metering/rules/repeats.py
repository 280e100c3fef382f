"""Repeated usage events: the same fact said again, or another fact under a used name."""

from typing import Literal


def judge_repeat(known: bytes | None, digest: bytes) -> Literal["new", "duplicate", "conflict"]:
    """MT-2: The same source and id with the same subject, type and canonical data is a duplicate, else a conflict.

    `known` is the digest kept for that source and id, None where there is none; `digest` is that of the item at
    hand, over its canonical form (RFC 8785). A duplicate has no effect, a conflict is kept for inspection, and
    neither changes what was accepted. Never raises.

    Example: the same event sent twice → duplicate; sent again with 3 units in place of 8 → conflict.
    Source: —
    """
    if known is None:
        return "new"
    return "duplicate" if known == digest else "conflict"
