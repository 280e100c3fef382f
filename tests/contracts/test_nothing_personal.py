"""Whatever is asked without a token, no answer holds what a database knows of people and organisations (MS-5).

Not names on a list: every text that stands in a table of the service counts, but for the definitions and what is
published on purpose. What a service that knows the call alone answers to the same request comes from the call.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.operator_routes import router as operator_router
from tests.architecture.test_routes import ANONYMOUS
from tests.conftest import ServiceClient
from tests.contracts.furnished import FURNISH, P0, Known
from tests.contracts.hostile import Attack, Operation
from tests.services.billing.office import Office as BillingOffice
from tests.services.intake.people import Office
from tests.services.review.call import Call

SHORT = 4
"""Shorter texts occur anywhere."""
MORE = 150
"""So many hostile requests more for each route, the same ones in every run."""
DEFINITIONS = {"programme_definition", "programme_version", "programme"}
PUBLISHED = {
    "selection_run": {"selection_id", "pool", "programme_code", "track", "sha256", "state"},
    "call_file": {"file_id", "file_name", "sha256"},
}
"""Columns whose values stand in public answers on purpose, and everywhere else where the same is told."""
ON_PURPOSE = re.compile(rf"{P0}-\w+|selected|waiting|programme|\d{{4}}-\d\d-\d\dT[\d:.]+Z|\d{{1,7}}")
"""Receipts, by which results are published; words of the answers; instants; numbers short enough to occur anywhere."""


async def texts(client: ServiceClient) -> dict[str, str]:
    """Every text of the service's tables, and where it stands."""
    found: dict[str, str] = {}
    open_ones: set[str] = set()
    async with client.db.transaction() as tx:
        names = await tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
        for (table,) in names.all():
            for (row,) in (await tx.execute(text(f'SELECT to_jsonb(t)::text FROM "{table}" t'))).all():
                for column, value in json.loads(row).items():
                    for told in leaves(value):
                        if table in DEFINITIONS or column in PUBLISHED.get(table, ()):
                            open_ones.add(told)
                        else:
                            found[told] = f"{table}.{column}"
    return {told: where for told, where in found.items() if told not in open_ones and not ON_PURPOSE.fullmatch(told)}


def leaves(value: Any) -> Iterator[str]:
    """The texts inside a value of JSON, whole, as far as they are long enough to mean something."""
    if isinstance(value, str):
        if len(value) >= SHORT:
            yield value
        if value.startswith(("{", "[")):
            try:
                yield from leaves(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)


async def intake(client: ServiceClient) -> Known:
    """A little of everything, and a file of the call."""
    known = await FURNISH["intake"](client)
    office = Office(client)
    me = {"name": "박개인", "email": "park.gaein@example.kr", "phone": "010-5555-0199"}
    await office.call("PUT", "/people/me", 200, who=office.applicant(known["organisation_id"][0]), json=me)
    definition = (await office.call("GET", f"/programmes/{P0}", 200))["definition"]
    (named, *_) = [one["file_name"] for one in definition["public"]["files"]]
    sent = {"file": (named, b"for everybody", "text/plain")}
    kept = await office.http.post(f"/v1/programmes/{P0}/files", files=sent, headers=office.officer)
    return {**known, "file_id": [kept.json()["file_id"]]}


FIVE = {"tracks__1__selection__capacity": 5, "tracks__1__selection__capacity_kind": "peak_cards"}


async def review(client: ServiceClient) -> Known:
    """Five selected and one waiting: an announced result with a small cell."""
    call = Call(client)
    await call.open(**FIVE)
    await call.ranked("P1", "P2", "P3", "P4", "P5", "P6")
    drawn = await call.post("selections", programme=P0, track="1")
    await call.announce(drawn["selection_id"])
    return {"code": [P0], "programme": [P0]}


async def with_the_call_alone(client: ServiceClient) -> None:
    """Nobody has applied, scored or paid; what is told to everybody is there as far as it needs no person."""
    if client.service.name == "intake":
        await Office(client).open_programme()
    elif client.service.name == "review":
        await Call(client).open(**FIVE)
    elif client.service.name == "billing":
        await BillingOffice(client).open(P0)


MADE: dict[str, Callable[[ServiceClient], Awaitable[Known]]] = {**FURNISH, "intake": intake, "review": review}


def asked(client: ServiceClient, known: Known) -> Iterable[Attack]:
    """Right requests and hostile ones for every route that needs no token."""
    document = client.app.openapi()
    name = client.service.name
    gated = {route.path for router in (*client.service.routers, operator_router) for route in router.routes}
    assert gated & document["paths"].keys()
    for path in sorted(ANONYMOUS.get(name, set())):
        for method in document["paths"][path]:
            operation = Operation(name, document, path, method, {**known, "code": [P0]})
            for one in (operation.right(), *operation.attacks(), *operation.more(MORE)):
                yield Attack(f"{method.upper()} {one.what}", one.url, one.headers, one.body)
    for page in ("/healthz", "/readyz", "/metrics"):
        yield Attack(f"GET {page}", page, {}, None)


@pytest.mark.rule("MS-5")
@pytest.mark.parametrize("name", sorted(MADE))
async def test_no_anonymous_answer_holds_what_a_database_knows(
    name: str, service_client: Callable[[str], Awaitable[ServiceClient]]
) -> None:
    """Bodies and headers of every answer, to right and to hostile requests alike."""
    client, nobody = await service_client(name), await service_client(name)
    known = await MADE[name](client)
    await with_the_call_alone(nobody)
    kept = await texts(client)
    assert len(kept) > 20
    statuses, told = set(), {}
    for one in asked(client, known):
        answer, beside = await answered(client, one), await answered(nobody, one)
        statuses.add(answer[0])
        sent = f"{one.url} {one.body!r}"
        told |= {
            f"{kept[secret]} {secret!r}": one.what
            for secret in kept
            if secret in answer[1] and secret not in beside[1] and secret not in sent
        }
    assert told == {}
    assert 200 in statuses


async def answered(client: ServiceClient, one: Attack) -> tuple[int, str]:
    """The status of an answer, and its body and headers as text."""
    headers = {name: value.encode() for name, value in one.headers.items()}
    answer = await client.http.request(one.what.split(" ", 1)[0], one.url, headers=headers, content=one.body)
    return answer.status_code, answer.text + "\n".join(answer.headers.values())
