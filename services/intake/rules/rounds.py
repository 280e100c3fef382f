"""A further round belongs to the first call, whose limits it shares (AL-20)."""

from collections.abc import Mapping

from libs.common.errors import Refusal


def round_refusal(code: str, round_of: str | None, first_of: Mapping[str, str]) -> Refusal | None:
    """Why a programme cannot be opened as a round of another; None where it can, or is no round.

    `first_of` tells of every programme in force the call that it is a round of, itself where it is none. A round has
    one first call, that is open and no round itself; nor does a call that has rounds become one. Never raises.

    Example: `b` is a round of `a`: `c` may be a round of `a`, not of `b`; `a` becomes no round of `c`.
    Source: S1 §2, S2 §2.
    """
    has_rounds = any(first == code for one, first in first_of.items() if one != code)
    if round_of is None or (first_of.get(round_of) == round_of and not has_rounds):
        return None
    return Refusal("AL-20", "round_of_no_open_call", {"programme": code, "round_of": round_of})
