"""An event that the broker refuses for its own sake: told, put aside without SQL, said after all; on a real broker."""

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from prometheus_client import generate_latest

from libs.common import outbox
from libs.common.events.envelope import wrap
from libs.common.kafka_bus import KafkaBus
from libs.common.kafka_client import AIOKafkaAdminClient, AIOKafkaConsumer
from libs.common.kafka_config import KafkaConfig
from libs.common.kafka_topics import ensure_topics
from tests.conftest import ServiceClient
from tests.engines.bed import Counted
from tests.engines.broker import KafkaBroker

pytestmark = pytest.mark.engines

Make = Callable[[str], Awaitable[ServiceClient]]
TOPIC = "dure.refused.events.v1"


async def limit_messages(bootstrap: str, size_bytes: int) -> None:
    """What whoever runs the broker may do at any time."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    told = ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"max.message.bytes": str(size_bytes)})
    await admin.alter_configs([told])
    await admin.close()


class Saying:
    """Billing on a real broker, with events of any size on a topic of its own."""

    def __init__(self, client: ServiceClient, bootstrap: str) -> None:
        self.client, self.bootstrap = client, bootstrap
        self.runtime = client.runtime
        self.bus = self.runtime.bus = KafkaBus(KafkaConfig(bootstrap), frozenset({TOPIC}))

    async def say(self, *sizes_bytes: int) -> None:
        """Events that are about so large, numbered, under one key."""
        now = self.client.clock.now()
        rows = []
        for n, size_bytes in enumerate(sizes_bytes):
            said = wrap(Counted(line="a", n=n), now=now, correlation_id="t").model_dump(mode="json", exclude_none=True)
            said["data"]["rest"] = secrets.token_hex(size_bytes)  # what no compression makes small
            rows.append((said["id"], TOPIC, "a", said["type"], json.dumps(said), dict[str, str]()))
        async with self.client.db.transaction() as tx:
            await outbox.append(tx, rows, now)

    async def call(self, method: str, path: str, **told: Any) -> Any:
        """What an operator is answered."""
        headers = self.client.as_("operator")
        answer = await self.client.http.request(method, f"/v1/operations/{path}", headers=headers, **told)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def heard(self) -> list[int]:
        """The numbers on the topic, each at its last place: what was published again counts once."""
        consumer = AIOKafkaConsumer(
            TOPIC, bootstrap_servers=self.bootstrap, auto_offset_reset="earliest", max_partition_fetch_bytes=8_000_000
        )
        await consumer.start()
        numbers = list[int]()
        while batches := await consumer.getmany(timeout_ms=2_000):
            numbers += [json.loads(r.value or b"")["data"]["n"] for records in batches.values() for r in records]
        await consumer.stop()
        return [n for at, n in enumerate(numbers) if n not in numbers[at + 1 :]]

    async def stands(self) -> float:
        """The metric of refused events."""
        await self.runtime.measure()
        told = generate_latest(self.runtime.service.registry).decode().splitlines()
        name = 'dure_consumer_stands{reason="publish_refused"} '
        return next(float(line.removeprefix(name)) for line in told if line.startswith(name))


async def test_an_event_that_the_broker_refuses_is_told_and_put_aside(
    service_client: Make, broker: KafkaBroker
) -> None:
    """Readiness, operators' view and metric tell it; freed, what waited behind it flows; redriven, it is said."""
    saying = Saying(await service_client("billing"), broker.bootstrap)
    await ensure_topics(KafkaConfig(broker.bootstrap), [TOPIC])
    await limit_messages(broker.bootstrap, 100_000)
    await saying.say(10, 200_000, 10, 10)
    for failures in (1, 2):
        with pytest.raises(outbox.RowRefused):
            await saying.runtime.relay_all()
        told = await saying.call("GET", "bus")
        (standing,) = told["standing"]
        assert (standing["error_code"], standing["failures"]) == ("publish_refused", failures)
        assert (standing["topic"], standing["key"]) == (TOPIC, "a")
        assert "MessageSizeTooLarge" in standing["error_detail"]
        assert (told["published"], told["outbox_rows"]) == (1, 3)
        assert "the broker refuses" in told["stopped_because"]
    assert "the broker refuses" in await saying.runtime.not_ready()
    assert await saying.stands() == 1

    freed = await saying.call("POST", "bus/free", json={"reason": "오류 8"})
    assert freed["buried"] == [standing["event_id"]]
    assert await saying.runtime.relay_all() == 2
    assert await saying.heard() == [0, 2, 3]
    told = await saying.call("GET", "bus")
    assert (told["standing"], told["outbox_rows"], told["dead_letters"], told["stopped_because"]) == ([], 0, 1, "")
    assert await saying.stands() == 0
    assert await saying.runtime.not_ready() == ""
    (letter,) = await saying.call("GET", "dead-letters")
    assert letter["error_code"] == "publish_refused"
    assert "오류 8" in letter["error_detail"]
    assert "operator-1" in letter["error_detail"]

    await limit_messages(broker.bootstrap, 8_000_000)
    assert await saying.call("POST", f"dead-letters/{letter['id']}/redrive") == {"handled": True}
    assert await saying.runtime.relay_all() == 1
    assert await saying.heard() == [0, 2, 3, 1]
    assert await saying.call("GET", "dead-letters") == []
    await saying.bus.stop()


async def test_a_batch_that_is_too_large_as_a_whole_stands_nowhere(service_client: Make, broker: KafkaBroker) -> None:
    """Small events that the client packs into one large batch are sent in smaller ones."""
    saying = Saying(await service_client("billing"), broker.bootstrap)
    await ensure_topics(KafkaConfig(broker.bootstrap), [TOPIC])
    await limit_messages(broker.bootstrap, 100_000)
    before = await saying.heard()
    await saying.say(*[40_000] * 8)
    assert await saying.runtime.relay_all() == 8
    assert (await saying.call("GET", "bus"))["standing"] == []
    assert (await saying.heard())[-8:] == list(range(8)), before
    await saying.bus.stop()
