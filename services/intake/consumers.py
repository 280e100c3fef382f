"""What intake hears: how a call goes on after its screening."""

from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.envelope import Event
from libs.common.events.review import SelectionAnnounced
from libs.common.inbox import Handler
from services.intake.operations import agreements

HANDLERS: dict[type[Event], Handler] = {
    SelectionAnnounced: agreements.hear_selection,
    GrantPlaced: agreements.hear_placed,
    GrantActivated: agreements.hear_activated,
    GrantEnded: agreements.hear_ended,
    SelfpayDue: agreements.hear_self_payment_due,
    SelfpayDeposited: agreements.hear_self_payment,
    SelfpayOverdue: agreements.hear_self_payment_overdue,
}
