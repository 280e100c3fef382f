"""Two roles for one service's database: the owner who migrates, and the running role with the rights it needs.

Splitting is done once, by the database server's administrator: it makes the owner where it is missing and hands it
the tables of a database in which one role did everything, which from then on is the running role, with the password
it has. Done again it changes nothing. The grants follow with every migration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.rights import Rights, closings, grants, quoted

# what the catalogue of PostgreSQL knows has no tables of ours to select from in SQLAlchemy's words
_COLUMNS = text(
    "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) AS columns"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
    " GROUP BY c.relname"
)
_OWNED = text(
    "SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'"
    " ELSE 'TABLE' END, c.oid::regclass::text FROM pg_class c"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm')"
    # a sequence of an identity column goes with its table
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))"
    " UNION ALL SELECT 'ROUTINE', p.oid::regprocedure::text FROM pg_proc p"
    " WHERE p.pronamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
)
_ROLE = text("SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = :name")


@dataclass(frozen=True, slots=True)
class Roles:
    """The two roles of one database, with the passwords for those that are still to be made."""

    owner: str
    running: str
    owner_password: str = ""
    running_password: str = ""


class NotSplittable(RuntimeError):
    """The roles cannot be told apart; the text says why, in Korean and English."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(f"{ko} · {en}")
        self.ko, self.en = ko, en


async def grant_rights(tx: AsyncConnection, rights: Rights, running: str) -> bool:
    """Give the running role its rights on the tables there are, as their owner.

    Returns False where there is no such role beside the owner.
    """
    columns: Mapping[str, list[str]] = {row.relname: list(row.columns) for row in await tx.execute(_COLUMNS)}
    for statement in closings(rights, columns):
        await tx.execute(text(statement))
    known = (await tx.execute(_ROLE, {"name": running})).first()
    owner = (await tx.execute(text("SELECT current_user"))).scalar_one()
    if known is None or running == owner:
        return False
    for statement in grants(rights, columns, running):
        await tx.execute(text(statement))
    return True


async def split(tx: AsyncConnection, database: str, roles: Roles) -> tuple[str, ...]:
    """Make the owner, hand it the database and all that is in it, and leave the running role nothing but its login.

    Returns the roles that were made without a password, which no server that asks for one lets in.
    `tx` is a transaction of the server's administrator on that database. Raises NotSplittable.
    """
    if roles.owner == roles.running:
        raise NotSplittable(f"두 역할의 이름이 모두 {roles.owner}", f"owner and running role are both {roles.owner}")
    ours = (await tx.execute(text("SELECT current_user"))).scalar_one()
    if ours in (roles.owner, roles.running):
        raise NotSplittable(
            f"나눌 역할 {ours} 자신으로 접속했습니다. DBA로 접속하거나 다른 역할을 정하세요(DURE_DATABASE_ROLE)",
            f"logged in as {ours}, which is to be split: log in as the server's administrator,"
            " or name another running role (DURE_DATABASE_ROLE)",
        )
    without_password = [
        name
        for name, password in ((roles.owner, roles.owner_password), (roles.running, roles.running_password))
        if await _ensure(tx, name, password) and not password
    ]
    for statement in _hand_over(database, roles):
        await tx.execute(text(statement))
    for kind, name in (await tx.execute(_OWNED)).all():
        await tx.execute(text(f"ALTER {kind} {name} OWNER TO {quoted(roles.owner)}"))
    return tuple(without_password)


def _hand_over(database: str, roles: Roles) -> Iterator[str]:
    at, owner, running = quoted(database), quoted(roles.owner), quoted(roles.running)
    yield f"ALTER ROLE {running} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    yield f"ALTER DATABASE {at} OWNER TO {owner}"
    yield f"REVOKE ALL ON DATABASE {at} FROM PUBLIC, {running}"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {at} TO {owner}"
    yield f"GRANT CONNECT ON DATABASE {at} TO {running}"
    yield f"ALTER SCHEMA public OWNER TO {owner}"


async def _ensure(tx: AsyncConnection, name: str, password: str) -> bool:
    """Make a role that may log in; one that is there keeps its password unless another is given.

    Returns whether it was made.
    """
    known = (await tx.execute(_ROLE, {"name": name})).first()
    if known is None:
        await tx.execute(text(f"CREATE ROLE {quoted(name)} LOGIN"))
    if password:
        # ALTER ROLE takes no bound values: the server quotes the literal
        literal = (await tx.execute(text("SELECT quote_literal(cast(:word AS text))"), {"word": password})).scalar_one()
        await tx.exec_driver_sql(f"ALTER ROLE {quoted(name)} PASSWORD {literal}")
    return known is None
