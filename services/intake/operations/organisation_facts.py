"""An organisation's facts change by dated versions, which screening reads again (MS-4)."""

from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.identity import Caller
from services.intake.model.organisations import Organisation
from services.intake.model.versions import Change, FactsEdit, FactsVersion
from services.intake.operations import providers
from services.intake.operations.belonging import must_manage, must_see, stop
from services.intake.operations.organisations import refuse
from services.intake.operations.screening import look_again
from services.intake.rules.business_number import checked_business_number
from services.intake.rules.companies import kind_reserved
from services.intake.rules.fact_versions import day_refusal, edited, holds_from, nothing_changed, provider_refusal
from services.intake.store import organisations, versions
from services.intake.store.providers import list_providers_with


async def locked(tx: Tx, caller: Caller, organisation_id: str) -> Organisation:
    """An organisation whose facts the caller may change, and nobody else does until the transaction ends.

    Members that manage it and officers may. Raises NotFound, also for strangers, and Forbidden.
    """
    if "officer" not in caller.roles:
        await must_manage(tx, caller, organisation_id)
    await lock(tx, providers.LOCK)
    return await organisations.get_organisation(tx, organisation_id, for_update=True)


async def change(
    tx: Tx, caller: Caller, known: Organisation, edit: FactsEdit, reason: str, clock: Clock
) -> Organisation:
    """Change facts of an organisation that `locked` locked, from a day on; returns them.

    Applications under screening are looked at again by the facts in force at their receipt. Raises Invalid for a wrong
    number, a reserved kind or a day in the future, Refused where nothing changes and for what an officer changes alone.
    """
    now = clock.now()
    valid_from = holds_from(known, edit, now)
    refuse(day_refusal(known, valid_from, now))
    numbers = known.affiliates if edit.affiliates is None else edit.affiliates
    checked = [checked_business_number(number, "affiliate_number_wrong") for number in numbers]
    changed = edited(known, edit, tuple(dict.fromkeys(checked)))
    if edit.kind is not None:
        refuse(kind_reserved(changed))
    stop(nothing_changed(known, changed))
    supplies = await list_providers_with(tx, [known.organisation_id])
    if supplies and not caller.sees_all():
        stop(provider_refusal(known, changed))
    kept = await versions.change_organisation(tx, changed, Change(valid_from, reason, caller.subject, now))
    await look_again(tx, clock, organisation_id=known.organisation_id)
    await providers.tell_of_company(tx, caller, kept, reason, now)
    return kept


async def list_versions(tx: Tx, caller: Caller, organisation_id: str) -> tuple[FactsVersion, ...]:
    """All versions of an organisation's facts, oldest first. Raises NotFound, also for strangers."""
    await must_see(tx, caller, organisation_id)
    return await versions.list_facts(tx, organisation_id)
