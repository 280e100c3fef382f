"""A holiday that the government adds or takes back moves the report on a fallback (CV-7, AL-11)."""

import datetime as dt

from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from libs.common.events.intake import ProgrammeRevised
from tests.services.allocator.office import P1, PROGRAMMES, Office

ADDED = {"day": "2025-10-23", "name": {"ko": "임시공휴일", "en": "temporary holiday"}, "source": "관보 2025-10-10"}
POOL = "alpha-h100"


async def revise(office: Office, later: int, holidays: dict) -> None:
    """A later version of P1's definition."""
    known = load_definition(PROGRAMMES / f"{P1}.yaml")
    tree = {**known.as_json(), "version": known.version + later, "holidays": holidays}
    told = {"code": P1, "version": known.version + later, "in_force_from": office.client.clock.now()}
    definition = Programme.model_validate(tree).as_json()
    await office.client.feed(ProgrammeRevised(**told, definition=definition, reason="임시공휴일 지정"))


async def switched(office: Office) -> list[dt.datetime]:
    """The pool falls back and is switched on again; until when each report so far was stated as due."""
    told = await office.done(f"/pools/{POOL}/switch", {"to": "fixed", "reason": "장애"})
    await office.done(f"/pools/{POOL}/switch", {"to": "dynamic", "reason": "복구"})
    return [dt.datetime.fromisoformat(one["report_due_at"]) for one in told["switches"] if one["report_due_at"]]


def end_of(day: int) -> dt.datetime:
    """24:00 KST of a day of October 2025."""
    return dt.datetime(2025, 10, day, 15, tzinfo=dt.UTC)


async def test_a_report_is_due_on_the_next_working_day(office: Office) -> None:
    """Three days from Monday 20 October end on the 23rd; once that is a holiday on the 24th; taken back on the 23rd.

    What was stated as due stays as it was stated.
    """
    await office.pool(("A", "H100x1"))
    office.client.clock.set(dt.datetime(2025, 10, 20, 1, tzinfo=dt.UTC))
    assert await switched(office) == [end_of(23)]
    await revise(office, 1, {"added": [ADDED]})
    assert await switched(office) == [end_of(23), end_of(24)]
    await revise(office, 2, {})
    assert await switched(office) == [end_of(23), end_of(24), end_of(23)]
