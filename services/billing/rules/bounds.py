"""Amounts that no ledger may hold: prices and counts within bounds can still multiply beyond them (CV-10)."""

from libs.common.money import KRW_MAX


def fits(amount_krw: int) -> bool:
    """Whether a line, a sum or a posting lies within −10¹⁵ … 10¹⁵ won."""
    return -KRW_MAX <= amount_krw <= KRW_MAX
