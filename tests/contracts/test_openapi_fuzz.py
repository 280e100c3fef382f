"""Requests made from each service's OpenAPI document, right and wrong ones, get documented answers and never a 5xx."""

import asyncio
import itertools
import os
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import ServiceClient
from tests.contracts.furnished import FURNISH, Known

ROLES = ("officer", "operator", "provider", "applicant", "reviewer")
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 4}
LONG_REQUESTS = int(os.environ.get("DURE_LONG", "0"))
"""In a long run: how many requests in all, spread evenly over the routes of the five services."""
CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance]
CHECKS += [response_schema_conformance]
SENT = ("method", "url", "headers", "params", "cookies", "json", "data", "files")
FAILURES_TOLD_MAX = 40


class Walk:
    """One service under generated requests: who may call what, what is known, what went wrong."""

    def __init__(self, client: ServiceClient, known: Known) -> None:
        self._client = client
        self._known = known
        self._loop = asyncio.get_running_loop()
        self._keys = itertools.count()
        self.wrong: dict[str, str] = {}
        self.answers: dict[int, int] = {}

    def run(self) -> None:
        """Every operation: its own example, then generated requests. Runs beside the loop that serves them."""
        schema = schemathesis.openapi.from_dict(self._client.app.openapi())
        for found in schema.get_all_operations():
            operation = found.ok()
            roles = [role for role in ROLES if self._may(operation, role)]
            for media_type, content in operation.definition.raw.get("requestBody", {}).get("content", {}).items():
                for body, role in itertools.product(self._examples(content), roles):
                    self._check(operation.Case(body=body, media_type=media_type), role, 1)
            for mode, count in self._examples_each().items():
                self._generate(operation, roles, mode, count)

    def _examples_each(self) -> dict[GenerationMode, int]:
        """How many requests one operation gets, right and wrong ones."""
        operations = sum(len(methods) for methods in self._client.app.openapi()["paths"].values())
        share = LONG_REQUESTS // (len(FURNISH) * operations * len(EXAMPLES))
        return {mode: max(count, share) for mode, count in EXAMPLES.items()}

    def _generate(self, operation: Any, roles: list[str], mode: GenerationMode, count: int) -> None:
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.sampled_from(roles), st.integers(0, 3))
        def each(case: Case, role: str, nth: int) -> None:
            self._check(case, role, nth)

        each()

    def _examples(self, content: dict[str, Any]) -> list[Any]:
        if "example" in content:
            return [content["example"]]
        schema = content["schema"]
        if "$ref" in schema:
            schema = self._client.app.openapi()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema.get("examples", [])

    def _may(self, operation: Any, role: str) -> bool:
        path = operation.path
        for name in _names(path):
            path = path.replace(f"{{{name}}}", str(self._known.get(name, ["1"])[0]))
        return self._send(operation.method.upper(), path, self._headers(role)).status_code != 403

    def _headers(self, role: str) -> dict[str, str]:
        organisation = {"provider": "alpha", "applicant": self._known.get("organisation_id", ["O-A-000001"])[0]}
        return self._client.as_(role, organisation_id=organisation.get(role, ""))

    def _send(self, method: str, url: str, headers: dict[str, str], content: Any = None) -> httpx.Response:
        sending = self._client.http.request(method, url, headers=headers, content=content)
        return asyncio.run_coroutine_threadsafe(sending, self._loop).result(60)

    def _check(self, case: Case, role: str, nth: int) -> None:
        if nth:
            self._put_known(case, nth - 1)
        told = case.as_transport_kwargs(base_url="http://service")
        request = requests.Request(**{name: told[name] for name in SENT if name in told}).prepare()
        headers = {**request.headers, **self._headers(role)}
        if "idempotency-key" in headers:
            headers["idempotency-key"] = f"key-{next(self._keys)}"
        answer = self._send(str(request.method), str(request.url), headers, request.body)
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            body = request.body[:600] if request.body else ""
            why = "; ".join(f"{one.title}: {one.message}" for one in getattr(failure, "exceptions", [failure]))
            place = f"{case.operation.label} {answer.status_code}"
            self.wrong.setdefault(
                place, f"{place} as {role}: {request.url} {body!r}\n  {why[:600]}\n  {answer.text[:300]}"
            )

    def _put_known(self, case: Case, nth: int) -> None:
        for name in case.path_parameters:
            case.path_parameters[name] = self._nth(name, nth, case.path_parameters[name])
        for name in _names(case.operation.path):
            case.path_parameters.setdefault(name, self._nth(name, nth, "1"))
        if isinstance(case.query, dict):
            for name in case.query:
                case.query[name] = self._nth(name, nth, case.query[name])
        self._put_into(case.body, nth)

    def _put_into(self, body: Any, nth: int) -> None:
        if isinstance(body, list):
            for one in body:
                self._put_into(one, nth)
        elif isinstance(body, dict):
            for name in body:
                body[name] = self._nth(name, nth, body[name])
                self._put_into(body[name], nth)

    def _nth(self, name: str, nth: int, otherwise: Any) -> Any:
        values = self._known.get(name)
        return values[nth % len(values)] if values else otherwise


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


@pytest.mark.slow
@pytest.mark.timeout(0 if LONG_REQUESTS else 300)
@pytest.mark.parametrize("name", FURNISH)
async def test_generated_requests_get_documented_answers(name, service_client) -> None:
    """No server error, no undocumented status or content type, no answer outside its schema; not only refusals."""
    client = await service_client(name)
    walk = Walk(client, await FURNISH[name](client))
    await asyncio.to_thread(walk.run)
    assert not walk.wrong, "\n".join(list(walk.wrong.values())[:FAILURES_TOLD_MAX])
    assert sum(walk.answers.get(status, 0) for status in (200, 201, 204)) > sum(walk.answers.values()) // 10
