"""Lists of things whose ids carry numbers go by the number: `A-1000000` comes after `A-999999`."""

from sqlalchemy import text

from tests.owner import as_owner
from tests.services.intake.people import Office


async def count_from(office: Office, sequence: str, number: int) -> None:
    """Have the next id of a sequence carry this number."""
    async with as_owner(office.client.db) as tx:
        await tx.execute(text(f"SELECT setval('{sequence}', {number}, false)"))


async def paged(office: Office, path: str, field: str) -> list[str]:
    """All ids of a list, two a page."""
    found: list[str] = []
    params: dict[str, object] = {"limit": 2}
    while True:
        page = await office.call("GET", path, 200, params=params)
        found += [one[field] for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


async def test_f_32_applications_and_organisations_go_by_number(office: Office) -> None:
    """F-32: Past 999,999 the lists of organisations and applications go on, page after page, and lose none."""
    await count_from(office, "organisation_seq", 999_998)
    await count_from(office, "application_seq", 999_998)
    organisations = [await office.organisation() for _ in range(5)]
    applications = [await office.draft(one) for one in organisations]
    assert applications == ["A-999998", "A-999999", "A-1000000", "A-1000001", "A-1000002"]
    assert await paged(office, "/applications", "application_id") == applications
    assert await paged(office, "/organisations", "organisation_id") == organisations


async def test_f_32_facts_go_by_number(office: Office) -> None:
    """F-32: So do restrictions and awards."""
    await count_from(office, "restriction_seq", 999_999)
    await count_from(office, "award_seq", 999_999)
    at = f"/organisations/{await office.organisation()}"
    ban = {"kind": "default", "from": "2025-01-01", "source": "NTIS"}
    award = {"programme_code": "tips-2025", "government": True, "year": 2025}
    for path, body, listed, field in (
        (f"{at}/restrictions", ban, "/restrictions", "restriction_id"),
        (f"{at}/awards", award, "/awards", "award_id"),
    ):
        made = [(await office.call("POST", path, 201, json=body))["id"] for _ in range(3)]
        assert await paged(office, listed, field) == made
