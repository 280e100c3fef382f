"""An office that walks billing through a programme: the events it hears and the requests that people send."""

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from libs.common.calendar import kst_midnight, month_bounds
from libs.common.clock import Clock, SettableClock
from libs.common.db import Database
from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from libs.common.definition.reading import with_value
from libs.common.events.allocator import GrantActivated, GrantEnded, GrantPlaced
from libs.common.events.intake import AgreementSigned, ApplicationWithdrawn, ProgrammeOpened, ProgrammeRevised
from libs.common.events.metering import StatementClosed, StatementLine
from libs.common.events.review import SelectionAnnounced

P0, P1 = "gpu-rental-2025s", "hpc-2025-gpu"
PROGRAMMES = Path(__file__).parents[3] / "programmes"
Job = Callable[[Database, Clock], Awaitable[None]]
START = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)

FILLED_IN: dict[str, dict[str, Any]] = {
    P0: {
        "billing.dispute_days": 7,
        "billing.self_payment.notified_days": 14,
        "billing.budget.cap_krw": 1_000_000_000,
        "billing.budget.operating_krw": 0,
    },
    P1: {
        "billing.dispute_days": 7,
        "billing.self_payment.deposit_days": 15,
        "billing.self_payment.rates.H100.standard_krw": 100_000,
        "billing.self_payment.rates.H100.youth_krw": 50_000,
        "billing.self_payment.rates.H100.public_krw": 0,
        "billing.self_payment.rates.A100.standard_krw": 25_000,
        "billing.budget.operating_krw": 800_000_000,
        "billing.budget.shared_with": "none",
        "billing.budget.part_krw": "none",
    },
}


@cache
def _as_the_notice_says(code: str) -> Programme:
    return load_definition(PROGRAMMES / f"{code}.yaml")


def day(text: str) -> dt.datetime:
    """00:00 KST of a day."""
    return kst_midnight(dt.date.fromisoformat(text))


def use(grant_id: str, **values: Any) -> StatementLine:
    """A statement line of hourly use of one H100 in October; `values` change what a test is about."""
    usual: dict[str, Any] = {
        "grant_id": grant_id,
        "period": "2025-10",
        "adjustment": False,
        "pricing": "hourly",
        "mode": "dynamic",
        "priced_product": "H100x1",
        "priced_units": 1,
        "payable": True,
        "held_unit_s": 3600 * values.get("billable_unit_hours", 0),
        "billable_unit_hours": 0,
        "discounted_unit_hours": 0,
        "outage_unit_hours": 0,
        "unmatched_unit_hours": 0,
        "gap_unit_hours": 0,
        "utilisation_pct": None,
        "months_before": None,
        "months_after": None,
        "starts_at": day("2025-10-01"),
        "delivered_at": day("2025-10-01"),
        "ends_at": day("2026-01-01"),
        "usage_events": 10,
        "evidence_sha256": "e" * 64,
    }
    return StatementLine(**{**usual, **values})


def monthly_use(grant_id: str, **values: Any) -> StatementLine:
    """A statement line of one monthly-priced H100 card for October."""
    usual = {"pricing": "monthly", "mode": "fixed", "priced_product": "H100", "months_before": "0", "months_after": "1"}
    return use(grant_id, **{**usual, **values})


class Office:
    """Billing's people and neighbours."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.programmes: dict[str, Programme] = {}
        client.clock.set(START)

    # ── what billing hears ──────────────────────────────────────────────────────────────────────────────────

    async def open(self, code: str, *, filled_in: bool = True, **values: Any) -> Programme:
        """Open a programme as its notice states it, with what an officer filled in."""
        programme = _as_the_notice_says(code)
        for path, value in {**(FILLED_IN.get(code, {}) if filled_in else {}), **values}.items():
            programme = with_value(programme, path, value, "test")
        self.programmes[code] = programme
        await self.client.feed(ProgrammeOpened(**self._version(programme)))
        return programme

    async def revise(self, code: str, path: str, value: Any, *, in_force_from: dt.datetime | None = None) -> None:
        """An officer fills a value in, or changes one; from now on, or from a later instant on."""
        self.programmes[code] = with_value(self.programmes[code], path, value, "officer decided")
        version = self._version(self.programmes[code])
        version["in_force_from"] = in_force_from or version["in_force_from"]
        await self.client.feed(ProgrammeRevised(**version, reason="officer decided"))

    def _version(self, programme: Programme) -> dict[str, Any]:
        definition = programme.model_dump(mode="json", by_alias=True)
        return {
            "code": programme.code,
            "version": programme.version,
            "in_force_from": self.client.clock.now(),
            "definition": definition,
        }

    async def announce(self, application_id: str, code: str, **values: Any) -> None:
        """A selection was announced."""
        usual: dict[str, Any] = {
            "programme_version": 1,
            "selection_id": "SL-000001",
            "run_version": 1,
            "run_sha256": "0" * 64,
            "announced_at": self.client.clock.now(),
            "outcome": "selected",
            "refused_by": "",
            "promoted": False,
            "organisation_id": "O-1",
            "sector": "private",
            "track": next(iter(self.programmes[code].tracks)),
            "product": next(iter(self.programmes[code].products)),
            "units_asked": 1,
            "months_asked": 3,
            "units": 1,
            "months": 3,
            "reason": "",
            "score": "83.10",
            "rank": 1,
            "rank_all": 1,
            "receipt_no": "R-1",
            "wished_start": dt.date(2025, 10, 1),
        }
        event = {**usual, **values}
        await self.client.feed(SelectionAnnounced(application_id=application_id, programme_code=code, **event))

    async def sign(self, application_id: str, code: str, **values: Any) -> None:
        """An agreement was signed."""
        usual: dict[str, Any] = {
            "programme_version": 1,
            "organisation_id": "O-1",
            "organisation_name": "한빛",
            "business_no": "1248100998",
            "applicant_kind": "sme",
            "sector": "private",
            "youth": False,
            "representative_keys": [],
            "affiliates": [],
            "track": "1",
            "product": "H100x1",
            "units": 1,
            "months": 3,
            "wished_start": dt.date(2025, 10, 1),
            "signed_at": self.client.clock.now(),
        }
        event = {**usual, **values}
        await self.client.feed(AgreementSigned(application_id=application_id, programme_code=code, **event))

    async def place(self, grant_id: str, code: str, **values: Any) -> None:
        """A grant was placed."""
        usual: dict[str, Any] = {
            "programme_version": 1,
            "organisation_id": "O-1",
            "placement_id": "PL-000001",
            "provider_id": "alpha",
            "data_centre": "alpha-dc1",
            "pool_id": None,
            "servers": {},
            "mode": "fixed",
            "product": "H100x1",
            "units": 1,
            "months": 3,
            "card_type": "H100",
            "cards": 1,
            "asked_card_type": "H100",
            "priced_product": "H100",
            "priced_units": 1,
            "payable": True,
            "starts_at": day("2025-10-01"),
            "ends_at": day("2026-01-01"),
            "rank": 1,
        }
        await self.client.feed(GrantPlaced(grant_id=grant_id, programme_code=code, **{**usual, **values}))

    async def activate(self, grant_id: str, code: str) -> None:
        """Use started."""
        begun, end = day("2025-10-01"), day("2026-01-01")
        await self.client.feed(
            GrantActivated(
                grant_id=grant_id,
                programme_code=code,
                provider_id="alpha",
                starts_at=begun,
                delivered_at=begun,
                ends_at=end,
                agreed_at=begun,
            )
        )

    async def end(self, grant_id: str, code: str, at: dt.datetime) -> None:
        """Use ended."""
        await self.client.feed(
            GrantEnded(grant_id=grant_id, programme_code=code, provider_id="alpha", ended_at=at, reason="period over")
        )

    async def withdraw(self, application_id: str, code: str) -> None:
        """A winner withdrew."""
        await self.client.feed(
            ApplicationWithdrawn(
                application_id=application_id,
                programme_code=code,
                withdrawn_at=self.client.clock.now(),
                reason="gave up",
            )
        )

    async def close_statement(
        self, code: str, *lines: StatementLine, month: str = "2025-10", provider: str = "alpha"
    ) -> str:
        """A usage statement was closed; returns the settlement's id."""
        statement_id = f"{provider}:{code}:{month}"
        closed_at = month_bounds(month)[1] + dt.timedelta(days=4)
        if self.client.clock.now() < closed_at:
            self.client.clock.set(closed_at)
        await self.client.feed(
            StatementClosed(
                statement_id=statement_id,
                provider_id=provider,
                programme_code=code,
                programme_version=1,
                month=month,
                closed_at=closed_at,
                sha256="a" * 64,
                lines=list(lines),
            )
        )
        return statement_id

    async def run(self, job: Job, at: dt.datetime | None = None) -> None:
        """A job's turn came, at an instant or now; the clock stands afterwards where it stood."""
        clock = SettableClock()
        clock.set(at or self.client.clock.now())
        await job(self.client.db, clock)

    # ── what people ask ─────────────────────────────────────────────────────────────────────────────────────

    async def post(self, path: str, body: Any = None, *, role: str = "officer", key: str = "", **who: str) -> Any:
        """POST and return the answer, whatever its status."""
        headers = {**self.client.as_(role, **who), **({"Idempotency-Key": key} if key else {})}
        return await self.client.http.post(f"/v1{path}", json=body, headers=headers)

    async def get(self, path: str, *, role: str = "officer", **who: str) -> Any:
        """GET and return the answer, whatever its status."""
        return await self.client.http.get(f"/v1{path}", headers=self.client.as_(role, **who))

    async def done(self, path: str, body: Any = None, **how: Any) -> Any:
        """POST what must succeed; returns the answer's JSON."""
        answer = await self.post(path, body, **how)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def read(self, path: str, **how: Any) -> Any:
        """GET what must be there; returns the answer's JSON."""
        answer = await self.get(path, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, body: Any = None, **how: Any) -> tuple[int, str]:
        """POST what must be refused; returns status and code."""
        answer = await self.post(path, body, **how)
        assert answer.status_code >= 400, answer.text
        problem = answer.json()
        assert problem["messages"]["ko"] != problem["code"], "a code without words"
        return answer.status_code, problem["code"]

    async def price(self, code: str, krw: int, *, expect: int = 201, **values: Any) -> Any:
        """Record a price from October on."""
        usual = {
            "programme": code,
            "provider_id": "alpha",
            "product": "H100x1" if code == P1 else "H100",
            "mode": "dynamic" if code == P1 else "fixed",
            "unit_price_krw": krw,
            "valid_from": "2025-10-01",
            "round": 1,
        }
        offer = {**usual, "reason": "협상 결과", **values}
        answer = await self.post("/prices", offer)
        assert answer.status_code == expect, answer.text
        if expect != 201:
            return answer.json()
        did = (await self.confirmed(answer.json()))["did"]
        listed = (await self.read(f"/prices?programme={code}&limit=200"))["items"]
        return next(price for price in listed if price["price_version"] == did["price_version"])

    async def confirmed(self, proposal: Any) -> Any:
        """Have a second officer confirm a proposal; returns it confirmed."""
        return await self.done(f"/proposals/{proposal['proposal_id']}/confirm", subject="officer-confirm")

    async def two_people(self, path: str, body: Any = None) -> Any:
        """One officer proposes, another confirms; returns what was done."""
        return (await self.confirmed(await self.done(path, {"reason": "검토 완료", **(body or {})})))["did"]

    async def paid_up(self, application_id: str, **values: Any) -> None:
        """A P1 grant of one H100 for three months (or as `values` say) whose deposit is in."""
        await self.sign(application_id, P1, **values)
        due = (await self.read(f"/self-payments/{application_id}"))["due_krw"]
        if due:
            await self.done(
                f"/self-payments/{application_id}/deposits", {"amount_krw": due, "reference": f"bank-{application_id}"}
            )

    async def settled(self, settlement_id: str, *steps: str) -> Any:
        """Take a settlement through the given steps, each by its own officer and when its time has come; returns it."""
        answer = None
        for step in steps or ("issue", "approve", "pay"):
            if step == "approve":
                await self.window_over(settlement_id)
            answer = await self.done(**self.step(settlement_id, step))
        return answer

    def step(self, settlement_id: str, step: str) -> dict[str, Any]:
        """The request of one step of a settlement, by the officer whose step it is."""
        body = {"reference": f"bank-{settlement_id}"} if step == "pay" else None
        return {"path": f"/settlements/{settlement_id}/{step}", "body": body, "subject": f"officer-{step}"}

    async def window_over(self, settlement_id: str) -> None:
        """Let the time come at which a settlement can be contested no more."""
        until = (await self.read(f"/settlements/{settlement_id}"))["dispute_until"]
        if until is not None and (end := dt.datetime.fromisoformat(until)) > self.client.clock.now():
            self.client.clock.set(end)

    async def ledger_sum(self) -> int:
        """Σ over the ledger, once its chain was walked."""
        balance = await self.read("/ledger/balance")
        assert balance["chain_whole"]
        return int(balance["sum_krw"])
