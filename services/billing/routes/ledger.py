"""HTTP: the ledger (BL-10) and the summary."""

from pydantic import AwareDatetime, ConfigDict

from libs.common.web import Db, Page, Paging, ServiceRouter, View, problems
from services.billing.model.ledger import LedgerEntry
from services.billing.operations.figures import summarise
from services.billing.operations.ledger import balance
from services.billing.routes.fields import AgencyReader, Filter
from services.billing.store import ledger as store

router = ServiceRouter(tags=["원장 · Ledger"])

ENTRY_NO_MAX = 2**31 - 1


class EntryView(View):
    """One account's part of a posting: debit positive, credit negative."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "posting_no": 12,
                    "entry_no": 1,
                    "account": "subsidy:hpc-2025-gpu",
                    "amount_krw": 140100,
                    "cause": "settlement.approved:alpha:hpc-2025-gpu:2025-10",
                    "rule_id": "BL-10",
                    "programme": "hpc-2025-gpu",
                    "programme_version": 2,
                    "at": "2025-11-10T01:00:00Z",
                    "hash": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
                }
            ]
        },
    )

    posting_no: int
    entry_no: int
    account: str
    amount_krw: int
    cause: str
    rule_id: str
    programme: str
    programme_version: int
    at: AwareDatetime
    hash: str


class AccountView(View):
    """An account's balance."""

    account: str
    balance_krw: int
    entries: int


class BalanceView(View):
    """The ledger's sum (0, always), its accounts, and whether the chain of hashes is whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"entries": 4, "sum_krw": 0, "chain_whole": True, "first_broken_posting": None, "accounts": []}
            ]
        }
    )

    entries: int
    sum_krw: int
    chain_whole: bool
    first_broken_posting: int | None
    accounts: list[AccountView]


class LedgerFiguresView(View):
    """How many entries, and their sum."""

    entries: int
    sum_krw: int


class SummaryView(View):
    """Billing's figures; the ledger's are over all programmes."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "ledger": {"entries": 412, "sum_krw": 0},
                    "settlements": {"paid": 6},
                    "self_payments": {"covered": 60},
                }
            ]
        },
    )

    ledger: LedgerFiguresView
    settlements: dict[str, int]
    self_payments: dict[str, int]


def _after(paging: Paging) -> tuple[int, int]:
    posting_no, entry_no = paging.after_numbers(2)
    return posting_no, min(entry_no, ENTRY_NO_MAX)


def _entry_view(entry: LedgerEntry) -> EntryView:
    return EntryView(
        posting_no=entry.posting_no,
        entry_no=entry.entry_no,
        account=entry.account,
        amount_krw=entry.amount_krw,
        cause=entry.cause,
        rule_id=entry.rule_id,
        programme=entry.programme_code,
        programme_version=entry.programme_version,
        at=entry.at,
        hash=entry.hash,
    )


@router.get("/ledger", summary="원장 기록 · List ledger entries", responses=problems())
async def list_ledger(
    _caller: AgencyReader, db: Db, paging: Paging, account: Filter = None, programme: Filter = None
) -> Page[EntryView]:
    """Every entry in order, with its posting's cause, rule and hash."""
    async with db.transaction() as tx:
        entries = await store.list_entries(
            tx, account=account, programme_code=programme, after=_after(paging), limit=paging.limit
        )
    return paging.page([_entry_view(entry) for entry in entries], "posting_no", "entry_no")


@router.get("/ledger/balance", summary="원장 합계 · The ledger's balance", responses=problems())
async def get_ledger_balance(_caller: AgencyReader, db: Db) -> BalanceView:
    """Σ of all accounts (0, always), each account, and a walk along the chain of hashes."""
    async with db.transaction() as tx:
        found = await balance(tx)
    broken = found.first_broken_posting
    return BalanceView(
        entries=found.entries,
        sum_krw=found.sum_krw,
        chain_whole=broken is None,
        first_broken_posting=broken,
        accounts=[AccountView.model_validate(account) for account in found.accounts],
    )


@router.get("/summary", summary="정산 요약 · Summary", responses=problems())
async def get_summary(_caller: AgencyReader, db: Db, programme: Filter = None) -> SummaryView:
    """The ledger's figures, settlements and self-payments by state."""
    async with db.transaction() as tx:
        return SummaryView.model_validate(await summarise(tx, programme))
