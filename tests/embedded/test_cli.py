"""The `dure` command against a real server of its own: help, exit codes, JSON, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import pytest
from typer.testing import CliRunner

from libs.embedded.home import Home
from libs.embedded.postgres_home import discard
from libs.operator.services import SERVICES
from tools.cli import app

ROOT = Path(__file__).parents[2]
COMMANDS = [
    ["up"], ["down"], ["status"], ["doctor"], ["demo"], ["test"], ["bench"], ["check"], ["generate"], ["token"],
    ["migrate"],
    ["clock", "show"], ["clock", "set"], ["clock", "advance"], ["clock", "real"],
    ["programme", "check"], ["programme", "open"],
    ["bus", "lag"], ["bus", "free"], ["bus", "dead"], ["bus", "redrive"], ["bus", "replay"],
]  # fmt: skip


class Told(NamedTuple):
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


class Dure:
    """The command, on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("DURE_")}
        self.environment |= {"DURE_HOME": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
        self.command = [sys.executable, "-P", "-m", "tools.cli"]

    def __call__(self, *arguments: str) -> Told:
        """Run it within this process, which spares every call the second that loading takes; `up` for itself."""
        if arguments[0] == "up" and "--help" not in arguments:
            return self.outside(*arguments)
        told = CliRunner().invoke(app, list(arguments), env={"DURE_HOME": str(self.home.folder)})
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    def outside(self, *arguments: str) -> Told:
        """Run it as a process of its own, with closed input, away from the checkout."""
        done = subprocess.run(
            [*self.command, *arguments], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            cwd="/", env=self.environment, timeout=200,
        )  # fmt: skip
        return Told(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str) -> Any:
        """The document that a command prints with `--json`, as the only thing on standard output."""
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def server_processes(self) -> list[psutil.Process]:
        """The server and its PostgreSQL."""
        running = self.home.running()
        if running is None:
            return []
        server = psutil.Process(running.pid)
        return [server, *server.children(recursive=True)]

    def clean_up(self) -> None:
        """Stop and remove whatever a test left."""
        self("down")
        discard(self.home.postgres)


@pytest.fixture(scope="module")
def dure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dure]:
    """A command whose server runs in the background on a free port."""
    dure = Dure(tmp_path_factory.mktemp("home") / "자료 folder")
    started = dure("up", "--detach", "--port", "0", "--json")
    assert started.returncode == 0, started.stderr
    yield dure
    dure.clean_up()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Dure]:
    """A command on an empty folder, with nothing running."""
    dure = Dure(tmp_path / "home")
    yield dure
    dure.clean_up()


STATEMENT_S_MAX = 25
"""Less than what a statement may take on one machine unless it is told otherwise."""
WAIT_S_MAX = 120
"""How long a test waits for what comes in a moment on a machine with nothing else to do."""


def becomes_ready(url: str) -> bool:
    """Whether the server says within the limit that it is ready."""
    until = time.monotonic() + WAIT_S_MAX
    while time.monotonic() < until:
        if httpx.get(f"{url}/readyz", timeout=30).status_code == 200:
            return True
        time.sleep(0.3)
    return False


def wait_gone(processes: list[psutil.Process], limit_s: float = WAIT_S_MAX) -> list[psutil.Process]:
    """Those of the processes that outlive the limit."""
    return psutil.wait_procs(processes, timeout=limit_s)[1]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_in_both_languages(command: list[str]) -> None:
    """`--help` of every command speaks Korean and English and ends well; without a terminal it is plain text."""
    told = CliRunner().invoke(app, [*command, "--help"])
    assert told.exit_code == 0
    assert any("가" <= letter <= "힣" for letter in told.stdout)
    assert " · " in told.stdout
    assert "--json" in told.stdout
    assert "\x1b" not in told.stdout


def test_the_command_itself_lists_its_commands(tmp_path: Path) -> None:
    """`./dure` alone and `./dure --help` list every command; the first counts as asked wrongly."""
    listed = Dure(tmp_path).outside("--help")
    assert listed.returncode == 0
    assert all(f"\n  {command[0]} " in listed.stdout for command in COMMANDS)
    assert Dure(tmp_path).outside().returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["nonsense"], id="no such command"),
        pytest.param(["up", "--port", "70000"], id="a port out of range"),
        pytest.param(["token", "--role", "king"], id="an unknown role"),
        pytest.param(["token", "--role", "provider"], id="a provider without its code"),
        pytest.param(["clock", "set", "tomorrow"], id="not an instant"),
        pytest.param(["clock", "advance", "soon"], id="not a duration"),
        pytest.param(["programme", "check", "/no/such/file.yaml"], id="no such file"),
        pytest.param(["programme", "open", "no-such-programme"], id="no such programme"),
        pytest.param(["bus", "dead", "--service", "kitchen"], id="no such service"),
        pytest.param(["bus", "redrive", "--id", "1"], id="a letter's number without its service"),
        pytest.param(["bus", "replay", "--from", "then"], id="replay from no instant"),
    ],
)
def test_a_wrong_question_ends_with_2(arguments: list[str]) -> None:
    """What was asked wrongly ends with exit code 2, nothing on standard output, the reason on standard error."""
    told = CliRunner().invoke(app, arguments)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.strip()
    assert isinstance(told.exception, SystemExit)


@pytest.mark.parametrize(
    "arguments", [["clock", "show"], ["bus", "lag"], ["programme", "open", "hpc-2025-gpu"]], ids=" ".join
)
def test_without_a_server_commands_say_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """A command that needs the server ends with 1 and names `./dure up`."""
    monkeypatch.setenv("DURE_HOME", str(tmp_path))
    told = CliRunner().invoke(app, arguments)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "./dure up" in told.stderr


def test_status_and_down_without_a_server(tmp_path: Path) -> None:
    """`status` says that nothing runs, with 1; `down` has nothing to do and ends well."""
    dure = Dure(tmp_path)
    assert dure("status").returncode == 1
    assert json.loads(dure("status", "--json").stdout) == {"running": False}
    assert dure.json("down") == {"stopped": False}


def test_up_answers_for_all_five_services(dure: Dure) -> None:
    """Every service answers `/readyz`, has a docs page, and stays below 250 MB together with the rest."""
    status = dure.json("status")
    assert status["ready"]
    assert status["services"] == dict.fromkeys(SERVICES, True)
    assert status["memory_mb"] <= 250
    for name in SERVICES:
        assert httpx.get(f"{status['url']}/{name}/readyz").json()["ready"]
        assert httpx.get(f"{status['url']}/{name}/healthz").status_code == 200
    assert httpx.get(f"{status['url']}/readyz").json() == {"ready": True, "why_not": {}}


def test_every_page_works_without_internet(dure: Dure) -> None:
    """The home page and all docs pages load nothing from elsewhere, and what they load is there."""
    url = dure.json("status")["url"]
    home = httpx.get(f"{url}/").text
    assert "두레" in home
    for name in SERVICES:
        assert f'href="/{name}/docs"' in home
        for page in ("docs", "redoc"):
            html = httpx.get(f"{url}/{name}/{page}").text
            assert "https://" not in html.replace("https://fastapi.tiangolo.com", "")
            sources = [part.split('"')[0] for part in html.split('src="')[1:]]
            for source in sources:
                assert httpx.get(f"{url}{source}").status_code == 200, source
        assert httpx.get(f"{url}/{name}/openapi.json").json()["openapi"].startswith("3.")


def test_overall_metrics_tell_the_services_apart(dure: Dure) -> None:
    """One `/metrics` for all, each sample with its service, each family declared once."""
    text = httpx.get(dure.json("status")["url"] + "/metrics").text
    for name in SERVICES:
        assert f'dure_outbox_rows{{service="{name}"}}' in text
    assert text.count("# TYPE dure_outbox_rows gauge") == 1


def test_tokens_open_what_their_role_may_see(dure: Dure) -> None:
    """A token of the command is accepted by a service; none, a torn one and a wrong role are not."""
    url = dure.json("status")["url"] + "/intake/v1/operations/bus"
    token = dure.outside("token", "--role", "operator").stdout.strip()
    assert httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, headers={"Authorization": f"Bearer {token[:-4]}AAAA"}).status_code == 401
    applicant = dure.json("token", "--role", "applicant", "--org", "O-000001")["token"]
    assert httpx.get(url, headers={"Authorization": f"Bearer {applicant}"}).status_code == 403
    assert httpx.put(f"{dure.json('status')['url']}/embedded/v1/clock", json={"at": None}).status_code == 401


def test_f_05_the_clock_knows_its_caller_before_it_reads(dure: Dure) -> None:
    """F-05: A command of the one-machine mode without a token, or of a role that may not, is refused unread; one of an
    operator is bounded as the services' are."""
    url = httpx.URL(dure.json("status")["url"])
    provider = dure.json("token", "--role", "provider", "--org", "alpha")["token"]
    for told, status in (("", 401), (f"Authorization: Bearer {provider}\r\n", 403)):
        with socket.create_connection((url.host, url.port), timeout=20) as connection:
            head = f"PUT /embedded/v1/clock HTTP/1.1\r\nHost: x\r\n{told}Content-Length: 1000000\r\n\r\n"
            connection.sendall(head.encode())  # and nothing of the body
            assert connection.recv(12) == f"HTTP/1.1 {status}".encode()
    operator = {"Authorization": f"Bearer {dure.json('token', '--role', 'operator')['token']}"}
    answer = httpx.put(f"{url}/embedded/v1/clock", content=bytes(2 << 20), headers=operator)
    assert (answer.status_code, answer.json()["facts"]) == (413, {"bytes_max": 1 << 20})


def test_the_clock_stands_moves_and_runs_again(dure: Dure) -> None:
    """`clock set` (KST), `advance`, `show` and `real` are seen by the server at once."""
    assert dure.json("clock", "set", "2025-10-01T09:00")["now"] == "2025-10-01T00:00:00+00:00"
    assert dure.json("clock", "advance", "1d12h")["now"] == "2025-10-02T12:00:00+00:00"
    shown = dure("clock", "show")
    assert shown.stdout.startswith("2025-10-02 21:00:00 KST")
    assert dure.json("status")["simulated"]
    real = dure.json("clock", "real")
    assert not real["simulated"]
    assert not real["now"].startswith("2025")


def test_the_bus_commands_tell_where_events_stand(dure: Dure) -> None:
    """`bus lag`, `dead`, `redrive` and `replay` answer for every service; an empty bus is quiet."""
    assert set(dure.json("bus", "lag")) == set(SERVICES)
    assert dure.json("bus", "dead") == []
    assert dure.json("bus", "redrive")["intake"] == {"handled": 0, "failed_again": 0}
    assert dure.json("bus", "replay", "--from", "2025-01-01", "--service", "billing") == {"billing": {"count": 0}}


def test_a_programme_is_checked_and_opened(dure: Dure) -> None:
    """`programme check` lists unset values, a broken file ends with 1; `programme open` opens it once."""
    checked = dure.json("programme", "check", str(ROOT / "programmes" / "hpc-2025-gpu.yaml"))
    assert checked["files"][0]["code"] == "hpc-2025-gpu"
    assert checked["files"][0]["unset"]
    broken = dure.home.folder / "broken.yaml"
    broken.write_text("code: x\n")
    assert dure("programme", "check", str(broken)).returncode == 1
    dure.json("programme", "open", "gpu-rental-2025s")
    again = dure("programme", "open", "gpu-rental-2025s")
    assert again.returncode == 1
    assert "Traceback" not in again.stderr


def test_up_twice_and_a_port_in_use(dure: Dure, fresh: Dure) -> None:
    """A second `up` tells of the first; another Dure on the same port says so, ends with 1, and leaves nothing."""
    first = dure.json("status")
    assert dure.json("up", "--detach")["pid"] == first["pid"]
    port = first["url"].rsplit(":", 1)[1]
    refused = fresh("up", "--detach", "--port", port)
    assert refused.returncode == 1
    assert f"port {port} cannot be used" in refused.stderr
    assert fresh.home.running() is None


def test_doctor_names_what_is_there_and_what_is_not(dure: Dure) -> None:
    """`doctor` ends well here; with a folder that cannot be written it ends with 1 and names the mend."""
    told = dure.json("doctor", "--port", "0")
    assert told["ok"]
    assert {"Python", "packages", "disk", "port", "PostgreSQL", "Java 17+", "Maven"} <= {
        f["name"] for f in told["findings"]
    }
    wrong = Dure(Path("/proc/nowhere"))("doctor", "--port", "0", "--json")
    assert wrong.returncode == 1
    bad = [f for f in json.loads(wrong.stdout)["findings"] if f["needed"] and not f["ok"]]
    assert all(finding["mend"] for finding in bad)


def test_down_stops_all_and_a_second_start_keeps_the_data(fresh: Dure) -> None:
    """`down` leaves no process; `up` again finds the databases; `--reset` starts from nothing."""
    fresh.json("up", "--detach", "--port", "0")
    processes = fresh.server_processes()
    assert any("postgres" in process.name() for process in processes)
    key = fresh.home.key.read_text()
    assert json.loads(fresh.outside("down", "--json").stdout) == {"stopped": True}
    assert wait_gone(processes) == []
    assert fresh.json("migrate")["intake"]
    fresh.json("up", "--detach", "--port", "0")
    assert fresh.home.key.read_text() == key
    fresh.json("up", "--detach", "--port", "0", "--reset")
    assert fresh.home.key.read_text() != key
    assert fresh.json("status")["ready"]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda sign: sign.name)
def test_a_foreground_server_ends_with_all_it_started(fresh: Dure, sign: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and even kill -9 of `dure up` leave no PostgreSQL behind; the next start works."""
    up = subprocess.Popen(
        [*fresh.command, "up", "--port", "0", "--json"], env=fresh.environment, cwd="/",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert up.stdout is not None
    told = json.loads(up.stdout.readline())
    assert told["pid"] == up.pid
    assert becomes_ready(told["url"])
    postgres = fresh.server_processes()[1:]
    assert postgres
    up.send_signal(sign)
    up.wait(WAIT_S_MAX)
    up.stdout.close()
    assert wait_gone(postgres) == []
    assert up.returncode == (-signal.SIGKILL if sign is signal.SIGKILL else 0)
    assert fresh.home.running() is None


def test_postgres_killed_with_9_comes_back_under_a_running_server(fresh: Dure) -> None:
    """After kill -9 of PostgreSQL alone, the server becomes ready again by itself."""
    url = fresh.json("up", "--detach", "--port", "0")["url"]
    postmaster = next(process for process in fresh.server_processes() if process.name() == "postgres")
    postmaster.kill()
    assert becomes_ready(url)
    assert fresh.json("bus", "dead") == []


def test_f_04_a_frozen_postgres_hangs_nobody_on_one_machine(fresh: Dure) -> None:
    """While every process of PostgreSQL is stopped, whoever asks is told 503 soon; awake again, it is ready again."""
    fresh.environment["DURE_DATABASE_STATEMENT_TIMEOUT_S"] = "1"
    url = fresh.json("up", "--detach", "--port", "0")["url"]
    officer = {"Authorization": f"Bearer {fresh('token', '--role', 'officer').stdout.strip()}"}
    listed = f"{url}/billing/v1/settlements"
    assert httpx.get(listed, headers=officer, timeout=30).status_code == 200
    frozen = [process for process in fresh.server_processes() if process.name() == "postgres"]
    for process in frozen:
        process.suspend()
    try:
        told = httpx.get(listed, headers=officer, timeout=STATEMENT_S_MAX)
        assert (told.status_code, told.json()["code"]) == (503, "unavailable")
    finally:
        for process in frozen:
            process.resume()
    assert becomes_ready(url)


def test_a_second_demo_says_that_one_runs(dure: Dure) -> None:
    """F-52: While a server runs, `demo` ends with its address and removes nothing."""
    before = [process.pid for process in dure.server_processes()]
    told = dure("demo", "--exit")
    assert (told.returncode, told.stdout) == (1, "")
    running = dure.home.running()
    assert running is not None
    assert running.url in told.stderr
    assert "--reset" in told.stderr
    assert [process.pid for process in dure.server_processes()] == before
