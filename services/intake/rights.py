"""What stays in intake's database: what was submitted, found, decided and signed. Grants are made from this."""

from libs.common.rights import Rights

RIGHTS = Rights(
    append_only=(
        "programme_definition",
        "application_history",
        "refused_submission",
        "screening_run",
        "screening_decision",
        "announcement",
        "provider_check",
        "provider_history",
        "key_collision",
        "award",
        "restriction",
        "restriction_counter_fact",
        "award_counter_fact",
        "document_folder",
    ),
    changes={"programme": ("latest_version", "in_force_version", "receipts_issued")},
    no_removal=("organisation", "application", "agreement", "progress", "provider"),
    # a draft's documents; and the members of a consortium, whose every state the provider's history keeps
    no_change=("document", "provider_member"),
    closed_when={
        "document": "EXISTS (SELECT FROM application a WHERE a.application_id = OLD.application_id"
        " AND a.received_at IS NOT NULL)",
    },
)
