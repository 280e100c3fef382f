"""PostgreSQL over TLS: pool, LISTEN, readiness and migration, on a real server that takes nobody without it."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.db_address import connect_arguments, with_tls
from libs.common.migrate import migrate, newest_revision
from libs.common.outbox import CHANNEL
from libs.common.readiness import Readiness
from libs.common.reasons import in_words
from libs.common.settings import Settings
from libs.embedded.postgres_home import PostgresHome, discard, settle
from libs.embedded.postgres_process import spawn
from tests.engines.broker import free_ports
from tests.engines.certificates import Certificate, make_certificate

pytestmark = pytest.mark.engines

START_S_MAX = 60
SAME_HOST_OTHER_NAME = "2130706433"
"""127.0.0.1 as one number: the resolver knows it, the certificate does not."""
INSTALLED = "/usr/lib/postgresql"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with TLS."""

    port: int
    certificate: Certificate
    version: str

    def url(self, host: str = "127.0.0.1") -> str:
        """Its address, which says nothing of TLS."""
        return f"postgresql+asyncpg://postgres:only-here@{host}:{self.port}/postgres"


def binaries() -> Path:
    """An installed server's programs: the one that Dure brings along is built without TLS."""
    found = sorted(Path(INSTALLED).glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    if found:
        return found[-1].parent
    reason = "no PostgreSQL server with TLS (apt install postgresql)"
    if os.environ.get("DURE_REQUIRE_ENGINES") == "1":
        raise RuntimeError(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own whose every TCP connection is encrypted and needs a password."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="dure-tls-"))
    home = replace(settle(folder), binaries=programs)
    certificate = make_certificate(home.folder / "tls")
    give_to(home, certificate)
    (port,) = free_ports(1)
    process = begin(home, certificate, port)
    version = subprocess.run(
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    yield Server(port, certificate, version)
    process.terminate()
    process.wait(20)
    discard(folder)


def give_to(home: PostgresHome, certificate: Certificate) -> None:
    """Let the server's user read its own certificate, and write the password that initdb is told."""
    (home.folder / "password").write_text("only-here")
    owner = home.owner()
    if owner is not None:
        key_folder = certificate.key.parent
        for file in (key_folder, home.folder / "password", *key_folder.iterdir()):
            os.chown(file, *owner)


def begin(home: PostgresHome, certificate: Certificate, port: int) -> "subprocess.Popen[bytes]":
    """Make the cluster and start the server; returns when it is ready."""
    with (home.folder / "log").open("ab") as log:
        how = ["-A", "scram-sha-256", "-U", "postgres", f"--pwfile={home.folder / 'password'}", "--no-sync"]
        assert spawn(home, "initdb", ["-D", str(home.cluster), "-E", "UTF8", *how], log).wait() == 0
        (home.cluster / "pg_hba.conf").write_text("hostssl all all 127.0.0.0/8 scram-sha-256\n")
        told = {
            "listen_addresses": "127.0.0.1", "port": port, "ssl": "on", "ssl_cert_file": certificate.chain,
            "ssl_key_file": certificate.key, "fsync": "off", "unix_socket_directories": "",
        }  # fmt: skip
        settings = [part for name, value in told.items() for part in ("-c", f"{name}={value}")]
        process = spawn(home, "postgres", ["-D", str(home.cluster), *settings], log)
    until = time.monotonic() + START_S_MAX
    said = home.cluster / "postmaster.pid"
    while not (said.exists() and "ready" in said.read_text()):
        assert process.poll() is None, (home.folder / "log").read_text()[-2000:]
        assert time.monotonic() < until, (home.folder / "log").read_text()[-2000:]
        time.sleep(0.1)
    return process


@pytest.fixture
def settings(server: Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What a process makes of its environment."""
    monkeypatch.setenv("DURE_DATABASE_URL", server.url())
    monkeypatch.setenv("DURE_DATABASE_SSLMODE", "verify-full")
    monkeypatch.setenv("DURE_DATABASE_SSLROOTCERT", str(server.certificate.authority))
    return Settings()


async def test_f49_every_connection_is_encrypted(
    server: Server, settings: Settings, tell: Callable[[str], None]
) -> None:
    """F-49: migration, pool, LISTEN and readiness all speak TLS with the settings of one process."""
    assert (await migrate("metering", settings.database_url, "nobody")).after == newest_revision("metering")
    db = Database(settings.database_url)
    encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    async with db.transaction() as tx:
        assert (await tx.execute(text(encrypted))).scalar_one() is True
    listening = await asyncpg.connect(**connect_arguments(settings.database_url))
    assert await listening.fetchval(encrypted) is True
    woken = asyncio.Event()
    await listening.add_listener(CHANNEL, lambda *_: woken.set())
    async with db.transaction() as tx:
        await tx.execute(text(f"NOTIFY {CHANNEL}"))
    await asyncio.wait_for(woken.wait(), 10)
    await listening.close()
    readiness = Readiness("metering", settings.database_url, (), list)
    assert await readiness.why_not() == ""
    await readiness.close()
    await db.close()
    tell(f"TLS to {server.version}")


@pytest.mark.parametrize("wrong", ["no encryption", "another authority", "another name"])
async def test_f49_a_database_that_cannot_be_trusted_is_not_spoken_to(
    wrong: str, server: Server, tmp_path: Path
) -> None:
    """F-49: without TLS the server refuses; with an unknown authority or a name not in the certificate, we do."""
    authority = str(server.certificate.authority)
    if wrong == "no encryption":
        url = with_tls(server.url(), "disable", "")
    elif wrong == "another authority":
        url = with_tls(server.url(), "verify-full", str(make_certificate(tmp_path).authority))
    else:
        url = with_tls(server.url(SAME_HOST_OTHER_NAME), "verify-full", authority)
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await asyncpg.connect(**connect_arguments(url), timeout=10)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("another authority", "DURE_DATABASE_SSLROOTCERT"), ("no encryption", "DURE_DATABASE"), ("password", "password")],
)
async def test_f82_readiness_says_what_the_database_refuses(
    wrong: str, words: str, server: Server, tmp_path: Path
) -> None:
    """F-82: an authority that is not trusted, plain text and a wrong password are told apart, in words."""
    trusted = str(server.certificate.authority)
    urls = {
        "another authority": with_tls(server.url(), "verify-full", str(make_certificate(tmp_path).authority)),
        "no encryption": with_tls(server.url(), "disable", ""),
        "password": with_tls(server.url().replace("only-here", "guessed"), "verify-full", trusted),
    }
    readiness = Readiness("metering", urls[wrong], (), list)
    why_not = await readiness.why_not()
    assert why_not.startswith("database: ")
    assert words in in_words(why_not)["en"], why_not
    await readiness.close()


def test_f49_an_option_that_nobody_reads_is_refused() -> None:
    """F-49: options of the address were dropped without a word; now a misspelt one fails the start."""
    with pytest.raises(ValueError, match="ssl_mode"):
        connect_arguments("postgresql+asyncpg://a@b/c?ssl_mode=require")
    with pytest.raises(ValueError, match="sslmode is one of"):
        connect_arguments("postgresql+asyncpg://a@b/c?sslmode=yes")
