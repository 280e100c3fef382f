"""F-07: Whatever bytes come in are read or refused: no cursor, body, parameter or header ends in a server error."""

import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from libs.common.app import BODY_BYTES_MAX
from libs.common.errors import InvalidRequest
from libs.common.paging import CURSOR_LENGTH_MAX, BadCursor, Paging
from libs.common.read_requests import DEPTH_MAX, read_json
from libs.embedded.issuer import Issuer
from tests.conftest import Databases, ServiceClient
from tests.contracts.furnished import FURNISH, client_of

BOM = b"\xef\xbb\xbf"
SENDS_JSON = {"Content-Type": "application/json"}
ORGANISATION = {
    "name": "한빛에이아이",
    "business_no": "124-81-00998",
    "kind": "sme",
    "legal_form": "corporation",
    "representatives": [{"name": "김하늘", "born_on": "1970-05-05"}],
    "opened_on": "2015-03-02",
}


@pytest.fixture(scope="module")
async def clients(
    databases: Databases, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, ServiceClient]]:
    """Every service once, on an empty database."""
    made = {name: await client_of(name, databases, issuer, tmp_path_factory.mktemp(name)) for name in FURNISH}
    yield made
    for client in made.values():
        await client.close()


def cursor_of(told: Any) -> str:
    """A cursor as it is written, around anything."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


GRANTS = "allocator.list_grants"
FORGED = {
    "half a character, the fault's own": cursor_of(["\ud83d"]),
    "half a character": cursor_of([GRANTS, "\ud83d"]),
    "NUL": cursor_of([GRANTS, "a\x00"]),
    "no list's name": cursor_of(["A-000001"]),
    "another list's": cursor_of(["allocator.list_sessions", "A-000001"]),
    "another service's": cursor_of(["billing.list_grants", "A-000001"]),
    "a number for a text": cursor_of([GRANTS, 1]),
    "a truth": cursor_of([GRANTS, True]),
    "nothing": cursor_of([GRANTS, None]),
    "a fraction": cursor_of([GRANTS, 0.5]),
    "a list": cursor_of([GRANTS, ["A-000001"]]),
    "two parts for one": cursor_of([GRANTS, "A-000001", "A-000002"]),
    "no part": cursor_of([GRANTS]),
    "an empty list": cursor_of([]),
    "an object": cursor_of({"a": 1}),
    "a bare text": cursor_of("A-000001"),
    "a number of 25 digits": cursor_of([GRANTS, 10**24]),
    "no JSON": base64.urlsafe_b64encode(b"[").decode(),
    "no UTF-8": base64.urlsafe_b64encode(b'["\xff"]').decode(),
    "UTF-16": base64.urlsafe_b64encode('["a"]'.encode("utf-16")).decode(),
    "no base64": "nonsense!",
    "Korean": "가나다",
    "one character": "a",
    "deep": base64.urlsafe_b64encode(b"[" * 2_900).decode(),
    "huge": "A" * (CURSOR_LENGTH_MAX + 1),
    "a NaN": base64.urlsafe_b64encode(b"[NaN]").decode(),
}


@pytest.mark.parametrize("why", FORGED)
async def test_f_07_a_forged_cursor_is_400(clients: dict[str, ServiceClient], why: str) -> None:
    """F-07: A cursor that this list did not give is 400 `bad_cursor`, whatever it holds."""
    client = clients["allocator"]
    answer = await client.http.get("/v1/grants", params={"cursor": FORGED[why]}, headers=client.as_("officer"))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), answer.text


NUMBERED = {
    ("billing", "ledger", "list_ledger"): ([1, 2], [["1", 2], [-1, 0], [2**63, 0], [1], [1, 2, 3]]),
    ("metering", "usage/conflicts", "list_usage_conflicts"): ([1], [["1"], [True], [-1], [2**63]]),
    ("intake", "key-collisions", "list_key_collisions"): (["", 1], [["", "1"], ["", 2**63], [1]]),
    ("review", "waiting-list?programme=x", "list_waiting"): (
        ["", "SEL-000001", 1],
        [["", "a", "b"], ["", "a"], ["", 1, 1], ["rank", "SEL-000001", 1]],
    ),
    ("review", "composites?programme=x", "list_composites"): (["", "A-1", "document"], [["", "a"], ["", "a", 1]]),
    ("metering", "usage/hours", "list_usage_hours"): (
        ["p", "g", "s", "2025-10-01T00:00:00+00:00"],
        [
            ["p", "g", "s"],
            *(["p", "g", "s", hour] for hour in ("x", "2025-10-01T00:00:00", "0001-01-01T00:00:00+09:00")),
            *(["p", "g", "s", hour] for hour in ("9999-12-31T23:59:59-09:00", "1999-12-31T23:59:59Z", 5)),
        ],
    ),
}
"""List → a key that it takes, and keys that it does not."""


@pytest.mark.parametrize("listed", NUMBERED, ids=lambda listed: listed[2])
async def test_f_07_a_cursor_has_the_lists_own_types(clients: dict[str, ServiceClient], listed: Any) -> None:
    """F-07: Lists sorted by numbers, pairs or instants take keys of just that form, and none beyond their columns."""
    service, path, name = listed
    client = clients[service]
    good, bad = NUMBERED[listed]

    async def asked(key: list[Any]) -> httpx.Response:
        query = f"{'&' if '?' in path else '?'}cursor={cursor_of([f'{service}.{name}', *key])}"
        return await client.http.get(f"/v1/{path}{query}", headers=client.as_("officer"))

    assert (await asked(good)).status_code == 200
    for key in bad:
        answer = await asked(key)
        assert (answer.status_code, answer.json().get("code")) == (400, "bad_cursor"), key


def test_f_07_the_longest_key_fits_a_cursor() -> None:
    """F-07: A list whose key is four names of a hundred Korean letters pages on: its cursor is taken again."""
    names = [letter * 100 for letter in "가나다라"]
    item = dict(zip("abcd", names, strict=True))
    page = Paging("x.list_y", 1, None, None).page([item, item], "a", "b", "c", "d")
    assert Paging("x.list_y", 1, page.next_cursor, None).after_ids(4) == tuple(names)
    with pytest.raises(BadCursor):
        Paging("x.list_z", 1, page.next_cursor, None)


async def sent(client: ServiceClient, body: bytes, **headers: str) -> httpx.Response:
    """What intake says to a new organisation in these bytes."""
    more = {**client.as_("officer"), **SENDS_JSON, **headers}
    return await client.http.post("/v1/organisations", content=body, headers=more)


def places(answer: httpx.Response) -> set[tuple[str, str, str]]:
    """Part, pointer and code of every wrong field."""
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), answer.text
    return {(one["in"], one["pointer"], one["code"]) for one in answer.json()["errors"]}


async def test_f_07_a_byte_order_mark_before_a_body_is_passed_over(clients: dict[str, ServiceClient]) -> None:
    """F-07: A BOM before a JSON body changes nothing: the organisation is registered."""
    answer = await sent(clients["intake"], BOM + json.dumps({**ORGANISATION, "business_no": "220-81-62517"}).encode())
    assert answer.status_code == 201, answer.text


def with_value(text: str) -> bytes:
    """An organisation whose name is this JSON text."""
    return json.dumps({**ORGANISATION, "name": "@"}).replace('"@"', text).encode("utf-8", "surrogatepass")


UNREADABLE = {
    "half a character": (with_value('"\\ud83d"'), ("body", "/name", "forbidden_character")),
    "the other half": (with_value('"x\\uDE00"'), ("body", "/name", "forbidden_character")),
    "NUL": (with_value('"\\u0000"'), ("body", "/name", "forbidden_character")),
    "half a character in bytes": (with_value('"\ud83d"'), ("body", "", "not_utf8")),
    "no UTF-8": (with_value('"x"').replace(b'"x"', b'"\xff"'), ("body", "", "not_utf8")),
    "UTF-16": (json.dumps(ORGANISATION).encode("utf-16"), ("body", "", "not_utf8")),
    "a NUL byte": (with_value('"\x00"'), ("body", "", "not_json")),
    "two marks": (BOM + BOM + json.dumps(ORGANISATION).encode(), ("body", "", "not_json")),
    "a mark alone": (BOM + b"{", ("body", "", "not_json")),
    "two documents": (b"{}{}", ("body", "", "not_json")),
    "NaN": (with_value("NaN"), ("body", "/name", "not_finite")),
    "Infinity": (with_value("-Infinity"), ("body", "/name", "not_finite")),
    "1e400": (with_value("1e400"), ("body", "/name", "not_finite")),
    "5,000 digits": (with_value("9" * 5_000), ("body", "/name", "not_finite")),
    "half a character in a name": (b'{"a\\ud83d": 1}', ("body", "/a\\ud83d", "forbidden_character")),
    "deep in a list": (with_value('[[{"a": ["\\u0000"]}]]'), ("body", "/name/0/0/a/0", "forbidden_character")),
    "a hundred thousand brackets": (b"[" * 100_000, ("body", "", "too_deep")),
    "as many closed": (b"[" * 100_000 + b"]" * 100_000, ("body", "", "too_deep")),
    "as many in a field": (with_value('{"a":' * 100_000 + "1" + "}" * 100_000), ("body", "", "too_deep")),
    "sixty-five levels": (b"[" * 65 + b"]" * 65, ("body", "/0" * 64, "too_deep")),
}


@pytest.mark.parametrize("why", UNREADABLE)
async def test_f_07_a_body_that_nothing_can_keep_names_the_place(clients: dict[str, ServiceClient], why: str) -> None:
    """F-07: NUL, halves of characters, endless numbers, depth and other encodings are 422 with the pointer."""
    body, place = UNREADABLE[why]
    assert place in places(await sent(clients["intake"], body))


async def test_f_07_sixty_four_levels_are_read(clients: dict[str, ServiceClient]) -> None:
    """F-07: Exactly at the limit a body is read, and judged by its model."""
    answer = await sent(clients["intake"], b"[" * DEPTH_MAX + b"]" * DEPTH_MAX)
    assert places(answer) == {("body", "", "not_an_object")}


def test_f_07_every_wrong_place_of_a_body_is_told_at_once() -> None:
    """F-07: Three unfit places give three pointers; of very many fifty are kept."""
    with pytest.raises(InvalidRequest) as refused:
        read_json(b'{"a": "\\u0000", "b": {"c": ["\\ud83d", 1e400]}}')
    assert [one.pointer for one in refused.value.fields] == ["/a", "/b/c/0", "/b/c/1"]
    with pytest.raises(InvalidRequest) as refused:
        read_json(json.dumps(["\x00"] * 1_000).encode())
    assert len(refused.value.fields) == 50


def test_f_07_a_large_body_is_looked_through_in_a_moment() -> None:
    """F-07: The costliest body that is allowed, a NUL behind half a million numbers, takes no second."""
    body = b"[" + b"1," * (BODY_BYTES_MAX // 2 - 10) + b'"\\u0000"]'
    began = time.process_time()
    with pytest.raises(InvalidRequest):
        read_json(body)
    assert time.process_time() - began < 1


PARAMETERS = {
    "NUL in a query": ("intake", "applications?programme=a%00", ("query", "/programme")),
    "NUL in an unknown query": ("billing", "prices?colour=%00", ("query", "/colour")),
    "NUL in a query's name": ("billing", "prices?col%00our=red", ("query", "/col\\x00our")),
    "NUL in a path": ("intake", "applications/A%00", ("path", "/application_id")),
    "NUL in a path without form": ("billing", "settlements/S%00", ("path", "/settlement_id")),
    "NUL in a programme": ("review", "composites?programme=%00", ("query", "/programme")),
    "NUL in a month": ("metering", "statements?month=%00", ("query", "/month")),
    "NUL in a field's name": ("allocator", "pools?fields=a,%00", ("query", "/fields")),
}


@pytest.mark.parametrize("why", PARAMETERS)
async def test_f_07_a_parameter_that_nothing_can_keep_names_itself(clients: dict[str, ServiceClient], why: str) -> None:
    """F-07: NUL in a path or a query of any service is 422 and names the parameter."""
    service, path, (part, pointer) = PARAMETERS[why]
    answer = await clients[service].http.get(f"/v1/{path}", headers=clients[service].as_("officer"))
    assert places(answer) == {(part, pointer, "forbidden_character")}


async def test_f_07_a_header_that_nothing_can_keep_names_itself(clients: dict[str, ServiceClient]) -> None:
    """F-07: NUL in a header, where a server lets it through, is 422 and names the header."""
    answer = await sent(clients["intake"], json.dumps(ORGANISATION).encode(), **{"Idempotency-Key": "a\x00b"})
    assert places(answer) == {("header", "/idempotency-key", "forbidden_character")}


async def test_f_07_who_may_not_call_learns_nothing_of_the_mistake(clients: dict[str, ServiceClient]) -> None:
    """F-07: The gate stands before the reading: without a token a forbidden character is 401 all the same."""
    for path in ("applications?programme=%00", "applications/A%00"):
        assert (await clients["intake"].http.get(f"/v1/{path}")).status_code == 401


@pytest.mark.parametrize(
    ("kind", "file_name", "pointer"),
    [pytest.param("a\x00", "a.pdf", "/kind", id="a field"), pytest.param("plan", "a\x00.pdf", "/file", id="a name")],
)
async def test_f_07_a_form_that_nothing_can_keep_names_the_field(
    clients: dict[str, ServiceClient], kind: str, file_name: str, pointer: str
) -> None:
    """F-07: NUL in a field of a form, or in a file's name, is 422 with the field."""
    client = clients["intake"]
    boundary = "----x"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\n%PDF\r\n'
        f"--{boundary}--\r\n"
    )
    headers = {**client.as_("officer"), "Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = await client.http.post("/v1/applications/A-000001/documents", content=body.encode(), headers=headers)
    assert places(answer) == {("body", pointer, "forbidden_character")}


async def test_f_07_a_form_that_is_none_is_told_in_words(clients: dict[str, ServiceClient]) -> None:
    """F-07, F-61: A multipart body without its boundaries is 400 in plain sentences, not in a library's English."""
    client = clients["intake"]
    headers = {**client.as_("officer"), "Content-Type": "multipart/form-data; boundary=x"}
    answer = await client.http.post("/v1/applications/A-000001/documents", content=b"nonsense", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_form"), answer.text
    assert "양식" in answer.json()["messages"]["ko"]


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "rot13", "zip", "utf-7", "nonsense"])
async def test_f_07_a_form_in_no_encoding_of_text_is_no_server_error(
    clients: dict[str, ServiceClient], charset: str
) -> None:
    """F-07: A caller may name any codec of Python's: the form is read or refused, never a 500."""
    client = clients["intake"]
    body = (
        '--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nxn--a\xff\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="xn--a"\r\n\r\n%PDF\r\n--x--\r\n'
    ).encode("latin-1")
    headers = {**client.as_("officer"), "Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    answer = await client.http.post("/v1/applications/A-000001/documents", content=body, headers=headers)
    assert answer.status_code in (404, 422), answer.text
