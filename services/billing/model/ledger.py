"""Nouns of budget and ledger: demands and draws, moves, entries and postings."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """What a settlement wants from the budget for one grant."""

    approved_at: dt.datetime
    settlement_id: str
    grant_id: str
    amount_krw: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What the budget gave on a demand, and what it could not."""

    demand: Demand
    subsidy_krw: int
    uncovered_krw: int


@dataclass(frozen=True, slots=True)
class Move:
    """An amount that goes from one part of a budget to the other, and why."""

    from_part: str
    to_part: str
    amount_krw: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One account's part of a posting: positive is debit, negative is credit, in won."""

    account: str
    amount_krw: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A balanced set of entries with the one fact that caused it."""

    cause: str
    """Unique for ever: the same fact posts once, whatever is repeated."""
    rule_id: str
    programme_code: str
    programme_version: int
    at: dt.datetime
    entries: tuple[Entry, ...]
