"""What applicants, officers and the public summary read of results."""

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from services.review.model.explanations import Explanation
from services.review.model.runs import Announced, CallCounts, Result
from services.review.operations.explaining import explain, programme_of
from services.review.policy.results import ResultPolicy
from services.review.rules.explaining import next_step, objection_until
from services.review.store.applications import count_passed, get_application
from services.review.store.composites import list_newest_by_stage
from services.review.store.outcomes import count_outcomes, count_waiting_before, find_announced
from services.review.store.selections import get_run
from services.review.store.sheets import count_sheets


async def result_of(tx: Tx, caller: Caller, application_id: str) -> tuple[Result, Explanation | None]:
    """One application's review as its applicant may see it: nothing before the announcement, and never a name.

    Once announced with the one reason in words, what would have sufficed, and what comes next (F-63). Raises NotFound
    for somebody else's.
    """
    found = await get_application(tx, application_id)
    if not caller.owns(found.organisation_id):
        raise NotFound("application", application_id)
    announced = await find_announced(tx, application_id)
    if announced is None:
        return Result(found, None, ()), None
    stages = (await list_newest_by_stage(tx, [application_id]))[application_id]
    run = await get_run(tx, announced.selection_id, announced.run_version)
    policy = ResultPolicy.of(await programme_of(tx, run))
    place = await _place(tx, announced)
    result = Result(
        application=found,
        announced=announced,
        stages=tuple(stages[stage] for stage in sorted(stages)),
        criterion_means_shown=policy.criterion_means_shown,
        waiting_place=place,
        objection_until=objection_until(announced.announced_at, policy),
        acceptance_days=policy.acceptance_days,
        next_step=next_step(announced.row, place, policy),
    )
    return result, await explain(tx, run, announced.row)


async def _place(tx: Tx, announced: Announced) -> int | None:
    if announced.row.outcome != "waiting":
        return None
    return await count_waiting_before(tx, announced) + 1


async def counts_of_call(tx: Tx, programme_code: str) -> CallCounts:
    """The counts of a call: passed, selected, waiting, refused and promoted applications, and score sheets."""
    return CallCounts(
        await count_passed(tx, programme_code),
        await count_outcomes(tx, programme_code),
        await count_sheets(tx, programme_code),
    )
