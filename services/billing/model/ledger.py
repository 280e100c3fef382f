"""Nouns of the ledger: entries, the postings that they make, accounts."""

import datetime as dt
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Chained:
    """A posting in its place in the ledger: its number, and the hash that chains it to the one before."""

    posting_no: int
    posting: Posting
    hash: str


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a walk along the chain came: what comes next, chained to which hash, and whether it fits."""

    next_no: int
    hash: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry with what its posting says."""

    posting_no: int
    entry_no: int
    account: str
    amount_krw: int
    cause: str
    rule_id: str
    programme_code: str
    programme_version: int
    at: dt.datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account's balance in won, debit positive, and of how many entries it is the sum."""

    account: str
    balance_krw: int
    entries: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The whole ledger at one instant: its sum (0, always), its accounts, where its chain breaks (none: nowhere)."""

    entries: int
    sum_krw: int
    accounts: tuple[Account, ...]
    first_broken_posting: int | None
