"""The agreement that a providers' call ends with makes a provider (RV-15), and starts what it owes (OB-4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.review import ProviderAgreed
from libs.common.identity import Caller
from libs.common.programmes import programme_version
from services.intake.model.applications import Application, ApplicationState
from services.intake.model.organisations import Organisation
from services.intake.model.provider_agreements import AgreedPrice, DueReport, ProviderAgreement
from services.intake.model.providers import Provider
from services.intake.operations.hear import SYSTEM
from services.intake.operations.providers import NewProvider, register
from services.intake.policy.provider_duties import agreement_duties
from services.intake.rules.provider_duties import due_reports
from services.intake.rules.provider_offers import told_members
from services.intake.store import applications, provider_agreements, providers

FROM: tuple[ApplicationState, ...] = ("eligible",)
DURE = Caller(SYSTEM, frozenset(), "")
"""Who registers a provider that nobody has registered: what two people agreed in review."""


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """An agreement with what is due because of it."""

    agreement: ProviderAgreement
    name: str
    provider_name: str
    due: tuple[DueReport, ...]


async def hear_agreed(tx: Tx, event: ProviderAgreed, clock: Clock) -> None:
    """Keep the agreement; the organisation becomes a provider under its own id unless it is one, with its consortium.

    The providers' turn and the application's row are taken before a batch's first event (`turns.lock_first`).
    """
    found, organisation = await applications.get_with_organisation(tx, event.application_id, for_update=True)
    provider = await _provider(tx, found, organisation, clock)
    agreed = ProviderAgreement(
        application_id=event.application_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        selection_id=event.selection_id,
        organisation_id=event.organisation_id,
        provider_id=provider.provider_id,
        serves=tuple(event.serves),
        prices=tuple(AgreedPrice(one.product, one.unit_price_krw, one.round_no) for one in event.prices),
        agreed_on=event.agreed_on,
        agreed_at=event.agreed_at,
    )
    await provider_agreements.add_agreement(tx, agreed)
    at, why = event.application_id, event.selection_id
    await applications.move(tx, at, "signed", reason=why, by=SYSTEM, now=clock.now(), only_from=FROM)


async def _provider(tx: Tx, found: Application, organisation: Organisation, clock: Clock) -> Provider:
    known = await providers.list_providers_with(tx, [organisation.organisation_id])
    for one in known:
        if one.organisation.organisation_id == organisation.organisation_id:
            return one
    company, others = told_members(found.request.form, organisation)
    return await register(tx, DURE, NewProvider(organisation.organisation_id, company, others), clock)


async def shown(tx: Tx, found: Iterable[tuple[ProviderAgreement, str, str]]) -> list[ShownAgreement]:
    """Agreements with the reports that are due because of each, by the version of the call under which it was made."""
    told = []
    for one, name, provider_name in found:
        programme = await programme_version(tx, one.programme_code, one.programme_version)
        duties = agreement_duties(programme)
        told.append(ShownAgreement(one, name, provider_name, due_reports(one.agreed_on, duties)))
    return told
