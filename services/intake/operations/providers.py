"""Checks of providers and their consortia (IN-8)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.db import Tx
from libs.common.errors import Invalid
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.intake.model.findings import Finding
from services.intake.model.providers import ProviderMember
from services.intake.policy import ProviderPolicy
from services.intake.rules.business_number import business_number_holds
from services.intake.rules.restrictions import provider_findings
from services.intake.store import screenings


async def check(
    tx: Tx,
    caller: Caller,
    programme_code: str,
    members: Sequence[ProviderMember],
    told: Sequence[Any],
    now: dt.datetime,
) -> tuple[str, tuple[Finding, ...]]:
    """Check every member of a provider's consortium; `told` is kept beside what was found.

    Raises PolicyMissing where the programme has no call for providers, Invalid for a wrong business number.
    """
    for member in members:
        if not business_number_holds(member.business_no):
            raise Invalid("business_number_wrong", "IN-11", business_no=member.business_no)
    programme = await programme_at(tx, programme_code, now)
    findings = provider_findings(members, now, ProviderPolicy.of(programme))
    checked = {"programme_code": programme.code, "programme_version": programme.version}
    found = {"members": list(told), "findings": screenings.told(findings)}
    check_id = await screenings.add_provider_check(
        tx, {**checked, **found, "checked_by": caller.subject, "checked_at": now}
    )
    return check_id, findings


async def show(tx: Tx, check_id: str) -> Mapping[str, Any]:
    """A check that was made. Raises NotFound."""
    return await screenings.get_provider_check(tx, check_id)
