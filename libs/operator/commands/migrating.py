"""`migrate` in a service's image: its own database, to the newest schema."""

import os

import typer

from libs.operator.services import SERVICES
from libs.operator.terminal import fail, say, step


def migrate() -> None:
    """이 서비스의 데이터베이스를 최신 구조로 올립니다 · bring this service's database to the newest schema."""
    name = os.environ.get("SERVICE", "")
    if name not in SERVICES:
        fail("SERVICE에 서비스 이름이 없습니다", f"SERVICE names no service; it is one of {', '.join(SERVICES)}", 2)
    from libs.common.migrate import migrate_now, newest_revision  # noqa: PLC0415  (loads Alembic)
    from libs.common.settings import Settings  # noqa: PLC0415

    with step(f"{name} 데이터베이스를 올립니다 · migrating {name}"):
        migrate_now(name, Settings().database_url)
    say(f"{name:10} {newest_revision(name)}")
    raise typer.Exit(0)
