"""Cancel a selection or an agreement, as two people decided (IN-16, BL-13)."""

import datetime as dt

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Refused
from libs.common.events.intake import AgreementEnded, ApplicationRevoked
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_version
from libs.common.proposals.model import Kind, Told
from services.intake.model.applications import Application
from services.intake.model.proposals import Revocation
from services.intake.operations.applications import wrong_state
from services.intake.policy.revocation import AccountsPolicy, FalseStatementPolicy
from services.intake.rules.revocation import REVOCABLE, on_record, revocation_refusal
from services.intake.rules.states import UNDER_AGREEMENT
from services.intake.store import acceptances, agreements, applications


async def _about(_: Tx, command: Revocation) -> Thing:
    return "application", command.application_id


async def _turn(tx: Tx, command: Revocation, clock: Clock) -> dt.datetime:
    await applications.get_application(tx, command.application_id, for_update=True)
    return clock.now()


async def _rests_on(tx: Tx, command: Revocation, _: Clock) -> Told:
    """Where the application stands: its state and version change with every step."""
    found = await applications.get_application(tx, command.application_id)
    return {"state": found.state, "version": found.version}


async def _revoke(tx: Tx, caller: Caller, command: Revocation, reason: str, clock: Clock) -> Told:
    """The application is cancelled, and everybody hears of it: review fills the place (RV-13).

    Raises NotFound, WrongState for one that was not announced or is over, Refused where the ground does not carry.
    """
    found = await applications.get_application(tx, command.application_id, for_update=True)
    if found.state not in REVOCABLE or found.receipt is None:
        raise wrong_state(found, REVOCABLE)
    programme = await programme_version(tx, found.programme_code, found.receipt.programme_version)
    now = clock.now()
    told = await agreements.list_progress(tx, [found.application_id])
    accepted = await acceptances.get_standing(tx, found.application_id)
    refusal = revocation_refusal(
        on_record(found.state, accepted, told.get(found.application_id), now),
        command.ground,
        intent_shown=command.intent_shown,
        intent_needed=lambda: FalseStatementPolicy.of(programme).intent_needed,
        accounts_year=lambda: AccountsPolicy.of(programme).year,
    )
    if refusal is not None:
        raise Refused([refusal])
    await applications.move(tx, found.application_id, "revoked", reason=reason, by=caller.subject, now=now)
    await _say(tx, found, reason, now)
    return {"application_id": found.application_id, "ground": command.ground, "state_before": found.state}


async def _say(tx: Tx, found: Application, reason: str, now: dt.datetime) -> None:
    told = {"application_id": found.application_id, "programme_code": found.programme_code, "reason": reason}
    if found.state in UNDER_AGREEMENT:
        await agreements.end_agreement(tx, found.application_id, now)
        await say(tx, AgreementEnded.model_validate({**told, "ended_at": now}), now=now)
    await say(tx, ApplicationRevoked.model_validate({**told, "withdrawn_at": now}), now=now)


REVOCATION = Kind(
    service="intake",
    name="revocation",
    command=Revocation,
    about=_about,
    turn=_turn,
    rests_on=_rests_on,
    effect=_revoke,
)
