"""What review hears: event type → operation."""

import datetime as dt

from libs.common.db import Tx
from libs.common.events.intake import (
    ApplicationRevoked,
    ApplicationScreened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ConsortiumChecked,
    OfferStated,
    ProgrammeOpened,
    ProgrammeRevised,
    ReductionDecided,
)
from libs.common.inbox import Handlers, dated
from libs.common.programmes import keep
from services.review.operations import applications, providers


async def keep_programme(tx: Tx, event: ProgrammeOpened, now: dt.datetime) -> None:  # noqa: ARG001 - a handler
    """Keep a version of a definition."""
    await keep(tx, event)


HANDLERS: Handlers = {
    ProgrammeOpened: dated(keep_programme),
    ProgrammeRevised: dated(keep_programme),
    ApplicationSubmitted: dated(applications.hear_submitted),
    ApplicationScreened: applications.hear_screened,
    ReductionDecided: applications.hear_reduction,
    OfferStated: dated(providers.hear_offer),
    ConsortiumChecked: dated(providers.hear_check),
    ApplicationWithdrawn: applications.hear_withdrawn,
    ApplicationRevoked: applications.hear_revoked,
}
