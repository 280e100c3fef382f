"""What a client of Kafka reads, as the bus's messages: whatever anybody wrote there, with bounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiokafka import ConsumerRecord, TopicPartition

from libs.common.bus import ORIGIN, UNREADABLE, Message
from libs.common.handed import HANDED_BYTES_MAX
from libs.common.kafka_client import AIOKafkaConsumer

POLL_S = 1.0
Record = ConsumerRecord[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Read:
    """One message as it was read, where it lies, and how large it is."""

    message: Message
    partition: TopicPartition
    offset: int
    size_bytes: int


def read_of(record: Record) -> Read:
    """A record as the port's message; bytes that are no text become � and fail as an envelope, not here.

    Its headers stay where they lie: nobody here reads them, and nobody knows how many there are.
    """
    message = Message(record.topic, _text(record.key), _text(record.value), _origin(record.partition, record.offset))
    size_bytes = len(record.key or b"") + len(record.value or b"")
    return Read(message, TopicPartition(record.topic, record.partition), record.offset, size_bytes)


def unreadable(partition: TopicPartition, offset: int, error: UnicodeError) -> Read:
    """What stands for a record that the client cannot decode: the name of one of its headers is no text."""
    why = f"the record at offset {offset} of partition {partition.partition} cannot be decoded: {error}"
    headers = {**_origin(partition.partition, offset), UNREADABLE: why}
    return Read(Message(partition.topic, "", "", headers), partition, offset, 0)


def slices(reads: Sequence[Read]) -> Iterator[Sequence[Read]]:
    """The same in order, each slice `HANDED_BYTES_MAX` at most, or one message."""
    begin, size_bytes = 0, 0
    for at, read in enumerate(reads):
        if at > begin and size_bytes + read.size_bytes > HANDED_BYTES_MAX:
            yield reads[begin:at]
            begin, size_bytes = at, 0
        size_bytes += read.size_bytes
    yield reads[begin:]


def _origin(*place: int) -> dict[str, str]:
    return {name: str(number) for name, number in zip(ORIGIN, place, strict=True)}


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode(errors="replace").replace("\x00", "\ufffd")  # PostgreSQL stores no NUL


async def read_one_by_one(consumer: AIOKafkaConsumer, most: int) -> Sequence[Read]:
    """Read again from what was committed on, up to the first record of each partition that cannot be decoded.

    The client gives up a whole poll because of it, and has lost by then what it had decoded. Returns at most `most`.
    """
    starts = {partition: await _committed(consumer, partition) for partition in consumer.assignment()}
    for partition, offset in starts.items():
        consumer.seek(partition, offset)
    reads: list[Read] = []
    for partition, end in (await consumer.end_offsets(list(starts))).items():
        at = starts[partition]
        while at < end and len(reads) < most:
            try:
                batches = await consumer.getmany(partition, timeout_ms=int(POLL_S * 1000), max_records=1)
            except UnicodeError as error:
                reads.append(unreadable(partition, await consumer.position(partition), error))
                consumer.seek(partition, reads[-1].offset + 1)
                break
            records = batches.get(partition, ())
            reads += [read_of(record) for record in records]
            at = reads[-1].offset + 1 if records else end
    return reads


async def _committed(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int:
    """The first offset of a partition that the group has not handled."""
    committed = await consumer.committed(partition)
    if committed is None:
        (committed,) = (await consumer.beginning_offsets([partition])).values()
    return int(committed)
