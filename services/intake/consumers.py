"""What intake hears: how a call goes on after its screening."""

from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.billing import SelfpayDeposited, SelfpayDue, SelfpayOverdue
from libs.common.events.envelope import Event
from libs.common.events.review import SelectionAnnounced
from libs.common.inbox import Handler, dated
from services.intake.operations import agreements

HANDLERS: dict[type[Event], Handler] = {
    SelectionAnnounced: dated(agreements.hear_selection),
    GrantPlaced: dated(agreements.hear_placed),
    GrantActivated: dated(agreements.hear_activated),
    GrantEnded: dated(agreements.hear_ended),
    SelfpayDue: dated(agreements.hear_self_payment_due),
    SelfpayDeposited: dated(agreements.hear_self_payment),
    SelfpayOverdue: dated(agreements.hear_self_payment_overdue),
}
