"""The gauges that every service tells of its events, with the story that moves them, as `/metrics` answers (F-67)."""

import datetime as dt
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from prometheus_client import CollectorRegistry

from libs.common import outbox
from libs.common.events.billing import SelfpayDue
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_config import KafkaConfig
from libs.common.metrics import CommonMetrics
from tests.conftest import START, ServiceClient
from tests.libs.test_streams import Stream

Make = Callable[[str], Awaitable[ServiceClient]]
GAUGES = {
    "outbox": "dure_outbox_rows",
    "oldest_s": "dure_outbox_oldest_seconds",
    "dead": "dure_dead_letters",
    "lag": "dure_consumer_lag",
}
NOTHING = {"outbox": 0, "oldest_s": 0, "dead": 0, "lag": 0}


@pytest.fixture
async def stream(service_client: Make) -> AsyncIterator[Stream]:
    """Billing behind a local bus of its own; it stands at one statement."""
    stream = Stream(await service_client("billing"))
    yield stream
    await stream.bus.stop()


async def gauges(stream: Stream) -> dict[str, float]:
    """What the gauges say once they are measured; how old they are is right too."""
    before = time.time()
    await stream.client.runtime.measure()
    answer = await stream.client.http.get("/metrics")
    assert answer.status_code == 200
    samples = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert before <= float(samples["dure_measured_timestamp_seconds"]) <= time.time()
    return {name: float(samples[gauge]) for name, gauge in GAUGES.items()}


async def say(stream: Stream, name: str, when: dt.datetime) -> None:
    """Billing says an event of its own."""
    due = SelfpayDue(
        application_id=name, programme_code="p", amount_krw=1, flow="deposit", due_at=None, reason="BL-4"
    )  # fmt: skip
    async with stream.client.db.transaction() as tx:
        await outbox.say(tx, due, now=when)


async def test_the_gauges_of_events_follow_their_story(stream: Stream) -> None:
    """F-67: what is said waits and grows old, what stands lags, what is freed is dead until it is redriven."""
    client = stream.client
    assert await gauges(stream) == NOTHING

    await say(stream, "A-1", START)
    await say(stream, "A-2", START + dt.timedelta(minutes=4))
    client.clock.set(START + dt.timedelta(minutes=10))
    assert await gauges(stream) == NOTHING | {"outbox": 2, "oldest_s": 600}
    assert await client.runtime.relay_all() == 2
    assert await gauges(stream) == NOTHING

    await stream.say("S-1", "S-2", "S-3")
    assert await gauges(stream) == NOTHING | {"lag": 3}, "it stands at the first"
    await stream.free()
    await stream.bus.catch_up()
    assert stream.heard == ["S-2", "S-3"]
    assert await gauges(stream) == NOTHING | {"dead": 1, "outbox": 1}, "a copy of the dead letter goes out"
    assert await client.runtime.relay_all() == 1
    assert await gauges(stream) == NOTHING | {"dead": 1}

    stream.broken.clear()
    headers = client.as_("operator")
    ((letter),) = (await client.http.get("/v1/operations/dead-letters", headers=headers)).json()
    redriven = await client.http.post(f"/v1/operations/dead-letters/{letter['id']}/redrive", headers=headers)
    assert redriven.json() == {"handled": True}
    assert await gauges(stream) == NOTHING


async def test_f_84_an_unknown_lag_is_told_as_unknown(stream: Stream) -> None:
    """F-84: a member that never joined its group has no lag to tell: `unknown` in REST, NaN in the metric, never 0."""
    await stream.say("S-1", "S-2")
    assert (await gauges(stream))["lag"] == (await stream.told())["lag"] == 2
    runtime = stream.client.runtime
    away = runtime.bus = KafkaBus(KafkaConfig("127.0.0.1:1"))
    assert math.isnan((await gauges(stream))["lag"]), "a process that hears nothing"
    away.subscribe(runtime.subscription())
    told = await gauges(stream)
    assert math.isnan(told.pop("lag"))
    assert told == {"outbox": 0, "oldest_s": 0, "dead": 0}
    assert (await stream.told())["lag"] == "unknown"


def test_what_was_never_measured_is_unknown() -> None:
    """F-84: until the first measurement each of these gauges is NaN, not zero."""
    registry = CollectorRegistry()
    CommonMetrics(registry)
    assert {name for name, gauge in GAUGES.items() if not math.isnan(registry.get_sample_value(gauge) or 0)} == set()
