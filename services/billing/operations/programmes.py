"""Programme versions, withdrawals, ends: what waited is taken up again, what is forfeited is released."""

import datetime as dt

from libs.common.db import Tx
from libs.common.events.allocator import GrantEnded
from libs.common.events.intake import AgreementEnded, ApplicationWithdrawn, ProgrammeOpened
from libs.common.programmes import keep, programme_at
from services.billing.operations.budget import appropriate, estimate_again, release
from services.billing.operations.drafts import redraft
from services.billing.operations.self_payments import close, retry_parked
from services.billing.operations.turns import take_turn
from services.billing.store import forfeitures, grants, settlements


async def hear_programme(tx: Tx, event: ProgrammeOpened, now: dt.datetime) -> None:
    """Keep a version, book its budget, and take up again what it completes."""
    await take_turn(tx)
    await keep(tx, event)
    await appropriate(tx, await programme_at(tx, event.code, now), now)
    await estimate_again(tx, event.code, now)
    await retry_parked(tx, event.code, now)
    await redraft(tx, event.code, None, now)


async def hear_forfeiture(tx: Tx, event: ApplicationWithdrawn, now: dt.datetime) -> None:
    """A winner withdrew or was revoked: release the budget and close the self-payment."""
    await _forfeit(tx, event.application_id, event.reason, event.withdrawn_at, now)


async def hear_agreement_end(tx: Tx, event: AgreementEnded, now: dt.datetime) -> None:
    """The agreement ended before its time: as a withdrawal."""
    await _forfeit(tx, event.application_id, event.reason, event.ended_at, now)


async def _forfeit(tx: Tx, application_id: str, reason: str, at: dt.datetime, now: dt.datetime) -> None:
    await take_turn(tx)
    await forfeitures.keep(tx, application_id, reason, at)
    await release(tx, application_id, now)
    await close(tx, application_id, reason, at)


async def hear_end_of_grant(tx: Tx, event: GrantEnded, now: dt.datetime) -> None:
    """Use ended: release what is still committed; the unburnt rest can be refunded once the last month is settled."""
    await take_turn(tx)
    await grants.end_grant(tx, event.grant_id, event.ended_at)
    await forfeitures.keep(tx, event.grant_id, event.reason, event.ended_at)
    await release(tx, event.grant_id, now)


async def retry(tx: Tx, now: dt.datetime) -> None:
    """Take up again what waits, for versions that came into force by the clock alone."""
    await retry_parked(tx, None, now)
    for code in await settlements.parked_programmes(tx):
        await redraft(tx, code, None, now)
