"""The ledger's rows: appended once, each chained to the one before."""

from typing import Any

from sqlalchemy import func, insert, select, text

from libs.common.db import Tx
from services.billing.model.ledger import Entry, Posting
from services.billing.tables import ledger_entry, ledger_posting


async def is_posted(tx: Tx, cause: str) -> bool:
    """Whether a cause has its posting already."""
    query = select(ledger_posting.c.posting_no).where(ledger_posting.c.cause == cause)
    return (await tx.execute(query)).scalar() is not None


async def last_posting(tx: Tx) -> tuple[int, str] | None:
    """Number and hash of the newest posting; None in an empty ledger."""
    query = select(ledger_posting.c.posting_no, ledger_posting.c.hash)
    row = (await tx.execute(query.order_by(ledger_posting.c.posting_no.desc()).limit(1))).first()
    return (row.posting_no, row.hash) if row else None


async def append(tx: Tx, number: int, posting: Posting, previous_hash: str, hash_: str) -> None:
    """Append a balanced posting with its entries; the unique cause refuses a second one."""
    await tx.execute(
        insert(ledger_posting).values(
            posting_no=number,
            cause=posting.cause,
            rule_id=posting.rule_id,
            programme_code=posting.programme_code,
            programme_version=posting.programme_version,
            at=posting.at,
            previous_hash=previous_hash,
            hash=hash_,
        )
    )
    rows = [
        {"posting_no": number, "entry_no": index, "account": entry.account, "amount_krw": entry.amount_krw}
        for index, entry in enumerate(posting.entries, start=1)
    ]
    await tx.execute(insert(ledger_entry), rows)


async def balance_of(tx: Tx, account: str) -> int:
    """The sum of an account's entries, in won (debit positive)."""
    query = select(func.coalesce(func.sum(ledger_entry.c.amount_krw), 0)).where(ledger_entry.c.account == account)
    return int((await tx.execute(query)).scalar_one())


async def count_and_sum(tx: Tx) -> tuple[int, int]:
    """How many entries there are, and their sum: 0, always."""
    query = select(func.count(), func.coalesce(func.sum(ledger_entry.c.amount_krw), 0)).select_from(ledger_entry)
    row = (await tx.execute(query)).one()
    return int(row[0]), int(row[1])


async def accounts(tx: Tx) -> list[dict[str, Any]]:
    """Every account's balance, in order of name."""
    query = text(
        "SELECT account, sum(amount_krw)::bigint AS balance_krw, count(*) AS entries"
        " FROM ledger_entry GROUP BY account ORDER BY account"
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def entries(
    tx: Tx, *, account: str | None, programme_code: str | None, after: tuple[int, int], limit: int
) -> list[dict[str, Any]]:
    """A page of entries with their postings, in order, one more than `limit`."""
    joined = ledger_entry.join(ledger_posting)
    query = (
        select(
            ledger_entry.c.posting_no,
            ledger_entry.c.entry_no,
            ledger_entry.c.account,
            ledger_entry.c.amount_krw,
            ledger_posting.c.cause,
            ledger_posting.c.rule_id,
            ledger_posting.c.programme_code,
            ledger_posting.c.programme_version,
            ledger_posting.c.at,
            ledger_posting.c.hash,
        )
        .select_from(joined)
        .where(text("(ledger_entry.posting_no, ledger_entry.entry_no) > (:after_posting, :after_entry)"))
        .order_by(ledger_entry.c.posting_no, ledger_entry.c.entry_no)
        .limit(limit + 1)
    )
    if account is not None:
        query = query.where(ledger_entry.c.account == account)
    if programme_code is not None:
        query = query.where(ledger_posting.c.programme_code == programme_code)
    bound = {"after_posting": after[0], "after_entry": after[1]}
    return [dict(row) for row in (await tx.execute(query, bound)).mappings()]


async def postings(tx: Tx) -> list[tuple[int, Posting, str]]:
    """Every posting with its number and hash, in order."""
    query = text(
        "SELECT p.*, array_agg(e.account ORDER BY e.entry_no) AS names,"
        " array_agg(e.amount_krw ORDER BY e.entry_no) AS krw"
        " FROM ledger_posting p JOIN ledger_entry e USING (posting_no) GROUP BY p.posting_no ORDER BY p.posting_no"
    )
    found = []
    for row in (await tx.execute(query)).all():
        booked = tuple(Entry(name, krw) for name, krw in zip(row.names, row.krw, strict=True))
        posting = Posting(row.cause, row.rule_id, row.programme_code, row.programme_version, row.at, booked)
        found.append((int(row.posting_no), posting, str(row.hash)))
    return found
