"""A call that closes, at real processes of intake: a submit counts by when it came, whatever it waited for (IN-1)."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from libs.common.settings import Settings
from libs.embedded.postgres import EmbeddedPostgres
from tests.bench.last_minute import hall, lost, submit_at, upload_all, wrongly_in_time, wrongly_late
from tests.faults.uploads import intake_standing
from tests.services.intake.people import CLOSES

IN_TIME, LATE = 24, 4
MARGIN = dt.timedelta(seconds=10)
"""How long before the closing the last one submits: longer than a busy machine keeps a process waiting."""
DATABASE_DELAY_S = 0.7


@pytest.mark.rule("IN-1")
async def test_nothing_is_lost_where_many_submit_before_the_closing(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """Two processes, one database, one folder: each submit is kept once and whole, and who comes late is refused."""
    async with hall(frail, tmp_path) as there:
        everybody = await there.prepare(IN_TIME + LATE)
        there.clock.run_from(CLOSES - dt.timedelta(hours=1))
        await upload_all(there, everybody, IN_TIME)
        there.clock.run_from(CLOSES - MARGIN - dt.timedelta(seconds=2))
        step = dt.timedelta(seconds=1 / IN_TIME)
        plans = [(one, CLOSES - MARGIN - step * nth) for nth, one in enumerate(everybody[:IN_TIME])]
        plans += [(one, CLOSES + step * nth) for nth, one in enumerate(everybody[IN_TIME:], 1)]
        await submit_at(there, plans)
        assert wrongly_late(everybody[:IN_TIME]) == []
        assert wrongly_in_time(everybody) == []
        assert await lost(there, everybody) == []
        late = [one.submit.answer.get("code") for one in everybody[IN_TIME:] if one.submit is not None]
        assert late == ["submitted_too_late"] * LATE


@pytest.mark.rule("IN-1")
async def test_who_came_in_time_and_waited_is_in_time(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """A submit that waits behind its applicant's other requests until the call is closed counts from when it came."""
    async with intake_standing(frail, tmp_path) as (stand, office):
        application_id = await office.draft(await office.organisation())
        who = office.of(application_id)
        path, at_once = f"/v1/applications/{application_id}", Settings().parallel_per_caller
        for _ in range(3):  # connections that are open before the database is slow
            await asyncio.gather(*(office.http.get(path, headers=who) for _ in range(at_once)))
        stand.database.delay_s = DATABASE_DELAY_S
        office.client.clock.run_from(CLOSES - dt.timedelta(seconds=4))
        others = [asyncio.create_task(office.http.get(path, headers=who)) for _ in range(at_once)]
        await asyncio.sleep(0.2)  # they are in hand before the submit comes
        submit = asyncio.create_task(office.http.post(f"{path}/submit", headers=who))
        await asyncio.sleep((CLOSES - office.client.clock.now()).total_seconds() + 0.2)
        assert not submit.done(), "it waits still"
        stand.database.delay_s = 0.0
        answer = await submit
        await asyncio.gather(*others)
        assert answer.status_code == 200, answer.text
        assert dt.datetime.fromisoformat(answer.json()["received_at"]) <= CLOSES
