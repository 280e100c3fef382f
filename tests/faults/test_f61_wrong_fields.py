"""F-61: Whatever is wrong with a request is told field by field: where, a stable code, and words in both languages."""

import ast
import inspect
import re
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any, get_args

import httpx
import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic_core.core_schema import ErrorType

from libs.common import operator_routes
from libs.common.errors import json_pointer
from libs.common.expected import FORMS, bare, expected, limits, said_beside, whole
from libs.common.invalid_requests import asked_by, invalid_request
from libs.common.messages.fields import FIELD_MESSAGES
from libs.common.wrong_fields import CODES, OTHER, code_of, wrong_field
from libs.embedded.issuer import Issuer
from libs.operator.services import SERVICES
from tests.conftest import Databases, ServiceClient, service_named
from tests.contracts.furnished import client_of

HANGUL = re.compile("[가-힣]")
DRAFT = {
    "programme": "gpu-rental-2025s",
    "organisation_id": "O-000001",
    "track": "1",
    "product": "H100x2",
    "units": 1,
    "months": 6,
    "wished_start": "2025-10-01",
}
OUTAGE = {
    "provider_id": "alpha",
    "scope_kind": "data_centre",
    "scope_id": "alpha-dc1",
    "started_at": "2025-10-01T10:00:00+09:00",
    "reason": "정전",
}
PRICE = {
    "programme": "p",
    "reason": "협상 결과",
    "provider_id": "alpha",
    "product": "H100x1",
    "mode": "dynamic",
    "unit_price_krw": 5500,
    "valid_from": "2025-10-01",
    "round": 1,
}
PERSON = {"name": "김하늘", "born_on": "1970-05-05"}


@pytest.fixture(scope="module")
async def clients(
    databases: Databases, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, ServiceClient]]:
    """Every service once, on an empty database: what is wrong with a request is told before anything is looked up."""
    made = {name: await client_of(name, databases, issuer, tmp_path_factory.mktemp(name)) for name in SERVICES}
    yield made
    for client in made.values():
        await client.close()


async def asked(client: ServiceClient, method: str, path: str, **more: Any) -> httpx.Response:
    """What a request by an officer gets."""
    headers = {**client.as_("officer"), **more.pop("headers", {})}
    return await client.http.request(method, f"/v1/{path}", headers=headers, **more)


BODIES = {
    "required": ("intake", "applications", {**DRAFT, "manager": {"name": "박둘"}}, "/manager/standing", "employee"),
    "unknown": ("intake", "applications", {**DRAFT, "colour": "red"}, "/colour", "track, product, units"),
    "too_small": ("intake", "applications", {**DRAFT, "units": 0}, "/units", "1 이상 1,000,000 이하의 정수"),
    "too_large": ("intake", "applications", {**DRAFT, "months": 121}, "/months", "120 이하의 정수, 단위: 개월"),
    "not_a_whole_number": ("intake", "applications", {**DRAFT, "units": "1"}, "/units", "정수"),
    "not_a_text": ("intake", "applications", {**DRAFT, "track": 1}, "/track", "따옴표"),
    "too_long": ("intake", "applications", {**DRAFT, "title": "가" * 501}, "/title", "500자의 글"),
    "too_short": ("intake", "applications", {**DRAFT, "track": ""}, "/track", "1~40자의 글"),
    "wrong_pattern": ("intake", "applications", {**DRAFT, "programme": "ABC"}, "/programme", "gpu-rental-2025s"),
    "not_true_or_false": ("intake", "applications", {**DRAFT, "youth_claimed": "yes"}, "/youth_claimed", "true"),
    "not_a_date": ("intake", "applications", {**DRAFT, "wished_start": "내일"}, "/wished_start", "2025-09-01"),
    "too_early": ("intake", "applications", {**DRAFT, "wished_start": "1999-12-31"}, "/wished_start", "2000-01-01"),
    "too_late": ("intake", "applications", {**DRAFT, "wished_start": "2101-01-01"}, "/wished_start", "2100-12-31"),
    "not_an_object": ("intake", "applications", [DRAFT], "", "programme"),
    "without_offset": ("metering", "outages", {**OUTAGE, "started_at": "2025-10-01T10:00:00"}, "/started_at", "+09:00"),
    "not_one_of": ("metering", "outages", {**OUTAGE, "scope_kind": "planet"}, "/scope_kind", "provider, data_centre"),
    "nothing_visible": ("metering", "outages", {**OUTAGE, "scope_id": "\u3164"}, "/scope_id", "100자의 글"),
    "not_a_number": ("billing", "prices", {**PRICE, "wait_discount_pct": "x"}, "/wait_discount_pct", "단위: %"),
    "too_many_digits": ("billing", "prices", {**PRICE, "wait_discount_pct": "1.00001"}, "/wait_discount_pct", "4자리"),
    "too_few": ("allocator", "pools", {"pool_id": "p", "programme": "p", "server_ids": []}, "/server_ids", "2,000개"),
    "not_a_list": ("allocator", "pools", {"pool_id": "p", "programme": "p", "server_ids": "s"}, "/server_ids", "목록"),
    "too_many": (
        "allocator",
        "pools",
        {"pool_id": "p", "programme": "p", "server_ids": ["s"] * 2001},
        "/server_ids",
        "2,000개",
    ),
    "wrong_name": (
        "allocator",
        "placements",
        {"programme": "p", "preferences": {"a/b": "alpha"}},
        "/preferences/a~1b",
        "제어 문자가 없는 1~100자의 글",
    ),
}
"""Code → service, path, body, pointer, and what the Korean words must tell."""


@pytest.mark.parametrize("code", BODIES)
async def test_f_61_a_wrong_body_names_the_place_and_what_to_write(clients, code: str) -> None:
    """F-61: One wrong field: pointer, code, and words with bounds, values and unit."""
    service, path, body, pointer, tells = BODIES[code]
    answer = await asked(clients[service], "POST", path, json=body)
    (error,) = fields_of(answer)
    assert (error["in"], error["pointer"], error["code"]) == ("body", pointer, code)
    assert tells in error["messages"]["ko"]
    assert answer.json()["facts"]["count"] == 1


PARAMETERS = {
    "a query": ("billing", "prices?limit=201", {}, "query", "/limit", "too_large", "1 이상 200 이하의 정수"),
    "no number": ("billing", "prices?limit=x", {}, "query", "/limit", "not_a_whole_number", "정수"),
    "a missing query": ("review", "composites", {}, "query", "/programme", "required", "1~60자의 글"),
    "a state": ("intake", "applications?state=x", {}, "query", "/state", "not_one_of", "draft, submitted"),
    "an instant": ("metering", "usage/hours?from=x", {}, "query", "/from", "not_a_date", "시각"),
    "a path": ("review", "panels/none", {}, "path", "/panel_id", "wrong_pattern", "PN-000001"),
    "a number": ("billing", "settlements/S/lines/0", {}, "path", "/line_no", "too_small", "1 이상"),
    "a header": (
        "intake",
        "applications",
        {"Idempotency-Key": "x" * 201},
        "header",
        "/idempotency-key",
        "too_long",
        "1~200자의 글",
    ),
}


@pytest.mark.parametrize("case", PARAMETERS)
async def test_f_61_a_wrong_parameter_names_its_part(clients, case: str) -> None:
    """F-61: Of a parameter the part of the request is told, and `/name` as its pointer."""
    service, path, headers, part, pointer, code, tells = PARAMETERS[case]
    method, body = ("POST", DRAFT) if headers else ("GET", None)
    (error,) = fields_of(await asked(clients[service], method, path, json=body, headers=headers))
    assert (error["in"], error["pointer"], error["code"]) == (part, pointer, code)
    assert tells in error["messages"]["ko"]


def fields_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The wrong fields of a 422, each in two languages."""
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["code"] == "invalid_request"
    for error in problem["errors"]:
        assert error["code"] in FIELD_MESSAGES
        assert HANGUL.search(error["messages"]["ko"])
        assert not HANGUL.search(error["messages"]["en"])
    errors: list[dict[str, Any]] = problem["errors"]
    return errors


async def test_f_61_all_wrong_places_are_told_and_none_of_the_values(clients) -> None:
    """F-61: Several mistakes in one answer, deep ones too; what was sent, perhaps a secret, is nowhere in it."""
    secret = "880101-1234567"
    body = {
        "name": "한빛",
        "business_no": secret,
        "kind": secret,
        "legal_form": "corporation",
        "representatives": [PERSON, {"name": "", "born_on": secret}],
        "opened_on": "2015-01-01",
    }
    answer = await asked(clients["intake"], "POST", "organisations", json=body)
    told = {(one["pointer"], one["code"]) for one in fields_of(answer)}
    assert {("/representatives/1/name", "too_short"), ("/representatives/1/born_on", "not_a_date")} <= told
    assert ("/kind", "wrong_pattern") in told
    assert secret not in answer.text


async def test_f_61_of_very_many_mistakes_fifty_are_told_and_all_counted(clients) -> None:
    """F-61: An answer has a size: the first fifty fields, and how many there are."""
    body = {"pool_id": "p", "programme": "p", "server_ids": [1] * 300}
    answer = await asked(clients["allocator"], "POST", "pools", json=body)
    assert (len(fields_of(answer)), answer.json()["facts"]["count"]) == (50, 300)


async def test_f_61_a_definition_tells_its_mistakes_in_the_same_shape(clients) -> None:
    """F-61: A wrong definition has the same fields: part, path, pointer, code and words."""
    answer = await asked(clients["intake"], "POST", "programmes/check", json={"code": "x", "version": "1"})
    errors = answer.json()["errors"]
    assert {(one["in"], one["pointer"], one["code"]) for one in errors} >= {
        ("body", "/code", "wrong_pattern"),
        ("body", "/version", "not_a_whole_number"),
        ("body", "/billing", "required"),
    }


def test_f_61_a_pointer_is_one_of_rfc_6901() -> None:
    """F-61: `~` and `/` are escaped; what cannot be printed or is endless is shown so that it can."""
    assert json_pointer(["a/b", "~c", 0]) == "/a~1b/~0c/0"
    assert json_pointer(["\ud83d", "\x00"]) == "/\\ud83d/\\x00"
    assert len(json_pointer(["x" * 10_000])) == 101


def test_f_61_the_document_tells_the_shape(clients) -> None:
    """F-61: The OpenAPI document tells where a field stands, and lists every code."""
    shape = clients["intake"].app.openapi()["components"]["schemas"]["WrongFieldView"]
    assert set(shape["required"]) == {"in", "path", "pointer", "code", "messages"}
    assert shape["properties"]["code"]["enum"] == sorted(FIELD_MESSAGES)
    assert all(one["description"] for one in shape["properties"].values())


# What the framework can find wrong at all, read off its own schemas.

RAISED: dict[str, set[str]] = {
    "any": set(),
    "bool": {"bool_type", "bool_parsing"},
    "chain": set(),
    "date": {
        *("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        *("greater_than_equal", "less_than_equal"),
    },
    "datetime": {
        *("datetime_type", "datetime_parsing", "datetime_object_invalid", "datetime_from_date_parsing"),
        *("timezone_aware", "greater_than_equal", "less_than_equal"),
    },
    "decimal": {
        *("decimal_type", "decimal_parsing", "decimal_max_digits", "decimal_max_places", "decimal_whole_digits"),
        *("finite_number", "greater_than", "greater_than_equal", "less_than_equal"),
    },
    "default": set(),
    "dict": {"dict_type", "too_long", "too_short"},
    "function-after": {"too_long", "too_short"},
    "function-before": set(),
    "function-plain": {"value_error"},
    "function-wrap": {"greater_than_equal", "less_than_equal", "too_long", "too_short"},
    "int": {
        *("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
        *("greater_than", "greater_than_equal", "less_than_equal"),
    },
    "list": {"list_type", "too_long", "too_short"},
    "literal": {"literal_error"},
    "model": {"model_type", "model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden", "invalid_key"},
    "nullable": set(),
    "str": {"string_type", "string_unicode", "string_too_short", "string_too_long", "string_pattern_mismatch"},
}
"""Kind of the framework's schema → the errors that it can raise; a kind that is not here fails the test."""
OF_A_FILE = {"value_error"}
"""What only a place for a file raises: told as `not_a_file`."""


def routes() -> Iterator[APIRoute]:
    """Every route of every service."""
    for name in SERVICES:
        for router in (*service_named(name).routers, operator_routes.router):
            yield from (route for route in router.routes if isinstance(route, APIRoute))


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Every piece of the framework's schema of a value."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for name, below in node.items():
            if name not in ("metadata", "serialization", "config", "ref"):
                yield from schemas(below)
    elif isinstance(node, list | tuple):
        for below in node:
            yield from schemas(below)


def asked_schemas() -> Iterator[dict[str, Any]]:
    """Every piece of the schema of everything that any route asks for."""
    for route in routes():
        fields = [*get_flat_params(route.dependant), *([route.body_field] if route.body_field else [])]
        for field in fields:
            yield from schemas(field._type_adapter.core_schema)


def test_f_61_every_error_that_a_request_can_raise_has_words() -> None:
    """F-61: Each error type that some route's model can raise has a code of its own, not the last resort."""
    kinds = {str(schema["type"]) for schema in asked_schemas()} - {"model-field", "no-info", "with-info"}
    assert kinds <= set(RAISED), "a new kind: list what it can raise"
    reachable = set().union(*(RAISED[kind] for kind in kinds)) | {"json_invalid", "missing"}
    assert reachable <= set(get_args(ErrorType))
    assert {one for one in reachable - OF_A_FILE if code_of(one) == OTHER} == set()
    assert set(CODES.values()) <= set(FIELD_MESSAGES)


@pytest.mark.parametrize("error_type", [*get_args(ErrorType), "made_up"])
def test_f_61_no_error_falls_to_the_frameworks_english(error_type: str) -> None:
    """F-61: Any error that the framework knows, or will know, is told in plain sentences of ours."""
    error = {"type": error_type, "loc": ("body", "x"), "msg": "Input should be plain English", "input": "s3cret"}
    (told,) = invalid_request(None, [error]).fields
    assert told.code in FIELD_MESSAGES
    assert "should" not in told.en + told.ko
    assert "s3cret" not in told.en + told.ko


def checks(schema: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Our own functions in a schema."""
    function = schema["function"]["function"] if schema["type"].startswith("function") else None
    if callable(function) and not isinstance(function, partial) and "pydantic" not in str(function.__module__):
        yield function


def test_f_61_a_check_of_ours_raises_a_code_that_has_words() -> None:
    """F-61: A function that checks one value of a request raises `unfit(code)` alone, and the code has words."""
    found = {function for schema in asked_schemas() for function in checks(schema)}
    ours = {one for one in found if not str(getattr(one, "__module__", "")).startswith("fastapi")}
    assert len(ours) >= 5
    for function in ours:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        for raised in (node for node in ast.walk(tree) if isinstance(node, ast.Raise)):
            assert isinstance(raised.exc, ast.Call), function
            assert ast.unparse(raised.exc.func).endswith("unfit"), function
            (code,) = raised.exc.args
            assert isinstance(code, ast.Constant), function
            assert code.value in FIELD_MESSAGES, function


def leaves(annotation: Any) -> Iterator[Any]:
    """The annotations of all places below one that take a text by a pattern."""
    kind = bare(annotation)
    if hasattr(kind, "model_fields"):
        for field in kind.model_fields.values():
            yield from leaves(whole(field))
    elif get_args(kind) and kind is not Any:
        for below in get_args(kind):
            yield from leaves(below)
    else:
        yield annotation


def test_f_61_every_pattern_is_told_in_words() -> None:
    """F-61: Nobody is shown a regular expression: each pattern has words, beside it or in the list of common ones."""
    silent = set()
    for route in routes():
        asked_for = asked_by(route)
        for annotation in (*asked_for.parameters.values(), asked_for.body):
            for leaf in leaves(annotation):
                pattern = limits(leaf).get("pattern")
                if pattern and pattern not in FORMS and said_beside(leaf) is None:
                    silent.add(pattern)
    assert silent == set()


@pytest.mark.parametrize("code", FIELD_MESSAGES)
def test_f_61_every_code_speaks_both_languages(code: str) -> None:
    """F-61: No code's words leave a placeholder or show a language in the other."""
    told = wrong_field(code, ["a"], write=expected(int))
    assert HANGUL.search(told.ko)
    assert "{" not in told.ko + told.en
    assert not HANGUL.search(told.en)


async def test_f_61_a_file_that_is_none(clients) -> None:
    """F-61: Where a file belongs a text is told so; a form without its fields names each."""
    path = "applications/A-000001/documents"
    text = {"kind": (None, "plan"), "file": (None, "text")}
    (error,) = fields_of(await asked(clients["intake"], "POST", path, files=text))
    assert (error["pointer"], error["code"]) == ("/file", "not_a_file")
    missing = fields_of(await asked(clients["intake"], "POST", path, files={"other": b"x"}))
    assert {(one["pointer"], one["code"]) for one in missing} == {("/kind", "required"), ("/file", "required")}
