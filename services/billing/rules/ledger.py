"""The ledger: double entry, append-only, each posting chained to the one before by its hash."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import rfc8785

from services.billing.model.ledger import Chained, Entry, Posting, Walk

GENESIS = "0" * 64
"""What the first posting is chained to."""
BEGINNING = Walk(1, GENESIS)
"""Where a walk along the chain begins."""


class UnbalancedError(ValueError):
    """Entries that do not sum to zero, or none at all: a bug, never posted."""


def balanced(posting: Posting) -> Posting:
    """BL-10: Every posting balances, names its cause and is made once; the sum over all accounts is zero, always.

    `posting` holds entries in won (debit positive, credit negative). Returns it without its zero entries, ready
    to be appended under its unique cause. Raises UnbalancedError where the entries do not sum to zero, an account
    or the cause has no name, or no entry is left. Nothing to round.

    Example: subsidy +140,100, self-payment +400,000, provider payable −540,100 → sums to 0, posted.
    Source: —
    """
    entries = tuple(entry for entry in posting.entries if entry.amount_krw)
    if not posting.cause or not all(entry.account for entry in entries):
        raise UnbalancedError("a posting names its cause and its accounts")
    if not entries or sum(entry.amount_krw for entry in entries) != 0:
        raise UnbalancedError(f"{posting.cause}: {entries} do not sum to zero")
    return Posting(
        posting.cause, posting.rule_id, posting.programme_code, posting.programme_version, posting.at, entries
    )


def transfer(debit: str, credit: str, amount_krw: int) -> tuple[Entry, Entry]:
    """Two entries that move an amount: debit one account, credit the other."""
    return Entry(debit, amount_krw), Entry(credit, -amount_krw)


def chain_hash(previous_hash: str, posting_no: int, posting: Posting) -> str:
    """SHA-256 over the previous posting's hash and this posting's canonical JSON (RFC 8785)."""
    document: dict[str, Any] = {
        "previous": previous_hash,
        "no": posting_no,
        "cause": posting.cause,
        "rule_id": posting.rule_id,
        "programme": posting.programme_code,
        "programme_version": posting.programme_version,
        "at": posting.at.isoformat(),
        "entries": [{"account": e.account, "amount_krw": str(e.amount_krw)} for e in posting.entries],
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def walked(postings: Iterable[Chained], begun: Walk) -> Walk:
    """A walk along the chain, gone on over the next postings, which stops at the first that does not follow (BL-10).

    A posting follows if it bears the next number, has entries, and its hash is that of its content behind the one
    before. A chain walked in several pieces stops where one walk over all of it would. Never raises.
    """
    so_far = begun
    for found in postings:
        follows = found.posting_no == so_far.next_no and bool(found.posting.entries)
        if not follows or found.hash != chain_hash(so_far.hash, found.posting_no, found.posting):
            return replace(so_far, broken=True)
        so_far = Walk(found.posting_no + 1, found.hash)
    return so_far
