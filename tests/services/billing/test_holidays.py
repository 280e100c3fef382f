"""A holiday that the government adds or takes back moves the periods that are counted afterwards (CV-7)."""

import datetime as dt

from libs.common.definition.programme import Programme
from libs.common.events.intake import ProgrammeRevised
from tests.services.billing.office import P1, day

ADDED = {"day": "2025-10-21", "name": {"ko": "임시공휴일", "en": "temporary holiday"}, "source": "관보 2025-10-10"}


async def revise(office, version: int, holidays: dict) -> None:
    """Billing hears a newer version of P1's definition."""
    tree = {**office.programmes[P1].as_json(), "version": version, "holidays": holidays}
    definition = Programme.model_validate(tree).as_json()
    told = {"code": P1, "version": version, "in_force_from": office.client.clock.now(), "definition": definition}
    await office.client.feed(ProgrammeRevised(**told, reason="임시공휴일 지정"))


async def due(office, application_id: str, signed: str) -> dt.datetime:
    """Until when the deposit of an agreement is due."""
    office.client.clock.set(day(signed) + dt.timedelta(hours=1))
    await office.sign(application_id, P1, product="H100x1", units=1, months=2)
    return dt.datetime.fromisoformat((await office.read(f"/self-payments/{application_id}"))["due_at"])


async def test_a_deposit_ends_on_the_next_working_day(office) -> None:
    """15 days from 6 October end on the 21st; once that day is a holiday, on the 22nd; taken back, on the 21st again.

    What was stated as due stays as it was stated.
    """
    await office.open(P1)
    version = office.programmes[P1].version
    first = await due(office, "A-000001", "2025-10-06")
    await revise(office, version + 1, {"added": [ADDED]})
    second = await due(office, "A-000002", "2025-10-06")
    await revise(office, version + 2, {})
    third = await due(office, "A-000003", "2025-10-06")
    assert (first, second, third) == (day("2025-10-22"), day("2025-10-23"), day("2025-10-22"))
    stands = (await office.read("/self-payments/A-000001"))["due_at"]
    assert dt.datetime.fromisoformat(stands) == first
