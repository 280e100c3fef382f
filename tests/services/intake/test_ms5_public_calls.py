"""Without a token: the calls that were opened, and nothing that is for the agency alone (MS-5)."""

import copy
import datetime as dt

import pytest

from libs.common.caller_limits import CallerLimits
from libs.common.definition.confidential import CONFIDENTIAL
from libs.common.settings import Settings
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.calls import call_state
from tests.services.intake.people import DEFINITION, P0, Office

OPENS = dt.datetime(2025, 8, 31, 15, tzinfo=dt.UTC)
CLOSES = dt.datetime(2025, 9, 15, 6, tzinfo=dt.UTC)
MS = dt.timedelta(milliseconds=1)


async def public(office: Office, path: str, status: int = 200, **given):
    """An answer to somebody without a token."""
    answer = await office.http.get(f"/v1/public/{path}", **given)
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.rule("MS-5")
@pytest.mark.parametrize(
    ("now", "state"),
    [(OPENS - MS, "coming"), (OPENS, "open"), (CLOSES, "open"), (CLOSES + MS, "closed")],
    ids=["just before", "at the opening", "exactly at the closing", "a millisecond late"],
)
async def test_a_call_says_where_it_stands(office: Office, now: dt.datetime, state: str) -> None:
    """The state is that of the service's clock, with the bounds of IN-1, in the list as in the call."""
    office.client.clock.set(now)
    (line,) = (await public(office, "calls")).json()
    assert (line["code"], line["state"], line["opens_at"], line["use_ends_on"]) == (
        P0, state, "2025-08-31T15:00:00Z", "2026-06-30",
    )  # fmt: skip
    assert (await public(office, f"calls/{P0}")).json()["state"] == state
    listed = (await public(office, "open-calls.json")).json()
    assert [call["code"] for call in listed["calls"]] == ([P0] if state != "closed" else [])
    for other in {"coming", "open", "closed"} - {state}:
        assert (await public(office, "calls", params={"state": other})).json() == []


async def test_everybody_reads_amounts_documents_and_terms_but_no_budget(office: Office) -> None:
    """What an applicant must know stands in the call; planning price, cap and their sources do not."""
    told = (await public(office, f"calls/{P0}")).json()["definition"]
    assert told["billing"]["self_payment"]["rates"]["H100"]["standard_krw"]["is"] == 400_000
    assert told["intake"]["documents"]["plan"]["formats"]["is"] == ["hwp", "hwpx", "pdf"]
    text = str(told)
    assert not [path for path in CONFIDENTIAL if path.rsplit(".", 1)[1] in text]


async def test_a_call_that_was_not_opened_is_not_there(office: Office) -> None:
    """A definition that an officer has only uploaded, and a newer version not yet in force, are told to nobody."""
    other = {**copy.deepcopy(DEFINITION), "code": "next-year"}
    newer = {**copy.deepcopy(DEFINITION), "version": 2, "name": {"ko": "새 이름", "en": "new name"}}
    await office.call("POST", "/programmes", 201, json=other)
    await office.call("POST", "/programmes", 201, json=newer)
    assert [call["name_ko"] for call in (await public(office, "calls")).json()] == [DEFINITION["name"]["ko"]]
    assert (await public(office, "calls/next-year", 404)).json()["code"] == "not_found"


async def test_who_holds_a_call_is_not_sent_it_again(office: Office) -> None:
    """The same version in the same state answers 304; a new version, or the closing, is sent."""
    held = (await public(office, f"calls/{P0}")).headers["etag"]
    unchanged = await public(office, f"calls/{P0}", 304, headers={"If-None-Match": f'"other", W/{held}'})
    assert (unchanged.content, unchanged.headers["cache-control"]) == (b"", "public, max-age=60")
    office.client.clock.set(CLOSES + MS)
    await public(office, f"calls/{P0}", 200, headers={"If-None-Match": held})


def test_a_window_without_bounds_is_open() -> None:
    """`none` does not bind: such a call neither waits nor ends."""
    assert call_state(SubmissionWindow(None, None), OPENS) == "open"
    assert call_state(SubmissionWindow(None, CLOSES), CLOSES + MS) == "closed"


async def test_one_address_may_ask_so_often(office: Office) -> None:
    """Beyond the limit 429 with a time to wait; another address, told by a trusted proxy, is not held up."""
    told = Settings(rate_per_address="2/minute", trusted_proxies="127.0.0.1")
    office.client.runtime.caller_limits = CallerLimits(told)
    for _ in range(2):
        await public(office, "calls", headers={"X-Forwarded-For": "203.0.113.9"})
    refused = await public(office, "calls", 429, headers={"X-Forwarded-For": "203.0.113.9"})
    assert (refused.json()["code"], 1 <= int(refused.headers["retry-after"]) <= 60) == ("too_many_requests", True)
    await public(office, "calls", headers={"X-Forwarded-For": "198.51.100.7"})
