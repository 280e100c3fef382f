"""What stays in metering's database: later events correct measurements, none is changed. Grants are made from this."""

from libs.common.rights import Rights

RIGHTS = Rights(
    append_only=(
        "usage_event",
        "usage_batch",
        "usage_conflict",
        "held_decision",
        "outage_step",
        "statement",
        "statement_line",
    ),
    changes={"outage": ("ended_at", "closed_by", "closed_at")},
    # which corrections are held, each gone when its event comes or it is decided on; the corrections themselves stay
    no_change=("held_event",),
    no_removal=("placement", "grant_change", "gpu_session", "usage_hour", "agreed_price", "provider"),
)
