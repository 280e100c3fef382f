"""What each service promises in its OpenAPI document, and that no route of it is open to whoever should not call it."""

import base64
import hmac
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from openapi_spec_validator import validate

from libs.common.identity import ROLES
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from tests.conftest import Databases, ServiceClient
from tests.contracts.furnished import client_of

SERVICES = ("intake", "review", "allocator", "metering", "billing")
PROBLEM = "application/problem+json"
HANGUL = re.compile("[가-힣]")
OPEN_TO_ALL_ROLES = {
    *("list_programmes", "get_programme"),
    *("list_grants", "get_grant", "list_sessions", "get_session"),
    *("list_usage_hours", "list_usage_events", "read_discounts"),
    "get_self_payment",
}
"""What everyone may call: public definitions, and reads that show each caller only what is their own."""
DRY_RUNS = {"check_application", "check_programme"}
"""Commands that change nothing, open to auditors too."""
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module", params=SERVICES)
async def client(
    request: pytest.FixtureRequest, databases: Databases, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServiceClient]:
    """Each service once for all tests of this file, on an empty database: none of them changes anything."""
    made = await client_of(request.param, databases, issuer, tmp_path_factory.mktemp(request.param))
    yield made
    await made.close()


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Method, path and description of every operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def filled(path: str, operation: dict[str, Any]) -> str:
    """A path with something in every place."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            number = parameter["schema"].get("type") == "integer"
            path = path.replace(f"{{{parameter['name']}}}", "1" if number else "X-000001")
    assert "{" not in path
    return path


def has_example(document: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether a body shows what it looks like; of a form, whether each field does that is no file or day."""
    schema = content["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in schema:
        return any(has_example(document, {"schema": one}) for one in schema["anyOf"])
    fields = [f for f in schema.get("properties", {}).values() if "contentMediaType" not in f and "format" not in f]
    shown = content.get("example") or content.get("examples") or schema.get("examples")
    file_alone = bool(schema.get("properties")) and not fields
    return bool(shown) or file_alone or (bool(fields) and all(field.get("examples") for field in fields))


async def test_the_document_is_valid_openapi(client: ServiceClient) -> None:
    """The document that a service serves holds against the OpenAPI 3.1 specification."""
    served = await client.http.get("/openapi.json")
    assert served.json() == client.app.openapi()
    validate(served.json())


def is_public(path: str) -> bool:
    """Whether everybody may ask it without a token (MS-5); `tests/architecture/test_routes.py` lists them."""
    return path.startswith("/v1/public/")


def closed(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """The operations that ask for a token."""
    return [one for one in operations(document) if not is_public(one[1])]


async def test_every_operation_is_told_as_the_house_tells_it(client: ServiceClient) -> None:
    """Unique operationId, tag, Korean-first summary, description, example of the body, bearer security."""
    document = client.app.openapi()
    schemes = document["components"]["securitySchemes"]
    seen: set[str] = set()
    wrong: list[str] = []
    for method, path, operation in operations(document):
        korean, _, english = operation["summary"].partition(" · ")
        bodies = operation.get("requestBody", {}).get("content", {}).values()
        held = {
            "operationId": operation["operationId"] not in seen,
            "tag": bool(operation.get("tags")),
            "summary": bool(HANGUL.search(korean) and english and not HANGUL.search(english)),
            "description": bool(operation.get("description")),
            "example": all(has_example(document, content) for content in bodies),
            "security": is_public(path)
            != any(schemes[name]["scheme"] == "bearer" for one in operation.get("security", []) for name in one),
        }
        seen.add(operation["operationId"])
        wrong += [f"{method} {path}: {name}" for name, holds in held.items() if not holds]
    assert not wrong


async def test_every_declared_error_is_a_problem(client: ServiceClient) -> None:
    """Each error answer is told as RFC 9457 problem details with its schema, and the usual ones are told of all."""
    for method, path, operation in operations(client.app.openapi()):
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"401", "403", "422", "503"} <= set(errors), f"{method} {path}"
        assert "413" in errors or "requestBody" not in operation, f"{method} {path}"
        for status, answer in errors.items():
            told = {media: content["schema"]["$ref"] for media, content in answer["content"].items()}
            assert told == {PROBLEM: "#/components/schemas/Problem"}, f"{method} {path} {status}"


def _encoded(part: dict[str, Any]) -> str:
    return _plain(json.dumps(part).encode())


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.fixture
async def foreign_tokens(issuer: Issuer, tmp_path: Path) -> dict[str, str]:
    """Tokens that must not open anything, by what is wrong with them."""
    key = issuer._key
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "officer-1", "roles": list(ROLES), "exp": 4_000_000_000}
    header = {"alg": "ES256", "kid": key.kid}
    public = key.as_pem(private=False)
    confused = f"{_encoded({'alg': 'HS256', 'kid': key.kid})}.{_encoded(good)}"
    return {
        "another key": Issuer.open(tmp_path / "other.json").token(*ROLES),
        "another issuer": jwt.encode(header, {**good, "iss": "urn:somebody-else"}, key),
        "another audience": jwt.encode(header, {**good, "aud": "somebody-else"}, key),
        "expired": issuer.token(*ROLES, valid_s=-60),
        "no expiry": jwt.encode(header, {k: v for k, v in good.items() if k != "exp"}, key),
        "alg none": f"{_encoded({'alg': 'none'})}.{_encoded(good)}.",
        "public key as secret": f"{confused}.{_plain(hmac.digest(public, confused.encode(), 'sha256'))}",
        "no token at all": "nonsense",
    }


async def test_every_route_refuses_whoever_has_no_valid_token(
    client: ServiceClient, foreign_tokens: dict[str, str]
) -> None:
    """Without a token, and with each kind of false one, every operation answers 401 as a problem."""
    for method, path, operation in closed(client.app.openapi()):
        for why, token in {"none": None, **foreign_tokens}.items():
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            answer = await client.http.request(method, filled(path, operation), headers=headers)
            assert answer.status_code == 401, f"{method} {path} with {why}: {answer.text}"
            assert answer.headers["content-type"] == PROBLEM
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "unauthorised"


async def test_every_route_refuses_roles_without_rights(client: ServiceClient) -> None:
    """A token without a role opens nothing, an auditor's changes nothing, and hardly a route is open to all roles."""
    open_to_all: set[str] = set()
    for method, path, operation in closed(client.app.openapi()):
        path = filled(path, operation)  # noqa: PLW2901 - the same path, filled
        refused = set()
        for role in (*ROLES, "stranger"):
            answer = await client.http.request(method, path, headers=client.as_(role, organisation_id="O-1"))
            assert answer.status_code != 401, f"{method} {path} as {role}"
            if answer.status_code == 403:
                refused.add(role)
                assert answer.headers["content-type"] == PROBLEM
                assert answer.json()["code"] == "forbidden"
        assert "stranger" in refused, f"{method} {path}"
        assert method == "GET" or "auditor" in refused or operation["operationId"] in DRY_RUNS, f"{method} {path}"
        if len(refused) == 1:
            open_to_all.add(operation["operationId"])
    assert open_to_all <= OPEN_TO_ALL_ROLES


@pytest.mark.parametrize("page", ["docs", "redoc"])
async def test_the_documentation_needs_no_internet(client: ServiceClient, page: str) -> None:
    """The pages name no address outside this server, and everything that they name is served."""
    answer = await client.http.get(f"/{page}")
    assert answer.status_code == 200
    assert not re.findall(r"""(?:https?:)?//[\w.-]+\.\w+""", answer.text)
    named = re.findall(r"""(?:src|href|spec-url)=["']([^"']+)["']""", answer.text)
    named += re.findall(r"""url: ["']([^"']+)["']""", answer.text)
    assert any(name.endswith(".js") for name in named)
    assert "/openapi.json" in named
    for name in named:
        assert (await client.http.get(name)).status_code == 200, name


async def test_health_readiness_and_metrics_answer_without_a_token(client: ServiceClient) -> None:
    """Probes and Prometheus get their answers; a database out of reach shows in readiness alone."""
    assert (await client.http.get("/healthz")).json() == {"status": "alive"}
    ready = await client.http.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    metrics = await client.http.get("/metrics")
    assert metrics.status_code == 200
    assert "outbox" in metrics.text
