"""Whatever waits for a lock is judged and dated at an instant read after it was had (F-80)."""

import asyncio
import datetime as dt
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from libs.common.db import Tx, lock
from libs.common.events.review import SelectionAnnounced
from libs.common.identity import Caller
from services.review.model.panels import NewPanel, Seat
from services.review.operations.panels import seat_panel
from services.review.operations.selections import announce
from services.review.store.outcomes import find_announced
from services.review.store.selections import add_run, get_run, list_rows
from tests.services.review.call import CODE, NOW, Call, screened, seats, withdrawn

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
PLACE = text("SELECT 1 FROM panel_application WHERE application_id = :known FOR UPDATE")
OFFICER = Caller("officer-1", frozenset({"officer"}), "")


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Track 1 open, the clock at the call's beginning."""
    made = Call(await service_client("review"))
    await made.open(tracks__1__selection__projects_max=1)
    return made


async def until_it_waits(tx: Tx, waiting: asyncio.Future[Any]) -> None:
    """Return once something else waits for what this transaction holds."""
    while not waiting.done() and not (await tx.execute(WAITING)).scalar_one():  # noqa: ASYNC110 - the database knows
        await asyncio.sleep(0.01)
    assert not waiting.done()


async def meanwhile(call: Call, hold: str, act: Awaitable[Any]) -> tuple[Any, dt.datetime]:
    """Let something wait for a lock (`selection:…`) or for an application's place (`A-…`) while an hour passes."""
    later = call.client.clock.now() + dt.timedelta(hours=1)
    async with call.client.db.transaction() as tx:
        await (tx.execute(PLACE, {"known": hold}) if hold.startswith("A-") else lock(tx, hold))
        waiting = asyncio.ensure_future(act)
        await until_it_waits(tx, waiting)
        call.client.clock.set(later)
    return await waiting, later


async def stored(call: Call, query: str) -> list[dt.datetime]:
    """The instants that a query finds."""
    async with call.client.db.transaction() as tx:
        return list((await tx.execute(text(query))).scalars())


def at(told: str) -> dt.datetime:
    """An answer's instant."""
    return dt.datetime.fromisoformat(told)


@pytest.mark.rule("RV-14")
async def test_f80_a_selection_is_dated_when_its_turn_comes(call: Call) -> None:
    """F-80: Drawing, announcing and the version after a withdrawal, each an hour in the queue, are dated after it."""
    await call.ranked("P1", "P2")
    turn = f"selection:{CODE}"
    drawn, later = await meanwhile(call, turn, call.post("selections", programme=CODE, track="1"))
    assert at(drawn["run_at"]) == later
    path = f"selections/{drawn['selection_id']}"
    proposed, later = await meanwhile(call, turn, call.post(f"{path}/announce", reason="의결"))
    assert at(proposed["proposed_at"]) == later
    _, later = await meanwhile(call, turn, call.confirm(proposed))
    assert at((await call.get(path))["announced_at"]) == later
    _, later = await meanwhile(call, turn, call.feed(withdrawn("P1")))
    second = await call.get(path)
    assert (second["run_version"], at(second["run_at"]), at(second["announced_at"])) == (2, later, later)
    assert [event.announced_at for event in await call.client.said(SelectionAnnounced)][-1] == later


@pytest.mark.rule("RV-12")
async def test_f80_a_deliberation_is_dated_when_its_turn_comes(call: Call) -> None:
    """F-80: What the committee decided is dated when the selection's turn was had."""
    await call.screen("X", units=3, track="2", product="H100x8")
    for stage in ("document", "presentation"):
        await call.panel(track="2", stage=stage)
        await call.score("X", "90", stage=stage)
    drawn = await call.post("selections", programme=CODE, track="2")
    cut = {"application_id": "A-X", "units": 1, "months": 3, "reason": "서버 수 과다"}
    request = call.post(f"selections/{drawn['selection_id']}/deliberations", cuts=[cut])
    decided, later = await meanwhile(call, f"selection:{CODE}", request)
    assert [at(one["decided_at"]) for one in decided["deliberations"]] == [later]


@pytest.mark.rule("RV-17")
async def test_f_54_a_reopening_is_dated_when_its_turn_comes(call: Call) -> None:
    """F-54, F-80: A stage is opened again at the instant at which the selection's turn was had, not when asked."""
    await call.ranked("P1")
    related = {"reviewer_id": "reviewer-1", "application_id": "A-P1", "reason": "사외이사 겸직 확인"}
    panel_id = (await call.get("panels"))["items"][0]["panel_id"]
    told, later = await meanwhile(call, f"selection:{CODE}", call.post(f"panels/{panel_id}/reopenings", **related))
    assert at(told["reopened_at"]) == later


@pytest.mark.rule("RV-14")
async def test_f80_an_announcement_is_never_older_than_its_draft(call: Call) -> None:
    """F-80: A clock that went back by an hour does not announce a selection before it was drawn."""
    await call.ranked("P1")
    drawn = await call.post("selections", programme=CODE, track="1")
    call.client.clock.set(NOW - dt.timedelta(hours=1))
    announced = await call.announce(drawn["selection_id"])
    assert announced["announced_at"] == drawn["run_at"]


@pytest.mark.rule("RV-13")
async def test_f80_the_version_after_a_withdrawal_is_never_older_than_the_one_before(call: Call) -> None:
    """F-80: A worker whose clock is an hour behind dates what follows like the announcement, and says it so."""
    await call.ranked("P1", "P2")
    drawn = await call.post("selections", programme=CODE, track="1")
    first = await call.announce(drawn["selection_id"])
    call.client.clock.set(NOW - dt.timedelta(hours=1))
    await call.feed(withdrawn("P1"))
    second = await call.get(f"selections/{drawn['selection_id']}")
    assert (second["run_version"], second["run_at"]) == (2, first["announced_at"])
    assert second["announced_at"] == first["announced_at"]
    assert {at(first["announced_at"])} == {event.announced_at for event in await call.client.said(SelectionAnnounced)}
    result = await call.get("results/A-P2", headers=call.client.as_("applicant", organisation_id="O-P2"))
    assert (result["outcome"], result["run_version"]) == ("selected", 2)


@pytest.mark.rule("RV-14")
async def test_f80_the_newest_version_is_shown_whatever_its_date(call: Call) -> None:
    """F-80: A version that an earlier release dated before the one it follows is the newest all the same."""
    await call.ranked("P1", "P2")
    drawn = await call.post("selections", programme=CODE, track="1")
    await call.announce(drawn["selection_id"])
    async with call.client.db.transaction() as tx:
        run = await get_run(tx, drawn["selection_id"])
        earlier = replace(run, run_version=2, announced_at=NOW - dt.timedelta(hours=1))
        await add_run(tx, earlier, await list_rows(tx, run), "{}")
        shown = await find_announced(tx, "A-P2")
    assert shown is not None
    assert (shown.run_version, shown.announced_at) == (2, earlier.announced_at)


@pytest.mark.rule("RV-1")
async def test_f80_a_sheet_and_the_close_are_dated_when_the_place_is_had(call: Call) -> None:
    """F-80: The last sheet waits an hour for its application; it, its stage and its composite are dated after that."""
    await call.screen("P1")
    await call.panel()
    for seat in (1, 2, 3, 4):
        await call.sheet("P1", seat)
    given, later = await meanwhile(call, "A-P1", call.sheet("P1", 5))
    assert (given["stage_closed"], at(given["submitted_at"])) == (True, later)
    assert await stored(call, "SELECT closed_at FROM panel_application UNION SELECT closed_at FROM composite") == [
        later
    ]


@pytest.mark.rule("RV-1")
async def test_f80_a_close_that_waits_for_a_panel_is_dated_after_it(call: Call) -> None:
    """F-80: A stage that closes while somebody seats a panel of the call is closed once that is over."""
    await call.screen("P1")
    await call.panel()
    for seat in (1, 2, 3, 4):
        await call.sheet("P1", seat)
    _, later = await meanwhile(call, f"panels:{CODE}", call.sheet("P1", 5))
    assert await stored(call, "SELECT closed_at FROM panel_application UNION SELECT closed_at FROM composite") == [
        later
    ]


@pytest.mark.rule("RV-1")
async def test_f80_a_conflict_is_dated_when_the_place_is_had(call: Call) -> None:
    """F-80: A declaration that waited for its application is dated after the wait."""
    await call.screen("P1")
    panel = await call.panel()
    body = {"reviewer_id": "reviewer-3", "application_id": "A-P1", "reason": "공동 연구"}
    _, later = await meanwhile(call, "A-P1", call.post(f"panels/{panel['panel_id']}/conflicts", **body))
    assert await stored(call, "SELECT declared_at FROM conflict") == [later]


@pytest.mark.rule("RV-1")
async def test_f80_a_substitute_is_dated_when_the_seats_are_had(call: Call) -> None:
    """F-80: Who leaves a panel and who comes are dated alike, after the wait for the seats and for the applications."""
    await call.screen("P1")
    panel = await call.panel()
    path = f"panels/{panel['panel_id']}/substitutes"
    for number, hold in ((6, f"panel:{panel['panel_id']}"), (7, "A-P1")):
        chair = {"seat": number, "reviewer_id": f"reviewer-{number}", "name": "대체 위원", "reason": "기한 경과"}
        shown, later = await meanwhile(call, hold, call.post(path, **chair, replaces_seat=number - 1))
        assert at(next(seat for seat in shown["seats"] if seat["seat"] == number - 1)["vacated_at"]) == later
        assert await stored(call, f"SELECT seated_at FROM seat WHERE seat = {number}") == [later]


@pytest.mark.rule("RV-8")
async def test_f80_a_panel_and_a_skipped_stage_are_dated_when_their_turn_comes(call: Call) -> None:
    """F-80: A panel is seated, and a document stage skipped, at the instant at which no application moves."""
    turn = f"panels:{CODE}"
    panel, later = await meanwhile(call, turn, call.panel())
    assert at(panel["seated_at"]) == later
    skip = call.post("stages/skip", programme=CODE, track="2", reason="신청 과제 수가 적음")
    _, later = await meanwhile(call, turn, skip)
    assert await stored(call, "SELECT skipped_at FROM stage_skip") == [later]


@pytest.mark.rule("RV-1")
async def test_f80_a_conflict_by_employer_is_not_older_than_the_panel(call: Call) -> None:
    """F-80: An application that screening found eligible while a panel was seated meets the panel, and is dated so."""
    chairs = tuple(Seat(**one) for one in seats(6, seat2="O-P1"))
    asked = NewPanel(CODE, "1", "document", chairs, application_ids=None, due_at=None)
    async with call.client.db.transaction() as tx:
        await seat_panel(tx, OFFICER, asked, call.client.clock)
        heard = asyncio.ensure_future(call.feed(screened("P1")))
        await until_it_waits(tx, heard)
        later = NOW + dt.timedelta(hours=1)
        call.client.clock.set(later)
    await heard
    (progress,) = (await call.get("panels/PN-000001/applications"))["items"]
    assert (progress["application_id"], progress["conflicted_seats"]) == ("A-P1", [2])
    assert await stored(call, "SELECT declared_at FROM conflict") == [later]


@pytest.mark.rule("RV-13")
async def test_f80_who_goes_while_the_pool_is_announced_goes_after_it(call: Call) -> None:
    """F-80: A withdrawal at the instant of the announcement waits for it; its version is not older than the first."""
    await call.ranked("P1", "P2")
    drawn = await call.post("selections", programme=CODE, track="1")
    announced_at = NOW + dt.timedelta(hours=1)
    async with call.client.db.transaction() as tx:
        call.client.clock.set(announced_at)
        await announce(tx, drawn["selection_id"], {"officer-1"}, call.client.clock)
        call.client.clock.set(NOW)
        gone = asyncio.ensure_future(call.feed(withdrawn("P1")))
        await until_it_waits(tx, gone)
        call.client.clock.set(announced_at + dt.timedelta(hours=1))
    await gone
    newest = await call.get(f"selections/{drawn['selection_id']}")
    told = {row["application_id"]: row["refused_by"] for row in newest["rows"]}
    assert (newest["run_version"], told) == (2, {"A-P1": "withdrawn", "A-P2": ""})
    instants = await stored(call, "SELECT announced_at FROM selection_run ORDER BY run_version")
    assert instants == [announced_at, announced_at + dt.timedelta(hours=1)]
