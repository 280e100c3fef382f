"""What the allocator hears, and what it does with it."""

import datetime as dt

from libs.common import programmes
from libs.common.db import Tx
from libs.common.events import billing, intake, review
from libs.common.inbox import Handlers
from services.allocator.operations import hear


async def _keep_programme(tx: Tx, event: intake.ProgrammeOpened, _: dt.datetime) -> None:
    await programmes.keep(tx, event)


HANDLERS: Handlers = {
    intake.ProgrammeOpened: _keep_programme,
    intake.ProgrammeRevised: _keep_programme,
    review.SelectionAnnounced: hear.create_grant,
    intake.AgreementSigned: hear.sign_agreement,
    intake.AgreementEnded: hear.end_agreement,
    intake.ApplicationWithdrawn: hear.end_withdrawn,
    intake.ApplicationRevoked: hear.end_withdrawn,
    billing.SelfpayDue: hear.note_due,
    billing.SelfpayDeposited: hear.note_deposit,
}
