"""P1 from its call to its paid settlements through ten processes on a real Kafka broker."""

import datetime as dt
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.call import kst
from demo.jobs import drawn_jobs
from demo.p1 import CODE, P1, PROVIDERS, START, Size
from demo.sessions import Run
from demo.settling import settle_month, settlements_of
from demo.supply import introduce
from libs.embedded.issuer import Issuer
from libs.embedded.postgres import EmbeddedPostgres
from tests.e2e.processes import Fleet, FleetApi, key_server
from tests.engines.broker import KafkaBroker, require

pytestmark = [pytest.mark.engines, pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 2025
CARDS = 5
JOBS = 30
DAYS = 3
SMALL = Size(shares={"1": 4, "2": 6, "3": 2}, beyond={"1": 0, "2": 1, "3": 0}, held_back=5)
MONTH = "2025-10"
MONTH_END = kst("2025-11-01 00:00")
KILLED_AT_STEP = 20
HOUR = dt.timedelta(hours=1)
Use = dict[tuple[str, dt.datetime], int]
"""Seconds held by session and hour."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    """A broker of our own: the services' topics begin empty, as their databases do."""
    require()
    broker = KafkaBroker(tmp_path / "kafka broker")
    try:
        yield broker.start()
    finally:
        broker.stop()


def test_p1_runs_through_processes_on_kafka(
    pg: EmbeddedPostgres, broker: KafkaBroker, issuer: Issuer, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """Ten processes carry P1 to paid settlements, a worker's kill -9 loses and doubles nothing, SIGTERM ends them."""
    began = time.monotonic()
    with key_server(issuer) as jwks_url, Fleet(tmp_path, pg, broker, jwks_url) as fleet, FleetApi(fleet, issuer) as api:
        fleet.migrate()
        fleet.clock.set(kst("2025-08-01 09:00"))
        fleet.start()
        started = time.monotonic()
        p1 = P1(api, SEED, CARDS, SMALL)
        prepare(p1)
        run_sessions(p1, fleet)
        api.clock(kst("2025-11-02 09:00"))
        p1.report_use(MONTH_END, nothing)
        settle_month(api, {CODE: PROVIDERS}, MONTH)
        assert_sessions(p1)
        assert_statements(p1)
        assert_settlements(api)
        assert_backbone(api)
        played = time.monotonic()
        codes = fleet.terminate()
        assert set(codes.values()) == {0}, codes
        tell(
            f"P1 on Apache Kafka {broker.version()}: ten processes ready in {started - began:.0f} s,"
            f" {len(p1.month.runs)} sessions played in {played - started:.0f} s,"
            f" ended in {time.monotonic() - played:.1f} s"
        )


def nothing(*_: object) -> None:
    """Show no progress."""


def prepare(p1: P1) -> None:
    """From the call to active grants."""
    introduce(p1.api)
    p1.open()
    p1.apply(nothing)
    p1.review(nothing)
    p1.select()
    p1.agree(nothing)
    p1.supply()
    placed = p1.place()
    assert placed["placed"] == sum(SMALL.shares.values()), placed
    p1.api.clock(START)
    p1.activate()


def run_sessions(p1: P1, fleet: Fleet) -> None:
    """Three days of sessions; in their middle metering's worker is killed, and a new one takes its place."""
    steps = 0

    def step(_: dt.datetime) -> None:
        nonlocal steps
        steps += 1
        if steps == KILLED_AT_STEP:
            fleet.kill9("metering", "worker")
            fleet.begin("metering", "worker")

    p1.live(drawn_jobs(random.Random(SEED), JOBS, DAYS), DAYS, [], step)
    assert steps > KILLED_AT_STEP + JOBS // 3, "the worker was not killed in the middle of the sessions"
    fleet.await_ready("metering", "worker")


def assert_sessions(p1: P1) -> None:
    """Every request was assigned, refused or taken back, and the allocator knows the same as the driver."""
    counts = p1.api.get("/allocator/v1/summary", params={"programme": CODE})["sessions"]
    started = [run for run in p1.month.runs.values() if run.started_at]
    assert counts["requested"] == JOBS
    assert counts["refused"] == p1.month.refused
    assert counts["assigned"] == len(started)
    assert counts["assigned"] == counts["requested"] - counts["refused"] - counts["withdrawn"]
    assert counts["assigned"] > JOBS // 2


def assert_statements(p1: P1) -> None:
    """Each provider's closed statement states what the driver's own sessions imply: nothing is lost or doubled."""
    expected = billable_by_grant(p1)
    missing = [*p1.forgotten, *p1.held_back]
    stated: Counter[str] = Counter()
    gaps = 0
    for provider_id in PROVIDERS:
        statement = p1.api.get(f"/metering/v1/statements/{provider_id}/{CODE}/{MONTH}")
        assert statement["state"] == "closed"
        for line in statement["lines"]:
            stated[line["grant_id"]] += line["billable_unit_hours"]
            gaps += line["gap_unit_hours"]
    assert +stated == expected
    assert sum(expected.values()) > 0
    assert gaps == len(missing)


def billable_by_grant(p1: P1) -> Counter[str]:
    """Started hours of each grant's use: as the driver ran its sessions, without what providers did not report."""
    grant_of = {run.session_id: run.grant.grant_id for run in p1.month.runs.values()}
    use: Use = {}
    for run in p1.month.runs.values():
        use |= held_by_hour(run)
    for event in (*p1.forgotten, *p1.held_back):
        del use[session_hour(event)]
    for event in p1.corrections[:1]:
        assert use[session_hour(event)] == HOUR.total_seconds()
        use[session_hour(event)] = event["data"]["held_s"]
    seconds: Counter[str] = Counter()
    for (session_id, _), held_s in use.items():
        seconds[grant_of[session_id]] += held_s
    return Counter({grant_id: math.ceil(held_s / 3600) for grant_id, held_s in seconds.items()})


def held_by_hour(run: Run) -> Use:
    """The seconds of a session in every clock hour of the month: a user who is still at work goes on."""
    if run.started_at is None:
        return {}
    done = run.started_at + dt.timedelta(seconds=run.duration_s)
    end = done if done < START + dt.timedelta(days=DAYS) else MONTH_END
    if run.max_duration_s is not None:
        end = min(end, run.started_at + dt.timedelta(seconds=run.max_duration_s))
    start, end = run.started_at.astimezone(dt.UTC), min(end, MONTH_END).astimezone(dt.UTC)
    hour = start.replace(minute=0, second=0, microsecond=0)
    use: Use = {}
    while hour < end:
        use[run.session_id, hour] = int((min(end, hour + HOUR) - max(start, hour)).total_seconds())
        hour += HOUR
    return use


def session_hour(event: dict[str, Any]) -> tuple[str, dt.datetime]:
    """Which session's hour a usage event is about."""
    return event["data"]["session_id"], dt.datetime.fromisoformat(event["data"]["hour"])


def assert_settlements(api: FleetApi) -> None:
    """Each provider is paid: fee = charge − discount − deduction = self-payment + subsidy + uncovered, Σ ledger = 0."""
    settled = settlements_of(api, CODE, MONTH)
    assert [one["provider"] for one in settled] == PROVIDERS
    for one in settled:
        assert one["state"] == "paid"
        assert one["fee_krw"] == one["charge_krw"] - one["discount_krw"] - one["deduction_krw"]
        assert one["fee_krw"] == one["self_payment_krw"] + one["subsidy_krw"] + one["uncovered_krw"]
        assert one["statement_sha256"]
    assert sum(one["charge_krw"] for one in settled) > 0
    ledger = api.get("/billing/v1/summary")["ledger"]
    assert ledger["entries"] > 0
    assert ledger["sum_krw"] == 0


def assert_backbone(api: FleetApi) -> None:
    """Everything said was published and handled, and nothing lies among the dead letters."""
    for name, bus in api.buses().items():
        assert bus["published"] > 0, name
        assert (bus["outbox_rows"], bus["lag"], bus["dead_letters"]) == (0, 0, 0), name
