"""Requests made from each service's OpenAPI document, right, wrong and hostile ones, get documented answers, no 5xx."""

import asyncio
import itertools
import math
import os
import re
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
from tests.contracts.hostile import Attack, Operation

ROLES = ("officer", "operator", "provider", "applicant", "reviewer")
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 4}
KINDS = len(EXAMPLES) + 1
"""Right, wrong and hostile ones."""
LONG_REQUESTS = int(os.environ.get("DURE_LONG", "0"))
"""In a long run: how many requests in all, spread evenly over the routes of the five services."""
CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance]
CHECKS += [response_schema_conformance]
SENT = ("method", "url", "headers", "params", "cookies", "json", "data", "files")
FAILURES_TOLD_MAX = 40
HANGUL = re.compile("[가-힣]")
LIBRARY_ENGLISH = re.compile(r"[Ii]nput should|should (be|have)|Expected `|valid (integer|string|list)|JSON decode")
"""How pydantic, msgspec and the JSON decoder speak; no problem does."""


class Walk:
    """One service under generated requests: who may call what, what is known, what went wrong."""

    def __init__(self, client: ServiceClient, known: Known) -> None:
        self._client = client
        self._known = known
        self._loop = asyncio.get_running_loop()
        self._keys = itertools.count()
        self.wrong: dict[str, str] = {}
        self.answers: dict[int, int] = {}
        self.attacked: dict[int, int] = {}
        self._validated: set[str] = set()

    def run(self) -> None:
        """Every operation: its own example, then generated requests. Runs beside the loop that serves them."""
        schema = schemathesis.openapi.from_dict(self._client.app.openapi())
        for found in schema.get_all_operations():
            operation = found.ok()
            roles = [role for role in ROLES if self._may(operation, role)]
            for media_type, content in operation.definition.raw.get("requestBody", {}).get("content", {}).items():
                for body, role in itertools.product(self._examples(content), roles):
                    self._check(operation.Case(body=body, media_type=media_type), role, 1)
            before = self.made()
            for mode, count in self._examples_each().items():
                self._generate(operation, roles, mode, count)
            self._attack(operation, roles[0], self._share() * KINDS - (self.made() - before))

    def made(self) -> int:
        """How many requests were made so far."""
        return sum(self.answers.values()) + sum(self.attacked.values())

    def _attack(self, operation: Any, role: str, more: int) -> None:
        """Every hostile request that the operation has a place for, and `more` again.

        In a long run that makes up for generated ones: of some operations there are few different ones.
        """
        document, name = self._client.app.openapi(), self._client.service.name
        hostile = Operation(name, document, operation.path, operation.method, self._known)
        for attack in itertools.chain(hostile.attacks(), hostile.more(max(0, more))):
            headers = {**attack.headers, **self._headers(role)}
            answer = self._send(operation.method.upper(), attack.url, headers, attack.body)
            self.attacked[answer.status_code] = self.attacked.get(answer.status_code, 0) + 1
            sent = f"{role}: {attack.what} {attack.url[:200]} {(attack.body or b'')[:300]!r}"
            case = operation.Case(path_parameters=dict.fromkeys(_names(operation.path), "1"))
            self._judge(case, answer, sent, once=True)
            if wrong := _misread(operation, attack, answer):
                self.wrong.setdefault(f"{operation.label} {wrong}", f"{operation.label}: {attack.what}: {wrong}")

    def _examples_each(self) -> dict[GenerationMode, int]:
        """How many requests one operation gets, right and wrong ones."""
        return {mode: max(count, self._share()) for mode, count in EXAMPLES.items()}

    def _share(self) -> int:
        """How many requests of one kind (right, wrong, hostile) one operation gets of a long run's, rounded up."""
        operations = sum(len(methods) for methods in self._client.app.openapi()["paths"].values())
        return math.ceil(LONG_REQUESTS / (len(FURNISH) * operations * KINDS))

    def _generate(self, operation: Any, roles: list[str], mode: GenerationMode, count: int) -> None:
        if mode is GenerationMode.NEGATIVE and self._takes_nothing(operation):
            return

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

    def _takes_nothing(self, operation: Any) -> bool:
        """Whether a request has neither parameter, body nor token: nothing of it can be wrong."""
        told = self._client.app.openapi()["paths"][operation.path][operation.method.lower()]
        return not {"parameters", "requestBody", "security"} & told.keys()

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
        told = {name: value.encode("latin-1") for name, value in headers.items()}
        sending = self._client.http.request(method, url, headers=told, content=content)
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
        body = request.body[:600] if request.body else ""
        self._judge(case, answer, f"{role}: {request.url} {body!r}")

    def _judge(self, case: Case, answer: httpx.Response, sent: str, *, once: bool = False) -> None:
        """Note what is wrong with an answer: not documented (`once`: for each status one), or not told in our words."""
        place = f"{case.operation.label} {answer.status_code}"
        try:
            if not once or place not in self._validated:
                case.validate_response(answer, checks=CHECKS)
            self._validated.add(place)
        except (Failure, FailureGroup) as failure:
            why = "; ".join(f"{one.title}: {one.message}" for one in getattr(failure, "exceptions", [failure]))
            self.wrong.setdefault(place, f"{place} as {sent}\n  {why[:600]}\n  {answer.text[:300]}")
        if answer.status_code >= 400 and (mute := _mute(answer.json())):
            self.wrong.setdefault(f"{place} {mute}", f"{place} as {sent}\n  {mute}\n  {answer.text[:600]}")

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


def _mute(problem: dict[str, Any]) -> str:
    """What a problem does not say as people need it; empty where it does."""
    words = [problem["messages"], *(one["messages"] for one in (*problem["errors"], *problem["refusals"]))]
    if not all(HANGUL.search(one["ko"]) and one["en"] for one in words):
        return "a message without Korean or English"
    if any(LIBRARY_ENGLISH.search(one["ko"] + one["en"]) for one in words):
        return "a library's English"
    if problem["code"] == "invalid_request" and not problem["errors"]:
        return "no wrong field named"
    return ""


def _misread(operation: Any, attack: Attack, answer: httpx.Response) -> str:
    """What an answer that is documented gets wrong all the same; empty where nothing."""
    if attack.what.endswith("a mark before it") and any(
        code in answer.text for code in ("not_json", "batch_malformed")
    ):
        return "a byte order mark is taken for a part of the body"
    batch = operation.definition.raw["operationId"] == "report_usage"
    if batch and attack.keeps_the_batch and answer.status_code != 200:
        return f"one item refuses its batch: {answer.text[:200]}"
    if " cursor " in attack.what and answer.status_code not in (200, 400):
        return "a forged cursor is not 400"
    return ""


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


@pytest.mark.slow
@pytest.mark.timeout(0 if LONG_REQUESTS else 300)
@pytest.mark.parametrize("name", FURNISH)
async def test_generated_requests_get_documented_answers(name, service_client, capsys) -> None:
    """No server error, no undocumented status or content type, no answer outside its schema; not only refusals.

    A long run makes its whole number of requests, and says how many those were.
    """
    client = await service_client(name)
    walk = Walk(client, await FURNISH[name](client))
    await asyncio.to_thread(walk.run)
    if LONG_REQUESTS:
        with capsys.disabled():
            print(f"\n{name}: {walk.made()} requests, {sum(walk.attacked.values())} of them hostile")  # noqa: T201
    assert walk.made() >= LONG_REQUESTS // len(FURNISH)
    assert not walk.wrong, "\n".join(list(walk.wrong.values())[:FAILURES_TOLD_MAX])
    assert sum(walk.answers.get(status, 0) for status in (200, 201, 204)) > sum(walk.answers.values()) // 10
    assert walk.attacked.get(422, 0) > sum(walk.attacked.values()) // 4
