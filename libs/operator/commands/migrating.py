"""`migrate` in a service's image: its own database, to the newest schema, and once its two roles apart."""

import os
from typing import Annotated

import typer

from libs.operator.services import SERVICES
from libs.operator.terminal import fail


def migrate(
    split_roles: Annotated[
        bool,
        typer.Option("--split-roles", help="DBA로 한 번: 소유·실행 역할 나누기 · once, as administrator: two roles"),
    ] = False,
) -> None:
    """이 서비스의 데이터베이스를 최신 구조로 올립니다 · bring this service's database to the newest schema.

    DURE_DATABASE_URL is the owner's address; with --split-roles it is the server administrator's, and
    DURE_DATABASE_OWNER_PASSWORD is the new owner's password.
    """
    name = os.environ.get("SERVICE", "")
    if name not in SERVICES:
        fail("SERVICE에 서비스 이름이 없습니다", f"SERVICE names no service; it is one of {', '.join(SERVICES)}", 2)
    from libs.common import migrating  # noqa: PLC0415  (loads Alembic)

    migrating.run(name, split_apart=split_roles)
