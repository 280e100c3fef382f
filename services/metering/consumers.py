"""What metering hears, and what it does with it."""

from libs.common.events import allocator, billing, intake
from libs.common.inbox import Handlers, dated
from services.metering.operations import hear

HANDLERS: Handlers = {
    intake.ProgrammeOpened: dated(hear.keep_programme),
    intake.ProgrammeRevised: dated(hear.keep_programme),
    allocator.GrantPlaced: dated(hear.keep_placement),
    allocator.GrantActivated: dated(hear.keep_delivery),
    allocator.GrantChanged: dated(hear.keep_change),
    allocator.GrantEnded: dated(hear.keep_end),
    allocator.SessionRequested: dated(hear.keep_request),
    allocator.SessionAssigned: dated(hear.keep_assignment),
    allocator.SessionReleased: dated(hear.keep_release),
    allocator.SessionWithdrawn: dated(hear.keep_withdrawal),
    billing.PriceAgreed: dated(hear.keep_price),
}
