"""What stays in the allocator's database: who was given what, when and why. Grants are made from this."""

from libs.common.rights import Rights

RIGHTS = Rights(
    append_only=(
        "award_change",
        "delivery_told",
        "downtime",
        "downtime_end",
        "conformance_decision",
        "placement_line",
        "data_centre",
        "offer",
        "server",
        "card",
        "agreed_provider",
        "ended_agreement",
    ),
    changes={
        "pool_switch": ("report_cause", "report_measures", "reported_by", "reported_at"),
        "placement": ("state", "confirmed_at", "confirmed_by"),
        "holding": ("during",),
    },
    stays={
        "award": ("grant_id", "programme_code", "organisation_id"),
        "session": ("session_id", "sequence", "grant_id", "organisation_id", "programme_code", "requested_at"),
    },
    no_removal=("provider", "pool", "early_fact"),
)
