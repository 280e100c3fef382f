"""Why brokers cannot be used: a client of aiokafka logs each refusal and raises only that it found nobody."""

import asyncio
import ssl

from aiokafka.conn import AIOKafkaConnection, collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError

from libs.common import log
from libs.common.kafka_config import KafkaConfig

_log = log.get(__name__)

ASK_LIMIT_S = 5.0


async def cause_of(error: BaseException, config: KafkaConfig) -> BaseException:
    """What lies behind "cannot connect": the refusal of a broker that is asked once more; any other error as it is.

    Whatever goes wrong while it is asked, the first error stands: whoever wants the reason goes on.
    """
    if not isinstance(error, KafkaConnectionError | TimeoutError):
        return error
    try:
        for host, port, _ in collect_hosts(config.bootstrap, randomize=False):
            refusal = await _refusal(host, port, config)
            if refusal is not None:
                return refusal
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise  # we are meant; aiokafka lets out the cancellation of tasks of its own, too
    except Exception as failure:  # noqa: BLE001 - a diagnosis ends nobody
        _log.info("not_diagnosed", detail=repr(failure)[:200])
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
