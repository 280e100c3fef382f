"""Facts about one grant, heard by two workers at once: none is lost, whichever is first."""

import asyncio

import pytest

from libs.common.db import Tx
from libs.common.events.billing import SelfpayDeposited
from libs.common.events.envelope import Event
from libs.common.events.intake import ApplicationWithdrawn
from libs.common.events.review import SelectionAnnounced
from services.allocator.consumers import HANDLERS
from services.allocator.operations.turns import lock_first
from tests.services.allocator.office import P0, SIGNED, Office

SOON_S = 0.3
"""How long the second worker is given to go past the first, if it can."""


def announced() -> SelectionAnnounced:
    """The word that A-1 is selected."""
    return SelectionAnnounced(
        application_id="A-1",
        programme_code=P0,
        programme_version=1,
        selection_id="SEL-1",
        run_version=1,
        run_sha256="0",
        announced_at=SIGNED,
        outcome="selected",
        refused_by="",
        promoted=False,
        organisation_id="O-A-1",
        sector="private",
        track="1",
        product="H100x1",
        units_asked=1,
        months_asked=3,
        units=1,
        months=3,
        reason="",
        score="80.00",
        rank=1,
        rank_all=1,
        receipt_no="R-1",
        wished_start=SIGNED.date(),
    )


WITHDRAWN = ApplicationWithdrawn(application_id="A-1", programme_code=P0, withdrawn_at=SIGNED, reason="포기")
DEPOSITED = SelfpayDeposited(
    application_id="A-1", programme_code=P0, received_krw=9, due_krw=9, covered=True, deposited_at=SIGNED
)


async def _hear(tx: Tx, office: Office, event: Event) -> None:
    """As the inbox does: the locks of the batch, then its handler."""
    await lock_first(tx, [event])
    await HANDLERS[type(event)](tx, event, office.client.clock)


async def _both(office: Office, first: Event, second: Event) -> None:
    """The second worker begins while the first has heard and not yet committed."""

    async def other() -> None:
        async with office.client.db.transaction() as tx:
            await _hear(tx, office, second)

    async with office.client.db.transaction() as tx:
        await _hear(tx, office, first)
        task = asyncio.create_task(other())
        await asyncio.wait([task], timeout=SOON_S)
    await task


@pytest.mark.parametrize("announced_first", [True, False], ids=["announced first", "withdrawn first"])
async def test_a_withdrawal_beside_the_announcement_ends_the_grant(office: Office, announced_first: bool) -> None:
    """Neither worker sees what the other has not committed: the grant is ended all the same."""
    await office.open(P0)
    await (_both(office, announced(), WITHDRAWN) if announced_first else _both(office, WITHDRAWN, announced()))
    assert (await office.get("/grants/A-1")).json()["state"] == "ended"


@pytest.mark.parametrize("announced_first", [True, False], ids=["announced first", "paid first"])
async def test_a_deposit_beside_the_announcement_opens_its_gate(office: Office, announced_first: bool) -> None:
    """The self-payment is covered, although the grant was just being made."""
    await office.open(P0)
    await (_both(office, announced(), DEPOSITED) if announced_first else _both(office, DEPOSITED, announced()))
    assert (await office.get("/grants/A-1")).json()["self_payment_covered"] is True
