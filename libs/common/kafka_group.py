"""What a consumer group hears, as its coordinator knows it."""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition
from aiokafka.coordinator.protocol import ConsumerProtocol

from libs.common.kafka_client import AIOKafkaAdminClient
from libs.common.kafka_config import KafkaConfig

ASK_LIMIT_S = 10
SETTLING = ("PreparingRebalance", "CompletingRebalance")


async def unheard(config: KafkaConfig, group: str, partitions: Collection[TopicPartition]) -> set[TopicPartition]:
    """Those of the partitions that no member of the group is assigned; none while its members come and go.

    Raises KafkaError or TimeoutError.
    """
    admin = AIOKafkaAdminClient(**config.connection())
    try:
        async with asyncio.timeout(ASK_LIMIT_S):
            await admin.start()
            (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    told: Any = answer
    ((code, _, state, _, _, members, *_),) = told.groups
    if code or state in SETTLING:
        return set()
    assignments = [ConsumerProtocol.ASSIGNMENT.decode(member[-1]) for member in members if member[-1]]
    return set(partitions) - {partition for assignment in assignments for partition in assignment.partitions()}
