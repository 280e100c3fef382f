"""The five databases of the embedded server: made where missing, migrated when a migration is new."""

import hashlib
from pathlib import Path

from libs.embedded.home import CHECKOUT, SERVICES
from libs.embedded.postgres import EmbeddedPostgres


def prepare(postgres: EmbeddedPostgres) -> bool:
    """Bring the databases to the newest schema if any migration changed since; returns whether it had to."""
    stamp = _stamp_file(postgres)
    if stamp.exists() and stamp.read_text() == _wanted():
        return False
    migrate_all(postgres)
    return True


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
