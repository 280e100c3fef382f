"""The acknowledgement of receipt and the filing as PDF (IN-2)."""

import hashlib
import io

import httpx
import pytest
from pypdf import PdfReader

from tests.services.intake.people import PDF, Office, pdf


async def paper(office: Office, application_id: str, name: str, who: dict[str, str] | None = None) -> httpx.Response:
    """One of the two papers, as the applicant reads it."""
    path = f"/v1/applications/{application_id}/{name}.pdf"
    return await office.http.get(path, headers=who or office.of(application_id))


def words(answer: httpx.Response) -> str:
    """What a paper says, without the breaks of its lines."""
    assert answer.status_code == 200, answer.text
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


async def filed(office: Office) -> tuple[str, dict[str, object]]:
    """A submitted application with one document of three pages; its id and its receipt."""
    application_id = await office.draft(await office.organisation(), title="의료 영상 생성 모델 학습")
    await office.upload(application_id, "plan", "[한빛에이아이1] 1_사업수행계획서.pdf", pdf(3))
    return application_id, await office.call("POST", f"/applications/{application_id}/submit", 200)


@pytest.mark.rule("IN-2")
async def test_the_acknowledgement_says_what_was_received(office: Office) -> None:
    """Number, instant of Seoul, organisation, documents with pages and hashes, and the fingerprint of the receipt."""
    application_id, receipt = await filed(office)
    answer = await paper(office, application_id, "receipt")
    said = words(answer)
    for told in (
        "접수증",
        receipt["receipt_no"],
        receipt["sha256"],
        "2025. 9. 2.(화) 10:00:00",
        "한빛에이아이1",
        "의료 영상 생성 모델 학습",
        "1_사업수행계획서.pdf",
        hashlib.sha256(pdf(3)).hexdigest(),
        "위와 같이 신청을 접수하였습니다.",
    ):
        assert str(told) in said
    assert answer.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''%EC%A0%91%EC%88%98%EC%A6%9D_" in answer.headers["content-disposition"]


async def test_the_same_receipt_is_the_same_file(office: Office) -> None:
    """Asked twice, a minute apart, by the applicant and by an officer: the same bytes."""
    application_id, _ = await filed(office)
    first = await paper(office, application_id, "receipt")
    office.client.clock.set(office.client.clock.now().replace(minute=59))
    second = await paper(office, application_id, "receipt", office.officer)
    assert first.content == second.content
    told = await office.call("GET", f"/history/application/{application_id}", 200)
    assert "get_receipt_paper" in str(told)


async def test_a_draft_has_a_preview_and_no_acknowledgement(office: Office) -> None:
    """What would be filed is shown as a draft; there is no acknowledgement before the final submit."""
    application_id = await office.draft(await office.organisation())
    refused = await paper(office, application_id, "receipt")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_receipt_yet")
    assert "초안" in words(await paper(office, application_id, "filing"))
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    said = words(await paper(office, application_id, "filing"))
    assert "초안" not in said
    assert "제출한 서류가 없습니다." in said


async def test_anothers_paper_is_not_found(office: Office) -> None:
    """Neither paper of another organisation's application is told, nor that there is one."""
    application_id, _ = await filed(office)
    stranger = office.applicant(await office.organisation())
    for name in ("receipt", "filing"):
        assert (await paper(office, application_id, name, stranger)).status_code == 404


async def test_what_people_wrote_is_not_read_as_typst(office: Office) -> None:
    """Marks and functions of the typesetter in a title are letters; a name of 255 letters stays on the page."""
    application_id = await office.draft(await office.organisation(), title="#panic() $x$ *굵게* @누구 \\ <b>")
    await office.upload(application_id, "plan", "가" * 251 + ".pdf", PDF)
    await office.upload(application_id, "plan", "a" * 251 + ".pdf", PDF)
    said = words(await paper(office, application_id, "filing"))
    assert "#panic() $x$ *굵게* @누구 \\ <b>" in said
