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
    ),
    no_removal=("programme", "organisation", "application", "agreement", "progress", "provider"),
)
