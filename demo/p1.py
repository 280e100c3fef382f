"""P1 `hpc-2025-gpu`: dynamic pools at an hourly price, with waits, discounts, outages and the fallback to fixed."""

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo import call
from demo.api import Api
from demo.call import Outcome, Tick, kst
from demo.jobs import TrainingJob
from demo.people import Wish, business_number, name_of, person
from demo.sessions import Month, UserGrant, Users
from demo.supply import Supply, offer, price
from demo.usage import Held, Reported, event, events_of, report

CODE = "hpc-2025-gpu"
PROVIDERS = ["alpha", "beta", "gamma"]
MONTHS = ("2025-10", "2025-11")
START = kst("2025-10-01 00:00")
NUMBERS_FROM = 1_000
"""P1's applicants are others than P0's: whoever is supported by one may not be by the other (IN-7)."""
RATES = {"standard": 50_000, "youth": 25_000, "public": 0}
VALUES: dict[str, Any] = {
    "notice_date": "2025-07-25",
    "submissions_open_at": "2025-08-01T00:00:00+09:00",
    "submissions_close_at": "2025-08-14T15:00:00+09:00",
    "intake.youth.born_on_or_after": "1985-07-26",
    "intake.youth.years": 40,
    "intake.youth.legal_forms": ["corporation"],
    "intake.youth.evidence": "none",
    "intake.repeats.listed_programmes": [],
    "intake.repeats.listed": "fail",
    "intake.repeats.unlisted_government": "officer",
    **{f"intake.documents.{kind}.required": False for kind in ("plan", "business_registration")},
    "intake.document_missing": "officer",
    "review.threshold": "70",
    "allocation.dynamic.idle_s": "none",
    "billing.dispute_days": 7,
    "billing.self_payment.deposit_days": 15,
    "billing.budget.part_krw": 19_000_000_000,
    "billing.budget.operating_krw": 800_000_000,
    **{f"tracks.{track}.selection.{name}_krw": "none" for track in "123" for name in ("budget", "planning_price")},
    **{
        f"billing.self_payment.rates.{card}.{payer}_krw": krw // (1 if card == "H100" else 2)
        for card in ("H100", "A100")
        for payer, krw in RATES.items()
    },
}
PRODUCTS = {"1": "A100x2", "2": "H100x1", "3": "H100x2"}
CARDS = {"A100x2": 2, "H100x1": 1, "H100x2": 2}
SHARES = {"1": 12, "2": 36, "3": 12}
"""Active grants by product."""
BEYOND = {"1": 1, "2": 3, "3": 1}
"""Applicants who do not pass."""
OUTAGE = (kst("2025-10-14 10:20"), kst("2025-10-14 15:50"))
SWITCH = (kst("2025-10-21 09:00"), kst("2025-10-22 18:00"))
GAP_HOURS = 3
HELD_BACK = 25


@dataclass(frozen=True)
class Size:
    """How large the programme is: by product, and by what goes wrong in reporting."""

    shares: Mapping[str, int]
    """Active grants by product."""
    beyond: Mapping[str, int]
    """Applicants who do not pass, by product."""
    held_back: int
    """Usage events that beta keeps until its statement is closed."""


DEMO = Size(SHARES, BEYOND, HELD_BACK)


def wishes(rng: random.Random, size: Size) -> list[Wish]:
    """The applicants, by product."""
    made: list[Wish] = []
    for track, product in PRODUCTS.items():
        for _ in range(size.shares[track] + size.beyond[track]):
            nth = len(made) + 1
            kind = rng.choice(("sme", "venture", "startup", "sme", "university"))
            sector = "public" if kind == "university" else "private"
            professor = (
                {"id": f"PI-P1-{nth:03d}", "name": "박교수", "is_professor": True} if sector == "public" else None
            )
            youth = sector == "private" and rng.random() < 0.3
            made.append(
                Wish(
                    name_of(rng, kind, NUMBERS_FROM + nth), business_number(NUMBERS_FROM + nth), kind, sector, track,
                    product, 1, 3, dt.date(2025, 10, 1), person(rng, youth=youth), youth, professor=professor,
                )
            )  # fmt: skip
    return made


class P1:
    """The programme's way, step by step."""

    def __init__(self, api: Api, seed: int, cards: int, size: Size = DEMO) -> None:
        self.api = api
        self.size = size
        self.rng = random.Random(f"{seed}-p1")
        self.outcome = Outcome(CODE)
        self.signed: list[str] = []
        self.reported = Reported()
        self.month = Month()
        h100 = max(2, cards * 2 // 5)
        a100 = max(2, (cards - 2 * h100) // 2 * 2)
        self.supplies = (
            Supply("alpha", "H100", h100, pool=True),
            Supply("beta", "H100", h100, pool=True),
            Supply("gamma", "A100", a100, pool=True),
        )
        self.forgotten: list[dict[str, Any]] = []
        self.held_back: list[dict[str, Any]] = []
        self.corrections: list[dict[str, Any]] = []

    def open(self) -> None:
        """The officer fills in what no notice says for users, and opens the call."""
        self.outcome = call.open_programme(self.api, CODE, VALUES, "2025 사용자 모집 계획 · user call plan")

    def apply(self, tick: Tick) -> None:
        """Everybody applies for one unit of a product."""
        opens = kst("2025-08-04 09:00")
        for nth, wish in enumerate(wishes(self.rng, self.size)):
            self.api.clock(opens + dt.timedelta(hours=nth), rest=False)
            organisation_id = call.register(self.api, self.outcome, wish)
            application_id = call.apply(self.api, self.outcome, wish, organisation_id) if organisation_id else None
            if application_id:
                call.submit(self.api, self.outcome, wish, application_id)
            tick()
        self.api.clock(kst("2025-08-18 10:00"))
        call.screen(self.api, self.outcome, tick)

    def review(self, tick: Tick) -> None:
        """One panel a product; the last applicants of each product are weak."""
        self.api.clock(kst("2025-08-20 09:00"))
        quality: dict[str, float] = {}
        for track in PRODUCTS:
            mine = [a for a, wish in self.outcome.submitted.items() if wish.track == track]
            for place, application_id in enumerate(mine):
                weak = place >= self.size.shares[track]
                quality[application_id] = 0.55 if weak else self.rng.uniform(0.78, 0.92)
        for track in PRODUCTS:
            reviewers = [f"Q-{track}{n}" for n in range(1, 6)]
            call.seat_panels(self.api, self.outcome, track, "document", [(r, "") for r in reviewers])
            call.score(self.api, self.outcome, track, "document", reviewers, self.rng, quality, tick)

    def select(self) -> None:
        """Draw and announce the three products' selections."""
        self.api.clock(kst("2025-08-22 10:00"))
        for track in PRODUCTS:
            call.select(self.api, self.outcome, track)
            call.announce(self.api, self.outcome, track)

    def agree(self, tick: Tick) -> None:
        """Agreements, then deposits in two parts: the first never opens the gate."""
        self.api.clock(kst("2025-08-25 10:00"))
        self.signed = call.sign_agreements(self.api, self.outcome, tick)
        call.pay_in_advance(self.api, self.outcome, self.signed, tick)

    def supply(self) -> None:
        """Pools, prices by the hour in both modes, discount rates for waiting."""
        for supply in self.supplies:
            offer(self.api, CODE, supply, dt.date(2025, 4, 1), dt.date(2025, 12, 31))
        for provider_id, product, dynamic_krw in (
            ("alpha", "H100x1", 3_100), ("alpha", "H100x2", 6_001), ("beta", "H100x1", 2_950),
            ("beta", "H100x2", 5_501), ("gamma", "A100x2", 2_501),
        ):  # fmt: skip
            price(self.api, CODE, provider_id, product, "dynamic", [dynamic_krw + 200, dynamic_krw], "2025-04-01")
            price(self.api, CODE, provider_id, product, "fixed", [dynamic_krw // 2], "2025-04-01")
        for provider_id, rate_pct in (("alpha", "30"), ("beta", "25"), ("gamma", "20")):
            body = {"programme": CODE, "provider_id": provider_id, "rate_pct": rate_pct, "valid_from": "2025-04-01"}
            self.api.two_people("/billing/v1/wait-discounts", body, "공급사 협상 결과")

    def place(self) -> dict[str, Any]:
        """All grants are placed together with the three pools, and activated on 1 October."""
        self.api.clock(kst("2025-08-28 10:00"))
        placed: dict[str, Any] = self.api.post("/allocator/v1/placements", {"programme": CODE})
        self.api.post(f"/allocator/v1/placements/{placed['placement_id']}/confirm")
        self.api.settle()
        return placed

    def activate(self) -> None:
        """All grants begin together."""
        for grant in self.grants():
            if grant["state"] == "placed":
                in_time = {"delivered_at": grant["starts_at"]}
                self.api.post(f"/allocator/v1/grants/{grant['grant_id']}/activate", in_time)
        self.api.settle()

    def grants(self) -> list[dict[str, Any]]:
        """All grants of the programme, by id."""
        return self.api.all("/allocator/v1/grants", params={"programme": CODE})

    def live(
        self,
        jobs: Sequence[TrainingJob],
        days: int,
        others: Sequence[tuple[dt.datetime, Callable[[], Any]]],
        tick: Callable[[dt.datetime], None],
    ) -> None:
        """A month of sessions, with the outage at gamma, beta's switch to fixed and back, and others' events."""
        users = [
            UserGrant(g["grant_id"], g["organisation_id"], g["provider_id"], g["product"], CARDS[g["product"]])
            for g in self.grants()
            if g["state"] == "active"
        ]
        specials = [
            (OUTAGE[1], self._report_outage),
            (SWITCH[0], lambda: self._switch("fixed", SWITCH[0])),
            (SWITCH[1], lambda: self._switch("dynamic", None)),
            *others,
        ]
        self.month = Users(self.api, users, START, START + dt.timedelta(days=days), self.rng).live(jobs, specials, tick)

    def _report_outage(self) -> None:
        body = {
            "provider_id": "gamma", "scope_kind": "provider", "scope_id": "gamma",
            "started_at": OUTAGE[0].isoformat(), "ended_at": OUTAGE[1].isoformat(), "reason": "네트워크 스위치 장애",
        }  # fmt: skip
        told = self.api.post("/metering/v1/outages", body, role="provider", org="gamma")
        self.api.post(f"/metering/v1/outages/{told['outage_id']}/confirm-end", {}, role="operator")

    def _switch(self, to: str, fault_at: dt.datetime | None) -> Any:
        pool_id = "beta-hpc-h100"
        body = {"to": to, "reason": "동적할당 스케줄러 장애" if to == "fixed" else "원인 조치 완료"}
        if fault_at:
            body["fault_at"] = fault_at.isoformat()
        told = self.api.post(f"/allocator/v1/pools/{pool_id}/switch", body, role="operator")
        if to == "dynamic":
            report_body = {"cause": "스케줄러 데이터베이스 잠금", "measures": "버전 교체와 감시 추가"}
            self.api.ask(
                "POST", f"/allocator/v1/pools/{pool_id}/reports", json=report_body, role="provider", org="beta"
            )
        return told

    def report_use(self, month_end: dt.datetime, tick: Callable[[int], None]) -> None:
        """Everybody reports; beta does it badly: late, twice, out of order, with corrections. Alpha forgets an hour."""
        for provider_id in PROVIDERS:
            events = [one for held in self._held(provider_id) for one in events_of(held, month_end, self.rng)]
            if provider_id == "alpha":
                self.forgotten = events[40 : 40 + GAP_HOURS]
                events = events[:40] + events[40 + GAP_HOURS :]
            elif provider_id == "beta":
                events = self._badly(events)
            else:
                events += self._unmatched()
            report(self.api, provider_id, events, self.reported, tick)
        if self.corrections:
            report(self.api, "beta", self.corrections[:1], self.reported, tick)

    def sessions(self) -> list[dict[str, Any]]:
        """All sessions and requests of the programme, by id."""
        return [s for s in self.api.all("/allocator/v1/sessions", role="operator") if s["programme_code"] == CODE]

    def _held(self, provider_id: str) -> list[Held]:
        pool_id = next(
            f"{s.provider_id}-hpc-{s.card_type.lower()}" for s in self.supplies if s.provider_id == provider_id
        )
        sessions = self.api.all("/allocator/v1/sessions", params={"pool": pool_id}, role="provider", org=provider_id)
        far = kst("2026-01-01 00:00")
        return [
            Held(
                provider_id, s["grant_id"], s["session_id"], s["units"], dt.datetime.fromisoformat(s["assigned_at"]),
                dt.datetime.fromisoformat(s["ended_at"]) if s["ended_at"] else far,
            )
            for s in sessions
            if s["assigned_at"]
        ]  # fmt: skip

    def _badly(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.held_back, sent = events[: self.size.held_back], events[self.size.held_back :]
        self.corrections = [_corrected(one) for one in sent if one["data"]["held_s"] == 3600][:2]
        again = self.rng.sample(sent, len(sent) // 10)
        mixed = [*sent, *again]
        self.rng.shuffle(mixed)
        return mixed

    def report_late(self, tick: Callable[[int], None]) -> None:
        """After the statement is closed: what beta held back, and its second correction."""
        late = [*self.held_back, *self.corrections[1:]]
        report(self.api, "beta", late, self.reported, tick)

    def _unmatched(self) -> list[dict[str, Any]]:
        grant = next(g for g in self.grants() if g["provider_id"] == "gamma" and g["state"] == "active")
        held = Held("gamma", grant["grant_id"], "S-없음", 1, START, START)
        hours = [kst("2025-10-05 01:00") + dt.timedelta(hours=n) for n in range(3)]
        return [event(held, hour.astimezone(dt.UTC), 3600, 12.5) for hour in hours]


def _corrected(first: dict[str, Any]) -> dict[str, Any]:
    return {
        **first,
        "id": first["id"] + "-r1",
        "data": {**first["data"], "held_s": 1800, "corrects": first["id"]},
    }
