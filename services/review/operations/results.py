"""What applicants, officers and the public summary read of results."""

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from services.review.model.runs import CallCounts, Result
from services.review.store.applications import count_passed, get_application
from services.review.store.composites import list_newest_by_stage
from services.review.store.outcomes import count_outcomes, find_announced
from services.review.store.sheets import count_sheets


async def result_of(tx: Tx, caller: Caller, application_id: str) -> Result:
    """One application's review as its applicant may see it: nothing before the announcement, and never a name.

    Raises NotFound for somebody else's.
    """
    found = await get_application(tx, application_id)
    if not caller.owns(found.organisation_id):
        raise NotFound("application", application_id)
    announced = await find_announced(tx, application_id)
    stages = (await list_newest_by_stage(tx, [application_id]))[application_id] if announced else {}
    return Result(found, announced, tuple(stages[stage] for stage in sorted(stages)))


async def counts_of_call(tx: Tx, programme_code: str) -> CallCounts:
    """The counts of a call: passed, selected, waiting, refused and promoted applications, and score sheets."""
    return CallCounts(
        await count_passed(tx, programme_code),
        await count_outcomes(tx, programme_code),
        await count_sheets(tx, programme_code),
    )
