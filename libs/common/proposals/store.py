"""Proposals and their outcomes: rows that are added and never changed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import one
from libs.common.proposals.model import Outcome, Proposal

_FIELDS = (
    "p.proposal_id, p.kind, p.thing, p.thing_id, p.command, p.would, p.rests_on, p.rests_on_sha256, p.reason,"
    " p.proposed_by, p.proposed_at, p.expires_at, o.outcome, o.actor, o.reason AS ended_because, o.did, o.at"
)
_FROM = "FROM proposal p LEFT JOIN proposal_outcome o USING (proposal_id)"
_NUMBER = text("SELECT nextval('proposal_no')")
_ADD = text(
    "INSERT INTO proposal (proposal_id, kind, thing, thing_id, command, would, rests_on, rests_on_sha256, reason,"
    " proposed_by, proposed_at, expires_at) VALUES (:proposal_id, :kind, :thing, :thing_id, :command, :would,"
    " :rests_on, :rests_on_sha256, :reason, :proposed_by, :proposed_at, :expires_at)"
).bindparams(*(bindparam(name, type_=JSONB) for name in ("command", "would", "rests_on")))
_GET = text(f"SELECT {_FIELDS} {_FROM} WHERE p.proposal_id = :proposal_id")
_END = text(
    "INSERT INTO proposal_outcome (proposal_id, outcome, actor, reason, did, at)"
    " VALUES (:proposal_id, :outcome, :actor, :reason, :did, :at)"
).bindparams(bindparam("did", type_=JSONB(none_as_null=True)))
_STATE = "CASE WHEN o.outcome IS NOT NULL THEN o.outcome WHEN p.expires_at <= :now THEN 'expired' ELSE 'open' END"
_LIST = text(
    f"SELECT {_FIELDS} {_FROM} WHERE (p.proposed_at, p.proposal_id) > (:at, :after)"
    " AND (cast(:kind AS text) IS NULL OR p.kind = :kind)"
    " AND (cast(:thing_id AS text) IS NULL OR p.thing_id = :thing_id)"
    f" AND (cast(:state AS text) IS NULL OR {_STATE} = :state)"
    " ORDER BY p.proposed_at, p.proposal_id LIMIT :limit"
)
_OPEN = text(
    f"SELECT {_FIELDS} {_FROM} WHERE o.outcome IS NULL AND p.expires_at > :now"
    " ORDER BY p.expires_at, p.proposal_id LIMIT :limit"
)
_PROPOSERS = text(
    f"SELECT DISTINCT p.proposed_by {_FROM} WHERE o.outcome IS NULL AND p.kind = :kind AND p.thing_id = :thing_id"
    " ORDER BY p.proposed_by"
)
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


async def next_id(tx: Tx) -> str:
    """A proposal's id: `P-000001`, readable and never used again."""
    return f"P-{(await tx.execute(_NUMBER)).scalar_one():06d}"


async def add_proposal(tx: Tx, proposal: Proposal) -> None:
    """Keep a new proposal."""
    await tx.execute(
        _ADD,
        {
            "proposal_id": proposal.proposal_id,
            "kind": proposal.kind,
            "thing": proposal.thing,
            "thing_id": proposal.thing_id,
            "command": dict(proposal.command),
            "would": dict(proposal.would),
            "rests_on": dict(proposal.rests_on),
            "rests_on_sha256": proposal.rests_on_sha256,
            "reason": proposal.reason,
            "proposed_by": proposal.proposed_by,
            "proposed_at": proposal.proposed_at,
            "expires_at": proposal.expires_at,
        },
    )


async def end_proposal(tx: Tx, proposal_id: str, outcome: Outcome) -> None:
    """Keep how a proposal ended; it ends once."""
    await tx.execute(
        _END,
        {
            "proposal_id": proposal_id,
            "outcome": outcome.outcome,
            "actor": outcome.actor,
            "reason": outcome.reason,
            "did": None if outcome.did is None else dict(outcome.did),
            "at": outcome.at,
        },
    )


async def get_proposal(tx: Tx, proposal_id: str) -> Proposal:
    """One proposal with its outcome. Raises NotFound."""
    row = (await tx.execute(_typed(_GET), {"proposal_id": proposal_id})).first()
    if row is None:
        raise NotFound("proposal", proposal_id)
    return _proposal(row)


async def list_proposals(
    tx: Tx,
    *,
    after: tuple[dt.datetime, str] | None,
    limit: int,
    now: dt.datetime,
    kind: str | None,
    thing_id: str | None,
    state: str | None,
) -> Sequence[Proposal]:
    """Proposals in the order in which they were made; one more than `limit`, which tells that there are more."""
    at, proposal_id = after or (EARLIEST, "")
    asked = {"at": at, "after": proposal_id, "limit": limit + 1, "now": now}
    found = await tx.execute(_typed(_LIST), {**asked, "kind": kind, "thing_id": thing_id, "state": state})
    return [_proposal(row) for row in found]


async def list_proposers(tx: Tx, kind: str, thing_id: str) -> tuple[str, ...]:
    """Who proposed what of a kind has not ended yet about a thing, by subject."""
    return tuple((await tx.execute(_PROPOSERS, {"kind": kind, "thing_id": thing_id})).scalars())


async def list_open(tx: Tx, now: dt.datetime, limit: int) -> Sequence[Proposal]:
    """The proposals that wait to be confirmed, those whose term ends first before the others; at most so many."""
    found = await tx.execute(_typed(_OPEN), {"now": now, "limit": limit})
    return [_proposal(row) for row in found]


def _typed(query: TextClause) -> Any:
    return query.columns(command=JSONB, would=JSONB, rests_on=JSONB, did=JSONB)


def _proposal(row: Any) -> Proposal:
    ended = None if row.outcome is None else Outcome(row.outcome, row.actor, row.ended_because, row.did, row.at)
    return one(Proposal, (*row[:12], ended))
