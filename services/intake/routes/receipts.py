"""HTTP: the acknowledgement of receipt and the application as filed, as PDF."""

from dataclasses import asdict
from typing import Any

from fastapi import Response

from libs.common.typeset import typeset
from libs.common.web import Db, Now, ServiceRouter, problems
from services.intake.operations import receipts as operations
from services.intake.operations.receipts import TEMPLATE, Paper
from services.intake.routes.fields import AS_UPLOAD, ApplicationPath, Reader
from services.intake.routes.readings import keep_readings
from services.intake.rules.file_names import disposition

router = ServiceRouter(tags=["신청 · Applications"])
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


async def _answer(paper: Paper) -> Response:
    content = await typeset(TEMPLATE, asdict(paper.said), paper.at)
    headers = {"Content-Disposition": disposition(paper.file_name), "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get(
    "/applications/{application_id}/receipt.pdf",
    summary="접수증 · Acknowledgement of receipt",
    dependencies=[AS_UPLOAD],
    responses={**PDF, **problems(404, 409)},
    response_class=Response,
)
async def get_receipt_paper(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> Response:
    """The acknowledgement as PDF: number, instant, documents, and the fingerprint of all that was filed (IN-2).

    The same receipt is the same file, byte for byte.
    """
    async with db.transaction() as tx:
        paper = await operations.acknowledgement(tx, caller, application_id)
        await keep_readings(tx, caller, "get_receipt_paper", "application", [application_id], now)
    return await _answer(paper)


@router.get(
    "/applications/{application_id}/filing.pdf",
    summary="신청서 출력 · The application as filed",
    dependencies=[AS_UPLOAD],
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def get_filing_paper(application_id: ApplicationPath, caller: Reader, db: Db, now: Now) -> Response:
    """The application as PDF: what is filed is what a draft shows here before, marked as not submitted."""
    async with db.transaction() as tx:
        paper = await operations.filing(tx, caller, application_id, now)
        await keep_readings(tx, caller, "get_filing_paper", "application", [application_id], now)
    return await _answer(paper)
