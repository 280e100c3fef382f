"""Which documents an application needs."""

import datetime as dt
import unicodedata
from dataclasses import replace

import pytest

from services.intake.model.applications import Attachment, StatedDays
from services.intake.policy.documents import DocumentKind, DocumentPolicy
from services.intake.rules.document_dates import stated_days_refusal
from services.intake.rules.documents import documents_complete, said_format
from services.intake.rules.file_names import kept_file_name

ORGANISATION = "한빛에이아이"


def kind(name: str, number: int, formats: tuple[str, ...], **more: object) -> DocumentKind:
    filters = {"tracks": (), "sectors": (), "kinds": (), "legal_forms": (), "one_of": "", "required": True, **more}
    return DocumentKind(name, name, name, number, formats, **filters)  # type: ignore[arg-type]


KINDS = (
    kind("plan", 1, ("hwp", "hwpx", "pdf")),
    kind("sheet", 2, ("xlsx",)),
    kind("slides", 6, ("pptx",), tracks=("2",)),
    kind("sme", 7, ("pdf",), sectors=("private",), one_of="certificate"),
    kind("venture", 7, ("pdf",), sectors=("private",), one_of="certificate"),
    kind("registry", 7, ("pdf",), sectors=("private",), legal_forms=("corporation",)),
    kind("employment", 7, ("pdf",), kinds=("university",)),
    kind("record", 5, ("pdf",), required=False),
)
S0 = DocumentPolicy({k.kind: k for k in KINDS}, "officer", "officer", file_name_with_number=True)
S2 = DocumentPolicy({k.kind: k for k in KINDS}, "fail", "officer", file_name_with_number=False)
COMPANY = ("1", "private", "sme", "corporation")
PLAN = Attachment("plan", f"[{ORGANISATION}] 1_사업수행계획서.pdf", "pdf")
SHEET = Attachment("sheet", f"[{ORGANISATION}] 2_신청 현황표.xlsx", "xlsx")
SME = Attachment("sme", f"[{ORGANISATION}] 7_중소기업 확인서.pdf", "pdf")
REGISTRY = Attachment("registry", f"[{ORGANISATION}] 7_법인등기부등본.pdf", "pdf")
COMPLETE = [PLAN, SHEET, SME, REGISTRY]


def codes(
    attachments: list[Attachment], applicant: tuple[str, str, str, str] = COMPANY, policy: DocumentPolicy = S0
) -> list[str]:
    found = documents_complete(attachments, organisation_name=ORGANISATION, applicant=applicant, policy=policy)
    return [finding.code for finding in found]


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("attachments", "applicant", "missing"),
    [
        pytest.param(COMPLETE, COMPANY, [], id="a company with everything"),
        pytest.param([PLAN, SHEET, REGISTRY], COMPANY, ["sme, venture"], id="neither of two certificates"),
        pytest.param([PLAN, SHEET, SME], COMPANY, ["registry"], id="a corporation without its registry extract"),
        pytest.param(
            [PLAN, SHEET, SME], ("1", "private", "sme", "sole_proprietor"), [], id="a sole proprietor needs none"
        ),
        pytest.param(COMPLETE, ("2", "private", "sme", "corporation"), ["slides"], id="track 2 without slides"),
        pytest.param([PLAN, SHEET], ("1", "public", "university", "public"), ["employment"], id="a university"),
        pytest.param([], COMPANY, ["plan", "sheet", "sme, venture", "registry"], id="all that is missing is told"),
    ],
)
def test_documents_missing(
    attachments: list[Attachment], applicant: tuple[str, str, str, str], missing: list[str]
) -> None:
    """What must be attached depends on track, sector, kind and legal form; S0 leaves a gap to an officer."""
    found = documents_complete(attachments, organisation_name=ORGANISATION, applicant=applicant, policy=S0)
    assert [f.facts["documents"] for f in found if f.code == "document_missing"] == missing
    assert {f.outcome for f in found} == ({"officer"} if missing else {"pass"})


@pytest.mark.rule("IN-9")
def test_missing_fails_in_s2() -> None:
    """S2 does not ask to supplement."""
    found = documents_complete(COMPLETE[1:], organisation_name=ORGANISATION, applicant=COMPANY, policy=S2)
    assert [finding.outcome for finding in found] == ["fail"]


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("name", "found_format", "told"),
    [
        pytest.param(f"[{ORGANISATION}] 1_계획.hwp", "hwp", [], id="a Hangul file"),
        pytest.param(f"[{ORGANISATION}] 1_계획.PDF", "pdf", [], id="an upper-case ending"),
        pytest.param(
            f"[{ORGANISATION}] 1_계획.docx", "docx", ["document_wrong_format"], id="a format that is not asked for"
        ),
        pytest.param(
            f"[{ORGANISATION}] 1_계획.pdf", "png", ["document_wrong_format"], id="a picture that says it is a PDF"
        ),
        pytest.param(
            f"[{ORGANISATION}] 1_계획.hwp", "pdf", ["document_not_what_it_says"], id="a PDF that says it is Hangul"
        ),
        pytest.param(f"[{ORGANISATION}] 1_계획", "pdf", ["document_not_what_it_says"], id="no ending"),
        pytest.param("계획.pdf", "pdf", ["document_file_name"], id="a plain name"),
        pytest.param("[다른회사] 1_계획.pdf", "pdf", ["document_file_name"], id="another organisation's name"),
        pytest.param(f"[{ORGANISATION}] 2_계획.pdf", "pdf", ["document_file_name"], id="another document's number"),
        pytest.param(f"[{ORGANISATION}]1_계획.pdf", "pdf", [], id="a missing space is forgiven"),
        pytest.param(unicodedata.normalize("NFD", f"[{ORGANISATION}] 1_계획.pdf"), "pdf", [], id="decomposed Hangul"),
        pytest.param("계획.hwp", "pdf", ["document_not_what_it_says", "document_file_name"], id="two findings"),
    ],
)
def test_document_formats_and_names(name: str, found_format: str, told: list[str]) -> None:
    """A wrong format, a file that is not what it says, and a wrong name are for an officer."""
    plan = Attachment("plan", name, found_format)
    assert codes([plan, SHEET, SME, REGISTRY]) == (told or ["documents_complete"])


@pytest.mark.rule("IN-9")
def test_a_document_of_no_kind() -> None:
    """A document that the call does not know is told."""
    assert codes([*COMPLETE, Attachment("poem", f"[{ORGANISATION}] 8_시.pdf", "pdf")]) == ["document_unknown"]


def test_said_format() -> None:
    """The ending counts, whatever its case."""
    assert [said_format(name) for name in ("a.PDF", "a.jpeg", "a", "a.tar.gz")] == ["pdf", "jpg", "", "gz"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("..\\..\\etc\\표.pdf", "표.pdf", id="a path of the other system"),
        pytest.param("/a/b/표.pdf", "표.pdf", id="a path"),
        pytest.param(None, "document", id="none"),
        pytest.param("folder/", "document", id="a folder alone"),
        pytest.param("가" * 300 + ".pdf", "가" * 251 + ".pdf", id="a long one keeps its ending"),
    ],
)
def test_kept_file_name(sent: str | None, kept: str) -> None:
    """An upload is kept under its last name, at most 255 letters."""
    assert kept_file_name(sent) == kept


NOTICE, MAY = dt.date(2025, 7, 28), dt.date(2025, 5, 1)
DATED = DocumentPolicy(
    {
        "certificate": replace(kind("certificate", 5, ("pdf",)), valid_from=NOTICE),
        "enrolment": replace(kind("enrolment", 5, ("pdf",)), issued_from=MAY),
    },
    "fail",
    "officer",
    file_name_with_number=False,
)


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("document", "issued_on", "valid_until", "code"),
    [
        pytest.param("certificate", None, NOTICE, "documents_complete", id="valid on the notice date itself"),
        pytest.param("certificate", None, dt.date(2025, 7, 27), "document_expired", id="until the day before"),
        pytest.param("certificate", NOTICE, None, "document_validity_not_stated", id="no validity stated"),
        pytest.param("enrolment", MAY, None, "documents_complete", id="issued on the printed day itself"),
        pytest.param("enrolment", dt.date(2025, 4, 30), None, "document_issued_too_early", id="the day before"),
        pytest.param("enrolment", None, NOTICE, "document_issue_not_stated", id="no issue day stated"),
    ],
)
def test_a_certificate_counts_by_its_days(document: str, issued_on, valid_until, code: str) -> None:
    """Both printed days count; a day that is not stated is a wrong document, for an officer."""
    other = {"certificate": "enrolment", "enrolment": "certificate"}[document]
    attachments = [
        Attachment(document, f"{document}.pdf", "pdf", None, issued_on, valid_until),
        Attachment(other, f"{other}.pdf", "pdf", None, MAY, NOTICE),
    ]
    (found,) = documents_complete(attachments, organisation_name=ORGANISATION, applicant=COMPANY, policy=DATED)
    assert (found.code, found.outcome) == (code, "pass" if code == "documents_complete" else "officer")


@pytest.mark.rule("IN-9")
@pytest.mark.parametrize(
    ("issued_on", "valid_until", "code"),
    [
        (None, None, None),
        (NOTICE, NOTICE, None),
        (NOTICE, dt.date(2025, 7, 27), "document_dates_swapped"),
        (dt.date(2025, 7, 29), None, "document_issued_in_future"),
    ],
)
def test_stated_days_are_possible(issued_on, valid_until, code: str | None) -> None:
    """Issued by today, valid no shorter than from the issue."""
    refusal = stated_days_refusal(StatedDays(issued_on, valid_until), NOTICE)
    assert (refusal and refusal.code) == code
