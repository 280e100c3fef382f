"""F-07: Instants at the ends of time, numbers beyond any column, and Hangul in pieces."""

import unicodedata
from collections.abc import AsyncIterator
from typing import Any

import pytest

from libs.embedded.issuer import Issuer
from tests.conftest import Databases, ServiceClient
from tests.contracts.furnished import FURNISH, client_of
from tests.services.billing.office import P1
from tests.services.billing.office import Office as BillingOffice

FIRST, LAST = "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"
SEAT = {"seat": 1, "reviewer_id": "reviewer-1", "name": "홍길동"}
PANEL = {"programme": "p", "track": "1", "stage": "document", "seats": [SEAT]}
NOTICE = {"amount_krw": 1}
OUTAGE = {"provider_id": "alpha", "scope_kind": "provider", "scope_id": "alpha", "reason": "정전"}


@pytest.fixture(scope="module")
async def clients(
    databases: Databases, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, ServiceClient]]:
    """Every service once, on an empty database."""
    made = {name: await client_of(name, databases, issuer, tmp_path_factory.mktemp(name)) for name in FURNISH}
    yield made
    for client in made.values():
        await client.close()


INSTANTS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "when scores are due": ("review", "panels", PANEL, "due_at"),
    "when a payment is due": ("billing", "self-payments/A-000001/notices", NOTICE, "due_at"),
    "when an outage began": ("metering", "outages", OUTAGE, "started_at"),
    "when a grant was delivered": ("allocator", "grants/A-000001/activate", {}, "delivered_at"),
    "when a scheduler failed": ("allocator", "pools/p/switch", {"to": "fixed", "reason": "장애"}, "fault_at"),
    "from when events are told again": ("intake", "operations/replay", {}, "from_at"),
}


@pytest.mark.parametrize("at", [FIRST, LAST])
@pytest.mark.parametrize("what", INSTANTS)
async def test_f_07_an_instant_at_the_end_of_time_is_422(clients: dict[str, ServiceClient], what: str, at: str) -> None:
    """F-07: Year 1 and year 9999 are refused with the field, whatever the instant is for."""
    service, path, body, field = INSTANTS[what]
    client = clients[service]
    role = client.as_("operator" if "operations" in path else "officer")
    answer = await client.http.post(f"/v1/{path}", json={**body, field: at}, headers=role)
    assert answer.status_code == 422, answer.text
    errors = {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    assert errors & {(f"/{field}", "too_early"), (f"/{field}", "too_late"), (f"/{field}", "not_a_date")}, answer.text


@pytest.mark.parametrize("at", [FIRST, LAST, "1-1-1", "0"])
@pytest.mark.parametrize("name", ["from", "to"])
async def test_f_07_a_query_at_the_end_of_time_is_422(clients: dict[str, ServiceClient], name: str, at: str) -> None:
    """F-07: The hours of use are asked for within the years that are used."""
    client = clients["metering"]
    answer = await client.http.get("/v1/usage/hours", params={name: at}, headers=client.as_("officer"))
    assert answer.status_code == 422
    assert [(one["in"], one["pointer"]) for one in answer.json()["errors"]] == [("query", f"/{name}")]


NUMBERS = {
    "a programme's version": ("intake", "GET", "programmes/p?version={}"),
    "a line of a settlement": ("billing", "GET", "settlements/S-1/lines/{}"),
    "a line's explanation": ("billing", "GET", "settlements/S-1/lines/{}/explain"),
    "a page": ("billing", "GET", "prices?limit={}"),
    "a dead letter": ("metering", "POST", "operations/dead-letters/{}/redrive"),
    "dead letters": ("metering", "GET", "operations/dead-letters?limit={}"),
}


@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**19, -1, "9" * 5_000, "٢", "1_0"])
@pytest.mark.parametrize("what", NUMBERS)
async def test_f_07_a_number_beyond_its_column_is_no_fault(
    clients: dict[str, ServiceClient], what: str, number: int | str
) -> None:
    """F-07: A number in an address is refused, or names nothing; it never reaches a column that cannot hold it."""
    service, method, path = NUMBERS[what]
    client = clients[service]
    headers = client.as_("operator" if "operations" in path else "officer")
    answer = await client.http.request(method, f"/v1/{path.format(number)}", headers=headers)
    assert answer.status_code in (404, 422), answer.text


async def test_f_07_a_month_in_digits_of_another_script_is_422(clients: dict[str, ServiceClient]) -> None:
    """F-07: `2025-10` in Arabic digits is no month, and no fault either."""
    client = clients["metering"]
    for month in ("20٢٥-10", "2025-٠١"):
        answer = await client.http.get(f"/v1/statements/alpha/p/{month}", headers=client.as_("officer"))
        assert answer.status_code == 422, answer.text
        assert [one["code"] for one in answer.json()["errors"]] == ["wrong_pattern"]


@pytest.mark.rule("CV-9")
async def test_f_07_hangul_in_pieces_is_the_same_hangul(service_client) -> None:
    """F-07, CV-9: A reference in NFD is accepted and is the one in NFC; it is shown as it was typed first."""
    office = BillingOffice(await service_client("billing"))
    await office.open(P1)
    await office.sign("A-000001", P1)
    whole = "하나은행-0001"
    own = "/self-payments/A-000001/deposits"
    await office.done(own, {"amount_krw": 100, "reference": whole})
    once = await office.done(own, {"amount_krw": 100, "reference": unicodedata.normalize("NFD", whole)})
    assert (once["deposited_krw"], [one["reference"] for one in once["receipts"]]) == (100, [whole])
