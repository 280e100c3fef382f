"""A grant that waits follows the newest announcement or agreement, up as well, but never above an officer's cut."""

import datetime as dt

import pytest

from libs.common.events.review import SelectionAnnounced
from tests.services.allocator.office import P0, SIGNED, Office

DAY = dt.timedelta(days=1)


async def announce(office: Office, units: int, months: int, announced_at: dt.datetime) -> None:
    """A later run selects the grant again, with these figures."""
    await office.client.feed(
        SelectionAnnounced(
            application_id="A-1",
            programme_code=P0,
            programme_version=1,
            selection_id="SEL-1",
            run_version=2,
            run_sha256="0",
            announced_at=announced_at,
            outcome="selected",
            refused_by="",
            promoted=False,
            organisation_id="O-A-1",
            sector="private",
            track="1",
            product="H100x1",
            units_asked=3,
            months_asked=4,
            units=units,
            months=months,
            reason="",
            score="80.00",
            rank=1,
            rank_all=1,
            receipt_no="R-1",
            wished_start=dt.date(2025, 10, 1),
        )
    )


async def figures(office: Office) -> tuple[int, int]:
    """Units and months of the grant."""
    grant = (await office.get("/grants/A-1")).json()
    return grant["units"], grant["months"]


@pytest.mark.rule("RV-12")
async def test_a_newer_run_raises_what_nobody_cut_and_an_older_one_changes_nothing(office: Office) -> None:
    """A later run raises 1 unit to 2; the run between, heard late, changes nothing; an agreement signed anew does."""
    await office.open(P0)
    await office.award("A-1", P0, "H100x1", 1, units=1, months=2)
    assert await figures(office) == (1, 2)
    await announce(office, 2, 3, SIGNED + 2 * DAY)
    assert await figures(office) == (2, 3)
    await announce(office, 1, 2, SIGNED + DAY)
    assert await figures(office) == (2, 3)
    await office.sign("A-1", P0, "H100x1", units=1, months=3, signed_at=SIGNED + DAY)
    assert await figures(office) == (2, 3), "an agreement older than the run that is known"
    await office.sign("A-1", P0, "H100x1", units=3, months=3, signed_at=SIGNED + 3 * DAY)
    assert await figures(office) == (3, 3), "the agreement signed anew"


@pytest.mark.rule("RV-12")
async def test_what_an_officer_cut_is_never_raised(office: Office) -> None:
    """Months cut from 3 to 2: a newer run of 2 units and 4 months gives 2 units, and 2 months."""
    await office.open(P0)
    await office.award("A-1", P0, "H100x1", 1, units=1, months=3)
    await office.done("/grants/A-1/reduce", {"units": 1, "months": 2, "reason": "늦은 시작"})
    await announce(office, 2, 4, SIGNED + DAY)
    assert await figures(office) == (2, 2)
    await office.sign("A-1", P0, "H100x1", units=2, months=4, signed_at=SIGNED + 2 * DAY)
    assert await figures(office) == (2, 2)
