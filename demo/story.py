"""The demo's calendar: both programmes from the call to the last settlement, on one clock that only goes forward."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.api import Api
from demo.call import kst
from demo.jobs import TrainingJob, drawn_jobs, traced_jobs
from demo.p0 import DELIVERED_LATE, OUTAGE, P0, SUPPLIES
from demo.p1 import P1, START
from demo.progress import Progress
from demo.settling import settle_month
from demo.supply import Supply, introduce
from libs.common.calendar import KST
from libs.common.messages.facts import with_particles

APPLICATIONS = 120
DRAWN_JOBS = 480
"""Eight for each active grant; six cards make them wait."""
DRAWN_CARDS = 6
DRAWN_DAYS = 30
TRACED_CARDS = 48


@dataclass(frozen=True)
class Plan:
    """What the demo is asked to play."""

    seed: int = 2025
    trace: Path | None = None
    cards: int = DRAWN_CARDS
    days: int = DRAWN_DAYS

    def jobs(self) -> list[TrainingJob]:
        """The month's training jobs."""
        if self.trace is not None:
            return traced_jobs(self.trace, self.days)
        return drawn_jobs(random.Random(f"{self.seed}-jobs"), DRAWN_JOBS, self.days)


@dataclass
class Story:
    """Both programmes, and what happened."""

    api: Api
    plan: Plan
    progress: Progress
    p0: P0 = field(init=False)
    p1: P1 = field(init=False)
    told: list[dict[str, str]] = field(default_factory=list)
    placements: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.p0 = P0(self.api, self.plan.seed, APPLICATIONS)
        self.p1 = P1(self.api, self.plan.seed, self.plan.cards)

    def play(self) -> None:
        """Everything, in order of time."""
        self._prepare_p1()
        self._prepare_p0()
        self._use()

    def supplies(self) -> tuple[Supply, ...]:
        """What the providers bring to both programmes."""
        return (*SUPPLIES, *self.p1.supplies)

    def _tell(self, ko: str, en: str) -> None:
        self.told.append({"at": self.api.now.astimezone(KST).isoformat(), "ko": with_particles(ko), "en": en})

    def _step(self, words: str, total: int, act: Callable[..., Any]) -> None:
        with self.progress.step(words, total) as tick:
            act(tick)

    def _prepare_p1(self) -> None:
        self.api.clock(kst("2025-08-01 09:00"))
        introduce(self.api)
        p1 = self.p1
        p1.open()
        self._tell("고성능 컴퓨팅 지원사업(GPU) 사용자 모집을 시작했습니다.", "The user call of hpc-2025-gpu opened.")
        self._step("P1 신청·사전검토 · applications", 130, p1.apply)
        self._step("P1 심사 · review", 15, p1.review)
        p1.select()
        self._step("P1 협약·자부담금 · agreements", 120, p1.agree)
        p1.supply()
        self._place("P1 배치 · placement", p1.place, p1.outcome.code)

    def _prepare_p0(self) -> None:
        p0 = self.p0
        self.api.clock(kst("2025-08-29 09:00"))
        p0.open()
        self._tell("GPU 임차 지원 사업을 공고했습니다.", "gpu-rental-2025s was put in force.")
        self._step("P0 신청 · applications", APPLICATIONS, p0.apply)
        self._step("P0 사전검토 · screening", APPLICATIONS, p0.screen)
        self._step("P0 심사 · review", 36, p0.review)
        p0.select()
        self._tell("합격자를 발표했습니다.", "The selections of both tracks were announced.")
        p0.withdraw_one()
        self._tell(
            f"합격자 {p0.gave_up}이(가) 포기하여 예비 순위가 올라갔습니다.",
            f"Winner {p0.gave_up} gave up and the waiting list moved up.",
        )
        self._step("P0 협약·자부담금 · agreements", 120, p0.agree)
        p0.supply()
        self._place("P0 배치 · placement", p0.place, p0.outcome.code)

    def _place(self, words: str, act: Callable[[], dict[str, Any]], code: str) -> None:
        with self.progress.step(words, 1) as tick:
            self.placements.append({"programme": code, **act()})
            tick()

    def _use(self) -> None:
        self._october()
        self._november()
        self._december()

    def _october(self) -> None:
        self.api.clock(START)
        self.p1.activate()
        self.p0.activate("2025-10")
        self._tell("자원 사용을 시작했습니다.", "Use began in both programmes.")
        days = self.plan.days
        jobs = self.plan.jobs()
        with self.progress.step("P1 동적할당 10월 · dynamic sessions, days", days) as tick:
            seen = 0

            def day(at: dt.datetime) -> None:
                nonlocal seen
                while seen < (at - START).days:
                    seen += 1
                    tick()

            late = [(START + DELIVERED_LATE, self._deliver_late)]
            self.p1.live(jobs, days, late, day)
        self._tell(
            "베타클라우드의 동적할당 장애로 하루 반 동안 고정할당으로 운영했습니다.",
            "Beta ran fixed for a day and a half.",
        )
        self.api.clock(kst("2025-11-01 00:00"))
        self.p0.activate("2025-11")
        self.api.clock(kst("2025-11-02 09:00"))
        self._usage("2025-10", p1=True)
        self._settle("2025-10", both=True)
        with self.progress.step("늦은 사용량 · late usage", 1) as tick:
            self.p1.report_late(lambda _: tick())
        self._tell(
            "베타클라우드가 확정 뒤에 늦은 사용량을 보냈습니다.", "Beta sent usage after its statement was closed."
        )

    def _deliver_late(self) -> None:
        self.p0.deliver_late()
        self._tell(
            "감마클라우드가 한 과제의 자원을 사흘 늦게 제공했습니다.", "Gamma delivered one grant three days late."
        )

    def _november(self) -> None:
        if self.api.now < OUTAGE[1]:
            self.api.clock(OUTAGE[1])
        self.p0.report_outage()
        self._tell("알파클라우드 데이터센터 장애가 있었습니다.", "Alpha's data centre had an outage.")
        self.api.clock(kst("2025-12-01 00:00"))
        self.p0.activate("2025-12")
        self.api.clock(kst("2025-12-02 09:00"))
        self._usage("2025-11", p1=False)
        self._settle("2025-11", both=True)

    def _december(self) -> None:
        self.api.clock(kst("2026-01-02 09:00"))
        self._usage("2025-12", p1=False)
        self._settle("2025-12", both=False)
        self._tell("마지막 달의 정산이 끝났습니다.", "The last month was settled.")

    def _usage(self, month: str, *, p1: bool) -> None:
        first = dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=KST)
        following = (first + dt.timedelta(days=32)).replace(day=1)
        with self.progress.step(f"{month} 사용량 · usage events, thousands", 40) as tick:

            def batch(_: int) -> None:
                tick()

            self.p0.report_use(first, following, batch)
            if p1:
                self.p1.report_use(following, batch)

    def _settle(self, month: str, *, both: bool) -> None:
        programmes = {self.p0.outcome.code: ["alpha", "beta", "gamma"]}
        if both:
            programmes[self.p1.outcome.code] = ["alpha", "beta", "gamma"]
        with self.progress.step(f"{month} 정산 · settlement", 1) as tick:
            settle_month(self.api, programmes, month)
            tick()
        self._tell(f"{month} 사용 내역을 확정하고 정산금을 지급했습니다.", f"{month} was closed, settled and paid.")
