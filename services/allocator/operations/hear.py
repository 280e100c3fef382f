"""What the allocator does with what it hears of grants. A fact about one that is not announced yet is kept.

The turns of its grants, and `allotment` where one ends, are taken before a batch's first event (`turns.lock_first`).
"""

import datetime as dt
import json
from dataclasses import replace

from libs.common import programmes
from libs.common.agreed_providers import keep_agreement_end
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.events.billing import SelfpayDeposited, SelfpayDue
from libs.common.events.envelope import Event
from libs.common.events.intake import (
    AgreementEnded,
    AgreementSigned,
    ApplicationWithdrawn,
    ProgrammeOpened,
    TrainingAttended,
)
from libs.common.events.review import SelectionAnnounced
from libs.common.keys import fold_key
from libs.common.money import is_covered
from services.allocator.model.grants import EarlyFact, EarlyKind, Grant
from services.allocator.operations.grants import Ending, end_grant
from services.allocator.rules.gates import is_later_word
from services.allocator.rules.placement import placement_rank
from services.allocator.rules.reduction import as_cut, is_newest
from services.allocator.store import grants


async def hear_programme(tx: Tx, event: ProgrammeOpened, _: dt.datetime) -> None:
    """A version of a programme's definition is kept."""
    await programmes.keep(tx, event)


async def hear_selection(tx: Tx, event: SelectionAnnounced, clock: Clock) -> None:
    """A selected application becomes a grant that awaits its gates; facts that came before it are applied.

    Announced again, its figures are the newer ones, but never above what an officer cut (`as_cut`).
    """
    if event.outcome != "selected":
        return
    early = await grants.list_early(tx, event.application_id)
    announced = Grant(
        grant_id=event.application_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        organisation_id=event.organisation_id,
        state="awaiting",
        product=event.product,
        units_asked=event.units_asked,
        months_asked=event.months_asked,
        units=event.units,
        months=event.months,
        reason=event.reason,
        wished_start=event.wished_start,
        rank=placement_rank(event.rank_all, event.rank),
        announced_at=event.announced_at,
    )
    if not await grants.add_grant(tx, announced):
        await _announce_again(tx, announced)
    for fact in early:
        await _apply_early(tx, fact, clock)


async def _announce_again(tx: Tx, told: Grant) -> None:
    grant = await grants.find_grant(tx, told.grant_id, for_update=True)
    if grant is not None and grant.state == "awaiting" and is_newest(grant, told.announced_at):
        units, months = await _as_cut(tx, grant.grant_id, told.units, told.months)
        again = replace(
            grant, units=units, months=months, reason=told.reason, rank=told.rank, announced_at=told.announced_at
        )
        await grants.change_grant(tx, grant, again)


async def _as_cut(tx: Tx, grant_id: str, units: int, months: int) -> tuple[int, int]:
    """Units and months as they are told, but never above what an officer cut."""
    cuts = await grants.list_changes(tx, grant_id)
    return (
        as_cut(units, [(cut.units_before, cut.units) for cut in cuts]),
        as_cut(months, [(cut.months_before, cut.months) for cut in cuts]),
    )


async def _apply_early(tx: Tx, early: EarlyFact, clock: Clock) -> None:
    match early.kind:
        case "agreement":
            await hear_agreement(tx, AgreementSigned.model_validate_json(early.fact), clock)
        case "due":
            await hear_due(tx, SelfpayDue.model_validate_json(early.fact), clock)
        case "deposited":
            await hear_deposit(tx, SelfpayDeposited.model_validate_json(early.fact), clock)
        case "training":
            await hear_training(tx, TrainingAttended.model_validate_json(early.fact), clock)
        case "ended":
            told = json.loads(early.fact)
            await _end(tx, early.grant_id, dt.datetime.fromisoformat(told["at"]), told["reason"], clock)


async def hear_agreement(tx: Tx, event: AgreementSigned, clock: Clock) -> None:
    """The agreement stands: its gate opens, and AL-5 knows whom it compares.

    Its figures count where no later announcement is known, but never above what an officer cut (`as_cut`).
    """
    grant = await grants.find_grant(tx, event.application_id, for_update=True)
    if grant is None:
        await _keep(tx, event.application_id, "agreement", event, clock)
        return
    signed = replace(
        grant,
        agreed_at=event.signed_at,
        business_no=fold_key(event.business_no),
        representative_keys=tuple(event.representative_keys),
        affiliates=tuple(fold_key(number) for number in event.affiliates),
    )
    if grant.state == "awaiting":
        signed = replace(signed, wished_start=event.wished_start)
        if is_newest(grant, event.signed_at):
            units, months = await _as_cut(tx, grant.grant_id, event.units, event.months)
            signed = replace(signed, units=units, months=months)
    await grants.change_grant(tx, grant, signed)


async def hear_due(tx: Tx, event: SelfpayDue, clock: Clock) -> None:
    """What a grant owes; nothing owed, or enough received already, opens its gate."""
    grant = await grants.find_grant(tx, event.application_id, for_update=True)
    if grant is None:
        await _keep(tx, event.application_id, "due", event, clock)
        return
    covered = is_covered(grant.self_payment_received_krw, event.amount_krw)
    await grants.change_grant(
        tx, grant, replace(grant, self_payment_due_krw=event.amount_krw, self_payment_covered=covered)
    )


async def hear_deposit(tx: Tx, event: SelfpayDeposited, clock: Clock) -> None:
    """Money or evidence came in; only the whole amount opens the gate."""
    grant = await grants.find_grant(tx, event.application_id, for_update=True)
    if grant is None:
        await _keep(tx, event.application_id, "deposited", event, clock)
        return
    paid = replace(
        grant,
        self_payment_received_krw=event.received_krw,
        self_payment_due_krw=event.due_krw,
        self_payment_covered=event.covered,
    )
    await grants.change_grant(tx, grant, paid)


async def hear_training(tx: Tx, event: TrainingAttended, clock: Clock) -> None:
    """People attended the mandatory course, or one attendance never was; a word that comes late changes nothing."""
    grant = await grants.find_grant(tx, event.application_id, for_update=True)
    if grant is None:
        early = await grants.list_early(tx, event.application_id)
        known = [TrainingAttended.model_validate_json(one.fact).facts for one in early if one.kind == "training"]
        if is_later_word(event.facts, known):
            await _keep(tx, event.application_id, "training", event, clock)
    elif is_later_word(event.facts, [grant.training_facts]):
        trained = replace(grant, people_trained=event.people_trained, training_facts=event.facts)
        await grants.change_grant(tx, grant, trained)


async def hear_withdrawal(tx: Tx, event: ApplicationWithdrawn, clock: Clock) -> None:
    """The applicant gave up, or the agency revoked: the grant ends."""
    await _end(tx, event.application_id, event.withdrawn_at, event.reason, clock)


async def hear_agreement_end(tx: Tx, event: AgreementEnded, clock: Clock) -> None:
    """The agreement ended before its time: so does the grant; one with a provider covers no new offer (RV-15)."""
    await keep_agreement_end(tx, event.application_id, event.ended_at)
    await _end(tx, event.application_id, event.ended_at, event.reason, clock)


async def _keep(tx: Tx, grant_id: str, kind: EarlyKind, event: Event, clock: Clock) -> None:
    await grants.keep_early(tx, EarlyFact(grant_id, kind, event.model_dump_json(), clock.now()))


async def _end(tx: Tx, grant_id: str, at: dt.datetime, reason: str, clock: Clock) -> None:
    grant = await grants.find_grant(tx, grant_id, for_update=True)
    if grant is None:
        told = json.dumps({"at": at.isoformat(), "reason": reason}, ensure_ascii=False)
        await grants.keep_early(tx, EarlyFact(grant_id, "ended", told, clock.now()))
    elif grant.state != "ended":
        await end_grant(tx, grant, Ending(reason, at), clock)
