"""Programme versions, withdrawals, ends: what waited is taken up again, what is forfeited is released."""

import datetime as dt

from libs.common.agreed_providers import keep_agreement_end
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.allocator import GrantEnded
from libs.common.events.intake import AgreementEnded, ApplicationWithdrawn, ProgrammeOpened
from libs.common.programmes import keep, programme_at
from services.billing.model.grants import Forfeiture
from services.billing.operations.budget import appropriate, sharing
from services.billing.operations.commitments import estimate_again, release
from services.billing.operations.drafts import redraft, redraft_parked
from services.billing.operations.releases import release_shares
from services.billing.operations.self_payments import close, retry_parked
from services.billing.operations.turns import take_turn
from services.billing.store import budget, forfeitures, grants


async def hear_programme(tx: Tx, event: ProgrammeOpened, clock: Clock) -> None:
    """Keep a version, book its budget, and take up again what it completes."""
    now = await take_turn(tx, clock)
    await keep(tx, event)
    await _bring_into_force(tx, event.code, now)
    await retry_parked(tx, event.code, now)
    await redraft(tx, event.code, None, now)


async def _bring_into_force(tx: Tx, programme_code: str, now: dt.datetime) -> None:
    """Book the cap of the version in force, and estimate what waited for a value of it; again changes nothing."""
    programme = await programme_at(tx, programme_code, now)
    await appropriate(tx, programme, now)
    for other in await sharing(tx, programme, now):  # what this one leaves of a shared cap
        await appropriate(tx, other, now)
    await estimate_again(tx, programme_code, now)


async def hear_forfeiture(tx: Tx, event: ApplicationWithdrawn, clock: Clock) -> None:
    """A winner withdrew or was revoked: release the budget and close the self-payment."""
    await _forfeit(tx, Forfeiture(event.application_id, event.reason, event.withdrawn_at), clock)


async def hear_agreement_end(tx: Tx, event: AgreementEnded, clock: Clock) -> None:
    """The agreement ended before its time: as a withdrawal; one with a provider covers no new price (RV-15)."""
    await keep_agreement_end(tx, event.application_id, event.ended_at)
    await _forfeit(tx, Forfeiture(event.application_id, event.reason, event.ended_at), clock)


async def _forfeit(tx: Tx, told: Forfeiture, clock: Clock) -> None:
    now = await take_turn(tx, clock)
    await forfeitures.add_forfeiture(tx, told)
    await release(tx, told.application_id, now)
    await close(tx, told)


async def hear_end_of_grant(tx: Tx, event: GrantEnded, clock: Clock) -> None:
    """Use ended: release what is still committed; the unburnt rest can be refunded once the last month is settled."""
    now = await take_turn(tx, clock)
    await grants.end_grant(tx, event.grant_id, event.ended_at)
    await forfeitures.add_forfeiture(tx, Forfeiture(event.grant_id, event.reason, event.ended_at))
    await release(tx, event.grant_id, now)


async def retry(tx: Tx, clock: Clock) -> None:
    """Take up again what waits, for versions that came into force by the clock alone; what is as before stays."""
    now = await take_turn(tx, clock)
    for code in await budget.list_programmes(tx):
        await _bring_into_force(tx, code, now)
    await retry_parked(tx, None, now)
    await redraft_parked(tx, now)
    await release_shares(tx, now)
