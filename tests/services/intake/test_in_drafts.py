"""Drafts in parts: saved as they are written, whole when they are filed (IN-4, IN-9, IN-12)."""

import pytest

from tests.services.intake.people import Office

TEN = {"track": "1", "product": "H100x2", "units": 1, "months": 6, "wished_start": "2025-10-01"}


async def begun(office: Office, **asked: object) -> str:
    """A draft that says only what it is told."""
    nothing = dict.fromkeys(("track", "product", "units", "months", "wished_start"))
    return await office.draft(await office.organisation(), **{**nothing, "youth_claimed": False, **asked})


async def patch(office: Office, draft: str, status: int, version: int, **changes: object):
    """A merge patch of a draft."""
    at = {"If-Match": f'"{version}"'}
    return await office.call("PATCH", f"/applications/{draft}", status, json=changes, headers=at)


async def test_a_draft_begins_empty_and_grows(office: Office) -> None:
    """Each save changes what it names and nothing else; null takes an answer back."""
    draft = await begun(office)
    shown = await office.call("GET", f"/applications/{draft}", 200)
    assert [shown[name] for name in ("track", "units", "wished_start", "form")] == [None, None, None, {}]
    shown = await patch(office, draft, 200, 1, track="1", months=6, title="제목")
    shown = await patch(office, draft, 200, 2, product="H100x2", units=1)
    assert [shown[name] for name in ("track", "product", "units", "months", "title")] == ["1", "H100x2", 1, 6, "제목"]
    shown = await patch(office, draft, 200, 3, months=None)
    assert (shown["months"], shown["units"], shown["title"]) == (None, 1, "제목")


async def test_two_who_save_at_once_do_not_lose_each_others_words(office: Office) -> None:
    """A save of an older version is refused with the current one, and changes nothing."""
    draft = await begun(office, **TEN)
    await patch(office, draft, 200, 1, months=3)
    stale = await patch(office, draft, 412, 1, months=9)
    assert (stale["code"], stale["facts"]["current"]) == ("stale", 2)
    await office.call("PATCH", f"/applications/{draft}", 428, json={"months": 9})
    assert (await office.call("GET", f"/applications/{draft}", 200))["months"] == 3


async def test_an_incomplete_draft_is_told_all_that_is_missing(office: Office) -> None:
    """Neither the check nor the submit guesses: both name every answer that is missing, in words."""
    draft = await begun(office, track="1", units=2)
    checked = await office.call("POST", f"/applications/{draft}/check", 200)
    told = [finding["reason"]["ko"] for finding in checked["findings"]]
    assert [words.split(" 아직")[0] for words in told] == [
        "신청서에 상품이",
        "신청서에 이용 개월 수가",
        "신청서에 희망 시작일이",
    ]
    refused = await office.call("POST", f"/applications/{draft}/submit", 409)
    assert [one["code"] for one in refused["refusals"]] == ["not_stated"] * 3
    assert (await office.call("GET", f"/applications/{draft}", 200))["state"] == "draft"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"track": "9"}, "track_unknown"),
        ({"track": "1", "product": "H100x8"}, "product_not_in_track"),
        ({"months": 0}, "invalid_request"),
        ({"units": 10**7}, "invalid_request"),
        ({"form": {"no_such_field": 1}}, "invalid_request"),
        ({"track": None, "extra": 1}, "invalid_request"),
        ({"manager": {"name": "박둘", "standing": "boss"}}, "invalid_request"),
    ],
)
async def test_what_a_draft_cannot_say_is_refused_at_once(office: Office, changes: dict, code: str) -> None:
    """A track that is not there, another track's product, numbers out of range, a field the form does not have."""
    draft = await begun(office)
    assert (await patch(office, draft, 422, 1, **changes))["code"] == code
    assert (await office.call("GET", f"/applications/{draft}", 200))["version"] == 1


async def test_who_manages_is_kept_with_the_draft(office: Office) -> None:
    """The manager is told as it was typed; what is not named in a later save stays."""
    draft = await begun(office, manager={"name": "박둘", "standing": "student"})
    shown = await patch(office, draft, 200, 1, youth_claimed=True)
    assert shown["manager"] == {"id": "", "name": "박둘", "standing": "student", "born_on": None}
    assert (await patch(office, draft, 200, 2, manager=None))["manager"] is None
