"""The dry run of somebody without an account: the same rules, over what they say of themselves (IN-12)."""

import datetime as dt

from services.intake.model.applications import Attachment, Case, Request
from services.intake.model.findings import Finding
from services.intake.model.organisations import Organisation, Representative
from services.intake.model.self_checks import SelfCheck
from services.intake.policy.documents import DocumentPolicy
from services.intake.policy.screening import ScreeningPolicy
from services.intake.rules.documents import file_name_to_use
from services.intake.rules.screening import screen

SOMEBODY = "신청 기관"
NEEDS_A_RECORD = frozenset({"IN-11"})
"""Rules about what is not asked here: no business number is taken, so that nobody is looked up."""


def self_check(told: SelfCheck, request: Request, now: dt.datetime, policy: ScreeningPolicy) -> tuple[Finding, ...]:
    """What screening would find if this were submitted now, each document at hand being in order. Never raises.

    Facts on record are those that are told here; no record of anybody is looked at.
    """
    case = Case(
        organisation=Organisation(
            organisation_id="",
            name=SOMEBODY,
            business_no="",
            kind=told.kind,
            legal_form=told.legal_form,
            representatives=tuple(Representative(SOMEBODY, born_on) for born_on in told.births),
            opened_on=told.opened_on,
            affiliates=(),
            places=told.places,
        ),
        request=request,
        attachments=tuple(at_hand(kind, policy.documents) for kind in told.documents),
        restrictions=told.restrictions,
        awards=told.awards,
        others_submitted=0,
        received_at=now,
    )
    return tuple(finding for finding in screen(case, policy) if finding.rule_id not in NEEDS_A_RECORD)


def at_hand(kind: str, policy: DocumentPolicy) -> Attachment:
    """A document that is in order: in the first format that the call takes, under the name that it asks for."""
    document = policy.documents.get(kind)
    if document is None:
        return Attachment(kind, f"{kind}.pdf", "pdf")
    ending = document.formats[0] if document.formats else "pdf"
    name = file_name_to_use(document, SOMEBODY)
    dates = (document.issued_from, document.valid_from)
    return Attachment(kind, f"{name}.{ending}", ending, None, *dates)
