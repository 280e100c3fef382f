"""aiokafka repeats itself about ten times a second while a broker is away; the log says it once."""

import logging

from libs.common.kafka_quiet import OncePerInterval, quieten_aiokafka


def record(message: str, level: int = logging.ERROR) -> logging.LogRecord:
    """A line as aiokafka would log it."""
    return logging.LogRecord("aiokafka.client", level, "client.py", 1, message, (), None)


def test_the_same_statement_passes_once_per_interval() -> None:
    """Repetitions within the interval are held back; another statement passes."""
    once = OncePerInterval(interval_s=60)
    passed = [once.filter(record("Unable to connect")) for _ in range(100)]
    assert passed == [True] + [False] * 99
    assert once.filter(record("Heartbeat failed"))


def test_the_next_one_tells_how_many_were_held_back() -> None:
    """Nothing is hidden: after the interval the line says how many more there were."""
    once = OncePerInterval(interval_s=60)
    for _ in range(3):
        once.filter(record("Unable to connect"))
    ((statement, (at, held_back)),) = once._said.items()
    once._said[statement] = (at - 61, held_back)
    later = record("Unable to connect")
    assert once.filter(later)
    assert later.getMessage() == "Unable to connect (and 2 more like it)"


def test_what_is_no_warning_passes() -> None:
    """Information is not held back: its level decides."""
    once = OncePerInterval(interval_s=60)
    assert all(once.filter(record("joined", logging.INFO)) for _ in range(5))


def test_every_logger_of_aiokafka_is_quietened_once() -> None:
    """A filter on a parent does not reach its children, so each logger has it, and no logger has it twice."""
    logging.getLogger("aiokafka.conn")
    quieten_aiokafka()
    quieten_aiokafka()
    held = logging.getLogger("aiokafka.conn").filters
    assert len([f for f in held if isinstance(f, OncePerInterval)]) == 1
