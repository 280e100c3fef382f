"""A call's last second at two real processes of intake: a submit counts by when it came, whatever it waited for."""

import datetime as dt
from pathlib import Path

from libs.embedded.postgres import EmbeddedPostgres
from tests.bench.last_minute import hall, lost, submit_at, upload_all, wrongly_in_time, wrongly_late
from tests.services.intake.people import CLOSES

IN_TIME, LATE = 24, 4


async def test_nothing_is_lost_and_nothing_late_that_was_in_time(frail: EmbeddedPostgres, tmp_path: Path) -> None:
    """IN-1: All come within the last second, some after it: each is judged by its arrival, each kept once and whole."""
    async with hall(frail, tmp_path) as there:
        everybody = await there.prepare(IN_TIME + LATE)
        there.clock.run_from(CLOSES - dt.timedelta(hours=1))
        await upload_all(there, everybody, IN_TIME)
        there.clock.run_from(CLOSES - dt.timedelta(seconds=3))
        step = dt.timedelta(seconds=1 / IN_TIME)
        plans = [(one, CLOSES - step * nth) for nth, one in enumerate(everybody[:IN_TIME], 1)]
        plans += [(one, CLOSES + step * nth) for nth, one in enumerate(everybody[IN_TIME:], 1)]
        await submit_at(there, plans)
        assert wrongly_late(everybody) == []
        assert wrongly_in_time(everybody) == []
        assert await lost(there, everybody) == []
        answers = [one.submit.answer.get("code") for one in everybody if one.submit is not None]
        assert answers.count("submitted_too_late") >= LATE
        assert len(answers) == IN_TIME + LATE
