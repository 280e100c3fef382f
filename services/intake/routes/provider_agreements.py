"""HTTP: agreements with the providers that a providers' call selected (RV-15), and what is due because of them."""

import datetime as dt
from typing import Annotated

from fastapi import Depends
from pydantic import ConfigDict

from libs.common.list_requests import FromDay, ListRequest, ToDay, list_of
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Db, ServiceRouter, View, problems
from services.intake.operations import provider_agreements as operations
from services.intake.operations.belonging import own_ids
from services.intake.operations.provider_agreements import ShownAgreement
from services.intake.routes.fields import AgreementReader, InProgrammeIfAny, OfProvider
from services.intake.store import provider_agreements as store
from services.intake.store.provider_agreements import AgreementsWanted

router = ServiceRouter(tags=["공급사 협약 · Providers' agreements"])


Listed = Annotated[
    ListRequest,
    Depends(list_of("application_id", {"agreed_on": "day", "organisation_name": "text", "provider_id": "text"})),
]


class AgreedPriceView(View):
    """What was agreed of one product: won per unit and hour, VAT included."""

    model_config = ConfigDict(from_attributes=True)

    product: str
    unit_price_krw: int
    round_no: int


class DueReportView(View):
    """A report that the provider owes; `due_on` is its last day."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    name_ko: str
    name_en: str
    due_on: dt.date


class ProviderAgreementView(View):
    """An agreement with a provider: for which programmes, at which prices, and which reports it starts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": "A-000001",
                    "programme": "hpc-2025-gpu-providers",
                    "selection_id": "PSL-000001",
                    "organisation_id": "O-000001",
                    "organisation_name": "한빛클라우드",
                    "provider_id": "O-000001",
                    "provider_name": "한빛클라우드",
                    "programme_name": {
                        "ko": "고성능 컴퓨팅 자원(공급사)",
                        "en": "providers of GPUs",
                    },
                    "serves": ["hpc-2025-gpu"],
                    "prices": [{"product": "H100x1", "unit_price_krw": 5500, "round_no": 2}],
                    "agreed_on": "2025-03-10",
                    "agreed_at": "2025-03-10T02:00:00Z",
                    "due": [{"key": "kick_off", "name_ko": "착수보고", "name_en": "kick-off", "due_on": "2025-03-24"}],
                }
            ]
        }
    )

    application_id: str
    programme: str
    selection_id: str
    organisation_id: str
    organisation_name: str
    provider_id: str
    provider_name: str
    programme_name: ProgrammeName | None
    serves: list[str]
    prices: list[AgreedPriceView]
    agreed_on: dt.date
    agreed_at: dt.datetime
    due: list[DueReportView]

    @classmethod
    def of(cls, shown: ShownAgreement, programme_name: ProgrammeName | None) -> "ProviderAgreementView":
        """Tell an agreement."""
        told = shown.agreement
        return cls(
            application_id=told.application_id,
            programme=told.programme_code,
            selection_id=told.selection_id,
            organisation_id=told.organisation_id,
            organisation_name=shown.name,
            provider_id=told.provider_id,
            provider_name=shown.provider_name,
            programme_name=programme_name,
            serves=list(told.serves),
            prices=[AgreedPriceView.model_validate(one) for one in told.prices],
            agreed_on=told.agreed_on,
            agreed_at=told.agreed_at,
            due=[DueReportView.model_validate(one) for one in shown.due],
        )


@router.get("/provider-agreements", summary="공급사 협약 목록 · List providers' agreements", responses=problems())
async def list_provider_agreements(
    caller: AgreementReader,
    db: Db,
    listed: Listed,
    programme: InProgrammeIfAny = None,
    provider_id: OfProvider = None,
    agreed_from: FromDay = None,
    agreed_to: ToDay = None,
) -> ListPage[ProviderAgreementView]:
    """Agreements with providers, with the reports that they start; who applied sees its own (RV-15, CV-7)."""
    async with db.transaction() as tx:
        only = AgreementsWanted(await own_ids(tx, caller), programme, provider_id, agreed_from, agreed_to)
        found = await store.list_agreements(tx, listed.wanted, only)
        told = await operations.shown(tx, found)
        names = await list_programme_names(tx, [one.agreement.programme_code for one in told])
        counts = await store.count_agreements(tx, listed.wanted, only) if listed.counts else None
    views = [ProviderAgreementView.of(one, names.get(one.agreement.programme_code)) for one in told]
    return listed.page(views, counts)
