"""When a session counts as idle: by what its provider reports, never by the absence of reports (AL-9)."""

import datetime as dt

from services.allocator.model.queue import Running


def is_used(utilisation_pct: float) -> bool:
    """Whether a report of a mean utilisation (0 … 100 %) shows use: anything above zero."""
    return utilisation_pct > 0


def reported_until(session: Running) -> dt.datetime:
    """Until when reports of a session reach; where there is none, its assignment."""
    return session.idle_until or session.assigned_at


def is_in_order(session: Running, until: dt.datetime, now: dt.datetime) -> bool:
    """Whether a report up to `until` follows on those before it and tells of nothing that is still to come."""
    return reported_until(session) < until <= now


def idle_since(session: Running, *, used: bool) -> dt.datetime | None:
    """Since when reports show no use, after one more of them; None once it shows use."""
    return None if used else session.idle_since or reported_until(session)


def idle_due_at(session: Running, idle_s: int | None) -> dt.datetime | None:
    """When a session's idle time was over (AL-9): the programme's idle time (seconds; none: never) since its last use.

    None while reports do not show that much; what they show later than that changes nothing. Never raises.
    Example: idle since 08:40 by reports up to 12:00, idle time an hour → 09:40.
    """
    if idle_s is None or session.idle_since is None or session.idle_until is None:
        return None
    due_at = session.idle_since + dt.timedelta(seconds=idle_s)
    return due_at if due_at <= session.idle_until else None
