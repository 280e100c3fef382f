"""When a request came: at the instant at which the server took the end of its head, whatever it waited for since.

A submission counts when it reaches the server (IN-1): not when the issuer's keys were fetched, nor when the caller's
other requests were through.
"""

import time
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request

_AT = "arrived_at_s"
"""Under which name a request's state holds it, by the machine's steady clock."""


def keep_arrival(state: MutableMapping[str, Any], at_s: float) -> None:
    """Note in a request's state when it came (`time.monotonic`)."""
    state[_AT] = at_s


def seconds_since_arrival(request: Request) -> float:
    """How long ago a request came; 0 where it came over no server."""
    at_s: float | None = getattr(request.state, _AT, None)
    return 0.0 if at_s is None else time.monotonic() - at_s
