"""What a service's running role may do with each table, declared once and turned into statements of SQL.

Two roles share a service's database. The **owner** makes tables and runs migrations; the **running** role is what
`api` and `worker` log in as. It owns nothing and may empty no table. A fact that is only ever added (a statement, a
price, a receipt, a history) it can neither change nor remove, whatever a bug or an intruder has it try.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

READ_ONLY = ("alembic_version",)


@dataclass(frozen=True, slots=True)
class Rights:
    """The tables of one service by what may happen to their rows; one that is named nowhere may only be read."""

    append_only: tuple[str, ...] = ()
    """Rows are added and read, nothing else."""
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Table → the only columns that ever change; no row is removed."""
    stays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Table → columns that never change, while all others may; no row is removed."""
    no_removal: tuple[str, ...] = ()
    """Rows may change, but none is removed."""
    no_change: tuple[str, ...] = ()
    """Rows are added and removed as a whole: working papers until something closes them, or queues."""
    free: Mapping[str, str] = field(default_factory=dict)
    """Table → the reason for which its rows may be changed and removed."""
    closed_when: Mapping[str, str] = field(default_factory=dict)
    """Table → condition in SQL on the row `OLD` under which nobody changes or removes it any more."""

    def classes(self) -> Iterator[tuple[str, str]]:
        """Every table that is named, each time with the class that names it: each table stands in exactly one."""
        for name in ("append_only", "changes", "stays", "no_removal", "no_change", "free"):
            yield from ((table, name) for table in getattr(self, name))

    def _of(self, table: str, columns: Iterable[str]) -> str:
        if table in self.append_only:
            return "SELECT, INSERT"
        if changing := self.changes.get(table):
            return f"SELECT, INSERT, UPDATE ({_names(changing)})"
        if fixed := self.stays.get(table):
            return f"SELECT, INSERT, UPDATE ({_names(name for name in columns if name not in fixed)})"
        if table in self.no_change:
            return "SELECT, INSERT, DELETE"
        if table in self.no_removal:
            return "SELECT, INSERT, UPDATE"
        return "SELECT, INSERT, UPDATE, DELETE" if table in self.free else ""


MACHINERY = Rights(
    append_only=("inbox", "programme_version", "bus_order", "act", "proposal", "proposal_outcome"),
    changes={
        "outbox": ("published_at",),
        "relay_count": ("published",),
        "dead_letter": ("failures", "error_code", "error_detail", "redriven_at"),
        "idempotency_key": ("status", "answer", "headers"),
    },
    no_change=("held_message",),
    free={"standing_event": "what stands now: counted while it stands, gone once it is handled; orders are kept"},
)
"""The tables that every service has (`libs.common.backbone`)."""


def privileges(rights: Rights, table: str, columns: Iterable[str]) -> str:
    """What the running role is granted on one table, as GRANT takes it; `columns` are all that the table has.

    A table in no class may be read only: what a service writes it declares.
    """
    if table in READ_ONLY:
        return "SELECT"
    known = tuple(columns)
    return MACHINERY._of(table, known) or rights._of(table, known) or "SELECT"  # noqa: SLF001 - of this very module


def grants(rights: Rights, tables: Mapping[str, Iterable[str]], role: str) -> Iterator[str]:
    """The statements that give a role exactly these rights on all tables (name → columns) of the schema `public`."""
    to = quoted(role)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {to}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {to}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}"
    for table, columns in sorted(tables.items()):
        yield f"GRANT {privileges(rights, table, columns)} ON {quoted(table)} TO {to}"


def closings(rights: Rights, tables: Container[str]) -> Iterator[str]:
    """The statements that make triggers out of `closed_when` on these tables; run again they change nothing."""
    for table, condition in sorted(rights.closed_when.items()):
        if table not in tables:
            continue
        name = quoted(f"{table}_closed")
        yield f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {condition} THEN
                    RAISE EXCEPTION 'a closed row of {table} never changes' USING ERRCODE = 'insufficient_privilege';
                END IF;
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$"""
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE ON {quoted(table)}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def quoted(name: str) -> str:
    """An identifier as SQL takes it. Raises ValueError for one that no role or table of ours would bear."""
    if not name or '"' in name or "\0" in name:
        raise ValueError(f"not the name of a role or table: {name!r}")
    return f'"{name}"'


def _names(columns: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in columns)
