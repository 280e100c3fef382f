"""What stays in review's database: what a reviewer handed in and what was announced. Grants are made from this."""

from libs.common.rights import Rights

RIGHTS = Rights(
    append_only=("stage_skip", "panel", "conflict", "sheet", "escalation", "composite", "deliberation"),
    changes={"seat": ("vacated_at",), "panel_application": ("closed_at",)},
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
        "selection_run": "OLD.state = 'announced'",
        "selection_row": "EXISTS (SELECT FROM selection_run r WHERE r.selection_id = OLD.selection_id"
        " AND r.run_version = OLD.run_version AND r.state = 'announced')",
    },
)
