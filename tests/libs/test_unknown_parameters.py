"""A query names only what its route asks for: a filter spelt wrongly must not seem to have been kept to (F-66)."""

import re

import pytest
from fastapi.routing import iter_route_contexts

SERVICES = ("intake", "review", "allocator", "metering", "billing")


async def test_f_66_a_wrong_name_is_told_with_the_right_ones(service_client) -> None:
    """`stat=draft` is refused, in the place where it stands, with what may be asked for instead."""
    intake = await service_client("intake")
    refused = await intake.http.get("/v1/applications", params={"stat": "draft"}, headers=intake.as_("officer"))
    told = refused.json()
    assert (refused.status_code, told["code"]) == (422, "invalid_request")
    (wrong,) = told["errors"]
    assert (wrong["path"], wrong["code"]) == ("stat", "unknown")
    assert {"state", "programme"} <= set(re.findall(r"\w+", wrong["messages"]["ko"]))


@pytest.mark.parametrize("name", SERVICES)
async def test_f_66_no_list_takes_what_it_does_not_know(service_client, name: str) -> None:
    """Every route of every service that is read without an id refuses a parameter of another name."""
    client = await service_client(name)
    addresses = {
        c.path for c in iter_route_contexts(client.app.routes) if "GET" in (c.methods or ()) and "{" not in c.path
    }
    lists = sorted(address for address in addresses if address.startswith("/v1/"))
    assert lists
    for address in lists:
        answer = await client.http.get(address, params={"no_such_filter": "1"}, headers=client.as_("officer"))
        if answer.status_code != 403:
            assert answer.status_code == 422, address
            assert "no_such_filter" in answer.text, address
