"""The dry run of somebody without an account; no record is read, nothing is stored."""

import datetime as dt

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import NotFound
from libs.common.programmes import programme_at
from services.intake.model.applications import Request
from services.intake.model.findings import Verdict
from services.intake.model.self_checks import SelfCheck
from services.intake.operations.applications import check_sketch
from services.intake.policy.screening import ScreeningPolicy
from services.intake.rules.drafts import request_of, unstated_findings
from services.intake.rules.screening import verdicts
from services.intake.rules.self_check import self_check
from services.intake.store import programmes


async def check(tx: Tx, code: str, told: SelfCheck, now: dt.datetime) -> tuple[Verdict, ...]:
    """What screening would find now, rule by rule; what is not said yet is what it finds first.

    Raises NotFound for a call that is not open to the public, Invalid and InvalidRequest for what no draft can say,
    PolicyMissing where the call leaves unset what screening needs.
    """
    if not await programmes.list_in_force(tx, code):
        raise NotFound("programme", code)
    programme = await programme_at(tx, code, now)
    check_sketch(programme, told.sketch)
    request = request_of(told.sketch)
    if request is None:
        return verdicts(unstated_findings(told.sketch), ())
    return verdicts(self_check(told, request, now, _policy(programme, request, told.kind)), ())


def _policy(programme: Programme, request: Request, kind: str) -> ScreeningPolicy:
    return ScreeningPolicy.of(
        programme,
        track=request.track,
        kind=kind,
        youth_claimed=request.youth_claimed,
        region_claimed=request.region_claimed,
        product=request.product,
    )
