"""P0 `gpu-rental-2025s`: fixed cards and servers at a monthly price, with a self-payment on the user's own account."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from demo import call
from demo.api import Api
from demo.call import Outcome, Tick, kst
from demo.p0_applicants import wishes
from demo.people import Wish
from demo.supply import Supply, offer, price
from demo.usage import Held, Reported, events_of, report

CODE = "gpu-rental-2025s"
PROVIDERS = ["alpha", "beta", "gamma"]
MONTHS = ("2025-10", "2025-11", "2025-12")
CLOSES = kst("2025-09-15 15:00")
VALUES: dict[str, Any] = {
    "tracks.1.selection.capacity": 330,
    "tracks.1.selection.budget_krw": "none",
    "tracks.1.selection.planning_price_krw": 2_500_000,
    "tracks.2.selection.capacity": 900,
    "tracks.2.selection.budget_krw": "none",
    "tracks.2.selection.planning_price_krw": 2_500_000,
    "billing.dispute_days": 7,
    "billing.self_payment.notified_days": 14,
    "billing.budget.cap_krw": 3_600_000_000,
    "billing.budget.operating_krw": 100_000_000,
}
SUPPLIES = (
    Supply("alpha", "H100", 88, pool=False),
    Supply("beta", "H200", 48, pool=False),
    Supply("gamma", "A100", 160, pool=False),
)
DELIVERED_LATE = dt.timedelta(days=3, hours=5)
OUTAGE = (kst("2025-11-12 21:40"), kst("2025-11-13 03:05"))
EVIDENCE_DAY = kst("2025-09-29 10:00")


class P0:
    """The programme's way, step by step; each step leaves what the next needs."""

    def __init__(self, api: Api, seed: int, applications: int) -> None:
        self.api = api
        self.rng = random.Random(f"{seed}-p0")
        self.wishes = wishes(self.rng, applications)
        self.outcome = Outcome(CODE)
        self.signed: list[str] = []
        self.reported = Reported()
        self.gave_up = ""

    def open(self) -> None:
        """The officer fills in what S0 leaves unset and opens the call."""
        self.outcome = call.open_programme(self.api, CODE, VALUES, "2025 추경 사업 시행계획 · implementation plan")

    def apply(self, tick: Tick) -> None:
        """Everybody drafts and submits; one at 15:00:00 sharp, three a moment too late."""
        opens = kst("2025-09-01 09:00")
        waiting: list[tuple[Wish, str]] = []
        sharp: tuple[Wish, str] | None = None
        for nth, wish in enumerate(self.wishes):
            self.api.clock(opens + dt.timedelta(hours=2 * nth), rest=False)
            application_id = self._draft(wish)
            tick()
            if application_id is None:
                continue
            if wish.special == "late":
                waiting.append((wish, application_id))
            elif sharp is None and wish.track == "1" and not wish.special:
                sharp = (wish, application_id)
            else:
                call.submit(self.api, self.outcome, wish, application_id)
                self._second_try(wish, application_id)
        self.api.clock(CLOSES)
        if sharp is not None:
            call.submit(self.api, self.outcome, *sharp)
        self.api.clock(CLOSES + dt.timedelta(milliseconds=1))
        for wish, application_id in waiting:
            call.submit(self.api, self.outcome, wish, application_id)
        self.api.settle()

    def _draft(self, wish: Wish) -> str | None:
        organisation_id = call.register(self.api, self.outcome, wish)
        if organisation_id is None:
            return None
        self._record_facts(wish, organisation_id)
        return call.apply(self.api, self.outcome, wish, organisation_id)

    def _record_facts(self, wish: Wish, organisation_id: str) -> None:
        facts = f"/intake/v1/organisations/{organisation_id}"
        ban = {"kind": "participation_ban", "from": "2025-01-01", "until": "2026-12-31", "source": "NTIS"}
        if wish.special == "banned":
            self.api.post(f"{facts}/restrictions", ban)
        elif wish.special == "arrears":
            arrears = {"kind": "tax_arrears", "from": "2025-06-01", "instalments_approved": True, "source": "홈택스"}
            self.api.post(f"{facts}/restrictions", arrears)
        elif wish.special in ("repeat", "unlisted_repeat"):
            code = "hpc-2025-gpu" if wish.special == "repeat" else "other-programme"
            self.api.post(
                f"{facts}/awards", {"programme_code": code, "government": True, "year": 2025, "source": "수혜 이력"}
            )
        elif wish.special == "banned_professor" and wish.professor:
            self.api.post(f"/intake/v1/principal-investigators/{wish.professor['id']}/restrictions", ban)

    def _second_try(self, wish: Wish, application_id: str) -> None:
        if wish.special != "twice" or application_id not in self.outcome.submitted:
            return
        again = call.apply(self.api, self.outcome, wish, self.outcome.organisations[wish.name])
        if again is not None:
            call.submit(self.api, self.outcome, wish, again)

    def screen(self, tick: Tick) -> None:
        """Screening, with the officer's decisions."""
        self.api.clock(kst("2025-09-17 10:00"))
        call.screen(self.api, self.outcome, tick)

    def review(self, tick: Tick) -> None:
        """Panels of 7, 5 and 6; conflicts of interest; the document stage, then track ❷ presents."""
        self.api.clock(kst("2025-09-22 09:00"))
        quality = {a: self.rng.gauss(0.77, 0.08) for a in self.outcome.submitted}
        employer = self._employer_of_an_applicant()
        panels = {"1": [f"R-1{n}" for n in range(1, 8)], "2": [f"R-2{n}" for n in range(1, 6)]}
        for track, reviewers in panels.items():
            seats = [(r, employer if track == "1" and r == "R-17" else "") for r in reviewers]
            call.seat_panels(self.api, self.outcome, track, "document", seats)
        for track, reviewers in panels.items():
            call.score(self.api, self.outcome, track, "document", reviewers, self.rng, quality, tick)
        self.api.clock(kst("2025-09-24 09:00"))
        presenting = [f"R-3{n}" for n in range(1, 7)]
        call.seat_panels(self.api, self.outcome, "2", "presentation", [(r, "") for r in presenting])
        call.score(self.api, self.outcome, "2", "presentation", presenting, self.rng, quality, tick)

    def _employer_of_an_applicant(self) -> str:
        first = next(
            w for w in self.outcome.submitted.values() if w.track == "1" and w.sector == "public" and not w.special
        )
        return self.outcome.organisations[first.name]

    def select(self) -> None:
        """Both tracks are drawn; the committee halves one large wish, with a reason; everything is announced."""
        self.api.clock(kst("2025-09-25 10:00"))
        for track in ("1", "2"):
            drawn = call.select(self.api, self.outcome, track)
            if track == "2":
                self._deliberate(drawn)
            call.announce(self.api, self.outcome, track)

    def _deliberate(self, drawn: dict[str, Any]) -> None:
        rows = [row for row in drawn["rows"] if row["outcome"] == "selected" and row["units"] > 1]
        if rows:
            cut = {
                "application_id": rows[0]["application_id"],
                "units": rows[0]["units"] - 1,
                "months": rows[0]["months"],
                "reason": "심의위원회: 데이터 규모에 견주어 서버 한 대를 줄임",
            }
            self.api.post(f"/review/v1/selections/{drawn['selection_id']}/deliberations", {"cuts": [cut]})

    def withdraw_one(self) -> None:
        """A winner of track ❶ gives up: the waiting list moves up."""
        self.api.clock(kst("2025-09-26 10:00"))
        winners = call.applications_in(self.api, self.outcome, "selected")
        self.gave_up = next(a for a in winners if self.outcome.submitted[a].track == "1")
        call.withdraw(self.api, self.outcome, self.gave_up, "자체 GPU 확보로 포기")

    def agree(self, tick: Tick) -> None:
        """Agreements, then evidence of the self-payment."""
        self.api.clock(EVIDENCE_DAY)
        self.signed = call.sign_agreements(self.api, self.outcome, tick)
        call.pay_in_advance(self.api, self.outcome, self.signed, tick)

    def supply(self) -> None:
        """Offers and monthly prices of three providers."""
        for supply in SUPPLIES:
            offer(self.api, CODE, supply, dt.date(2025, 10, 1), dt.date(2026, 6, 30))
        for provider_id, product, prices in (
            ("alpha", "H100", [2_700_000, 2_520_000]),
            ("beta", "H200", [2_950_000, 2_810_000, 2_760_000]),
            ("gamma", "A100", [690_000, 655_000]),
        ):
            price(self.api, CODE, provider_id, product, "fixed", prices, "2025-10-01")

    def place(self) -> dict[str, Any]:
        """All grants are placed together; the result is confirmed."""
        self.api.clock(kst("2025-09-30 10:00"))
        placed: dict[str, Any] = self.api.post("/allocator/v1/placements", {"programme": CODE})
        self.api.post(f"/allocator/v1/placements/{placed['placement_id']}/confirm")
        self.api.settle()
        return placed

    def activate(self, month: str) -> None:
        """Hand over the grants that start in a month; gamma delivers one of them late."""
        for grant in self.grants():
            if grant["state"] == "placed" and call.kst(f"{month}-01 00:00") == dt.datetime.fromisoformat(
                grant["starts_at"]
            ):
                late = grant["provider_id"] == "gamma" and month == "2025-10" and not self._late_one_known()
                delivered = dt.datetime.fromisoformat(grant["starts_at"]) + (DELIVERED_LATE if late else dt.timedelta())
                if late:
                    self._late = grant["grant_id"]
                    continue
                self._hand_over(grant["grant_id"], delivered)
        self.api.settle()

    _late = ""

    def _late_one_known(self) -> bool:
        return bool(self._late)

    def deliver_late(self) -> None:
        """The late delivery arrives: the provider states it, the user confirms it, use begins."""
        if self._late:
            delivered = call.kst("2025-10-01 00:00") + DELIVERED_LATE
            path = f"/allocator/v1/grants/{self._late}/delivery"
            self.api.post(path, {"delivered_at": delivered.isoformat()}, role="provider", org="gamma")
            user = next(grant["organisation_id"] for grant in self.grants() if grant["grant_id"] == self._late)
            self.api.post(f"{path}/confirm", role="applicant", org=user)
            self._hand_over(self._late, delivered)
            self.api.settle()

    def _hand_over(self, grant_id: str, delivered: dt.datetime) -> None:
        self.api.post(f"/allocator/v1/grants/{grant_id}/activate", {"delivered_at": delivered.isoformat()})

    def grants(self) -> list[dict[str, Any]]:
        """All grants of the programme, by id."""
        return self.api.all("/allocator/v1/grants", params={"programme": CODE})

    def report_outage(self) -> None:
        """A night without alpha's data centre."""
        body = {
            "provider_id": "alpha",
            "scope_kind": "data_centre",
            "scope_id": "alpha-dc1",
            "started_at": OUTAGE[0].isoformat(),
            "ended_at": OUTAGE[1].isoformat(),
            "reason": "수전 설비 점검 중 정전",
        }
        told = self.api.post("/metering/v1/outages", body, role="provider", org="alpha")
        self.api.post(f"/metering/v1/outages/{told['outage_id']}/confirm-end", {}, role="operator")

    def report_use(self, month_start: dt.datetime, month_end: dt.datetime, tick: Callable[[int], None]) -> None:
        """Every provider reports every hour of the month."""
        for provider_id in PROVIDERS:
            events: list[dict[str, Any]] = []
            for grant in self.grants():
                if grant["provider_id"] != provider_id or grant["delivered_at"] is None:
                    continue
                start = max(dt.datetime.fromisoformat(grant["delivered_at"]), month_start)
                end = min(dt.datetime.fromisoformat(grant["ends_at"]), month_end)
                held = Held(provider_id, grant["grant_id"], None, grant["units"], start, end)
                events += events_of(held, month_end, self.rng)
            report(self.api, provider_id, events, self.reported, tick)
