"""What programmes take of one cap does not exceed it (BL-9): judged where a definition is written, before it counts."""

from collections.abc import Sequence

from libs.common.budget_share import BudgetShare
from libs.common.errors import Fact, Refusal


def shared_cap_refusal(own: BudgetShare, in_force: Sequence[BudgetShare]) -> Refusal | None:
    """Why a definition cannot stand beside those in force; None where it can.

    The programmes under one cap are those that either of two names. Their parts, each in won, together with this
    one's exceed the cap; of caps that differ the smallest counts, so that it can be raised in one programme first.
    A definition that takes what it takes in force already is not judged: another value of it may be corrected.

    Example: a cap of 19.8 billion, the other's part 12 in force, a part of 9 stated → refused; 7.8 → stands.
    """
    others = [one for one in in_force if one.code in own.shared_with or own.code in one.shared_with]
    caps = [one.cap_krw for one in (own, *others) if one.cap_krw is not None]
    if own in in_force or not others or not caps:
        return None
    others_krw = sum(one.takes_krw for one in others)
    if own.takes_krw == 0 or own.takes_krw + others_krw <= min(caps):
        return None
    facts: dict[str, Fact] = {
        "programme": own.code,
        "part_krw": own.takes_krw,
        "others": ", ".join(one.code for one in others),
        "others_krw": others_krw,
        "cap_krw": min(caps),
    }
    return Refusal("BL-9", "shared_cap_exceeded", facts)
