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
        "provider_agreement",
        "key_collision",
        "award",
        "restriction",
        "restriction_counter_fact",
        "award_counter_fact",
        "document_folder",
        "evidence_file",
        "call_file",
        "call_file_withdrawal",
        "reader_fact",
        "member_step",
        "status_check",
        "training_attendance",
        "training_withdrawal",
        "supplement",
        "supplement_extension",
        "filing_version",
        "objection",
        "objection_decision",
        "selection_decider",
        "result_delivery",
        "result_delivery_withdrawal",
        "acceptance",
    ),
    changes={
        "programme": ("latest_version", "in_force_version", "receipts_issued"),
        "member": ("role", "since"),
        "invitation": ("state", "ended_by", "ended_at"),
        "organisation_claim": ("state", "decided_by", "decided_at", "decision"),
        # names and birth dates of representatives, which are erased once their time is over
        "organisation_version": ("representatives",),
    },
    no_removal=("organisation", "application", "agreement", "progress", "provider"),
    # a draft's documents; the files of an answer that is not given yet; and the members of a consortium, whose every
    # state the provider's history keeps
    no_change=("document", "supplement_file", "provider_member"),
    free={"person": "contacts are personal data: the person corrects them, and they are erased after their time"},
    closed_when={
        "agreement": "OLD.signed_at IS NOT NULL AND (NEW IS NULL OR (NEW.programme_version, NEW.units, NEW.months,"
        " NEW.award_reason, NEW.drafted_by, NEW.drafted_at, NEW.signed_by, NEW.signed_at)"
        " IS DISTINCT FROM (OLD.programme_version, OLD.units, OLD.months, OLD.award_reason, OLD.drafted_by,"
        " OLD.drafted_at, OLD.signed_by, OLD.signed_at))",
        "document": "EXISTS (SELECT FROM application a WHERE a.application_id = OLD.application_id"
        " AND a.received_at IS NOT NULL)",
        "supplement_file": "EXISTS (SELECT FROM filing_version v WHERE v.supplement_id = OLD.supplement_id)",
    },
)
