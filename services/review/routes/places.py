"""HTTP: the places of a call's pools by their shares, and moving unfilled ones (RV-11)."""

from typing import Annotated

from pydantic import Field

from libs.common.db import Tx
from libs.common.web import Body, Command, Db, Now, ServiceRouter, Timepiece, View, problems
from services.review.model.places import PoolPlaces
from services.review.operations import places
from services.review.routes.fields import Agency, Code, InProgramme, Officer, Reason, answer, request

router = ServiceRouter(tags=["선정 · Selection"])
POOL = {"track": "1", "by_share": 15, "moved": 0, "places": 15, "filled": 12, "unfilled": 3}


class MovePlaces(Body):
    """Which unfilled places go from which pool to which, and why."""

    model_config = request(
        {"programme": "gpu-rental-2025s", "from_track": "1", "to_track": "2", "places": 3, "reason": "통과 과제 부족"}
    )

    programme: Code
    from_track: Code
    to_track: Code
    places: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    reason: Reason


class PoolPlacesView(View):
    """The places of a pool: by its share, what was moved to it, and how many are filled in its newest selection."""

    model_config = answer(POOL)

    track: str
    by_share: int
    moved: int
    places: int
    filled: int
    unfilled: int


class PlacesView(View):
    """The places of a call's pools; none where its notice divides no places."""

    model_config = answer({"programme": "gpu-rental-2025s", "pools": [POOL]})

    programme: str
    pools: list[PoolPlacesView]

    @classmethod
    def of(cls, programme: str, pools: tuple[PoolPlaces, ...]) -> "PlacesView":
        """Tell them."""
        return cls(programme=programme, pools=[PoolPlacesView.model_validate(pool) for pool in pools])


@router.get("/places", summary="풀별 배정 건수 · Places of the pools", responses=problems(404))
async def get_places(programme: InProgramme, _: Agency, db: Db, now: Now) -> PlacesView:
    """How many places each pool of a call has by its share, and how many are unfilled (RV-11)."""
    async with db.transaction() as tx:
        return PlacesView.of(programme, await places.places_of(tx, programme, now))


@router.post(
    "/place-moves", status_code=201, summary="빈자리 이동 · Move unfilled places", responses=problems(404, 409)
)
async def move_places(body: MovePlaces, caller: Officer, db: Db, clock: Timepiece, command: Command) -> PlacesView:
    """Move unfilled places to another pool, with a reason (RV-11). Drafts are drawn again before they are announced."""

    async def act(tx: Tx) -> PlacesView:
        asked = places.AskedMove(body.programme, body.from_track, body.to_track, body.places, body.reason)
        return PlacesView.of(body.programme, await places.move_places(tx, caller, asked, clock))

    return await command.once(db, act)
