"""The topics that the house needs on Kafka, and how wide they are; made explicitly, never by a stray producer."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from libs.common.events.envelope import REGISTRY
from libs.common.kafka_client import AIOKafkaAdminClient
from libs.common.kafka_config import KafkaConfig

PARTITIONS = 6
PARTITIONS_OF = {"dure.metering.usage.v1": 12}
"""Measured usage is the one busy topic. A count never changes: it decides which partition a key lives in."""
PARTITIONS_DEAD = 1
MESSAGE_BYTES_MAX = 8 * 1024 * 1024
"""A month's statement of a large provider is one event of some megabytes."""
ADMIN_LIMIT_S = 30


def dead_topic(topic: str) -> str:
    """Where the dead letters of a topic go."""
    return f"{topic}.dead"


def partitions(topics: Iterable[str]) -> dict[str, int]:
    """Each topic and its dead letters → number of partitions."""
    wide = {topic: PARTITIONS_OF.get(topic, PARTITIONS) for topic in topics}
    return wide | {dead_topic(topic): PARTITIONS_DEAD for topic in wide}


def known_topics() -> frozenset[str]:
    """Every topic on which an event contract that this process has loaded travels."""
    return frozenset(contract.topic() for contract in REGISTRY.values())


async def ensure_topics(config: KafkaConfig, topics: Iterable[str]) -> None:
    """Create those topics, and their dead-letter topics, that are not there. Raises KafkaError or TimeoutError."""
    admin = AIOKafkaAdminClient(**config.connection())
    try:
        async with asyncio.timeout(ADMIN_LIMIT_S):
            await admin.start()
            there = set(await admin.list_topics())
            missing = {topic: count for topic, count in partitions(topics).items() if topic not in there}
            await _create(admin, missing, config.replication)
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, wanted: dict[str, int], replication: int) -> None:
    if not wanted:
        return
    config = {
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
        # an acknowledged event is on two brokers wherever there are three
        "min.insync.replicas": str(max(1, replication - 1)),
    }
    answer: Any = await admin.create_topics(
        [NewTopic(topic, count, replication, topic_configs=config) for topic, count in sorted(wanted.items())]
    )
    for topic, code, *_ in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # another process was faster
            raise error(f"topic {topic} cannot be created")
