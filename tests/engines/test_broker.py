"""The engine tests run against a real Apache Kafka broker, and it can be killed and brought back."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.broker import free_ports, missing, require, shared_broker

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parents[2]

START_AND_WAIT = """
import sys, time
from tests.engines.broker import shared_broker
print(shared_broker().pid, flush=True)
time.sleep(600)
"""


def test_the_broker_is_apache_kafka_4(tell: Callable[[str], None]) -> None:
    """What answers is Apache Kafka 4, by its own statement, which is printed for the record."""
    version = shared_broker().version()
    tell(f"engine tests run against Apache Kafka {version}")
    assert version.split(".")[0] == "4"


def test_a_killed_broker_comes_back_on_the_same_port() -> None:
    """After kill -9 and a restart the same address serves again, from the same data."""
    broker = shared_broker()
    before = broker.pid
    broker.kill9()
    assert broker.pid is None
    broker.restart()
    assert broker.pid not in (None, before)


def test_no_broker_outlives_the_process_that_started_it() -> None:
    """A test run killed with -9 leaves no broker behind."""
    require()
    starter = subprocess.Popen([sys.executable, "-c", START_AND_WAIT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "Z" not in state_of(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists() or "Z" in state_of(pid)


def state_of(pid: int) -> str:
    """The process's state letter, `Z` for one that ended and awaits its parent; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "Z"


def test_a_missing_engine_is_told_and_can_be_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java or Maven a test is skipped with the reason, and with DURE_REQUIRE_ENGINES=1 it is an error."""
    monkeypatch.setenv("PATH", "")
    assert missing() == "java and mvn"
    monkeypatch.delenv("DURE_REQUIRE_ENGINES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="java and mvn not found"):
        require()
    monkeypatch.setenv("DURE_REQUIRE_ENGINES", "1")
    with pytest.raises(RuntimeError, match="java and mvn not found"):
        require()


def test_a_broker_has_its_own_ports() -> None:
    """Two free ports differ, so brokers of parallel test runs do not meet."""
    assert len(set(free_ports(4))) == 4
