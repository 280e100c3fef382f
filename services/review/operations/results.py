"""What applicants, officers and the public summary read of results."""

from typing import Any

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from services.review.store import applications, selections, sheets


async def result_of(tx: Tx, caller: Caller, application_id: str) -> dict[str, Any]:
    """One application's review as its applicant may see it: nothing before the announcement, and never a name.

    Raises NotFound for somebody else's.
    """
    row = await applications.get(tx, application_id)
    if not caller.owns(row["organisation_id"]):
        raise NotFound("application", application_id)
    announced = await selections.announced_row(tx, application_id)
    stages = (await sheets.composites_of(tx, [application_id]))[application_id] if announced else {}
    return {
        "application_id": application_id,
        "programme": row["programme_code"],
        "track": row["track"],
        "product": row["product"],
        "state": row["state"],
        "units_asked": row["units"],
        "months_asked": row["months"],
        "announced": announced,
        "stages": [stages[stage] for stage in sorted(stages)],
    }


async def summary(tx: Tx, programme: str) -> dict[str, int]:
    """The counts of a call: passed, selected, waiting, refused and promoted applications, and score sheets."""
    return {
        "passed": await applications.passed(tx, programme),
        **await selections.outcomes(tx, programme),
        "sheets": await sheets.count(tx, programme),
    }
