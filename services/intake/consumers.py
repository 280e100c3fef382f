"""What intake hears: how a call goes on after its screening. Each waits for its application, then reads the clock."""

from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.envelope import Event
from libs.common.events.review import (
    ProviderAgreed,
    SeatCleared,
    SeatSeated,
    SeatVacated,
    SelectionAnnounced,
    SelectionDecided,
)
from libs.common.inbox import Handler, dated
from services.intake.operations import hear, provider_agreements, reviewing

HANDLERS: dict[type[Event], Handler] = {
    SelectionAnnounced: hear.hear_selection,
    SelectionDecided: hear.hear_deciders,
    ProviderAgreed: provider_agreements.hear_agreed,
    SeatSeated: dated(reviewing.hear_seated),
    SeatCleared: dated(reviewing.hear_cleared),
    SeatVacated: dated(reviewing.hear_vacated),
    GrantPlaced: hear.hear_placed,
    GrantActivated: hear.hear_activated,
    GrantEnded: hear.hear_ended,
    SelfpayDue: hear.hear_self_payment_due,
    SelfpayDeposited: hear.hear_self_payment,
    SelfpayOverdue: hear.hear_self_payment_overdue,
}
