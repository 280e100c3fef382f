"""`dure migrate`: the five databases of this folder; with `--split-roles` those of a server that stands elsewhere."""

import os
from typing import Annotated

import typer

from libs.embedded.home import Home
from libs.operator.services import SERVICES
from libs.operator.terminal import JSON_HELP, emit, fail, say, step


def migrate(
    split_roles: Annotated[
        bool,
        typer.Option(
            "--split-roles",
            help="DBA로 한 번: DURE_DATABASE_URL의 서버에서 소유·실행 역할 나누기"
            " · once, as administrator of the server in DURE_DATABASE_URL: two roles per database",
        ),
    ] = False,
    service: Annotated[
        str, typer.Option(help=f"--split-roles: 그 주소의 데이터베이스 하나만 · one only: {', '.join(SERVICES)}")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """다섯 데이터베이스를 최신 구조로 올립니다 · bring the five databases to the newest schema."""
    if split_roles:
        _split(service, json=json)
    elif service:
        fail("--service 는 --split-roles 와 함께 씁니다", "--service goes with --split-roles", 2)
    else:
        _migrate(json=json)


def _migrate(*, json: bool) -> None:
    home = Home.here()
    if home.running() is not None:
        fail("서버가 돌고 있습니다. 시작할 때 이미 올렸습니다", "the server runs, and migrated when it started")
    from libs.embedded.databases import migrate_all  # noqa: PLC0415  (loads Alembic)
    from libs.embedded.postgres import EmbeddedPostgres  # noqa: PLC0415
    from libs.embedded.postgres_home import PostgresUnavailable  # noqa: PLC0415

    home.make()
    try:
        with step("데이터베이스를 올립니다 · migrating"), EmbeddedPostgres(home.postgres) as postgres:
            done = migrate_all(postgres)
    except PostgresUnavailable as error:
        fail(f"PostgreSQL을 시작하지 못했습니다: {error}", "PostgreSQL did not start")
    if json:
        emit({name: one.after for name, one in done.items()})
        return
    for name, one in done.items():
        say(f"{name:10} {one.after}")
        for need in one.needs:
            say(f"    {need}")


def _split(service: str, *, json: bool) -> None:
    """Tell owner and running role apart in an installed server's databases, as its administrator."""
    url = os.environ.get("DURE_DATABASE_URL", "")
    if not url:
        fail(
            "DURE_DATABASE_URL에 DBA의 주소를 넣어 주세요. 이 폴더의 데이터베이스는 migrate가 스스로 나눕니다",
            "set DURE_DATABASE_URL to the server administrator's address; migrate splits this folder's own by itself",
            2,
        )
    if service and service not in SERVICES:
        fail(f"서비스 '{service}'은(는) 없습니다", f"there is no service '{service}', only {', '.join(SERVICES)}", 2)
    from libs.common.migrating import administrator_urls, split  # noqa: PLC0415  (loads Alembic)
    from libs.common.roles import NotSplittable  # noqa: PLC0415

    told: dict[str, dict[str, str | tuple[str, ...]]] = {}
    try:
        for name, address in administrator_urls(url, (service,) if service else SERVICES).items():
            roles, needs = split(name, address)
            told[name] = {"owner": roles.owner, "running": roles.running, "needs": needs}
            if not json:
                say(f"{name:10} 소유 역할 · owner {roles.owner}, 실행 역할 · running role {roles.running}")
                for need in needs:
                    say(f"    {need}")
    except NotSplittable as error:
        fail(f"역할을 나누지 못했습니다: {error.ko}", error.en)
    if json:
        emit(told)
