"""What stays in the allocator's database: who was given what, when and why. Grants are made from this."""

from libs.common.rights import Rights

RIGHTS = Rights(
    append_only=("award_change", "conformance_decision", "placement_line"),
    changes={
        "pool_switch": ("report_cause", "report_measures", "reported_by", "reported_at"),
        "placement": ("state", "confirmed_at", "confirmed_by"),
        "holding": ("during",),
    },
    no_removal=("provider", "data_centre", "offer", "server", "card", "pool", "award", "early_fact", "session"),
)
