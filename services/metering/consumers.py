"""What metering hears, and what it does with it."""

from libs.common.events import allocator, billing, intake
from libs.common.inbox import Handlers
from services.metering.operations import hear

HANDLERS: Handlers = {
    intake.ProgrammeOpened: hear.keep_programme,
    intake.ProgrammeRevised: hear.keep_programme,
    allocator.GrantPlaced: hear.keep_placement,
    allocator.GrantActivated: hear.keep_delivery,
    allocator.GrantChanged: hear.keep_change,
    allocator.GrantEnded: hear.keep_end,
    allocator.SessionRequested: hear.keep_request,
    allocator.SessionAssigned: hear.keep_assignment,
    allocator.SessionReleased: hear.keep_release,
    allocator.SessionWithdrawn: hear.keep_withdrawal,
    billing.PriceAgreed: hear.keep_price,
}
