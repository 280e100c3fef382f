"""HTTP: the revocation of a selection or an agreement (IN-16)."""

from pydantic import ConfigDict

from libs.common.proposals.routes import ProposalView, proposed
from libs.common.web import Body, Command, Db, ServiceRouter, Timepiece, problems
from services.intake.model.proposals import Ground, Revocation
from services.intake.operations.revocation import REVOCATION
from services.intake.routes.fields import ApplicationPath, Flag, Officer, Reason

router = ServiceRouter(tags=["신청 · Applications"])


class Revoke(Body):
    """On which ground, and why."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "ground": "false_statement",
                    "intent_shown": True,
                    "reason": "허위 재직증명서(발급기관 회신 2025-10-02)",
                }
            ]
        },
    )

    ground: Ground
    intent_shown: Flag = False
    """Whether it was shown that a false statement was made on purpose."""
    reason: Reason


@router.post(
    "/applications/{application_id}/revoke",
    status_code=201,
    summary="선정·협약 취소 제안 · Propose a revocation",
    responses=problems(404, 409),
)
async def propose_revocation(
    application_id: ApplicationPath, body: Revoke, caller: Officer, db: Db, clock: Timepiece, command: Command
) -> ProposalView:
    """Propose to cancel a selection or an agreement; another officer confirms it, then the waiting list moves up."""
    revocation = Revocation(application_id, body.ground, body.intent_shown)
    return await proposed(command, db, caller, REVOCATION, revocation, body.reason, clock)
