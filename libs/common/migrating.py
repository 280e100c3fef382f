"""`python -m services.X migrate [--split-roles]`: what it asks of the environment, does, and tells."""

import asyncio
import sys

from pydantic import SecretStr

from libs.common.migrate import migrate, split_roles
from libs.common.roles import NotSplittable, Roles
from libs.common.settings import Settings

NOT_SPLIT = (
    "{role} 역할이 따로 없어 한 역할이 모든 것을 합니다: DBA가 한 번 migrate --split-roles · "
    "there is no running role {role} beside this one, so one role does everything: "
    "let the administrator run migrate --split-roles once"
)


class MigrateSettings(Settings):
    """Beside the common settings: the roles to tell apart, and passwords for those that are to be made."""

    database_owner: str = ""
    """The role that owns the tables and migrates; empty: the service's name and `_owner`."""
    database_owner_password: SecretStr = SecretStr("")
    database_password: SecretStr = SecretStr("")
    """For the running role; empty: it keeps the one that it has."""

    def roles(self, service: str) -> Roles:
        """The two roles of a service's database."""
        return Roles(
            owner=self.database_owner or f"{service}_owner",
            running=self.database_role or service,
            owner_password=self.database_owner_password.get_secret_value(),
            running_password=self.database_password.get_secret_value(),
        )


def run(service: str, *, split: bool) -> None:
    """Migrate as the owner, or tell the roles apart as the administrator; what happened goes to standard output."""
    settings = MigrateSettings()
    roles = settings.roles(service)
    if split:
        try:
            asyncio.run(split_roles(service, settings.database_url, roles))
        except NotSplittable as error:
            sys.exit(f"{service}: {error}")
        _say(f"{service}: 소유 역할 · owner {roles.owner}, 실행 역할 · running role {roles.running}")
        return
    done = asyncio.run(migrate(service, settings.database_url, roles.running))
    _say(f"{service:10} {done.before or '-'} → {done.after}")
    for need in done.needs:
        _say(f"{service}: {need}")
    if not done.granted:
        _say(f"{service}: {NOT_SPLIT.format(role=roles.running)}")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
