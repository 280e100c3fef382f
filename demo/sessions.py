"""Drives a month of dynamic sessions through the allocator, instant by instant (P1).

The driver is every user at once: it asks for cards when a job arrives, gives them back when the job is done, and
takes back what has waited too long. It knows what is running only from the allocator's answers.
"""

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.api import Api
from demo.jobs import TrainingJob

PATIENCE_S = 11 * 3600
IMPATIENT_SHARE = 0.25
DECLARED_SHARE = 0.7
OVERRUN_SHARE = 0.02
Event = tuple[dt.datetime, int, int, str, Any]
SESSIONS = "/allocator/v1/sessions"
RELEASE, CUT_OFF, TAKE_BACK, ASK, SPECIAL = range(5)


@dataclass
class UserGrant:
    """One active grant as its user sees it: room for one session."""

    grant_id: str
    organisation_id: str
    provider_id: str
    product: str
    cards: int
    busy: bool = False


@dataclass
class Run:
    """One session as the driver knows it."""

    session_id: str
    grant: UserGrant
    duration_s: float
    asked_at: dt.datetime
    max_duration_s: int | None
    started_at: dt.datetime | None = None
    over: bool = False


@dataclass
class Month:
    """What the month came to."""

    refused: int = 0
    runs: dict[str, Run] = field(default_factory=dict)


class Users:
    """All users of the programme, in simulated time."""

    def __init__(
        self, api: Api, grants: Sequence[UserGrant], start: dt.datetime, end: dt.datetime, rng: random.Random
    ) -> None:
        self.month = Month()
        self._api = api
        self._grants = list(grants)
        self._start = start
        self._end = end
        self._rng = rng
        self._agenda: list[Event] = []
        self._order = itertools.count()

    def live(
        self,
        jobs: Iterable[TrainingJob],
        specials: Sequence[tuple[dt.datetime, Callable[[], Any]]],
        tick: Callable[[dt.datetime], None],
    ) -> Month:
        """Play the span: start every job and every special event at its instant, in order of time."""
        for job in jobs:
            self._plan(self._start + dt.timedelta(seconds=job.at_s), ASK, "", job)
        for at, act in specials:
            self._plan(at, SPECIAL, "", act)
        while self._agenda and self._agenda[0][0] < self._end:
            at, kind, _, session_id, what = heapq.heappop(self._agenda)
            self._do(at, kind, session_id, what)
            tick(at)
        self._go_home()
        return self.month

    def _go_home(self) -> None:
        """At the end of the span all running sessions are released and all waiting requests withdrawn."""
        for run in [r for r in self.month.runs.values() if not r.over and r.started_at is None]:
            self._take_back(self._end, run)
        while left := [r for r in self.month.runs.values() if not r.over]:
            for run in left:
                self._give_back(self._end, run)

    def _plan(self, at: dt.datetime, kind: int, session_id: str, what: Any = None) -> None:
        heapq.heappush(self._agenda, (at, kind, next(self._order), session_id, what))

    def _do(self, at: dt.datetime, kind: int, session_id: str, what: Any) -> None:
        run = self.month.runs.get(session_id)
        if kind == ASK:
            self._ask(at, what)
        elif kind == SPECIAL:
            self._api.clock(at)
            self._learn(what() or {}, at)
        elif run is None or run.over:
            return
        elif kind == RELEASE:
            self._give_back(at, run)
        elif kind == CUT_OFF:
            self._cut_off(at, run)
        elif run.started_at is None:
            self._take_back(at, run)

    def _ask(self, at: dt.datetime, job: TrainingJob) -> None:
        grant = self._with_room(job.cards)
        self._api.clock(at, rest=False)
        if grant is None:
            # no pool has room for it: the request is sent all the same, so that the allocator refuses and counts it
            grant = min(self._grants, key=lambda g: (-g.cards, g.grant_id))
            units = max(2, -(-job.cards // grant.cards))
            self._request(grant, units, None, (409,))
            self.month.refused += 1
            return
        max_duration_s = self._declared(job)
        told = self._request(grant, 1, max_duration_s, (201, 409))
        if told is None:
            self.month.refused += 1
            return
        run = Run(told["session_id"], grant, job.duration_s, at, max_duration_s)
        grant.busy = True
        self.month.runs[run.session_id] = run
        if self._rng.random() < IMPATIENT_SHARE:
            self._plan(at + dt.timedelta(seconds=PATIENCE_S), TAKE_BACK, run.session_id)
        self._learn(told, at)

    def _request(self, grant: UserGrant, units: int, max_duration_s: int | None, expect: tuple[int, ...]) -> Any:
        body = {"grant_id": grant.grant_id, "units": units, "max_duration_s": max_duration_s}
        me: dict[str, Any] = {"role": "applicant", "org": grant.organisation_id, "expect": expect}
        answer = self._api.ask("POST", SESSIONS, json=body, **me)
        return answer.json() if answer.is_success else None

    def _with_room(self, cards: int) -> UserGrant | None:
        fitting = [g for g in self._grants if not g.busy and g.cards >= cards]
        return min(fitting, key=lambda g: (g.cards, g.grant_id)) if fitting else None

    def _declared(self, job: TrainingJob) -> int | None:
        chance = self._rng.random()
        if chance < OVERRUN_SHARE and job.duration_s > 2 * 3600:
            return int(job.duration_s // 2)
        return int(job.duration_s * self._rng.uniform(1.05, 1.6)) + 60 if chance < DECLARED_SHARE else None

    def _command(self, run: Run, verb: str, at: dt.datetime, expect: tuple[int, ...] = (200,)) -> None:
        self._api.clock(at, rest=False)
        me: dict[str, Any] = {"role": "applicant", "org": run.grant.organisation_id, "expect": expect}
        answer = self._api.ask("POST", f"{SESSIONS}/{run.session_id}/{verb}", **me)
        self._end_of(run)
        if answer.is_success:
            self._learn(answer.json(), at)
        self._look_after_waiting(run.grant.provider_id, at)

    def _give_back(self, at: dt.datetime, run: Run) -> None:
        self._command(run, "release", at, (200, 409))

    def _take_back(self, at: dt.datetime, run: Run) -> None:
        self._command(run, "withdraw", at, (200, 409))

    def _cut_off(self, at: dt.datetime, run: Run) -> None:
        """The allocator ends a session at its declared maximum: wait for that, then see which session got its cards."""
        self._api.clock(at)
        self._end_of(run)
        self._look_after_waiting(run.grant.provider_id, at)

    def _look_after_waiting(self, provider_id: str, at: dt.datetime) -> None:
        """See which of those who wait there got their cards: an answer names only its own user's sessions."""
        waiting = [
            r
            for r in self.month.runs.values()
            if not r.over and r.started_at is None and r.grant.provider_id == provider_id
        ]
        if not waiting:
            return
        queued = {s["session_id"] for s in self._api.all(SESSIONS, role="operator", params={"state": "waiting"})}
        for other in waiting:
            if other.session_id in queued:
                continue
            seen = self._api.get(f"{SESSIONS}/{other.session_id}", role="operator")
            if seen["assigned_at"]:
                self._learn({"started": [seen]}, at)

    def _end_of(self, run: Run) -> None:
        run.over = True
        run.grant.busy = False

    def _learn(self, told: dict[str, Any], at: dt.datetime) -> None:
        for session in told.get("started", ()):
            run = self.month.runs.get(session["session_id"])
            if run is None:
                self._adopt(session, at)
            elif run.started_at is None:
                self._started(run, at)

    def _started(self, run: Run, at: dt.datetime) -> None:
        run.started_at = at
        self._plan(at + dt.timedelta(seconds=run.duration_s), RELEASE, run.session_id)
        if run.max_duration_s is not None and run.max_duration_s < run.duration_s:
            self._plan(at + dt.timedelta(seconds=run.max_duration_s), CUT_OFF, run.session_id)

    def _adopt(self, session: dict[str, Any], at: dt.datetime) -> None:
        """A switched pool made a new session: one that continues a running one takes its place."""
        before = self.month.runs.get(session.get("continues") or "")
        if before is None or before.over or before.started_at is None:
            return
        left_s = before.duration_s - (at - before.started_at).total_seconds()
        run = Run(session["session_id"], before.grant, max(left_s, 60.0), before.asked_at, None)
        before.over = True
        self.month.runs[run.session_id] = run
        self._started(run, at)
