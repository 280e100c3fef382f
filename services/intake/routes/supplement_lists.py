"""HTTP: supplements as officers look through them."""

import datetime as dt
from typing import Annotated

from fastapi import Depends, Query
from pydantic import ConfigDict

from libs.common.bounds import Text
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.programme_names import ProgrammeName, list_programme_names
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.intake.model.supplements import ListedSupplement, SupplementState
from services.intake.routes.fields import Agency, InProgrammeIfAny
from services.intake.routes.readings import keep_readings
from services.intake.routes.supplement_views import ASKED
from services.intake.rules.supplements import last_day, state_of
from services.intake.store import supplement_lists as store
from services.intake.store.supplement_lists import SupplementsWanted

router = ServiceRouter(tags=["보완 요청 · Supplements"])
Listed = Annotated[ListRequest, Depends(list_of("supplement_id", {"due_at": "instant", "asked_at": "instant"}))]
OfApplication = Annotated[Text | None, Query(max_length=40, description="신청 번호 · application")]
StandsAs = Annotated[SupplementState | None, Query(description="답변 전, 답변함, 기한 지남 · where it stands")]


class ListedSupplementView(View):
    """A request in a list: whose it is, when it ends now, and whether it was answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ASKED,
                    "programme": "gpu-rental-2025s",
                    "programme_name": {"ko": "추경 AI컴퓨팅 자원", "en": "2025 supplementary GPU rental support"},
                    "organisation_id": "O-000001",
                    "organisation_name": "한빛에이아이",
                    "receipt_no": "gpu-rental-2025s-00001",
                    "answered_at": None,
                }
            ]
        }
    )

    supplement_id: str
    application_id: str
    programme: str
    programme_name: ProgrammeName | None
    organisation_id: str
    organisation_name: str
    receipt_no: str
    documents: list[str]
    fields: list[str]
    text: str
    due_on: dt.date
    due_at: dt.datetime
    state: SupplementState
    asked_by: str
    asked_at: dt.datetime
    answered_at: dt.datetime | None

    @classmethod
    def of(cls, found: ListedSupplement, names: dict[str, ProgrammeName], now: dt.datetime) -> "ListedSupplementView":
        """Tell a request with names."""
        asked = found.request
        return cls(
            supplement_id=asked.supplement_id,
            application_id=asked.application_id,
            programme=found.programme_code,
            programme_name=names.get(found.programme_code),
            organisation_id=found.organisation_id,
            organisation_name=found.organisation_name,
            receipt_no=found.receipt_no,
            documents=list(asked.documents),
            fields=list(asked.fields),
            text=asked.text,
            due_on=last_day(found.due_now),
            due_at=found.due_now,
            state=state_of(found.due_now, now, answered=found.answered_at is not None),
            asked_by=asked.asked_by,
            asked_at=asked.asked_at,
            answered_at=found.answered_at,
        )


@router.get("/supplements", summary="보완 요청 목록 · List supplements", responses=problems())
async def list_supplements(
    caller: Agency,
    db: Db,
    listed: Listed,
    now: Now,
    programme: InProgrammeIfAny = None,
    state: StandsAs = None,
    application_id: OfApplication = None,
) -> ListPage[ListedSupplementView]:
    """What was asked of applicants, by where it stands; `state=overdue` are those whose end passed unanswered."""
    only = SupplementsWanted(now, programme, state, application_id)
    async with db.transaction() as tx:
        found = await store.list_supplements(tx, listed.wanted, only)
        counts = await store.count_supplements(tx, listed.wanted, only) if listed.counts else None
        names = await list_programme_names(tx, [one.programme_code for one in found])
        shown = [one.request.application_id for one in found[: listed.limit]]
        await keep_readings(tx, caller, "list_supplements", "application", shown, now)
    return listed.page([ListedSupplementView.of(one, names, now) for one in found], counts)
