"""The ledger's rows: appended once, each chained to the one before."""

from sqlalchemy import bindparam, func, insert, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from libs.common.db import Tx
from libs.common.nouns import all_of
from services.billing.model.ledger import Account, Chained, Entry, LedgerEntry, Posting
from services.billing.tables.ledger import ledger_entry, ledger_posting


async def is_posted(tx: Tx, cause: str) -> bool:
    """Whether a cause has its posting already."""
    query = select(ledger_posting.c.posting_no).where(ledger_posting.c.cause == cause)
    return (await tx.execute(query)).scalar() is not None


async def find_last_posting(tx: Tx) -> tuple[int, str] | None:
    """Number and hash of the newest posting; None in an empty ledger."""
    query = select(ledger_posting.c.posting_no, ledger_posting.c.hash)
    row = (await tx.execute(query.order_by(ledger_posting.c.posting_no.desc()).limit(1))).first()
    return (row.posting_no, row.hash) if row else None


_NEW_POSTING = insert(ledger_posting)
_NEW_ENTRIES = insert(ledger_entry)


async def add_posting(tx: Tx, number: int, posting: Posting, previous_hash: str, hash_: str) -> None:
    """Append a balanced posting with its entries; the unique cause refuses a second one."""
    head = {
        "posting_no": number,
        "cause": posting.cause,
        "rule_id": posting.rule_id,
        "programme_code": posting.programme_code,
        "programme_version": posting.programme_version,
        "at": posting.at,
        "previous_hash": previous_hash,
        "hash": hash_,
    }
    await tx.execute(_NEW_POSTING, head)
    rows = [
        {"posting_no": number, "entry_no": index, "account": entry.account, "amount_krw": entry.amount_krw}
        for index, entry in enumerate(posting.entries, start=1)
    ]
    await tx.execute(_NEW_ENTRIES, rows)


_SUM = select(func.coalesce(func.sum(ledger_entry.c.amount_krw), 0)).where(ledger_entry.c.account == bindparam("of"))


async def sum_krw(tx: Tx, account: str) -> int:
    """The sum of an account's entries, in won (debit positive)."""
    return int((await tx.execute(_SUM, {"of": account})).scalar_one())


async def count_and_sum(tx: Tx) -> tuple[int, int]:
    """How many entries there are, and their sum: 0, always."""
    query = select(func.count(), func.coalesce(func.sum(ledger_entry.c.amount_krw), 0)).select_from(ledger_entry)
    row = (await tx.execute(query)).one()
    return int(row[0]), int(row[1])


async def list_accounts(tx: Tx) -> tuple[Account, ...]:
    """Every account's balance, in order of name."""
    account = ledger_entry.c.account
    query = select(account, func.sum(ledger_entry.c.amount_krw), func.count()).group_by(account).order_by(account)
    return tuple(Account(name, int(krw), int(count)) for name, krw, count in (await tx.execute(query)).all())


async def list_entries(
    tx: Tx, *, account: str | None, programme_code: str | None, after: tuple[int, int], limit: int
) -> tuple[LedgerEntry, ...]:
    """A page of entries with their postings, in order, one more than `limit`."""
    entry, posting = ledger_entry.c, ledger_posting.c
    query = (
        select(
            entry.posting_no,
            entry.entry_no,
            entry.account,
            entry.amount_krw,
            posting.cause,
            posting.rule_id,
            posting.programme_code,
            posting.programme_version,
            posting.at,
            posting.hash,
        )
        .select_from(ledger_entry.join(ledger_posting))
        .where(tuple_(entry.posting_no, entry.entry_no) > after)
        .order_by(entry.posting_no, entry.entry_no)
        .limit(limit + 1)
    )
    if account is not None:
        query = query.where(entry.account == account)
    if programme_code is not None:
        query = query.where(posting.programme_code == programme_code)
    return all_of(LedgerEntry, await tx.execute(query))


async def keep_one_snapshot(tx: Tx) -> None:
    """Let all that this transaction reads be of one instant, whatever is posted meanwhile; it has asked nothing yet."""
    # Text: Core has no expression for the settings of a transaction.
    await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def list_postings(tx: Tx, *, after: int | None, limit: int) -> tuple[Chained, ...]:
    """The next `limit` postings behind a number (none: from the first), in order; one without entries among them."""
    query = select(ledger_posting).order_by(ledger_posting.c.posting_no).limit(limit)
    page = (query if after is None else query.where(ledger_posting.c.posting_no > after)).subquery()
    entry = ledger_entry.c
    names, krw = (aggregate_order_by(column, entry.entry_no) for column in (entry.account, entry.amount_krw))
    booked = (
        select(func.array_agg(names).label("names"), func.array_agg(krw).label("krw"))
        .where(entry.posting_no == page.c.posting_no)
        .lateral()
    )
    found = []
    for row in await tx.execute(select(page, booked).join(booked, true()).order_by(page.c.posting_no)):
        entries = tuple(Entry(name, krw) for name, krw in zip(row.names or (), row.krw or (), strict=True))
        told = Posting(row.cause, row.rule_id, row.programme_code, row.programme_version, row.at, entries)
        found.append(Chained(row.posting_no, told, row.hash))
    return tuple(found)
