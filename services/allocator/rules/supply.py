"""What may be offered and taken down: times that run forwards, names used once."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from libs.common.errors import Refusal
from libs.common.keys import fold_key


def ends_before_start(from_at: dt.datetime, until: dt.datetime) -> bool:
    """Whether `[from_at, until)` holds no instant (AL-3): an offer or a fault must last some time."""
    return until <= from_at


def repeated_names(names: Sequence[str], taken: Collection[str]) -> tuple[str, ...]:
    """The server names that are told twice or belong to another server of the provider, however they are spelt (CV-9).

    `names` as told, `taken` the provider's servers so far. Sorted, each once; empty where all are new. Never raises.

    Example: `s1`, `S1` and `s2` beside a taken `s2` → `S1`, `s1`, `s2`.
    """
    used = {fold_key(name) for name in taken}
    counted = Counter(fold_key(name) for name in names)
    return tuple(sorted({name for name in names if fold_key(name) in used or counted[fold_key(name)] > 1}))


def cards_refusal(wanted: int, free: int) -> Refusal | None:
    """Why a pool or a fault cannot take its cards (AL-3): fewer than wanted are free over its whole time."""
    return Refusal("AL-3", "cards_held", {"wanted": wanted, "free": free}) if free < wanted else None
