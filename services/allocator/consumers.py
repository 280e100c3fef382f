"""What the allocator hears, and what it does with it."""

import datetime as dt

from libs.common import programmes
from libs.common.db import Tx
from libs.common.events import billing, intake, review
from libs.common.inbox import Handlers, dated
from services.allocator.operations import hear


async def _keep_programme(tx: Tx, event: intake.ProgrammeOpened, _: dt.datetime) -> None:
    await programmes.keep(tx, event)


HANDLERS: Handlers = {
    intake.ProgrammeOpened: dated(_keep_programme),
    intake.ProgrammeRevised: dated(_keep_programme),
    review.SelectionAnnounced: dated(hear.create_grant),
    intake.AgreementSigned: dated(hear.sign_agreement),
    intake.AgreementEnded: dated(hear.end_agreement),
    intake.ApplicationWithdrawn: dated(hear.end_withdrawn),
    intake.ApplicationRevoked: dated(hear.end_withdrawn),
    billing.SelfpayDue: dated(hear.note_due),
    billing.SelfpayDeposited: dated(hear.note_deposit),
}
