"""The five databases of the embedded server: made where missing, migrated when a migration is new."""

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from libs.common import log
from libs.embedded.home import CHECKOUT, Home
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES

if TYPE_CHECKING:
    from libs.common.migrate import Migrated

FIRST = ("programme_version", "organisation")
"""Intake's tables in which the first rows of any data stand."""


class DataInTheWay(RuntimeError):
    """A demo was asked for where somebody keeps data."""


def prepare(postgres: EmbeddedPostgres) -> bool:
    """Bring the databases to the newest schema if any migration changed since; returns whether it had to."""
    stamp = _stamp_file(postgres)
    if stamp.exists() and stamp.read_text() == _wanted():
        return False
    for name, done in migrate_all(postgres).items():
        for need in done.needs:
            log.get(__name__).warning("upgrade_needs", service=name, need=need)
            sys.stderr.write(f"dure: {name}: {need}\n")
    return True


def renew(postgres: EmbeddedPostgres, home: Home) -> None:
    """Throw away a former demo's data, so that the next starts empty.

    Raises DataInTheWay where somebody else changed anything since, or keeps data that no demo made.
    """
    there = postgres.databases()
    if not home.demo_marker.exists() and "intake" in there and _holds_anything(postgres):
        raise DataInTheWay(f"{home.folder} 에 직접 만든 자료가 있습니다 · holds data that no demo made")
    postgres.drop_databases(*there)
    _stamp_file(postgres).unlink(missing_ok=True)
    home.clear()
    home.demo_marker.touch()


def _holds_anything(postgres: EmbeddedPostgres) -> bool:
    """Whether anybody registered or a programme was uploaded; everything else follows from these."""
    tables = [name for name in FIRST if postgres.execute(f"SELECT to_regclass('{name}') IS NOT NULL", "intake") == "t"]
    return any(postgres.execute(f"SELECT EXISTS (SELECT FROM {name})", "intake") == "t" for name in tables)


def migrate_all(postgres: EmbeddedPostgres) -> "dict[str, Migrated]":
    """Make missing databases and run every service's migrations; returns what that came to, by service.

    Each database belongs to an owner who migrates it; its service runs under a role that may do less, and one that
    an earlier version left to the server's administrator is handed over first.
    """
    # a warm start never loads Alembic
    from libs.common.migrate import migrate_now, split_roles  # noqa: PLC0415
    from libs.common.roles import Roles  # noqa: PLC0415

    there = set(postgres.databases())
    done = {}
    for name in SERVICES:
        if name not in there:
            postgres.create_database(name)
        roles = Roles(owner=f"{name}_owner", running=name)
        asyncio.run(split_roles(name, postgres.url(name), roles))
        done[name] = migrate_now(name, postgres.url(name, roles.owner), roles.running)
    _stamp_file(postgres).write_text(_wanted())
    return done


def _stamp_file(postgres: EmbeddedPostgres) -> Path:
    return postgres.data_dir / "schema"


def _wanted() -> str:
    """What all migrations and rights say, in one number."""
    digest = hashlib.sha256()
    common = CHECKOUT / "libs" / "common"
    scripts = [*CHECKOUT.glob("services/*/migrations/**/*.py"), *CHECKOUT.glob("services/*/rights.py")]
    for script in sorted([*scripts, common / "backbone.py", common / "rights.py"]):
        digest.update(f"{script.relative_to(CHECKOUT)}\0".encode() + script.read_bytes())
    return digest.hexdigest()
