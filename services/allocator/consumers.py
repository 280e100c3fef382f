"""What the allocator hears, and what it does with it."""

from libs.common.agreed_providers import hear_agreed_provider
from libs.common.events import billing, intake, review
from libs.common.inbox import Handlers, dated
from services.allocator.operations import hear
from services.allocator.operations.supply import hear_provider

HANDLERS: Handlers = {
    intake.ProgrammeOpened: dated(hear.hear_programme),
    intake.ProgrammeRevised: dated(hear.hear_programme),
    intake.ProviderRegistered: hear_provider,
    intake.ProviderChanged: hear_provider,
    review.SelectionAnnounced: hear.hear_selection,
    review.ProviderAgreed: dated(hear_agreed_provider),
    intake.AgreementSigned: hear.hear_agreement,
    intake.TrainingAttended: hear.hear_training,
    intake.TrainingWithdrawn: hear.hear_training,
    intake.AgreementEnded: hear.hear_agreement_end,
    intake.ApplicationWithdrawn: hear.hear_withdrawal,
    intake.ApplicationRevoked: hear.hear_withdrawal,
    billing.SelfpayDue: hear.hear_due,
    billing.SelfpayDeposited: hear.hear_deposit,
}
