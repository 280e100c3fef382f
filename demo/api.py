"""How the demo's people speak to the services: REST with tokens of their own, and a clock that the demo moves."""

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

import httpx

from libs.common.clock import SystemClock
from libs.embedded.issuer import Issuer

TIMEOUT_S = 300
SECOND_OFFICER = "demo-officer-second"
"""Who confirms what the demo's first officer proposes."""


class Unexpected(Exception):
    """A service answered something else than the demo counts on."""


class Api:
    """The five services of a running server, seen by any of the demo's people."""

    def __init__(self, url: str, issuer: Issuer) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False, headers={"X-Dure-Demo": "played"})
        self._issuer = issuer
        self._tokens: dict[tuple[str, str, str], dict[str, str]] = {}
        self._keys = itertools.count(1)
        self.now = SystemClock().now()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def headers(self, role: str, org: str = "", subject: str = "") -> dict[str, str]:
        """The bearer token of somebody with this role, of this organisation or provider."""
        who = (role, org, subject)
        if who not in self._tokens:
            token = self._issuer.token(role, organisation_id=org, subject=subject or f"demo-{role}-{org}".rstrip("-"))
            self._tokens[who] = {"Authorization": f"Bearer {token}"}
        return self._tokens[who]

    def ask(
        self,
        method: str,
        path: str,
        *,
        role: str = "officer",
        org: str = "",
        subject: str = "",
        expect: tuple[int, ...] = (200, 201, 204),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request; commands carry an idempotency key. Raises Unexpected for a status that is not expected."""
        sent = {**self.headers(role, org, subject), **(headers or {})}
        if method == "POST":
            sent.setdefault("Idempotency-Key", f"demo-{next(self._keys)}")
        answer = self._http.request(method, path, headers=sent, **more)
        if answer.status_code not in expect:
            raise Unexpected(f"{method} {path} → {answer.status_code}: {answer.text[:1500]}")
        return answer

    def get(self, path: str, **more: Any) -> Any:
        """The decoded answer of a GET."""
        return self.ask("GET", path, **more).json()

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """The decoded answer of a POST."""
        answer = self.ask("POST", path, json=body, **more) if body is not None else self.ask("POST", path, **more)
        return answer.json() if answer.content else None

    def two_people(self, path: str, body: dict[str, Any], reason: str) -> Any:
        """What one officer proposes and another confirms (BL-13); returns the confirmed proposal."""
        proposed = self.post(path, {**body, "reason": reason})
        service = path.split("/")[1]
        confirm = f"/{service}/v1/proposals/{proposed['proposal_id']}/confirm"
        return self.post(confirm, {"reason": "근거 확인"}, subject=SECOND_OFFICER)

    def all(self, path: str, **more: Any) -> list[Any]:
        """All items of a list, page after page."""
        items: list[Any] = []
        params = {"limit": 200, **more.pop("params", {})}
        while True:
            page = self.get(path, params=params, **more)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            params["cursor"] = page["next_cursor"]

    def clock(self, at: dt.datetime, *, rest: bool = True) -> None:
        """Move the simulated time; with `rest`, wait until all events are delivered and all jobs have run."""
        body = {"at": at.isoformat(), "hold_jobs": True, "rest": rest}
        told = self.ask("PUT", "/embedded/v1/clock", role="operator", json=body).json()
        self.now = at
        if rest and not told["quiet"]:
            raise Unexpected(f"the events do not come to rest at {at.isoformat()}: {told}")

    def settle(self) -> None:
        """Wait until all events are delivered and all jobs have run, at the present instant."""
        told = self.post("/embedded/v1/settle", role="operator")
        if not told["quiet"]:
            raise Unexpected(f"the events do not come to rest: {told}")
