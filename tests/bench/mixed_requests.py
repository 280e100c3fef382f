"""A small programme in use, and the requests that all its people send in turn: reads, commands, uploads, errors."""

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from demo.api import Api
from demo.p1 import CODE, P1, START, Size
from demo.people import business_number, pdf
from demo.supply import introduce
from demo.usage import Held, event
from libs.embedded.home import Home
from libs.embedded.issuer import Issuer

SIZE = Size(shares={"1": 2, "2": 6, "3": 2}, beyond={"1": 1, "2": 1, "3": 1}, held_back=0)
CARDS = 6
USAGE_BATCH = 200
UPLOAD_BYTES = 300_000
NUMBERS_FROM = 5_000
Ask = Callable[[], tuple[str, str, dict[str, Any]]]
"""Method, path and what else httpx is told."""


class Mix:
    """Who asks what, in turn; the same requests in every run."""

    def __init__(self, api: Api, grants: list[dict[str, Any]], applications: list[str]) -> None:
        self._api = api
        self._grants = itertools.cycle(grants)
        self._applications = itertools.cycle(applications)
        self._nth = itertools.count(1)
        self._asks: Iterator[Ask] = itertools.cycle((*self._reads(), *self._commands(), *self._wrong()))

    def request(self, client: httpx.AsyncClient, number: int) -> httpx.Request:
        """The next request of somebody; every command has a key of its own."""
        method, path, told = next(self._asks)()
        headers = {**told.pop("headers", {}), "Idempotency-Key": f"mix-{number}"}
        return client.build_request(method, path, headers=headers, **told)

    def _as(self, role: str, org: str = "") -> dict[str, str]:
        return self._api.headers(role, org, f"{role}-{next(self._nth) % 25}")

    def _reads(self) -> tuple[Ask, ...]:
        pages = (
            ("officer", "/intake/v1/programmes"),
            ("applicant", f"/intake/v1/programmes/{CODE}"),
            ("officer", "/intake/v1/organisations?limit=100"),
            ("auditor", "/intake/v1/applications?limit=100"),
            ("officer", f"/review/v1/panels?programme={CODE}"),
            ("officer", f"/review/v1/summary?programme={CODE}"),
            ("officer", f"/review/v1/composites?programme={CODE}&track=2&stage=document"),
            ("operator", f"/allocator/v1/grants?programme={CODE}&limit=100"),
            ("operator", "/allocator/v1/sessions?limit=100"),
            ("officer", f"/allocator/v1/pools?programme={CODE}"),
            ("officer", f"/allocator/v1/summary?programme={CODE}"),
            ("auditor", "/metering/v1/outages"),
            ("officer", "/metering/v1/statements"),
            ("officer", f"/billing/v1/budget/{CODE}"),
            ("auditor", "/billing/v1/ledger?limit=100"),
            ("officer", "/billing/v1/self-payments?limit=100"),
            ("officer", "/billing/v1/prices"),
        )
        services = ("intake", "review", "allocator", "metering", "billing")
        documents = itertools.cycle(
            f"/{name}/{page}" for name in services for page in ("openapi.json", "docs", "metrics")
        )

        def read(role: str, path: str) -> Ask:
            return lambda: ("GET", path, {"headers": self._as(role)})

        return (
            *(read(role, path) for role, path in pages),
            lambda: ("GET", f"/intake/v1/applications/{next(self._applications)}", {"headers": self._as("officer")}),
            lambda: ("GET", f"/allocator/v1/grants/{next(self._grants)['grant_id']}", {"headers": self._as("officer")}),
            lambda: ("GET", next(documents), {}),
        )

    def _commands(self) -> tuple[Ask, ...]:
        return (self._register, self._upload, self._check, self._report, self._session, self._release, self._outage)

    def _register(self) -> tuple[str, str, dict[str, Any]]:
        nth = next(self._nth)
        body = {
            "name": f"기관 {nth}",
            "business_no": business_number(NUMBERS_FROM + nth),
            "kind": "sme",
            "legal_form": "corporation",
            "representatives": [{"name": "김하나", "born_on": "1975-05-05"}],
            "opened_on": "2019-03-04",
            "affiliates": [],
        }
        return "POST", "/intake/v1/organisations", {"headers": self._as("officer"), "json": body}

    def _upload(self) -> tuple[str, str, dict[str, Any]]:
        nth = next(self._nth)
        content = pdf("plan") + nth.to_bytes(8) * (UPLOAD_BYTES // 8)
        files = {"file": (f"[기관 {nth}] 1_plan.pdf", content, "application/pdf")}
        path = f"/intake/v1/applications/{next(self._applications)}/documents"
        return "POST", path, {"headers": self._as("applicant"), "data": {"kind": "plan"}, "files": files}

    def _check(self) -> tuple[str, str, dict[str, Any]]:
        return "POST", f"/intake/v1/applications/{next(self._applications)}/check", {"headers": self._as("officer")}

    def _report(self) -> tuple[str, str, dict[str, Any]]:
        grant, nth = next(self._grants), next(self._nth)
        held = Held(grant["provider_id"], grant["grant_id"], None, 1, START, START + dt.timedelta(days=30))
        hours = (START.astimezone(dt.UTC) + dt.timedelta(hours=n) for n in range(USAGE_BATCH))
        events = [event(held, hour, 3_600, 40.5, suffix=f"-{nth}") for hour in hours]
        return "POST", "/metering/v1/usage", {"headers": self._as("provider", held.provider_id), "json": events}

    def _session(self) -> tuple[str, str, dict[str, Any]]:
        grant = next(self._grants)
        body = {"grant_id": grant["grant_id"], "units": 1, "max_duration_s": 7_200}
        headers = self._as("applicant", grant["organisation_id"])
        return "POST", "/allocator/v1/sessions", {"headers": headers, "json": body}

    def _release(self) -> tuple[str, str, dict[str, Any]]:
        path = f"/allocator/v1/sessions/S-{next(self._nth) % 500 + 1:06d}/release"
        return "POST", path, {"headers": self._as("officer")}

    def _outage(self) -> tuple[str, str, dict[str, Any]]:
        at = START + dt.timedelta(minutes=next(self._nth) % 600)
        body = {
            "provider_id": "alpha",
            "scope_kind": "data_centre",
            "scope_id": "alpha-dc1",
            "started_at": at.isoformat(),
            "ended_at": (at + dt.timedelta(minutes=1)).isoformat(),
            "reason": "전원 공급 장치 고장",
        }
        return "POST", "/metering/v1/outages", {"headers": self._as("operator"), "json": body}

    def _wrong(self) -> tuple[Ask, ...]:
        absurd = json.dumps([{"id": "\udc00", "data": {"held_s": -1}}] * 50)
        return (
            lambda: ("GET", f"/intake/v1/applications/A-{next(self._nth)}", {"headers": self._as("officer")}),
            lambda: ("GET", f"/billing/v1/settlements/{next(self._nth)}", {"headers": self._as("officer")}),
            lambda: ("GET", f"/nowhere/{next(self._nth)}", {}),
            lambda: ("GET", "/review/v1/panels", {}),
            lambda: ("GET", "/review/v1/panels", {"headers": {"Authorization": f"Bearer x{next(self._nth)}.y.z"}}),
            lambda: ("POST", "/billing/v1/prices", {"headers": self._as("applicant"), "json": {}}),
            lambda: (
                "POST",
                "/review/v1/sheets",
                {"headers": self._as("reviewer"), "json": {"scores": next(self._nth)}},
            ),
            lambda: ("POST", "/metering/v1/usage", {"headers": self._as("provider", "alpha"), "content": absurd}),
            lambda: ("GET", "/allocator/v1/grants?cursor=WyJcdWQ4M2QiXQ", {"headers": self._as("operator")}),
        )


def furnish(url: str, home: Home) -> Mix:
    """Play a small programme up to the day on which its grants begin; then the mix over what is there."""
    api = Api(url, Issuer.open(home.key))
    api.clock(dt.datetime.fromisoformat("2025-08-01T09:00:00+09:00"))
    introduce(api)
    p1 = P1(api, 1, CARDS, SIZE)
    p1.open()
    p1.apply(_unseen)
    p1.review(_unseen)
    p1.select()
    p1.agree(_unseen)
    p1.supply()
    p1.place()
    api.clock(START)
    p1.activate()
    api.clock(START + dt.timedelta(days=31))
    return Mix(api, p1.grants(), list(p1.outcome.submitted))


def _unseen() -> None:
    """Nobody watches the progress."""
