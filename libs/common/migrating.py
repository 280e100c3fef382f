"""`python -m services.X migrate [--split-roles]`: what it asks of the environment, does, and tells."""

import asyncio
import os
import sys
from collections.abc import Iterable

from asyncpg.exceptions import PostgresError
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from libs.common.messages.facts import with_particles
from libs.common.migrate import OlderProcessesRun, migrate, split_roles
from libs.common.roles import NotSplittable, Roles
from libs.common.settings import Settings

NOT_SPLIT = (
    "{role} 역할이 따로 없어 한 역할이 모든 것을 합니다: DBA가 한 번 migrate --split-roles · "
    "there is no running role {role} beside this one, so one role does everything: "
    "let the administrator run migrate --split-roles once"
)
CANNOT_LOG_IN = (
    "{role} 역할을 비밀번호 없이 만들었습니다. {setting}에 비밀번호를 넣고 다시 실행하세요 · "
    "{role} was made without a password: set {setting} and run this again"
)
OF_ONE = ("OWNER", "ROLE", "OWNER_PASSWORD", "PASSWORD")


class MigrateSettings(Settings):
    """Beside the common settings: the roles to tell apart, and passwords for those that are to be made."""

    database_owner: str = ""
    """The role that owns the tables and migrates; empty: the service's name and `_owner`."""
    database_owner_password: SecretStr = SecretStr("")
    database_password: SecretStr = SecretStr("")
    """For the running role; empty: it keeps the one that it has."""

    def roles(self, service: str) -> Roles:
        """The two roles of a service's database; passwords also under the names that the compose file uses."""

        def password(what: str, told: SecretStr) -> str:
            return os.environ.get(f"DURE_{service.upper()}_{what}", "") or told.get_secret_value()

        return Roles(
            owner=self.database_owner or f"{service}_owner",
            running=self.database_role or service,
            owner_password=password("OWNER_PASSWORD", self.database_owner_password),
            running_password=password("PASSWORD", self.database_password),
        )


def administrator_urls(url: str, services: Iterable[str]) -> dict[str, str]:
    """The administrator's address of each service's database: of one service as it stands, of several by their names.

    Raises NotSplittable where one name or password is told for several databases.
    """
    names = tuple(services)
    if len(names) == 1:
        return {names[0]: url}
    if told := [f"DURE_DATABASE_{what}" for what in OF_ONE if os.environ.get(f"DURE_DATABASE_{what}")]:
        which = ", ".join(told)
        raise NotSplittable(
            with_particles(f"{which}은(는) 한 서비스의 값입니다. --service를 정하세요"),
            f"{which} is of one service: name it by --service",
        )
    return {name: make_url(url).set(database=name).render_as_string(hide_password=False) for name in names}


def split(service: str, administrator_url: str) -> tuple[Roles, tuple[str, ...]]:
    """Tell owner and running role of one database apart, as the environment names them.

    Returns both, and what is still to be done, a sentence each. Raises NotSplittable, also where the server refuses.
    """
    settings = MigrateSettings(database_url=administrator_url)
    roles = settings.roles(service)
    try:
        without_password = asyncio.run(split_roles(service, settings.database_url, roles))
    except (OSError, PostgresError, DBAPIError) as error:
        why = str(getattr(error, "orig", error)).rpartition(">: ")[2]
        raise NotSplittable(
            f"데이터베이스 서버가 거절했습니다({why})", f"the database server refused ({why})"
        ) from error
    setting = {roles.owner: f"DURE_{service.upper()}_OWNER_PASSWORD", roles.running: f"DURE_{service.upper()}_PASSWORD"}
    return roles, tuple(CANNOT_LOG_IN.format(role=name, setting=setting[name]) for name in without_password)


def run(service: str, *, split_apart: bool) -> None:
    """Migrate as the owner, or tell the roles apart as the administrator; what happened goes to standard output."""
    settings = MigrateSettings()
    if split_apart:
        try:
            roles, needs = split(service, settings.database_url)
        except NotSplittable as error:
            sys.exit(f"{service}: {error}")
        _say(f"{service}: 소유 역할 · owner {roles.owner}, 실행 역할 · running role {roles.running}")
        for need in needs:
            _say(f"{service}: {need}")
        return
    roles = settings.roles(service)
    try:
        done = asyncio.run(migrate(service, settings.database_url, roles.running))
    except OlderProcessesRun as error:
        sys.exit(f"{service}: {error}")
    _say(f"{service:10} {done.before or '-'} → {done.after}")
    for need in done.needs:
        _say(f"{service}: {need}")
    if not done.granted:
        _say(f"{service}: {NOT_SPLIT.format(role=roles.running)}")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
