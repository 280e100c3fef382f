"""Which event makes billing do what."""

from libs.common.events.allocator import GrantActivated, GrantChanged, GrantEnded, GrantPlaced
from libs.common.events.intake import (
    AgreementEnded,
    AgreementSigned,
    ApplicationRevoked,
    ApplicationWithdrawn,
    ProgrammeOpened,
    ProgrammeRevised,
)
from libs.common.events.metering import StatementClosed
from libs.common.events.review import SelectionAnnounced
from libs.common.inbox import Handlers, dated
from services.billing.operations.budget import hear_selection
from services.billing.operations.drafts import hear_statement
from services.billing.operations.programmes import (
    hear_agreement_end,
    hear_end_of_grant,
    hear_forfeiture,
    hear_programme,
)
from services.billing.operations.self_payments import (
    hear_activation,
    hear_agreement,
    hear_change,
    hear_placement,
)

HANDLERS: Handlers = {
    ProgrammeOpened: dated(hear_programme),
    ProgrammeRevised: dated(hear_programme),
    SelectionAnnounced: dated(hear_selection),
    ApplicationWithdrawn: dated(hear_forfeiture),
    ApplicationRevoked: dated(hear_forfeiture),
    AgreementSigned: dated(hear_agreement),
    AgreementEnded: dated(hear_agreement_end),
    GrantPlaced: dated(hear_placement),
    GrantActivated: dated(hear_activation),
    GrantChanged: dated(hear_change),
    GrantEnded: dated(hear_end_of_grant),
    StatementClosed: dated(hear_statement),
}
