"""What a migration script may use beside Alembic's operations."""

from contextlib import AbstractContextManager
from typing import Any, Protocol


class MigrationContext(Protocol):
    """The part of Alembic's context that is used here."""

    def autocommit_block(self) -> AbstractContextManager[None]:
        """Commit what was done, and run what follows outside any transaction."""
        ...


class MigrationOps(Protocol):
    """The part of Alembic's `op` that is used here."""

    def execute(self, sqltext: str) -> Any:
        """Run one statement."""
        ...

    def get_context(self) -> MigrationContext:
        """The migration's context."""
        ...


def outside_transaction(op: MigrationOps, *statements: str) -> None:
    """Run statements that no transaction may hold, one by one, each waiting for locks as long as it takes.

    What the migration did before is committed first. A migration that fails half way is run again from its
    beginning: write each statement so that a second run does no harm (`IF NOT EXISTS`).
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        try:
            for statement in statements:
                op.execute(statement)
        finally:
            op.execute("RESET lock_timeout")


def create_index_concurrently(op: MigrationOps, name: str, what: str) -> None:
    """Build an index while the service goes on writing; `what` is all that follows `ON`.

    A build that was broken off leaves an index that is not valid: it is dropped first, so a second run mends it.
    """
    outside_transaction(op, f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {what}")
