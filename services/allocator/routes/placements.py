"""HTTP: placements are made, looked at and confirmed."""

import datetime as dt
from typing import Annotated

from pydantic import ConfigDict, Field

from libs.common.bounds import Day
from libs.common.db import Tx
from libs.common.errors import Fact, Refusal
from libs.common.identity import Caller
from libs.common.messages.words import words_of
from libs.common.problems import Words
from libs.common.web import Allowed, Body, Command, Db, Page, Paging, ServiceRouter, Timepiece, View, problems
from services.allocator.model.cards import Mode
from services.allocator.model.placements import Limit, PlacementFound, PlacementLine, PlacementState, Proof
from services.allocator.operations import confirm, place
from services.allocator.routes.fields import Code, CodePath, CodeQuery, view_of
from services.allocator.rules.limits import limit_refusals

router = ServiceRouter(tags=["배치 · Placement"])

Officer = Annotated[Caller, Allowed("officer")]
Reader = Annotated[Caller, Allowed("officer", "operator", "auditor")]


class MakePlacement(Body):
    """Which programme's grants are placed together."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"programme": "gpu-rental-2025s"}]})

    programme: Code
    not_before: Day | None = None
    """No use begins before this day (default: as soon as the wished month allows)."""
    preferences: Annotated[dict[Code, Code], Field(default_factory=dict, max_length=10_000)]
    """Grant id → wished provider, a preference where the programme takes wishes."""


class LimitView(View):
    """Why a grant is not placed, for people: the rule that speaks, a stable code, its facts and its words."""

    rule_id: str
    code: str
    facts: dict[str, Fact]
    messages: Words

    @classmethod
    def of(cls, refusal: Refusal) -> "LimitView":
        """Tell a refusal."""
        return view_of(cls, refusal, facts=dict(refusal.facts), messages=words_of(refusal.code, refusal.facts))


class LineView(View):
    """What a placement says of one grant; `limit_reached` and `proof` say why an unplaced one is not placed.

    A grant behind a closed gate is no part of the placement: its limit is `gate`, and `gates` names those to open.
    """

    grant_id: str
    rank: int
    placed: bool
    limit_reached: Limit
    proof: Proof
    type_proof: Proof
    start_proof: Proof
    provider_id: str | None
    data_centre: str | None
    pool_id: str | None
    mode: Mode | None
    card_type: str | None
    cards: int | None
    named_cards: list[tuple[str, int]] | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    months_off: int | None
    """How many months it starts after (negative: before) the wished month."""
    gates: list[str]
    refusals: list[LimitView]

    @classmethod
    def of(cls, line: PlacementLine) -> "LineView":
        """Tell a line."""
        why = limit_refusals(line.grant_id, line.limit_reached, line.gates)
        return view_of(cls, line, refusals=[LimitView.of(refusal) for refusal in why])


class PlacementSummary(View):
    """A placement without its lines."""

    placement_id: str
    programme_code: str
    programme_version: int
    rule_id: str
    state: PlacementState
    made_at: dt.datetime
    made_by: str
    confirmed_at: dt.datetime | None
    confirmed_by: str | None
    proven: bool
    """No better placement exists under the goals of AL-4, for every grant and goal."""
    spread_proof: Proof
    data_centres: int
    load_max: str
    problem_sha256: str


class PlacementView(PlacementSummary):
    """A placement, line by line, best rank first."""

    placed: int
    unplaced: int
    lines: list[LineView]


def _view(found: PlacementFound) -> PlacementView:
    lines = [LineView.of(line) for line in found.lines]
    placed = sum(line.placed for line in lines)
    return view_of(PlacementView, found.header, lines=lines, placed=placed, unplaced=len(lines) - placed)


@router.post("/placements", status_code=201, summary="배치안 작성 · Make a placement", responses=problems(404, 409))
async def make_placement(
    body: MakePlacement, caller: Officer, command: Command, db: Db, clock: Timepiece
) -> PlacementView:
    """Place all agreed, covered and unplaced grants of a programme together. Nothing is held until it is confirmed.

    A month that has begun is open from the next day; a grant whose months no longer fit the use window stays unplaced
    (`window`) until an officer lowers them. Grants behind a closed gate are named with it (`gate`).
    """
    ask = place.Ask(body.not_before, dict(body.preferences))

    async def act(tx: Tx) -> PlacementView:
        return _view(await place.make_placement(tx, caller.subject, body.programme, ask, clock))

    return await command.once(db, act)


@router.get("/placements", summary="배치안 목록 · Placements", responses=problems())
async def list_placements(_: Reader, db: Db, paging: Paging, programme: CodeQuery = None) -> Page[PlacementSummary]:
    """Placements in order of the number in their id."""
    async with db.transaction() as tx:
        found = await place.list_placements(tx, programme, paging.after_id(), paging.limit + 1)
    return paging.page([PlacementSummary.model_validate(row) for row in found], "placement_id")


@router.get("/placements/{placement_id}", summary="배치안 조회 · A placement", responses=problems(404))
async def get_placement(placement_id: CodePath, _: Reader, db: Db) -> PlacementView:
    """One placement with the reason of every line."""
    async with db.transaction() as tx:
        return _view(await place.get_placement(tx, placement_id))


@router.post(
    "/placements/{placement_id}/confirm", summary="배치안 확정 · Confirm a placement", responses=problems(404, 409)
)
async def confirm_placement(
    placement_id: CodePath, caller: Officer, command: Command, db: Db, clock: Timepiece
) -> PlacementView:
    """Hold the cards and tell everybody. Refused while an offer in doubt is undecided, or if grants changed since."""

    async def act(tx: Tx) -> PlacementView:
        return _view(await confirm.confirm_placement(tx, caller.subject, placement_id, clock))

    return await command.once(db, act)
