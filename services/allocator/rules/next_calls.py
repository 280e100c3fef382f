"""What a caller can do about a thing that is in another state than a command needs; empty where nothing helps."""

from services.allocator.model.grants import GrantState
from services.allocator.model.sessions import SessionState


def next_of_grant(grant_id: str, state: GrantState) -> str:
    """The call that brings a grant nearer to use: placement, then activation; none once it is active or ended."""
    return {
        "awaiting": "POST /allocator/v1/placements",
        "placed": f"POST /allocator/v1/grants/{grant_id}/activate",
    }.get(state, "")


def next_of_session(session_id: str, state: SessionState) -> str:
    """The call that ends a session: a waiting one is withdrawn, a running one released; none once it is over."""
    commands = {"waiting": "withdraw", "running": "release"}
    return f"POST /allocator/v1/sessions/{session_id}/{commands[state]}" if state in commands else ""
