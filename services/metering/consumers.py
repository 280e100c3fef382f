"""What metering hears, and what it does with it."""

from libs.common.events import allocator, billing, intake
from libs.common.inbox import Handlers, dated
from libs.common.providers import hear_provider
from services.metering.operations import hear

HANDLERS: Handlers = {
    intake.ProgrammeOpened: dated(hear.hear_programme),
    intake.ProgrammeRevised: dated(hear.hear_programme),
    intake.ProviderRegistered: dated(hear_provider),
    intake.ProviderChanged: dated(hear_provider),
    allocator.GrantPlaced: dated(hear.hear_placement),
    allocator.GrantActivated: dated(hear.hear_delivery),
    allocator.GrantChanged: dated(hear.hear_change),
    allocator.GrantEnded: dated(hear.hear_end),
    allocator.SessionRequested: dated(hear.hear_request),
    allocator.SessionAssigned: dated(hear.hear_assignment),
    allocator.SessionReleased: dated(hear.hear_release),
    allocator.SessionWithdrawn: dated(hear.hear_withdrawal),
    billing.PriceAgreed: dated(hear.hear_price),
    billing.PriceWithdrawn: dated(hear.hear_price_withdrawal),
}
