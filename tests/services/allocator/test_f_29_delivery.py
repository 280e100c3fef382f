"""F-29, F-30 and AL-16 through REST: a provider states a delivery, user or agency confirms it, only that counts."""

import datetime as dt
from typing import Any

import pytest

from libs.common.events.allocator import GrantActivated
from tests.services.allocator.office import P0, Office

USER: dict[str, Any] = {"role": "applicant", "org": "O-A"}
ALPHA: dict[str, Any] = {"role": "provider", "org": "alpha"}
START = dt.datetime(2025, 9, 30, 15, tzinfo=dt.UTC)
"""1 October 00:00 in Seoul."""


def day(number: int, hour: int = 0) -> str:
    """An hour of a day of October 2025 in Seoul."""
    return (START + dt.timedelta(days=number - 1, hours=hour)).isoformat()


def told(body: str) -> dict[str, str]:
    """A body that names an instant."""
    return {"delivered_at": body}


async def placed(office: Office, on: str = day(20)) -> None:
    """P0 with one grant, placed from 1 October on; it is the given day."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100")
    await office.award("A", P0, "H100x1", 1)
    await office.place(P0)
    office.client.clock.set(dt.datetime.fromisoformat(on))


async def refused(office: Office, path: str, body: Any = None, **caller: Any) -> tuple[int, list[str]]:
    """The status and all codes of a command that is refused."""
    answer = await office.post(f"/grants/A/{path}", body, **caller)
    return answer.status_code, [r["code"] for r in answer.json()["refusals"]] or [answer.json()["code"]]


async def delivered(office: Office) -> str | None:
    """From when the grant counts as delivered."""
    told_at: str | None = (await office.get("/grants/A")).json()["delivered_at"]
    return told_at


@pytest.mark.rule("AL-16")
async def test_f_29_the_providers_word_alone_counts_for_nothing(office: Office) -> None:
    """F-29: on the 20th the provider states the 1st: nobody activates anything on its word alone."""
    await placed(office)
    assert (await office.post("/grants/A/activate", told(day(1)), **ALPHA)).status_code == 403
    await office.done("/grants/A/delivery", told(day(1)), **ALPHA)
    for body in (None, told(day(1)), told(day(20))):
        assert await refused(office, "activate", body) == (409, ["delivery_unconfirmed"])
    confirmed = await office.done("/grants/A/delivery/confirm", told(day(20)), **USER)
    assert (confirmed["stated"]["delivered_at"], confirmed["confirmed"]["delivered_at"]) == (
        "2025-09-30T15:00:00Z",
        "2025-10-19T15:00:00Z",
    )
    assert await refused(office, "activate", told(day(1))) == (409, ["delivery_unconfirmed"])
    await office.done("/grants/A/activate")
    (said,) = await office.client.said(GrantActivated)
    assert (said.starts_at, said.delivered_at.isoformat()) == (START, day(20).replace("+00:00", "+00:00"))


@pytest.mark.rule("AL-16")
async def test_f_29_both_instants_and_both_persons_are_shown(office: Office) -> None:
    """F-29: provider-1 states the 6th, applicant-1 confirms it: both, and when they said so, are shown."""
    await placed(office)
    await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    await office.done("/grants/A/delivery/confirm", **USER)
    for caller in (USER, ALPHA, {"role": "officer"}):
        seen = (await office.get("/grants/A/delivery", **caller)).json()
        assert [(seen[w]["told_by"], seen[w]["delivered_at"], seen[w]["told_at"]) for w in ("stated", "confirmed")] == [
            ("provider-1", "2025-10-05T15:00:00Z", "2025-10-19T15:00:00Z"),
            ("applicant-1", "2025-10-05T15:00:00Z", "2025-10-19T15:00:00Z"),
        ]
    assert (await office.get("/grants/A/delivery", role="applicant", org="O-B")).status_code == 404


async def test_f_29_the_confirmer_is_never_the_provider(office: Office) -> None:
    """F-29: nobody who speaks for the provider, and not the person who stated it, whatever other role he has."""
    await placed(office)
    await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    path = "/v1/grants/A/delivery/confirm"
    assert (await office.post("/grants/A/delivery/confirm", **ALPHA)).status_code == 403
    tokens = (
        office.client.token("applicant", "provider", organisation_id="alpha"),
        office.client.token("officer", subject="provider-1"),
        office.client.token("applicant", organisation_id="O-A", subject="provider-1"),
    )
    for token in tokens:
        answer = await office.client.http.post(path, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "may_not_confirm")
    both = office.client.token("officer", "provider", organisation_id="alpha")
    answer = await office.client.http.post(path, headers={"Authorization": f"Bearer {both}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (
        "beside a party's role an officer's is none"
    )
    assert (await office.post("/grants/A/delivery/confirm", role="applicant", org="O-B")).status_code == 404
    await office.done("/grants/A/delivery/confirm")


async def test_f_29_only_the_grants_provider_states_a_delivery(office: Office) -> None:
    """F-29: not another provider, not the user, not the agency."""
    await placed(office)
    assert (await office.post("/grants/A/delivery", told(day(6)), role="provider", org="beta")).status_code == 404
    assert (await office.post("/grants/A/delivery", told(day(6)), **USER)).status_code == 403
    assert (await office.post("/grants/A/delivery", told(day(6)))).status_code == 403


async def test_f_29_a_wrong_statement_is_stated_again_or_taken_back(office: Office) -> None:
    """F-29: before it is confirmed the later word stands, or none; afterwards the provider changes nothing."""
    await placed(office)
    await office.done("/grants/A/delivery", told(day(3)), **ALPHA)
    again = await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    assert (again["stated"]["delivered_at"], len(again["history"])) == ("2025-10-05T15:00:00Z", 2)
    back = await office.done("/grants/A/delivery/withdraw", {"reason": "다른 과제"}, **ALPHA)
    assert (back["stated"], [one["word"] for one in back["history"]]) == (None, ["stated", "stated", "withdrawn"])
    assert await refused(office, "delivery/withdraw", {"reason": "x"}, **ALPHA) == (409, ["delivery_not_stated"])
    assert await refused(office, "delivery/confirm", **USER) == (409, ["delivery_not_stated"])
    await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    await office.done("/grants/A/delivery/confirm", **USER)
    for path, body, caller in (
        ("delivery", told(day(2)), ALPHA),
        ("delivery/withdraw", {"reason": "x"}, ALPHA),
        ("delivery/confirm", told(day(9)), USER),
    ):
        assert await refused(office, path, body, **caller) == (409, ["delivery_confirmed"])


async def test_f_29_the_agency_corrects_what_was_confirmed_and_everybody_hears_it(office: Office) -> None:
    """F-29: confirmed for the 6th, corrected to the 9th and to the 8th: the grant counts from the 8th, both
    corrections are said, and the history keeps all.
    """
    await placed(office)
    await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    await office.done("/grants/A/delivery/confirm", **USER)
    await office.done("/grants/A/activate")
    for number in (9, 8):
        body = told(day(number)) | {"reason": f"접속 기록 {number}"}
        assert (await office.post("/grants/A/delivery/correct", body, **ALPHA)).status_code == 403
        last = await office.done("/grants/A/delivery/correct", body)
    assert [(one["word"], one["reason"]) for one in last["history"]][2:] == [
        ("corrected", "접속 기록 9"),
        ("corrected", "접속 기록 8"),
    ]
    assert await delivered(office) == "2025-10-07T15:00:00Z"
    said = [one.delivered_at.isoformat() for one in await office.client.said(GrantActivated)]
    assert said == [day(6), day(9), day(8)]
    assert (await office.get("/grants/A")).json()["ends_at"] == "2025-12-31T15:00:00Z", "the end does not move"
    blank = await office.post("/grants/A/delivery/correct", told(day(8)) | {"reason": ""})
    assert blank.status_code == 422


async def test_f_29_a_delivery_confirmed_after_activation_counts_then(office: Office) -> None:
    """F-29: activated as in time; the provider admits the 6th and the user confirms: it counts from the 6th."""
    await placed(office, day(1))
    await office.done("/grants/A/activate")
    assert await delivered(office) == "2025-09-30T15:00:00Z"
    office.client.clock.set(dt.datetime.fromisoformat(day(7)))
    await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    assert await delivered(office) == "2025-09-30T15:00:00Z", "stated alone it changes nothing"
    await office.done("/grants/A/delivery/confirm", **USER)
    assert await delivered(office) == "2025-10-05T15:00:00Z"
    assert len(await office.client.said(GrantActivated)) == 2


@pytest.mark.parametrize(
    ("on", "body", "codes"),
    [
        pytest.param(day(1, -144), None, ["before_start"], id="six days before the start"),
        pytest.param(day(1, -144), told(day(1)), ["before_start", "delivered_in_the_future"], id="told ahead"),
        pytest.param(day(20), told(day(21)), ["delivered_in_the_future"], id="in the future"),
        pytest.param(day(20), told(day(1, -1)), ["delivery_unconfirmed"], id="before the start"),
        pytest.param(day(20), told(day(2)), ["delivery_unconfirmed"], id="confirmed by nobody"),
        pytest.param(day(20), None, ["delivery_unconfirmed"], id="late without a word"),
    ],
)
async def test_f_30_what_cannot_be_an_activation_is_refused(
    office: Office, on: str, body: dict[str, str] | None, codes: list[str]
) -> None:
    """F-30: before the start, delivered in the future or before the start, or as of an instant nobody confirmed."""
    await placed(office, on)
    assert await refused(office, "activate", body) == (409, codes)
    assert (await office.get("/grants/A")).json()["state"] == "placed"


@pytest.mark.parametrize(
    ("on", "body"),
    [
        pytest.param(day(1), None, id="at the start itself"),
        pytest.param(day(20), told(day(1)), id="later, nothing having been late"),
    ],
)
async def test_f_30_what_can_be_an_activation_is_done(office: Office, on: str, body: dict[str, str] | None) -> None:
    """F-30: exactly at the start, or later in the agency's own name as of the start."""
    await placed(office, on)
    await office.done("/grants/A/activate", body)
    assert await delivered(office) == "2025-09-30T15:00:00Z"


@pytest.mark.parametrize(
    ("instant", "codes"),
    [
        pytest.param(day(21), ["delivered_in_the_future"], id="in the future"),
        pytest.param("2025-09-25T00:59:59Z", ["delivered_before_agreement"], id="before the agreement"),
        pytest.param("2025-12-31T15:00:00Z", ["delivered_in_the_future", "delivered_after_end"], id="at the end"),
    ],
)
async def test_f_30_a_delivery_lies_where_one_can(office: Office, instant: str, codes: list[str]) -> None:
    """F-30: stated, confirmed or corrected, it lies between the agreement and now, and before the end; told early it
    counts from the start.
    """
    await placed(office)
    assert await refused(office, "delivery", told(instant), **ALPHA) == (409, codes)
    await office.done("/grants/A/delivery", told("2025-09-25T01:00:00Z"), **ALPHA)
    status, found = await refused(office, "delivery/confirm", told(instant), **USER)
    assert (status, [code for code in found if code != "confirmed_before_stated"]) == (409, codes)
    await office.done("/grants/A/delivery/confirm", **USER)
    assert await refused(office, "delivery/correct", told(instant) | {"reason": "x"}) == (409, codes)
    await office.done("/grants/A/activate")
    assert await delivered(office) == "2025-09-30T15:00:00Z"


async def test_f_29_a_user_confirms_nothing_earlier_than_the_provider_states(office: Office) -> None:
    """F-29: stated for the 6th it is not confirmed for the 5th, a second before; the 6th itself is."""
    await placed(office)
    await office.done("/grants/A/delivery", told(day(6)), **ALPHA)
    early = (dt.datetime.fromisoformat(day(6)) - dt.timedelta(seconds=1)).isoformat()
    assert await refused(office, "delivery/confirm", told(early), **USER) == (409, ["confirmed_before_stated"])
    await office.done("/grants/A/delivery/confirm", told(day(6)), **USER)


async def test_f_29_nothing_is_stated_of_a_grant_that_is_not_placed_or_is_over(office: Office) -> None:
    """F-29: before its placement a grant has no provider, after its end nothing is delivered; a correction still is
    possible.
    """
    await placed(office)
    await office.done("/grants/A/activate", told(day(1)))
    await office.done("/grants/A/end", {"reason": "포기"})
    assert await refused(office, "delivery", told(day(6)), **ALPHA) == (409, ["wrong_state"])
    await office.done("/grants/A/delivery/correct", told(day(6)) | {"reason": "접속 기록"})
    assert await delivered(office) == "2025-10-05T15:00:00Z"
    await office.award("B", P0, "H100x1", 2)
    early = await office.post("/grants/B/delivery/correct", told(day(6)) | {"reason": "x"})
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
