"""Counts over grants and sessions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GrantCounts:
    """Grants of a programme: all, ever placed, active now."""

    grants: int
    placed: int
    active: int


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """Requests of a programme by what became of them, and the waits of all that were assigned, in whole seconds."""

    requested: int
    refused: int
    assigned: int
    withdrawn: int
    wait_p50_s: int
    wait_max_s: int


@dataclass(frozen=True, slots=True)
class PoolCount:
    """How many requests of a pool."""

    pool_id: str
    requests: int
