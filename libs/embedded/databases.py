"""The five databases of the embedded server: made where missing, migrated when a migration is new."""

import hashlib
from pathlib import Path

from libs.embedded.home import CHECKOUT, Home
from libs.embedded.postgres import EmbeddedPostgres
from libs.operator.services import SERVICES


class DataInTheWay(RuntimeError):
    """A demo was asked for where somebody keeps data."""


def prepare(postgres: EmbeddedPostgres) -> bool:
    """Bring the databases to the newest schema if any migration changed since; returns whether it had to."""
    stamp = _stamp_file(postgres)
    if stamp.exists() and stamp.read_text() == _wanted():
        return False
    migrate_all(postgres)
    return True


def renew(postgres: EmbeddedPostgres, home: Home) -> None:
    """Throw away a former demo's data, so that the next starts from nothing. Data that no demo made is left alone."""
    there = postgres.databases()
    if not home.demo_marker.exists() and "intake" in there and _holds_programmes(postgres):
        raise DataInTheWay(f"{home.folder} 에 자료가 있습니다 · holds data that no demo made")
    for name in there:
        postgres.drop_database(name)
    _stamp_file(postgres).unlink(missing_ok=True)
    home.clear()
    home.demo_marker.touch()


def _holds_programmes(postgres: EmbeddedPostgres) -> bool:
    if postgres.execute("SELECT to_regclass('programme_version') IS NULL", "intake") == "t":
        return False
    return postgres.execute("SELECT count(*) FROM programme_version", "intake") != "0"


def migrate_all(postgres: EmbeddedPostgres) -> dict[str, str]:
    """Make missing databases and run every service's migrations; returns each service's revision."""
    from libs.common.migrate import migrate_now, newest_revision  # noqa: PLC0415  (a warm start never loads Alembic)

    there = set(postgres.databases())
    for name in SERVICES:
        if name not in there:
            postgres.create_database(name)
        migrate_now(name, postgres.url(name))
    _stamp_file(postgres).write_text(_wanted())
    return {name: newest_revision(name) for name in SERVICES}


def _stamp_file(postgres: EmbeddedPostgres) -> Path:
    return postgres.data_dir / "schema"


def _wanted() -> str:
    """What all migrations say, in one number."""
    digest = hashlib.sha256()
    scripts = [*CHECKOUT.glob("services/*/migrations/**/*.py"), CHECKOUT / "libs" / "common" / "backbone.py"]
    for script in sorted(scripts):
        digest.update(f"{script.relative_to(CHECKOUT)}\0".encode() + script.read_bytes())
    return digest.hexdigest()
