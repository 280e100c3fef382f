"""What stays in review's database: what a reviewer handed in and what was announced. Grants are made from this."""

from libs.common.rights import Rights

RIGHTS = Rights(
    append_only=(
        "stage_skip",
        "stage_skip_withdrawal",
        "panel",
        "conflict",
        "conflict_withdrawal",
        "sheet",
        "escalation",
        "composite",
        "stage_reopening",
        "deliberation",
        "clearance",
        "invitation",
        "invitation_answer",
        "presentation_slot",
        "presentation",
        "presentation_answer",
        "stated_offer",
        "consortium_check",
        "provider_selection",
        "provider_place",
        "provider_step",
        "price_round",
        "several_providers",
        "agreed_provider",
        "place_move",
    ),
    changes={
        "seat": ("vacated_at",),
        "panel_application": ("closed_at",),
        # what a reviewer has saved and not handed in
        "sheet_draft": ("scores", "comment", "version", "saved_at"),
    },
    stays={
        "application": ("application_id", "programme_code", "receipt_no", "received_at"),
        "selection_run": (
            "selection_id",
            "run_version",
            "programme_code",
            "track",
            "product",
            "cause",
            "supersedes_sha256",
            "run_by",
            "run_at",
        ),
    },
    # rows are working papers while their run is a draft
    no_change=("selection_row",),
    closed_when={
        # a closed stage is opened by a reopening on record, never by an edit of its place (RV-17)
        "panel_application": "OLD.closed_at IS NOT NULL AND"
        " (SELECT count(*) FROM composite c WHERE c.application_id = OLD.application_id AND c.stage = OLD.stage) >"
        " (SELECT count(*) FROM stage_reopening r WHERE r.application_id = OLD.application_id AND r.stage = OLD.stage)",
        "selection_run": "OLD.state = 'announced'",
        "selection_row": "EXISTS (SELECT FROM selection_run r WHERE r.selection_id = OLD.selection_id"
        " AND r.run_version = OLD.run_version AND r.state = 'announced')",
    },
)
