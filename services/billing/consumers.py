"""Which event makes billing do what."""

from libs.common.agreed_providers import hear_agreed_provider
from libs.common.events.allocator import GrantActivated, GrantChanged, GrantEnded, GrantPlaced
from libs.common.events.intake import (
    AgreementEnded,
    AgreementSigned,
    ApplicationRevoked,
    ApplicationWithdrawn,
    EvidenceFiled,
    ProgrammeOpened,
    ProgrammeRevised,
    ProviderChanged,
    ProviderRegistered,
    ReductionDecided,
)
from libs.common.events.metering import StatementClosed, StatementClosedPart
from libs.common.events.review import ProviderAgreed, SelectionAnnounced
from libs.common.inbox import Handlers, dated
from libs.common.providers import hear_provider
from services.billing.operations.commitments import hear_selection
from services.billing.operations.drafts import hear_statement
from services.billing.operations.evidence import hear_filed
from services.billing.operations.parts import hear_part
from services.billing.operations.programmes import (
    hear_agreement_end,
    hear_end_of_grant,
    hear_forfeiture,
    hear_programme,
)
from services.billing.operations.reductions import hear_reduction
from services.billing.operations.self_payments import (
    hear_activation,
    hear_agreement,
    hear_change,
    hear_placement,
)

HANDLERS: Handlers = {
    ProgrammeOpened: hear_programme,
    ProgrammeRevised: hear_programme,
    SelectionAnnounced: hear_selection,
    ApplicationWithdrawn: hear_forfeiture,
    ApplicationRevoked: hear_forfeiture,
    ReductionDecided: hear_reduction,
    EvidenceFiled: hear_filed,
    AgreementSigned: hear_agreement,
    AgreementEnded: hear_agreement_end,
    GrantPlaced: hear_placement,
    GrantActivated: hear_activation,
    GrantChanged: hear_change,
    GrantEnded: hear_end_of_grant,
    StatementClosed: hear_statement,
    StatementClosedPart: hear_part,
    ProviderRegistered: dated(hear_provider),
    ProviderAgreed: dated(hear_agreed_provider),
    ProviderChanged: dated(hear_provider),
}
