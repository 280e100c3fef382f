"""Why brokers cannot be used: a client of aiokafka logs each refusal and raises only that it found nobody."""

import asyncio
import ssl

from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError

from libs.common.kafka_config import KafkaConfig

ASK_LIMIT_S = 5.0


async def cause_of(error: BaseException, config: KafkaConfig) -> BaseException:
    """What lies behind "cannot connect": the refusal of a broker that is asked once more; any other error as it is."""
    if not isinstance(error, KafkaConnectionError | TimeoutError):
        return error
    for address in config.bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        refusal = await _refusal(host, int(port), config)
        if refusal is not None:
            return refusal
    return error


async def _refusal(host: str, port: int, config: KafkaConfig) -> BaseException | None:
    told = {name: value for name, value in config.connection().items() if name != "bootstrap_servers"}
    connection: AIOKafkaConnection | None = None
    try:
        async with asyncio.timeout(ASK_LIMIT_S):
            connection = await create_conn(host, port, request_timeout_ms=int(ASK_LIMIT_S * 1000), **told)
    except (ssl.SSLError, KafkaError) as error:
        return error
    except (OSError, TimeoutError):
        return None  # away: the first error says so
    finally:
        if connection is not None:
            connection.close()
    return None
