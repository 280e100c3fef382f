"""HTTP: which documents an application needs, why, in which format and under which name (IN-9)."""

import datetime as dt
from typing import Any

from pydantic import ConfigDict

from libs.common.messages.words import words_of
from libs.common.problems import Words
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.intake.operations import slots as operations
from services.intake.routes.application_views import DOCUMENT, DocumentView
from services.intake.routes.fields import ApplicationPath, Reader
from services.intake.routes.readings import keep_readings
from services.intake.routes.screening import FindingView
from services.intake.rules.slots import Need, Slot, SlotState

router = ServiceRouter(tags=["제출 서류 · Documents"])
SLOT: dict[str, Any] = {
    "kind": "plan",
    "number": 1,
    "name": {"ko": "사업수행계획서", "en": "project plan"},
    "why": None,
    "need": "required",
    "conditions": [],
    "formats": ["hwp", "hwpx", "pdf"],
    "one_of": "",
    "template": "[서식 1]",
    "file_name": "[한빛에이아이] 1_사업수행계획서",
    "valid_on": None,
    "issued_on_or_after": None,
    "pages_max": None,
    "pages_about": None,
    "state": "attached",
    "documents": [DOCUMENT],
    "findings": [],
}


class SlotView(View):
    """One document. `need` is `on_condition` while what decides is not said; `conditions` say what that is.

    `file_name` is to be used without its ending, `valid_on` is the day on which a certificate must be valid; both are
    null where the call asks for none. `one_of`: documents of the same group stand for each other.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [SLOT]})

    kind: str
    number: int
    name: Words
    why: Words | None
    need: Need
    conditions: list[Words]
    formats: list[str] | None
    one_of: str
    template: str | None
    file_name: str | None
    valid_on: dt.date | None
    issued_on_or_after: dt.date | None
    pages_max: int | None
    pages_about: int | None
    state: SlotState
    documents: list[DocumentView]
    findings: list[FindingView]

    @classmethod
    def of(cls, slot: Slot) -> "SlotView":
        """Tell a slot."""
        asked = slot.document
        return cls(
            kind=asked.kind,
            number=asked.number,
            name=Words(ko=asked.name_ko, en=asked.name_en),
            why=Words(ko=asked.why_ko, en=asked.why_en) if asked.why_ko else None,
            need=slot.need,
            conditions=_conditions(slot),
            formats=None if asked.formats is None else list(asked.formats),
            one_of=asked.one_of,
            template=asked.template,
            file_name=slot.file_name,
            valid_on=asked.valid_from,
            issued_on_or_after=asked.issued_from,
            pages_max=asked.pages_max,
            pages_about=slot.pages_about,
            state=slot.state,
            documents=[DocumentView.model_validate(one) for one in slot.attached],
            findings=[FindingView.of(one) for one in slot.findings],
        )


def _conditions(slot: Slot) -> list[Words]:
    told = [words_of(f"document_when_{one}", {}) for one in slot.waits_for]
    if slot.tracks:
        told.append(words_of("document_when_track", {"tracks": ", ".join(slot.tracks)}))
    return [Words(**one) for one in told]


class SlotsView(View):
    """All documents of an application, in the order of the call."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"application_id": "A-000001", "items": [SLOT]}]})

    application_id: str
    items: list[SlotView]


@router.get(
    "/applications/{application_id}/document-slots",
    summary="필요한 서류 · Documents needed",
    responses=problems(404, 409),
)
async def list_document_slots(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> SlotsView:
    """Which documents the application needs or may need, how they are to be made, and where each of them stands."""
    async with db.transaction() as tx:
        found = await operations.slots_of(tx, caller, application_id, now)
        await keep_readings(tx, caller, "list_document_slots", "application", [application_id], now)
    return SlotsView(application_id=application_id, items=[SlotView.of(one) for one in found])
