"""HTTP: restrictions and awards on record, listed with their history and taken back."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import ConfigDict

from libs.common.bounds import Day, Text
from libs.common.db import Tx
from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, View, problems
from services.intake.model.facts_on_record import AwardOnRecord, CounterFact, RestrictionOnRecord, Standing
from services.intake.model.organisations import INVESTIGATOR
from services.intake.model.proposals import EndOfRestriction, WithdrawalOfRestriction
from services.intake.operations import counter_facts as operations
from services.intake.operations.two_people import RESTRICTION_END, RESTRICTION_WITHDRAWAL
from services.intake.routes.fields import Officer, Reason
from services.intake.rules.counter_facts import restriction_now, standing_of
from services.intake.rules.people import is_of_a_person

router = ServiceRouter(tags=["참여 제한·수혜 이력 · Facts on record"])
RestrictionPath = Annotated[Text, Path(max_length=40, description="참여 제한 번호(예: X-000001) · restriction")]
AwardPath = Annotated[Text, Path(max_length=40, description="수혜 이력 번호(예: W-000001) · award")]
OfInvestigator = Annotated[
    Text | None, Query(max_length=100, description="연구책임자의 국가연구자번호 · national researcher number")
]
OfKind = Annotated[
    Text | None, Query(max_length=40, description="참여 제한 종류(예: tax_arrears) · kind of restriction")
]
StandsAs = Annotated[Standing | None, Query(description="유효, 종료, 철회 · where it stands")]
SAID: dict[str, Any] = {
    "last_day": "2025-09-10",
    "reason": "완납 확인",
    "by": "officer-2",
    "at": "2025-09-11T01:00:00Z",
}
WHOSE: dict[str, Any] = {"organisation_id": "O-000001", "principal_investigator_id": None}
RECORDED: dict[str, Any] = {
    "state": "ended",
    "source": "국세청 체납 조회 2025-09-01",
    "recorded_by": "officer-1",
    "recorded_at": "2025-09-02T01:00:00Z",
    "counter_facts": [SAID],
}
RESTRICTION: dict[str, Any] = {
    "restriction_id": "X-000001",
    **WHOSE,
    "kind": "tax_arrears",
    "from_day": "2025-03-01",
    "until_day": None,
    "counts_until": "2025-09-10",
    "instalments_approved": False,
    **RECORDED,
}
AWARD: dict[str, Any] = {
    "award_id": "W-000001",
    **WHOSE,
    "programme_code": "hpc-2025-gpu",
    "government": True,
    "year": 2025,
    "running_until": "2025-12-31",
    "application_id": None,
    **RECORDED,
    "state": "withdrawn",
    "counter_facts": [{**SAID, "last_day": None}],
}


class CounterFactView(View):
    """What was said against a fact: its last day or, without one, that it never was; by whom, when and why."""

    last_day: dt.date | None
    reason: str
    by: str
    at: dt.datetime


class FactView(View):
    """Whose a fact is, where it stands and its history. One of the two ids names whom it is of."""

    organisation_id: str | None
    principal_investigator_id: str | None
    """The national researcher number as it was typed; empty where the person was told by name and birth date."""
    state: Standing
    source: str
    recorded_by: str
    recorded_at: dt.datetime
    counter_facts: list[CounterFactView]


class RestrictionView(FactView):
    """A restriction as it was recorded; `counts_until` is the last day on which it bars now, null where it has none."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [RESTRICTION]})

    restriction_id: str
    kind: str
    from_day: dt.date
    until_day: dt.date | None
    counts_until: dt.date | None
    instalments_approved: bool

    @classmethod
    def of(cls, found: RestrictionOnRecord) -> "RestrictionView":
        """Tell a restriction with its history."""
        fact, now = found.fact, restriction_now(found)
        return cls(
            restriction_id=found.restriction_id,
            kind=fact.kind,
            from_day=fact.from_day,
            until_day=fact.until_day,
            counts_until=None if now is None else now.until_day,
            instalments_approved=fact.instalments_approved,
            source=fact.source,
            **_whose(found.subject),
            **_history(found, found.counter_facts),
        )


class AwardOnRecordView(FactView):
    """An award as it was recorded; `application_id` names the application that won it, where it was one of ours."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [AWARD]})

    award_id: str
    programme_code: str
    government: bool
    year: int
    running_until: dt.date | None
    application_id: str | None

    @classmethod
    def of(cls, found: AwardOnRecord) -> "AwardOnRecordView":
        """Tell an award with its history."""
        fact = found.fact
        return cls(
            award_id=found.award_id,
            programme_code=fact.programme_code,
            government=fact.government,
            year=fact.year,
            running_until=fact.running_until,
            application_id=found.application_id,
            source=found.source,
            **_whose(found.subject),
            **_history(found, found.counter_facts),
        )


class EndRestriction(Body):
    """On which last day a restriction ends, which still belongs to it, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"last_day": "2025-09-10", "reason": "완납 확인(국세 완납증명서)"}]},
    )

    last_day: Day
    reason: Reason


class WithdrawFact(Body):
    """Why a fact on record never was."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"reason": "동명이인에게 잘못 기록함"}]},
    )

    reason: Reason


def _whose(subject: str) -> dict[str, str | None]:
    if is_of_a_person(subject):
        return {"organisation_id": None, "principal_investigator_id": subject.removeprefix(INVESTIGATOR)}
    return {"organisation_id": subject, "principal_investigator_id": None}


def _history(found: RestrictionOnRecord | AwardOnRecord, said: Sequence[CounterFact]) -> dict[str, Any]:
    return {
        "state": standing_of(said),
        "recorded_by": found.recorded_by,
        "recorded_at": found.recorded_at,
        "counter_facts": [CounterFactView.model_validate(one) for one in said],
    }


@router.post(
    "/restrictions/{restriction_id}/end",
    status_code=201,
    summary="참여 제한 종료 제안 · Propose to end a restriction",
    responses=problems(404, 409),
)
async def propose_restriction_end(
    restriction_id: RestrictionPath, body: EndRestriction, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose the last day of a restriction; said again it corrects the day. Another officer confirms it (BL-13).

    Screenings look again once it is confirmed (IN-8).
    """
    ending = EndOfRestriction(restriction_id, body.last_day)
    return await proposed(command, db, caller, RESTRICTION_END, ending, body.reason, clock)


@router.post(
    "/restrictions/{restriction_id}/withdraw",
    status_code=201,
    summary="참여 제한 철회 제안 · Propose to withdraw a restriction",
    responses=problems(404, 409),
)
async def propose_restriction_withdrawal(
    restriction_id: RestrictionPath, body: WithdrawFact, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose that a restriction never was; it stays on record. Another officer confirms it (BL-13)."""
    withdrawal = WithdrawalOfRestriction(restriction_id)
    return await proposed(command, db, caller, RESTRICTION_WITHDRAWAL, withdrawal, body.reason, clock)


@router.post("/awards/{award_id}/withdraw", summary="수혜 이력 철회 · Withdraw an award", responses=problems(404, 409))
async def withdraw_award(
    award_id: AwardPath, body: WithdrawFact, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> AwardOnRecordView:
    """Say that an award never was (IN-7); it stays on record, and what is right is recorded anew."""

    async def act(tx: Tx) -> AwardOnRecordView:
        return AwardOnRecordView.of(await operations.withdraw_award(tx, caller, award_id, body.reason, clock))

    return await command.once(db, act)
