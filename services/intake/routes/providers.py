"""HTTP: providers, who are organisations under a code of their own."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import ConfigDict

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.list_requests import ListRequest, list_of
from libs.common.paging import ListPage
from libs.common.web import (
    Allowed,
    Command,
    Db,
    IfMatch,
    Now,
    ServiceRouter,
    Timepiece,
    View,
    etag,
    match,
    problems,
)
from services.intake.model.providers import Provider, ProviderStep
from services.intake.operations import providers as operations
from services.intake.routes.fields import Officer, ProviderPath
from services.intake.routes.organisations import PersonView
from services.intake.routes.provider_bodies import REGISTERED, ChangeProvider, MoveProviders, RegisterProvider
from services.intake.routes.readings import keep_readings
from services.intake.store import providers as store

router = ServiceRouter(tags=["공급사 · Providers"])
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor", "provider")]
Listed = Annotated[
    ListRequest,
    Depends(list_of("provider_id", {"name": "text", "registered_at": "instant", "changed_at": "instant"})),
]
MEMBER: dict[str, Any] = {
    "organisation_id": "O-000001",
    "name": "알파클라우드",
    "business_no": "1248100998",
    "csap": False,
    "representatives": [{"name": "김하늘", "born_on": "1970-05-05"}],
    "affiliates": [],
    "opened_on": None,
}
PROVIDER: dict[str, Any] = {
    **REGISTERED,
    "business_no": "1248100998",
    "organisation_id": "O-000001",
    "csap": False,
    "opened_on": None,
    "members": [MEMBER],
    "version": 1,
    "registered_at": "2025-09-01T01:00:00Z",
    "changed_at": "2025-09-01T01:00:00Z",
}


class MemberView(View):
    """One member of a provider."""

    organisation_id: str
    name: str
    business_no: str
    csap: bool
    representatives: list[PersonView]
    affiliates: list[str]
    opened_on: dt.date | None


class ProviderView(MemberView):
    """A provider: its own organisation's facts; `members` are all, itself first."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [PROVIDER]})

    provider_id: str
    members: list[MemberView]
    version: int
    registered_at: dt.datetime
    changed_at: dt.datetime

    @classmethod
    def of(cls, found: Provider) -> "ProviderView":
        """Tell a stored provider."""
        members = [
            MemberView(
                organisation_id=member.organisation.organisation_id,
                name=member.organisation.name,
                business_no=member.organisation.business_no,
                csap=member.csap_certified,
                representatives=[PersonView.model_validate(person) for person in member.organisation.representatives],
                affiliates=list(member.organisation.affiliates),
                opened_on=member.organisation.opened_on,
            )
            for member in found.members
        ]
        own = {name: getattr(members[0], name) for name in MemberView.model_fields}
        return cls(
            **{**own, "name": found.name},
            provider_id=found.provider_id,
            members=members,
            version=found.version,
            registered_at=found.registered_at,
            changed_at=found.changed_at,
        )


class ProviderStepView(View):
    """One version: who, when, why."""

    version: int
    reason: str
    by: str
    at: dt.datetime


class ProviderDetail(ProviderView):
    """A provider with its history, oldest first."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [{**PROVIDER, "history": []}]})

    history: list[ProviderStepView]

    @classmethod
    def with_history(cls, found: Provider, history: Sequence[ProviderStep]) -> "ProviderDetail":
        """Tell a stored provider and its history."""
        steps = [ProviderStepView.model_validate(step) for step in history]
        return cls(**ProviderView.of(found).model_dump(), history=steps)


class MovedView(View):
    """What became of one provider: `refused` tells the code of the refusal."""

    provider_id: str
    outcome: Literal["registered", "known", "refused"]
    code: str


class MovedProviders(View):
    """What became of each provider of the page."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"provider_id": "alpha", "outcome": "registered", "code": ""}]}]}
    )

    items: list[MovedView]


@router.post(
    "/providers", status_code=201, summary="공급사 기관 등록 · Register a provider", responses=problems(404, 409)
)
async def register_provider(
    body: RegisterProvider, caller: Officer, db: Db, clock: Timepiece, command: Command, response: Response
) -> ProviderView:
    """Register a provider and the members of its consortium; representatives and affiliates are what AL-5 compares.

    The company is the organisation of its business number, or is founded with it; every service hears of it.
    """

    async def act(tx: Tx) -> ProviderView:
        made = await operations.register(tx, caller, body.told(), clock)
        etag(response, made.version)
        return ProviderView.of(made)

    return await command.once(db, act)


@router.post("/providers/move", summary="공급사 기관 이관 · Move providers", responses=problems(404, 409))
async def move_providers(
    body: MoveProviders,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    command: Command,
) -> MovedProviders:
    """Register the providers that only the allocator knew before an upgrade: its own list is the request.

    Those already here stay as they are, so it may be repeated; one that cannot be registered is told with its code. Ask
    the allocator as an officer too: only then does it tell the keys of representatives.
    """

    async def act(tx: Tx) -> MovedProviders:
        found = await operations.move(tx, caller, [item.told() for item in body.items], clock)
        return MovedProviders(items=[MovedView.model_validate(one) for one in found])

    return await command.once(db, act)


@router.get("/providers", summary="공급사 기관 목록 · Providers", responses=problems())
async def list_providers(caller: Reader, db: Db, listed: Listed, now: Now) -> ListPage[ProviderView]:
    """Providers by code; a provider sees itself alone."""
    own = None if caller.sees_all() else caller.organisation_id
    async with db.transaction() as tx:
        found = await store.list_providers(tx, listed.wanted, own=own)
        counts = await store.count_providers(tx, listed.wanted, own=own) if listed.counts else None
        read = [one.provider_id for one in found[: listed.limit]]
        await keep_readings(tx, caller, "list_providers", "provider", read, now)
    return listed.page([ProviderView.of(one) for one in found], counts)


@router.get("/providers/{provider_id}", summary="공급사 기관 조회 · Read a provider", responses=problems(404))
async def get_provider(
    provider_id: ProviderPath, caller: Reader, db: Db, now: Now, response: Response
) -> ProviderDetail:
    """One provider with its members and history; someone else's is not found."""
    async with db.transaction() as tx:
        found, history = await operations.show(tx, caller, provider_id)
        await keep_readings(tx, caller, "get_provider", "provider", [found.provider_id], now)
    etag(response, found.version)
    return ProviderDetail.with_history(found, history)


@router.patch(
    "/providers/{provider_id}", summary="공급사 기관 변경 · Change a provider", responses=problems(404, 409, 412, 428)
)
async def change_provider(
    provider_id: ProviderPath,
    body: ChangeProvider,
    caller: Officer,
    db: Db,
    clock: Timepiece,
    version: IfMatch,
    command: Command,
    response: Response,
) -> ProviderView:
    """Change facts of a provider, with the reason: every service hears the whole of it as it is now."""

    async def act(tx: Tx) -> ProviderView:
        known = await operations.locked(tx, provider_id)
        match(version, known.version)
        kept = await operations.change(tx, caller, known, body.told(), body.reason, clock)
        etag(response, kept.version)
        return ProviderView.of(kept)

    return await command.once(db, act)
