"""The status of business numbers: asked of the tax office, kept, shown; it decides nothing by itself (MS-4)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Unavailable
from libs.common.identity import Caller
from services.intake.model.business_status import BusinessStatus, StatusCheck
from services.intake.model.organisations import Organisation
from services.intake.rules.business_status import status_told
from services.intake.settings import SETTINGS
from services.intake.store import status_checks
from services.intake.store.tax_office import status_office


async def ask(of: Organisation) -> BusinessStatus:
    """What the tax office answers about an organisation's number; called outside of any transaction.

    Raises Unavailable where no answer comes, or one that says nothing.
    """
    said = await status_office(SETTINGS).ask(of.business_no)
    told = BusinessStatus("not_asked") if said is None else status_told(said.code, said.ended)
    if told is None:
        raise Unavailable("tax_office_away")
    return told


async def keep(tx: Tx, caller: Caller, of: Organisation, told: BusinessStatus, clock: Clock) -> StatusCheck:
    """Keep an answer with its instant; returns it."""
    return await status_checks.add_check(tx, of, told, by=caller.subject, now=clock.now())
